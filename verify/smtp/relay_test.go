package smtp

import (
	"strings"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/transcript"
)

func TestRelayFacts(t *testing.T) {
	relay := func(control, first, second, invalid, null string) evidence.Session {
		return script(rcpt("control", control), rcpt("first", first), rcpt("second", second), rcpt("invalid", invalid), rcpt("null", null))
	}
	near := func(s evidence.Session) evidence.Session { s.SameNetwork = true; return s }
	const yes, no, ambiguous, refused, torn, untested, failed = "yes", "no", "ambiguous", "refused", "disagreement", "untested", "connect_failed"
	for _, test := range []struct {
		name                string
		accepted, selective string
		sessions            []evidence.Session
	}{
		{"refuses", no, no, []evidence.Session{relay(ok, noRelay, noRelay, noRelay, noRelay)}},
		{"refuses for a while", no, no, []evidence.Session{relay(ok, "454 4.7.1 Relay access denied", "454 4.7.1 Relay access denied", noRelay, noRelay)}},
		{"relays", yes, yes, []evidence.Session{relay(ok, ok, ok, noDomain, ok)}},
		{"says yes to everything", yes, ambiguous, []evidence.Session{relay(ok, ok, ok, ok, ok)}},
		{"relays in one domain", ambiguous, ambiguous, []evidence.Session{relay(ok, ok, noRelay, noRelay, noRelay)}},
		{"relays in the other domain", ambiguous, ambiguous, []evidence.Session{relay(ok, noRelay, ok, noRelay, noRelay)}},
		{"relays for the null sender", ambiguous, ambiguous, []evidence.Session{relay(ok, noRelay, noRelay, noRelay, ok)}},
		{"relays for a neighbour", ambiguous, ambiguous, []evidence.Session{near(relay(ok, ok, ok, noDomain, ok))}},
		{"relays in one domain for a neighbour", ambiguous, ambiguous, []evidence.Session{near(relay(ok, noRelay, ok, noDomain, ok))}},
		{"refuses a neighbour", no, no, []evidence.Session{near(relay(ok, noRelay, noRelay, noRelay, noRelay))}},

		// The control.
		{"control put off", no, no, []evidence.Session{relay(later, noRelay, noRelay, noRelay, noRelay)}},
		{"control refused", refused, refused, []evidence.Session{relay(hated, noRelay, noRelay, noRelay, noRelay)}},
		{"control unknown", refused, refused, []evidence.Session{relay(noUser, noRelay, noRelay, noRelay, noRelay)}},
		{"control put off, first put off for relaying", refused, refused, []evidence.Session{relay(later, "454 4.7.1 Relay access denied", noRelay, noRelay, noRelay)}},
		{"control put off, second put off for relaying", refused, refused, []evidence.Session{relay(later, noRelay, "454 4.7.1 Relay access denied", noRelay, noRelay)}},
		{"control put off, first wants a log-in", refused, refused, []evidence.Session{relay(later, "530 5.7.0 Authentication required", noRelay, noRelay, noRelay)}},
		{"control put off, second wants a log-in", refused, refused, []evidence.Session{relay(later, noRelay, "530 5.7.0 Authentication required", noRelay, noRelay)}},
		{"control torn", torn, torn, []evidence.Session{relay(ok, noRelay, noRelay, noRelay, noRelay), script(rcpt("control", noUser))}},
		{"control not asked", untested, untested, []evidence.Session{script(rcpt("first", noRelay), rcpt("second", noRelay), rcpt("invalid", noRelay))}},

		// What is no refusal to relay.
		{"both want a log-in", no, no, []evidence.Session{relay(ok, "530 5.7.0 Authentication required", "530 5.7.0 Authentication required", noRelay, noRelay)}},
		{"both want a log-in, by 500", no, no, []evidence.Session{relay(ok, "500 5.7.57 no", "500 5.7.57 no", noRelay, noRelay)}},
		{"a log-in is wanted for a while", refused, refused, []evidence.Session{relay(ok, "450 4.7.0 Authentication required", noRelay, noRelay, noRelay)}},
		{"first by a list", refused, refused, []evidence.Session{relay(ok, hated, noRelay, noRelay, noRelay)}},
		{"second by a list", refused, refused, []evidence.Session{relay(ok, noRelay, hated, noRelay, noRelay)}},
		{"first put off", refused, refused, []evidence.Session{relay(ok, later, noRelay, noRelay, noRelay)}},
		{"first unknown, and the domain that cannot exist", no, no, []evidence.Session{relay(ok, noUser, noUser, noUser, noUser)}},
		{"first unknown, but not in a domain that cannot exist", ambiguous, ambiguous, []evidence.Session{relay(ok, noUser, noRelay, noDomain, noRelay)}},
		{"second unknown, but not in a domain that cannot exist", ambiguous, ambiguous, []evidence.Session{relay(ok, noRelay, noUser, noDomain, noRelay)}},
		{"an odd reply", ambiguous, ambiguous, []evidence.Session{relay(ok, "354 go on", noRelay, noRelay, noRelay)}},

		// The domain that cannot exist.
		{"unknown there", yes, yes, []evidence.Session{relay(ok, ok, ok, noUser, ok)}},
		{"not relayed there", yes, yes, []evidence.Session{relay(ok, ok, ok, noRelay, ok)}},
		{"asked elsewhere there", yes, yes, []evidence.Session{relay(ok, ok, ok, "550 recipient callout failed", ok)}},
		{"put off there", yes, refused, []evidence.Session{relay(ok, ok, ok, "450 4.1.2 Domain not found", ok)}},
		{"refused for a list there", yes, refused, []evidence.Session{relay(ok, ok, ok, hated, ok)}},
		{"nobody is accepted after it", yes, ambiguous, []evidence.Session{relay(ok, ok, ok, noDomain, noDomain)}},
		{"nobody is asked for after it", yes, ambiguous, []evidence.Session{script(rcpt("first", ok), rcpt("second", ok), rcpt("invalid", noDomain))}},
		{"an odd form is accepted after it", yes, yes, []evidence.Session{script(rcpt("first", ok), rcpt("second", ok), rcpt("invalid", noDomain), rcpt("null", hated), rcpt("bang", ok))}},
		{"the dialogue goes on after it without a label", yes, ambiguous, []evidence.Session{script(rcpt("first", ok), rcpt("second", ok), rcpt("invalid", noDomain), []string{"; rcpt; 250 Ok"})}},
		{"another session accepts", yes, ambiguous, []evidence.Session{script(rcpt("first", ok), rcpt("second", ok), rcpt("invalid", noDomain)), script(rcpt("control", later), rcpt("null", ok))}},

		// A refused MAIL.
		{"sender of the invalid domain refused", yes, refused, []evidence.Session{script(rcpt("first", ok), rcpt("second", ok), []string{"invalid; mail; 550 5.1.2 Domain not found"}, rcpt("null", ok))}},
		{"sender of the second domain refused", refused, refused, []evidence.Session{script(rcpt("first", ok), []string{"second; mail; 550 5.7.1 Relay access denied"}, rcpt("invalid", noDomain))}},
		{"senders of both domains refused", refused, refused, []evidence.Session{script(rcpt("control", ok), []string{"first; mail; 554 5.7.1 Relay access denied", "second; mail; 554 5.7.1 Relay access denied"})}},
		{"sender of the control put off", refused, refused, []evidence.Session{script([]string{"control; mail; 450 4.7.1 later"}, rcpt("first", noRelay), rcpt("second", noRelay))}},
		{"one sender refused, the other served", no, no, []evidence.Session{script([]string{"first; mail; 550 5.1.8 Sender refused"}, rcpt("first", noRelay), rcpt("second", noRelay), rcpt("control", ok))}},
		{"the recipient refused for one sender, MAIL for the other", refused, refused, []evidence.Session{script(rcpt("first", "550 5.7.23 SPF fail"), []string{"first; mail; 550 Relay access denied"}, rcpt("second", noRelay), rcpt("control", ok))}},

		// Several sessions.
		{"put off, then refused", no, no, []evidence.Session{relay(later, later, later, later, later), relay(ok, noRelay, noRelay, noRelay, noRelay)}},
		{"refused, then put off", no, no, []evidence.Session{relay(ok, noRelay, noRelay, noRelay, noRelay), relay(later, later, later, later, later)}},
		{"put off, then accepted", yes, yes, []evidence.Session{relay(later, later, later, later, later), relay(ok, ok, ok, noDomain, ok)}},
		{"accepted, then refused", torn, torn, []evidence.Session{relay(ok, ok, ok, ok, ok), relay(ok, noRelay, ok, ok, ok)}},
		{"second accepted, then refused", torn, torn, []evidence.Session{relay(ok, noRelay, ok, ok, ok), relay(ok, noRelay, noRelay, ok, ok)}},
		{"accepted, then refused twice", torn, torn, []evidence.Session{relay(ok, ok, ok, ok, ok), relay(ok, noRelay, noRelay, noRelay, noRelay), relay(ok, noRelay, noRelay, noRelay, noRelay)}},
		{"accepted, refused, put off", torn, torn, []evidence.Session{relay(ok, ok, ok, ok, ok), relay(ok, noRelay, noRelay, noRelay, noRelay), relay(later, later, later, later, later)}},

		// Broken ones.
		{"broken at the first", failed, failed, []evidence.Session{script(rcpt("control", ok), rcpt("first", "-"))}},
		{"broken at the second", failed, failed, []evidence.Session{script(rcpt("control", ok), rcpt("first", noRelay), []string{"second; mail; -"})}},
		{"ended at the second", refused, refused, []evidence.Session{script(rcpt("control", ok), rcpt("first", ok), []string{"second; mail; 421 Bye"})}},
		{"not asked", untested, untested, []evidence.Session{scripted()}},
	} {
		if got := factOf(facts.SMTPRelayAccepted, test.sessions...); got != test.accepted {
			t.Errorf("%s: accepted is %s, want %s", test.name, got, test.accepted)
		}
		if got := factOf(facts.SMTPRelaySelective, test.sessions...); got != test.selective {
			t.Errorf("%s: selective is %s, want %s", test.name, got, test.selective)
		}
	}
}

