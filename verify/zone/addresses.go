package zone

// This file tells where the names of a zone's servers lead. An NS record holds a name (RFC 1035 section 3.3.11), which the servers of its
// own zone have to resolve; a name that leads nowhere is a server less, however well the others work.

import (
	"cmp"
	"slices"

	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// unlocatedServers keeps name servers visible that could not be asked: nothing is known of them but why. They count where the claim is
// about every server of the zone. Left out, they would make "all servers answer" true of a zone with a single one.
func (d *derivation) unlocatedServers() {
	for _, name := range d.unlocated(d.lists.all) {
		// The text in brackets takes the place of the address, so that the subject reads like the others in a list of servers.
		here := d.about(facts.Server, name+" [no address]")
		why := facts.Because(d.whyUnlocated(name))
		for _, def := range facts.Definitions() {
			switch {
			case def.Scope != facts.Server:
			// It counts as judged, since a name without an address is no trouble of the tester's.
			case def.Name == facts.DNSNSJudged:
				here.put(facts.Yes(), def.Name)
			default:
				here.put(why, def.Name)
			}
		}
	}
}

// whyUnlocated says why no address of a name server is known. The order is that of what has to be mended: a circle of zones comes
// before the address that it hides.
func (v *view) whyUnlocated(name string) facts.Unknown {
	found := v.AddressesOf(name)
	switch {
	case slices.Contains(v.Circle(v.t).Names, name):
		return facts.Unknown{Code: facts.NotFound, Detail: "nobody can look up " + name + ", because zones wait for one another"}
	case found.Alias && !found.Plain:
		return facts.Unknown{Code: facts.NotFound, Detail: name + " is an alias, which is not followed from an NS record"}
	case found.Why.Code == "":
		return facts.Unknown{Code: facts.NotFound, Detail: name + " has no address"}
	}
	return found.Why
}

// located is where the names of the servers of a zone lead. What is sure is kept apart from the reasons to doubt it, because each
// fact below hangs on another doubt.
type located struct {
	aliases, without []string            // names
	behind           map[string][]string // addresses, by name

	unsure   facts.Unknown // why there may be other addresses
	disputed facts.Unknown // why names that have an address here may have none, or the other way round
	doubt    facts.Unknown // why other names may be aliases
	followed facts.Unknown // why there are more addresses for some resolvers
}

// locations derives what the names of the servers lead to. Servers that contradict each other, or that gave nothing, leave a no open, and
// never undo what one example shows.
func (d *derivation) locations(here about, l lists) {
	// Without any name nothing is known, whatever the addresses are: the doubts begin with why there is none.
	where := located{behind: map[string][]string{}, unsure: l.whyNone(), doubt: l.whyNone()}
	var open facts.Unknown // whether an alias leads anywhere
	for _, name := range l.all {
		found := d.AddressesOf(name)
		where.behind[name] = found.Addresses
		switch {
		// Only where no server denies it: one old copy does not make an alias.
		case found.Alias && !found.Plain:
			where.aliases = append(where.aliases, name)
			switch leads := d.leads(name); {
			case !leads.Known():
				open = leads.Why
			// Also who follows the alias finds nothing.
			case leads.IsNo():
				where.without = append(where.without, name)
			default:
				where.followed = facts.Unknown{Code: facts.Ambiguous, Detail: name + " is an alias, which some resolvers follow from an NS record and others do not"}
			}
		case found.Alias && where.doubt.Code == "":
			where.doubt = facts.Unknown{Code: facts.Disagreement, Detail: "servers contradict each other on whether " + name + " is an alias"}
		case found.Absent():
			where.without = append(where.without, name)
		case !found.Plain:
			where.doubt = cmp.Or(where.doubt, found.Why)
		}
		where.unsure = cmp.Or(where.unsure, found.Why)
		if found.Disputed {
			where.disputed = facts.Unknown{Code: facts.Disagreement, Detail: "servers contradict each other on whether " + name + " exists"}
		}
	}
	// The heaviest doubt is told: that servers contradict each other explains more than that one of them stayed silent.
	where.disputed = cmp.Or(where.disputed, where.unsure, open)
	where.put(here)
	d.spread(here, where)
}

// leads tells whether the name of a server, an alias, leads to an address for who follows it. RFC 2181 section 10.3 forbids such a name,
// so that nobody has to.
func (v *view) leads(name string) facts.Known {
	// Not the resolver: it follows aliases by habit, and the question is what the servers' own word leads to.
	leads := reading.LeadsAnywhere([]string{"A", "AAAA"}, func(rrtype string) reading.Word { return v.OfServers(name, rrtype) })
	return facts.Known{Value: leads.Value, Why: leads.Why} // it was seen elsewhere than what is told of the name itself
}

// put puts down which names are aliases and which lead nowhere. Lists are copied, never nil: an empty list is known to be empty.
func (l located) put(here about) {
	some, which := facts.Found(append([]string{}, l.aliases...), l.doubt)
	here.put(some, facts.DNSNSAlias)
	here.put(which, facts.DNSNSAliases)
	some, which = facts.Found(append([]string{}, l.without...), l.disputed)
	here.put(some, facts.DNSNSUnresolvable)
	here.put(which, facts.DNSNSWithoutAddress)
	here.put(facts.Truth(len(l.addresses()) == 0).Unless(l.unsure), facts.DNSNSNoneResolvable)
}

// addresses are those behind all names, each once.
func (l located) addresses() (all []string) {
	for _, own := range l.behind {
		all = append(all, own...)
	}
	return sorted(all)
}
