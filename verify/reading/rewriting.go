package reading

import (
	"slices"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/transcript"
)

// LabelledFacts are the facts of the labelled part.
var LabelledFacts = []facts.Name{facts.SMTPTLSRequired, facts.SMTPRelayAccepted, facts.SMTPRelaySelective, facts.SMTPRelayGreylisted,
	facts.SMTPRelayOddForms, facts.SMTPPostmasterAccepted, facts.SMTPVRFYDiscloses, facts.SMTPEXPNDiscloses}

// Rewriting is a way in which devices on the tester's side change SMTP with every server.
type Rewriting struct {
	// Shows tells whether a session shows what such a device leaves, and Passes whether one came through without.
	Shows, Passes func(*evidence.Session) bool
	// TLS says that only a control with which a handshake is tried can show it.
	TLS bool

	Seen  string // of a control
	Facts []facts.Name
}

// Rewritings lists the known ways: the inspection of some firewalls blanks the greeting out and takes STARTTLS out of the reply to EHLO,
// some access providers do the latter, and others let STARTTLS through and break the handshake, which they cannot read.
var Rewritings = []Rewriting{{
	Shows: transcript.Touched, Passes: transcript.Untouched,
	Seen: "without STARTTLS or with a blanked greeting", Facts: rewritable,
}, {
	Shows: transcript.BreaksTLS, Passes: transcript.Encrypts, TLS: true,
	Seen: "to break off the handshake after STARTTLS", Facts: ofSTARTTLS,
}}

var (
	ofSTARTTLS = []facts.Name{facts.SMTPSTARTTLSMissing, facts.SMTPSTARTTLSVersion, facts.SMTPSTARTTLSSometimes, facts.SMTPSTARTTLSTrouble}

	// rewritable are the facts that a device can change that reads along, with those of the labelled part, whose commands it may block.
	rewritable = slices.Concat([]facts.Name{facts.SMTPGreetingText, facts.SMTPGreetingHasPTR, facts.SMTPGreetingName, facts.SMTPGreetingNameValid,
		facts.SMTPGreetingMasked, facts.SMTPGreetingNameResolves, facts.SMTPEHLOSTARTTLS}, ofSTARTTLS, LabelledFacts)
)

// RewrittenControl is a control that shows what such a device leaves, where no session came through without. A server of the same
// target, which was a control for the sake of another one, only shows its own fault again.
func (r *Reading) RewrittenControl(subject facts.Subject, way Rewriting) (control *evidence.Session) {
	for i := range r.Bundle.Sessions {
		s := &r.Bundle.Sessions[i]
		switch {
		case way.Passes(s) && !Neighbour(*s):
			return nil
		case s.Control && way.Shows(s) && !r.sameTarget(subject.At, s.Address):
			control = s
		}
	}
	return control
}

// sameTarget tells whether two addresses belong to the mail hosts of one target.
func (r *Reading) sameTarget(a, b string) bool {
	has := func(t *evidence.Target, address string) bool {
		return HasAddress(t, func(other string) bool { return other == address })
	}
	return slices.ContainsFunc(r.Bundle.Targets, func(t evidence.Target) bool { return has(&t, a) && has(&t, b) })
}
