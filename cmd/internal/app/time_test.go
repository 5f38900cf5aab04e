package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/cmd/internal/app"
	"mxverdict/verify/evidence"
	"mxverdict/verify/lab"
)

// mailHosts is a domain whose records and SMTP hosts are given, a line each.
func mailHosts(records, smtp []string) string {
	return "schema: mxverdict/scenario/1\nabout: Several mail hosts\ntarget: example.com\nlatency: 20ms\nresolver: 192.0.2.1\nzones:\n" +
		"  - name: example.com\n    servers: [ns1.example.com]\n    records: |\n      ns1.example.com. IN A 192.0.2.53\n      " +
		strings.Join(records, "\n      ") + "\nsmtp:\n  - " + strings.Join(smtp, "\n  - ") + "\n"
}

// seen is what a run with its controls left, and how long it took by the clock of the bubble.
type seen struct {
	answer
	stderr   string
	code     int
	took     time.Duration
	evidence evidence.Bundle
}

// withControls runs the command on a scenario in memory. Where no --control is given, it is the domain of the scenario.
func withControls(t *testing.T, scenario, report string, args ...string) (s seen) {
	t.Helper()
	sc, err := lab.Load("scenario", []byte(scenario))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		internet, err := sc.InMemory()
		if err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		all := []string{"mxverdict", "verify", "--resolver", internet.Resolver().String(), "--root-hints", rootHints(internet), "--helo", "tester.example.net", "--rules", claims, "--format", "json"}
		if !slices.Contains(args, "--control") {
			all = append(all, "--control", sc.Target)
		}
		if !slices.Contains(args, "--address") {
			all = append(all, "--target", sc.Target)
		}
		start := time.Now()
		s.code = app.Run(append(all, args...), strings.NewReader(report), &stdout, &stderr, app.Env{LoadRules: sharedRules, Context: t.Context(), Dialer: internet})
		s.took, s.stderr = time.Since(start), stderr.String()
		if err := internet.Close(); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		var e struct{ Evidence evidence.Bundle }
		if err := json.Unmarshal(stdout.Bytes(), &s.answer); err != nil {
			t.Fatalf("no JSON: %v\nstdout: %s\nstderr: %s", err, stdout.String(), s.stderr)
		}
		if err := json.Unmarshal(stdout.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		s.evidence = e.Evidence
	})
	reached.note(s.Verdicts)
	return s
}

var smtpClaims = claim("smtp/connect", "smtp/disconnected", "smtp/banner-mismatch", "smtp/tls-missing", "smtp/connection-time", "smtp/transaction-time")

// Where something on the way answers for everybody, nothing that was seen says anything about the server.
func TestInterception(t *testing.T) {
	text := strings.Replace(scenarioFile(t, delayed), "latency: 20ms", "latency: 20ms\nintercepts: true", 1)
	s := withControls(t, text, smtpClaims+claim("smtp/open-relay", "smtp/vrfy", "smtp/postmaster", "smtp/tls-required", "smtp/tls-certificate", "smtp/tls-version"))
	if len(s.Verdicts) != 12 {
		t.Fatalf("%d verdicts", len(s.Verdicts))
	}
	for _, v := range s.Verdicts {
		if v.Verdict != "inconclusive" || v.Reason != "intercepted" {
			t.Errorf("%s is %s (%s): %s", v.Rule, v.Verdict, v.Reason, v.Says)
		}
	}
	if s.code != 4 || len(s.Notices) == 0 || len(s.Causes) > 0 {
		t.Errorf("code %d, notices %v, causes %v", s.code, s.Notices, s.Causes)
	}
	s = withControls(t, text, "Warning - Does not support TLS.\n", "--control", "none")
	if v := s.verdict("smtp/tls-missing"); v.Reason == "intercepted" {
		t.Error("nobody was asked, yet it is known")
	}
	s = withControls(t, text, "Warning - Does not support TLS.\n", "--smtp-port", "2525")
	if slices.ContainsFunc(s.evidence.Sessions, func(s evidence.Session) bool { return s.Decoy }) {
		t.Error("nobody was asked on another port")
	}
}

