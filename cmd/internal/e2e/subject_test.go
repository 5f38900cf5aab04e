package e2e

import (
	"strings"
	"testing"
)

// twoAddresses is a domain whose one mail host offers encryption at 203.0.113.45 and none at 203.0.113.46 and 2001:db8:25::45. Its
// other host, which offers none either, is no mail host.
func twoAddresses() string {
	text := mailHosts([]string{"example.com. MX 10 mail.example.com.", "mail.example.com. A 203.0.113.45", "mail.example.com. A 203.0.113.46", "mail.example.com. AAAA 2001:db8:25::45",
		"other.example.com. A 203.0.113.77", "other.example.com. A 203.0.113.78"},
		[]string{"{address: 203.0.113.45, name: mail.example.com, starttls: true}", "{address: 203.0.113.46, name: mail.example.com, starttls: false}",
			"{address: \"2001:db8:25::45\", name: mail.example.com, starttls: false}", "{address: 203.0.113.77, name: other.example.com, starttls: false}",
			"{address: 203.0.113.78, name: other.example.com, starttls: true}"})
	return strings.Replace(text, "target: example.com\n", "", 1)
}

// What a row is about: the name or address in it, an address narrowing the host; else its heading, link or transcript; else what the
// user says; else the only target of the report.
func TestSubjectOfARow(t *testing.T) {
	parallel(t)
	const row = "Warning - Does not support TLS.\n"
	target := func(name string) []string { return []string{"--target", name} }
	for _, test := range []struct {
		name, report  string
		args          []string
		subject, want string
		says          string // on stderr
	}{
		{"name in the row beats the heading", "smtp:mail.example.com\nother.example.com\tDoes not support TLS.\n", nil, "other.example.com", "confirmed", ""},
		{"name in the row beats --target", "other.example.com\tDoes not support TLS.\n", target("mail.example.com"), "other.example.com", "confirmed", "--target mail.example.com"},
		{"address in the row narrows the heading", "smtp:mail.example.com\n203.0.113.45  Does not support TLS.\n", nil, "mail.example.com [203.0.113.45]", "false_positive", ""},
		{"another one", "smtp:mail.example.com\n203.0.113.46  Does not support TLS.\n", nil, "mail.example.com [203.0.113.46]", "confirmed", ""},
		{"address behind a label narrows", "smtp:mail.example.com\n203.0.113.45  Encryption: Does not support TLS.\n", nil, "mail.example.com [203.0.113.45]", "false_positive", ""},
		{"with a port", "smtp:mail.example.com\n203.0.113.45:25  Encryption: Does not support TLS.\n", nil, "mail.example.com [203.0.113.45]", "false_positive", ""},
		{"IPv6 in brackets with a port", "smtp:mail.example.com\n[2001:DB8:25:0::45]:25  Encryption: Does not support TLS.\n", nil, "mail.example.com [2001:db8:25::45]", "confirmed", ""},
		{"IPv6 in capitals", "smtp:mail.example.com\n2001:DB8:25:0::45  Does not support TLS.\n", nil, "mail.example.com [2001:db8:25::45]", "confirmed", ""},
		{"behind its host", "mail.example.com (203.0.113.45)  Does not support TLS.\n", nil, "mail.example.com [203.0.113.45]", "false_positive", ""},
		{"behind a mark", "smtp:mail.example.com\nWarning\t203.0.113.45\tDoes not support TLS.\n", nil, "mail.example.com [203.0.113.45]", "false_positive", ""},
		{"narrows --target", "203.0.113.45  Does not support TLS.\n", target("mail.example.com"), "mail.example.com [203.0.113.45]", "false_positive", "only that one"},
		{"narrows a domain", "203.0.113.45  Does not support TLS.\n", target("example.com"), "mail.example.com [203.0.113.45]", "false_positive", "only that one"},
		{"and is none of the host's", "203.0.113.77  Does not support TLS.\n", target("mail.example.com"), "mail.example.com", "inconclusive not_found", "only that one"},
		{"and nothing else is named", "203.0.113.46  Does not support TLS.\n", nil, "[203.0.113.46]", "confirmed", ""},
		{"an OK row that names the address", "OK - 203.0.113.45 resolves to mail.example.com\n" + row, target("mail.example.com"), "mail.example.com [203.0.113.45]", "false_positive", "only that one"},
		{"an OK row, and no target", "OK - 203.0.113.46 resolves to mail.example.com\n" + row, nil, "[203.0.113.46]", "confirmed", ""},
		{"the reporter's own address behind the sentence", "smtp:mail.example.com\nDoes not support TLS. (tested from 203.0.113.77)\n", nil, "mail.example.com", "confirmed", ""},
		{"heading beats --target", "smtp:other.example.com\n" + row, target("mail.example.com"), "other.example.com", "confirmed", "--target mail.example.com"},
		{"--target for rows that name nothing", row, target("mail.example.com"), "mail.example.com", "confirmed", ""},
		{"--address alone", row, []string{"--address", "203.0.113.45"}, "[203.0.113.45]", "false_positive", ""},
		{"--address and --target", row, []string{"--address", "203.0.113.45", "--target", "mail.example.com"}, "[203.0.113.45]", "false_positive", ""},
		{"--address that contradicts the row", "203.0.113.46  Does not support TLS.\n", []string{"--address", "203.0.113.45", "--target", "mail.example.com"}, "[203.0.113.46]", "confirmed", "--address 203.0.113.45"},
		{"--target that is another address", "203.0.113.46  Does not support TLS.\n", target("203.0.113.45"), "[203.0.113.46]", "confirmed", "--target 203.0.113.45"},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, o := judged(t, twoAddresses(), test.report, append(test.args, "--control", "none")...)
			v := a.verdict("smtp/tls-missing")
			got := strings.TrimSpace(v.Verdict + " " + v.Reason)
			if v.Verdict == "false_positive" {
				got = v.Verdict
			}
			subject := v.Subject
			if strings.Count(subject, "[") == 0 && strings.Contains(test.subject, "[") && strings.Trim(test.subject, "[]") == subject {
				subject = test.subject
			}
			if got != test.want || !strings.HasPrefix(subject, test.subject) {
				t.Errorf("%q is %s, want %q %s: %s", v.Subject, got, test.subject, test.want, v.Says)
			}
			if test.says != "" != strings.Contains(o.stderr, "note: the report names") || !strings.Contains(o.stderr, test.says) {
				t.Errorf("want %q on stderr: %s", test.says, o.stderr)
			}
			if strings.HasSuffix(test.want, "not_found") && !strings.Contains(v.Says, "--target 203.0.113.77") {
				t.Errorf("no next step: %s", v.Says)
			}
		})
	}
}

