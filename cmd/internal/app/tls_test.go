package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mxverdict/cmd/internal/app"
	"mxverdict/verify/lab"
)

// encrypted is the founding story without the delay, with further records of example.com, a policy host with the given
// keys, and a mail host whose STARTTLS is as given.
func encrypted(t *testing.T, starttls, records, policyHost string) string {
	t.Helper()
	text := host(t, "starttls: "+starttls)
	for line := range strings.Lines(records) {
		text = strings.Replace(text, "      ns1.example.com.   300", "      "+strings.TrimSpace(line)+"\n      ns1.example.com.   300", 1)
	}
	if policyHost != "" {
		text = strings.Replace(text, "\nsmtp:\n", "\nhttps:\n  - {address: 203.0.113.26, name: mta-sts.example.com, "+policyHost+"}\n\nsmtp:\n", 1)
	}
	return text
}

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
	good := policyFile("enforce", "mail.example.com")
	const hostRecord = "mta-sts.example.com. 300 IN A 203.0.113.26\n"
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
		{"a policy that does not list the host", announced, policyFile("enforce", "other.example.com"), "policy_disagreement"},
		{"a policy switched off", announced, policyFile("none"), "policy_disagreement"},
		{"a private policy host", strings.Replace(announced, "203.0.113.26", "10.0.0.1", 1), good, "inconclusive"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, o := judged(t, encrypted(t, "{certificate: self-signed}", test.records, test.policyHost), claim("smtp/tls-certificate"))
			if v := a.verdict("smtp/tls-certificate"); v.Verdict != test.want {
				t.Errorf("%s (%s), want %s: %s", v.Verdict, v.Reason, test.want, v.Says)
			}
			if len(o.requests) > 1 {
				t.Errorf("requests: %q", o.requests)
			}
		})
	}
}

// TLSA records count only where a resolver vouches for them; records that SMTP does not use ask for encryption alone.
func TestTLSARecords(t *testing.T) {
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
	for mode, want := range map[string]string{"enforce": "high", "testing": "medium", "none": "medium"} {
		a, _ := judged(t, encrypted(t, "false", announced, policyFile(mode, "mail.example.com")), claim("smtp/tls-missing"))
		if v := a.verdict("smtp/tls-missing"); v.Verdict != "confirmed" || v.Severity != want {
			t.Errorf("%s: %s %s, want %s", mode, v.Verdict, v.Severity, want)
		}
	}
}

// A report about a host does not say whose mail it takes: a policy counts if a parent's mail is led to the host.
func TestPolicyOfAHost(t *testing.T) {
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

// Only TLS older than 1.2 confirms the claim.
func TestTLSVersions(t *testing.T) {
	tests := []struct{ starttls, want string }{
		{`{min_version: "1.0", max_version: "1.0"}`, "confirmed"},
		{`{min_version: "1.0", max_version: "1.1"}`, "confirmed"},
		{`{min_version: "1.0", max_version: "1.2"}`, "false_positive"},
		{`{min_version: "1.0"}`, "false_positive"},
		{"true", "false_positive"},
		{"false", "inconclusive"},
		{"{handshake: close}", "inconclusive"},
		{`{reply: "454 4.7.0 later"}`, "inconclusive"},
	}
	for _, test := range tests {
		t.Run(test.starttls, func(t *testing.T) {
			a, _ := judged(t, encrypted(t, test.starttls, "", ""), claim("smtp/tls-version", "smtp/tls-certificate"))
			v := a.verdict("smtp/tls-version")
			if v.Verdict != test.want || v.Verdict == "confirmed" && v.Severity != "low" {
				t.Errorf("%s %s (%s), want %s: %s", v.Verdict, v.Severity, v.Reason, test.want, v.Says)
			}
			if c := a.verdict("smtp/tls-certificate"); (c.Verdict == "inconclusive") != (test.want == "inconclusive") {
				t.Errorf("the certificate is %s (%s): %s", c.Verdict, c.Reason, c.Says)
			}
		})
	}
}

// The keyword counts on whichever line it stands, in whatever case; the handshake tells whether it is true.
func TestSTARTTLSOnAnyLine(t *testing.T) {
	replies := map[string]string{
		"first line":     `250-STARTTLS\n250-SIZE 1000\n250 8BITMIME`,
		"middle line":    `250-mail.example.com\n250-STARTTLS\n250 8BITMIME`,
		"last line":      `250-mail.example.com\n250-SIZE 1000\n250 STARTTLS`,
		"one line":       `250 STARTTLS`,
		"lower case":     `250-mail.example.com\n250 starttls`,
		"with a blank":   `250-mail.example.com\n250 STARTTLS `,
		"not listed":     `250-mail.example.com\n250 SIZE 1000`,
		"masked":         `250-mail.example.com\n250-XXXXXXXA\n250 SIZE 1000`,
		"only in a name": `250-starttls.example.com\n250 SIZE 1000`,
	}
	for name, reply := range replies {
		for _, version := range []string{"1.0", "1.1", "1.2", "1.3"} {
			listed := !slices.Contains([]string{"not listed", "masked", "only in a name"}, name)
			t.Run(name+" "+version, func(t *testing.T) {
				a, _ := judged(t, host(t, `ehlo: {reply: "`+reply+`"}`, fmt.Sprintf("starttls: {min_version: %q, max_version: %q}", version, version)), claim("smtp/tls-missing"))
				want := "false_positive"
				if !listed {
					want = "inconclusive" // it works, but no mail server would try it
				}
				if v := a.verdict("smtp/tls-missing"); v.Verdict != want {
					t.Errorf("%s (%s), want %s: %s", v.Verdict, v.Reason, want, v.Says)
				}
			})
		}
		t.Run(name+" without", func(t *testing.T) {
			a, _ := judged(t, host(t, `ehlo: {reply: "`+reply+`"}`, `starttls: {reply: "502 5.5.1 no"}`), claim("smtp/tls-missing"))
			if v := a.verdict("smtp/tls-missing"); v.Verdict != "confirmed" {
				t.Errorf("%s (%s): %s", v.Verdict, v.Reason, v.Says)
			}
		})
	}
}

// Plain text behind the reply to STARTTLS is said, and believed by nobody.
func TestSmuggledTextIsReported(t *testing.T) {
	for _, starttls := range []string{`{smuggles: "250 injected"}`, `{smuggles: "250 injected", handshake: garbage}`, "true"} {
		a, o := judged(t, host(t, "starttls: "+starttls), claim("smtp/tls-missing", "smtp/tls-certificate", "smtp/tls-version"))
		if said := strings.Contains(o.stdout, "CVE-2011-0411"); said != (starttls != "true") {
			t.Errorf("%s: said %v\n%s", starttls, said, o.stdout)
		}
		want := "false_positive"
		if strings.Contains(starttls, "garbage") {
			want = "confirmed"
		}
		if v := a.verdict("smtp/tls-missing"); v.Verdict != want {
			t.Errorf("%s: %s, want %s", starttls, v.Verdict, want)
		}
	}
}

// Saved evidence is judged as it was when it was seen, without the network, the roots and the clock of that time.
func TestReplayOfCertificates(t *testing.T) {
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
