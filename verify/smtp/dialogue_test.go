package smtp

import (
	"strings"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/transcript"
)

// scripted is a session by hand: a line for each step, "label; command; reply". A dialogue up to EHLO stands before it. Each step
// takes a second. "-" in place of a reply is a connection that broke.
func scripted(lines ...string) evidence.Session {
	s := evidence.Session{Host: "mail.example.com", Address: "203.0.113.25", Port: 25}
	at := 0
	add := func(about string, step evidence.Step, reply string) {
		e := evidence.Event{Step: step, About: about, Sent: strings.ToUpper(string(step)), Start: evidence.Seconds(time.Duration(at) * time.Second), End: evidence.Seconds(time.Duration(at+1) * time.Second)}
		at++
		switch {
		case reply == "-":
			e.Failure = &evidence.Failure{Kind: evidence.EOF}
		case reply != "":
			e.Reply = &evidence.Reply{Complete: true, Code: int(reply[0]-'0')*100 + int(reply[1]-'0')*10 + int(reply[2]-'0'), FirstByte: e.End,
				Lines: []evidence.Line{{Text: reply, At: e.End}}}
		}
		s.Events = append(s.Events, e)
	}
	add("", evidence.StepConnect, "")
	add("", evidence.StepGreeting, "220 mail.example.com")
	add("", evidence.StepEHLO, "250 mail.example.com")
	for _, line := range lines {
		parts := strings.SplitN(line, "; ", 3)
		add(labelsOf[parts[0]], evidence.Step(strings.ToLower(parts[1])), parts[2])
	}
	return s
}

// labelsOf are short names of labels.
var labelsOf = map[string]string{
	"": "", "plain": transcript.AboutPlain, "control": transcript.AboutRelayControl, "first": transcript.AboutRelayFirst, "second": transcript.AboutRelaySecond,
	"invalid": transcript.AboutRelayInvalid, "null": transcript.AboutRelayNull, "percent": transcript.AboutRelayOdd + "percent sign", "bang": transcript.AboutRelayOdd + "bang path",
	"ours": transcript.AboutPostmaster + "postmaster@example.com", "nobody": transcript.AboutPostmasterNull + "postmaster@example.com",
	"known": transcript.AboutVRFYKnown, "random": transcript.AboutVRFYRandom, "list": transcript.AboutEXPNKnown, "nolist": transcript.AboutEXPNRandom,
}

// factOf is a fact of sessions, as text: its value, or why it is not known.
func factOf(name facts.Name, sessions ...evidence.Session) string {
	return valueOf(fact(name, sessions...))
}

func fact(name facts.Name, sessions ...evidence.Session) facts.Fact {
	b := evidence.Bundle{Sessions: sessions, Targets: []evidence.Target{{Name: "example.com", Kind: "domain",
		Hosts: []evidence.Host{{Name: "mail.example.com", Addresses: []string{"203.0.113.25"}}}}}}
	f, _ := factsOf(&b).Get(name, facts.SessionAt("mail.example.com", "203.0.113.25"))
	return f
}

func valueOf(f facts.Fact) string {
	switch {
	case !f.Known():
		return string(f.Why.Code)
	case f.AtLeast:
		return "at least " + f.Value.String()
	}
	return f.Value.String()
}

// rcpt is a transaction with one recipient under a label.
func rcpt(about, reply string) []string {
	return []string{about + "; mail; 250 Ok", about + "; rcpt; " + reply}
}

func script(parts ...[]string) evidence.Session {
	var lines []string
	for _, p := range parts {
		lines = append(lines, p...)
	}
	return scripted(lines...)
}

const (
	ok       = "250 2.1.5 Ok"
	noRelay  = "554 5.7.1 Relay access denied"
	noUser   = "550 5.1.1 User unknown"
	noDomain = "550 5.1.2 Domain not found"
	later    = "450 4.2.0 Greylisted"
	hated    = "554 5.7.1 You are blacklisted"
)

