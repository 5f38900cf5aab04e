// Package netrange knows the address ranges in which no public server can stand. Probing keeps out of them, and facts say of
// servers that are in them that nobody else can reach them.
package netrange

import (
	"net/netip"
	"slices"
)

// notPublic are the ranges of the special-purpose address registries (RFC 6890) in which no public server can stand, and
// to which a stranger's report must not lead us. Documentation ranges are left out on purpose: they reach nobody, and
// examples use them.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("224.0.0.0/3"),
	netip.MustParsePrefix("::/96"),
	netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"),
	netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("fc00::/7"),
	netip.MustParsePrefix("fe80::/10"),
	netip.MustParsePrefix("ff00::/8"),
}

// Private tells whether an address is one that is not probed without leave: loopback, private, link-local, shared,
// multicast, reserved, or an IPv6 form that hides such an IPv4 address.
func Private(a netip.Addr) bool {
	a = a.WithZone("")
	if a.Is4In6() {
		// Public servers have no mapped addresses; the form only serves to slip past checks.
		return true
	}
	return slices.ContainsFunc(notPublic, func(p netip.Prefix) bool { return p.Contains(a) })
}
