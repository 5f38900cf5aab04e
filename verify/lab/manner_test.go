package lab

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

const twoServers = `
zones:
  - name: example.com
    servers: [ns1.example.com, ns2.example.com]
    soa: {serial: 5}
    records: |
      @    IN MX 10 mail
      ns1  IN A 192.0.2.53
      ns2  IN A 192.0.2.54
      ns3  IN A 192.0.2.55
      mail IN A 203.0.113.25
  - name: example.net
    servers: [ns.example.net]
    soa: {serial: 6}
    records: |
      ns   IN A 192.0.2.56
      host IN A 203.0.113.80
`

const (
	ns1, ns2, ns3 = "192.0.2.53", "192.0.2.54", "192.0.2.55"
	resolver      = "192.0.2.1"
)

func TestAServerThatDeniesEverything(t *testing.T) {
	for how, want := range map[string]string{"nxdomain": "NXDOMAIN AA", "nxdomain-soa": "NXDOMAIN AA; authority example.com. SOA 5",
		"nodata": "NOERROR AA", "nodata-soa": "NOERROR AA; authority example.com. SOA 5"} {
		s := load(t, "name_servers: [{address: 192.0.2.54, behaves: [denies: "+how+"]}]\n"+twoServers)
		checkAnswers(t, s, []asked{
			{how + ": the others keep the zone", ns1, "example.com", dns.TypeMX, "NOERROR AA; example.com. MX 10 mail.example.com."},
			{how + ": a name", ns2, "mail.example.com", dns.TypeA, want},
			{how + ": the zone itself", ns2, "example.com", dns.TypeSOA, want},
		})
	}
}

func TestAServerHasAContentOfItsOwn(t *testing.T) {
	s := load(t, `
name_servers:
  - address: 192.0.2.54
    zones:
      - name: example.com
        servers: [ns2.example.com, ns3.example.com]
        soa: {serial: 4}
        records: "@ IN MX 20 other.example.net."
  - {address: 192.0.2.55, zones: [{name: example.com, servers: [ns3.example.com]}, {name: example.org}]}
`+twoServers)
	checkAnswers(t, s, []asked{
		{"the others keep the zone", ns1, "example.com", dns.TypeMX, "NOERROR AA; example.com. MX 10 mail.example.com."},
		{"other data", ns2, "example.com", dns.TypeMX, "NOERROR AA; example.com. MX 20 other.example.net."},
		{"other servers", ns2, "example.com", dns.TypeNS,
			"NOERROR AA; example.com. NS ns2.example.com.; example.com. NS ns3.example.com."},
		{"another serial", ns2, "example.com", dns.TypeSOA, "NOERROR AA; example.com. SOA 4"},
		{"what its records do not hold", ns2, "mail.example.com", dns.TypeA, "NXDOMAIN AA; authority example.com. SOA 4"},
		{"a server that no NS record names", ns3, "example.com", dns.TypeNS, "NOERROR AA; example.com. NS ns3.example.com."},
		{"what is left out is as everywhere", ns3, "example.com", dns.TypeMX,
			"NOERROR AA; example.com. MX 10 mail.example.com."},
		{"and so is the SOA record", ns3, "example.com", dns.TypeSOA, "NOERROR AA; example.com. SOA 5"},
		{"a zone that nobody else has", ns3, "example.org", dns.TypeSOA, "NOERROR AA; example.org. SOA 2000010101"},
		{"the resolver has not heard of any", resolver, "example.com", dns.TypeSOA, "NOERROR RA; example.com. SOA 5"},
	})
}

func TestAParentDelegatesInWhateverContentItHas(t *testing.T) {
	s := load(t, `
zones:
  - {name: com, servers: [a.com, b.com, c.com], records: "a A 192.0.2.61\nb A 192.0.2.62\nc A 192.0.2.63"}
  - {name: example.com, servers: [ns.example.com], records: ns A 192.0.2.53}
name_servers:
  - {address: 192.0.2.62, zones: [{name: com, soa: {serial: 2}}]}
  - address: 192.0.2.63
    zones: [{name: com, records: "example NS ns.old.example.com.\nns.old.example A 192.0.2.99"}]
`)
	referral := "NOERROR; authority example.com. NS ns.example.com.; additional ns.example.com. A 192.0.2.53"
	checkAnswers(t, s, []asked{
		{"the zone", "192.0.2.61", "www.example.com", dns.TypeA, referral},
		{"a copy with another serial", "192.0.2.62", "www.example.com", dns.TypeA, referral},
		{"a copy with another delegation", "192.0.2.63", "www.example.com", dns.TypeA,
			"NOERROR; authority example.com. NS ns.old.example.com.; additional ns.old.example.com. A 192.0.2.99"},
	})
}

