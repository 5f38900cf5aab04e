package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mxverdict/cmd/internal/app"
	"mxverdict/verify/evidence"
)

// A refusal that is about this tester, this sender or this moment must not decide the claims about relaying and mailboxes.
func TestRefusalsThatDecideNothing(t *testing.T) {
	refuses := "domains: [example.com]\nrelays: nothing\n"
	to := func(pairs ...string) string {
		var list []string
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, fmt.Sprintf("{matches: %q, reply: %q}", pairs[i], pairs[i+1]))
		}
		return "rcpt_to: [" + strings.Join(list, ", ") + "]"
	}
	for _, test := range []dialogueTest{
		{"the .invalid domain meets a limit of rate", to("*.invalid", "550 5.7.1 Too many recipients from your IP address"), "inconclusive", "refused"},
		{"the .invalid domain meets a list", to("*.invalid", "554 5.7.1 Client host blocked using a list"), "inconclusive", "refused"},
		{"the .invalid domain is refused for no reason given", to("*.invalid", "550 5.7.1 Access denied"), "inconclusive", "refused"},
		{"the .invalid domain does not exist", to("*.invalid", "550 5.1.2 Domain not found"), "confirmed", "high"},
		{"the .invalid domain cannot be routed", to("*.invalid", "550 Unrouteable address"), "confirmed", "high"},
		{"asks the other servers about recipients", to("*.invalid", "550 5.1.2 Domain not found", "*@example.net", "550 5.1.1 User unknown",
			"*@example.org", "550 5.1.1 User unknown"), "inconclusive", "ambiguous"},
		{"knows no foreign user whatever the domain", refuses + to("*@example.com", "250 Ok", "*@*", "550 5.1.1 User unknown"), "false_positive", "changed"},
	} {
		test.run(t, "smtp/open-relay")
	}
	for _, test := range []dialogueTest{
		{"wants encryption that does not work", "starttls: {reply: \"454 4.7.0 TLS not available\"}\n" +
			`vrfy: [{matches: "*", reply: 530 5.7.0 Must issue a STARTTLS command first}]`, "inconclusive", "refused"},
		{"a list refuses the command", `vrfy: [{matches: "*", reply: "554 5.7.1 Command rejected, your IP is on a block list"}]`, "inconclusive", "refused"},
	} {
		test.run(t, "smtp/vrfy")
	}
	// A postmaster without a domain is an address that many servers cannot read, whoever their postmaster is.
	for _, reply := range []string{"553 5.1.3 The recipient address <postmaster> is not a valid RFC 5321 address", "501 5.1.3 Invalid address", "501 5.1.3 Bad recipient address syntax"} {
		a, _ := judged(t, host(t, "starttls: true", to("postmaster", reply)), claim("smtp/postmaster"), "--target", "mail.example.com")
		if v := a.verdict("smtp/postmaster"); v.Verdict != "inconclusive" {
			t.Errorf("%s: %s (%s): %s", reply, v.Verdict, v.Reason, v.Says)
		}
	}
}

