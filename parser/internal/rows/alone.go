package rows

import (
	"slices"
	"strings"
	"unicode/utf8"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/report"
)

// Sentences of everyday language: the vocabulary knows them, and the layout tells whether they are meant as rows.

// Find asks for the sentences of a text, those left out that are part of somebody's prose.
func Find(v report.Vocabulary, text string, context report.Context) []report.Match {
	matches := v.Find(text, context)
	prose := func(m report.Match) bool {
		return m.Place != report.Anywhere && (m.Place == report.Named || !standsAlone(v, text, m, matches))
	}
	if !slices.ContainsFunc(matches, prose) {
		return matches
	}
	var kept []report.Match
	for _, m := range matches {
		if !prose(m) {
			kept = append(kept, m)
		}
	}
	return kept
}

// standsAlone tells whether a sentence of everyday language is meant as a row: it stands behind a status word, or fills
// the text, or is set off by points or other sentences and begins with its capital letter.
func standsAlone(v report.Vocabulary, text string, m report.Match, all []report.Match) bool {
	before, behind := strings.TrimRight(text[:m.Start], " \t"), strings.TrimLeft(text[m.End:], " \t")
	begins, ends := !scan.HasWord(before), !scan.HasWord(behind)
	if begins && ends || endsWithMark(v, text[:m.Start]) {
		return true
	}
	last, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(behind)
	setOffLeft := begins || !scan.IsLetterOrDigit(last) ||
		slices.ContainsFunc(all, func(k report.Match) bool { return k.End == len(before) })
	setOffRight := ends || !scan.IsLetterOrDigit(next) || strings.IndexByte(".!", text[m.End-1]) >= 0 ||
		slices.ContainsFunc(all, func(k report.Match) bool { return k.Start == len(text)-len(behind) })
	first := text[m.Start]
	return setOffLeft && setOffRight && (first < 'a' || first > 'z')
}

// endsWithMark tells whether a text ends with a status word and what parts it from its result, or with an icon's text.
func endsWithMark(v report.Vocabulary, text string) bool {
	const most = 3 // words of a mark, and a dash
	start := len(text)
	for range most {
		start = strings.LastIndexFunc(strings.TrimRightFunc(text[:start], isSeparator), func(c rune) bool { return c == ' ' || c == '\t' }) + 1
		_, length, ok := v.StatusWord(text[start:])
		if ok && length == len(text)-start && length > len(strings.TrimRightFunc(text[start:], isSeparator)) {
			return true
		}
		if start == 0 {
			return false
		}
	}
	return false
}
