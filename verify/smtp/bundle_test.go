package smtp

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// testAt is the one address of the bundles.
const testAt = "203.0.113.25"

// held is a session of events that follow each other without a pause: Start of each holds how long it takes.
func held(events ...evidence.Event) evidence.Session {
	s := evidence.Session{Host: "mail.example.com", Address: testAt, Port: 25, StartedAt: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)}
	var now evidence.Seconds
	for _, e := range events {
		took := e.Start
		e.Start = now
		now += took
		e.End = now
		if e.Failure != nil {
			failure := *e.Failure
			e.Failure = &failure
			e.Failure.At, e.Failure.Waited = now, took
		}
		if e.Reply != nil {
			reply := *e.Reply // an event may stand in several sessions
			e.Reply = &reply
			e.Reply.FirstByte, e.Reply.LastByte = now, now
		}
		s.Events = append(s.Events, e)
	}
	return s
}

func seconds(s float64) evidence.Seconds { return evidence.Seconds(s * float64(time.Second)) }

var commands = map[evidence.Step]string{evidence.StepEHLO: "EHLO t", evidence.StepHELO: "HELO t", evidence.StepSTARTTLS: "STARTTLS", evidence.StepEHLOTLS: "EHLO t",
	evidence.StepMAIL: "MAIL FROM:<>", evidence.StepRCPT: "RCPT TO:<postmaster>", evidence.StepRSET: "RSET", evidence.StepQUIT: "QUIT", evidence.StepVRFY: "VRFY x"}

// repliedTo is a step with its reply, lines separated by "|".
func repliedTo(step evidence.Step, took float64, reply string) evidence.Event {
	e := evidence.Event{Step: step, Sent: commands[step], Start: seconds(took), Reply: &evidence.Reply{Complete: true}}
	for _, line := range strings.Split(reply, "|") {
		e.Reply.Lines = append(e.Reply.Lines, evidence.Line{Text: line})
		e.Reply.Code, _ = strconv.Atoi(line[:3])
	}
	return e
}

// brokeAt is a step that ended without a reply.
func brokeAt(step evidence.Step, took float64, kind evidence.FailureKind) evidence.Event {
	return evidence.Event{Step: step, Sent: commands[step], Start: seconds(took), Failure: &evidence.Failure{Kind: kind}}
}

func labelledAs(label string, e evidence.Event) evidence.Event {
	e.About = label
	return e
}

func connected(took float64) evidence.Event {
	return evidence.Event{Step: evidence.StepConnect, Start: seconds(took)}
}

func greeted(took float64) evidence.Event {
	return repliedTo(evidence.StepGreeting, took, "220 mail.example.com")
}

func listing() evidence.Event {
	return repliedTo(evidence.StepEHLO, 0, "250-mail.example.com|250 STARTTLS")
}

func listingNone() evidence.Event { return repliedTo(evidence.StepEHLO, 0, "250 mail.example.com") }

func agreedTo() evidence.Event { return repliedTo(evidence.StepSTARTTLS, 0, "220 go ahead") }

func shookHands(version string) evidence.Event {
	return evidence.Event{Step: evidence.StepHandshake, TLS: &evidence.TLS{Version: version}}
}

// greetedAnd is a session that has come to EHLO, and goes on as given.
func greetedAnd(events ...evidence.Event) evidence.Session {
	return held(append([]evidence.Event{connected(0), greeted(0)}, events...)...)
}

// ending are the last steps of a plain course.
func ending(events ...evidence.Event) []evidence.Event {
	return append(events, repliedTo(evidence.StepMAIL, 0, "250 ok"), repliedTo(evidence.StepRCPT, 0, "250 ok"), repliedTo(evidence.StepQUIT, 0, "221 bye"))
}

// bundled puts sessions with one address into a bundle of a network that lets SMTP out.
func bundled(sessions ...evidence.Session) *evidence.Bundle {
	return &evidence.Bundle{
		Vantage:  evidence.Vantage{SMTPOut: evidence.Open},
		Targets:  []evidence.Target{{Name: "example.com", Kind: "domain", Hosts: []evidence.Host{{Name: "mail.example.com", Preference: 10, Addresses: []string{testAt}}}}},
		Sessions: sessions,
	}
}

// factIn is what a bundle says: "=" and the value, with ">=" before a bound, or why it is not known.
func factIn(b *evidence.Bundle, name facts.Name) string {
	f, _ := factsOf(b).Get(name, facts.SessionAt("mail.example.com", testAt))
	switch {
	case !f.Known():
		return string(f.Why.Code)
	case f.AtLeast:
		return ">= " + f.Value.String()
	}
	return "= " + f.Value.String()
}

func wantFact(t *testing.T, what string, b *evidence.Bundle, name facts.Name, want string) {
	t.Helper()
	if got := factIn(b, name); got != want {
		t.Errorf("%s: %s is %q, want %q", what, name, got, want)
	}
}
