package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestNameServerTroubleIsInconclusive(t *testing.T) {
	parallel(t)
	const report = "SOA Serial Number Format is Invalid\nSOA Expire Value out of recommended range\nWarning - Reverse DNS does not match SMTP Banner\n"
	for _, behaviour := range []string{"silent", "servfail", "refused", "not_authoritative"} {
		t.Run(behaviour, func(t *testing.T) {
			text := strings.Replace(scenarioFile(t, delayed), "smtp:\n", "name_servers:\n  - {address: 192.0.2.53, behaves: ["+behaviour+"]}\n"+
				"  - {address: 198.51.100.53, behaves: ["+behaviour+"]}\nsmtp:\n", 1)
			a, _ := judged(t, text, report)
			for _, rule := range []string{"dns/soa-serial-format", "dns/soa-expire"} {
				if v := a.verdict(rule); v.Verdict != "inconclusive" || v.Reason != "servfail" {
					t.Errorf("%s is %s (%s): %s", rule, v.Verdict, v.Reason, v.Says)
				}
			}
		})
	}
	for _, behaviour := range []string{"silent", "servfail", "refused"} {
		t.Run("resolver "+behaviour, func(t *testing.T) {
			text := strings.Replace(scenarioFile(t, delayed), "smtp:\n", "name_servers:\n  - {address: 192.0.2.1, behaves: ["+behaviour+"]}\nsmtp:\n", 1)
			a, _ := judged(t, text, report)
			for _, v := range a.Verdicts {
				if want := withoutResolver(v.Rule); v.Verdict != want {
					t.Errorf("%s is %s, want %s", v.Rule, v.Verdict, want)
				}
			}
		})
	}
}

// withoutResolver is the verdict on the founding story's rows where the resolver is of no use: the zone is found from the
// root, and its name servers lead to the mail hosts.
func withoutResolver(rule string) string {
	if strings.HasPrefix(rule, "dns/") {
		return "policy_disagreement"
	}
	return "false_positive"
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
	parallel(t)
	for _, test := range soalessTests {
		t.Run(strings.TrimPrefix(test.rule, "dns/")+"/"+test.name, func(t *testing.T) { test.run(t) })
	}
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
	parallel(t)
	for _, test := range failingAtSOATests {
		t.Run(strings.TrimPrefix(test.rule, "dns/")+"/"+test.name, func(t *testing.T) { test.run(t) })
	}
}

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
	parallel(t)
	for _, test := range spurnedTests {
		t.Run(strings.TrimPrefix(test.rule, "dns/")+"/"+test.name, func(t *testing.T) { test.run(t) })
	}
}

// Servers that drop questions with EDNS cost their five seconds once each, and not with every question.
func TestTimeOfServersThatDropEDNS(t *testing.T) {
	parallel(t)
	zone := delegatedZone{manners: behaving("192.0.2.53", "drops_edns") + behaving("198.51.100.53", "drops_edns")}
	a, o := judged(t, zone.String(), claim("mx/missing", "dns/glue-mismatch", "dns/record-missing", "dns/soa-serial-agreement"))
	if v := a.verdict("dns/glue-mismatch"); v.Verdict != "false_positive" {
		t.Errorf("%s (%s): %s", v.Verdict, v.Reason, v.Says)
	}
	if o.took > 12*time.Second {
		t.Errorf("took %v", o.took)
	}
}

// A server that answers after seconds answers; that it is slow is said, whichever server it is.
func TestSlowNameServer(t *testing.T) {
	parallel(t)
	for _, test := range []delegationTest{
		{"slow", delegatedZone{manners: behaving(secondServer, "slow: 3s")}, "dns/ns-unresponsive", "false_positive", "changed", "", secondServer},
		{"answers too late", delegatedZone{manners: behaving(secondServer, "slow: 6s")}, "dns/ns-unresponsive", "confirmed", "", "medium", secondServer},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t) })
	}
	a, _ := judged(t, delegatedZone{}.String(), claim("dns/ns-unresponsive"))
	if notes := strings.Join(a.verdict("dns/ns-unresponsive").Notes, " "); strings.Contains(notes, "fastest") {
		t.Errorf("a quick server is called slow: %s", notes)
	}
}

