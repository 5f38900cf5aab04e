package batch

import (
	"bytes"
	"encoding/csv"
	"io"
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

// CSV writes a comparison as a table: a line for each verdict, and then for each report, that is not as it was, the worst first.
func (c *Comparison) CSV(out io.Writer) error {
	w := csv.NewWriter(out)
	w.Write([]string{"of", "change", "source", "row", "rule", "about", "subject", "before", "before_reason", "now", "now_reason", "severity", "urgent", "accepted", "same_content", "rules"})
	for d, err := range c.Verdicts() {
		if err != nil {
			return err
		}
		before, now := orNone(d.Before), orNone(d.Now)
		w.Write([]string{"verdict", string(d.Change), cell(d.Source), strconv.Itoa(now.Row), cell(d.Rule), cell(d.About), cell(d.Subject), before.Verdict, cell(before.Reason),
			now.Verdict, cell(now.Reason), cell(now.Severity), yes(now.Urgent), yes(now.Accepted), yes(d.SameContent), string(d.Rules)})
	}
	for d, err := range c.Differing() {
		if err != nil {
			return err
		}
		w.Write([]string{"report", string(d.Change), cell(d.Source), "", "", "", "", "", cell(d.ErrorOf.Before), "", cell(d.ErrorOf.Now), "", "", "", "", ""})
	}
	w.Flush()
	return w.Error()
}

func orNone(s *State) State {
	if s == nil {
		return State{}
	}
	return *s
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
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
