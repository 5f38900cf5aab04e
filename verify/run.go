package verify

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"mxverdict/verify/derive"
	"mxverdict/verify/dnsprobe"
	"mxverdict/verify/evidence"
)

// Manners towards strangers' servers.
const (
	// pace is the shortest time between two sessions with one address: at most two a minute. Public testers have met
	// limits of about that rate.
	pace = 30 * time.Second
	// attempts is how often an address is tried that turned the tester away or broke off.
	attempts = derive.Attempts
	// insistence is the time from the first to the third try of an address that cannot be reached: what refuses newcomers for a
	// while, or restarts, answers by then. A little more than ten minutes, because clocks are set meanwhile.
	insistence = 10*time.Minute + 2*time.Second
	// parallel bounds the look-ups that run side by side; sessions with different addresses all run side by side, because
	// nearly all of their time is waiting.
	parallel = 8
	// parallelTargets bounds the targets whose look-ups run side by side: as many as a run tests unless it is told to test more.
	parallelTargets = 20
	// dnsAllowance is how many bytes the DNS questions about one target may cost. The largest zones in order, with 26 addresses of name
	// servers, take about 1 MiB; twenty targets of the worst kind stay within the 256 MiB that a report may take.
	dnsAllowance = 3 << 19
	// controlPatience is how long a control may take to greet: controls are hosts that greet at once.
	controlPatience = 60 * time.Second
)

var errDeadline = errors.New("the deadline of the run")

// Run asks everything that the plan lists and returns what was seen; nothing where it lists nothing. It does not fail: what could not be
// asked stands in the bundle as such. Cancelling ctx ends every wait at once; the bundle then holds what is known so far.
func Run(ctx context.Context, plan Plan, o Options) Seen {
	if len(plan.Targets) == 0 {
		return Seen{plan: plan}
	}
	r := newRun(o)
	if o.Deadline > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, o.Deadline, errDeadline)
		defer cancel()
	}
	r.bundle.StartedAt = time.Now().UTC()
	r.begin(plan)
	var group sync.WaitGroup
	own, cancel := context.WithTimeoutCause(ctx, r.dnsTime(), errDNSTime{}) // for questions about no target
	defer cancel()
	group.Go(func() { r.bundle.Vantage.Invents = r.invents(own) })
	group.Go(func() { r.zones(ctx, plan) })
	group.Go(func() { r.lookups(ctx, plan) }) // beside the sessions, which mostly wait
	group.Go(func() { r.settle(ctx, plan) })
	group.Go(func() { r.policies(ctx, plan) })
	r.resolve(ctx, plan)
	visits := r.visits(plan)
	r.prepareDialogue(own, visits)
	over := make(chan struct{})
	group.Go(func() {
		r.sessions(ctx, visits)
		close(over)
		r.lookUpGreetings(ctx, visits)
	})
	group.Go(func() { r.decoy(ctx, over, visits) })
	group.Wait()
	r.controls(ctx)
	r.retry(ctx, visits)
	r.rewriting(ctx)
	r.lookUpGreetings(ctx, visits) // those of further sessions
	r.bundle.Vantage.SMTPOut = derive.WayOut(r.bundle.Targets, r.bundle.Sessions, derive.IPv4)
	r.bundle.Vantage.SMTPOut6 = derive.WayOut(r.bundle.Targets, r.bundle.Sessions, derive.IPv6)
	r.bundle.FinishedAt = time.Now().UTC()
	r.bundle.Expired = errors.Is(context.Cause(ctx), errDeadline)
	r.bundle.Interrupted = ctx.Err() != nil && !r.bundle.Expired
	if ctx.Err() == nil { // a run that was cut short may have asked nobody long enough
		r.bundle.Vantage.DNSOut = dnsOut(r.bundle.Exchanges)
	}
	r.sort()
	return Seen{r.bundle, plan, r.MaxHosts, r.budgets}
}

// run is one run on its way.
type run struct {
	Options
	dns    *dnsprobe.Probe
	bundle evidence.Bundle
	names  dialogueNames

	turns   []*turn // by target
	askedBy [][]int // by target: the reports for which it is tested

	mu       sync.Mutex // guards bundle.Exchanges, bundle.Sessions and the maps
	budgets  []budget   // by report
	recorded map[exchangeKey]bool
	files    map[string]bool // by URL: what is or was fetched
	settled  map[string]bool // zones that were, or are, looked at closer
}

// exchangeKey tells exchanges apart: a cached answer comes back with the same times.
type exchangeKey struct {
	at                            time.Time
	server, transport, name, kind string
	round                         int
}

func newRun(o Options) *run {
	r := &run{Options: o, recorded: map[exchangeKey]bool{}, files: map[string]bool{}, settled: map[string]bool{}}
	r.dns = &dnsprobe.Probe{Dialer: o.guarded(o.Dialer), Resolver: o.Resolver, Port: o.DNSPort, Roots: o.Roots}
	r.bundle = evidence.Bundle{
		Schema: evidence.Schema, Tool: o.Tool, Catalogue: o.Catalogue,
		Vantage:   evidence.Vantage{Helo: o.Helo, Resolver: o.Resolver.String(), ResolverNamed: o.ResolverNamed, Proxy: o.ProxyName, Patience: evidence.Seconds(o.Patience), Outbound: o.Outbound},
		Targets:   []evidence.Target{},
		Exchanges: []evidence.Exchange{},
		Sessions:  []evidence.Session{},
		Fetches:   []evidence.Fetch{},
	}
	return r
}

// ask puts a question to the resolver and records it.
func (r *run) ask(ctx context.Context, name, rrtype string) []evidence.Exchange {
	exchanges := r.dns.Lookup(ctx, name, rrtype)
	r.record(exchanges)
	return exchanges
}

// record adds exchanges that are not yet in the bundle.
func (r *run) record(exchanges []evidence.Exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, x := range exchanges {
		key := exchangeKey{x.At, x.Server, x.Transport, x.Name, x.Type, x.Round}
		if !r.recorded[key] {
			r.recorded[key] = true
			r.bundle.Exchanges = append(r.bundle.Exchanges, x)
		}
	}
}

// sort brings the bundle into an order that does not depend on which answer came first.
func (r *run) sort() {
	slices.SortStableFunc(r.bundle.Exchanges, func(a, b evidence.Exchange) int { return a.At.Compare(b.At) })
	slices.SortStableFunc(r.bundle.Sessions, func(a, b evidence.Session) int {
		return cmp.Or(boolRank(a.Decoy)-boolRank(b.Decoy), cmp.Compare(a.Host, b.Host), cmp.Compare(a.Address, b.Address), cmp.Compare(a.Attempt, b.Attempt))
	})
	slices.SortStableFunc(r.bundle.Fetches, func(a, b evidence.Fetch) int { return cmp.Compare(a.URL, b.URL) })
}

// boolRank puts what is false before what is true.
func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}