func TestTLSRequiredFact(t *testing.T) {
	const demand = "530 5.7.0 Must issue a STARTTLS command first"
	mail := func(reply string) []string { return []string{"plain; mail; " + reply} }
	for _, test := range []struct {
		name, want string
		sessions   []evidence.Session
	}{
		{"accepted", "no", []evidence.Session{script(rcpt("plain", ok))}},
		{"demanded at RCPT", "yes", []evidence.Session{script(rcpt("plain", demand))}},
		{"demanded at MAIL", "yes", []evidence.Session{script(mail(demand))}},
		{"demanded at MAIL of the second sender", "yes", []evidence.Session{script(mail("550 5.1.8 Sender refused"), mail(demand))}},
		{"demanded by code", "yes", []evidence.Session{script(mail("550 5.7.10 no"))}},
		{"demanded for a while at MAIL", "refused", []evidence.Session{script(mail("451 5.7.3 STARTTLS is required"))}},
		{"demanded for a while at RCPT", "refused", []evidence.Session{script(rcpt("plain", "450 4.7.0 Must issue a STARTTLS command first"))}},
		{"greylisted", "refused", []evidence.Session{script(rcpt("plain", "451 Greylisted; only encrypted sessions are exempt"))}},
		{"another reason", "refused", []evidence.Session{script(rcpt("plain", hated))}},
		{"quota", "refused", []evidence.Session{script(mail("550 Quota exceeded"))}},
		{"unknown mailbox", "ambiguous", []evidence.Session{script(rcpt("plain", noUser))}},
		{"sender with the words for a mailbox", "refused", []evidence.Session{script(mail(noUser))}},
		{"only MAIL accepted", "untested", []evidence.Session{script(mail(ok))}},
		{"demanded, then not", "disagreement", []evidence.Session{script(mail(demand)), script(rcpt("plain", ok))}},
		{"not demanded, then demanded", "disagreement", []evidence.Session{script(rcpt("plain", ok)), script(mail(demand))}},
		{"put off, then demanded", "yes", []evidence.Session{script(rcpt("plain", later)), script(mail(demand))}},
		{"one sender refused, one accepted", "no", []evidence.Session{script(mail("550 5.1.8 Sender refused"), rcpt("plain", ok))}},
	} {
		if got := factOf(facts.SMTPTLSRequired, test.sessions...); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// What a trap says shows nothing.
func TestTrapHidesAllLabelledFacts(t *testing.T) {
	s := script(rcpt("control", ok), rcpt("first", noRelay), rcpt("second", noRelay), rcpt("plain", ok), rcpt("ours", ok), rcpt("nobody", ok))
	if got := factOf(facts.SMTPRelayAccepted, s); got != "no" {
		t.Fatalf("before: %s", got)
	}
	s.Events[1].Reply.FirstByte = s.Events[1].Start
	s.Events[1].Reply.Lines[0].At = s.Events[1].Start + evidence.Seconds(9*time.Second)
	for _, name := range []facts.Name{facts.SMTPTLSRequired, facts.SMTPRelayAccepted, facts.SMTPRelaySelective, facts.SMTPRelayGreylisted, facts.SMTPRelayOddForms,
		facts.SMTPPostmasterAccepted, facts.SMTPVRFYDiscloses, facts.SMTPEXPNDiscloses} {
		if f := fact(name, s); f.Known() || f.Why != trapWhy {
			t.Errorf("%s: %s (%v)", name, f.Value, f.Why)
		}
	}
}

// The dialogue of a reporter ends at RCPT. Where MAIL is refused another client's would have lasted longer, so that the time is a
// lower bound; and what is asked under labels is no part of it, nor a step that a session reached.
func TestDialogueBesideLabels(t *testing.T) {
	for _, test := range []struct {
		name, want string
		session    evidence.Session
	}{
		{"plain", "5 s", scripted("; mail; 250 Ok", "; rcpt; 250 Ok")},
		{"RCPT refused", "5 s", scripted("; mail; 250 Ok", "; rcpt; 550 no")},
		{"MAIL refused", "at least 4 s", scripted("; mail; 550 no")},
		{"MAIL refused for a while", "at least 4 s", scripted("; mail; 450 no")},
		{"labels before it", "5 s", scripted("control; mail; 250 Ok", "control; rcpt; 250 Ok", "; mail; 250 Ok", "; rcpt; 250 Ok")},
		{"labels behind it", "5 s", scripted("; mail; 250 Ok", "; rcpt; 250 Ok", "control; mail; 250 Ok", "control; rcpt; 250 Ok")},
		{"ended at MAIL", "refused", scripted("; mail; 421 Bye")},
		{"labels only", "untested", scripted("control; mail; 250 Ok", "control; rcpt; 250 Ok")},
	} {
		if got := factOf(facts.SMTPTransactionTotal, test.session); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
	// The session that came further in the plain dialogue is the better one, however many labelled steps another has.
	sessions := []reading.Session{{Session: &evidence.Session{}, N: 1}, {Session: &evidence.Session{}, N: 2}}
	*sessions[0].Session = scripted("control; mail; 250 Ok", "control; rcpt; 250 Ok", "first; mail; 250 Ok", "; mail; 250 Ok")
	*sessions[1].Session = scripted("; mail; 250 Ok", "; rcpt; 250 Ok")
	if best := reading.BestOf(sessions); best.N != 2 {
		t.Errorf("session %d is best", best.N)
	}
}
