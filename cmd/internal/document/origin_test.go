package document

import (
	"testing"

	"mxverdict/parser/report"
)

// Where rows of several reporters stand in one report, each reporter is named, that of most rows first.
func TestOrigin(t *testing.T) {
	for want, r := range map[string]report.Report{
		"standard input, of a reporter that is not known": {Source: "-", Findings: []report.Finding{{N: 1}}},
		"a.txt, of one":         {Source: "a.txt", Reporter: "one", Findings: []report.Finding{{Reporter: "one"}, {}}},
		"a.txt, of two and one": {Source: "a.txt", Reporter: "two", Findings: []report.Finding{{Reporter: "one"}, {Reporter: "two"}, {Reporter: "two"}}},
	} {
		if got := origin(r).String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
