package derive

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// The resolver leads to the hosts of a target, because it is asked anyway and at once. Whether the world is led to the same ones
// only the name servers of the zone can say: a resolver may hold an old copy, have names of its own (split DNS), or fail. Where it
// leads elsewhere, what was seen there says nothing about the target.

// Who led to a host, the values of dns.host.led_by.
const (
	ledByBoth     = "both"     // the resolver did, and the name servers lead there too
	ledByResolver = "resolver" // the resolver alone did: the name servers gave no usable answer
	ledByZone     = "zone"     // the name servers did, because the resolver led nowhere
)

// lead is who led to something; the zero lead says that only one of the two was asked.
type lead struct {
	by     string
	astray facts.Unknown // the name servers lead elsewhere
}

// and joins the lead to a host with that to one of its addresses.
func (l lead) and(m lead) lead {
	switch {
	case l.astray.Code != "":
		return l
	case m.astray.Code != "":
		return m
	case l.by == ledByResolver || m.by == "" || l.by == ledByZone && m.by == ledByBoth:
		return l
	}
	return m
}

// mxLead tells who led from a target to its hosts.
func (d *derivation) mxLead(t *evidence.Target) lead {
	name := dnsanswer.HostName(t.Name)
	xs, _ := d.exchanges(evidence.Resolver, "", name, "MX")
	trouble := dnsanswer.Trouble(xs)
	here := mxSet(dnsanswer.Records(dnsanswer.Last(xs), "MX"))
	switch {
	case len(xs) == 0 || t.Kind == "host" && len(here) > 0: // the report means the host of that name
		return lead{}
	case t.Kind == "domain" && trouble != nil, t.Kind == "host" && trouble != nil && trouble.Kind != evidence.NoData:
		return lead{by: ledByZone}
	case t.Kind != "domain" && t.Kind != "host" || !d.asked(name, "MX"):
		return lead{}
	}
	there := d.mxSets(name)
	switch {
	case len(there) == 0:
		return lead{by: ledByResolver}
	case oneOfSets(here, there):
		return lead{by: ledByBoth}
	}
	return lead{astray: facts.Unknown{Code: facts.Disagreement, Detail: "the MX records of " + t.Name + " lead to " + listed(here) + " by the resolver " +
		d.bundle.Vantage.Resolver + ", and to " + listed(slices.Concat(there...)) + " by the zone's own name servers"}}
}

// mxSets lists the sets of hosts that the name servers gave as the MX records of a name, in whichever round.
func (d *derivation) mxSets(name string) (sets [][]string) {
	for _, said := range d.everythingSaid(name, "MX") {
		sets = append(sets, mxSet(said.Records))
	}
	return sets
}

