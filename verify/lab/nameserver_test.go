package lab

import (
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

var zones = `
zones:
  - name: com
    servers: [ns.example.net]
    soa: {serial: 1}
    records: |
      example.com. IN NS ns1.example.com.
      example.com. IN NS ns.example.net.
      ns1.example.com. IN A 192.0.2.53
      delegated.com. IN NS ns.delegated.com.
      ns.delegated.com. IN A 192.0.2.99
  - name: Example.com
    servers: [ns1.example.com, ns.example.net]
    soa: {serial: 7, minimum: 60s, rname: admin.example.com}
    records: |
      @    300 IN MX 10 mail
      Mail 300 IN A 203.0.113.25
           300 IN AAAA 2001:db8::25
      www      IN CNAME mail
      out      IN CNAME host.example.net.
      lost     IN CNAME nothing
      loop     IN CNAME pool
      pool     IN CNAME loop
      a.deep   IN TXT "x"
      *.wild   IN A 203.0.113.99
      sub      IN NS ns.sub
      ns.sub   IN A 192.0.2.77
      low.sub  IN NS ns.low.sub
      big      IN TXT "` + long + `" "` + long + `" "` + long + `"
  - name: example.net
    servers: [ns.example.net]
    records: |
      ns   IN A 192.0.2.54
      host IN A 203.0.113.80
  - name: 113.0.203.in-addr.arpa
    servers: [ns.example.net]
    records: 25 IN PTR mail.example.com.
`

var long = strings.Repeat("0123456789", 20)

func TestAuthoritativeAnswers(t *testing.T) {
	s := load(t, zones)
	ns1, both := "192.0.2.53", "192.0.2.54"
	tests := []struct {
		name   string
		server string
		asks   string
		rrtype uint16
		want   string
	}{
		{"data", ns1, "example.com", dns.TypeMX, "NOERROR AA; example.com. MX 10 mail.example.com."},
		{"letter case", ns1, "mAiL.eXample.COM", dns.TypeA, "NOERROR AA; Mail.example.com. A 203.0.113.25"},
		{"IPv6", ns1, "mail.example.com", dns.TypeAAAA, "NOERROR AA; Mail.example.com. AAAA 2001:db8::25"},
		{"SOA", ns1, "example.com", dns.TypeSOA, "NOERROR AA; example.com. SOA 7"},
		{"NS of the apex", ns1, "example.com", dns.TypeNS,
			"NOERROR AA; example.com. NS ns1.example.com.; example.com. NS ns.example.net."},
		{"no data", ns1, "mail.example.com", dns.TypeMX, "NOERROR AA; authority example.com. SOA 7"},
		{"no such name", ns1, "nothing.example.com", dns.TypeA, "NXDOMAIN AA; authority example.com. SOA 7"},
		{"an empty name between", ns1, "deep.example.com", dns.TypeA, "NOERROR AA; authority example.com. SOA 7"},
		{"wildcard", ns1, "any.thing.wild.example.com", dns.TypeA,
			"NOERROR AA; any.thing.wild.example.com. A 203.0.113.99"},
		{"wildcard without the type", ns1, "any.wild.example.com", dns.TypeMX,
			"NOERROR AA; authority example.com. SOA 7"},
		{"alias within the zone", ns1, "www.example.com", dns.TypeA,
			"NOERROR AA; www.example.com. CNAME mail.example.com.; Mail.example.com. A 203.0.113.25"},
		{"the alias itself", ns1, "www.example.com", dns.TypeCNAME,
			"NOERROR AA; www.example.com. CNAME mail.example.com."},
		{"alias out of the zone", ns1, "out.example.com", dns.TypeA,
			"NOERROR AA; out.example.com. CNAME host.example.net."},
		{"alias to nothing", ns1, "lost.example.com", dns.TypeA,
			"NXDOMAIN AA; lost.example.com. CNAME nothing.example.com.; authority example.com. SOA 7"},
		{"loop of aliases", ns1, "loop.example.com", dns.TypeA,
			"NOERROR AA; loop.example.com. CNAME pool.example.com.; pool.example.com. CNAME loop.example.com."},
		{"foreign name", ns1, "host.example.net", dns.TypeA, "REFUSED"},
		{"zone transfer", ns1, "example.com", dns.TypeAXFR, "REFUSED"},
		{"referral", ns1, "host.sub.example.com", dns.TypeA,
			"NOERROR; authority sub.example.com. NS ns.sub.example.com.; additional ns.sub.example.com. A 192.0.2.77"},
		{"referral from the topmost cut", ns1, "x.low.sub.example.com", dns.TypeMX,
			"NOERROR; authority sub.example.com. NS ns.sub.example.com.; additional ns.sub.example.com. A 192.0.2.77"},
		{"referral for NS", both, "delegated.com", dns.TypeNS,
			"NOERROR; authority delegated.com. NS ns.delegated.com.; additional ns.delegated.com. A 192.0.2.99"},
		{"the longest of several zones", both, "example.com", dns.TypeSOA, "NOERROR AA; example.com. SOA 7"},
		{"the parent", both, "nothing.com", dns.TypeA, "NXDOMAIN AA; authority com. SOA 1"},
		{"reverse name", both, "25.113.0.203.in-addr.arpa", dns.TypePTR,
			"NOERROR AA; 25.113.0.203.in-addr.arpa. PTR mail.example.com."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, s, func(t *testing.T, n *Internet) {
				for _, transport := range []string{"udp", "tcp"} {
					q := question{test.server, test.asks, test.rrtype, transport, true, 0}
					if got := summary(mustExchange(t, n, q)); got != test.want {
						t.Errorf("over %s\n got %s\nwant %s", transport, got, test.want)
					}
				}
			})
		})
	}
}

