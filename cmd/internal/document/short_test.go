package document

import (
	"slices"
	"strings"
	"testing"

	"mxverdict/cmd/internal/document/invented"
	"mxverdict/rules"
	"mxverdict/verify/evidence"
)

func TestSectionsOfOneDocumentShareALine(t *testing.T) {
	var got []string
	for _, text := range citations([]string{"rfc8461#5", "rfc7435", "rfc1912#2.2", "rfc8461", "rfc7435#3", "rfc8461#4.2", "https://example.com/a", "https://example.com/a#b"}) {
		if got = append(got, text.String()); len(text) != 1 || text[0].Kind != Citation || strings.HasPrefix(text.String(), "RFC") != (text[0].Link != "") || strings.Contains(text[0].Link, ",") {
			t.Errorf("%+v", text)
		}
	}
	want := []string{"RFC 8461 sections 5, 4.2", "RFC 7435 section 3", "RFC 1912 section 2.2", "https://example.com/a", "https://example.com/a#b"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Many addresses that serve everybody at once are one line, and what differs stays apart.
func TestSubjectsWithTheSameTimesShareATable(t *testing.T) {
	var v rules.Verdict
	for _, subject := range []string{"a", "b", "c"} {
		for _, limit := range []float64{1, 15} {
			seen := rules.True
			if subject == "c" && limit == 15 || limit == 1 {
				seen = rules.False
			}
			v.WouldSee = append(v.WouldSee, rules.WouldSee{Subject: subject, Limit: limit, Greeting: seen, STARTTLS: seen})
		}
	}
	r := invented.Founding()
	r.Judgement.Verdicts = []rules.Verdict{v}
	got := whole(r)
	for _, want := range []string{"PATIENCE  a, b\n   Would see: waiting 1 s: sees nothing, hangs up before the greeting\n   waiting 15 s: sees everything\n",
		"PATIENCE  c\n   Would see: waiting 1 s, 15 s: sees nothing"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

// A sender and a recipient that belong to one test carry its label once.
func TestTestsAreLabelledOnce(t *testing.T) {
	event := func(step evidence.Step, about, sent string) evidence.Event {
		return evidence.Event{Step: step, About: about, Sent: sent}
	}
	r := invented.Founding()
	r.Evidence.Sessions = []evidence.Session{{Events: []evidence.Event{
		event(evidence.StepRSET, "relay: one", "RSET"),
		event(evidence.StepMAIL, "relay: one", "MAIL 1"), event(evidence.StepRCPT, "relay: one", "RCPT 1"), event(evidence.StepRSET, "relay: one", "RSET"),
		event(evidence.StepMAIL, "relay: two", "MAIL 2"), event(evidence.StepRCPT, "relay: two", "RCPT 2"), event(evidence.StepRSET, "relay: two", "RSET"),
	}}}
	got := whole(r)
	if strings.Count(got, "relay: one") != 1 || strings.Count(got, "relay: two") != 1 || strings.Index(got, "relay: two") < strings.Index(got, "RCPT 1") {
		t.Error(got)
	}
}

func TestAReasonIsSaidOnce(t *testing.T) {
	v := rules.Verdict{Says: "Nobody knows. Missing: it was put off.", Trail: []string{"a: not known, it was put off", "b: not known, it is late", "c: yes"}}
	want := []string{"a: not known, as said above", "b: not known, it is late", "c: yes"}
	if got := trail(v); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// The tree of a zone is drawn once; another one is drawn too. The name of a root server is not always known.
func TestTreeIsDrawnOnce(t *testing.T) {
	other := invented.Delegation()
	other.Zones[0].Servers[0].Name = ""
	r := invented.Founding()
	r.Judgement.Verdicts = []rules.Verdict{{Verdict: rules.Confirmed, Delegation: invented.Delegation()},
		{Verdict: rules.Confirmed, Delegation: invented.Delegation()}, {Verdict: rules.Confirmed, Delegation: other}}
	if got := whole(r); strings.Count(got, "(the root)") != 2 || strings.Count(got, "as drawn in verdict 1") != 1 || strings.Contains(got, "at  [") {
		t.Error(got)
	}
}

// The connection at which no server can stand is shown where somebody answered it, because it is why nothing is known; else it tells
// nothing. A control says what it is for.
func TestDecoyIsShownWhereItWasAnswered(t *testing.T) {
	for _, answered := range []bool{true, false} {
		r := invented.Founding()
		r.Evidence.Vantage.Intercepted = answered
		r.Evidence.Sessions = []evidence.Session{
			{Host: "mail.example.com", Address: "203.0.113.25", Port: 25, Attempt: 2}, {Host: "mx.example.net", Address: "198.51.100.25", Port: 25, Attempt: 1, Control: true},
			{Address: "192.0.2.1", Port: 25, Attempt: 1, Decoy: true}}
		got := whole(r)
		if strings.Contains(got, "192.0.2.1]") != answered || strings.Contains(got, "answers for everybody") != answered {
			t.Errorf("answered %v:\n%s", answered, got)
		}
		if strings.Count(got, "a control: it shows") != 1 || strings.Count(got, "attempt 2") != 1 || strings.Contains(got, "attempt 1") {
			t.Errorf("sessions are not told apart:\n%s", got)
		}
	}
}
