package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// dmarcRules are the rules about DMARC records.
var dmarcRules = []string{"dmarc/missing", "dmarc/policy", "dmarc/syntax", "dmarc/multiple", "dmarc/external-reports", "dmarc/reports-missing"}

// dmarcDomain is example.com with mail, and a text at the place of its DMARC record for each that is given; rest is as in domain.
func dmarcDomain(rest string, texts ...string) string {
	return domain(good+"\n"+dmarcTexts("example.com", texts...), "", rest)
}

// dmarcTexts are texts at the place of the DMARC record of a name.
func dmarcTexts(name string, texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		fmt.Fprintf(&b, "_dmarc.%s. 300 IN TXT \"%s\"\n", name, text)
	}
	return b.String()
}

func TestDMARCRecords(t *testing.T) {
	parallel(t)
	const (
		confirmed = "confirmed"
		falsely   = "false_positive"
		policy    = "policy_disagreement"
		unknown   = "inconclusive"
		watched   = "v=DMARC1; p=none; rua=mailto:d@example.com"
		strict    = "v=DMARC1; p=reject; rua=mailto:d@example.com"
		foreign   = "v=DMARC1; p=none; rua=mailto:d@example.net"
	)
	sub := []string{"--target", "mail.example.com"}
	// In example.com the name mail has no record of its own.
	above := func(name, text string) string { return domain(good+"\n"+dmarcTexts(name, text), "", "") }
	tld := func(text string) string {
		return strings.Replace(domain(good, "", ""), "      a.gtld.com. 300 IN A 192.0.2.2\n", "      a.gtld.com. 300 IN A 192.0.2.2\n      _dmarc.com. 300 IN TXT \""+text+"\"\n", 1)
	}
	consent := func(text string) string {
		return strings.Replace(dmarcDomain("", foreign), "      ns.example.net. 300 IN A 192.0.2.77\n",
			"      ns.example.net. 300 IN A 192.0.2.77\n      example.com._report._dmarc.example.net. 300 IN TXT \""+text+"\"\n", 1)
	}
	second := func(text string) string {
		return at(secondServer, `zones: [{name: example.com, records: "_dmarc.example.com. 300 IN TXT \"`+text+`\""}]`)
	}
	runRecordCases(t, []recordCase{
		{name: "nothing at all", rule: "dmarc/missing", scenario: dmarcDomain(""), verdict: confirmed, severity: "medium"},
		{name: "nothing, and no word about mail", rule: "dmarc/missing", scenario: domain("www.example.com. 300 IN A 203.0.113.25", "", ""), verdict: unknown, reason: "ambiguous"},
		{name: "a null MX", rule: "dmarc/missing", scenario: domain("example.com. 300 IN MX 0 .", "", ""), verdict: policy, note: "p=reject"},
		{name: "a null MX and senders", rule: "dmarc/missing", scenario: domain("example.com. 300 IN MX 0 .\nexample.com. 300 IN TXT \"v=spf1 ip4:203.0.113.25 -all\"", "", ""), verdict: confirmed, severity: "medium"},
		{name: "bare -all", rule: "dmarc/missing", scenario: domain(`example.com. 300 IN TXT "v=spf1 -all"`, "", ""), verdict: policy, note: "p=reject"},
		{name: "there is one", rule: "dmarc/missing", scenario: dmarcDomain("", watched), verdict: falsely, reason: "changed"},
		{name: "one in two strings", rule: "dmarc/missing", scenario: dmarcDomain("", `v=DMA" "RC1; p=none`), verdict: falsely},
		{name: "a name below inherits", rule: "dmarc/missing", scenario: above("example.com", watched), args: sub, verdict: falsely, reason: "changed", note: "that of example.com"},
		{name: "a name below has its own", rule: "dmarc/missing", scenario: above("mail.example.com", watched), args: sub, verdict: falsely},
		{name: "a public suffix has one", rule: "dmarc/missing", scenario: tld("v=DMARC1; p=reject; psd=y"), verdict: policy, note: "RFC 7489"},
		{name: "a wildcard gives another text", rule: "dmarc/missing", scenario: domain(good+"\n*.example.com. 300 IN TXT \"v=spf1 -all\"", "", ""), verdict: confirmed, severity: "medium", note: "wildcard"},
		{name: "other texts beside it", rule: "dmarc/missing", scenario: dmarcDomain("", "hello", watched), verdict: falsely, note: "hello"},
		{name: "an alias", rule: "dmarc/missing", scenario: domain(good+"\n_dmarc.example.com. 300 IN CNAME record.example.net.", "", "") +
			at("192.0.2.77", `zones: [{name: example.net, records: "record.example.net. 300 IN TXT \"`+watched+`\""}]`), verdict: falsely, note: "record.example.net"},
		{name: "a zone of its own", rule: "dmarc/missing", scenario: domain(good, "- name: _dmarc.example.com\n  servers: [ns.example.net]\n  records: |\n    _dmarc.example.com. 300 IN TXT \""+watched+"\"", ""), verdict: falsely},
		{name: "an alias to nothing", rule: "dmarc/missing", scenario: domain(good+"\n_dmarc.example.com. 300 IN CNAME gone.example.net.", "", ""), verdict: confirmed, severity: "medium", note: "gone.example.net"},
		{name: "the alias's servers are silent", rule: "dmarc/missing", scenario: domain(good+"\n_dmarc.example.com. 300 IN CNAME record.example.net.", "", at("192.0.2.77", "behaves: [silent]")), verdict: unknown},
		{name: "two records", rule: "dmarc/missing", scenario: dmarcDomain("", watched, strict), verdict: confirmed, severity: "medium", note: "More than one"},
		{name: "a version in small letters", rule: "dmarc/missing", scenario: dmarcDomain("", "v=dmarc1; p=none"), verdict: confirmed, severity: "medium", note: "column 1"},
		{name: "a record that is ignored", rule: "dmarc/missing", scenario: dmarcDomain("", "v=DMARC1; p=rejct"), verdict: confirmed, severity: "medium", note: "column 11"},
		{name: "a tag twice", rule: "dmarc/missing", scenario: dmarcDomain("", "v=DMARC1; p=none; p=reject"), verdict: unknown, reason: "ambiguous"},
		{name: "one server lacks it", rule: "dmarc/missing", scenario: dmarcDomain(at(secondServer, `zones: [{name: example.com, records: ""}]`), watched), verdict: unknown, reason: "disagreement"},
		{name: "one server silent, the other has it", rule: "dmarc/missing", scenario: dmarcDomain(at(firstServer, "behaves: [silent]"), watched), verdict: falsely},
		{name: "one server silent, the other lacks it", rule: "dmarc/missing", scenario: dmarcDomain(at(firstServer, "behaves: [silent]")), verdict: unknown, reason: "servfail"},
		{name: "one server refuses everything, the other lacks it", rule: "dmarc/missing", scenario: dmarcDomain(at(firstServer, "behaves: [refused]")), verdict: confirmed, severity: "medium"},
		{name: "one server refuses this, the other lacks it", rule: "dmarc/missing", scenario: dmarcDomain(at(firstServer, "unlike: [{name: _dmarc.example.com, answer: REFUSED}]")), verdict: unknown, reason: "servfail"},
		{name: "the TLD is silent about it", rule: "dmarc/missing", scenario: dmarcDomain(at("192.0.2.2", "unlike: [{name: _dmarc.com, answer: silence}]")), verdict: unknown, reason: "servfail"},
		{name: "the name does not exist", rule: "dmarc/missing", scenario: dmarcDomain("", watched), args: []string{"--target", "nowhere.example.com"}, verdict: unknown, reason: "not_found"},
		{name: "the resolver fails at it", rule: "dmarc/missing", scenario: dmarcDomain(at("203.0.113.1", "unlike: [{name: _dmarc.example.com, answer: SERVFAIL}]"), watched), verdict: unknown, reason: "servfail"},
		{name: "the resolver lies", rule: "dmarc/missing", scenario: dmarcDomain(at("203.0.113.1", `lies: "_dmarc.example.com. 300 IN TXT \"`+watched+`\""`)), verdict: confirmed, severity: "medium"},
		{name: "the resolver invents", rule: "dmarc/missing", scenario: dmarcDomain(at("203.0.113.1", "invents: 203.0.113.99"), watched), verdict: falsely},

		{name: "only watched", rule: "dmarc/policy", scenario: dmarcDomain("", watched), verdict: policy},
		{name: "reject", rule: "dmarc/policy", scenario: dmarcDomain("", strict), verdict: falsely, reason: "changed"},
		{name: "quarantine of some", rule: "dmarc/policy", scenario: dmarcDomain("", "v=DMARC1; p=quarantine; pct=20"), verdict: falsely, note: "pct=20"},
		{name: "quarantine of none", rule: "dmarc/policy", scenario: dmarcDomain("", "v=DMARC1; p=quarantine; pct=0"), verdict: policy, note: "find none to apply"},
		{name: "reject of none", rule: "dmarc/policy", scenario: dmarcDomain("", "v=DMARC1; p=reject; pct=0"), verdict: falsely, note: "pct=0"},
		{name: "an organisation within a domain", rule: "dmarc/policy", scenario: domain(good+"\nw.o.example.com. 300 IN MX 10 mail.example.com.\n"+dmarcTexts("o.example.com", "v=DMARC1; p=none; psd=n")+dmarcTexts("example.com", strict), "", ""),
			args: []string{"--target", "w.o.example.com"}, verdict: policy, note: "the record of example.com, and apply"},
		{name: "tried out", rule: "dmarc/policy", scenario: dmarcDomain("", "v=DMARC1; p=reject; t=y"), verdict: policy, note: "t=y"},
		{name: "no policy", rule: "dmarc/policy", scenario: dmarcDomain("", "v=DMARC1; rua=mailto:d@example.com"), verdict: policy, note: "no tag p"},
		{name: "a wrong one", rule: "dmarc/policy", scenario: dmarcDomain("", "v=DMARC1; p=rejct; rua=mailto:d@example.com"), verdict: confirmed, severity: "medium", note: "column 11"},
		{name: "none below", rule: "dmarc/policy", scenario: above("example.com", "v=DMARC1; p=reject; sp=none"), args: sub, verdict: policy},
		{name: "reject below", rule: "dmarc/policy", scenario: above("example.com", "v=DMARC1; p=none; sp=reject"), args: sub, verdict: falsely},
		{name: "weaker below", rule: "dmarc/policy", scenario: dmarcDomain("", "v=DMARC1; p=reject; sp=none"), verdict: falsely, note: "weaker"},
		{name: "no record", rule: "dmarc/policy", scenario: dmarcDomain(""), verdict: confirmed, severity: "medium"},
		{name: "no record, no mail", rule: "dmarc/policy", scenario: domain("example.com. 300 IN MX 0 .", "", ""), verdict: policy},
		{name: "two records", rule: "dmarc/policy", scenario: dmarcDomain("", strict, watched), verdict: confirmed, severity: "medium"},
		{name: "a tag twice", rule: "dmarc/policy", scenario: dmarcDomain("", "v=DMARC1; p=none; p=reject"), verdict: unknown, reason: "ambiguous"},

		{name: "in order", rule: "dmarc/syntax", scenario: dmarcDomain("", strict), verdict: falsely, reason: "changed"},
		{name: "a removed tag", rule: "dmarc/syntax", scenario: dmarcDomain("", strict+"; pct=100; rf=afrf; ri=86400"), verdict: falsely},
		{name: "unknown tags", rule: "dmarc/syntax", scenario: dmarcDomain("", strict+"; x=y"), verdict: falsely},
		{name: "p later", rule: "dmarc/syntax", scenario: dmarcDomain("", "v=DMARC1; rua=mailto:d@example.com; p=none"), verdict: policy},
		{name: "wrong options", rule: "dmarc/syntax", scenario: dmarcDomain("", strict+"; fo=2"), verdict: policy},
		{name: "a size", rule: "dmarc/syntax", scenario: dmarcDomain("", strict+"!10m"), verdict: policy},
		{name: "a wrong policy", rule: "dmarc/syntax", scenario: dmarcDomain("", "v=DMARC1; p=rejct"), verdict: confirmed, severity: "medium"},
		{name: "a wrong policy with reports", rule: "dmarc/syntax", scenario: dmarcDomain("", "v=DMARC1; p=rejct; rua=mailto:d@example.com"), verdict: confirmed, severity: "medium"},
		{name: "an address without mailto", rule: "dmarc/syntax", scenario: dmarcDomain("", "v=DMARC1; p=none; rua=d@example.com"), verdict: confirmed, severity: "low"},
		{name: "a tag twice", rule: "dmarc/syntax", scenario: dmarcDomain("", "v=DMARC1; p=none; p=reject"), verdict: confirmed, severity: "medium"},
		{name: "a version in small letters", rule: "dmarc/syntax", scenario: dmarcDomain("", "v=dmarc1; p=none"), verdict: confirmed, severity: "medium", note: "begin with v=DMARC1"},
		{name: "a blank that is none", rule: "dmarc/syntax", scenario: dmarcDomain("", `v=DMARC1; p=reject\194\160`), verdict: confirmed, severity: "medium"},
		{name: "neither policy nor reports", rule: "dmarc/syntax", scenario: dmarcDomain("", "v=DMARC1;"), verdict: unknown, reason: "ambiguous"},
		{name: "no record", rule: "dmarc/syntax", scenario: dmarcDomain(""), verdict: unknown, reason: "not_found"},

		{name: "two", rule: "dmarc/multiple", scenario: dmarcDomain("", strict, watched), verdict: confirmed, severity: "medium"},
		{name: "one beside other texts", rule: "dmarc/multiple", scenario: dmarcDomain("", strict, "v=spf1 -all"), verdict: falsely, reason: "changed"},
		{name: "one", rule: "dmarc/multiple", scenario: dmarcDomain("", strict), verdict: falsely},
		{name: "none", rule: "dmarc/multiple", scenario: dmarcDomain(""), verdict: falsely},
		{name: "two above", rule: "dmarc/multiple", scenario: domain(good+"\n"+dmarcTexts("example.com", strict, watched), "", ""), args: sub, verdict: confirmed, severity: "medium"},
		{name: "two above one", rule: "dmarc/multiple", scenario: domain(good+"\n"+dmarcTexts("example.com", strict, watched)+dmarcTexts("mail.example.com", strict), "", ""), args: sub, verdict: falsely},

		{name: "no consent", rule: "dmarc/external-reports", scenario: dmarcDomain("", foreign), verdict: confirmed, severity: "low"},
		{name: "consent", rule: "dmarc/external-reports", scenario: consent("v=DMARC1"), verdict: falsely, reason: "changed"},
		{name: "consent with a semicolon", rule: "dmarc/external-reports", scenario: consent("v=DMARC1;"), verdict: falsely},
		{name: "a text that is no consent", rule: "dmarc/external-reports", scenario: consent("yes"), verdict: confirmed, severity: "low"},
		{name: "consent by a wildcard", rule: "dmarc/external-reports", scenario: strings.Replace(consent("v=DMARC1"), "      example.com._report", "      *._report", 1), verdict: falsely},
		{name: "the domain's own", rule: "dmarc/external-reports", scenario: dmarcDomain("", watched), verdict: falsely},
		{name: "below the domain", rule: "dmarc/external-reports", scenario: dmarcDomain("", "v=DMARC1; p=none; rua=mailto:d@reports.example.com"), verdict: falsely},
		{name: "failure reports too", rule: "dmarc/external-reports", scenario: dmarcDomain("", "v=DMARC1; p=none; ruf=mailto:d@example.net"), verdict: confirmed, severity: "low"},
		{name: "a receiver that does not exist", rule: "dmarc/external-reports", scenario: dmarcDomain("", "v=DMARC1; p=none; rua=mailto:d@gone.example.net"), verdict: confirmed, severity: "low"},
		{name: "the receiver's servers are silent", rule: "dmarc/external-reports", scenario: dmarcDomain(at("192.0.2.77", "behaves: [silent]"), foreign), verdict: unknown, reason: "servfail"},
		{name: "inherited", rule: "dmarc/external-reports", scenario: consent("v=DMARC1"), args: sub, verdict: falsely},
		{name: "no record", rule: "dmarc/external-reports", scenario: dmarcDomain(""), verdict: unknown, reason: "not_found"},
		{name: "one organisation by the tree walk", rule: "dmarc/external-reports", scenario: strings.Replace(dmarcDomain("", "v=DMARC1; p=none; rua=mailto:d@other.com"),
			"      a.gtld.com. 300 IN A 192.0.2.2\n", "      a.gtld.com. 300 IN A 192.0.2.2\n      _dmarc.com. 300 IN TXT \"v=DMARC1; p=none\"\n", 1), verdict: falsely},

		{name: "none", rule: "dmarc/reports-missing", scenario: dmarcDomain("", "v=DMARC1; p=reject"), verdict: policy},
		{name: "one that is none", rule: "dmarc/reports-missing", scenario: dmarcDomain("", "v=DMARC1; p=reject; rua=d@example.com"), verdict: policy, note: "column 25"},
		{name: "one", rule: "dmarc/reports-missing", scenario: dmarcDomain("", watched), verdict: falsely, reason: "changed"},
		{name: "no record", rule: "dmarc/reports-missing", scenario: dmarcDomain(""), verdict: unknown, reason: "not_found"},

		{name: "servers differ", rule: "dmarc/policy", scenario: dmarcDomain(second(strict), watched), verdict: unknown, reason: "disagreement"},
		{name: "an address for a target", rule: "dmarc/missing", scenario: dmarcDomain("", watched), args: []string{"--address", "203.0.113.25"}, verdict: unknown, reason: "no_target"},
	})
}

