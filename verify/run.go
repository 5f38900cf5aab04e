package verify

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"mxverdict/verify/dnsprobe"
	"mxverdict/verify/evidence"
	"mxverdict/verify/reading"
	"mxverdict/verify/smtp"
)

// Manners towards strangers' servers.
const (
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

// Run asks everything that the plan of a report lists and returns what was seen. It does not fail: what could not be asked stands
// in the bundle as such. Cancelling ctx ends every wait at once; the bundle then holds what is known so far.
func (p *Prober) Run(ctx context.Context, plan Plan) evidence.Bundle {
	r := p.newRun()
	leave, _ := p.enter(ctx)
	defer leave()
	var cancel context.CancelFunc
	r.deadline, ctx, cancel = within(ctx, p.Deadline)
	defer cancel()
	r.bundle.StartedAt = time.Now().UTC()
	r.begin(plan)
	dns, over := context.WithTimeoutCause(ctx, r.dnsTime(plan), errDNSTime{})
	defer over()
	var early, group sync.WaitGroup
	early.Go(func() { r.bundle.Vantage.Invents = r.invents(dns) })
	early.Go(func() { r.zones(dns, plan) })
	r.resolve(dns, plan)
	visits := r.visits(plan)
	r.prepare(dns, visits)
	visited := make(chan struct{})
	group.Go(func() {
		r.sessions(ctx, visits)
		close(visited)
		r.lookUpGreetings(ctx, plan)
	})
	group.Go(func() { r.decoy(ctx, visited, visits) })
	var look sync.WaitGroup
	look.Go(func() { early.Wait(); r.lookups(dns, plan) }) // beside the sessions, which mostly wait
	look.Go(func() { r.policies(ctx, dns, plan) })
	look.Wait()
	leave() // the next report may look things up while this one waits for its sessions
	group.Wait()
	r.unanswered(ctx)
	r.retry(ctx, visits)
	r.rewriting(ctx)
	r.lookUpGreetings(ctx, plan) // those of further sessions
	r.bundle.Vantage.SMTPOut = reading.WayOut(r.bundle.Targets, r.bundle.Sessions, reading.IPv4)
	r.bundle.Vantage.SMTPOut6 = reading.WayOut(r.bundle.Targets, r.bundle.Sessions, reading.IPv6)
	r.bundle.FinishedAt = time.Now().UTC()
	r.bundle.Expired = errors.Is(context.Cause(ctx), errDeadline)
	r.bundle.Interrupted = ctx.Err() != nil && !r.bundle.Expired
	if ctx.Err() == nil { // a run that was cut short may have asked nobody long enough
		r.bundle.Vantage.DNSOut = dnsOut(r.bundle.Exchanges)
	}
	r.sort()
	return r.bundle
}

// run is the run of one report on its way.
type run struct {
	*Prober
	dns      *dnsprobe.Probe
	bundle   evidence.Bundle
	reading  *reading.Reading // of the bundle so far
	deadline *deadline

	allowances []*dnsprobe.Allowance // by target

	mu       sync.Mutex // guards bundle.Exchanges, bundle.Sessions and the maps
	hosts    map[string]bool
	recorded map[exchangeKey]bool
	files    map[string]bool // by URL: what this run has
}

// exchangeKey tells exchanges apart: a cached answer comes back with the same times.
type exchangeKey struct {
	at                            time.Time
	server, transport, name, kind string
	round                         int
}

func (p *Prober) newRun() *run {
	o := p.Options
	dns := &dnsprobe.Probe{Wire: &p.wire, Dialer: o.guarded(o.Dialer), Resolver: o.Resolver, Port: o.DNSPort, Roots: o.Roots}
	r := &run{Prober: p, dns: dns, hosts: map[string]bool{}, recorded: map[exchangeKey]bool{}, files: map[string]bool{}}
	r.bundle = evidence.Bundle{
		Schema: evidence.Schema, Tool: o.Tool, Catalogue: o.Catalogue,
		Vantage:   evidence.Vantage{Helo: o.Helo, Resolver: o.Resolver.String(), ResolverNamed: o.ResolverNamed, Proxy: o.ProxyName, Patience: evidence.Seconds(o.Patience), Outbound: o.Outbound},
		Targets:   []evidence.Target{},
		Exchanges: []evidence.Exchange{},
		Sessions:  []evidence.Session{},
		Fetches:   []evidence.Fetch{},
	}
	r.reading = &reading.Reading{Bundle: &r.bundle}
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
	r.add(exchanges)
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

// visits lists the visits that the targets take.
func (r *run) visits(plan Plan) []smtp.Visit {
	r.mu.Lock()
	defer r.mu.Unlock()
	var wishes []reading.Wish
	for _, task := range plan.Targets {
		wishes = append(wishes, r.wish(task))
	}
	return smtp.Visits(r.reading, wishes)
}

// wish is what a task wants of its target.
func (r *run) wish(t Task) reading.Wish {
	return reading.Wish{Source: t.Source, Host: t.Host, Settle: r.Settle, Private: r.AllowPrivate}
}

// greetingTime bounds the look-ups of names in greetings, which strangers choose.
const greetingTime = 30 * time.Second

// lookUpGreetings looks up the names in the greetings that came. These were awaited, so they cannot be asked for beside.
func (r *run) lookUpGreetings(ctx context.Context, plan Plan) {
	ctx, cancel := context.WithTimeoutCause(ctx, greetingTime, errDNSTime{})
	defer cancel()
	r.inquire(ctx, r.inquiries(plan, smtp.Questions), nil)
}

// inquiries are what topics want to know about all targets.
func (r *run) inquiries(plan Plan, topics ...func(*reading.Reading, *evidence.Target, reading.Wish) []reading.Question) (list []inquiry) {
	for i, task := range plan.Targets {
		for _, questions := range topics {
			list = append(list, inquiry{i, func() []reading.Question { return questions(r.reading, &r.bundle.Targets[i], r.wish(task)) }})
		}
	}
	return list
}
