package rows

import (
	"strings"
	"unicode/utf8"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/report"
)

// Mentions: sentences of which somebody speaks, without saying that they were shown. A single one is told by what stands around it: code
// (code.go), a question or a supposition (asking.go), the columns of a manual (manual.go). What kind of text the whole document is
// (genre.go) decides at its end about those that nothing around them tells.

// isMention tells whether a sentence is spoken of and no row.
func (r *reader) isMention(text string, d *draft, m *report.Match) bool {
	before, behind := text[:m.Start], text[m.End:]
	if isLiteral(before, behind) || inTranslation(before) {
		return true
	}
	if d.icon || d.host != "" && d.hosted >= apart {
		return false
	}
	before, behind = text[:min(d.from, m.Start)], text[max(d.to, m.End):]
	if !scan.HasWord(before) && !scan.HasWord(behind) && r.above == "" {
		return false
	}
	return r.askedAround(before, behind)
}

// askedAround looks for questions and suppositions on the line, then on the lines over which its sentence goes.
func (r *reader) askedAround(before, behind string) bool {
	if next, ok := r.lines.Peek(0); ok && !endsSentence(behind) {
		behind += " " + next.Text
	}
	if isAsked(before, behind) {
		return true
	}
	return r.above != "" && !endsSentence(r.above) && isAsked(r.above+" "+before, behind)
}

// endsSentence tells whether a text ends with what ends a sentence.
func endsSentence(text string) bool {
	c, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text, closingMarks))
	return strings.ContainsRune(".!?:;。！？：", c)
}

// dropMentions drops the rows that are none in a text of a kind that speaks of sentences, unless they tell what they are about.
func (r *reader) dropMentions(counts []bool) {
	speaks := r.genre.speaks()
	titles := 0
	for _, x := range r.rows {
		if x.title {
			titles++
		}
	}
	searched := titles > 1 || titles > 0 && r.genre.results
	for i, x := range r.rows {
		if speaks && !r.isAbout(i) || searched && x.title {
			counts[i] = false
		}
	}
}

// isAbout tells whether a row, or what stands around it, names what it is about.
func (r *reader) isAbout(i int) bool {
	b := &r.blocks[r.rows[i].block]
	return r.findings[i].Subject != "" || b.subject != "" || b.command != "" || b.about != (about{}) || b.table || b.hosts > 0
}

// isTitle tells whether a line with a sentence and more words is the title of the link on the line below, as search engines list them.
func (r *reader) isTitle(text string) bool {
	next, ok := r.lines.Peek(0)
	if !ok || !scan.HasWord(text) {
		return false
	}
	return strings.Contains(next.Text, "://") && !strings.Contains(strings.TrimSpace(next.Text), " ")
}
