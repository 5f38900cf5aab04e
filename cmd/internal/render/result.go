// Package render turns results into bytes: text for a terminal, a plain-text ticket, and JSON. It is the only place
// that escapes: everything that came over the wire or out of a report is hostile until a function of this package has
// written it.
//
// It decides nothing: labels, sentences and numbers come from package rules, transcripts from package evidence.
package render

import checked "mxverdict/cmd/internal/check/result"

// Result is what every format renders.
type Result = checked.Result
