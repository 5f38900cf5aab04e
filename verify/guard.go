package verify

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/netrange"
)

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
	if !slices.Contains(g.exempt, at) && netrange.Private(at.Addr()) {
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
