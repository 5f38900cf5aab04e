package web

import (
	"slices"
	"strings"
	"time"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/weburl"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

const (
	// maxAddresses bounds the addresses of a name that are asked. The number is our own: each is one more connection to a stranger.
	maxAddresses = 4
	// maxRedirects is how many redirects are followed within the domain. RFC 9309 section 2.3.1.2 has crawlers follow five; browsers follow
	// twenty, of which nobody needs as many.
	maxRedirects = 5
	// again is after what time a server is asked again that refused the connection or failed: it may have been restarting. The number is our
	// own.
	again = 5 * time.Second
)

// addressTypes are the types of records that lead to a web server.
var addressTypes = []string{"A", "AAAA"}

// schemes are the two ways to a web server, in the order in which a bare name is tried.
var schemes = []string{"http", "https"}

// Questions lists what is worth asking about the web server of a target, after what is known.
func Questions(r *reading.Reading, t *evidence.Target, want reading.Wish) (list []reading.Question) {
	if !want.Has(facts.FromWeb|facts.FromRobots|facts.FromLLMs|facts.FromTCPPorts) || t.Kind == "address" {
		return nil
	}
	d := &derivation{r, dnsanswer.HostName(t.Name)}
	// Visitors are led by a resolver. What each server of the zone says tells whether all of them are led to the same place.
	list = append(r.ToAddresses(d.name), r.ToWitnesses(d.name, addressTypes...)...)
	if r.Done(list...) {
		// Some servers give each asker only some of what they have.
		strays := func() bool { return d.stray("A") != "" || d.stray("AAAA") != "" }
		list = append(list, r.Twice(r.Witnesses(d.name), d.name, addressTypes, strays)...)
	}
	if !r.Done(list...) || r.Invented(t).Code != "" {
		return list
	}
	if want.Has(facts.FromWeb) {
		for _, scheme := range schemes {
			list = append(list, d.toPage(scheme)...)
		}
	}
	if want.Has(facts.FromTCPPorts) {
		list = append(list, d.toPorts(want.Ports)...)
	}
	if want.Has(facts.FromRobots) {
		list = append(list, d.toFile("/robots.txt")...)
	}
	if want.Has(facts.FromLLMs) {
		list = append(list, d.toFile("/llms.txt")...)
	}
	return list
}

// page is the first page of the name.
func (d *derivation) page(scheme string) string { return scheme + "://" + d.name + "/" }

// addresses are those of the name that are asked.
func (d *derivation) addresses() []string {
	found := d.AddressesFound(d.name)
	return found[:min(len(found), maxAddresses)]
}

// toPage asks each address for the first page, again where that is worth it, and then for the pages to which it redirects.
func (d *derivation) toPage(scheme string) (list []reading.Question) {
	url := d.page(scheme)
	for _, address := range d.addresses() {
		ask := reading.Question{Kind: reading.Fetch, Name: url, Type: address}
		list = append(list, ask)
		if d.Done(ask) && slices.ContainsFunc(d.tries(url, address), worthAgain) {
			ask.Round, ask.Pause = 1, again
			list = append(list, ask)
		}
	}
	if d.Done(list...) {
		list = append(list, d.along(url)...)
	}
	return list
}

// toFile asks for a file over HTTPS, and where that gives no answer over HTTP, and along its redirects.
func (d *derivation) toFile(path string) (list []reading.Question) {
	for _, scheme := range []string{"https", "http"} {
		url := scheme + "://" + d.name + path
		if list = append(list, d.ToFile(url, 0)...); !d.Done(list...) {
			return list
		}
		if list = append(list, d.along(url)...); d.answered(url) {
			return list
		}
	}
	return list
}

// answered tells whether there was an answer for a URL that counts.
func (d *derivation) answered(url string) bool {
	f, _ := d.Fetched(url)
	return f != nil && f.Status > 0
}

// along asks for the pages to which a URL redirects.
func (d *derivation) along(url string) (list []reading.Question) {
	way, _ := d.way(url)
	for _, next := range way[1:] {
		list = append(list, d.ToFile(next, 0)...)
	}
	return list
}

// worthAgain tells whether a failure counts only when it comes a second time.
func worthAgain(f *evidence.Fetch) bool { return refused(f) || f.Status >= 500 }

// refused tells whether the connection was refused.
func refused(f *evidence.Fetch) bool { return f.Failure != nil && f.Failure.Kind == evidence.Refused }

// tries are the tries to fetch a URL from one address, but for those without a route of that family on this machine.
func (d *derivation) tries(url, address string) (list []*evidence.Fetch) {
	for _, f := range d.Fetches(url) {
		if dnsanswer.AddressOf(f.Address) == address && (f.Failure == nil || f.Failure.Kind != evidence.NoRoute) {
			list = append(list, f)
		}
	}
	return list
}

// Why a way ends before an answer that is no redirect.
const (
	elsewhere = "it redirects to another domain, which was not visited"
	nowhere   = "it redirects to what is no web address"
	circle    = "its redirects lead in a circle"
	tooMany   = "it redirects too often"
)

// way is a URL and those to which redirects lead from it within the domain, as far as that is known, and why it ends early.
func (d *derivation) way(url string) (way []string, early string) {
	way = []string{url}
	for {
		f, _ := d.Fetched(way[len(way)-1])
		if !reading.Redirects(f) {
			return way, ""
		}
		from, err := weburl.Parse(f.URL)
		if err != nil {
			return way, nowhere
		}
		to, err := weburl.Resolve(from, f.Location)
		switch {
		case err != nil:
			return way, nowhere
		case !d.within(weburl.Host(to)):
			return way, elsewhere
		case slices.Contains(way, to.String()):
			return way, circle
		case len(way) > maxRedirects:
			return way, tooMany
		}
		way = append(way, to.String())
	}
}

// within tells whether a host belongs to the domain of the name.
func (d *derivation) within(host string) bool {
	domain := mailpolicy.RegisteredDomain(d.name)
	return host == domain || strings.HasSuffix(host, "."+domain)
}
