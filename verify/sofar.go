package verify

import (
	"slices"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/netrange"
	"mxverdict/verify/names"
	"mxverdict/verify/reading"
	"mxverdict/verify/smtp"
	"mxverdict/verify/zone"
)

// SoFar is what the DNS exchanges of a run show while it is under way. Probing decides by it what is still to be asked, so that
// it asks for what the facts will rest on.
type SoFar struct{ d sofar }

type sofar struct{ *reading.Reading }

// FromExchanges reads the exchanges of a run so far, none of which may be changed any more.
func FromExchanges(xs []evidence.Exchange) SoFar {
	return SoFar{sofar{&reading.Reading{Bundle: &evidence.Bundle{Exchanges: xs}}}}
}

// Answered tells whether a server said anything about the zone of a target, whatever it was.
func (s SoFar) Answered(t *evidence.Target, server evidence.Server) bool {
	return s.d.Answered(t, server)
}

// Serves tells whether a server gave the SOA record of the zone with authority at any of several tries.
func (s SoFar) Serves(t *evidence.Target, server evidence.Server) bool { return s.d.Serves(t, server) }

// LacksSOA tells whether a server said with authority, at every try, that the zone has no SOA record, or failed at that question.
func (s SoFar) LacksSOA(t *evidence.Target, server evidence.Server) bool {
	return zone.LacksSOA(s.d.Reading, t, server)
}

// NoRoute tells whether there is no way from here to the address of a server.
func (s SoFar) NoRoute(t *evidence.Target, server evidence.Server) bool {
	return s.d.NoRoute(t, server)
}

// HeardOverTCP tells whether any name server of the same address family as an address answered over TCP.
func (s SoFar) HeardOverTCP(address string) bool { return s.d.HeardOverTCP(address) }

// NeedGlue lists the name servers, of those that the parent zone names, that nobody finds without glue: those in the zone.
func (s SoFar) NeedGlue(t *evidence.Target) []string {
	return reading.InDomain(s.d.DelegatedTo(t), t.Zone)
}

// StrangeSiblings lists the name servers in other zones whose glue is not what the servers of these zones said.
func (s SoFar) StrangeSiblings(t *evidence.Target) []string {
	return zone.StrangeSiblings(s.d.Reading, t)
}

// Look gathers the SOA records of a round: 0, or 1 and 2 after a time to settle.
func (s SoFar) Look(t *evidence.Target, round int) zone.Look {
	return zone.LookAt(s.d.Reading, t, round)
}

// WorthSettling tells whether time can show more of servers that differ.
func (s SoFar) WorthSettling(t *evidence.Target) bool { return zone.WorthSettling(s.d.Reading, t) }

// Differing lists the types of record at the apex in which servers differ whose serials differ, in a round.
func (s SoFar) Differing(t *evidence.Target, round int) []string {
	return zone.Differing(s.d.Reading, t, round)
}

// MXDiffer tells whether servers give different MX records of a name.
func (s SoFar) MXDiffer(name string, servers []evidence.Server) bool {
	return names.MXDiffer(s.d.Reading, name, servers)
}

// MailHosts lists the hosts of the MX records of a name that are worth a look-up, by the word of all servers.
func (s SoFar) MailHosts(name string, servers []evidence.Server) []string {
	return names.MailHosts(s.d.Reading, name, servers)
}

// Records are those of a type at a name by the word of its name servers; absent if these say that there are none.
func (s SoFar) Records(name, rrtype string) (records []dns.RR, absent bool) {
	w := s.d.OfServers(name, rrtype)
	return w.Records, w.Absent
}

// Spoke tells whether a server answered any question about a name, whatever it said.
func (s SoFar) Spoke(server evidence.Server, name string) bool {
	return slices.ContainsFunc(s.d.Bundle.Exchanges, func(x evidence.Exchange) bool {
		return x.Role == evidence.Authoritative && x.Name == name && x.RCode != "" && dnsanswer.At(&x, server.Address)
	})
}

// MXAstray tells whether the name servers lead to other mail hosts of a target than the resolver.
func (s SoFar) MXAstray(t *evidence.Target) bool { return s.d.MXLead(t).Astray.Code != "" }

// AddressesAstray tells whether the resolver leads to an address of a host to which its name servers do not lead.
func (s SoFar) AddressesAstray(h evidence.Host) bool {
	said := s.d.AddressesSaid(h.Name)
	return slices.ContainsFunc(h.Addresses, func(a string) bool { return said.Lead(h.Name, a, "").Astray.Code != "" })
}

// PublicByResolver tells whether the resolver leads from a name to mail hosts, or to an address that is public.
func (s SoFar) PublicByResolver(name string) bool {
	for _, rrtype := range smtp.GreetingTypes {
		w := s.d.WordOfResolver(name, rrtype)
		addresses := dnsanswer.AddressesIn(w.Records)
		if len(w.Records) > len(addresses) || len(slices.DeleteFunc(addresses, netrange.Private)) > 0 {
			return true
		}
	}
	return false
}

// Faults of a mail host or of the name of a name server are believed only after the other servers of its zone were heard,
// because one may lag behind. The methods below tell at which names to hear them.

// DoubtfulMailHost lists the names at which a mail host seems to be at fault: it is an alias, has no address, or a private one.
func (s SoFar) DoubtfulMailHost(host string) []string {
	return names.DoubtfulMailHost(s.d.Reading, host)
}

// DoubtfulServer tells whether the name of a name server seems to be an alias or to have no address.
func (s SoFar) DoubtfulServer(name string) bool {
	found := s.d.AddressesOf(name)
	return found.Alias || found.Absent()
}

// IsAlias tells whether the name of a name server is an alias.
func (s SoFar) IsAlias(name string) bool { return s.d.IsAlias(name) }

// AddressesOf lists the addresses that authoritative servers gave for the name of a name server.
func (s SoFar) AddressesOf(name string) []string { return s.d.AddressesOf(name).Addresses }
