package rules

import (
	"slices"
	"strings"

	"mxverdict/verify/facts"
)

// maxShown bounds how many addresses of one claim are shown in full.
const maxShown = 8

// addEvidence lists how the conditions were decided, and the facts behind them.
func (cl *claim) addEvidence(v *Verdict) {
	views := cl.holding()
	if len(views) == 0 {
		views = cl.judgedViews()
	}
	if len(views) == 0 {
		views = cl.views
	}
	for _, view := range views[:min(len(views), maxShown)] {
		cl.addTrail(v, view.trail)
	}
	cl.addTrail(v, cl.requirements)
}

func (cl *claim) addTrail(v *Verdict, trail Trail) {
	for _, step := range trail {
		v.Trail = addStep(v.Trail, cl.where(step), step)
		m := Measured{Fact: step.Fact.Name, Subject: step.Subject.String(), Value: step.Fact.Value, AtLeast: step.Fact.AtLeast,
			Unknown: step.Fact.Why.Detail, Evidence: step.Fact.Evidence}
		same := func(n Measured) bool { return n.Fact == m.Fact && n.Subject == m.Subject }
		if !slices.ContainsFunc(v.Measured, same) {
			v.Measured = append(v.Measured, m)
		}
		if at := step.Fact.At; !at.IsZero() && (v.MeasuredAt == nil || at.Before(*v.MeasuredAt)) {
			v.MeasuredAt = &at
		}
	}
}

// where names the one of several addresses at which a step was measured.
func (cl *claim) where(step Step) string {
	switch {
	case len(cl.views) < 2 || step.Subject.String() == "":
		return ""
	case step.Subject.Kind == facts.Server: // its zone is the subject of the verdict
		return step.Subject.At + ": "
	}
	return step.Subject.String() + ": "
}

// addStep adds a step; further comparisons of a fact share its line.
func addStep(trail []string, where string, step Step) []string {
	measured, compared := where+step.measured(), step.compared()
	i := slices.IndexFunc(trail, func(line string) bool { return line == measured || strings.HasPrefix(line, measured+", ") })
	switch {
	case i < 0:
		return append(trail, where+step.String())
	case compared != "" && !strings.Contains(trail[i]+",", ", "+compared+","):
		trail[i] += ", " + compared
	}
	return trail
}