// An open network costs one refused connection, said in advance, kept in the evidence, and no time.
func TestNoInterception(t *testing.T) {
	s := withControls(t, host(t, "starttls: true"), smtpClaims)
	decoys := 0
	for _, d := range s.evidence.Sessions {
		if d.Decoy {
			decoys++
			if e := d.Event(evidence.StepConnect); d.Address != "192.0.2.1" || e.Failure == nil || e.Failure.Kind != evidence.Refused {
				t.Errorf("%+v", d)
			}
		}
	}
	if decoys != 1 || !strings.Contains(s.stderr, "answers for everybody") {
		t.Errorf("%d connections, announced: %s", decoys, s.stderr)
	}
	if s.took > 2*time.Second {
		t.Errorf("it took %v", s.took)
	}
	for _, v := range s.Verdicts {
		if v.Verdict != "false_positive" {
			t.Errorf("%s is %s (%s): %s", v.Rule, v.Verdict, v.Reason, v.Says)
		}
	}
	// That nobody answers is no reason to ask a control.
	s = withControls(t, host(t, `greeting: {reply: "554 5.7.1 no", then: close}`), smtpClaims)
	if slices.ContainsFunc(s.evidence.Sessions, func(s evidence.Session) bool { return s.Control }) {
		t.Error("a control was asked although the server answered")
	}
	silent := strings.Replace(host(t, "starttls: true"), "smtp:\n", "smtp:\n  - {address: 192.0.2.1, connect: silent}\n", 1)
	s = withControls(t, silent, smtpClaims)
	if s.took > 2*time.Second {
		t.Errorf("silence of nobody took %v", s.took)
	}
	for _, v := range s.Verdicts {
		if v.Verdict != "false_positive" {
			t.Errorf("%s is %s (%s): %s", v.Rule, v.Verdict, v.Reason, v.Says)
		}
	}
}

// A trap that drips a fake dialogue says nothing about the encryption that others get. Its times are real; whether they harm
// anybody else is not known.
func TestTarpit(t *testing.T) {
	trap := host(t, "greeting: {drip: 1s}", "ehlo: {drip: 1s}", "mail: {drip: 1s}", "rcpt: {drip: 1s}", "starttls: false")
	a, _ := judged(t, trap, smtpReport)
	for rule, want := range map[string]string{"smtp/tls-missing": "inconclusive refused", "smtp/connect": "false_positive artifact",
		"smtp/connection-time": "inconclusive refused", "smtp/transaction-time": "inconclusive refused"} {
		if v := a.verdict(rule); strings.HasPrefix(want, "inconclusive") && v.Verdict+" "+v.Reason != want || v.Verdict == "confirmed" {
			t.Errorf("%s is %s (%s), want %s: %s", rule, v.Verdict, v.Reason, want, v.Says)
		}
	}
	quick := host(t, "greeting: {drip: 200ms}", "ehlo: {drip: 200ms}", "starttls: false")
	a, _ = judged(t, quick, smtpReport)
	if v := a.verdict("smtp/tls-missing"); v.Verdict != "inconclusive" || v.Reason != "refused" {
		t.Errorf("tls-missing is %s (%s): %s", v.Verdict, v.Reason, v.Says)
	}
	if v := a.verdict("smtp/connection-time"); v.Verdict != "policy_disagreement" { // whoever meets ten seconds, they harm nobody
		t.Errorf("connection-time is %s (%s): %s", v.Verdict, v.Reason, v.Says)
	}
	offers := host(t, "greeting: {drip: 1s}", "ehlo: {drip: 500ms}", "starttls: true")
	a, _ = judged(t, offers, smtpReport)
	if v := a.verdict("smtp/tls-missing"); v.Verdict != "false_positive" {
		t.Errorf("tls-missing is %s (%s): %s", v.Verdict, v.Reason, v.Says)
	}
	if v := a.verdict("smtp/connection-time"); v.Verdict != "confirmed" {
		t.Errorf("connection-time is %s (%s): %s", v.Verdict, v.Reason, v.Says)
	}
	endless := host(t, "greeting: {drip: 20s}", "starttls: false")
	a, _ = judged(t, endless, smtpReport)
	for _, v := range a.Verdicts {
		if v.Verdict != "inconclusive" {
			t.Errorf("%s is %s (%s): %s", v.Rule, v.Verdict, v.Reason, v.Says)
		}
	}
}

