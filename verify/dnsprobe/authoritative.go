package dnsprobe

import (
	"context"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
)

const (
	// maxLinks bounds a chain of aliases that is followed from zone to zone.
	maxLinks = 8

	// maxAsked bounds the addresses that are asked for one answer on the word of the resolver.
	maxAsked = 4
)

// Authoritative asks the servers of the zone that holds a name, as a walk from the root finds it, until one gives an
// answer with authority: records, or the word that there are none. An alias is followed to the servers of its target's own zone, as
// reverse names of small networks need it (RFC 2317). It returns all exchanges in order; the last one is the answer or
// the failure of the name at the end of the aliases. Resolved reads the outcome.
func (p *Probe) Authoritative(ctx context.Context, name, rrtype string) []evidence.Exchange {
	var all []evidence.Exchange
	seen := map[string]bool{}
	w := p.walker()
	name, rrtype = bare(name), strings.ToUpper(rrtype)
	for range maxLinks + 1 {
		xs := w.ofZone(ctx, name, rrtype)
		all = append(all, xs...)
		seen[name] = true
		found := first(xs, name, rrtype)
		if found.alias == "" || seen[found.alias] {
			break
		}
		name = found.alias
	}
	return all
}

// ofZone asks the servers of the zone that holds a name, and follows no alias.
func (w *walker) ofZone(ctx context.Context, name, rrtype string) []evidence.Exchange {
	q := question{role: evidence.Authoritative, name: name, rrtype: rrtype}
	if _, ok := canonical(name); !ok {
		return []evidence.Exchange{q.unasked(&evidence.Failure{Kind: evidence.Malformed, Detail: "not a domain name that can be asked for"})}
	}
	zone, end, trouble, all := w.descend(ctx, name, rrtype, true, nil)
	switch {
	case end.word != useless:
		return atEnd(distinct(all), end.xs)
	case rootless(zone, trouble):
		return w.ofZoneByResolver(ctx, name, rrtype, all)
	}
	all = distinct(all)
	if n := len(all); n > 0 && all[n-1].Role == evidence.Authoritative && all[n-1].Name == name && all[n-1].Type == rrtype {
		return all
	}
	return append(all, q.unasked(trouble))
}

// atEnd moves the exchanges with one server to the end.
func atEnd(all, last []evidence.Exchange) []evidence.Exchange {
	all = slices.DeleteFunc(all, func(x evidence.Exchange) bool {
		return slices.ContainsFunc(last, func(y evidence.Exchange) bool {
			return x.Server == y.Server && x.Name == y.Name && x.Type == y.Type && x.At.Equal(y.At)
		})
	})
	return append(all, last...)
}

// ofZoneByResolver asks servers that the resolver names, all at once: where the root cannot be asked, they often cannot
// either, and each would take its time.
func (w *walker) ofZoneByResolver(ctx context.Context, name, rrtype string, all []evidence.Exchange) []evidence.Exchange {
	zone, xs := w.Zone(ctx, name)
	all = append(all, xs...)
	servers := w.order(zone.Servers)
	replies := w.askAll(ctx, servers[:min(len(servers), maxAsked)], name, rrtype)
	if len(replies) == 0 {
		q := question{role: evidence.Authoritative, name: name, rrtype: rrtype}
		return append(all, q.unasked(zone.Trouble))
	}
	all = append(all, exchangesOf(replies)...)
	for _, r := range replies {
		if _, ok := outcome(r.last(), name, rrtype); ok {
			return atEnd(all, r.xs)
		}
	}
	return all
}

// unasked is a question that found no server to be put to.
func (q question) unasked(why *evidence.Failure) evidence.Exchange {
	x := q.exchange(udp, true)
	x.Server, x.Name, x.Type = "", bare(x.Name), strings.ToUpper(x.Type)
	x.Failure = unknown(why, "no name server of the zone could be asked")
	return x
}

// spread puts the first address of each name server before the second of any: addresses of one name often share one
// machine. Names stay in order.
func spread(servers []evidence.Server) []evidence.Server {
	rank := make(map[evidence.Server]int, len(servers))
	count := map[string]int{}
	for _, s := range servers {
		rank[s] = count[s.Name]
		count[s.Name]++
	}
	servers = slices.Clone(servers)
	slices.SortStableFunc(servers, func(a, b evidence.Server) int { return rank[a] - rank[b] })
	return servers
}

