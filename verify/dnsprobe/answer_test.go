package dnsprobe

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
)

func TestRecords(t *testing.T) {
	chain := func(n int) (list []string) {
		for i := range n {
			list = append(list, fmt.Sprintf("a%d.example.com. 60 IN CNAME a%d.example.com.", i, i+1))
		}
		return append(list, fmt.Sprintf("a%d.example.com. 60 IN A 203.0.113.1", n))
	}
	reversed := chain(5)
	slices.Reverse(reversed)
	tests := []struct {
		name   string
		asked  string
		rrtype string
		answer []string
		want   []string
	}{
		{"several", "example.com", "MX",
			[]string{"example.com. 60 IN MX 5 a.example.com.", "example.com. 60 IN MX 6 b.example.com."},
			[]string{"5 a.example.com.", "6 b.example.com."}},
		{"other owner", "example.com", "A", []string{"example.net. 60 IN A 203.0.113.1"}, nil},
		{"other type", "example.com", "A", []string{"example.com. 60 IN AAAA 2001:db8::1"}, nil},
		{"other class", "example.com", "A", []string{"example.com. 60 CH A 203.0.113.1"}, nil},
		{"letter case", "example.com", "a", []string{"EXAMPLE.com. 60 IN A 203.0.113.1"}, []string{"203.0.113.1"}},
		{"chain in any order", "a0.example.com", "A", reversed, []string{"203.0.113.1"}},
		{"longest chain", "a0.example.com", "A", chain(16), []string{"203.0.113.1"}},
		{"chain too long", "a0.example.com", "A", chain(17), nil},
		{"loop", "a.example.com", "A",
			[]string{"a.example.com. 60 IN CNAME b.example.com.", "b.example.com. 60 IN CNAME a.example.com."}, nil},
		{"alias of itself", "a.example.com", "A", []string{"a.example.com. 60 IN CNAME a.example.com."}, nil},
		{"the alias", "a.example.com", "CNAME",
			[]string{"a.example.com. 60 IN CNAME b.example.com.", "b.example.com. 60 IN CNAME c.example.com."},
			[]string{"b.example.com."}},
		{"records besides the chain", "a.example.com", "A",
			[]string{"x.example.com. 60 IN A 203.0.113.9", "a.example.com. 60 IN CNAME b.example.com.",
				"b.example.com. 60 IN A 203.0.113.1"}, []string{"203.0.113.1"}},
		{"no records", "example.com", "A",
			[]string{"", "; only a comment", "nonsense", "example.com. 60 IN A 203.0.113.999", "example.com. 60 IN A",
				"example.com. 60 IN NOSUCH x", "\x00\xff", "$ORIGIN example.com."}, nil},
		{"record without data", "example.com", "MX", []string{"example.com. 60 IN MX"}, nil},
		{"good after bad", "example.com", "A", []string{"(", "example.com. 60 IN A 203.0.113.1"},
			[]string{"203.0.113.1"}},
		{"unknown type", "example.com", "NOSUCH", []string{"example.com. 60 IN A 203.0.113.1"}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			x := evidence.Exchange{Name: test.asked, Type: test.rrtype, Answer: test.answer}
			if got := rdata(Records(x, test.rrtype)); !slices.Equal(got, test.want) {
				t.Errorf("records %q, want %q", got, test.want)
			}
		})
	}
}

