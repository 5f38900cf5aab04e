package rows

import (
	"strings"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/internal/speech"
	"mxverdict/parser/report"
)

// Pieces: what the segments of a line are. The vocabulary is asked about each of them, and about nothing smaller.

// kind is what a piece is.
type kind uint8

const (
	words    kind = iota // anything that nobody knows
	filler               // numbers and times: cells that say nothing
	mark                 // a status word, an icon's text, a symbol
	name                 // of a test
	category             // of a summary table, or the command of a heading
	host                 // a name or address
	sentence             // that a reporter says
)

// piece is a part of a line of one kind.
type piece struct {
	kind        kind
	from, to    int
	left, right edge

	status report.Status // of a mark
	icon   bool          // the mark is an icon's text or a symbol: it stands by itself
	symbol bool
	said   string        // the name of the test, the host, the category
	under  string        // the command of a look-up, of which a host is the argument
	match  *report.Match // of a sentence, in the coordinates of the line
}

// fills tells whether a piece is all that stands between two edges of a strength.
func (p *piece) fills(e edge) bool { return p.left >= e && p.right >= e }

// pieces takes a line apart. The slice is good until the next call.
func (r *reader) pieces(text string, context report.Context) []piece {
	waiting, f := r.pending.begun(), r.facts
	if f.taken && f.context == context && f.waiting == waiting && f.text == text {
		r.parts = append(r.parts[:0], f.parts...)
		own(r.parts)
		return r.parts
	}
	matches := r.takeSentences(text, context)
	r.takeApart(text, matches)
	if f.often && f.text == text {
		f.keep(context, waiting, r.parts, len(matches) > 0)
	}
	return r.parts
}

// takeApart takes a line apart in which sentences stand.
func (r *reader) takeApart(text string, matches []report.Match) {
	r.parts = r.parts[:0]
	done := 0 // what is taken apart already
	for i := range matches {
		m := &matches[i]
		if m.Start < done {
			continue
		}
		before := len(r.parts)
		r.next = m.Start
		// What stands right in front of it tells whether it counts. Only then is all of that taken apart, or a line of sentences that do
		// not count would be taken apart again for each of them.
		near := nearby(text, done, m.Start)
		r.cut(text, near, m.Start)
		p := piece{kind: sentence, from: m.Start, to: m.End, left: edgeBefore(text, m.Start), right: edgeBehind(text, m.End), match: m}
		if n, whole := r.nameAround(text, done, m); whole {
			// The name of a test may hold the sentence of another one.
			r.parts = r.parts[:before]
			r.cut(text, done, n.from)
			r.parts = append(r.parts, n)
			done = n.to
			continue
		}
		if !r.counts(text, &p) {
			r.parts = r.parts[:before]
			continue
		}
		if near > done {
			r.parts = r.parts[:before]
			r.cut(text, done, m.Start)
		}
		r.parts = append(r.parts, p)
		done = m.End
	}
	r.next = 0
	r.cut(text, done, len(text))
}

// sentences are those of the last text in which they were looked for.
type sentences struct {
	text    string
	context report.Context
	matches []report.Match
}

// hasSentence tells whether a sentence stands in the line that is being read. What is found is kept for takeSentences.
func (r *reader) hasSentence(context report.Context) bool {
	f := r.facts
	if f.taken && f.context == context {
		return f.says
	}
	r.sentences = sentences{f.text, context, r.v.Find(f.text, context)}
	return len(r.sentences.matches) > 0
}

// takeSentences returns the sentences of a text. They are kept for nobody else, since a finding may change their values.
func (r *reader) takeSentences(text string, context report.Context) []report.Match {
	if r.sentences.text != text || r.sentences.context != context {
		return r.v.Find(text, context)
	}
	matches := r.sentences.matches
	r.sentences = sentences{}
	return matches
}

// nearby is the beginning of a word between two places, a bounded way in front of the second.
func nearby(text string, from, to int) int {
	if to-from <= scan.MaxSentence {
		return from
	}
	if k := strings.IndexByte(text[to-scan.MaxSentence:to], ' '); k >= 0 {
		return to - scan.MaxSentence + k
	}
	return from
}

// lastBlank is where the last blank or tab of a text stands, or -1.
func lastBlank(text string) int {
	i := len(text) - 1
	for i >= 0 && text[i] != ' ' && text[i] != '\t' {
		i--
	}
	return i
}

// nameAround is the name of a test that holds a sentence whole and more.
func (r *reader) nameAround(text string, from int, m *report.Match) (piece, bool) {
	begin := m.Start
	from = nearby(text, from, begin)
	for begin > from && edgeBefore(text, begin) == joined {
		k := lastBlank(text[from : begin-1])
		if begin = from + k + 1; k < 0 {
			begin = from
			break
		}
	}
	called, length, ok := r.v.TestName(text[begin:])
	if !ok || begin+length < m.End || length <= m.End-m.Start {
		return piece{}, false
	}
	end := begin + length
	return piece{kind: name, from: begin, to: end, left: edgeBefore(text, begin), right: nameEdge(text, end), said: called}, true
}

// nameEdge is the edge behind a test's name, to which the colon belongs.
func nameEdge(text string, end int) edge {
	e := edgeBehind(text, end)
	if text[end-1] == ':' {
		e = max(e, apart)
	}
	return e
}

