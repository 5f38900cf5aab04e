package rules

import "mxverdict/parser/report"

// Rows tells what became of the rows of a report. Each is counted once, so that nobody takes a row that was not judged for one that is
// fine: the parts add up to the total.
type Rows struct {
	Total         int `json:"total"`
	Judged        int `json:"judged"`         // a verdict says what is true of them
	Undecided     int `json:"undecided"`      // of verdicts that are inconclusive, whatever was tested
	Untested      int `json:"untested"`       // of rules that test nothing yet
	OK            int `json:"ok"`             // the report itself calls them good: there is nothing to re-test
	Info          int `json:"info"`           // a remark that complains of nothing
	NotUnderstood int `json:"not_understood"` // no wording knows them, or nothing tells whether they are good or bad
}

// understood tells whether it is known what a row says.
func (c *Catalogue) understood(f report.Finding) bool { return c.Rule(f.Rule) != nil && f.Understood() }

// rowsOf counts the rows of a report with these verdicts.
func (c *Catalogue) rowsOf(r report.Report, verdicts []Verdict) Rows {
	n := Rows{Total: len(r.Findings)}
	for _, f := range r.Findings {
		switch {
		case !c.understood(f):
			n.NotUnderstood++
		case f.Status == report.OK:
			n.OK++
		case !f.Status.Bad():
			n.Info++
		}
	}
	for _, v := range verdicts {
		switch {
		case v.Untested:
			n.Untested += len(v.Findings)
		case v.Verdict == Confirmed, v.Verdict == FalsePositive, v.Verdict == PolicyDisagreement:
			n.Judged += len(v.Findings)
		// Whatever is no other label is counted as undecided, never as something better.
		default:
			n.Undecided += len(v.Findings)
		}
	}
	return n
}
