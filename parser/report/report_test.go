package report_test

import (
	"encoding/json"
	"testing"

	"mxverdict/parser/report"
)

// Evidence is kept for long. A report that was saved before each row named its reporter is read as if it did.
func TestReportOfOldEvidence(t *testing.T) {
	const saved = `{"schema":"mxverdict/report/1","reporter":"one","findings":[{"n":1,"rule":"smtp/connect"},
		{"n":2,"rule":""},{"n":3,"rule":"smtp/connect","reporter":"other"}]}`
	var r report.Report
	if err := json.Unmarshal([]byte(saved), &r); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"one", "", "other"} {
		if got := r.Findings[i].Reporter; got != want {
			t.Errorf("row %d: %q, want %q", i+1, got, want)
		}
	}
}
