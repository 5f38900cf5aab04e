package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mxverdict/cmd/internal/app"
	"mxverdict/verify/lab"
)

// announced are the records of a domain with an MTA-STS policy.
const announced = `_mta-sts.example.com. 300 IN TXT "v=STSv1; id=1;"
mta-sts.example.com. 300 IN A 203.0.113.26
`

// policyFile is an HTTPS host's key files with a policy.
func policyFile(mode string, mx ...string) string {
	text := "version: STSv1\\nmode: " + mode + "\\n"
	for _, pattern := range mx {
		text += "mx: " + pattern + "\\n"
	}
	return `files: {/.well-known/mta-sts.txt: "` + text + `max_age: 86400\n"}`
}

// signed makes the scenario's resolver vouch for example.com.
func signed(text string) string {
	return strings.Replace(text, "  - name: example.com\n", "  - name: example.com\n    signed: true\n", 1)
}

// tlsaOf is a TLSA record of the mail host with the digest of a key.
func tlsaOf(t *testing.T, usage int, key string) string {
	t.Helper()
	digest, err := lab.KeyDigest(key)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("_25._tcp.mail.example.com. 300 IN TLSA %d 1 1 %s\n", usage, digest)
}

// What is wrong with a certificate counts where somebody told senders to look, and there only.
func TestCertificates(t *testing.T) {
	parallel(t)
	match, other := tlsaOf(t, 3, "mail.example.com"), tlsaOf(t, 3, "another host")
	authority := tlsaOf(t, 2, lab.IntermediateName)
	worlds := []struct {
		name, records, policyHost string
		signed                    bool
	}{
		{"nothing", "", "", false},
		{"testing", announced, policyFile("testing", "mail.example.com"), false},
		{"enforce", announced, policyFile("enforce", "*.example.com"), false},
		{"DANE match", match, "", true},
		{"DANE mismatch", other, "", true},
		{"DANE authority", authority, "", true},
		{"DANE match and enforce", announced + match, policyFile("enforce", "mail.example.com"), true},
	}
	const policy, high, low, fine = "policy_disagreement", "confirmed high", "confirmed low", "false_positive changed"
	tests := []struct {
		kind string
		want []string // by world
	}{
		{"trusted", []string{fine, fine, fine, fine, fine, fine, fine}},
		{"trusted-no-intermediate", []string{policy, low, high, policy, high, high, high}},
		{"self-signed", []string{policy, low, high, policy, high, high, high}},
		{"expired", []string{policy, low, high, policy, high, high, high}},
		{"not-yet-valid", []string{policy, low, high, policy, high, high, high}},
		{"wrong-name", []string{policy, low, high, policy, high, high, high}},
	}
	for _, test := range tests {
		for i, world := range worlds {
			t.Run(test.kind+" "+world.name, func(t *testing.T) {
				text := encrypted(t, "{certificate: "+test.kind+"}", world.records, world.policyHost)
				if world.signed {
					text = signed(text)
				}
				a, o := judged(t, text, claim("smtp/tls-certificate", "smtp/tls-missing"))
				v := a.verdict("smtp/tls-certificate")
				if got := strings.TrimSpace(v.Verdict + " " + v.Reason + v.Severity); got != test.want[i] {
					t.Errorf("%s, want %s: %s", got, test.want[i], v.Says)
				}
				if missing := a.verdict("smtp/tls-missing"); missing.Verdict != "false_positive" {
					t.Errorf("with a certificate that is %s, tls-missing is %s: %s", test.kind, missing.Verdict, missing.Says)
				}
				if world.name == "DANE mismatch" != strings.Contains(o.stdout, "TLSA records matches the certificate") && !strings.Contains(world.name, "authority") {
					t.Errorf("the mismatch is said: %v", world.name != "DANE mismatch")
				}
				// Mail does not arrive, although the certificate that the row is about is good: nobody may be told that nothing has to be changed.
				if repair := strings.Contains(v.Fix, "TLSA record of the present key"); v.Verdict != "confirmed" && repair != (world.name == "DANE mismatch") {
					t.Errorf("%s in %s: to be repaired: %q", test.kind, world.name, v.Fix)
				}
				if fetched := len(o.requests) == 1; fetched != (world.policyHost != "") {
					t.Errorf("requests: %q", o.requests)
				}
				wantManners(t, o)
			})
		}
	}
}

