// Package netrange knows the address ranges in which no public server can stand. Probing keeps out of them, and facts say of
// servers that are in them that nobody else can reach them: both by the same function.
package netrange

import (
	"net/netip"
	"slices"
)

// notPublic are the ranges in which no public server can stand, and to which a stranger's report must not lead us: those of the
// special-purpose address registries (RFC 6890, as updated by RFC 8190; seen in 2025) that are not reachable from everywhere, or
// belong to a protocol and to no host, and multicast. Documentation ranges are left out on purpose: they reach
// nobody, and examples use them.
var notPublic = prefixes(
	"0.0.0.0/8",      // this network (RFC 791)
	"10.0.0.0/8",     // private use (RFC 1918)
	"100.64.0.0/10",  // shared (RFC 6598)
	"127.0.0.0/8",    // loopback (RFC 1122)
	"169.254.0.0/16", // link-local (RFC 3927)
	"172.16.0.0/12",  // private use
	"192.0.0.0/24",   // protocol assignments (RFC 6890)
	"192.88.99.0/24", // anycast of 6to4 relays, given up (RFC 7526)
	"192.168.0.0/16", // private use
	"198.18.0.0/15",  // benchmarking (RFC 2544)
	"224.0.0.0/3",    // multicast, reserved (RFC 1112) and limited broadcast (RFC 8190)
	"2001::/23",      // protocol assignments (RFC 2928): benchmarking, ORCHID, anycast of protocols
)

// public are parts of those where servers stand.
var public = prefixes(
	"2001:3::/32",     // relays of multicast (RFC 7450)
	"2001:4:112::/48", // name servers of AS112 (RFC 7535)
)

var (
	// globalUnicast is all that was given out of IPv6 so far (RFC 4291 section 2.4). Outside are loopback, mapped and compatible IPv4
	// addresses, unique local (RFC 4193), link-local, site-local (RFC 3879) and multicast addresses, the discard-only
	// block (RFC 6666), segment identifiers (RFC 9602) and what nobody has.
	globalUnicast = netip.MustParsePrefix("2000::/3")

	teredo    = netip.MustParsePrefix("2001::/32")    // RFC 4380
	sixToFour = netip.MustParsePrefix("2002::/16")    // RFC 3056
	nat64     = netip.MustParsePrefix("64:ff9b::/96") // RFC 6052 section 2.1
)

// Private tells whether an address is one that is not probed without leave: loopback, private, link-local, site-local, shared,
// multicast, reserved, given out to nobody, or an IPv6 form that hides such an IPv4 address.
func Private(a netip.Addr) bool {
	a = a.WithZone("")
	in := func(p netip.Prefix) bool { return p.Contains(a) }
	switch b := a.As16(); {
	case a.Is4In6():
		// Public servers have no mapped addresses; the form only serves to slip past checks.
		return true
	case nat64.Contains(a):
		return Private(ipv4(b[12:]))
	// The IPv4 address stands behind the first 16 bits (RFC 3056 section 2).
	case sixToFour.Contains(a):
		return Private(ipv4(b[2:]))
	case teredo.Contains(a):
		client := ipv4(b[12:]).As4() // every bit is inverted (RFC 4380 section 4)
		for i := range client {
			client[i] = ^client[i]
		}
		return Private(ipv4(b[4:])) || Private(netip.AddrFrom4(client))
	case !a.Is4() && !globalUnicast.Contains(a):
		return true
	}
	return slices.ContainsFunc(notPublic, in) && !slices.ContainsFunc(public, in)
}

// ipv4 is the address at the beginning of some bytes.
func ipv4(b []byte) netip.Addr { return netip.AddrFrom4([4]byte(b[:4])) }

func prefixes(list ...string) (all []netip.Prefix) {
	for _, s := range list {
		all = append(all, netip.MustParsePrefix(s))
	}
	return all
}
