package verify

import (
	"cmp"
	"slices"

	"mxverdict/verify/derive"
	"mxverdict/verify/evidence"
)

// What a report may cost is counted for each report by itself: a hostile one gets no more because others stand beside it, and takes
// nothing from them. A target or host that one report leaves out may still be tested for another.

// budget is what one report may touch.
type budget struct {
	hosts   map[string]bool // SMTP hosts that the report was allowed, by name, or by address where they have none
	refused map[string]bool // those that were too many for it
}

// budgets begins the count of every report of a plan.
func budgets(plan Plan) []budget {
	all := make([]budget, len(plan.Reports))
	for i := range all {
		all[i] = budget{hosts: map[string]bool{}, refused: map[string]bool{}}
	}
	return all
}

// admit counts a host, so that a pasted report does not turn its reader into a scanner.
func (b budget) admit(host string, most int) bool {
	if !b.hosts[host] && len(b.hosts) >= most {
		b.refused[host] = true
		return false
	}
	b.hosts[host] = true
	return true
}

// askedBy lists, for every target, the reports that may have it tested: those of whose targets it is none too many.
func (p Plan) askedBy(most int) [][]int {
	reports := make([][]int, len(p.Targets))
	for report, targets := range p.Reports {
		for _, target := range targets[:min(len(targets), most)] {
			reports[target] = append(reports[target], report)
		}
	}
	return reports
}

// Seen is what a run saw: the evidence of all reports together, and what of it concerns each of them.
type Seen struct {
	evidence.Bundle
	plan    Plan
	most    int // targets of a report
	budgets []budget
}

// Of returns the part of the evidence that concerns one report of the plan, counted from 0, as a run for that report alone would have
// left it: in the report's own order, and without what was too much for it, though it may have been tested for others.
func (s *Seen) Of(report int) evidence.Bundle {
	whole := s.Bundle
	whole.Targets = nil
	var names []string
	for n, i := range s.plan.Reports[report] {
		t := s.Targets[i]
		if n >= s.most {
			t = targetLeftOut(t.Name)
		}
		t.Hosts = s.allowed(report, t)
		whole.Targets = append(whole.Targets, t)
		names = append(names, t.Name)
	}
	return derive.Part(whole, names)
}

// allowed are the hosts of a target, those without addresses that were too many for a report.
func (s *Seen) allowed(report int, t evidence.Target) []evidence.Host {
	hosts := slices.Clone(t.Hosts)
	for i, h := range hosts {
		if s.budgets[report].refused[cmp.Or(h.Name, t.Name)] {
			hosts[i].Addresses, hosts[i].Trouble = []string{}, leftOut()
		}
	}
	return hosts
}

// targetLeftOut is a target about which nothing was asked.
func targetLeftOut(name string) evidence.Target {
	return evidence.Target{Name: name, Hosts: []evidence.Host{}, Servers: []evidence.Server{}, Trouble: leftOut(), ZoneError: leftOut()}
}

func leftOut() *evidence.Failure {
	return &evidence.Failure{Kind: evidence.Limit, Detail: "left out: the run touches enough hosts already"}
}
