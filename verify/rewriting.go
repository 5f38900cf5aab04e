package verify

import (
	"context"
	"net/netip"
	"slices"

	"mxverdict/verify/derive"
	"mxverdict/verify/evidence"
	"mxverdict/verify/smtpprobe"
	"mxverdict/verify/transcript"
)

// Devices on the tester's side may rewrite SMTP with every server: the inspection of some firewalls blanks the greeting out and
// takes STARTTLS out of the reply to EHLO, and some access providers do the latter.

// rewriting asks the controls up to EHLO where a server seems to lack STARTTLS or to blank its greeting out, and neither a
// control nor another server of the same target showed that such things come through from outside of this network. The controls
// offer STARTTLS to everybody.
func (r *run) rewriting(ctx context.Context) {
	if r.SMTPPort != 25 {
		return
	}
	comesThrough := map[string]bool{}
	for _, s := range r.bundle.Sessions {
		if transcript.Untouched(&s) && !derive.Neighbour(s) {
			comesThrough[s.Address] = true
		}
	}
	doubtful := r.targetsWith(func(s evidence.Session) bool {
		return !s.Control && (transcript.Blanked(&s) || s.Event(evidence.StepSTARTTLS) != nil && transcript.Touched(&s))
	})
	doubtful = slices.DeleteFunc(doubtful, func(t evidence.Target) bool {
		return derive.HasAddress(&t, func(a string) bool { return comesThrough[a] })
	})
	for _, domain := range r.Controls {
		if len(doubtful) == 0 {
			return
		}
		host, addr, ok := r.controlHost(ctx, domain, derive.IPv4)
		if !ok {
			host, addr, ok = r.controlHost(ctx, domain, derive.IPv6)
		}
		itself := func(t evidence.Target) bool {
			return derive.HasAddress(&t, func(a string) bool { return a == addr.String() })
		}
		if !ok || !slices.ContainsFunc(doubtful, func(t evidence.Target) bool { return !itself(t) }) {
			continue
		}
		s := r.control(ctx, smtpprobe.Ask{Host: host, Address: netip.AddrPortFrom(addr, r.SMTPPort)})
		r.keep(s)
		if transcript.Untouched(&s) && !derive.Neighbour(s) {
			doubtful = slices.DeleteFunc(doubtful, func(t evidence.Target) bool { return !itself(t) })
		}
	}
}
