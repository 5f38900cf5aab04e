package verify

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"mxverdict/verify/blocklist"
	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/dnsprobe"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/message"
	"mxverdict/verify/reading"
	"mxverdict/verify/smtp"
)

const (
	// parallelTargets bounds the targets that are resolved side by side: as many as a report tests unless it is told to test more.
	parallelTargets = 20
	// dnsAllowance is how many bytes the DNS questions about one target may cost. The largest zones in order, with 26 addresses of name
	// servers, take about 1 MiB; twenty targets of the worst kind stay within the 256 MiB that a report may take.
	dnsAllowance = 3 << 19
	// listAllowance is how many bytes each block list about which a target is asked may cost beyond that: the walk to it, its test
	// entries at two servers, and some entries.
	listAllowance = 24 << 10
	// controlPatience is how long a control may take to greet: controls are hosts that greet at once.
	controlPatience = 60 * time.Second
	// greetingTime bounds the look-ups of names in greetings, which strangers choose.
	greetingTime = 30 * time.Second
)

// run is the run of one report on its way. Its look-ups, sessions and inquiries run side by side and meet only in the bundle, under the
// lock.
type run struct {
	*Prober
	number int64 // tells runs of a prober apart, from 1
	plan   Plan
	dns    *dnsprobe.Probe
	clocks clocks
	files  context.Context // of policy files: they may take a minute beyond the time of the DNS questions

	allowances []*dnsprobe.Allowance // by target

	mu       sync.Mutex // guards what follows
	bundle   evidence.Bundle
	reading  *reading.Reading // of the bundle so far
	hosts    map[string]bool  // SMTP hosts that were admitted
	recorded map[exchangeKey]bool
	talks    int // sessions on their way
}

// exchangeKey tells exchanges apart: a cached answer comes back with the same times. What differs in none of these is one exchange,
// whoever asked for it.
type exchangeKey struct {
	at                            time.Time
	server, transport, name, kind string
	round                         int
}

// newRun is a run of which nothing was asked. Lists are empty and not missing, for those who read the bundle as JSON.
func (p *Prober) newRun(plan Plan) *run {
	r := &run{Prober: p, number: p.runs.Add(1), plan: plan, hosts: map[string]bool{}, recorded: map[exchangeKey]bool{}}
	r.dns = &dnsprobe.Probe{Wire: p.wire, Dialer: p.guarded(p.Dialer), Resolver: p.Resolver, Port: p.DNSPort, Roots: p.Roots, Waits: r.clocks.pause}
	r.bundle = evidence.Bundle{
		Schema: evidence.Schema, Tool: p.Tool, Catalogue: p.Catalogue,
		Vantage: evidence.Vantage{Helo: p.Helo, Resolver: p.Resolver.String(), ResolverNamed: p.ResolverNamed, Proxy: p.ProxyName,
			Patience: evidence.Seconds(p.Patience), Outbound: p.Outbound},
		Targets:   []evidence.Target{},
		Exchanges: []evidence.Exchange{},
		Sessions:  []evidence.Session{},
		Fetches:   []evidence.Fetch{},
	}
	if plan.Message != nil {
		kept := plan.Message.Evidence()
		r.bundle.Message = &kept
	}
	for _, rr := range p.TrustAnchors {
		if text, ok := dnsanswer.Text(rr); ok {
			r.bundle.Vantage.TrustAnchors = append(r.bundle.Vantage.TrustAnchors, text)
		}
	}
	r.reading = &reading.Reading{Bundle: &r.bundle}
	for _, task := range plan.Targets {
		lists := int64(blocklist.Asked(task.Lists))
		r.allowances = append(r.allowances, dnsprobe.NewAllowance(dnsAllowance+lists*listAllowance))
	}
	return r
}

// Run asks everything that the plan of a report lists and returns what was seen. It does not fail: what could not be asked stands
// in the bundle as such. Cancelling ctx ends every wait at once; the bundle then holds what is known so far.
func (p *Prober) Run(ctx context.Context, plan Plan) evidence.Bundle {
	r := p.newRun(plan)
	// The time of the report begins when it has its place: how long it waits for others is not its doing.
	r.queued(1)
	place, _ := p.enter(ctx)
	r.queued(-1)
	defer place.end()
	r.clocks.queued = func(change int) {
		place.wait(change)
		r.queued(change)
	}
	ctx, cancel := r.clocks.within(ctx, p.Deadline, errDeadline)
	defer cancel()
	r.files = ctx
	r.bundle.StartedAt = time.Now().UTC()
	r.begin(plan)
	r.test(ctx, place)
	r.end(ctx)
	return r.bundle
}

// queued tells the user that the report waits for its turn, or goes on.
func (r *run) queued(change int) {
	if r.Queued != nil {
		r.Queued(change)
	}
}

// test looks up and visits what the targets lead to, sessions and look-ups side by side, and asks controls where these leave in doubt
// whose fault it is that was seen. It leaves the place among those that look up as soon as only sessions are left.
func (r *run) test(ctx context.Context, place *place) {
	dns, over := r.clocks.within(ctx, r.dnsTime(), errDNSTime{})
	defer over()
	var looking, beside sync.WaitGroup
	news, visited := make(chan int), make(chan struct{})
	// Zones are walked while targets are still resolved; what a topic wants of hosts is asked as soon as news tells of them.
	looking.Go(func() { r.lookUp(dns, news) })
	looking.Go(func() { r.invents(dns) })
	r.resolve(dns, news)
	visits := r.visits()
	r.prepare(dns, visits)
	beside.Go(func() {
		looking.Wait()
		place.end()
	})
	beside.Go(func() { r.decoy(ctx, visited, visits) })
	r.sessions(ctx, visits)
	close(visited)
	r.lookUpGreetings(ctx)
	beside.Wait()
	// What follows rests on what all sessions showed. Controls come first: a second try of a dead address is worth its wait only where a
	// control has shown that this network lets SMTP out.
	r.unanswered(ctx)
	r.retry(ctx, visits)
	r.rewriting(ctx)
	r.lookUpGreetings(ctx) // those of further sessions
	r.checkSignatures()
}

