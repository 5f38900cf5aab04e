package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mxverdict/cmd/internal/app"
	"mxverdict/verify/lab"
)

func TestSTARTTLSThatNeverWorks(t *testing.T) {
	parallel(t)
	tests := []struct{ starttls, want string }{
		{`{listed: true, reply: "454 4.7.0 TLS not available"}`, "confirmed"},
		{`{listed: false, reply: "454 4.7.0 TLS not available"}`, "inconclusive"},
		{`{listed: true, handshake: garbage}`, "confirmed"},
		{`{listed: true, handshake: close}`, "confirmed"},
		{`{listed: false, reply: "530 5.7.0 not for you"}`, "inconclusive"},
		{`{listed: false, reply: "503 5.5.1 not here"}`, "confirmed"},
		{`{listed: false, reply: "502 5.7.0 not for you"}`, "inconclusive"},
		{`{listed: true, min_version: "1.0", max_version: "1.0"}`, "false_positive"},
		{`{listed: false}`, "inconclusive"}, // it works, but no mail server would try it
	}
	for _, test := range tests {
		t.Run(test.starttls, func(t *testing.T) {
			a, _ := judged(t, host(t, "starttls: "+test.starttls), "Warning - Does not support TLS.\n")
			if v := a.verdict("smtp/tls-missing"); v.Verdict != test.want {
				t.Errorf("%s (%s), want %s: %s", v.Verdict, v.Reason, test.want, v.Says)
			}
		})
	}
}

// What decides whether encryption works is a reply inside TLS, and what decides that it does not are two spaced tries that no
// other client would have fared better with.
func TestEncryptionThatDoesNotWork(t *testing.T) {
	parallel(t)
	for _, test := range []struct {
		starttls               string
		missing, reason, says  string
		version, versionReason string
	}{
		{"{handshake: then-closes}", "confirmed", "medium", "the handshake is finished", "false_positive", "changed"},
		{`{handshake: then-closes, max_version: "1.2"}`, "confirmed", "medium", "the handshake is finished", "false_positive", "changed"},
		{"{handshake: client-certificate}", "confirmed", "medium", "a certificate of the client", "false_positive", "changed"},
		{`{handshake: client-certificate, max_version: "1.2"}`, "confirmed", "medium", "a certificate of the client", "inconclusive", "refused"},
		{"{handshake: alert}", "confirmed", "medium", "since SSL 3", "inconclusive", "refused"},
		{"{handshake: close}", "confirmed", "medium", "since SSL 3", "inconclusive", "refused"},
		{"{handshake: garbage}", "confirmed", "medium", "no TLS", "inconclusive", "refused"},
		{"{handshake: ssl3}", "inconclusive", "ambiguous", "SSL 3.0", "confirmed", "low"},
		{"{handshake: finite-field}", "inconclusive", "ambiguous", "TLS 1.2 with", "false_positive", "changed"},
		{"{handshake: another-version}", "inconclusive", "connect_failed", "", "inconclusive", "connect_failed"},
		{"{handshake: silent}", "inconclusive", "connect_failed", "", "inconclusive", "connect_failed"},
		{"{certificate: expired}", "false_positive", "changed", "works", "false_positive", "changed"},
	} {
		t.Run(test.starttls, func(t *testing.T) {
			a, o := judged(t, host(t, "starttls: "+test.starttls), claim("smtp/tls-missing", "smtp/tls-version"))
			if v := a.verdict("smtp/tls-missing"); v.Verdict != test.missing || v.Reason+v.Severity != test.reason || !strings.Contains(v.Says, test.says) {
				t.Errorf("missing is %s (%s%s), want %s (%s), %q: %s", v.Verdict, v.Reason, v.Severity, test.missing, test.reason, test.says, v.Says)
			}
			if v := a.verdict("smtp/tls-version"); v.Verdict != test.version || v.Reason+v.Severity != test.versionReason {
				t.Errorf("version is %s (%s%s), want %s (%s): %s", v.Verdict, v.Reason, v.Severity, test.version, test.versionReason, v.Says)
			}
			if test.missing == "confirmed" && o.took.Seconds() < 30 {
				t.Errorf("two tries within %v", o.took)
			}
			wantManners(t, o)
		})
	}
}

