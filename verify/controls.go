package verify

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/smtpprobe"
	"mxverdict/verify/transcript"
)

// invents tells whether the resolver answers for a name that cannot exist (RFC 6761 section 6.4). Such a one rewrites "no
// such name" into addresses of its own, and none of its answers about a host can be trusted.
func (r *run) invents(ctx context.Context) bool {
	return dnsanswer.Trouble(r.ask(ctx, r.nowhere, "A")) == nil
}

// dnsOut tells which of the name servers asked answered at all. The walk begins at the root, so that silence of a zone's own
// servers does not look like this network's.
func dnsOut(exchanges []evidence.Exchange) evidence.WayOut {
	answered := map[evidence.Role]bool{}
	mute := map[string]bool{}
	for _, x := range exchanges {
		switch {
		case x.RCode != "":
			answered[x.Role] = true
		case x.Role == evidence.Authoritative && x.Failure != nil && dnsanswer.Silent(x.Failure.Kind):
			mute[x.Server] = true
		}
	}
	switch {
	case len(exchanges) == 0:
		return ""
	case answered[evidence.Authoritative], answered[evidence.Resolver] && len(mute) < 2:
		return evidence.Open
	case answered[evidence.Resolver]:
		return evidence.ResolverOnly
	}
	return evidence.Closed
}

var families = []reading.Family{reading.IPv4, reading.IPv6}

// unanswered finds out, where a server of an address family did not answer, whether this network lets SMTP out over it at all. An
// RST proves nothing, because firewalls reject, nor does a connection that stays silent, because proxies accept for
// everybody; nor that other servers answered, because a closed network may let some through. Controls are only asked on the port
// that networks close.
func (r *run) unanswered(ctx context.Context) {
	if r.SMTPPort != 25 {
		return
	}
	for _, family := range families {
		r.askControls(ctx, family, r.targetsWith(func(s evidence.Session) bool {
			return !s.Decoy && family.Has(s.Address) && transcript.Unanswered(s)
		}))
	}
}

// targetsWith are the targets of whose servers one has had such a session.
func (r *run) targetsWith(such func(evidence.Session) bool) (targets []evidence.Target) {
	addresses := map[string]bool{}
	for _, s := range r.bundle.Sessions {
		if such(s) {
			addresses[s.Address] = true
		}
	}
	for _, t := range r.bundle.Targets {
		if reading.HasAddress(&t, func(a string) bool { return addresses[a] }) {
			targets = append(targets, t)
		}
	}
	return targets
}

// askControls asks one host of each control domain, until one greets from outside of this network. The silent server itself is no
// control for its own sake, and one machine is asked once.
func (r *run) askControls(ctx context.Context, family reading.Family, silent []evidence.Target) {
	for _, domain := range r.Controls {
		if len(silent) == 0 {
			return
		}
		host, addr, ok := r.controlHost(ctx, domain, family)
		itself := func(t evidence.Target) bool {
			return reading.HasAddress(&t, func(a string) bool { return a == addr.String() })
		}
		same := func(s evidence.Session) bool { return s.Control && s.Address == addr.String() }
		if !ok || slices.ContainsFunc(r.bundle.Sessions, same) || !slices.ContainsFunc(silent, func(t evidence.Target) bool { return !itself(t) }) {
			continue
		}
		s := r.control(ctx, smtpprobe.Ask{Host: host, Address: netip.AddrPortFrom(addr, r.SMTPPort), GreetingOnly: true})
		r.keep(s)
		if transcript.Greeted(s) && !reading.Neighbour(s) {
			silent = slices.DeleteFunc(silent, func(t evidence.Target) bool { return !itself(t) })
		}
	}
}

// controlHost picks an address of a control domain's best MX host that has one of the family.
func (r *run) controlHost(ctx context.Context, domain string, family reading.Family) (string, netip.Addr, bool) {
	for _, h := range dnsanswer.MXHosts(r.ask(ctx, domain, "MX")) {
		addresses, _ := r.addresses(ctx, h.Name)
		for _, a := range addresses {
			if addr, err := netip.ParseAddr(a); err == nil && reading.FamilyOf(addr) == family {
				return h.Name, addr, true
			}
		}
	}
	return "", netip.Addr{}, false
}

// control holds the session with a control that some report of the program needs first; it serves all.
func (r *run) control(ctx context.Context, ask smtpprobe.Ask) evidence.Session {
	key := fmt.Sprintf("%s %v %v %v", ask.Host, ask.Address, ask.GreetingOnly, ask.TLS)
	s := r.controls.Do(ctx, key, func(ctx context.Context) (evidence.Session, bool) {
		return r.dialogue(ctx, "control "+facts.SessionAt(ask.Host, ask.Address.Addr().String()).String(), min(controlPatience, r.Patience), ask), ctx.Err() == nil
	})
	s.Host, s.Address, s.Control, s.Attempt = ask.Host, ask.Address.Addr().String(), true, 1
	return s
}
