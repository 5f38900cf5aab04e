package rules

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// Several comparisons of one measurement share a line, those of other servers do not.
func TestTrailSaysEachMeasurementOnce(t *testing.T) {
	step := func(fact facts.Fact, asked string, truth Truth) Step {
		return Step{Fact: fact, Asked: asked, Truth: truth}
	}
	wait := facts.Fact{Name: facts.SMTPGreetingLatency, Value: facts.DurationValue(6 * time.Second), Evidence: "session 1, greeting"}
	longer := wait
	longer.Value = facts.DurationValue(60 * time.Second)
	mode := facts.Fact{Name: facts.MTASTSMode, Value: facts.TextValue("enforce")}
	open := facts.Fact{Name: facts.SMTPGreetingReceived, Why: facts.Unknown{Code: facts.Refused, Detail: "turned away"}}
	var trail trailLines
	for _, s := range []Step{step(wait, "above 5 s", True), step(wait, "at least 300 s", False), step(wait, "at least 30 s", False),
		step(wait, "above 5 s", True), step(longer, "above 5 s", True), step(mode, "is enforce", True), step(mode, "is testing", False),
		step(open, "is true", Unknown), step(open, "known", False)} {
		trail.add("", s)
	}
	trail.add("ns1: ", step(wait, "above 5 s", True))
	want := []string{"smtp.greeting.latency: 6 s (session 1, greeting), above 5 s, below 300 s, below 30 s",
		"smtp.greeting.latency: 60 s (session 1, greeting), above 5 s", "mtasts.mode: enforce",
		"smtp.greeting.received: not known, turned away", "ns1: smtp.greeting.latency: 6 s (session 1, greeting), above 5 s"}
	if !slices.Equal(trail.lines, want) {
		t.Errorf("%q\nwant %q", trail.lines, want)
	}
}

// The numbers say at which of several addresses a claim is true.
func TestShare(t *testing.T) {
	for want, holds := range map[string][]Truth{
		"True at 1 of 2 name server addresses judged: ns0.example.com [192.0.2.10].": {True, False},
		"True at 1 of 2 name server addresses judged: ns2.example.com [192.0.2.12].": {False, Unknown, True},
		"True at all 2 name server addresses judged.":                                {True, True},
		"True at the one name server address judged.":                                {Unknown, True},
		"Not true at any of the 3 name server addresses judged.":                     {False, False, False},
		"Not true at the one name server address judged.":                            {False},
	} {
		cl := &claim{catalogue: load(t), rule: &Rule{Subject: string(facts.Zone)}}
		judged := 0
		for i, truth := range holds {
			at := "ns" + string(rune('0'+i)) + ".example.com [192.0.2.1" + string(rune('0'+i)) + "]"
			cl.views = append(cl.views, viewResult{subject: facts.Subject{Kind: facts.Server, Name: "example.com", At: at}, counts: True, holds: truth})
			if truth != Unknown {
				judged++
			}
		}
		if got := cl.share(judged); got != want {
			t.Errorf("%v: %q, want %q", holds, got, want)
		}
	}
}

// A reader of a verdict learns which limits are not the reporter's, the lower one first.
func TestYardstick(t *testing.T) {
	c := load(t)
	for rule, want := range map[string]string{
		"dns/soa-refresh":       "1200 s (the shorter of two spans in RFC 1912 section 2.2) to 43200 s (the longer",
		"smtp/transaction-time": "limit is not published; our yardstick is 5 s (",
		"smtp/tls-missing":      "",
	} {
		r := c.Rule(rule)
		cl := &claim{catalogue: c, rule: r, parameters: c.parametersOf(r, report.Finding{}, "")}
		if got := cl.yardstick(); !strings.Contains(got, want) || (want == "") != (got == "") {
			t.Errorf("%s: %q, want %q", rule, got, want)
		}
	}
}
