package netrange

import (
	"net/netip"
	"testing"
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
