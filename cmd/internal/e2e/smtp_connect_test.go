package e2e

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"mxverdict/cmd/internal/app"
)

func TestNoConnectionIsInconclusive(t *testing.T) {
	parallel(t)
	for _, connect := range []string{"refused", "silent"} {
		t.Run(connect, func(t *testing.T) {
			a, _ := judged(t, host(t, "connect: "+connect), smtpReport)
			for _, v := range a.Verdicts {
				if v.Rule != "smtp/connect" && v.Verdict != "inconclusive" {
					t.Errorf("%s is %s", v.Rule, v.Verdict)
				}
			}
			// Without another server that answers, a refusal and silence may both be this network's.
			if v := a.verdict("smtp/connect"); v.Verdict != "inconclusive" {
				t.Errorf("connect is %s, want inconclusive", v.Verdict)
			}
		})
	}
}

// A first mail host that refuses, while the next one serves, may be a trap for spam programs. Silence is no such sign, nor is
// a refusal at one of two equal hosts, or at a less preferred one.
func TestNolisting(t *testing.T) {
	parallel(t)
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

// A server hangs up if it does so twice at the same step, behind a greeting and without 421.
func TestDisconnected(t *testing.T) {
	parallel(t)
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
	parallel(t)
	a, _ := judged(t, host(t, "starttls: true", "requires_tls: mail"), claim("smtp/disconnected", "smtp/tls-required", "smtp/tls-missing"))
	if v := a.verdict("smtp/disconnected"); v.Verdict != "false_positive" {
		t.Errorf("%s (%s): %s", v.Verdict, v.Reason, v.Says)
	}
}

// A failed connection is tried again before it counts, but only where something else shows that this network is open. Who
// does not greet is not waited for a second time.
func TestSecondTry(t *testing.T) {
	parallel(t)
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

// Two tries half a minute apart do not tell a dead server from a firewall that refuses newcomers for a while. Three over ten
// minutes do, and who answers the third time is not dead.
func TestTriesOfAServerThatCannotBeReached(t *testing.T) {
	parallel(t)
	const target, control = "203.0.113.21", "203.0.113.98"
	with := func(manner string) string {
		return controlled([]string{target}, [][]string{{control}}, "{address: "+target+", name: mx1.example.com, starttls: true, "+manner+"}", greets(control))
	}
	for _, test := range []struct {
		name, scenario string
		args           []string
		want           string
		sessions       int
		least, most    time.Duration
	}{
		{"refused", with("connect: refused"), nil, "confirmed medium", 2, 30 * time.Second, 35 * time.Second},
		{"silent", with("connect: silent"), nil, "confirmed medium", 2, 60 * time.Second, 70 * time.Second},
		{"refuses newcomers for 45 s", with("refuses_for: 45s"), nil, "confirmed medium", 2, 30 * time.Second, 35 * time.Second},
		{"refuses newcomers for 20 s", with("refuses_for: 20s"), nil, "false_positive changed", 2, 30 * time.Second, 35 * time.Second},
		{"refused, insisting", with("connect: refused"), []string{"--insist"}, "confirmed high", 3, 600 * time.Second, 620 * time.Second},
		{"silent, insisting", with("connect: silent"), []string{"--insist"}, "confirmed high", 3, 630 * time.Second, 650 * time.Second},
		{"refuses newcomers for 45 s, insisting", with("refuses_for: 45s"), []string{"--insist"}, "false_positive changed", 3, 600 * time.Second, 620 * time.Second},
		{"refuses newcomers for 20 s, insisting", with("refuses_for: 20s"), []string{"--insist"}, "false_positive changed", 2, 30 * time.Second, 35 * time.Second},
		{"answers slowly at last, insisting", with("refuses_for: 45s, greeting: {delay: 250s}"), []string{"--insist"}, "false_positive artifact", 3, 850 * time.Second, 870 * time.Second},
		{"insisting in a run that ends before", with("connect: refused"), []string{"--insist", "--deadline", "12m", "--patience", "1s"}, "confirmed high", 3, 600 * time.Second, 620 * time.Second},
		{"insisting where no control greets", controlled([]string{target}, [][]string{{control}}, refused(target), refused(control)), []string{"--insist"},
			"inconclusive network_closed", 1, 0, 10 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := withControls(t, test.scenario, "Failed To Connect\n", append([]string{"--control", "a.test"}, test.args...)...)
			v := s.verdict("smtp/connect")
			if ending(v) != test.want {
				t.Errorf("%s, want %s: %s", ending(v), test.want, v.Says)
			}
			sessions := 0
			for _, session := range s.evidence.Sessions {
				if !session.Control && !session.Decoy {
					sessions++
				}
			}
			if sessions != test.sessions || s.took < test.least || s.took > test.most {
				t.Errorf("%d sessions in %v", sessions, s.took)
			}
			if advised := strings.Contains(strings.Join(v.Notes, " "), "--insist"); advised != (test.want == "confirmed medium") {
				t.Errorf("the next step is told: %v: %v", advised, v.Notes)
			}
		})
	}
}

// One of several addresses that is dead for ten minutes delays mail as one that is dead for half a minute does.
func TestInsistingOnOneOfSeveralAddresses(t *testing.T) {
	parallel(t)
	text := controlled([]string{"203.0.113.21", "203.0.113.22"}, [][]string{{"203.0.113.98"}}, silent("203.0.113.21"), greets("203.0.113.22"), greets("203.0.113.98"))
	s := withControls(t, text, "Failed To Connect\n", "--control", "a.test", "--insist")
	if v := s.verdict("smtp/connect"); ending(v) != "confirmed low" {
		t.Errorf("%s: %s", ending(v), v.Says)
	}
}

// Ten minutes do not fit into a shorter run.
func TestInsistingNeedsTime(t *testing.T) {
	parallel(t)
	var stdout, stderr bytes.Buffer
	code := app.Run([]string{"mxverdict", "--insist", "--deadline", "5m", "--resolver", "192.0.2.1", "--target", "example.com"}, strings.NewReader("Failed To Connect\n"),
		&stdout, &stderr, app.Env{LoadRules: sharedRules})
	if code != 2 || !strings.Contains(stderr.String(), "--insist") || !strings.Contains(stderr.String(), "--deadline") {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
}

// Who waits less than five minutes does not know that an address is dead.
func TestSilenceOfAShortPatience(t *testing.T) {
	parallel(t)
	text := mailHosts([]string{"example.com. IN MX 10 mx1.example.com.", "example.com. IN MX 10 mx2.example.com.", "mx1.example.com. IN A 203.0.113.21", "mx2.example.com. IN A 203.0.113.22"},
		[]string{"{address: 203.0.113.21, connect: refused}", "{address: 203.0.113.22, name: mx2.example.com, greeting: {delay: 25s}, starttls: true}"})
	s := withControls(t, withControlHost(text, "starttls: true"), "Failed To Connect\n", "--control", "control.test", "--patience", "20s")
	v := s.verdict("smtp/connect")
	if v.Verdict != "inconclusive" || strings.Contains(strings.Join(v.Notes, " "), "not tested") {
		t.Errorf("%s: %s %v", ending(v), v.Says, v.Notes)
	}
}

// A session for a host's postmasters that found no room in the first one is no further try: that a server cannot be reached rests on
// connections, and each counts once.
func TestOneTryCountsOnce(t *testing.T) {
	parallel(t)
	zones, hosts, _ := strings.Cut(controlled([]string{"203.0.113.25"}, [][]string{{"203.0.113.99"}}, refused("203.0.113.25"), greets("203.0.113.99")), "smtp:\n")
	report := "Failed To Connect\n"
	for i := range 6 {
		name := fmt.Sprintf("customer%d.test", i)
		zones += fmt.Sprintf("  - name: %s\n    servers: [ns1.example.com]\n    records: |\n      %s. MX 10 mx1.example.com.\n", name, name)
		report += "smtp:" + name + "\n" + claim("smtp/postmaster")
	}
	s := withControls(t, zones+"smtp:\n"+hosts, report, "--control", "a.test")
	var begun []time.Time
	for _, session := range s.evidence.Sessions {
		if session.Address == "203.0.113.25" && !session.Control {
			begun = append(begun, session.StartedAt)
		}
	}
	if len(begun) != 2 || begun[1].Sub(begun[0]) < 30*time.Second {
		t.Errorf("tries at %v, want two, half a minute apart", begun)
	}
}
