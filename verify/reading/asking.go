package reading

import (
	"slices"
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/dnssec"
	"mxverdict/verify/evidence"
)

// This file lists questions that several topics ask in the same way. What is asked follows from what is known: a list may hold what was
// asked already, and is whole once all of it was.

// maxWitnesses bounds the servers of a zone that are asked whether they know of nothing either. A zone with more of them has no more to
// say for it, and each costs its time where it is silent.
const maxWitnesses = 6

// ToResolver are questions for the resolver about a name. The resolver is asked for what this network's users find; of a zone's faults it
// knows only what it did not remember from better days.
func ToResolver(name string, rrtypes ...string) (list []Question) {
	for _, rrtype := range rrtypes {
		list = append(list, Question{Kind: Resolver, Name: dnsanswer.HostName(name), Type: rrtype})
	}
	return list
}

// ToZone are questions for the servers of a name's own zone, until one answers. They are asked without recursion (RFC 1035 section 4.1.1,
// RD): an answer is their own or none.
func ToZone(name string, rrtypes ...string) (list []Question) {
	for _, rrtype := range rrtypes {
		list = append(list, Question{Kind: Authoritative, Name: dnsanswer.HostName(name), Type: rrtype})
	}
	return list
}

// ToServers are questions for each of some servers; the round tells looks apart. The rounds have names in package dnsanswer; 0 is
// the first look.
func ToServers(servers []evidence.Server, round int, name string, rrtypes ...string) (list []Question) {
	for _, rrtype := range rrtypes {
		for _, s := range servers {
			list = append(list, Question{Kind: At, Server: s, Name: dnsanswer.HostName(name), Type: rrtype, Round: round})
		}
	}
	return list
}

// ToBoth are questions for the resolver and for the servers of a name's own zone. One of these is enough for what exists. That there is
// nothing takes a second witness, because a server may lag behind the others of its zone: the resolver, or else the other servers.
func (r *Reading) ToBoth(name string, rrtypes ...string) (list []Question) {
	for _, rrtype := range rrtypes {
		ask := slices.Concat(ToResolver(name, rrtype), ToZone(name, rrtype))
		list = append(list, ask...)
		// What else to ask hangs on these answers.
		if !r.Done(ask...) {
			continue
		}
		if _, said := r.SaidBy("", name, rrtype); dnsanswer.Absent(said.Failure) && !r.WordOfResolver(name, rrtype).Absent {
			list = append(list, r.ToWitnesses(r.EndOf(name, rrtype), rrtype)...)
		}
	}
	return list
}

// ToEither are questions for the resolver, and for the servers of a name's own zone where it fails or knows of nothing: what it finds is
// what everybody who uses one finds. It saves the walk to the zone where the resolver has records, which is so with most names.
func (r *Reading) ToEither(name string, rrtypes ...string) (list []Question) {
	for _, rrtype := range rrtypes {
		ask := ToResolver(name, rrtype)
		if w := r.WordOfResolver(name, rrtype); r.Done(ask...) && (!w.Known() || w.Absent) {
			ask = r.ToBoth(name, rrtype)
		}
		list = append(list, ask...)
	}
	return list
}

// ToWitnesses are questions for the servers of the zone that holds a name, each by itself: first who they are.
func (r *Reading) ToWitnesses(name string, rrtypes ...string) []Question {
	walk := Question{Kind: Walk, Name: dnsanswer.HostName(name)}
	return append([]Question{walk}, ToServers(r.Witnesses(name), 0, name, rrtypes...)...)
}

// Witnesses are the servers of the zone that holds a name, as many as are asked, once a walk found them. Before that there are none, so
// that questions to them follow those that find them.
func (r *Reading) Witnesses(name string) []evidence.Server {
	servers := r.holders(dnsanswer.HostName(name))
	return servers[:min(len(servers), maxWitnesses)]
}

// ToProve are questions for what it takes to validate the records of a name that were asked for, as far as something shows that the name
// lies in a signed zone, or the resolver fails at it.
func (r *Reading) ToProve(name string, rrtypes ...string) (list []Question) {
	for _, rrtype := range rrtypes {
		if r.looksSigned(name, rrtype) || r.resolverFails(name, rrtype) {
			list = append(list, r.ToValidate(name, rrtype)...)
		}
	}
	return list
}

// ToValidate is ToProve also where nothing shows that the name lies in a signed zone: keys and delegations of the zones on the way from the
// root. What seems to be broken, or was answered without
// signatures, is asked of all servers of its zone.
func (r *Reading) ToValidate(name, rrtype string) (list []Question) {
	result := r.Signed(name, rrtype)
	for _, q := range result.Missing {
		list = append(list, Question{Kind: Authoritative, Name: q.Name, Type: q.Type})
	}
	// One that answered without signatures after a lost datagram is no better than one that lags.
	if result.Status == dnssec.Bogus || result.Reason == dnssec.Unanswered {
		list = append(list, r.toHolders(result.About)...)
	}
	return list
}

