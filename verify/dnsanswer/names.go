package dnsanswer

import (
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// Bare writes a name as it stands in evidence: lower case, without the final dot, "." for the root. Letter case has no meaning in a
// name (RFC 1035 section 2.3.3, RFC 4343), so that equal names are equal texts.
func Bare(name string) string {
	if name == "." {
		return name
	}
	return strings.TrimSuffix(strings.ToLower(name), ".")
}

// Within tells whether a name is a zone's apex or below it. Both are as they stand in evidence. The dot keeps notexample.com out of
// example.com.
func Within(name, zone string) bool {
	return zone == "." || name == zone || strings.HasSuffix(name, "."+zone)
}

// ReverseName returns the name at which the PTR records of an address stand (RFC 1035 section 3.5, RFC 3596 section
// 2.5), without the final dot; "" for the zero address.
func ReverseName(addr netip.Addr) string {
	// The zone of a link-local address is no part of it on the wire.
	name, err := dns.ReverseAddr(addr.WithZone("").String())
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(name, ".")
}

// AddressesIn returns the addresses in A and AAAA records; other records are passed over.
func AddressesIn(records []dns.RR) []netip.Addr {
	var list []netip.Addr
	for _, rr := range records {
		if addr, ok := Address(rr); ok {
			list = append(list, addr)
		}
	}
	return list
}

// AddressTexts is AddressesIn, written as evidence has addresses. They are in canonical form (RFC 5952), so that they can be
// compared as texts.
func AddressTexts(records []dns.RR) []string {
	var list []string
	for _, addr := range AddressesIn(records) {
		list = append(list, addr.String())
	}
	return list
}

// Address returns the address of an A or AAAA record.
func Address(rr dns.RR) (addr netip.Addr, ok bool) {
	switch rr := rr.(type) {
	// A record whose data are damaged has an address of another length, or none.
	case *dns.A:
		addr, ok = netip.AddrFromSlice(rr.A.To4())
	case *dns.AAAA:
		addr, ok = netip.AddrFromSlice(rr.AAAA.To16())
	}
	return addr, ok
}
