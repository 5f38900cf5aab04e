package app_test

import (
	"strings"
	"testing"
)

// Servers that bear no EDNS are judged by what they say without it.
var spurnedTests = []delegationTest{
	{"SERVFAIL", delegatedZone{manners: behaving("192.0.2.53", "edns: servfail")}, "dns/ns-not-authoritative", "false_positive", "changed", "", ""},
	{"BADVERS", delegatedZone{manners: behaving("192.0.2.53", "edns: badvers")}, "dns/ns-not-authoritative", "false_positive", "changed", "", ""},
	{"REFUSED", delegatedZone{manners: behaving("192.0.2.53", "edns: refused")}, "dns/ns-not-authoritative", "false_positive", "changed", "", ""},
	{"all of them", delegatedZone{manners: behaving("192.0.2.53", "edns: servfail") + behaving("198.51.100.53", "edns: refused")},
		"dns/parent-child-mismatch", "false_positive", "changed", "", ""},
	{"the parent's too", parents(delegatedZone{}, "edns: servfail"), "dns/glue-mismatch", "false_positive", "changed", "", ""},
	{"over TCP", delegatedZone{manners: behaving("192.0.2.53", "edns: servfail")}, "dns/tcp-unavailable", "false_positive", "changed", "", ""},
	{"SERVFAIL with EDNS and without", delegatedZone{manners: behaving("192.0.2.53", "edns: servfail", "servfail")},
		"dns/ns-not-authoritative", "confirmed", "", "medium", "SERVFAIL"},
	{"BADVERS, and no zone", delegatedZone{manners: behaving("192.0.2.53", "edns: badvers", "refused")},
		"dns/ns-not-authoritative", "confirmed", "", "medium", "REFUSED"},
}

func TestServersThatSpurnEDNS(t *testing.T) {
	for _, test := range spurnedTests {
		t.Run(strings.TrimPrefix(test.rule, "dns/")+"/"+test.name, func(t *testing.T) { test.run(t) })
	}
}
