package app_test

import (
	"testing"
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