// The reason names what was said, and greylisting only where it can be the reason.
func TestWhyRelayingIsNotKnown(t *testing.T) {
	for _, test := range []struct {
		reply, says string
		hint        bool
	}{
		{later, "Greylisted", true}, {"450 later", "450 later", true}, {"550 Too many recipients", "Too many", false}, {hated, "blacklisted", false}, {"550 no", string(transcript.RefusedOther), false},
	} {
		f := fact(facts.SMTPRelayAccepted, script(rcpt("control", ok), rcpt("first", test.reply), rcpt("second", noRelay)))
		if !strings.Contains(f.Why.Detail, test.says) || strings.Contains(f.Why.Detail, "greylist-wait") != test.hint {
			t.Errorf("%s: %s", test.reply, f.Why.Detail)
		}
	}
	f := fact(facts.SMTPRelayAccepted, script(rcpt("control", ok), rcpt("first", ok), []string{"second; mail; 550 Quota exceeded"}))
	if !strings.Contains(f.Why.Detail, "foreign domain was accepted") || !strings.Contains(f.Why.Detail, "Quota exceeded") {
		t.Errorf("after a limit: %s", f.Why.Detail)
	}
	f = fact(facts.SMTPRelayAccepted, script(rcpt("control", hated), rcpt("first", noRelay), rcpt("second", noRelay)))
	if !strings.Contains(f.Why.Detail, "blacklisted") || !strings.HasSuffix(f.Evidence, transcript.AboutRelayControl) {
		t.Errorf("with the control refused: %s (%s)", f.Why.Detail, f.Evidence)
	}
}