// A bundle of a stranger must not make us read files.
func TestRecordsIncludeNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "zone")
	if err := os.WriteFile(file, []byte("example.com. 60 IN TXT secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	x := evidence.Exchange{Name: "example.com", Type: "TXT", Answer: []string{"$INCLUDE " + file}}
	if got := Records(x, "TXT"); len(got) > 0 {
		t.Errorf("read %v from a file", got)
	}
}

func TestTrouble(t *testing.T) {
	soa := "example.com. 60 IN SOA ns1.example.com. hostmaster.example.com. 1 2 3 4 5"
	ns := "example.com. 60 IN NS ns1.example.com."
	mx := "example.com. 60 IN MX 10 mail.example.com."
	alias := "example.com. 60 IN CNAME example.net."
	tests := []struct {
		name     string
		resolver evidence.FailureKind // what it is from a resolver
		server   evidence.FailureKind // what it is from an authoritative server
		x        evidence.Exchange
	}{
		{"records", "", "", evidence.Exchange{RCode: "NOERROR", AA: true, Answer: []string{mx}}},
		{"records without authority", "", "", evidence.Exchange{RCode: "NOERROR", Answer: []string{mx}}},
		{"no data", evidence.NoData, evidence.NoData,
			evidence.Exchange{RCode: "NOERROR", AA: true, Authority: []string{soa}}},
		{"no data, no SOA", evidence.NoData, evidence.NoData, evidence.Exchange{RCode: "NOERROR", AA: true}},
		{"no data without authority", evidence.NoData, evidence.ServFail,
			evidence.Exchange{RCode: "NOERROR", Authority: []string{soa}}},
		{"no name", evidence.NXDomain, evidence.NXDomain, evidence.Exchange{RCode: "NXDOMAIN", AA: true}},
		{"no name without authority", evidence.NXDomain, evidence.ServFail, evidence.Exchange{RCode: "NXDOMAIN"}},
		{"referral", evidence.ServFail, evidence.ServFail,
			evidence.Exchange{RCode: "NOERROR", Authority: []string{ns}}},
		{"NS beside SOA is no referral", evidence.NoData, evidence.NoData,
			evidence.Exchange{RCode: "NOERROR", AA: true, Authority: []string{ns, soa}}},
		{"alias out of the zone", evidence.NoData, evidence.ServFail,
			evidence.Exchange{RCode: "NOERROR", AA: true, Answer: []string{alias}}},
		{"alias out of the zone, NXDOMAIN", evidence.NXDomain, evidence.ServFail,
			evidence.Exchange{RCode: "NXDOMAIN", AA: true, Answer: []string{alias}, Authority: []string{soa}}},
		{"alias within the server's zones", evidence.NXDomain, evidence.NXDomain,
			evidence.Exchange{RCode: "NXDOMAIN", AA: true, Answer: []string{alias},
				Authority: []string{strings.Replace(soa, "example.com.", "example.net.", 1)}}},
		{"NXDOMAIN with records", evidence.ServFail, evidence.ServFail,
			evidence.Exchange{RCode: "NXDOMAIN", AA: true, Answer: []string{mx}}},
		{"truncated", evidence.ServFail, evidence.ServFail,
			evidence.Exchange{RCode: "NOERROR", TC: true, AA: true, Answer: []string{mx}}},
		{"truncated no name", evidence.ServFail, evidence.ServFail,
			evidence.Exchange{RCode: "NXDOMAIN", TC: true, AA: true}},
		{"SERVFAIL with records", evidence.ServFail, evidence.ServFail,
			evidence.Exchange{RCode: "SERVFAIL", AA: true, Answer: []string{mx}}},
		{"no code", evidence.ServFail, evidence.ServFail, evidence.Exchange{AA: true}},
		{"failure", evidence.Reset, evidence.Reset,
			evidence.Exchange{Failure: &evidence.Failure{Kind: evidence.Reset}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for role, want := range map[evidence.Role]evidence.FailureKind{
				evidence.Resolver: test.resolver, evidence.Authoritative: test.server,
			} {
				x := test.x
				x.Name, x.Type, x.Role = "example.com", "MX", role
				if got := Trouble([]evidence.Exchange{x}); kind(got) != want {
					t.Errorf("%s: %+v, want %q", role, got, want)
				}
			}
		})
	}
	if Trouble(nil) == nil {
		t.Error("no exchange is no trouble")
	}
}

func TestTroubleTimes(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	xs := []evidence.Exchange{
		{At: at, Failure: &evidence.Failure{Kind: evidence.Timeout}},
		{At: at.Add(5 * time.Second), RCode: "NXDOMAIN", RTT: evidence.Seconds(time.Second)},
	}
	f := Trouble(xs)
	if f.At.D() != 6*time.Second || f.Waited.D() != time.Second {
		t.Errorf("at %v after %v, want 6s after 1s", f.At.D(), f.Waited.D())
	}
}

func TestReverseName(t *testing.T) {
	tests := map[string]string{
		"203.0.113.25":        "25.113.0.203.in-addr.arpa",
		"::ffff:203.0.113.25": "25.113.0.203.in-addr.arpa",
		"2001:db8::25":        "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
		"2001:db8::25%eth0":   "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
	}
	for address, want := range tests {
		if got := ReverseName(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
	if got := ReverseName(netip.Addr{}); got != "" {
		t.Errorf("zero address: %q", got)
	}
}

// What is kept of an answer must read back as the same record, of whichever type it is.
func TestTextsReadBack(t *testing.T) {
	for _, line := range []string{
		"example.com. 300 IN A 203.0.113.1", "example.com. 300 IN AAAA 2001:db8::1", "example.com. 300 IN MX 0 .",
		"*.example.com. 4294967295 IN A 203.0.113.1", "5/6.2.0.192.in-addr.arpa. 300 IN CNAME in-addr.arpa.",
		"example.com. 300 IN NS ns1.example.com.",
		"example.com. 300 IN SOA a.example.com. b\\.c.example.com. 4294967295 2 3 4 5",
		`example.com. 300 IN TXT "v=spf1 -all" "" "; \"\\ \255\000"`,
		"1.2.0.192.in-addr.arpa. 300 IN PTR mail.example.com.",
		"_25._tcp.example.com. 300 IN TLSA 3 1 1 " + strings.Repeat("ab", 32),
		`example.com. 300 IN CAA 0 issue "ca.example.net"`,
		"_sip._tcp.example.com. 300 IN SRV 1 2 3 sip.example.com.", "example.com. 300 IN TYPE65280 \\# 3 010203",
		`\000\032\@.example.com. 300 IN A 203.0.113.1`,
		"example.com. 300 IN LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m",
		`example.com. 300 IN HTTPS 1 . alpn="h2" ipv4hint="203.0.113.1"`,
	} {
		rr := newRR(line)
		wire := make([]byte, 2048)
		end, err := dns.PackRR(rr, wire, 0, nil, false)
		if err != nil {
			t.Fatal(err)
		}
		rr, _, _ = dns.UnpackRR(wire[:end], 0)
		s, ok := text(rr)
		back := parse(s)
		if !ok || back == nil || strings.Contains(s, "\t") {
			t.Errorf("%s became %q, which reads as %v", line, s, back)
			continue
		}
		again := make([]byte, 2048)
		endAgain, err := dns.PackRR(back, again, 0, nil, false)
		if err != nil || string(again[:endAgain]) != string(wire[:end]) {
			t.Errorf("%s became %q: other bytes", line, s)
		}
	}
}

// A record without data is not written as one with empty data.
func TestRecordWithoutData(t *testing.T) {
	for _, line := range []string{
		"example.com. 300 IN TXT x", "example.com. 300 IN A 203.0.113.1", "example.com. 300 IN NS a.",
	} {
		rr := newRR(line)
		h := *rr.Header()
		h.Rdlength = 0
		empty, _, err := dns.UnpackRRWithHeader(h, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		if s, ok := text(empty); ok {
			t.Errorf("%s without data became %q", line, s)
		}
	}
}

// FuzzRecord feeds the conversion with a message that has the right ID and question, and anything after them.
func FuzzRecord(f *testing.F) {
	query := question{role: evidence.Resolver, name: "example.com", rrtype: "MX"}.message(true)
	asked, err := (&dns.Msg{MsgHdr: query.MsgHdr, Question: query.Question}).Pack()
	if err != nil {
		f.Fatal(err)
	}
	for _, lines := range [][]string{
		{"example.com. 300 IN MX 10 mail.example.com."},
		{"example.com. 300 IN CNAME www.example.com.", "www.example.com. 300 IN MX 0 ."},
		{`example.com. 300 IN TXT "a\000b" "c;d"`},
		{"example.com. 300 IN SOA a. b. 1 2 3 4 5", `example.com. 300 IN URI 1 2 "x"`,
			"example.com. 300 IN AAAA 2001:db8::1"},
	} {
		m := &dns.Msg{Question: query.Question}
		for _, line := range lines {
			m.Answer = append(m.Answer, newRR(line))
		}
		b, err := m.Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint16(0x8180), uint16(len(lines)), uint16(0), b[len(asked):], true)
		f.Add(uint16(0x8603), uint16(1), uint16(len(lines)-1), b[len(asked):], false)
	}
	f.Add(uint16(0x8000), uint16(1), uint16(0), []byte{0xc0, 29, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 192, 0, 2, 1}, true)
	f.Fuzz(func(t *testing.T, flags, answers, authority uint16, body []byte, datagram bool) {
		if len(body) > 65000 {
			return
		}
		raw := append(slices.Clone(asked), body...)
		binary.BigEndian.PutUint16(raw[2:], flags)
		binary.BigEndian.PutUint16(raw[6:], answers)
		binary.BigEndian.PutUint16(raw[8:], authority)
		x := evidence.Exchange{Role: evidence.Resolver, Transport: tcp, Name: "example.com", Type: "MX"}
		if datagram {
			x.Transport = udp
		}
		// The bytes alone, without any help, may be anything, too.
		record(&evidence.Exchange{Transport: udp}, query, body)
		ours, err := record(&x, query, raw)
		if response := flags&0xf800 == 0x8000; ours != response {
			t.Fatalf("flags %04x: ours %v", flags, ours)
		}
		if !ours {
			return
		}
		if err != nil {
			x.Failure = &evidence.Failure{Kind: kindOf(t.Context(), err, netip.Addr{})}
			if k := x.Failure.Kind; k != evidence.Malformed && k != evidence.TooLong {
				t.Errorf("%v is %q", err, k)
			}
		}
		size := 0
		for _, s := range slices.Concat(x.Answer, x.Authority) {
			size += len(s)
			if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Errorf("not one line of printable ASCII: %q", s)
			}
			if parse(s) == nil {
				t.Errorf("does not read back: %q", s)
			}
		}
		if len(x.Answer) > maxRecords || len(x.Authority) > maxRecords || size > maxText {
			t.Errorf("%d and %d records with %d bytes kept", len(x.Answer), len(x.Authority), size)
		}
		found := Records(x, "MX")
		if trouble := Trouble([]evidence.Exchange{x}); trouble == nil && len(found) == 0 {
			t.Error("neither records nor trouble")
		}
		for _, rr := range found {
			if rr.(*dns.MX).Mx == "" {
				t.Errorf("an MX record without a name: %v", rr)
			}
		}
	})
}

func TestAdditionalAndExtendedError(t *testing.T) {
	query := new(dns.Msg).SetQuestion("example.com.", dns.TypeNS)
	m := new(dns.Msg).SetReply(query)
	m.Extra = []dns.RR{newRR("ns1.example.com. 300 IN A 192.0.2.53")}
	m.SetEdns0(1232, false)
	m.IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_EDE{InfoCode: dns.ExtendedErrorCodeProhibited, ExtraText: "not\nfor you"}}
	raw, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	var x evidence.Exchange
	if ours, err := record(&x, query, raw); !ours || err != nil {
		t.Fatalf("ours %v, error %v", ours, err)
	}
	if want := []string{"ns1.example.com. 300 IN A 192.0.2.53"}; !slices.Equal(x.Additional, want) {
		t.Errorf("additional %q, want %q", x.Additional, want)
	}
	if x.EDE != "18: Prohibited: not\nfor you" {
		t.Errorf("extended error %q", x.EDE)
	}
}

// The library reads what is missing of an SOA record as zeros; here it is damage, with compressed names too.
func TestShortSOA(t *testing.T) {
	whole := func(compress bool) []byte {
		m := new(dns.Msg).SetQuestion("example.com.", dns.TypeSOA)
		m.Response, m.Compress = true, compress
		m.Answer = []dns.RR{newRR("example.com. 60 IN SOA ns1.example.com. hostmaster.example.com. 7 7200 3600 604800 3600")}
		raw, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	for _, compress := range []bool{false, true} {
		raw := whole(compress)
		if shortSOA(raw) {
			t.Errorf("compressed %v: a whole record is called short", compress)
		}
		names := len(raw) - 20
		for _, missing := range []int{4, 8, 12, 16, 20} {
			cut := slices.Clone(raw[:len(raw)-missing])
			length := int(binary.BigEndian.Uint16(cut[rdataLength(t, cut):])) - missing
			binary.BigEndian.PutUint16(cut[rdataLength(t, cut):], uint16(length))
			query := new(dns.Msg).SetQuestion("example.com.", dns.TypeSOA)
			query.Id = binary.BigEndian.Uint16(cut)
			var x evidence.Exchange
			x.Transport = udp
			ours, err := record(&x, query, cut)
			if !ours || err == nil {
				t.Errorf("compressed %v, %d octets missing of %d: taken for whole: %v", compress, missing, len(raw)-names, x.Answer)
			}
		}
	}
}

// rdataLength is where the length of the data of the only record stands.
func rdataLength(t *testing.T, raw []byte) int {
	t.Helper()
	_, question, err := dns.UnpackDomainName(raw, 12)
	if err != nil {
		t.Fatal(err)
	}
	_, owner, err := dns.UnpackDomainName(raw, question+4)
	if err != nil {
		t.Fatal(err)
	}
	return owner + 8 // type, class, TTL
}

// A question asked anew is a question of its own, and is remembered as such.
func TestAskAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		at := netip.MustParseAddrPort("192.0.2.53:53")
		serial := 6
		w.serve(t, at, false, func(q, reply *dns.Msg, network string) []*dns.Msg {
			serial++
			return records(fmt.Sprintf("example.com. 60 IN SOA ns1.example.com. h.example.com. %d 1 1 1 1", serial))(q, reply, network)
		})
		p := w.probe()
		server := evidence.Server{Name: "ns1.example.com", Address: "192.0.2.53"}
		for _, step := range []struct{ round, want int }{{0, 7}, {0, 7}, {1, 8}, {0, 7}, {1, 8}, {2, 9}} {
			xs := p.AskAnew(t.Context(), server, "example.com", "SOA", step.round)
			x := xs[len(xs)-1]
			if soa, ok := Records(x, "SOA")[0].(*dns.SOA); !ok || int(soa.Serial) != step.want || x.Round != step.round {
				t.Errorf("round %d: %v (round %d), want serial %d", step.round, x.Answer, x.Round, step.want)
			}
		}
	})
}
