package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mxverdict/verify/facts"
)

// This file judges under a policy, and says what of a verdict rests on it.

// limitsOfTheHouse are the parameters of a claim with the limits of the organisation in place of all others.
func (cl *claim) limitsOfTheHouse() map[string]Parameter {
	own := maps.Clone(cl.parameters)
	for name, limit := range cl.rule.house.limits {
		own[name] = Parameter{Value: limit, Origin: FromPolicy}
	}
	return own
}

// setsLimits tells whether the policy in force has limits for the rule.
func (cl *claim) setsLimits() bool { return cl.rule.house != nil && len(cl.rule.house.limits) > 0 }

// ofTheHouse is a view in which limits are those of the organisation.
func (cl *claim) ofTheHouse(v View) View {
	if cl.setsLimits() {
		v.Parameters = cl.limitsOfTheHouse()
	}
	return v
}

// speaking is the view for the words of a confirmed verdict: where the house's own demand is broken, limits in them are its own.
func (cl *claim) speaking(decisive viewResult) viewResult {
	if cl.broken != nil && cl.broken.House {
		decisive.view = cl.ofTheHouse(decisive.view)
	}
	return decisive
}

// byLimitsOfTheHouse judges the claim again by the limits of the organisation. Its limit takes the place of our yardstick, and of no limit
// that the row or its reporter names, for those say what is claimed. Nor does it ever make a report wrong: a server that is slower
// than our yardstick and faster than that of the house is a matter of taste, and nobody made a mistake.
func (cl *claim) byLimitsOfTheHouse(usual Truth) Truth {
	if !cl.setsLimits() {
		return usual
	}
	before, views, none := cl.parameters, cl.views, cl.none
	cl.parameters, cl.views = cl.limitsOfTheHouse(), nil
	cl.lookAround()
	cl.beyondHouse, _ = cl.merged()
	cl.usesHouse = cl.beyondHouse == usual.Or(cl.beyondHouse)
	for name := range cl.rule.house.limits {
		cl.usesHouse = cl.usesHouse && before[name].Origin == FromDefault
	}
	if cl.usesHouse {
		return cl.beyondHouse
	}
	cl.parameters, cl.views, cl.none = before, views, none
	return usual
}

// waived are the requirements that are or may be broken, and that the organisation does not make.
func (cl *claim) waived() []Requirement {
	if cl.rule.house == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(cl.rule.house.waived), func(q Requirement) bool {
		return !slices.ContainsFunc(cl.holding(), func(v viewResult) bool { return cl.breaks(&q, v.view, nil) != False })
	})
}

// othersOpen tells whether it is not known if a requirement of others is broken.
func (cl *claim) othersOpen() bool {
	return slices.ContainsFunc(cl.rule.Requirements, func(q Requirement) bool {
		return !q.House && q.BrokenWhen != nil && slices.ContainsFunc(cl.holding(), func(v viewResult) bool { return cl.breaks(&q, v.view, nil) == Unknown })
	})
}

// demanded says, for postmasters, what the organisation demands and does not find. The claim keeps the limit of the row.
func (cl *claim) demanded(v View, names map[string]string) string {
	found, own := fill(cl.rule.Claim, v, names), cl.ofTheHouse(v)
	if cl.broken.Confirmed != "" {
		found = fill(cl.broken.Confirmed, own, names)
	}
	return found + " " + cl.catalogue.policy.Organisation + " demands: " + fill(cl.broken.Says, own, names)
}

