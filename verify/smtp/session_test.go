package smtp

import (
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/transcript"
)

func plainCourse(greeting float64) evidence.Session {
	return held(append([]evidence.Event{connected(0), greeted(greeting)}, ending(listingNone())...)...)
}

func unconnected(kind evidence.FailureKind) evidence.Session {
	return held(brokeAt(evidence.StepConnect, 0, kind))
}

// One connection that fails is none that never stands, and a network that may be closed makes none of them the server's.
func TestKindsOfFailedConnections(t *testing.T) {
	for _, kind := range []evidence.FailureKind{evidence.Refused, evidence.Timeout, evidence.Unreachable, evidence.Reset} {
		for _, test := range []struct {
			out   evidence.WayOut
			tries int
			want  string
		}{
			{evidence.Open, 1, "connect_failed"}, {evidence.Open, 2, "= no"}, {"", 2, "connect_failed"}, {evidence.Closed, 1, "network_closed"}, {evidence.Closed, 2, "network_closed"},
		} {
			b := bundled()
			for range test.tries {
				b.Sessions = append(b.Sessions, unconnected(kind))
			}
			b.Vantage.SMTPOut = test.out
			wantFact(t, string(kind)+" with "+string(test.out), b, facts.SMTPConnectOK, test.want)
		}
	}
	for _, kind := range []evidence.FailureKind{evidence.ProxyFailed, evidence.NoRoute, evidence.Interrupted, evidence.Private} {
		if got := factIn(bundled(unconnected(kind), unconnected(kind)), facts.SMTPConnectOK); got[0] == '=' {
			t.Errorf("%s: the connection is known: %s", kind, got)
		}
	}
	wantFact(t, "a connection at the second try", bundled(unconnected(evidence.Refused), plainCourse(0)), facts.SMTPConnectOK, "= yes")
	wantFact(t, "a connection at the second try", bundled(unconnected(evidence.Refused), plainCourse(0)), facts.SMTPConnectFailures, "= 1")
	six := bundled(unconnected(evidence.Refused), unconnected(evidence.Refused))
	six.Targets[0].Hosts[0].Addresses = []string{"2001:db8::25"}
	for i := range six.Sessions {
		six.Sessions[i].Address = "2001:db8::25"
	}
	if f, _ := factsOf(six).Get(facts.SMTPConnectOK, facts.SessionAt("mail.example.com", "2001:db8::25")); f.Known() {
		t.Error("a way out over IPv4 says nothing of IPv6")
	}
}

// Silence behind a network that lets nothing out is not the server's: a proxy may take every connection and say nothing.
func TestSilenceOnAClosedNetwork(t *testing.T) {
	mute := held(connected(0), brokeAt(evidence.StepGreeting, 300, evidence.Timeout))
	bounds := []facts.Name{facts.SMTPGreetingLatency, facts.SMTPSamplesGreetingMin, facts.SMTPSamplesGreetingMed, facts.SMTPSamplesGreetingMax}
	for out, want := range map[evidence.WayOut]string{evidence.Open: ">= 300 s", "": "connect_failed", evidence.Closed: "network_closed"} {
		b := bundled(mute)
		b.Vantage.SMTPOut = out
		for _, name := range bounds {
			wantFact(t, "on a network that is "+string(out), b, name, want)
		}
		if received := factIn(b, facts.SMTPGreetingReceived); received[0] == '=' {
			t.Errorf("whether it greets is known: %s", received)
		}
	}
	b := bundled(held(connected(0), brokeAt(evidence.StepGreeting, 1, evidence.EOF)))
	wantFact(t, "the server hangs up", b, facts.SMTPGreetingLatency, "no_greeting")
}