// What keeps the servers from telling of the record leaves every claim about it open, and so does what they say against each other.
func TestDMARCTroubleIsInconclusive(t *testing.T) {
	parallel(t)
	const record = "v=DMARC1; p=none; rua=mailto:d@example.net"
	unlike := func(answer string) string {
		return bothServers("unlike: [{name: _dmarc.example.com, type: TXT, answer: " + answer + "}]")
	}
	wantOpen(t, dmarcRules, map[string]string{
		"timeout":             dmarcDomain(unlike("silence"), record),
		"SERVFAIL":            dmarcDomain(unlike("SERVFAIL"), record),
		"REFUSED":             dmarcDomain(unlike("REFUSED"), record),
		"truncated":           dmarcDomain(bothServers("behaves: [truncate, no_tcp]"), record),
		"without authority":   dmarcDomain(bothServers("behaves: [not_authoritative]"), record),
		"servers differ":      dmarcDomain(at(secondServer, `zones: [{name: example.com, records: "_dmarc.example.com. 300 IN TXT \"v=DMARC1; p=reject\""}]`), record),
		"no server answers":   dmarcDomain(bothDead, record),
		"too many to be kept": dmarcDomain("", manyTexts()...),
	})
}

// manyTexts are more texts than are kept of an answer.
func manyTexts() (texts []string) {
	for i := range 300 {
		texts = append(texts, fmt.Sprintf("text %d", i))
	}
	return texts
}