// A verdict on the postmaster of one domain never rests on what was said of another's: each report has its own session.
func TestPostmastersOfManyReports(t *testing.T) {
	var zones strings.Builder
	dir := t.TempDir()
	var files []string
	for i := range 6 {
		name := fmt.Sprintf("customer%d.test", i)
		fmt.Fprintf(&zones, "  - name: %s\n    servers: [ns1.example.com]\n    records: |\n      %s. 300 IN MX 10 mail.example.com.\n", name, name)
		file := dir + "/" + name
		if err := os.WriteFile(file, []byte("smtp:"+name+"\n"+claim("smtp/postmaster")), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	text := strings.Replace(host(t, "starttls: true", "rcpt_to: [{matches: postmaster@customer5.test, reply: 550 5.1.1 User unknown}]"), "zones:\n", "zones:\n"+zones.String(), 1)
	o := inLab(t, text, "", append([]string{"--format", "json"}, files...)...)
	var answers []answer
	if err := json.Unmarshal([]byte(o.stdout), &answers); err != nil {
		t.Fatalf("%v: %s", err, o.stdout)
	}
	for i, a := range answers {
		v := a.verdict("smtp/postmaster")
		if want := []string{"false_positive", "confirmed"}[i/5]; v.Verdict != want {
			t.Errorf("report %d: %s (%s): %s", i, v.Verdict, v.Reason, v.Says)
		}
	}
}

// Who waits less than five minutes does not know that an address is dead.
func TestSilenceOfAShortPatience(t *testing.T) {
	text := mailHosts([]string{"example.com. IN MX 10 mx1.example.com.", "example.com. IN MX 10 mx2.example.com.", "mx1.example.com. IN A 203.0.113.21", "mx2.example.com. IN A 203.0.113.22"},
		[]string{"{address: 203.0.113.21, connect: refused}", "{address: 203.0.113.22, name: mx2.example.com, greeting: {delay: 25s}, starttls: true}"})
	s := withControls(t, withControlHost(text, "starttls: true"), "Failed To Connect\n", "--control", "control.test", "--patience", "20s")
	v := s.verdict("smtp/connect")
	if v.Verdict != "inconclusive" || strings.Contains(strings.Join(v.Notes, " "), "not tested") {
		t.Errorf("%s: %s %v", ending(v), v.Says, v.Notes)
	}
}

// One machine of several behind an address must not decide about the versions of TLS.
func TestVersionsThatDiffer(t *testing.T) {
	for _, versions := range [][2]string{{"1.0", "1.3"}, {"1.3", "1.0"}} {
		text := host(t, fmt.Sprintf("starttls: {min_version: \"1.0\", max_version: %q}", versions[0]), fmt.Sprintf("sequence:\n      - {from_connection: 2, starttls: {min_version: \"1.0\", max_version: %q}}", versions[1]))
		s := withControls(t, text, claim("smtp/tls-version"), "--samples", "2", "--every", "30s")
		if v := s.verdict("smtp/tls-version"); v.Verdict != "inconclusive" || v.Reason != "disagreement" {
			t.Errorf("%v: %s (%s): %s", versions, v.Verdict, v.Reason, v.Says)
		}
	}
}

// SPF that says neither yes nor no is as none (RFC 7208 section 8.2).
func TestNeutralSPF(t *testing.T) {
	for _, spf := range []string{"v=spf1 ?all", "v=spf1 ip4:198.51.100.9"} {
		a, _ := judged(t, mailHost{spf: spf}.scenario(), claim("smtp/ptr-missing"))
		if v := a.verdict("smtp/ptr-missing"); ending(v) != "confirmed high" || !strings.Contains(v.Says, "assumed") {
			t.Errorf("%s: %s: %s", spf, ending(v), v.Says)
		}
	}
}

// What a trap for distrusted clients says in its greeting, others may never see.
func TestBannerOfATrap(t *testing.T) {
	a, _ := judged(t, host(t, `greeting: {drip: 200ms, reply: "220 Welcome"}`, "ehlo: {drip: 200ms}", "starttls: false"), claim("smtp/banner-invalid"))
	if v := a.verdict("smtp/banner-invalid"); v.Verdict != "inconclusive" {
		t.Errorf("%s: %s %v", ending(v), v.Says, v.Notes)
	}
}

// What one server of a zone does not know, another may: it may lag behind. That there is nothing takes two witnesses.
func TestAbsenceAtOneServerOfSeveral(t *testing.T) {
	lag := "name_servers:\n  - {address: 192.0.2.77, zones: [{name: 113.0.203.in-addr.arpa, servers: [ns.reverse.example, ns2.reverse.example], records: 99.113.0.203.in-addr.arpa. PTR x.example.com.}]}\n"
	text := mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR mail.example.com.", servers: lag}.scenario()
	text = strings.Replace(text, "servers: [ns.reverse.example]", "servers: [ns.reverse.example, ns2.reverse.example]", 1)
	text = strings.Replace(text, "ns.reverse.example. A 192.0.2.77", "ns.reverse.example. A 192.0.2.77\n      ns2.reverse.example. A 192.0.2.78", 1)
	a, _ := judged(t, text, claim("smtp/ptr-missing"))
	v := a.verdict("smtp/ptr-missing")
	if ending(v) != "inconclusive disagreement" {
		t.Errorf("%s: %s", ending(v), v.Says)
	}
	text = strings.Replace(mailHost{}.scenario(), "smtp:\n", "name_servers:\n  - {address: 192.0.2.53, zones: [{name: example.com, servers: [ns1.example.com, ns2.example.com], records: \"example.com. MX 10 mail.example.com.\\nns1.example.com. A 192.0.2.53\\nns2.example.com. A 198.51.100.53\"}]}\nsmtp:\n", 1)
	a, _ = judged(t, text, claim("smtp/hostname-unresolved"))
	v = a.verdict("smtp/hostname-unresolved")
	if ending(v) != "inconclusive disagreement" {
		t.Errorf("%s: %s", ending(v), v.Says)
	}
}

// A firewall on the tester's side that inspects SMTP takes encryption away from every server, and blanks greetings out. A control
// shows whether it does.
func TestInspectionOnThisSide(t *testing.T) {
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

// withControlHost adds the domain control.test with one mail host to a scenario.
func withControlHost(text, manner string) string {
	zones, hosts, _ := strings.Cut(text, "smtp:\n")
	return zones + "  - name: control.test\n    servers: [ns1.example.com]\n    records: |\n      control.test. IN MX 10 mx.control.test.\n      mx.control.test. IN A 203.0.113.99\nsmtp:\n" +
		"  - {address: 203.0.113.99, name: mx.control.test, " + manner + "}\n" + hosts
}

// A run that ends early or waits less leaves verdicts open; it never turns one into another. And a replay says what the run said.
func TestLessTimeNeverTurnsAVerdict(t *testing.T) {
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
