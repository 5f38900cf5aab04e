package verify

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// insistPause is the time between two tries of a question that a server did not answer as it should: what limits rates, or
// restarts, may answer the next one.
const insistPause = 3 * time.Second

// streamTries is how often a server that refuses or breaks connections is asked over TCP.
const streamTries = 3

// insist asks the servers of a zone once more that answered without authority, or not over TCP, all side by side. Those that
// stayed silent were asked by all tries, over UDP and TCP.
func (r *run) insist(ctx context.Context, t *evidence.Target, task Task) {
	d, servers := r.snapshot(), r.answering(t)
	var group sync.WaitGroup
	for _, server := range servers {
		if task.Has(facts.FromServers) && !d.Serves(t, server) {
			group.Go(func() { r.askOnceMore(ctx, t, server) })
		}
		if task.Has(facts.FromTCP) {
			group.Go(func() { r.askTCP(ctx, t, server) })
		}
	}
	if task.Has(facts.FromGlue) {
		group.Go(func() { r.askGlue(ctx, t, servers) })
	}
	group.Wait()
	quiet := func(s evidence.Server) bool { return !d.Answered(t, s) && !d.NoRoute(t, s) }
	if task.Has(facts.FromTCP) || slices.ContainsFunc(t.Servers, quiet) {
		r.proveTCP(ctx, t)
	}
}

// maxStreamControls is how many servers of each address family have to show whether TCP gets out of this network at all.
const maxStreamControls = 3

// proveTCP asks servers of the zones above over TCP, the root's first, and those of the zone itself that answered otherwise, where
// nobody answered over it so far.
func (r *run) proveTCP(ctx context.Context, t *evidence.Target) {
	if t.Delegation == nil || len(t.Delegation.Path) == 0 {
		return
	}
	var controls []evidence.Server
	for _, cut := range t.Delegation.Path[:len(t.Delegation.Path)-1] {
		controls = append(controls, cut.Servers...)
	}
	d := r.snapshot()
	controls = append(controls, r.answering(t)...)
	count := map[bool]int{} // by whether they are of IPv6
	controls = slices.DeleteFunc(controls, func(server evidence.Server) bool {
		addr, err := netip.ParseAddr(server.Address)
		family := func(s evidence.Server) bool {
			other, err := netip.ParseAddr(s.Address)
			return err == nil && other.Is6() == addr.Is6()
		}
		if err != nil || count[addr.Is6()] >= maxStreamControls || d.HeardOverTCP(server.Address) || !slices.ContainsFunc(t.Servers, family) {
			return true
		}
		count[addr.Is6()]++
		return false
	})
	sideBySide(controls, func(_ int, server evidence.Server) {
		r.record(r.dns.AskTCP(ctx, server, t.Zone, "SOA", dnsanswer.RoundStream))
	})
}

// askOnceMore puts the question twice more, the last time over TCP, until it is answered with authority.
func (r *run) askOnceMore(ctx context.Context, t *evidence.Target, server evidence.Server) {
	if !pause(ctx, insistPause) {
		return
	}
	if r.snapshot().LacksSOA(t, server) { // it may have other records, as load balancers do
		r.record(r.dns.Ask(ctx, server, t.Zone, "A"))
		r.record(r.dns.Ask(ctx, server, t.Zone, "AAAA"))
	}
	r.record(r.dns.AskAnew(ctx, server, t.Zone, "SOA", dnsanswer.RoundAnew))
	if r.snapshot().Serves(t, server) || !pause(ctx, insistPause) {
		return
	}
	r.record(r.dns.AskTCP(ctx, server, t.Zone, "SOA", dnsanswer.RoundStream))
}

// askTCP asks over TCP, and again after a while where the connection is refused or breaks.
func (r *run) askTCP(ctx context.Context, t *evidence.Target, server evidence.Server) {
	for try := range streamTries {
		if try > 0 && !pause(ctx, insistPause) {
			return
		}
		xs := r.dns.AskTCP(ctx, server, t.Zone, "SOA", dnsanswer.RoundStream+try)
		r.record(xs)
		if f := dnsanswer.Last(xs).Failure; f == nil || f.Kind == evidence.Timeout || !dnsanswer.Silent(f.Kind) {
			return // silence was waited for by all tries of the question already
		}
	}
}

// askGlue asks every server of a zone for the addresses of its name servers inside the zone, to compare them with the
// glue. One server alone may hold an old copy, as that at an old address does. The same holds for name servers in other
// zones, where their glue is not what one server of these zones says.
func (r *run) askGlue(ctx context.Context, t *evidence.Target, servers []evidence.Server) {
	d := r.snapshot()
	var group sync.WaitGroup
	for _, name := range d.StrangeSiblings(t) {
		group.Go(func() { r.askWitnesses(ctx, name, "A", "AAAA") })
	}
	var questions []question
	for _, name := range d.NeedGlue(t) {
		for _, server := range servers {
			questions = append(questions, question{server, name, "A"}, question{server, name, "AAAA"})
		}
	}
	r.putThese(ctx, questions)
	group.Wait()
}
