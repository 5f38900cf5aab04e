package verify

import (
	"context"
	"net/netip"

	"golang.org/x/sync/errgroup"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/netrange"
	"mxverdict/verify/reading"
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
	if task.Has(facts.FromSPF) {
		ask(func() { r.askOutbound(ctx, t) })
	}
	if task.Has(facts.FromHostNames) && t.Kind != "address" && (t.Trouble == nil || t.Trouble.Kind != evidence.Limit) {
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
			if err == nil && task.Has(facts.FromPTR) && (r.AllowPrivate || !netrange.Private(addr)) {
				ask(func() { r.reverse(ctx, addr, task.Has(facts.FromForward)) })
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
	for _, name := range reading.ReverseNames(records) {
		r.askBoth(ctx, name, dnsanswer.AddressType(addr))
	}
}
