package zone

// This file compares glue with what it stands for: glue are copies of address records that the parent gives along with a referral, so that
// a name server whose name lies in the zone itself can be found at all (RFC 1034 section 4.2.1, RFC 9471). Nobody tells the parent when the
// addresses change.

import (
	"cmp"
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// glueCheck is what came of comparing the glue of a zone with the addresses that the zone itself gives.
type glueCheck struct {
	*view
	own map[string]ownAddresses // what was compared before

	differing  []string // "ns1.example.com 192.0.2.66": glue that the zone does not have
	dead       bool     // some of it does not serve the zone
	deadWhy    facts.Unknown
	missing    []string      // names without the glue that leads to them
	incomplete []string      // addresses that the zone has and the glue lacks, beside others
	unseen     facts.Unknown // why it is not known whether more such addresses lack
	why        facts.Unknown
}

// glueCheck is a comparison in which nothing has been compared.
func (v *view) glueCheck() *glueCheck { return &glueCheck{view: v, own: map[string]ownAddresses{}} }

// glue compares the glue with what the servers of the zone say, and that of siblings, which are names in other zones below
// the same parent, with what their own servers say. Siblings need no glue (RFC 9471 section 3.2), unless zones wait for
// one another.
func (d *derivation) glue(here about, l lists) {
	// A server of both zones answers with the zone's own records, so that nobody who asks it sees glue.
	refers := slices.DeleteFunc(slices.Clone(d.Parents(d.t)), func(p reading.Delegated) bool { return p.Hosts })
	// Whatever keeps the list of the parent unknown keeps its glue unknown too, but for a contradiction.
	why := l.parent.Why
	if why.Code == facts.Disagreement { // on the names; each referral's glue can still be compared
		why = facts.Unknown{}
	}
	if why.Code == "" && len(refers) == 0 {
		why = facts.Unknown{Code: facts.Ambiguous, Detail: "the servers of the parent zone serve the zone itself, so they show no glue"}
	}
	circle, c := d.Circle(d.t), d.glueCheck()
	// Names in a circle are known to need glue, whatever else is known of it.
	c.missing = append(c.missing, circle.Helped...)
	if why.Code == "" {
		for _, p := range refers {
			c.compareAll(p, circle.Helped)
		}
		why = cmp.Or(c.why, circle.Why)
	}
	put := func(list []string, why facts.Unknown, some, which facts.Name) {
		is, these := facts.Found(sorted(list), why)
		here.put(is, some)
		here.put(these, which)
	}
	put(c.differing, why, facts.DNSGlueDiffers, facts.DNSGlueDiffering)
	put(c.missing, why, facts.DNSGlueMissing, facts.DNSGlueMissingFor)
	put(c.incomplete, cmp.Or(why, c.unseen), facts.DNSGlueIncomplete, facts.DNSGlueLacking)
	here.put(facts.Shown(c.dead, cmp.Or(c.deadWhy, why)), facts.DNSGlueDead)
}

// compareAll compares the glue of all names in one referral but those that are known to need it.
func (c *glueCheck) compareAll(p reading.Delegated, helped []string) {
	for _, name := range p.Names {
		switch {
		case slices.Contains(helped, name):
		case c.IsAlias(name):
			c.ofAlias(p, name)
		case reading.Within(name, c.t.Zone):
			c.compare(p, name)
		// Anything further away is out of the parent's reach: glue for it would be ignored (RFC 2181 section 5.4.1).
		case reading.Within(name, reading.ParentOf(c.t)):
			c.compareSibling(p, name)
		}
	}
}

// compare compares the glue of one name in the zone. Nobody finds it without (RFC 9471 section 3.1).
func (c *glueCheck) compare(p reading.Delegated, name string) {
	glue, own := p.GlueOf(name), c.ownOf(name)
	if why := c.differ(name, glue, own); why.Code != "" {
		c.why = cmp.Or(c.why, why)
		// Servers that contradict each other leave open which address is right; that none of them stands in the referral does not
		// hang on that.
		if len(glue) > 0 || len(own.sets) == 0 {
			return
		}
	}
	part := c.inPart(p)
	for _, g := range gaps(glue, own.all) {
		switch {
		case part.Code != "" && g.vital:
			c.why = cmp.Or(c.why, part)
		case part.Code != "":
			c.unseen = cmp.Or(c.unseen, part)
		case g.vital:
			c.missing = append(c.missing, name)
		default:
			for _, a := range g.lacking {
				c.incomplete = append(c.incomplete, name+" "+a)
			}
		}
	}
}

// ofAlias notes glue of an alias, which has no address that it could be compared with.
func (c *glueCheck) ofAlias(p reading.Delegated, name string) {
	if len(p.GlueOf(name)) > 0 {
		c.why = cmp.Or(c.why, facts.Unknown{Code: facts.Ambiguous, Detail: name + " is an alias by the word of its own zone, so that there is no address with which its glue could be compared"})
	}
}

// compareSibling compares the glue of a name in another zone. A parent zone may hand out none. What it hands out though it need not
// is used by resolvers all the same, and must be right.
func (c *glueCheck) compareSibling(p reading.Delegated, name string) {
	if glue := p.GlueOf(name); len(glue) > 0 {
		why := c.differ(name, glue, c.ownOf(name))
		c.why = cmp.Or(c.why, why)
	}
}

// strangeSiblings lists the name servers in other zones whose glue is not what the servers of these zones said so far.
func strangeSiblings(r *reading.Reading, t *evidence.Target) (names []string) {
	v := viewOf(r, t)
	for _, p := range v.Parents(t) {
		for _, name := range p.Names {
			// A check for each name, since only whether this one differs is asked.
			c := v.glueCheck()
			if !reading.Within(name, t.Zone) && reading.Within(name, reading.ParentOf(t)) {
				c.compareSibling(p, name)
			}
			if len(c.differing) > 0 && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// differ notes what glue has and nobody entitled to it says, and returns why that is not known. One server that confirms an address is
// enough for it: two versions of a zone may be about.
func (c *glueCheck) differ(name string, glue []string, own ownAddresses) facts.Unknown {
	why := own.why
	for _, address := range glue {
		switch {
		case !slices.Contains(own.all, address) && len(own.sets) > 0:
			c.differing = append(c.differing, name+" "+address)
			c.serves(evidence.Server{Name: name, Address: address})
		case len(own.sets) == 0:
			why = cmp.Or(why, facts.Unknown{Code: facts.ServFail, Detail: "no server of its zone told the addresses of " + name})
		}
	}
	return why
}

// serves notes whether the zone is served at an address that is wrong glue. Wrong glue at which the zone is still served harms less than
// one that leads to nobody.
func (c *glueCheck) serves(at evidence.Server) {
	switch s := c.judge(at); {
	case s.authoritative.IsYes():
	case s.dead() || s.lame():
		c.dead = true
	// Neither served nor known not to be: the address may still be good for somebody.
	default:
		c.deadWhy = s.authoritative.Why
	}
}

// ownAddresses are the addresses of a name by the servers of its zone.
type ownAddresses struct {
	sets [][]string // by each of them
	all  []string
	why  facts.Unknown // why it is not known which are right
}

// ownOf returns the addresses of a name by the servers of its zone: this one, or another one. That servers differ makes it unknown which
// are right.
func (c *glueCheck) ownOf(name string) ownAddresses {
	own, known := c.own[name]
	if !known {
		servers := c.t.Servers
		if !reading.Within(name, c.t.Zone) {
			servers = c.entitled(name)
		}
		own = c.addressesBy(servers, name)
		c.own[name] = own
	}
	return own
}

// entitled are the servers of any zone that answered with authority what addresses a name has. Who answers with authority holds the zone
// of the name, whoever named him.
func (v *view) entitled(name string) (servers []evidence.Server) {
	seen := map[string]bool{}
	for _, rrtype := range []string{"A", "AAAA"} {
		xs, _ := v.Exchanges(evidence.Authoritative, "", name, rrtype)
		for _, x := range xs {
			server := evidence.Server{Name: x.ServerName, Address: dnsanswer.AddressOf(x.Server)}
			if x.AA && !seen[server.Address] {
				seen[server.Address] = true
				servers = append(servers, server)
			}
		}
	}
	return servers
}

// addressesBy gathers what some servers say of a name. Those that gave nothing are left out while others told; with none, the reason is
// that of the first.
func (v *view) addressesBy(servers []evidence.Server, name string) (own ownAddresses) {
	var unheard facts.Unknown // why the first of them, by name, gave nothing
	for _, server := range servers {
		set, why := v.ownSet(server, name)
		if why.Code != "" {
			// Its other addresses may have told; the reason is only used where none did.
			if server.Name == servers[0].Name {
				unheard = why
			}
			continue
		}
		own.sets = append(own.sets, set)
		own.all = append(own.all, set...)
	}
	own.all = sorted(own.all)
	// Each set has to be the whole one: a server that lacks one of the addresses lags, or the others do.
	if slices.ContainsFunc(own.sets, func(set []string) bool { return !slices.Equal(set, own.all) }) {
		own.why = facts.Unknown{Code: facts.Disagreement, Detail: "the servers of the zone contradict each other on the addresses of " + name}
	}
	if len(own.sets) == 0 {
		own.why = unheard
	}
	own.why = cmp.Or(own.why, v.CutShort(name, "A", "AAAA"))
	return own
}

// ownSet returns the addresses that one server gives to a name.
func (v *view) ownSet(server evidence.Server, name string) (set []string, why facts.Unknown) {
	for _, rrtype := range []string{"A", "AAAA"} {
		xs, _ := v.Exchanges(evidence.Authoritative, server.Address, name, rrtype)
		records, failure := v.Resolved(xs, name, rrtype)
		switch {
		case failure == nil:
			set = append(set, dnsanswer.AddressTexts(records)...)
		// One family that failed spoils both: half of a set cannot be compared.
		case !dnsanswer.Absent(failure):
			return nil, reading.Unanswered(failure, labelOf(server))
		}
	}
	return sorted(set), facts.Unknown{}
}
