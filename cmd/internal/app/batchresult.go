package app

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"mxverdict/cmd/internal/batch"
	"mxverdict/cmd/internal/check/result"
	"mxverdict/cmd/internal/render"
	"mxverdict/rules"
)

// again tells whether the next run may find out more: where this network kept something from the test, a server had seen enough of this run, or
// no wording knows a row.
func again(r result.Result) bool {
	return r.Hindered || r.Evidence.Spared && r.Judgement.Summary.Inconclusive > 0 || recognised(r.Report) == 0
}

// keep writes a result, and what it looks like in the formats that were asked for.
func (b *batchRun) keep(of finished) {
	if b.store.Has(of.source, of.id) { // it was named twice
		b.tally.judged(of.result)
		return
	}
	b.forget(of.source, b.each)
	if err := b.writeVerdict(of.source, of.result, b.each); err != nil {
		b.unwritten(err)
		return
	}
	text, err := render.Record(of.result)
	if err != nil {
		b.unwritten(err)
		return
	}
	b.record(batch.Record{ID: of.id, Source: of.source, Code: codeOf(of.result, false), Again: again(of.result), Result: text}, &of.result.Evidence)
	b.tally.judged(of.result)
}

// finish writes the summary, says how the run ended, and chooses the exit code.
func (b *batchRun) finish(dir string) error {
	if b.failure() == nil {
		b.settle()
		b.complete()
	}
	summary, err := batch.Summarise(b.store.Records())
	if err == nil {
		err = b.summaries(dir, summary)
	}
	if err = errors.Join(err, b.store.Close()); err != nil {
		b.unwritten(err)
	}
	b.p.say(fmt.Sprintf("%d reports in %s: %d judged, %d without a result; %d were done before.", summary.Reports+summary.Errors, dir, summary.Reports, summary.Errors, b.tally.skipped()),
		fmt.Sprintf("Their verdicts: %s. See %s.", verdictsOf(summary.Labels), filepath.Join(dir, "summary.txt")))
	codes := codesOf(summary, b.failOn)
	if b.p.env.Context.Err() != nil && (b.cut > 0 || !b.readAll) {
		b.p.say(fmt.Sprintf("The run was ended before all was done (tests given up: %d). The same command goes on where it was.", b.cut))
		codes = append(codes, exitInterrupted)
	}
	if b.closed {
		codes = append(codes, exitNetwork)
	}
	if failure := b.failure(); failure != nil {
		b.p.code = exitOK
		b.p.fail(failure)
		codes = append(codes, b.p.code)
	}
	b.p.code = slices.MinFunc(codes, func(x, y int) int { return slices.Index(batchOrder, x) - slices.Index(batchOrder, y) })
	return nil
}

// settle keeps what is held back at the end: too few to say that it is the network.
func (b *batchRun) settle() {
	if len(b.held) > 0 && !b.opened {
		b.p.say("Nothing that was asked was answered as it should: it may be that this network does not let the tests out. The next run asks again.")
		b.closed = true
	}
	b.release()
}

// batchOrder ranks the exit codes of a batch, the worst first. Inputs that cannot be read, of which a folder has some on any night, and a disk
// that is full never hide what is confirmed: the order is another one than that of verify.
var batchOrder = []int{exitInterrupted, exitNetwork, exitConfirmed, exitInconclusive, exitUsage, exitOK}

// codesOf are the exit codes for what was found, as far as somebody wants to be told of it.
func codesOf(s batch.Summary, failOn []string) []int {
	codes := []int{exitOK}
	for _, c := range []struct {
		what  string
		found int
		code  int
	}{
		{"confirmed", s.Labels[string(rules.Confirmed)] - s.Accepted, exitConfirmed}, {"urgent", s.UrgentOpen, exitInconclusive},
		{"inconclusive", s.Labels[string(rules.Inconclusive)], exitInconclusive}, {"error", s.Errors + s.Unread, exitUsage},
	} {
		if c.found > 0 && slices.Contains(failOn, c.what) {
			codes = append(codes, c.code)
		}
	}
	return codes
}
