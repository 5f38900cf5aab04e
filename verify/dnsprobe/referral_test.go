package dnsprobe

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
)

// A server of a zone is believed about that zone and what is below it, and about nothing else (RFC 2181 section 5.4.1, RFC
// 5452 section 6), whatever it says of the name that was asked for.
func TestWhatAServerIsEntitledToSay(t *testing.T) {
	const (
		nsBelow = "sub.example.com. 300 IN NS ns.sub.example.com."
		own     = "example.com. 300 IN SOA a. b. 1 2 3 4 5"
		ns      = "www.sub.example.com. 300 IN NS ns.example.net."
		cname   = "www.sub.example.com. 300 IN CNAME web.example.net."
	)
	type answer struct {
		rcode             string
		aa                bool
		answer, authority []string
		about             string // the name, if it is not www.sub.example.com
	}
	refers := func(to ...string) answer { return answer{"NOERROR", false, nil, to, ""} }
	denies := func(rcode string, aa bool, soa ...string) answer { return answer{rcode, aa, nil, soa, ""} }
	said := func(aa bool, records ...string) answer { return answer{"NOERROR", aa, records, nil, ""} }
	for _, test := range []struct {
		name       string
		answer     answer
		way, final word   // without and with final set
		zone       string // without final
	}{
		{"refers down", refers(nsBelow), below, below, "sub.example.com"},
		{"refers down with AA", answer{"NOERROR", true, nil, []string{nsBelow}, ""}, below, below, "sub.example.com"},
		{"refers to the name itself", refers("www.sub.example.com. 300 IN NS a."), below, below, "www.sub.example.com"},
		{"refers to the root", refers(". 300 IN NS a.root."), useless, useless, ""},
		{"refers to its parent", refers("com. 300 IN NS a.tld.com."), useless, useless, ""},
		{"refers to its parent with AA", answer{"NOERROR", true, nil, []string{"com. 300 IN NS a.tld.com."}, ""}, useless, useless, ""},
		{"refers to itself", refers("example.com. 300 IN NS ns1.example.com."), useless, useless, ""},
		{"refers aside", refers("example.net. 300 IN NS ns1.example.net."), useless, useless, ""},
		{"refers aside, below itself", refers("other.example.com. 300 IN NS ns1.example.net."), useless, useless, ""},
		{"refers further down than the name", refers("x.www.sub.example.com. 300 IN NS ns1.example.net."), useless, useless, ""},
		{"refers to a name that only ends alike", refers("b.example.com. 300 IN NS a."), useless, useless, ""},
		{"refers down, and does not exist", denies("NXDOMAIN", false, nsBelow), useless, useless, ""},
		{"refers down, and fails", denies("SERVFAIL", false, nsBelow), useless, useless, ""},
		{"refers down, beside a record without authority", answer{"NOERROR", false, []string{ns}, []string{nsBelow}, ""}, useless, useless, ""},
		{"no such name", denies("NXDOMAIN", true, own), denied, denied, "example.com"},
		{"no such name, without authority", denies("NXDOMAIN", false, own), useless, useless, ""},
		{"no such name, in a zone below", denies("NXDOMAIN", true, "sub.example.com. 300 IN SOA a. b. 1 2 3 4 5"), denied, denied, "sub.example.com"},
		{"no such name, in its parent", denies("NXDOMAIN", true, "com. 300 IN SOA a. b. 1 2 3 4 5"), useless, useless, ""},
		{"no such name, in the root", denies("NXDOMAIN", true, ". 300 IN SOA a. b. 1 2 3 4 5"), useless, useless, ""},
		{"no such name, in another zone", denies("NXDOMAIN", true, "example.net. 300 IN SOA a. b. 1 2 3 4 5"), useless, useless, ""},
		{"no such name, in a zone aside", denies("NXDOMAIN", true, "other.example.com. 300 IN SOA a. b. 1 2 3 4 5"), useless, useless, ""},
		{"no data", denies("NOERROR", true, own), holds, holds, "example.com"},
		{"no data, without SOA", denies("NOERROR", true), above, holds, ""},
		{"no data, without authority", denies("NOERROR", false, own), useless, useless, ""},
		{"no data, in its parent", denies("NOERROR", true, "com. 300 IN SOA a. b. 1 2 3 4 5"), useless, useless, ""},
		{"SERVFAIL with authority", denies("SERVFAIL", true, own), useless, useless, ""},
		{"REFUSED with authority", denies("REFUSED", true, own), useless, useless, ""},
		{"an alias", said(true, cname), above, holds, ""},
		{"an alias without authority", said(false, cname), useless, useless, ""},
		{"a record of another name", said(true, "www.example.net. 300 IN A 203.0.113.1"), above, holds, ""},
		{"its own name servers", answer{"NOERROR", true, []string{"example.com. 300 IN NS a."}, nil, "example.com"}, holds, holds, "example.com"},
		{"name servers of a zone below", answer{"NOERROR", true, []string{"sub.example.com. 300 IN NS a.sub.example.com."}, nil, "sub.example.com"}, below, holds, "sub.example.com"},
	} {
		for _, final := range []bool{false, true} {
			name := test.answer.about
			if name == "" {
				name = "www.sub.example.com"
			}
			x := evidence.Exchange{Role: evidence.Authoritative, Name: name, Type: "NS", RCode: test.answer.rcode, AA: test.answer.aa, Answer: test.answer.answer, Authority: test.answer.authority}
			want := test.way
			if final {
				want = test.final
			}
			r := hear("example.com", reply{xs: []evidence.Exchange{x}}, name, final)
			if r.word != want || !final && r.zone != test.zone {
				t.Errorf("%s (final %v): word %d about %q, want %d about %q", test.name, final, r.word, r.zone, want, test.zone)
			}
			for change, spoil := range map[string]func(*evidence.Exchange){
				"cut": func(x *evidence.Exchange) { x.TC = true }, "failed": func(x *evidence.Exchange) { x.Failure = &evidence.Failure{Kind: evidence.Malformed} },
			} {
				y := x
				spoil(&y)
				if r := hear("example.com", reply{xs: []evidence.Exchange{y}}, name, final); r.word != useless {
					t.Errorf("%s, %s: word %d", test.name, change, r.word)
				}
			}
		}
	}
}

