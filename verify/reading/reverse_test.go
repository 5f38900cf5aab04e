package reading

import (
	"cmp"
	"fmt"
	"testing"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// Reverse names that are looked up are few, whatever an address lists.
func TestReverseNamesWorthALook(t *testing.T) {
	var ptr []dns.RR
	for i := range 3 * MaxReverseNames {
		ptr = append(ptr, &dns.PTR{Hdr: dns.RR_Header{Name: "1.2.0.192.in-addr.arpa.", Rrtype: dns.TypePTR}, Ptr: fmt.Sprintf("m%02d.example.com.", i)})
	}
	if got := ReverseNames(ptr); len(got) != MaxReverseNames {
		t.Errorf("%d reverse names, want %d", len(got), MaxReverseNames)
	}
}

// Saved evidence may hold anything for an address. What is none has no reverse name, and no answer to a question for another one is taken
// for its own.
func TestReverseNamesOfNoAddress(t *testing.T) {
	const reverse = "25.113.0.203.in-addr.arpa"
	b := &evidence.Bundle{}
	for _, name := range []string{reverse, "", "."} {
		b.Exchanges = append(b.Exchanges, evidence.Exchange{Role: evidence.Resolver, Server: "192.0.2.1:53", Name: name, Type: "PTR", RCode: "NOERROR",
			Answer: []string{cmp.Or(name, ".") + " 300 IN PTR mail.example.com."}})
	}
	b.Exchanges[0].Answer[0] = reverse + ". 300 IN PTR mail.example.com."
	for address, want := range map[string]int{"203.0.113.25": 1, "": 0, "mail.example.com": 0, "203.0.113.256": 0, "203.0.113.25:25": 0} {
		names, w := (&Reading{Bundle: b}).ReverseNamesOf(address)
		if len(names) != want || w.Known() != (want > 0) || want == 0 && w.Why.Code != facts.Untested {
			t.Errorf("%q: %q, %q", address, names, w.Why.Code)
		}
	}
}
