package reading

import (
	"net/netip"
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/netrange"
)

// This file tells whether those who say that there is nothing are all who may know.

// Untold is why some server may have a record of which others know nothing, or the zero value: it gave no usable answer at any of its
// addresses. One that refuses everything does not have the zone, and one at a private address gives records to nobody. Who was left out
// because the set is large is not silent.
func (r *Reading) Untold(servers []evidence.Server, name, rrtype string) facts.Unknown {
	told, silent := map[string]bool{}, map[string]facts.Unknown{}
	for _, s := range servers {
		label := s.Name + " [" + s.Address + "]"
		_, said := r.SaidBy(s.Address, name, rrtype)
		asked := r.askedAt(s, name, rrtype)
		// One address that answers speaks for its server: the others are further ways to the same data.
		switch {
		case asked && (said.Failure == nil || dnsanswer.Absent(said.Failure)), r.givesNothing(s):
			told[s.Name] = true
		case asked:
			silent[s.Name] = Unanswered(said.Failure, "the question for the "+rrtype+" records of "+name+" at "+label)
		// Who was left out because the set is large is not silent; who answers nothing at all is.
		case !slices.ContainsFunc(r.AskedAt(s.Address), func(i int) bool { return r.Bundle.Exchanges[i].RCode != "" }):
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

// askedAt tells whether a server was asked a question, in whichever rounr. A server that was not asked has denied nothing.
func (r *Reading) askedAt(s evidence.Server, name, rrtype string) bool {
	return slices.ContainsFunc(r.AskedFor(name, rrtype), func(i int) bool {
		x := &r.Bundle.Exchanges[i]
		return x.Role == evidence.Authoritative && dnsanswer.AddressOf(x.Server) == s.Address
	})
}

// givesNothing tells whether a server refused all questions, or cannot be reached by anybody. Resolvers get nothing from it, so that no
// record can hide there.
func (r *Reading) givesNothing(s evidence.Server) bool {
	if addr, err := netip.ParseAddr(s.Address); err == nil && netrange.Private(addr) {
		return true
	}
	refused := false
	for _, i := range r.AskedAt(s.Address) {
		x := &r.Bundle.Exchanges[i]
		if x.Role == evidence.Authoritative && dnsanswer.AddressOf(x.Server) == s.Address && x.RCode != "" {
			if refused = slices.Contains([]string{"REFUSED", "NOTAUTH"}, x.RCode); !refused {
				return false
			}
		}
	}
	return refused
}
