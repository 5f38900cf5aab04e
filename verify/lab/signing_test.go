package lab

import (
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// A signed zone, its parent and the root answer with what belongs to it where signatures are asked for, and as ever where they are not. The
// lab proves nothing by itself: what the answers are worth is for a validator to say.
func TestSignedZonesAnswerWithTheirProof(t *testing.T) {
	s := load(t, `
zones:
  - name: com
    servers: [a.nic.com]
    records: a.nic.com. 300 IN A 192.0.2.11
  - name: example.com
    dnssec: good
    servers: [ns1.example.com]
    records: |
      ns1.example.com. 300 IN A 192.0.2.53
      example.com. 300 IN MX 10 mail.example.com.
      *.wild.example.com. 300 IN A 192.0.2.9
  - name: plain.com
    servers: [ns1.plain.com]
    records: ns1.plain.com. 300 IN A 192.0.2.54
`)
	inBubble(t, s, func(t *testing.T, n *Internet) {
		if !strings.HasPrefix(n.TrustAnchors(), ".") {
			t.Errorf("the anchors are %q", n.TrustAnchors())
		}
		for _, test := range []struct {
			server, name string
			rrtype       uint16
			want         string // types in the answer, then in the authority section
		}{
			{"192.0.2.53", "example.com", dns.TypeMX, "MX RRSIG/"},
			{"192.0.2.53", "example.com", dns.TypeDNSKEY, "DNSKEY RRSIG/"},
			{"192.0.2.53", "example.com", dns.TypeAAAA, "/SOA RRSIG NSEC RRSIG"},
			{"192.0.2.53", "none.example.com", dns.TypeA, "/SOA RRSIG NSEC RRSIG"},
			{"192.0.2.53", "x.wild.example.com", dns.TypeA, "A RRSIG/NSEC RRSIG"},
			{"192.0.2.11", "example.com", dns.TypeMX, "/NS DS RRSIG"},
			{"192.0.2.11", "example.com", dns.TypeDS, "DS RRSIG/"},
			{"192.0.2.11", "plain.com", dns.TypeMX, "/NS NSEC RRSIG"},
			{"192.0.2.11", "plain.com", dns.TypeDS, "/SOA RRSIG NSEC RRSIG"},
			{"192.0.2.54", "plain.com", dns.TypeSOA, "SOA/"},
		} {
			q := new(dns.Msg).SetQuestion(dns.Fqdn(test.name), test.rrtype)
			for _, do := range []bool{true, false} {
				q.Extra = nil
				q.SetEdns0(4096, do)
				got := typesAsked(t, n, test.server, q)
				want := test.want
				if !do {
					want = bare(want)
				}
				if got != want {
					t.Errorf("%s %s at %s, DO %v: %s, want %s", test.name, dns.TypeToString[test.rrtype], test.server, do, got, want)
				}
			}
		}
	})
}

// bare leaves out what is proof.
func bare(types string) string {
	answer, authority, _ := strings.Cut(types, "/")
	keep := func(list string, drop ...string) string {
		var kept []string
		for _, word := range strings.Fields(list) {
			if word != "RRSIG" && word != "NSEC" && !(word == "DS" && len(drop) > 0) {
				kept = append(kept, word)
			}
		}
		return strings.Join(kept, " ")
	}
	return keep(answer) + "/" + keep(authority, "DS")
}

// typesAsked lists the types of record in the sections of an answer over TCP.
func typesAsked(t *testing.T, n *Internet, server string, q *dns.Msg) string {
	t.Helper()
	conn, err := n.DialContext(t.Context(), "tcp", server+":53")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	co := &dns.Conn{Conn: conn}
	if err := co.WriteMsg(q); err != nil {
		t.Fatal(err)
	}
	m, err := co.ReadMsg()
	if err != nil {
		t.Fatal(err)
	}
	types := func(section []dns.RR) string {
		var list []string
		for _, rr := range section {
			list = append(list, dns.TypeToString[rr.Header().Rrtype])
		}
		return strings.Join(list, " ")
	}
	return types(m.Answer) + "/" + types(m.Ns)
}