// A policy that is announced but cannot be had is none; what may be our own trouble, or pass, is not known.
func TestPolicyThatCannotBeHad(t *testing.T) {
	parallel(t)
	good := policyFile("enforce", "mail.example.com")
	const hostRecord = "mta-sts.example.com. 300 IN A 203.0.113.26\n"
	const unlisted = "a policy that does not list the host"
	tests := []struct{ name, records, policyHost, want string }{
		{"two records", announced + "_mta-sts.example.com. 300 IN TXT \"v=STSv1; id=2\"\n", good, "policy_disagreement"},
		{"a record and another text", announced + "_mta-sts.example.com. 300 IN TXT \"v=spf1 -all\"\n", good, "confirmed"},
		{"a record in two strings", "_mta-sts.example.com. 300 IN TXT \"v=STSv1; i\" \"d=1;\"\n" + hostRecord, good, "confirmed"},
		{"a record without id", "_mta-sts.example.com. 300 IN TXT \"v=STSv1;\"\n" + hostRecord, good, "policy_disagreement"},
		{"a record behind an alias", "_mta-sts.example.com. 300 IN CNAME sts.example.com.\nsts.example.com. 300 IN TXT \"v=STSv1; id=1\"\n" + hostRecord, good, "confirmed"},
		{"no address", "_mta-sts.example.com. 300 IN TXT \"v=STSv1; id=1\"\n", good, "policy_disagreement"},
		{"no file", announced, "files: {/other: x}", "policy_disagreement"},
		{"a redirect", announced, "status: 301, location: \"https://example.net/\", " + good, "policy_disagreement"},
		{"a trouble of the server", announced, "status: 503, " + good, "inconclusive"},
		{"refused to this tester", announced, "status: 403, " + good, "inconclusive"},
		{"an expired certificate", announced, "certificate: expired, " + good, "policy_disagreement"},
		{"a self-signed certificate", announced, "certificate: self-signed, " + good, "policy_disagreement"},
		{"a certificate for another name", announced, "certificate: wrong-name, " + good, "policy_disagreement"},
		{"slow", announced, "delay: 50s, " + good, "confirmed"},
		{"too slow", announced, "delay: 61s, " + good, "inconclusive"},
		{"nobody there", announced, "", "inconclusive"},
		{"no policy at all", announced, policyFile("enforce"), "policy_disagreement"},
		{"a policy of another kind of text", announced, `content_type: text/html, ` + good, "confirmed"},
		{unlisted, announced, policyFile("enforce", "other.example.com"), "policy_disagreement"},
		{"a policy switched off", announced, policyFile("none"), "policy_disagreement"},
		{"a private policy host", strings.Replace(announced, "203.0.113.26", "10.0.0.1", 1), good, "inconclusive"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, o := judged(t, encrypted(t, "{certificate: self-signed}", test.records, test.policyHost), claim("smtp/tls-certificate"))
			if v := a.verdict("smtp/tls-certificate"); v.Verdict != test.want {
				t.Errorf("%s (%s), want %s: %s", v.Verdict, v.Reason, test.want, v.Says)
			}
			// Senders that obey such a policy do not deliver here, although the certificate is a matter of taste.
			if v := a.verdict("smtp/tls-certificate"); strings.Contains(v.Fix, "Add the host to the MTA-STS policy") != (test.name == unlisted) {
				t.Errorf("to be repaired: %q", v.Fix)
			}
			if len(o.requests) > 1 {
				t.Errorf("requests: %q", o.requests)
			}
		})
	}
}

// TLSA records count only where a resolver vouches for them; records that SMTP does not use ask for encryption alone.
func TestTLSARecords(t *testing.T) {
	parallel(t)
	other := tlsaOf(t, 3, "another host")
	tests := []struct {
		name, records, starttls string
		signed                  bool
		rule, want, severity    string
	}{
		{"not signed", other, "{certificate: self-signed}", false, "smtp/tls-certificate", "inconclusive", ""},
		{"only public authorities", tlsaOf(t, 1, "another host"), "{certificate: self-signed}", true, "smtp/tls-certificate", "policy_disagreement", ""},
		{"a digest cut short", "_25._tcp.mail.example.com. 300 IN TLSA 3 1 1 abcd\n", "{certificate: self-signed}", true, "smtp/tls-certificate", "policy_disagreement", ""},
		{"one of two", other + tlsaOf(t, 3, "mail.example.com"), "{certificate: self-signed}", true, "smtp/tls-certificate", "policy_disagreement", ""},
		{"an authority that did not sign", tlsaOf(t, 2, lab.RootName), "{certificate: expired}", true, "smtp/tls-certificate", "confirmed", "high"},
		{"missing, not signed", other, "false", false, "smtp/tls-missing", "confirmed", "medium"},
		{"missing, signed", other, "false", true, "smtp/tls-missing", "confirmed", "high"},
		{"missing, public authorities only", tlsaOf(t, 0, "another host"), "false", true, "smtp/tls-missing", "confirmed", "high"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := encrypted(t, test.starttls, test.records, "")
			if test.signed {
				text = signed(text)
			}
			a, _ := judged(t, text, claim(test.rule))
			if v := a.verdict(test.rule); v.Verdict != test.want || v.Severity != test.severity {
				t.Errorf("%s %s (%s), want %s %s: %s", v.Verdict, v.Severity, v.Reason, test.want, test.severity, v.Says)
			}
		})
	}
}

