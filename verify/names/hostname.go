package names

import (
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// hostsResolving counts the hosts behind a name of the report that lead to an address.
func (d *derivation) hostsResolving(t *evidence.Target) facts.Fact {
	f := facts.Fact{Name: facts.DNSHostsResolving, At: d.Bundle.FinishedAt, Evidence: "all look-ups of hosts"}
	count := int64(0)
	names := mailNames(t)
	if own, _ := d.OwnHost(t); t.Kind == "" && !own {
		names, f.AtLeast = nil, true // what it leads to is not known
	}
	for _, name := range names {
		if resolves := d.HostResolves(name); !resolves.Known() {
			f.AtLeast = true // it may
		} else if resolves.Value.Bool() {
			count++
		}
	}
	f.Value = facts.IntValue(count)
	return f
}

// mailNames are the names of the hosts of a target; where it leads to none, its own is the only candidate.
func mailNames(t *evidence.Target) []string {
	var names []string
	for _, h := range t.Hosts {
		names = append(names, h.Name)
	}
	if len(names) == 0 && t.Kind == "" {
		names = append(names, t.Name)
	}
	return names
}
