package render

import (
	"io"
	"strings"
	"testing"

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
			r := Result{Judgement: rules.Judgement{Summary: rules.Summary{Rows: c.rows}, Unrecognised: unknownAt(c.lines...)}}
			if got := rowsJudged(r); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestRowsNearTheTop looks for the account where a reader looks first: among the first lines of every page, in the reply above all else.
func TestRowsNearTheTop(t *testing.T) {
	const judged = "10 rows: 7 judged, 1 not decided, 1 shown as OK, 1 not understood (line 12)"
	top := func(page string, lines int) string {
		all := strings.Split(page, "\n")
		return flat(strings.Join(all[:min(lines, len(all))], "\n"))
	}
	r := founding()
	places(t, top(text(t, r, Terminal{}), 12), judged)
	places(t, top(text(t, r, Terminal{Color: true, Width: 40}), 24), judged)
	reply, evidence, _ := strings.Cut(ticket(t, r), strings.Repeat(".", ticketWidth))
	places(t, flat(reply), judged+".")
	places(t, top(evidence, 14), judged)
	places(t, flat(text(t, r, Terminal{})[strings.Index(text(t, r, Terminal{}), "IN SHORT"):]), judged) // a terminal shows its last lines
	places(t, jsonOf(t, r), `"rows": {`, `"total": 10`, `"judged": 7`, `"undecided": 1`, `"untested": 0`, `"ok": 1`, `"not_understood": 1`)

	read := written(t, func(w io.Writer) error { return ParseText(w, []report.Report{r.Report, r.Report}, Terminal{}) })
	const understood = "10 rows: 9 understood (3 error, 5 warning, 1 ok), 1 not understood (line 12)"
	places(t, top(read, 6), understood)
	if n := strings.Count(flat(read), understood); n != 2 {
		t.Errorf("two reports, and %d accounts", n)
	}
	places(t, written(t, func(w io.Writer) error { return ParseJSON(w, []report.Report{r.Report}, false) }),
		`"rows": {`, `"total": 10`, `"understood": 9`, `"not_understood": 1`)
}

// TestAllLinesOfARow shows a row that stands on several lines with all of them.
func TestAllLinesOfARow(t *testing.T) {
	r := founding()
	r.Judgement.Verdicts[0].Findings[0].Lines = []int{3, 14, 27}
	places(t, flat(text(t, r, Terminal{})), "lines 3, 14, 27: Warning - Reverse DNS")
	read := written(t, func(w io.Writer) error { return ParseText(w, []report.Report{r.Report}, Terminal{}) })
	places(t, flat(read), "lines 3, 14, 27 warning: smtp/banner-mismatch")
}
