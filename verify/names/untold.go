package names

import (
	"net/netip"
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/netrange"
	"mxverdict/verify/reading"
)

// This file tells whether those who say that there is nothing are all who may know.

// untold is why a name server may have a record of which others know nothing: it gave no usable answer at any of its addresses. One
// that refuses does not have the zone, and one at a private address gives records to nobody. A large set of servers is not asked
// whole.
func (d *derivation) untold(t *evidence.Target, name, rrtype string) facts.Unknown {
	servers := d.ReachableServers(t)
	if len(servers) == 0 {
		return d.undenied(t, name)
	}
	told, silent := map[string]bool{}, map[string]facts.Unknown{}
	for _, s := range servers {
		label := s.Name + " [" + s.Address + "]"
		_, said := d.SaidBy(s.Address, name, rrtype)
		asked := d.askedAt(s, name, rrtype)
		// One address that answers speaks for its server: the others are further ways to the same data.
		switch {
		case asked && (said.Failure == nil || dnsanswer.Absent(said.Failure)), d.givesNothing(s):
			told[s.Name] = true
		case asked:
			silent[s.Name] = reading.Unanswered(said.Failure, "the question for the "+rrtype+" records of "+name+" at "+label)
		// Who was left out because the set is large is not silent; who answers nothing at all is.
		case !slices.ContainsFunc(d.AskedAt(s.Address), func(i int) bool { return d.Bundle.Exchanges[i].RCode != "" }):
			silent[s.Name] = facts.Unknown{Code: facts.ServFail, Detail: label + " answers nothing"}
		}
	}
	// In the order of the servers, and not of the map, so that the same one is named each time.
	for _, s := range servers {
		if why, is := silent[s.Name]; is && !told[s.Name] {
			return why
		}
	}
	return facts.Unknown{}
}

// askedAt tells whether a server was asked a question, in whichever round. A server that was not asked has denied nothing.
func (d *derivation) askedAt(s evidence.Server, name, rrtype string) bool {
	return slices.ContainsFunc(d.AskedFor(name, rrtype), func(i int) bool {
		x := &d.Bundle.Exchanges[i]
		return x.Role == evidence.Authoritative && dnsanswer.AddressOf(x.Server) == s.Address
	})
}

// givesNothing tells whether a server refused all questions, or cannot be reached by anybody. Resolvers get nothing from it, so that no
// record can hide there.
func (d *derivation) givesNothing(s evidence.Server) bool {
	if addr, err := netip.ParseAddr(s.Address); err == nil && netrange.Private(addr) {
		return true
	}
	refused := false
	for _, i := range d.AskedAt(s.Address) {
		x := &d.Bundle.Exchanges[i]
		if x.Role == evidence.Authoritative && dnsanswer.AddressOf(x.Server) == s.Address && x.RCode != "" {
			if refused = slices.Contains([]string{"REFUSED", "NOTAUTH"}, x.RCode); !refused {
				return false
			}
		}
	}
	return refused
}

// undenied is why a name may exist although a server of its zone denies it: the zone's other servers that were asked gave no usable
// answer. Two witnesses are enough. It serves where the target has no servers of its own: the walk then ended in the zone above.
func (d *derivation) undenied(t *evidence.Target, name string) facts.Unknown {
	if t.Delegation == nil || len(t.Delegation.Path) == 0 {
		return facts.Unknown{}
	}
	told, silent := map[string]bool{}, map[string]facts.Unknown{}
	servers := t.Delegation.Path[len(t.Delegation.Path)-1].Servers
	for _, s := range servers {
		for _, i := range d.AskedAbout(name) {
			x := &d.Bundle.Exchanges[i]
			switch {
			case x.Role != evidence.Authoritative || dnsanswer.AddressOf(x.Server) != s.Address:
			// A server to which this machine has no route is left out: it says nothing of itself.
			case x.Failure != nil && x.Failure.Kind != evidence.NoRoute, x.RCode != "NXDOMAIN" && x.RCode != "NOERROR" && x.RCode != "":
				silent[s.Name] = facts.Unknown{Code: facts.ServFail, Detail: s.Name + " [" + s.Address + "], where " + name + " may exist, gave no usable answer"}
			case x.AA:
				told[s.Name] = true
			}
		}
	}
	if len(told) >= 2 {
		return facts.Unknown{}
	}
	for _, s := range servers {
		if why, is := silent[s.Name]; is && !told[s.Name] {
			return why
		}
	}
	return facts.Unknown{}
}
