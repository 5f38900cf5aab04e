package verify

import (
	"context"
	"slices"

	"mxverdict/verify/evidence"
)

// settle looks closer at zones whose servers have different serials: their records at the apex are compared, and where
// those agree, the serials are read again after a while. All zones wait together, so that a run waits once.
func (r *run) settle(ctx context.Context, plan Plan) {
	var lagging []*evidence.Target
	zones := map[string]bool{}
	for i, task := range plan.Targets {
		t := &r.bundle.Targets[i]
		if !task.has(wantAgreement) || t.Zone == "" || zones[t.Zone] || !r.look(t, 0).differ() {
			continue
		}
		zones[t.Zone] = true
		r.askApex(ctx, t, 0)
		if r.worthSettling(t) {
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

// worthSettling tells whether time can show more: not where records differ already, and not where several providers count
// serials by themselves. Addresses alone may differ because they are computed for each asker, and by the serials that agree a
// little later this is told from copies that stay apart.
func (r *run) worthSettling(t *evidence.Target) bool {
	d := r.snapshot()
	first := d.look(t, 0)
	types, differ, _ := d.dataDiffer(t, first)
	addressesOnly := !slices.ContainsFunc(types.List(), func(rrtype string) bool { return rrtype != "A" && rrtype != "AAAA" })
	return (!differ.Bool() || addressesOnly) && first.providers() == 1
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
	var servers []evidence.Server
	for _, v := range first.versions {
		servers = append(servers, v.server)
	}
	r.askAnew(ctx, servers, t.Zone, []string{"SOA"}, 1)
	second := r.look(t, 1)
	var smaller []evidence.Server
	for _, v := range first.versions {
		if again, ok := second.of(v.server); ok && older(again, v) {
			smaller = append(smaller, v.server)
		}
	}
	for _, round := range []int{2, 3, 4} {
		r.askAnew(ctx, smaller, t.Zone, []string{"SOA"}, round)
	}
	if second.differ() {
		r.askApex(ctx, t, 1)
	}
}

// askApex asks every server that answered in a round for the records at the apex.
func (r *run) askApex(ctx context.Context, t *evidence.Target, round int) {
	var servers []evidence.Server
	for _, v := range r.look(t, round).versions {
		servers = append(servers, v.server)
	}
	r.askAnew(ctx, servers, t.Zone, apexTypes, round)
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
func (r *run) snapshot() *derivation {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &derivation{bundle: &evidence.Bundle{Exchanges: slices.Clip(r.bundle.Exchanges)}}
}

func (r *run) look(t *evidence.Target, round int) reading { return r.snapshot().look(t, round) }
