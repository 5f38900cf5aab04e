package netrange

import (
	"net/netip"
	"testing"
)

func TestNear(t *testing.T) {
	for _, test := range []struct {
		a, b string
		near bool
	}{
		{"198.51.100.1", "198.51.100.25", true}, {"198.51.100.1", "198.51.101.1", false}, {"198.51.100.1", "::ffff:198.51.100.25", true},
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff::25", true}, {"2001:db8:1:2::1", "2001:db8:1:3::1", false},
		{"fe80::1%eth0", "fe80::2%eth1", true}, {"198.51.100.1", "2001:db8::1", false}, {"2001:db8::1", "198.51.100.1", false},
	} {
		if near := Near(netip.MustParseAddr(test.a), netip.MustParseAddr(test.b)); near != test.near {
			t.Errorf("%s and %s: %v", test.a, test.b, near)
		}
	}
	if Near(netip.Addr{}, netip.MustParseAddr("192.0.2.1")) || Near(netip.MustParseAddr("192.0.2.1"), netip.Addr{}) {
		t.Error("no address is near another one")
	}
}
