package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// tlsrptRules are the rules about TLS-RPT records.
var tlsrptRules = []string{"tlsrpt/missing", "tlsrpt/syntax", "tlsrpt/multiple"}

// tlsrptDomain is example.com with mail, and a text at the place of its TLS-RPT record for each that is given; rest is as in domain.
func tlsrptDomain(rest string, texts ...string) string {
	return domain(good+"\n"+textsAt("_smtp._tls.example.com", texts...), "", rest)
}

func TestTLSRPT(t *testing.T) {
	parallel(t)
	const (
		confirmed = "confirmed"
		falsely   = "false_positive"
		policy    = "policy_disagreement"
		unknown   = "inconclusive"
		mailed    = "v=TLSRPTv1; rua=mailto:tls@example.com"
		posted    = "v=TLSRPTv1; rua=https://reports.example.net/v1"
	)
	runRecordCases(t, []recordCase{
		{name: "nothing at all", rule: "tlsrpt/missing", scenario: tlsrptDomain(""), verdict: policy},
		{name: "there is one", rule: "tlsrpt/missing", scenario: tlsrptDomain("", mailed), verdict: falsely, reason: "changed"},
		{name: "one over HTTPS", rule: "tlsrpt/missing", scenario: tlsrptDomain("", posted), verdict: falsely},
		{name: "one in two strings", rule: "tlsrpt/missing", scenario: tlsrptDomain("", "v=TLSRPTv1; x="+strings.Repeat("y", 300)+"; rua=mailto:tls@example.com"), verdict: falsely},
		{name: "other texts beside it", rule: "tlsrpt/missing", scenario: tlsrptDomain("", "hello", mailed), verdict: falsely, note: "hello"},
		{name: "a wildcard", rule: "tlsrpt/missing", scenario: domain(good+"\n*.example.com. 300 IN TXT \"v=spf1 -all\"", "", ""), verdict: policy, note: "wildcard"},
		{name: "a name below inherits none", rule: "tlsrpt/missing", scenario: tlsrptDomain("", mailed), args: []string{"--target", "mail.example.com"}, verdict: policy},
		{name: "a misspelt version", rule: "tlsrpt/missing", scenario: tlsrptDomain("", "v=TLSRPT1; rua=mailto:tls@example.com"), verdict: confirmed, severity: "low", note: "column 1"},
		{name: "no address", rule: "tlsrpt/missing", scenario: tlsrptDomain("", "v=TLSRPTv1;"), verdict: confirmed, severity: "low", note: "column 12"},
		{name: "two", rule: "tlsrpt/missing", scenario: tlsrptDomain("", mailed, posted), verdict: confirmed, severity: "low", note: "Keep one"},
		{name: "a blank at the end", rule: "tlsrpt/missing", scenario: tlsrptDomain("", mailed+" "), verdict: unknown, reason: "ambiguous"},
		{name: "an alias", rule: "tlsrpt/missing", scenario: domain(good+"\n_smtp._tls.example.com. 300 IN CNAME record.example.net.", "", "") +
			at("192.0.2.77", `zones: [{name: example.net, records: "record.example.net. 300 IN TXT \"`+mailed+`\""}]`), verdict: falsely, note: "record.example.net"},
		{name: "one server lacks it", rule: "tlsrpt/missing", scenario: tlsrptDomain(at(secondServer, `zones: [{name: example.com, records: ""}]`), mailed), verdict: unknown, reason: "disagreement"},
		{name: "one server silent, the other has it", rule: "tlsrpt/missing", scenario: tlsrptDomain(at(firstServer, "behaves: [silent]"), mailed), verdict: falsely},
		{name: "one server silent, the other lacks it", rule: "tlsrpt/missing", scenario: tlsrptDomain(at(firstServer, "behaves: [silent]")), verdict: unknown, reason: "servfail"},
		{name: "the resolver fails at it", rule: "tlsrpt/missing", scenario: tlsrptDomain(at("203.0.113.1", "unlike: [{name: _smtp._tls.example.com, answer: SERVFAIL}]"), mailed), verdict: unknown, reason: "servfail"},
		{name: "the name does not exist", rule: "tlsrpt/missing", scenario: tlsrptDomain("", mailed), args: []string{"--target", "nowhere.example.com"}, verdict: unknown, reason: "not_found"},
		{name: "an address for a target", rule: "tlsrpt/missing", scenario: tlsrptDomain("", mailed), args: []string{"--address", "203.0.113.25"}, verdict: unknown, reason: "no_target"},

		{name: "in order", rule: "tlsrpt/syntax", scenario: tlsrptDomain("", mailed+",https://reports.example.net/v1"), verdict: falsely, reason: "changed"},
		{name: "extensions", rule: "tlsrpt/syntax", scenario: tlsrptDomain("", mailed+"; x=y;"), verdict: falsely},
		{name: "no address", rule: "tlsrpt/syntax", scenario: tlsrptDomain("", "v=TLSRPTv1; ruf=mailto:tls@example.com"), verdict: confirmed, severity: "low"},
		{name: "without mailto", rule: "tlsrpt/syntax", scenario: tlsrptDomain("", "v=TLSRPTv1; rua=tls@example.com"), verdict: confirmed, severity: "low"},
		{name: "one of two without mailto", rule: "tlsrpt/syntax", scenario: tlsrptDomain("", mailed+",tls@example.net"), verdict: confirmed, severity: "low"},
		{name: "over plain HTTP", rule: "tlsrpt/syntax", scenario: tlsrptDomain("", "v=TLSRPTv1; rua=http://reports.example.net/"), verdict: confirmed, severity: "low"},
		{name: "a misspelt version", rule: "tlsrpt/syntax", scenario: tlsrptDomain("", "v=tlsrptv1; rua=mailto:tls@example.com"), verdict: confirmed, severity: "low"},
		{name: "addresses twice", rule: "tlsrpt/syntax", scenario: tlsrptDomain("", mailed+"; rua=mailto:b@example.com"), verdict: policy},
		{name: "a blank at the end", rule: "tlsrpt/syntax", scenario: tlsrptDomain("", mailed+" "), verdict: unknown, reason: "ambiguous"},
		{name: "no record", rule: "tlsrpt/syntax", scenario: tlsrptDomain(""), verdict: unknown, reason: "not_found"},
		{name: "two", rule: "tlsrpt/syntax", scenario: tlsrptDomain("", mailed, posted), verdict: unknown, reason: "ambiguous"},

		{name: "two", rule: "tlsrpt/multiple", scenario: tlsrptDomain("", mailed, posted), verdict: confirmed, severity: "low"},
		{name: "one beside other texts", rule: "tlsrpt/multiple", scenario: tlsrptDomain("", mailed, "v=spf1 -all"), verdict: falsely, reason: "changed"},
		{name: "none", rule: "tlsrpt/multiple", scenario: tlsrptDomain(""), verdict: falsely},
	})
}

