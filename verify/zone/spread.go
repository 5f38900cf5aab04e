package zone

// This file tells how far apart the servers of a zone stand. What can be seen are addresses: whether two of them are one machine, or one
// room, is a guess, and only the sure side of it is put down.

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"mxverdict/verify/facts"
	"mxverdict/verify/internal/netrange"
)

// spread derives over how many addresses, machines and networks the servers stand: RFC 2182 section 3.1 asks for several, apart from one
// another. Addresses that are not known can only make it more.
func (d *derivation) spread(here about, l located) {
	more := cmp.Or(l.unsure, l.followed)
	count := countOf(l.addresses(), more)
	here.put(count, facts.DNSNSAddresses)
	machines(here, l, count)
	networks(here, l, more)
	// By the addresses that were asked, glue included: those are where resolvers go.
	all := len(d.t.Servers) > 0
	for _, server := range d.t.Servers {
		addr, err := netip.ParseAddr(server.Address)
		all = all && err == nil && netrange.Private(addr)
	}
	// One public address is enough for the zone to be found.
	here.put(facts.Truth(all), facts.DNSNSAllPrivate)
}

// countOf counts addresses. "At least one" decides nothing, and the reason tells more.
func countOf(addresses []string, more facts.Unknown) facts.Known {
	n := facts.IntValue(int64(len(addresses)))
	switch {
	case more.Code == "":
		return facts.Is(n)
	case len(addresses) < 2:
		return facts.Because(more)
	}
	return facts.AtLeast(n)
}

// machines derives whether the servers are more than one machine. An IPv4 and an IPv6 address behind the same names may be one
// or two.
func machines(here about, l located, count facts.Known) {
	addresses := l.addresses()
	least := leastMachines(addresses, l.behind)
	n, one := count, count
	switch {
	case !count.Known():
	case least == 1 && len(addresses) > 1:
		n = facts.Because(facts.Unknown{Code: facts.Ambiguous, Detail: "behind all names of servers stand the same IPv4 and IPv6 address, " +
			strings.Join(addresses, " and ") + ", which may be one machine or two"})
		one = n
	default:
		n.Value, one = facts.IntValue(int64(least)), facts.Truth(least == 1)
	}
	here.put(n, facts.DNSNSMachines)
	here.put(one, facts.DNSNSOneAddress)
}

// leastMachines is how many machines there must be behind the names of servers: addresses of one family are different machines,
// and so are names that share no address.
func leastMachines(addresses []string, behind map[string][]string) int {
	// Groups are joined pair by pair: a name ties all of its addresses together, since they may be one machine.
	tied := map[string]string{} // an address to another one that the same names lead to
	var first func(address string) string
	// The way to the first of a group is shortened as it is gone, so that long chains cost little.
	first = func(address string) string {
		if next, ok := tied[address]; ok && next != address {
			tied[address] = first(next)
			return tied[address]
		}
		return address
	}
	for _, own := range behind {
		for _, address := range own {
			tied[first(address)] = first(own[0])
		}
	}
	groups := map[string]bool{}
	for address := range tied {
		groups[first(address)] = true
	}
	return max(len(groups), len(ofFamily(addresses, netip.Addr.Is4)), len(ofFamily(addresses, netip.Addr.Is6)))
}

// networks derives over how many networks the servers stand: /24 of IPv4 and /48 of IPv6, the smallest that are routed by themselves.
func networks(here about, l located, more facts.Unknown) {
	nets, nets6 := map[string]bool{}, map[netip.Prefix]bool{}
	for _, a := range l.addresses() {
		switch addr, err := netip.ParseAddr(a); {
		case err != nil:
		case addr.Is4():
			prefix, _ := addr.Prefix(24)
			nets[prefix.String()] = true
		default:
			prefix, _ := addr.Prefix(48)
			nets6[prefix] = true
		}
	}
	// Addresses that are not known can only show another network: two are two whatever there is besides.
	same := facts.Truth(len(nets) == 1)
	if len(nets) < 2 {
		same = same.Unless(more)
	}
	if len(nets) == 0 {
		same = same.Unless(facts.Unknown{Code: facts.NotFound, Detail: "no name server has an IPv4 address"})
	}
	here.put(same, facts.DNSNSSameNet)
	list := []string{}
	for net := range nets {
		list = append(list, net)
	}
	here.put(facts.Is(facts.ListValue(sorted(list))), facts.DNSNSNetworks)
	apart := len(nets6) > 1
	for _, own := range l.behind { // a server with IPv6 only does not stand in the network of the others
		apart = apart || len(own) > 0 && len(ofFamily(own, netip.Addr.Is4)) == 0
	}
	here.put(facts.Shown(apart, more), facts.DNSNSSpread6)
}

// ofFamily keeps the addresses of one family.
func ofFamily(addresses []string, family func(netip.Addr) bool) []string {
	return slices.DeleteFunc(slices.Clone(addresses), func(a string) bool {
		addr, err := netip.ParseAddr(a)
		return err != nil || !family(addr)
	})
}
