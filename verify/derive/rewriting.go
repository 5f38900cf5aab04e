package derive

import (
	"slices"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/transcript"
)

// rewritten takes back what a session may owe to a device on the tester's side: no server that was asked came through untouched
// from outside of the tester's network, the controls included.
func (d *derivation) rewritten(subject facts.Subject, sessions []numbered) {
	var control *evidence.Session
	for i := range d.bundle.Sessions {
		s := &d.bundle.Sessions[i]
		switch {
		case transcript.Untouched(s) && !Neighbour(*s):
			return
		case s.Control && transcript.Touched(s):
			control = s
		}
	}
	if control == nil || !slices.ContainsFunc(sessions, func(s numbered) bool { return transcript.Touched(s.Session) }) {
		return
	}
	why := facts.Unknown{Code: facts.Intercepted, Detail: "the control " + facts.SessionAt(control.Host, control.Address).String() +
		" was seen without STARTTLS or with a blanked greeting as well, so that a device on this side may take them away"}
	for _, name := range slices.Concat(rewritable, labelledFacts) {
		d.set.Put(subject, facts.Fact{Name: name, Why: why})
	}
}

// rewritable are the facts that such a device can change, beside those of the labelled part, whose commands it may block.
var rewritable = []facts.Name{facts.SMTPGreetingText, facts.SMTPGreetingHasPTR, facts.SMTPGreetingName, facts.SMTPGreetingNameValid, facts.SMTPGreetingMasked,
	facts.SMTPGreetingNameResolves, facts.SMTPEHLOSTARTTLS, facts.SMTPSTARTTLSMissing, facts.SMTPSTARTTLSVersion, facts.SMTPSTARTTLSSometimes,
	facts.SMTPSTARTTLSTrouble}
