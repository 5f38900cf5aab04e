package lab

import (
	"fmt"
	"net"
	"net/netip"
	"slices"

	"github.com/miekg/dns"
)

// rootServer is the name of the server of a root zone for which the scenario names none.
const rootServer = "a.root-servers.net."

// withRoot makes sure that there is a root zone with a server, at an address that nothing else in the scenario has.
func (s *Scenario) withRoot() error {
	i := slices.IndexFunc(s.zones, func(z *zone) bool { return z.name == "." })
	if i >= 0 {
		s.root = s.zones[i]
	} else {
		s.root = newZone(".", usualSOA(".", []string{rootServer}))
	}
	if len(s.root.servers) > 0 {
		return nil
	}
	address, err := s.freeAddress()
	if err != nil {
		return err
	}
	s.root.serve([]string{rootServer})
	s.root.add(addressRecord(rootServer, address))
	return nil
}

// freeAddress returns the last free address of 192.0.2.0/24, which is set aside for documentation (RFC 5737). That manners
// are written for an address does not make it taken: they may be those of the root server.
func (s *Scenario) freeAddress() (netip.Addr, error) {
	taken := append(s.addresses(), s.resolver)
	for _, h := range s.hosts {
		taken = append(taken, h.address)
	}
	for _, h := range s.web {
		taken = append(taken, h.address)
	}
	// From the end, since scenarios count their addresses from the beginning.
	for last := byte(254); last > 0; last-- {
		if a := netip.AddrFrom4([4]byte{192, 0, 2, last}); !slices.Contains(taken, a) {
			return a, nil
		}
	}
	return netip.Addr{}, fmt.Errorf("%s: no address of 192.0.2.0/24 is left for a root server", s.File)
}

// allZones returns the zones of the scenario and the root.
func (s *Scenario) allZones() []*zone {
	if slices.Contains(s.zones, s.root) {
		return s.zones
	}
	return append(slices.Clone(s.zones), s.root)
}

// cut is a zone and the content of the zone above it that delegates it.
type cut struct{ above, below *zone }

// delegate writes each zone into the zone above it, unless that one delegates the name already or the zone wants not to
// be found.
func (s *Scenario) delegate() {
	zones := s.allZones()
	var cuts []cut
	for _, z := range zones {
		if z.name == "." || z.hidden || len(z.servers) == 0 {
			continue
		}
		others := slices.DeleteFunc(slices.Clone(zones), func(o *zone) bool { return o == z || len(o.servers) == 0 })
		for _, above := range s.contents(longest(others, z.name)) {
			if above.cut(z.name) == "" {
				cuts = append(cuts, cut{above, z})
			}
		}
	}
	for _, c := range cuts {
		c.above.refer(c.below.name, c.below.servers)
	}
	// Glue is added when all cuts are known: only what lies below a cut is no data of the zone itself.
	for _, c := range cuts {
		for _, name := range c.below.servers {
			c.above.addGlue(name, s.addressesOf(name))
		}
	}
}

// contents returns a zone and what single servers have in its place.
func (s *Scenario) contents(z *zone) []*zone {
	all := []*zone{z}
	for _, entry := range s.manners {
		for _, own := range entry.manner.zones {
			if own.name == z.name && !slices.Contains(all, own) {
				all = append(all, own)
			}
		}
	}
	return all
}

// addGlue adds the addresses of a name server below a cut, unless there are some: a scenario may write its own.
func (z *zone) addGlue(name string, addresses []netip.Addr) {
	written := len(z.of(name, dns.TypeA))+len(z.of(name, dns.TypeAAAA)) > 0
	if written || !dns.IsSubDomain(z.name, name) || z.cut(name) == "" {
		return
	}
	for _, address := range addresses {
		z.add(addressRecord(name, address))
	}
}

// serve makes names the servers of a zone.
func (z *zone) serve(names []string) {
	z.servers = names
	z.refer(z.name, names)
}

// refer adds NS records.
func (z *zone) refer(owner string, names []string) {
	for _, name := range names {
		header := dns.RR_Header{Name: owner, Rrtype: dns.TypeNS, Class: dns.ClassINET, Ttl: defaultTTL}
		z.add(&dns.NS{Hdr: header, Ns: name})
	}
}

func addressRecord(name string, address netip.Addr) dns.RR {
	header := dns.RR_Header{Name: name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: defaultTTL}
	if address.Is4() {
		return &dns.A{Hdr: header, A: net.IP(address.AsSlice())}
	}
	header.Rrtype = dns.TypeAAAA
	return &dns.AAAA{Hdr: header, AAAA: net.IP(address.AsSlice())}
}

// Roots returns the addresses of the root servers as they are reached here.
func (n *Internet) Roots() []netip.Addr { return slices.Clone(n.roots) }
