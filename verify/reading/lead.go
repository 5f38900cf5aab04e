package reading

// This file says on whose word it rests that a target leads to a host. The resolver leads, as it leads everybody here; but one that was
// given other records than the world (a split horizon, an old copy, a filter) leads to servers that no sender outside meets, and what
// they do says nothing of the target. So the zone's own servers are heard, and where they lead elsewhere nothing is believed.

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// Who led to a host, the values of dns.host.led_by.
const (
	ledByBoth     = "both"     // the resolver did, and the name servers lead there too
	ledByResolver = "resolver" // the resolver alone did: the name servers gave no usable answer
	ledByZone     = "zone"     // the name servers did, because the resolver led nowhere
)

// Lead is who led to something; the zero lead says that only one of the two was asked.
type Lead struct {
	By     string
	Astray facts.Unknown // the name servers lead elsewhere
}

// and joins the lead to a host with that to one of its addresses. The weaker word counts, and a contradiction most.
func (l Lead) and(m Lead) Lead {
	switch {
	case l.Astray.Code != "":
		return l
	case m.Astray.Code != "":
		return m
	case l.By == ledByResolver || m.By == "" || l.By == ledByZone && m.By == ledByBoth:
		return l
	}
	return m
}

// MXLead tells who led from a target to its hosts.
func (r *Reading) MXLead(t *evidence.Target) Lead {
	name := dnsanswer.HostName(t.Name)
	xs, _ := r.Exchanges(evidence.Resolver, "", name, "MX")
	trouble := r.Trouble(xs)
	here := mxSet(r.Records(dnsanswer.Last(xs), "MX"))
	switch {
	// The order: what was not asked leads to no doubt, a resolver without records leaves the word to the zone, and only then two
	// words are compared.
	case len(xs) == 0 || t.Kind == "host" && len(here) > 0: // the report means the host of that name
		return Lead{}
	case t.Kind == "domain" && trouble != nil, t.Kind == "host" && trouble != nil && trouble.Kind != evidence.NoData:
		return Lead{By: ledByZone}
	case t.Kind != "domain" && t.Kind != "host" || !r.Asked(name, "MX"):
		return Lead{}
	}
	// Where no name server gave a usable answer, the resolver is the only witness: no contradiction, and no confirmation.
	there := r.MXSets(name)
	switch {
	case len(there) == 0:
		return Lead{By: ledByResolver}
	case oneOfSets(here, there):
		return Lead{By: ledByBoth}
	}
	return Lead{Astray: facts.Unknown{Code: facts.Disagreement, Detail: "the MX records of " + t.Name + " lead to " + listed(here) + " by the resolver " +
		r.Bundle.Vantage.Resolver + ", and to " + listed(slices.Concat(there...)) + " by the zone's own name servers"}}
}

// MXSets lists the sets of hosts that the name servers gave as the MX records of a name, in whichever round. All rounds count: a
// server may give other records at the second question, and each set is one that some sender meets.
func (r *Reading) MXSets(name string) (sets [][]string) {
	for _, said := range r.everythingSaid(name, "MX") {
		sets = append(sets, mxSet(said.Records))
	}
	return sets
}

// mxSet lists the hosts of MX records; a null MX names the root.
func mxSet(records []dns.RR) []string {
	var names []string
	for _, rr := range records {
		if mx, ok := rr.(*dns.MX); ok {
			// Preferences do not count here: whoever is led to a host at all may deliver there.
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
	// Services that turn their records round, or give each asker some of them, give as many sets as one asks for.
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
func (r *Reading) everythingSaid(name, rrtype string) (all []dnsanswer.Said) {
	names := []string{dnsanswer.Bare(name)}
	for i := 0; i < len(names) && i <= maxLinks; i++ {
		for _, place := range r.AskedFor(names[i], rrtype) {
			x := r.Bundle.Exchanges[place]
			if x.Role != evidence.Authoritative {
				continue
			}
			said, usable := r.Outcome(x, names[i], rrtype)
			switch {
			// NXDOMAIN and NODATA are usable words too: they say that there is nothing, with an empty list.
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

// AddressesSaid gathers what is said of the A and AAAA records of a host, in all rounds: a service that gives each asker some of its
// addresses is only seen whole in several.
func (r *Reading) AddressesSaid(host string) hostAddresses {
	a := hostAddresses{told: map[string]bool{}, asked: map[string]bool{}}
	for _, rrtype := range []string{"A", "AAAA"} {
		for _, said := range r.everythingSaid(host, rrtype) {
			a.told[rrtype] = true
			a.there = append(a.there, dnsanswer.AddressTexts(said.Records)...)
		}
		a.asked[rrtype] = r.Asked(host, rrtype)
		xs, _ := r.Exchanges(evidence.Resolver, "", host, rrtype)
		a.here = append(a.here, dnsanswer.AddressTexts(r.Records(dnsanswer.Last(xs), rrtype))...)
	}
	return a
}

// Lead tells who led to one address of a host. Services that give each asker some of their addresses, by turns or by place, lead to
// each of those.
func (a hostAddresses) Lead(host, address, resolver string) Lead {
	addr, err := netip.ParseAddr(address)
	rrtype := dnsanswer.AddressType(addr)
	switch {
	// What the servers were not asked cannot contradict the resolver.
	case err != nil || host == "" || !a.asked[rrtype]:
		return Lead{}
	// An address that the resolver never gave came from the name servers.
	case !slices.Contains(a.here, address):
		return Lead{By: ledByZone}
	case slices.Contains(a.there, address):
		return Lead{By: ledByBoth}
	case !a.told[rrtype]:
		return Lead{By: ledByResolver}
	}
	return Lead{Astray: facts.Unknown{Code: facts.Disagreement, Detail: host + " leads to " + address + " by the resolver " + resolver +
		", and to " + listed(a.there) + " by its own name servers"}}
}

// nowhereLead tells on whose word a host has no address.
func (r *Reading) nowhereLead(host string) (l Lead) {
	for _, rrtype := range []string{"A", "AAAA"} {
		servers, resolver := r.OfServers(host, rrtype), r.WordOfResolver(host, rrtype)
		switch {
		case !r.Asked(host, rrtype):
		case servers.Known() && resolver.Absent:
			l = l.and(Lead{By: ledByBoth})
		case servers.Known():
			l = l.and(Lead{By: ledByZone})
		case resolver.Known():
			l = l.and(Lead{By: ledByResolver})
		}
	}
	return l
}

// OwnHost tells whether a name of the report that leads to no host is one itself, because it is known to have no MX record and whether
// it has an address; or why nothing is known of its hosts. That the resolver fails, or knows of none, is no reason: the
// name servers may.
func (r *Reading) OwnHost(t *evidence.Target) (own bool, why facts.Unknown) {
	if t.Kind != "" {
		return false, why
	}
	// A name with MX records is a domain, and mail does not go to its own address (RFC 5321 section 5.1).
	w := r.Word(t.Name, "MX")
	switch {
	case !w.Known() && w.Why.Code != facts.Untested:
		return false, w.Why
	case !w.Absent:
		return false, why
	}
	return r.HostResolves(t.Name).Known(), why
}

// untested tells whether the name servers give addresses of a host to which nobody was led here. Senders may be led to those, so
// that what is known of the tested ones is not known of all.
func (a hostAddresses) untested(tested []string) bool {
	return slices.ContainsFunc(a.there, func(address string) bool { return !slices.Contains(tested, address) })
}
