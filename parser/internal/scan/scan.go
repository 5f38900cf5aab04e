// Package scan takes the smallest steps of reading a line: its words, its cells, its letters, the symbols in it. What
// reads text and what reads rows take them alike. It knows no layout, no reporter and no meaning.
package scan

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"mxverdict/parser/report"
)

// Bounds of what is looked at. They are far above what reporters print.
const (
	MaxMark     = 32  // bytes of a status word
	MaxName     = 60  // of the name of a test
	MaxSentence = 300 // of a sentence on each side of a line end
)

// Word cuts the first word off. Other blanks of Unicode part no words here: the formats have made plain ones of them.
func Word(s string) (word, rest string) {
	end := 0
	for end < len(s) && s[end] != ' ' && s[end] != '\t' {
		end++
	}
	return s[:end], TrimLeft(s[end:])
}

// HasMoreWords tells whether more words than a number stand in s. It looks no further than it must.
func HasMoreWords(s string, than int) bool {
	words := 0
	for at := 0; at < len(s); {
		end := at
		for end < len(s) && s[end] != ' ' && s[end] != '\t' {
			end++
		}
		if end > at {
			if words++; words > than {
				return true
			}
		}
		at = end + 1
	}
	return false
}

// TrimLeft takes the blanks and tabs off the beginning of s.
func TrimLeft(s string) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	return s
}

// TrimRight takes the blanks and tabs off the end of s.
func TrimRight(s string) string {
	for s != "" && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	return s
}

// Cells parts a line at tabs and at runs of blanks.
func Cells(line string) []string {
	var out []string
	for part := range strings.SplitSeq(strings.ReplaceAll(line, "  ", "\t"), "\t") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// CellEnd returns where the first cell of s ends, and where the next one begins; both are the length of s if it holds
// one cell only.
func CellEnd(s string) (end, next int) {
	for end = 0; end < len(s); end++ {
		if s[end] == '\t' || s[end] == ' ' && end+1 < len(s) && (s[end+1] == ' ' || s[end+1] == '\t') {
			break
		}
	}
	return end, len(s) - len(TrimLeft(s[end:]))
}

// HasLetter tells whether a text holds a letter. It and HasWord look at the first byte before all others: most texts begin with a letter.
func HasLetter(s string) bool {
	return s != "" && (IsLetter(s[0]) || strings.IndexFunc(s, unicode.IsLetter) >= 0)
}

// HasWord tells whether a text holds a letter or a digit.
func HasWord(s string) bool {
	return s != "" && (IsLetter(s[0]) || strings.IndexFunc(s, IsLetterOrDigit) >= 0)
}

// IsLetterOrDigit knows those of every script.
func IsLetterOrDigit(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }

// IsLetter knows the letters of ASCII.
func IsLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// IsDigits tells whether nothing but digits stands in s.
func IsDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// HasPrefixFold is strings.HasPrefix without regard to case. The prefix is ASCII, so that both have one length.
func HasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// IsSpaceOrDash tells what may stand between a test's name and its result.
func IsSpaceOrDash(c rune) bool { return unicode.IsSpace(c) || unicode.Is(unicode.Pd, c) }

// symbols are those that people and chat programs put in place of a status word.
var symbols = []struct {
	status report.Status
	spelt  []string
}{
	{report.OK, []string{"✔", "✓", "✅", "🟢", "√", ":white_check_mark:", ":heavy_check_mark:"}},
	{report.Info, []string{"ℹ"}},
	{report.Warning, []string{"⚠", "🟡", "🟠", ":warning:"}},
	{report.Error, []string{"✘", "✗", "✖", "❌", "🔴", "⛔", ":x:"}},
	{report.Error, []string{timesSign}},
}

// timesSign is a cross where it stands in a cell of its own; between numbers it multiplies.
const timesSign = "×"

// Symbol reads a status symbol at the start of s, and returns its length in bytes.
func Symbol(s string) (status report.Status, length int, ok bool) {
	if s == "" || s[0] != ':' && s[0] < utf8.RuneSelf {
		return "", 0, false
	}
	for _, group := range symbols {
		for _, spelt := range group.spelt {
			if rest, ok := strings.CutPrefix(s, spelt); ok {
				if spelt == timesSign && rest != "" && rest[0] != '\t' && !strings.HasPrefix(rest, "  ") {
					return "", 0, false
				}
				return group.status, len(spelt), true
			}
		}
	}
	return "", 0, false
}

// IsWordRune knows what words are made of, in every script.
func IsWordRune(c rune) bool {
	switch {
	case c < utf8.RuneSelf:
		return IsLetter(byte(c)) || c >= '0' && c <= '9'
	case c >= 'À' && c <= 'ɏ': // the letters of Latin, of which the tables of Unicode need not be asked
		return c != '×' && c != '÷'
	case c >= 'Ѐ' && c <= 'ҁ': // and those of Cyrillic
		return true
	}
	return !IsPicture(c) && (unicode.IsLetter(c) || unicode.IsDigit(c))
}

// IsPicture knows the blocks of arrows, technical signs and pictures. No letter, digit, blank or dash is among them, so that the tables
// of Unicode need not be asked about a line of icons.
func IsPicture(c rune) bool { return c >= 0x2190 && c <= 0x2bff || c >= 0x1f000 && c <= 0x1faff }

// IsWordByte knows the letters and digits of ASCII. Every byte of a document is looked up here.
var IsWordByte = func() (is [256]bool) {
	for c := range utf8.RuneSelf {
		is[c] = IsWordRune(rune(c))
	}
	return is
}()

// EndsInAny compares endings without regard to case.
func EndsInAny(text string, endings []string) bool {
	for _, e := range endings {
		if len(text) > len(e) && text[len(text)-1]|0x20 == e[len(e)-1]|0x20 && strings.EqualFold(text[len(text)-len(e):], e) {
			return true
		}
	}
	return false
}
