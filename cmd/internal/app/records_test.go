package app_test

import (
	"strings"
	"testing"
)

// domain is a scenario about example.com with two name servers, in networks of their own. Its records are added to those of
// the servers; rest holds further top-level keys, and more adds zones.
func domain(records, more, rest string) string {
	indent := func(s, by string) string {
		return strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n"+by)
	}
	return `schema: mxverdict/scenario/1
target: example.com
resolver: 203.0.113.1
zones:
  - name: com
    servers: [a.gtld.com]
    records: |
      a.gtld.com. 300 IN A 192.0.2.2
  - name: example.com
    servers: [ns1.example.com, ns2.example.com]
    records: |
      ns1.example.com. 300 IN A 192.0.2.53
      ns2.example.com. 300 IN A 198.51.100.53
      ` + indent(records, "      ") + `
  - name: example.net
    servers: [ns.example.net]
    records: |
      ns.example.net. 300 IN A 192.0.2.77
      mail.example.net. 300 IN A 203.0.113.26
      example.net. 300 IN MX 10 mail.example.net.
  ` + indent(more, "  ") + `
smtp:
  - {address: 203.0.113.25, name: mail.example.com}
  - {address: 203.0.113.26, name: mail.example.net}
` + rest
}

// at is the manner of a name server.
func at(address, manner string) string {
	return "name_servers:\n  - {address: " + address + ", " + manner + "}\n"
}

const (
	firstServer, secondServer = "192.0.2.53", "198.51.100.53"

	good     = "example.com. 300 IN MX 10 mail.example.com.\nmail.example.com. 300 IN A 203.0.113.25"
	bothDead = "name_servers:\n  - {address: 192.0.2.53, behaves: [silent]}\n  - {address: 198.51.100.53, behaves: [silent]}\n"
	bothFail = "name_servers:\n  - {address: 192.0.2.53, behaves: [servfail]}\n  - {address: 198.51.100.53, behaves: [servfail]}\n"
)

// recordCase is a claim about a scenario, and how it has to end.
type recordCase struct {
	name, rule, scenario      string
	verdict, reason, severity string
	note                      string // a word of a note
	args                      []string
	report                    string // instead of the plain claim
}

func runRecordCases(t *testing.T, cases []recordCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.rule+" "+c.name, func(t *testing.T) {
			report := c.report
			if report == "" {
				report = claim(c.rule)
			}
			a, o := judged(t, c.scenario, report, c.args...)
			v := a.verdict(c.rule)
			if v.Verdict != c.verdict || v.Severity != c.severity || c.reason != "" && v.Reason != c.reason {
				t.Errorf("%s (%s) %s, want %s (%s) %s: %s %v", v.Verdict, v.Reason, v.Severity, c.verdict, c.reason, c.severity, v.Says, v.Notes)
			}
			if !strings.Contains(strings.Join(v.Notes, "\n"), c.note) {
				t.Errorf("no note with %q: %q", c.note, v.Notes)
			}
			wantManners(t, o)
		})
	}
}