func TestMannersOfServers(t *testing.T) {
	const plain = "NOERROR AA; example.com. SOA 5"
	tests := []struct {
		manners             string
		udp, udpEDNS, byTCP string
	}{
		{"behaves: [lame]", "REFUSED", "REFUSED", "REFUSED"},
		{"behaves: [no_udp]", "timeout", "timeout", plain},
		{"behaves: [silent_tcp]", plain, plain, "no connection"},
		{"behaves: [drops_edns]", plain, "timeout", plain},
		{"behaves: [drops: 1]", "timeout", "timeout", plain},
		{"behaves: [drops: 2]", plain, "timeout", plain},
		{"behaves: [recursion_available]", "NOERROR AA RA; example.com. SOA 5", "NOERROR AA RA; example.com. SOA 5",
			"NOERROR AA RA; example.com. SOA 5"},
		{"behaves: [recursive]", "NOERROR AA RA; example.com. SOA 5", "NOERROR AA RA; example.com. SOA 5",
			"NOERROR AA RA; example.com. SOA 5"},
		{"behaves: [upward]",
			"NOERROR; authority . NS a.root-servers.net.; additional a.root-servers.net. A 192.0.2.254",
			"NOERROR; authority . NS a.root-servers.net.; additional a.root-servers.net. A 192.0.2.254",
			"NOERROR; authority . NS a.root-servers.net.; additional a.root-servers.net. A 192.0.2.254"},
		{"behaves: [drip: 1ms]", plain, plain, plain},
		{"behaves: [drip: 1s]", plain, plain, "timeout"},
		{"soa: {serial: 9}", "NOERROR AA; example.com. SOA 9", "NOERROR AA; example.com. SOA 9",
			"NOERROR AA; example.com. SOA 9"},
		{"zones: [{name: example.com, soas: 2}]", "NOERROR AA; example.com. SOA 5; example.com. SOA 6",
			"NOERROR AA; example.com. SOA 5; example.com. SOA 6", "NOERROR AA; example.com. SOA 5; example.com. SOA 6"},
		{"spoofs: \"example.net. NS evil.invalid.\\nns.example.net. A 203.0.113.66\"",
			plain + "; authority example.net. NS evil.invalid.; additional ns.example.net. A 203.0.113.66",
			plain + "; authority example.net. NS evil.invalid.; additional ns.example.net. A 203.0.113.66",
			plain + "; authority example.net. NS evil.invalid.; additional ns.example.net. A 203.0.113.66"},
	}
	for _, test := range tests {
		t.Run(test.manners, func(t *testing.T) {
			s := load(t, twoServers+"name_servers: [{address: 192.0.2.53, "+test.manners+"}]\n")
			inBubble(t, s, func(t *testing.T, n *Internet) {
				q := question{server: ns1, name: "example.com", rrtype: dns.TypeSOA}
				for _, leg := range []struct {
					transport string
					edns      uint16
					want      string
				}{{"udp", 0, test.udp}, {"udp", 1232, test.udpEDNS}, {"tcp", 0, test.byTCP}} {
					q.transport, q.edns = leg.transport, leg.edns
					if got := outcome(exchange(t, n, q)); got != leg.want {
						t.Errorf("%s, EDNS %d:\n got %s\nwant %s", leg.transport, leg.edns, got, leg.want)
					}
				}
			})
		})
	}
}