// The slowest of several sessions shows how long strangers wait, whichever it is.
func TestSlowestOfSeveral(t *testing.T) {
	course := func(connect, greeting, rcpt float64) evidence.Session {
		return held(connected(connect), greeted(greeting), listingNone(), repliedTo(evidence.StepMAIL, 0, "250 ok"), repliedTo(evidence.StepRCPT, rcpt, "250 ok"), repliedTo(evidence.StepQUIT, 0, "221 bye"))
	}
	a, b, c := course(1, 16, 0), course(3, 2, 20), course(2, 4, 1)
	for _, sessions := range [][]evidence.Session{{a, b, c}, {c, b, a}, {b, a, c}, {a, c, b}} {
		bundle := bundled(sessions...)
		wantFact(t, "in any order", bundle, facts.SMTPConnectLatency, "= 3 s")
		wantFact(t, "in any order", bundle, facts.SMTPGreetingLatency, "= 16 s")
		wantFact(t, "in any order", bundle, facts.SMTPTransactionTotal, "= 25 s")
		wantFact(t, "in any order", bundle, facts.SMTPSamplesCount, "= 3")
		wantFact(t, "in any order", bundle, facts.SMTPSamplesGreetingMin, "= 2 s")
		wantFact(t, "in any order", bundle, facts.SMTPSamplesGreetingMed, "= 4 s")
		wantFact(t, "in any order", bundle, facts.SMTPSamplesGreetingMax, "= 16 s")
	}
	four := bundled(plainCourse(1), plainCourse(9), plainCourse(3), plainCourse(5))
	wantFact(t, "of four the lower middle", four, facts.SMTPSamplesGreetingMed, "= 3 s")
	bound := bundled(plainCourse(400), held(connected(0), brokeAt(evidence.StepGreeting, 300, evidence.Timeout)), plainCourse(1))
	wantFact(t, "behind a bound", bound, facts.SMTPSamplesGreetingMin, "= 1 s")
	wantFact(t, "behind a bound", bound, facts.SMTPSamplesGreetingMed, ">= 300 s")
	wantFact(t, "behind a bound", bound, facts.SMTPSamplesGreetingMax, ">= 400 s")
	wantFact(t, "greeted once, silent once", bound, facts.SMTPGreetingLatency, "disagreement")
	wantFact(t, "greeted once, silent once", bound, facts.SMTPTransactionTotal, "disagreement")
}

// A dialogue that is shorter than the greeting of another session is not that of a stranger.
func TestTotalShorterThanAGreeting(t *testing.T) {
	first := held(connected(0), greeted(16), listingNone(), brokeAt(evidence.StepMAIL, 0, evidence.EOF))
	b := bundled(first, plainCourse(0))
	wantFact(t, "the first broke", b, facts.SMTPGreetingLatency, "= 16 s")
	wantFact(t, "the first broke", b, facts.SMTPTransactionTotal, "disagreement")
}

// A delay at the first contact alone is known from two greeted sessions on, if all were greeted and only the first was late.
func TestFirstContact(t *testing.T) {
	mute := held(connected(0), brokeAt(evidence.StepGreeting, 300, evidence.Timeout))
	for _, test := range []struct {
		name     string
		sessions []evidence.Session
		want     string
	}{
		{"late once", []evidence.Session{plainCourse(16)}, "untested"},
		{"late, then quick", []evidence.Session{plainCourse(16), plainCourse(0)}, "= yes"},
		{"late, then quick twice", []evidence.Session{plainCourse(16), plainCourse(0), plainCourse(1)}, "= yes"},
		{"late, quick, late", []evidence.Session{plainCourse(16), plainCourse(0), plainCourse(16)}, "= no"},
		{"always late", []evidence.Session{plainCourse(16), plainCourse(16)}, "= no"},
		{"always quick", []evidence.Session{plainCourse(0), plainCourse(0)}, "= no"},
		{"quick, then late", []evidence.Session{plainCourse(0), plainCourse(16)}, "= no"},
		{"late, quick, silent", []evidence.Session{plainCourse(16), plainCourse(0), mute}, "untested"},
		{"not connected, then quick", []evidence.Session{unconnected(evidence.Refused), plainCourse(0)}, "untested"},
		{"just within two seconds", []evidence.Session{plainCourse(1.999), plainCourse(0)}, "= no"},
		{"two seconds", []evidence.Session{plainCourse(2), plainCourse(0)}, "= yes"},
	} {
		wantFact(t, test.name, bundled(test.sessions...), facts.SMTPDelayFirstContact, test.want)
	}
}

