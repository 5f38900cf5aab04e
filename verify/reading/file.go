package reading

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/weburl"
)

// This file asks for files on the web and reads what came: from which addresses, and where redirects lead. A redirect is followed only
// where whoever asks for the file follows it: browsers do, senders that look for a policy do not (RFC 8461 section 3.3).

// maxFileAddresses bounds the addresses of a web host that are tried. The number is our own: each is one more connection to a stranger.
const maxFileAddresses = 4

// ToFile are questions for a file: first for the addresses of its host, then for the file itself, and so on along a number of redirects at
// most. What is no URL that may be visited is not asked for.
func (r *Reading) ToFile(target string, redirects int) (list []Question) {
	for _, u := range r.way(target, redirects) {
		host := weburl.Host(u)
		at := []string{host}
		if _, err := netip.ParseAddr(host); err != nil {
			ask := r.ToAddresses(host)
			if list = append(list, ask...); !r.Done(ask...) {
				return list
			}
			at = r.AddressesFound(host)
		}
		if len(at) == 0 {
			return list
		}
		at = at[:min(len(at), maxFileAddresses)]
		list = append(list, Question{Kind: Fetch, Name: u.String(), Type: strings.Join(at, " ")})
	}
	return list
}

// way is a URL and those to which redirects lead from it, as far as that is known.
func (r *Reading) way(target string, redirects int) (way []*url.URL) {
	u, err := weburl.Parse(target)
	for err == nil && !slices.ContainsFunc(way, func(before *url.URL) bool { return before.String() == u.String() }) {
		way = append(way, u)
		f, _ := r.Fetched(u.String())
		if len(way) > redirects || !Redirects(f) {
			break
		}
		u, err = weburl.Resolve(u, f.Location)
	}
	return way
}

// Redirects tells whether the answer to a fetch sends a client elsewhere (RFC 9110 section 15.4). What came with a bad certificate sends
// nobody anywhere.
func Redirects(f *evidence.Fetch) bool {
	if f == nil || f.Failure != nil || f.Location == "" {
		return false
	}
	return slices.Contains([]int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect,
		http.StatusPermanentRedirect}, f.Status)
}

// FetchedAlong are the tries that decide for a URL and those to which redirects lead from it, in order. The last one still redirects where
// there were too many, where they lead in a circle, or to what is not visited. There are none where nothing was fetched.
func (r *Reading) FetchedAlong(target string, redirects int) (along []*evidence.Fetch) {
	for _, u := range r.way(target, redirects) {
		f, _ := r.Fetched(u.String())
		if f == nil {
			break
		}
		along = append(along, f)
	}
	return along
}

// Fetched is the try to fetch a file that decides, and its number: one that brought an answer, else one that failed in a way that may
// pass, else the last. Several addresses may have been tried, and clients take any of them. It is nil where there was none.
func (r *Reading) Fetched(target string) (found *evidence.Fetch, n int) {
	// A bad certificate ranks below a failure that may pass: behind the address that failed a good one may stand.
	rank := func(f *evidence.Fetch) int {
		switch {
		case f == nil:
			return 0
		case f.Failure == nil:
			return 3
		case f.Failure.Kind != evidence.BadCert:
			return 2
		}
		return 1
	}
	for _, i := range r.indexed().fetches[asFetched(target)] {
		if f := &r.Bundle.Fetches[i]; rank(f) > rank(found) {
			found, n = f, i+1
		}
	}
	return found, n
}

// Fetches are all tries to fetch a file, one or more for each address, in the order of the evidence.
func (r *Reading) Fetches(target string) (all []*evidence.Fetch) {
	for _, i := range r.indexed().fetches[asFetched(target)] {
		all = append(all, &r.Bundle.Fetches[i])
	}
	return all
}

// asFetched writes a URL as it stands in evidence.
func asFetched(target string) string {
	if u, err := weburl.Parse(target); err == nil {
		return u.String()
	}
	return target
}

// FetchNumber says for people where in the evidence a fetch stands.
func FetchNumber(n int) string { return fmt.Sprintf("web fetch %d", n) }
