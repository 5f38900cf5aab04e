package app_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"mxverdict/cmd/internal/app"
	"mxverdict/verify/lab"
)

// dialogueTest is a host's habits and how a claim about it must end.
type dialogueTest struct {
	name, lines     string
	verdict, reason string // a reason, or a severity for what is confirmed
}

func (d dialogueTest) run(t *testing.T, rule string, args ...string) {
	t.Run(d.name, func(t *testing.T) {
		a, o := judged(t, host(t, strings.Split(strings.TrimSpace(d.lines), "\n")...), claim(rule), args...)
		v := a.verdict(rule)
		if v.Verdict != d.verdict || v.Reason+v.Severity != d.reason {
			t.Errorf("%s (%s%s), want %s (%s): %s\n%s", v.Verdict, v.Reason, v.Severity, d.verdict, d.reason, v.Says, strings.Join(o.commands, "\n"))
		}
		wantManners(t, o)
	})
}

const late = "greeting: {delay: 16s}\n"

func TestOpenRelay(t *testing.T) {
	refuses := "domains: [example.com]\nrelays: nothing\n"
	to := func(pattern, reply string) string {
		return `rcpt_to: [{matches: "` + pattern + `", reply: "` + reply + `"}]` + "\n"
	}
	for _, test := range []dialogueTest{
		{"refuses", refuses, "false_positive", "changed"},
		{"refuses, inside TLS", refuses + "starttls: true", "false_positive", "changed"},
		{"refuses, behind a delay", refuses + late, "false_positive", "artifact"},
		{"looks where mail goes", "relays: valid", "confirmed", "high"},
		{"looks where mail goes, behind a delay", "relays: valid\n" + late, "confirmed", "high"},
		{"says yes to everything", "relays: everywhere", "inconclusive", "ambiguous"},
		{"the .invalid domain only put off", to("*.invalid", "450 4.1.2 Domain not found"), "inconclusive", "refused"},
		{"wants a log-in", to("*@example.net", "530 5.7.0 Authentication required") + refuses, "false_positive", "changed"},
		{"relay refused with a temporary code", "rcpt_to: [{matches: postmaster*, reply: 250 Ok}, {matches: '*', reply: 454 4.7.1 Relay access denied}]", "false_positive", "changed"},
		{"refuses, and the postmaster too", refuses + to("postmaster*", "550 5.1.1 User unknown"), "inconclusive", "refused"},
		{"a list refuses the tester", refuses + to("*", "554 5.7.1 Service unavailable; client blocked using zen.spamhaus.org"), "inconclusive", "refused"},
		{"a list refuses the tester, but for the postmaster", "rcpt_to: [{matches: postmaster*, reply: 250 Ok}, {matches: '*', reply: 554 5.7.1 Client blocked using a list}]", "inconclusive", "refused"},
		{"wants encryption that it does not have", "requires_tls: mail", "inconclusive", "refused"},
		{"HELO refused", refuses + to("*", "550 5.7.1 Helo command rejected"), "inconclusive", "refused"},
		{"says nothing of why", "rcpt_to: [{matches: postmaster*, reply: 250 Ok}, {matches: '*', reply: 554 5.7.1 Access denied}]", "inconclusive", "refused"},
		{"the foreign domain takes no mail", refuses + to("*@example.net", "556 5.1.10 Domain example.net does not accept mail (nullMX)"), "inconclusive", "refused"},
		{"the second foreign domain takes no mail", refuses + to("*@example.org", "556 5.1.10 Domain example.org does not accept mail (nullMX)"), "inconclusive", "refused"},
		{"one foreign domain is served", refuses + to("*@example.org", "250 2.1.5 Ok"), "inconclusive", "ambiguous"},
		{"our sender refused, the null sender served", refuses + `mail_from: [{matches: "*@*", reply: 550 5.1.8 Sender domain not found}]`, "false_positive", "changed"},
		{"our sender refused at RCPT", refuses + `rcpt_to: [{matches: "*", from: "*@*", reply: "550 5.7.23 SPF fail, not authorized"}]`, "false_positive", "changed"},
		{"both senders refused", refuses + `mail_from: [{matches: "*", reply: 550 5.1.8 Sender refused}]`, "inconclusive", "refused"},
		{"relays for the null sender", refuses + `rcpt_to: [{matches: "*@example.net", from: "", reply: 250 Ok}]`, "inconclusive", "ambiguous"},
		{"accepts odd forms", refuses + `rcpt_to: [{matches: "*%*", reply: 250 Ok}]`, "false_positive", "changed"},
		{"refuses, and greylists the rest", refuses + "greylists: 300s", "false_positive", "changed"},
		{"refuses with a temporary code, and greylists the rest", "rcpt_to: [{matches: postmaster*, reply: 450 4.2.0 Greylisted}, {matches: '*', reply: 454 4.7.1 Relay access denied}]", "inconclusive", "refused"},
		{"wants a log-in, and greylists the rest", "rcpt_to: [{matches: postmaster*, reply: 450 4.2.0 Greylisted}, {matches: '*', reply: 530 5.7.0 Authentication required}]", "inconclusive", "refused"},
		{"knows no such user, and greylists the rest", "rcpt_to: [{matches: postmaster*, reply: 450 4.2.0 Greylisted}, {matches: '*', reply: 550 5.1.1 User unknown}]", "inconclusive", "refused"},
		{"greylists, and relays", "relays: valid\ngreylists: 300s", "inconclusive", "refused"},
		{"friendly until EHLO", "ehlo: {reply: 554 5.7.1 Access denied}", "inconclusive", "refused"},
		{"friendly until MAIL", "mail: {reply: 554 5.7.1 Access denied}", "inconclusive", "refused"},
		{"friendly until RCPT", "rcpt: {reply: 554 5.7.1 Access denied}", "inconclusive", "refused"},
		{"hangs up at RCPT", "rcpt: {reply: none, then: close}", "inconclusive", "connect_failed"},
		{"turns away at RCPT", "rcpt: {reply: 421 4.7.0 Too many recipients}", "inconclusive", "refused"},
	} {
		test.run(t, "smtp/open-relay")
	}
	dialogueTest{"looks where mail goes, seen from an address", "relays: valid", "confirmed", "high"}.run(t, "smtp/open-relay", "--helo", "[198.51.100.7]")
}

