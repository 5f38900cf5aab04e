// Package render turns results into bytes: text for a terminal, a plain-text ticket, and JSON. It is the only place
// that escapes: everything that came over the wire or out of a report is hostile until a function of this package has
// written it.
//
// It decides nothing: labels, sentences and numbers come from package rules, transcripts from package evidence.
package render

import (
	"time"

	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify/evidence"
)

// Result is everything that one report led to; every format renders this and nothing else.
type Result struct {
	Report      report.Report
	StartedAt   time.Time // zero if nothing was tested
	FinishedAt  time.Time
	Interrupted bool
	Judgement   rules.Judgement
	Evidence    evidence.Bundle // the part of the run's evidence that concerns this report
	Notices     []string        // what the reader should know about the run itself: a closed network, hosts left out
}
