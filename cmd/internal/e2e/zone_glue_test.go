package e2e

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
	{"an IPv6 address, and no TCP", parents(delegatedZone{parent: rightParent, records: rightOwn + "ns1.example.com. AAAA 2001:db8::53"}, "no_tcp"),
		"dns/glue-mismatch", "inconclusive", "", "", "a.tld.example"},
	{"wrong over TCP", parents(delegatedZone{parent: strings.Replace(rightParent, "192.0.2.53", "192.0.2.66", 1)}, "omits_glue"),
		"dns/glue-mismatch", "confirmed", "", "high", "ns1.example.com 192.0.2.66"},
}

func TestGlueLeftOutOfDatagrams(t *testing.T) {
	parallel(t)
	for _, test := range omittedGlueTests {
		t.Run(strings.TrimPrefix(test.rule, "dns/")+"/"+test.name, func(t *testing.T) { test.run(t) })
	}
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
	parallel(t)
	for _, test := range truncatedTests {
		t.Run(strings.TrimPrefix(test.rule, "dns/")+"/"+test.name, func(t *testing.T) { test.run(t) })
	}
}

const (
	ownGlue       = "ns1.example.com. 172800 IN A 192.0.2.53\n"
	siblingParent = "example.com. NS ns1.example.com.\nexample.com. NS ns.other.com.\n" + ownGlue +
		"other.com. NS dns.other.com.\ndns.other.com. A 203.0.113.54\n"
	siblingServers = "ns1.example.com, ns.other.com"
	siblingOwn     = "dns.other.com. A 203.0.113.54\nns.other.com. A 203.0.113.55\n"
	// circleParent delegates two zones to each other's servers.
	circleParent = "example.com. NS ns.other.com.\nother.com. NS ns.example.com.\n"
	circleServer = "ns.other.com"
	circleOwn    = "ns.example.com. A 192.0.2.53\n"
)

// Name servers whose names lie in another zone below the same parent.
var siblingTests = []delegationTest{
	{"right glue", delegatedZone{parent: siblingParent + "ns.other.com. A 203.0.113.55", servers: siblingServers, records: ownGlue,
		more: siblingZone(siblingOwn)}, "dns/glue-mismatch", "false_positive", "changed", "", ""},
	{"wrong glue, nobody there", delegatedZone{parent: siblingParent + "ns.other.com. A 192.0.2.66", servers: siblingServers, records: ownGlue,
		more: siblingZone(siblingOwn)}, "dns/glue-mismatch", "confirmed", "", "high", "ns.other.com 192.0.2.66"},
	{"wrong glue, the zone is served there", delegatedZone{parent: siblingParent + "ns.other.com. A 192.0.2.66", servers: siblingServers, records: ownGlue,
		more: siblingZone(siblingOwn), manners: "  - address: 192.0.2.66\n    zones: [{name: example.com}]\n"},
		"dns/glue-mismatch", "confirmed", "", "low", "ns.other.com 192.0.2.66"},
	{"the servers of the name contradict each other", delegatedZone{parent: siblingParent + "ns.other.com. A 192.0.2.66\ndns.other.com. A 203.0.113.56", servers: siblingServers,
		records: ownGlue, more: siblingZone(siblingOwn + "dns.other.com. A 203.0.113.56"),
		manners: "  - address: 203.0.113.56\n    zones:\n      - name: other.com\n        servers: [dns.other.com]\n        records: |\n          ns.other.com. A 192.0.2.66\n"},
		"dns/glue-mismatch", "inconclusive", "disagreement", "", "ns.other.com"},
	{"the servers of the name are silent", delegatedZone{parent: siblingParent + "ns.other.com. A 192.0.2.66", servers: siblingServers, records: ownGlue,
		more: siblingZone(siblingOwn), manners: behaving("203.0.113.54", "silent")}, "dns/glue-mismatch", "inconclusive", "servfail", "", "ns.other.com"},
	{"none is needed", delegatedZone{parent: "example.com. NS ns.other.com.\nother.com. NS dns.other.net.", servers: circleServer, records: "www.example.com. A 203.0.113.99",
		more: otherNet("x.other.net. A 203.0.113.99") + strings.Replace(siblingZone("ns.other.com. A 192.0.2.53"), "dns.other.com", "dns.other.net", 1)},
		"dns/glue-mismatch", "false_positive", "changed", "", ""},

	// Zones that wait for one another.
	{"a circle", circleOf(circleParent), "dns/glue-mismatch", "confirmed", "", "high", "ns.other.com"},
	{"a circle", circleOf(circleParent), "dns/ns-unresolvable", "confirmed", "", "high", "ns.other.com"},
	{"a circle", circleOf(circleParent), "dns/ns-unresponsive", "inconclusive", "not_found", "", "wait for one another"},
	{"a circle with glue", circleOf(circleParent + "ns.other.com. A 198.51.100.54\nns.example.com. A 192.0.2.53"), "dns/glue-mismatch", "false_positive", "changed", "", ""},
	{"a circle with glue", circleOf(circleParent + "ns.other.com. A 198.51.100.54\nns.example.com. A 192.0.2.53"), "dns/ns-unresolvable", "false_positive", "changed", "", ""},
	{"glue leads into the other zone", circleOf(circleParent + "other.com. NS x.other.com.\nx.other.com. A 198.51.100.54"), "dns/glue-mismatch", "false_positive", "changed", "", ""},
	{"another server leads in", delegatedZone{parent: circleParent + "example.com. NS ns1.example.com.\n" + ownGlue, servers: "ns.other.com, ns1.example.com",
		records: ownGlue + circleOwn, more: strings.Replace(siblingZone("ns.other.com. A 198.51.100.54"), "dns.other.com", "ns.example.com", 1)},
		"dns/ns-unresolvable", "false_positive", "changed", "", ""},
	{"the zone waits for itself", delegatedZone{parent: "example.com. NS ns1.example.com.", servers: "ns1.example.com", records: ownGlue},
		"dns/glue-mismatch", "confirmed", "", "high", "ns1.example.com"},
	{"three zones", delegatedZone{parent: "example.com. NS ns.other.com.\nother.com. NS ns.third.com.\nthird.com. NS ns.example.com.", servers: circleServer, records: circleOwn},
		"dns/ns-unresolvable", "confirmed", "", "high", "ns.other.com"},
	{"below different parents", delegatedZone{parent: "example.com. NS ns.other.net.", servers: "ns.other.net", records: circleOwn,
		more: strings.Replace(otherNet("ns.other.net. A 198.51.100.54"), "dns.other.net]", "ns.example.com]", 1)}, "dns/ns-unresolvable", "confirmed", "", "high", "ns.other.net"},
	{"below different parents", delegatedZone{parent: "example.com. NS ns.other.net.", servers: "ns.other.net", records: circleOwn,
		more: strings.Replace(otherNet("ns.other.net. A 198.51.100.54"), "dns.other.net]", "ns.example.com]", 1)}, "dns/glue-mismatch", "false_positive", "changed", "", "would not help"},
	{"one of two servers waits", delegatedZone{parent: "example.com. NS ns1.example.com.\nexample.com. NS ns.other.com.\nother.com. NS ns.third.com.\nthird.com. NS ns.other.com.\n" + ownGlue,
		servers: siblingServers, records: ownGlue}, "dns/ns-unresolvable", "confirmed", "", "medium", "ns.other.com"},
	{"a silent server on the way proves no circle", circleOf("example.com. NS ns.other.com.\nother.com. NS dns.other.com.\ndns.other.com. A 203.0.113.54"),
		"dns/ns-unresolvable", "inconclusive", "servfail", "", "ns.other.com"},
}

