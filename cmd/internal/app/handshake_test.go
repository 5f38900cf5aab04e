package app_test

import (
	"strings"
	"testing"
)

// What decides whether encryption works is a reply inside TLS, and what decides that it does not are two spaced tries that no
// other client would have fared better with.
func TestEncryptionThatDoesNotWork(t *testing.T) {
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

// A server that knows no EHLO is asked by HELO (RFC 5321 section 3.2). It offers no encryption; the rest is judged.
func TestHELOOnly(t *testing.T) {
	for _, reply := range []string{"500 5.5.1 Command unrecognized: EHLO", "502 unimplemented (#5.5.1)"} {
		text := host(t, "greeting: {delay: 16s}", `ehlo: {reply: "`+reply+`"}`, "starttls: false", "domains: [example.com]", "relays: nothing")
		a, o := judged(t, text, "15.678 seconds - Not good! on Transaction Time\nWarning - Reverse DNS does not match SMTP Banner\n"+
			claim("smtp/tls-missing", "smtp/open-relay", "smtp/postmaster", "smtp/disconnected", "smtp/tls-required", "smtp/tls-version"))
		for rule, want := range map[string]string{"smtp/tls-missing": "confirmed", "smtp/open-relay": "false_positive", "smtp/postmaster": "false_positive",
			"smtp/disconnected": "false_positive", "smtp/transaction-time": "policy_disagreement", "smtp/banner-mismatch": "false_positive", "smtp/tls-required": "false_positive",
			"smtp/tls-version": "inconclusive"} {
			if v := a.verdict(rule); v.Verdict != want {
				t.Errorf("%s: %s is %s (%s), want %s: %s", reply, rule, v.Verdict, v.Reason, want, v.Says)
			}
		}
		wantManners(t, o)
	}
	// One that turns the tester away by the same code is not asked again.
	a, _ := judged(t, host(t, `ehlo: {reply: "502 5.7.1 not for your address"}`, "starttls: false"), claim("smtp/tls-missing", "smtp/open-relay"))
	for _, rule := range []string{"smtp/tls-missing", "smtp/open-relay"} {
		if v := a.verdict(rule); v.Verdict != "inconclusive" || v.Reason != "refused" {
			t.Errorf("%s is %s (%s): %s", rule, v.Verdict, v.Reason, v.Says)
		}
	}
}

// No verdict rests on a reply that may be the answer to another command.
func TestRepliesOutOfStep(t *testing.T) {
	const refuses = "domains: [example.com]\nrelays: nothing\n"
	rules := []string{"smtp/open-relay", "smtp/postmaster", "smtp/vrfy", "smtp/tls-required", "smtp/tls-missing", "smtp/disconnected"}
	for name, lines := range map[string]string{
		"RSET answered twice":                refuses + `rset: {again: "250 2.0.0 Ok"}`,
		"RSET answered twice, apart":         refuses + `rset: {again: "250 2.0.0 Ok", apart: 20ms}`,
		"RSET answered twice, late":          refuses + `rset: {again: "250 2.0.0 Ok", apart: 400ms}`,
		"RSET refused":                       refuses + `rset: {reply: "550 5.7.1 no"}`,
		"RSET answered as QUIT":              refuses + `rset: {reply: "221 bye"}`,
		"MAIL answered twice":                refuses + `mail: {again: "250 2.1.0 Ok", apart: 400ms}`,
		"RCPT answered twice":                refuses + `rcpt: {again: "250 2.1.5 Ok", apart: 400ms}`,
		"RCPT answered as QUIT":              refuses + `rcpt: {reply: "221 bye"}`,
		"MAIL answered as DATA":              refuses + `mail: {reply: "354 go ahead"}`,
		"EHLO answered as DATA":              refuses + `ehlo: {reply: "354 go ahead"}`,
		"EHLO answered twice":                refuses + `ehlo: {again: "250 mail.example.com"}`,
		"EHLO answered twice, late":          refuses + `ehlo: {again: "502 5.5.1 no", apart: 400ms}` + "\nstarttls: false",
		"a second greeting":                  refuses + `greeting: {again: "220 mail.example.com"}`,
		"a second greeting, apart":           refuses + `greeting: {again: "220 mail.example.com", apart: 30ms}`,
		"a second greeting, late":            refuses + `greeting: {again: "220 mail.example.com", apart: 400ms}`,
		"lines with different codes":         refuses + `rcpt: {reply: "250-Ok\n550 no"}`,
		"lines with different codes, EHLO":   refuses + `ehlo: {reply: "250-mail.example.com\n550 no"}`,
		"QUIT answered as another":           refuses + `quit: {reply: "250 Ok"}`,
		"something behind the reply to QUIT": refuses + `quit: {again: "221 2.0.0 Bye", apart: 10ms}`,
	} {
		t.Run(name, func(t *testing.T) {
			lines := lines
			if !strings.Contains(lines, "starttls") {
				lines += "\nstarttls: false"
			}
			a, o := judged(t, host(t, strings.Split(lines, "\n")...), claim(rules...))
			for _, rule := range rules {
				if v := a.verdict(rule); v.Verdict != "inconclusive" || v.Reason != "ambiguous" {
					t.Errorf("%s is %s (%s%s): %s", rule, v.Verdict, v.Reason, v.Severity, v.Says)
				}
			}
			if !strings.Contains(name, "greeting") { // the lab takes what we say before the second one for early
				wantManners(t, o)
			}
		})
	}
	// A session that is in step decides beside one that was not.
	text := host(t, strings.Split(refuses+"starttls: false\nrset: {again: \"250 Ok\"}\nsequence:\n  - {from_connection: 2, rset: {}}", "\n")...)
	a, _ := judged(t, text, claim("smtp/open-relay", "smtp/tls-missing"))
	if v := a.verdict("smtp/open-relay"); v.Verdict != "false_positive" {
		t.Errorf("relay is %s (%s): %s", v.Verdict, v.Reason, v.Says)
	}
	if v := a.verdict("smtp/tls-missing"); v.Verdict != "confirmed" {
		t.Errorf("missing is %s (%s): %s", v.Verdict, v.Reason, v.Says)
	}
}

// A row about the certificate is judged by the certificate that the session saw, and not as if it said that encryption is missing.
func TestRowsAboutTheCertificate(t *testing.T) {
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

// A device on this side that lets STARTTLS through and breaks every handshake is no fault of the server: a control that fails in the same
// way shows it, unless another server of the same domain, outside of this network, encrypts.
func TestHandshakesThatThisNetworkBreaks(t *testing.T) {
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
