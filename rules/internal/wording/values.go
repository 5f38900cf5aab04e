package wording

import (
	"strconv"
	"strings"

	"mxverdict/parser/report"
)

// What the placeholders of a sentence took, as values of a finding.

// maxDigits is how many digits a float64 holds exactly.
const maxDigits = 15

// isNumber tells whether number will read a text.
func isNumber(value string) bool {
	separators := 0
	for _, c := range []byte(value) {
		switch {
		case c == '.' || c == ',':
			separators++
		case c < '0' || c > '9':
			return false
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

// values reads what the placeholders of a hit took out of the text.
func (p *pattern) values(text string, gaps []span) map[string]report.Value {
	if len(gaps) == 0 {
		return nil
	}
	values := make(map[string]report.Value, len(gaps))
	if p.lead.kind != noKind {
		if !p.lead.forgotten() && !p.lead.cut(text, gaps[0].start) {
			values[p.lead.name] = p.lead.value(text[gaps[0].start:gaps[0].end])
		}
		gaps = gaps[1:]
	}
	for i, x := range p.tail {
		if !x.forgotten() {
			values[x.name] = x.value(text[gaps[i].start:gaps[i].end])
		}
	}
	return values
}

// cut tells whether a number is only the end of what stands there: behind a sign, or a group of digits ("15 678").
// The sentence is still known; its number is not.
func (p placeholder) cut(text string, start int) bool {
	if p.kind != decimal && p.kind != count || start == 0 {
		return false
	}
	switch text[start-1] {
	case '-', '+':
		return true
	case ' ':
		return start > 1 && text[start-2] >= '0' && text[start-2] <= '9'
	}
	return false
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