// Nobody waits for more than a minute for servers that do not answer, however much is asked of them.
func TestNoLongWaitForDNS(t *testing.T) {
	parallel(t)
	everything := claim("dns/parent-child-mismatch", "mx/missing", "mx/unresolvable", "dns/cname-conflict", "dns/open-resolver", "dns/zone-transfer",
		"dns/soa-serial-agreement", "dns/tcp-unavailable", "dns/ns-not-authoritative", "dns/glue-mismatch", "dns/ns-unresponsive")
	const slowResolver = "  - {address: 203.0.113.1, behaves: [slow: 4900ms]}\n"
	var manyHosts strings.Builder // that are in a zone whose server is silent
	for i := range 10 {
		fmt.Fprintf(&manyHosts, "example.com. 300 IN MX %d mail%[1]d.example.net.\n", i)
	}
	for name, scenario := range map[string]string{
		"a silent zone":            domain(good, "", bothDead),
		"a zone without TCP":       domain(good, "", at(firstServer, "behaves: [silent_tcp]")+"  - {address: 198.51.100.53, behaves: [silent_tcp]}\n"),
		"a late resolver":          domain(good, "", bothDead+slowResolver),
		"mail hosts in the dark":   domain(manyHosts.String(), "", at("192.0.2.77", "behaves: [silent]")+slowResolver),
		"a silent resolver":        domain(good, "", at("203.0.113.1", "behaves: [silent]")),
		"a silent parent":          domain(good, "", at("192.0.2.2", "behaves: [silent]")),
		"a silent server":          domain(good, "", at(firstServer, "behaves: [silent]")),
		"a silent host's zone":     domain("example.com. 300 IN MX 10 mail.example.net.", "", at("192.0.2.77", "behaves: [silent]")),
		"a server without UDP":     domain(good, "", at(firstServer, "behaves: [no_udp]")),
		"a server that drops TCP":  domain(good, "", at(firstServer, "behaves: [silent_tcp]")),
		"a server that drops EDNS": domain(good, "", at(firstServer, "behaves: [drops_edns]")),
		"cut answers, no TCP":      domain(good, "", at(firstServer, "behaves: [truncate, silent_tcp]")+"  - {address: 198.51.100.53, behaves: [truncate, silent_tcp]}\n"),
	} {
		t.Run(name, func(t *testing.T) {
			a, o := judged(t, scenario, everything)
			if o.took > 60*time.Second {
				t.Errorf("it took %v", o.took)
			}
			for _, v := range a.Verdicts {
				if v.Reason == "interrupted" {
					t.Errorf("%s speaks of an interruption: %s", v.Rule, v.Says)
				}
			}
			if len(a.Verdicts) != 11 {
				t.Errorf("%d verdicts", len(a.Verdicts))
			}
		})
	}
}

// That the whole zone is gone is said only where each of its servers was asked.
func TestSilentServerBesideOneThatCannotBeFound(t *testing.T) {
	parallel(t)
	delegationTest{"", delegatedZone{parent: "example.com. NS ns1.example.com.\nexample.com. NS dns.other.net.\nns1.example.com. A 192.0.2.53",
		servers: "ns1.example.com, dns.other.net", more: otherNet("x.other.net. A 203.0.113.9"),
		manners: behaving(firstServer, "silent") + behaving("203.0.113.53", "servfail")},
		"dns/ns-unresponsive", "confirmed", "", "medium", firstServer}.run(t)
}

