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

// guard refuses connections to private addresses, whatever led to them. Names in reports, MX records, glue and policies are strangers'
// words: without it, whoever writes a report could have its reader connect to machines of his own network. It looks at the address of
// each single connection, because a name may lead elsewhere at the second look-up.
type guard struct {
	Dialer
	exempt []netip.AddrPort // the resolver and the root servers: the user's own choice
}

// privateError is the failure of a connection that was not made. It is our own doing, and says nothing of the server.
type privateError struct{ address string }

func (e privateError) Error() string {
	return e.address + " is a private, local or reserved address"
}

// FailureKind classes the error for the probes.
func (privateError) FailureKind() evidence.FailureKind { return evidence.Private }

// DialContext connects to an IP address with a port; a host name is refused, because the guard would not see where it leads.
func (g guard) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, fmt.Errorf("verify: %q is no address with a port: %w", address, err)
	}
	// The port counts too: that the resolver may be asked at 53 opens no other service of that machine.
	if !slices.Contains(g.exempt, at) && netrange.Private(at.Addr()) {
		return nil, privateError{at.Addr().String()}
	}
	return g.Dialer.DialContext(ctx, network, address)
}

// guarded returns a dialer behind the guard, or the dialer itself where the user allows private addresses.
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
