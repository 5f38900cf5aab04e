package dnsprobe

import (
	"context"
	"slices"
	"strings"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

// maxAsked bounds the addresses that are asked for one answer on the word of the resolver.
const maxAsked = 4

// Authoritative asks the servers of the zone that holds a name, as a walk from the root finds it, until one gives an
// answer with authority: records, or the word that there are none. An alias is followed to the servers of its target's own zone, as
// reverse names of small networks need it (RFC 2317). It returns all exchanges in order; the last one is the answer or
// the failure of the name at the end of the aliases. dnsanswer.Resolved reads the outcome.
func (p *Probe) Authoritative(ctx context.Context, name, rrtype string) []evidence.Exchange {
	var all []evidence.Exchange
	seen := map[string]bool{}
	// One walker for the whole chain, so that its bound holds for all links together.
	w := p.walker()
	name, rrtype = dnsanswer.Bare(name), strings.ToUpper(rrtype)
	for range dnsanswer.MaxLinks + 1 {
		xs := w.ofZone(ctx, name, rrtype)
		all = append(all, xs...)
		seen[name] = true
		found := dnsanswer.First(xs, name, rrtype)
		// A circle of aliases is left open here; who reads the exchanges finds it.
		if found.Alias == "" || seen[found.Alias] {
			break
		}
		name = found.Alias
	}
	return all
}

// ofZone asks the servers of the zone that holds a name, and follows no alias.
func (w *walker) ofZone(ctx context.Context, name, rrtype string) []evidence.Exchange {
	q := question{role: evidence.Authoritative, name: name, rrtype: rrtype}
	if _, ok := canonical(name); !ok {
		return []evidence.Exchange{q.unasked(&evidence.Failure{Kind: evidence.Malformed, Detail: "not a domain name that can be asked for"})}
	}
	zone, end, trouble, way := w.descend(ctx, name, rrtype, true, nil)
	all := w.exchanges(way)
	switch {
	case end.word != useless:
		return atEnd(all, end.xs)
	// Only then: a server that denies is believed, whatever the resolver says.
	case rootless(zone, trouble):
		return w.ofZoneByResolver(ctx, name, rrtype, all)
	}
	if n := len(all); n > 0 && all[n-1].Role == evidence.Authoritative && all[n-1].Name == name && all[n-1].Type == rrtype {
		return all
	}
	// The list has to end with the question itself: who reads it goes by the last exchange.
	return append(all, q.unasked(trouble))
}

// atEnd moves the exchanges with one server to the end. Servers are asked side by side, so that the order of time is not that of
// weight.
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
	for i, r := range replies {
		if hear(zone.Name, r, name, true).word != useless && !w.gives(r, name) && !w.serves(ctx, zone.Name, r.server) {
			// A resolver on the way that answers for everybody knows no zone's SOA record with authority.
			replies[i] = w.discredit(r, "it does not know the zone "+zone.Name+" itself")
		}
	}
	all = append(all, exchangesOf(replies)...)
	for _, r := range replies {
		// The answer that counts stands last, where readers look for it.
		if _, ok := dnsanswer.Outcome(r.last(), name, rrtype); ok {
			return atEnd(all, r.xs)
		}
	}
	return all
}

// unasked is a question that found no server to be put to.
func (q question) unasked(why *evidence.Failure) evidence.Exchange {
	x := q.exchange(udp, true)
	x.Server, x.Name, x.Type = "", dnsanswer.Bare(x.Name), strings.ToUpper(x.Type)
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