// A refusal that speaks of whoever asks says nothing about others, on whatever line of the dialogue it stands.
func TestTesterRefusedAtSTARTTLS(t *testing.T) {
	parallel(t)
	for _, starttls := range []string{
		`{reply: "454 4.7.1 too many TLS connections from your IP"}`,
		`{reply: "502 5.5.1 Command not permitted for client [198.51.100.1]"}`,
		`{reply: "454 4.7.0 TLS refused: 198.51.100.1 listed by zen.spamhaus.org"}`,
		`{reply: "500 5.7.1 no"}`,
		`{reply: "503 5.5.1 your address is blocked", listed: false}`,
		`{reply: "502 5.7.0 not for you", listed: false}`,
		`{reply: "530 5.7.0 Authentication required", listed: false}`,
		`{words: "421 4.7.0 too many TLS connections from your IP"}`,
		`{words: "554 5.7.1 go away"}`,
		`{words: "454 4.7.0 TLS not available due to local problem"}`,
		`{words: "Too many connections from your IP, go away"}`,
		`{smuggles: "554 5.7.1 your host is blocked", handshake: close}`,
		`{smuggles: "454 4.7.1 too many", handshake: garbage}`,
		`{reply: "220-go ahead\n554 5.7.1 no"}`,
	} {
		t.Run(starttls, func(t *testing.T) {
			a, o := judged(t, host(t, "starttls: "+starttls), claim("smtp/tls-missing", "smtp/tls-version", "smtp/tls-certificate"))
			for _, rule := range []string{"smtp/tls-missing", "smtp/tls-version", "smtp/tls-certificate"} {
				if v := a.verdict(rule); v.Verdict != "inconclusive" || v.Reason != "refused" && v.Reason != "ambiguous" {
					t.Errorf("%s is %s (%s%s): %s", rule, v.Verdict, v.Reason, v.Severity, v.Says)
				}
			}
			wantManners(t, o)
		})
	}
	// The same codes with words about the command, in many voices, are the server's.
	for _, reply := range []string{"454 4.7.0 TLS not available due to local problem", "454 TLS currently unavailable", "502 5.5.1 Error: command not implemented",
		"500 5.5.1 Command unrecognized: STARTTLS", "503 STARTTLS command used when not advertised", "502 unimplemented (#5.5.1)", "500 5.3.3 Unrecognized command"} {
		a, _ := judged(t, host(t, `starttls: {reply: "`+reply+`"}`), claim("smtp/tls-missing"))
		if v := a.verdict("smtp/tls-missing"); v.Verdict != "confirmed" || !strings.Contains(v.Says, reply[:3]) {
			t.Errorf("%s: %s (%s): %s", reply, v.Verdict, v.Reason, v.Says)
		}
	}
}

