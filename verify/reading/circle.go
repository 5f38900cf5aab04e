package reading

// This file finds the zones that nobody can look up because each waits for the other: the servers of one have names in the other, and the
// other way round, and no referral brings glue along (RFC 9471 section 2.3 calls them sibling domains in a cycle). Each delegation alone
// looks sound, so that only all of them together show it.

import (
	"slices"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// referredZone is a zone as the servers above it delegate it, all of their referrals together.
type referredZone struct {
	names []string // of its servers
	found bool     // some of these names has glue, wherever that leads, or a server answered for the zone with authority
}

// referredZones gathers the delegations that the bundle shows. A server that answers for a zone with authority was found from here, in
// whichever way, so that the zone is not lost.
func (r *Reading) referredZones() map[string]*referredZone {
	known := r.zoned()
	if known.referred != nil {
		return known.referred
	}
	known.referred = map[string]*referredZone{}
	at := func(zone string) *referredZone {
		if known.referred[zone] == nil {
			known.referred[zone] = &referredZone{}
		}
		return known.referred[zone]
	}
	for i, x := range r.Bundle.Exchanges {
		if x.Role != evidence.Authoritative {
			continue
		}
		owner, records := r.refersTo(i)
		switch {
		case owner != "":
			// Referrals of several servers are joined: one that has glue is enough for a resolver to get in.
			z := at(owner)
			names, _ := NamesIn(records, owner)
			z.names = append(z.names, names...)
			// Glue for another name than that of a server is of no use to anybody who follows the referral.
			z.found = z.found || slices.ContainsFunc(r.Parse(x.Additional), func(rr dns.RR) bool {
				_, glue := dnsanswer.Address(rr)
				_, ofServer := slices.BinarySearch(names, ServerName(rr.Header().Name))
				return glue && ofServer
			})
		case x.AA && x.RCode == "NOERROR" && len(x.Answer) > 0 && (x.Type == "NS" || x.Type == "SOA"):
			at(ServerName(x.Name)).found = true
		}
	}
	return known.referred
}

// ReferredTo are the names of the servers of a zone by all referrals to it in the bundle, each once; none where the bundle shows no
// referral.
func (r *Reading) ReferredTo(zone string) []string {
	z := r.referredZones()[ServerName(zone)]
	if z == nil {
		return nil
	}
	names := slices.Clone(z.names)
	slices.Sort(names)
	return slices.Compact(names)
}

// holderOf is the deepest of the zones that holds a name, or "". The deepest is the one whose servers decide (RFC 1034 section 4.3.2).
func holderOf(zones map[string]*referredZone, name string) string {
	for zone := range above(name) {
		if zones[zone] != nil {
			return zone
		}
	}
	return ""
}

// reach are the zones on which it rests whether some names can be looked up: those that hold them, those that hold the names of their
// servers, and so on. A bundle may hold thousands of zones of other targets, of which none matters here.
func (r *Reading) reach(names []string) map[string]*referredZone {
	zones, reached := r.referredZones(), map[string]*referredZone{}
	for ahead := slices.Clone(names); len(ahead) > 0; ahead = ahead[1:] {
		holder := holderOf(zones, ahead[0])
		if holder == "" || reached[holder] != nil {
			continue
		}
		z := zones[holder]
		reached[holder] = z
		ahead = append(ahead, z.names...)
	}
	return reached
}

// lost lists the zones that nobody finds from the root: each of their servers has a name that is absent, or one in a zone that is
// lost as well, and no glue leads in (RFC 9471 section 2.3). Zones that the bundle does not show are taken for found. It goes from
// each zone that is found to those that are found through it, so that none is looked at twice.
func lost(zones map[string]*referredZone, absent map[string]bool) map[string]bool {
	list := map[string]bool{}
	through := map[string][]string{} // zones with a server whose name lies in a zone, by that one
	found := []string{""}            // whatever is not shown
	for zone, z := range zones {
		// No names: the bundle shows no referral to it, so that nothing is known against it.
		if z.found || len(z.names) == 0 {
			found = append(found, zone)
			continue
		}
		list[zone] = true
		for _, name := range z.names {
			if !absent[name] {
				holder := holderOf(zones, name)
				through[holder] = append(through[holder], zone)
			}
		}
	}
	for ; len(found) > 0; found = found[1:] {
		// A zone is found as soon as one of its servers is: a resolver needs no more than one.
		for _, zone := range through[found[0]] {
			if list[zone] {
				list[zone] = false
				found = append(found, zone)
			}
		}
	}
	return list
}

// Circle is what is known of the names of a zone's servers that nobody can look up, because zones wait for one another.
type Circle struct {
	Names  []string      // of servers of the zone
	Helped []string      // those of them in the parent zone, where glue would help
	Why    facts.Unknown // why there may be others
	Lost   facts.Known   // nobody finds the zone
}

// Circle tells which names of the servers of a target's zone nobody can look up. It is read once for each target.
func (r *Reading) Circle(t *evidence.Target) Circle {
	known := r.zoned()
	c, ok := known.circles[t]
	if !ok {
		c = r.circle(t)
		known.circles[t] = c
	}
	return c
}

// circle decides it name by name: one leads somewhere, nowhere, or it is not known where.
func (r *Reading) circle(t *evidence.Target) Circle {
	// Not nil: that there are no such names is a known list, and not an unknown one.
	c := Circle{Names: []string{}}
	names := r.DelegatedTo(t)
	if len(names) == 0 {
		c.Why = facts.Unknown{Code: facts.Untested, Detail: "what the parent zone says is not known"}
		c.Lost = facts.Because(c.Why)
		return c
	}
	absent := map[string]bool{}
	for _, name := range names {
		absent[name] = r.AddressesOf(name).Absent()
	}
	zones := r.reach(names)
	nobodyFinds := lost(zones, absent)
	nowhere, open := 0, 0 // names that lead nowhere, and such of which that is not known
	for _, name := range names {
		holder := holderOf(zones, name)
		switch {
		case absent[name]:
			nowhere++
		// Who is found at all is no part of a circle, whatever else is wrong with his zone.
		case len(r.AddressesOf(name).Addresses) > 0 || r.glued(t, name):
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
	// A zone is lost only where no server is left; one that nobody could follow from here may be found by others.
	c.Lost = facts.Truth(len(c.Names) > 0 && nowhere == len(names))
	// Only where no server is known to be found do the open ones matter.
	if open > 0 && nowhere+open == len(names) {
		c.Lost = facts.Because(c.Why)
	}
	return c
}

// Nowhere tells whether a look-up failed because the name does not exist. That a name has no record of some type is another matter (RFC
// 2308 section 2): it may hold others, and names below it.
func Nowhere(f *evidence.Failure) bool { return f != nil && f.Kind == evidence.NXDomain }
