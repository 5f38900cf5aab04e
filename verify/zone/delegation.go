package zone

// This file derives the facts about a delegation: what the parent says, what the zone says of itself, and where the two differ. Resolvers
// find a zone by the former and may go on with the latter (RFC 2181 section 5.4.1), so that a difference means that some ask servers which
// others never hear of.

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// delegation derives what parent and zone say of the zone's name servers, and what these are.
func (d *derivation) delegation() {
	here, l := d.beside(d.about(facts.Zone, "")), d.lists
	here.put(facts.Truth(d.Walked(d.t)), facts.DNSDelegationWalked)
	here.put(l.parent, facts.DNSDelegationParent)
	child := facts.Is(facts.ListValue(l.child))
	if len(l.children) == 0 {
		child = facts.Because(l.unheard)
	}
	here.put(child, facts.DNSDelegationChild)
	compare(here, l)
	d.faults(here, l)
	d.referral(here, l)
	counts(here, l)
	d.slowest(here)
	d.locations(here, l)
	d.circle(here)
	d.glue(here, l)
	tree := d.tree()
	for _, t := range d.targets {
		d.PutDelegation(t.Name, tree)
	}
}

// beside puts facts down that rest on what the parent's servers said, or else on what the zone's own servers said of themselves.
func (d *derivation) beside(here about) about {
	own, n := d.Exchanges(evidence.Authoritative, "", d.t.Zone, "NS")
	at := dnsanswer.Last(own).At
	// The parent's exchange is named where there is one: it is the one that a registrar can be shown.
	if parents := d.Parents(d.t); len(parents) > 0 {
		at, n = parents[0].X.At, parents[0].N
	}
	where := ""
	if n > 0 {
		where = fmt.Sprintf("DNS exchange %d and those beside it", n)
	}
	return here.seen(at, where)
}

// compare compares the lists. One that differs is enough; that none does takes the word of every server that has a list.
func compare(here about, l lists) {
	other := func(list []string) bool { return !slices.Equal(list, l.parent.Value.List()) }
	// Where the parent's servers contradict each other there is no list to compare with.
	differs := l.parent
	if l.parent.Known() {
		// The lists are compared as sets: an NS record has no order.
		differs = facts.Shown(slices.ContainsFunc(l.children, other), l.unheard)
	}
	here.put(differs, facts.DNSDelegationDiffers)
	here.put(facts.Is(facts.ListValue(l.onlyAtParent())).Unless(differs.Why), facts.DNSDelegationOnlyParent)
	here.put(facts.Is(facts.ListValue(l.onlyInZone())).Unless(differs.Why), facts.DNSDelegationOnlyChild)
}

// faults derives which servers do not serve the zone, and whether none answers.
func (d *derivation) faults(here about, l lists) {
	at := map[string][]*server{}
	for _, s := range d.judged() {
		at[s.Name] = append(at[s.Name], s)
	}
	var failing []string
	var open facts.Unknown
	// By name and not by address: it is names that stand in a delegation, and that can be taken out of it.
	for _, name := range l.all {
		switch fails := d.fails(name, at[name]); {
		case fails.IsYes():
			failing = append(failing, name)
		case !fails.Known():
			open = fails.Why
		}
	}
	some, which := facts.Found(failing, open)
	here.put(which, facts.DNSDelegationFailing)
	here.put(some, facts.DNSDelegationSomeFail)
	here.put(d.dead(l), facts.DNSZoneDead)
}

// fails tells whether a server, by all its addresses, does not serve the zone; not known where an address could not be judged. One
// address that serves is enough, because resolvers try the others too (RFC 1035 section 7.2).
func (d *derivation) fails(name string, addresses []*server) facts.Known {
	open := facts.Because(facts.Unknown{Code: facts.Untested, Detail: "not every name server could be judged"})
	if slices.ContainsFunc(addresses, func(s *server) bool { return s.authoritative.IsYes() }) {
		return facts.No()
	}
	counted := slices.DeleteFunc(slices.Clone(addresses), func(s *server) bool { return !d.counts(s).IsYes() })
	switch {
	// A name that has no address at all serves nobody; one whose addresses were not asked may.
	case len(counted) == 0 && !d.AddressesOf(name).Absent():
		return open
	case slices.ContainsFunc(counted, func(s *server) bool { return !s.dead() && !s.lame() }):
		return open
	}
	return facts.Yes()
}

