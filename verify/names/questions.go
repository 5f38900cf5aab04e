package names

// This file says what to ask about names. A name server is asked where its word decides, and the resolver beside it only where its word is
// compared or comes first for a sender: each question that no fact needs is one that a stranger has to answer for nothing.

import (
	"net/netip"
	"slices"
	"strings"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/netrange"
	"mxverdict/verify/reading"
)

// Bounds of the questions about the records of one name.
const (
	// maxMailHosts bounds the hosts of MX records that are looked up; nobody needs more, and each may lead to another zone.
	maxMailHosts = 10
	// maxRecordServers bounds the name servers that are asked for every type. Eight types at each make 48 questions.
	maxRecordServers = 6
)

// Questions lists what is worth asking about the names of a target and of its mail hosts, after what is known. What was asked may stand
// in it again; where nothing new does, all is asked.
func Questions(r *reading.Reading, t *evidence.Target, want reading.Wish) []reading.Question {
	if want.Has(facts.FromSOA) && len(t.Servers) == 0 && t.ZoneError == nil {
		return nil // the servers of the zone come first: whom to ask hangs on which of them speak
	}
	return slices.Concat(toHosts(r, t, want), toReverse(r, t, want), toLead(r, t, want), toMail(r, t, want), toRecords(r, t, want))
}

// toHosts asks whether the hosts of a target lead to an address. Where it leads to none, its own name is the only candidate.
func toHosts(r *reading.Reading, t *evidence.Target, want reading.Wish) (list []reading.Question) {
	if !want.Has(facts.FromHostNames) || t.Kind == "address" || leftOut(t.Trouble) {
		return nil
	}
	for _, h := range t.Hosts { // without an address too: the resolver's word for that is only one
		if !leftOut(h.Trouble) {
			list = append(list, toSignedHost(r, h.Name)...)
		}
	}
	if len(t.Hosts) == 0 && t.Kind == "" {
		list = append(list, toSignedHost(r, t.Name)...)
	}
	return list
}

// leftOut tells whether something is one too many for a report.
func leftOut(f *evidence.Failure) bool { return f != nil && f.Kind == evidence.Limit }

// toReverse asks for the names of the addresses of a target, and where those lead that were found, whoever told them. Those of private
// addresses exist in private networks only, and are asked for where the user wants that.
func toReverse(r *reading.Reading, t *evidence.Target, want reading.Wish) (list []reading.Question) {
	if !want.Has(facts.FromPTR) {
		return nil
	}
	for _, h := range t.Hosts {
		for _, a := range h.Addresses {
			addr, err := netip.ParseAddr(a)
			if err != nil || netrange.Private(addr) && !want.Private {
				continue
			}
			// Small networks have their reverse names delegated by aliases (RFC 2317), which the question follows.
			name := dnsanswer.ReverseName(addr)
			ask := r.ToBoth(name, "PTR")
			list = append(list, ask...)
			if !want.Has(facts.FromForward) || !r.Done(ask...) {
				continue
			}
			for _, name := range ledBack(r, name) {
				list = append(list, r.ToBoth(name, dnsanswer.AddressType(addr))...)
			}
		}
	}
	return list
}

// ledBack lists the names to lead back that the servers of a reverse zone gave, or else the resolver.
func ledBack(r *reading.Reading, reverse string) []string {
	_, said := r.SaidBy("", reverse, "PTR")
	records := said.Records
	if said.Failure != nil {
		records = said.Seen
	}
	if len(records) == 0 {
		records = r.WordOfResolver(reverse, "PTR").Records
	}
	return reading.ReverseNames(records)
}

// leading are the probes behind verdicts that rest on the hosts to which a target leads. A verdict about a host that nobody else is
// led to would be about a stranger.
const leading = facts.FromSession | facts.FromPTR | facts.FromForward | facts.FromSPF | facts.FromHostNames | facts.FromImplicit

// toLead asks the name servers whether the world is led to the same hosts as the resolver leads to here.
func toLead(r *reading.Reading, t *evidence.Target, want reading.Wish) (list []reading.Question) {
	if !want.Has(leading) || t.Kind != "domain" && t.Kind != "host" {
		return nil
	}
	// A report that means the host itself does not ask where mail for its name goes.
	if !want.Host {
		list = append(list, settleLead(r, t.Name, []string{"MX"}, func() bool { return r.MXLead(t).Astray.Code != "" })...)
	}
	for _, h := range t.Hosts {
		// A host without addresses leads nowhere astray.
		if len(h.Addresses) > 0 {
			list = append(list, settleLead(r, h.Name, addressTypes, func() bool { return addressesAstray(r, h) })...)
		}
	}
	return list
}

