package verify

import (
	"context"
	"sync"
	"time"

	"mxverdict/verify/dnsprobe"
	"mxverdict/verify/evidence"
)

// Every target goes its own way from look-up to look-up, and pays for its DNS questions in bytes and in time by itself: name servers
// that keep the questions about one target waiting take nothing from the others, which may be those of another report.

// turn is one target on its way.
type turn struct {
	allowance *dnsprobe.Allowance // bytes

	// Closed when it is known where the target leads, when the servers of its zone were asked, and when all other look-ups are over.
	resolved, zoned, done chan struct{}

	mu    sync.Mutex
	spent time.Duration // on questions, not on waiting for the turn
}

func newTurn() *turn {
	return &turn{allowance: dnsprobe.NewAllowance(dnsAllowance), resolved: make(chan struct{}), zoned: make(chan struct{}), done: make(chan struct{})}
}

// within asks questions about a target in the time and for the bytes that are left for them. What runs side by side shares the time.
func (t *turn) within(ctx context.Context, most time.Duration, ask func(context.Context)) {
	t.mu.Lock()
	before, begun := t.spent, time.Now()
	t.mu.Unlock()
	ctx, cancel := context.WithTimeoutCause(t.allowance.Within(ctx), most-before, errDNSTime{})
	defer cancel()
	ask(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.spent = max(t.spent, before+time.Since(begun))
}

// dnsTime bounds the DNS questions about a target, the wait for name servers to settle included: a report whose name servers are all dead
// must not keep its reader. A user who lets servers settle for longer gives more. Names that only a greeting shows are looked up outside
// of it, because sessions may last longer.
func (r *run) dnsTime() time.Duration {
	const usual, settling = 60 * time.Second, 30 * time.Second
	return usual + max(r.Settle-settling, 0)
}

// errDNSTime is the end of that time.
type errDNSTime struct{}

func (errDNSTime) Error() string { return "the time for the DNS questions of a run was over" }

// FailureKind classes the error for the probe.
func (errDNSTime) FailureKind() evidence.FailureKind { return evidence.Limit }

// each runs f for every target that is ready for it, no more than a few at a time.
func (r *run) each(ctx context.Context, plan Plan, few int, ready func(*turn), f func(context.Context, int, Task)) {
	slots := make(chan struct{}, few)
	var group sync.WaitGroup
	for i, task := range plan.Targets {
		group.Go(func() {
			ready(r.turns[i])
			slots <- struct{}{}
			defer func() { <-slots }()
			r.turns[i].within(ctx, r.dnsTime(), func(ctx context.Context) { f(ctx, i, task) })
		})
	}
	group.Wait()
}

// What the look-ups about a target wait for.
func atOnce(*turn)         {}
func onceResolved(t *turn) { <-t.resolved }
func onceZoned(t *turn)    { <-t.resolved; <-t.zoned }
func onceDone(t *turn)     { <-t.done }
