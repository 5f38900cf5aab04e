package verify

import (
	"context"
	"net/netip"
	"slices"

	"golang.org/x/sync/errgroup"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// This file finds out what a target is and to which hosts and addresses it leads.
//
// The resolver leads where it leads anywhere. Where it fails, or knows of nothing, the name servers of the zone lead: senders
// have other resolvers. Beside the sessions the name servers are asked whether the world is led to the same hosts. The way is that of a
// sender (RFC 5321 section 5.1): MX records, their hosts, the addresses of these, and without any MX record the name's own address.

// hostProbes are the probes that take the addresses of hosts.
const hostProbes = facts.FromSession | facts.FromPTR | facts.FromForward | facts.FromSPF | facts.FromHostNames | facts.FromBlockLists

// begin writes down the targets as they are named, before anything is asked. One too many for this report is left out. It stays in the
// bundle with the reason: a target that silently vanished would look as if nothing was wrong with it.
func (r *run) begin(plan Plan) {
	for i, task := range plan.Targets {
		t := evidence.Target{Name: task.Name, Lists: task.Lists, Hosts: []evidence.Host{}, Servers: []evidence.Server{}}
		_, err := netip.ParseAddr(task.Name)
		switch {
		// The bound of hosts serves for names too: each leads to a host at least.
		case i >= r.MaxHosts:
			t.Trouble, t.ZoneError = leftOut(), leftOut()
		case err == nil:
			t.Kind = "address"
			t.ZoneError = &evidence.Failure{Kind: evidence.NoData, Detail: "an address alone leads to no zone"}
		}
		r.bundle.Targets = append(r.bundle.Targets, t)
	}
}

// resolve finds out what each target is and to which addresses it leads, and tells of each.
func (r *run) resolve(ctx context.Context, news chan<- int) {
	defer close(news)
	sideBySide(r.plan.Targets, func(i int, task Task) {
		r.mu.Lock()
		t := r.bundle.Targets[i]
		r.mu.Unlock()
		if t.Trouble == nil {
			over := r.waiting(task.Name, StepResolver, 0)
			r.target(r.allowances[i].Within(ctx), &t, task)
			over()
			r.mu.Lock()
			// Only what was resolved here is written: the copy is older than what Learn wrote into the other fields.
			found := &r.bundle.Targets[i] // its zone was looked for meanwhile
			found.Kind, found.Hosts, found.Trouble = t.Kind, t.Hosts, t.Trouble
			r.reading.Forget()
			r.mu.Unlock()
		}
		news <- i
	})
}

// sideBySide runs f for every item of a list and waits for all of them. No more than a few run at a time.
func sideBySide[T any](list []T, f func(i int, item T)) {
	var group errgroup.Group
	group.SetLimit(parallelTargets)
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
	if task.Has(hostProbes) || task.Has(facts.FromImplicit) && t.Kind == "host" {
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
// this report.
func (r *run) hostAddresses(ctx context.Context, hosts []evidence.Host) {
	for i := range hosts {
		// In order and before the look-ups, so that which hosts are left out does not depend on which answer came first.
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

// leftOut is why something was not even begun: it is our own limit, so that nothing of it is known and nothing counts against it.
func leftOut() *evidence.Failure {
	return &evidence.Failure{Kind: evidence.Limit, Detail: "left out: the run touches enough hosts already"}
}

// admit counts SMTP hosts, so that a pasted report does not turn its reader into a scanner. One that was counted before, for another
// target, costs nothing.
func (r *run) admit(host string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.hosts[host] && len(r.hosts) >= r.MaxHosts {
		return false
	}
	r.hosts[host] = true
	return true
}

// mailHosts tells a domain from a host: a name with MX records is a domain, unless the report calls it a host; else a name
// with an address is a host.
func (r *run) mailHosts(ctx context.Context, task Task) (kind string, hosts []evidence.Host, trouble *evidence.Failure) {
	itself := []evidence.Host{{Name: task.Name, Preference: -1}}
	// The report's word goes before the records: it may speak of the machine behind a name that is a domain too.
	if task.Host {
		if addresses, _ := r.addresses(ctx, task.Name); len(addresses) > 0 {
			return "host", itself, nil
		}
	}
	answer := r.ask(ctx, task.Name, "MX")
	if trouble = dnsanswer.Trouble(answer); trouble == nil || dnsanswer.Cut(answer) { // of too many records, those that were read
		return "domain", dnsanswer.MXHosts(answer), trouble
	}
	// NXDOMAIN is left out: a name that does not exist has no address either (RFC 8020 section 2).
	if trouble.Kind == evidence.NoData { // then mail goes to its own address (RFC 5321 section 5.1)
		var addresses []string
		if addresses, trouble = r.addresses(ctx, task.Name); len(addresses) > 0 {
			return "host", itself, nil
		}
	}
	if !task.Has(hostProbes | facts.FromImplicit) { // no verdict rests on where it leads
		return "", []evidence.Host{}, trouble
	}
	return r.mailHostsByZone(ctx, task, trouble)
}

// mailHostsByZone takes the word of the name servers, because the resolver led nowhere. What the resolver ran into stays the trouble of
// the target where the name servers lead nowhere either: it is what the user's own mail would meet.
func (r *run) mailHostsByZone(ctx context.Context, task Task, trouble *evidence.Failure) (string, []evidence.Host, *evidence.Failure) {
	itself := []evidence.Host{{Name: task.Name, Preference: -1}}
	if task.Host {
		if addresses, _ := r.addressesAnyhow(ctx, task.Name); len(addresses) > 0 {
			return "host", itself, nil
		}
	}
	r.pursue(ctx, func() []reading.Question { return r.reading.ToBoth(task.Name, "MX") })
	w := r.ofServers(task.Name, "MX")
	if len(w.Records) > 0 {
		return "domain", dnsanswer.HostsOf(w.Records), nil
	}
	// Only where the name servers deny MX records does mail go to the name's own address; where they stay silent nobody knows.
	if w.Absent {
		if addresses, _ := r.addressesAnyhow(ctx, task.Name); len(addresses) > 0 {
			return "host", itself, nil
		}
	}
	return "", []evidence.Host{}, trouble
}

// maxAddresses bounds the addresses of one host that are listed: who gives more would have us knock at doors for hours.
const maxAddresses = 64

// addresses returns the A and AAAA addresses of a host by the resolver; the failure says why there are none, or why some may be missing.
// A host needs no address of both families, so that the lack of one is no trouble; that one look-up failed is, because it might have
// found more.
func (r *run) addresses(ctx context.Context, name string) ([]string, *evidence.Failure) {
	addresses := []string{}
	var trouble *evidence.Failure
	r.pursue(ctx, func() []reading.Question { return reading.ToResolver(name, "A", "AAAA") })
	for _, rrtype := range []string{"A", "AAAA"} {
		answer := r.ask(ctx, name, rrtype)
		f := dnsanswer.Trouble(answer)
		if f == nil || dnsanswer.Cut(answer) {
			addresses = append(addresses, dnsanswer.AddressTexts(dnsanswer.Records(dnsanswer.Last(answer), rrtype))...)
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

// addressesAnyhow is addresses, and where the resolver gives none, or fails at one family, what the name servers give.
func (r *run) addressesAnyhow(ctx context.Context, name string) ([]string, *evidence.Failure) {
	addresses, trouble := r.addresses(ctx, name)
	if trouble == nil {
		return addresses, nil
	}
	none, open := len(addresses) == 0, false
	r.pursue(ctx, func() []reading.Question { return r.reading.ToAddresses(name) })
	for _, rrtype := range []string{"A", "AAAA"} {
		// A family without records is believed where the other one has some; where there is none at all, the name servers are asked for
		// both.
		if f := dnsanswer.Trouble(r.ask(ctx, name, rrtype)); f == nil || dnsanswer.Absent(f) && !none {
			continue
		}
		w := r.ofServers(name, rrtype)
		addresses = append(addresses, dnsanswer.AddressTexts(w.Records)...)
		open = open || len(w.Records) == 0 && !w.Absent
	}
	if len(addresses) > 0 && !open {
		trouble = nil
	}
	slices.Sort(addresses)
	addresses = slices.Compact(addresses)
	return addresses[:min(len(addresses), maxAddresses)], trouble
}

// ask puts a question to the resolver. It returns what the evidence holds of it, which may be an answer of some time ago in this run.
func (r *run) ask(ctx context.Context, name, rrtype string) []evidence.Exchange {
	r.put(ctx, reading.ToResolver(name, rrtype)...)
	r.mu.Lock()
	defer r.mu.Unlock()
	exchanges, _ := r.reading.Exchanges(evidence.Resolver, "", dnsanswer.HostName(name), rrtype)
	return exchanges
}

// ofServers is what the name servers that were asked say of a name.
func (r *run) ofServers(name, rrtype string) reading.Word {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.reading.OfServers(name, rrtype)
}
