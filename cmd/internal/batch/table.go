package batch

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"unicode"
)

// CSV is the summary as a table: what is counted, its name, its verdicts by label, how often it was met, and where.
func (s Summary) CSV() []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Write(append(append([]string{"kind", "name", "about"}, order...), "count", "example"))
	for _, part := range []struct {
		kind   string
		counts []Count
	}{{"report", s.Worst}, {"rule", s.Rules}, {"cause", s.Causes}, {"reporter", s.Reporters}, {"host", s.Hosts}, {"not understood", s.NotUnderstood}, {"no result", s.Failures}} {
		for _, c := range part.counts {
			row := []string{part.kind, cell(c.Name), cell(c.About)}
			for _, label := range order {
				row = append(row, strconv.Itoa(c.Labels[label]))
			}
			w.Write(append(row, strconv.Itoa(c.N), cell(c.Example)))
		}
	}
	w.Flush() // into memory, which does not fail
	return out.Bytes()
}

// cell makes foreign text harmless: for programs that take a cell for a formula, and for terminals.
func cell(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, text)
	if start := strings.TrimSpace(text); start != "" && strings.ContainsRune("=+-@", []rune(start)[0]) {
		return "'" + text
	}
	return text
}
