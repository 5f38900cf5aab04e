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
	"runtime"
	"slices"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify"
	"mxverdict/verify/evidence"
)

// Plan is what has to be asked about some reports, whose rows have their subjects.
// It is fixed once it is made, and can be run several times.
type Plan struct {
	reports   []report.Report
	catalogue *rules.Catalogue
	questions []verify.Plan // of each report
}

// Make plans a run about reports.
// It asks nobody; what the rules want to know is turned into questions by package verify.
func Make(reports []report.Report, catalogue *rules.Catalogue) Plan {
	p := Plan{reports, catalogue, make([]verify.Plan, len(reports))}
	for i, r := range reports {
		p.questions[i] = verify.Make(catalogue.Needs(r))
	}
	return p
}

// asks tells whether the plan of any report is such a one.
func (p Plan) asks(such func(verify.Plan) bool) bool { return slices.ContainsFunc(p.questions, such) }

// AsksNothing tells whether no row of any report can be tested.
func (p Plan) AsksNothing() bool {
	return !p.asks(func(q verify.Plan) bool { return len(q.Targets) > 0 })
}

// Run asks what the plan lists, for all reports side by side. It does not fail: what could not be asked stands in the results as such.
// Each report has evidence of its own, as if it were alone, and all that its options allow, as of hosts.
func (p Plan) Run(ctx context.Context, o verify.Options) *Run {
	return &Run{p, ask(ctx, p.questions, o)}
}

// Run is a run that is over.
// It holds evidence and no verdicts: these are made when they are asked for, each from its own report and evidence alone.
type Run struct {
	plan Plan
	seen []evidence.Bundle // by report
}

// Interrupted tells whether the user ended the run before it was done.
// A run that its own deadline ended is not meant: that is said in the results.
func (r *Run) Interrupted() bool {
	return slices.ContainsFunc(r.seen, func(b evidence.Bundle) bool { return b.Interrupted })
}

// Results judges the reports in their order. A few are judged ahead, as many as there are processors, while the caller writes one.
func (r *Run) Results() iter.Seq[result.Result] {
	return func(yield func(result.Result) bool) {
		stop := make(chan struct{})
		defer close(stop)
		for next := range r.judgements(stop) {
			if !yield(<-next) {
				return
			}
		}
	}
}

// judgements hands out one channel a report, on which its result comes.
func (r *Run) judgements(stop <-chan struct{}) <-chan chan result.Result {
	// The room of this channel bounds how many judgements are held at a time, however slowly the caller writes.
	ahead := make(chan chan result.Result, runtime.GOMAXPROCS(0))
	go func() {
		defer close(ahead)
		for i, report := range r.plan.reports {
			// With room for its result, so that one that nobody wants any more can end.
			next := make(chan result.Result, 1)
			select {
			case ahead <- next:
				go func() { next <- Judge(report, r.seen[i], r.plan.catalogue) }()
			case <-stop:
				return
			}
		}
	}()
	return ahead
}
