package verify

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// Waits between questions.
const (
	transferPause = 2 * time.Second
)

// strangers asks what the name servers of a target's zone do for strangers.
func (r *run) strangers(ctx context.Context, task Task, t *evidence.Target) {
	if !task.Has(facts.FromRecursion|facts.FromTransfer) || t.Kind == "address" || t.Delegation == nil {
		return
	}
	servers := r.answering(t)
	var group sync.WaitGroup
	if task.Has(facts.FromRecursion) {
		group.Go(func() { r.recursion(ctx, t, servers) })
	}
	if task.Has(facts.FromTransfer) {
		group.Go(func() {
			r.transfer(ctx, t.Zone, servers)
			r.proveTCP(ctx, t)
		})
	}
	group.Wait()
}

// answering lists the addresses of name servers that sent any message when they were asked for the zone's SOA record, each
// once. Those that stayed silent would only stay so again, and take their time.
func (r *run) answering(t *evidence.Target) []evidence.Server {
	r.mu.Lock()
	defer r.mu.Unlock()
	var servers []evidence.Server
	for _, s := range t.Servers {
		known := slices.ContainsFunc(servers, func(o evidence.Server) bool { return o.Address == s.Address })
		spoke := slices.ContainsFunc(r.bundle.Exchanges, func(x evidence.Exchange) bool {
			return x.Role == evidence.Authoritative && x.RCode != "" && dnsanswer.At(&x, s.Address)
		})
		if spoke && !known {
			servers = append(servers, s)
		}
	}
	return servers
}

// question is one for a server, or, where it has no address, for whichever server of the name's zone answers.
type question struct {
	server       evidence.Server
	name, rrtype string
}

// put asks questions, some side by side.
func (r *run) putThese(ctx context.Context, questions []question) {
	sideBySide(questions, func(_ int, q question) {
		if q.server.Address == "" {
			r.record(r.dns.Authoritative(ctx, q.name, q.rrtype))
		} else {
			r.record(r.dns.Ask(ctx, q.server, q.name, q.rrtype))
		}
	})
}

// recursion asks every server for a name that is not its business and cannot exist: one fresh label below a zone above,
// which is known to exist and to be served by others. All that comes of it is one NXDOMAIN.
func (r *run) recursion(ctx context.Context, t *evidence.Target, servers []evidence.Server) {
	sideBySide(servers, func(_ int, s evidence.Server) {
		if zone := reading.ForeignZone(t, s); zone != "" {
			name := fmt.Sprintf("mxverdict-%08x", rand.Uint32())
			if zone != "." {
				name += "." + zone
			}
			r.record(r.dns.Recurse(ctx, s, name, "A"))
		}
	})
}

// transfer asks every server for the zone, and breaks off at once. A connection that is closed is tried a second time, as
// servers in need close some too.
func (r *run) transfer(ctx context.Context, zone string, servers []evidence.Server) {
	sideBySide(servers, func(_ int, s evidence.Server) {
		x := r.dns.Transfer(ctx, s, zone, 0)
		r.record([]evidence.Exchange{x})
		if dnsanswer.ClosedUp(x) && pause(ctx, transferPause) {
			r.record([]evidence.Exchange{r.dns.Transfer(ctx, s, zone, 1)})
		}
	})
}

// pause waits, and tells whether the run goes on.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
