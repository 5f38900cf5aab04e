package rows

import (
	"slices"
	"strings"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/report"
)

// Rows of a table whose columns a mail program has wrapped, each for itself: the name of the test goes on below the name, the result
// below the result, a remark below the remark.

const (
	maxTorn  = 3 // further lines of such a row
	maxCells = 4 // of its first line
)

// torn joins the lines of such a row, if name and result then are whole ones. They stand side by side, with other cells around them.
func (r *reader) torn(l Line) (Line, bool) {
	if len(l.Text) > scan.MaxSentence {
		return l, false
	}
	if _, next := scan.CellEnd(l.Text); next == len(l.Text) {
		return l, false
	}
	cells := cellsOf(l.Text)
	if len(cells) < 2 || len(cells) > maxCells {
		return l, false
	}
	if next, more := r.lines.Peek(0); !more || next.Text == "" {
		return l, false // it has no further lines
	}
	for name := range len(cells) - 1 {
		if r.whole(cells[name], cells[name+1], false) {
			return l, false
		}
	}
	for name := range len(cells) - 1 {
		if mended, lines := r.mend(cells, name, 0); lines > 0 {
			for range lines {
				r.lines.Next()
			}
			l.Text = strings.Join(mended, "\t")
			return l, true
		}
	}
	return l, false
}

// mend adds lines to the cells until name and result are whole, and returns the cells with the number of lines that it took. Which cells
// go on in a line that has fewer is not known: those that make name and result whole.
func (r *reader) mend(cells []string, name, taken int) ([]string, int) {
	if taken > 0 && r.whole(cells[name], cells[name+1], true) {
		return cells, taken
	}
	next, ok := r.lines.Peek(taken)
	if taken == maxTorn || !ok || next.Text == "" || len(next.Text) > scan.MaxSentence {
		return nil, 0
	}
	if len(r.v.Find(next.Text, report.Context{Test: cells[name]})) > 0 {
		return nil, 0 // it holds a result of its own
	}
	more := cellsOf(next.Text)
	for first := 0; first+len(more) <= len(cells); first++ {
		longer := slices.Clone(cells)
		for i, cell := range more {
			longer[first+i] += " " + cell
		}
		if mended, lines := r.mend(longer, name, taken+1); lines > 0 {
			return mended, lines
		}
	}
	return nil, 0
}

// whole tells whether a cell is the name of a test and the other one holds a result of it, or is one to its last word.
func (r *reader) whole(left, right string, last bool) bool {
	called, length, ok := r.v.TestName(left)
	if !ok || length < len(left) {
		return false
	}
	matches := r.v.Find(right, report.Context{Test: called})
	return len(matches) > 0 && !(last && scan.HasWord(right[matches[len(matches)-1].End:]))
}

// cellsOf parts a line into its cells, and no further than a torn row can have them.
func cellsOf(text string) (cells []string) {
	for text != "" && len(cells) <= maxCells {
		end, next := scan.CellEnd(text)
		if end > 0 {
			cells = append(cells, text[:end])
		}
		text = text[next:]
	}
	return cells
}
