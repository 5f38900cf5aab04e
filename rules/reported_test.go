package rules

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// A number is called changed only where every name server that the row may mean has another one today.
func TestReportedNumbers(t *testing.T) {
	const unheard = -1
	tests := []struct {
		name     string
		reported map[string]float64 // by the name server that the row names
		now      map[string]int     // seconds, by subject
		want     string
	}{
		{"another everywhere", map[string]float64{"": 604800}, map[string]int{"ns1 [192.0.2.1]": 1209600, "ns2 [192.0.2.2]": 1209600}, "604800"},
		{"the same", map[string]float64{"": 604800}, map[string]int{"ns1 [192.0.2.1]": 604800}, ""},
		{"one still has it", map[string]float64{"": 604800}, map[string]int{"ns1 [192.0.2.1]": 1209600, "ns2 [192.0.2.2]": 604800}, ""},
		{"the row names another", map[string]float64{"ns1": 604800}, map[string]int{"ns1 [192.0.2.1]": 1209600, "ns2 [192.0.2.2]": 604800}, "604800"},
		{"one does not answer", map[string]float64{"": 604800}, map[string]int{"ns1 [192.0.2.1]": 1209600, "ns2 [192.0.2.2]": unheard}, ""},
		{"one answers at one of its addresses", map[string]float64{"": 604800}, map[string]int{"ns1 [192.0.2.1]": 1209600, "ns1 [2001:db8::1]": unheard}, "604800"},
		{"two numbers today", map[string]float64{"": 604800}, map[string]int{"ns1 [192.0.2.1]": 1209600, "ns2 [192.0.2.2]": 86400}, " or "},
		{"none in the row", nil, map[string]int{"ns1 [192.0.2.1]": 1209600}, ""},
		{"longer than any time", map[string]float64{"": 1e300}, map[string]int{"ns1 [192.0.2.1]": 1209600}, "1209600"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := &facts.Set{}
			for _, at := range sortedKeys(test.now) {
				server := facts.Subject{Kind: facts.Server, Name: "example.com", At: at}
				s.AddView("example.com", server)
				if test.now[at] == unheard {
					continue
				}
				s.Put(server, yes(facts.DNSSOAAnswered))
				s.Put(server, known(facts.DNSSOAExpire, facts.DurationValue(time.Duration(test.now[at])*time.Second)))
				s.Put(server, no(facts.DNSSOAExpireTooShort))
			}
			f := bad("dns/soa-expire", 1)
			f.Values = map[string]report.Value{}
			for name, n := range test.reported {
				f.Values["expire"] = report.Number(n)
				if name != "" {
					f.Values["nameserver"] = report.Text(name)
				}
			}
			notes := strings.Join(one(t, s, f).Notes, "\n")
			if said := strings.Contains(notes, "has changed since"); said != (test.want != "") || !strings.Contains(notes, test.want) {
				t.Errorf("%q, want %q", notes, test.want)
			}
		})
	}
}

// Each number that rows state is said once, also where several rows that state it share a verdict; one that is still there is not
// said to have changed beside one that has.
func TestSeveralReportedNumbers(t *testing.T) {
	s := &facts.Set{}
	for _, at := range []string{"ns1 [192.0.2.1]", "ns2 [192.0.2.2]"} {
		server := facts.Subject{Kind: facts.Server, Name: "example.com", At: at}
		s.AddView("example.com", server)
		s.Put(server, yes(facts.DNSSOAAnswered))
		s.Put(server, known(facts.DNSSOAExpire, facts.DurationValue(1209600*time.Second)))
		s.Put(server, no(facts.DNSSOAExpireTooShort))
	}
	stated := func(n int, seconds float64) report.Finding {
		f := bad("dns/soa-expire", n)
		f.Values = map[string]report.Value{"expire": report.Number(seconds)}
		return f
	}
	v := one(t, s, stated(1, 604800), stated(2, 1209600), bad("dns/soa-expire", 3), stated(4, 604800), stated(5, 86400))
	notes := strings.Join(v.Notes, "\n")
	if n := strings.Count(notes, "has changed since"); n != 2 || strings.Count(notes, "604800") != 1 || strings.Count(notes, "86400 s (1 day)") != 1 {
		t.Errorf("%d numbers have changed: %s", n, notes)
	}
	if strings.Contains(notes, "1209600 s (14 days) or") {
		t.Errorf("what two servers have alike is said twice: %s", notes)
	}
	unsure := facts.Subject{Kind: facts.Server, Name: "example.com", At: "ns2 [192.0.2.2]"}
	s.Put(unsure, facts.Fact{Name: facts.DNSSOAExpire, Why: facts.Unknown{Code: facts.Disagreement}})
	if v := one(t, s, stated(1, 604800)); strings.Contains(strings.Join(v.Notes, "\n"), "has changed since") {
		t.Errorf("a server that gives two numbers may still have the one of the row: %q", v.Notes)
	}
	s.Put(unsure, known(facts.DNSSOAExpire, facts.DurationValue(1209600*time.Second)))
	bound := facts.Subject{Kind: facts.Server, Name: "example.com", At: "ns1 [192.0.2.1]"}
	s.Put(bound, facts.Fact{Name: facts.DNSSOAExpire, Value: facts.DurationValue(1209600 * time.Second), AtLeast: true})
	if v := one(t, s, stated(1, 604800)); strings.Contains(strings.Join(v.Notes, "\n"), "has changed since") {
		t.Errorf("a lower bound is no number of today: %q", v.Notes)
	}
}

// A rule names a number that some wording captures and a fact that is one.
func TestReportedSettings(t *testing.T) {
	c := load(t)
	for _, id := range []string{"dns/soa-expire", "dns/soa-refresh"} {
		if r := c.Rule(id); r.Reported == nil || !slices.Contains(r.Facts(), r.Reported.Fact) {
			t.Errorf("%s: %+v", id, r.Reported)
		}
	}
	const untested = `schema: mxverdict/rules/1
rules:
  - id: test/untested
    about: Nothing
    subject: zone
    reported: {value: expire, fact: dns.soa.expire}
    claim: {says: It is bad.}
    untested: {code: untested, reason: Nobody knows., next: Wait.}
`
	if _, err := Load(fstest.MapFS{"catalogue/house.yaml": {Data: []byte(untested)}}); err == nil || !strings.Contains(err.Error(), "untested") {
		t.Errorf("a number of a rule that nobody tests: %v", err)
	}
	const stray = `schema: mxverdict/rules/1
rules:
  - id: test/stray
    about: Nothing
    subject: zone
    claim: {says: It is long., holds_when: {fact: dns.soa.expire, above: 5s}}
    say: {policy_disagreement: Let it., changed: It is short.}
    cases:
      - {when: {dns.soa.expire: 6s}, reported: 7s, expect: policy_disagreement}
`
	if _, err := Load(fstest.MapFS{"catalogue/house.yaml": {Data: []byte(stray)}}); err == nil || !strings.Contains(err.Error(), "a case has reported") {
		t.Errorf("a case with a number that its rule does not compare: %v", err)
	}
}