func TestResolver(t *testing.T) {
	s := load(t, zones)
	tests := []struct {
		name   string
		asks   string
		rrtype uint16
		want   string
	}{
		{"data", "MAIL.example.com", dns.TypeA, "NOERROR RA; Mail.example.com. A 203.0.113.25"},
		{"alias across zones", "out.example.com", dns.TypeA,
			"NOERROR RA; out.example.com. CNAME host.example.net.; host.example.net. A 203.0.113.80"},
		{"no data", "example.com", dns.TypeTXT, "NOERROR RA; authority example.com. SOA 7"},
		{"no such name in a zone", "x.example.com", dns.TypeA, "NXDOMAIN RA; authority example.com. SOA 7"},
		{"no such zone", "random.invalid", dns.TypeA, "NXDOMAIN RA"},
		{"reverse name", "25.113.0.203.in-addr.arpa", dns.TypePTR,
			"NOERROR RA; 25.113.0.203.in-addr.arpa. PTR mail.example.com."},
		{"loop of aliases", "loop.example.com", dns.TypeA, "SERVFAIL RA"},
		{"delegated to nobody", "www.delegated.com", dns.TypeA, "SERVFAIL RA"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, s, func(t *testing.T, n *Internet) {
				q := question{server: "192.0.2.1", name: test.asks, rrtype: test.rrtype, transport: "udp", rd: true}
				if got := summary(mustExchange(t, n, q)); got != test.want {
					t.Errorf("\n got %s\nwant %s", got, test.want)
				}
			})
		})
	}
	inBubble(t, s, func(t *testing.T, n *Internet) {
		if n.Resolver().String() != "192.0.2.1:53" {
			t.Errorf("the resolver is at %v", n.Resolver())
		}
		q := question{server: "192.0.2.1", name: "example.com", rrtype: dns.TypeMX, transport: "udp"}
		if got := summary(mustExchange(t, n, q)); got != "REFUSED RA" {
			t.Errorf("without RD: %s", got)
		}
	})
}

func TestNegativeAnswersAreRememberedForTheMinimum(t *testing.T) {
	inBubble(t, load(t, zones), func(t *testing.T, n *Internet) {
		q := question{server: "192.0.2.53", name: "x.example.com", rrtype: dns.TypeA, transport: "udp"}
		if ttl := mustExchange(t, n, q).Ns[0].Header().Ttl; ttl != 60 {
			t.Errorf("TTL of the SOA in a negative answer is %d, want the minimum, 60", ttl)
		}
		q.name, q.rrtype = "example.com", dns.TypeSOA
		if ttl := mustExchange(t, n, q).Answer[0].Header().Ttl; ttl != defaultTTL {
			t.Errorf("TTL of the SOA itself is %d, want %d", ttl, defaultTTL)
		}
	})
}

