package wording

import (
	"strconv"
	"strings"

	"mxverdict/parser/report"
)

// What the placeholders of a sentence took, as values of a finding.

// maxDigits is how many digits a float64 holds exactly.
const maxDigits = 15

// isNumber tells whether number will read what consists of digits, commas and points.
func isNumber(value []byte) bool {
	separators := 0
	for _, c := range value {
		if c == '.' || c == ',' {
			separators++
		}
	}
	return len(value) <= maxDigits && separators <= 1 && value[0] >= '0' && value[0] <= '9'
}

// number reads digits with a decimal comma or point.
func number(s string) (float64, error) {
	if len(s) > maxDigits || s[0] < '0' || s[0] > '9' {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
}

// values reads what the placeholders of a hit took out of the original text.
func (p *pattern) values(text string, f *folded, gaps []span) map[string]report.Value {
	if len(gaps) == 0 {
		return nil
	}
	values := make(map[string]report.Value, len(gaps))
	if p.lead.kind != noKind {
		if p.lead.name != anyPlaceholder && !p.lead.cut(f.text, gaps[0].start) {
			values[p.lead.name] = p.lead.value(text[f.origin(gaps[0].start):f.origin(gaps[0].end)])
		}
		gaps = gaps[1:]
	}
	for i, g := range p.tail {
		if g.name == anyPlaceholder {
			continue
		}
		values[g.name] = g.value(text[f.origin(gaps[i].start):f.origin(gaps[i].end)])
	}
	return values
}

// cut tells whether a number is only the end of what stands there: behind a sign, an exponent or a group of digits ("15 678").
// The sentence is still known; its number is not.
func (p placeholder) cut(text []byte, start int) bool {
	if p.kind != decimal && p.kind != count || start == 0 {
		return false
	}
	digit := func(i int) bool { return i >= 0 && text[i] >= '0' && text[i] <= '9' }
	switch text[start-1] {
	case '-', '+':
		return true
	case ' ':
		return digit(start - 2)
	}
	return word[text[start-1]]
}

// value writes what was taken as a value: a number, a name in the one form in which names are compared (RFC 4343), or the text as it
// stands, copied, or a finding would hold its whole document in memory.
func (p placeholder) value(s string) report.Value {
	s = strings.TrimSpace(s)
	switch p.kind {
	case decimal, count:
		n, err := number(s)
		if err == nil {
			return report.Number(n)
		}
	case name, address:
		return report.Text(strings.ToLower(strings.Trim(s, "[].")))
	}
	return report.Text(strings.Clone(s))
}