// settleLead asks one name server, and, while that one leads elsewhere than the resolver, all of them, several times: one may lag, and
// some give each asker only some of what they have.
func settleLead(r *reading.Reading, name string, rrtypes []string, astray func() bool) []reading.Question {
	list := r.ToBoth(name, rrtypes...)
	if !r.Done(list...) || !astray() {
		return list
	}
	// Who disagrees may be the server of the name or that of an alias's target: all of both are heard.
	ends := []string{dnsanswer.HostName(name)}
	for _, rrtype := range rrtypes {
		ends = append(ends, r.EndOf(name, rrtype))
	}
	for _, end := range firsts(ends) {
		ask := r.ToWitnesses(end, rrtypes...)
		if list = append(list, ask...); r.Done(ask...) {
			silent := func(s evidence.Server) bool { return !r.Spoke(s, end) }
			servers := slices.DeleteFunc(slices.Clone(r.Witnesses(end)), silent)
			list = append(list, r.Twice(servers, end, rrtypes, astray)...)
		}
	}
	return list
}

// addressesAstray tells whether the resolver leads to an address of a host to which its name servers do not lead.
func addressesAstray(r *reading.Reading, h evidence.Host) bool {
	said := r.AddressesSaid(h.Name)
	return slices.ContainsFunc(h.Addresses, func(a string) bool { return said.Lead(h.Name, a, "").Astray.Code != "" })
}

// toMail asks every server of a zone for the MX records of a name, and for the addresses of the hosts that they name. Servers that give
// different ones are asked again at once: each may differ from itself, as where records are made afresh for every question.
func toMail(r *reading.Reading, t *evidence.Target, want reading.Wish) []reading.Question {
	if !want.Has(facts.FromMX) || t.Kind == "address" || t.Delegation == nil {
		return nil
	}
	name, servers := dnsanswer.HostName(t.Name), r.Speaking(t)
	// The TXT records tell whether a name without MX records means to take mail, its addresses where mail goes then (RFC 5321
	// section 5.1). Which hosts there are, and whether servers differ, is known once all have told.
	list := slices.Concat(reading.ToZone(name, "MX", "TXT", "A", "AAAA"), reading.ToServers(servers, 0, name, "MX"), reading.ToResolver(name, "MX"))
	if !r.Done(list...) {
		return list
	}
	list = append(list, r.Twice(servers, name, []string{"MX"}, func() bool { return mxDiffer(r, name, servers) })...)
	list = append(list, r.ToProve(name, "MX")...)
	for _, host := range mailHosts(r, name, servers) {
		list = append(list, toMailHost(r, host, t.Zone)...)
	}
	return list
}

// toMailHost asks about a host of MX records. Where it is in the zone of the domain, all servers of that one are asked, because they are
// what the report is about; else the others where the first says something that would be a fault. One server may lag behind.
func toMailHost(r *reading.Reading, host, zone string) []reading.Question {
	ask := reading.ToZone(host, addressTypes...)
	list := append(ask, reading.ToResolver(host, addressTypes...)...)
	if !r.Done(ask...) {
		return list // what the first one says is told first, whoever else is asked
	}
	if dnsanswer.Within(host, zone) {
		ask = r.ToWitnesses(host, addressTypes...)
		if list = append(list, ask...); !r.Done(ask...) {
			return list
		}
	}
	list = append(list, toProveHost(r, host)...)
	for _, name := range doubtfulMailHost(r, host) {
		list = append(list, r.ToWitnesses(name, addressTypes...)...)
	}
	return list
}

// toRecords asks one address of each server for all usual types, whichever server of the zone, which follows an alias, and the resolver.
func toRecords(r *reading.Reading, t *evidence.Target, want reading.Wish) []reading.Question {
	if !want.Has(facts.FromRecords) || t.Kind == "address" || t.Delegation == nil {
		return nil
	}
	// All addresses of a server would be many questions for the same data; the types are many already.
	servers := firstOfEach(r.Speaking(t))
	list := slices.Concat(reading.ToServers(servers, 0, t.Name, recordTypes...), reading.ToZone(t.Name, recordTypes...), reading.ToResolver(t.Name, recordTypes...))
	if r.Done(list...) {
		list = append(list, r.ToProve(t.Name, typesFound(r, t.Name)...)...)
	}
	return list
}

// firstOfEach keeps the first address of every name server, IPv4 first because a tester's IPv6 fails more often.
func firstOfEach(servers []evidence.Server) (first []evidence.Server) {
	isIPv6 := func(s evidence.Server) bool { return strings.Contains(s.Address, ":") }
	all := slices.Concat(slices.DeleteFunc(slices.Clone(servers), isIPv6), slices.DeleteFunc(slices.Clone(servers), func(s evidence.Server) bool { return !isIPv6(s) }))
	for _, s := range all {
		if !slices.ContainsFunc(first, func(o evidence.Server) bool { return o.Name == s.Name }) {
			first = append(first, s)
		}
	}
	return first[:min(len(first), maxRecordServers)]
}
