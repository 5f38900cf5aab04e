package app_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mxverdict/cmd/internal/app"
	"mxverdict/rules"
)

// An alias to nothing is no alias with which most senders cope.
func TestAliasOfMailHostThatLeadsNowhere(t *testing.T) {
	nowhere := "example.com. 300 IN MX 10 mail.example.com.\nmail.example.com. 300 IN CNAME gone.example.net.\n"
	beside := "example.com. 300 IN MX 20 other.example.com.\nother.example.com. 300 IN A 203.0.113.25\n"
	runRecordCases(t, []recordCase{
		{name: "the only one", rule: "mx/cname", scenario: domain(nowhere, "", ""), verdict: "confirmed", severity: "high", note: "mail.example.com"},
		{name: "beside a good one", rule: "mx/cname", scenario: domain(nowhere+beside, "", ""), verdict: "confirmed", severity: "low", note: "mail.example.com"},
		{name: "nobody knows where it leads", rule: "mx/cname", scenario: domain(nowhere, "", at("192.0.2.77", "behaves: [servfail]")), verdict: "confirmed", severity: "low"},
	})
}

// everywhere lets all name servers of a delegated zone, those of the root and the TLD included, behave in a way.
func everywhere(manner string) string {
	var all string
	for _, address := range []string{"192.0.2.251", "192.0.2.11", "192.0.2.12", firstServer, secondServer} {
		all += behaving(address, manner)
	}
	return all
}

// What this network does with DNS to every server says nothing of one. Where it does it to some only, the verdict stands.
func TestNetworksThatChangeDNS(t *testing.T) {
	both := behaving(firstServer, "no_tcp") + behaving(secondServer, "no_tcp")
	for _, test := range []delegationTest{
		{"no TCP gets out", delegatedZone{manners: everywhere("no_tcp")}, "dns/tcp-unavailable", "inconclusive", "network_closed", "", "TCP"},
		{"TCP is dropped", delegatedZone{manners: everywhere("silent_tcp")}, "dns/tcp-unavailable", "inconclusive", "network_closed", "", "TCP"},
		{"TCP gets out", delegatedZone{manners: both}, "dns/tcp-unavailable", "confirmed", "", "medium", firstServer},
		{"no TCP gets out", delegatedZone{manners: everywhere("no_tcp")}, "dns/zone-transfer", "inconclusive", "network_closed", "", "TCP"},
		{"TCP gets out", delegatedZone{manners: both}, "dns/zone-transfer", "false_positive", "changed", "", ""},
		{"no TCP gets out", delegatedZone{manners: strings.Replace(everywhere("no_tcp"), firstServer+", behaves: [no_tcp]", firstServer+", behaves: [silent]", 1)}, "dns/ns-unresponsive", "inconclusive", "network_closed", "", "TCP"},
		// A resolver that stands in for all servers refuses to look into its cache.
		{"a resolver answers for all", delegatedZone{manners: everywhere("refused")}, "dns/ns-not-authoritative", "inconclusive", "network_closed", "", "in place of"},
		{"a resolver answers for all", delegatedZone{manners: everywhere("refused")}, "dns/ns-unresponsive", "inconclusive", "network_closed", "", "in place of"},
		{"a resolver answers for all", delegatedZone{manners: everywhere("refused")}, "dns/tcp-unavailable", "inconclusive", "network_closed", "", "in place of"},
		{"a resolver answers for all", delegatedZone{manners: everywhere("refused")}, "dns/zone-transfer", "inconclusive", "", "", ""},
	} {
		t.Run(test.rule+"/"+test.name, func(t *testing.T) { test.run(t) })
	}
}

// Below a wildcard of another type a resolver that serves strangers finds that there is no data, not that there is no name.
func TestOpenResolverBelowAWildcard(t *testing.T) {
	for _, test := range []delegationTest{
		{"open", delegatedZone{parent: rightParent + "*.com. TXT x", manners: behaving(secondServer, "recursive")}, "dns/open-resolver", "confirmed", "", "medium", secondServer},
		{"refuses", delegatedZone{parent: rightParent + "*.com. TXT x", manners: behaving(secondServer, "recursion_available")}, "dns/open-resolver", "false_positive", "changed", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t) })
	}
}

// That the whole zone is gone is said only where each of its servers was asked.
func TestSilentServerBesideOneThatCannotBeFound(t *testing.T) {
	delegationTest{"", delegatedZone{parent: "example.com. NS ns1.example.com.\nexample.com. NS dns.other.net.\nns1.example.com. A 192.0.2.53",
		servers: "ns1.example.com, dns.other.net", more: otherNet("x.other.net. A 203.0.113.9"),
		manners: behaving(firstServer, "silent") + behaving("203.0.113.53", "servfail")},
		"dns/ns-unresponsive", "confirmed", "", "medium", firstServer}.run(t)
}

