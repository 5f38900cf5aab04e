package lab

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"
)

func itoa(n int) string { return strconv.Itoa(n) }

const loopback = `
latency: 20ms
zones:
  - name: example.com
    servers: [ns.example.com]
    soa: {serial: 7}
    records: |
      @       IN MX 10 mail
      mail    IN A 203.0.113.25
      mail    IN AAAA 2001:db8::25
      ns      IN A 192.0.2.53
      ns6     IN AAAA 2001:db8::53
      twin    IN A 198.51.113.25
  - name: 113.0.203.in-addr.arpa
    servers: [ns.example.com]
    records: |
      25      IN PTR mail.example.com.
      26      IN CNAME 26.some
      26.some IN PTR second.example.com.
name_servers:
  - {address: 192.0.2.53, behaves: [truncate]}
smtp:
  - address: 203.0.113.25
    name: mail.example.com
    greeting: {delay: 50ms}
    drops_early_talkers: true
    starttls: true
    sequence:
      - {from_connection: 2, greeting: {delay: 30s}} # longer than any client here is held up before it speaks
      - {from_connection: 3, greeting: {delay: 50ms}, ehlo: {reply: none, then: reset}}
      - {from_connection: 4, greeting: {delay: 30s}}
  - {address: 203.0.113.26, connect: refused}
  - {address: "2001:db8::25", name: six.example.com}
`

