package rows

import "mxverdict/parser/report"

// Sentences of everyday language: the vocabulary knows them, and the layout tells whether they are meant as rows.

// Find asks for the sentences of a text, those left out that are part of somebody's prose.
// It is for what looks at a text by itself; in a line, what stands before a sentence tells more.
func Find(v report.Vocabulary, text string, context report.Context) []report.Match {
	matches := v.Find(text, context)
	kept := 0
	for _, m := range matches {
		if m.Place == report.Anywhere || m.Place == report.Row && setOff(text, &m, joined, joined) {
			matches[kept] = m
			kept++
		}
	}
	return matches[:kept]
}

// setOff tells whether a sentence is set off from the words around it: it fills its cell, or points stand on both sides and it begins
// with its capital letter. left and right are what else is known of its edges.
func setOff(text string, m *report.Match, left, right edge) bool {
	left, right = max(left, edgeBefore(text, m.Start)), max(right, edgeBehind(text, m.End))
	if left == ownCell && right == ownCell {
		return true
	}
	return left >= inClause && right >= inClause && hasCapital(text[m.Start:])
}