// Servers that differ in the protocol only.
func TestNetworksOfBothProtocols(t *testing.T) {
	apart := "ns1.example.com. A 192.0.2.53\nns2.example.com. AAAA 2001:db8::53\n"
	one := "ns1.example.com. A 192.0.2.53\nns1.example.com. AAAA 2001:db8::53\nns2.example.com. A 192.0.2.53\nns2.example.com. AAAA 2001:db8::53\n"
	two := strings.Replace(one, "ns2.example.com. A 192.0.2.53", "ns2.example.com. A 192.0.2.54", 1)
	zone := func(records string) delegatedZone {
		return delegatedZone{parent: "example.com. NS ns1.example.com.\nexample.com. NS ns2.example.com.\n" + records, records: records}
	}
	for _, test := range []delegationTest{
		{"one has IPv6 only", zone(apart), "dns/ns-same-subnet", "policy_disagreement", "", "", "IPv6"},
		{"one has IPv6 only", zone(apart), "dns/ns-too-few", "false_positive", "changed", "", "2"},
		{"the same two addresses", zone(one), "dns/ns-same-subnet", "confirmed", "", "low", ""},
		{"the same two addresses", zone(one), "dns/ns-too-few", "inconclusive", "ambiguous", "", "one machine"},
		{"one address in common", zone(two), "dns/ns-too-few", "false_positive", "changed", "", ""},
	} {
		t.Run(test.rule+"/"+test.name, func(t *testing.T) { test.run(t) })
	}
}

// A web server's name is not a domain that lost its mail.
func TestNameWithinADomainWithoutMX(t *testing.T) {
	www := "www.example.com. 300 IN A 203.0.113.80\n"
	closed := "  - {address: 203.0.113.80, connect: refused}\n"
	args := []string{"--target", "www.example.com", "--control", "example.net"}
	runRecordCases(t, []recordCase{
		{name: "a web server", rule: "mx/missing", scenario: domain(www+good, "", "") + closed, args: args, verdict: "inconclusive", reason: "ambiguous"},
		{name: "one that sends", rule: "mx/missing", scenario: domain(www+good+"\nwww.example.com. TXT \"v=spf1 a -all\"", "", "") + closed, args: args, verdict: "confirmed", severity: "high"},
		{name: "one that sends nothing", rule: "mx/missing", scenario: domain(www+good+"\nwww.example.com. TXT \"v=spf1 -all\"", "", "") + closed, args: args, verdict: "policy_disagreement"},
	})
}

// That there is nothing is said by every name server or not at all: the one that does not answer may have what the others lack.
func TestSilentServerMayHaveTheRecord(t *testing.T) {
	without := func(rest, records string) string {
		return "name_servers:\n  - {address: " + firstServer + ", behaves: [" + rest + "]}\n  - {address: " + secondServer +
			", zones: [{name: example.com, records: \"" + records + "\"}]}\n"
	}
	alias := "www.example.com. 300 IN CNAME example.net.\nwww.example.com. 300 IN TXT x\n" + good
	www := []string{"--target", "www.example.com"}
	row := "a:www.example.com\nResult\nDNS Record Published DNS Record not found\n"
	runRecordCases(t, []recordCase{ // a server that refuses does not have the zone
		{name: "refused", rule: "dns/record-missing", report: row, scenario: domain("www.example.com. TXT x\n"+good, "", at(firstServer, "behaves: [refused]")), verdict: "policy_disagreement"},
		{name: "refused", rule: "dns/cname-conflict", args: www, scenario: domain("www.example.com. A 203.0.113.25\n"+good, "", at(firstServer, "behaves: [refused]")), verdict: "false_positive", reason: "changed"},
	})
	for _, manner := range []string{"silent", "servfail"} {
		runRecordCases(t, []recordCase{
			{name: manner, rule: "dns/record-missing", report: row, scenario: domain("www.example.com. 300 IN A 203.0.113.25\n"+good, "", without(manner, "web.example.com. A 203.0.113.25")), verdict: "inconclusive", reason: "servfail"},
			{name: manner + ", the other has it", rule: "dns/record-missing", report: row, scenario: domain("www.example.com. 300 IN A 203.0.113.25\n"+good, "", at(firstServer, "behaves: ["+manner+"]")), verdict: "false_positive", reason: "changed"},
			{name: manner, rule: "dns/cname-conflict", args: www, scenario: domain(alias, "", without(manner, "www.example.com. A 203.0.113.25")), verdict: "inconclusive", reason: "servfail"},
			{name: manner + ", the other has it", rule: "dns/cname-conflict", args: www, scenario: domain(alias, "", at(firstServer, "behaves: ["+manner+"]")), verdict: "confirmed", severity: "high"},
			{name: manner, rule: "mx/missing", scenario: domain(good, "", without(manner, "mail.example.com. A 203.0.113.25")), verdict: "inconclusive", reason: "servfail"},
		})
	}
}

