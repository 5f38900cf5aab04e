package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mxverdict/cmd/internal/app"
)

func TestGreetingDelays(t *testing.T) {
	parallel(t)
	tests := []struct {
		delay             string
		banner, tls, time string
	}{
		{"0s", "false_positive", "false_positive", "false_positive"},
		{"4s", "false_positive", "false_positive", "false_positive"},
		{"9s", "false_positive", "false_positive", "policy_disagreement"},
		{"29s", "false_positive", "false_positive", "policy_disagreement"},
		{"30s", "false_positive", "false_positive", "confirmed"},
		{"280s", "false_positive", "false_positive", "confirmed"},
		{"310s", "inconclusive", "inconclusive", "inconclusive"},
	}
	for _, test := range tests {
		t.Run(test.delay, func(t *testing.T) {
			a, o := judged(t, host(t, "greeting: {delay: "+test.delay+"}", "drops_early_talkers: true", "starttls: true"), smtpReport)
			for rule, want := range map[string]string{"smtp/banner-mismatch": test.banner, "smtp/tls-missing": test.tls, "smtp/transaction-time": test.time} {
				if v := a.verdict(rule); v.Verdict != want {
					t.Errorf("%s is %s (%s), want %s", rule, v.Verdict, v.Says, want)
				}
			}
			wantManners(t, o)
		})
	}
}

// A delay that loses real senders is never defended.
func TestLongDelayIsNotDefended(t *testing.T) {
	parallel(t)
	o := inLab(t, host(t, "greeting: {delay: 100s}", "starttls: true"), smtpReport, "--format", "reply")
	reply := strings.Join(strings.Fields(o.stdout), " ")
	if strings.Contains(reply, "leave it on") || !strings.Contains(reply, "delay shortened to 20 seconds or less") || !strings.Contains(reply, "have to be repaired") {
		t.Errorf("the reply is\n%s", o.stdout)
	}
}

// A reporter that waits less than our yardstick of time calls slow what it did not wait for.
func TestImpatientReporterOfTimes(t *testing.T) {
	parallel(t)
	a, _ := judged(t, host(t, "greeting: {delay: 4s}"), claim("smtp/connection-time", "smtp/transaction-time"))
	for _, v := range a.Verdicts {
		if v.Verdict != "false_positive" || v.Reason != "artifact" {
			t.Errorf("%s is %s (%s): %s", v.Rule, v.Verdict, v.Reason, v.Says)
		}
	}
}

// A wait that our own limit ended is a known bound: five minutes without a reply to RCPT break the standard.
func TestFiveSilentMinutesAreABound(t *testing.T) {
	parallel(t)
	a, _ := judged(t, host(t, "rcpt: {reply: none}", "starttls: true"), smtpReport)
	if v := a.verdict("smtp/transaction-time"); v.Verdict != "confirmed" || v.Severity != "high" {
		t.Errorf("transaction-time is %s (%s): %s", v.Verdict, v.Severity, v.Says)
	}
	silent := withControlHost(host(t, "greeting: {reply: none}"), "starttls: true")
	a, _ = judged(t, silent, smtpReport, "--control", "control.test")
	if v := a.verdict("smtp/connect"); v.Verdict != "confirmed" {
		t.Errorf("connect is %s: %s", v.Verdict, v.Says)
	}
	a, _ = judged(t, silent, smtpReport, "--control", "control.test", "--patience", "60s")
	if v := a.verdict("smtp/connect"); v.Verdict != "inconclusive" {
		t.Errorf("with 60 s of patience, connect is %s: %s", v.Verdict, v.Says)
	}
}

// Kinds of delay are told apart, and each has its own remark.
func TestKindsOfDelay(t *testing.T) {
	parallel(t)
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

// The bands of a constant delay of the greeting, however it is made.
func TestBandsOfGreetingDelays(t *testing.T) {
	parallel(t)
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

// The seconds of a reporter that gives up after 15 are a measurement below 15 and from 16 on, and its own limit between.
func TestTheReportersOwnLimit(t *testing.T) {
	parallel(t)
	for seconds, want := range map[string]bool{"14.999": false, "15.0": true, "15.678": true, "15.999": true, "16.0": false} {
		a, _ := judged(t, host(t, "greeting: {delay: 16s}", "starttls: true"), seconds+" seconds - Not good! on Transaction Time\n")
		v := a.verdict("smtp/transaction-time")
		marked := slices.ContainsFunc(v.Notes, func(n string) bool { return strings.Contains(n, "is no measurement of the server") })
		if v.Verdict != "policy_disagreement" || marked != want {
			t.Errorf("%s s: %s, marked %v: %v", seconds, v.Verdict, marked, v.Notes)
		}
	}
}

// A trap that drips a fake dialogue says nothing about the encryption that others get. Its times are real; whether they harm
// anybody else is not known.
func TestTarpit(t *testing.T) {
	parallel(t)
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

// A run that ends early or waits less leaves verdicts open; it never turns one into another. And a replay says what the run said.
func TestLessTimeNeverTurnsAVerdict(t *testing.T) {
	parallel(t)
	catalogue, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	var report string
	for _, rule := range catalogue.Rules() {
		if strings.HasPrefix(rule.ID, "smtp/") {
			report += claim(rule.ID)
		}
	}
	files, err := filepath.Glob("../../../testdata/scenarios/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{
		"hangs up":        host(t, "ehlo: {reply: none, then: close}"),
		"dead STARTTLS":   host(t, `starttls: {reply: "454 4.7.0 TLS not available"}`),
		"slow everywhere": host(t, "greeting: {delay: 35s}", "ehlo: {delay: 35s}", "rcpt: {delay: 35s}", "starttls: true"),
		"slow relay":      host(t, "relays: valid", "starttls: true", "rcpt: {delay: 10s}"),
		"no postmaster":   host(t, `rcpt_to: [{matches: "postmaster*", reply: 550 5.1.1 User unknown}]`, "rcpt: {delay: 4s}"),
	}
	for _, file := range append(files, delayed) {
		texts[filepath.Base(file)] = scenarioFile(t, file)
	}
	for name, text := range texts {
		saved := filepath.Join(t.TempDir(), "evidence.json")
		whole, _ := judged(t, text, report, "--save-evidence", saved)
		var stdout, stderr bytes.Buffer
		app.Run([]string{"mxverdict", "replay", "--format", "json", "--rules", claims, saved}, strings.NewReader(""), &stdout, &stderr, app.Env{LoadRules: sharedRules})
		var again answer
		if err := json.Unmarshal(stdout.Bytes(), &again); err != nil {
			t.Fatalf("%s: %v: %s", name, err, stderr.String())
		}
		for _, v := range whole.Verdicts {
			if w := again.verdict(v.Rule); ending(w) != ending(v) || w.Says != v.Says || !slices.Equal(w.Notes, v.Notes) {
				t.Errorf("%s: %s is %s, and in the replay %s", name, v.Rule, ending(v), ending(w))
			}
		}
		for _, args := range [][]string{{"--deadline", "3s"}, {"--deadline", "36s"}, {"--patience", "10s"}} {
			less, _ := judged(t, text, report, args...)
			for _, v := range whole.Verdicts {
				if w := less.verdict(v.Rule); w.Verdict != "inconclusive" && ending(w) != ending(v) {
					t.Errorf("%s: %s is %s, and with %v %s: %s", name, v.Rule, ending(v), args, ending(w), w.Says)
				}
			}
		}
	}
}
