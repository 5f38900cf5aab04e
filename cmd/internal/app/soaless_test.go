package app_test

import (
	"strings"
	"testing"
)

// soaless is what the first server has in place of the zone: no SOA record, and what is given.
func soaless(servers, records string) delegatedZone {
	return delegatedZone{manners: "  - address: 192.0.2.53\n    zones: [{name: example.com, servers: [" + servers + "], soas: 0, records: \"" + records + "\"}]\n"}
}

// A server with AA in its answers that has no SOA record, as load balancers do, is not one without the zone; one that has
// nothing at all is.
var soalessTests = []delegationTest{
	{"NS but no SOA", soaless("ns1.example.com, ns2.example.com", strings.ReplaceAll(rightOwn, "\n", `\n`)), "dns/ns-not-authoritative", "confirmed", "", "low", "no SOA record"},
	{"an address only", soaless("", "example.com. A 203.0.113.80"), "dns/ns-not-authoritative", "confirmed", "", "low", "no SOA record"},
	{"nothing at all", soaless("", "www.example.com. A 203.0.113.80"), "dns/ns-not-authoritative", "confirmed", "", "medium", "gives no other record"},
	{"NS but no SOA", soaless("ns1.example.com, ns2.example.com", strings.ReplaceAll(rightOwn, "\n", `\n`)), "dns/ns-unresponsive", "false_positive", "changed", "", ""},
	{"NS but no SOA", soaless("ns1.example.com, ns2.example.com", strings.ReplaceAll(rightOwn, "\n", `\n`)), "dns/parent-child-mismatch", "false_positive", "changed", "", ""},
}

func TestServersWithoutSOA(t *testing.T) {
	for _, test := range soalessTests {
		t.Run(strings.TrimPrefix(test.rule, "dns/")+"/"+test.name, func(t *testing.T) { test.run(t) })
	}
}