// Where signatures are broken, resolvers that check them answer SERVFAIL to what every name server answers.
func TestResolverThatFailsIsNamed(t *testing.T) {
	for _, rule := range []string{"mx/missing", "mx/inconsistent", "dns/cname-conflict"} {
		runRecordCases(t, []recordCase{
			{name: "fails", rule: rule, scenario: domain(good, "", at("203.0.113.1", "behaves: [servfail]")), verdict: "false_positive", note: "DNSSEC"},
		})
		a, _ := judged(t, domain(good, "", ""), claim(rule))
		if notes := strings.Join(a.verdict(rule).Notes, " "); strings.Contains(notes, "DNSSEC") {
			t.Errorf("a resolver that answers is blamed: %s", notes)
		}
	}
}

// What is to be done names the server to which it is to be done.
func TestAdviceNamesTheServer(t *testing.T) {
	for rule, manner := range map[string]string{"dns/ns-not-authoritative": "refused", "dns/ns-unresponsive": "silent",
		"dns/tcp-unavailable": "no_tcp", "dns/open-resolver": "recursive"} {
		o := inLab(t, delegatedZone{manners: behaving(secondServer, manner)}.String(), claim(rule), "--format", "ticket")
		first, _, _ := strings.Cut(o.stdout, "....")
		if !strings.Contains(strings.Join(strings.Fields(first), " "), "ns2.example.com") || strings.Contains(first, "{") {
			t.Errorf("%s: %s", rule, first)
		}
	}
}

// A server that answers after seconds answers; that it is slow is said, whichever server it is.
func TestSlowNameServer(t *testing.T) {
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

// A run whose time is over leaves verdicts about name servers and mail hosts open: the servers that were not asked may contradict
// the others. It never turns one verdict into another, but for a severity that is not known yet. And a replay says what the run said.
func TestLessTimeNeverTurnsAVerdictAboutDNS(t *testing.T) {
	catalogue, err := rules.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	var report string
	for _, rule := range catalogue.Rules() {
		if strings.HasPrefix(rule.ID, "dns/") || strings.HasPrefix(rule.ID, "mx/") {
			report += claim(rule.ID)
		}
	}
	differing := at(secondServer, "behaves: [slow: 2s], zones: [{name: example.com, records: \"x.example.com. A 203.0.113.9\"}]")
	for name, text := range map[string]string{
		"one server lags":    domain(good, "", differing),
		"one lags, null MX":  domain("example.com. MX 0 .", "", differing),
		"one lags, private":  domain("example.com. MX 10 mail.example.com.\nmail.example.com. A 10.0.0.25", "", differing),
		"one is slow":        domain(good, "", at(secondServer, "behaves: [slow: 4s, transfer, recursive]")),
		"serials differ":     soaZone("serial: 8", "name_servers:", "  - {address: 198.51.100.53, behaves: [slow: 3s], soa: {serial: 7}}"),
		"one is lame":        delegatedZone{manners: behaving(secondServer, "refused")}.String(),
		"one has old glue":   delegatedZone{parent: strings.Replace(rightParent, "192.0.2.53", "192.0.2.66", 1)}.String(),
		"no TCP gets out":    delegatedZone{manners: everywhere("no_tcp")}.String(),
		"one server is dead": delegatedZone{manners: behaving(firstServer, "silent")}.String(),
	} {
		saved := filepath.Join(t.TempDir(), "evidence.json")
		whole, _ := judged(t, text, report, "--save-evidence", saved)
		var stdout, stderr bytes.Buffer
		app.Run([]string{"mxverdict", "replay", "--format", "json", "--rules", claims, saved}, strings.NewReader(""), &stdout, &stderr, app.Env{})
		var again answer
		if err := json.Unmarshal(stdout.Bytes(), &again); err != nil {
			t.Fatalf("%s: %v: %s", name, err, stderr.String())
		}
		for _, v := range whole.Verdicts {
			if w := again.verdict(v.Rule); ending(w) != ending(v) || w.Says != v.Says || !slices.Equal(w.Notes, v.Notes) {
				t.Errorf("%s: %s is %s, and in the replay %s", name, v.Rule, ending(v), ending(w))
			}
		}
		for _, deadline := range []string{"1s", "2500ms", "4s", "7s", "12s", "18s"} {
			less, _ := judged(t, text, report, "--deadline", deadline)
			for _, v := range whole.Verdicts {
				if w := less.verdict(v.Rule); w.Verdict != "inconclusive" && w.Verdict != v.Verdict {
					t.Errorf("%s: %s is %s, and after %s %s: %s", name, v.Rule, ending(v), deadline, ending(w), w.Says)
				}
			}
		}
	}
}
