package verify

import (
	"context"
	"net/netip"
	"slices"

	"mxverdict/verify/evidence"
	"mxverdict/verify/reading"
	"mxverdict/verify/smtpprobe"
	"mxverdict/verify/transcript"
)

// rewriting asks the controls where a server seems to lack STARTTLS, to blank its greeting out, or to break the handshake, and neither a
// control nor another server of the same target showed that such things come through from outside of this network
// (reading.Rewritings). The controls offer STARTTLS to everybody.
func (r *run) rewriting(ctx context.Context) {
	if r.SMTPPort != 25 {
		return
	}
	doubtful := make([][]evidence.Target, len(reading.Rewritings))
	for i, way := range reading.Rewritings {
		doubtful[i] = r.rewrittenTargets(way)
	}
	for _, domain := range r.Controls {
		host, addr, ok := r.rewritingControl(ctx, domain, doubtful)
		if !ok {
			continue
		}
		itself := func(t evidence.Target) bool {
			return reading.HasAddress(&t, func(a string) bool { return a == addr.String() })
		}
		ask := smtpprobe.Ask{Host: host, Address: netip.AddrPortFrom(addr, r.SMTPPort)}
		asked := false
		for i, way := range reading.Rewritings {
			others := slices.ContainsFunc(doubtful[i], func(t evidence.Target) bool { return !itself(t) })
			asked, ask.TLS = asked || others, ask.TLS || others && way.TLS
		}
		if !asked {
			continue
		}
		s := r.control(ctx, ask)
		r.keep(s)
		for i, way := range reading.Rewritings {
			if way.Passes(&s) && !reading.Neighbour(s) {
				doubtful[i] = slices.DeleteFunc(doubtful[i], func(t evidence.Target) bool { return !itself(t) })
			}
		}
	}
}

// rewrittenTargets are the targets with a server that shows what a device may have left, and none that came through without.
func (r *run) rewrittenTargets(way reading.Rewriting) []evidence.Target {
	comesThrough := map[string]bool{}
	for _, s := range r.bundle.Sessions {
		if way.Passes(&s) && !reading.Neighbour(s) {
			comesThrough[s.Address] = true
		}
	}
	doubtful := r.targetsWith(func(s evidence.Session) bool {
		return !s.Control && way.Shows(&s) && (transcript.Blanked(&s) || s.Event(evidence.StepSTARTTLS) != nil)
	})
	return slices.DeleteFunc(doubtful, func(t evidence.Target) bool {
		return reading.HasAddress(&t, func(a string) bool { return comesThrough[a] })
	})
}

// rewritingControl picks the host of a control domain, where any target is in doubt.
func (r *run) rewritingControl(ctx context.Context, domain string, doubtful [][]evidence.Target) (host string, addr netip.Addr, ok bool) {
	if len(slices.Concat(doubtful...)) == 0 {
		return "", netip.Addr{}, false
	}
	host, addr, ok = r.controlHost(ctx, domain, reading.IPv4)
	if !ok {
		host, addr, ok = r.controlHost(ctx, domain, reading.IPv6)
	}
	return host, addr, ok
}