func TestRelayRemarks(t *testing.T) {
	refuses := [][]string{rcpt("control", ok), rcpt("first", noRelay), rcpt("second", noRelay)}
	with := func(parts ...[]string) evidence.Session { return script(append(refuses[:3:3], parts...)...) }
	for _, test := range []struct {
		name     string
		fact     facts.Name
		want     string
		sessions []evidence.Session
	}{
		{"none", facts.SMTPRelayOddForms, "", []evidence.Session{with(rcpt("percent", noRelay))}},
		{"one", facts.SMTPRelayOddForms, "percent sign", []evidence.Session{with(rcpt("percent", ok), rcpt("bang", noRelay))}},
		{"two", facts.SMTPRelayOddForms, "percent sign, bang path", []evidence.Session{with(rcpt("percent", ok), rcpt("bang", ok))}},
		{"once accepted, once refused", facts.SMTPRelayOddForms, "", []evidence.Session{with(rcpt("percent", ok)), with(rcpt("percent", noRelay))}},
		{"a sender accepted", facts.SMTPRelayOddForms, "", []evidence.Session{with([]string{"percent; mail; 250 Ok"})}},
		{"beside an open relay", facts.SMTPRelayOddForms, "untested", []evidence.Session{script(rcpt("first", ok), rcpt("second", ok), rcpt("percent", ok))}},
		{"beside nothing", facts.SMTPRelayOddForms, "untested", []evidence.Session{scripted()}},
		{"nothing put off", facts.SMTPRelayGreylisted, "no", []evidence.Session{with()}},
		{"control put off", facts.SMTPRelayGreylisted, "yes", []evidence.Session{script(rcpt("control", later), rcpt("first", noRelay), rcpt("second", noRelay))}},
		{"first put off", facts.SMTPRelayGreylisted, "yes", []evidence.Session{script(rcpt("control", ok), rcpt("first", later), rcpt("second", noRelay))}},
		{"second put off", facts.SMTPRelayGreylisted, "yes", []evidence.Session{script(rcpt("control", ok), rcpt("first", noRelay), rcpt("second", later))}},
		{"a limit for good", facts.SMTPRelayGreylisted, "no", []evidence.Session{script(rcpt("control", ok), rcpt("first", "550 Too many recipients"), rcpt("second", noRelay))}},
		{"put off not asked", facts.SMTPRelayGreylisted, "untested", []evidence.Session{scripted()}},
	} {
		if got := factOf(test.fact, test.sessions...); got != test.want {
			t.Errorf("%s, %s: %s, want %s", test.fact, test.name, got, test.want)
		}
	}
}
