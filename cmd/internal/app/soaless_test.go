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

// failing is a first server that has the zone and answers the question for the SOA record alone with an error.
func failing(answer string, more ...string) delegatedZone {
	return delegatedZone{records: rightOwn + "example.com. 300 IN MX 10 mail.example.com.\nmail.example.com. 300 IN A 203.0.113.25\n",
		manners: "  - {address: 192.0.2.53, unlike: [{type: SOA, answer: " + answer + "}" + strings.Join(more, "") + "]}\n"}
}

// Authority is shown by the AA bit of any answer about the apex (RFC 1035 section 4.1.1), not by the SOA record alone.
var failingAtSOATests = []delegationTest{
	{"SERVFAIL", failing("SERVFAIL"), "dns/ns-not-authoritative", "false_positive", "changed", "", "SERVFAIL when it is asked for the SOA"},
	{"REFUSED", failing("REFUSED"), "dns/ns-not-authoritative", "false_positive", "changed", "", "REFUSED when it is asked for the SOA"},
	{"NOTIMP", failing("NOTIMP"), "dns/ns-not-authoritative", "false_positive", "changed", "", "NOTIMP when it is asked for the SOA"},
	{"FORMERR", failing("FORMERR"), "dns/ns-not-authoritative", "false_positive", "changed", "", "FORMERR when it is asked for the SOA"},
	{"NXDOMAIN", failing("NXDOMAIN"), "dns/ns-not-authoritative", "false_positive", "changed", "", "when it is asked for the SOA"},
	{"silence", failing("silence"), "dns/ns-not-authoritative", "false_positive", "changed", "", ""},
	{"SERVFAIL, other servers too", func() delegatedZone {
		z := failing("SERVFAIL")
		z.manners += "  - {address: 198.51.100.53, unlike: [{type: SOA, answer: SERVFAIL}]}\n"
		return z
	}(), "dns/ns-not-authoritative", "false_positive", "changed", "", "SERVFAIL"},
	{"SERVFAIL for SOA and NS", failing("SERVFAIL", ", {type: NS, answer: SERVFAIL}"), "dns/ns-not-authoritative", "confirmed", "", "medium", "SERVFAIL"},
	{"REFUSED but for the addresses", func() delegatedZone {
		z := failing("REFUSED", ", {type: NS, answer: REFUSED}, {type: MX, answer: REFUSED}")
		z.records += "example.com. 300 IN A 203.0.113.80\n"
		return z
	}(), "dns/ns-not-authoritative", "false_positive", "changed", "", "REFUSED"},
	{"SERVFAIL for everything", failing("SERVFAIL", ", {answer: SERVFAIL}"), "dns/ns-not-authoritative", "confirmed", "", "medium", "SERVFAIL"},
	// A server that has only a zone below, with the AA bit, has not this one.
	{"a zone below", delegatedZone{manners: "  - {address: 192.0.2.53, behaves: [lame], zones: [{name: www.example.com, servers: [ns1.example.com], records: www.example.com. A 203.0.113.80}]}\n"},
		"dns/ns-not-authoritative", "confirmed", "", "medium", "REFUSED"},
	{"SERVFAIL", failing("SERVFAIL"), "dns/ns-unresponsive", "false_positive", "changed", "", ""},
	{"SERVFAIL", failing("SERVFAIL"), "dns/parent-child-mismatch", "false_positive", "changed", "", ""},
}

func TestServersThatFailAtTheSOAQuestionOnly(t *testing.T) {
	for _, test := range failingAtSOATests {
		t.Run(strings.TrimPrefix(test.rule, "dns/")+"/"+test.name, func(t *testing.T) { test.run(t) })
	}
}
