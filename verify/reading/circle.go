package reading

import (
	"slices"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// ReferredZone is a zone as the servers above it delegate it, all of their referrals together.
type ReferredZone struct {
	names []string
	found bool // some of these names has glue, wherever that leads, or a server answered for the zone with authority
}

// ReferredZones gathers the delegations that the bundle shows.
func (r *Reading) ReferredZones() map[string]*ReferredZone {
	if r.Index().zones != nil {
		return r.Index().zones
	}
	zones := map[string]*ReferredZone{}
	r.Index().zones = zones
	at := func(zone string) *ReferredZone {
		if zones[zone] == nil {
			zones[zone] = &ReferredZone{}
		}
		return zones[zone]
	}
	for i, x := range r.Bundle.Exchanges {
		if x.Role != evidence.Authoritative {
			continue
		}
		owner, records := r.refersTo(i)
		switch {
		case owner != "":
			z := at(owner)
			names, _ := NamesIn(records, owner)
			z.names = append(z.names, names...)
			z.found = z.found || slices.ContainsFunc(r.Parse(x.Additional), func(rr dns.RR) bool {
				return len(dnsanswer.AddressesIn([]dns.RR{rr})) > 0 && slices.Contains(names, ServerName(rr.Header().Name))
			})
		case x.AA && x.RCode == "NOERROR" && len(x.Answer) > 0 && (x.Type == "NS" || x.Type == "SOA"):
			at(ServerName(x.Name)).found = true
		}
	}
	return zones
}

// lost lists the zones that nobody finds from the root: each of their servers has a name that is absent, or one in a zone that is
// lost as well, and no glue leads in (RFC 9471 section 2.3). Zones that the bundle does not show are taken for found.
func lost(zones map[string]*ReferredZone, absent map[string]bool) map[string]bool {
	list := map[string]bool{}
	for zone, z := range zones {
		list[zone] = !z.found && len(z.names) > 0
	}
	for changed := true; changed; {
		changed = false
		for zone, z := range zones {
			leads := func(name string) bool { return !absent[name] && !list[HolderOf(zones, name)] }
			if list[zone] && slices.ContainsFunc(z.names, leads) {
				list[zone], changed = false, true
			}
		}
	}
	return list
}

// LostBut is lost, remembered where no name is known to be absent: it is the same for all targets then.
func (r *Reading) LostBut(zones map[string]*ReferredZone, absent map[string]bool) map[string]bool {
	if len(absent) > 0 {
		return lost(zones, absent)
	}
	if r.Index().lost == nil {
		r.Index().lost = lost(zones, nil)
	}
	return r.Index().lost
}

// HolderOf is the deepest of the zones that holds a name, or "".
func HolderOf(zones map[string]*ReferredZone, name string) (holder string) {
	for zone := range zones {
		if Within(name, zone) && len(zone) > len(holder) {
			holder = zone
		}
	}
	return holder
}

// Circle is what is known of the names of a zone's servers that nobody can look up, because zones wait for one another.
type Circle struct {
	Names   []string      // of servers of the zone
	Helped  []string      // those of them in the parent zone, where glue would help
	Why     facts.Unknown // why there may be others
	Lost    facts.Value   // nobody finds the zone
	WhyLost facts.Unknown
}

// Circle tells which names of the servers of a target's zone nobody can look up.
func (r *Reading) Circle(t *evidence.Target) Circle {
	c, known := r.Index().circles[t.Name]
	if !known {
		c = r.circle(t)
		r.Index().circles[t.Name] = c
	}
	return c
}

func (r *Reading) circle(t *evidence.Target) (c Circle) {
	names := r.DelegatedTo(t)
	zones := r.ReferredZones()
	absent := map[string]bool{}
	for _, name := range names {
		if r.AddressesOf(name).Absent() {
			absent[name] = true
		}
	}
	nobodyFinds := r.LostBut(zones, absent)
	c.Names = []string{}
	nowhere, open := 0, 0 // names that lead nowhere, and such of which that is not known
	for _, name := range names {
		holder := HolderOf(zones, name)
		switch found := r.AddressesOf(name); {
		case found.Absent():
			nowhere++
		case len(found.Addresses) > 0 || r.Glued(t, name):
		case nobodyFinds[holder]:
			nowhere++
			c.Names = append(c.Names, name)
			if Within(name, ParentOf(t)) {
				c.Helped = append(c.Helped, name)
			}
		case holder == "":
			open++
			c.Why = facts.Unknown{Code: facts.ServFail, Detail: "the delegations that lead to " + name + " are not known"}
		}
	}
	if len(names) == 0 {
		c.Why = facts.Unknown{Code: facts.Untested, Detail: "what the parent zone says is not known"}
	}
	if c.WhyLost = c.Why; nowhere+open < len(names) || open == 0 && len(names) > 0 {
		c.WhyLost = facts.Unknown{}
	}
	if c.WhyLost.Code == "" {
		c.Lost = facts.BoolValue(len(c.Names) > 0 && nowhere == len(names))
	}
	return c
}

// Nowhere tells whether a look-up failed because the name does not exist.
func Nowhere(f *evidence.Failure) bool { return f != nil && f.Kind == evidence.NXDomain }