// A first mail host that refuses, while the next one serves, may be a trap for spam programs. Silence is no such sign, nor is
// a refusal at one of two equal hosts, or at a less preferred one.
func TestNolisting(t *testing.T) {
	const first, backup = "203.0.113.21", "{address: 203.0.113.22, name: mx2.example.com, starttls: true}"
	records := func(p1, p2 int) []string {
		return []string{fmt.Sprintf("example.com. IN MX %d mx1.example.com.", p1), fmt.Sprintf("example.com. IN MX %d mx2.example.com.", p2),
			"mx1.example.com. IN A " + first, "mx2.example.com. IN A 203.0.113.22"}
	}
	tests := []struct {
		name, scenario, verdict, severity string
	}{
		{"refuses", mailHosts(records(10, 20), []string{"{address: " + first + ", connect: refused}", backup}), "policy_disagreement", ""},
		{"silent", mailHosts(records(10, 20), []string{"{address: " + first + ", connect: silent}", backup}), "confirmed", "low"},
		{"of equal rank", mailHosts(records(10, 10), []string{"{address: " + first + ", connect: refused}", backup}), "confirmed", "low"},
		{"the last one", mailHosts(records(20, 10), []string{"{address: " + first + ", connect: refused}", backup}), "confirmed", "low"},
		{"only one of its two addresses", mailHosts(append(records(10, 20), "mx1.example.com. IN A 203.0.113.23"),
			[]string{"{address: " + first + ", connect: refused}", "{address: 203.0.113.23, name: mx1.example.com}", backup}), "confirmed", "low"},
		{"both of its two addresses", mailHosts(append(records(10, 20), "mx1.example.com. IN A 203.0.113.23"),
			[]string{"{address: " + first + ", connect: refused}", "{address: 203.0.113.23, connect: refused}", backup}), "policy_disagreement", ""},
		{"and an address that cannot be tried", "no_ipv6: true\n" + mailHosts(append(records(10, 20), "mx1.example.com. IN AAAA 2001:db8::21"),
			[]string{"{address: " + first + ", connect: refused}", `{address: "2001:db8::21", name: mx1.example.com}`, backup}), "inconclusive", ""},
		{"and the other turns us away", mailHosts(records(10, 20), []string{"{address: " + first + ", connect: refused}",
			`{address: 203.0.113.22, name: mx2.example.com, greeting: {reply: "554 5.7.1 no", then: close}}`}), "inconclusive", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, _ := judged(t, test.scenario, "Failed To Connect\n")
			if v := a.verdict("smtp/connect"); v.Verdict != test.verdict || v.Severity != test.severity {
				t.Errorf("%s %s (%s): %s", v.Verdict, v.Severity, v.Reason, v.Says)
			}
		})
	}
}

// A failed connection is tried again before it counts, but only where something else shows that this network is open. Who
// does not greet is not waited for a second time.
func TestSecondTry(t *testing.T) {
	two := func(first string) string {
		return mailHosts([]string{"example.com. IN MX 10 mx.example.com.", "mx.example.com. IN A 203.0.113.21", "mx.example.com. IN A 203.0.113.22"},
			[]string{"{address: 203.0.113.21, name: mx.example.com, " + first + "}", "{address: 203.0.113.22, name: mx.example.com, starttls: true}"})
	}
	count := func(s seen) (n int) {
		for _, session := range s.evidence.Sessions {
			if session.Address == "203.0.113.21" {
				n++
			}
		}
		return n
	}
	tests := []struct {
		name, scenario, verdict string
		sessions                int
		least, most             time.Duration
	}{
		{"refused twice", two("connect: refused"), "confirmed", 2, 30 * time.Second, 35 * time.Second},
		{"silent twice", two("connect: silent"), "confirmed", 2, 60 * time.Second, 65 * time.Second},
		{"no greeting", two("greeting: {reply: none}"), "confirmed", 1, 300 * time.Second, 305 * time.Second},
		{"alone", mailHosts([]string{"example.com. IN MX 10 mx.example.com.", "mx.example.com. IN A 203.0.113.21"},
			[]string{"{address: 203.0.113.21, connect: refused}"}), "inconclusive", 1, 0, 5 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := withControls(t, test.scenario, "Failed To Connect\n", "--control", "none")
			if v := s.verdict("smtp/connect"); v.Verdict != test.verdict {
				t.Errorf("%s (%s): %s", v.Verdict, v.Reason, v.Says)
			}
			if n := count(s); n != test.sessions {
				t.Errorf("%d sessions, want %d", n, test.sessions)
			}
			if s.took < test.least || s.took > test.most {
				t.Errorf("it took %v", s.took)
			}
		})
	}
}

