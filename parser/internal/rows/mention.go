package rows

import (
	"slices"
	"strings"
	"unicode/utf8"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/internal/speech"
	"mxverdict/parser/report"
)

// Mentions: sentences of which somebody speaks, without saying that they were shown. A single one is told by what stands around it: code
// (code.go), a question or a supposition (asking.go), the columns of a manual (manual.go). What kind of text the whole document is
// (genre.go) decides at its end about those that nothing around them tells.

// isMention tells whether a sentence is spoken of and no row.
func (r *reader) isMention(text string, d *draft, m *report.Match) bool {
	r.general = 0
	before, behind := last(text[:m.Start]), first(text[m.End:])
	if speech.IsLiteral(before, behind) || speech.InTranslation(before) {
		return true
	}
	if d.icon || d.host != "" && d.hosted >= apart {
		return false
	}
	before, behind = last(text[:min(d.from, m.Start)]), first(text[max(d.to, m.End):])
	if d.name != "" && d.status == "" && d.before < enclosed && scan.HasWord(before) && speech.Denied(before, "") {
		return true // words in front of the name of a test that is a sentence too
	}
	if !scan.HasWord(before) && (!scan.HasWord(behind) || leadsOn(behind)) {
		return r.genre.InChoice()
	}
	if speech.IsSearchTitle(behind) {
		return true
	}
	if speech.IsExample(before) {
		if _, ours := r.v.Mentions(before); !ours { // an example of what the reporter shows was shown
			r.general = speech.Example
		}
	}
	switch r.askedAround(before, behind) {
	case speech.Asks:
		r.question = r.count
		return true
	case speech.Supposes:
		return true
	case speech.General:
		r.general = speech.General
	}
	return r.asksOn(before, behind)
}

// leadsOn tells whether an arrow leads from a choice to what follows from it.
func leadsOn(behind string) bool {
	behind = strings.TrimLeft(behind, speech.ClosingMarks+".")
	return strings.HasPrefix(behind, "->") || strings.HasPrefix(behind, "=>") || strings.HasPrefix(behind, "→")
}

// beside is how many bytes on either side of a sentence are looked at.
const beside = 300

// last is the end of what stands in front of a sentence, and first the beginning of what stands behind it.
func last(text string) string {
	if len(text) <= beside {
		return text
	}
	return strings.ToValidUTF8(text[len(text)-beside:], "")
}

func first(text string) string {
	if len(text) <= beside {
		return text
	}
	return strings.ToValidUTF8(text[:beside], "")
}

// asksOn tells whether somebody who has asked for a sentence goes on with another one: "and …?"
func (r *reader) asksOn(before, behind string) bool {
	const most = 3 // lines from question to question
	return r.question > 0 && r.count-r.question <= most && speech.AsksOn(before, behind)
}

// askedAround looks for questions and suppositions on the line, then on the lines over which its sentence goes.
func (r *reader) askedAround(before, behind string) speech.Manner {
	if next, ok := r.lines.Peek(0); ok && !endsSentence(behind) {
		behind += " " + first(next.Text)
	}
	if means := speech.Around(before, behind); means != 0 || r.above == "" || endsSentence(r.above) {
		return means
	}
	return speech.Around(last(r.above)+" "+before, behind)
}

// endsSentence tells whether a text ends with what ends a sentence.
func endsSentence(text string) bool {
	c, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text, speech.ClosingMarks))
	return strings.ContainsRune(".!?:;。！？：", c)
}

// dropMentions drops the rows that are none in a text of a kind that speaks of sentences, unless they tell what they are about.
func (r *reader) dropMentions(counts []bool) {
	titles, shares, doubtful := 0, 0, false
	for i, x := range r.rows {
		doubtful = doubtful || counts[i] && !r.isAbout(i)
		if x.title {
			titles++
		}
		if x.share {
			shares++
		}
	}
	if titles == 0 && !doubtful {
		return
	}
	example := slices.ContainsFunc(r.rows, func(x row) bool { return x.general == speech.Example }) && !r.genre.IsPersonal()
	r.genre.Finish()
	searched := titles > 1 || titles > 0 && r.genre.Results
	named := r.seen.any(r.v)
	speaks := r.genre.Speaks() || r.genre.Manual && r.isExplained() || (r.genre.Labels > 1 || r.genre.Priced()) && !r.genre.Asked && !named
	for i, x := range r.rows {
		switch {
		case searched && x.title,
			!r.isAbout(i) && (speaks || x.share && shares > 1 || x.queried && r.genre.Answered() || (x.general == speech.General || x.general == speech.Example && example) && !named && !r.genre.Asked):
			counts[i] = false
		}
	}
}

// isExplained tells whether something is said about each of the rows of a document, on their lines or on others.
func (r *reader) isExplained() bool {
	sentences, said, last := 0, r.genre.Lines-1, 0 // without the title
	for i, x := range r.rows {
		if r.findings[i].Wording == "" {
			continue // words that stand between rows
		}
		sentences++
		if x.line != last {
			said, last = said-1, x.line
		}
		if x.within {
			said++
		}
	}
	return said >= sentences
}

// isAbout tells whether a row, or what stands around it, names what it is about.
func (r *reader) isAbout(i int) bool {
	b := &r.blocks[r.rows[i].block]
	return r.findings[i].Subject != "" || b.subject != "" || b.command != "" || b.about != (about{}) || b.table || b.hosts > 0
}

// isTitle tells whether a line with a sentence and more words is the title of the link on the line below, as search engines list them.
func (r *reader) isTitle(before, behind string) bool {
	next, ok := r.lines.Peek(0)
	if !scan.HasWord(before) && !scan.HasWord(behind) {
		return false
	}
	// The line below is read in full only where it may be an address, or it would be for each of many sentences.
	if !(ok && strings.Contains(next.Text, "://") && !strings.Contains(strings.TrimSpace(next.Text), " ")) && !r.genre.IsSearch() {
		return false
	}
	_, ours := r.v.Mentions(next.Text[:min(len(next.Text), scan.MaxSentence)])
	return !ours
}

// any tells whether a document names anything that it may be about.
func (s *sightings) any(v report.Vocabulary) bool {
	return slices.ContainsFunc(s.order, func(x *sighting) bool { return !x.other && x.mentions() > 0 && !v.OwnName(x.name) })
}
