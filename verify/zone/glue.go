package zone

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// glueCheck is what came of comparing the glue of a zone with the addresses that the zone itself gives.
type glueCheck struct {
	differing  []string // "ns1.example.com 192.0.2.66": glue that the zone does not have
	dead       bool     // some of it does not serve the zone
	deadWhy    facts.Unknown
	missing    []string // names without the glue that leads to them
	incomplete []string // addresses that the zone has and the glue lacks, beside others
	why        facts.Unknown
}

// glueFacts compares the glue with what the servers of the zone say, and that of siblings, which are names in other zones below
// the same parent, with what their own servers say. Siblings need no glue (RFC 9471 section 3.2), unless zones wait for
// one another.
func (d *derivation) glueFacts(t *evidence.Target, parents []reading.Delegated, put put) {
	_, why := d.ParentNames(t)
	refers := slices.DeleteFunc(slices.Clone(parents), func(p reading.Delegated) bool { return p.Hosts })
	if why.Code == facts.Disagreement { // on the names; each referral's glue can still be compared
		why = facts.Unknown{}
	}
	if why.Code == "" && len(refers) == 0 {
		why = facts.Unknown{Code: facts.Ambiguous, Detail: "the servers of the parent zone serve the zone itself, so they show no glue"}
	}
	var c glueCheck
	found := d.Circle(t)
	circle(found, put)
	c.missing = append(c.missing, found.Helped...)
	if why.Code == "" {
		for _, p := range refers {
			for _, name := range p.Names {
				switch {
				case slices.Contains(found.Helped, name):
				case d.IsAlias(name):
					d.glueOfAlias(p, name, &c)
				case reading.Within(name, t.Zone):
					d.compareGlue(t, p, name, &c)
				case reading.Within(name, reading.ParentOf(t)):
					d.compareSibling(t, p, name, &c)
				}
			}
		}
		if why = c.why; why.Code == "" {
			why = found.Why
		}
	}
	flag := func(is, which facts.Name, list []string) {
		slices.Sort(list)
		list = slices.Compact(list)
		unknown := why
		if len(list) > 0 {
			unknown = facts.Unknown{}
		}
		put(is, boolOr(len(list) > 0, unknown), unknown)
		put(which, listOr(list, unknown), unknown)
	}
	flag(facts.DNSGlueDiffers, facts.DNSGlueDiffering, c.differing)
	flag(facts.DNSGlueMissing, facts.DNSGlueMissingFor, c.missing)
	flag(facts.DNSGlueIncomplete, facts.DNSGlueLacking, c.incomplete)
	if c.dead {
		c.deadWhy = facts.Unknown{}
	} else if c.deadWhy.Code == "" {
		c.deadWhy = why
	}
	put(facts.DNSGlueDead, boolOr(c.dead, c.deadWhy), c.deadWhy)
}

// compareGlue compares the glue of one name in one referral.
func (d *derivation) compareGlue(t *evidence.Target, p reading.Delegated, name string, c *glueCheck) {
	glue := p.GlueOf(name)
	own, anyOf, why := d.ownAddresses(t, t.Servers, name)
	why = d.differing(t, name, glue, own, anyOf, why, c)
	if why.Code != "" {
		if c.why.Code == "" {
			c.why = why
		}
		if len(glue) > 0 || len(own) == 0 {
			return
		}
	}
	for _, family := range []func(netip.Addr) bool{netip.Addr.Is4, netip.Addr.Is6} {
		ours, theirs := ofFamily(anyOf, family), ofFamily(glue, family)
		lacking := slices.DeleteFunc(slices.Clone(ours), func(a string) bool { return slices.Contains(theirs, a) })
		if len(lacking) == 0 {
			continue
		}
		if failure := d.notByStream(t, p); failure != nil && len(glue) == 0 {
			why := reading.Unanswered(failure, p.Server.Name+" ["+p.Server.Address+"], which may have left glue out of a datagram and was asked for it over TCP,")
			c.why = cmp.Or(c.why, why)
			continue
		}
		// Without any glue of its family an IPv4 address cannot be found by those who have IPv4 only.
		if len(glue) == 0 || len(theirs) == 0 && strings.Contains(lacking[0], ".") {
			c.missing = append(c.missing, name)
			continue
		}
		for _, a := range lacking {
			c.incomplete = append(c.incomplete, name+" "+a)
		}
	}
}

// notByStream is how the question for a referral over TCP failed, if it did: glue that is not in a datagram may be in the whole.
func (d *derivation) notByStream(t *evidence.Target, p reading.Delegated) *evidence.Failure {
	if p.X.Transport == "tcp" {
		return nil
	}
	xs, _ := d.Exchanges(evidence.Authoritative, p.Server.Address, t.Zone, "NS")
	for _, x := range slices.Backward(xs) {
		if x.Transport == "tcp" {
			return x.Failure
		}
	}
	return nil
}

// glueOfAlias notes glue of an alias, which has no address that it could be compared with.
func (d *derivation) glueOfAlias(p reading.Delegated, name string, c *glueCheck) {
	if len(p.GlueOf(name)) > 0 && c.why.Code == "" {
		c.why = facts.Unknown{Code: facts.Ambiguous, Detail: name + " is an alias by the word of its own zone, so that there is no address with which its glue could be compared"}
	}
}

