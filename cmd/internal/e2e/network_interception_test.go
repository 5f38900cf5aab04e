package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mxverdict/verify/evidence"
)

// Where something on the way answers for everybody, nothing that was seen says anything about the server.
func TestInterception(t *testing.T) {
	parallel(t)
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
	parallel(t)
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
	for _, d := range s.evidence.Sessions {
		if e := d.Event(evidence.StepConnect); d.Decoy && e.Failure.Kind != evidence.Timeout { // the run was not ended
			t.Errorf("nobody was silent: %s", e.Failure.Kind)
		}
	}
	for _, v := range s.Verdicts {
		if v.Verdict != "false_positive" {
			t.Errorf("%s is %s (%s): %s", v.Rule, v.Verdict, v.Reason, v.Says)
		}
	}
}

// A report that names the address at which nobody can stand does not switch the test off, neither for itself nor for others.
func TestInterceptionWhereNobodyIsNamed(t *testing.T) {
	parallel(t)
	text := strings.Replace(scenarioFile(t, delayed), "latency: 20ms", "latency: 20ms\nintercepts: true", 1)
	text = strings.Replace(text, "target: example.com\n", "", 1)
	dir := t.TempDir()
	var files []string
	for _, name := range []string{"192.0.2.1", "mail.example.com"} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte("smtp:"+name+"\nWarning - Does not support TLS.\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	o := inLab(t, text, "", append([]string{"--format", "jsonl", "--control", "control.test"}, files...)...)
	for line := range strings.Lines(o.stdout) {
		var a answer
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		if v := a.verdict("smtp/tls-missing"); ending(v) != "inconclusive intercepted" {
			t.Errorf("%s is %s: %s", v.Subject, ending(v), v.Says)
		}
	}
}

// Who is told that something answers for everybody can read what it said; where nobody answers, nothing is said of that test.
func TestWhatAnsweredForNobodyIsShown(t *testing.T) {
	parallel(t)
	text := scenarioFile(t, delayed)
	for _, test := range []struct {
		text  string
		shown bool
	}{{strings.Replace(text, "latency: 20ms", "latency: 20ms\nintercepts: true", 1), true}, {text, false}} {
		o := inLab(t, test.text, "Warning - Does not support TLS.\n", "--control", "control.test", "--format", "ticket", "-vv")
		_, session, found := strings.Cut(o.stdout, "[192.0.2.1] port 25")
		if found != test.shown || found && !strings.Contains(session, "220 gateway.example.net") {
			t.Errorf("the session with nobody is shown: %v\n%s", found, o.stdout)
		}
	}
}

// A firewall on the tester's side that inspects SMTP takes encryption away from every server, and blanks greetings out. A control
// shows whether it does.
func TestInspectionOnThisSide(t *testing.T) {
	parallel(t)
	const blanked = `, greeting: {reply: "220 ****************"}`
	rules := []string{"smtp/tls-missing", "smtp/banner-invalid", "smtp/vrfy", "smtp/connection-time"}
	for _, test := range []struct {
		server, control string
		want            [4]string
		asked           bool
	}{
		{"starttls: false", "starttls: true", [4]string{"confirmed medium", "false_positive changed", "false_positive changed", "false_positive changed"}, true},
		{"starttls: false", "starttls: false", [4]string{"inconclusive intercepted", "inconclusive intercepted", "inconclusive intercepted", "false_positive changed"}, true},
		{"starttls: false" + blanked, "starttls: false" + blanked, [4]string{"inconclusive intercepted", "inconclusive intercepted", "inconclusive intercepted", "false_positive changed"}, true},
		{"starttls: false" + blanked, "starttls: true", [4]string{"confirmed medium", "confirmed medium", "false_positive changed", "false_positive changed"}, true},
		{"starttls: true", "starttls: false", [4]string{"false_positive changed", "false_positive changed", "false_positive changed", "false_positive changed"}, false},
		{"starttls: false", "connect: refused", [4]string{"confirmed medium", "false_positive changed", "false_positive changed", "false_positive changed"}, true},
	} {
		text := withControlHost(mailHosts([]string{"example.com. IN MX 10 mail.example.com.", "mail.example.com. IN A 203.0.113.21"},
			[]string{"{address: 203.0.113.21, name: mail.example.com, " + test.server + "}"}), test.control)
		s := withControls(t, text, claim(rules...), "--control", "control.test")
		for i, rule := range rules {
			if v := s.verdict(rule); ending(v) != test.want[i] {
				t.Errorf("%s, control %s: %s is %s, want %s: %s", test.server, test.control, rule, ending(v), test.want[i], v.Says)
			}
		}
		if asked := slices.ContainsFunc(s.evidence.Sessions, func(s evidence.Session) bool { return s.Control }); asked != test.asked {
			t.Errorf("%s: the control was asked: %v", test.server, asked)
		}
	}
}

// A device at the border of this network rewrites what comes from outside; that a neighbour's words come through shows nothing.
func TestRewritingThatANeighbourDoesNotMeet(t *testing.T) {
	parallel(t)
	text := controlled([]string{"203.0.113.21", "198.51.100.45"}, [][]string{{"203.0.113.98"}},
		"{address: 203.0.113.21, name: mx1.example.com, starttls: false}", "{address: 198.51.100.45, name: mx2.example.com, starttls: true}", "{address: 203.0.113.98, name: mx.a.test, starttls: false}")
	s := withControls(t, text, claim("smtp/tls-missing"), "--control", "a.test")
	if v := s.verdict("smtp/tls-missing"); ending(v) != "inconclusive intercepted" {
		t.Errorf("%s: %s", ending(v), v.Says)
	}
}

// What this network does with DNS to every server says nothing of one. Where it does it to some only, the verdict stands.
func TestNetworksThatChangeDNS(t *testing.T) {
	parallel(t)
	both := behaving(firstServer, "no_tcp") + behaving(secondServer, "no_tcp")
	for _, test := range []delegationTest{
		{"no TCP gets out", delegatedZone{manners: everywhere("no_tcp")}, "dns/tcp-unavailable", "inconclusive", "network_closed", "", "TCP"},
		{"TCP is dropped", delegatedZone{manners: everywhere("silent_tcp")}, "dns/tcp-unavailable", "inconclusive", "network_closed", "", "TCP"},
		{"TCP gets out", delegatedZone{manners: both}, "dns/tcp-unavailable", "confirmed", "", "medium", firstServer},
		{"no TCP gets out", delegatedZone{manners: everywhere("no_tcp")}, "dns/zone-transfer", "inconclusive", "network_closed", "", "TCP"},
		{"TCP gets out", delegatedZone{manners: both}, "dns/zone-transfer", "false_positive", "changed", "", ""},
		{"no TCP gets out", delegatedZone{manners: strings.Replace(everywhere("no_tcp"), firstServer+", behaves: [no_tcp]", firstServer+", behaves: [silent]", 1)}, "dns/ns-unresponsive", "inconclusive", "network_closed", "", "TCP"},
		// A resolver that stands in for all servers refuses to look into its cache.
		{"a resolver answers for all", delegatedZone{manners: everywhere("refused")}, "dns/ns-not-authoritative", "inconclusive", "network_closed", "", "in place of"},
		{"a resolver answers for all", delegatedZone{manners: everywhere("refused")}, "dns/ns-unresponsive", "inconclusive", "network_closed", "", "in place of"},
		{"a resolver answers for all", delegatedZone{manners: everywhere("refused")}, "dns/tcp-unavailable", "inconclusive", "network_closed", "", "in place of"},
		{"a resolver answers for all", delegatedZone{manners: everywhere("refused")}, "dns/zone-transfer", "inconclusive", "", "", ""},
	} {
		t.Run(test.rule+"/"+test.name, func(t *testing.T) { test.run(t) })
	}
}