// The keyword counts on whichever line it stands, in whatever case; the handshake tells whether it is true.
func TestSTARTTLSOnAnyLine(t *testing.T) {
	parallel(t)
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
	parallel(t)
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

// Only TLS older than 1.2 confirms the claim.
func TestTLSVersions(t *testing.T) {
	parallel(t)
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

// One machine of several behind an address must not decide about the versions of TLS.
func TestVersionsThatDiffer(t *testing.T) {
	parallel(t)
	for _, versions := range [][2]string{{"1.0", "1.3"}, {"1.3", "1.0"}} {
		text := host(t, fmt.Sprintf("starttls: {min_version: \"1.0\", max_version: %q}", versions[0]), fmt.Sprintf("sequence:\n      - {from_connection: 2, starttls: {min_version: \"1.0\", max_version: %q}}", versions[1]))
		s := withControls(t, text, claim("smtp/tls-version"), "--samples", "2", "--every", "30s")
		if v := s.verdict("smtp/tls-version"); v.Verdict != "inconclusive" || v.Reason != "disagreement" {
			t.Errorf("%v: %s (%s): %s", versions, v.Verdict, v.Reason, v.Says)
		}
	}
}

// A device on this side that lets STARTTLS through and breaks every handshake is no fault of the server: a control that fails in the same
// way shows it, unless another server of the same domain, outside of this network, encrypts.
func TestHandshakesThatThisNetworkBreaks(t *testing.T) {
	parallel(t)
	const far, control = "203.0.113.21", "203.0.113.98"
	mx := func(address, starttls string) string {
		return "{address: " + address + ", name: mx.example.com, starttls: " + starttls + "}"
	}
	for _, test := range []struct {
		server, control string
		others          []string
		want            string
	}{
		{"{handshake: close}", "{handshake: alert}", nil, "inconclusive intercepted"},
		{"{handshake: then-closes}", "{handshake: close}", nil, "inconclusive intercepted"},
		{"{handshake: garbage}", "{handshake: garbage}", nil, "inconclusive intercepted"},
		{"{handshake: close}", "true", nil, "confirmed medium"},
		{"{handshake: close}", "{handshake: silent}", nil, "confirmed medium"},
		{`{reply: "454 4.7.0 TLS not available"}`, "{handshake: close}", nil, "confirmed medium"},
		{"{handshake: close}", "{handshake: close}", []string{mx("203.0.113.22", "true")}, "confirmed medium"},
		{"{handshake: close}", "{handshake: close}", []string{mx("198.51.100.45", "true")}, "inconclusive intercepted"},
		{"true", "{handshake: close}", nil, "false_positive changed"},
	} {
		addresses := []string{far}
		for _, other := range test.others {
			address, _, _ := strings.Cut(strings.TrimPrefix(other, "{address: "), ",")
			addresses = append(addresses, address)
		}
		text := controlled(addresses, [][]string{{control}}, append(test.others, mx(far, test.server), mx(control, test.control))...)
		s := withControls(t, text, claim("smtp/tls-missing"), "--control", "a.test")
		if v := s.verdict("smtp/tls-missing"); ending(v) != test.want {
			t.Errorf("%s beside %s and %d others: %s, want %s: %s", test.server, test.control, len(test.others), ending(v), test.want, v.Says)
		}
	}
}

func TestTLSRequired(t *testing.T) {
	parallel(t)
	for _, test := range []dialogueTest{
		{"accepted", "starttls: true", "false_positive", "changed"},
		{"accepted, behind a delay", late + "starttls: true", "false_positive", "artifact"},
		{"refused at MAIL", "starttls: true\nrequires_tls: mail", "confirmed", "medium"},
		{"refused at RCPT", "starttls: true\nrequires_tls: rcpt", "confirmed", "medium"},
		{"refused everywhere", "starttls: true\nrequires_tls: everything", "confirmed", "medium"},
		{"refused with the code of encryption", `mail: {reply: 550 5.7.10 Encryption needed}`, "confirmed", "medium"},
		{"greylisted, but for encryption", `mail: {reply: 451 4.7.1 Greylisted; only encrypted sessions are let through}`, "inconclusive", "refused"},
		{"refused for a while at RCPT", `rcpt: {reply: 450 4.7.1 TLS session table is full}`, "inconclusive", "refused"},
		{"demanded for a while", `rcpt: {reply: 451 5.7.3 STARTTLS is required to send mail}`, "inconclusive", "refused"},
		{"too many errors", `rcpt: {reply: 550 5.7.1 Too many errors over TLS}`, "inconclusive", "refused"},
		{"a quota", `mail: {reply: 550 5.7.1 Quota of the day exceeded}`, "inconclusive", "refused"},
		{"wants a log-in", `mail: {reply: 530 5.7.0 Authentication required}`, "inconclusive", "refused"},
		{"refused otherwise", `rcpt_to: [{matches: "*", reply: 550 5.7.1 Access denied}]`, "inconclusive", "refused"},
		{"greylisted", "greylists: 300s", "inconclusive", "refused"},
		{"our sender refused", `mail_from: [{matches: "*@*", reply: 550 5.1.8 Sender refused}]`, "false_positive", "changed"},
	} {
		test.run(t, "smtp/tls-required")
	}
}

// Users deliver on another port, and there a server may demand encryption.
func TestTLSRequiredOfUsers(t *testing.T) {
	parallel(t)
	s, err := lab.Load("scenario", []byte(host(t, "starttls: true", "requires_tls: mail")))
	if err != nil {
		t.Fatal(err)
	}
	internet, err := s.OnLoopback()
	if err != nil {
		t.Fatal(err)
	}
	defer internet.Close()
	var stdout, stderr bytes.Buffer
	app.Run([]string{"mxverdict", "verify", "--resolver", internet.Resolver().String(), "--root-hints", rootHints(internet), "--dns-port", itoa(internet.DNSPort()),
		"--smtp-port", itoa(internet.SMTPPort()), "--allow-private", "--control", "none", "--helo", "tester.example.net", "--quiet",
		"--rules", claims, "--format", "json", "--target", "example.com"},
		strings.NewReader(claim("smtp/tls-required")), &stdout, &stderr, app.Env{LoadRules: sharedRules, Context: t.Context(), Dialer: internet})
	var a answer
	if err := json.Unmarshal(stdout.Bytes(), &a); err != nil {
		t.Fatalf("%v\n%s%s", err, stdout.String(), stderr.String())
	}
	reached.note(a.Verdicts)
	if v := a.verdict("smtp/tls-required"); v.Verdict != "policy_disagreement" {
		t.Errorf("%s: %s", v.Verdict, v.Says)
	}
}