// dead tells whether no server of the zone answers. One that could not be asked, because nobody told its address, may.
func (d *derivation) dead(l lists) facts.Known {
	servers := d.judged()
	if len(servers) == 0 {
		return facts.No()
	}
	var silent []facts.Known
	for _, s := range slices.Backward(servers) {
		silent = append(silent, facts.Not(s.answers))
	}
	// A name without any known address is a server of which nothing is known; only one that has none at all is no server.
	for _, name := range d.unlocated(l.all) {
		if found := d.AddressesOf(name); !found.Absent() {
			silent = append(silent, facts.Because(cmp.Or(found.Why, facts.Unknown{Code: facts.Untested, Detail: name + " was not asked"})))
		}
	}
	return facts.All(silent...)
}

// referral derives what the parent's message itself is like: how long its list is kept, and how many octets it has.
func (d *derivation) referral(here about, l lists) {
	parents := d.Parents(d.t)
	if len(parents) == 0 {
		none := facts.Because(cmp.Or(l.parent.Why, facts.Unknown{Code: facts.Untested, Detail: "there is no referral"}))
		here.put(none, facts.DNSDelegationTTL)
		here.put(none, facts.DNSReferralSize)
		return
	}
	// The longest of what they say counts: some resolver keeps the list for so long. The largest referral counts too: a resolver
	// may ask the server that sends it.
	ttl, size := parents[0].Ttl, 0
	for _, p := range parents {
		ttl, size = max(ttl, p.Ttl), max(size, octets(p.X))
	}
	here.put(facts.Is(facts.DurationValue(time.Duration(usableTTL(ttl))*time.Second)), facts.DNSDelegationTTL)
	here.put(facts.Is(facts.IntValue(int64(size))), facts.DNSReferralSize)
}

// octets is the size of a message with its names compressed, without OPT. It is what has to fit into a datagram: the OPT record depends
// on who asks (RFC 6891 section 6.1.1).
func octets(x evidence.Exchange) int {
	// The question counts, which comes back with the answer.
	m := new(dns.Msg).SetQuestion(dns.Fqdn(x.Name), dns.StringToType[x.Type])
	m.Compress = true
	m.Answer, m.Ns, m.Extra = dnsanswer.Parse(x.Answer), dnsanswer.Parse(x.Authority), dnsanswer.Parse(x.Additional)
	return m.Len()
}

// counts counts the names in the shortest and in the longest of the lists. A zone needs two at least (RFC 1034 section 4.1); parent and
// zone may give different numbers of them.
func counts(here about, l lists) {
	all := slices.Clone(l.children)
	if l.parent.Known() {
		all = append(all, l.parent.Value.List())
	}
	if len(all) == 0 {
		here.put(facts.Because(l.unheard), facts.DNSNSFewest)
		here.put(facts.Because(l.unheard), facts.DNSNSMost)
		return
	}
	fewest, most := len(all[0]), len(all[0])
	for _, list := range all {
		fewest, most = min(fewest, len(list)), max(most, len(list))
	}
	var why facts.Unknown
	// Whether the zone has one server then depends on whom one believes.
	if fewest < 2 && most >= 2 {
		why = facts.Unknown{Code: facts.Disagreement, Detail: "parent and zone, or the servers of the zone, name different numbers of servers"}
	}
	here.put(facts.Is(facts.IntValue(int64(fewest))).Unless(why), facts.DNSNSFewest)
	here.put(facts.Is(facts.IntValue(int64(most))), facts.DNSNSMost)
}

// circle derives which names of the zone's servers nobody can look up, because zones wait for one another.
func (d *derivation) circle(here about) {
	c := d.Circle(d.t)
	some, which := facts.Found(c.Names, c.Why)
	here.put(some, facts.DNSNSCircular)
	here.put(which, facts.DNSNSCircularNames)
	here.put(c.Lost, facts.DNSZoneLost)
}