// Without a route of a family its addresses are left out, and said. They decide only where the report names one.
func TestNoIPv6(t *testing.T) {
	text := "no_ipv6: true\n" + scenarioFile(t, "../../../testdata/scenarios/eight-addresses.yaml")
	a, o := judged(t, text, "")
	for rule, want := range map[string]string{"smtp/tls-missing": "confirmed", "smtp/connect": "confirmed", "smtp/transaction-time": "false_positive"} {
		if v := a.verdict(rule); v.Verdict != want {
			t.Errorf("%s is %s (%s): %s", rule, v.Verdict, v.Reason, v.Says)
		}
	}
	if !strings.Contains(o.stdout, "Not judged: mx6.example.com [2001:db8::66]") || !strings.Contains(o.stdout, "True at 1 of 4 addresses judged: mx2.example.com [203.0.113.24].") {
		t.Errorf("the notes do not say what was left out:\n%s", o.stdout)
	}
	a, _ = judged(t, text, "Failed To Connect\nWarning - Does not support TLS.\n", "--address", "2001:db8::66")
	for _, v := range a.Verdicts {
		if v.Verdict != "inconclusive" || v.Reason != "connect_failed" {
			t.Errorf("%s is %s (%s): %s", v.Rule, v.Verdict, v.Reason, v.Says)
		}
	}
}

// --address narrows also what the report names.
func TestAddressNarrows(t *testing.T) {
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
	text := mailHosts([]string{"example.com. IN MX 10 mx.example.com.", "mx.example.com. IN A 203.0.113.21", "mx.example.com. IN A 203.0.113.22"},
		[]string{"{address: 203.0.113.21, name: mx.example.com, greeting: {reply: none}}", "{address: 203.0.113.22, name: mx.example.com, starttls: true}"})
	s := withControls(t, text, "smtp:mx.example.com\nFailed To Connect\n", "--control", "none", "--address", "203.0.113.21")
	if v := s.verdict("smtp/connect"); v.Verdict != "inconclusive" || strings.Contains(v.Says, "No address") {
		t.Errorf("%s %s: %s", v.Verdict, v.Severity, v.Says)
	}
}

// A server hangs up if it does so twice at the same step, behind a greeting and without 421.
func TestDisconnected(t *testing.T) {
	tests := []struct {
		name            string
		lines           []string
		verdict, reason string
	}{
		{"at EHLO", []string{"ehlo: {reply: none, then: close}"}, "confirmed", ""},
		{"by reset at RCPT", []string{"rcpt: {reply: none, then: reset}"}, "confirmed", ""},
		{"inside a reply", []string{`ehlo: {reply: "250-mail.example.com", then: close}`}, "confirmed", ""},
		{"complete", []string{"starttls: true"}, "false_positive", "changed"},
		{"recipient refused, and complete", []string{`rcpt: {reply: "550 5.7.1 no"}`}, "false_positive", "changed"},
		{"late, and complete", []string{"greeting: {delay: 16s}"}, "false_positive", "artifact"},
		{"once", []string{"ehlo: {reply: none, then: close}", "sequence:\n      - {from_connection: 2, ehlo: {delay: 0s}}"}, "inconclusive", "disagreement"},
		{"at two steps", []string{"ehlo: {reply: none, then: close}", "sequence:\n      - {from_connection: 2, ehlo: {delay: 0s}, rcpt: {reply: none, then: close}}"}, "inconclusive", "disagreement"},
		{"with 421", []string{`mail: {reply: "421 4.7.0 later", then: close}`}, "inconclusive", "refused"},
		{"after a refused EHLO", []string{`ehlo: {reply: "550 5.7.1 no", then: close}`}, "inconclusive", "refused"},
		{"before the greeting", []string{"greeting: {reply: none, then: close}"}, "inconclusive", "no_greeting"},
		{"by our own limit", []string{"ehlo: {reply: none}"}, "inconclusive", "connect_failed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, o := judged(t, host(t, test.lines...), claim("smtp/disconnected"))
			v := a.verdict("smtp/disconnected")
			if v.Verdict != test.verdict || v.Reason != test.reason {
				t.Errorf("%s (%s): %s", v.Verdict, v.Reason, v.Says)
			}
			if v.Verdict == "confirmed" && v.Severity != "medium" {
				t.Errorf("severity %s", v.Severity)
			}
			wantManners(t, o)
		})
	}
}