// What one server says of the name of a name server is not believed against another, and a name server that cannot be found
// was not asked.
func TestNameServersThatAreHardToFind(t *testing.T) {
	parallel(t)
	elsewhere := func(name, more, manners string) string {
		return delegatedZone{parent: "example.com. 172800 IN NS ns1.example.com.\nexample.com. 172800 IN NS " + name + ".\nns1.example.com. 172800 IN A 192.0.2.53\n",
			servers: "ns1.example.com, " + name, records: "ns1.example.com. 300 IN A 192.0.2.53\n", more: more, manners: manners}.String()
	}
	twice := strings.Replace(otherNet("dns2.other.net. 300 IN A 203.0.114.53\nns2.other.net. 300 IN A 198.51.100.53\n"), "[dns.other.net]", "[dns.other.net, dns2.other.net]", 1)
	one := "dns.other.net. 300 IN A 203.0.113.53"
	for _, address := range []string{"203.0.113.53", "203.0.114.53"} {
		old := func(more string) string {
			return elsewhere("ns2.other.net", twice, "  - {address: "+address+", zones: [{name: other.net, records: \""+one+more+"\"}]}\n")
		}
		unknown, alias := old(""), old(`\nns2.other.net. 300 IN CNAME dns.other.net.`)
		for rule, scenario := range map[string]string{"dns/ns-unresolvable": unknown, "dns/ns-same-subnet": unknown, "dns/ns-too-few": unknown, "dns/ns-cname": alias} {
			a, _ := judged(t, scenario, claim(rule))
			if v := a.verdict(rule); v.Verdict == "confirmed" {
				t.Errorf("old copy at %s: %s: %s: %s", address, rule, v.Verdict, v.Says)
			}
		}
	}
	lost := elsewhere("ns2.host.lost", "  - {name: lost, servers: [ns.lost]}\n", "")
	for _, rule := range []string{"dns/ns-unresponsive", "dns/ns-not-authoritative", "dns/tcp-unavailable", "dns/ns-private-address", "dns/parent-child-mismatch"} {
		a, _ := judged(t, lost, claim(rule))
		if v := a.verdict(rule); v.Verdict != "inconclusive" || v.Reason != "servfail" && v.Reason != "not_found" {
			t.Errorf("a server that cannot be found: %s: %s (%s): %s", rule, v.Verdict, v.Reason, v.Says)
		}
	}
}

// Resolvers ask over UDP, so a server that answers over TCP only is none that answers.
func TestServerThatAnswersOverTCPOnly(t *testing.T) {
	parallel(t)
	a, _ := judged(t, domain(good, "", at(firstServer, "behaves: [no_udp]")), claim("dns/ns-unresponsive"))
	if v := a.verdict("dns/ns-unresponsive"); v.Verdict != "inconclusive" || v.Reason != "disagreement" {
		t.Errorf("%s (%s): %s", v.Verdict, v.Reason, v.Says)
	}
}

func TestWhatNameServersDoForStrangers(t *testing.T) {
	parallel(t)
	beside := "resolver: 198.51.100.1"
	runRecordCases(t, []recordCase{
		{name: "open", rule: "dns/open-resolver", scenario: domain(good, "", at(secondServer, "behaves: [recursive]")), verdict: "confirmed", severity: "medium"},
		{name: "RA only", rule: "dns/open-resolver", scenario: domain(good, "", at(secondServer, "behaves: [recursion_available]")), verdict: "false_positive", reason: "changed"},
		{name: "refused", rule: "dns/open-resolver", scenario: domain(good, "", ""), verdict: "false_positive", reason: "changed"},
		{name: "upward referral", rule: "dns/open-resolver", scenario: domain(good, "", at(secondServer, "behaves: [upward, recursion_available]")), verdict: "false_positive", reason: "changed"},
		{name: "silent", rule: "dns/open-resolver", scenario: domain(good, "", at(secondServer, "behaves: [silent]")), verdict: "inconclusive", reason: "servfail"},
		{name: "makes up an address", rule: "dns/open-resolver", scenario: domain(good, "", at(secondServer, "behaves: [recursive], invents: 203.0.113.99")), verdict: "inconclusive", reason: "disagreement"},
		{name: "serves the parent too", rule: "dns/open-resolver", scenario: strings.Replace(domain(good, "", ""), "servers: [a.gtld.com]", "servers: [ns1.example.com]", 1), verdict: "false_positive"},
		{name: "serves all zones above", rule: "dns/open-resolver", scenario: strings.Replace(domain(good, "- name: .\n  servers: [ns1.example.com]\n  records: ns1.example.com. 300 IN A 192.0.2.53\n", ""), "servers: [a.gtld.com]", "servers: [ns1.example.com]", 1), verdict: "inconclusive"},
		{name: "we stand beside it", rule: "dns/open-resolver", scenario: strings.Replace(domain(good, "", at(secondServer, "behaves: [recursive]")), "resolver: 203.0.113.1", beside, 1), verdict: "inconclusive"},
		{name: "no way to an IPv6 server", rule: "dns/open-resolver", scenario: domain("ns2.example.com. 300 IN AAAA 2001:db8::53\n"+good, "", "no_ipv6: true\n"), verdict: "false_positive"},
		{name: "the resolver lies", rule: "dns/open-resolver", scenario: domain(good, "", at("203.0.113.1", "lies: com. 300 IN NS ns1.example.com., invents: 203.0.113.99")), verdict: "false_positive"},

		{name: "open", rule: "dns/zone-transfer", scenario: domain(good, "", at(secondServer, "behaves: [transfer]")), verdict: "policy_disagreement"},
		{name: "refused", rule: "dns/zone-transfer", scenario: domain(good, "", ""), verdict: "false_positive", reason: "changed"},
		{name: "TCP closed", rule: "dns/zone-transfer", scenario: domain(good, "", at(secondServer, "behaves: [no_tcp]")), verdict: "false_positive", reason: "changed"},
		{name: "TCP silent", rule: "dns/zone-transfer", scenario: domain(good, "", at(secondServer, "behaves: [silent_tcp]")), verdict: "inconclusive"},
		{name: "a byte a second", rule: "dns/zone-transfer", scenario: domain(good, "", at(secondServer, "behaves: [transfer, {drip: 1s}]")), verdict: "inconclusive"},
	})
}

