package verify

import (
	"context"
	"slices"

	"mxverdict/verify/derive"
	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

// settle looks closer at zones whose servers have different serials: their records at the apex are compared, and where
// those agree, the serials are read again after a while. Every zone waits by itself, so that none waits for the look-ups of others.
func (r *run) settle(ctx context.Context, plan Plan) {
	r.each(ctx, plan, len(plan.Targets), onceDone, func(ctx context.Context, i int, task Task) {
		t := &r.bundle.Targets[i]
		if !task.has(wantAgreement) || t.Zone == "" || !r.look(t, 0).Differ() || !r.first(t.Zone) {
			return
		}
		r.askApex(ctx, t, 0)
		if r.Settle > 0 && r.snapshot().WorthSettling(t) && r.waitToSettle(ctx, t) {
			r.lookAgain(ctx, t)
		}
	})
}

// first tells whether a zone is looked at closer for the first time: several targets may lie in it.
func (r *run) first(zone string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	again := r.settled[zone]
	r.settled[zone] = true
	return !again
}

// waitToSettle waits for the servers of a zone, and tells whether the run goes on.
func (r *run) waitToSettle(ctx context.Context, t *evidence.Target) bool {
	defer r.waiting(t.Zone, StepSettle, r.Settle)()
	return pause(ctx, r.Settle)
}

// lookAgain reads the serials of the servers that answered before, and where they still differ the records too. A server
// whose serial became smaller is asked several times more.
func (r *run) lookAgain(ctx context.Context, t *evidence.Target) {
	first := r.look(t, 0)
	r.askAnew(ctx, first.Servers(), t.Zone, []string{"SOA"}, 1)
	second := r.look(t, 1)
	for _, round := range []int{2, 3, 4} {
		r.askAnew(ctx, second.OlderThan(first), t.Zone, []string{"SOA"}, round)
	}
	if second.Differ() {
		r.askApex(ctx, t, 1)
	}
}

// askApex asks every server that answered in a round for the records at the apex, and again for those that differ: records that are
// made afresh for every question differ by themselves.
func (r *run) askApex(ctx context.Context, t *evidence.Target, round int) {
	servers := r.look(t, round).Servers()
	r.askAnew(ctx, servers, t.Zone, derive.ApexTypes, round)
	types := r.snapshot().Differing(t, round)
	for _, twin := range dnsanswer.Twins(round) {
		r.askAnew(ctx, servers, t.Zone, types, twin)
	}
}

// askAnew asks servers about a zone, all of them side by side, because what is compared must be of one time.
func (r *run) askAnew(ctx context.Context, servers []evidence.Server, zone string, types []string, round int) {
	var questions []question
	for _, rrtype := range types {
		for _, server := range servers {
			questions = append(questions, question{server, zone, rrtype})
		}
	}
	sideBySide(questions, func(_ int, q question) {
		r.record(r.dns.AskAnew(ctx, q.server, q.name, q.rrtype, round))
	})
}

// snapshot is what can be derived from the look-ups so far. Exchanges are only added while a run goes on, so that they need not
// be copied.
func (r *run) snapshot() derive.SoFar {
	r.mu.Lock()
	defer r.mu.Unlock()
	return derive.FromExchanges(slices.Clip(r.bundle.Exchanges))
}

func (r *run) look(t *evidence.Target, round int) derive.Reading { return r.snapshot().Look(t, round) }
