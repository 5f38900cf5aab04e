package smtp

// This file says when a host is visited again. A second visit is worth its wait only where the first one left open whether what was seen is
// the host's way or an accident; to one that answered properly there is none.

import (
	"slices"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/reading"
	"mxverdict/verify/transcript"
)

// Manners towards strangers' servers.
const (
	// Pace is the shortest time between two sessions with one address: at most two a minute. Public testers have met limits of about that
	// rate. It is counted from the start of the earlier session, as the servers count.
	Pace = 30 * time.Second
	// insistence is the time from the first to the third try of an address that cannot be reached: what refuses newcomers for a
	// while, or restarts, answers by then. A little more than ten minutes, because clocks are set meanwhile.
	insistence = 10*time.Minute + 2*time.Second
)

// Manner is how often, and how far apart, sessions with an address are held where the user wants more than the first ones.
type Manner struct {
	// The zero value holds one session, a second one where that left something open, and nothing that makes the user wait longer.
	Samples int           // sessions with each address that greets; 0 means one
	Every   time.Duration // distance of the samples; Pace is the least
	// Five minutes is the default of postgrey; others may want longer, and no reply has to say for how long.
	GreylistWait time.Duration // after which a deferred recipient is tried again; 0 for never
	Insist       bool          // try an address that cannot be reached a third time
}

// Next is a further session with an address.
type Next struct {
	Visit               // what it asks
	NotBefore time.Time // the zero value for at once
	Greylist  bool      // it waits for the end of greylisting, and not only for manners
}

// Again tells which session is to follow those that were held for a visit, none of them at first: a second one where the last calls for
// it, and the further samples that the user wants. It looks at nothing but these sessions, so that a report among others holds the same
// ones as alone.
func (m Manner) Again(v Visit, held []evidence.Session) (Next, bool) {
	if len(held) == 0 {
		return Next{Visit: v}, true
	}
	last := &held[len(held)-1]
	// The order is that of what a further session may find out: whether the first was an accident comes before whether a recipient
	// is taken later, because a session that broke says nothing of recipients.
	deferred := m.GreylistWait > 0 && deferred(last)
	switch {
	case len(held) < reading.Attempts && unsettled(last):
		v.BareHello = transcript.Unfinished(last) // the same handshake would fail the same way
		return Next{Visit: v, NotBefore: last.StartedAt.Add(Pace)}, true
	case len(held) < reading.Attempts && deferred:
		return Next{Visit: v, NotBefore: latest(last.StartedAt.Add(Pace), end(last).Add(m.GreylistWait)), Greylist: true}, true
	case len(held) < m.Samples && transcript.Greeted(*last):
		// A question asked again would cost the server recipients and errors that it may count against us.
		v.Source &^= labelled // samples are about times
		return Next{Visit: v, NotBefore: last.StartedAt.Add(max(m.Every, Pace))}, true
	}
	// Who did not greet gets no further visit: it would be as long a wait, or one more visit to a host that turned us away.
	return Next{}, false
}

// Retry tells which session is to follow those with an address to which no connection could be made, before that can count against
// it: a second one, and a third one where the user insists. It takes a network that demonstrably lets SMTP out over the address family: else
// the failure says nothing of the server, and another one would not either.
func (m Manner) Retry(r *reading.Reading, v Visit) (Next, bool) {
	// The waits count from the first try, so that the third one falls where it was announced, however long the tries themselves
	// took.
	held := r.Sessions(v.Subject())
	since := []time.Duration{Pace}
	if m.Insist {
		since = append(since, insistence)
	}
	tries := len(held)
	// One connection among the tries shows that the address can be reached, so that no further one is needed.
	if tries == 0 || tries > len(since) || len(reading.Failures(held)) < tries || !r.OpenTo(v.Address) {
		return Next{}, false
	}
	return Next{Visit: v, NotBefore: latest(held[0].StartedAt.Add(since[tries-1]), held[tries-1].StartedAt.Add(Pace))}, true
}

// latest is the later of two times.
func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// end is when a session ended.
func end(s *evidence.Session) time.Time {
	if len(s.Events) == 0 {
		return s.StartedAt
	}
	return s.StartedAt.Add(s.Events[len(s.Events)-1].End.D())
}

// unsettled tells whether a session calls for a second one: the tester was turned away for the moment, the connection broke, or
// what was offered did not work. A wait that our own patience ended is not repeated: it would only be as long again.
func unsettled(s *evidence.Session) bool {
	return slices.ContainsFunc(s.Events, func(e evidence.Event) bool {
		switch {
		// Whatever else the session shows: its replies cannot be told apart, and a fresh connection counts from the beginning.
		case e.Failure != nil && e.Failure.Kind == evidence.OutOfStep:
			return true
		// All was said before QUIT, and many servers close without 221. A connection that failed is for Retry, which looks at the
		// network first.
		case e.Step == evidence.StepQUIT || e.Step == evidence.StepConnect:
			return false
		// Any break of the handshake, whatever came in its place: only what fails twice counts (merged), and the second session may
		// say hello in our own bytes, which tells a server that is too old for our library from one with broken TLS.
		case e.Failure != nil && e.Step == evidence.StepHandshake:
			return e.Failure.Kind != evidence.Timeout && e.Failure.Kind != evidence.Interrupted
		case e.Failure != nil:
			return slices.Contains([]evidence.FailureKind{evidence.Reset, evidence.EOF, evidence.TLSFailed}, e.Failure.Kind)
		case e.Reply == nil:
			return false
		case e.Step == evidence.StepSTARTTLS:
			// 454 is for the moment by its definition (RFC 3207 section 4); that a listed command is unknown contradicts the list.
			// Both may be other in a minute.
			return transcript.RefusesSTARTTLS(e.Reply, transcript.Lists(s, "STARTTLS")) || e.Reply.Code == 421
		case e.About != "" || e.Step == evidence.StepMAIL || e.Step == evidence.StepRCPT:
			return e.Reply.Code == 421 // other refusals are only timed, or speak for themselves
		}
		// A 4xx to the greeting or to EHLO is for now (RFC 5321 section 4.2.1), and a 5xx is the server's answer, which a second
		// visit repeats.
		return e.Reply.Code >= 400 && e.Reply.Code < 500
	})
}

// deferred tells whether a session left a labelled recipient put off, as greylisting does (RFC 6647), or a server that asks another one
// first.
func deferred(s *evidence.Session) bool {
	return slices.ContainsFunc(s.Events, func(e evidence.Event) bool {
		return e.About != "" && e.Step == evidence.StepRCPT && e.Reply != nil && e.Reply.Code/100 == 4 && e.Reply.Code != 421 &&
			slices.Contains([]transcript.Objection{transcript.RefusedForNow, transcript.RefusedCallout}, transcript.Classify(e.Reply))
	})
}

// TurnedAway tells whether a server asked us to come later, or was too busy: 421 at any step, or a 4xx before any recipient was named (RFC 5321
// sections 3.8 and 4.2.1). Recipients are put off for reasons of their own, such as greylisting.
func TurnedAway(s *evidence.Session) bool {
	steps := []evidence.Step{evidence.StepGreeting, evidence.StepEHLO, evidence.StepHELO, evidence.StepEHLOTLS, evidence.StepMAIL}
	return slices.ContainsFunc(s.Events, func(e evidence.Event) bool {
		return e.Reply != nil && (e.Reply.Code == 421 || e.Reply.Code/100 == 4 && slices.Contains(steps, e.Step))
	})
}