func TestAnswersThatDoNotFitAreTruncated(t *testing.T) {
	tests := []struct {
		name      string
		transport string
		edns      uint16
		truncated bool
	}{
		{"without EDNS", "udp", 0, true},
		{"with a small EDNS size", "udp", 520, true},
		{"with a large EDNS size", "udp", 1232, false},
		{"over TCP", "tcp", 0, false},
	}
	s := load(t, zones)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, s, func(t *testing.T, n *Internet) {
				m := mustExchange(t, n, question{server: "192.0.2.53", name: "big.example.com", rrtype: dns.TypeTXT,
					transport: test.transport, edns: test.edns})
				if m.Truncated != test.truncated || (len(m.Answer) == 0) != test.truncated {
					t.Errorf("TC is %v with %d records, want TC %v", m.Truncated, len(m.Answer), test.truncated)
				}
				if (m.IsEdns0() != nil) != (test.edns > 0) {
					t.Errorf("OPT record in the answer: %v", m.IsEdns0())
				}
			})
		})
	}
}

// behaving is a scenario whose only server has manners.
func behaving(t *testing.T, manners string) *Scenario {
	t.Helper()
	return load(t, `
zones:
  - name: example.com
    servers: [ns.example.com]
    soa: {serial: 1}
    records: ns IN A 192.0.2.53
name_servers:
  - {address: 192.0.2.53, `+manners+`}
`)
}

func TestNameServerManners(t *testing.T) {
	const plain = "NOERROR AA; example.com. SOA 1"
	tests := []struct {
		manners             string
		udp, udpEDNS, byTCP string // a summary, or the name of an error
	}{
		{"behaves: []", plain, plain, plain},
		{"behaves: [servfail]", "SERVFAIL", "SERVFAIL", "SERVFAIL"},
		{"behaves: [refused]", "REFUSED", "REFUSED", "REFUSED"},
		{"behaves: [truncate]", "NOERROR TC", "NOERROR TC", plain},
		{"behaves: [no_tcp]", plain, plain, "refused"},
		{"behaves: [truncate, no_tcp]", "NOERROR TC", "NOERROR TC", "refused"},
		{"behaves: [no_edns]", plain, "FORMERR", plain},
		{"behaves: [edns: notimp]", plain, "NOTIMP", plain},
		{"behaves: [edns: servfail]", plain, "SERVFAIL", plain},
		{"behaves: [edns: refused]", plain, "REFUSED", plain},
		{"behaves: [edns: badvers]", plain, "BADSIG", plain}, // the library's other name of the code
		{"behaves: [not_authoritative]", "NOERROR; example.com. SOA 1", "NOERROR; example.com. SOA 1",
			"NOERROR; example.com. SOA 1"},
		{"behaves: [silent]", "timeout", "timeout", "no connection"},
		{"behaves: [slow: 2s]", plain, plain, plain},
		{"behaves: [slow: 4s]", "timeout", "timeout", "timeout"},
		{"soa: {serial: 9}", "NOERROR AA; example.com. SOA 9", "NOERROR AA; example.com. SOA 9",
			"NOERROR AA; example.com. SOA 9"},
	}
	for _, test := range tests {
		t.Run(test.manners, func(t *testing.T) {
			inBubble(t, behaving(t, test.manners), func(t *testing.T, n *Internet) {
				q := question{server: "192.0.2.53", name: "example.com", rrtype: dns.TypeSOA, transport: "udp"}
				for _, leg := range []struct {
					transport string
					edns      uint16
					want      string
				}{{"udp", 0, test.udp}, {"udp", 1232, test.udpEDNS}, {"tcp", 0, test.byTCP}} {
					q.transport, q.edns = leg.transport, leg.edns
					reply, err := exchange(t, n, q)
					if got := outcome(reply, err); got != leg.want {
						t.Errorf("%s, EDNS %d: got %s, want %s", leg.transport, leg.edns, got, leg.want)
					}
				}
			})
		})
	}
}

