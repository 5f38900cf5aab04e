package rules

import (
	"slices"

	"mxverdict/parser/report"
)

// explanations are the causes that are proven at every judged view: nobody knows which address the reporter met. A cause
// never explains a confirmed finding away: who has the fault has it, whatever the reporter did wrong besides.
func (cl *claim) explanations() []*Cause {
	if o := cl.outcome(); o != FalsePositive && o != PolicyDisagreement {
		return nil
	}
	var proven []*Cause
	for _, cause := range cl.catalogue.explainers[cl.rule] {
		if len(cl.proving(cause)) == len(cl.judgedViews()) {
			proven = append(proven, cause)
		}
	}
	return proven
}

// proving are the judged views at which a cause is proven.
func (cl *claim) proving(cause *Cause) []viewResult {
	return keep(cl.judgedViews(), func(v viewResult) bool { return cause.ProvenWhen.Eval(v.view, nil) == True })
}

// spot is where a cause is at work: what one reporter did at one target says nothing of another reporter.
type spot struct {
	cause            *Cause
	target, reporter string
}

// causesFound gathers the claims that a proven cause explains, per cause, target and reporter.
func (c *Catalogue) causesFound(r report.Report, claims []*claim) []CauseFound {
	found := []CauseFound{}
	fine := okRows(r)
	for _, cause := range c.causes {
		index := map[spot]int{}
		for _, cl := range claims {
			if !slices.Contains(cl.explained, cause) {
				continue
			}
			at := spot{cause, cl.target, cl.reporter}
			i, ok := index[at]
			if !ok {
				i = len(found)
				index[at] = i
				found = append(found, cl.cause(cause))
			}
			// One row that shows that the reporter left is enough for all that come behind the greeting.
			if len(found[i].NeverTested) == 0 && cl.sawNothing(cause) {
				found[i].NeverTested = neverTested(cause, fine[printed{cl.target, cl.reporter}])
			}
			for _, f := range cl.findings {
				found[i].Findings = append(found[i].Findings, f.N)
			}
		}
	}
	// Numbers of rows in the order of the report, whichever rule came first.
	for i := range found {
		slices.Sort(found[i].Findings)
	}
	return found
}

// cause writes a proven cause for the subject of the claim.
func (cl *claim) cause(cause *Cause) CauseFound {
	views := cl.proving(cause)
	names := cl.names(views[0])
	return CauseFound{ID: cause.ID, Subject: cl.subjectText(views), Findings: []int{}, NeverTested: []int{},
		Says: fill(cause.Says, views[0].view, names), Plain: cl.catalogue.language.fill(cl.catalogue.language.ofCause(cause), views[0].view, names),
		DoNot: fill(cause.DoNot, views[0].view, names)}
}

// sawNothing tells whether the rows of the claim themselves show that the reporter left early: they assert what is not so, or
// their seconds are its own limit. A true measurement of a slow server shows no such thing.
func (cl *claim) sawNothing(cause *Cause) bool {
	return cl.outcome() == FalsePositive || cause.Suggested != nil && slices.ContainsFunc(cl.findings, func(f report.Finding) bool {
		return cl.catalogue.marked(cause, f, cl.reporter)
	})
}

// printed is what a reporter printed about a target.
type printed struct{ target, reporter string }

// okRows sorts the OK rows of a report by what they are about, once: looking for them anew for each claim would make a long report
// cost the square of its rows.
func okRows(r report.Report) map[printed][]report.Finding {
	rows := map[printed][]report.Finding{}
	for _, f := range r.Findings {
		if f.Status == report.OK {
			at := printed{f.Subject, reporterOf(r, f)}
			rows[at] = append(rows[at], f)
		}
	}
	return rows
}

// neverTested are those of the OK rows that a reporter who left early cannot have tested.
// An OK of such a row is worth nothing, but it is no verdict either: nobody claimed a fault there.
func neverTested(cause *Cause, fine []report.Finding) []int {
	rows := []int{}
	for _, f := range fine {
		if slices.Contains(cause.NeverTested, f.Rule) {
			rows = append(rows, f.N)
		}
	}
	return rows
}