// counts tells whether a sentence is meant as a row. One of everyday language has to be set off from the words around it, or to
// stand behind a mark or the name of its test; the last pieces are what stands in front of it.
func (r *reader) counts(text string, p *piece) bool {
	if p.match.Place == report.Anywhere {
		return true
	}
	left := p.left
	if n := len(r.parts); n > 1 && r.parts[n-1].kind == host && r.parts[n-2].kind == category {
		return true // a row of a summary, whatever link or remark stands behind it
	}
	if n := len(r.parts); n > 0 && r.parts[n-1].kind != words {
		last := r.parts[n-1]
		if last.kind == mark || last.kind == name && (p.match.Place == report.Row || r.resultOf(last.said, text[p.from:p.to])) {
			return true
		}
		left = max(left, inClause) // behind another sentence, or a host
	}
	if n := len(r.parts); n == 0 && r.pending.begun() && p.left == ownCell {
		return true
	}
	if p.match.Place == report.Named {
		return left >= apart && p.right >= apart
	}
	right := p.right
	if right == joined && (r.goesOnKnown(text, p.to) || tailBehind(text[p.to:])) {
		right = inClause
	}
	return setOff(text, p.match, left, right)
}

// resultOf tells whether a sentence is a result of the test of a name.
func (r *reader) resultOf(called, says string) bool {
	matches := r.v.Find(says, report.Context{Test: called})
	return len(matches) > 0 && matches[0].Place != report.Named
}

// conjunctions join the sentences of a list that somebody writes as prose.
var conjunctions = speech.WordSet("and & plus und et e y en i oraz og och ja и та a ve")

// goesOnKnown tells whether another sentence, a detail or a mark follows directly.
func (r *reader) goesOnKnown(text string, at int) bool {
	rest := scan.TrimLeft(text[at:min(len(text), at+scan.MaxSentence)])
	if word, behind := scan.Word(rest); conjunctions[word] {
		rest = behind
	}
	if rest == "" {
		return true
	}
	if _, _, ok := r.v.StatusWord(rest); ok {
		return true
	}
	if _, _, ok := r.v.TestName(rest); ok {
		return true
	}
	matches := r.v.Find(rest, report.Context{})
	return len(matches) > 0 && matches[0].Start == 0
}

// cut takes the part of a line between two sentences apart.
func (r *reader) cut(text string, from, to int) {
	if from >= to {
		return
	}
	segments(text, from, to, func(s segment) { r.peel(text, s) })
}

// peel takes what is known off a segment, from its beginning; what is left is words.
func (r *reader) peel(text string, s segment) {
	at := s.from
	if n := len(r.parts); n > 0 {
		at = max(at, r.parts[n-1].to) // a name may reach over an edge
	}
	for at < s.to {
		p, ok := r.known(text, at, s.to)
		if !ok {
			break
		}
		r.add(text, p)
		at = p.to
		for at < s.to && (text[at] == ' ' || text[at] == '\t') {
			at++
		}
	}
	if at >= s.to {
		return
	}
	end := s.to
	var last piece
	if p, ok := r.markAtEnd(text, at, end); ok {
		last, end = p, p.from
		for end > at && (text[end-1] == ' ' || text[end-1] == '\t') {
			end--
		}
	}
	if from, to, ok := r.lookUpIn(text, at, end); ok {
		r.addWords(text, at, from)
		p, _ := r.hostAt(text, from, to)
		r.add(text, p)
		at = to
	}
	r.addWords(text, at, end)
	if last.to > 0 {
		r.add(text, last)
	}
}

// addWords notes what nobody knows.
func (r *reader) addWords(text string, from, to int) {
	said := text[from:to]
	from, to = from+len(said)-len(scan.TrimLeft(said)), from+len(scan.TrimRight(said))
	switch {
	case from >= to:
	case r.labels(text, from, to):
		r.add(text, piece{kind: filler, from: from, to: to})
	case scan.HasLetter(text[from:to]):
		r.add(text, piece{kind: words, from: from, to: to})
	default:
		r.add(text, piece{kind: filler, from: from, to: to})
	}
}

// add notes a piece with its edges.
func (r *reader) add(text string, p piece) {
	p.left = edgeBefore(text, p.from)
	if p.kind == name {
		p.right = nameEdge(text, p.to)
	} else {
		p.right = edgeBehind(text, p.to)
	}
	r.parts = append(r.parts, p)
}

// known reads what stands at the beginning of a segment, if it is more than words.
func (r *reader) known(text string, at, end int) (piece, bool) {
	if p, ok := r.markAt(text, at, end); ok {
		return p, true
	}
	if p, ok := r.nameAt(text, at, end); ok {
		return p, true
	}
	return r.hostAt(text, at, end)
}

// nameAt reads the name of a test, if it fills its segment or a mark, a host or the end of the sentence's part stands behind it.
func (r *reader) nameAt(text string, at, end int) (piece, bool) {
	called, length, ok := r.v.TestName(text[at:])
	if !ok || at+length > len(text) {
		return piece{}, false
	}
	p := piece{kind: name, from: at, to: at + length, said: called}
	if p.to >= end {
		return p, true
	}
	next := p.to
	for next < end && (text[next] == ' ' || text[next] == '\t') {
		next++
	}
	if next >= end {
		return p, true
	}
	if _, ok := r.markAt(text, next, end); ok {
		return p, true
	}
	if _, ok := r.hostAt(text, next, end); ok {
		return p, true
	}
	return p, edgeBehind(text, p.to) > joined
}
