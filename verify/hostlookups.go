package verify

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"mxverdict/verify/derive"
	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/dnsprobe"
	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/netrange"
	"mxverdict/verify/transcript"
)

// hostLookups asks what no session waits for about the hosts of a target.
func (r *run) hostLookups(ctx context.Context, t *evidence.Target, task Task) {
	var group errgroup.Group
	group.SetLimit(parallel)
	ask := func(f func()) {
		group.Go(func() error {
			f()
			return nil
		})
	}
	if task.has(wantOutbound) {
		ask(func() { r.askOutbound(ctx, t) })
	}
	if task.has(wantHostNames) && t.Kind != "address" && (t.Trouble == nil || t.Trouble.Kind != evidence.Limit) {
		for _, h := range t.Hosts {
			if h.Trouble == nil || h.Trouble.Kind != evidence.Limit {
				ask(func() { r.askBoth(ctx, h.Name, "A", "AAAA") })
			}
		}
		if len(t.Hosts) == 0 && t.Kind == "" {
			ask(func() { r.askBoth(ctx, t.Name, "A", "AAAA") })
		}
	}
	for _, h := range t.Hosts {
		for _, a := range h.Addresses {
			addr, err := netip.ParseAddr(a)
			if err == nil && task.has(wantPTR) && (r.AllowPrivate || !netrange.Private(addr)) {
				ask(func() { r.reverse(ctx, addr, task.has(wantForward)) })
			}
		}
	}
	group.Wait() // the functions return no error
}

// askBoth asks the servers of a name's own zone, and the resolver as a second witness.
func (r *run) askBoth(ctx context.Context, name string, rrtypes ...string) {
	for _, rrtype := range rrtypes {
		r.authoritative(ctx, name, rrtype, r.ask(ctx, name, rrtype))
	}
}

// reverse looks an address up, and the names found back, whoever told them.
func (r *run) reverse(ctx context.Context, addr netip.Addr, forward bool) {
	reverse := dnsanswer.ReverseName(addr)
	resolver := r.ask(ctx, reverse, "PTR")
	servers := r.authoritative(ctx, reverse, "PTR", resolver)
	if !forward {
		return
	}
	records, trouble := dnsanswer.Resolved(servers, reverse, "PTR")
	if trouble != nil {
		records = dnsanswer.Seen(servers, reverse, "PTR")
	}
	if len(records) == 0 {
		records = dnsanswer.Records(dnsanswer.Last(resolver), "PTR")
	}
	for _, name := range derive.ReverseNames(records) {
		r.askBoth(ctx, name, dnsanswer.AddressType(addr))
	}
}

// Bounds of the look-ups of one name in a greeting, which strangers choose: no name takes anything from the others, which may be of
// another report. Of the hosts of one report all are looked up side by side.
const (
	greetingTime      = 30 * time.Second
	greetingAllowance = 1 << 19 // bytes
)

// lookUpGreetings looks up the names in the greetings that came. These were awaited, so they cannot be asked for beside.
func (r *run) lookUpGreetings(ctx context.Context, visits []visit) {
	var names []string
	for _, v := range visits {
		if !v.has(wantGreetingName) {
			continue
		}
		for _, s := range r.sessionsOf(v) {
			if transcript.Greeted(s) && dnsanswer.ValidHostname(transcript.GreetedName(s.Event(evidence.StepGreeting).Reply)) {
				names = append(names, transcript.GreetedName(s.Event(evidence.StepGreeting).Reply))
			}
		}
	}
	slices.Sort(names)
	var group errgroup.Group
	group.SetLimit(parallelTargets)
	for _, name := range slices.Compact(names) {
		group.Go(func() error {
			ctx, cancel := context.WithTimeoutCause(dnsprobe.NewAllowance(greetingAllowance).Within(ctx), greetingTime, errDNSTime{})
			defer cancel()
			r.greetingName(ctx, name)
			return nil
		})
	}
	group.Wait() // the functions return no error
}

// greetingName looks a name in a greeting up. Where the resolver does not lead to a public address, the name servers are asked: it may fail,
// or know a name that nobody else does, as many do of localhost.
func (r *run) greetingName(ctx context.Context, name string) {
	r.consult(ctx, name, derive.GreetingTypes...)
	if r.snapshot().PublicByResolver(name) {
		return
	}
	for _, rrtype := range derive.GreetingTypes {
		r.authoritative(ctx, name, rrtype, r.ask(ctx, name, rrtype))
		if records, _ := r.snapshot().Records(name, rrtype); len(records) > 0 {
			return
		}
	}
}
