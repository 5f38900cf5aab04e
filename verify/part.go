package verify

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

// Part returns the part of a bundle that concerns some of its targets, so that each report of a run carries its own evidence
// and no other's. Controls and the decoy belong to every part; what the sessions show about this network is told again, because
// the servers of other reports are no controls.
func Part(b evidence.Bundle, targets []string) evidence.Bundle {
	part := b
	part.Targets, part.Sessions, part.Exchanges = []evidence.Target{}, []evidence.Session{}, []evidence.Exchange{}
	part.Fetches = []evidence.Fetch{}
	names, files, sessions := map[string]bool{}, map[string]bool{}, map[[2]string]bool{}
	for _, t := range b.Targets {
		if !slices.Contains(targets, t.Name) {
			continue
		}
		part.Targets = append(part.Targets, t)
		names[t.Name], names[t.Zone] = true, true
		names[t.PolicyDomain], names[mailpolicy.STSRecordName(t.PolicyDomain)], names[mailpolicy.STSHost(t.PolicyDomain)] = true, true, true
		files[mailpolicy.STSURL(t.PolicyDomain)] = true
		for _, s := range t.Servers {
			names[s.Name] = true
		}
		for _, name := range slices.Concat(serverNames(t.Delegation), ownServerNames(b.Exchanges, t.Zone)) {
			names[name] = true
		}
		for _, h := range t.Hosts {
			names[h.Name], names[mailpolicy.TLSAName(h.Name)] = true, true
			for _, a := range h.Addresses {
				sessions[[2]string{h.Name, a}] = true
				if addr, err := netip.ParseAddr(a); err == nil {
					names[dnsanswer.ReverseName(addr)] = true
				}
			}
		}
	}
	aliases(b.Exchanges, names)
	whole := b
	whole.Targets = part.Targets
	from(&whole, func(name string) { names[dnsanswer.HostName(name)] = true }) // what the facts rest on

	for _, s := range b.Sessions {
		if (s.Control || s.Decoy) && len(sessions) > 0 || sessions[[2]string{s.Host, s.Address}] {
			part.Sessions = append(part.Sessions, s)
		}
	}
	part.Vantage.SMTPOut, part.Vantage.SMTPOut6 = reading.WayOut(part.Targets, part.Sessions, reading.IPv4), reading.WayOut(part.Targets, part.Sessions, reading.IPv6)
	for _, x := range b.Exchanges {
		if names[x.Name] || askedForeign(part.Targets, x) || slices.ContainsFunc(part.Targets, func(t evidence.Target) bool { return onPath(t.Delegation, x) }) {
			part.Exchanges = append(part.Exchanges, x)
		}
	}
	for _, f := range b.Fetches {
		if files[f.URL] {
			part.Fetches = append(part.Fetches, f)
		}
	}
	return part
}

// aliases adds the names that some names are aliases of, because the answer about a name may stand there, and the hosts of
// their MX records.
func aliases(xs []evidence.Exchange, names map[string]bool) {
	for grown := true; grown; {
		grown = false
		for _, x := range xs {
			leads := func(rr string) bool { return strings.Contains(rr, " CNAME ") || strings.Contains(rr, " MX ") }
			if !names[x.Name] || !slices.ContainsFunc(x.Answer, leads) {
				continue
			}
			for _, rr := range slices.Concat(dnsanswer.Records(x, "CNAME"), dnsanswer.Records(x, "MX")) {
				if name := leadsTo(rr); name != "" && !names[name] {
					names[name], grown = true, true
				}
			}
		}
	}
}

func leadsTo(rr dns.RR) string {
	switch rr := rr.(type) {
	case *dns.CNAME:
		return dnsanswer.HostName(rr.Target)
	case *dns.MX:
		return dnsanswer.HostName(rr.Mx)
	}
	return ""
}

// askedForeign tells whether an exchange shows what a server of the targets does with a foreign name.
func askedForeign(targets []evidence.Target, x evidence.Exchange) bool {
	return x.Role == evidence.Foreign && slices.ContainsFunc(targets, func(t evidence.Target) bool {
		return slices.ContainsFunc(t.Servers, func(s evidence.Server) bool { return s.Address == dnsanswer.AddressOf(x.Server) })
	})
}

// serverNames lists the servers of all zones on a path.
func serverNames(d *evidence.Delegation) []string {
	var names []string
	if d != nil {
		for _, c := range d.Path {
			names = append(names, c.Names...)
		}
	}
	return names
}

// ownServerNames lists the servers that the servers of a zone name, with or without an address.
func ownServerNames(xs []evidence.Exchange, zone string) []string {
	var names []string
	for _, x := range xs {
		if zone != "" && x.Name == zone && x.Type == "NS" {
			names = append(names, dnsanswer.NSNames(dnsanswer.Records(x, "NS"))...)
		}
	}
	return names
}

// onPath tells whether an exchange showed a delegation on a path. It may have been asked for another target under the same
// zone.
func onPath(d *evidence.Delegation, x evidence.Exchange) bool {
	if d == nil || x.Role != evidence.Authoritative {
		return false
	}
	return slices.ContainsFunc(d.Path, func(c evidence.Cut) bool {
		asked := slices.ContainsFunc(c.Asked, func(s evidence.Server) bool { return s.Address == dnsanswer.AddressOf(x.Server) })
		return asked && (x.Name == c.Zone || slices.ContainsFunc(x.Authority, func(rr string) bool {
			owner, rest, _ := strings.Cut(rr, " ")
			return dnsanswer.HostName(owner) == c.Zone && strings.Contains(rest, " NS ")
		}))
	})
}
