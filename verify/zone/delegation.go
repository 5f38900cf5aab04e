package zone

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/netrange"
	"mxverdict/verify/reading"
)

// parentNames is the list of servers in the delegation, or why there is none that all of the parent's servers agree on.
func (d *derivation) ParentNames(t *evidence.Target) ([]string, facts.Unknown) {
	switch {
	case t.Delegation == nil:
		return nil, facts.Unknown{Code: facts.Untested, Detail: "the servers of the parent zone were not asked"}
	case !d.Walked(t):
		return nil, facts.Unknown{Code: facts.NetworkClosed,
			Detail: "no root server could be asked from here, so what the parent zone says is not known; a resolver cannot tell"}
	}
	said := d.Parents(t)
	if len(said) == 0 {
		return nil, facts.Unknown{Code: facts.ServFail, Detail: "no server of the parent zone told of a delegation of " + t.Zone}
	}
	for _, p := range said[1:] {
		if !slices.Equal(p.Names, said[0].Names) {
			return nil, facts.Unknown{Code: facts.Disagreement, Detail: fmt.Sprintf("the servers of the parent zone contradict each other: %s names %s, and %s names %s",
				said[0].Server.Name, strings.Join(said[0].Names, " "), p.Server.Name, strings.Join(p.Names, " "))}
		}
	}
	return said[0].Names, facts.Unknown{}
}

// childNames is the list of servers that one server of the zone gives with authority.
func (d *derivation) childNames(t *evidence.Target, server evidence.Server) ([]string, facts.Unknown) {
	xs, _ := d.Exchanges(evidence.Authoritative, server.Address, t.Zone, "NS")
	records, failure := dnsanswer.Resolved(xs, t.Zone, "NS")
	if failure != nil {
		return nil, reading.Unanswered(failure, server.Name+" ["+server.Address+"]")
	}
	names, _ := reading.NamesIn(records, t.Zone)
	return names, facts.Unknown{}
}

// serverLists are the servers of a zone by all who name them.
type serverLists struct {
	parent    []string
	noParent  facts.Unknown // why parent is not known
	child     []string      // by any server of the zone
	children  [][]string    // by each server address that gave a list
	unheard   facts.Unknown // why a server of the zone that may have a list gave none at any address
	all       []string
	differing bool // some server of the zone gives another list than the parent
}

func (d *derivation) lists(t *evidence.Target) (l serverLists) {
	l.parent, l.noParent = d.ParentNames(t)
	heard, unheard := map[string]bool{}, map[string]facts.Unknown{}
	for _, server := range t.Servers {
		names, why := d.childNames(t, server)
		_, lame := d.fails(t, server)
		switch {
		case why.Code == "":
			heard[server.Name] = true
			l.children = append(l.children, names)
			l.child = append(l.child, names...)
			l.differing = l.differing || l.noParent.Code == "" && !slices.Equal(names, l.parent)
		case lame:
			heard[server.Name] = true // it has no list, because it has no zone
		default:
			unheard[server.Name] = why
		}
	}
	for _, server := range t.Servers {
		if why, silent := unheard[server.Name]; silent && !heard[server.Name] && l.unheard.Code == "" {
			l.unheard = why
		}
	}
	if len(l.children) == 0 && l.unheard.Code == "" {
		l.unheard = facts.Unknown{Code: facts.ServFail, Detail: "no name server of " + t.Zone + " gave a list of servers with authority"}
	}
	slices.Sort(l.child)
	l.child = slices.Compact(l.child)
	l.all = slices.Concat(l.child, d.DelegatedTo(t))
	slices.Sort(l.all)
	l.all = slices.Compact(l.all)
	for _, name := range d.unlocated(t, l.all) {
		if found := d.AddressesOf(name); found.Why.Code != "" && found.Why.Code != facts.Untested && l.unheard.Code == "" {
			l.unheard = found.Why
		}
	}
	return l
}

