package e2e

import (
	"strings"
	"testing"
	"time"
)

var smtpClaims = claim("smtp/connect", "smtp/disconnected", "smtp/banner-mismatch", "smtp/tls-missing", "smtp/connection-time", "smtp/transaction-time")

// The worst address decides, what is not known of one never becomes known by the other, and the sentences speak of the
// address that decided.
func TestTwoAddresses(t *testing.T) {
	parallel(t)
	tests := []struct {
		name, first, second string
		rule, verdict       string
		severity, says      string
	}{
		{"refused, and turned away", "connect: refused", `greeting: {reply: "554 5.7.1 no", then: close}`, "smtp/connect", "inconclusive", "", ""},
		{"refused, and serving", "connect: refused", "starttls: true", "smtp/connect", "confirmed", "low", ""},
		{"both refused, by whomever", "connect: refused", "connect: refused", "smtp/connect", "inconclusive", "", ""},
		{"fast, and slow beyond 30 s", "greeting: {delay: 6s}", "greeting: {delay: 40s}", "smtp/connection-time", "confirmed", "low", "40.0 s"},
		{"with and without TLS", "starttls: true", "starttls: false", "smtp/tls-missing", "confirmed", "medium", ""},
		{"one delayed past the reporter's patience", "starttls: true", "greeting: {delay: 16s}\nstarttls: true", "smtp/tls-missing", "false_positive", "", ""},
		{"with TLS, and turned away", "starttls: true", `greeting: {reply: "421 4.7.0 later", then: close}`, "smtp/tls-missing", "false_positive", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, _ := judged(t, two(t, test.first, test.second), smtpReport)
			v := a.verdict(test.rule)
			if v.Verdict != test.verdict || v.Severity != test.severity || !strings.Contains(v.Says, test.says) {
				t.Errorf("%s %s: %s", v.Verdict, v.Severity, v.Says)
			}
			if v.Reason == "artifact" {
				t.Error("the mistake is called explained, although nobody knows which address the reporter met")
			}
		})
	}
}

// Sessions with one address that contradict each other decide nothing.
func TestContradictingSessions(t *testing.T) {
	parallel(t)
	sometimes := host(t, `ehlo: {reply: "421 4.7.0 later", then: close}`, "starttls: true", "greeting: {delay: 40s}",
		"sequence:\n      - {from_connection: 2, greeting: {delay: 0s}, ehlo: {delay: 0s}}")
	a, _ := judged(t, sometimes, smtpReport)
	if v := a.verdict("smtp/connection-time"); v.Verdict != "confirmed" {
		t.Errorf("40 s at the first visit, connection-time is %s: %s", v.Verdict, v.Says)
	}
	if v := a.verdict("smtp/transaction-time"); v.Verdict == "false_positive" {
		t.Errorf("40 s at the first visit, transaction-time is %s: %s", v.Verdict, v.Says)
	}
	changing := host(t, "starttls: false", `rcpt: {reply: "421 4.7.0 later", then: close}`,
		"sequence:\n      - {from_connection: 2, starttls: true, rcpt: {delay: 0s}}")
	a, _ = judged(t, changing, smtpReport)
	if v := a.verdict("smtp/tls-missing"); v.Verdict != "inconclusive" || v.Reason != "disagreement" {
		t.Errorf("offered in one session only, tls-missing is %s (%s)", v.Verdict, v.Reason)
	}
}

