package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// One name server that lags behind the others, or was forgotten, decides nothing about a name by itself.
func TestOneLaggingServerDecidesNothing(t *testing.T) {
	const names = `ns1.example.com. 300 IN A 192.0.2.53\nns2.example.com. 300 IN A 198.51.100.53\n`
	const mx = names + `example.com. 300 IN MX 10 mail.example.com.\n`
	lagging := func(records, address, old string) string {
		return domain(records, "", at(address, `soa: {serial: 7}, zones: [{name: example.com, records: "`+old+`"}]`))
	}
	sub := []string{"--target", "sub.example.com"}
	subMX := "sub.example.com. 300 IN MX 10 mail.example.net."
	for _, address := range []string{firstServer, secondServer} {
		runRecordCases(t, []recordCase{
			{name: "a host that is in one copy", rule: "mx/unresolvable", scenario: lagging(good, address, mx), verdict: "inconclusive"},
			{name: "a host in other copies", rule: "mx/cname", scenario: lagging(good, address, mx+"mail.example.com. 300 IN CNAME mail.example.net."), verdict: "inconclusive"},
			{name: "a host at another address", rule: "mx/private-address", scenario: lagging(good, address, mx+"mail.example.com. 300 IN A 10.0.0.25"), verdict: "inconclusive"},
			{name: "one record each", rule: "mx/single", scenario: lagging(good, address, names+"example.com. 300 IN MX 10 mail.example.net."), verdict: "inconclusive", reason: "disagreement"},
			{name: "two or three", rule: "mx/single", scenario: lagging(good+"\nexample.com. 300 IN MX 20 a.example.net.\nexample.com. 300 IN MX 30 b.example.net.", address, mx+"example.com. 300 IN MX 30 mail.example.net."), verdict: "false_positive"},
			{name: "one record each", rule: "mx/duplicate", scenario: lagging(good, address, names+"example.com. 300 IN MX 10 mail.example.net."), verdict: "inconclusive", reason: "disagreement"},
			{name: "the name is in one copy", rule: "mx/missing", scenario: lagging(subMX, address, names), args: sub, verdict: "inconclusive", reason: "disagreement"},
			{name: "the name is in one copy", rule: "mx/inconsistent", scenario: lagging(subMX, address, names), args: sub, verdict: "confirmed", severity: "medium"},
		})
	}
}

// What one server says of the name of a name server is not believed against another, and a name server that cannot be found
// was not asked.
func TestNameServersThatAreHardToFind(t *testing.T) {
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
	a, _ := judged(t, domain(good, "", at(firstServer, "behaves: [no_udp]")), claim("dns/ns-unresponsive"))
	if v := a.verdict("dns/ns-unresponsive"); v.Verdict != "inconclusive" || v.Reason != "disagreement" {
		t.Errorf("%s (%s): %s", v.Verdict, v.Reason, v.Says)
	}
}

// Servers that compute addresses give each asker others. That serials differ for a moment does not make that a fault.
func TestAddressesThatDifferForAMoment(t *testing.T) {
	const copy = `zones: [{name: example.com, records: "ns1.example.com. 300 IN A 192.0.2.53\nns2.example.com. 300 IN A 198.51.100.53\n` +
		`example.com. 300 IN A 203.0.113.81\nexample.com. 300 IN MX 10 mail.example.com.\nmail.example.com. 300 IN A 203.0.113.25"}]`
	later := at(firstServer, "soa: {serial: 3}, "+copy) + "  - {address: " + firstServer + ", after: 10s, soa: {serial: 2000010101}}\n"
	for scenario, want := range map[string]string{later: "false_positive", at(firstServer, "soa: {serial: 3}, "+copy): "confirmed"} {
		a, _ := judged(t, domain("example.com. 300 IN A 203.0.113.80\n"+good, "", scenario), claim("dns/soa-serial-agreement"))
		if v := a.verdict("dns/soa-serial-agreement"); v.Verdict != want {
			t.Errorf("%s, want %s: %s", v.Verdict, want, v.Says)
		}
	}
}

// Nobody waits for more than a minute for servers that do not answer, however much is asked of them.
func TestNoLongWaitForDNS(t *testing.T) {
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
