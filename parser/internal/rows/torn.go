package rows

import (
	"strings"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/report"
)

// Rows of a table whose two columns a mail program has wrapped, each for itself: the name of the test goes on below the name, and the
// result below the result.

// maxTorn is how many further lines such a row may have.
const maxTorn = 3

// torn joins the lines of such a row, if name and result then are whole ones.
func (r *reader) torn(l Line) (Line, bool) {
	left, right, ok := twoCells(l.Text)
	if !ok || len(l.Text) > scan.MaxSentence {
		return l, false
	}
	if next, more := r.lines.Peek(0); !more || next.Text == "" {
		return l, false // it has no further lines
	}
	if _, length, known := r.v.TestName(left); known && length == len(left) && len(r.v.Find(right, report.Context{Test: left})) > 0 {
		return l, false // both are whole
	}
	text, lines := r.mend(left, right, 0)
	if lines == 0 {
		return l, false
	}
	for range lines {
		r.lines.Next()
	}
	l.Text = text
	return l, true
}

// mend adds lines to the cells until both are whole, and returns the row with the number of lines that it took.
func (r *reader) mend(left, right string, taken int) (string, int) {
	if taken > 0 && r.whole(left, right) {
		return left + "\t" + right, taken
	}
	next, ok := r.lines.Peek(taken)
	if taken == maxTorn || !ok || next.Text == "" {
		return "", 0
	}
	if a, b, two := twoCells(next.Text); two {
		return r.mend(left+" "+a, right+" "+b, taken+1)
	}
	// What stands alone may belong to either.
	if text, n := r.mend(left+" "+next.Text, right, taken+1); n > 0 {
		return text, n
	}
	return r.mend(left, right+" "+next.Text, taken+1)
}

// whole tells whether a cell is the name of a test and the other one a result of it, to the last word.
func (r *reader) whole(left, right string) bool {
	called, length, ok := r.v.TestName(left)
	if !ok || length < len(left) {
		return false
	}
	matches := r.v.Find(right, report.Context{Test: called})
	return len(matches) > 0 && !scan.HasWord(right[matches[len(matches)-1].End:])
}

// twoCells parts a line that holds two cells.
func twoCells(text string) (left, right string, ok bool) {
	end, next := scan.CellEnd(text)
	if end == 0 || next >= len(text) {
		return "", "", false
	}
	left, right = text[:end], text[next:]
	if _, next = scan.CellEnd(right); next < len(right) {
		return "", "", false
	}
	return left, strings.TrimSpace(right), true
}
