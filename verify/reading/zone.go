package reading

// This file gathers the zones of the targets. Several names of a report may lie in one zone; its servers were asked once, and what they
// said is read once.

import (
	"strings"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// Zone is a zone of which some names of the report are. What its servers say is the same for all of them.
type Zone struct {
	Targets []*evidence.Target // in the order of the evidence
	// Shown is the one of them with which the zone is read: the first of which servers were asked, else the first whose delegation is
	// known; nil for none.
	Shown *evidence.Target
}

// zoning is what was read of zones before, so that nothing is read anew for each of their servers.
type zoning struct {
	targets   map[string]*Zone // by name; nil before
	parents   map[*evidence.Target]*delegation
	names     map[string]nameAddresses // of name servers
	referred  map[string]*referredZone // nil before
	circles   map[*evidence.Target]Circle
	routeless map[string]bool // by address
}

// zoned returns the zones of the targets, read once.
func (r *Reading) zoned() *zoning {
	z := &r.indexed().zoning
	if z.targets == nil {
		z.targets = map[string]*Zone{}
		z.parents, z.names, z.circles = map[*evidence.Target]*delegation{}, map[string]nameAddresses{}, map[*evidence.Target]Circle{}
		z.routeless = map[string]bool{}
		for i := range r.Bundle.Targets {
			z.add(r, &r.Bundle.Targets[i])
		}
	}
	return z
}

// add adds a target to its zone. A name that does not exist is in no zone: that of which its absence was learned is a stranger's,
// such as a registry's.
func (z *zoning) add(r *Reading, t *evidence.Target) {
	if t.Zone == "" || !r.BeyondResolver(t) || Nowhere(t.ZoneError) && len(t.Servers) == 0 {
		return
	}
	zone := z.targets[t.Zone]
	if zone == nil {
		zone = &Zone{}
		z.targets[t.Zone] = zone
	}
	zone.Targets = append(zone.Targets, t)
	if zone.Shown != nil && len(zone.Shown.Servers) > 0 {
		return
	}
	if _, delegated := CutOf(t); len(t.Servers) > 0 || delegated && zone.Shown == nil {
		zone.Shown = t
	}
}

// above goes through a name and all names above it, the root last: those of which it is Within.
func above(name string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for more := name != "."; more; _, name, more = strings.Cut(name, ".") {
			if !yield(name) {
				return
			}
		}
		yield(".")
	}
}

// ZoneOf is the zone of a target; nil if nothing was learned of one that may be believed.
func (r *Reading) ZoneOf(t *evidence.Target) *Zone {
	zone := r.zoned().targets[t.Zone]
	if zone == nil || Nowhere(t.ZoneError) && len(t.Servers) == 0 {
		return nil
	}
	return zone
}

// WhyNoZone says why nothing is known of the zone of a target. The order is that of what a reader can do: another target first,
// then a name that is mistyped, then faults.
func (r *Reading) WhyNoZone(t *evidence.Target) facts.Unknown {
	switch {
	case t.Kind == "address":
		return facts.Unknown{Code: facts.NoTarget, Detail: "an address alone leads to no zone; name the domain with --target"}
	case Nowhere(t.Trouble), Nowhere(t.ZoneError):
		return facts.Unknown{Code: facts.NotFound, Detail: t.Name + " does not exist"}
	case r.lost(t):
		return facts.Unknown{Code: facts.NotFound, Detail: "nobody can look up the name servers of " + t.Zone + ", because zones wait for one another"}
	case t.ZoneError != nil:
		return Unanswered(t.ZoneError, "the look-up of the zone of "+t.Name)
	}
	return facts.Unknown{Code: facts.Untested, Detail: "the zone of " + t.Name + " was not looked at"}
}

// lost tells whether it is known that nobody finds the zone of a target.
func (r *Reading) lost(t *evidence.Target) bool {
	_, delegated := CutOf(t)
	return delegated && !Nowhere(t.ZoneError) && r.Circle(t).Lost.IsYes()
}
