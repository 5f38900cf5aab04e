package lab

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// asked is a question and the summary of the answer to it, which must be the same over UDP and TCP.
type asked struct {
	name   string
	server string
	asks   string
	rrtype uint16
	want   string
}

func checkAnswers(t *testing.T, s *Scenario, tests []asked) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, s, func(t *testing.T, n *Internet) {
				for _, transport := range []string{"udp", "tcp"} {
					q := question{test.server, test.asks, test.rrtype, transport, test.server == "192.0.2.1", 0}
					if got := outcome(exchange(t, n, q)); got != test.want {
						t.Errorf("over %s\n got %s\nwant %s", transport, got, test.want)
					}
				}
			})
		})
	}
}

const rooted = `
zones:
  - name: example.com
    servers: [ns1.example.com, ns.example.net]
    records: |
      ns1 IN A 192.0.2.53
      ns1 IN AAAA 2001:db8::53
      hand.example.com. IN NS ns.hand.example.com.
      hand.example.com. IN NS ns.sister.example.com.
      ns.sister IN A 192.0.2.99
  - name: sub.example.com
    servers: [ns.sub.example.com, ns1.example.com, ns.sister.example.com]
    soa: {serial: 3}
    records: |
      ns IN A 192.0.2.56
  - name: sister.example.com
    servers: [ns.sister.example.com]
    records: |
      ns IN A 192.0.2.58
  - name: hand.example.com
    servers: [ns.hand.example.com]
    records: |
      ns IN A 192.0.2.57
  - {name: hidden.example.com, servers: [ns1.example.com], delegated: false}
  - name: example.net
    servers: [ns.example.net]
    records: |
      ns IN A 192.0.2.54
  - {name: served-by-nobody.example.org}
  - {name: 113.0.203.in-addr.arpa, servers: [ns.example.net]}
  - {name: 8.b.d.0.1.0.0.2.ip6.arpa, servers: [ns1.example.com]}
`

func TestARootIsMade(t *testing.T) {
	const root, soa = "192.0.2.254", "authority . SOA 2000010101"
	checkAnswers(t, load(t, rooted), []asked{
		{"the root itself", root, ".", dns.TypeNS,
			"NOERROR AA; . NS a.root-servers.net."},
		{"a zone", root, "www.example.com", dns.TypeA,
			"NOERROR; authority example.com. NS ns1.example.com.; authority example.com. NS ns.example.net.; " +
				"additional ns1.example.com. A 192.0.2.53; additional ns1.example.com. AAAA 2001:db8::53; " +
				"additional ns.example.net. A 192.0.2.54"},
		{"a zone below a zone", root, "sub.example.com", dns.TypeNS,
			"NOERROR; authority example.com. NS ns1.example.com.; authority example.com. NS ns.example.net.; " +
				"additional ns1.example.com. A 192.0.2.53; additional ns1.example.com. AAAA 2001:db8::53; " +
				"additional ns.example.net. A 192.0.2.54"},
		{"a reverse zone", root, "25.113.0.203.in-addr.arpa", dns.TypePTR,
			"NOERROR; authority 113.0.203.in-addr.arpa. NS ns.example.net.; additional ns.example.net. A 192.0.2.54"},
		{"a reverse zone for IPv6", root, "1.8.b.d.0.1.0.0.2.ip6.arpa", dns.TypePTR,
			"NOERROR; authority 8.b.d.0.1.0.0.2.ip6.arpa. NS ns1.example.com.; " +
				"additional ns1.example.com. A 192.0.2.53; additional ns1.example.com. AAAA 2001:db8::53"},
		{"a name between", root, "com", dns.TypeNS, "NOERROR AA; " + soa},
		{"a name in no zone", root, "nothing.invalid", dns.TypeA, "NXDOMAIN AA; " + soa},
		{"a zone without servers", root, "served-by-nobody.example.org", dns.TypeA, "NXDOMAIN AA; " + soa},

		{"the parent, with glue for the child and its sister", "192.0.2.54", "sub.example.com", dns.TypeNS,
			"NOERROR; authority sub.example.com. NS ns.sub.example.com.; authority sub.example.com. NS ns1.example.com.; " +
				"authority sub.example.com. NS ns.sister.example.com.; additional ns.sub.example.com. A 192.0.2.56; " +
				"additional ns1.example.com. A 192.0.2.53; additional ns1.example.com. AAAA 2001:db8::53; " +
				"additional ns.sister.example.com. A 192.0.2.99"},
		{"a parent that serves the child too", "192.0.2.53", "sub.example.com", dns.TypeSOA,
			"NOERROR AA; sub.example.com. SOA 3"},
		{"the child's server over IPv6", "2001:db8::53", "sub.example.com", dns.TypeSOA,
			"NOERROR AA; sub.example.com. SOA 3"},
		{"a delegation by hand, without glue and with wrong glue", "192.0.2.54", "hand.example.com", dns.TypeNS,
			"NOERROR; authority hand.example.com. NS ns.hand.example.com.; " +
				"authority hand.example.com. NS ns.sister.example.com.; additional ns.sister.example.com. A 192.0.2.99"},
		{"a zone that the parent does not know", "192.0.2.54", "hidden.example.com", dns.TypeNS,
			"NXDOMAIN AA; authority example.com. SOA 2000010101"},

		{"the resolver knows the zones", "192.0.2.1", "sub.example.com", dns.TypeSOA,
			"NOERROR RA; sub.example.com. SOA 3"},
		{"the resolver, and a zone that nobody delegates", "192.0.2.1", "hidden.example.com", dns.TypeNS,
			"NOERROR RA; hidden.example.com. NS ns1.example.com."},
		{"the resolver believes the child about its address", "192.0.2.1", "ns.sister.example.com", dns.TypeA,
			"NOERROR RA; ns.sister.example.com. A 192.0.2.58"},
		{"the resolver does not tell of the root", "192.0.2.1", "nothing.invalid", dns.TypeA, "NXDOMAIN RA"},
	})
}

