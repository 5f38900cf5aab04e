package e2e

import (
	"strings"
	"testing"
)

type delegationTest struct {
	name              string
	zone              delegatedZone
	rule, verdict     string
	reason            string
	severity, mention string // in what the verdict says
}

func (test delegationTest) run(t *testing.T, args ...string) {
	t.Helper()
	a, o := judged(t, test.zone.String(), claim(test.rule), args...)
	v := a.verdict(test.rule)
	if v.Verdict != test.verdict || v.Severity != test.severity || test.reason != "" && v.Reason != test.reason {
		t.Errorf("%s (%s) %s, want %s (%s) %s: %s\n%s", v.Verdict, v.Reason, v.Severity, test.verdict, test.reason, test.severity, v.Says, o.stderr)
	}
	if said := v.Says + strings.Join(v.Notes, " "); !strings.Contains(said, test.mention) {
		t.Errorf("it does not mention %q: %s", test.mention, said)
	}
}

var delegationTests = []delegationTest{
	// Parent and zone.
	{"equal", delegatedZone{}, "dns/parent-child-mismatch", "false_positive", "changed", "", "ns1.example.com, ns2.example.com"},
	{"one more in the zone, that answers", delegatedZone{servers: "ns1.example.com, ns2.example.com, dns.other.net",
		more: otherNet("x.other.net. 300 IN A 203.0.113.99")}, "dns/parent-child-mismatch", "confirmed", "", "low", "dns.other.net"},
	{"one more at the parent, that is lame", delegatedZone{parent: rightParent + "example.com. 172800 IN NS dns.other.net.",
		more: otherNet("x.other.net. 300 IN A 203.0.113.99")}, "dns/parent-child-mismatch", "confirmed", "", "high", "172800 s"},
	{"one more at the parent, without address", delegatedZone{parent: rightParent + "example.com. 172800 IN NS gone.other.net.",
		more: otherNet("x.other.net. 300 IN A 203.0.113.99")}, "dns/parent-child-mismatch", "confirmed", "", "high", "gone.other.net"},
	{"the parents contradict each other", delegatedZone{second: "example.com. 300 IN NS ns1.example.com.\nns1.example.com. 300 IN A 192.0.2.53"},
		"dns/parent-child-mismatch", "inconclusive", "disagreement", "", "b.tld.example names ns1.example.com"},
	{"a silent server may have another list", delegatedZone{manners: behaving("198.51.100.53", "silent")},
		"dns/parent-child-mismatch", "inconclusive", "servfail", "", "ns2.example.com"},
	{"a lame server has none", delegatedZone{manners: behaving("198.51.100.53", "refused")},
		"dns/parent-child-mismatch", "false_positive", "changed", "", ""},
	{"the parent serves the zone too", delegatedZone{servers: "a.tld.example, b.tld.example", parent: "x.com. A 203.0.113.99",
		records: "www.example.com. A 203.0.113.99"}, "dns/parent-child-mismatch", "false_positive", "changed", "", "a.tld.example"},

	// Glue.
	{"right glue", delegatedZone{}, "dns/glue-mismatch", "false_positive", "changed", "", ""},
	{"outside names need none", delegatedZone{parent: "example.com. NS dns.other.net.", servers: "dns.other.net", records: "www.example.com. A 203.0.113.99",
		more: otherNet("x.other.net. 300 IN A 203.0.113.99")}, "dns/glue-mismatch", "false_positive", "changed", "", ""},
	{"wrong glue, nobody there", delegatedZone{parent: strings.Replace(rightParent, "192.0.2.53", "192.0.2.66", 1)},
		"dns/glue-mismatch", "confirmed", "", "high", "ns1.example.com 192.0.2.66"},
	{"wrong glue, the old server has an old copy", delegatedZone{parent: strings.Replace(rightParent, "192.0.2.53", "192.0.2.66", 1),
		manners: "  - address: 192.0.2.66\n    zones:\n      - name: example.com\n        records: |\n          ns1.example.com. A 192.0.2.66\n          ns2.example.com. A 198.51.100.53\n"},
		"dns/glue-mismatch", "inconclusive", "disagreement", "", "ns1.example.com"},
	{"wrong glue, the server has a second address", delegatedZone{parent: strings.Replace(rightParent, "192.0.2.53", "192.0.2.66", 1),
		manners: "  - address: 192.0.2.66\n    zones: [{name: example.com}]\n"}, "dns/glue-mismatch", "confirmed", "", "low", "192.0.2.66"},
	{"the parent shows no glue", delegatedZone{servers: "a.tld.example, b.tld.example", parent: "x.com. A 203.0.113.99",
		records: "www.example.com. A 203.0.113.99"}, "dns/glue-mismatch", "inconclusive", "ambiguous", "", ""},
	{"no glue", delegatedZone{parent: strings.Replace(rightParent, "ns1.example.com. 172800 IN A 192.0.2.53\n", "", 1)},
		"dns/glue-mismatch", "confirmed", "", "medium", "ns1.example.com"},
	{"no IPv6 glue", delegatedZone{parent: rightParent, records: rightOwn + "ns1.example.com. AAAA 2001:db8::53"},
		"dns/glue-mismatch", "policy_disagreement", "", "", "ns1.example.com 2001:db8::53"},
	{"IPv6 glue only", delegatedZone{parent: strings.Replace(rightParent, "A 192.0.2.53", "AAAA 2001:db8::53", 1), records: rightOwn + "ns1.example.com. AAAA 2001:db8::53"},
		"dns/glue-mismatch", "confirmed", "", "medium", "ns1.example.com"},
	{"wrong IPv6 glue, and nothing answers over IPv6", delegatedZone{parent: rightParent + "ns1.example.com. AAAA 2001:db8::66", records: rightOwn + "ns1.example.com. AAAA 2001:db8::53",
		manners: behaving("2001:db8::53", "silent") + behaving("2001:db8::66", "silent")}, "dns/glue-mismatch", "confirmed", "", "low", "2001:db8::66"},
	{"one server knows a further address", delegatedZone{manners: "  - address: 198.51.100.53\n    zones: [{name: example.com, records: \"ns1.example.com. A 192.0.2.53\\nns1.example.com. A 192.0.2.99\\nns2.example.com. A 198.51.100.53\"}]\n"},
		"dns/glue-mismatch", "inconclusive", "disagreement", "", "ns1.example.com"},

	// Servers that do not answer.
	{"all answer", delegatedZone{}, "dns/ns-unresponsive", "false_positive", "changed", "", ""},
	{"one silent", delegatedZone{manners: behaving("192.0.2.53", "silent")}, "dns/ns-unresponsive", "confirmed", "", "medium", "192.0.2.53"},
	{"all silent", delegatedZone{manners: behaving("192.0.2.53", "silent") + behaving("198.51.100.53", "silent")},
		"dns/ns-unresponsive", "confirmed", "", "high", ""},
	{"over TCP only", delegatedZone{manners: behaving("192.0.2.53", "no_udp")}, "dns/ns-unresponsive", "inconclusive", "disagreement", "", ""},
	{"drops every second datagram", delegatedZone{manners: behaving("192.0.2.53", "drops: 2")}, "dns/ns-unresponsive", "false_positive", "changed", "", ""},
	{"refuses", delegatedZone{manners: behaving("192.0.2.53", "refused")}, "dns/ns-unresponsive", "false_positive", "changed", "", ""},
	{"an IPv6 address is silent, and nothing else answers over IPv6", delegatedZone{parent: rightParent + "ns1.example.com. AAAA 2001:db8::53",
		records: rightOwn + "ns1.example.com. AAAA 2001:db8::53", manners: behaving("2001:db8::53", "silent")},
		"dns/ns-unresponsive", "inconclusive", "network_closed", "", "2001:db8::53"},
	{"an IPv6 address is silent, and another answers", delegatedZone{
		parent:  rightParent + "ns1.example.com. AAAA 2001:db8::53\nns2.example.com. AAAA 2001:db8:1::53",
		records: rightOwn + "ns1.example.com. AAAA 2001:db8::53\nns2.example.com. AAAA 2001:db8:1::53", manners: behaving("2001:db8::53", "silent")},
		"dns/ns-unresponsive", "confirmed", "", "medium", "2001:db8::53"},

	// Servers without authority.
	{"authoritative", delegatedZone{}, "dns/ns-not-authoritative", "false_positive", "changed", "", ""},
	{"refuses", delegatedZone{manners: behaving("192.0.2.53", "refused")}, "dns/ns-not-authoritative", "confirmed", "", "medium", "REFUSED"},
	{"fails", delegatedZone{manners: behaving("192.0.2.53", "servfail")}, "dns/ns-not-authoritative", "confirmed", "", "medium", "SERVFAIL"},
	{"refers upwards", delegatedZone{manners: behaving("192.0.2.53", "upward", "lame")}, "dns/ns-not-authoritative", "confirmed", "", "medium", ""},
	{"without AA", delegatedZone{manners: behaving("192.0.2.53", "not_authoritative")}, "dns/ns-not-authoritative", "confirmed", "", "medium", "without authority"},
	{"refuses for a moment", delegatedZone{manners: behaving("192.0.2.53", "refused") + "  - {address: 192.0.2.53, after: 2s, behaves: []}\n"},
		"dns/ns-not-authoritative", "false_positive", "changed", "", ""},
	{"refuses over UDP, silent over TCP", delegatedZone{manners: behaving("192.0.2.53", "refused", "silent_tcp")},
		"dns/ns-not-authoritative", "inconclusive", "servfail", "", "ns1.example.com"},
	{"silent", delegatedZone{manners: behaving("192.0.2.53", "silent")}, "dns/ns-not-authoritative", "inconclusive", "servfail", "", ""},

	// Addresses and names of servers.
	{"public", delegatedZone{}, "dns/ns-private-address", "false_positive", "changed", "", ""},
	{"one private", delegatedZone{parent: strings.Replace(rightParent, "192.0.2.53", "10.0.0.53", 1), records: strings.Replace(rightOwn, "192.0.2.53", "10.0.0.53", 1)},
		"dns/ns-private-address", "confirmed", "", "low", "10.0.0.53"},
	{"all private", delegatedZone{parent: strings.NewReplacer("192.0.2.53", "10.0.0.53", "198.51.100.53", "fd00::53", "ns2.example.com. 172800 IN A", "ns2.example.com. 172800 IN AAAA").Replace(rightParent),
		records: strings.NewReplacer("192.0.2.53", "10.0.0.53", "198.51.100.53", "fd00::53", "ns2.example.com. 300 IN A", "ns2.example.com. 300 IN AAAA").Replace(rightOwn)},
		"dns/ns-private-address", "confirmed", "", "high", "10.0.0.53"},
	{"no alias", delegatedZone{}, "dns/ns-cname", "false_positive", "changed", "", ""},
	{"an alias", delegatedZone{parent: rightParent + "example.com. NS alias.other.net.", servers: "ns1.example.com, ns2.example.com, alias.other.net",
		more: otherNet("alias.other.net. 300 IN CNAME dns.other.net.")}, "dns/ns-cname", "confirmed", "", "medium", "alias.other.net"},
	{"the alias cannot be asked for", delegatedZone{parent: rightParent + "example.com. NS alias.other.net.", servers: "ns1.example.com, ns2.example.com, alias.other.net",
		more: otherNet("alias.other.net. 300 IN CNAME dns.other.net."), manners: behaving("203.0.113.53", "silent")}, "dns/ns-cname", "inconclusive", "servfail", "", "alias.other.net"},
	{"addresses", delegatedZone{}, "dns/ns-unresolvable", "false_positive", "changed", "", ""},
	{"NXDOMAIN", delegatedZone{parent: rightParent + "example.com. NS gone.other.net.", more: otherNet("x.other.net. 300 IN A 203.0.113.99")},
		"dns/ns-unresolvable", "confirmed", "", "medium", "gone.other.net"},
	{"NODATA", delegatedZone{parent: rightParent + "example.com. NS text.other.net.", more: otherNet("text.other.net. 300 IN TXT x")},
		"dns/ns-unresolvable", "confirmed", "", "medium", "text.other.net"},
	{"none has an address", delegatedZone{parent: "example.com. NS gone.other.net.\nexample.com. NS away.other.net.", servers: "gone.other.net, away.other.net",
		more: otherNet("x.other.net. 300 IN A 203.0.113.99")}, "dns/ns-unresolvable", "confirmed", "", "high", "away.other.net"},
	{"SERVFAIL", delegatedZone{parent: rightParent + "example.com. NS gone.other.net.", more: otherNet("x.other.net. 300 IN A 203.0.113.99"),
		manners: behaving("203.0.113.53", "servfail")}, "dns/ns-unresolvable", "inconclusive", "servfail", "", "gone.other.net"},

	// Networks and numbers.
	{"two networks", delegatedZone{}, "dns/ns-same-subnet", "false_positive", "changed", "", "198.51.100.0/24"},
	{"one network", oneNetwork("192.0.2.54", ""), "dns/ns-same-subnet", "confirmed", "", "low", "192.0.2.0/24"},
	{"one address", oneNetwork("192.0.2.53", ""), "dns/ns-same-subnet", "confirmed", "", "high", ""},
	{"one network, IPv6 at two sites", oneNetwork("192.0.2.54", "ns1.example.com. AAAA 2001:db8::53\nns2.example.com. AAAA 2001:db8:1::53\n"),
		"dns/ns-same-subnet", "policy_disagreement", "", "", ""},
	{"one network, IPv6 at one site", oneNetwork("192.0.2.54", "ns1.example.com. AAAA 2001:db8::53\nns2.example.com. AAAA 2001:db8::54\n"),
		"dns/ns-same-subnet", "confirmed", "", "low", ""},
	{"a provider with anycast", delegatedZone{parent: "example.com. NS ada.ns.cloudflare.com.\nexample.com. NS bob.ns.cloudflare.com.",
		servers: "ada.ns.cloudflare.com, bob.ns.cloudflare.com", records: "www.example.com. A 203.0.113.99", more: `  - name: cloudflare.com
    servers: [ada.ns.cloudflare.com, bob.ns.cloudflare.com]
    records: |
      ada.ns.cloudflare.com. A 192.0.2.53
      bob.ns.cloudflare.com. A 192.0.2.54
`}, "dns/ns-same-subnet", "policy_disagreement", "", "", ""},
	{"addresses not known", delegatedZone{parent: "example.com. NS dns.other.net.\nexample.com. NS ns1.example.com.\n" + rightGlue,
		servers: "dns.other.net, ns1.example.com", more: otherNet("x.other.net. A 203.0.113.99"), manners: behaving("203.0.113.53", "silent")},
		"dns/ns-same-subnet", "inconclusive", "servfail", "", ""},
	{"two", delegatedZone{}, "dns/ns-too-few", "false_positive", "changed", "", "2"},
	{"one", delegatedZone{parent: "example.com. NS ns1.example.com.\nns1.example.com. A 192.0.2.53", servers: "ns1.example.com"}, "dns/ns-too-few", "confirmed", "", "high", "1"},
	{"one", delegatedZone{parent: "example.com. NS ns1.example.com.\nns1.example.com. A 192.0.2.53", servers: "ns1.example.com"}, "dns/ns-same-subnet", "confirmed", "", "high", "one address"},
	{"one with two addresses", delegatedZone{parent: "example.com. NS ns1.example.com.\nns1.example.com. A 192.0.2.53\nns1.example.com. A 198.51.100.53", servers: "ns1.example.com",
		records: "ns1.example.com. A 192.0.2.53\nns1.example.com. A 198.51.100.53"}, "dns/ns-too-few", "confirmed", "", "medium", "1"},
	{"two names, one address", oneNetwork("192.0.2.53", ""), "dns/ns-too-few", "confirmed", "", "high", "behind them: 1"},
	{"one at the parent, two in the zone", delegatedZone{parent: "example.com. NS ns1.example.com.\nns1.example.com. A 192.0.2.53"},
		"dns/ns-too-few", "inconclusive", "disagreement", "", ""},
	{"not many", delegatedZone{}, "dns/ns-too-many", "false_positive", "changed", "", "2"},
	{"many", manyServers(9), "dns/ns-too-many", "policy_disagreement", "", "", "octets"},
	{"number not known", delegatedZone{manners: behaving("192.0.2.11", "silent") + behaving("192.0.2.12", "silent")}, "dns/ns-too-many", "inconclusive", "", "", ""},

	// Where the root cannot be asked, a resolver's word about a parent decides nothing.
	{"by the resolver", delegatedZone{manners: rootless}, "dns/parent-child-mismatch", "inconclusive", "network_closed", "", "root"},
	{"by the resolver", delegatedZone{manners: rootless}, "dns/glue-mismatch", "inconclusive", "network_closed", "", "root"},
	{"by the resolver", delegatedZone{manners: rootless}, "dns/ns-private-address", "inconclusive", "network_closed", "", "resolver"},
	{"by the resolver", delegatedZone{manners: rootless}, "dns/ns-not-authoritative", "false_positive", "changed", "", "through the resolver"},
	{"by the resolver", delegatedZone{manners: rootless}, "dns/ns-too-many", "false_positive", "changed", "", "2"},

	// TCP.
	{"answers", delegatedZone{}, "dns/tcp-unavailable", "false_positive", "changed", "", ""},
	{"refuses connections", delegatedZone{manners: behaving("192.0.2.53", "no_tcp")}, "dns/tcp-unavailable", "confirmed", "", "medium", "192.0.2.53"},
	{"silent", delegatedZone{manners: behaving("192.0.2.53", "silent_tcp")}, "dns/tcp-unavailable", "confirmed", "", "medium", "192.0.2.53"},
	{"refuses for a moment", delegatedZone{manners: behaving("192.0.2.53", "no_tcp") + "  - {address: 192.0.2.53, after: 2s, behaves: []}\n"},
		"dns/tcp-unavailable", "false_positive", "changed", "", ""},
	{"dead", delegatedZone{manners: behaving("192.0.2.53", "silent")}, "dns/tcp-unavailable", "inconclusive", "servfail", "", "UDP"},
}

