package verify

import (
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/dnsprobe"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/names"
)

// begin writes down the targets as they are named, before anything is asked. One too many for this run is left out.
func (r *run) begin(plan Plan) {
	for i, task := range plan.Targets {
		r.allowances = append(r.allowances, dnsprobe.NewAllowance(dnsAllowance))
		t := evidence.Target{Name: task.Name, Hosts: []evidence.Host{}, Servers: []evidence.Server{}}
		_, err := netip.ParseAddr(task.Name)
		switch {
		case i >= r.MaxHosts:
			t.Trouble, t.ZoneError = leftOut(), leftOut()
		case err == nil:
			t.Kind = "address"
			t.ZoneError = &evidence.Failure{Kind: evidence.NoData, Detail: "an address alone leads to no zone"}
		}
		r.bundle.Targets = append(r.bundle.Targets, t)
	}
}

// resolve finds out what each target is and to which addresses it leads.
func (r *run) resolve(ctx context.Context, plan Plan) {
	r.each(ctx, plan, func(ctx context.Context, i int, task Task) {
		if t := &r.bundle.Targets[i]; t.Trouble == nil {
			defer r.waiting(task.Name, StepResolver, 0)()
			r.target(ctx, t, task)
			r.mu.Lock()
			defer r.mu.Unlock()
			r.reading.Forget() // what was concluded without the hosts
		}
	})
}

// zones finds the zone of each target and asks all its servers. It goes on beside resolve, which writes other fields of
// the targets: a resolver takes its time over a zone whose servers are dead.
func (r *run) zones(ctx context.Context, plan Plan) {
	r.each(ctx, plan, func(ctx context.Context, i int, task Task) {
		if t := &r.bundle.Targets[i]; task.Has(facts.FromSOA) && t.ZoneError == nil {
			defer r.waitingForServers(ctx, task)()
			r.zone(ctx, t)
			r.insist(ctx, t, task)
		}
	})
}

// lookups asks the DNS questions that no session waits for.
func (r *run) lookups(ctx context.Context, plan Plan) {
	over := make([]func(), len(plan.Targets))
	for i, task := range plan.Targets {
		over[i] = r.waitingForServers(ctx, task)
	}
	var group sync.WaitGroup
	group.Go(func() { r.inquire(ctx, r.inquiries(plan, names.Questions), nil) })
	group.Go(func() {
		r.each(ctx, plan, func(ctx context.Context, i int, task Task) {
			if task.Has(facts.FromSPF) {
				r.askOutbound(ctx, &r.bundle.Targets[i])
			}
			r.strangers(ctx, task, &r.bundle.Targets[i])
		})
	})
	group.Wait()
	for _, over := range over {
		over()
	}
	r.settle(ctx, plan)
}

// waitingForServers tells the watcher of a wait as long as the DNS questions may take.
func (r *run) waitingForServers(ctx context.Context, task Task) (over func()) {
	end, _ := ctx.Deadline()
	return r.waiting("the zone of "+task.Name, StepServers, time.Until(end))
}

// dnsTime bounds the DNS questions of a run from its beginning, the wait for name servers to settle included: a report whose name
// servers are all dead must not keep its reader. Targets that have to wait for others, and a user who lets servers settle for
// longer, get more. Names that only a greeting shows are looked up outside of it, because sessions may last longer.
func (r *run) dnsTime(plan Plan) time.Duration {
	const usual, settling = 60 * time.Second, 30 * time.Second
	turns := (len(plan.Targets) + parallelTargets - 1) / parallelTargets
	return time.Duration(max(turns, 1))*usual + max(r.Settle-settling, 0)
}

// errDNSTime is the end of that time.
type errDNSTime struct{}

func (errDNSTime) Error() string { return "the time for the DNS questions of a run was over" }

// FailureKind classes the error for the probe.
func (errDNSTime) FailureKind() evidence.FailureKind { return evidence.Limit }

// each runs f for every target, some side by side. The DNS questions of each are paid for by its own allowance, so that a hostile
// zone takes nothing from the other targets.
func (r *run) each(ctx context.Context, plan Plan, f func(context.Context, int, Task)) {
	atOnce(parallelTargets, plan.Targets, func(i int, task Task) { f(r.allowances[i].Within(ctx), i, task) })
}

// sideBySide runs f for every item of a list and waits for all of them. No more than a few run at a time.
func sideBySide[T any](list []T, f func(i int, item T)) { atOnce(parallel, list, f) }

func atOnce[T any](limit int, list []T, f func(i int, item T)) {
	var group errgroup.Group
	group.SetLimit(limit)
	for i, item := range list {
		group.Go(func() error {
			f(i, item)
			return nil
		})
	}
	group.Wait() // the functions return no error
}

// target follows one name or address.
func (r *run) target(ctx context.Context, t *evidence.Target, task Task) {
	if t.Kind == "address" {
		t.Hosts = append(t.Hosts, r.literal(t.Name))
		return
	}
	t.Kind, t.Hosts, t.Trouble = r.mailHosts(ctx, task)
	if task.Has(hostProbes) || task.visits(t) {
		r.hostAddresses(ctx, t.Hosts)
	}
}

// literal is the host behind an address that a report names itself.
func (r *run) literal(address string) evidence.Host {
	if !r.admit(address) {
		return evidence.Host{Preference: -1, Addresses: []string{}, Trouble: leftOut()}
	}
	addr, _ := netip.ParseAddr(address) // begin saw that it is one
	return evidence.Host{Preference: -1, Addresses: []string{addr.String()}}
}

// hostAddresses fills in the addresses of hosts, all side by side. The first ones have precedence where they are too many for
// this run.
func (r *run) hostAddresses(ctx context.Context, hosts []evidence.Host) {
	for i := range hosts {
		if h := &hosts[i]; !r.admit(h.Name) {
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

func leftOut() *evidence.Failure {
	return &evidence.Failure{Kind: evidence.Limit, Detail: "left out: the run touches enough hosts already"}
}

// admit counts SMTP hosts, so that a pasted report does not turn its reader into a scanner.
func (r *run) admit(host string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.hosts[host] && len(r.hosts) >= r.MaxHosts {
		return false
	}
	r.hosts[host] = true
	return true
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
