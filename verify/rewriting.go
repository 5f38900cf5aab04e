package verify

import (
	"context"
	"net/netip"
	"slices"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/smtpprobe"
	"mxverdict/verify/transcript"
)

// Devices on the tester's side may rewrite SMTP with every server: the inspection of some firewalls blanks the greeting out and
// takes STARTTLS out of the reply to EHLO, and some access providers do the latter.

// rewriting asks the controls up to EHLO where a server seems to lack STARTTLS or to blank its greeting out, and no server in the
// run showed that such things come through. The controls offer STARTTLS to everybody.
func (r *run) rewriting(ctx context.Context, visits []visit) {
	doubtful := func(s evidence.Session) bool {
		return !s.Control && (transcript.Blanked(&s) || s.Event(evidence.StepSTARTTLS) != nil && transcript.Touched(&s))
	}
	if r.SMTPPort != 25 || !slices.ContainsFunc(r.bundle.Sessions, doubtful) ||
		slices.ContainsFunc(r.bundle.Sessions, func(s evidence.Session) bool { return transcript.Untouched(&s) }) {
		return
	}
	for _, domain := range r.Controls {
		host, addr, ok := r.controlHost(ctx, domain, isIPv4)
		if !ok {
			host, addr, ok = r.controlHost(ctx, domain, isIPv6)
		}
		if !ok || slices.ContainsFunc(visits, func(v visit) bool { return v.address == addr }) {
			continue
		}
		s := r.control(ctx, smtpprobe.Ask{Host: host, Address: netip.AddrPortFrom(addr, r.SMTPPort)})
		r.keep(s)
		if transcript.Untouched(&s) {
			return
		}
	}
}

// rewritten takes back what a session may owe to a device on the tester's side: no server that was asked came through untouched,
// the controls included.
func (d *derivation) rewritten(subject facts.Subject, sessions []numbered) {
	var control *evidence.Session
	for i := range d.bundle.Sessions {
		s := &d.bundle.Sessions[i]
		switch {
		case transcript.Untouched(s):
			return
		case s.Control && transcript.Touched(s):
			control = s
		}
	}
	if control == nil || !slices.ContainsFunc(sessions, func(s numbered) bool { return transcript.Touched(s.Session) }) {
		return
	}
	why := facts.Unknown{Code: facts.Intercepted, Detail: "the control " + subjectOf(control.Host, control.Address).String() +
		" was seen without STARTTLS or with a blanked greeting as well, so that a device on this side may take them away"}
	for _, name := range slices.Concat(rewritable, labelledFacts) {
		d.set.Put(subject, facts.Fact{Name: name, Why: why})
	}
}

// rewritable are the facts that such a device can change, beside those of the labelled part, whose commands it may block.
var rewritable = []facts.Name{facts.SMTPGreetingText, facts.SMTPGreetingHasPTR, facts.SMTPGreetingName, facts.SMTPGreetingNameValid, facts.SMTPGreetingMasked,
	facts.SMTPGreetingNameResolves, facts.SMTPEHLOSTARTTLS, facts.SMTPSTARTTLSMissing, facts.SMTPSTARTTLSVersion, facts.SMTPSTARTTLSSometimes}
