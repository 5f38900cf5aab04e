package verify

import (
	"context"
	"fmt"
	"net/netip"
	"strings"

	"mxverdict/verify/evidence"
	"mxverdict/verify/reading"
	"mxverdict/verify/webprobe"
)

// parallelQuestions bounds the questions of one report that are on their way at a time.
const parallelQuestions = 32

// inquiry is what one topic wants to know about one target.
type inquiry struct {
	target    int
	questions func() []reading.Question
}

// outcome is a question with what came of it.
type outcome struct {
	reading.Question
	take func() // puts what came into the evidence
}

// inquire puts the questions of topics about targets until they want to know nothing new. What they ask depends on nothing but the
// evidence so far: a topic is asked again after each answer that one of its targets was waiting for, and when news says that a target
// became known otherwise. It does not end before news is closed.
func (r *run) inquire(ctx context.Context, inquiries []inquiry, news <-chan int) {
	var (
		answers = make(chan outcome)
		places  = make(chan struct{}, parallelQuestions)
		waiting = map[reading.Question]map[int]bool{} // for it, by target
		flying  = 0
		due     = map[int]bool{} // targets whose topics are to be asked
	)
	for _, q := range inquiries {
		due[q.target] = true
	}
	for {
		for _, inquiry := range inquiries {
			if !due[inquiry.target] {
				continue
			}
			for _, q := range r.wanted(inquiry) {
				if waiting[q] == nil {
					waiting[q] = map[int]bool{}
					flying++
					go func() { answers <- r.pose(r.allowances[inquiry.target].Within(ctx), places, q) }()
				}
				waiting[q][inquiry.target] = true
			}
		}
		if flying == 0 && news == nil {
			return
		}
		due = map[int]bool{}
		take := func(a outcome) {
			flying--
			r.mu.Lock()
			defer r.mu.Unlock()
			a.take()
			r.reading.Answer(a.Question)
			for target := range waiting[a.Question] {
				due[target] = true
			}
		}
		select {
		case a := <-answers:
			take(a)
		case target, open := <-news:
			if due[target] = open; !open {
				news = nil
			}
		}
		for more := true; more; { // what else has come by now
			select {
			case a := <-answers:
				take(a)
			default:
				more = false
			}
		}
	}
}

// wanted lists the questions of an inquiry that are not answered yet.
func (r *run) wanted(i inquiry) (open []reading.Question) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, q := range i.questions() {
		if !r.reading.Done(q) {
			open = append(open, q)
		}
	}
	return open
}

// pose puts one question, after its pause, as soon as there is a place.
func (r *run) pose(ctx context.Context, places chan struct{}, q reading.Question) outcome {
	if q.Pause > 0 {
		if q.Pause > insistPause {
			defer r.waiting(q.Name, StepSettle, q.Pause)()
		}
		pause(ctx, q.Pause)
	}
	places <- struct{}{}
	defer func() { <-places }()
	exchanges := func(xs []evidence.Exchange) outcome {
		return outcome{q, func() { r.add(xs) }}
	}
	switch q.Kind {
	case reading.Resolver:
		return exchanges(r.dns.Lookup(ctx, q.Name, q.Type))
	case reading.Authoritative:
		return exchanges(r.dns.Authoritative(ctx, q.Name, q.Type))
	case reading.At:
		return exchanges(r.dns.AskAnew(ctx, q.Server, q.Name, q.Type, q.Round))
	case reading.Stream:
		return exchanges(r.dns.AskTCP(ctx, q.Server, q.Name, q.Type, q.Round))
	case reading.Foreign:
		return exchanges(r.dns.Recurse(ctx, q.Server, strings.TrimSuffix(r.mailbox+"."+q.Name, "."), q.Type))
	case reading.Transfer:
		return exchanges([]evidence.Exchange{r.dns.Transfer(ctx, q.Server, q.Name, q.Round)})
	case reading.Walk:
		d, xs := r.dns.Walk(ctx, q.Name)
		return outcome{q, func() { r.add(xs); r.reading.Found(q.Name, d) }}
	case reading.Addresses:
		servers, xs := r.dns.Addresses(ctx, strings.Fields(q.Name))
		return outcome{q, func() { r.add(xs); r.reading.Locate(q, servers) }}
	case reading.Fetch:
		tries := r.fetched(ctx, q.Name, strings.Fields(q.Type))
		return outcome{q, func() { r.bundle.Fetches = append(r.bundle.Fetches, tries...) }}
	}
	return outcome{q, func() {}}
}

// fetched gets a file from one of some addresses, once for all reports that need it.
func (r *run) fetched(ctx context.Context, url string, addresses []string) []evidence.Fetch {
	var at []netip.AddrPort
	for _, a := range addresses {
		if addr, err := netip.ParseAddr(a); err == nil {
			at = append(at, netip.AddrPortFrom(addr, httpsPort))
		}
	}
	return r.fetches.Do(ctx, url+" "+fmt.Sprint(at), func(ctx context.Context) ([]evidence.Fetch, bool) {
		return webprobe.Probe{Dialer: r.guarded(r.Dialer), Roots: r.TrustedRoots}.Get(ctx, url, at), ctx.Err() == nil
	})
}

// add puts exchanges into the evidence that are not yet in it. The lock is held.
func (r *run) add(exchanges []evidence.Exchange) {
	for _, x := range exchanges {
		key := exchangeKey{x.At, x.Server, x.Transport, x.Name, x.Type, x.Round}
		if !r.recorded[key] {
			r.recorded[key] = true
			r.reading.Add(x)
		}
	}
}

// put puts some questions, and waits for all of them.
func (r *run) put(ctx context.Context, questions ...reading.Question) {
	r.inquire(ctx, []inquiry{{questions: func() []reading.Question { return questions }}}, nil)
}
