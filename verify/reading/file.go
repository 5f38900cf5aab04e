package reading

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"mxverdict/verify/dnsanswer"
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
		list = append(list, FileFrom(u.String(), at))
	}
	return list
}

// FileFrom is the question for a file at some addresses, of which the first few are tried until one answers.
func FileFrom(target string, addresses []string) Question {
	return Question{Kind: Fetch, Name: target, Type: strings.Join(addresses[:min(len(addresses), maxFileAddresses)], " ")}
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

// Fetched is the try to fetch a file that decides, and its number: one that brought an answer, else one in which the server said that it
// fails, else one that failed in a way that may pass, else the first. Several addresses may have been tried, and clients take any of them.
// It is nil where there was none.
func (r *Reading) Fetched(target string) (found *evidence.Fetch, n int) {
	return r.FetchedFrom(target, nil)
}

// FetchedFrom is the same of the tries at some addresses, written without a port; nil for any.
func (r *Reading) FetchedFrom(target string, addresses []string) (found *evidence.Fetch, n int) {
	// A bad certificate ranks below a failure that may pass: behind the address that failed a good one may stand.
	rank := func(f *evidence.Fetch) int {
		switch {
		case f == nil:
			return 0
		case f.Failure == nil && f.Status < http.StatusInternalServerError:
			return 4
		case f.Failure == nil:
			return 3
		case f.Failure.Kind != evidence.BadCert:
			return 2
		}
		return 1
	}
	for _, i := range r.indexed().fetches[asFetched(target)] {
		if f := &r.Bundle.Fetches[i]; rank(f) > rank(found) && askedThere(f, addresses) {
			found, n = f, i+1
		}
	}
	return found, n
}

// Fetches are all tries to fetch a file at some addresses, nil for any, one or more for each address, in the order of the evidence.
func (r *Reading) Fetches(target string, addresses ...string) (all []*evidence.Fetch) {
	for _, i := range r.indexed().fetches[asFetched(target)] {
		if f := &r.Bundle.Fetches[i]; askedThere(f, addresses) {
			all = append(all, f)
		}
	}
	return all
}

// askedThere tells whether a fetch was from one of some addresses; nil is any.
func askedThere(f *evidence.Fetch, addresses []string) bool {
	return addresses == nil || slices.Contains(addresses, dnsanswer.AddressOf(f.Address))
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

// betweenFetches is how long a web server that failed is left alone before it is asked again. The number is our own.
const betweenFetches = 4 * time.Second

// Anew is a question for a file put a second time, after a while.
func Anew(q Question) Question {
	q.Round, q.Pause = q.Round+1, betweenFetches
	return q
}
