package rules

import (
	"strings"

	"mxverdict/verify/facts"
)

// maxShown bounds how many addresses of one claim are shown in full.
// Providers have dozens for one name; the counts are always of all.
const maxShown = 8

// addEvidence lists how the conditions were decided, and the facts behind them.
func (cl *claim) addEvidence(v *Verdict) {
	// Where the claim is true it is proven there; elsewhere every place at which it was looked for is part of the proof.
	views := cl.holding()
	if len(views) == 0 {
		views = cl.judgedViews()
	}
	if len(views) == 0 {
		views = cl.views
	}
	var steps []Step
	for _, view := range views[:min(len(views), maxShown)] {
		steps = append(steps, view.trail...)
	}
	steps = append(steps, cl.requirements...)
	cl.addMeasured(v, steps)
	lines := trailLines{}
	for _, step := range steps {
		lines.add(cl.where(step), step)
	}
	v.Trail = append(v.Trail, lines.lines...)
}

// addMeasured lists each fact of the steps once, with the time of the earliest.
// Facts of later sessions may stand beside it; the earliest is the one that decides whether a verdict is still fresh.
func (cl *claim) addMeasured(v *Verdict, steps []Step) {
	type about struct {
		fact    facts.Name
		subject string
	}
	listed := map[about]bool{}
	for _, step := range steps {
		m := Measured{Fact: step.Fact.Name, Subject: step.Subject.String(), Value: step.Fact.Value, AtLeast: step.Fact.AtLeast,
			Unknown: step.Fact.Why.Detail, Evidence: step.Fact.Evidence}
		if !listed[about{m.Fact, m.Subject}] {
			listed[about{m.Fact, m.Subject}] = true
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
	// With one address the subject of the verdict names it already.
	case len(cl.views) < 2 || step.Subject.String() == "":
		return ""
	case step.Subject.Kind == facts.Server: // its zone is the subject of the verdict
		return step.Subject.At + ": "
	}
	return step.Subject.String() + ": "
}

// trailLines are the lines of a verdict's trail.
type trailLines struct {
	lines []string
	at    map[string]int // by the fact that a line begins with
}

// add adds a step; further comparisons of a fact share its line.
// A fact that is compared with the bounds of claim and requirement would else be told twice.
func (t *trailLines) add(where string, step Step) {
	measured, compared := where+step.measured(), step.compared()
	i, ok := t.at[measured]
	switch {
	case !ok:
		if t.at == nil {
			t.at = map[string]int{}
		}
		t.at[measured] = len(t.lines)
		t.lines = append(t.lines, where+step.String())
	case compared != "" && !strings.Contains(t.lines[i]+",", ", "+compared+","):
		t.lines[i] += ", " + compared
	}
}
