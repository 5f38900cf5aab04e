package reading

import (
	"strings"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// Zone is a zone of which some names of the report are. What its servers say is the same for all of them.
type Zone struct {
	Name    string
	Targets []*evidence.Target // in the order of the evidence
	Shown   *evidence.Target   // the one of them with which the zone is read: the first of which servers were asked, else the first whose delegation is known; nil for none
}

// zoning is what was read of zones before, so that nothing is read anew for each of their servers.
type zoning struct {
	targets   map[string]*Zone // by name; nil before
	exchanges map[zoneServer][]int
	parents   map[*evidence.Target]*delegation
	names     map[string]nameAddresses // of name servers
	referred  map[string]*ReferredZone // nil before
	circles   map[*evidence.Target]Circle
	routeless map[string]bool // by address
	direct    bool            // some server gave records with authority
	overTCP   map[Family]bool // some server of the family answered over TCP
}

// zoneServer is a server, by ServerKey, of a zone.
type zoneServer struct{ zone, server string }

// zoned returns the zones of the targets, read once.
func (r *Reading) zoned() *zoning {
	z := &r.Index().zoning
	if z.targets == nil {
		z.targets, z.exchanges, z.overTCP = map[string]*Zone{}, map[zoneServer][]int{}, map[Family]bool{}
		z.parents, z.names, z.circles = map[*evidence.Target]*delegation{}, map[string]nameAddresses{}, map[*evidence.Target]Circle{}
		z.routeless = map[string]bool{}
		for i := range r.Bundle.Targets {
			z.add(r, &r.Bundle.Targets[i])
		}
		for i := range r.Bundle.Exchanges {
			z.note(i, &r.Bundle.Exchanges[i])
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
		zone = &Zone{Name: t.Zone}
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

// note notes what an exchange with a name server shows of the way to all of them, and to which zones of the report it belongs.
func (z *zoning) note(place int, x *evidence.Exchange) {
	if x.Role != evidence.Authoritative {
		return
	}
	z.direct = z.direct || x.AA && x.Failure == nil && len(x.Answer) > 0
	if family, ok := familyOfText(dnsanswer.AddressOf(x.Server)); ok && x.Transport == "tcp" && x.RCode != "" {
		z.overTCP[family] = true
	}
	server := ServerKey(x.Server)
	for name := range above(x.Name) {
		if z.targets[name] != nil {
			z.exchanges[zoneServer{name, server}] = append(z.exchanges[zoneServer{name, server}], place)
		}
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

// WhyNoZone says why nothing is known of the zone of a target.
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
