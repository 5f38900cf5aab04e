package derive

import (
	"strings"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/smtp"
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
	f, _ := Facts(&b).Get(name, facts.SessionAt("mail.example.com", "203.0.113.25"))
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

func TestPostmasterFact(t *testing.T) {
	spurned := func(about string) []string { return []string{about + "; mail; 550 5.1.8 Sender refused"} }
	for _, test := range []struct {
		name, want string
		sessions   []evidence.Session
	}{
		{"known", "yes", []evidence.Session{script(rcpt("ours", ok), rcpt("nobody", ok))}},
		{"unknown", "no", []evidence.Session{script(rcpt("ours", noUser), rcpt("nobody", noUser))}},
		{"unknown to one sender only", "ambiguous", []evidence.Session{script(rcpt("ours", ok), rcpt("nobody", noUser))}},
		{"unknown, asked once", "untested", []evidence.Session{script(rcpt("ours", noUser))}},
		{"unknown, then refused", "refused", []evidence.Session{script(rcpt("ours", noUser), rcpt("nobody", hated))}},
		{"refused, then unknown", "refused", []evidence.Session{script(rcpt("ours", hated), rcpt("nobody", noUser))}},
		{"refused", "refused", []evidence.Session{script(rcpt("ours", hated), rcpt("nobody", hated))}},
		{"policy", "refused", []evidence.Session{script(rcpt("ours", "550 5.1.1 Refused by policy"), rcpt("nobody", "550 5.1.1 Refused by policy"))}},
		{"unknown for a while", "refused", []evidence.Session{script(rcpt("ours", "450 4.1.1 User unknown"), rcpt("nobody", "450 4.1.1 User unknown"))}},
		{"full", "refused", []evidence.Session{script(rcpt("ours", "552 5.2.2 full"), rcpt("nobody", "552 5.2.2 full"))}},
		{"known, and our sender refused", "yes", []evidence.Session{script(spurned("ours"), rcpt("nobody", ok))}},
		{"known, and our sender refused at RCPT", "yes", []evidence.Session{script(rcpt("ours", "550 SPF fail"), rcpt("nobody", ok))}},
		{"both senders refused", "refused", []evidence.Session{script(spurned("ours"), spurned("nobody"))}},
		{"known, and put off", "refused", []evidence.Session{script(rcpt("ours", later), rcpt("nobody", ok))}},
		{"known, and a limit reached", "refused", []evidence.Session{script(rcpt("ours", ok), []string{"nobody; mail; 550 Quota exceeded"})}},
		{"unknown, and our sender refused", "refused", []evidence.Session{script(spurned("ours"), rcpt("nobody", noUser))}},
		{"both senders refused, in words for a mailbox", "refused", []evidence.Session{script([]string{"ours; mail; " + noUser, "nobody; mail; " + noUser})}},
		{"known, then unknown", "disagreement", []evidence.Session{script(rcpt("ours", ok), rcpt("nobody", ok)), script(rcpt("ours", noUser), rcpt("nobody", noUser))}},
		{"put off, then known", "yes", []evidence.Session{script(rcpt("ours", later), rcpt("nobody", later)), script(rcpt("ours", ok), rcpt("nobody", ok))}},
		{"broken", "connect_failed", []evidence.Session{script(rcpt("ours", "-"))}},
		{"not asked", "untested", []evidence.Session{scripted()}},
	} {
		if got := factOf(facts.SMTPPostmasterAccepted, test.sessions...); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
	// The reason is that of the open question, not that of another one.
	f := fact(facts.SMTPPostmasterAccepted, script(rcpt("ours", noUser), rcpt("nobody", hated)))
	if !strings.Contains(f.Why.Detail, "blacklisted") {
		t.Errorf("unknown, then refused: %s", f.Why.Detail)
	}
}

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

func TestVRFYAndEXPNFacts(t *testing.T) {
	vrfy := func(known, random string) evidence.Session {
		return scripted("known; vrfy; "+known, "random; vrfy; "+random)
	}
	expn := func(known, random string) evidence.Session {
		return scripted("list; expn; "+known, "nolist; expn; "+random)
	}
	const maybe, never = "252 2.0.0 Try", "502 5.5.1 Command not implemented"
	const members = "250 Jo <jo@example.com>"
	for _, test := range []struct {
		name, want string
		fact       facts.Name
		session    evidence.Session
	}{
		{"verifies", "yes", facts.SMTPVRFYDiscloses, vrfy("250 Postmaster", noUser)},
		{"verifies others", "yes", facts.SMTPVRFYDiscloses, vrfy("251 elsewhere", noUser)},
		{"denies", "yes", facts.SMTPVRFYDiscloses, vrfy(maybe, noUser)},
		{"denies in words of its own", "yes", facts.SMTPVRFYDiscloses, vrfy(maybe, "550 String does not match anything.")},
		{"takes everything", "no", facts.SMTPVRFYDiscloses, vrfy(maybe, maybe)},
		{"knows everything", "no", facts.SMTPVRFYDiscloses, vrfy("250 Ok", "250 Ok")},
		{"never", "no", facts.SMTPVRFYDiscloses, vrfy(never, never)},
		{"never, by 500", "no", facts.SMTPVRFYDiscloses, vrfy("500 what?", "500 what?")},
		{"never, by 504", "no", facts.SMTPVRFYDiscloses, vrfy("504 what?", "504 what?")},
		{"never, by words", "no", facts.SMTPVRFYDiscloses, vrfy("550 VRFY is disabled", "550 VRFY is disabled")},
		{"never for one", "no", facts.SMTPVRFYDiscloses, vrfy(maybe, never)},
		{"differs, but denies neither", "ambiguous", facts.SMTPVRFYDiscloses, vrfy("250 Ok", maybe)},
		{"knows no postmaster", "ambiguous", facts.SMTPVRFYDiscloses, vrfy(noUser, noUser)},
		{"bans the second", "refused", facts.SMTPVRFYDiscloses, vrfy(maybe, "550 Access denied")},
		{"policy at the second", "refused", facts.SMTPVRFYDiscloses, vrfy(maybe, "550 refused by policy")},
		{"lists the tester", "refused", facts.SMTPVRFYDiscloses, vrfy(maybe, hated)},
		{"lists the tester at once", "refused", facts.SMTPVRFYDiscloses, vrfy("550 VRFY: you are blacklisted", noUser)},
		{"wants encryption", "refused", facts.SMTPVRFYDiscloses, vrfy("530 Must issue STARTTLS for this operation", noUser)},
		{"puts off", "refused", facts.SMTPVRFYDiscloses, vrfy("250 Ok", "450 disabled for a while")},
		{"code of security", "refused", facts.SMTPVRFYDiscloses, vrfy("250 Ok", "550 5.7.1 no")},
		{"broken", "connect_failed", facts.SMTPVRFYDiscloses, vrfy("-", "-")},
		{"lists members", "yes", facts.SMTPEXPNDiscloses, expn(members, noUser)},
		{"lists members, never of another", "yes", facts.SMTPEXPNDiscloses, expn(members, never)},
		{"lists members of everything", "ambiguous", facts.SMTPEXPNDiscloses, expn(members, members)},
		{"lists members, and bans the second", "refused", facts.SMTPEXPNDiscloses, expn(members, hated)},
		{"lists itself", "no", facts.SMTPEXPNDiscloses, expn("250 <postmaster@example.com>", noUser)},
		{"lists no mailbox", "no", facts.SMTPEXPNDiscloses, expn("250 Ok", noUser)},
		{"denies lists", "no", facts.SMTPEXPNDiscloses, expn(noUser, noUser)},
		{"no lists", "no", facts.SMTPEXPNDiscloses, expn(never, never)},
		{"turned away", "refused", facts.SMTPEXPNDiscloses, expn(hated, noUser)},
	} {
		if got := factOf(test.fact, test.session); got != test.want {
			t.Errorf("%s, %s: %s, want %s", test.fact, test.name, got, test.want)
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
		if f := fact(name, s); f.Known() || f.Why != smtp.TrapWhy {
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
