package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestVRFYAndEXPN(t *testing.T) {
	parallel(t)
	for _, test := range []dialogueTest{
		{"252 for everybody", "", "false_positive", "changed"},
		{"252 for everybody, behind a delay", late, "false_positive", "artifact"},
		{"switched off", `vrfy: [{matches: "*", reply: 502 5.5.1 VRFY command is disabled}]`, "false_positive", "changed"},
		{"switched off by policy", `vrfy: [{matches: "*", reply: 550 5.7.1 VRFY disallowed}]`, "false_positive", "changed"},
		{"250 for everybody", `vrfy: [{matches: "*", reply: 250 Ok}]`, "false_positive", "changed"},
		{"verifies", `vrfy: [{matches: "postmaster*", reply: 250 Postmaster}, {matches: "*", reply: 550 5.1.1 User unknown}]`, "policy_disagreement", ""},
		{"denies only", `vrfy: [{matches: "postmaster*", reply: 252 2.0.0 postmaster}, {matches: "*", reply: 550 5.1.1 User unknown}]`, "policy_disagreement", ""},
		{"denies as Postfix does", `vrfy: [{matches: "postmaster*", reply: 252 2.0.0 postmaster}, {matches: "*", reply: "550 5.1.1 <x>: Recipient address rejected: User unknown in local recipient table"}]`, "policy_disagreement", ""},
		{"verifies, and then puts off", `vrfy: [{matches: "postmaster*", reply: 250 Postmaster}, {matches: "*", reply: 450 4.7.1 Later}]`, "inconclusive", "refused"},
		{"a ban instead of an answer", `vrfy: [{matches: "postmaster*", reply: 252 2.0.0 postmaster}, {matches: "*", reply: 550 Access denied}]`, "inconclusive", "refused"},
		{"knows no postmaster", `vrfy: [{matches: "*", reply: 550 5.1.1 User unknown}]`, "inconclusive", "ambiguous"},
		{"a list refuses the tester", `vrfy: [{matches: "*", reply: 554 5.7.1 You are listed in a block list}]`, "inconclusive", "refused"},
		{"expands", `expn: [{matches: "postmaster*", reply: "250-2.1.5 Jo <jo@example.com>\n250 2.1.5 Al <al@example.com>"}]`, "confirmed", "low"},
		{"expands to itself", `expn: [{matches: "postmaster*", reply: "250 2.1.5 <postmaster@example.com>"}]`, "false_positive", "changed"},
		{"expands everything", `expn: [{matches: "*", reply: "250 2.1.5 <jo@example.com>"}]`, "inconclusive", "ambiguous"},
		{"hangs up", `ehlo: {reply: none, then: close}`, "inconclusive", "connect_failed"},
	} {
		test.run(t, "smtp/vrfy")
	}
}

func TestPostmaster(t *testing.T) {
	parallel(t)
	to := func(reply string) string { return `rcpt_to: [{matches: "postmaster*", reply: "` + reply + `"}]` }
	for _, test := range []dialogueTest{
		{"accepted", "", "false_positive", "changed"},
		{"accepted, behind a delay", late, "false_positive", "artifact"},
		{"unknown", to("550 5.1.1 <postmaster@example.com>: Recipient address rejected: User unknown"), "confirmed", "medium"},
		{"unknown, behind a delay", late + to("550 no such user"), "confirmed", "medium"},
		{"full for a while", to("452 4.2.2 Mailbox full"), "inconclusive", "refused"},
		{"greylisted", "greylists: 300s", "inconclusive", "refused"},
		{"the domain is not served", "relays: nothing", "inconclusive", "refused"},
		{"a list refuses the tester", to("550 5.7.1 blocked using a list"), "inconclusive", "refused"},
		{"refused by policy", to("550 Recipient refused by local policy"), "inconclusive", "refused"},
		{"a black list refuses the tester", to("550 5.1.1 Recipient rejected, you are blacklisted"), "inconclusive", "refused"},
		{"the phrase of 550 alone", to("550 Requested action not taken: mailbox unavailable"), "inconclusive", "refused"},
		{"full", to("552 5.2.2 Mailbox full"), "inconclusive", "refused"},
		{"the senders refused, in words for a mailbox", "mail_from: [{matches: '*', reply: 550 5.1.1 User unknown}]", "inconclusive", "refused"},
		{"policy hides the reason", to("550 5.7.1 Recipient address rejected: Access denied"), "inconclusive", "refused"},
		{"unknown to us, known to the null sender", `rcpt_to: [{matches: "postmaster*", from: "*@*", reply: 550 5.1.1 User unknown}]`, "inconclusive", "ambiguous"},
		{"our sender refused", `mail_from: [{matches: "*@*", reply: 550 5.1.8 Sender refused}]`, "false_positive", "changed"},
		{"our sender refused, and unknown", `mail_from: [{matches: "*@*", reply: 550 5.1.8 Sender refused}]` + "\n" + to("550 5.1.1 User unknown"), "inconclusive", "refused"},
		{"friendly until MAIL", "mail: {reply: 550 5.7.1 Access denied}", "inconclusive", "refused"},
	} {
		test.run(t, "smtp/postmaster")
	}
}

// A host has a postmaster without a domain; a domain's is its own, also where two domains share a host.
func TestWhosePostmaster(t *testing.T) {
	parallel(t)
	lines := []string{"starttls: true", "rcpt_to: [{matches: postmaster@example.com, reply: 550 5.1.1 User unknown}]"}
	a, _ := judged(t, host(t, lines...), claim("smtp/postmaster"), "--target", "mail.example.com")
	if v := a.verdict("smtp/postmaster"); v.Verdict != "false_positive" {
		t.Errorf("of the host: %s: %s", v.Verdict, v.Says)
	}
	a, _ = judged(t, host(t, lines...), claim("smtp/postmaster"))
	if v := a.verdict("smtp/postmaster"); v.Verdict != "confirmed" {
		t.Errorf("of the domain: %s: %s", v.Verdict, v.Says)
	}
}

// Two domains may share a mail host; what it says of one postmaster is no verdict on the other.
func TestPostmastersOfTwoDomains(t *testing.T) {
	parallel(t)
	text := strings.Replace(host(t, "rcpt_to: [{matches: postmaster@example.com, reply: 550 5.1.1 User unknown}]"), "zones:\n", `zones:
  - name: example.net
    servers: [ns1.example.com]
    records: |
      example.net. 300 IN MX 10 mail.example.com.
`, 1)
	dir := t.TempDir()
	files := []string{dir + "/com", dir + "/net"}
	for i, domain := range []string{"example.com", "example.net"} {
		if err := os.WriteFile(files[i], []byte("smtp:"+domain+"\n"+claim("smtp/postmaster")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o := inLab(t, text, "", append([]string{"--format", "json"}, files...)...)
	var answers []answer
	if err := json.Unmarshal([]byte(o.stdout), &answers); err != nil {
		t.Fatalf("%v: %s", err, o.stdout)
	}
	for i, a := range answers {
		if v := a.verdict("smtp/postmaster"); v.Verdict != []string{"confirmed", "false_positive"}[i] {
			t.Errorf("report %d: %s (%s): %s\n%s", i, v.Verdict, v.Reason, v.Says, strings.Join(o.commands, "\n"))
		}
	}
	if len(answers) != 2 {
		t.Errorf("%d answers", len(answers))
	}
}

// A verdict on the postmaster of one domain never rests on what was said of another's: each report has its own session.
func TestPostmastersOfManyReports(t *testing.T) {
	parallel(t)
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