// oneNetwork puts the second server at another address.
func oneNetwork(second, more string) delegatedZone {
	return delegatedZone{parent: strings.Replace(rightParent, "198.51.100.53", second, 1) + more,
		records: strings.Replace(rightOwn, "198.51.100.53", second, 1) + more}
}

// manyServers is a zone with so many servers, all at two addresses.
func manyServers(n int) delegatedZone {
	var z delegatedZone
	var names []string
	for i := range n {
		name := "ns" + string(rune('a'+i)) + ".example.com"
		names = append(names, name)
		z.parent += "example.com. NS " + name + ".\n"
		z.records += name + ". A 192.0.2." + string(rune('1'+i%2)) + "53\n"
		z.parent += name + ". A 192.0.2." + string(rune('1'+i%2)) + "53\n"
	}
	z.servers = strings.Join(names, ", ")
	return z
}

func TestDelegation(t *testing.T) {
	parallel(t)
	for _, test := range delegationTests {
		t.Run(strings.TrimPrefix(test.rule, "dns/")+"/"+test.name, func(t *testing.T) { test.run(t) })
	}
}

// No verdict about a delegation rests on what the resolver says.
func TestDelegationWithALyingResolver(t *testing.T) {
	parallel(t)
	lies := map[string]string{
		"lies": "  - address: 192.0.2.1\n    lies: |\n      example.com. NS ns.forged.example.\n      ns1.example.com. A 10.0.0.66\n" +
			"      ns2.example.com. A 10.0.0.66\n      gone.other.net. A 203.0.113.66\n      alias.other.net. A 203.0.113.66\n",
		"invents": "  - {address: 192.0.2.1, invents: 203.0.113.66}\n",
		"silent":  "  - {address: 192.0.2.1, behaves: [silent]}\n",
	}
	for name, lie := range lies {
		for _, test := range delegationTests {
			if strings.Contains(test.zone.manners, rootless) {
				continue
			}
			test.zone.manners += lie
			t.Run(name+"/"+test.rule+"/"+test.name, func(t *testing.T) { test.run(t) })
		}
	}
}

