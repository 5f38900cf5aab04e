package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"mxverdict/verify/dnsprobe"
	"mxverdict/verify/evidence"
	"mxverdict/verify/smtpprobe"
)

// Manners towards strangers' servers.
const (
	// pace is the shortest time between two sessions with one address: at most two a minute. Public testers have met
	// limits of about that rate.
	pace = 30 * time.Second
	// attempts is how often an address is tried that turned the tester away or broke off.
	attempts = 2
	// parallel bounds the look-ups that run side by side; sessions with different addresses all run side by side, because
	// nearly all of their time is waiting.
	parallel = 8
	// controlPatience is how long a control may take to greet: controls are hosts that greet at once.
	controlPatience = 60 * time.Second
)

var errDeadline = errors.New("the deadline of the run")

// Run asks everything that the plan lists and returns what was seen. It does not fail: what could not be asked stands
// in the bundle as such. Cancelling ctx ends every wait at once; the bundle then holds what is known so far.
func Run(ctx context.Context, plan Plan, o Options) evidence.Bundle {
	r := newRun(o)
	if o.Deadline > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, o.Deadline, errDeadline)
		defer cancel()
	}
	r.bundle.StartedAt = time.Now().UTC()
	var honest sync.WaitGroup
	honest.Go(func() { r.bundle.Vantage.Invents = r.invents(ctx) })
	r.resolve(ctx, plan)
	honest.Wait()
	visits := r.visits(plan)
	var group sync.WaitGroup
	group.Go(func() { r.sessions(ctx, visits) })
	group.Go(func() { r.lookups(ctx, plan) }) // beside the sessions, which mostly wait
	group.Wait()
	r.controls(ctx)
	r.bundle.Vantage.SMTPOut = wayOut(r.bundle.Sessions, isIPv4)
	r.bundle.Vantage.SMTPOut6 = wayOut(r.bundle.Sessions, isIPv6)
	r.bundle.FinishedAt = time.Now().UTC()
	r.bundle.Expired = errors.Is(context.Cause(ctx), errDeadline)
	r.bundle.Interrupted = ctx.Err() != nil && !r.bundle.Expired
	r.bundle.Vantage.DNSOut = dnsOut(r.bundle.Exchanges)
	r.sort()
	return r.bundle
}

// run is one run on its way.
type run struct {
	Options
	dns    *dnsprobe.Probe
	bundle evidence.Bundle

	mu       sync.Mutex // guards bundle.Exchanges, bundle.Sessions and the maps
	hosts    map[string]bool
	recorded map[exchangeKey]bool
}

// exchangeKey tells exchanges apart: a cached answer comes back with the same times.
type exchangeKey struct {
	at                            time.Time
	server, transport, name, kind string
}

func newRun(o Options) *run {
	r := &run{Options: o, hosts: map[string]bool{}, recorded: map[exchangeKey]bool{}}
	r.dns = &dnsprobe.Probe{Dialer: o.guarded(o.Dialer), Resolver: o.Resolver, Port: o.DNSPort}
	r.bundle = evidence.Bundle{
		Schema: evidence.Schema, Tool: o.Tool, Catalogue: o.Catalogue,
		Vantage:   evidence.Vantage{Helo: o.Helo, Resolver: o.Resolver.String(), Proxy: o.ProxyName, Patience: evidence.Seconds(o.Patience)},
		Targets:   []evidence.Target{},
		Exchanges: []evidence.Exchange{},
		Sessions:  []evidence.Session{},
	}
	return r
}

// resolve finds out what each target is and to which addresses it leads.
func (r *run) resolve(ctx context.Context, plan Plan) {
	r.bundle.Targets = make([]evidence.Target, len(plan.Targets))
	r.each(plan, func(i int, task Task) { r.bundle.Targets[i] = r.target(ctx, task) })
}

// lookups asks the DNS questions that no session waits for.
func (r *run) lookups(ctx context.Context, plan Plan) {
	r.each(plan, func(i int, task Task) {
		t := &r.bundle.Targets[i]
		if task.ptr {
			r.reverse(ctx, t.Hosts)
		}
		if task.soa && t.Kind != "address" {
			r.zone(ctx, t)
		}
	})
}

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
	if task.session || task.ptr {
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
	switch trouble := dnsprobe.Trouble(answer); {
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
		h.Trouble = &evidence.Failure{Kind: evidence.Limit, Detail: "left out: the run touches enough hosts already"}
		return h
	}
	if h.Name != "" {
		h.Addresses, h.Trouble = r.addresses(ctx, h.Name)
	}
	return h
}

