package reading

import (
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

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
	return delegated && !Nowhere(t.ZoneError) && r.Circle(t).Lost.Bool()
}
