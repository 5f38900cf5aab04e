package derive

import (
	"testing"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
)

// Machines behind one address that answer by turns look as if the serial went backwards, until one with the larger serial
// answers again.
func TestSerialsByTurns(t *testing.T) {
	look := func(serial uint32) Reading {
		server := evidence.Server{Name: "ns1.example.com", Address: "192.0.2.53"}
		return Reading{versions: []version{{server: server, soa: &dns.SOA{Serial: serial}}}}
	}
	for _, test := range []struct {
		later       [4]uint32
		known, back bool
	}{
		{[4]uint32{8, 8, 8, 8}, true, false},
		{[4]uint32{7, 7, 7, 7}, true, true},
		{[4]uint32{7, 8, 7, 7}, false, false},
		{[4]uint32{7, 7, 7, 8}, false, false},
		{[4]uint32{7, 6, 7, 7}, true, true},
	} {
		l := test.later
		value, why := backwards(look(8), look(l[0]), look(l[1]), look(l[2]), look(l[3]))
		if known := why.Code == ""; known != test.known || known && value.Bool() != test.back {
			t.Errorf("%v: %v, %v", l, value, why)
		}
	}
	// Nobody was asked again.
	if _, why := backwards(look(8), look(7), Reading{}, Reading{}, Reading{}); why.Code == "" {
		t.Error("decided without asking again")
	}
}
