// Package check leads one report from its rows to its result: what each row is about, what has to be asked, which part of the
// evidence concerns it, the judgement, and what its reader should know about the run itself. Every command that judges goes through it,
// with one report or with thousands: a run asks each question once, and results are made one at a time, so that nobody has to hold
// them all.
//
// It knows neither flags nor files nor formats, and prints nothing: sentences are returned, for the command to say. What a report means
// stands in package rules, how something is asked in package verify.
package check

import (
	"context"
	"iter"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify"
	"mxverdict/verify/facts"
)

// Plan is what has to be asked about some reports, whose rows have their subjects.
type Plan struct {
	reports   []report.Report
	catalogue *rules.Catalogue
	questions verify.Plan
}

// Make plans a run about reports.
func Make(reports []report.Report, catalogue *rules.Catalogue) Plan {
	needs := make([][]facts.Need, len(reports))
	for i, r := range reports {
		needs[i] = catalogue.Needs(r)
	}
	return Plan{reports, catalogue, verify.Make(needs...)}
}

// AsksNothing tells whether no row of any report can be tested.
func (p Plan) AsksNothing() bool { return len(p.questions.Targets) == 0 }

// Run asks what the plan lists. It does not fail: what could not be asked stands in the results as such. What its options allow, as of
// hosts, is allowed to each report.
func (p Plan) Run(ctx context.Context, o verify.Options) *Run {
	return &Run{p, ask(ctx, p.questions, o)}
}

// Run is a run that is over.
type Run struct {
	plan Plan
	seen seen
}

// Interrupted tells whether the user ended the run before it was done.
func (r *Run) Interrupted() bool { return r.seen.Interrupted }

// Results judges the reports in their order, each when it is asked for.
func (r *Run) Results() iter.Seq[result.Result] {
	return func(yield func(result.Result) bool) {
		for i, report := range r.plan.reports {
			if !yield(Judge(report, r.seen.of(i), r.plan.catalogue)) {
				return
			}
		}
	}
}