func TestNobodyIsAtTheAddressOfWrongGlue(t *testing.T) {
	inBubble(t, load(t, rooted), func(t *testing.T, n *Internet) {
		q := question{"192.0.2.99", "sister.example.com", dns.TypeSOA, "udp", false, 0}
		if got := outcome(exchange(t, n, q)); got != "timeout" {
			t.Errorf("got %s", got)
		}
	})
}

func TestWhereTheRootIs(t *testing.T) {
	const zone = "zones:\n  - {name: example.com, servers: [ns.example.com], records: ns A 192.0.2.53}\n"
	for name, test := range map[string]struct{ text, want string }{
		"nothing said":            {zone, "192.0.2.254"},
		"manners of its own":      {zone + "name_servers: [{address: 192.0.2.254, behaves: [servfail]}]\n", "192.0.2.254"},
		"the address is a host's": {zone + "smtp: [{address: 192.0.2.254, name: a}]\n", "192.0.2.253"},
		"written": {zone + "  - name: .\n    servers: [k.root]\n    records: |\n      k.root. A 198.51.100.1\n" +
			"      k.root. AAAA 2001:db8::1\n", "198.51.100.1 2001:db8::1"},
		"written without servers": {zone + "  - {name: ., soa: {serial: 5}}\n", "192.0.2.254"},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, load(t, test.text), func(t *testing.T, n *Internet) {
				got := ""
				for _, root := range n.Roots() {
					got += " " + root.String()
				}
				if got != " "+test.want {
					t.Fatalf("the root is at%s, want %s", got, test.want)
				}
				reply := mustExchange(t, n, question{n.Roots()[0].String(), "example.com", dns.TypeNS, "udp", false, 0})
				if name == "manners of its own" {
					if got := summary(reply); got != "SERVFAIL" {
						t.Errorf("got %s", got)
					}
				} else if len(reply.Ns) != 1 || len(reply.Extra) != 1 || reply.Authoritative {
					t.Errorf("no referral: %v", reply)
				}
			})
		})
	}
}

// TestTheRootOnLoopback walks down to a PTR record over real sockets, where addresses and reverse zones have other names.
func TestTheRootOnLoopback(t *testing.T) {
	n, err := load(t, rooted).OnLoopback()
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	root := n.Address("192.0.2.254")
	if !slices.Equal(n.Roots(), []netip.Addr{netip.MustParseAddr(root)}) || root == "192.0.2.254" {
		t.Fatalf("the root is at %v, or %s", n.Roots(), root)
	}
	reverse, _ := dns.ReverseAddr(n.Address("203.0.113.25"))
	m := mustExchange(t, n, question{"192.0.2.254", reverse, dns.TypePTR, "udp", false, 0})
	if len(m.Ns) != 1 || len(m.Extra) != 1 {
		t.Fatalf("no referral: %v", m)
	}
	glue, ok := m.Extra[0].(*dns.A)
	if !ok || glue.A.String() != n.Address("192.0.2.54") {
		t.Fatalf("glue: %v", m.Extra)
	}
	m = mustExchange(t, n, question{"192.0.2.54", reverse, dns.TypePTR, "tcp", false, 0})
	if !m.Authoritative || m.Rcode != dns.RcodeNameError {
		t.Errorf("the reverse zone: %v", m)
	}
}

func TestIPv6InMemory(t *testing.T) {
	s := load(t, rooted+"name_servers: [{address: \"2001:db8::53\", behaves: [lame]}]\n"+
		"smtp: [{address: \"2001:db8::25\", name: six.example.com}]\n")
	inBubble(t, s, func(t *testing.T, n *Internet) {
		c := dialSMTP(t, n, "2001:db8::25")
		c.expect(c.reply(), "220 six.example.com")
		if local := c.LocalAddr().String(); !strings.HasPrefix(local, "[2001:db8:") {
			t.Errorf("the client is at %s", local)
		}
		for _, test := range []struct{ server, want string }{
			{"192.0.2.53", "NOERROR AA; sub.example.com. SOA 3"}, {"2001:db8::53", "REFUSED"}} {
			for _, transport := range []string{"udp", "tcp"} {
				q := question{test.server, "sub.example.com", dns.TypeSOA, transport, false, 0}
				if got := outcome(exchange(t, n, q)); got != test.want {
					t.Errorf("%s over %s: %s", test.server, transport, got)
				}
			}
		}
	})
}
