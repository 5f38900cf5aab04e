package rules

import (
	"slices"
	"testing"
	"time"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// Rows that name different name servers are different claims, with verdicts of their own; rows that name the same one are one.
func TestRowsOfDifferentServersAreNotMerged(t *testing.T) {
	c := load(t)
	row := func(n int, server string) report.Finding {
		return report.Finding{N: n, Rule: "dns/ns-unresponsive", Status: report.Error, Subject: caseTarget, Wording: "w",
			Values: map[string]report.Value{"nameserver": report.Text(server)}}
	}
	set := &facts.Set{}
	for server, answers := range map[string]bool{"ns1.example.com": true, "ns2.example.com": false} {
		subject := facts.Subject{Kind: facts.Server, Name: caseTarget, At: server + " [192.0.2.53]"}
		set.AddView(caseTarget, subject)
		for _, name := range c.Rule("dns/ns-unresponsive").Facts() {
			if def, _ := facts.Define(name); def.Scope == facts.Server && def.Kind == facts.Bool {
				set.Put(subject, facts.Fact{Name: name, Value: facts.BoolValue(answers)})
			}
		}
	}
	j := c.Judge(report.Report{Findings: []report.Finding{row(1, "ns1.example.com"), row(2, "ns2.example.com"), row(3, "ns1.example.com")}}, set)
	if len(j.Verdicts) != 2 {
		t.Fatalf("%d verdicts, want one for each of two servers", len(j.Verdicts))
	}
	var rows [][]int
	for _, v := range j.Verdicts {
		var numbers []int
		for _, f := range v.Findings {
			numbers = append(numbers, f.N)
		}
		rows = append(rows, numbers)
	}
	if !slices.Equal(rows[0], []int{1, 3}) || !slices.Equal(rows[1], []int{2}) {
		t.Errorf("verdicts on the rows %v, want [[1 3] [2]]", rows)
	}
}

// The OK rows that a reporter who left early cannot have tested are those about the server that it left, not those about another.
func TestNeverTestedIsAboutOneTarget(t *testing.T) {
	s := &facts.Set{}
	session(s, "example.com", "203.0.113.1", yes(facts.SMTPGreetingReceived), known(facts.SMTPGreetingCode, facts.IntValue(220)),
		latency(16*time.Second, false), yes(facts.SMTPGreetingHasPTR), known(facts.DNSPTRNames, facts.ListValue([]string{"mail.example.com"})))
	ok := func(n int, subject string) report.Finding {
		return report.Finding{N: n, Rule: "smtp/open-relay", Status: report.OK, Subject: subject, Wording: "w"}
	}
	j := load(t).Judge(report.Report{Reporter: "mxtoolbox", Findings: []report.Finding{bad("smtp/banner-mismatch", 1), ok(2, "example.com"), ok(3, "example.net"), ok(4, "")}}, s)
	if len(j.Causes) != 1 || !slices.Equal(j.Causes[0].NeverTested, []int{2}) {
		t.Errorf("causes %+v, want one that says of row 2 alone that it was never tested", j.Causes)
	}
}