// unlocated lists the names of servers that could not be asked because no address of theirs is known.
func (d *derivation) unlocated(t *evidence.Target, names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return slices.ContainsFunc(t.Servers, func(s evidence.Server) bool { return reading.ServerName(s.Name) == name })
	})
}

// serversWithoutAddress keeps name servers visible that could not be asked: nothing is known of them but why.
func (d *derivation) serversWithoutAddress(t *evidence.Target) {
	for _, name := range d.unlocated(t, d.lists(t).all) {
		subject := facts.Subject{Kind: facts.Server, Name: t.Zone, At: name + " [no address]"}
		d.AddView(t.Name, subject)
		why := d.whyUnlocated(t, name)
		for _, def := range facts.Definitions() {
			if def.Scope == facts.Server {
				d.Put(subject, facts.Fact{Name: def.Name, Why: why})
			}
		}
		// It counts where the claim is about every server of the zone.
		d.Put(subject, facts.Fact{Name: facts.DNSNSJudged, Value: facts.BoolValue(true)})
	}
}

// whyUnlocated says why no address of a name server is known.
func (d *derivation) whyUnlocated(t *evidence.Target, name string) facts.Unknown {
	found := d.AddressesOf(name)
	switch {
	case slices.Contains(d.Circle(t).Names, name):
		return facts.Unknown{Code: facts.NotFound, Detail: "nobody can look up " + name + ", because zones wait for one another"}
	case found.Alias && !found.Plain:
		return facts.Unknown{Code: facts.NotFound, Detail: name + " is an alias, which is not followed from an NS record"}
	case found.Why.Code == "":
		return facts.Unknown{Code: facts.NotFound, Detail: name + " has no address"}
	}
	return found.Why
}

// delegation derives what parent and zone say of the zone's name servers, and what these are.
func (d *derivation) delegation(t *evidence.Target) {
	zone := facts.Subject{Kind: facts.Zone, Name: t.Zone}
	d.AddView(t.Name, zone)
	parents := d.Parents(t)
	put := d.putter(t, zone, parents)
	l := d.lists(t)
	put(facts.DNSDelegationWalked, facts.BoolValue(d.Walked(t)), facts.Unknown{})
	put(facts.DNSDelegationParent, listOr(l.parent, l.noParent), l.noParent)
	childWhy := l.unheard
	if len(l.children) > 0 {
		childWhy = facts.Unknown{}
	}
	put(facts.DNSDelegationChild, listOr(l.child, childWhy), childWhy)
	d.comparison(t, l, put)
	d.referral(l, parents, put)
	d.counts(t, l, put)
	d.slowest(t, put)
	d.addressFacts(t, l, put)
	d.glueFacts(t, parents, put)
	d.PutDelegation(t.Name, d.tree(t))
}

// putter puts facts that rest on what the parent's servers said, or else on what the zone's own servers said of themselves.
func (d *derivation) putter(t *evidence.Target, subject facts.Subject, parents []reading.Delegated) put {
	own, n := d.Exchanges(evidence.Authoritative, "", t.Zone, "NS")
	at := dnsanswer.Last(own).At
	if len(parents) > 0 {
		at, n = parents[0].X.At, parents[0].N
	}
	where := ""
	if n > 0 {
		where = fmt.Sprintf("DNS exchange %d and those beside it", n)
	}
	return func(name facts.Name, value facts.Value, why facts.Unknown) {
		if value.Kind() != facts.None {
			why = facts.Unknown{}
		}
		d.Put(subject, facts.Fact{Name: name, Value: value, Why: why, At: at, Evidence: where})
	}
}

func listOr(list []string, why facts.Unknown) facts.Value {
	if why.Code != "" {
		return facts.Value{}
	}
	return facts.ListValue(list)
}

func boolOr(b bool, why facts.Unknown) facts.Value {
	if why.Code != "" {
		return facts.Value{}
	}
	return facts.BoolValue(b)
}

type put = func(facts.Name, facts.Value, facts.Unknown)