// Missing encryption is severe where the domain insists on it.
func TestMissingEncryptionAndPolicies(t *testing.T) {
	parallel(t)
	for mode, want := range map[string]string{"enforce": "high", "testing": "medium", "none": "medium"} {
		a, _ := judged(t, encrypted(t, "false", announced, policyFile(mode, "mail.example.com")), claim("smtp/tls-missing"))
		if v := a.verdict("smtp/tls-missing"); v.Verdict != "confirmed" || v.Severity != want {
			t.Errorf("%s: %s %s, want %s", mode, v.Verdict, v.Severity, want)
		}
	}
}

// A report about a host does not say whose mail it takes: a policy counts if a parent's mail is led to the host.
func TestPolicyOfAHost(t *testing.T) {
	parallel(t)
	report := "smtp:mail.example.com\n" + claim("smtp/tls-certificate")
	text := encrypted(t, "{certificate: self-signed}", announced, policyFile("enforce", "mail.example.com"))
	text = strings.Replace(text, "target: example.com\n", "", 1)
	a, _ := judged(t, text, report, "--target", "mail.example.com")
	if v := a.verdict("smtp/tls-certificate"); v.Verdict != "confirmed" || v.Severity != "high" {
		t.Errorf("%s %s (%s): %s", v.Verdict, v.Severity, v.Reason, v.Says)
	}
	both := "smtp:mail.example.com\n" + claim("smtp/tls-certificate") + "\nmx:example.com\n" + claim("smtp/tls-missing")
	if _, o := judged(t, text, both, "--target", "mail.example.com"); len(o.requests) != 1 {
		t.Errorf("the policy was fetched %d times for a host and its domain", len(o.requests))
	}
	wildcard := strings.Replace(text, "      ns1.example.com.   300", "      *.example.com. 300 IN TXT \"v=spf1 -all\"\n      *.mail.example.com. 300 IN TXT \"v=spf1 -all\"\n      ns1.example.com.   300", 1)
	a, _ = judged(t, wildcard, report, "--target", "mail.example.com")
	if v := a.verdict("smtp/tls-certificate"); v.Verdict != "confirmed" || v.Severity != "high" {
		t.Errorf("with another text at every name, %s %s (%s): %s", v.Verdict, v.Severity, v.Reason, v.Says)
	}
	elsewhere := strings.Replace(text, "IN MX 10 mail.example.com.", "IN MX 10 other.example.com.", 1)
	a, _ = judged(t, elsewhere, report, "--target", "mail.example.com")
	if v := a.verdict("smtp/tls-certificate"); v.Verdict != "inconclusive" || v.Reason != "no_target" {
		t.Errorf("nobody leads mail there, %s (%s): %s", v.Verdict, v.Reason, v.Says)
	}
}

// A row about the certificate is judged by the certificate that the session saw, and not as if it said that encryption is missing.
func TestRowsAboutTheCertificate(t *testing.T) {
	parallel(t)
	for _, row := range []string{"SMTP TLS\tWarning - Certificate is self-signed\n", "SMTP TLS: certificate is self-signed\n", "SMTP TLS\tWarning\tThe certificate has expired\n",
		"smtp:mail.example.com\nWarning - Certificate is self-signed\n"} {
		for kind, want := range map[string]string{"self-signed": "policy_disagreement", "trusted": "false_positive"} {
			a, _ := judged(t, encrypted(t, "{certificate: "+kind+"}", "", ""), row)
			if v := a.verdict("smtp/tls-certificate"); v.Verdict != want || len(a.Verdicts) != 1 {
				t.Errorf("%q about one that is %s: %d verdicts, %s (%s), want %s: %s", row, kind, len(a.Verdicts), v.Verdict, v.Reason, want, v.Says)
			}
		}
	}
}

// Saved evidence is judged as it was when it was seen, without the network, the roots and the clock of that time.
func TestReplayOfCertificates(t *testing.T) {
	parallel(t)
	for kind, records := range map[string]string{"expired": announced, "wrong-name": announced + tlsaOf(t, 2, lab.IntermediateName), "trusted": ""} {
		file := filepath.Join(t.TempDir(), "evidence.json")
		text := signed(encrypted(t, "{certificate: "+kind+"}", records, policyFile("testing", "mail.example.com")))
		before, _ := judged(t, text, claim("smtp/tls-certificate", "smtp/tls-missing"), "--save-evidence", file)
		var stdout, stderr bytes.Buffer
		app.Run([]string{"mxverdict", "replay", "--format", "json", "--rules", claims, file}, strings.NewReader(""), &stdout, &stderr, app.Env{LoadRules: sharedRules})
		var after answer
		if err := json.Unmarshal(stdout.Bytes(), &after); err != nil {
			t.Fatalf("%v: %s", err, stderr.String())
		}
		for _, v := range before.Verdicts {
			if w := after.verdict(v.Rule); w.Verdict != v.Verdict || w.Severity != v.Severity || w.Says != v.Says {
				t.Errorf("%s: %s was %s %s, and is %s %s in the replay", kind, v.Rule, v.Verdict, v.Severity, w.Verdict, w.Severity)
			}
		}
	}
}

// That the resolver finds no policy, or fails, is no word of the zone.
func TestPoliciesThatTheResolverDoesNotFind(t *testing.T) {
	parallel(t)
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
