package blocklist

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
)

// Whatever records a server gives, an entry is told only of codes within 127.0.0.0/8 that are neither 127.0.0.1 nor a refusal, and its
// text is short and whole.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{"127.0.0.2", "127.0.0.1", "127.255.255.254", "192.0.2.80", "127.0.0.2 127.0.0.10", "127.0.1.255", "::1", "127.0.0.254", "127.0.0.2 x"} {
		f.Add(seed, "listed, see there")
	}
	f.Add("127.0.0.2", strings.Repeat("é", 400))
	f.Fuzz(func(t *testing.T, codes, text string) {
		said := dnsanswer.Said{}
		for code := range strings.FieldsSeq(codes) {
			if addr, err := netip.ParseAddr(code); err == nil && addr.Is4() {
				said.Records = append(said.Records, &dns.A{Hdr: dns.RR_Header{Name: "x.", Rrtype: dns.TypeA, Class: dns.ClassINET}, A: addr.AsSlice()})
			}
		}
		for _, l := range append(slices.Clone(Lists()), kinds["few"], kinds["bits"], kinds["white"]) {
			r := l.read(said, "the entry")
			if !r.known() && (r.listed || len(r.codes) > 0 || r.why.Detail == "") || r.listed != (len(r.codes) > 0) {
				t.Fatalf("%s: %+v", l.Name, r)
			}
			for _, code := range r.codes {
				if !loopback.Contains(code) || code == noEntry || refusals.Contains(code) {
					t.Fatalf("%s takes %v for an entry", l.Name, code)
				}
			}
			if r.listed && (!slices.Contains(breadth[:4], l.scope(r.codes)) || len(l.meanings(r.codes)) != len(r.codes)) {
				t.Fatalf("%s blames %q", l.Name, l.scope(r.codes))
			}
		}
		if s := clip(text); len(s) > maxText+10 || !utf8.ValidString(s) {
			t.Fatalf("%d bytes: %q", len(s), s)
		}
	})
}