func TestMXRecords(t *testing.T) {
	const (
		confirmed = "confirmed"
		falsely   = "false_positive"
		policy    = "policy_disagreement"
		unknown   = "inconclusive"
	)
	web := "example.com. 300 IN A 203.0.113.25"
	dead := "example.com. 300 IN A 203.0.113.80"
	stale := func(records string) string {
		return at("203.0.113.1", "zones: [{name: example.com, records: \""+records+"\"}]")
	}
	runRecordCases(t, []recordCase{
		{name: "nothing at all", rule: "mx/missing", scenario: domain("www.example.com. 300 IN A 203.0.113.25", "", ""), verdict: confirmed, severity: "high"},
		{name: "a web server only", rule: "mx/missing", scenario: domain(dead, "", "") + "  - {address: 203.0.113.80, connect: refused}\n", verdict: confirmed, severity: "high",
			args: []string{"--control", "example.net"}},
		{name: "a web server, and nobody knows whether port 25 is open", rule: "mx/missing", scenario: domain(dead, "", "") + "  - {address: 203.0.113.80, connect: refused}\n", verdict: unknown},
		{name: "the address takes mail", rule: "mx/missing", scenario: domain(web, "", ""), verdict: policy, note: "203.0.113.25"},
		{name: "the address turns us away", rule: "mx/missing", scenario: domain("example.com. 300 IN A 203.0.113.80", "", "") +
			"  - {address: 203.0.113.80, name: www.example.com, greeting: {reply: 554 no, then: close}}\n", verdict: unknown, reason: "refused"},
		{name: "bare -all", rule: "mx/missing", scenario: domain(`example.com. 300 IN TXT "V=spf1  -ALL"`, "", ""), verdict: policy, note: "SPF"},
		{name: "-all behind something", rule: "mx/missing", scenario: domain(`example.com. 300 IN TXT "v=spf1 a -all"`, "", ""), verdict: confirmed, severity: "high"},
		{name: "two policies", rule: "mx/missing", scenario: domain("example.com. 300 IN TXT \"v=spf1 -all\"\nexample.com. 300 IN TXT \"v=spf1 mx -all\"", "", ""), verdict: confirmed, severity: "high"},
		{name: "null MX", rule: "mx/missing", scenario: domain("example.com. 300 IN MX 0 .", "", ""), verdict: falsely, reason: "changed", note: "null MX"},
		{name: "null MX of another preference", rule: "mx/missing", scenario: domain("example.com. 300 IN MX 10 .", "", ""), verdict: falsely, note: "null MX (\"10 .\")"},
		{name: "null MX of another preference than 0", rule: "mx/missing", scenario: domain("example.com. 300 IN MX 10 .", "", ""), verdict: falsely, note: "the standard has 0"},
		{name: "null MX of another preference", rule: "mx/single", scenario: domain("example.com. 300 IN MX 10 .", "", ""), verdict: policy, note: "null MX (\"10 .\")"},
		{name: "null MX of another preference", rule: "mx/unresolvable", scenario: domain("example.com. 300 IN MX 10 .", "", ""), verdict: falsely, note: "the standard has 0"},
		{name: "null MX beside others", rule: "mx/missing", scenario: domain("example.com. 300 IN MX 0 .\n"+good, "", ""), verdict: falsely, note: "contradicts"},
		{name: "there is one", rule: "mx/missing", scenario: domain(good, "", ""), verdict: falsely, reason: "changed"},
		{name: "an alias that leads to one", rule: "mx/missing", scenario: domain("www.example.com. 300 IN CNAME example.net.", "", ""), args: []string{"--target", "www.example.com"}, verdict: falsely},
		{name: "an alias that leads to none", rule: "mx/missing", scenario: domain("www.example.com. 300 IN CNAME ns.example.net.", "", ""), args: []string{"--target", "www.example.com"}, verdict: unknown},
		{name: "one server lacks it", rule: "mx/missing", scenario: domain(good, "", at(secondServer, `zones: [{name: example.com, records: ""}]`)), verdict: unknown, reason: "disagreement"},
		{name: "no server answers", rule: "mx/missing", scenario: domain(good, "", bothDead), verdict: unknown, reason: "servfail"},
		{name: "servers fail", rule: "mx/missing", scenario: domain(good, "", bothFail), verdict: unknown, reason: "servfail"},
		{name: "one server silent", rule: "mx/missing", scenario: domain(good, "", at(firstServer, "behaves: [silent]")), verdict: falsely},
		{name: "the name does not exist", rule: "mx/missing", scenario: domain(good, "", ""), args: []string{"--target", "nowhere.example.com"}, verdict: unknown, reason: "not_found"},
		{name: "stale resolver without it", rule: "mx/missing", scenario: domain(good, "", stale("")), verdict: falsely, note: "MX example.com"},
		{name: "stale resolver with it", rule: "mx/missing", scenario: domain("www.example.com. 300 IN A 203.0.113.25", "", stale("example.com. 300 IN MX 10 mail.example.com.")), verdict: confirmed, severity: "high", note: "MX example.com"},
		{name: "lying resolver", rule: "mx/missing", scenario: domain(good, "", at("203.0.113.1", "lies: example.com. 300 IN MX 10 trap.example.com.")), verdict: falsely, note: "MX example.com"},
		{name: "inventing resolver", rule: "mx/missing", scenario: domain(good, "", at("203.0.113.1", "invents: 203.0.113.99")), verdict: falsely, note: "names that do not exist"},
		{name: "resolver of no use", rule: "mx/missing", scenario: domain(good, "", at("203.0.113.1", "behaves: [servfail]")), verdict: falsely},

		{name: "alias", rule: "mx/cname", scenario: domain("example.com. 300 IN MX 10 mail.example.com.\nmail.example.com. 300 IN CNAME mail.example.net.", "", ""), verdict: confirmed, severity: "low"},
		{name: "alias in capitals", rule: "mx/cname", scenario: domain("example.com. 300 IN MX 10 MAIL.Example.COM.\nmail.example.com. 300 IN CNAME mail.example.net.", "", ""), verdict: confirmed, severity: "low"},
		{name: "host", rule: "mx/cname", scenario: domain(good, "", ""), verdict: falsely, reason: "changed"},
		{name: "the host's servers are silent", rule: "mx/cname", scenario: domain("example.com. 300 IN MX 10 mail.example.net.", "", at("192.0.2.77", "behaves: [silent]")), verdict: unknown},
		{name: "the resolver invents an alias", rule: "mx/cname", scenario: domain(good, "", at("203.0.113.1", "lies: mail.example.com. 300 IN CNAME mail.example.net.")), verdict: falsely},

		{name: "only an address", rule: "mx/address", scenario: domain("example.com. 300 IN MX 10 203.0.113.25.", "", ""), verdict: confirmed, severity: "high"},
		{name: "an address of version 6", rule: "mx/address", scenario: domain("example.com. 300 IN MX 10 2001:db8::25.", "", ""), verdict: confirmed, severity: "high"},
		{name: "an address below the zone", rule: "mx/address", scenario: domain("example.com. 300 IN MX 10 203.0.113.25.example.com.", "", ""), verdict: confirmed, severity: "high"},
		{name: "an address beside a host", rule: "mx/address", scenario: domain("example.com. 300 IN MX 20 203.0.113.25.\n"+good, "", ""), verdict: confirmed, severity: "low"},
		{name: "a wildcard makes it a name", rule: "mx/address", scenario: domain("example.com. 300 IN MX 10 203.0.113.25.example.com.\n*.example.com. 300 IN A 203.0.113.25", "", ""), verdict: policy},
		{name: "a name", rule: "mx/address", scenario: domain(good, "", ""), verdict: falsely, reason: "changed"},
		{name: "no answer", rule: "mx/address", scenario: domain(good, "", bothFail), verdict: unknown},

		{name: "the only host", rule: "mx/unresolvable", scenario: domain("example.com. 300 IN MX 10 mail.example.com.", "", ""), verdict: confirmed, severity: "high"},
		{name: "without A and AAAA", rule: "mx/unresolvable", scenario: domain("example.com. 300 IN MX 10 mail.example.com.\nmail.example.com. 300 IN TXT x", "", ""), verdict: confirmed, severity: "high"},
		{name: "beside a good one", rule: "mx/unresolvable", scenario: domain("example.com. 300 IN MX 20 gone.example.com.\n"+good, "", ""), verdict: confirmed, severity: "low"},
		{name: "in a domain that does not exist", rule: "mx/unresolvable", scenario: domain("example.com. 300 IN MX 20 ms12345.msv1.invalid.\n"+good, "", ""), verdict: confirmed, severity: "low"},
		{name: "an alias that leads nowhere", rule: "mx/unresolvable", scenario: domain("example.com. 300 IN MX 20 gone.example.com.\ngone.example.com. 300 IN CNAME nobody.example.net.\n"+good, "", ""), verdict: confirmed, severity: "low"},
		{name: "null MX beside a good one", rule: "mx/unresolvable", scenario: domain("example.com. 300 IN MX 0 .\n"+good, "", ""), verdict: confirmed, severity: "medium"},
		{name: "null MX", rule: "mx/unresolvable", scenario: domain("example.com. 300 IN MX 0 .", "", ""), verdict: falsely, note: "null MX"},
		{name: "resolves", rule: "mx/unresolvable", scenario: domain(good, "", ""), verdict: falsely, reason: "changed"},
		{name: "only version 6", rule: "mx/unresolvable", scenario: domain("example.com. 300 IN MX 10 mail.example.com.\nmail.example.com. 300 IN AAAA 2001:db8::25", "", ""), verdict: falsely},
		{name: "the host's servers fail", rule: "mx/unresolvable", scenario: domain("example.com. 300 IN MX 10 mail.example.net.", "", at("192.0.2.77", "behaves: [servfail]")), verdict: unknown, reason: "servfail"},
		{name: "the resolver invents an address", rule: "mx/unresolvable", scenario: domain("example.com. 300 IN MX 10 mail.example.com.", "", at("203.0.113.1", "invents: 203.0.113.99")), verdict: confirmed, severity: "high", note: "names that do not exist"},

		{name: "the only one", rule: "mx/private-address", scenario: domain("example.com. 300 IN MX 10 mail.example.com.\nmail.example.com. 300 IN A 10.0.0.25", "", ""), verdict: confirmed, severity: "high"},
		{name: "one of two", rule: "mx/private-address", scenario: domain("example.com. 300 IN MX 20 in.example.com.\nin.example.com. 300 IN A 192.168.0.25\n"+good, "", ""), verdict: confirmed, severity: "low"},
		{name: "site-local", rule: "mx/private-address", scenario: domain("example.com. 300 IN MX 10 mail.example.com.\nmail.example.com. 300 IN AAAA fec0::25", "", ""), verdict: confirmed, severity: "high"},
		{name: "a private one inside of another form", rule: "mx/private-address", scenario: domain("example.com. 300 IN MX 10 mail.example.com.\nmail.example.com. 300 IN AAAA 64:ff9b::a00:19", "", ""), verdict: confirmed, severity: "high"},
		{name: "public", rule: "mx/private-address", scenario: domain(good, "", ""), verdict: falsely, reason: "changed"},
		{name: "split DNS seen from inside", rule: "mx/private-address", scenario: domain(good, "", at("203.0.113.1", "lies: mail.example.com. 300 IN A 10.0.0.25")), verdict: falsely, note: "split DNS"},
		{name: "no answer", rule: "mx/private-address", scenario: domain(good, "", bothFail), verdict: unknown},

		{name: "one name twice", rule: "mx/duplicate", scenario: domain("example.com. 300 IN MX 20 mail.example.com.\n"+good, "", ""), verdict: policy, note: "two MX records"},
		{name: "two names of one address", rule: "mx/duplicate", scenario: domain("example.com. 300 IN MX 20 m2.example.com.\nm2.example.com. 300 IN A 203.0.113.25\n"+good, "", ""), verdict: policy, note: "share an address"},
		{name: "equal preference", rule: "mx/duplicate", scenario: domain("example.com. 300 IN MX 10 mail.example.net.\n"+good, "", ""), verdict: policy, note: "preference"},
		{name: "nothing twice", rule: "mx/duplicate", scenario: domain("example.com. 300 IN MX 20 mail.example.net.\n"+good, "", ""), verdict: falsely, reason: "changed"},
		{name: "no answer", rule: "mx/duplicate", scenario: domain(good, "", bothFail), verdict: unknown},

		{name: "one", rule: "mx/single", scenario: domain(good, "", ""), verdict: policy},
		{name: "null MX", rule: "mx/single", scenario: domain("example.com. 300 IN MX 0 .", "", ""), verdict: policy, note: "null MX"},
		{name: "two", rule: "mx/single", scenario: domain("example.com. 300 IN MX 20 mail.example.net.\n"+good, "", ""), verdict: falsely, reason: "changed"},
		{name: "none", rule: "mx/single", scenario: domain("www.example.com. 300 IN A 203.0.113.25", "", ""), verdict: unknown},

		{name: "same serial", rule: "mx/inconsistent", scenario: domain(good, "", at(secondServer, `zones: [{name: example.com, records: "example.com. 300 IN MX 10 old.example.com."}]`)), verdict: confirmed, severity: "medium", note: "same serial"},
		{name: "other serial", rule: "mx/inconsistent", scenario: domain(good, "", at(secondServer, `soa: {serial: 7}, zones: [{name: example.com, records: "example.com. 300 IN MX 10 old.example.com."}]`)), verdict: confirmed, severity: "medium", note: "refresh"},
		{name: "names differ in case only", rule: "mx/inconsistent", scenario: domain(good, "", at(secondServer, `zones: [{name: example.com, records: "EXAMPLE.com. 300 IN MX 10 Mail.Example.COM."}]`)), verdict: falsely, reason: "changed"},
		{name: "equal, other serial", rule: "mx/inconsistent", scenario: domain(good, "", at(secondServer, `soa: {serial: 7}`)), verdict: falsely, reason: "changed"},
		{name: "one silent", rule: "mx/inconsistent", scenario: domain(good, "", at(secondServer, `behaves: [silent]`)), verdict: unknown, reason: "servfail"},
		{name: "one refuses", rule: "mx/inconsistent", scenario: domain(good, "", at(secondServer, `behaves: [refused]`)), verdict: unknown, reason: "servfail"},
		{name: "an alias here, none there", rule: "mx/inconsistent", scenario: domain("www.example.com. 300 IN CNAME example.net.", "", at(secondServer, `zones: [{name: example.com, records: "www.example.com. 300 IN MX 10 old.example.com."}]`)), args: []string{"--target", "www.example.com"}, verdict: confirmed, severity: "medium"},
	})
}