// The session that came furthest is told by its plain course: what is asked beside it is no step further.
func TestLabelledStepsAreNoReach(t *testing.T) {
	events := []evidence.Event{connected(0), greeted(0), listing()}
	for range 20 {
		events = append(events, labelledAs(transcript.AboutPostmaster+"postmaster", repliedTo(evidence.StepRSET, 0, "250 ok")))
	}
	short := held(append(events, brokeAt(evidence.StepMAIL, 0, evidence.Interrupted))...)
	long := greetedAnd(ending(listingNone(), repliedTo(evidence.StepSTARTTLS, 0, "502 no"))...)
	wantFact(t, "the longer plain course is the second", bundled(short, long), facts.SMTPEHLOSTARTTLS, "= no")
	wantFact(t, "the longer plain course is the first", bundled(long, short), facts.SMTPEHLOSTARTTLS, "= no")
	refused := greetedAnd(listing(), repliedTo(evidence.StepMAIL, 0, "250 ok"))
	equal := greetedAnd(listingNone(), repliedTo(evidence.StepSTARTTLS, 0, "502 no"), repliedTo(evidence.StepMAIL, 0, "250 ok"))
	wantFact(t, "a refused step is not reached, and of equals the first counts", bundled(refused, equal), facts.SMTPEHLOSTARTTLS, "= yes")
}

// A total that ended before RCPT is a bound, and so is one that our own patience ended; our own tests are no part of it.
func TestTotals(t *testing.T) {
	course := func(events ...evidence.Event) *evidence.Bundle {
		return bundled(held(append([]evidence.Event{connected(1), greeted(2), listingNone()}, events...)...))
	}
	mail, quit := repliedTo(evidence.StepMAIL, 3, "250 ok"), repliedTo(evidence.StepQUIT, 9, "221 bye")
	for _, test := range []struct {
		name string
		b    *evidence.Bundle
		want string
	}{
		{"whole", course(mail, repliedTo(evidence.StepRCPT, 4, "250 ok"), quit), "= 10 s"},
		{"RCPT refused", course(mail, repliedTo(evidence.StepRCPT, 4, "550 no"), quit), "= 10 s"},
		{"MAIL refused", course(repliedTo(evidence.StepMAIL, 3, "550 no"), quit), ">= 6 s"},
		{"no reply to RCPT", course(mail, brokeAt(evidence.StepRCPT, 300, evidence.Timeout)), ">= 306 s"},
		{"no reply to MAIL", course(brokeAt(evidence.StepMAIL, 300, evidence.Timeout)), ">= 303 s"},
		{"the connection broke", course(mail, brokeAt(evidence.StepRCPT, 4, evidence.EOF)), "connect_failed"},
		{"turned away", course(mail, repliedTo(evidence.StepRCPT, 4, "421 busy")), "refused"},
		{"with tests of ours", course(labelledAs("x", repliedTo(evidence.StepMAIL, 5, "250 ok")), repliedTo(evidence.StepSTARTTLS, 6, "502 no"), mail, repliedTo(evidence.StepRCPT, 4, "250 ok"),
			labelledAs("x", repliedTo(evidence.StepRSET, 7, "250 ok")), quit), "= 10 s"},
		{"not asked", course(quit), "untested"},
	} {
		wantFact(t, test.name, test.b, facts.SMTPTransactionTotal, test.want)
	}
	paused := bundled(plainCourse(1))
	for i := range paused.Sessions[0].Events {
		e := &paused.Sessions[0].Events[i]
		e.Start, e.End = e.Start+seconds(float64(i)), e.End+seconds(float64(i)) // a second of quiet before each step
		if e.Reply != nil {
			e.Reply.FirstByte = e.End
		}
	}
	wantFact(t, "with pauses of ours", paused, facts.SMTPTransactionTotal, "= 1 s")
}

