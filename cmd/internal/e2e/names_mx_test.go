package e2e

import (
	"strings"
	"testing"
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
	parallel(t)
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
	parallel(t)
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

// Names of mail hosts that nobody can ask for, or that ask for too much, end in time and confirm nothing of others.
func TestHostileMailHosts(t *testing.T) {
	parallel(t)
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

// Of more records than are read, those that were read are there: they decide what one of them decides, and no more.
func TestMoreRecordsThanAreRead(t *testing.T) {
	parallel(t)
	const falsely, policy, unknown = "false_positive", "policy_disagreement", "inconclusive"
	zone := func(records string) string {
		return delegatedZone{records: rightOwn + records}.String() + "smtp: [{address: 203.0.113.25, name: mail.example.com}]\n"
	}
	oneHost := zone(counted(260, "example.com. 300 IN MX %d mail.example.com.") + "mail.example.com. 300 IN A 203.0.113.25\n")
	hosts := zone(counted(260, "example.com. 300 IN MX %[1]d m%[1]d.example.com.") + "m0.example.com. 300 IN A 203.0.113.25\n" + counted(260, "m%d.example.com. 300 IN A 10.0.0.25"))
	addresses := zone("example.com. 300 IN MX 10 mail.example.com.\n" + counted(250, "mail.example.com. 300 IN A 198.51.100.%d"))
	texts := zone(counted(260, "example.com. 300 IN TXT t%d"))
	reverse := func(names string) string {
		at := "      25.113.0.203.in-addr.arpa. 300 IN PTR mail.example.com.\n"
		names = "      " + strings.ReplaceAll(strings.TrimSpace(names), "\n", "\n      ") + "\n"
		return strings.Replace(honestMail(""), at, names, 1)
	}
	leading := reverse("25.113.0.203.in-addr.arpa. 300 IN PTR mail.example.com.\n" + counted(260, "25.113.0.203.in-addr.arpa. 300 IN PTR z%d.example.com."))
	strange := reverse(counted(260, "25.113.0.203.in-addr.arpa. 300 IN PTR h%d.example.com."))
	row := func(rrtype string) string {
		return rrtype + ":example.com\nResult\nDNS Record Published DNS Record not found\n"
	}
	runRecordCases(t, []recordCase{
		{name: "MX records of one host", rule: "mx/missing", scenario: oneHost, verdict: falsely},
		{name: "MX records of one host", rule: "mx/single", scenario: oneHost, verdict: falsely},
		{name: "MX records of one host", rule: "mx/duplicate", scenario: oneHost, verdict: policy},
		{name: "MX records of one host", rule: "mx/unresolvable", scenario: oneHost, verdict: unknown},
		{name: "MX records of one host", rule: "mx/inconsistent", scenario: oneHost, verdict: unknown},
		{name: "MX records of one host", rule: "smtp/connect", scenario: oneHost, verdict: falsely},
		{name: "MX records of one host", rule: "smtp/hostname-unresolved", scenario: oneHost, verdict: falsely},
		{name: "MX hosts", rule: "mx/missing", scenario: hosts, verdict: falsely},
		{name: "MX hosts", rule: "mx/private-address", scenario: hosts, verdict: "confirmed", severity: "low"},
		{name: "addresses", rule: "mx/unresolvable", scenario: addresses, verdict: falsely},
		{name: "addresses", rule: "mx/cname", scenario: addresses, verdict: falsely},
		{name: "addresses", rule: "mx/private-address", scenario: addresses, verdict: unknown},
		{name: "addresses", rule: "smtp/hostname-unresolved", scenario: addresses, verdict: falsely},
		{name: "texts", rule: "dns/record-missing", report: row("TXT"), scenario: texts, verdict: falsely},
		{name: "reverse names, one of which leads back", rule: "smtp/ptr-missing", scenario: leading, verdict: falsely},
		{name: "reverse names, one of which leads back", rule: "smtp/ptr-mismatch", scenario: leading, verdict: falsely},
		{name: "reverse names that lead nowhere", rule: "smtp/ptr-missing", scenario: strange, verdict: falsely},
		{name: "reverse names that lead nowhere", rule: "smtp/ptr-mismatch", scenario: strange, verdict: unknown},
		{name: "reverse names that lead nowhere", rule: "smtp/banner-mismatch", scenario: strange, verdict: unknown},
	})
	a, _ := judged(t, oneHost, claim("mx/single"))
	if says := a.verdict("mx/single").Says; !strings.Contains(says, "at least 200") {
		t.Errorf("not said how many there are: %s", says)
	}
}

// An alias to nothing is no alias with which most senders cope.
func TestAliasOfMailHostThatLeadsNowhere(t *testing.T) {
	parallel(t)
	nowhere := "example.com. 300 IN MX 10 mail.example.com.\nmail.example.com. 300 IN CNAME gone.example.net.\n"
	beside := "example.com. 300 IN MX 20 other.example.com.\nother.example.com. 300 IN A 203.0.113.25\n"
	runRecordCases(t, []recordCase{
		{name: "the only one", rule: "mx/cname", scenario: domain(nowhere, "", ""), verdict: "confirmed", severity: "high", note: "mail.example.com"},
		{name: "beside a good one", rule: "mx/cname", scenario: domain(nowhere+beside, "", ""), verdict: "confirmed", severity: "low", note: "mail.example.com"},
		{name: "nobody knows where it leads", rule: "mx/cname", scenario: domain(nowhere, "", at("192.0.2.77", "behaves: [servfail]")), verdict: "confirmed", severity: "low"},
	})
}

// A web server's name is not a domain that lost its mail.
func TestNameWithinADomainWithoutMX(t *testing.T) {
	parallel(t)
	www := "www.example.com. 300 IN A 203.0.113.80\n"
	closed := "  - {address: 203.0.113.80, connect: refused}\n"
	args := []string{"--target", "www.example.com", "--control", "example.net"}
	runRecordCases(t, []recordCase{
		{name: "a web server", rule: "mx/missing", scenario: domain(www+good, "", "") + closed, args: args, verdict: "inconclusive", reason: "ambiguous"},
		{name: "one that sends", rule: "mx/missing", scenario: domain(www+good+"\nwww.example.com. TXT \"v=spf1 a -all\"", "", "") + closed, args: args, verdict: "confirmed", severity: "high"},
		{name: "one that sends nothing", rule: "mx/missing", scenario: domain(www+good+"\nwww.example.com. TXT \"v=spf1 -all\"", "", "") + closed, args: args, verdict: "policy_disagreement"},
	})
}

// Records that are made afresh for every question, as of a clock or a counter, differ from themselves, and so say nothing about two
// copies of a zone (RFC 1034 section 4.3.5).
func TestRecordsMadeAfresh(t *testing.T) {
	parallel(t)
	records := "example.com. 300 IN TXT now\nexample.com. 300 IN A 203.0.113.80\nexample.com. 300 IN A 203.0.113.81\n" + good + "\nexample.com. 300 IN MX 20 mail2.example.com."
	first := func(keys string) string {
		return strings.TrimSuffix(at(firstServer, keys), "\n") + "\n  - {address: " + secondServer + ", soa: {serial: 3}, behaves: [fresh, rotates]}\n"
	}
	older := `soa: {serial: 3}, zones: [{name: example.com, records: "ns1.example.com. 300 IN A 192.0.2.53\nns2.example.com. 300 IN A 198.51.100.53\n` +
		`mail.example.com. 300 IN A 203.0.113.25\nexample.com. 300 IN MX 20 mail.example.com.\nexample.com. 300 IN TXT now"}]`
	turns := func(address string) string { return at(address, "behaves: [rotates]") }
	for name, test := range map[string]struct{ scenario, rule, want string }{
		"texts of all servers":          {first("behaves: [fresh]"), "dns/soa-serial-agreement", "inconclusive disagreement"},
		"texts of one server":           {first("behaves: []"), "dns/soa-serial-agreement", "inconclusive disagreement"},
		"texts, and the servers settle": {first("behaves: [fresh]") + "  - {address: " + secondServer + ", after: 20s, soa: {serial: 2000010101}}\n", "dns/soa-serial-agreement", "false_positive changed"},
		"texts, and other MX records":   {at(secondServer, "behaves: [fresh], "+older), "dns/soa-serial-agreement", "confirmed medium"},
		"a text that stays as it is":    {at(secondServer, strings.Replace(strings.Replace(older, "TXT now", "TXT then", 1), "MX 20", "MX 10", 1)), "dns/soa-serial-agreement", "confirmed medium"},
		"texts, and the same serial":    {at(firstServer, "behaves: [fresh]"), "dns/soa-serial-agreement", "false_positive changed"},
		"other MX records":              {at(secondServer, older), "mx/inconsistent", "confirmed medium"},
		"MX records by turns":           {turns(secondServer), "mx/inconsistent", "inconclusive disagreement"},
		"the same MX records":           {at(firstServer, "behaves: [fresh]"), "mx/inconsistent", "false_positive changed"},
	} {
		t.Run(name+" "+test.rule, func(t *testing.T) {
			a, _ := judged(t, domain(records, "", test.scenario), claim(test.rule))
			if v := a.verdict(test.rule); ending(v) != test.want {
				t.Errorf("%s, want %s: %s %v", ending(v), test.want, v.Says, v.Notes)
			}
		})
	}
}

// One name server that lags behind the others, or was forgotten, decides nothing about a name by itself.
func TestOneLaggingServerDecidesNothing(t *testing.T) {
	parallel(t)
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

// That there is nothing is said by every name server or not at all: the one that does not answer may have what the others lack.
func TestSilentServerMayHaveTheRecord(t *testing.T) {
	parallel(t)
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

// What one server of a zone does not know, another may: it may lag behind. That there is nothing takes two witnesses.
func TestAbsenceAtOneServerOfSeveral(t *testing.T) {
	parallel(t)
	lag := "name_servers:\n  - {address: 192.0.2.77, zones: [{name: 113.0.203.in-addr.arpa, servers: [ns.reverse.example, ns2.reverse.example], records: 99.113.0.203.in-addr.arpa. PTR x.example.com.}]}\n"
	text := mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR mail.example.com.", servers: lag}.scenario()
	text = strings.Replace(text, "servers: [ns.reverse.example]", "servers: [ns.reverse.example, ns2.reverse.example]", 1)
	text = strings.Replace(text, "ns.reverse.example. A 192.0.2.77", "ns.reverse.example. A 192.0.2.77\n      ns2.reverse.example. A 192.0.2.78", 1)
	a, _ := judged(t, text, claim("smtp/ptr-missing"))
	v := a.verdict("smtp/ptr-missing")
	if ending(v) != "inconclusive disagreement" {
		t.Errorf("%s: %s", ending(v), v.Says)
	}
	text = strings.Replace(mailHost{}.scenario(), "smtp:\n", "name_servers:\n  - {address: 192.0.2.53, zones: [{name: example.com, servers: [ns1.example.com, ns2.example.com], records: \"example.com. MX 10 mail.example.com.\\nns1.example.com. A 192.0.2.53\\nns2.example.com. A 198.51.100.53\"}]}\nsmtp:\n", 1)
	a, _ = judged(t, text, claim("smtp/hostname-unresolved"))
	v = a.verdict("smtp/hostname-unresolved")
	if ending(v) != "inconclusive disagreement" {
		t.Errorf("%s: %s", ending(v), v.Says)
	}
}
