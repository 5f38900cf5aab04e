package verify

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/netrange"
	"mxverdict/verify/smtpprobe"
	"mxverdict/verify/transcript"
)

// invents tells whether the resolver answers for a name that cannot exist (RFC 6761 section 6.4). Such a one rewrites "no
// such name" into addresses of its own, and none of its answers about a host can be trusted.
func (r *run) invents(ctx context.Context) bool {
	name := fmt.Sprintf("mxverdict-%08x.invalid", rand.Uint32())
	return dnsanswer.Trouble(r.ask(ctx, name, "A")) == nil
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

func isIPv4(a netip.Addr) bool { return a.Is4() }

func isIPv6(a netip.Addr) bool { return a.Is6() }

// wayOut tells what the sessions of one address family show about our own network: a greeting from any public address proves
// that it is open; controls that all stayed silent prove that it is closed.
func wayOut(sessions []evidence.Session, family func(netip.Addr) bool) evidence.WayOut {
	asked, silent := 0, 0
	for _, s := range sessions {
		addr, err := netip.ParseAddr(s.Address)
		switch {
		case err != nil || s.Decoy || !family(addr):
		case transcript.Greeted(s) && !netrange.Private(addr):
			return evidence.Open
		case s.Control:
			asked++
			if transcript.Unanswered(s) {
				silent++
			}
		}
	}
	if asked > 0 && asked == silent {
		return evidence.Closed
	}
	return ""
}

// controls finds out, where no server of an address family answered, whether this network lets SMTP out over it at all. An
// RST proves nothing, because firewalls reject, nor does a connection that stays silent, because proxies accept for
// everybody. Controls are only asked on the port that networks close.
func (r *run) controls(ctx context.Context) {
	if r.SMTPPort != 25 {
		return
	}
	for _, family := range []func(netip.Addr) bool{isIPv4, isIPv6} {
		failed := slices.ContainsFunc(r.bundle.Sessions, func(s evidence.Session) bool {
			addr, err := netip.ParseAddr(s.Address)
			return err == nil && !s.Decoy && family(addr) && transcript.Unanswered(s)
		})
		if failed && wayOut(r.bundle.Sessions, family) != evidence.Open {
			r.askControls(ctx, family)
		}
	}
}

// askControls asks one host of each control domain, until one greets.
func (r *run) askControls(ctx context.Context, family func(netip.Addr) bool) {
	for _, domain := range r.Controls {
		host, addr, ok := r.controlHost(ctx, domain, family)
		if !ok {
			continue
		}
		s := r.control(ctx, smtpprobe.Ask{Host: host, Address: netip.AddrPortFrom(addr, r.SMTPPort), GreetingOnly: true})
		r.bundle.Sessions = append(r.bundle.Sessions, s)
		if transcript.Greeted(s) {
			return
		}
	}
}

// controlHost picks an address of a control domain's best MX host that has one of the family.
func (r *run) controlHost(ctx context.Context, domain string, family func(netip.Addr) bool) (string, netip.Addr, bool) {
	for _, h := range dnsanswer.MXHosts(r.ask(ctx, domain, "MX")) {
		addresses, _ := r.addresses(ctx, h.Name)
		for _, a := range addresses {
			if addr, err := netip.ParseAddr(a); err == nil && family(addr) {
				return h.Name, addr, true
			}
		}
	}
	return "", netip.Addr{}, false
}

func (r *run) control(ctx context.Context, ask smtpprobe.Ask) evidence.Session {
	s := r.dialogue(ctx, "control "+facts.SessionAt(ask.Host, ask.Address.Addr().String()).String(), min(controlPatience, r.Patience), ask)
	s.Control, s.Attempt = true, 1
	return s
}
