package verify

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/names"
	"mxverdict/verify/reading"
)

// Bounds of the questions about the records of one name.
const (
	maxRecordServers = 6 // name servers that are asked for every type
	transferPause    = 2 * time.Second
)

// records asks the name servers of a target's zone about the name itself, and what they do for strangers.
func (r *run) records(ctx context.Context, task Task, t *evidence.Target) {
	if !task.Has(facts.FromMX|facts.FromRecords|facts.FromRecursion|facts.FromTransfer) || t.Kind == "address" || t.Delegation == nil {
		return
	}
	servers := r.answering(t)
	var group sync.WaitGroup
	if task.Has(facts.FromMX) {
		group.Go(func() { r.mail(ctx, t, servers) })
	}
	if task.Has(facts.FromRecords) {
		group.Go(func() { r.types(ctx, dnsanswer.HostName(t.Name), servers) })
	}
	if task.Has(facts.FromRecursion) {
		group.Go(func() { r.recursion(ctx, t, servers) })
	}
	if task.Has(facts.FromTransfer) {
		group.Go(func() {
			r.transfer(ctx, t.Zone, servers)
			r.proveTCP(ctx, t)
		})
	}
	group.Wait()
}

// answering lists the addresses of name servers that sent any message when they were asked for the zone's SOA record, each
// once. Those that stayed silent would only stay so again, and take their time.
func (r *run) answering(t *evidence.Target) []evidence.Server {
	r.mu.Lock()
	defer r.mu.Unlock()
	var servers []evidence.Server
	for _, s := range t.Servers {
		known := slices.ContainsFunc(servers, func(o evidence.Server) bool { return o.Address == s.Address })
		spoke := slices.ContainsFunc(r.bundle.Exchanges, func(x evidence.Exchange) bool {
			return x.Role == evidence.Authoritative && x.RCode != "" && dnsanswer.At(&x, s.Address)
		})
		if spoke && !known {
			servers = append(servers, s)
		}
	}
	return servers
}

// question is one for a server, or, where it has no address, for whichever server of the name's zone answers.
type question struct {
	server       evidence.Server
	name, rrtype string
}

// put asks questions, some side by side.
func (r *run) putThese(ctx context.Context, questions []question) {
	sideBySide(questions, func(_ int, q question) {
		if q.server.Address == "" {
			r.record(r.dns.Authoritative(ctx, q.name, q.rrtype))
		} else {
			r.record(r.dns.Ask(ctx, q.server, q.name, q.rrtype))
		}
	})
}

// consult asks the resolver, as a second witness.
func (r *run) consult(ctx context.Context, name string, types ...string) {
	sideBySide(types, func(_ int, rrtype string) { r.ask(ctx, name, rrtype) })
}

// mail asks every server for the MX records, and for the addresses of the hosts that they name.
func (r *run) mail(ctx context.Context, t *evidence.Target, servers []evidence.Server) {
	name := dnsanswer.HostName(t.Name)
	questions := []question{{name: name, rrtype: "MX"}, {name: name, rrtype: "TXT"}, {name: name, rrtype: "A"}, {name: name, rrtype: "AAAA"}}
	for _, s := range servers {
		questions = append(questions, question{s, name, "MX"})
	}
	r.putThese(ctx, questions)
	r.consult(ctx, name, "MX")
	if r.snapshot().MXDiffer(name, servers) { // or each differs from itself, as where records are made afresh for every question
		for _, twin := range dnsanswer.Twins(0) {
			r.askAnew(ctx, servers, name, []string{"MX"}, twin)
		}
	}
	sideBySide(r.snapshot().MailHosts(name, servers), func(_ int, host string) {
		r.putThese(ctx, []question{{name: host, rrtype: "A"}, {name: host, rrtype: "AAAA"}})
		r.hostWitnesses(ctx, host, t.Zone)
		r.consult(ctx, host, "A", "AAAA")
	})
}

// types asks one address of each server for all usual types.
func (r *run) types(ctx context.Context, name string, servers []evidence.Server) {
	var questions []question
	for _, s := range firstOfEach(servers) {
		for _, rrtype := range names.RecordTypes {
			questions = append(questions, question{s, name, rrtype})
		}
	}
	for _, rrtype := range names.RecordTypes { // follows an alias; what is known already costs nothing
		questions = append(questions, question{name: name, rrtype: rrtype})
	}
	r.putThese(ctx, questions)
	r.consult(ctx, name, names.RecordTypes...)
}

// firstOfEach keeps the first address of every name server, IPv4 first because a tester's IPv6 fails more often.
func firstOfEach(servers []evidence.Server) []evidence.Server {
	servers = slices.Clone(servers)
	isIPv6 := func(s evidence.Server) int { return boolRank(strings.Contains(s.Address, ":")) }
	slices.SortStableFunc(servers, func(a, b evidence.Server) int { return isIPv6(a) - isIPv6(b) })
	var first []evidence.Server
	for _, s := range servers {
		if !slices.ContainsFunc(first, func(o evidence.Server) bool { return o.Name == s.Name }) {
			first = append(first, s)
		}
	}
	return first[:min(len(first), maxRecordServers)]
}

// recursion asks every server for a name that is not its business and cannot exist: one fresh label below a zone above,
// which is known to exist and to be served by others. All that comes of it is one NXDOMAIN.
func (r *run) recursion(ctx context.Context, t *evidence.Target, servers []evidence.Server) {
	sideBySide(servers, func(_ int, s evidence.Server) {
		if zone := reading.ForeignZone(t, s); zone != "" {
			name := fmt.Sprintf("mxverdict-%08x", rand.Uint32())
			if zone != "." {
				name += "." + zone
			}
			r.record(r.dns.Recurse(ctx, s, name, "A"))
		}
	})
}

// transfer asks every server for the zone, and breaks off at once. A connection that is closed is tried a second time, as
// servers in need close some too.
func (r *run) transfer(ctx context.Context, zone string, servers []evidence.Server) {
	sideBySide(servers, func(_ int, s evidence.Server) {
		x := r.dns.Transfer(ctx, s, zone, 0)
		r.record([]evidence.Exchange{x})
		if dnsanswer.ClosedUp(x) && pause(ctx, transferPause) {
			r.record([]evidence.Exchange{r.dns.Transfer(ctx, s, zone, 1)})
		}
	})
}

// pause waits, and tells whether the run goes on.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
