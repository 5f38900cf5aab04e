package verify

import (
	"cmp"
	"context"
	"slices"

	"golang.org/x/net/publicsuffix"
	"golang.org/x/sync/errgroup"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

// Bounds of one zone, as many as the root has: servers named by the parent or by the zone itself, and their addresses.
// With what a walk and the look-up of these names may ask, one zone costs at most 2 × 60 + 2 × 2 × 26 questions.
const (
	maxServerNames     = 13
	maxServerAddresses = 26
)

// zone finds the zone of a target by a walk from the root, and asks all its servers for the SOA and NS records.
func (r *run) zone(ctx context.Context, t *evidence.Target) {
	d, exchanges := r.dns.Walk(ctx, t.Name)
	r.record(exchanges)
	t.Delegation, t.ZoneError = &d, d.Trouble
	if len(d.Path) == 0 {
		return
	}
	last := d.Path[len(d.Path)-1]
	switch {
	case d.Trouble == nil:
		t.Zone = last.Zone
	case d.Trouble.Kind == evidence.NXDomain:
		t.Zone = last.Zone // for a name that does not exist, that may be a registry's or the root: its servers are not asked
		return
	case last.Zone == "." || isSuffix(last.Zone):
		return
	default:
		t.Zone = last.Zone // its servers are why the walk ended
	}
	t.Servers = r.servers(ctx, last)
	if len(t.Servers) == 0 && t.ZoneError == nil {
		t.ZoneError = &evidence.Failure{Kind: evidence.ServFail, Detail: "no name server of the zone has a known address"}
	}
}

// isSuffix tells whether a zone is one under which the public registers names, of which a report about a name in it does
// not speak.
func isSuffix(zone string) bool {
	suffix, _ := publicsuffix.PublicSuffix(zone)
	return suffix == zone
}

// servers asks every server of a zone for its SOA and NS records: those that the parent zone names, at its glue and at the
// addresses that the zones of their names give them, and those that only the zone itself names.
func (r *run) servers(ctx context.Context, zone evidence.Cut) []evidence.Server {
	own := r.askServers(ctx, zone.Zone, zone.Servers)
	own = slices.DeleteFunc(own, func(name string) bool { return slices.Contains(zone.Names, name) })
	names := slices.Concat(zone.Names, own)
	names = names[:min(len(names), maxServerNames)]
	// By now it is known which servers are silent, so that the look-ups of names in the zone itself begin at the others.
	all := union(zone.Servers, r.serverAddresses(ctx, names), r.serverWitnesses(ctx, names))
	r.askServers(ctx, zone.Zone, slices.DeleteFunc(slices.Clone(all), func(s evidence.Server) bool {
		return slices.Contains(zone.Servers, s)
	}))
	return all
}

// serverAddresses looks up names of servers at the servers of their own zones.
func (r *run) serverAddresses(ctx context.Context, names []string) []evidence.Server {
	if len(names) == 0 {
		return nil
	}
	servers, exchanges := r.dns.Addresses(ctx, names)
	r.record(exchanges)
	return servers
}

// askServers asks each address, all side by side, and returns the servers that the zone itself names.
func (r *run) askServers(ctx context.Context, zone string, servers []evidence.Server) []string {
	types := []string{"SOA", "NS"}
	answers := make([][]evidence.Exchange, len(servers)*len(types))
	var group errgroup.Group
	for i := range answers {
		group.Go(func() error {
			answers[i] = r.dns.Ask(ctx, servers[i/len(types)], zone, types[i%len(types)])
			r.record(answers[i])
			return nil
		})
	}
	group.Wait() // the functions return no error
	var names []string
	for _, xs := range answers {
		records, _ := dnsanswer.Resolved(xs, zone, "NS")
		names = append(names, dnsanswer.NSNames(records)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// union lists servers by name and address, each once, as many as are asked.
func union(lists ...[]evidence.Server) []evidence.Server {
	all := slices.Concat(lists...)
	slices.SortFunc(all, func(a, b evidence.Server) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Address, b.Address))
	})
	all = slices.Compact(all)
	return slices.Concat([]evidence.Server{}, all[:min(len(all), maxServerAddresses)])
}
