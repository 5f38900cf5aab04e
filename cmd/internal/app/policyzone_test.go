package app_test

import (
	"os"
	"strings"
	"testing"
)

// That the resolver finds no policy, or fails, is no word of the zone.
func TestPoliciesThatTheResolverDoesNotFind(t *testing.T) {
	receiver := mailHost{spf: "v=spf1 ip4:198.51.100.9 -all", smtp: []string{"name: mail.example.com", "starttls: false"}}
	enforce, err := os.ReadFile("../../../testdata/scenarios/certificate-enforce.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dane, err := os.ReadFile("../../../testdata/scenarios/certificate-dane.yaml")
	if err != nil {
		t.Fatal(err)
	}
	unlike := func(question, answer string) string {
		return "\nname_servers:\n  - {address: 192.0.2.1, unlike: [{" + question + ", answer: " + answer + "}]}\n"
	}
	plain := func(text string) string {
		return strings.Replace(text, "starttls: {certificate: trusted-no-intermediate}", "starttls: false", 1)
	}
	for _, answer := range []string{"NXDOMAIN", "NODATA", "SERVFAIL"} {
		for name, test := range map[string]struct{ scenario, rule, want string }{
			"SPF":             {receiver.scenario() + unlike("type: TXT", answer), "smtp/ptr-missing", "policy_disagreement"},
			"MTA-STS":         {plain(string(enforce)) + unlike("name: _mta-sts.example.com", answer), "smtp/tls-missing", "confirmed high"},
			"the policy host": {plain(string(enforce)) + unlike("name: mta-sts.example.com", answer), "smtp/tls-missing", "confirmed high"},
		} {
			t.Run(name+" "+answer, func(t *testing.T) {
				a, _ := judged(t, test.scenario, claim(test.rule))
				if v := a.verdict(test.rule); ending(v) != test.want {
					t.Errorf("%s, want %s: %s %v", ending(v), test.want, v.Says, v.Notes)
				}
			})
		}
	}
	// Whether TLSA records count only a validating resolver says; that there are some the zone does.
	a, _ := judged(t, string(dane)+unlike("type: TLSA", "NODATA"), claim("smtp/tls-certificate"))
	for _, m := range a.verdict("smtp/tls-certificate").Measured {
		if m.Fact == "dane.published" && string(m.Value) != "null" {
			t.Errorf("TLSA records are published: %s", m.Value)
		}
	}
}