func TestRecordsOfAName(t *testing.T) {
	zone := "www.example.com. 300 IN A 203.0.113.25\nweb.example.com. 300 IN CNAME www.example.com.\n" + good
	text := func(record string) string {
		return record + ":www.example.com\nResult\nDNS Record Published DNS Record not found\n"
	}
	www := []string{"--target", "www.example.com"}
	conflict := "example.com. 300 IN CNAME example.net.\n"
	runRecordCases(t, []recordCase{
		{name: "no AAAA", rule: "dns/record-missing", scenario: domain(zone, "", ""), report: text("aaaa"), verdict: "policy_disagreement"},
		{name: "there is an A", rule: "dns/record-missing", scenario: domain(zone, "", ""), report: text("a"), verdict: "false_positive", reason: "changed"},
		{name: "which record", rule: "dns/record-missing", scenario: domain(zone, "", ""), args: www, verdict: "inconclusive", reason: "untested"},
		{name: "no answer", rule: "dns/record-missing", scenario: domain(zone, "", bothFail), report: text("a"), verdict: "inconclusive", reason: "servfail"},
		{name: "the name does not exist", rule: "dns/record-missing", scenario: domain(good, "", ""), report: text("a"), verdict: "policy_disagreement", note: "does not exist"},
		{name: "one server lacks it", rule: "dns/record-missing", scenario: domain(zone, "", at(secondServer, `zones: [{name: example.com, records: "web.example.com. 300 IN A 203.0.113.25"}]`)), report: text("a"), verdict: "confirmed", severity: "medium"},
		{name: "an alias is followed", rule: "dns/record-missing", scenario: domain(zone, "", ""), report: strings.ReplaceAll(text("a"), "www.", "web."), verdict: "false_positive"},
		{name: "stale resolver", rule: "dns/record-missing", scenario: domain(zone, "", at("203.0.113.1", `zones: [{name: example.com, records: "www.example.com. 300 IN TXT x"}]`)), report: text("a"), verdict: "false_positive", note: "A www.example.com"},
		{name: "inventing resolver", rule: "dns/record-missing", scenario: domain(good, "", at("203.0.113.1", `invents: 203.0.113.99`)), report: text("a"), verdict: "policy_disagreement", note: "names that do not exist"},

		{name: "at the apex", rule: "dns/cname-conflict", scenario: domain(conflict+good, "", ""), verdict: "confirmed", severity: "high"},
		{name: "beside SOA and NS only", rule: "dns/cname-conflict", scenario: domain(conflict, "", ""), verdict: "confirmed", severity: "high"},
		{name: "below the apex", rule: "dns/cname-conflict", scenario: domain("www.example.com. 300 IN CNAME example.net.\nwww.example.com. 300 IN TXT x", "", ""), args: www, verdict: "confirmed", severity: "high"},
		{name: "two aliases", rule: "dns/cname-conflict", scenario: domain("www.example.com. 300 IN CNAME example.net.\nwww.example.com. 300 IN CNAME mail.example.net.", "", ""), args: www, verdict: "confirmed", severity: "high"},
		{name: "on one server", rule: "dns/cname-conflict", scenario: domain(good, "", at(secondServer, `zones: [{name: example.com, records: "example.com. 300 IN CNAME example.net."}]`)), verdict: "confirmed", severity: "high"},
		{name: "a proper alias", rule: "dns/cname-conflict", scenario: domain(zone, "", ""), args: []string{"--target", "web.example.com"}, verdict: "false_positive", note: "nothing stands beside"},
		{name: "two versions of the zone", rule: "dns/cname-conflict", scenario: domain("www.example.com. 300 IN CNAME example.net.", "", at(secondServer, `zones: [{name: example.com, records: "www.example.com. 300 IN A 203.0.113.25"}]`)), args: www, verdict: "false_positive"},
		{name: "flattened", rule: "dns/cname-conflict", scenario: domain("example.com. 300 IN A 203.0.113.25\n"+good, "", ""), verdict: "false_positive", note: "flatten"},
		{name: "the resolver lies", rule: "dns/cname-conflict", scenario: domain(good, "", at("203.0.113.1", "lies: example.com. 300 IN CNAME example.net.")), verdict: "false_positive"},
		{name: "no answer", rule: "dns/cname-conflict", scenario: domain(good, "", bothDead), verdict: "inconclusive"},
	})
}