// reverse looks every address up.
func (r *run) reverse(ctx context.Context, hosts []evidence.Host) {
	for _, h := range hosts {
		for _, a := range h.Addresses {
			if addr, err := netip.ParseAddr(a); err == nil {
				r.ask(ctx, dnsprobe.ReverseName(addr), "PTR")
			}
		}
	}
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

// Bounds of the addresses of one host: how many are listed, and how many of them are tested.
const (
	maxAddresses = 64
	maxVisited   = 16
)

// invents tells whether the resolver answers for a name that cannot exist (RFC 6761 section 6.4). Such a one rewrites "no
// such name" into addresses of its own, and none of its answers about a host can be trusted.
func (r *run) invents(ctx context.Context) bool {
	name := fmt.Sprintf("mxverdict-%08x.invalid", rand.Uint32())
	return dnsprobe.Trouble(r.ask(ctx, name, "A")) == nil
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
		f := dnsprobe.Trouble(answers[i])
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

// zone finds the zone of a target and asks its servers for the SOA record.
func (r *run) zone(ctx context.Context, t *evidence.Target) {
	zone, exchanges := r.dns.Zone(ctx, t.Name)
	r.record(exchanges)
	t.Zone, t.ZoneError = zone.Name, zone.Trouble
	if zone.Name == "" || zone.Trouble != nil && zone.Trouble.Kind == evidence.NXDomain {
		return // for a name that does not exist, the zone found may be a registry's or the root
	}
	t.Servers = append(t.Servers, zone.Servers...)
	var group errgroup.Group
	group.SetLimit(parallel)
	for _, server := range zone.Servers {
		group.Go(func() error {
			r.record(r.dns.Ask(ctx, server, zone.Name, "SOA"))
			return nil
		})
	}
	group.Wait() // the functions return no error
}

// ask puts a question to the resolver and records it.
func (r *run) ask(ctx context.Context, name, rrtype string) []evidence.Exchange {
	exchanges := r.dns.Lookup(ctx, name, rrtype)
	r.record(exchanges)
	return exchanges
}

// record adds exchanges that are not yet in the bundle.
func (r *run) record(exchanges []evidence.Exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, x := range exchanges {
		key := exchangeKey{x.At, x.Server, x.Transport, x.Name, x.Type}
		if !r.recorded[key] {
			r.recorded[key] = true
			r.bundle.Exchanges = append(r.bundle.Exchanges, x)
		}
	}
}

// visit is one SMTP host at one address, and what is wanted of it.
type visit struct {
	host    string
	address netip.Addr
	want
	recipient string
}

// visits lists every address of every host once, with all that the targets want of it.
func (r *run) visits(plan Plan) []visit {
	var visits []visit
	for i, t := range r.bundle.Targets {
		task := plan.Targets[i]
		if !task.session {
			continue
		}
		for _, h := range t.Hosts {
			for _, a := range h.Addresses[:min(len(h.Addresses), maxVisited)] {
				addr, err := netip.ParseAddr(a)
				if err != nil {
					continue
				}
				visits = addVisit(visits, visit{h.Name, addr, task.want, recipient(t, task)})
			}
		}
	}
	return visits
}

func addVisit(visits []visit, v visit) []visit {
	i := slices.IndexFunc(visits, func(w visit) bool { return w.host == v.host && w.address == v.address })
	if i < 0 {
		return append(visits, v)
	}
	visits[i].want = visits[i].want.with(v.want)
	visits[i].recipient = cmp.Or(visits[i].recipient, v.recipient)
	return visits
}

// recipient is the postmaster of the tested domain, or of the host itself, whom every server has to accept (RFC 5321
// sections 4.1.1.3 and 4.5.1). Nothing is sent to him: the session ends after the reply to RCPT.
func recipient(t evidence.Target, task Task) string {
	switch {
	case !task.transaction:
		return ""
	case t.Kind == "domain":
		return "postmaster@" + t.Name
	}
	return "postmaster"
}

// sessions visits every address, one connection at a time to each.
func (r *run) sessions(ctx context.Context, visits []visit) {
	byAddress := map[netip.Addr][]visit{}
	for _, v := range visits {
		byAddress[v.address] = append(byAddress[v.address], v)
	}
	var group sync.WaitGroup
	for _, visits := range byAddress {
		group.Go(func() { r.visitAddress(ctx, visits) })
	}
	group.Wait()
}

// visitAddress holds the sessions with one address in turn, at the pace of manners.
func (r *run) visitAddress(ctx context.Context, visits []visit) {
	var last time.Time
	for _, v := range visits {
		for attempt := 1; attempt <= attempts; attempt++ {
			if !last.IsZero() && !r.pause(ctx, v, time.Until(last.Add(pace))) {
				return
			}
			last = time.Now()
			s := r.session(ctx, v, attempt)
			r.mu.Lock()
			r.bundle.Sessions = append(r.bundle.Sessions, s)
			r.mu.Unlock()
			if !again(&s) {
				break
			}
		}
	}
}

// pause keeps the distance between two sessions with one address; false if the run ends first.
func (r *run) pause(ctx context.Context, v visit, d time.Duration) bool {
	subject := subjectOf(v.host, v.address.String()).String()
	r.watch(Waiting{subject, StepPause, time.Now(), d})
	defer r.watch(Waiting{Subject: subject})
	t := time.NewTimer(max(d, 0))
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (r *run) session(ctx context.Context, v visit, attempt int) evidence.Session {
	dialer, proxied := r.guarded(r.Dialer), false
	if r.Proxy != nil {
		dialer, proxied = r.guarded(r.Proxy), true
	}
	subject := subjectOf(v.host, v.address.String()).String()
	probe := smtpprobe.Probe{Dialer: dialer, Helo: r.Helo, Patience: r.Patience, Proxied: proxied,
		Watch: func(step evidence.Step, limit time.Duration) { r.watch(Waiting{subject, step, time.Now(), limit}) }}
	ask := smtpprobe.Ask{Host: v.host, Address: netip.AddrPortFrom(v.address, r.SMTPPort), TLS: v.tls, Recipient: v.recipient}
	s := probe.Run(ctx, ask)
	s.Attempt = attempt
	r.watch(Waiting{Subject: subject})
	return s
}

func (r *run) watch(w Waiting) {
	if r.Watch != nil {
		r.Watch(w)
	}
}

// again tells whether a session calls for a second one: the tester was turned away for the moment, the connection broke, or
// what was offered did not work. A wait that our own patience ended is not repeated: it would only be as long again.
func again(s *evidence.Session) bool {
	return slices.ContainsFunc(s.Events, func(e evidence.Event) bool {
		switch {
		case e.Step == evidence.StepQUIT || e.Step == evidence.StepConnect:
			return false
		case e.Failure != nil && e.Step == evidence.StepHandshake:
			return e.Failure.Kind != evidence.Timeout && e.Failure.Kind != evidence.Interrupted
		case e.Failure != nil:
			return e.Failure.Kind == evidence.Reset || e.Failure.Kind == evidence.EOF
		case e.Reply == nil:
			return false
		case e.Step == evidence.StepSTARTTLS:
			return deadSTARTTLS(e.Reply, lists(s, "STARTTLS")) || e.Reply.Code == 421
		case e.Step == evidence.StepMAIL || e.Step == evidence.StepRCPT:
			return e.Reply.Code == 421 // other refusals are only timed
		}
		return e.Reply.Code >= 400 && e.Reply.Code < 500
	})
}

// lists tells whether the reply to the first EHLO lists a keyword.
func lists(s *evidence.Session, keyword string) bool {
	e := s.Event(evidence.StepEHLO)
	return e != nil && e.Failure == nil && e.Reply != nil && slices.Contains(smtpprobe.Keywords(*e.Reply), keyword)
}

// dnsOut tells whether any of the name servers asked answered at all.
func dnsOut(exchanges []evidence.Exchange) evidence.WayOut {
	switch {
	case len(exchanges) == 0:
		return ""
	case slices.ContainsFunc(exchanges, func(x evidence.Exchange) bool { return x.RCode != "" }):
		return evidence.Open
	}
	return evidence.Closed
}

func isIPv4(a netip.Addr) bool { return a.Is4() }
func isIPv6(a netip.Addr) bool { return a.Is6() }

// wayOut tells what the sessions of one address family show about our own network: a greeting from any public address proves
// that it is open; controls that all stayed silent prove that it is closed.
func wayOut(sessions []evidence.Session, family func(netip.Addr) bool) evidence.WayOut {
	asked, silent := 0, 0
	for _, s := range sessions {
		addr, err := netip.ParseAddr(s.Address)
		switch {
		case err != nil || !family(addr):
		case greeted(s) && !Private(addr):
			return evidence.Open
		case s.Control:
			asked++
			if unanswered220(s) {
				silent++
			}
		}
	}
	if asked > 0 && asked == silent {
		return evidence.Closed
	}
	return ""
}

// controls finds out, where no server of an address family answered, whether this network lets SMTP out over it at all. An
// RST proves nothing, because firewalls reject, nor does a connection that stays silent, because proxies accept for
// everybody. Controls are only asked on the port that networks close.
func (r *run) controls(ctx context.Context) {
	if r.SMTPPort != 25 {
		return
	}
	for _, family := range []func(netip.Addr) bool{isIPv4, isIPv6} {
		failed := slices.ContainsFunc(r.bundle.Sessions, func(s evidence.Session) bool {
			addr, err := netip.ParseAddr(s.Address)
			return err == nil && family(addr) && unanswered220(s)
		})
		if failed && wayOut(r.bundle.Sessions, family) != evidence.Open {
			r.askControls(ctx, family)
		}
	}
}

// askControls asks one host of each control domain, until one greets.
func (r *run) askControls(ctx context.Context, family func(netip.Addr) bool) {
	for _, domain := range r.Controls {
		host, addr, ok := r.controlHost(ctx, domain, family)
		if !ok {
			continue
		}
		s := r.control(ctx, host, addr)
		r.bundle.Sessions = append(r.bundle.Sessions, s)
		if greeted(s) {
			return
		}
	}
}

// controlHost picks an address of a control domain's best MX host that has one of the family.
func (r *run) controlHost(ctx context.Context, domain string, family func(netip.Addr) bool) (string, netip.Addr, bool) {
	for _, h := range mxHosts(r.ask(ctx, domain, "MX")) {
		addresses, _ := r.addresses(ctx, h.Name)
		for _, a := range addresses {
			if addr, err := netip.ParseAddr(a); err == nil && family(addr) {
				return h.Name, addr, true
			}
		}
	}
	return "", netip.Addr{}, false
}

func (r *run) control(ctx context.Context, host string, addr netip.Addr) evidence.Session {
	dialer := r.guarded(r.Dialer)
	if r.Proxy != nil {
		dialer = r.guarded(r.Proxy)
	}
	subject := "control " + subjectOf(host, addr.String()).String()
	probe := smtpprobe.Probe{Dialer: dialer, Helo: r.Helo, Patience: min(controlPatience, r.Patience), Proxied: r.Proxy != nil,
		Watch: func(step evidence.Step, limit time.Duration) { r.watch(Waiting{subject, step, time.Now(), limit}) }}
	s := probe.Run(ctx, smtpprobe.Ask{Host: host, Address: netip.AddrPortFrom(addr, r.SMTPPort), GreetingOnly: true})
	s.Control, s.Attempt = true, 1
	r.watch(Waiting{Subject: subject})
	return s
}

// unanswered220 tells whether the network, rather than the server, may be why there was no greeting.
func unanswered220(s evidence.Session) bool {
	for _, e := range s.Events {
		if e.Failure != nil {
			return (e.Step == evidence.StepConnect && failureOfNetwork(e.Failure)) ||
				(e.Step == evidence.StepGreeting && e.Failure.Kind == evidence.Timeout && e.Reply == nil)
		}
	}
	return false
}

// greeted tells whether a whole greeting with code 220 came.
func greeted(s evidence.Session) bool {
	e := s.Event(evidence.StepGreeting)
	return e != nil && e.Failure == nil && e.Reply != nil && e.Reply.Code == 220
}

// sort brings the bundle into an order that does not depend on which answer came first.
func (r *run) sort() {
	slices.SortStableFunc(r.bundle.Exchanges, func(a, b evidence.Exchange) int { return a.At.Compare(b.At) })
	slices.SortStableFunc(r.bundle.Sessions, func(a, b evidence.Session) int {
		return cmp.Or(cmp.Compare(a.Host, b.Host), cmp.Compare(a.Address, b.Address), cmp.Compare(a.Attempt, b.Attempt))
	})
}
