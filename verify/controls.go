package verify

// This file asks who is to blame for what was seen: the servers under test, or the network from which they are tested. A network that
// closes port 25, a proxy that keeps mail in and a resolver that answers for names that do not exist make every server look broken, and
// a verdict that takes their doing for a server's would be wrong for each of them. What the answers are worth is decided in reading.

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/smtp"
	"mxverdict/verify/smtpprobe"
)

// invents tells whether the resolver answers for a name that cannot exist (RFC 6761 section 6.4). Such a one rewrites "no
// such name" into addresses of its own, and none of its answers about a host can be trusted.
func (r *run) invents(ctx context.Context) {
	answer := r.ask(ctx, r.nowhere, "A")
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bundle.Vantage.Invents = dnsanswer.Trouble(answer) == nil
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
		// A server that answers with an error was reached, and is not mute.
		case x.Role == evidence.Authoritative && x.Failure != nil && dnsanswer.Silent(x.Failure.Kind):
			mute[x.Server] = true
		}
	}
	switch {
	// Nobody was asked, as where a report is about an address alone.
	case len(exchanges) == 0:
		return ""
	// One server that is mute may be down; two that have nothing to do with each other point at this network.
	case answered[evidence.Authoritative], answered[evidence.Resolver] && len(mute) < 2:
		return evidence.Open
	case answered[evidence.Resolver]:
		return evidence.ResolverOnly
	}
	return evidence.Closed
}

// families are looked at apart: a network may let one out and not the other, and what is seen over one says nothing of the other.
var families = []reading.Family{reading.IPv4, reading.IPv6}

// mailPort is the port that networks close to keep spam in: controls are asked on no other.
const mailPort = 25

// unanswered asks one host of each control domain, until one greets from outside of this network, where a server of an address family did
// not answer: it finds out whether this network lets SMTP out over it at all. It is asked only then: a control is a stranger's server
// too, and a run in which all servers answered needs no such proof.
func (r *run) unanswered(ctx context.Context) {
	// On another port a control would not listen, and its silence would say nothing.
	if r.SMTPPort != mailPort {
		return
	}
	for _, family := range families {
		for _, domain := range r.Controls {
			if r.inDoubt(func() bool { return len(smtp.Silent(r.reading, family)) > 0 }) {
				host, address := r.controlHost(ctx, domain, family)
				r.control(ctx, host, address, smtp.ControlFor)
			}
		}
	}
}

// rewriting asks the controls where a server seems to lack STARTTLS, to blank its greeting out, or to break the handshake, and neither a
// control nor another server of the same target showed that such things come through from outside of this network
// (reading.Rewritings). The controls offer STARTTLS to everybody.
func (r *run) rewriting(ctx context.Context) {
	if r.SMTPPort != mailPort {
		return
	}
	doubtful := func() bool {
		for way := range reading.Rewritings {
			if len(smtp.Rewritten(r.reading, way)) > 0 {
				return true
			}
		}
		return false
	}
	for _, domain := range r.Controls {
		if !r.inDoubt(doubtful) {
			return
		}
		// IPv4 first, because every mail host of the world has it; what a device rewrites does not depend on the family.
		host, address := r.controlHost(ctx, domain, reading.IPv4)
		if !address.IsValid() {
			host, address = r.controlHost(ctx, domain, reading.IPv6)
		}
		r.control(ctx, host, address, smtp.RewritingControl)
	}
}

// inDoubt tells what a reading of the evidence so far says. The lock is held meanwhile.
func (r *run) inDoubt(doubtful func() bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return doubtful()
}

// controlHost picks an address of a control domain's best MX host that has one of the family; the zero value if there is none. Which one
// is picked follows from the answers alone, so that a second report meets the same control and can share its session.
func (r *run) controlHost(ctx context.Context, domain string, family reading.Family) (host string, address netip.Addr) {
	for {
		var ask []reading.Question
		r.inDoubt(func() bool {
			host, address, ask = smtp.ControlHost(r.reading, domain, family)
			return false
		})
		if len(ask) == 0 {
			return host, address
		}
		r.put(ctx, ask...)
	}
}

// fresh is for how long what was seen of this network counts: a run may take a night, in which a network may close and open again.
const fresh = 5 * time.Minute

// control holds a session with a host where that is called for. The one that some report of the program needs first serves all of about
// that time.
func (r *run) control(ctx context.Context, host string, address netip.Addr, wanted func(*reading.Reading, netip.Addr) (smtp.Control, bool)) {
	if !address.IsValid() {
		return
	}
	var c smtp.Control
	if !r.inDoubt(func() (ask bool) { c, ask = wanted(r.reading, address); return ask }) {
		return
	}
	// Controls greet at once, so that a patience meant for the servers under test would only make the user wait.
	ask := smtpprobe.Ask{Host: host, Address: netip.AddrPortFrom(address, r.SMTPPort), GreetingOnly: c.GreetingOnly, TLS: c.TLS}
	s := r.controls.Do(ctx, fmt.Sprint(host, " ", address, " ", c), func(ctx context.Context) (evidence.Session, bool) {
		return r.dialogue(ctx, "control "+facts.SessionAt(host, address.String()).String(), min(controlPatience, r.Patience), ask), ctx.Err() == nil
	})
	s.Control, s.Attempt = true, 1
	r.keep(s)
}
