package verify

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"mxverdict/verify/blocklist"
	"mxverdict/verify/evidence"
	"mxverdict/verify/reading"
	"mxverdict/verify/webprobe"
)

const (
	// parallelQuestions bounds the questions of one report that are on their way at a time. How many of them reach one server at once is
	// bounded by dnsprobe.Wire, for all reports together.
	parallelQuestions = 32
	// settling is from which pause on a question is one that lets name servers settle, of which the user hears. Shorter pauses are
	// manners, of which a user need not hear.
	settling = 5 * time.Second
)

// inquiry is what one topic wants to know about one target.
type inquiry struct {
	target    int // place in the bundle, or noTarget
	questions func() []reading.Question
}

// noTarget says that questions are for the sake of no target.
const noTarget = -1

// outcome is a question with what came of it. What came is put into the evidence later, under the lock: topics are asked about a
// bundle that does not change meanwhile.
type outcome struct {
	reading.Question
	take func() // puts what came into the evidence
}

// conductor puts questions for inquiries until they want to know nothing new. Topics are asked again and again instead of being told what
// came, so that they need no memory: what they want to know follows from the evidence, and a run that is replayed to any point wants the
// same.
type conductor struct {
	*run
	inquiries []inquiry
	answers   chan outcome
	places    chan struct{}

	// Only the goroutine of inquire touches what follows.
	waiting map[reading.Question]map[int]bool // for it, by target
	due     map[int]bool                      // targets whose topics are to be asked
	flying  int
	watched func(target, change int) // told how many questions of a target are on their way; nil for nobody
}

// inquire puts the questions of topics about targets until they want to know nothing new. What they ask depends on nothing but the
// evidence so far: a topic is asked again after each answer that one of its targets was waiting for, and when news says that a target
// became known otherwise. It does not end before news is closed; nil is none.
func (r *run) inquire(ctx context.Context, inquiries []inquiry, news <-chan int, watched func(target, change int)) {
	c := conductor{run: r, inquiries: inquiries, answers: make(chan outcome), places: make(chan struct{}, parallelQuestions),
		waiting: map[reading.Question]map[int]bool{}, due: map[int]bool{}, watched: watched}
	for _, q := range inquiries {
		c.due[q.target] = true
	}
	for c.launch(ctx); c.flying > 0 || news != nil; c.launch(ctx) {
		select {
		case a := <-c.answers:
			c.take(a)
		case target, open := <-news:
			if !open {
				news = nil
				continue
			}
			c.due[target] = true
		}
		c.takeMore()
	}
}

// put puts some questions, and waits for all of them.
func (r *run) put(ctx context.Context, questions ...reading.Question) {
	r.pursue(ctx, func() []reading.Question { return questions })
}

// pursue puts questions until no new ones come of the answers.
func (r *run) pursue(ctx context.Context, questions func() []reading.Question) {
	r.inquire(ctx, []inquiry{{noTarget, questions}}, nil, nil)
}

// launch asks the topics that are due, and sends off what is new.
func (c *conductor) launch(ctx context.Context) {
	for _, inquiry := range c.inquiries {
		if !c.due[inquiry.target] {
			continue
		}
		for _, q := range c.open(inquiry) {
			// One question may serve several topics and targets, and is put once: the first target that asks pays for it.
			if c.waiting[q] == nil {
				c.waiting[q] = map[int]bool{}
				c.flying++
				go func() { c.answers <- c.pose(c.paid(ctx, inquiry.target), q) }()
			}
			if !c.waiting[q][inquiry.target] {
				c.waiting[q][inquiry.target] = true
				c.tell(q, inquiry.target, 1)
			}
		}
	}
	c.due = map[int]bool{}
}

// open lists the questions of an inquiry that are not answered yet.
func (c *conductor) open(i inquiry) (open []reading.Question) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// The lock is held while a topic reads, because an answer may come at any moment.
	for _, q := range i.questions() {
		if !c.reading.Done(q) {
			open = append(open, q)
		}
	}
	return open
}

// paid is a context in which the allowance of a target pays for questions. Without an allowance of its own for each, one target with a
// huge zone could use up what others need.
func (c *conductor) paid(ctx context.Context, target int) context.Context {
	if target == noTarget {
		return ctx // whoever asks pays already
	}
	return c.allowances[target].Within(ctx)
}

// take takes an answer up. The answer is marked as given even where nothing came of it: else a silent server would be asked for ever.
func (c *conductor) take(a outcome) {
	c.flying--
	c.mu.Lock()
	// First the evidence, then the word that it is there: a topic that finds the question answered reads what came.
	a.take()
	c.reading.Answer(a.Question)
	c.mu.Unlock()
	for target := range c.waiting[a.Question] {
		c.due[target] = true
		c.tell(a.Question, target, -1)
	}
}

// takeMore takes up what else has come by now, so that topics are asked again once for all of it.
func (c *conductor) takeMore() {
	for {
		select {
		case a := <-c.answers:
			c.take(a)
		default:
			return
		}
	}
}

