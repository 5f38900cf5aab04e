package smtp

import (
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// How STARTTLS can end in one session.
var (
	tlsWorked    = greetedAnd(ending(listing(), agreedTo(), shookHands("TLS 1.3"), repliedTo(evidence.StepEHLOTLS, 0, "250 mail.example.com"))...)
	tlsWasAbsent = greetedAnd(ending(listingNone(), repliedTo(evidence.StepSTARTTLS, 0, "502 5.5.1 no such command"))...)
	tlsWasDead   = greetedAnd(ending(listing(), repliedTo(evidence.StepSTARTTLS, 0, "454 4.7.0 TLS not available"))...)

	tlsBroke   = greetedAnd(listing(), agreedTo(), brokeAt(evidence.StepHandshake, 0, evidence.TLSFailed))
	tlsWasNone = greetedAnd(listing(), agreedTo(), brokeAt(evidence.StepHandshake, 0, evidence.Malformed))
	tlsHungUp  = greetedAnd(listing(), agreedTo(), shookHands("TLS 1.3"), brokeAt(evidence.StepEHLOTLS, 0, evidence.EOF))
	tlsSilent  = greetedAnd(listing(), agreedTo(), shookHands("TLS 1.3"), brokeAt(evidence.StepEHLOTLS, 300, evidence.Timeout))
	tlsRefused = greetedAnd(ending(listing(), repliedTo(evidence.StepSTARTTLS, 0, "454 5.7.1 not for you"))...)
	tlsHidden  = greetedAnd(ending(listingNone(), agreedTo(), shookHands("TLS 1.3"), repliedTo(evidence.StepEHLOTLS, 0, "250 mail.example.com"))...)
)

// helloed is a session with a bare hello.
func helloed(h evidence.Hello, kind evidence.FailureKind) evidence.Session {
	e := evidence.Event{Step: evidence.StepHello, Hello: &h}
	if kind != "" {
		e.Failure = &evidence.Failure{Kind: kind}
	}
	return greetedAnd(listing(), agreedTo(), e)
}

// asking is a session in which the server asks for a certificate of ours and then fails.
func asking() evidence.Session {
	e := brokeAt(evidence.StepHandshake, 0, evidence.TLSFailed)
	e.TLS = &evidence.TLS{AsksClient: true}
	return greetedAnd(listing(), agreedTo(), e)
}

// What several sessions show together: one failure is none, and what another client might overcome is no proof.
func TestMergedEncryption(t *testing.T) {
	garbled := greetedAnd(listing(), agreedTo(), shookHands("TLS 1.3"), brokeAt(evidence.StepEHLOTLS, 0, evidence.Malformed))
	garbled.Events[len(garbled.Events)-1].Reply = &evidence.Reply{Lines: []evidence.Line{{Text: "HTTP/1.1 400"}}}
	listedThenRejected := greetedAnd(ending(listing(), repliedTo(evidence.StepSTARTTLS, 0, "502 no such command"))...)
	odd := greetedAnd(listing(), agreedTo(), shookHands("TLS 1.3"), repliedTo(evidence.StepEHLOTLS, 0, "250 a"), repliedTo(evidence.StepMAIL, 0, "354 go"))
	alert, noHello := helloed(evidence.Hello{Alert: 40}, evidence.TLSFailed), helloed(evidence.Hello{Alert: -1}, evidence.EOF)
	old, otherVersion := helloed(evidence.Hello{Version: "SSL 3.0", Alert: -1}, ""), helloed(evidence.Hello{Alert: 70}, evidence.TLSFailed)
	for _, test := range []struct {
		name                        string
		sessions                    []evidence.Session
		missing, version, sometimes string
	}{
		{"works", []evidence.Session{tlsWorked}, "= no", `= TLS 1.3`, "= no"},
		{"absent", []evidence.Session{tlsWasAbsent}, "= yes", "refused", "= no"},
		{"dead once", []evidence.Session{tlsWasDead}, "refused", "refused", "refused"},
		{"dead twice", []evidence.Session{tlsWasDead, tlsWasDead}, "= yes", "refused", "= no"},
		{"dead, then works", []evidence.Session{tlsWasDead, tlsWorked}, "= no", "= TLS 1.3", "= no"},
		{"works, and absent once", []evidence.Session{tlsWorked, tlsWasAbsent}, "disagreement", "= TLS 1.3", "disagreement"},
		{"works, and absent twice", []evidence.Session{tlsWasAbsent, tlsWorked, tlsWasAbsent}, "= yes", "= TLS 1.3", "= yes"},
		{"no TLS once", []evidence.Session{tlsWasNone}, "connect_failed", "connect_failed", "connect_failed"},
		{"no TLS twice", []evidence.Session{tlsWasNone, tlsWasNone}, "= yes", "refused", "= no"},
		{"refused twice", []evidence.Session{tlsRefused, tlsRefused}, "refused", "refused", "refused"},
		{"hidden", []evidence.Session{tlsHidden, tlsHidden}, "disagreement", "= TLS 1.3", "disagreement"},

		{"a handshake fails twice", []evidence.Session{tlsBroke, tlsBroke}, "connect_failed", "connect_failed", "connect_failed"},
		{"a handshake fails, and a bare hello", []evidence.Session{tlsBroke, noHello}, "= yes", "refused", "= no"},
		{"a handshake fails, and a bare hello is answered by an alert", []evidence.Session{tlsBroke, alert}, "= yes", "refused", "= no"},
		{"a bare hello alone", []evidence.Session{noHello}, "connect_failed", "connect_failed", "connect_failed"},
		{"two bare hellos alone", []evidence.Session{noHello, noHello}, "connect_failed", "connect_failed", "connect_failed"},
		{"a bare hello meets silence", []evidence.Session{tlsBroke, helloed(evidence.Hello{Alert: -1}, evidence.Timeout)}, "connect_failed", "connect_failed", "connect_failed"},
		{"a bare hello meets another version", []evidence.Session{tlsBroke, otherVersion}, "connect_failed", "connect_failed", "connect_failed"},
		{"SSL 3.0", []evidence.Session{tlsBroke, old}, "ambiguous", "= SSL 3.0", "ambiguous"},
		{"SSL 3.0, and it works all the same", []evidence.Session{tlsWorked, old}, "= no", "disagreement", "= no"},
		{"a handshake fails, and then it is not listed", []evidence.Session{tlsBroke, tlsWasAbsent}, "disagreement", "disagreement", "disagreement"},

		{"hung up behind the handshake once", []evidence.Session{tlsHungUp}, "connect_failed", "= TLS 1.3", "connect_failed"},
		{"hung up behind the handshake twice", []evidence.Session{tlsHungUp, tlsHungUp}, "= yes", "= TLS 1.3", "= no"},
		{"silent behind the handshake twice", []evidence.Session{tlsSilent, tlsSilent}, "connect_failed", "= TLS 1.3", "connect_failed"},
		{"hung up, then works", []evidence.Session{tlsHungUp, tlsWorked}, "= no", "= TLS 1.3", "= no"},
		{"a certificate of ours is asked for, once", []evidence.Session{asking()}, "connect_failed", "connect_failed", "connect_failed"},
		{"a certificate of ours is asked for, twice", []evidence.Session{asking(), asking()}, "= yes", "refused", "= no"},
		{"a refusal inside TLS", []evidence.Session{greetedAnd(listing(), agreedTo(), shookHands("TLS 1.2"), repliedTo(evidence.StepEHLOTLS, 0, "554 5.7.1 go"))}, "= no", "= TLS 1.2", "= no"},
		{"words inside TLS that are no reply", []evidence.Session{garbled, garbled}, "connect_failed", "= TLS 1.3", "connect_failed"},
		{"listed, and rejected once", []evidence.Session{listedThenRejected}, "refused", "refused", "refused"},
		{"out of step behind a reply inside TLS", []evidence.Session{odd}, "= no", "= TLS 1.3", "= no"},
		{"no reply inside TLS", []evidence.Session{greetedAnd(listing(), agreedTo(), shookHands("TLS 1.2"))}, "untested", "= TLS 1.2", "untested"},
	} {
		b := bundled(test.sessions...)
		wantFact(t, test.name, b, facts.SMTPSTARTTLSMissing, test.missing)
		wantFact(t, test.name, b, facts.SMTPSTARTTLSVersion, test.version)
		wantFact(t, test.name, b, facts.SMTPSTARTTLSSometimes, test.sometimes)
		trouble, _ := factsOf(b).Get(facts.SMTPSTARTTLSTrouble, facts.SessionAt("mail.example.com", testAt))
		if want := test.missing == "= yes"; trouble.Known() && (trouble.Value.Text() != "") != want || trouble.Known() != (test.missing == "= yes" || test.missing == "= no") {
			t.Errorf("%s: the trouble is %q (%s)", test.name, trouble.Value.Text(), trouble.Why.Code)
		}
	}
}

// Plain text in place of TLS, or behind the 220, turns the client away where it says so.
func TestPlainTextInPlaceOfTLS(t *testing.T) {
	with := func(reply, smuggled string) evidence.Session {
		e := brokeAt(evidence.StepHandshake, 0, evidence.Malformed)
		if reply != "" {
			e.Reply = &evidence.Reply{Lines: []evidence.Line{{Text: reply}}}
			if reply[0] == '5' || reply[0] == '4' {
				e.Reply.Code = 554
			}
		}
		if smuggled != "" {
			e.TLS = &evidence.TLS{Smuggled: smuggled}
		}
		return greetedAnd(listing(), agreedTo(), e)
	}
	for _, test := range []struct{ reply, smuggled, want string }{
		{"", "", "= yes"}, {"this is not the right protocol", "", "= yes"}, {"554 no", "", "refused"}, {"your address is blocked", "", "refused"},
		{"", "250 injected\r\n", "= yes"}, {"", "454 4.7.1 too many\r\n", "refused"}, {"", "250 x\r\n554 no\r\n", "refused"}, {"bytes", "554 no\r\n", "refused"},
	} {
		b := bundled(with(test.reply, test.smuggled), with(test.reply, test.smuggled))
		wantFact(t, test.reply+"/"+test.smuggled, b, facts.SMTPSTARTTLSMissing, test.want)
	}
}

// A bare hello that meets a refusal in plain text meets no silence of TLS.
func TestBareHelloRefused(t *testing.T) {
	e := evidence.Event{Step: evidence.StepHello, Hello: &evidence.Hello{Alert: -1}, Failure: &evidence.Failure{Kind: evidence.Malformed},
		Reply: &evidence.Reply{Code: 454, Complete: true, Lines: []evidence.Line{{Text: "454 4.7.1 Too many TLS connections from your IP"}}}}
	wantFact(t, "refused", bundled(tlsBroke, greetedAnd(listing(), agreedTo(), e)), facts.SMTPSTARTTLSMissing, "refused")
}

// A trap is no server without encryption, and a reply that no server gives to STARTTLS is none.
func TestNoVerdictFromTrapsAndOddReplies(t *testing.T) {
	trapped := greetedAnd(ending(listingNone(), repliedTo(evidence.StepSTARTTLS, 0, "502 no"))...)
	trapped.Events[1].Reply.FirstByte -= seconds(5)
	trapped.Events[1].Reply.Lines[0].At = trapped.Events[1].Reply.LastByte
	wantFact(t, "a trap", bundled(trapped, trapped), facts.SMTPSTARTTLSMissing, "refused")
	for _, reply := range []string{"250 ok", "354 go", "221 bye"} {
		s := greetedAnd(ending(listingNone(), repliedTo(evidence.StepSTARTTLS, 0, reply))...)
		wantFact(t, reply, bundled(s, s), facts.SMTPSTARTTLSMissing, "ambiguous")
	}
	for _, reply := range []string{"530 5.7.0 no", "550 no", "503 5.5.1 your address is blocked", "502 5.7.1 no", "421 later", "451 later"} {
		s := greetedAnd(ending(listingNone(), repliedTo(evidence.StepSTARTTLS, 0, reply))...)
		wantFact(t, reply, bundled(s, s), facts.SMTPSTARTTLSMissing, "refused")
	}
	helo := greetedAnd(ending(repliedTo(evidence.StepEHLO, 1, "502 unknown"), repliedTo(evidence.StepHELO, 2, "250 a"), repliedTo(evidence.StepSTARTTLS, 0, "500 unknown"))...)
	wantFact(t, "HELO", bundled(helo), facts.SMTPSTARTTLSMissing, "= yes")
	wantFact(t, "HELO", bundled(helo), facts.SMTPEHLOLatency, "= 2 s")
	wantFact(t, "HELO", bundled(helo), facts.SMTPTransactionTotal, "= 3 s")
}

// A device on our side may let no EHLO through; a control that knows none either shows it.
func TestHELOEverywhere(t *testing.T) {
	helo := greetedAnd(ending(repliedTo(evidence.StepEHLO, 0, "500 unknown"), repliedTo(evidence.StepHELO, 0, "250 a"), repliedTo(evidence.StepSTARTTLS, 0, "500 unknown"))...)
	control := greetedAnd(repliedTo(evidence.StepEHLO, 0, "500 unknown"), repliedTo(evidence.StepHELO, 0, "250 a"))
	control.Control, control.Address = true, "192.0.2.25"
	wantFact(t, "HELO everywhere", bundled(helo, control), facts.SMTPSTARTTLSMissing, "intercepted")
	// A server that was a control for another report's sake only shows its own fault again, at whichever of its addresses.
	both := bundled(helo, control)
	both.Targets[0].Hosts[0].Addresses = append(both.Targets[0].Hosts[0].Addresses, control.Address)
	wantFact(t, "the server itself as control", both, facts.SMTPSTARTTLSMissing, "= yes")
}
