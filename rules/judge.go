package rules

import (
	"slices"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// Judge labels every bad row of a report by what is known, groups rows that state the same claim, and names the causes that
// explain them. It depends on nothing but its arguments: the same report and facts give the same judgement.
// Nor does it depend on other reports: alone or among thousands, a report gets the same verdicts. A row whose rule is not known is
// returned as unrecognised and never dropped.
func (c *Catalogue) Judge(r report.Report, set *facts.Set) Judgement {
	j := Judgement{Causes: []CauseFound{}, Verdicts: []Verdict{}, Unrecognised: []report.Finding{}}
	for _, f := range r.Findings {
		if !c.understood(f) {
			j.Unrecognised = append(j.Unrecognised, f)
		}
	}
	claims := c.claims(r)
	contradicted := contradictions(r)
	// Shared by all claims of the report: what a name leads to is sorted once.
	known := around(set)
	for _, claim := range claims {
		claim.contradicted = contradicted.contradict(claim.findings)
		claim.judge(known)
		j.Verdicts = append(j.Verdicts, claim.verdict())
	}
	// Stable: among equals the order is that of the report.
	slices.SortStableFunc(j.Verdicts, urgentFirst)
	// Last, since a cause explains only what the verdicts say is no fault.
	j.Causes = c.causesFound(r, claims)
	j.Summary = summarise(j)
	j.Summary.Rows = c.rowsOf(r, j.Verdicts)
	return j
}

// urgentFirst orders verdicts: who can do nothing before the next meeting should see what cannot wait.
func urgentFirst(a, b Verdict) int {
	switch {
	case a.Urgent == b.Urgent:
		return 0
	case a.Urgent:
		return -1
	}
	return 1
}

// summarise counts verdicts and not rows: one fault in ten rows is one thing to repair.
func summarise(j Judgement) Summary {
	s := Summary{Unrecognised: len(j.Unrecognised)}
	for _, v := range j.Verdicts {
		switch v.Verdict {
		case Confirmed:
			s.Confirmed++
		case FalsePositive:
			s.FalsePositive++
		case PolicyDisagreement:
			s.PolicyDisagreement++
		// Whatever is no other label is counted as undecided, never as something better.
		default:
			s.Inconclusive++
		}
	}
	return s
}
