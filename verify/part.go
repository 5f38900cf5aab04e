package verify

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsprobe"
	"mxverdict/verify/evidence"
)

// Part returns the part of a bundle that concerns some of its targets, so that each report of a run carries its own evidence
// and no other's. Controls and the decoy belong to every part.
func Part(b evidence.Bundle, targets []string) evidence.Bundle {
	part := b
	part.Targets, part.Sessions, part.Exchanges = []evidence.Target{}, []evidence.Session{}, []evidence.Exchange{}
	names, sessions := map[string]bool{}, map[[2]string]bool{}
	for _, t := range b.Targets {
		if !slices.Contains(targets, t.Name) {
			continue
		}
		part.Targets = append(part.Targets, t)
		names[t.Name], names[t.Zone] = true, true
		for _, s := range t.Servers {
			names[s.Name] = true
		}
		for _, h := range t.Hosts {
			names[h.Name] = true
			for _, a := range h.Addresses {
				sessions[[2]string{h.Name, a}] = true
				if addr, err := netip.ParseAddr(a); err == nil {
					names[dnsprobe.ReverseName(addr)] = true
				}
			}
		}
	}
	aliases(b.Exchanges, names)
	for _, s := range b.Sessions {
		if (s.Control || s.Decoy) && len(sessions) > 0 || sessions[[2]string{s.Host, s.Address}] {
			part.Sessions = append(part.Sessions, s)
		}
	}
	for _, x := range b.Exchanges {
		if names[x.Name] {
			part.Exchanges = append(part.Exchanges, x)
		}
	}
	return part
}

// aliases adds the names that some names are aliases of: the answer about a name may stand there.
func aliases(xs []evidence.Exchange, names map[string]bool) {
	for grown := true; grown; {
		grown = false
		for _, x := range xs {
			isAlias := func(rr string) bool { return strings.Contains(rr, " CNAME ") }
			if !names[x.Name] || !slices.ContainsFunc(x.Answer, isAlias) {
				continue
			}
			for _, rr := range dnsprobe.Records(x, "CNAME") {
				if cname, ok := rr.(*dns.CNAME); ok && !names[hostName(cname.Target)] {
					names[hostName(cname.Target)], grown = true, true
				}
			}
		}
	}
}
