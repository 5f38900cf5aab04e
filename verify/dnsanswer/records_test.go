package dnsanswer

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

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
		s, ok := Text(rr)
		back := Record(s)
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
		if s, ok := Text(empty); ok {
			t.Errorf("%s without data became %q", line, s)
		}
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
