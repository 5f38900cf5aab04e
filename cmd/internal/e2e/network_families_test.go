package e2e

import (
	"strings"
	"testing"
)

// To a machine without IPv4, name servers at IPv4 addresses are what those at IPv6 addresses are to one without IPv6.
func TestTesterWithoutIPv4(t *testing.T) {
	parallel(t)
	for _, test := range []struct{ rule, extra, verdict, note string }{
		{"dns/ns-unresponsive", "", "false_positive", "no route to 192.0.2.53"},
		{"dns/ns-not-authoritative", "", "false_positive", "no route to 198.51.100.53"},
		{"dns/open-resolver", "", "false_positive", "no route"},
		{"dns/zone-transfer", "", "false_positive", "no route"},
		{"mx/inconsistent", "", "false_positive", ""},
		{"mx/missing", "", "false_positive", ""},
		{"mx/inconsistent", ", ns3.example.com", "false_positive", ""},
		{"dns/ns-unresponsive", ", ns3.example.com", "inconclusive", ""}, // it has no other address
	} {
		t.Run(strings.ReplaceAll(test.rule+test.extra, "/", " "), func(t *testing.T) {
			a, o := judged(t, bothFamilies(test.extra), claim(test.rule))
			v := a.verdict(test.rule)
			if v.Verdict != test.verdict || !strings.Contains(strings.Join(v.Notes, " "), test.note) {
				t.Errorf("%s (%s), want %s with %q: %s %q\n%s", v.Verdict, v.Reason, test.verdict, test.note, v.Says, v.Notes, o.stderr)
			}
		})
	}
}

// Without a route of a family its addresses are left out, and said. They decide only where the report names one.
func TestNoIPv6(t *testing.T) {
	parallel(t)
	text := "no_ipv6: true\n" + scenarioFile(t, "../../../testdata/scenarios/eight-addresses.yaml")
	a, o := judged(t, text, "")
	for rule, want := range map[string]string{"smtp/tls-missing": "confirmed", "smtp/connect": "confirmed", "smtp/transaction-time": "false_positive"} {
		if v := a.verdict(rule); v.Verdict != want {
			t.Errorf("%s is %s (%s): %s", rule, v.Verdict, v.Reason, v.Says)
		}
	}
	if !strings.Contains(o.stdout, "Not judged: mx6.example.com [2001:db8::66]") || !strings.Contains(o.stdout, "True at 1 of 4 addresses judged: mx2.example.com [203.0.113.24].") {
		t.Errorf("the notes do not say what was left out:\n%s", o.stdout)
	}
	a, _ = judged(t, text, "Failed To Connect\nWarning - Does not support TLS.\n", "--address", "2001:db8::66")
	for _, v := range a.Verdicts {
		if v.Verdict != "inconclusive" || v.Reason != "connect_failed" {
			t.Errorf("%s is %s (%s): %s", v.Rule, v.Verdict, v.Reason, v.Says)
		}
	}
}

// Servers that differ in the protocol only.
func TestNetworksOfBothProtocols(t *testing.T) {
	parallel(t)
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