// comparison compares the lists, and tells whether servers that only one of them may name fail.
func (d *derivation) comparison(t *evidence.Target, l serverLists, put put) {
	why := l.noParent
	if why.Code == "" && !l.differing {
		why = l.unheard
	}
	put(facts.DNSDelegationDiffers, boolOr(l.differing, why), why)
	both := why
	if both.Code == "" && len(l.children) == 0 {
		both = l.unheard
	}
	onlyParent, onlyChild := []string{}, []string{}
	for _, name := range l.parent {
		if slices.ContainsFunc(l.children, func(list []string) bool { return !slices.Contains(list, name) }) {
			onlyParent = append(onlyParent, name)
		}
	}
	for _, name := range l.child {
		if !slices.Contains(l.parent, name) {
			onlyChild = append(onlyChild, name)
		}
	}
	put(facts.DNSDelegationOnlyParent, listOr(onlyParent, both), both)
	put(facts.DNSDelegationOnlyChild, listOr(onlyChild, both), both)
	var failing []string
	sure := true
	for _, name := range l.all {
		fails, known := d.failing(t, name)
		sure = sure && known
		if fails {
			failing = append(failing, name)
		}
	}
	why = facts.Unknown{}
	if !sure {
		why = facts.Unknown{Code: facts.Untested, Detail: "not every name server could be judged"}
	}
	put(facts.DNSDelegationFailing, listOr(failing, why), why)
	if len(failing) > 0 {
		why = facts.Unknown{}
		put(facts.DNSDelegationFailing, facts.ListValue(failing), why)
	}
	put(facts.DNSDelegationSomeFail, boolOr(len(failing) > 0, why), why)
	d.dead(t, l, put)
}

// dead tells whether no server of the zone answers. One that could not be asked, because nobody told its address, may.
func (d *derivation) dead(t *evidence.Target, l serverLists, put put) {
	why := facts.Unknown{}
	dead := len(t.Servers) > 0
	for _, name := range d.unlocated(t, l.all) {
		if found := d.AddressesOf(name); !found.Absent() && why.Code == "" {
			why = cmp.Or(found.Why, facts.Unknown{Code: facts.Untested, Detail: name + " was not asked"})
		}
	}
	for _, server := range t.Servers {
		answers, unknown := d.answers(t, server)
		switch {
		case unknown.Code != "":
			why = unknown
		case answers:
			dead = false
		}
	}
	if !dead {
		why = facts.Unknown{}
	}
	put(facts.DNSZoneDead, boolOr(dead, why), why)
}

// referral derives what the parent's message itself is like: how long its list is kept, and how many octets it has.
func (d *derivation) referral(l serverLists, parents []reading.Delegated, put put) {
	why := l.noParent
	if len(parents) == 0 {
		if why.Code == "" {
			why = facts.Unknown{Code: facts.Untested, Detail: "there is no referral"}
		}
		put(facts.DNSDelegationTTL, facts.Value{}, why)
		put(facts.DNSReferralSize, facts.Value{}, why)
		return
	}
	ttl, size := parents[0].Ttl, 0
	for _, p := range parents {
		ttl = max(ttl, p.Ttl)
		size = max(size, octets(p.X))
	}
	put(facts.DNSDelegationTTL, facts.DurationValue(time.Duration(usableTTL(ttl))*time.Second), facts.Unknown{})
	put(facts.DNSReferralSize, facts.IntValue(int64(size)), facts.Unknown{})
}

// octets is the size of a message with its names compressed, without OPT.
func octets(x evidence.Exchange) int {
	m := new(dns.Msg).SetQuestion(dns.Fqdn(x.Name), dns.StringToType[x.Type])
	m.Compress = true
	m.Answer, m.Ns, m.Extra = dnsanswer.Parse(x.Answer), dnsanswer.Parse(x.Authority), dnsanswer.Parse(x.Additional)
	return m.Len()
}