// What is asked beside the plain course and refused there is no end of the dialogue.
func TestDisconnectedBesideOtherQuestions(t *testing.T) {
	a, _ := judged(t, host(t, "starttls: true", "requires_tls: mail"), claim("smtp/disconnected", "smtp/tls-required", "smtp/tls-missing"))
	if v := a.verdict("smtp/disconnected"); v.Verdict != "false_positive" {
		t.Errorf("%s (%s): %s", v.Verdict, v.Reason, v.Says)
	}
}

// Kinds of delay are told apart, and each has its own remark.
func TestKindsOfDelay(t *testing.T) {
	tests := []struct {
		name    string
		lines   []string
		verdict string
		remark  string // of the transaction time, in part
	}{
		{"greeting", []string{"greeting: {delay: 16s}"}, "policy_disagreement", "before the greeting, and all behind it is quick"},
		{"teaser, then a long wait", []string{`greeting: {reply: "220-mail.example.com ESMTP\n220 mail.example.com ESMTP", pause: 16s}`}, "policy_disagreement", "before the greeting, and all behind it is quick"},
		{"EHLO", []string{"ehlo: {delay: 12s}"}, "policy_disagreement", "Only the reply to EHLO is slow"},
		{"RCPT", []string{"rcpt: {delay: 12s}"}, "policy_disagreement", "Only the reply to RCPT is slow"},
		{"everywhere", []string{"greeting: {delay: 4s}", "ehlo: {delay: 3s}", "mail: {delay: 3s}", "rcpt: {delay: 5s}"}, "policy_disagreement", "Every step that was tried is slow"},
		{"some steps", []string{"ehlo: {delay: 4s}", "rcpt: {delay: 5s}"}, "policy_disagreement", "Some steps are slow"},
		{"stutter", []string{"greeting: {drip: 500ms}", "starttls: true"}, "policy_disagreement", "drop by drop"},
		{"near the limit", []string{"greeting: {delay: 25s}"}, "policy_disagreement", "near the limit"},
		{"nowhere", []string{"starttls: true"}, "false_positive", ""},
	}
	remarks := []string{"before the greeting, and all behind it is quick", "Only the reply to EHLO", "Only the reply to RCPT", "Every step that was tried", "Some steps are slow"}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, _ := judged(t, host(t, test.lines...), "12.5 seconds - Not good! on Transaction Time\n")
			v := a.verdict("smtp/transaction-time")
			if v.Verdict != test.verdict {
				t.Errorf("%s (%s): %s", v.Verdict, v.Reason, v.Says)
			}
			notes := strings.Join(v.Notes, "\n")
			if !strings.Contains(notes, test.remark) {
				t.Errorf("the notes lack %q: %s", test.remark, notes)
			}
			for _, r := range remarks {
				if strings.Contains(notes, r) && !strings.HasPrefix(test.remark, r) && test.name != "near the limit" {
					t.Errorf("the notes say %q: %s", r, notes)
				}
			}
		})
	}
}

