package app_test

import (
	"strings"
	"testing"
)

// parents have the same manners at both servers of the parent zone.
func parents(zone delegatedZone, manners ...string) delegatedZone {
	zone.manners += behaving("192.0.2.11", manners...) + behaving("192.0.2.12", manners...)
	return zone
}

// A referral that does not fit a datagram comes over TCP (RFC 9471 section 3.1); one that comes nowhere proves nothing.
var truncatedTests = []delegationTest{
	{"over TCP", parents(delegatedZone{}, "truncate"), "dns/glue-mismatch", "false_positive", "changed", "", ""},
	{"over TCP", parents(delegatedZone{}, "truncate"), "dns/parent-child-mismatch", "false_positive", "changed", "", ""},
	{"over TCP, without glue", parents(delegatedZone{parent: strings.Replace(rightParent, "ns1.example.com. 172800 IN A 192.0.2.53\n", "", 1)}, "truncate"),
		"dns/glue-mismatch", "confirmed", "", "medium", "ns1.example.com"},
	{"too long for 512 octets, without EDNS", parents(manyServers(13), "no_edns"), "dns/glue-mismatch", "false_positive", "changed", "", ""},
	{"no TCP either", parents(delegatedZone{}, "truncate", "no_tcp"), "dns/glue-mismatch", "inconclusive", "", "", ""},
}

func TestTruncatedReferrals(t *testing.T) {
	for _, test := range truncatedTests {
		t.Run(strings.TrimPrefix(test.rule, "dns/")+"/"+test.name, func(t *testing.T) { test.run(t) })
	}
}
