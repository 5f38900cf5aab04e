package smtp

// This file finds servers that end the dialogue without a word. RFC 5321 section 3.8 has a server say 421 first, and a client that loses
// the connection try again later; who hangs up on everybody at the same step gets no mail at all.

import (
	"slices"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/transcript"
)

// hangup tells whether the server ends connections in the middle of the dialogue, and at which step: at the same one in two sessions, and
// in none of them otherwise.
func (v visited) hangup() (hangup, step facts.Known) {
	// A session is one of three: hung up, whole, or unclear. Only all sessions alike decide.
	var at []*evidence.Event
	var why facts.Unknown
	var last, lastWhole reading.Session // in which it hung up, and which it let come to its end
	whole := 0
	for _, s := range v.sessions {
		switch e, unclear := v.hungUpAt(s); {
		case e != nil:
			at, last = append(at, e), s
		case unclear.Code != "":
			why = unclear
		default:
			whole, lastWhole = whole+1, s
		}
	}
	// Once may be an accident, or a limit on how often somebody comes. At different steps it is not known what provokes it.
	same := !slices.ContainsFunc(at, func(e *evidence.Event) bool { return e.Step != at[0].Step })
	switch {
	case len(at) >= reading.Attempts && len(at) == len(v.sessions) && same:
		e := at[len(at)-1]
		return last.Seen(e, facts.Yes()), last.Seen(e, facts.Is(facts.TextValue(stepNames[e.Step])))
	// Each session ran to its end, one at least: a server that hangs up on everybody would have let none.
	case whole == len(v.sessions):
		no := lastWhole.Seen(lastWhole.Event(evidence.StepQUIT), facts.No())
		return no, facts.Because(facts.Unknown{Code: facts.Untested, Detail: "the server did not hang up"})
	case len(at) == 1 && len(v.sessions) == 1:
		why = facts.Unknown{Code: facts.ConnectFailed, Detail: "the server hung up once, and no second session was held"}
	case len(at) > 0:
		why = facts.Unknown{Code: facts.Disagreement, Detail: "the server hung up in one session with this address, and not, or elsewhere, in another"}
	}
	return facts.Because(why), facts.Because(why)
}

// stepNames are the commands whose replies a reporter waits for too. What only this test sends (labelled commands, the bare hello)
// is left out: no sender would lose its mail there.
var stepNames = map[evidence.Step]string{evidence.StepEHLO: "EHLO", evidence.StepHELO: "HELO", evidence.StepSTARTTLS: "STARTTLS", evidence.StepMAIL: "MAIL", evidence.StepRCPT: "RCPT"}

// hungUpAt returns the step at which the server ended a greeted session without a word, which is 421 (RFC 5321 section 3.8); or why that
// is not known; or neither, if the session came to QUIT past the reply to RCPT. A refused recipient is an ordinary end of such a dialogue.
func (v visited) hungUpAt(s reading.Session) (*evidence.Event, facts.Unknown) {
	// Before the greeting it is a matter of the connection, which has facts of its own.
	if !transcript.Greeted(*s.Session) {
		return nil, v.NotReached(s)
	}
	if why := reading.OutOfStep(s); why.Code != "" {
		return nil, why
	}
	labelled := slices.ContainsFunc(s.Events, func(e evidence.Event) bool { return e.About != "" })
	helo := transcript.SpeaksHELO(s.Session)
	for i := range s.Events { // up to the first step that went wrong: what follows may be its effect
		e := &s.Events[i]
		switch {
		case e.Step == evidence.StepEHLO && helo:
			// It went on with HELO.
		case e.About != "" && e.Failure == nil && (e.Reply == nil || e.Reply.Code != 421):
			// What is asked beside the plain course may be refused.
		case e.About != "" && e.Failure != nil:
			return nil, reading.Unknown(e.Failure, reading.StepText(e)) // we may have provoked it
		// The session ended early by our own choice, so it does not show that RCPT would have been answered.
		case e.Step == evidence.StepQUIT && s.Event(evidence.StepRCPT) == nil:
			return nil, v.NotReached(s)
		case e.Step == evidence.StepQUIT && e.Failure != nil && labelled:
			return nil, reading.Unknown(e.Failure, reading.StepText(e)) // it may have ended behind a test of ours
		case e.Step == evidence.StepQUIT:
			return nil, facts.Unknown{}
		case e.Failure != nil && (e.Failure.Kind == evidence.EOF || e.Failure.Kind == evidence.Reset) && stepNames[e.Step] != "" &&
			(e.Step != evidence.StepSTARTTLS || transcript.Lists(s.Session, "STARTTLS")): // else nobody but us sends it
			return e, facts.Unknown{}
		// A timeout, or a failed handshake: something else than an end without a word.
		case e.Failure != nil:
			return nil, reading.Unknown(e.Failure, reading.StepText(e))
		// The server said why it ends, or turned us away in order; both are replies and no hang-up.
		case e.Reply != nil && (e.Reply.Code == 421 || e.Reply.Code >= 400 && (e.Step == evidence.StepEHLO || e.Step == evidence.StepMAIL)):
			return nil, reading.Refusal(e)
		}
	}
	return nil, facts.Unknown{Code: facts.Interrupted, Detail: "the session did not come to its end"}
}
