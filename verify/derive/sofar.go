package derive

import (
	"slices"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/netrange"
)

// SoFar is what the DNS exchanges of a run show while it is under way. Probing decides by it what is still to be asked, so that
// it asks for what the facts will rest on.
type SoFar struct{ d *derivation }

// FromExchanges reads the exchanges of a run so far, none of which may be changed any more.
func FromExchanges(xs []evidence.Exchange) SoFar {
	return SoFar{&derivation{bundle: &evidence.Bundle{Exchanges: xs}}}
}

// Answered tells whether a server said anything about the zone of a target, whatever it was.
func (s SoFar) Answered(t *evidence.Target, server evidence.Server) bool {
	return s.d.answered(t, server)
}

// Serves tells whether a server gave the SOA record of the zone with authority at any of several tries.
func (s SoFar) Serves(t *evidence.Target, server evidence.Server) bool { return s.d.serves(t, server) }

// LacksSOA tells whether a server said with authority, at every try, that the zone has no SOA record, or failed at that question.
func (s SoFar) LacksSOA(t *evidence.Target, server evidence.Server) bool {
	return s.d.deniesSOA(t, server) || s.d.failsAtSOA(t, server)
}

// NoRoute tells whether there is no way from here to the address of a server.
func (s SoFar) NoRoute(t *evidence.Target, server evidence.Server) bool {
	return s.d.noRoute(t, server)
}

// HeardOverTCP tells whether any name server of the same address family as an address answered over TCP.
func (s SoFar) HeardOverTCP(address string) bool { return s.d.heardOverTCP(address) }

// NeedGlue lists the name servers, of those that the parent zone names, that nobody finds without glue: those in the zone.
func (s SoFar) NeedGlue(t *evidence.Target) []string { return inDomain(s.d.delegatedTo(t), t.Zone) }

// StrangeSiblings lists the name servers in other zones whose glue is not what the servers of these zones said.
func (s SoFar) StrangeSiblings(t *evidence.Target) []string { return s.d.strangeSiblings(t) }

// Look gathers the SOA records of a round: 0, or 1 and 2 after a time to settle.
func (s SoFar) Look(t *evidence.Target, round int) Reading { return s.d.look(t, round) }

// WorthSettling tells whether time can show more of servers that differ: not where records differ already, and not where several
// providers count serials by themselves. Addresses alone may differ because they are computed for each asker, and by the
// serials that agree a little later this is told from copies that stay apart.
func (s SoFar) WorthSettling(t *evidence.Target) bool {
	first := s.d.look(t, 0)
	types, differ, _ := s.d.dataDiffer(t, first)
	addressesOnly := !slices.ContainsFunc(types.List(), func(rrtype string) bool { return rrtype != "A" && rrtype != "AAAA" })
	return (!differ.Bool() || addressesOnly) && first.providers() == 1
}

// Differing lists the types of record at the apex in which servers differ whose serials differ, in a round.
func (s SoFar) Differing(t *evidence.Target, round int) (types []string) {
	l := s.d.look(t, round)
	for _, rrtype := range ApexTypes {
		if differs, _ := s.d.typeDiffers(t, l, rrtype, round); differs {
			types = append(types, rrtype)
		}
	}
	return types
}

// MXDiffer tells whether servers give different MX records of a name.
func (s SoFar) MXDiffer(name string, servers []evidence.Server) bool {
	sets := map[string]bool{}
	for _, a := range mxAnswers(s.d.bundle.Exchanges, name, servers) {
		if a.usable() {
			sets[mxSetText(a)] = true
		}
	}
	return len(sets) > 1
}

// MailHosts lists the hosts of the MX records of a name that are worth a look-up, by the word of all servers.
func (s SoFar) MailHosts(name string, servers []evidence.Server) []string {
	hosts := mxNames(mxRecords(mxAnswers(s.d.saidAbout(name), name, servers)))
	return hosts[:min(len(hosts), maxMailHosts)]
}

// Records are those of a type at a name by the word of its name servers; absent if these say that there are none.
func (s SoFar) Records(name, rrtype string) (records []dns.RR, absent bool) {
	w := s.d.ofServers(name, rrtype)
	return w.records, w.absent
}

// Spoke tells whether a server answered any question about a name, whatever it said.
func (s SoFar) Spoke(server evidence.Server, name string) bool {
	return slices.ContainsFunc(s.d.bundle.Exchanges, func(x evidence.Exchange) bool {
		return x.Role == evidence.Authoritative && x.Name == name && x.RCode != "" && dnsanswer.At(&x, server.Address)
	})
}

// MXAstray tells whether the name servers lead to other mail hosts of a target than the resolver.
func (s SoFar) MXAstray(t *evidence.Target) bool { return s.d.mxLead(t).astray.Code != "" }

// AddressesAstray tells whether the resolver leads to an address of a host to which its name servers do not lead.
func (s SoFar) AddressesAstray(h evidence.Host) bool {
	said := s.d.addressesSaid(h.Name)
	return slices.ContainsFunc(h.Addresses, func(a string) bool { return said.lead(h.Name, a, "").astray.Code != "" })
}

// PublicByResolver tells whether the resolver leads from a name to mail hosts, or to an address that is public.
func (s SoFar) PublicByResolver(name string) bool {
	for _, rrtype := range GreetingTypes {
		w := s.d.wordOfResolver(name, rrtype)
		addresses := dnsanswer.AddressesIn(w.records)
		if len(w.records) > len(addresses) || len(slices.DeleteFunc(addresses, netrange.Private)) > 0 {
			return true
		}
	}
	return false
}

// Faults of a mail host or of the name of a name server are believed only after the other servers of its zone were heard,
// because one may lag behind. The methods below tell at which names to hear them.

// DoubtfulMailHost lists the names at which a mail host seems to be at fault: it is an alias, has no address, or a private one.
func (s SoFar) DoubtfulMailHost(host string) (names []string) {
	h := s.d.mailHost(host, true)
	if h.alias {
		names = append(names, host)
	}
	if len(h.addresses) == 0 && h.open == nil || slices.ContainsFunc(h.addresses, netrange.Private) {
		end := s.d.chain(host, "A")
		names = append(names, end[len(end)-1])
	}
	return names
}

// DoubtfulServer tells whether the name of a name server seems to be an alias or to have no address.
func (s SoFar) DoubtfulServer(name string) bool {
	found := s.d.addressesOf(name)
	return found.alias || found.absent()
}

// IsAlias tells whether the name of a name server is an alias.
func (s SoFar) IsAlias(name string) bool { return s.d.isAlias(name) }

// AddressesOf lists the addresses that authoritative servers gave for the name of a name server.
func (s SoFar) AddressesOf(name string) []string { return s.d.addressesOf(name).addresses }

// ReverseNames lists the names in PTR records that are worth a look-up.
func ReverseNames(records []dns.RR) []string {
	names := dnsanswer.PTRNames(records)
	names = names[:min(len(names), maxReverseNames)]
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !dnsanswer.Askable(name) })
}
