package verify

import (
	"context"
	"net/netip"
	"slices"

	"mxverdict/verify/evidence"
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