// addPolicy says what of a verdict rests on the policy of an organisation, so that nobody takes its word for that of a standard.
func (cl *claim) addPolicy(v *Verdict, decisive viewResult, names map[string]string) {
	p := cl.catalogue.policy
	if p == nil {
		return
	}
	v.names = cl.namesOfPlaces()
	if cl.rule.house == nil {
		return
	}
	says := func(format string, args ...any) { v.Policy = append(v.Policy, p.says(format, args...)) }
	if len(cl.views) > 0 && cl.setsLimits() {
		says("%s", cl.houseLimits())
	}
	if cl.broken != nil && cl.broken.House {
		v.DemandedBy = p.Organisation
		says("what is not kept here is its own demand, and not that of a standard")
		if cl.othersOpen() {
			says("whether what others demand is kept could not be told")
		}
	} else if v.Verdict == Inconclusive && cl.holds == True {
		for _, q := range cl.rule.Requirements {
			if q.House {
				says("it demands: %s Whether that is kept could not be told.", fill(q.Says, cl.ofTheHouse(decisive.view), names))
			}
		}
	}
	for _, q := range cl.waived() {
		says("this is not demanded (%s, class %s: %s): %s Its reason: %s", q.Name(), q.Class, classMeans(q.Class), fill(q.Says, decisive.view, names), q.Because)
	}
	if cl.broken != nil && cl.broken.usual != "" && v.Verdict == Confirmed {
		says("the severity is %s, and %s elsewhere", cl.broken.Severity, cl.broken.usual)
	}
	if words := cl.houseWords(v); len(words) > 0 {
		says("it has words of its own here for %s", strings.Join(words, ", "))
	}
}

// says writes a sentence about the policy.
func (p *Policy) says(format string, args ...any) string {
	says := strings.TrimRight(fmt.Sprintf(format, args...), ". ")
	return "By the policy of " + p.Organisation + ": " + says + "."
}

// houseLimits says which limits the organisation has, whether they are kept, and whether the claim was judged by them.
func (cl *claim) houseLimits() string {
	called := map[string]string{"min": "least", "max": "most"}
	var limits []string
	for _, name := range slices.Backward(sortedKeys(cl.rule.house.limits)) { // min before max
		limits = append(limits, fmt.Sprintf("the %s is %s", cmp.Or(called[name], name), cl.rule.house.limits[name]))
	}
	said := strings.Join(limits, ", ")
	kept := map[Truth]string{False: "kept", True: "not kept"}[cl.beyondHouse]
	switch {
	case kept != "" && len(limits) > 1:
		said += "; they are " + kept
	case kept != "":
		said += ", and is " + kept
	}
	if cl.usesHouse {
		said += " (" + cl.catalogue.reporterName(cl.reporter) + " publishes none)"
	}
	return said
}

// houseWords are the keys of the words in a verdict that are the organisation's. A demand of its own has no others.
func (cl *claim) houseWords(v *Verdict) []string {
	var used []string
	own := func(key, text string) {
		if text == "" {
			return
		}
		if slices.Contains(cl.rule.house.words, key) || v.Verdict == Confirmed && cl.broken != nil && !cl.broken.House && slices.Contains(cl.broken.own, key) {
			used = append(used, key)
		}
	}
	switch v.Verdict {
	case Confirmed:
		own(sayConfirmed, v.Says)
		own(keyFix, v.Fix)
	case PolicyDisagreement:
		own(sayPolicy, v.Says)
		if !v.Repair {
			own(keyOptional, v.Fix)
		}
	case FalsePositive:
		own(map[bool]string{true: sayArtifact, false: sayChanged}[v.Reason == Artifact], v.Says)
	}
	own(keyDoNot, v.DoNot)
	if p := cl.catalogue.policy; p.Language == cl.catalogue.language.Code && p.words[cl.rule.ID][cl.plainKey()] != "" {
		used = append(used, keyPlain)
	}
	return used
}

// namesOfPlaces are the names by which what a verdict is about can be called: as a whole, and each place at which it holds.
func (cl *claim) namesOfPlaces() placeNames {
	names := placeNames{whole: []string{cl.target}}
	for _, f := range cl.findings {
		names.whole = append(names.whole, f.Subject)
	}
	views := cl.holding()
	if len(views) == 0 {
		views = cl.views
	}
	for _, v := range views {
		at := []string{v.subject.Name}
		if v.subject.Kind == facts.Server {
			_, address := server(v.subject)
			at = append(at, address)
		} else {
			at = append(at, v.subject.At)
		}
		names.places = append(names.places, at)
	}
	return names
}