// A hostile record costs a bounded number of questions, and is judged all the same.
func TestHostileDMARCRecord(t *testing.T) {
	parallel(t)
	var record strings.Builder
	record.WriteString("v=DMARC1; p=none; rua=mailto:d@example.com")
	for i := range 1800 {
		fmt.Fprintf(&record, ",mailto:d@r%d.example.net", i)
		if i%8 == 0 {
			record.WriteString(`" "`) // the strings of a TXT record hold 255 bytes
		}
	}
	scenario := dmarcDomain("", record.String())
	a, o := judged(t, scenario, claim(dmarcRules...))
	if v := a.verdict("dmarc/policy"); v.Verdict != "policy_disagreement" {
		t.Errorf("%s (%s) %s", v.Verdict, v.Reason, v.Says)
	}
	if len(o.queries) > 200 {
		t.Errorf("%d questions", len(o.queries))
	}
	// A name with many labels leads to eight questions at most (RFC 9989 section 4.10).
	long := strings.Repeat("a.", 60) + "example.com"
	a, o = judged(t, domain(good+"\n"+long+". 300 IN MX 10 mail.example.com.", "", ""), claim("dmarc/missing"), "--target", long)
	names := map[string]bool{}
	for _, q := range o.queries {
		if strings.HasPrefix(q.Name, "_dmarc.") && q.Type == "TXT" {
			names[strings.TrimSuffix(q.Name, ".")] = true
		}
	}
	if v := a.verdict("dmarc/missing"); v.Verdict != "confirmed" || len(names) != 8 {
		t.Errorf("%s (%s); asked %v", v.Verdict, v.Reason, names)
	}
}