func TestWhatNameServersDoForStrangers(t *testing.T) {
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

// The evidence of a transfer is that there is one, not the zone.
func TestTransferredZoneIsNotKept(t *testing.T) {
	_, o := judged(t, domain("secret.example.com. 300 IN TXT hidden\n"+good, "", at(secondServer, "behaves: [transfer]")), claim("dns/zone-transfer"))
	if strings.Contains(o.stdout, "hidden") || !strings.Contains(o.stdout, `"transferred"`) {
		t.Error("the evidence holds the zone, or not that it was handed out")
	}
}

// Names of mail hosts that nobody can ask for, or that ask for too much, end in time and confirm nothing of others.
func TestHostileMailHosts(t *testing.T) {
	var many strings.Builder
	for _, c := range "abcdefghijklmnopqrstuvwxyz" {
		many.WriteString("example.com. 300 IN MX 10 " + string(c) + ".example.com.\n")
	}
	loop := "example.com. 300 IN MX 10 l1.example.com.\nl1.example.com. 300 IN CNAME l2.example.com.\nl2.example.com. 300 IN CNAME l1.example.com."
	runRecordCases(t, []recordCase{
		{name: "a loop of aliases", rule: "mx/private-address", scenario: domain(loop, "", ""), verdict: "inconclusive"},
		{name: "a loop of aliases", rule: "mx/unresolvable", scenario: domain(loop, "", ""), verdict: "inconclusive"},
		{name: "a loop of aliases", rule: "mx/cname", scenario: domain(loop, "", ""), verdict: "confirmed", severity: "low"},
		{name: "strange characters", rule: "mx/unresolvable", scenario: domain(`example.com. 300 IN MX 10 a\032b\027.example.com.`, "", ""), verdict: "confirmed", severity: "high"},
		{name: "strange characters, and a dot within a label", rule: "mx/unresolvable", scenario: domain(`example.com. 300 IN MX 10 a\.b\027.example.com.`, "", ""), verdict: "inconclusive"},
		{name: "more than are looked up", rule: "mx/private-address", scenario: domain(many.String()+"*.example.com. 300 IN A 203.0.113.25", "", ""), verdict: "inconclusive"},
	})
}
