package smtp

import (
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// A reply that broke off is no answer, whatever its first lines said: the last line may have taken it back.
func TestReplyThatBrokeOffIsNoAnswer(t *testing.T) {
	whole := map[facts.Name]evidence.Session{
		facts.SMTPPostmasterAccepted: script(rcpt("ours", ok), rcpt("nobody", ok)),
		facts.SMTPRelayAccepted:      script(rcpt("control", ok), rcpt("first", ok), rcpt("second", ok), rcpt("invalid", noDomain), rcpt("null", ok)),
		facts.SMTPVRFYDiscloses:      scripted("known; vrfy; 250 Postmaster", "random; vrfy; "+noUser),
	}
	for name, s := range whole {
		if got := factOf(name, s); got != "yes" {
			t.Errorf("%s, whole: %s", name, got)
		}
		for i := range s.Events {
			if e := &s.Events[i]; e.About != "" && e.Reply != nil {
				e.Reply.Complete, e.Failure = false, &evidence.Failure{Kind: evidence.EOF}
			}
		}
		if got := factOf(name, s); got != "connect_failed" {
			t.Errorf("%s, broken off: %s", name, got)
		}
	}
}
