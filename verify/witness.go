package verify

import (
	"context"
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

// maxWitnesses bounds the servers of a zone that are asked whether they know of nothing either.
const maxWitnesses = 6

// authoritative asks the servers of a name's own zone. One is enough for what exists. That there is nothing takes a second
// witness, because a server may lag behind the others of its zone: the resolver, or else the other servers.
func (r *run) authoritative(ctx context.Context, name, rrtype string, resolver []evidence.Exchange) []evidence.Exchange {
	xs := r.dns.Authoritative(ctx, name, rrtype)
	r.record(xs)
	if _, trouble := dnsanswer.Resolved(xs, name, rrtype); !dnsanswer.Absent(trouble) || dnsanswer.Absent(dnsanswer.Trouble(resolver)) {
		return xs
	}
	at := dnsanswer.Last(xs).Name // the end of the aliases
	r.askWitnesses(ctx, at, rrtype)
	return xs
}

// askWitnesses asks the servers of the zone that holds a name, each by itself.
func (r *run) askWitnesses(ctx context.Context, name string, rrtypes ...string) {
	var questions []question
	for _, server := range r.witnesses(ctx, name) {
		for _, rrtype := range rrtypes {
			questions = append(questions, question{server, name, rrtype})
		}
	}
	r.putThese(ctx, questions)
}

// witnesses are the servers of the zone that holds a name, as many as are asked.
func (r *run) witnesses(ctx context.Context, name string) []evidence.Server {
	delegation, walked := r.dns.Walk(ctx, name)
	r.record(walked)
	if len(delegation.Path) == 0 {
		return nil
	}
	servers := delegation.Path[len(delegation.Path)-1].Servers
	return servers[:min(len(servers), maxWitnesses)]
}

// serverWitnesses asks the other servers of the zones of name servers of which the first one says that they have no address,
// or are aliases. It returns the addresses that others know.
func (r *run) serverWitnesses(ctx context.Context, names []string) (servers []evidence.Server) {
	d := r.snapshot()
	doubtful := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !d.DoubtfulServer(name) })
	sideBySide(doubtful, func(_ int, name string) {
		r.askWitnesses(ctx, name, "A", "AAAA")
		if r.snapshot().IsAlias(name) { // where it leads tells whether anybody who follows it finds something
			r.putThese(ctx, []question{{name: name, rrtype: "A"}, {name: name, rrtype: "AAAA"}})
		}
	})
	d = r.snapshot()
	for _, name := range doubtful {
		for _, address := range d.AddressesOf(name) {
			servers = append(servers, evidence.Server{Name: name, Address: address})
		}
	}
	return servers
}