// outcome names an error, or sums the answer up.
func outcome(m *dns.Msg, err error) string {
	var operation *net.OpError
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.As(err, &operation) && operation.Op == "dial":
		return "no connection"
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "timeout"
	case err != nil:
		return err.Error()
	}
	return summary(m)
}

func TestASlowServerTakesItsTime(t *testing.T) {
	s := behaving(t, "behaves: [slow: 2s]")
	s.latency = 20 * time.Millisecond
	inBubble(t, s, func(t *testing.T, n *Internet) {
		start := time.Now()
		mustExchange(t, n, question{server: "192.0.2.53", name: "example.com", rrtype: dns.TypeSOA, transport: "udp"})
		if took := time.Since(start); took != 2040*time.Millisecond {
			t.Errorf("took %v", took)
		}
	})
}

func TestAServerWithoutZonesRefuses(t *testing.T) {
	s := load(t, `
zones:
  - name: com
    records: |
      example.com. IN NS lame.example.com.
      lame.example.com. IN A 192.0.2.66
name_servers: [{address: 192.0.2.66}]
`)
	inBubble(t, s, func(t *testing.T, n *Internet) {
		q := question{server: "192.0.2.66", name: "example.com", rrtype: dns.TypeSOA, transport: "udp"}
		if got := summary(mustExchange(t, n, q)); got != "REFUSED" {
			t.Errorf("got %s", got)
		}
	})
}

func TestTheResolverCanMisbehave(t *testing.T) {
	s := load(t, "zones: [{name: example.com}]\nname_servers: [{address: 192.0.2.1, behaves: [servfail]}]\n")
	inBubble(t, s, func(t *testing.T, n *Internet) {
		q := question{server: "192.0.2.1", name: "example.com", rrtype: dns.TypeSOA, transport: "udp", rd: true}
		if got := summary(mustExchange(t, n, q)); got != "SERVFAIL RA" {
			t.Errorf("got %s", got)
		}
	})
}

func TestWhatIsNoQuestionIsDroppedOrRefused(t *testing.T) {
	inBubble(t, behaving(t, "behaves: []"), func(t *testing.T, n *Internet) {
		ask := func(wire []byte) string {
			conn, err := n.DialContext(t.Context(), "udp", "192.0.2.53:53")
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(time.Second))
			conn.Write(wire)
			reply, err := (&dns.Conn{Conn: conn}).ReadMsg()
			return outcome(reply, err)
		}
		message := func(change func(*dns.Msg)) []byte {
			m := new(dns.Msg).SetQuestion("example.com.", dns.TypeSOA)
			change(m)
			wire, err := m.Pack()
			if err != nil {
				t.Fatal(err)
			}
			return wire
		}
		for name, test := range map[string]struct {
			wire []byte
			want string
		}{
			"garbage":      {[]byte("GET / HTTP/1.0\r\n"), "timeout"},
			"empty":        {nil, "timeout"},
			"an answer":    {message(func(m *dns.Msg) { m.Response = true }), "timeout"},
			"no question":  {message(func(m *dns.Msg) { m.Question = nil }), "FORMERR"},
			"an update":    {message(func(m *dns.Msg) { m.Opcode = dns.OpcodeUpdate }), "NOTIMP"},
			"class CHAOS":  {message(func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassCHAOS }), "REFUSED"},
			"a good query": {message(func(*dns.Msg) {}), "NOERROR AA; example.com. SOA 1"},
		} {
			if got := ask(test.wire); got != test.want {
				t.Errorf("%s: got %s, want %s", name, got, test.want)
			}
		}
	})
}

func TestQueriesAreNoted(t *testing.T) {
	inBubble(t, behaving(t, "behaves: [silent]"), func(t *testing.T, n *Internet) {
		_, _ = exchange(t, n, question{"192.0.2.53", "EXAMPLE.com", dns.TypeSOA, "udp", false, 0})
		_, _ = exchange(t, n, question{"192.0.2.1", "example.com", dns.TypeMX, "tcp", true, 0})
		want := []Query{
			{"192.0.2.53", "example.com", "SOA", "udp", false},
			{"192.0.2.1", "example.com", "MX", "tcp", true},
		}
		got := n.Queries()
		if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}
