package verify

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"

	"mxverdict/verify/evidence"
)

type dialerFunc func(network, address string) (net.Conn, error)

func (f dialerFunc) DialContext(_ context.Context, network, address string) (net.Conn, error) {
	return f(network, address)
}

// Whatever led to an address, a private one is not dialled; the user's own resolver is.
func TestGuard(t *testing.T) {
	var dialled []string
	o := Options{Resolver: netip.MustParseAddrPort("127.0.0.53:53"), Roots: []netip.Addr{netip.MustParseAddr("10.0.0.2")}}
	d := o.guarded(dialerFunc(func(_, address string) (net.Conn, error) {
		dialled = append(dialled, address)
		return nil, errors.New("no network in this test")
	}))
	for _, address := range []string{"127.0.0.53:53", "127.0.0.53:25", "10.0.0.1:25", "203.0.113.1:25", "mail.example.com:25", "10.0.0.2:25", "10.0.0.2:53",
		"[fec0::25]:25", "[fd00::25%eth0]:25", "[5f00::25]:25", "[2002:a00:1::25]:25", "[64:ff9b::a00:1]:25", "[::ffff:203.0.113.1]:25", "192.88.99.1:25"} {
		d.DialContext(t.Context(), "tcp", address)
	}
	if len(dialled) != 3 || dialled[0] != "127.0.0.53:53" || dialled[1] != "203.0.113.1:25" || dialled[2] != "10.0.0.2:53" {
		t.Errorf("dialled %v, want the resolver, the public address and the root only", dialled)
	}
	_, err := d.DialContext(t.Context(), "tcp", "10.0.0.1:25")
	var classed interface{ FailureKind() evidence.FailureKind }
	if !errors.As(err, &classed) || classed.FailureKind() != evidence.Private {
		t.Errorf("the error %v does not say why", err)
	}
	// Where a name leads is not known, so that it is neither private nor public.
	if _, err = d.DialContext(t.Context(), "tcp", "mail.example.com:25"); err == nil || errors.As(err, &classed) {
		t.Errorf("a name: %v", err)
	}
}
