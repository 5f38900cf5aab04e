package rules

import (
	"math"
	"slices"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// Needs lists the facts that judging the bad rows of a report takes, for each name that they are about.
// Rows that report no fault are not tested again, and neither are those of untested rules or without a subject: what cannot change a
// verdict is asked of nobody's server.
func (c *Catalogue) Needs(r report.Report) []facts.Need {
	type asked struct {
		target string
		rule   *Rule
		port   uint16
		list   string
	}
	var needs []facts.Need
	place, done := map[string]int{}, map[asked]bool{}
	for _, f := range r.Findings {
		rule := c.Rule(f.Rule)
		if rule == nil || rule.Untested != nil || !f.Status.Bad() || f.Subject == "" {
			continue
		}
		target := rule.placeOf(f)
		row := asked{target, rule, portOf(f), f.Values["list"].Text}
		if done[row] {
			continue
		}
		// A thousand rows of one rule about one name need no more than one, or than the ports and block lists that they name.
		done[row] = true
		i, ok := place[target]
		if !ok {
			i = len(needs)
			place[target] = i
			needs = append(needs, facts.Need{Target: target, Host: target == r.Target.Host})
		}
		if row.port > 0 && !slices.Contains(needs[i].Ports, row.port) {
			needs[i].Ports = append(needs[i].Ports, row.port)
		}
		if rule.viewKind() == facts.Listing {
			needs[i].Lists = append(needs[i].Lists, row.list)
		}
		for _, name := range c.wanted[rule] {
			// The order is that of the report and its rules, so that two runs ask in the same order.
			if !slices.Contains(needs[i].Facts, name) {
				needs[i].Facts = append(needs[i].Facts, name)
			}
		}
	}
	for i := range needs {
		needs[i].Lists = named(needs[i].Lists)
	}
	return needs
}

// portOf is the port that a row names, 0 for none.
func portOf(f report.Finding) uint16 {
	if n := f.Values["port"].Number; n != nil && *n >= 1 && *n <= math.MaxUint16 {
		return uint16(*n)
	}
	return 0
}

// named leaves out the rows that name no block list where others do: a count above a table speaks of the lists in the table.
func named(lists []string) []string {
	if some := slices.DeleteFunc(slices.Clone(lists), func(l string) bool { return l == facts.AnyList }); len(some) > 0 {
		return some
	}
	return lists
}

// wantedBy are the facts that a finding of a rule takes: those of the rule, those that prove or tell a cause which may explain it,
// and the value about which others have opinions.
func (c *Catalogue) wantedBy(r *Rule) []facts.Name {
	names := r.Facts()
	for _, cause := range c.explainers[r] {
		names = append(names, cause.Facts()...)
	}
	if field := c.opinions.about(r.ID); field != nil && slices.Contains(r.Shows, showOpinions) {
		names = append(names, field.Fact)
	}
	return distinct(names)
}