// tell has the watcher know of a question, unless it only waits for servers to settle: of such a wait pose tells by itself.
func (c *conductor) tell(q reading.Question, target, change int) {
	if c.watched != nil && q.Pause < settling {
		c.watched(target, change)
	}
}

// pose puts one question, after its pause, as soon as there is a place. A pause takes no place, because a question that waits burdens
// nobody.
func (c *conductor) pose(ctx context.Context, q reading.Question) outcome {
	if q.Pause >= settling {
		defer c.run.waiting("the name servers of "+q.Name, StepSettle, q.Pause)()
	}
	if q.Pause > 0 {
		pause(ctx, q.Pause)
	}
	c.places <- struct{}{}
	defer func() { <-c.places }()
	exchanges := func(xs []evidence.Exchange) outcome { return outcome{q, func() { c.add(xs) }} }
	switch q.Kind {
	case reading.Resolver:
		return exchanges(c.dns.Lookup(ctx, q.Name, q.Type))
	case reading.Authoritative:
		return exchanges(c.dns.Authoritative(ctx, q.Name, q.Type))
	case reading.At:
		return exchanges(c.askKeyed(ctx, q))
	case reading.Stream:
		return exchanges(c.dns.AskTCP(ctx, q.Server, q.Name, q.Type, q.Round))
	// The label is in nobody's cache: a server that denies it has found that out for a stranger (RFC 5358).
	case reading.Foreign:
		return exchanges(c.dns.Recurse(ctx, q.Server, strings.TrimSuffix(c.mailbox+"."+q.Name, "."), q.Type))
	case reading.Transfer:
		return exchanges([]evidence.Exchange{c.dns.Transfer(ctx, q.Server, q.Name, q.Round)})
	case reading.Walk:
		d, xs := c.dns.Walk(ctx, q.Name)
		return outcome{q, func() { c.add(xs); c.reading.Found(q.Name, d) }}
	case reading.Addresses:
		servers, xs := c.dns.Addresses(ctx, strings.Fields(q.Name))
		return outcome{q, func() { c.add(xs); c.reading.Locate(q, servers) }}
	case reading.Fetch, reading.Connect:
		// It has a context of its own: a policy file may take a minute (RFC 8461 section 3.3) after the time for DNS is over.
		tries := c.fetched(c.files, q)
		return outcome{q, func() { c.bundle.Fetches = append(c.bundle.Fetches, tries...) }}
	}
	panic("verify: a question of no kind") // a fault of this program: no evidence makes one
}

// askKeyed asks one server, with the key of a block list in the place that the question keeps for it. What comes back is rid of the key
// before anybody sees it: no evidence, command or sentence can hold what is not there.
func (r *run) askKeyed(ctx context.Context, q reading.Question) []evidence.Exchange {
	name, key := r.ListKeys.Open(q.Name)
	xs := r.dns.AskAnew(ctx, q.Server, name, q.Type, q.Round)
	if key == "" {
		return xs
	}
	hidden := make([]evidence.Exchange, len(xs))
	for i, x := range xs {
		hidden[i] = blocklist.Hide(x, key)
	}
	return hidden
}

// fetched gets a file from one of some addresses, once for all reports that need it. It connects to these addresses and not to what a
// look-up of its own would give, so that the evidence says who was asked. A fetch that our own end cut short is not shared: another
// report may have more time.
func (r *run) fetched(ctx context.Context, q reading.Question) []evidence.Fetch {
	var at []netip.Addr
	for _, a := range strings.Fields(q.Type) {
		if addr, err := netip.ParseAddr(a); err == nil {
			at = append(at, addr)
		}
	}
	key := fmt.Sprint(q.Name, at, q.Round)
	if len(at) > 0 && !r.fetches.Asked(key) {
		if leave, ok := r.connect(ctx, r.manners.web, at[0]); ok {
			defer leave()
		}
	}
	return r.fetches.Do(ctx, key, func(ctx context.Context) ([]evidence.Fetch, bool) {
		probe := webprobe.Probe{Dialer: r.guarded(r.outward()), Roots: r.TrustedRoots}
		if q.Kind == reading.Fetch {
			return probe.Get(ctx, q.Name, at), ctx.Err() == nil
		}
		var tries []evidence.Fetch
		for _, a := range at {
			tries = append(tries, probe.Connect(ctx, q.Name, a))
		}
		return tries, ctx.Err() == nil
	})
}

// add puts exchanges into the evidence that are not yet in it. The lock is held. A look-up that was cached returns exchanges that an
// earlier one recorded already; twice in the evidence, they would look like two tries.
func (r *run) add(exchanges []evidence.Exchange) {
	for _, x := range exchanges {
		key := exchangeKey{x.At, x.Server, x.Transport, x.Name, x.Type, x.Round}
		if !r.recorded[key] {
			r.recorded[key] = true
			r.reading.Add(x)
		}
	}
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
