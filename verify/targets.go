package verify

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

// begin writes down the targets as they are named, before anything is asked. One too many for every report that names it is left
// out.
func (r *run) begin(plan Plan) {
	r.budgets, r.askedBy = budgets(plan), plan.askedBy(r.MaxHosts)
	for i, task := range plan.Targets {
		r.turns = append(r.turns, newTurn())
		t := evidence.Target{Name: task.Name, Hosts: []evidence.Host{}, Servers: []evidence.Server{}}
		_, err := netip.ParseAddr(task.Name)
		switch {
		case len(r.askedBy[i]) == 0:
			t = targetLeftOut(task.Name)
		case err == nil:
			t.Kind = "address"
			t.ZoneError = &evidence.Failure{Kind: evidence.NoData, Detail: "an address alone leads to no zone"}
		}
		r.bundle.Targets = append(r.bundle.Targets, t)
	}
}

// resolve finds out what each target is and to which addresses it leads.
func (r *run) resolve(ctx context.Context, plan Plan) {
	r.each(ctx, plan, parallelTargets, atOnce, func(ctx context.Context, i int, task Task) {
		defer close(r.turns[i].resolved)
		if r.bundle.Targets[i].Trouble == nil {
			defer r.waiting(task.Name, StepResolver, 0)()
			r.target(ctx, i, task)
		}
	})
}

// zones finds the zone of each target and asks all its servers. It goes on beside resolve, which writes other fields of
// the targets: a resolver takes its time over a zone whose servers are dead.
func (r *run) zones(ctx context.Context, plan Plan) {
	r.each(ctx, plan, parallelTargets, atOnce, func(ctx context.Context, i int, task Task) {
		defer close(r.turns[i].zoned)
		if t := &r.bundle.Targets[i]; task.has(wantSOA) && t.ZoneError == nil {
			defer r.waitingForServers(ctx, task)()
			r.zone(ctx, t)
			r.insist(ctx, t, task)
		}
	})
}

// lookups asks the DNS questions that no session waits for.
func (r *run) lookups(ctx context.Context, plan Plan) {
	r.each(ctx, plan, parallelTargets, onceZoned, func(ctx context.Context, i int, task Task) {
		defer close(r.turns[i].done)
		defer r.waitingForServers(ctx, task)()
		t := &r.bundle.Targets[i]
		var group sync.WaitGroup
		group.Go(func() { r.hostLookups(ctx, t, task) })
		group.Go(func() { r.records(ctx, task, t) })
		group.Go(func() { r.compareLead(ctx, t, task) })
		group.Wait()
	})
}

// waitingForServers tells the watcher of a wait as long as the DNS questions may take.
func (r *run) waitingForServers(ctx context.Context, task Task) (over func()) {
	end, _ := ctx.Deadline()
	return r.waiting("the zone of "+task.Name, StepServers, time.Until(end))
}

// sideBySide runs f for every item of a list and waits for all of them. No more than a few run at a time.
func sideBySide[T any](list []T, f func(i int, item T)) {
	var group errgroup.Group
	group.SetLimit(parallel)
	for i, item := range list {
		group.Go(func() error {
			f(i, item)
			return nil
		})
	}
	group.Wait() // the functions return no error
}

// target follows one name or address.
func (r *run) target(ctx context.Context, i int, task Task) {
	t := &r.bundle.Targets[i]
	if t.Kind == "address" {
		t.Hosts = append(t.Hosts, r.literal(i, t.Name))
		return
	}
	t.Kind, t.Hosts, t.Trouble = r.mailHosts(ctx, task)
	if task.has(hostWants) || task.visits(t) {
		r.hostAddresses(ctx, i, t.Hosts)
	}
}

// literal is the host behind an address that a report names itself.
func (r *run) literal(target int, address string) evidence.Host {
	if !r.admit(target, address) {
		return evidence.Host{Preference: -1, Addresses: []string{}, Trouble: leftOut()}
	}
	addr, _ := netip.ParseAddr(address) // begin saw that it is one
	return evidence.Host{Preference: -1, Addresses: []string{addr.String()}}
}

// hostAddresses fills in the addresses of hosts, all side by side. The first ones have precedence where they are too many for
// every report that leads here.
func (r *run) hostAddresses(ctx context.Context, target int, hosts []evidence.Host) {
	for i := range hosts {
		if h := &hosts[i]; !r.admit(target, h.Name) {
			h.Addresses, h.Trouble = []string{}, leftOut()
		}
	}
	sideBySide(hosts, func(i int, h evidence.Host) {
		if h.Trouble == nil {
			hosts[i].Addresses, hosts[i].Trouble = r.addressesAnyhow(ctx, h.Name)
			r.narrow(&hosts[i])
		}
	})
}

// narrow leaves out the addresses that the user did not name, if he named one.
func (r *run) narrow(h *evidence.Host) {
	if !r.Only.IsValid() {
		return
	}
	wanted := slices.DeleteFunc(slices.Clone(h.Addresses), func(a string) bool { return a != r.Only.String() })
	if len(wanted) < len(h.Addresses) {
		h.Addresses = wanted
		h.Trouble = &evidence.Failure{Kind: evidence.Narrowed, Detail: "only " + r.Only.String() + " was to be tested"}
	}
}

// admit counts a host for every report that leads to it through a target, and tells whether any of them may touch it.
func (r *run) admit(target int, host string) (any bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, report := range r.askedBy[target] {
		any = r.budgets[report].admit(host, r.MaxHosts) || any
	}
	return any
}

// addresses returns the A and AAAA addresses of a host; the failure says why there are none, or why some may be missing.
func (r *run) addresses(ctx context.Context, name string) ([]string, *evidence.Failure) {
	families := []string{"A", "AAAA"}
	answers := make([][]evidence.Exchange, len(families))
	var group sync.WaitGroup
	for i, rrtype := range families {
		group.Go(func() { answers[i] = r.ask(ctx, name, rrtype) })
	}
	group.Wait()
	addresses := []string{}
	var trouble *evidence.Failure
	for i, rrtype := range families {
		f := dnsanswer.Trouble(answers[i])
		if f == nil || dnsanswer.Cut(answers[i]) {
			addresses = append(addresses, dnsanswer.AddressTexts(dnsanswer.Records(dnsanswer.Last(answers[i]), rrtype))...)
		}
		if f != nil && (trouble == nil || trouble.Kind == evidence.NoData) {
			trouble = f
		}
	}
	if len(addresses) > 0 && trouble != nil && (trouble.Kind == evidence.NoData || trouble.Kind == evidence.NXDomain) {
		trouble = nil // one family without records is no trouble
	}
	slices.Sort(addresses)
	addresses = slices.Compact(addresses)
	return addresses[:min(len(addresses), maxAddresses)], trouble
}

// Bounds of the addresses of one host: how many are listed, and how many of them are tested.
const (
	maxAddresses = 64
	maxVisited   = 16
)