// checkSignatures checks the signatures of a message with the keys that were found.
func (r *run) checkSignatures() {
	if r.plan.Message == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bundle.Message.Checks = r.plan.Message.Check(func(name string) ([]string, bool) { return message.KeyTexts(r.reading, name) })
}

// end writes down how the run ended, and what it shows of this network.
func (r *run) end(ctx context.Context) {
	b := &r.bundle
	b.Vantage.SMTPOut = reading.WayOut(b.Targets, b.Sessions, reading.IPv4)
	b.Vantage.SMTPOut6 = reading.WayOut(b.Targets, b.Sessions, reading.IPv6)
	b.FinishedAt = time.Now().UTC()
	b.Expired = errors.Is(context.Cause(ctx), errDeadline)
	b.Interrupted = ctx.Err() != nil && !b.Expired
	if ctx.Err() == nil { // a run that was cut short may have asked nobody long enough
		b.Vantage.DNSOut = dnsOut(b.Exchanges)
	}
	r.sort()
}

// lookUp asks what the topics want to know, but for what hangs on sessions.
func (r *run) lookUp(ctx context.Context, news <-chan int) {
	w := r.watchers()
	r.inquire(ctx, r.inquiries(false), news, w.change)
}

// lookUpGreetings looks up the names in the greetings that came. These were awaited, so they cannot be asked for beside. A name in a
// greeting is the server's own choice, and may be made to answer slowly: it has a time of its own, that of others is not used up.
func (r *run) lookUpGreetings(ctx context.Context) {
	ctx, cancel := r.clocks.within(ctx, greetingTime, errDNSTime{})
	defer cancel()
	r.inquire(ctx, r.inquiries(true), nil, nil)
}

// inquiries are what topics want to know about all targets: those whose questions are about what sessions showed, or the others.
func (r *run) inquiries(late bool) (list []inquiry) {
	for i, task := range r.plan.Targets {
		wish := r.wish(task)
		for _, topic := range topics {
			if topic.late != late {
				continue
			}
			list = append(list, inquiry{i, func() []reading.Question {
				t := &r.bundle.Targets[i]
				if topic.learn != nil {
					// What belongs to a target is written down before it is asked about: questions about servers need the servers.
					topic.learn(r.reading, t)
					r.reading.Forget()
				}
				return topic.questions(r.reading, t, wish)
			}})
		}
	}
	return list
}

// wish is what a task wants of its target.
func (r *run) wish(t Task) reading.Wish {
	return reading.Wish{Source: t.Source, Host: t.Host, Settle: r.Settle, Private: r.AllowPrivate, Ports: t.Ports, Keys: r.ListKeys.Has()}
}

// visits lists the visits that the targets take.
func (r *run) visits() []smtp.Visit {
	r.mu.Lock()
	defer r.mu.Unlock()
	var wishes []reading.Wish
	for _, task := range r.plan.Targets {
		wishes = append(wishes, r.wish(task))
	}
	return smtp.Visits(r.reading, wishes)
}

// prepare looks the domains of the relay test up, where a finding is about relaying.
func (r *run) prepare(ctx context.Context, visits []smtp.Visit) {
	if slices.ContainsFunc(visits, func(v smtp.Visit) bool { return v.Has(facts.FromRelay) }) {
		r.put(ctx, smtp.ForeignQuestions(r.Controls)...)
	}
}

// dnsTime bounds the DNS questions of a report from their beginning, the wait for name servers to settle included: a report whose name
// servers are all dead must not keep its reader. A report of many targets, and a user who lets servers settle for
// longer, get more. Names that only a greeting shows are looked up outside of it, because sessions may last longer.
func (r *run) dnsTime() time.Duration {
	const usual, toSettle = 60 * time.Second, 30 * time.Second
	turns := (len(r.plan.Targets) + parallelTargets - 1) / parallelTargets
	return time.Duration(max(turns, 1))*usual + max(r.Settle-toSettle, 0)
}

// errDNSTime is the end of that time.
type errDNSTime struct{}

func (errDNSTime) Error() string { return "the time for the DNS questions of a run was over" }

// FailureKind classes the error for the probe.
func (errDNSTime) FailureKind() evidence.FailureKind { return evidence.Limit }

// sort brings the bundle into an order that does not depend on which answer came first.
func (r *run) sort() {
	slices.SortStableFunc(r.bundle.Exchanges, func(a, b evidence.Exchange) int { return a.At.Compare(b.At) })
	slices.SortStableFunc(r.bundle.Sessions, func(a, b evidence.Session) int {
		return cmp.Or(boolRank(a.Decoy)-boolRank(b.Decoy), cmp.Compare(a.Host, b.Host), cmp.Compare(a.Address, b.Address), cmp.Compare(a.Attempt, b.Attempt))
	})
	slices.SortStableFunc(r.bundle.Fetches, func(a, b evidence.Fetch) int {
		return cmp.Or(cmp.Compare(a.URL, b.URL), cmp.Compare(a.Address, b.Address))
	})
}

// boolRank puts what is false before what is true.
func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}
