package rules

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// acceptedAt judges a row about a name whose hosts are slow, and accepts on a day.
func acceptedAt(t *testing.T, subject, day string, hosts map[string]string, rows ...report.Finding) Judgement {
	t.Helper()
	c := under(t, fmt.Sprintf("accepted: [{rule: test/slow, subject: %q, reason: It is old., by: Jane Doe, until: 2027-03-31}]\n", subject))
	s := &facts.Set{}
	for address, host := range hosts {
		at := facts.Subject{Kind: facts.Session, Name: host, At: address}
		s.AddView("example.com", at)
		s.Put(at, latency(16*time.Second, false))
		s.Put(at, ready(554))
	}
	if len(rows) == 0 {
		rows = []report.Finding{bad("test/slow", 1)}
	}
	j := c.Judge(report.Report{Findings: rows}, s)
	at, err := time.Parse(time.DateTime, day)
	if err != nil {
		t.Fatal(err)
	}
	c.Accept(&j, at)
	return j
}

// An acceptance covers the whole of a verdict or nothing of it, until the end of its last day.
func TestAcceptance(t *testing.T) {
	one := map[string]string{"192.0.2.1": "mx1.example.com"}
	two := map[string]string{"192.0.2.1": "mx1.example.com", "192.0.2.2": "mx2.example.com"}
	const before, lastSecond, after = "2026-11-30 12:00:00", "2027-03-31 23:59:59", "2027-04-01 00:00:00"
	for name, test := range map[string]struct {
		subject, day     string
		hosts            map[string]string
		accepted, lapsed bool
	}{
		"the name of the report":      {"example.com", before, two, true, false},
		"in another spelling":         {"EXAMPLE.com.", before, two, true, false},
		"on the last day":             {"example.com", lastSecond, two, true, false},
		"after it":                    {"example.com", after, two, false, true},
		"another name":                {"example.net", before, two, false, false},
		"another name, after it":      {"example.net", after, two, false, false},
		"the only host":               {"mx1.example.com", before, one, true, false},
		"one of two hosts":            {"mx1.example.com", before, two, false, false},
		"all below":                   {"*.example.com", before, two, true, false},
		"all below is not the name":   {"*.com.example.com", before, two, false, false},
		"an address":                  {"192.0.2.1", before, one, true, false},
		"an address in a longer form": {"::ffff:192.0.2.1", before, one, true, false},
		"one of two addresses":        {"192.0.2.1", before, two, false, false},
		"a part of a label":           {"ample.com", before, two, false, false},
	} {
		j := acceptedAt(t, test.subject, test.day, test.hosts)
		v := j.Verdicts[0]
		if v.Verdict != Confirmed || j.Summary.Confirmed != 1 {
			t.Fatalf("%s: the label is %s", name, v.Verdict)
		}
		if (v.Accepted != nil) != test.accepted || (v.Lapsed != nil) != test.lapsed || (j.Summary.Accepted == 1) != test.accepted {
			t.Errorf("%s: accepted %v, lapsed %v, counted %d", name, v.Accepted, v.Lapsed, j.Summary.Accepted)
		}
		said := strings.Join(v.Policy, " ")
		if (test.accepted || test.lapsed) != (strings.Contains(said, "Jane Doe: It is old") && strings.Contains(said, "2027-03-31")) || test.lapsed != strings.Contains(said, "no more") {
			t.Errorf("%s: says %q", name, said)
		}
	}
}

// What is not true, or has no time, needs no acceptance; one that is not decided is marked, and is not counted.
func TestAcceptanceOfOtherVerdicts(t *testing.T) {
	c := under(t, "accepted: [{rule: test/slow, subject: example.com, reason: old, by: Jane Doe, until: 2027-03-31}]\n")
	now := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		known []facts.Fact
		at    time.Time
		want  bool
	}{
		"false positive": {[]facts.Fact{latency(time.Second, false), ready(220)}, now, false},
		"disagreement":   {[]facts.Fact{latency(16*time.Second, false), ready(220)}, now, true},
		"not decided":    {[]facts.Fact{latency(16*time.Second, false)}, now, true},
		"no time":        {[]facts.Fact{latency(16*time.Second, false), ready(554)}, time.Time{}, false},
	} {
		s := &facts.Set{}
		session(s, "example.com", "203.0.113.1", test.known...)
		j := c.Judge(report.Report{Findings: []report.Finding{bad("test/slow", 1)}}, s)
		c.Accept(&j, test.at)
		if v := j.Verdicts[0]; (v.Accepted != nil) != test.want || j.Summary.Accepted != 0 {
			t.Errorf("%s: %s, accepted %v, counted %d", name, v.Verdict, v.Accepted, j.Summary.Accepted)
		}
	}
}

// Of several acceptances one that still counts is taken, however near the others are.
func TestNearestAcceptanceThatCounts(t *testing.T) {
	c := under(t, `accepted:
  - {rule: test/slow, subject: a.example.com, reason: near, by: Jane Doe, until: 2026-01-31}
  - {rule: test/slow, subject: "*.example.com", reason: far, by: Jane Doe, until: 2027-01-31}
`)
	names := placeNames{whole: []string{"a.example.com"}}
	for year, want := range map[int]string{2025: "near", 2026: "far", 2028: "near"} {
		if a := c.policy.acceptance("test/slow", names, time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC)); a == nil || a.Reason != want {
			t.Errorf("%d: %v", year, a)
		}
	}
}

// A DKIM key is judged at the name of its selector, and is accepted by the domain of the report too.
func TestAcceptanceAtPlaces(t *testing.T) {
	c, err := load(t).Under("policy.yaml", []byte("schema: mxverdict/policy/1\norganisation: Example Hosting\naccepted: [{rule: dkim/key, subject: example.com, reason: old, by: Jane Doe, until: 2027-03-31}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	f := bad("dkim/key", 1)
	f.Values = map[string]report.Value{"selector": report.Text("s1")}
	j := c.Judge(report.Report{Findings: []report.Finding{f}}, &facts.Set{})
	c.Accept(&j, time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC))
	if v := j.Verdicts[0]; v.Accepted == nil {
		t.Errorf("%s: not accepted", v.Subject)
	}
}