// counts counts the names in the shortest and in the longest of the lists.
func (d *derivation) counts(t *evidence.Target, l serverLists, put put) {
	all := slices.Clone(l.children)
	if l.noParent.Code == "" {
		all = append(all, l.parent)
	}
	if len(all) == 0 {
		put(facts.DNSNSFewest, facts.Value{}, l.unheard)
		put(facts.DNSNSMost, facts.Value{}, l.unheard)
		return
	}
	fewest, most := len(all[0]), len(all[0])
	for _, list := range all {
		fewest, most = min(fewest, len(list)), max(most, len(list))
	}
	why := facts.Unknown{}
	if fewest < 2 && most >= 2 {
		why = facts.Unknown{Code: facts.Disagreement, Detail: "parent and zone, or the servers of the zone, name different numbers of servers"}
	}
	value := facts.IntValue(int64(fewest))
	if why.Code != "" {
		value = facts.Value{}
	}
	put(facts.DNSNSFewest, value, why)
	put(facts.DNSNSMost, facts.IntValue(int64(most)), facts.Unknown{})
}

// addressFacts derives what the names of the servers lead to.
func (d *derivation) addressFacts(t *evidence.Target, l serverLists, put put) {
	aliases, without, addresses := []string{}, []string{}, []string{}
	why := facts.Unknown{}
	if len(l.all) == 0 {
		why = l.noParent
		if why.Code == "" {
			why = l.unheard
		}
	}
	doubt := why // of the aliases
	var disputed facts.Unknown
	behind := map[string][]string{}
	var open, more facts.Unknown // where an alias leads is open; it leads to more addresses
	for _, name := range l.all {
		found := d.AddressesOf(name)
		behind[name] = found.Addresses
		switch {
		case found.Alias && !found.Plain:
			aliases = append(aliases, name)
			switch leads := reading.LeadsAnywhere([]string{"A", "AAAA"}, func(rrtype string) reading.Word { return d.OfServers(name, rrtype) }); {
			case !leads.Known():
				open = leads.Why
			case !leads.Value.Bool():
				without = append(without, name)
			default:
				more = facts.Unknown{Code: facts.Ambiguous, Detail: name + " is an alias, which some resolvers follow from an NS record and others do not"}
			}
		case found.Alias && doubt.Code == "":
			doubt = facts.Unknown{Code: facts.Disagreement, Detail: "servers contradict each other on whether " + name + " is an alias"}
		case found.Absent():
			without = append(without, name)
		case found.Why.Code != "" && !found.Plain && doubt.Code == "":
			doubt = found.Why
		}
		if found.Why.Code != "" && why.Code == "" {
			why = found.Why
		}
		if found.Disputed {
			disputed = facts.Unknown{Code: facts.Disagreement, Detail: "servers contradict each other on whether " + name + " exists"}
		}
		addresses = append(addresses, found.Addresses...)
	}
	slices.Sort(addresses)
	addresses = slices.Compact(addresses)
	some := func(list []string, why facts.Unknown) (facts.Value, facts.Value, facts.Unknown) {
		if len(list) > 0 {
			why = facts.Unknown{}
		}
		return boolOr(len(list) > 0, why), listOr(list, why), why
	}
	is, which, unknown := some(aliases, doubt)
	put(facts.DNSNSAlias, is, unknown)
	put(facts.DNSNSAliases, which, unknown)
	if disputed.Code == "" {
		disputed = cmp.Or(why, open)
	}
	is, which, unknown = some(without, disputed)
	put(facts.DNSNSUnresolvable, is, unknown)
	put(facts.DNSNSWithoutAddress, which, unknown)
	put(facts.DNSNSNoneResolvable, boolOr(len(addresses) == 0, why), why)
	d.spread(t, addresses, behind, cmp.Or(why, more), put)
}