// A limit of the session is no rule about recipients, whatever words it has: it says nothing of a domain that cannot exist.
func TestOpenRelayAndLimits(t *testing.T) {
	for _, reply := range []string{"450 4.7.1 You have sent too many messages", "550 5.7.1 Message quota exceeded", "550 5.1.2 Bad destination domain", "550 5.1.1 User unknown",
		"554 5.7.1 Relay access denied", "550 Domain not found", "452 4.5.3 Too many recipients", "550 Too many errors"} {
		for _, limit := range []string{"senders", "recipients"} {
			lines := "relays: everywhere\nlimits: {" + limit + ": 3, reply: '" + reply + "'}"
			o := inLab(t, host(t, strings.Split(lines, "\n")...), claim("smtp/open-relay"))
			if o.code == 1 || !strings.Contains(o.stdout, "inconclusive, urgent: Open relay") {
				t.Errorf("%s to all further %s: exit code %d: %s", reply, limit, o.code, o.stdout)
			}
		}
	}
	for _, early := range []string{"1", "2"} {
		dialogueTest{"before the second domain", "relays: valid\nlimits: {senders: " + early + ", reply: 550 5.7.1 Quota exceeded}", "inconclusive", "refused"}.run(t, "smtp/open-relay")
	}
}

// A refusal for what the tester, the sender or the moment is does not tell what others may do, even if it names relaying too.
func TestOpenRelayRefusedForAnotherReason(t *testing.T) {
	for _, reply := range []string{
		"554 5.7.1 Dynamic IP addresses may not relay", "554 5.7.1 Relay access denied: no host name for you", "550 Your country may not relay here", "554 5.7.1 Blacklisted; relay access denied",
		"550 5.7.1 Relaying denied. IP name lookup failed", "554 5.7.1 Sender address rejected: relaying denied", "550 Relaying denied: authentication failed", "451 4.3.0 Relay check: temporary lookup failure",
		"451 4.7.1 Greylisted, relaying denied for now", "550 5.7.1 Access denied", "450 4.7.1 Access denied", "450 4.7.1 Authentication required", "550 5.7.25 Relay access denied",
		"550 5.7.1 Too many recipients, relaying denied", "550 5.7.1 host mx.example.org said: relaying denied",
	} {
		lines := "rcpt_to: [{matches: postmaster*, reply: 250 Ok}, {matches: '*', reply: '" + reply + "'}]"
		dialogueTest{reply, lines, "inconclusive", "refused"}.run(t, "smtp/open-relay")
	}
}

