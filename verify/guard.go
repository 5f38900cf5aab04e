package verify

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"mxverdict/verify/evidence"
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

// guard refuses connections to private addresses, whatever led to them.
type guard struct {
	Dialer
	exempt []netip.AddrPort // the resolver and the root servers: the user's own choice
}

type privateError struct{ address string }

func (e privateError) Error() string {
	return e.address + " is a private, local or reserved address"
}

// FailureKind classes the error for the probes.
func (privateError) FailureKind() evidence.FailureKind { return evidence.Private }

func (g guard) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, fmt.Errorf("verify: %q is no address with a port: %w", address, err)
	}
	if !slices.Contains(g.exempt, at) && Private(at.Addr()) {
		return nil, privateError{at.Addr().String()}
	}
	return g.Dialer.DialContext(ctx, network, address)
}

func (o Options) guarded(d Dialer) Dialer {
	if o.AllowPrivate {
		return d
	}
	g := guard{d, []netip.AddrPort{o.Resolver}}
	for _, root := range o.Roots {
		g.exempt = append(g.exempt, netip.AddrPortFrom(root, cmp.Or(o.DNSPort, 53)))
	}
	return g
}
