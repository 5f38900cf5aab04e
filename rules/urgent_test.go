package rules

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// Which rule is urgent is data: what is confirmed or not decided of it is urgent and stands first, what is not so is neither.
func TestUrgentRules(t *testing.T) {
	text := strings.Replace(goodRule, "    subject: host\n", "    subject: host\n    urgent: true\n", 1)
	c, err := Load(fstest.MapFS{"catalogue/test.yaml": {Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	r := report.Report{Findings: []report.Finding{
		{N: 1, Rule: "smtp/tls-missing", Status: report.Warning, Subject: caseTarget},
		{N: 2, Rule: "test/one", Status: report.Warning, Subject: caseTarget},
		{N: 3, Rule: "smtp/vrfy", Status: report.Warning, Subject: caseTarget},
	}}
	for _, test := range []struct {
		latency time.Duration // 0 for unknown
		outcome Outcome
		urgent  bool
	}{{0, Inconclusive, true}, {40 * time.Second, Confirmed, true}, {10 * time.Second, PolicyDisagreement, false}, {time.Second, FalsePositive, false}} {
		var known []facts.Fact
		if test.latency > 0 {
			known = append(known, latency(test.latency, false))
		}
		j := c.Judge(r, caseView(known, facts.Session).Set)
		for i, v := range j.Verdicts {
			if v.Rule == "test/one" && (v.Verdict != test.outcome || v.Urgent != test.urgent || (i == 0) != test.urgent) {
				t.Errorf("after %v: verdict %d is %s, urgent %t; want %s, urgent %t", test.latency, i+1, v.Verdict, v.Urgent, test.outcome, test.urgent)
			}
			if v.Rule != "test/one" && v.Urgent {
				t.Errorf("%s is urgent", v.Rule)
			}
		}
	}
}

// What nobody tests would be urgent for ever.
func TestUrgentAndUntested(t *testing.T) {
	const text = `schema: mxverdict/rules/1
rules:
  - id: test/two
    about: A test
    subject: host
    urgent: true
    claim: {says: Something.}
    untested: {reason: Nobody knows., next: Ask.}
`
	if _, err := Load(fstest.MapFS{"catalogue/test.yaml": {Data: []byte(text)}}); err == nil || !strings.Contains(err.Error(), "catalogue/test.yaml:3") {
		t.Errorf("%v, want an error with file and line", err)
	}
}