// What keeps the servers from telling of the record leaves every claim about it open, and so does what they say against each other.
func TestTLSRPTTroubleIsInconclusive(t *testing.T) {
	parallel(t)
	const record = "v=TLSRPTv1; rua=mailto:tls@example.com"
	unlike := func(answer string) string {
		return bothServers("unlike: [{name: _smtp._tls.example.com, type: TXT, answer: " + answer + "}]")
	}
	wantOpen(t, tlsrptRules, map[string]string{
		"timeout":             tlsrptDomain(unlike("silence"), record),
		"SERVFAIL":            tlsrptDomain(unlike("SERVFAIL"), record),
		"REFUSED":             tlsrptDomain(unlike("REFUSED"), record),
		"truncated":           tlsrptDomain(bothServers("behaves: [truncate, no_tcp]"), record),
		"without authority":   tlsrptDomain(bothServers("behaves: [not_authoritative]"), record),
		"servers differ":      tlsrptDomain(at(secondServer, `zones: [{name: example.com, records: "_smtp._tls.example.com. 300 IN TXT \"v=TLSRPTv1; rua=mailto:b@example.com\""}]`), record),
		"no server answers":   tlsrptDomain(bothDead, record),
		"too many to be kept": tlsrptDomain("", manyTexts()...),
	})
}

// A hostile record is judged all the same, nothing is sent to the addresses in it, and no escape of it reaches the reader.
func TestHostileTLSRPTRecord(t *testing.T) {
	parallel(t)
	var record strings.Builder
	record.WriteString("v=TLSRPTv1; rua=mailto:a@example.com")
	for i := range 1800 {
		fmt.Fprintf(&record, ",https://r%d.example.net/", i)
	}
	for name, test := range map[string]struct{ record, verdict string }{
		"thousands of addresses": {record.String(), "false_positive"},
		"a terminal escape":      {"v=TLSRPTv1; rua=mailto:\x1b[31ma", "confirmed"},
	} {
		a, o := judged(t, tlsrptDomain("", test.record), claim(tlsrptRules...))
		if v := a.verdict("tlsrpt/syntax"); v.Verdict != test.verdict || strings.ContainsRune(v.Says, '\x1b') {
			t.Errorf("%s: %s (%s) %s", name, v.Verdict, v.Reason, v.Says)
		}
		if len(o.requests) > 0 || len(o.queries) > 100 {
			t.Errorf("%s: %d questions, requests %q", name, len(o.queries), o.requests)
		}
	}
}