// Resolved tells what the authoritative servers among the exchanges said of a name, over the whole chain of aliases: the
// records of the type, or why there are none. Only the records of the question name itself are taken from an answer; what
// a server adds about the target of an alias may lie outside its authority (RFC 2181 section 5.4.1), and Authoritative
// asked for it by itself. NXDomain and NoData are said only on the word of an authoritative answer.
func Resolved(xs []evidence.Exchange, name, rrtype string) ([]dns.RR, *evidence.Failure) {
	name = bare(name)
	seen := map[string]bool{}
	for range maxLinks + 1 {
		found := first(xs, name, rrtype)
		if found.alias == "" {
			return found.records, found.failure
		}
		seen[name] = true
		if name = found.alias; seen[name] {
			break
		}
	}
	return nil, &evidence.Failure{Kind: evidence.ServFail, Detail: "the chain of aliases does not end"}
}

// Alias returns the name that authoritative servers among the exchanges say a name is an alias of, "" if they say that it is
// none. The failure says why that is not known.
func Alias(xs []evidence.Exchange, name, rrtype string) (string, *evidence.Failure) {
	found := first(xs, name, rrtype)
	if found.failure != nil && !absent(found.failure) {
		return "", found.failure
	}
	return found.alias, nil
}

// Owned returns the records of a type that a name itself has in one exchange, not those to which an alias leads.
func Owned(x evidence.Exchange, rrtype string) []dns.RR {
	records, _ := owned(x, bare(x.Name), rrtype)
	return records
}

// Named returns the zone that a negative answer names as that of the question name, by the SOA record beside it (RFC 2308
// section 3), or "".
func Named(x evidence.Exchange) string { return holder(x, bare(x.Name)) }

// said is what an authoritative answer says of a name: records, the name it is an alias of, or why there are neither.
type said struct {
	records []dns.RR
	alias   string
	failure *evidence.Failure
}

// first returns what the first usable answer about a name says; without one, why the last is none.
func first(xs []evidence.Exchange, name, rrtype string) said {
	name = bare(name)
	result := said{failure: &evidence.Failure{Kind: evidence.ServFail, Detail: "no authoritative server was asked for " + name}}
	for _, x := range xs {
		if x.Role != evidence.Authoritative || bare(x.Name) != name || !strings.EqualFold(x.Type, rrtype) {
			continue
		}
		found, ok := outcome(x, name, rrtype)
		if ok {
			return found
		}
		// A cut answer is followed by the same question over TCP; what became of that tells more.
		result = found
	}
	return result
}

// outcome reads one answer; false if it is not usable as the word of an authoritative server.
func outcome(x evidence.Exchange, name, rrtype string) (said, bool) {
	none := func(kind evidence.FailureKind, detail string) said {
		return said{failure: &evidence.Failure{Kind: kind, Detail: detail, At: x.RTT, Waited: x.RTT}}
	}
	exists := x.RCode == "NOERROR"
	switch {
	case x.Failure != nil:
		return said{failure: x.Failure}, false
	case x.TC:
		return none(evidence.ServFail, "the answer is truncated"), false
	case !exists && x.RCode != "NXDOMAIN":
		return none(evidence.ServFail, "the server answered "+x.RCode), false
	case !x.AA:
		return none(evidence.ServFail, "the server is not authoritative for "+name), false
	}
	records, alias := owned(x, name, rrtype)
	switch {
	case len(records) > 0 && exists:
		return said{records: records}, true
	case len(records) > 0:
		return none(evidence.ServFail, "the answer contradicts itself: NXDOMAIN with records"), false
	case alias != "":
		// NXDOMAIN then speaks of the target (RFC 6604 section 3).
		return said{alias: alias}, true
	case !exists:
		return none(evidence.NXDomain, name+" does not exist"), true
	case referral(x):
		return none(evidence.ServFail, "the answer is a referral"), false
	}
	return none(evidence.NoData, name+" has no "+rrtype+" record"), true
}

// owned returns the records of a type that a name owns in an answer, and the target if it is an alias.
func owned(x evidence.Exchange, name, rrtype string) (records []dns.RR, alias string) {
	code := dns.StringToType[strings.ToUpper(rrtype)]
	for _, rr := range parseAll(x.Answer) {
		if bare(rr.Header().Name) != name {
			continue
		}
		if rr.Header().Rrtype == code {
			records = append(records, rr)
		}
		if cname, ok := rr.(*dns.CNAME); ok && alias == "" {
			alias = bare(cname.Target)
		}
	}
	return records, alias
}
