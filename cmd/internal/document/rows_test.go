package document

import (
	"strings"
	"testing"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/cmd/internal/document/invented"
	"mxverdict/parser/report"
	"mxverdict/rules"
)

// unknownAt are rows that nobody understood.
func unknownAt(lines ...int) []report.Finding {
	var findings []report.Finding
	for _, n := range lines {
		findings = append(findings, report.Finding{Line: n, Lines: []int{n}, Text: "The moon is in the wrong phase"})
	}
	return findings
}

func TestRowsJudged(t *testing.T) {
	for name, c := range map[string]struct {
		rows  rules.Rows
		lines []int
		want  string
	}{
		"all kinds": {rules.Rows{Judged: 5, Undecided: 2, Untested: 1, OK: 3, Info: 1, NotUnderstood: 2}, []int{5, 8},
			"14 rows: 5 judged, 2 not decided, 1 not re-tested, 3 shown as OK, 1 a remark, 2 not understood (lines 5, 8)"},
		"one row":             {rules.Rows{Judged: 1}, nil, "1 row: judged"},
		"one that is open":    {rules.Rows{Undecided: 1}, nil, "1 row: not decided"},
		"one that is strange": {rules.Rows{NotUnderstood: 1}, []int{5}, "1 row: not understood (line 5)"},
		"all judged":          {rules.Rows{Judged: 8}, nil, "8 rows: all judged"},
		"none re-tested":      {rules.Rows{Untested: 2}, nil, "2 rows: none re-tested"},
		"none understood":     {rules.Rows{NotUnderstood: 2}, []int{1, 2}, "2 rows: none understood (lines 1, 2)"},
		"on one line":         {rules.Rows{Judged: 1, NotUnderstood: 2}, []int{1, 1}, "3 rows: 1 judged, 2 not understood (line 1)"},
		"very many": {rules.Rows{Judged: 1, NotUnderstood: 20}, []int{20, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19},
			"21 rows: 1 judged, 20 not understood (lines 1, 2, 3, 4, 5, 6, 7, 8 and 12 more)"},
		"one too many to cut": {rules.Rows{Judged: 1, NotUnderstood: 9}, []int{1, 2, 3, 4, 5, 6, 7, 8, 9},
			"10 rows: 1 judged, 9 not understood (lines 1, 2, 3, 4, 5, 6, 7, 8, 9)"},
		"no row": {rules.Rows{}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := result.Result{Judgement: rules.Judgement{Summary: rules.Summary{Rows: c.rows}, Unrecognised: unknownAt(c.lines...)}}
			if got := rowsJudged(r); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// onLines are rows that stand on lines of the report.
func onLines(lines ...int) (findings []report.Finding) {
	for _, n := range lines {
		findings = append(findings, report.Finding{Line: n, Lines: []int{n}})
	}
	return findings
}

// The account stands where a reader looks first: with the answer on the whole.
func TestRowsNearTheTop(t *testing.T) {
	r := invented.Founding()
	first := Of(r).Upto(Answer, Both).Sections[0]
	holds(t, plainly(Document{[]Section{first}}), "10 rows: 7 judged, 1 not decided, 1 shown as OK, 1 not understood (line 12)")
	first = OfReport(r.Report).Sections[0]
	holds(t, plainly(Document{[]Section{first}}), "10 rows: 9 understood (3 error, 5 warning, 1 ok), 1 not understood (line 12)")
	if yes, no := RowsRead(r.Report); yes != 9 || no != 1 {
		t.Errorf("%d and %d rows", yes, no)
	}
}

// A row that stands on several lines is shown with all of them.
func TestAllLinesOfARow(t *testing.T) {
	r := invented.Founding()
	r.Judgement.Verdicts[0].Findings[0].Lines = []int{3, 14, 27}
	got := whole(r)
	holds(t, got, "lines 3, 14, 27: Warning - Reverse DNS", "(lines 3, 14, 27)")
	if n := strings.Count(got, "lines 3, 14, 27"); n < 3 { // in the line of the verdict, with its cause, and with its evidence
		t.Errorf("%d times", n)
	}
	holds(t, plainly(OfReport(r.Report)), "lines 3, 14, 27  warning: smtp/banner-mismatch")
}
