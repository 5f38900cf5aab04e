package derive

import (
	"fmt"
	"slices"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/transcript"
)

// outOfStep is why nothing rests on the replies of a session in which they and the commands do not belong together, or the zero
// value.
func outOfStep(s numbered) facts.Unknown {
	e := transcript.OutOfStep(s.Session)
	if e == nil {
		return facts.Unknown{}
	}
	why := facts.Unknown{Code: facts.Ambiguous, Detail: fmt.Sprintf("the replies in session %d are out of step with the commands, so that none can be told to be the answer to its own", s.n)}
	if e.Reply != nil {
		why.Detail += ": " + stepText(e) + " was answered with " + lastLine(e.Reply)
	} else if e.Failure != nil {
		why.Detail += ": " + e.Failure.Detail
	}
	return why
}

// inStep leaves out the sessions that are out of step; with none left it says why nothing is known.
func inStep(sessions []numbered) ([]numbered, facts.Unknown) {
	left := slices.DeleteFunc(slices.Clone(sessions), func(s numbered) bool { return outOfStep(s).Code != "" })
	if len(left) == 0 {
		return nil, outOfStep(sessions[0])
	}
	return left, facts.Unknown{}
}

// believed derives what the labelled part shows, from the sessions in which it is certain which reply answers what.
func (d *derivation) believed(sessions []numbered, put func(facts.Fact)) {
	left, why := inStep(sessions)
	if why.Code == "" {
		d.dialogueFacts(left, put)
		return
	}
	for _, name := range labelledFacts {
		put(facts.Fact{Name: name, Why: why})
	}
}

// opening is the event that opened a session: EHLO, or HELO where EHLO was not known (RFC 5321 section 3.2).
func opening(s *evidence.Session) *evidence.Event {
	if transcript.SpeaksHELO(s) {
		return s.Event(evidence.StepHELO)
	}
	return s.Event(evidence.StepEHLO)
}
