package transcript

import (
	"slices"

	"mxverdict/verify/evidence"
)

// plausible are the codes of success that a step can have by RFC 5321 section 4.3.2, and RFC 3207 section 4 for STARTTLS. A failure
// (4xx, 5xx) is plausible everywhere but at RSET and QUIT, which the standard gives no other end than 421; a server that demands
// encryption answers RSET, too, with 530 until it has it (RFC 3207 section 4).
var plausible = map[evidence.Step][]int{
	evidence.StepGreeting: {220},
	evidence.StepEHLO:     {250}, evidence.StepEHLOTLS: {250}, evidence.StepHELO: {250},
	evidence.StepSTARTTLS: {220},
	evidence.StepMAIL:     {250},
	evidence.StepRCPT:     {250, 251},
	evidence.StepRSET:     {250},
	evidence.StepVRFY:     {250, 251, 252},
	evidence.StepEXPN:     {250, 252},
	evidence.StepQUIT:     {221},
}

// Plausible tells whether a complete reply can be the answer to a step: it has a code that the step can have, and the same one on
// every line (RFC 5321 section 4.2.1). Only a greeting may begin kindly and end as a refusal, as teasers do.
func Plausible(step evidence.Step, r *evidence.Reply) bool {
	refused := r.Code >= 400 && r.Code < 600
	switch {
	case !r.Complete:
		return true // it is broken, which is another matter
	case step == evidence.StepGreeting && refused:
		return true
	case slices.ContainsFunc(r.Lines, func(l evidence.Line) bool {
		return len(l.Text) >= 3 && l.Text[:3] != r.Lines[0].Text[:min(3, len(r.Lines[0].Text))]
	}):
		return false
	case r.Code == 421: // at any time (RFC 5321 section 3.8)
		return true
	case step == evidence.StepRSET && r.Code == 530:
		return true
	case refused:
		return step != evidence.StepRSET && step != evidence.StepQUIT
	}
	return slices.Contains(plausible[step], r.Code)
}

// OutOfStep finds the first event of a session that shows that replies and commands no longer belong together (RFC 5321 section
// 4.2: one reply for each command, in order), or nil. No code in such a session can be told to be the answer to the command before it,
// neither behind that event nor shortly before it: what came too early may have been taken for an answer.
func OutOfStep(s *evidence.Session) *evidence.Event {
	for i := range s.Events {
		e := &s.Events[i]
		switch {
		case e.Failure != nil && e.Failure.Kind == evidence.OutOfStep:
			return e
		case e.Reply != nil && e.Failure == nil && !Plausible(e.Step, e.Reply):
			return e
		case e.Reply != nil && e.Sent != "" && e.Reply.FirstByte < e.Start && e.Reply.Code != 421:
			return e
		}
	}
	return nil
}
