package zone

// This file reads the lists of a zone's name servers, that of the parent and those of the zone's own servers.

import (
	"fmt"
	"slices"
	"strings"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// parentNames is the list of servers in the delegation, or why there is none that all of the parent's servers agree on.
func (v *view) parentNames() facts.Known {
	switch {
	case v.t.Delegation == nil:
		return facts.Because(facts.Unknown{Code: facts.Untested, Detail: "the servers of the parent zone were not asked"})
	// A resolver answers a question for NS records with those of the zone itself, which rank higher (RFC 2181 section 5.4.1): of
	// the parent's it cannot tell.
	case !v.Walked(v.t):
		return facts.Because(facts.Unknown{Code: facts.NetworkClosed,
			Detail: "no root server could be asked from here, so what the parent zone says is not known; a resolver cannot tell"})
	}
	said := v.Parents(v.t)
	if len(said) == 0 {
		return facts.Because(facts.Unknown{Code: facts.ServFail, Detail: "no server of the parent zone told of a delegation of " + v.t.Zone})
	}
	// All have to agree: while a change spreads over the servers of a registry, either list may be the coming one.
	for _, p := range said[1:] {
		if !slices.Equal(p.Names, said[0].Names) {
			return facts.Because(facts.Unknown{Code: facts.Disagreement, Detail: fmt.Sprintf("the servers of the parent zone contradict each other: %s names %s, and %s names %s",
				said[0].Server.Name, strings.Join(said[0].Names, " "), p.Server.Name, strings.Join(p.Names, " "))})
		}
	}
	return facts.Is(facts.ListValue(said[0].Names))
}

// childNames is the list of servers that one server of the zone gives with authority.
func (v *view) childNames(s *server) facts.Known {
	xs, _ := v.Exchanges(evidence.Authoritative, s.Address, v.t.Zone, "NS")
	records, failure := v.Resolved(xs, v.t.Zone, "NS")
	if failure != nil {
		return facts.Because(reading.Unanswered(failure, s.label))
	}
	// Without authority it would be what the server remembers of somebody else's list.
	names, _ := reading.NamesIn(records, v.t.Zone)
	return facts.Is(facts.ListValue(names))
}

// lists are the name servers of a zone by all who name them. Parent and zone have to name the same ones (RFC 1034 section 4.2.2).
type lists struct {
	parent   facts.Known
	child    []string      // by any server of the zone
	children [][]string    // by each server address that gave a list
	unheard  facts.Unknown // why a server of the zone that may have a list gave none at any address
	all      []string
}

// allLists reads the lists of all servers. A server counts as heard if one of its addresses gave a list.
func (v *view) allLists() (l lists) {
	l.parent = v.parentNames()
	heard, unheard := map[string]bool{}, map[string]facts.Unknown{}
	for _, s := range v.judged() {
		switch names := v.childNames(s); {
		case names.Known():
			heard[s.Name] = true
			l.children = append(l.children, names.Value.List())
		case s.lame():
			heard[s.Name] = true // it has no list, because it has no zone
		default:
			unheard[s.Name] = names.Why
		}
	}
	// In the order of the evidence, so that the same reason is told each time.
	for _, s := range v.t.Servers {
		if why, silent := unheard[s.Name]; silent && !heard[s.Name] && l.unheard.Code == "" {
			l.unheard = why
		}
	}
	if len(l.children) == 0 && l.unheard.Code == "" {
		l.unheard = facts.Unknown{Code: facts.ServFail, Detail: "no name server of " + v.t.Zone + " gave a list of servers with authority"}
	}
	// All names by anybody: a name that one server alone gives is one to which some resolvers go.
	l.child = sorted(slices.Concat(l.children...))
	l.all = sorted(slices.Concat(l.child, v.DelegatedTo(v.t)))
	// A server that nobody could find may have a list of its own.
	for _, name := range v.unlocated(l.all) {
		if found := v.AddressesOf(name); found.Why.Code != "" && found.Why.Code != facts.Untested && l.unheard.Code == "" {
			l.unheard = found.Why
		}
	}
	return l
}

// sorted sorts a list of its own, and keeps each text once. The list given is changed.
func sorted(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// unlocated lists the names of servers that could not be asked because no address of theirs is known.
func (v *view) unlocated(names []string) []string {
	located := map[string]bool{}
	for _, s := range v.t.Servers {
		located[reading.ServerName(s.Name)] = true
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return located[name] })
}

// onlyAtParent lists the servers that the parent zone names and some server of the zone does not. Where the servers of the zone differ
// among themselves, a name that one of them lacks counts: resolvers meet that one too.
func (l lists) onlyAtParent() []string {
	named := map[string]int{} // in how many lists of the zone's servers
	for _, list := range l.children {
		for _, name := range list {
			named[name]++
		}
	}
	return slices.DeleteFunc(l.parent.Value.List(), func(name string) bool { return named[name] == len(l.children) })
}

// onlyInZone lists the servers that some server of the zone names and the parent zone does not.
func (l lists) onlyInZone() []string {
	at := map[string]bool{}
	for _, name := range l.parent.Value.List() {
		at[name] = true
	}
	return slices.DeleteFunc(slices.Clone(l.child), func(name string) bool { return at[name] })
}

// whyNone is why no server of the zone is known by name, where it is so.
func (l lists) whyNone() facts.Unknown {
	switch {
	case len(l.all) > 0:
		return facts.Unknown{}
	case l.parent.Why.Code != "":
		return l.parent.Why
	}
	return l.unheard
}