// Glue is believed about names in the zone whose server says it, and in no other.
func TestGlueThatIsBelieved(t *testing.T) {
	x := evidence.Exchange{Additional: []string{
		"ns1.example.com. 300 IN A 192.0.2.1", "ns1.example.com. 300 IN AAAA 2001:db8::1", "ns.sibling.com. 300 IN A 192.0.2.2",
		"ns.example.net. 300 IN A 192.0.2.3", "other.example.com. 300 IN A 192.0.2.4", "ns1.example.com. 300 IN TXT x"}}
	names := []string{"ns1.example.com", "ns.sibling.com", "ns.example.net"}
	for zone, want := range map[string][]string{"com": {"192.0.2.1", "2001:db8::1", "192.0.2.2"}, ".": {"192.0.2.1", "2001:db8::1", "192.0.2.2", "192.0.2.3"}, "net": {"192.0.2.3"}, "example.com": {"192.0.2.1", "2001:db8::1"}} {
		var got []string
		for _, s := range glue(x, zone, names) {
			got = append(got, s.Address)
		}
		if !slices.Equal(got, want) {
			t.Errorf("glue of %s: %v, want %v", zone, got, want)
		}
	}
}

// Glue that is left out of a datagram without a word comes over TCP; a referral that has it all is not asked for again.
func TestGlueOverTCP(t *testing.T) {
	for name, omits := range map[string]bool{"left out": true, "there": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.Delay = time.Millisecond
				servers := small()
				for _, address := range []string{"192.0.2.11", "192.0.2.12"} {
					servers[address] = changed(holding(comZone), func(_, m *dns.Msg, network string) {
						if omits && network == udp {
							m.Extra = nil
						}
					})
				}
				p := walking(t, w, servers)
				if d, _ := p.Walk(t.Context(), "example.com"); zones(d) != toExample || d.Trouble != nil {
					t.Errorf("%s, trouble %+v", zones(d), d.Trouble)
				}
				streams := 0
				for _, q := range w.asked() {
					if q[:3] == tcp {
						streams++
					}
				}
				if want := map[bool]int{true: 2, false: 0}[omits]; streams != want {
					t.Errorf("%d questions over TCP, want %d: %q", streams, want, w.asked())
				}
			})
		})
	}
}
