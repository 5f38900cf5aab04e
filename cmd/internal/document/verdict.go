package document

import (
	"slices"
	"strings"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/rules"
	"mxverdict/verify/facts"
)

// verdicts writes each of them whole. Numbers are given in the order of reading, and other parts of the document refer to them.
func (b *builder) verdicts(r result.Result) {
	verdicts, untested := splitUntested(inOrder(r.Judgement.Verdicts))
	for i, v := range verdicts {
		b.section(Section{Level: Evidence, For: Internal, Mark: labelOf(v.Verdict).mark, Number: i + 1, Of: len(verdicts),
			Title: strings.ToUpper(called(v)), Lead: foreign(firstOf(v.About, v.Rule))})
		b.verdict(v, i+1)
	}
	b.untested(untested)
}

// firstOf is the first of two texts that is not empty.
func firstOf(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// verdict writes one: what was reported and claimed, why it is so or not, the proof, and only then what to do about it.
func (b *builder) verdict(v rules.Verdict, number int) {
	b.item("Subject", foreign(v.Subject))
	b.list("Reported", reportedRows(v))
	b.item("Claim", prose(v.Claim))
	b.item("Means", foreign(reasonOf(v)))
	b.item("Why", prose(v.Says))
	b.list("Note", b.notes(slices.Concat(v.Notes, v.Policy), number))
	b.list("Who says what", opinionLines(v.Opinions))
	b.delegation(v.Delegation, number)
	b.spfTree(v.SPFTree, number)
	b.list("Measured", append(trail(v), measured(v)...))
	if v.MeasuredAt != nil {
		b.item("Measured at", ours("%s", stamp(*v.MeasuredAt)))
	}
	b.item("Leave as is", prose(v.DoNot))
	b.item(fixOf(v), prose(v.Fix))
	b.item("Rule", foreign(v.Rule))
	b.item("Source", citations(v.References)...)
	if len(v.Commands) > 0 {
		b.add(&Commands{"Check it yourself", v.Commands})
	}
}

// reportedRows are the rows of the report that state the claim.
func reportedRows(v rules.Verdict) []string {
	var reported []string
	for _, f := range bounded(v.Findings) {
		reported = append(reported, row(f))
	}
	if len(v.Findings) > maxListed {
		reported = append(reported, andMore(len(v.Findings)))
	}
	return reported
}

// folded makes each text one line.
func folded(texts []string) []string {
	var out []string
	for _, text := range texts {
		out = append(out, fold(text))
	}
	return out
}

// citations spells references out, the sections of one RFC in one text.
func citations(ids []string) []Text {
	var out []Text
	for _, id := range joinSections(ids) {
		out = append(out, Text{{Kind: Citation, Text: reference(id), Link: link(id)}})
	}
	return out
}

// trail lists how the conditions were decided. What is not known, and why, is not said twice.
func trail(v rules.Verdict) []string {
	var out []string
	for _, line := range folded(v.Trail) {
		if fact, why, ok := strings.Cut(line, notKnown); ok && strings.Contains(fold(v.Says), "Missing: "+why+".") {
			line = fact + notKnown + "as said above"
		}
		out = append(out, line)
	}
	return out
}

// notKnown stands in a trail between a fact and the reason why it is not known.
const notKnown = ": not known, "

// measured lists the facts that no comparison on the trail shows already.
// A fact that is known and one that is not are both listed, for the reader of an inconclusive verdict looks for the second.
func measured(v rules.Verdict) []string {
	var out []string
	trail := strings.Join(v.Trail, "\n")
	for _, m := range v.Measured {
		if strings.Contains(trail, string(m.Fact)+":") {
			continue
		}
		text := string(m.Fact) + ": " + value(m)
		if m.Subject != v.Subject {
			text += " for " + m.Subject
		}
		if m.Evidence != "" {
			text += " (" + m.Evidence + ")"
		}
		out = append(out, text)
	}
	return out
}

// value says what was measured, or why nothing was.
func value(m rules.Measured) string {
	switch {
	case m.Value.Kind() == facts.None:
		return "not known: " + firstOf(m.Unknown, "no reason recorded")
	case m.AtLeast && m.Value.Kind() == facts.Duration:
		return m.Value.String() + " or more, where our own patience ended"
	case m.AtLeast:
		return m.Value.String() + " or more"
	case m.Value.Kind() == facts.Text:
		return `"` + m.Value.Text() + `"`
	}
	return m.Value.String()
}