// The remarks that the verdict on relaying needs.
func TestOpenRelayRemarks(t *testing.T) {
	for _, test := range []struct{ lines, says string }{
		{"relays: everywhere", "urgent"},
		{"domains: [example.com]\nrelays: nothing\nrcpt_to: [{matches: '*%*', reply: 250 Ok}]", "percent sign"},
		{"relays: valid\ngreylists: 300s", "--greylist-wait"},
	} {
		o := inLab(t, host(t, strings.Split(test.lines, "\n")...), claim("smtp/open-relay"))
		if !strings.Contains(o.stdout, test.says) {
			t.Errorf("%s: nothing of %q in\n%s", test.lines, test.says, o.stdout)
		}
	}
}

// Greylisting takes the same sender and recipient later, so the same triplet is tried again.
func TestGreylistWait(t *testing.T) {
	for _, test := range []dialogueTest{
		{"refuses", "domains: [example.com]\nrelays: nothing\ngreylists: 300s", "false_positive", "changed"},
		{"relays", "relays: valid\ngreylists: 300s", "confirmed", "high"},
		{"greylists for longer", "relays: valid\ngreylists: 400s", "inconclusive", "refused"},
	} {
		test.run(t, "smtp/open-relay", "--greylist-wait", "6m")
	}
	dialogueTest{"postmaster", "greylists: 300s", "false_positive", "changed"}.run(t, "smtp/postmaster", "--greylist-wait", "6m")
	o := inLab(t, scenarioFile(t, delayed), claim("smtp/open-relay"), "--greylist-wait", "12m")
	if o.code != 2 || !strings.Contains(o.stderr, "--deadline 18m") {
		t.Errorf("a wait that does not fit gives %d: %s", o.code, o.stderr)
	}
	o = inLab(t, host(t, "relays: valid", "greylists: 300s"), claim("smtp/open-relay"), "--greylist-wait", "6m")
	if !strings.Contains(o.stderr, "greylisting") {
		t.Errorf("nobody is told of the wait: %s", o.stderr)
	}
	// Where nothing is put off, nobody waits.
	o = inLab(t, host(t, "domains: [example.com]", "relays: nothing"), claim("smtp/open-relay"), "--greylist-wait", "6m")
	if strings.Contains(o.stderr, "greylisting") {
		t.Errorf("a wait although nothing was put off: %s", o.stderr)
	}
}

// What a trap tells a client that it distrusts shows nothing about others.
func TestTrapInsteadOfADialogue(t *testing.T) {
	rules := []string{"smtp/open-relay", "smtp/vrfy", "smtp/postmaster", "smtp/tls-required"}
	a, _ := judged(t, host(t, "greeting: {drip: 1s}", "relays: valid", "starttls: false"), claim(rules...))
	for _, rule := range rules {
		if v := a.verdict(rule); v.Verdict != "inconclusive" || v.Reason != "refused" {
			t.Errorf("%s is %s (%s): %s", rule, v.Verdict, v.Reason, v.Says)
		}
	}
}

// What a server does to our relay test is no part of the dialogue that a reporter holds.
func TestHangUpBesideTheRelayTest(t *testing.T) {
	text := host(t, "domains: [example.com]", "relays: nothing", "mail_from: [{matches: '*@*', reply: 550 5.1.8 Sender refused}]")
	a, _ := judged(t, text, claim("smtp/disconnected", "smtp/open-relay"))
	if v := a.verdict("smtp/disconnected"); v.Verdict != "false_positive" {
		t.Errorf("beside a refused sender of ours: %s (%s): %s", v.Verdict, v.Reason, v.Says)
	}
	a, _ = judged(t, host(t, "rcpt: {reply: none, then: close}"), claim("smtp/tls-required", "smtp/disconnected"))
	for _, rule := range []string{"smtp/tls-required", "smtp/disconnected"} {
		if v := a.verdict(rule); v.Verdict != "inconclusive" || v.Reason != "connect_failed" {
			t.Errorf("%s is %s (%s): %s", rule, v.Verdict, v.Reason, v.Says)
		}
	}
}

