package app_test

import (
	"fmt"
	"strings"
	"testing"
)

func counted(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format+"\n", i)
	}
	return b.String()
}

// Of more records than are read, those that were read are there: they decide what one of them decides, and no more.
func TestMoreRecordsThanAreRead(t *testing.T) {
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
