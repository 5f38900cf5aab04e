// Package result holds what a check of one report led to, for those who write it down: every output format renders a Result and
// nothing else.
//
// It is a leaf beside package check, so that what writes results needs no probe. It computes nothing.
package result

import (
	"time"

	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify/evidence"
)

// Result is everything that one report led to.
type Result struct {
	Report      report.Report
	StartedAt   time.Time // zero if nothing was tested
	FinishedAt  time.Time
	Interrupted bool
	Judgement   rules.Judgement
	Evidence    evidence.Bundle // the part of the run's evidence that concerns this report
	Language    *rules.Language // of the reply
	Policy      *rules.Policy   // of the organisation that answers, or nil
	Notices     []string        // what the reader should know about the run itself: a closed network, a run out of time
	Asides      []string        // what of that to tell, once for all reports, the one who runs the program
	Hindered    bool            // this network kept something from the test
}
