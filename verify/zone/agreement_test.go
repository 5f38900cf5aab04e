package zone

import (
	"testing"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// Machines behind one address that answer by turns look as if the serial went backwards, until one with the larger serial
// answers again.
func TestSerialsByTurns(t *testing.T) {
	saw := func(serial uint32) look {
		server := evidence.Server{Name: "ns1.example.com", Address: "192.0.2.53"}
		return look{versions: []version{{Server: server, soa: &dns.SOA{Serial: serial}}}}
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
		back := backwards(saw(8), saw(l[0]), saw(l[1]), saw(l[2]), saw(l[3]))
		if back.Known() != test.known || back.IsYes() != test.back {
			t.Errorf("%v: %+v", l, back)
		}
	}
	// Nobody was asked again.
	if backwards(saw(8), saw(7), look{}, look{}, look{}).Known() {
		t.Error("decided without asking again")
	}
}

// A lag is too long only after refresh plus retry, not at it (RFC 1034 section 4.3.5).
func TestLagTooLong(t *testing.T) {
	begun := time.Unix(1000, 0)
	saw := func(at time.Time, serials ...uint32) (l look) {
		for i, serial := range serials {
			server := evidence.Server{Address: []string{"192.0.2.53", "198.51.100.53"}[i]}
			l.versions = append(l.versions, version{Server: server, soa: &dns.SOA{Ns: "ns1.example.com.", Serial: serial, Refresh: 100, Retry: 50}, At: at})
		}
		return l
	}
	for _, test := range []struct {
		after  time.Duration
		second []uint32
		want   string
	}{
		{76 * time.Second, []uint32{8, 7}, "unknown"},
		{150 * time.Second, []uint32{8, 7}, "unknown"},
		{151 * time.Second, []uint32{8, 7}, "yes"},
		{151 * time.Second, []uint32{9, 8}, "unknown"}, // it moves
		{151 * time.Second, []uint32{8, 8}, "no"},
	} {
		lag := lagTooLong(saw(begun, 8, 7), saw(begun.Add(test.after), test.second...))
		got := lag.Value.String()
		if !lag.Known() {
			got = "unknown"
		}
		if got != test.want {
			t.Errorf("%v, %v: %s (%v), want %s", test.after, test.second, got, lag.Why, test.want)
		}
	}
}

// Addresses in which servers with one serial differ are computed for each asker, and no sign of a missed change; records of
// other types are. A name server that was heard at one of its addresses was heard.
func TestWhatCopiesShow(t *testing.T) {
	var xs []evidence.Exchange
	answer := func(address, rrtype, rr string) {
		x := evidence.Exchange{Role: evidence.Authoritative, Server: address + ":53", Name: "example.com", Type: rrtype, RCode: "NOERROR", AA: true}
		if x.Answer = []string{rr}; rr == "" {
			x.RCode, x.Answer, x.Failure = "", nil, &evidence.Failure{Kind: evidence.Timeout}
		}
		xs = append(xs, x)
	}
	target := &evidence.Target{Zone: "example.com"}
	for i, s := range []struct{ name, address, serial, a string }{
		{"ns1.example.com", "192.0.2.53", "7", "203.0.113.1"},
		{"ns2.example.com", "192.0.2.54", "8", "203.0.113.2"},
		{"ns3.example.com", "192.0.2.55", "8", "203.0.113.3"},
		{"ns3.example.com", "192.0.2.56", "", ""},
	} {
		target.Servers = append(target.Servers, evidence.Server{Name: s.name, Address: s.address})
		if i == 3 {
			answer(s.address, "SOA", "")
			continue
		}
		answer(s.address, "SOA", "example.com. 300 IN SOA ns1.example.com. h.example.com. "+s.serial+" 7200 900 1209600 300")
		answer(s.address, "A", "example.com. 300 IN A "+s.a)
		answer(s.address, "TXT", "example.com. 300 IN TXT "+s.a)
	}
	r := &reading.Reading{Bundle: &evidence.Bundle{Exchanges: xs}}
	l := lookAt(r, target, 0)
	if l.unheard.Code != "" || len(l.versions) != 3 {
		t.Errorf("heard %d, unheard %v", len(l.versions), l.unheard)
	}
	if differs := typeDiffers(r, target, l, "A", 0); differs.Known() || differs.Why.Code != facts.Disagreement {
		t.Errorf("A: %+v", differs)
	}
	if !typeDiffers(r, target, l, "TXT", 0).IsYes() {
		t.Error("TXT: no difference")
	}
}
