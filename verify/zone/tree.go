package zone

import (
	"slices"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// tree puts together how the zone of a target was found and what each server on the way said. It is what people look at when they do not
// believe a verdict on a delegation.
func (d *derivation) tree() facts.Delegation {
	tree := facts.Delegation{By: d.t.Delegation.By, Zones: []facts.DelegationZone{}}
	path := d.t.Delegation.Path
	for i, cut := range path {
		zone := facts.DelegationZone{Zone: cut.Zone, Servers: []facts.DelegationServer{}}
		// Servers of a zone above are shown as far as they were asked; those of the last zone all.
		if i+1 < len(path) {
			for _, server := range path[i+1].Asked {
				zone.Servers = append(zone.Servers, d.above(server, path[i+1].Zone))
			}
		} else {
			for _, s := range d.judged() {
				zone.Servers = append(zone.Servers, d.own(s))
			}
		}
		tree.Zones = append(tree.Zones, zone)
	}
	return tree
}

// described is a server of which nothing is told yet; lists are empty, and not missing, for those who read JSON.
func described(server evidence.Server) facts.DelegationServer {
	return facts.DelegationServer{Name: server.Name, Address: server.Address, Says: facts.SaysOther, Names: []string{}, Glue: []string{}}
}

// above is what a server of a zone says of the next zone below it.
func (d *derivation) above(server evidence.Server, zone string) facts.DelegationServer {
	s := described(server)
	p, ok := d.Parent(server, zone)
	if !ok {
		s.Detail = "tells of no delegation of " + zone
		for _, i := range d.AskedAt(server.Address) {
			x := &d.Bundle.Exchanges[i]
			if x.Role == evidence.Authoritative && dnsanswer.AddressOf(x.Server) == server.Address && x.Failure != nil && reading.Within(x.Name, zone) {
				s.Detail = reading.Because(x.Failure)
			}
		}
		return s
	}
	s.Says, s.Names, s.RTT = facts.SaysRefers, p.Names, p.X.RTT.D().Seconds()
	if p.Hosts {
		s.Says = facts.SaysServes
	}
	for _, rr := range p.Glue {
		// Records for other names are left out: they are no glue, and may be anything.
		if name := reading.ServerName(rr.Header().Name); slices.Contains(p.Names, name) {
			for _, address := range dnsanswer.AddressTexts([]dns.RR{rr}) {
				s.Glue = append(s.Glue, name+" "+address)
			}
		}
	}
	return s
}

// own is what a server of the zone itself says.
func (d *derivation) own(at *server) facts.DelegationServer {
	s := described(at.Server)
	xs, _ := d.Exchanges(evidence.Authoritative, at.Address, d.t.Zone, "SOA")
	// The time of a question that was never answered is our patience, and is not shown.
	if x := dnsanswer.Last(xs); x.RCode != "" {
		s.RTT = x.RTT.D().Seconds()
	}
	switch {
	case at.serves:
		s.Says = facts.SaysServes
		s.Names = append(s.Names, d.childNames(at).Value.List()...)
	// The order is that of certainty: what a server does well comes first.
	case at.authoritative.IsYes():
		s.Detail = "answers for the zone with authority, but gives no SOA record"
	case at.dead():
		s.Says = facts.SaysSilent
	case at.lame():
		s.Says = facts.SaysLame
		s.Detail = saidInstead(at.exchanges, d.t.Zone)
	default:
		s.Detail = at.authoritative.Why.Detail
	}
	return s
}