// rawExchange asks without checking that the answer belongs to the question.
func rawExchange(t *testing.T, n *Internet, server, transport string, query *dns.Msg) *dns.Msg {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	conn, err := n.DialContext(ctx, transport, net.JoinHostPort(server, "53"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(3 * time.Second))
	framed := &dns.Conn{Conn: conn}
	if err := framed.WriteMsg(query); err != nil {
		t.Fatal(err)
	}
	reply, err := framed.ReadMsg()
	if err != nil {
		t.Fatal(err)
	}
	return reply
}

func TestAnswersThatBelongToNoQuestion(t *testing.T) {
	for word, wrong := range map[string]func(query, reply *dns.Msg) bool{
		"wrong_id": func(query, reply *dns.Msg) bool {
			return reply.Id != query.Id && reply.Question[0] == query.Question[0]
		},
		"wrong_question": func(query, reply *dns.Msg) bool {
			return reply.Id == query.Id && reply.Question[0].Name == "wrong.invalid."
		},
	} {
		inBubble(t, load(t, twoServers+"name_servers: [{address: 192.0.2.53, behaves: ["+word+"]}]\n"),
			func(t *testing.T, n *Internet) {
				for _, transport := range []string{"udp", "tcp"} {
					query := new(dns.Msg).SetQuestion("example.com.", dns.TypeSOA)
					reply := rawExchange(t, n, ns1, transport, query)
					if !wrong(query, reply) || len(reply.Answer) != 1 {
						t.Errorf("%s over %s: %v", word, transport, reply)
					}
				}
			})
	}
}

func TestADrippingServerTakesASecondForEachByte(t *testing.T) {
	s := load(t, twoServers+"name_servers: [{address: 192.0.2.53, behaves: [drip: 20ms]}]\n")
	inBubble(t, s, func(t *testing.T, n *Internet) {
		start := time.Now()
		reply := mustExchange(t, n, question{ns1, "example.com", dns.TypeSOA, "tcp", false, 0})
		if took, want := time.Since(start), time.Duration(reply.Len()+2)*20*time.Millisecond; took > want || took < want/2 {
			t.Errorf("took %v for %d bytes", took, reply.Len())
		}
	})
}

func TestAServerThatResolvesForStrangers(t *testing.T) {
	s := load(t, twoServers+"  - {name: com, servers: [ns1.example.com], soa: {serial: 8}}\n"+
		"name_servers: [{address: 192.0.2.54, behaves: [recursive]}]\n")
	tests := []struct {
		server, name string
		rd           bool
		want         string
	}{
		{ns2, "host.example.net", true, "NOERROR RA; host.example.net. A 203.0.113.80"},
		{ns2, "random.example.net", true, "NXDOMAIN RA; authority example.net. SOA 6"},
		{ns2, "random.com", true, "NXDOMAIN RA; authority com. SOA 8"}, // ns2 holds only a zone below
		{ns2, "random.invalid", true, "NXDOMAIN RA; authority . SOA 2000010101"},
		{ns2, "mail.example.com", true, "NOERROR AA RA; mail.example.com. A 203.0.113.25"},
		{ns2, "host.example.net", false, "REFUSED RA"},
		{ns1, "host.example.net", true, "REFUSED"},
	}
	inBubble(t, s, func(t *testing.T, n *Internet) {
		for _, test := range tests {
			for _, transport := range []string{"udp", "tcp"} {
				got := outcome(exchange(t, n, question{test.server, test.name, dns.TypeA, transport, test.rd, 0}))
				if got != test.want {
					t.Errorf("%s at %s, RD %v:\n got %s\nwant %s", test.name, test.server, test.rd, got, test.want)
				}
			}
		}
	})
}

// transferredZone asks for a zone and counts messages, records and SOA records; code is that of the first message.
func transferredZone(t *testing.T, n *Internet, server, name string) (messages, records, soas, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	conn, err := n.DialContext(ctx, "tcp", net.JoinHostPort(server, "53"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(3 * time.Second))
	framed := &dns.Conn{Conn: conn}
	if err := framed.WriteMsg(new(dns.Msg).SetAxfr(name)); err != nil {
		t.Fatal(err)
	}
	for soas < 2 {
		m, err := framed.ReadMsg()
		if err != nil {
			t.Fatal(err)
		}
		if messages++; m.Rcode != dns.RcodeSuccess {
			return messages, records, soas, m.Rcode
		}
		for _, rr := range m.Answer {
			if records++; rr.Header().Rrtype == dns.TypeSOA {
				soas++
			}
		}
	}
	return messages, records, soas, dns.RcodeSuccess
}

func TestZoneTransfer(t *testing.T) {
	many := "zones: [{name: example.org, records: \"" + strings.Repeat("x A 192.0.2.8\\n", 1)
	for i := range 50 {
		many += "x" + itoa(i) + " A 192.0.2.8\\n"
	}
	s := load(t, twoServers+"name_servers: [{address: 192.0.2.54, behaves: [transfer], "+many+"\"}]}]\n")
	inBubble(t, s, func(t *testing.T, n *Internet) {
		for _, test := range []struct {
			server, name                  string
			messages, records, soas, code int
		}{
			{ns2, "example.com.", 2, 9, 2, dns.RcodeSuccess},
			{ns2, "example.org.", 4, 53, 2, dns.RcodeSuccess},
			{ns2, "mail.example.com.", 1, 0, 0, dns.RcodeRefused}, // no zone
			{ns2, "example.net.", 1, 0, 0, dns.RcodeRefused},
			{ns1, "example.com.", 1, 0, 0, dns.RcodeRefused},
		} {
			messages, records, soas, code := transferredZone(t, n, test.server, test.name)
			if messages != test.messages || records != test.records || soas != test.soas || code != test.code {
				t.Errorf("%s of %s: %d messages, %d records, %d SOA, code %d", test.name, test.server, messages, records,
					soas, code)
			}
		}
		q := question{server: ns2, name: "example.com", rrtype: dns.TypeAXFR, transport: "udp"}
		if got := outcome(exchange(t, n, q)); got != "REFUSED" {
			t.Errorf("over UDP: %s", got)
		}
	})
}

func TestServersThatChangeWithTime(t *testing.T) {
	s := load(t, twoServers+`
name_servers:
  - {address: 192.0.2.53, soa: {serial: 7}}
  - {address: 192.0.2.54, after: 20s, soa: {serial: 7}, zones: [{name: example.com, records: "@ MX 5 new"}]}
  - {address: 192.0.2.53, after: 10s, behaves: [lame]}
  - {address: 192.0.2.53, after: 30s, behaves: []}
  - {address: 192.0.2.54, after: 40s, soa: {serial: 3, retry: 1s}}
  - {address: 192.0.2.56, behaves: [silent]}
  - {address: 192.0.2.56, after: 20s, behaves: [no_tcp]}
`)
	inBubble(t, s, func(t *testing.T, n *Internet) {
		soa := func(server, name string) string {
			return outcome(exchange(t, n, question{server, name, dns.TypeSOA, "udp", false, 0}))
		}
		const mx = "example.com. MX 5 new.example.com."
		began := time.Now()
		for _, step := range []struct {
			at         time.Duration
			one, two   string
			newContent bool
		}{
			{0, "NOERROR AA; example.com. SOA 7", "NOERROR AA; example.com. SOA 5", false},
			{10 * time.Second, "REFUSED", "NOERROR AA; example.com. SOA 5", false},
			{25 * time.Second, "REFUSED", "NOERROR AA; example.com. SOA 7", true},
			{35 * time.Second, "NOERROR AA; example.com. SOA 7", "NOERROR AA; example.com. SOA 7", true},
			{45 * time.Second, "NOERROR AA; example.com. SOA 7", "NOERROR AA; example.com. SOA 3", true},
		} {
			time.Sleep(step.at - time.Since(began))
			if one, two := soa(ns1, "example.com"), soa(ns2, "example.com"); one != step.one || two != step.two {
				t.Errorf("after %v: %s and %s", step.at, one, two)
			}
			got := summary(mustExchange(t, n, question{ns2, "example.com", dns.TypeMX, "tcp", false, 0}))
			if strings.Contains(got, mx) != step.newContent {
				t.Errorf("after %v: %s", step.at, got)
			}
		}
		if got := soa("192.0.2.56", "example.net"); got != "NOERROR AA; example.net. SOA 6" {
			t.Errorf("silent no more: %s", got)
		}
		q := question{"192.0.2.56", "example.net", dns.TypeSOA, "tcp", false, 0}
		if got := outcome(exchange(t, n, q)); got != "EOF" && !strings.Contains(got, "broken pipe") { // it closes, whether we wrote yet or not
			t.Errorf("over TCP: %s", got)
		}
	})
}

func TestRecordsOfDoubtfulMeaning(t *testing.T) {
	label := strings.Repeat("x", 60)
	long := label + "." + label + "." + label
	s := load(t, `
zones:
  - name: example.com
    servers: [ns.example.com]
    soa: {serial: 5}
    records: |
      @        IN CNAME example.net.
      @        IN MX 10 mail
      ns       IN A 192.0.2.53
      both     IN CNAME ns
      both     IN TXT "beside"
      old      IN DNAME new
      old      IN A 192.0.2.7
      a.b.new  IN A 192.0.2.9
      away     IN DNAME example.net.
      stretch  IN DNAME `+label+"."+label+`
      _25._tcp.mail IN TLSA 3 1 1 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
  - {name: example.net, servers: [ns.example.com], records: "@ A 203.0.113.80\nwww A 203.0.113.81"}
`)
	const server = "192.0.2.53"
	checkAnswers(t, s, []asked{
		{"an alias at the apex", server, "example.com", dns.TypeCNAME, "NOERROR AA; example.com. CNAME example.net."},
		{"what stands beside it", server, "example.com", dns.TypeMX, "NOERROR AA; example.com. MX 10 mail.example.com."},
		{"even the SOA record", server, "example.com", dns.TypeSOA, "NOERROR AA; example.com. SOA 5"},
		{"what does not", server, "example.com", dns.TypeTXT, "NOERROR AA; example.com. CNAME example.net."},
		{"beside data", server, "both.example.com", dns.TypeTXT, `NOERROR AA; both.example.com. TXT "beside"`},
		{"both", server, "both.example.com", dns.TypeANY,
			`NOERROR AA; both.example.com. CNAME ns.example.com.; both.example.com. TXT "beside"`},
		{"the resolver at the apex", resolver, "example.com", dns.TypeA,
			"NOERROR RA; example.com. CNAME example.net.; example.net. A 203.0.113.80"},

		{"DNAME", server, "a.b.old.example.com", dns.TypeA, "NOERROR AA; old.example.com. DNAME new.example.com.; " +
			"a.b.old.example.com. CNAME a.b.new.example.com.; a.b.new.example.com. A 192.0.2.9"},
		{"DNAME to what does not exist", server, "z.old.example.com", dns.TypeA,
			"NXDOMAIN AA; old.example.com. DNAME new.example.com.; z.old.example.com. CNAME z.new.example.com.; " +
				"authority example.com. SOA 5"},
		{"the owner of the DNAME record", server, "old.example.com", dns.TypeA, "NOERROR AA; old.example.com. A 192.0.2.7"},
		{"the record itself", server, "old.example.com", dns.TypeDNAME,
			"NOERROR AA; old.example.com. DNAME new.example.com."},
		{"DNAME out of the zone", server, "www.away.example.com", dns.TypeA,
			"NOERROR AA; away.example.com. DNAME example.net.; www.away.example.com. CNAME www.example.net."},
		{"DNAME at the resolver", resolver, "www.away.example.com", dns.TypeA,
			"NOERROR RA; away.example.com. DNAME example.net.; www.away.example.com. CNAME www.example.net.; " +
				"www.example.net. A 203.0.113.81"},
		{"DNAME that makes a name too long", server, long + ".stretch.example.com", dns.TypeA,
			"YXDOMAIN AA; stretch.example.com. DNAME " + label + "." + label + ".example.com."},
		{"TLSA", server, "_25._tcp.mail.example.com", dns.TypeTLSA, "NOERROR AA; _25._tcp.mail.example.com. TLSA 3 1 1 " +
			"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"},
	})
}

func TestAuthenticData(t *testing.T) {
	s := load(t, `
zones:
  - name: example.com
    servers: [ns.example.com]
    signed: true
    records: |
      ns   IN A 192.0.2.53
      here IN CNAME ns
      away IN CNAME host.example.net.
  - {name: example.net, servers: [ns.example.com], records: host A 203.0.113.80}
name_servers: [{address: 192.0.2.1, lies: ns.example.com. TXT "lie"}]
`)
	for _, test := range []struct {
		server, name  string
		rrtype        uint16
		asksAD, wants bool
	}{
		{resolver, "ns.example.com", dns.TypeA, true, true},
		{resolver, "ns.example.com", dns.TypeA, false, false},
		{resolver, "here.example.com", dns.TypeA, true, true},
		{resolver, "away.example.com", dns.TypeA, true, false},
		{resolver, "nothing.example.com", dns.TypeA, true, true},
		{resolver, "ns.example.com", dns.TypeMX, true, true},
		{resolver, "host.example.net", dns.TypeA, true, false},
		{resolver, "random.invalid", dns.TypeA, true, false},
		{resolver, "ns.example.com", dns.TypeTXT, true, false},
		{"192.0.2.53", "ns.example.com", dns.TypeA, true, false},
	} {
		inBubble(t, s, func(t *testing.T, n *Internet) {
			query := new(dns.Msg).SetQuestion(dns.Fqdn(test.name), test.rrtype)
			query.AuthenticatedData = test.asksAD
			for _, transport := range []string{"udp", "tcp"} {
				if reply := rawExchange(t, n, test.server, transport, query); reply.AuthenticatedData != test.wants {
					t.Errorf("%+v over %s: %v", test, transport, reply)
				}
			}
		})
	}
}

func TestAResolverThatLies(t *testing.T) {
	s := load(t, twoServers+`
name_servers:
  - address: 192.0.2.1
    lies: |
      mail.example.com. IN A 203.0.113.66
      example.com.      IN NS ns.evil.example.net.
      ns1.example.com.  IN CNAME host.example.net.
    invents: 203.0.113.99
    zones: [{name: example.net, records: host A 203.0.113.81}]
`)
	checkAnswers(t, s, []asked{
		{"an address", resolver, "MAIL.example.com", dns.TypeA, "NOERROR RA; mail.example.com. A 203.0.113.66"},
		{"name servers", resolver, "example.com", dns.TypeNS, "NOERROR RA; example.com. NS ns.evil.example.net."},
		{"an alias", resolver, "ns1.example.com", dns.TypeA,
			"NOERROR RA; ns1.example.com. CNAME host.example.net.; host.example.net. A 203.0.113.81"},
		{"the truth for other types", resolver, "mail.example.com", dns.TypeAAAA,
			"NOERROR RA; authority example.com. SOA 5"},
		{"a stale zone", resolver, "host.example.net", dns.TypeA, "NOERROR RA; host.example.net. A 203.0.113.81"},
		{"a name in no zone", resolver, "random.invalid", dns.TypeA, "NOERROR RA; random.invalid. A 203.0.113.99"},
		{"a name in a zone", resolver, "random.example.com", dns.TypeA, "NOERROR RA; random.example.com. A 203.0.113.99"},
		{"only addresses are invented", resolver, "random.invalid", dns.TypeMX, "NOERROR RA"},
		{"the authoritative server knows better", ns1, "mail.example.com", dns.TypeA,
			"NOERROR AA; mail.example.com. A 203.0.113.25"},
	})
}

// TestMannersOnLoopback: what a server says falsely is moved to loopback like the truth, so that nothing leads outside.
func TestMannersOnLoopback(t *testing.T) {
	n, err := load(t, twoServers+`
name_servers:
  - address: 192.0.2.1
    lies: mail.example.com. IN A 203.0.113.66
    invents: 198.51.100.99
  - address: 192.0.2.53
    behaves: [silent_tcp, drops: 2]
    spoofs: ns.example.net. A 10.9.8.7
    zones: [{name: example.com, records: mail A 10.1.2.3}]
  - {address: 192.0.2.54, behaves: [transfer, drip: 1ms]}
`).OnLoopback()
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	ask := func(server, name, transport string) string {
		t.Helper()
		return outcome(exchange(t, n, question{server, name, dns.TypeA, transport, true, 0}))
	}
	for _, test := range []struct{ got, want string }{
		{ask(resolver, "mail.example.com", "udp"), "NOERROR RA; mail.example.com. A " + n.Address("203.0.113.66")},
		{ask(resolver, "random.invalid", "tcp"), "NOERROR RA; random.invalid. A " + n.Address("198.51.100.99")},
		{ask(ns1, "mail.example.com", "udp"), "NOERROR AA; mail.example.com. A " + n.Address("10.1.2.3") +
			"; additional ns.example.net. A " + n.Address("10.9.8.7")},
		{ask(ns2, "mail.example.com", "tcp"), "NOERROR AA; mail.example.com. A " + n.Address("203.0.113.25")},
	} {
		if test.got != test.want || strings.Contains(test.got, " A 1") && !strings.Contains(test.got, " A 127.") {
			t.Errorf("got %s, want %s", test.got, test.want)
		}
	}
}
