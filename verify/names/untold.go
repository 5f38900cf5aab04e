package names

import (
	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// This file tells whether those who say that there is nothing are all who may know.

// untold is why a name server of a target may have a record of which others know nothing, or the zero value.
func (d *derivation) untold(t *evidence.Target, name, rrtype string) facts.Unknown {
	if servers := d.ReachableServers(t); len(servers) > 0 {
		return d.Untold(servers, name, rrtype)
	}
	return d.undenied(t, name)
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
