package scene

import (
	"strconv"
	"time"

	"mxverdict/verify/evidence"
)

// Talk is a session in the making; its clock goes on with every step. No test waits for it: the times are written down, as a probe
// would have measured them.
type Talk struct {
	clock  time.Duration
	events []evidence.Event
}

// Dial begins a session with a connection that took 30 ms.
func Dial() *Talk { return Dialled(30 * time.Millisecond) }

// Dialled begins a session with a connection that took so long.
func Dialled(took time.Duration) *Talk {
	return (&Talk{}).Step(evidence.Event{Step: evidence.StepConnect}, took)
}

// NoConnection is a session in which no connection was made.
func NoConnection(how evidence.FailureKind) *Talk {
	return (&Talk{}).Fails(evidence.StepConnect, how, time.Second)
}

// Greets is a session with a greeting after a wait.
func Greets(after time.Duration) *Talk {
	return Dial().Says(evidence.StepGreeting, after, "220 mail.example.com ESMTP")
}

// Whole is a session that went its plain course without encryption, each reply after a wait.
func Whole(greeting, ehlo, mail, rcpt time.Duration) *Talk {
	return Greets(greeting).Says(evidence.StepEHLO, ehlo, "250 mail.example.com").Says(evidence.StepMAIL, mail, "250 2.1.0 ok").
		Says(evidence.StepRCPT, rcpt, "250 2.1.5 ok").Says(evidence.StepQUIT, 0, "221 bye")
}

// Step adds a step that took so long.
func (s *Talk) Step(e evidence.Event, took time.Duration) *Talk {
	e.Start = evidence.Seconds(s.clock)
	s.clock += took
	e.End = evidence.Seconds(s.clock)
	// Three steps send no command.
	if e.Step != evidence.StepConnect && e.Step != evidence.StepGreeting && e.Step != evidence.StepHandshake {
		e.Sent = string(e.Step)
	}
	s.events = append(s.events, e)
	return s
}

// Says adds a step to which a reply came, whole at once, after a wait.
func (s *Talk) Says(step evidence.Step, after time.Duration, lines ...string) *Talk {
	at := evidence.Seconds(s.clock + after)
	reply := &evidence.Reply{Complete: true, FirstByte: at, LastByte: at}
	reply.Code, _ = strconv.Atoi(lines[0][:3])
	for _, line := range lines {
		reply.Lines = append(reply.Lines, evidence.Line{Text: line, At: at})
	}
	return s.Step(evidence.Event{Step: step, Reply: reply}, after)
}

// Drips adds a step to which a reply came drop by drop.
func (s *Talk) Drips(step evidence.Step, over time.Duration, lines ...string) *Talk {
	s.Says(step, over, lines...)
	e := s.Last()
	e.Reply.FirstByte = e.Start
	return s
}

// Fails adds a step to which nothing came.
func (s *Talk) Fails(step evidence.Step, how evidence.FailureKind, waited time.Duration) *Talk {
	at := evidence.Seconds(s.clock + waited)
	return s.Step(evidence.Event{Step: step, Failure: &evidence.Failure{Kind: how, At: at, Waited: evidence.Seconds(waited)}}, waited)
}

// About labels the last step as one beside the plain course.
func (s *Talk) About(label string) *Talk {
	s.Last().About = label
	return s
}

// Last is the last step, for changes.
func (s *Talk) Last() *evidence.Event { return &s.events[len(s.events)-1] }

// Handshake is the handshake of a session.
func (s *Talk) Handshake() *evidence.Event {
	for i := range s.events {
		if s.events[i].Step == evidence.StepHandshake {
			return &s.events[i]
		}
	}
	return nil
}