// Several sessions show the range of the times; the slowest decides, and a first contact is told from a delay for everybody.
func TestSamples(t *testing.T) {
	parallel(t)
	only1st := host(t, "greeting: {delay: 16s}", "starttls: true", "sequence:\n      - {from_connection: 2, greeting: {delay: 0s}}")
	const report = "15.678 seconds - Not good! on Transaction Time\n12.5 seconds - Not good! on Connection time\n"
	s := withControls(t, only1st, report, "--samples", "3", "--every", "60s")
	if s.took < 120*time.Second || s.took > 140*time.Second {
		t.Errorf("three samples, one a minute, took %v", s.took)
	}
	for _, rule := range []string{"smtp/connection-time", "smtp/transaction-time"} {
		v := s.verdict(rule)
		notes := strings.Join(v.Notes, "\n")
		if v.Verdict != "policy_disagreement" {
			t.Errorf("%s is %s: %s", rule, v.Verdict, v.Says)
		}
		if !strings.Contains(notes, "In 3 sessions the greeting took 20 ms at least, 20 ms in the middle and 16.0 s at most") || !strings.Contains(notes, "Only the first session") {
			t.Errorf("%s: %s", rule, notes)
		}
	}
	constant := withControls(t, host(t, "greeting: {delay: 16s}", "starttls: true"), report, "--samples", "2", "--every", "30s")
	if notes := strings.Join(constant.verdict("smtp/transaction-time").Notes, "\n"); strings.Contains(notes, "Only the first") || !strings.Contains(notes, "In two sessions") {
		t.Error(notes)
	}
	// Fast at first and slow later is slow.
	later := host(t, "starttls: true", "sequence:\n      - {from_connection: 3, greeting: {delay: 40s}}")
	s = withControls(t, later, report, "--samples", "3", "--every", "30s")
	if v := s.verdict("smtp/connection-time"); v.Verdict != "confirmed" {
		t.Errorf("connection-time is %s: %s", v.Verdict, v.Says)
	}
	if v := s.verdict("smtp/transaction-time"); v.Verdict != "confirmed" {
		t.Errorf("transaction-time is %s: %s", v.Verdict, v.Says)
	}
	dialogue := host(t, "starttls: true", "sequence:\n      - {from_connection: 2, rcpt: {delay: 20s}}")
	s = withControls(t, dialogue, report, "--samples", "2", "--every", "30s")
	if v := s.verdict("smtp/transaction-time"); v.Verdict != "policy_disagreement" || !strings.Contains(v.Says, "20") {
		t.Errorf("transaction-time is %s: %s", v.Verdict, v.Says)
	}
	// A server that hung up twice and then did not does so only sometimes.
	hangs := host(t, "ehlo: {reply: none, then: close}", "sequence:\n      - {from_connection: 3, ehlo: {delay: 0s}}")
	s = withControls(t, hangs, claim("smtp/disconnected"), "--samples", "3", "--every", "30s")
	if v := s.verdict("smtp/disconnected"); v.Verdict != "inconclusive" || v.Reason != "disagreement" {
		t.Errorf("disconnected is %s (%s): %s", v.Verdict, v.Reason, v.Says)
	}
	// Who turns the tester away is left in peace, and what was measured stands.
	limited := host(t, "starttls: true", "sequence:\n      - {from_connection: 3, greeting: {reply: \"421 4.7.0 Too many connections\", then: close}}")
	s = withControls(t, limited, report, "--samples", "5", "--every", "30s")
	if n := len(s.evidence.Sessions); n != 4 { // three, and nobody's
		t.Errorf("%d sessions", n)
	}
	if v := s.verdict("smtp/connection-time"); v.Verdict != "false_positive" {
		t.Errorf("connection-time is %s: %s", v.Verdict, v.Says)
	}
	// Who greets at once and is silent the next time is neither quick nor slow, and neither dead nor alive.
	moody := host(t, "starttls: true", "sequence:\n      - {from_connection: 2, greeting: {reply: none}}")
	s = withControls(t, moody, "Failed To Connect\n"+report, "--samples", "5", "--every", "30s")
	for _, v := range s.Verdicts {
		if v.Verdict != "inconclusive" || v.Reason != "disagreement" {
			t.Errorf("%s is %s (%s): %s", v.Rule, v.Verdict, v.Reason, v.Says)
		}
	}
	if n := len(s.evidence.Sessions); n != 3 {
		t.Errorf("%d sessions with a silent host", n)
	}
	// Encryption that is offered only sometimes is neither missing nor there.
	sometimes := host(t, "starttls: true", "sequence:\n      - {from_connection: 2, starttls: false}")
	s = withControls(t, sometimes, "Warning - Does not support TLS.\n", "--samples", "2", "--every", "30s")
	if v := s.verdict("smtp/tls-missing"); v.Verdict != "inconclusive" || v.Reason != "disagreement" {
		t.Errorf("tls-missing is %s (%s): %s", v.Verdict, v.Reason, v.Says)
	}
	// Once it was absent twice, some senders meet a machine without it.
	s = withControls(t, sometimes, "Warning - Does not support TLS.\n", "--samples", "3", "--every", "30s")
	if v := s.verdict("smtp/tls-missing"); v.Verdict != "confirmed" || !strings.Contains(strings.Join(v.Notes, " "), "other sessions") {
		t.Errorf("tls-missing is %s: %s %v", v.Verdict, v.Says, v.Notes)
	}
}

func TestSampleFlags(t *testing.T) {
	parallel(t)
	for _, args := range [][]string{{"--samples", "0"}, {"--samples", "21"}, {"--every", "29s"}, {"--samples", "-1"}} {
		if o := inLab(t, host(t, "starttls: true"), smtpReport, args...); o.code != 2 {
			t.Errorf("%v: code %d, %s", args, o.code, o.stderr)
		}
	}
	o := inLab(t, host(t, "starttls: true"), smtpReport, "--samples", "10", "--every", "2m")
	if !strings.Contains(o.stderr, "do not fit") {
		t.Errorf("stderr: %s", o.stderr)
	}
}

// Two names of one address are one server: where the name does not matter, it is visited once, and the evidence says so.
func TestNamesThatShareAnAddress(t *testing.T) {
	parallel(t)
	text := mailHosts([]string{"example.com. IN MX 10 mx1.example.com.", "example.com. IN MX 20 mx2.example.com.",
		"mx1.example.com. IN A 203.0.113.21", "mx2.example.com. IN A 203.0.113.21"}, []string{"{address: 203.0.113.21, name: mx.example.com, starttls: true}"})
	s := withControls(t, text, "12.5 seconds - Not good! on Connection time\n", "--control", "none")
	if v := s.verdict("smtp/connection-time"); v.Verdict != "false_positive" || s.took > 2*time.Second || len(s.evidence.Sessions) != 2 {
		t.Errorf("%s, %d sessions, %v", v.Verdict, len(s.evidence.Sessions), s.took)
	}
	if a, b := s.evidence.Sessions[0], s.evidence.Sessions[1]; a.HeldAs != "" || b.HeldAs != "mx1.example.com" || !a.StartedAt.Equal(b.StartedAt) {
		t.Errorf("held as %q and %q", a.HeldAs, b.HeldAs)
	}
	s = withControls(t, text, "Warning - Does not support TLS.\n", "--control", "none")
	if s.evidence.Sessions[1].HeldAs != "" || s.took < 30*time.Second {
		t.Error("the server saw one name in the handshake, and the session is given out as one with the other")
	}
}
