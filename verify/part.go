package verify

import (
	"net/netip"
	"slices"

	"mxverdict/verify/dnsprobe"
	"mxverdict/verify/evidence"
)

// Part returns the part of a bundle that concerns some of its targets, so that each report of a run carries its own evidence
// and no other's. Controls belong to every part.
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
	for _, s := range b.Sessions {
		if s.Control && len(sessions) > 0 || sessions[[2]string{s.Host, s.Address}] {
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
