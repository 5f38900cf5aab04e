package dnsanswer

import (
	"testing"

	"mxverdict/verify/evidence"
)

func TestAt(t *testing.T) {
	for _, test := range []struct {
		server, address string
		want            bool
	}{
		{"192.0.2.1:53", "192.0.2.1", true}, {"192.0.2.1", "192.0.2.1", true}, {"[2001:db8::1]:53", "2001:db8::1", true}, {"2001:db8::1", "2001:db8::1", true},
		{"192.0.2.11:53", "192.0.2.1", false}, {"192.0.2.1:53", "192.0.2.11", false}, {"[2001:db8::1:5]:53", "2001:db8::1", false},
		{"[2001:db8::1]:53", "2001:db8::1:53", false}, {"", "192.0.2.1", false}, {"192.0.2.1:53", "", false},
	} {
		if got := At(&evidence.Exchange{Server: test.server}, test.address); got != test.want {
			t.Errorf("%q at %q: %v", test.server, test.address, got)
		}
	}
}
