package reading

import (
	"fmt"
	"testing"

	"github.com/miekg/dns"
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