// mxSet lists the hosts of MX records; a null MX names the root.
func mxSet(records []dns.RR) []string {
	var names []string
	for _, rr := range records {
		if mx, ok := rr.(*dns.MX); ok {
			names = append(names, dnsanswer.Bare(mx.Mx))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// oneOfSets tells whether a set is one that some server gave, or, where what they give varies, holds nothing that no server gave.
func oneOfSets(set []string, given [][]string) bool {
	if slices.ContainsFunc(given, func(g []string) bool { return slices.Equal(g, set) }) {
		return true
	}
	varies := slices.ContainsFunc(given, func(g []string) bool { return !slices.Equal(g, given[0]) })
	all := slices.Concat(given...)
	strange := func(s string) bool { return !slices.Contains(all, s) }
	return varies && len(set) > 0 && !slices.ContainsFunc(set, strange)
}

// listed writes a set for people.
func listed(set []string) string {
	set = slices.Clone(set)
	slices.Sort(set)
	if set = slices.Compact(set); len(set) == 0 {
		return "none"
	}
	return strings.Join(set, ", ")
}

// everythingSaid lists all that authoritative servers said of a name, in whichever round, at the end of its aliases. Servers may
// give other aliases from one question to the next.
func (d *derivation) everythingSaid(name, rrtype string) (all []dnsanswer.Said) {
	names := []string{dnsanswer.Bare(name)}
	for i := 0; i < len(names) && i <= maxLinks; i++ {
		if d.noted != nil {
			d.noted(names[i])
		}
		for _, x := range d.bundle.Exchanges {
			if x.Role != evidence.Authoritative || x.Type != rrtype || dnsanswer.Bare(x.Name) != names[i] {
				continue
			}
			said, usable := dnsanswer.Outcome(x, names[i], rrtype)
			switch {
			case usable && said.Alias == "":
				all = append(all, said)
			case usable && !slices.Contains(names, said.Alias):
				names = append(names, said.Alias)
			}
		}
	}
	return all
}

// hostAddresses is what name servers and the resolver say of the addresses of a host.
type hostAddresses struct {
	there, here []string        // by the name servers in all their answers, and by the resolver
	told, asked map[string]bool // by type of record: the name servers gave a usable answer, or were asked at all
}

func (d *derivation) addressesSaid(host string) hostAddresses {
	a := hostAddresses{told: map[string]bool{}, asked: map[string]bool{}}
	for _, rrtype := range []string{"A", "AAAA"} {
		for _, said := range d.everythingSaid(host, rrtype) {
			a.told[rrtype] = true
			a.there = append(a.there, dnsanswer.AddressTexts(said.Records)...)
		}
		a.asked[rrtype] = d.asked(host, rrtype)
		xs, _ := d.exchanges(evidence.Resolver, "", host, rrtype)
		a.here = append(a.here, dnsanswer.AddressTexts(dnsanswer.Records(dnsanswer.Last(xs), rrtype))...)
	}
	return a
}

// lead tells who led to one address of a host. Services that give each asker some of their addresses, by turns or by place, lead to
// each of those.
func (a hostAddresses) lead(host, address, resolver string) lead {
	addr, err := netip.ParseAddr(address)
	rrtype := dnsanswer.AddressType(addr)
	switch {
	case err != nil || host == "" || !a.asked[rrtype]:
		return lead{}
	case !slices.Contains(a.here, address):
		return lead{by: ledByZone}
	case slices.Contains(a.there, address):
		return lead{by: ledByBoth}
	case !a.told[rrtype]:
		return lead{by: ledByResolver}
	}
	return lead{astray: facts.Unknown{Code: facts.Disagreement, Detail: host + " leads to " + address + " by the resolver " + resolver +
		", and to " + listed(a.there) + " by its own name servers"}}
}

// nowhereLead tells on whose word a host has no address.
func (d *derivation) nowhereLead(host string) (l lead) {
	for _, rrtype := range []string{"A", "AAAA"} {
		servers, resolver := d.ofServers(host, rrtype), d.wordOfResolver(host, rrtype)
		switch {
		case !d.asked(host, rrtype):
		case servers.known() && resolver.absent:
			l = l.and(lead{by: ledByBoth})
		case servers.known():
			l = l.and(lead{by: ledByZone})
		case resolver.known():
			l = l.and(lead{by: ledByResolver})
		}
	}
	return l
}

// ownHost tells whether a name of the report that leads to no host is one itself, because it is known to have no MX record and whether
// it has an address; or why nothing is known of its hosts. That the resolver fails, or knows of none, is no reason: the
// name servers may.
func (d *derivation) ownHost(t *evidence.Target) (own bool, why facts.Unknown) {
	if t.Kind != "" {
		return false, why
	}
	w := d.word(t.Name, "MX")
	switch {
	case !w.known() && w.why.Code != facts.Untested:
		return false, w.why
	case !w.absent:
		return false, why
	}
	return d.hostResolves(t.Name).Known(), why
}

// untested tells whether the name servers give addresses of a host to which nobody was led here.
func (a hostAddresses) untested(tested []string) bool {
	return slices.ContainsFunc(a.there, func(address string) bool { return !slices.Contains(tested, address) })
}

// putLead records who led to a host at an address, and takes all back that was seen there if the world is led elsewhere.
func (d *derivation) putLead(subject facts.Subject, l lead) {
	f := facts.Fact{Name: facts.DNSHostLedBy, At: d.bundle.FinishedAt, Evidence: "all look-ups of hosts", Value: facts.TextValue(l.by)}
	switch {
	case l.astray.Code != "":
		f.Value, f.Why = facts.Value{}, l.astray
		d.takeBack(subject, l.astray)
	case l.by == "":
		f.Value, f.Why = facts.Value{}, d.unasked("what resolver and name servers lead to")
	}
	d.set.Put(subject, f)
}

// takeBack makes all unknown that is known of a host at an address, but for its name.
func (d *derivation) takeBack(subject facts.Subject, why facts.Unknown) {
	for _, def := range facts.Definitions() {
		if def.Scope == facts.Session && def.Name != facts.DNSHostResolves {
			d.set.Put(subject, facts.Fact{Name: def.Name, Why: why})
		}
	}
}
