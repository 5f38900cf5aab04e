package rows

import (
	"slices"
	"strings"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/report"
)

// Sentences that a line end cuts: mail programs break lines, and the columns of a telephone's picture are narrow.

const (
	// maxSeams is how many lines of the source are joined while each goes on in the next.
	maxSeams = 8
	// maxWraps is how many line ends may cut one sentence: three in the narrow column of a telephone's picture.
	maxWraps = 3
	// narrow is the length below which a line may be that of a narrow column.
	narrow = 32
)

// unwrap joins a line to the ones below it if a sentence goes on there: mail programs and narrow columns cut it. from
// is where its sentences may begin, known are its pieces.
// Only the vocabulary can tell that a line goes on, so it is asked; the bounds keep that from costing the square of a document.
func (r *reader) unwrap(l Line, from int, known []piece, context report.Context) (Line, bool) {
	if strings.IndexByte(".!?", l.Text[len(l.Text)-1]) >= 0 || len(l.seams) > maxSeams {
		return l, false
	}
	cut := max(from, len(l.Text)-scan.MaxSentence)
	for cut > from && l.Text[cut-1] != ' ' {
		cut--
	}
	text, goesDown := l.Text[cut:], false
	begun := scan.HasWord(text) // else no sentence can begin in it
	if !begun && !r.isNarrow(1, len(l.Text)-from) {
		return l, false
	}
	wide := len(l.Text)-from > narrow
	for k := range maxWraps {
		more, ok := r.lines.Peek(k)
		if !ok || more.Text == "" || r.startsRow(more.Text) {
			return l, false
		}
		goesDown = goesDown || more.Text[0] >= 'a' && more.Text[0] <= 'z'
		wide = wide || len(more.Text) > narrow
		if k > 0 && (wide || !goesDown) {
			return l, false // no narrow column; the cells of a table begin with capitals
		}
		edge := len(text)
		if body, soft := softEnd(text); soft {
			text, edge = body+more.Text, len(body)-1
		} else {
			text += " " + more.Text
		}
		if !begun && k == 0 {
			continue
		}
		if r.goesOn(text[:min(len(text), edge+scan.MaxSentence)], cut, edge, known, context) {
			for range k + 1 {
				next, _ := r.lines.Next()
				l = l.Joined(next)
			}
			return l, true
		}
	}
	return l, false
}

// isNarrow tells whether the line k below may be one of a narrow column whose first line has a length. It is no more than a first look.
func (r *reader) isNarrow(k, length int) bool {
	next, ok := r.lines.Peek(k)
	return ok && next.Text != "" && length <= narrow && len(next.Text) <= narrow
}

// startsRow tells cheaply that a line is no continuation: it begins with a mark or a test's name, or belongs to a
// transcript.
// It may say no where a row begins after all, since goesOn has the last word.
func (r *reader) startsRow(text string) bool {
	if _, _, ok := r.v.StatusWord(text); ok {
		return true
	}
	if _, _, ok := r.v.TestName(text); ok {
		return true
	}
	return r.readTranscript(text).kind != noTranscript
}

// goesOn tells whether a sentence, or the detail of the row above, reaches across the edge between two lines. One
// that the upper line holds by itself does not: its last word may be a name of any length.
func (r *reader) goesOn(text string, offset, edge int, known []piece, context report.Context) bool {
	for _, m := range Find(r.v, text, context) {
		alone := func(k piece) bool { return k.kind == sentence && k.match.Start == m.Start+offset }
		if m.Start < edge && m.End > edge+1 && !slices.ContainsFunc(known, alone) {
			return true
		}
	}
	if _, length, ok := r.v.TestName(text); ok && length > edge+1 {
		return true
	}
	if next := text[edge+1]; r.last == none || next >= 'A' && next <= 'Z' {
		return false
	}
	whole, _ := r.v.Detail(text)
	upper, _ := r.v.Detail(text[:edge])
	return len(whole.Values) > len(upper.Values) && len(upper.Values) > 0
}
