package app_test

import (
	"strings"
	"testing"
)

// Glue that a parent's old server leaves out of a datagram without a word is there over TCP. Where that does not come, nobody
// knows whether it is missing.
var omittedGlueTests = []delegationTest{
	{"over TCP it is there", parents(delegatedZone{}, "omits_glue"), "dns/glue-mismatch", "false_positive", "changed", "", ""},
	{"one server leaves it out", delegatedZone{manners: behaving("192.0.2.11", "omits_glue")}, "dns/glue-mismatch", "false_positive", "changed", "", ""},
	{"the zone is found", parents(delegatedZone{}, "omits_glue"), "dns/ns-unresolvable", "false_positive", "changed", "", ""},
	{"over TCP it is not there either", parents(delegatedZone{parent: strings.Replace(rightParent, "ns1.example.com. 172800 IN A 192.0.2.53\n", "", 1)}, "omits_glue"),
		"dns/glue-mismatch", "confirmed", "", "medium", "ns1.example.com"},
	{"no TCP", delegatedZone{manners: behaving("192.0.2.11", "omits_glue", "no_tcp")}, "dns/glue-mismatch", "inconclusive", "", "", "a.tld.example"},
	{"wrong over TCP", parents(delegatedZone{parent: strings.Replace(rightParent, "192.0.2.53", "192.0.2.66", 1)}, "omits_glue"),
		"dns/glue-mismatch", "confirmed", "", "high", "ns1.example.com 192.0.2.66"},
}

func TestGlueLeftOutOfDatagrams(t *testing.T) {
	for _, test := range omittedGlueTests {
		t.Run(strings.TrimPrefix(test.rule, "dns/")+"/"+test.name, func(t *testing.T) { test.run(t) })
	}
}
