package dnsprobe

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

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
			if dnsanswer.Record(s) == nil {
				t.Errorf("does not read back: %q", s)
			}
		}
		if len(x.Answer) > maxRecords || len(x.Authority) > maxRecords || size > maxText {
			t.Errorf("%d and %d records with %d bytes kept", len(x.Answer), len(x.Authority), size)
		}
		found := dnsanswer.Records(x, "MX")
		if trouble := dnsanswer.Trouble([]evidence.Exchange{x}); trouble == nil && len(found) == 0 {
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
			if soa, ok := dnsanswer.Records(x, "SOA")[0].(*dns.SOA); !ok || int(soa.Serial) != step.want || x.Round != step.round {
				t.Errorf("round %d: %v (round %d), want serial %d", step.round, x.Answer, x.Round, step.want)
			}
		}
	})
}
