package smtp_test

import (
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/smtp"
)

// Where one session leaves it open whether a server hangs up, that is the reason, whichever session came to its end before or after.
func TestReasonNotToKnowOfAHangup(t *testing.T) {
	whole := with("mx1.example.net", "7", connected, greeting, offersNot, step(evidence.StepMAIL, "250 ok"), step(evidence.StepRCPT, "250 ok"), step(evidence.StepQUIT, "221 bye"))
	odd := with("mx1.example.net", "7", connected, greeting, offersNot, step(evidence.StepMAIL, "354 go ahead"), step(evidence.StepQUIT, "221 bye"))
	for name, sessions := range map[string][]evidence.Session{"first": {odd, whole}, "last": {whole, odd}} {
		r := read([]evidence.Target{domain("example.com", "7")}, sessions...)
		var set facts.Set
		smtp.Derive(r, &r.Bundle.Targets[0], r.Writer(&set))
		for _, fact := range []facts.Name{facts.SMTPHangup, facts.SMTPHangupStep} {
			if f, _ := set.Get(fact, facts.SessionAt("mx1.example.net", "203.0.113.7")); f.Known() || f.Why.Code != facts.Ambiguous {
				t.Errorf("%s: %s is %v because of %q", name, fact, f.Value, f.Why.Code)
			}
		}
	}
}
