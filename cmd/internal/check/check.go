// Package check leads one report from its rows to its result: what each row is about, what has to be asked, which part of the
// evidence concerns it, the judgement, and what its reader should know about the run itself. Every command that judges goes through it,
// with one report or with thousands: these come as a stream, each is tested as soon as it is there and judged as soon as its own test is
// over, and a run asks each question once.
//
// It knows neither flags nor files nor formats, and prints nothing: sentences are returned, for the command to say. What a report means
// stands in package rules, how something is asked in package verify.
package check

import (
	"context"
	"iter"
	"runtime"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify"
)

// Plan is what has to be asked about a report, whose rows have their subjects.
type Plan struct {
	report    report.Report
	catalogue *rules.Catalogue
	questions verify.Plan
}

// Make plans the test of a report.
// It asks nobody; what the rules want to know is turned into questions by package verify.
func Make(r report.Report, catalogue *rules.Catalogue) Plan { return MakeWith(nil, r, catalogue) }

// MakeWith is Make with a message that the user gave; nil for none.
func MakeWith(given *Message, r report.Report, catalogue *rules.Catalogue) Plan {
	return Plan{r, catalogue, verify.MakeWith(messageOf(&r, given), catalogue.Needs(r))}
}

// UsesMessage tells whether a row of the report is tested with a message.
func (p Plan) UsesMessage() bool { return p.questions.Message != nil }

// asksNothing tells whether no row of the report can be tested.
func (p Plan) asksNothing() bool { return len(p.questions.Targets) == 0 }

// Run tests reports side by side, each from the moment at which its plan comes, and hands out their results in the order of the plans.
// It does not fail: what could not be asked stands in the results as such. Each report has evidence of its own, as if it were alone, and
// all that its options allow, as of hosts; nothing of it is kept once its result was taken, but for what other reports may ask alike.
//
// The plans are taken in a goroutine of its own, so that a report that is slow to come holds up no result. Cancelling ctx ends every wait,
// but not the stream of plans: that is for who makes them.
func Run(ctx context.Context, plans iter.Seq[Plan], o verify.Options) iter.Seq[result.Result] {
	return func(yield func(result.Result) bool) {
		ctx, stop := context.WithCancel(ctx)
		defer stop() // ends the tests of which nobody wants the result any more
		taken := make(chan struct{})
		defer close(taken)
		for next := range begin(ctx, plans, o, taken) {
			if !yield(<-next) {
				return
			}
		}
	}
}

// underWay bounds the reports that are tested, or wait behind a slower one for their result to be taken. Those of the budget, with a
// conversation of 64 KiB each, then take a GiB; more of them wait to be read.
const underWay = 1 << 14

// begin begins the test of each report as its plan comes, and hands out one channel a report, on which its result comes.
func begin(ctx context.Context, plans iter.Seq[Plan], o verify.Options, over <-chan struct{}) <-chan chan result.Result {
	begun := make(chan chan result.Result, underWay)
	go func() {
		defer close(begun)
		prober := verify.New(o)
		// What is set up to judge a report is many times its result, so that no more are judged at a time than can be.
		judges := make(chan struct{}, runtime.GOMAXPROCS(0))
		for plan := range plans {
			// With room for its result, so that one that nobody wants any more can end.
			next := make(chan result.Result, 1)
			select {
			case begun <- next:
			case <-over:
				return
			}
			go func() {
				seen := ask(ctx, prober, plan)
				judges <- struct{}{}
				next <- Judge(plan.report, seen, plan.catalogue)
				<-judges
			}()
		}
	}()
	return begun
}