// machines derives whether the servers are more than one machine. An IPv4 and an IPv6 address behind the same names may be one
// or two.
func (d *derivation) machines(t *evidence.Target, addresses []string, behind map[string][]string, count facts.Fact) {
	subject := facts.Subject{Kind: facts.Zone, Name: t.Zone}
	n, one := count, count
	n.Name, one.Name, one.AtLeast = facts.DNSNSMachines, facts.DNSNSOneAddress, false
	least := LeastMachines(addresses, behind)
	switch {
	case !count.Known():
	case least == 1 && len(addresses) > 1:
		n.Value, n.AtLeast = facts.Value{}, false
		n.Why = facts.Unknown{Code: facts.Ambiguous, Detail: "behind all names of servers stand the same IPv4 and IPv6 address, " +
			strings.Join(addresses, " and ") + ", which may be one machine or two"}
		one.Value, one.Why = n.Value, n.Why
	default:
		n.Value, one.Value = facts.IntValue(int64(least)), facts.BoolValue(least == 1)
	}
	d.Put(subject, n)
	d.Put(subject, one)
}

// leastMachines is how many machines there must be behind the names of servers: addresses of one family are different machines,
// and so are names that share no address.
func LeastMachines(addresses []string, behind map[string][]string) int {
	var groups [][]string // addresses that names tie together
	for _, own := range behind {
		if len(own) == 0 {
			continue
		}
		tied := slices.Clone(own)
		apart := func(group []string) bool {
			return !slices.ContainsFunc(own, func(a string) bool { return slices.Contains(group, a) })
		}
		for _, group := range groups {
			if !apart(group) {
				tied = append(tied, group...)
			}
		}
		groups = append(slices.DeleteFunc(groups, func(group []string) bool { return !apart(group) }), tied)
	}
	return max(len(groups), len(ofFamily(addresses, netip.Addr.Is4)), len(ofFamily(addresses, netip.Addr.Is6)))
}

// spread derives over how many addresses and networks the servers stand. Addresses that are not known can only make it
// more.
func (d *derivation) spread(t *evidence.Target, addresses []string, behind map[string][]string, why facts.Unknown, put put) {
	nets, nets6 := map[string]bool{}, map[netip.Prefix]bool{}
	v4 := 0
	for _, a := range addresses {
		addr, err := netip.ParseAddr(a)
		switch {
		case err != nil:
		case addr.Is4():
			v4++
			prefix, _ := addr.Prefix(24)
			nets[prefix.String()] = true
		default:
			prefix, _ := addr.Prefix(48)
			nets6[prefix] = true
		}
	}
	zone := facts.Subject{Kind: facts.Zone, Name: t.Zone}
	count, _ := d.Get(facts.DNSNSNoneResolvable, zone) // rests on the same answers
	count.Name, count.Value, count.AtLeast, count.Why = facts.DNSNSAddresses, facts.IntValue(int64(len(addresses))), why.Code != "", facts.Unknown{}
	if len(addresses) < 2 && why.Code != "" { // "at least one" decides nothing, and the reason tells more
		count.Value, count.AtLeast, count.Why = facts.Value{}, false, why
	}
	d.Put(zone, count)
	d.machines(t, addresses, behind, count)
	same, unknown := len(nets) == 1, why
	switch {
	case len(nets) > 1:
		unknown = facts.Unknown{}
	case len(nets) == 0 && why.Code == "":
		unknown = facts.Unknown{Code: facts.NotFound, Detail: "no name server has an IPv4 address"}
	}
	put(facts.DNSNSSameNet, boolOr(same, unknown), unknown)
	list := []string{}
	for net := range nets {
		list = append(list, net)
	}
	slices.Sort(list)
	put(facts.DNSNSNetworks, facts.ListValue(list), facts.Unknown{})
	spread := len(nets6) > 1
	for _, own := range behind { // a server with IPv6 only does not stand in the network of the others
		spread = spread || len(own) > 0 && len(ofFamily(own, netip.Addr.Is4)) == 0
	}
	if spread {
		why = facts.Unknown{}
	}
	put(facts.DNSNSSpread6, boolOr(spread, why), why)
	all := len(t.Servers) > 0
	for _, server := range t.Servers {
		addr, err := netip.ParseAddr(server.Address)
		all = all && err == nil && netrange.Private(addr)
	}
	put(facts.DNSNSAllPrivate, facts.BoolValue(all), facts.Unknown{})
}