// TestLoopback goes over real sockets; everything else is tested in memory, where time costs nothing.
func TestLoopback(t *testing.T) {
	n, err := load(t, loopback).OnLoopback()
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()

	ask := func(server, name string, rrtype uint16, transport string, rd bool) string {
		t.Helper()
		return summary(mustExchange(t, n, question{server, name, rrtype, transport, rd, 0}))
	}
	t.Run("addresses", func(t *testing.T) {
		for _, test := range []struct{ got, want string }{
			{n.Address("198.51.113.25"), "127.113.0.25"},
			{n.Address("203.0.113.25"), "127.113.1.25"}, // the lower network of the same third byte came first
			{n.Address("192.0.2.1"), "127.2.0.1"},
			{n.Address("mail.example.com"), "mail.example.com"},
			{n.Resolver().String(), "127.2.0.1:" + itoa(n.DNSPort())},
		} {
			if test.got != test.want {
				t.Errorf("got %s, want %s", test.got, test.want)
			}
		}
	})
	t.Run("dns", func(t *testing.T) {
		mapped := n.Address(mail)
		reverse, _ := dns.ReverseAddr(mapped)
		second, _ := dns.ReverseAddr(n.Address("203.0.113.26"))
		for _, test := range []struct{ name, got, want string }{
			{"A",
				ask("192.0.2.1", "mail.example.com", dns.TypeA, "udp", true),
				"NOERROR RA; mail.example.com. A " + mapped},
			{"no AAAA",
				ask("192.0.2.1", "mail.example.com", dns.TypeAAAA, "tcp", true),
				"NOERROR RA; authority example.com. SOA 7"},
			{"PTR",
				ask("192.0.2.1", reverse, dns.TypePTR, "udp", true),
				"NOERROR RA; " + reverse + " PTR mail.example.com."},
			{"truncated", ask("192.0.2.53", "example.com", dns.TypeMX, "udp", false), "NOERROR TC"},
			{"over TCP", ask("192.0.2.53", "example.com", dns.TypeMX, "tcp", false),
				"NOERROR AA; example.com. MX 10 mail.example.com."},
		} {
			if test.got != test.want {
				t.Errorf("%s: got %s, want %s", test.name, test.got, test.want)
			}
		}
		got := ask("192.0.2.1", second, dns.TypePTR, "udp", true)
		if !strings.HasSuffix(got, "PTR second.example.com.") {
			t.Errorf("PTR through an alias: %s", got)
		}
		if q := n.Queries(); len(q) != 6 || q[0].Server != "192.0.2.1" || q[3].Server != "192.0.2.53" {
			t.Errorf("queries: %v", q)
		}
	})
	t.Run("conversation", func(t *testing.T) {
		start := time.Now()
		c := dialSMTP(t, n, mail)
		c.expect(c.reply(), "220 mail.example.com")
		if took := time.Since(start); took < 50*time.Millisecond {
			t.Errorf("the greeting came after %v", took)
		}
		c.ask("EHLO probe.example.net")
		c.expect(c.ask("STARTTLS")[:3], "220")
		if err := tls.Client(c.Conn, &tls.Config{InsecureSkipVerify: true}).Handshake(); err != nil {
			t.Errorf("handshake: %v", err)
		}
		if got := n.Commands(mail); len(got) != 2 || n.Connections(mail) != 1 {
			t.Errorf("%d connections, commands %v", n.Connections(mail), got)
		}
	})
	t.Run("early talker", func(t *testing.T) {
		c := dialSMTP(t, n, mail)
		c.send("QUIT\r\n")
		c.expect(c.reply()[:3], "554")
		if got := strings.Join(n.EarlyTalkers(), "|"); got != "203.0.113.25: sent 6 bytes before the greeting" {
			t.Errorf("early talkers: %q", got)
		}
	})
	t.Run("reset", func(t *testing.T) {
		c := dialSMTP(t, n, mail)
		c.reply()
		c.send("EHLO probe.example.net\r\n")
		if _, err := io.ReadAll(c.in); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("refused", func(t *testing.T) {
		address := net.JoinHostPort(n.Address("203.0.113.26"), itoa(n.SMTPPort()))
		if _, err := n.DialContext(t.Context(), "tcp", address); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("close", func(t *testing.T) {
		c := dialSMTP(t, n, mail)
		start := time.Now()
		n.Close()
		if got := c.reply(); !strings.HasPrefix(got, "<") || time.Since(start) > 10*time.Second {
			t.Errorf("got %q after %v", got, time.Since(start))
		}
	})
}

func TestNetworksOnLoopback(t *testing.T) {
	m, err := mapNetworks([]network24{{203, 0, 113}, {198, 51, 100}, {10, 9, 113}, {203, 0, 113}, {10, 0, 0}})
	if err != nil {
		t.Fatal(err)
	}
	want := mapping{
		{10, 9, 113}: {127, 113, 0}, {203, 0, 113}: {127, 113, 1}, // the lower network comes first
		{198, 51, 100}: {127, 100, 0},
		{10, 0, 0}:     {127, 0, 1}, // 127.0.0.0/24 belongs to the machine
	}
	if len(m) != len(want) {
		t.Errorf("got %v, want %v", m, want)
	}
	for from, to := range want {
		if m[from] != to {
			t.Errorf("%v became %v, want %v", from, m[from], to)
		}
	}
	var many []network24
	for i := range 256 {
		many = append(many, network24{byte(i), 1, 0})
	}
	if _, err := mapNetworks(many); err == nil {
		t.Error("256 networks fit into 255 places")
	}
}

func TestWhatLoopbackCannotShow(t *testing.T) {
	for name, text := range map[string]string{
		"a silent host":          "resolver: 192.0.2.1\nsmtp: [{address: 203.0.113.25, connect: silent}]",
		"a large reverse zone":   "resolver: 192.0.2.1\nzones: [{name: 0.203.in-addr.arpa}]",
		"a resolver behind IPv6": "resolver: 2001:db8::1",
	} {
		s, err := Load("test.yaml", []byte("schema: "+Schema+"\n"+text))
		if err != nil {
			t.Fatal(err)
		}
		if n, err := s.OnLoopback(); err == nil {
			n.Close()
			t.Errorf("%s: no error", name)
		}
	}
}

func TestTheScenarioFilesStartOnLoopback(t *testing.T) {
	for _, name := range []string{"greeting-delay.yaml", "broken-host.yaml"} {
		n, err := scenario(t, name).OnLoopback()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		n.Close()
	}
}

// TestAddresses: whoever makes the addresses of a scenario his own has every one at which it would listen.
func TestAddresses(t *testing.T) {
	s := load(t, loopback)
	all := s.Addresses()
	for _, server := range s.nameServers() {
		if !slices.Contains(all, server.address) {
			t.Errorf("%v of a name server is missing", server.address)
		}
	}
	for _, h := range s.hosts {
		if !slices.Contains(all, h.address) {
			t.Errorf("%v of a mail host is missing", h.address)
		}
	}
	if !slices.Contains(all, s.resolver) || !slices.IsSortedFunc(all, netip.Addr.Compare) {
		t.Errorf("%v", all)
	}
}