// A verdict about a delegation shows the way from the root, and what each server said.
func TestDelegationIsShown(t *testing.T) {
	parallel(t)
	zone := delegatedZone{manners: behaving("198.51.100.53", "refused")}.String()
	for _, format := range []string{"text", "ticket"} {
		o := inLab(t, zone, claim("dns/ns-not-authoritative"), "-v", "--format", format)
		text := strings.Join(strings.Fields(o.stdout), " ")
		for _, want := range []string{". (the root)", "com is at a.tld.example, b.tld.example; glue a.tld.example 192.0.2.11",
			"b.tld.example [192.0.2.12], 40 ms: example.com is at ns1.example.com, ns2.example.com",
			"ns1.example.com [192.0.2.53], 40 ms: serves the zone, which names ns1.example.com, ns2.example.com",
			"ns2.example.com [198.51.100.53], 40 ms: does not serve the zone, answers REFUSED"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q:\n%s", format, want, o.stdout)
			}
		}
	}
}

// An IPv6 address that this machine cannot reach is left out where the server has another address, and makes the verdict
// inconclusive where it has none.
func TestDelegationWithoutIPv6(t *testing.T) {
	parallel(t)
	beside := "ns1.example.com. AAAA 2001:db8::53\n"
	only := "ns2.example.com. AAAA 2001:db8::54\n"
	one := strings.NewReplacer("ns2.example.com. 172800 IN A 198.51.100.53\n", "", "ns2.example.com. 300 IN A 198.51.100.53\n", "")
	tests := []delegationTest{
		{"beside another", delegatedZone{parent: rightParent + beside, records: rightOwn + beside}, "", "false_positive", "changed", "", "Not judged"},
		{"alone", delegatedZone{parent: one.Replace(rightParent) + only, records: one.Replace(rightOwn) + only}, "", "inconclusive", "servfail", "", ""},
	}
	lame := delegatedZone{parent: rightParent + "example.com. 172800 IN NS dns.other.net.", more: otherNet("dns.other.net. 300 IN AAAA 2001:db8::77")}
	a, _ := judged(t, strings.Replace(lame.String(), "latency:", "no_ipv6: true\nlatency:", 1), claim("dns/parent-child-mismatch"))
	if v := a.verdict("dns/parent-child-mismatch"); v.Verdict != "confirmed" || v.Severity != "high" {
		t.Errorf("lame at the address that was reached: %s (%s) %s: %s", v.Verdict, v.Reason, v.Severity, v.Says)
	}
	for _, test := range tests {
		for _, rule := range []string{"dns/ns-unresponsive", "dns/ns-not-authoritative", "dns/tcp-unavailable"} {
			t.Run(rule+"/"+test.name, func(t *testing.T) {
				text := strings.Replace(test.zone.String(), "latency:", "no_ipv6: true\nlatency:", 1)
				a, _ := judged(t, text, claim(rule))
				v := a.verdict(rule)
				if v.Verdict != test.verdict || !strings.Contains(strings.Join(v.Notes, " "), test.mention) {
					t.Errorf("%s (%s), want %s: %s %v", v.Verdict, v.Reason, test.verdict, v.Says, v.Notes)
				}
			})
		}
	}
}
