package rules

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// slow is a rule about the greeting and the code in it.
const slow = `  - id: test/slow
    about: A test
    subject: host
    shows: [would_see, patience]
    judged_where: {fact: smtp.greeting.latency, known: true}
    claim: {says: It is slow., holds_when: {all: [{fact: smtp.greeting.latency, above: 5s}, {fact: smtp.greeting.code, is: 220}]}}
    notes: [{says: Something says so., when: {fact: smtp.greeting.text, known: true}}]
    say: {policy_disagreement: Slow., changed: Fast.}
    cases:
      - {name: slow, when: {smtp.greeting.latency: 16s, smtp.greeting.code: 220}, expect: policy_disagreement}
      - {name: fast, when: {smtp.greeting.latency: 1s, smtp.greeting.code: 220}, expect: false_positive}
`

// judgeSlow judges a row of that rule.
func judgeSlow(t *testing.T, s *facts.Set) Verdict {
	t.Helper()
	return house(t, slow).Judge(report.Report{Reporter: "mxtoolbox", Findings: []report.Finding{bad("test/slow", 1)}}, s).Verdicts[0]
}

// A verdict is as old as the oldest fact that it rests on. A fact without a time, such as what the user told, makes it no older.
func TestVerdictIsAsOldAsItsOldestFact(t *testing.T) {
	older, newer := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC), time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct{ latency, code, want time.Time }{
		"the first":  {older, newer, older},
		"the second": {newer, older, older},
		"only one":   {time.Time{}, newer, newer},
		"none":       {},
	} {
		s, wait, code := &facts.Set{}, latency(16*time.Second, false), known(facts.SMTPGreetingCode, facts.IntValue(220))
		wait.At, code.At = test.latency, test.code
		session(s, "example.com", "203.0.113.1", wait, code)
		v := judgeSlow(t, s)
		if test.want.IsZero() != (v.MeasuredAt == nil) || v.MeasuredAt != nil && !v.MeasuredAt.Equal(test.want) {
			t.Errorf("%s: measured at %v, want %v", name, v.MeasuredAt, test.want)
		}
	}
}

// A remark names the address of which it is true, where that is not the one that the sentences speak of.
func TestRemarkAboutAnotherAddress(t *testing.T) {
	text := known(facts.SMTPGreetingText, facts.TextValue("mail.example.com"))
	code := known(facts.SMTPGreetingCode, facts.IntValue(220))
	for name, test := range map[string]struct {
		at   []string // where there is a text
		want string
	}{
		"of the slow one":  {[]string{"203.0.113.1"}, "Something says so."},
		"of the other one": {[]string{"203.0.113.2"}, "mail.example.com [203.0.113.2]: Something says so."},
		"of both":          {[]string{"203.0.113.1", "203.0.113.2"}, "Something says so."},
		"of none":          {nil, ""},
	} {
		s := &facts.Set{}
		for address, wait := range map[string]time.Duration{"203.0.113.1": 16 * time.Second, "203.0.113.2": time.Second} {
			seen := []facts.Fact{latency(wait, false), code}
			if slices.Contains(test.at, address) {
				seen = append(seen, text)
			}
			session(s, "example.com", address, seen...)
		}
		notes := slices.DeleteFunc(judgeSlow(t, s).Notes, func(n string) bool { return !strings.Contains(n, "Something") })
		if got := strings.Join(notes, " "); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// What clients of other patience would have seen is told of sessions that count, and of nothing else.
func TestTablesNeedASession(t *testing.T) {
	s := &facts.Set{}
	session(s, "example.com", "203.0.113.1", latency(16*time.Second, false), known(facts.SMTPGreetingCode, facts.IntValue(220)))
	if v := judgeSlow(t, s); len(v.WouldSee) == 0 || len(v.Patience) == 0 {
		t.Errorf("of a session: %d and %d rows", len(v.WouldSee), len(v.Patience))
	}
	if v := judgeSlow(t, &facts.Set{}); len(v.WouldSee) != 0 || len(v.Patience) != 0 {
		t.Errorf("of none: %d and %d rows", len(v.WouldSee), len(v.Patience))
	}
}

// An address at which nothing could be judged is no part of the proof that a claim is false at the others.
func TestProofIsOfTheAddressesThatCount(t *testing.T) {
	s := &facts.Set{}
	session(s, "example.com", "203.0.113.1", yes(facts.SMTPGreetingReceived), latency(time.Second, false), known(facts.SMTPGreetingCode, facts.IntValue(220)))
	session(s, "example.com", "203.0.113.2", facts.Fact{Name: facts.SMTPGreetingReceived, Why: facts.Unknown{Code: facts.Refused, Detail: "turned away"}},
		known(facts.SMTPGreetingCode, facts.IntValue(554)))
	v := judgeSlow(t, s)
	if v.Verdict != FalsePositive || len(v.Measured) == 0 {
		t.Fatalf("%s, %d facts", v.Verdict, len(v.Measured))
	}
	for _, m := range v.Measured {
		if m.Subject != "mail.example.com [203.0.113.1]" {
			t.Errorf("%s of %s", m.Fact, m.Subject)
		}
	}
}

// A place sees the facts of what it belongs to, and of nothing else.
func TestWhatAPlaceSees(t *testing.T) {
	kinds := []facts.SubjectKind{facts.Session, facts.Host, facts.Server, facts.Zone, facts.Target}
	for kind, want := range map[facts.SubjectKind][]facts.SubjectKind{
		facts.Session: {facts.Session, facts.Host}, facts.Host: {facts.Host}, facts.Server: {facts.Server, facts.Zone}, facts.Zone: {facts.Zone}, facts.Target: {facts.Target},
	} {
		v := View{Subjects: []facts.Subject{{Kind: kind, Name: "mail.example.com", At: "203.0.113.1"}}}
		if got := slices.DeleteFunc(slices.Clone(kinds), func(k facts.SubjectKind) bool { return !v.sees(k) }); !slices.Equal(got, want) {
			t.Errorf("%s sees %v, want %v", kind, got, want)
		}
	}
}
