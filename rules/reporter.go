package rules

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"gopkg.in/yaml.v3"

	"mxverdict/parser/report"
	"mxverdict/rules/internal/strict"
	"mxverdict/rules/internal/wording"
	"mxverdict/verify/facts"
)

// Each row of a report is judged by the reporter who printed it: two reporters in one paste wait for different times and draw
// different lines, and what explains the mistake of one says nothing of the other's.

// reporterOf is the ID of the reporter of a row: its own, else that of the report, else "".
func reporterOf(r report.Report, f report.Finding) string { return cmp.Or(f.Reporter, r.Reporter) }

// joinReporters completes the files that add wordings to a reporter; all others are read by then. A reporter has one file of its own:
// with two it would depend on their names which patience and which limits count.
func (c *Catalogue) joinReporters() error {
	var m strict.Mistakes
	first := map[string]*wording.Reporter{}
	c.reporters = slices.DeleteFunc(c.reporters, func(r *wording.Reporter) bool {
		if before := first[r.ID]; before != nil {
			m.Add(&strict.Error{File: r.File, Line: r.Line, Says: fmt.Sprintf(
				"reporter %q exists already (%s:%d); to add wordings to it, write extends: %s in place of id and name", r.ID, before.File, before.Line, r.ID)})
			return true // else all its sentences would be told too
		}
		first[r.ID] = r
		return false
	})
	for _, r := range c.additions {
		if m.Add(r.Join(c.reporters)); r.ID != "" {
			c.reporters = append(c.reporters, r)
		}
	}
	c.additions = nil
	return m.Err()
}

// severalReporters tells whether the rows of a report come of more than one reporter, so that "the reporter" names none of them.
func severalReporters(r report.Report) bool {
	return slices.ContainsFunc(r.Findings, func(f report.Finding) bool { return reporterOf(r, f) != reporterOf(r, r.Findings[0]) })
}

// reporter returns what is known about a reporter, or nil.
func (c *Catalogue) reporter(id string) *wording.Reporter { return c.reporterBy[id] }

// reporterName is how sentences call a reporter; one that is not known has no other name than that.
func (c *Catalogue) reporterName(id string) string {
	if r := c.reporter(id); r != nil {
		return r.Name
	}
	return "the reporter"
}

// patienceOf is how long a reporter waits for a greeting, and whether that is known.
// Not known is not zero: nobody can be shown to have hung up too early whose limit is not known.
func (c *Catalogue) patienceOf(id string) (time.Duration, bool) {
	r := c.reporter(id)
	if r == nil || r.Patience == 0 {
		return 0, false
	}
	return r.Patience, true
}

// limits are the thresholds that a reporter publishes: by rule, then by parameter.
type limits map[string]map[string]facts.Value

// threshold is a limit that the reporter publishes for a parameter of a rule.
func (c *Catalogue) threshold(reporterID, ruleID, parameter string) (facts.Value, bool) {
	value, ok := c.limits[reporterID][ruleID][parameter]
	return value, ok
}

// linkThresholds gives each threshold the kind of the parameter that it is for. One that fits no parameter would never be used, and
// the rule's own default would silently judge in its place; so it is a mistake.
func (c *Catalogue) linkThresholds(r *wording.Reporter) (limits, error) {
	var m strict.Mistakes
	typed := limits{}
	for _, id := range sortedKeys(r.Thresholds) {
		rule := c.Rule(id)
		if rule == nil || rule.faulty { // said already
			continue
		}
		typed[id] = map[string]facts.Value{}
		for _, name := range sortedKeys(r.Thresholds[id]) {
			value, err := typedThreshold(r.File, rule, name, r.Thresholds[id][name])
			m.Add(err)
			typed[id][name] = value
		}
		// Nothing lies outside bounds that cross, and everything does; such a pair was mistyped.
		min, max := typed[id]["min"], typed[id]["max"]
		if min.Kind() != facts.None && min.Kind() == max.Kind() && magnitude(min) > magnitude(max) {
			m.Add(&strict.Error{File: r.File, Line: r.Thresholds[id]["min"].Line, Says: "threshold of " + id + ": min is above max"})
		}
	}
	return typed, m.Err()
}

// typedThreshold reads one threshold by the kind of its parameter. It stands here, since the reporter's file alone does not show whether
// "5" is a count or lacks its unit.
func typedThreshold(file string, rule *Rule, name string, t wording.Threshold) (facts.Value, error) {
	at := &yaml.Node{Kind: yaml.ScalarNode, Line: t.Line, Value: t.Value}
	spec, ok := rule.Parameters[name]
	if !ok {
		if len(rule.Parameters) == 0 {
			return facts.Value{}, strict.Errorf(file, at, "threshold of %s: the rule has no parameter, so %q means nothing", rule.ID, name)
		}
		return facts.Value{}, strict.Errorf(file, at, "threshold of %s: unknown parameter %q%s", rule.ID, name,
			strict.Suggest(name, append(sortedKeys(rule.Parameters), "source", "seen")))
	}
	value, err := parseValue(file, at, spec.Kind)
	switch {
	case err != nil:
		return value, strict.Errorf(file, at, "threshold of %s: %s is a %s; write %s, not %q", rule.ID, name, spec.Kind, example(spec.Kind), t.Value)
	case spec.Kind != facts.Text && magnitude(value) < 0:
		return value, strict.Errorf(file, at, "threshold of %s: %s is below zero", rule.ID, name)
	}
	return value, nil
}