// toHolders asks all servers of the zone that has some records. DS records stand in the zone above (RFC 4035 section 2.4).
func (r *Reading) toHolders(q dnssec.Question) []Question {
	_, over, _ := strings.Cut(q.Name, ".")
	switch {
	case q.Name == ".", q.Type == "DS" && over == "":
		return nil
	case q.Type != "DS":
		return r.ToWitnesses(q.Name, q.Type)
	}
	walk := Question{Kind: Walk, Name: dnsanswer.HostName(over)}
	return append([]Question{walk}, ToServers(r.Witnesses(over), 0, q.Name, "DS")...)
}

// Twice are questions that are repeated at once, one look after the other, for as long as it is worth it: one server may lag behind the
// others, and some give each asker only some of what they have. They are not repeated where nothing differs: most zones are asked once.
func (r *Reading) Twice(servers []evidence.Server, name string, rrtypes []string, worth func() bool) (list []Question) {
	// A look is asked for only when the one before it was answered, so that the first difference ends the repetition.
	for _, round := range dnsanswer.Twins(0) {
		if !r.Done(list...) || !worth() {
			break
		}
		list = append(list, ToServers(servers, round, name, rrtypes...)...)
	}
	return list
}

// EndOf is the name at which the aliases of a name end, as far as the first usable answer about each of them tells.
func (r *Reading) EndOf(name, rrtype string) string {
	end := dnsanswer.Bare(name)
	dnsanswer.Follow(name, func(link string) dnsanswer.Said {
		first, _ := r.SaidBy("", link, rrtype)
		end = link
		return first
	})
	return end
}

// Spoke tells whether a server answered any question about a name. A refusal counts as an answer, since the server is alive;
// silence does not.
func (r *Reading) Spoke(server evidence.Server, about string) bool {
	return slices.ContainsFunc(r.AskedAbout(about), func(i int) bool {
		x := &r.Bundle.Exchanges[i]
		return x.Role == evidence.Authoritative && x.RCode != "" && dnsanswer.At(x, server.Address)
	})
}

// Speaking lists the addresses of the name servers of a target that sent any message when they were first asked, each once. Those that
// stayed silent would only stay so again, and take their time; whom to ask must not hang on who answers in a later round.
func (r *Reading) Speaking(t *evidence.Target) (servers []evidence.Server) {
	for _, s := range t.Servers {
		// One server may have several names, and is asked under one of them.
		known := slices.ContainsFunc(servers, func(o evidence.Server) bool { return o.Address == s.Address })
		if !known && r.spokeAtFirst(s, t.Zone) {
			servers = append(servers, s)
		}
	}
	return servers
}

// spokeAtFirst tells whether a server sent any message when it was first asked for the records by which a zone's servers are judged.
func (r *Reading) spokeAtFirst(server evidence.Server, zone string) bool {
	return slices.ContainsFunc([]string{"SOA", "NS"}, func(rrtype string) bool {
		xs, _ := r.Exchanges(evidence.Authoritative, server.Address, zone, rrtype)
		return slices.ContainsFunc(xs, func(x evidence.Exchange) bool { return x.RCode != "" })
	})
}

// RecordsFound are the records of a name that everybody finds who asks the resolver, and the name servers where it fails. Unlike Word it
// takes the resolver first: it is for what senders do next, and not for what a zone is judged by.
func (r *Reading) RecordsFound(name, rrtype string) []dns.RR {
	if w := r.WordOfResolver(name, rrtype); w.Known() && !w.Absent {
		return w.Records
	}
	return r.OfServers(name, rrtype).Records
}

// ToAddresses are questions for the addresses of a name: the resolver is asked, and the name servers where it gives none, or fails
// at one family.
func (r *Reading) ToAddresses(name string) []Question {
	list := ToResolver(name, "A", "AAAA")
	if r.Done(list...) {
		list = append(list, r.ToBoth(name, r.unresolved(name)...)...)
	}
	return list
}

// AddressesFound are the addresses that come of these questions, sorted. They are in no order of preference: whoever has to choose some
// takes the first.
func (r *Reading) AddressesFound(name string) (addresses []string) {
	records := slices.Concat(r.WordOfResolver(name, "A").Records, r.WordOfResolver(name, "AAAA").Records)
	for _, rrtype := range r.unresolved(name) {
		records = append(records, r.OfServers(name, rrtype).Records...)
	}
	addresses = dnsanswer.AddressTexts(records)
	slices.Sort(addresses)
	return slices.Compact(addresses)
}

// unresolved are the types of address records of a name that the resolver leaves open: both where it gives no address at all.
func (r *Reading) unresolved(name string) (rrtypes []string) {
	v4, v6 := r.WordOfResolver(name, "A"), r.WordOfResolver(name, "AAAA")
	// A host may have addresses of one family only, so that the lack of the other is no reason to ask anew.
	none := len(v4.Records)+len(v6.Records) == 0
	if !v4.Known() || none {
		rrtypes = append(rrtypes, "A")
	}
	if !v6.Known() || none {
		rrtypes = append(rrtypes, "AAAA")
	}
	return rrtypes
}
