package rows

import (
	"strings"
	"unicode/utf8"

	"mxverdict/parser/internal/scan"
)

// edge tells how far something stands apart from the words beside it. A higher one parts more.
type edge uint8

const (
	joined   edge = iota // nothing but a blank parts it from the next word
	inClause             // a comma or a full stop: so do the clauses of prose end
	apart                // a dash, colon, arrow or equals sign with a blank
	enclosed             // a quotation mark, a bracket or a symbol
	ownCell              // a tab, a run of blanks or the end of the line
)

// maxEdge is how many characters are looked at for a word. What stands farther off is in another cell, and a line of nothing but marks
// takes no longer than one of words.
const maxEdge = 64

// edgeBefore returns what parts a place of a line from the word before it: the strongest of all that stands between.
func edgeBefore(text string, at int) edge {
	strongest, blanks := joined, 0
	for n := 0; at > 0 && n < maxEdge && strongest < ownCell; n++ {
		c, size := utf8.DecodeLastRuneInString(text[:at])
		if scan.IsWordRune(c) {
			return strongest
		}
		e := joined
		if c == ' ' {
			blanks++
		} else {
			e, blanks = edgeOf(c, blanks > 0 || blankBefore(text, at-size)), 0
		}
		if blanks > 1 || c == '\t' {
			e = ownCell
		}
		strongest = max(strongest, e)
		at -= size
	}
	return ownCell
}

// edgeBehind returns what parts a place of a line from the word behind it.
func edgeBehind(text string, at int) edge {
	strongest, blanks := joined, 0
	if at > 0 && (text[at-1] == '.' || text[at-1] == '!') {
		strongest = inClause // the sentence took its own full stop
	}
	for n := 0; at < len(text) && n < maxEdge && strongest < ownCell; n++ {
		c, size := utf8.DecodeRuneInString(text[at:])
		if scan.IsWordRune(c) {
			return strongest
		}
		e := joined
		if c == ' ' {
			blanks++
		} else {
			e, blanks = edgeOf(c, blanks > 0 || blankBehind(text, at+size)), 0
		}
		if blanks > 1 || c == '\t' {
			e = ownCell
		}
		strongest = max(strongest, e)
		at += size
	}
	return ownCell
}

// edgeOf is the edge that a mark between words makes; blank tells whether a blank stands beside it.
func edgeOf(c rune, blank bool) edge {
	switch c {
	case ',', ';', '.', '!', '?', '、', '。', '，', '；':
		if blank || c >= utf8.RuneSelf {
			return inClause
		}
	case ':', '-', '=', '>', '~', '+', '#', '/', '\\', '@', '%', '&', '_', '*', '^', '$', '<':
		if blank {
			return apart
		}
	case '"', '(', ')', '[', ']', '{', '}', '`', '\'':
		return enclosed
	case '：':
		return apart
	default:
		if c >= utf8.RuneSelf {
			if c == '→' || c == '−' || !scan.IsPicture(c) && scan.IsSpaceOrDash(c) {
				return apart
			}
			return enclosed // quotation marks and brackets of every language, symbols
		}
	}
	return joined
}

func blankBefore(text string, at int) bool {
	return at <= 0 || text[at-1] == ' ' || text[at-1] == '\t'
}

func blankBehind(text string, at int) bool {
	return at >= len(text) || text[at] == ' ' || text[at] == '\t'
}

// A segment is a part of a line that its punctuation, its cells or the known sentences beside it set off.
type segment struct {
	from, to int
}

// segments calls each for every segment of text[from:to]. Symbols are segments of their own.
func segments(text string, from, to int, each func(segment)) {
	start := -1 // of the segment that is being read
	end := func(at int) {
		if start >= 0 {
			for at > start && (text[at-1] == ' ' || text[at-1] == '\t') {
				at--
			}
			each(segment{start, at})
		}
		start = -1
	}
	for i := from; i < to; {
		c := text[i]
		if scan.IsWordByte[c] {
			if start < 0 {
				start = i
			}
			for i < to && scan.IsWordByte[text[i]] {
				i++
			}
			continue
		}
		if c == ' ' {
			if i++; i < to && text[i] == ' ' {
				end(i - 1)
			}
			continue
		}
		if c == ':' || c >= utf8.RuneSelf {
			if _, length, ok := scan.Symbol(text[i:to]); ok {
				end(i)
				each(segment{i, i + length})
				i += length
				continue
			}
		}
		r, size := utf8.DecodeRuneInString(text[i:to])
		switch {
		case scan.IsWordRune(r):
			if start < 0 {
				start = i
			}
		case start < 0:
			// nothing has begun yet, but names of records begin so: _dmarc.example.com
			if c == '_' && i+1 < to && scan.IsLetter(text[i+1]) {
				start = i
			}
		case c == '\t', edgeOf(r, blankBefore(text, i) || blankBehind(text, i+size)) > joined && !isApostrophe(text, i, r):
			end(i)
		}
		i += size
	}
	end(to)
}

// isApostrophe tells an apostrophe within a word from a quotation mark.
func isApostrophe(text string, at int, c rune) bool {
	if c != '\'' && c != '’' || at == 0 {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	behind, _ := utf8.DecodeRuneInString(text[at+utf8.RuneLen(c):])
	return scan.IsWordRune(before) && scan.IsWordRune(behind)
}

// hasCapital tells whether a text begins with a capital letter, or with what has no case.
func hasCapital(s string) bool { return s != "" && (s[0] < 'a' || s[0] > 'z') }

// trimmed is a text without blanks and punctuation at its ends, for comparing what it says.
func trimmed(s string) string {
	return strings.TrimFunc(s, func(c rune) bool { return !scan.IsWordRune(c) })
}
