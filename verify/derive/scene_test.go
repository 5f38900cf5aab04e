package derive

import (
	"strconv"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// Bundles made by hand show in microseconds what a situation on the wire makes known. A scene is one domain with one mail host at
// one address, on a network that lets SMTP out, until a test says otherwise.
const (
	sceneDomain  = "example.com"
	sceneHost    = "mail.example.com"
	sceneAddress = "203.0.113.25"
)

var sceneView = facts.SessionAt(sceneHost, sceneAddress)

// scene makes a bundle with a session for each talk.
func scene(talks ...*talk) *evidence.Bundle {
	b := &evidence.Bundle{Vantage: evidence.Vantage{SMTPOut: evidence.Open, SMTPOut6: evidence.Open},
		Targets: []evidence.Target{{Name: sceneDomain, Kind: "domain", Hosts: []evidence.Host{{Name: sceneHost, Preference: 10, Addresses: []string{sceneAddress}}}}}}
	for _, s := range talks {
		meet(b, sceneHost, sceneAddress, s)
	}
	return b
}

// meet adds sessions with another host or address to a bundle.
func meet(b *evidence.Bundle, host, address string, talks ...*talk) {
	for _, s := range talks {
		b.Sessions = append(b.Sessions, evidence.Session{Host: host, Address: address, Port: 25, Attempt: len(b.Sessions) + 1, StartedAt: seenAt, Events: s.events})
	}
}

// talk is a session in the making; its clock goes on with every step.
type talk struct {
	clock  time.Duration
	events []evidence.Event
}

// dial begins a session with a connection that took 30 ms.
func dial() *talk { return dialled(30 * time.Millisecond) }

func dialled(took time.Duration) *talk {
	return (&talk{}).step(evidence.Event{Step: evidence.StepConnect}, took)
}

// noConnection is a session in which no connection was made.
func noConnection(how evidence.FailureKind) *talk {
	return (&talk{}).fails(evidence.StepConnect, how, time.Second)
}

// greets is a session with a greeting after a wait.
func greets(after time.Duration) *talk {
	return dial().says(evidence.StepGreeting, after, "220 mail.example.com ESMTP")
}

// whole is a session that went its plain course without encryption, each reply after a wait.
func whole(greeting, ehlo, mail, rcpt time.Duration) *talk {
	return greets(greeting).says(evidence.StepEHLO, ehlo, "250 mail.example.com").says(evidence.StepMAIL, mail, "250 2.1.0 ok").
		says(evidence.StepRCPT, rcpt, "250 2.1.5 ok").says(evidence.StepQUIT, 0, "221 bye")
}

func (s *talk) step(e evidence.Event, took time.Duration) *talk {
	e.Start = evidence.Seconds(s.clock)
	s.clock += took
	e.End = evidence.Seconds(s.clock)
	if e.Step != evidence.StepConnect && e.Step != evidence.StepGreeting && e.Step != evidence.StepHandshake {
		e.Sent = string(e.Step)
	}
	s.events = append(s.events, e)
	return s
}

// says adds a step to which a reply came, whole at once, after a wait.
func (s *talk) says(step evidence.Step, after time.Duration, lines ...string) *talk {
	at := evidence.Seconds(s.clock + after)
	reply := &evidence.Reply{Complete: true, FirstByte: at, LastByte: at}
	reply.Code, _ = strconv.Atoi(lines[0][:3])
	for _, line := range lines {
		reply.Lines = append(reply.Lines, evidence.Line{Text: line, At: at})
	}
	return s.step(evidence.Event{Step: step, Reply: reply}, after)
}

// drips adds a step to which a reply came drop by drop.
func (s *talk) drips(step evidence.Step, over time.Duration, lines ...string) *talk {
	s.says(step, over, lines...)
	e := s.last()
	e.Reply.FirstByte = e.Start
	return s
}

// fails adds a step to which nothing came.
func (s *talk) fails(step evidence.Step, how evidence.FailureKind, waited time.Duration) *talk {
	at := evidence.Seconds(s.clock + waited)
	return s.step(evidence.Event{Step: step, Failure: &evidence.Failure{Kind: how, At: at, Waited: evidence.Seconds(waited)}}, waited)
}

// about labels the last step as one beside the plain course.
func (s *talk) about(label string) *talk {
	s.last().About = label
	return s
}

func (s *talk) last() *evidence.Event { return &s.events[len(s.events)-1] }

// shown writes what is known of a fact, or which reason there is why not.
func shown(f facts.Fact) string {
	switch {
	case !f.Known():
		return "unknown: " + string(f.Why.Code)
	case f.AtLeast:
		return "at least " + f.Value.String()
	}
	return f.Value.String()
}

// wantAbout complains if a fact of a subject is not as it should be.
func wantAbout(t *testing.T, situation string, set *facts.Set, about facts.Subject, name facts.Name, want string) {
	t.Helper()
	if f, _ := set.Get(name, about); shown(f) != want {
		t.Errorf("%s: %s of %s is %q (%s), want %q", situation, name, about, shown(f), f.Why.Detail, want)
	}
}
