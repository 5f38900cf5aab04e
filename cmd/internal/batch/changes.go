package batch

import (
	"encoding/csv"
	"io"
	"strconv"
)

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
