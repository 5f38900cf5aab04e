package derive

import (
	"slices"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/transcript"
)

// Rewriting is a way in which devices on the tester's side change SMTP with every server.
type Rewriting struct {
	// Shows tells whether a session shows what such a device leaves, and Passes whether one came through without.
	Shows, Passes func(*evidence.Session) bool
	// TLS says that only a control with which a handshake is tried can show it.
	TLS bool

	seen  string // of a control
	facts []facts.Name
}

// Rewritings lists the known ways: the inspection of some firewalls blanks the greeting out and takes STARTTLS out of the reply to EHLO,
// some access providers do the latter, and others let STARTTLS through and break the handshake, which they cannot read.
var Rewritings = []Rewriting{{
	Shows: transcript.Touched, Passes: transcript.Untouched,
	seen: "without STARTTLS or with a blanked greeting", facts: rewritable,
}, {
	Shows: transcript.BreaksTLS, Passes: transcript.Encrypts, TLS: true,
	seen: "to break off the handshake after STARTTLS", facts: ofSTARTTLS,
}}

var (
	ofSTARTTLS = []facts.Name{facts.SMTPSTARTTLSMissing, facts.SMTPSTARTTLSVersion, facts.SMTPSTARTTLSSometimes, facts.SMTPSTARTTLSTrouble}

	// rewritable are the facts that a device can change that reads along, with those of the labelled part, whose commands it may block.
	rewritable = slices.Concat([]facts.Name{facts.SMTPGreetingText, facts.SMTPGreetingHasPTR, facts.SMTPGreetingName, facts.SMTPGreetingNameValid,
		facts.SMTPGreetingMasked, facts.SMTPGreetingNameResolves, facts.SMTPEHLOSTARTTLS}, ofSTARTTLS, labelledFacts)
)

// rewritten takes back what a session may owe to a device on the tester's side: no server that was asked came through untouched
// from outside of the tester's network, the controls included.
func (d *derivation) rewritten(subject facts.Subject, sessions []numbered) {
	for _, way := range Rewritings {
		control := d.rewrittenControl(subject, way)
		if control == nil || !slices.ContainsFunc(sessions, func(s numbered) bool { return way.Shows(s.Session) }) {
			continue
		}
		why := facts.Unknown{Code: facts.Intercepted, Detail: "the control " + facts.SessionAt(control.Host, control.Address).String() +
			" was seen " + way.seen + " as well, so that a device on this side may be the reason"}
		for _, name := range way.facts {
			d.set.Put(subject, facts.Fact{Name: name, Why: why})
		}
	}
}

// rewrittenControl is a control that shows what such a device leaves, where no session came through without. A server of the same
// target, which was a control for the sake of another one, only shows its own fault again.
func (d *derivation) rewrittenControl(subject facts.Subject, way Rewriting) (control *evidence.Session) {
	for i := range d.bundle.Sessions {
		s := &d.bundle.Sessions[i]
		switch {
		case way.Passes(s) && !Neighbour(*s):
			return nil
		case s.Control && way.Shows(s) && !d.sameTarget(subject.At, s.Address):
			control = s
		}
	}
	return control
}

// sameTarget tells whether two addresses belong to the mail hosts of one target.
func (d *derivation) sameTarget(a, b string) bool {
	has := func(t *evidence.Target, address string) bool {
		return HasAddress(t, func(other string) bool { return other == address })
	}
	return slices.ContainsFunc(d.bundle.Targets, func(t evidence.Target) bool { return has(&t, a) && has(&t, b) })
}
