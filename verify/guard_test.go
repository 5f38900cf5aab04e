package verify

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"

	"mxverdict/verify/evidence"
)

func TestPrivate(t *testing.T) {
	private := []string{"127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "169.254.169.254", "0.0.0.0",
		"224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.0.8", "::", "::1", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1",
		"::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::"}
	public := []string{"192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "172.32.0.1", "100.128.0.1", "11.0.0.1", "2606:4700::1"}
	for _, a := range private {
		if !Private(netip.MustParseAddr(a)) {
			t.Errorf("%s counts as public", a)
		}
	}
	for _, a := range public {
		if Private(netip.MustParseAddr(a)) {
			t.Errorf("%s counts as private", a)
		}
	}
}

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
	for _, address := range []string{"127.0.0.53:53", "127.0.0.53:25", "10.0.0.1:25", "203.0.113.1:25", "mail.example.com:25", "10.0.0.2:25", "10.0.0.2:53"} {
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
}