// Below a wildcard of another type a resolver that serves strangers finds that there is no data, not that there is no name.
func TestOpenResolverBelowAWildcard(t *testing.T) {
	parallel(t)
	for _, test := range []delegationTest{
		{"open", delegatedZone{parent: rightParent + "*.com. TXT x", manners: behaving(secondServer, "recursive")}, "dns/open-resolver", "confirmed", "", "medium", secondServer},
		{"refuses", delegatedZone{parent: rightParent + "*.com. TXT x", manners: behaving(secondServer, "recursion_available")}, "dns/open-resolver", "false_positive", "changed", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t) })
	}
}

// The evidence of a transfer is that there is one, not the zone.
func TestTransferredZoneIsNotKept(t *testing.T) {
	parallel(t)
	_, o := judged(t, domain("secret.example.com. 300 IN TXT hidden\n"+good, "", at(secondServer, "behaves: [transfer]")), claim("dns/zone-transfer"))
	if strings.Contains(o.stdout, "hidden") || !strings.Contains(o.stdout, `"transferred"`) {
		t.Error("the evidence holds the zone, or not that it was handed out")
	}
}

// A remark about the second server only is made, and names it; about both it is made once.
func TestNotesAboutOtherServers(t *testing.T) {
	parallel(t)
	flag := func(addresses ...string) (manners string) {
		for _, address := range addresses {
			manners += behaving(address, "recursion_available")
		}
		return manners
	}
	for _, test := range []struct {
		name    string
		manners string
		begins  string // of the one note; "" for none
	}{
		{"none", "", ""},
		{"the first", flag("192.0.2.53"), "A server sets the flag"},
		{"the second", flag("198.51.100.53"), "ns2.example.com [198.51.100.53]: A server sets the flag"},
		{"both", flag("192.0.2.53", "198.51.100.53"), "A server sets the flag"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, _ := judged(t, delegatedZone{manners: test.manners}.String(), claim("dns/open-resolver"))
			v := a.verdict("dns/open-resolver")
			notes := slices.DeleteFunc(slices.Clone(v.Notes), func(n string) bool { return !strings.Contains(n, "(RA)") })
			if v.Verdict != "false_positive" || test.begins == "" && len(notes) > 0 || test.begins != "" && (len(notes) != 1 || !strings.HasPrefix(notes[0], test.begins)) {
				t.Errorf("%s: %q", v.Verdict, v.Notes)
			}
		})
	}
}
