package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
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
	parallel(t)
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
	parallel(t)
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
	parallel(t)
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
	parallel(t)
	for _, test := range []struct{ lines, says string }{
		{"relays: everywhere", "urgent"},
		{"domains: [example.com]\nrelays: nothing\nrcpt_to: [{matches: '*%*', reply: 250 Ok}]", "percent sign"},
		{"relays: valid\ngreylists: 300s", "--greylist-wait"},
	} {
		o := inLab(t, host(t, strings.Split(test.lines, "\n")...), claim("smtp/open-relay"), "-v")
		if !strings.Contains(o.stdout, test.says) {
			t.Errorf("%s: nothing of %q in\n%s", test.lines, test.says, o.stdout)
		}
	}
}

// A refusal that is about this tester, this sender or this moment must not decide the claims about relaying and mailboxes.
func TestRefusalsThatDecideNothing(t *testing.T) {
	parallel(t)
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

// Greylisting takes the same sender and recipient later, so the same triplet is tried again.
func TestGreylistWait(t *testing.T) {
	parallel(t)
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
	parallel(t)
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
	parallel(t)
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

// A server may relay for its neighbours.
func TestRelayOfANeighbour(t *testing.T) {
	parallel(t)
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
	parallel(t)
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

// A command about senders, recipients or mailboxes is sent only where a finding is about them, and a message never.
func TestOnlyWhatAFindingNeeds(t *testing.T) {
	parallel(t)
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
	parallel(t)
	slow := host(t, "starttls: true", "domains: [example.com]", "relays: nothing", "rcpt: {delay: 2s}", "requires_tls: rcpt")
	a, _ := judged(t, slow, "15.678 seconds - Not good! on Transaction Time\n"+claim("smtp/open-relay", "smtp/postmaster", "smtp/vrfy", "smtp/tls-required"))
	if v := a.verdict("smtp/transaction-time"); v.Verdict != "false_positive" {
		t.Errorf("%s: %s", v.Verdict, v.Says)
	}
	if v := a.verdict("smtp/tls-required"); v.Verdict != "confirmed" {
		t.Errorf("%s: %s", v.Verdict, v.Says)
	}
}