// compareSibling compares the glue of a name in another zone. A parent zone may hand out none.
func (d *derivation) compareSibling(t *evidence.Target, p reading.Delegated, name string, c *glueCheck) {
	glue := p.GlueOf(name)
	if len(glue) == 0 {
		return
	}
	own, anyOf, why := d.ownAddresses(t, d.entitled(name), name)
	if why = d.differing(t, name, glue, own, anyOf, why, c); why.Code != "" && c.why.Code == "" {
		c.why = why
	}
}

// entitled are the servers of any zone that answered with authority what addresses a name has.
func (d *derivation) entitled(name string) (servers []evidence.Server) {
	for _, rrtype := range []string{"A", "AAAA"} {
		xs, _ := d.Exchanges(evidence.Authoritative, "", name, rrtype)
		for _, x := range xs {
			server := evidence.Server{Name: x.ServerName, Address: dnsanswer.AddressOf(x.Server)}
			if x.AA && !slices.ContainsFunc(servers, func(s evidence.Server) bool { return s.Address == server.Address }) {
				servers = append(servers, server)
			}
		}
	}
	return servers
}

// strangeSiblings lists the name servers in other zones whose glue is not what the servers of these zones said so far.
func (d *derivation) StrangeSiblings(t *evidence.Target) (names []string) {
	for _, p := range d.Parents(t) {
		for _, name := range p.Names {
			var c glueCheck
			if !reading.Within(name, t.Zone) && reading.Within(name, reading.ParentOf(t)) {
				d.compareSibling(t, p, name, &c)
			}
			if len(c.differing) > 0 && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// differing notes what glue has and nobody entitled to it says, and returns why that is not known.
func (d *derivation) differing(t *evidence.Target, name string, glue []string, own [][]string, anyOf []string, why facts.Unknown, c *glueCheck) facts.Unknown {
	for _, address := range glue {
		switch {
		case !slices.Contains(anyOf, address) && len(own) > 0:
			c.differing = append(c.differing, name+" "+address)
			d.glueServes(t, evidence.Server{Name: name, Address: address}, c)
		case why.Code == "" && len(own) == 0:
			why = facts.Unknown{Code: facts.ServFail, Detail: "no server of its zone told the addresses of " + name}
		}
	}
	return why
}

func ofFamily(addresses []string, family func(netip.Addr) bool) []string {
	return slices.DeleteFunc(slices.Clone(addresses), func(a string) bool {
		addr, err := netip.ParseAddr(a)
		return err != nil || !family(addr)
	})
}

// glueServes notes whether the zone is served at an address that is wrong glue.
func (d *derivation) glueServes(t *evidence.Target, server evidence.Server, c *glueCheck) {
	if authoritative, why := d.authoritative(t, server); authoritative && why.Code == "" {
		return
	}
	if dead, lame := d.fails(t, server); dead || lame {
		c.dead = true
		return
	}
	_, c.deadWhy = d.authoritative(t, server)
}

// ownAddresses returns the addresses of a name by the servers of its zone: the sets of each, and all of them. That servers
// differ makes it unknown which is right.
func (d *derivation) ownAddresses(t *evidence.Target, servers []evidence.Server, name string) (sets [][]string, anyOf []string, why facts.Unknown) {
	heard := map[string]bool{}
	unheard := map[string]facts.Unknown{}
	for _, server := range servers {
		set, unknown := d.ownSet(server, name)
		if unknown.Code != "" {
			unheard[server.Name] = unknown
			continue
		}
		heard[server.Name] = true
		sets = append(sets, set)
		anyOf = append(anyOf, set...)
	}
	slices.Sort(anyOf)
	anyOf = slices.Compact(anyOf)
	for _, set := range sets {
		if !slices.Equal(set, anyOf) {
			why = facts.Unknown{Code: facts.Disagreement, Detail: "the servers of the zone contradict each other on the addresses of " + name}
		}
	}
	for _, server := range servers {
		if unknown, is := unheard[server.Name]; is && !heard[server.Name] && why.Code == "" && len(sets) == 0 {
			why = unknown
		}
	}
	if ended := d.CutShort(name, "A", "AAAA"); ended.Code != "" && why.Code == "" {
		why = ended
	}
	return sets, anyOf, why
}

// ownSet returns the addresses that one server gives to a name.
func (d *derivation) ownSet(server evidence.Server, name string) (set []string, why facts.Unknown) {
	for _, rrtype := range []string{"A", "AAAA"} {
		xs, _ := d.Exchanges(evidence.Authoritative, server.Address, name, rrtype)
		records, failure := dnsanswer.Resolved(xs, name, rrtype)
		switch {
		case failure == nil:
			set = append(set, dnsanswer.AddressTexts(records)...)
		case failure.Kind == evidence.NoData || failure.Kind == evidence.NXDomain:
		default:
			return nil, reading.Unanswered(failure, server.Name+" ["+server.Address+"]")
		}
	}
	slices.Sort(set)
	return slices.Compact(set), facts.Unknown{}
}
