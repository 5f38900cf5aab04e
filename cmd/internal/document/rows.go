package document

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/parser/report"
)

// The account of the rows of a report: how many there are, and what became of them. Every output has it near its top, because a row that
// was not understood would else pass for one that is fine.

// share is a part of the rows.
type share struct {
	n       int
	words   string
	onlyOne string // said where all rows are of this part
	of      string // what else is told of it
}

// account says in one line what became of the rows, or "" where there are none.
func account(shares []share) string {
	total := 0
	for _, s := range shares {
		total += s.n
	}
	var said []string
	for _, s := range shares {
		switch {
		case s.n == 0:
			continue
		case total == 1:
			said = append(said, s.words+s.of)
		case s.n == total:
			said = append(said, s.onlyOne+s.of)
		default:
			said = append(said, strconv.Itoa(s.n)+" "+s.words+s.of)
		}
	}
	if total == 0 {
		return ""
	}
	return count(total, "row", "rows") + ": " + strings.Join(said, ", ")
}

// rowsJudged is the account of a result.
func rowsJudged(r result.Result) string {
	n := r.Judgement.Summary.Rows
	return account([]share{
		{n.Judged, "judged", "all judged", ""},
		{n.Undecided, "not decided", "none decided", ""},
		{n.Untested, "not re-tested", "none re-tested", ""},
		{n.OK, "shown as OK", "all shown as OK", ""},
		{n.Info, "a remark", "all remarks", ""},
		{n.NotUnderstood, "not understood", "none understood", linesOf(r.Judgement.Unrecognised)},
	})
}

// rowsRead is the account of a report that nobody judged yet.
func rowsRead(findings []report.Finding) string {
	understood, not := understood(findings)
	return account([]share{
		{len(understood), "understood", "all understood", statuses(understood)},
		{len(not), "not understood", "none understood", linesOf(not)},
	})
}

// understood parts the rows that can be judged, if they claim something, from the others.
func understood(findings []report.Finding) (yes, no []report.Finding) {
	for _, f := range findings {
		if f.Understood() {
			yes = append(yes, f)
		} else {
			no = append(no, f)
		}
	}
	return yes, no
}

// statuses says of how many rows the report tells what.
func statuses(findings []report.Finding) string {
	var said []string
	// The worst first, as a reader looks for them.
	for _, s := range []report.Status{report.Error, report.Warning, report.Info, report.OK} {
		n := 0
		for _, f := range findings {
			if f.Status == s {
				n++
			}
		}
		if n > 0 {
			said = append(said, strconv.Itoa(n)+" "+string(s))
		}
	}
	if len(said) == 0 {
		return ""
	}
	return " (" + strings.Join(said, ", ") + ")"
}

// linesOf says where rows stand, in brackets.
func linesOf(findings []report.Finding) string {
	if len(findings) == 0 {
		return ""
	}
	var lines []int
	for _, f := range findings {
		lines = append(lines, f.Line)
	}
	return " (" + lineNumbers(lines) + ")"
}

// mostLines is how many line numbers one line of output holds.
const mostLines = 8

// lineNumbers names lines of a report: "line 5", or "lines 5, 8 and 12 more".
func lineNumbers(lines []int) string {
	lines = slices.Compact(slices.Sorted(slices.Values(lines)))
	if len(lines) == 1 {
		return fmt.Sprintf("line %d", lines[0])
	}
	shown := lines
	if len(lines) > mostLines+1 { // "and 1 more" takes more room than the number
		shown = lines[:mostLines]
	}
	var said []string
	for _, n := range shown {
		said = append(said, strconv.Itoa(n))
	}
	text := "lines " + strings.Join(said, ", ")
	if more := len(lines) - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
