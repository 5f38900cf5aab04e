package derive

import (
	"slices"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// referredZone is a zone as the servers above it delegate it, all of their referrals together.
type referredZone struct {
	names []string
	found bool     // some of these names has glue, wherever that leads, or a server answered for the zone with authority
	asked []string // the questions that were answered like that
}

// referredZones gathers the delegations that the bundle shows.
func (d *derivation) referredZones() map[string]*referredZone {
	if d.found().zones != nil {
		return d.found().zones
	}
	zones := map[string]*referredZone{}
	d.found().zones = zones
	at := func(zone string, x evidence.Exchange) *referredZone {
		if zones[zone] == nil {
			zones[zone] = &referredZone{}
		}
		zones[zone].asked = append(zones[zone].asked, x.Name)
		return zones[zone]
	}
	for i, x := range d.bundle.Exchanges {
		if x.Role != evidence.Authoritative {
			continue
		}
		owner, records := d.refersTo(i)
		switch {
		case owner != "":
			z := at(owner, x)
			names, _ := namesIn(records, owner)
			z.names = append(z.names, names...)
			z.found = z.found || slices.ContainsFunc(dnsanswer.Parse(x.Additional), func(rr dns.RR) bool {
				return len(dnsanswer.AddressesIn([]dns.RR{rr})) > 0 && slices.Contains(names, serverName(rr.Header().Name))
			})
		case x.AA && x.RCode == "NOERROR" && len(x.Answer) > 0 && (x.Type == "NS" || x.Type == "SOA"):
			at(serverName(x.Name), x).found = true
		}
	}
	return zones
}

// lost lists the zones that nobody finds from the root: each of their servers has a name that is absent, or one in a zone that is
// lost as well, and no glue leads in (RFC 9471 section 2.3). Zones that the bundle does not show are taken for found.
func lost(zones map[string]*referredZone, absent map[string]bool) map[string]bool {
	list := map[string]bool{}
	for zone, z := range zones {
		list[zone] = !z.found && len(z.names) > 0
	}
	for changed := true; changed; {
		changed = false
		for zone, z := range zones {
			leads := func(name string) bool { return !absent[name] && !list[holderOf(zones, name)] }
			if list[zone] && slices.ContainsFunc(z.names, leads) {
				list[zone], changed = false, true
			}
		}
	}
	return list
}

// lostBut is lost, remembered where no name is known to be absent: it is the same for all targets then.
func (d *derivation) lostBut(zones map[string]*referredZone, absent map[string]bool) map[string]bool {
	if len(absent) > 0 {
		return lost(zones, absent)
	}
	if d.found().lost == nil {
		d.found().lost = lost(zones, nil)
	}
	return d.found().lost
}

// holderOf is the deepest of the zones that holds a name, or "".
func holderOf(zones map[string]*referredZone, name string) (holder string) {
	for zone := range zones {
		if within(name, zone) && len(zone) > len(holder) {
			holder = zone
		}
	}
	return holder
}

// noteZones notes the questions on which it rests whether a name can be looked up.
func (d *derivation) noteZones(zones map[string]*referredZone, name string, seen map[string]bool) {
	holder := holderOf(zones, name)
	if d.noted == nil || holder == "" || seen[holder] {
		return
	}
	seen[holder] = true
	for _, asked := range zones[holder].asked {
		d.noted(asked)
	}
	for _, name := range zones[holder].names {
		d.noteZones(zones, name, seen)
	}
}

// circle derives which names of the zone's servers nobody can look up, because zones wait for one another. It returns those of
// them that lie in the parent zone, where glue would help, or why that is not known.
func (d *derivation) circle(t *evidence.Target, parent string, put put) (helped []string, why facts.Unknown) {
	names := d.delegatedTo(t)
	zones := d.referredZones()
	absent := map[string]bool{}
	for _, name := range names {
		if d.addressesOf(name).absent() {
			absent[name] = true
		}
	}
	nobodyFinds := d.lostBut(zones, absent)
	circular := []string{}
	nowhere, open := 0, 0 // names that lead nowhere, and such of which that is not known
	for _, name := range names {
		d.noteZones(zones, name, map[string]bool{})
		holder := holderOf(zones, name)
		switch found := d.addressesOf(name); {
		case found.absent():
			nowhere++
		case len(found.addresses) > 0 || d.glued(t, name):
		case nobodyFinds[holder]:
			nowhere++
			circular = append(circular, name)
			if within(name, parent) {
				helped = append(helped, name)
			}
		case holder == "":
			open++
			why = facts.Unknown{Code: facts.ServFail, Detail: "the delegations that lead to " + name + " are not known"}
		}
	}
	if len(names) == 0 {
		why = facts.Unknown{Code: facts.Untested, Detail: "what the parent zone says is not known"}
	}
	unknown := why
	if len(circular) > 0 {
		unknown = facts.Unknown{}
	}
	put(facts.DNSNSCircular, boolOr(len(circular) > 0, unknown), unknown)
	put(facts.DNSNSCircularNames, listOr(circular, unknown), unknown)
	if unknown = why; nowhere+open < len(names) || open == 0 && len(names) > 0 {
		unknown = facts.Unknown{}
	}
	put(facts.DNSZoneLost, boolOr(len(circular) > 0 && nowhere == len(names), unknown), unknown)
	return helped, why
}

// glued tells whether some referral has glue for a name of a server.
func (d *derivation) glued(t *evidence.Target, name string) bool {
	return slices.ContainsFunc(d.parents(t), func(p delegated) bool {
		return slices.ContainsFunc(p.glue, func(rr dns.RR) bool { return serverName(rr.Header().Name) == name })
	})
}