// A hang-up is one that happens each time, at the same step, and not in our own tests.
func TestHangups(t *testing.T) {
	at := func(step evidence.Step, kind evidence.FailureKind) evidence.Session {
		s := greetedAnd(listing())
		for _, event := range ending() {
			if event.Step == step {
				return greetedAnd(append(s.Events[2:], brokeAt(step, 0, kind))...)
			}
			s.Events = append(s.Events, event)
		}
		return s
	}
	mail, rcpt, whole := at(evidence.StepMAIL, evidence.EOF), at(evidence.StepRCPT, evidence.Reset), plainCourse(0)
	ours := greetedAnd(listing(), labelledAs("x", brokeAt(evidence.StepMAIL, 0, evidence.EOF)))
	for _, test := range []struct {
		name     string
		sessions []evidence.Session
		want     string
	}{
		{"once", []evidence.Session{mail}, "connect_failed"}, {"twice", []evidence.Session{mail, mail}, "= yes"}, {"at two steps", []evidence.Session{mail, rcpt}, "disagreement"},
		{"one of two", []evidence.Session{mail, whole}, "disagreement"}, {"none", []evidence.Session{whole, whole}, "= no"},
		{"in our own tests", []evidence.Session{ours, ours}, "connect_failed"},
		{"two of three", []evidence.Session{rcpt, rcpt, whole}, "disagreement"},
		{"silence is none", []evidence.Session{at(evidence.StepMAIL, evidence.Timeout), at(evidence.StepMAIL, evidence.Timeout)}, "connect_failed"},
		{"behind a word", []evidence.Session{greetedAnd(listing(), repliedTo(evidence.StepMAIL, 0, "421 busy")), greetedAnd(listing(), repliedTo(evidence.StepMAIL, 0, "421 busy"))}, "refused"},
		{"behind our own tests", []evidence.Session{greetedAnd(append(ending(listing())[:3], labelledAs("x", repliedTo(evidence.StepVRFY, 0, "252 no")), brokeAt(evidence.StepQUIT, 0, evidence.EOF))...)}, "connect_failed"},
		{"at QUIT", []evidence.Session{at(evidence.StepQUIT, evidence.EOF)}, "= no"},
	} {
		wantFact(t, test.name, bundled(test.sessions...), facts.SMTPHangup, test.want)
	}
}

// Nothing rests on a session whose replies are out of step, also one that an older program saved without saying so.
func TestNothingRestsOnRepliesOutOfStep(t *testing.T) {
	tests := []evidence.Event{
		labelledAs(transcript.AboutPlain, repliedTo(evidence.StepMAIL, 0, "250 ok")), labelledAs(transcript.AboutPlain, repliedTo(evidence.StepRCPT, 0, "250 ok")),
		labelledAs(transcript.AboutPlain, repliedTo(evidence.StepRSET, 0, "250 ok")),
	}
	course := func(odd ...evidence.Event) evidence.Session {
		events := append([]evidence.Event{listingNone()}, tests...)
		return greetedAnd(append(append(events, repliedTo(evidence.StepSTARTTLS, 0, "502 no")), odd...)...)
	}
	names := []facts.Name{facts.SMTPTLSRequired, facts.SMTPSTARTTLSMissing, facts.SMTPEHLOLatency, facts.SMTPHangup}
	for _, name := range names[:3] {
		if got := factIn(bundled(course(ending()...)), name); got[0] != '=' {
			t.Fatalf("%s is not known of a session in step: %s", name, got)
		}
	}
	early := repliedTo(evidence.StepMAIL, 0, "250 ok")
	late := course(ending()...)
	late.Events[len(late.Events)-1].Reply.FirstByte -= seconds(1)
	sessions := map[string]evidence.Session{
		"by its kind":        course(early, brokeAt(evidence.StepRCPT, 0, evidence.OutOfStep)),
		"RSET 550":           course(repliedTo(evidence.StepRSET, 0, "550 no")),
		"RCPT 221":           course(early, repliedTo(evidence.StepRCPT, 0, "221 bye")),
		"MAIL 354":           course(repliedTo(evidence.StepMAIL, 0, "354 go")),
		"QUIT 250":           course(repliedTo(evidence.StepQUIT, 0, "250 ok")),
		"two codes":          course(repliedTo(evidence.StepMAIL, 0, "250-ok|550 no")),
		"before its command": late,
	}
	for how, s := range sessions {
		for _, name := range names {
			wantFact(t, how, bundled(s), name, "ambiguous")
		}
		if total := factIn(bundled(s), facts.SMTPTransactionTotal); total[0] == '=' {
			t.Errorf("%s: the total is %s", how, total)
		}
		wantFact(t, how, bundled(s), facts.SMTPGreetingReceived, "= yes")
		wantFact(t, how+", beside one in step", bundled(s, course(ending()...)), facts.SMTPTLSRequired, "= no")
	}
	inside := greetedAnd(listing(), agreedTo(), shookHands("TLS 1.3"), repliedTo(evidence.StepEHLOTLS, 0, "250 a"), repliedTo(evidence.StepMAIL, 0, "354 go"))
	wantFact(t, "a reply inside TLS stays one", bundled(inside), facts.SMTPSTARTTLSMissing, "= no")
}
