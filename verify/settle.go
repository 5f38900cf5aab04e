package verify

import (
	"context"
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/zone"
)

// settle looks closer at zones whose servers have different serials: their records at the apex are compared, and where
// those agree, the serials are read again after a while. All zones wait together, so that a run waits once.
func (r *run) settle(ctx context.Context, plan Plan) {
	var lagging []*evidence.Target
	zones := map[string]bool{}
	for i, task := range plan.Targets {
		t := &r.bundle.Targets[i]
		if !task.Has(facts.FromAgreement) || t.Zone == "" || zones[t.Zone] || !r.look(t, 0).Differ() {
			continue
		}
		zones[t.Zone] = true
		r.askApex(ctx, t, 0)
		if r.snapshot().WorthSettling(t) {
			lagging = append(lagging, t)
		}
	}
	if len(lagging) == 0 || !r.waitToSettle(ctx, lagging) {
		return
	}
	for _, t := range lagging {
		r.lookAgain(ctx, t)
	}
}

// waitToSettle waits for all zones at once, and tells whether the run goes on.
func (r *run) waitToSettle(ctx context.Context, lagging []*evidence.Target) bool {
	if r.Settle <= 0 {
		return false
	}
	for _, t := range lagging {
		defer r.waiting(t.Zone, StepSettle, r.Settle)()
	}
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
	r.askAnew(ctx, servers, t.Zone, zone.ApexTypes, round)
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
func (r *run) snapshot() SoFar {
	r.mu.Lock()
	defer r.mu.Unlock()
	return FromExchanges(slices.Clip(r.bundle.Exchanges))
}

func (r *run) look(t *evidence.Target, round int) zone.Look { return r.snapshot().Look(t, round) }
