// Package render turns results into bytes: text for a terminal, a plain-text ticket, and JSON. It is the only place
// that escapes: everything that came over the wire or out of a report is hostile until a function of this package has
// written it.
//
// It decides nothing: labels, sentences and numbers come from package rules, transcripts from package evidence.
//
// It refuses to trust anything: text of the catalogue is cleaned like all other, since a folder of rules may be a stranger's. What a
// format leaves out for want of room stands in the JSON, and a page says so.
package render

import checked "mxverdict/cmd/internal/check/result"

// Result is what every format renders.
// It is an alias, so that formats and tests beside them need no other name for it.
type Result = checked.Result
