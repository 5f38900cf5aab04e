package rows

import (
	"strings"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/report"
)

// result is a row taken apart: what stands in front of the result, and where the result begins.
type result struct {
	Line
	begin int // of the result

	status report.Status // of a mark in front
	strong bool          // that mark is an icon, a cell or has a dash: more than "Warning: " in prose
	cell   bool          // it is a cell, which may belong to any table
	loose  bool          // that mark is a symbol, or lost its dash: it marks what is known and nothing else

	name  string // of the test
	apart bool   // a tab, a dash or a run of blanks parts name and result
	colon bool
	sure  bool // name and mark do not merely stand side by side

	subject, category string // of a row of a summary table
}

// rest is what stands behind all that was taken off in front.
func (x *result) rest() string { return x.Text[x.begin:] }

// from is where the sentences of the row are looked for. What nothing but a plain mark precedes is looked at whole:
// the vocabulary knows that a mark makes a row of a sentence.
func (x *result) from() int {
	if x.name == "" && x.subject == "" && !x.loose {
		return 0
	}
	return x.begin
}

// row reads a line that is neither empty nor a mark of the layout.
// It calls itself with a joined line or a part of one: each time the line has fewer lines below it or fewer letters, so that it ends.
func (r *reader) row(l Line) {
	l = r.summaryCells(l)
	x := r.lead(l)
	if x.rest() == "" {
		r.incomplete(x)
		return
	}
	matches := r.find(&x)
	covered := x.begin
	if len(matches) > 0 {
		covered = matches[len(matches)-1].End
	}
	if scan.HasWord(x.Text[covered:]) {
		if joined, ok := r.unwrap(l, x.from(), matches, r.context(x)); ok {
			r.row(joined)
			return
		}
	}
	switch {
	case len(matches) == 0:
		r.unknown(x)
	case !r.several(x, matches):
		r.known(x, matches)
	}
}

// several reads the rows of a line that holds more than one, and the row behind prose: behind the words in front of
// it a row begins with its own mark, host or name. It tells whether there was any.
func (r *reader) several(x result, matches []report.Match) bool {
	var starts []int
	behind := x.begin
	for _, m := range matches {
		if p := r.rowStart(x.Line, behind, m.Start); p < m.Start {
			starts = append(starts, p)
		}
		behind = m.End
	}
	if len(starts) == 0 {
		return false
	}
	if starts[0] > 0 {
		r.row(x.Part(0, starts[0]))
	}
	for i, start := range starts {
		end := len(x.Text)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		// Somebody may tell of several rows in one breath and deny one of them.
		k := firstBehind(matches, start)
		if !denied(x.Text[:start], x.Text[matches[k].End:]) {
			r.row(x.Part(start, end))
		} else if rest := matches[k].End; scan.HasWord(x.Text[rest:end]) {
			r.row(x.Part(rest, end))
		}
	}
	return true
}

// firstBehind is the first sentence at or behind a place.
func firstBehind(matches []report.Match, start int) int {
	for k, m := range matches {
		if m.Start >= start {
			return k
		}
	}
	return len(matches) - 1
}

// rowStart returns where the row begins to which the sentence at end belongs, if words stand in front of that; else
// end. from is where the sentence before it ends.
func (r *reader) rowStart(l Line, from, end int) int {
	const longest = 160 // of a mark, host and name together
	start := max(from, end-longest)
	if !scan.HasWord(l.Text[start:end]) {
		return end
	}
	for p := start; p < end; p++ {
		if c := l.Text[p]; !scan.IsLetter(c) && c < 0x80 && (c < '0' || c > '9') && c != '[' && c != ':' {
			continue
		}
		if p > 0 && isTokenByte(l.Text[p-1]) {
			continue
		}
		x := r.lead(Line{Text: l.Text[p:min(len(l.Text), end+scan.MaxSentence)]})
		if p+x.begin == end && (p == 0 || x.name != "" || x.subject != "" || r.markCounts(l.Text[:p], l.Text[p:end], x)) {
			if !scan.HasWord(l.Text[from:p]) && from == 0 {
				return end // the row begins with the line
			}
			return p
		}
	}
	return end
}

// markCounts tells whether a mark in the middle of a line is one: it begins a clause, or is an icon, or has a dash.
// "Is that OK: " asks, and "it is OK - " answers.
func (r *reader) markCounts(before, mark string, x result) bool {
	before = strings.TrimRight(before, " ")
	if before == "" {
		return true
	}
	if c := before[len(before)-1]; !isTokenByte(c) || c == '.' || c == ':' {
		return true
	}
	if r.isIcon(strings.TrimRightFunc(mark, isSeparator)) {
		return true
	}
	return x.strong && x.status != report.OK
}

// leftover looks at what stands before, between or behind the known sentences of a line: a marked row that nobody
// knows, or a detail of the row before it.
func (r *reader) leftover(l Line, from, to int) {
	s := strings.TrimSpace(l.Text[from:to])
	if s == "" {
		return
	}
	status, strong, length := r.mark(s)
	if strong && scan.HasLetter(s[length:]) && (to == len(l.Text) || strings.ContainsAny(s[len(s)-1:], ".!")) {
		r.emit(report.Finding{Line: l.Number(from), Status: status, Text: s}, "")
		return
	}
	if r.last != none {
		if d, ok := r.v.Detail(s); ok && explainsRow(d, r.findings[r.last].Rule) {
			r.addDetail(d.Values)
		}
	}
}

// isSeparator tells what may stand behind a mark.
func isSeparator(c rune) bool { return scan.IsSpaceOrDash(c) || c == ':' }
