package verify

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

// resolve finds out what each target is and to which addresses it leads.
func (r *run) resolve(ctx context.Context, plan Plan) {
	r.bundle.Targets = make([]evidence.Target, len(plan.Targets))
	r.each(plan, func(i int, task Task) {
		if i >= r.MaxHosts {
			r.bundle.Targets[i] = evidence.Target{Name: task.Name, Hosts: []evidence.Host{}, Servers: []evidence.Server{},
				Trouble: leftOut(), ZoneError: leftOut()}
			return
		}
		defer r.waiting(task.Name, StepResolver, 0)()
		r.bundle.Targets[i] = r.target(ctx, task)
	})
}

// lookups asks the DNS questions that no session waits for.
func (r *run) lookups(ctx context.Context, plan Plan) {
	limit := r.dnsTime(plan)
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errDNSTime{})
	defer cancel()
	defer r.settle(ctx, plan)
	r.each(plan, func(i int, task Task) {
		defer r.waiting(task.Name, StepServers, limit)()
		t := &r.bundle.Targets[i]
		r.hostLookups(ctx, t, task)
		if task.has(wantSOA) && t.Kind != "address" && t.ZoneError == nil {
			r.zone(ctx, t)
			r.insist(ctx, t, task)
		}
		r.records(ctx, task, t)
	})
}

// dnsTime bounds these questions, the wait for name servers to settle included: a report whose name servers are all dead must
// not keep its reader. Targets that have to wait for others, and a user who lets servers settle for longer, get more.
func (r *run) dnsTime(plan Plan) time.Duration {
	const usual, settling = 60 * time.Second, 30 * time.Second
	turns := (len(plan.Targets) + parallel - 1) / parallel
	return time.Duration(max(turns, 1))*usual + max(r.Settle-settling, 0)
}

// errDNSTime is the end of that time.
type errDNSTime struct{}

func (errDNSTime) Error() string { return "the time for the DNS questions of a run was over" }

// FailureKind classes the error for the probe.
func (errDNSTime) FailureKind() evidence.FailureKind { return evidence.Limit }

// each runs f for every target, some side by side.
func (r *run) each(plan Plan, f func(int, Task)) {
	var group errgroup.Group
	group.SetLimit(parallel)
	for i, task := range plan.Targets {
		group.Go(func() error {
			f(i, task)
			return nil
		})
	}
	group.Wait() // the functions return no error
}

// target follows one name or address.
func (r *run) target(ctx context.Context, task Task) evidence.Target {
	t := evidence.Target{Name: task.Name, Hosts: []evidence.Host{}, Servers: []evidence.Server{}}
	if addr, err := netip.ParseAddr(task.Name); err == nil {
		t.Kind = "address"
		t.ZoneError = &evidence.Failure{Kind: evidence.NoData, Detail: "an address alone leads to no zone"}
		t.Hosts = append(t.Hosts, r.host(ctx, evidence.Host{Preference: -1, Addresses: []string{addr.String()}}))
		return t
	}
	t.Kind, t.Hosts, t.Trouble = r.mailHosts(ctx, task)
	if task.has(hostWants) || task.visits(&t) {
		for i := range t.Hosts {
			t.Hosts[i] = r.host(ctx, t.Hosts[i])
		}
	}
	return t
}

// mailHosts tells a domain from a host: a name with MX records is a domain, unless the report calls it a host; else a name
// with an address is a host.
func (r *run) mailHosts(ctx context.Context, task Task) (kind string, hosts []evidence.Host, trouble *evidence.Failure) {
	hosts = []evidence.Host{}
	name := task.Name
	if task.Host {
		if addresses, _ := r.addresses(ctx, name); len(addresses) > 0 {
			return "host", append(hosts, evidence.Host{Name: name, Preference: -1}), nil
		}
	}
	answer := r.ask(ctx, name, "MX")
	switch trouble := dnsanswer.Trouble(answer); {
	case trouble == nil:
		return "domain", mxHosts(answer), nil
	case trouble.Kind != evidence.NoData:
		return "", hosts, trouble
	}
	addresses, trouble := r.addresses(ctx, name)
	if len(addresses) == 0 {
		return "", hosts, trouble
	}
	return "host", append(hosts, evidence.Host{Name: name, Preference: -1}), nil
}

// host fills in the addresses of a host, unless it is one too many for this run.
func (r *run) host(ctx context.Context, h evidence.Host) evidence.Host {
	if !r.admit(cmp.Or(h.Name, slices.Concat(h.Addresses, []string{""})[0])) {
		h.Addresses = []string{}
		h.Trouble = leftOut()
		return h
	}
	if h.Name != "" {
		h.Addresses, h.Trouble = r.addresses(ctx, h.Name)
		r.narrow(&h)
	}
	return h
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
		if f == nil {
			addresses = append(addresses, addressesIn(answers[i], rrtype)...)
		} else if trouble == nil || trouble.Kind == evidence.NoData {
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
