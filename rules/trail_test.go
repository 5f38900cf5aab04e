package rules

import (
	"testing"
	"time"

	"mxverdict/verify/facts"
)

// A step says what was measured and on which side of the limit it is. A lower bound is never written as a figure.
func TestStepInWords(t *testing.T) {
	exact, bound := latency(16*time.Second, false), latency(300*time.Second, true)
	cited := exact
	cited.Evidence = "session 1, greeting"
	count := facts.Fact{Name: facts.SMTPHostsGreeting, Value: facts.IntValue(2), AtLeast: true}
	unknown := facts.Fact{Name: facts.SMTPGreetingLatency, Why: facts.Unknown{Code: facts.NoGreeting, Detail: "no greeting came"}}
	tests := []struct {
		condition string
		fact      facts.Fact
		want      string
	}{
		{"{fact: smtp.greeting.latency, above: 15s}", exact, "smtp.greeting.latency: 16 s, above 15 s"},
		{"{fact: smtp.greeting.latency, above: 15s}", cited, "smtp.greeting.latency: 16 s (session 1, greeting), above 15 s"},
		{"{fact: smtp.greeting.latency, above: 20s}", exact, "smtp.greeting.latency: 16 s, at most 20 s"},
		{"{fact: smtp.greeting.latency, at_most: 20s}", exact, "smtp.greeting.latency: 16 s, at most 20 s"},
		{"{fact: smtp.greeting.latency, at_most: 10s}", exact, "smtp.greeting.latency: 16 s, above 10 s"},
		{"{fact: smtp.greeting.latency, below: 10s}", exact, "smtp.greeting.latency: 16 s, at least 10 s"},
		{"{fact: smtp.greeting.latency, at_least: 20s}", exact, "smtp.greeting.latency: 16 s, below 20 s"},
		{"{fact: smtp.greeting.latency, outside: [10s, 20s]}", exact, "smtp.greeting.latency: 16 s, within 10 s to 20 s"},
		{"{fact: smtp.greeting.latency, above: 15s}", bound, "smtp.greeting.latency: at least 300 s, where our own patience ended, above 15 s"},
		{"{fact: smtp.greeting.latency, above: 310s}", bound, "smtp.greeting.latency: at least 300 s, where our own patience ended, which does not decide whether above 310 s"},
		{"{fact: smtp.greeting.latency, above: $limit}", exact, "smtp.greeting.latency: 16 s"},
		{"{fact: smtp.greeting.latency, above: 15s}", unknown, "smtp.greeting.latency: not known, no greeting came"},
		{"{fact: smtp.addresses.greeting, above: 1}", count, "smtp.addresses.greeting: at least 2, above 1"},
		{"{fact: smtp.greeting.code, in: [421, 554]}", known(facts.SMTPGreetingCode, facts.IntValue(220)), "smtp.greeting.code: 220, not in 421, 554"},
		{"{fact: smtp.greeting.code, is: 220}", known(facts.SMTPGreetingCode, facts.IntValue(220)), "smtp.greeting.code: 220"},
		{"{fact: smtp.ehlo.starttls, is: true}", no(facts.SMTPEHLOSTARTTLS), "smtp.ehlo.starttls: no"},
	}
	for _, test := range tests {
		view := View{Set: &facts.Set{}, Subjects: []facts.Subject{{Kind: facts.Session, Name: "mail.example.com", At: "203.0.113.1"}}}
		view.Set.Put(view.Subjects[0], test.fact)
		var trail Trail
		condition(t, test.condition).Eval(view, &trail)
		if len(trail) != 1 || trail[0].String() != test.want {
			t.Errorf("%s: %q, want %q", test.condition, trail, test.want)
		}
	}
}

// A bound is written as one wherever a sentence is filled, and what is not known as not known.
func TestSentencesOfBounds(t *testing.T) {
	view := set(latency(300*time.Second, true), known(facts.SMTPGreetingCode, facts.IntValue(220)))
	view.Parameters = map[string]Parameter{"limit": {Value: facts.DurationValue(5 * time.Second)}, "max": {}}
	const text = "{smtp.greeting.latency}, {smtp.greeting.code}, {limit}, {max}, {smtp.greeting.text}, {host}"
	const want = "at least 300 s, 220, 5 s, an unknown limit, an unknown value, mail.example.com"
	if got := fill(text, view, map[string]string{"host": "mail.example.com"}); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