// Two domains may share a mail host; what it says of one postmaster is no verdict on the other.
func TestPostmastersOfTwoDomains(t *testing.T) {
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

// A server may relay for its neighbours.
func TestRelayOfANeighbour(t *testing.T) {
	near := func(lines ...string) string {
		return strings.ReplaceAll(host(t, lines...), "203.0.113.25", "198.51.100.25") // the lab's clients stand in that network
	}
	a, _ := judged(t, near("relays: valid"), claim("smtp/open-relay"))
	if v := a.verdict("smtp/open-relay"); v.Verdict != "inconclusive" || v.Reason != "ambiguous" {
		t.Errorf("%s (%s): %s", v.Verdict, v.Reason, v.Says)
	}
	a, _ = judged(t, near("domains: [example.com]", "relays: nothing"), claim("smtp/open-relay"))
	if v := a.verdict("smtp/open-relay"); v.Verdict != "false_positive" {
		t.Errorf("%s (%s): %s", v.Verdict, v.Reason, v.Says)
	}
}

// A control domain of the run is the foreign one, unless the tested server's operator runs it.
func TestForeignDomains(t *testing.T) {
	control := func(mx string) string {
		return strings.Replace(host(t, "domains: [example.com]", "relays: nothing"), "zones:\n", `zones:
  - name: control.test
    servers: [ns1.example.com]
    records: |
      control.test. 300 IN MX 10 `+mx+`.
`, 1)
	}
	for mx, want := range map[string]string{"mx.other.test": "@control.test>", "mx2.example.com": "@example.net>"} {
		o := inLab(t, control(mx), claim("smtp/open-relay"), "--control", "control.test")
		commands := strings.Join(o.commands, "\n")
		first := strings.Index(commands, want)
		if first < 0 || want == "@example.net>" && strings.Contains(commands, "@control.test") {
			t.Errorf("with the control's mail at %s, the server was asked\n%s", mx, commands)
		}
	}
}

func TestVRFYAndEXPN(t *testing.T) {
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

func TestTLSRequired(t *testing.T) {
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

// A command about senders, recipients or mailboxes is sent only where a finding is about them, and a message never.
func TestOnlyWhatAFindingNeeds(t *testing.T) {
	lines := []string{"starttls: true", "domains: [example.com]", "relays: nothing"}
	verbs := func(rules ...string) []string {
		o := inLab(t, host(t, lines...), claim(rules...))
		wantManners(t, o)
		var verbs []string
		for _, c := range o.commands {
			verb, _, _ := strings.Cut(c, " ")
			if !slices.Contains(verbs, verb) {
				verbs = append(verbs, verb)
			}
		}
		slices.Sort(verbs)
		return verbs
	}
	for _, test := range []struct{ rule, want string }{
		{"smtp/banner-mismatch", "EHLO QUIT"},
		{"smtp/tls-missing", "EHLO QUIT STARTTLS"},
		{"smtp/connection-time", "EHLO QUIT"},
		{"smtp/transaction-time", "EHLO MAIL QUIT RCPT"},
		{"smtp/tls-required", "EHLO MAIL QUIT RCPT RSET"},
		{"smtp/postmaster", "EHLO MAIL QUIT RCPT RSET STARTTLS"},
		{"smtp/open-relay", "EHLO MAIL QUIT RCPT RSET STARTTLS"},
		{"smtp/vrfy", "EHLO EXPN QUIT STARTTLS VRFY"},
	} {
		if got := strings.Join(verbs(test.rule), " "); got != test.want {
			t.Errorf("%s sends %s, want %s", test.rule, got, test.want)
		}
	}
}

// The labelled part does not spoil the times of the dialogue.
func TestTimesBesideTheRelayTest(t *testing.T) {
	slow := host(t, "starttls: true", "domains: [example.com]", "relays: nothing", "rcpt: {delay: 2s}", "requires_tls: rcpt")
	a, _ := judged(t, slow, "15.678 seconds - Not good! on Transaction Time\n"+claim("smtp/open-relay", "smtp/postmaster", "smtp/vrfy", "smtp/tls-required"))
	if v := a.verdict("smtp/transaction-time"); v.Verdict != "false_positive" {
		t.Errorf("%s: %s", v.Verdict, v.Says)
	}
	if v := a.verdict("smtp/tls-required"); v.Verdict != "confirmed" {
		t.Errorf("%s: %s", v.Verdict, v.Says)
	}
}
