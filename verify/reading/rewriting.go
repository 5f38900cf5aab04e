package reading

// This file knows how devices on the tester's side change SMTP: firewalls that inspect it, and access providers that keep encryption out
// (RFC 3207 section 6 describes how STARTTLS is taken out on the way). They do it to every server alike, so that a control shows them.

import (
	"slices"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/transcript"
)

// labelled are the probes beside the plain course of a session.
const labelled = facts.FromPlain | facts.FromPostmaster | facts.FromRelay | facts.FromVRFY

// LabelledFacts are the facts that such probes give.
var LabelledFacts = labelledFacts()

// labelledFacts goes by the source of each fact, so that a new one of these probes is not forgotten.
func labelledFacts() (names []facts.Name) {
	for _, def := range facts.Definitions() {
		if def.Source.Has(labelled) {
			names = append(names, def.Name)
		}
	}
	return names
}

// Rewriting is a way in which devices on the tester's side change SMTP with every server.
type Rewriting struct {
	// Shows tells whether a session shows what such a device leaves, and Passes whether one came through without.
	Shows, Passes func(*evidence.Session) bool
	// TLS says that only a control with which a handshake is tried can show it.
	TLS bool

	Seen  string       // of a control, for people: "was seen …"
	Facts []facts.Name // what is not believed where a control was seen so
}

// Rewritings lists the known ways: the inspection of some firewalls blanks the greeting out and takes STARTTLS out of the reply to EHLO,
// some access providers do the latter, and others let STARTTLS through and break the handshake, which they cannot read.
var Rewritings = [...]Rewriting{{
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

// rewritten is what the sessions of a bundle show of one such way.
type rewritten struct {
	passed   bool                // some session came through without, from outside of this network
	controls []*evidence.Session // that show what such a device leaves
}

// rewrittenControl is a control that shows what a device leaves which works in one of the ways, where no session came through without. A
// server of the same target as an address, which was a control for the sake of another one, only shows its own fault again.
func (r *Reading) rewrittenControl(address string, way int) *evidence.Session {
	known := r.hearing().rewritten[way]
	// One session that came through shows that no such device stands in front of everybody.
	if known.passed {
		return nil
	}
	// The latest one is named, which is nearest in time to what is doubted.
	for _, control := range slices.Backward(known.controls) {
		if !r.sameTarget(address, control.Address) {
			return control
		}
	}
	return nil
}
