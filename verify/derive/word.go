package derive

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// word is what is known of the records of one type at a name, aliases followed, and on whose word.
type word struct {
	records  []dns.RR
	more     bool          // there are more records than these, so that they are not all known
	absent   bool          // somebody entitled to it said that there are none
	why      facts.Unknown // set where it is not known whether there are any
	differs  bool          // the resolver says something else than the authoritative servers
	at       time.Time
	evidence string
}

func (w word) known() bool { return w.why.Code == "" }

// fact is a fact that rests on the word; its value is still to be set where the word is known.
func (w word) fact(name facts.Name) facts.Fact {
	return facts.Fact{Name: name, Why: w.why, At: w.at, Evidence: w.evidence}
}

// decided is a fact that what was seen of the word decides, whatever else there is.
func (w word) decided(name facts.Name, value facts.Value) facts.Fact {
	f := w.fact(name)
	f.Value, f.Why = value, facts.Unknown{}
	return f
}

// word weighs what the servers of the zone and the resolver said. The servers decide. The resolver serves where they gave no
// answer at all; its word that there is nothing, only where no server of any zone gave one, as where port 53 is closed.
// An answer that is no use, such as SERVFAIL, is neither a yes nor a no, whatever the resolver remembers.
func (d *derivation) word(name, rrtype string) word {
	servers, answered := d.wordOfServers(name, rrtype)
	resolver := d.wordOfResolver(name, rrtype)
	switch {
	case servers.known():
		if servers.differs = resolver.known() && !sameData(servers.records, resolver.records); servers.differs {
			servers.evidence += ", by the zone's own server; the resolver says something else"
		}
		return servers
	case answered || servers.why.Code == facts.Interrupted || !resolver.known() && !resolver.more || d.bundle.Vantage.Invents:
		return servers
	}
	if resolver.absent && slices.ContainsFunc(d.bundle.Exchanges, answeredDirectly) {
		return servers
	}
	resolver.evidence += ", on the word of the resolver, because the zone's own servers gave no answer"
	return resolver
}

// eitherWord is what the resolver said where it has records, and else what the name servers said where they were asked: that there is
// nothing is the word of the zone. Where nobody but the resolver answers, as where port 53 is closed, its word is all there is.
func (d *derivation) eitherWord(name, rrtype string) word {
	resolver := d.wordOfResolver(name, rrtype)
	if len(resolver.records) > 0 || !d.asked(dnsanswer.HostName(name), rrtype) {
		return resolver
	}
	if servers, _ := d.wordOfServers(name, rrtype); servers.known() || slices.ContainsFunc(d.bundle.Exchanges, answeredDirectly) {
		return servers
	}
	return resolver
}

func answeredDirectly(x evidence.Exchange) bool {
	return x.Role == evidence.Authoritative && x.RCode != ""
}

// refers tells whether a server above the zone only said whom to ask.
func refers(x evidence.Exchange) bool { return x.RCode == "NOERROR" && !x.AA && len(x.Answer) == 0 }

// wordOfServers is what the servers of the zone said, and those of the zones to which aliases lead; answered tells whether
// any of them answered at all.
func (d *derivation) wordOfServers(name, rrtype string) (w word, answered bool) {
	var all []evidence.Exchange
	links := d.chain(name, rrtype)
	for _, link := range links {
		xs, n := d.exchanges(evidence.Authoritative, "", link, rrtype)
		all = append(all, xs...)
		answered = slices.ContainsFunc(xs, func(x evidence.Exchange) bool { return x.RCode != "" && !refers(x) })
		if len(xs) > 0 {
			w.at, w.evidence = dnsanswer.Last(xs).At, fmt.Sprintf("DNS exchange %d", n)
		}
	}
	what := "the question for " + rrtype + " records of " + name
	if len(all) == 0 {
		w.why = d.unasked(what)
		return w, false
	}
	records, trouble := dnsanswer.Resolved(all, name, rrtype)
	w.take(records, trouble, what)
	if trouble != nil {
		w.records = dnsanswer.Seen(all, name, rrtype)
		w.more = len(w.records) > 0
	}
	if end := links[len(links)-1]; w.absent && disputed(all, end, rrtype) {
		w.absent = false
		w.why = facts.Unknown{Code: facts.Disagreement, Detail: "some name servers of the zone know " + rrtype + " records of " + end + ", and others do not"}
	}
	return w, answered
}

// ofServers is wordOfServers for those who do not ask whether any server answered.
func (d *derivation) ofServers(name, rrtype string) word {
	w, _ := d.wordOfServers(name, rrtype)
	return w
}

// wordOfResolver is what the resolver said.
func (d *derivation) wordOfResolver(name, rrtype string) word {
	var w word
	what := "the question for " + rrtype + " records of " + name
	xs, n := d.exchanges(evidence.Resolver, "", name, rrtype)
	if len(xs) == 0 {
		w.why = d.unasked(what)
		return w
	}
	w.at, w.evidence = dnsanswer.Last(xs).At, fmt.Sprintf("DNS exchange %d", n)
	records, trouble := dnsanswer.Records(dnsanswer.Last(xs), rrtype), dnsanswer.Trouble(xs)
	w.take(records, trouble, what)
	if trouble != nil && dnsanswer.Cut(xs) {
		w.records, w.more = records, true
	}
	return w
}

func (w *word) take(records []dns.RR, trouble *evidence.Failure, what string) {
	switch {
	case trouble == nil:
		w.records = records
	case trouble.Kind == evidence.NXDomain || trouble.Kind == evidence.NoData:
		w.absent = true
	default:
		w.why = unanswered(trouble, what)
	}
}

// unasked is why nothing is known of a question that the bundle does not hold.
func (d *derivation) unasked(what string) facts.Unknown {
	if d.bundle.Interrupted || d.bundle.Expired {
		return facts.Unknown{Code: facts.Interrupted, Detail: "the run ended before " + what}
	}
	return facts.Unknown{Code: facts.Untested, Detail: what + " was not asked"}
}

// maxLinks bounds a chain of aliases; the probe follows fewer.
const maxLinks = 16

// chain lists a name and the aliases that the servers' answers to a question make of it, as RFC 2317 does with reverse names.
func (d *derivation) chain(name, rrtype string) []string {
	links := []string{dnsanswer.HostName(name)}
	for len(links) <= maxLinks {
		xs, _ := d.exchanges(evidence.Authoritative, "", links[len(links)-1], rrtype)
		next := ""
		for _, x := range xs {
			for _, rr := range dnsanswer.Records(x, "CNAME") {
				if cname, ok := rr.(*dns.CNAME); ok && x.AA && dnsanswer.HostName(rr.Header().Name) == dnsanswer.HostName(x.Name) {
					next = dnsanswer.HostName(cname.Target)
				}
			}
		}
		if next == "" || slices.Contains(links, next) {
			break
		}
		links = append(links, next)
	}
	return links
}

// sameData tells whether two sets of records hold the same data, whatever their TTL, order and letter case.
func sameData(a, b []dns.RR) bool {
	data := func(rrs []dns.RR) []string {
		var list []string
		for _, rr := range rrs {
			list = append(list, strings.ToLower(strings.TrimPrefix(rr.String(), rr.Header().String())))
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	return slices.Equal(data(a), data(b))
}

// disputed tells whether some server of a zone gave records of a name of which another knows nothing.
func disputed(xs []evidence.Exchange, name, rrtype string) bool {
	for _, x := range xs {
		if records, trouble := dnsanswer.Resolved([]evidence.Exchange{x}, name, rrtype); trouble == nil && len(records) > 0 {
			return true
		}
	}
	return false
}
