package text

import (
	"strings"

	"mxverdict/parser/internal/rows"
	"mxverdict/parser/internal/scan"
	"mxverdict/parser/report"
)

// unglue parts what lost the blank between two cells, as text read off a picture does: a word in the middle of which
// a status word, a test's name or a sentence begins with its capital letter.
func (s *source) unglue(text string) string {
	const most = 64                                              // places of a line that are looked at
	for i, tried := len(text)-1, 0; i > 0 && tried < most; i-- { // from the end: what is parted there ends words here
		c, before := text[i], text[i-1]
		if c >= 'a' && c <= 'z' || c == ' ' {
			continue // the common case
		}
		number := c >= '0' && c <= '9' && scan.IsLetter(before) && isNumber(text[i:])
		if !number && (c < 'A' || c > 'Z' || !scan.IsLetter(before) && before != '.' && before != '!') {
			continue
		}
		tried++
		joint := before < 'A' || before > 'Z' || i+1 < len(text) && text[i+1] >= 'a' && text[i+1] <= 'z'
		if s.joined(text, i, joint) {
			text = text[:i] + "\t" + text[i:]
		}
	}
	return text
}

// isNumber tells whether the first word of a text is a number.
func isNumber(text string) bool {
	word, rest := scan.Word(text[:min(len(text), scan.MaxMark)])
	return rest != "" && strings.Trim(word, "0123456789.,") == ""
}

// joined tells whether something begins in the middle of a word: a mark, or where capital and small letters show a
// joint, a test's name, a detail or a sentence. Between capitals ("TLSOK - ") only the name in front shows that the
// word ends.
func (s *source) joined(text string, at int, joint bool) bool {
	const longestStart = 128 // of a mark or name
	start := text[at:min(len(text), at+longestStart)]
	if _, length, ok := s.v.StatusWord(start); ok && length < len(start) {
		if joint {
			return true
		}
		_, length, ok := s.v.TestName(text[max(0, at-scan.MaxName):at])
		return ok && length == min(at, scan.MaxName)
	}
	if !joint {
		return false
	}
	if _, _, ok := s.v.TestName(start); ok {
		return true
	}
	if d, ok := s.v.Detail(start); ok && !d.Bare {
		return true
	}
	matches := rows.Find(s.v, text[at:min(len(text), at+scan.MaxSentence)], report.Context{})
	return len(matches) > 0 && matches[0].Start == 0
}