// Several sessions show the range of the times; the slowest decides, and a first contact is told from a delay for everybody.
func TestSamples(t *testing.T) {
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

// The bands of a constant delay of the greeting, however it is made.
func TestBandsOfGreetingDelays(t *testing.T) {
	teaser := `greeting: {reply: "220-mail.example.com ESMTP\n220 mail.example.com ESMTP", pause: %s}`
	plain := "greeting: {delay: %s}"
	tests := []struct {
		greeting, wait, rule, verdict, severity string
		args                                    []string
	}{
		{plain, "19s", "smtp/connection-time", "policy_disagreement", "", nil},
		{plain, "25s", "smtp/connection-time", "policy_disagreement", "", nil},
		{plain, "30s", "smtp/connection-time", "confirmed", "low", nil},
		{teaser, "29s", "smtp/connection-time", "policy_disagreement", "", nil},
		{teaser, "40s", "smtp/connection-time", "confirmed", "low", nil},
		{teaser, "280s", "smtp/transaction-time", "confirmed", "low", nil},
		{teaser, "280s", "smtp/connect", "false_positive", "", nil},
		{teaser, "280s", "smtp/banner-mismatch", "false_positive", "", nil},
		{teaser, "310s", "smtp/connect", "confirmed", "high", nil},
		{teaser, "310s", "smtp/banner-mismatch", "inconclusive", "", nil},
		{plain, "310s", "smtp/connect", "confirmed", "high", nil},
		{plain, "310s", "smtp/connection-time", "confirmed", "high", []string{"--patience", "400s"}},
		{plain, "310s", "smtp/connect", "confirmed", "high", []string{"--patience", "400s"}},
		{plain, "310s", "smtp/tls-missing", "false_positive", "", []string{"--patience", "400s"}},
	}
	for _, test := range tests {
		t.Run(strings.Join(append([]string{test.wait, test.rule}, test.args...), " "), func(t *testing.T) {
			text := withControlHost(host(t, fmt.Sprintf(test.greeting, test.wait), "starttls: true"), "starttls: true")
			a, o := judged(t, text, smtpReport, append([]string{"--control", "control.test"}, test.args...)...)
			v := a.verdict(test.rule)
			if v.Verdict != test.verdict || v.Severity != test.severity {
				t.Errorf("%s %s (%s): %s", v.Verdict, v.Severity, v.Reason, v.Says)
			}
			near := slices.ContainsFunc(v.Notes, func(n string) bool { return strings.Contains(n, "near the limit") })
			if strings.HasSuffix(test.rule, "-time") && near != (test.wait == "25s" || test.wait == "29s") {
				t.Errorf("near the limit: %v", v.Notes)
			}
			wantManners(t, o)
		})
	}
}

func TestSampleFlags(t *testing.T) {
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

// The seconds of a reporter that gives up after 15 are a measurement below 15 and from 16 on, and its own limit between.
func TestTheReportersOwnLimit(t *testing.T) {
	for seconds, want := range map[string]bool{"14.999": false, "15.0": true, "15.678": true, "15.999": true, "16.0": false} {
		a, _ := judged(t, host(t, "greeting: {delay: 16s}", "starttls: true"), seconds+" seconds - Not good! on Transaction Time\n")
		v := a.verdict("smtp/transaction-time")
		marked := slices.ContainsFunc(v.Notes, func(n string) bool { return strings.Contains(n, "is no measurement of the server") })
		if v.Verdict != "policy_disagreement" || marked != want {
			t.Errorf("%s s: %s, marked %v: %v", seconds, v.Verdict, marked, v.Notes)
		}
	}
}

// Rows that can only come from behind the greeting were never tested by a reporter that left before it.
func TestNeverTested(t *testing.T) {
	const ok = "OK - Not an open relay.\nSMTP TLS OK - Supports TLS.\nOK - Reverse DNS matches SMTP Banner\n"
	never := func(delay, report string) (rows []int) {
		var a struct {
			Causes []struct {
				NeverTested []int `json:"never_tested"`
			}
		}
		o := inLab(t, host(t, "greeting: {delay: "+delay+"}", "starttls: true"), report, "--format", "json")
		if err := json.Unmarshal([]byte(o.stdout), &a); err != nil {
			t.Fatal(err)
		}
		for _, c := range a.Causes {
			rows = append(rows, c.NeverTested...)
		}
		return rows
	}
	if rows := never("16s", "Warning - Reverse DNS does not match SMTP Banner\n"+ok); !slices.Equal(rows, []int{2, 3, 4}) {
		t.Errorf("16 s: %v", rows)
	}
	if rows := never("40s", "Warning - Does not support TLS.\n"+ok); !slices.Equal(rows, []int{2, 3, 4}) {
		t.Errorf("40 s: %v", rows)
	}
	if rows := never("16s", "15.7 seconds - Not good! on Transaction Time\n"+ok); !slices.Equal(rows, []int{2, 3, 4}) {
		t.Errorf("with the mark of a hang-up: %v", rows)
	}
	if rows := never("16s", "12.3 seconds - Not good! on Transaction Time\n"+ok); len(rows) > 0 {
		t.Errorf("a reporter that measured 12.3 s had the greeting: %v", rows)
	}
}
