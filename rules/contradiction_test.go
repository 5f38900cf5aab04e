package rules

import (
	"testing"

	"mxverdict/parser/report"
)

// An OK row contradicts a warning only if both are about the same: rule, subject, and whatever else they name, such as a name server.
func TestRowsAboutDifferentThingsAreNoContradiction(t *testing.T) {
	of := func(rule, subject, server string, status report.Status) report.Finding {
		f := row(rule, 1, subject, status)
		f.Run, f.Values = 1, map[string]report.Value{"nameserver": report.Text(server), "seconds": report.Number(5)}
		return f
	}
	unplaced := func(f report.Finding) report.Finding { f.Run = 0; return f }
	warning := of("dns/soa-expire", "example.com", "ns1.example.com", report.Warning)
	for name, test := range map[string]struct {
		ok   report.Finding
		want bool
	}{
		"the same":       {of("dns/soa-expire", "example.com", "ns1.example.com", report.OK), true},
		"another server": {of("dns/soa-expire", "example.com", "ns2.example.com", report.OK), false},
		"another zone":   {of("dns/soa-expire", "example.net", "ns1.example.com", report.OK), false},
		"another rule":   {of("dns/soa-retry", "example.com", "ns1.example.com", report.OK), false},
		"of no result":   {unplaced(of("dns/soa-expire", "example.com", "ns1.example.com", report.OK)), false},
	} {
		test.ok.N = 2
		found := contradictions(report.Report{Reporter: "mxtoolbox", Findings: []report.Finding{warning, test.ok}})
		if _, got := found[1]; got != test.want {
			t.Errorf("%s: a contradiction %v, want %v", name, got, test.want)
		}
	} // Rows that are in no result may be of two.
	first, second := unplaced(warning), unplaced(of("dns/soa-expire", "example.com", "ns1.example.com", report.OK))
	second.N = 2
	if found := contradictions(report.Report{Reporter: "mxtoolbox", Findings: []report.Finding{first, second}}); len(found) != 0 {
		t.Errorf("rows of no result contradict each other: %v", found)
	}
}
