package derive

import (
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// The times of several sessions are put into order, also where they lie further apart than a machine of 32 bits counts in
// nanoseconds.
func TestSamplesOfFarApartTimes(t *testing.T) {
	b := &evidence.Bundle{Targets: []evidence.Target{{Name: "example.com", Kind: "domain",
		Hosts: []evidence.Host{{Name: "mail.example.com", Addresses: []string{"203.0.113.25"}}}}}}
	for i, late := range []time.Duration{4 * time.Second, 250 * time.Second, time.Second, 100 * time.Second, 7 * time.Second} {
		at := evidence.Seconds(late)
		b.Sessions = append(b.Sessions, evidence.Session{Host: "mail.example.com", Address: "203.0.113.25", Attempt: i + 1, StartedAt: seenAt.Add(time.Duration(i) * time.Hour),
			Events: []evidence.Event{{Step: evidence.StepConnect}, {Step: evidence.StepGreeting, End: at, Reply: &evidence.Reply{Code: 220, Complete: true,
				Lines: []evidence.Line{{Text: "220 mail.example.com", At: at}}, FirstByte: at, LastByte: at}}}})
	}
	set := Facts(b)
	for name, want := range map[facts.Name]time.Duration{facts.SMTPSamplesGreetingMin: time.Second, facts.SMTPSamplesGreetingMed: 7 * time.Second,
		facts.SMTPSamplesGreetingMax: 250 * time.Second} {
		if f, _ := set.Get(name, facts.SessionAt("mail.example.com", "203.0.113.25")); f.Value.Duration() != want {
			t.Errorf("%s is %v, want %v (%v)", name, f.Value, want, f.Why)
		}
	}
}
