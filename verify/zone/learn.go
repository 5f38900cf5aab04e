package zone

// This file finds the zone of a target and its servers. Which servers there are follows from the walk and from what the servers say of
// themselves, in the same way in a run under way and at each look at its evidence.

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/reading"
)

// Bounds of one zone, as many as the root has: servers named by the parent or by the zone itself, and their addresses.
// With what a walk and the look-up of these names may ask, one zone costs at most 2 × 60 + 2 × 2 × 26 questions.
const (
	maxServerNames     = 13
	maxServerAddresses = 26
)

// Learn writes down in a target what a run has found out so far of the zone that holds it: how it is delegated, and the servers that are
// asked. It changes nothing of a target whose zone is not looked for. Servers are written down only when all of them are known: whoever
// asks one too early would ask it alone, and compare too little.
func Learn(r *reading.Reading, t *evidence.Target) {
	d, walked := r.WalkedTo(dnsanswer.HostName(t.Name))
	if !walked || barred(t) {
		return
	}
	// The way is written down also where it ended in trouble: what was found up to there is what its reader needs.
	t.Delegation, t.ZoneError = &d, d.Trouble
	if cut, ok := judgedCut(d); ok {
		t.Zone = cut.Zone
		// A name that does not exist has no servers: those of the zone that denies it are a registry's, which nobody complained
		// about.
		if nowhere := d.Trouble != nil && d.Trouble.Kind == evidence.NXDomain; !nowhere {
			s := search{r, cut}
			servers, asked := s.servers()
			if !r.Done(asked...) {
				return // some of them may still be found, or speak
			}
			t.Servers = servers
			if len(servers) == 0 && t.ZoneError == nil {
				// Something has to be written down: an empty list without a reason would look like a zone that was never looked
				// for.
				t.ZoneError = &evidence.Failure{Kind: evidence.ServFail, Detail: "no name server of the zone has a known address"}
			}
		}
	}
}

// barred tells whether the zone of a target is not looked for: it is one too many for this report, or an address alone.
func barred(t *evidence.Target) bool { return t.Delegation == nil && t.ZoneError != nil }

// judgedCut is the zone whose servers a report about a name is about, with its delegation. Where a walk ended in trouble they are why,
// unless the zone is one under which the public registers names: of that a report about a name in it does not speak. For a
// name that does not exist it is the zone that says so, whose servers are not asked.
func judgedCut(d evidence.Delegation) (cut evidence.Cut, ok bool) {
	// Not even the root gave a word, as where the name is none that can be asked for.
	if len(d.Path) == 0 {
		return cut, false
	}
	cut = d.Path[len(d.Path)-1]
	if d.Trouble == nil || d.Trouble.Kind == evidence.NXDomain {
		return cut, true
	}
	suffix, _ := publicsuffix.PublicSuffix(cut.Zone)
	return cut, cut.Zone != "." && suffix != cut.Zone
}

// search is the search for the servers of a zone.
type search struct {
	*reading.Reading
	cut evidence.Cut
}

// servers are the addresses of the servers that are asked for a zone, as far as they are found, and the questions for them: those that the
// parent zone names, at its glue and at the addresses that the zones of their names give them, and those that only the zone itself names.
// Those with glue are asked first, so that the look-ups of names in the zone itself begin at servers that answer.
func (s search) servers() (found []evidence.Server, asked []reading.Question) {
	// Each step asks what the one before it made known; a list that is not answered whole ends it for this time.
	found, asked = union(s.cut.Servers), atApex(s.cut.Zone, s.cut.Servers)
	names := s.names()
	if !s.Done(asked...) || len(names) == 0 {
		return found, asked
	}
	look := reading.Question{Kind: reading.Addresses, Name: strings.Join(names, " ")}
	if asked = append(asked, look); !s.Done(look) {
		return found, asked
	}
	more, witnesses := s.doubtful(names, s.Located(look))
	if asked = append(asked, witnesses...); !s.Done(witnesses...) {
		return found, asked
	}
	found = union(s.cut.Servers, s.Located(look), more)
	return found, append(asked, atApex(s.cut.Zone, found)...)
}

// atApex asks servers for the SOA and NS records of a zone.
func atApex(zone string, servers []evidence.Server) []reading.Question {
	return reading.ToServers(servers, 0, zone, "SOA", "NS")
}

// names lists the servers that the parent zone names, and then those that only the servers named there name.
func (s search) names() []string {
	var own []string
	for _, server := range s.cut.Servers {
		xs, _ := s.Exchanges(evidence.Authoritative, server.Address, s.cut.Zone, "NS")
		records, _ := s.Resolved(xs, s.cut.Zone, "NS")
		own = append(own, dnsanswer.NSNames(records)...)
	}
	// The parent's names come first, so that the bound cuts those that only the zone names.
	own = slices.DeleteFunc(sorted(own), func(name string) bool { return slices.Contains(s.cut.Names, name) })
	names := slices.Concat(s.cut.Names, own)
	return names[:min(len(names), maxServerNames)]
}

// doubtful asks the other servers of the zones of name servers of which the first one says that they have no address, or are aliases, and
// returns the addresses that others know. Where an alias leads tells whether anybody who follows it finds something.
func (s search) doubtful(names []string, located []evidence.Server) (more []evidence.Server, asked []reading.Question) {
	for _, name := range names {
		if slices.ContainsFunc(located, func(server evidence.Server) bool { return server.Name == name }) {
			continue
		}
		found := s.AddressesOf(name)
		walk := reading.Question{Kind: reading.Walk, Name: dnsanswer.HostName(name)}
		// A look-up that gave nothing is no sign of a fault; once begun, the questions stay in the list.
		if !found.Alias && !found.Absent() && !s.Done(walk) {
			continue
		}
		ask := s.ToWitnesses(name, addressTypes...)
		asked = append(asked, ask...)
		if s.Done(ask...) && s.IsAlias(name) {
			asked = append(asked, reading.ToZone(name, addressTypes...)...)
		}
		for _, address := range found.Addresses {
			more = append(more, evidence.Server{Name: name, Address: address})
		}
	}
	return more, asked
}

// addressTypes are the types of records that hold addresses.
var addressTypes = []string{"A", "AAAA"}

// union lists servers by name and address, each once, as many as are asked. They are sorted, so that which of too many are left out does
// not hang on who answered first.
func union(lists ...[]evidence.Server) []evidence.Server {
	all := slices.Concat(lists...)
	slices.SortFunc(all, func(a, b evidence.Server) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Address, b.Address))
	})
	all = slices.Compact(all)
	// Never nil, so that an empty list is written as a list.
	return slices.Concat([]evidence.Server{}, all[:min(len(all), maxServerAddresses)])
}
