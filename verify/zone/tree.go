package zone

import (
	"slices"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// tree puts together how the zone of a target was found and what each server on the way said.
func (d *derivation) tree(t *evidence.Target) facts.Delegation {
	tree := facts.Delegation{By: t.Delegation.By, Zones: []facts.DelegationZone{}}
	path := t.Delegation.Path
	for i, cut := range path {
		zone := facts.DelegationZone{Zone: cut.Zone, Servers: []facts.DelegationServer{}}
		if i+1 < len(path) {
			for _, server := range path[i+1].Asked {
				zone.Servers = append(zone.Servers, d.above(server, path[i+1].Zone))
			}
		} else {
			for _, server := range t.Servers {
				zone.Servers = append(zone.Servers, d.own(t, server))
			}
		}
		tree.Zones = append(tree.Zones, zone)
	}
	return tree
}

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
		if name := reading.ServerName(rr.Header().Name); slices.Contains(p.Names, name) {
			for _, address := range dnsanswer.AddressTexts([]dns.RR{rr}) {
				s.Glue = append(s.Glue, name+" "+address)
			}
		}
	}
	return s
}

// own is what a server of the zone itself says.
func (d *derivation) own(t *evidence.Target, server evidence.Server) facts.DelegationServer {
	s := described(server)
	xs, _ := d.Exchanges(evidence.Authoritative, server.Address, t.Zone, "SOA")
	if x := dnsanswer.Last(xs); x.RCode != "" {
		s.RTT = x.RTT.D().Seconds()
	}
	dead, lame := d.fails(t, server)
	authoritative, why := d.authoritative(t, server)
	switch {
	case d.Serves(t, server):
		s.Says = facts.SaysServes
		if names, why := d.childNames(t, server); why.Code == "" {
			s.Names = append(s.Names, names...)
		}
	case authoritative:
		s.Detail = "answers for the zone with authority, but gives no SOA record"
	case dead:
		s.Says = facts.SaysSilent
	case lame:
		s.Says = facts.SaysLame
		all, _ := d.ExchangesWith(t, server)
		s.Detail = saidInstead(all, t.Zone)
	default:
		s.Detail = why.Detail
	}
	return s
}