// Rows that say the same of two addresses are two verdicts.
func TestRowsOfTwoAddresses(t *testing.T) {
	parallel(t)
	a, _ := judged(t, twoAddresses(), "smtp:mail.example.com\n203.0.113.45  Does not support TLS.\n203.0.113.46  Does not support TLS.\n")
	got := map[string]string{}
	for _, v := range a.Verdicts {
		got[v.Subject] = v.Verdict
	}
	if len(a.Verdicts) != 2 || got["mail.example.com [203.0.113.45]"] != "false_positive" || got["mail.example.com [203.0.113.46]"] != "confirmed" {
		t.Errorf("%v", got)
	}
}

// A report about a host is about that host, even if it has MX records that lead elsewhere.
func TestHostWithMXOfItsOwn(t *testing.T) {
	parallel(t)
	text := two(t, "starttls: false", "starttls: true")
	text = strings.Replace(text, "mail.example.com.  300 IN A 203.0.113.80", "filter.example.com. 300 IN A 203.0.113.80\n      mail.example.com. 300 IN MX 5 filter.example.com.", 1)
	a, _ := judged(t, text, "smtp:mail.example.com\nWarning - Does not support TLS.\n", "--address", "203.0.113.25")
	if v := a.verdict("smtp/tls-missing"); v.Verdict != "confirmed" || !strings.Contains(v.Subject, "203.0.113.25") {
		t.Errorf("%s of %s: %s", v.Verdict, v.Subject, v.Says)
	}
}

// --address narrows also what the report names.
func TestAddressNarrows(t *testing.T) {
	parallel(t)
	text := scenarioFile(t, "../../../testdata/scenarios/eight-addresses.yaml")
	const report = "smtp:mx2.example.com\nWarning - Does not support TLS.\n"
	tests := []struct {
		address, verdict, reason string
		connections              int
	}{
		{"203.0.113.24", "confirmed", "", 1},
		{"203.0.113.25", "false_positive", "changed", 1},
		{"203.0.113.99", "inconclusive", "untested", 0},
	}
	for _, test := range tests {
		t.Run(test.address, func(t *testing.T) {
			s := withControls(t, text, report, "--control", "none", "--address", test.address)
			if v := s.verdict("smtp/tls-missing"); v.Verdict != test.verdict || v.Reason != test.reason {
				t.Errorf("%s (%s): %s", v.Verdict, v.Reason, v.Says)
			}
			if n := len(s.evidence.Sessions); n != test.connections {
				t.Errorf("%d sessions, want %d", n, test.connections)
			}
			if !strings.Contains(s.stderr, "only the address "+test.address) {
				t.Errorf("stderr does not say so: %s", s.stderr)
			}
		})
	}
}

// Of addresses that were left out nothing is known, least of all that they do not answer.
func TestAddressNarrowsAndClaimsNothingOfOthers(t *testing.T) {
	parallel(t)
	text := mailHosts([]string{"example.com. IN MX 10 mx.example.com.", "mx.example.com. IN A 203.0.113.21", "mx.example.com. IN A 203.0.113.22"},
		[]string{"{address: 203.0.113.21, name: mx.example.com, greeting: {reply: none}}", "{address: 203.0.113.22, name: mx.example.com, starttls: true}"})
	s := withControls(t, text, "smtp:mx.example.com\nFailed To Connect\n", "--control", "none", "--address", "203.0.113.21")
	if v := s.verdict("smtp/connect"); v.Verdict != "inconclusive" || strings.Contains(v.Says, "No address") {
		t.Errorf("%s %s: %s", v.Verdict, v.Severity, v.Says)
	}
}