func TestSiblings(t *testing.T) {
	parallel(t)
	for _, test := range siblingTests {
		t.Run(strings.TrimPrefix(test.rule, "dns/")+"/"+test.name, func(t *testing.T) { test.run(t) })
	}
}

// An alias has no address of its own, but may lead to one.
var aliasTests = []delegationTest{
	{"leads to an address", aliased("dns.other.net", ""), "dns/ns-unresolvable", "false_positive", "changed", "", "ns2.example.com"},
	{"leads nowhere", aliased("gone.other.net", ""), "dns/ns-unresolvable", "confirmed", "", "medium", "ns2.example.com"},
	{"where it leads is not known", func() delegatedZone {
		z := aliased("dns.other.net", "")
		z.manners = behaving("203.0.113.53", "servfail")
		return z
	}(), "dns/ns-unresolvable", "inconclusive", "servfail", "", ""},
	{"without glue", aliased("dns.other.net", ""), "dns/glue-mismatch", "false_positive", "changed", "", ""},
	{"with glue", aliased("dns.other.net", "ns2.example.com. A 203.0.113.53"), "dns/glue-mismatch", "inconclusive", "ambiguous", "", "ns2.example.com is an alias"},
	{"leads to an address", aliased("dns.other.net", ""), "dns/ns-cname", "confirmed", "", "medium", "ns2.example.com"},
	{"leads to an address", aliased("dns.other.net", ""), "dns/ns-too-few", "inconclusive", "ambiguous", "", "ns2.example.com"},
	{"leads to an address", aliased("dns.other.net", ""), "dns/ns-same-subnet", "inconclusive", "ambiguous", "", "ns2.example.com"},
	{"leads to an address", aliased("dns.other.net", ""), "dns/ns-unresponsive", "inconclusive", "not_found", "", "ns2.example.com is an alias"},
}

func TestNameServersThatAreAliases(t *testing.T) {
	parallel(t)
	for _, test := range aliasTests {
		t.Run(strings.TrimPrefix(test.rule, "dns/")+"/"+test.name, func(t *testing.T) { test.run(t) })
	}
}
