package verify

import (
	"context"

	"mxverdict/verify/dnsprobe"
	"mxverdict/verify/evidence"
)

// maxWitnesses bounds the servers of a zone that are asked whether they know of nothing either.
const maxWitnesses = 6

// authoritative asks the servers of a name's own zone. One is enough for what exists. That there is nothing takes a second
// witness, because a server may lag behind the others of its zone: the resolver, or else the other servers.
func (r *run) authoritative(ctx context.Context, name, rrtype string, resolver []evidence.Exchange) []evidence.Exchange {
	xs := r.dns.Authoritative(ctx, name, rrtype)
	r.record(xs)
	if _, trouble := dnsprobe.Resolved(xs, name, rrtype); !noSuch(trouble) || noSuch(dnsprobe.Trouble(resolver)) {
		return xs
	}
	at := last(xs).Name // the end of the aliases
	delegation, walked := r.dns.Walk(ctx, at)
	r.record(walked)
	if len(delegation.Path) == 0 {
		return xs
	}
	servers := delegation.Path[len(delegation.Path)-1].Servers
	for _, server := range servers[:min(len(servers), maxWitnesses)] {
		r.record(r.dns.Ask(ctx, server, at, rrtype))
	}
	return xs
}

// disputed tells whether some server of a zone gave records of a name of which another knows nothing.
func disputed(xs []evidence.Exchange, name, rrtype string) bool {
	for _, x := range xs {
		if records, trouble := dnsprobe.Resolved([]evidence.Exchange{x}, name, rrtype); trouble == nil && len(records) > 0 {
			return true
		}
	}
	return false
}
