package e2e

import (
	"strings"
	"testing"
)

// A reverse name stands in a greeting as a whole or not at all.
func TestReverseNameInGreeting(t *testing.T) {
	parallel(t)
	for greeting, want := range map[string]string{
		"x.example.com ESMTP":         "false_positive changed",
		"X.Example.COM. ESMTP":        "false_positive changed",
		"ESMTP [x.example.com]":       "false_positive changed",
		"mail.example.com":            "policy_disagreement",
		"mx.example.com":              "policy_disagreement",
		"x.example.com.example.net":   "policy_disagreement",
		"a.x.example.com":             "policy_disagreement",
		"mx.example.com x.example.co": "policy_disagreement",
	} {
		m := mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR x.example.com.", smtp: []string{"name: mail.example.com", `greeting: {reply: "220 ` + greeting + `"}`}}
		a, _ := judged(t, m.scenario(), claim("smtp/banner-mismatch"))
		if v := a.verdict("smtp/banner-mismatch"); ending(v) != want {
			t.Errorf("%q: %s, want %s: %s", greeting, ending(v), want, v.Says)
		}
	}
}

// That the greeting need not hold the reverse name is no reason to leave it as it is where it begins with no name that leads anywhere
// (RFC 5321 sections 2.3.5 and 4.3.1).
func TestGreetingWorthARepair(t *testing.T) {
	parallel(t)
	const taste, worth = "nothing has to be changed", "should be repaired: greeting of the mail server"
	localhost := "localhost.localdomain. 300 IN A 127.0.0.1"
	for name, test := range map[string]struct {
		greeting, servers string
		repair            bool
	}{
		"a name of its own":               {"mail.example.com ESMTP", "", false},
		"an address in brackets":          {"[203.0.113.25] ESMTP", "", false},
		"localhost":                       {"localhost ESMTP", "", true},
		"localhost.localdomain":           {"localhost.localdomain ESMTP", "", true},
		"known to this resolver only":     {"localhost.localdomain ESMTP", at("192.0.2.1", "lies: "+localhost), true},
		"a name that leads nowhere":       {"nowhere.example.com ESMTP", "", true},
		"no name":                         {"Welcome", "", true},
		"asterisks":                       {"****************", "", true},
		"a resolver that fails at it":     {"mail.example.com ESMTP", at("192.0.2.1", "unlike: [{name: mail.example.com, answer: SERVFAIL}]"), false},
		"a resolver that knows of none":   {"out.example.com ESMTP", at("192.0.2.1", "unlike: [{name: out.example.com, answer: NXDOMAIN}]"), false},
		"a name that cannot be looked up": {"broken.example.com ESMTP", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			m := mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR host.example.net.", smtp: []string{"name: mail.example.com", `greeting: {reply: "220 ` + test.greeting + `"}`}, servers: test.servers,
				forward: "mail.example.com. A 203.0.113.25\nout.example.com. A 203.0.113.25\nbroken.example.com. NS ns.nowhere.example."}
			o := inLab(t, m.scenario(), claim("smtp/banner-mismatch"), "--format", "reply")
			reply := strings.Join(strings.Fields(o.stdout), " ")
			if got := strings.Contains(reply, worth); got != test.repair || strings.Contains(reply, taste) == test.repair {
				t.Errorf("worth a repair: %v, want %v:\n%s", got, test.repair, o.stdout)
			}
			a, _ := judged(t, m.scenario(), claim("smtp/banner-mismatch"))
			if v := a.verdict("smtp/banner-mismatch"); v.Verdict != "policy_disagreement" || test.repair && name != "asterisks" && !strings.Contains(strings.Join(v.Notes, " "), "RFC 5321") {
				t.Errorf("%s: %s %v", v.Verdict, v.Says, v.Notes)
			}
		})
	}
}

// A missing reverse name makes the row about the greeting true, and is a matter of its own.
func TestGreetingWithoutReverseName(t *testing.T) {
	parallel(t)
	o := inLab(t, mailHost{spf: sender}.scenario(), claim("smtp/banner-mismatch", "smtp/ptr-missing"), "-v")
	if o.code != 1 || !strings.Contains(strings.Join(strings.Fields(o.stdout), " "), "That is another matter") {
		t.Errorf("exit code %d, and the rows are not told apart:\n%s", o.code, o.stdout)
	}
	a, _ := judged(t, mailHost{spf: sender}.scenario(), claim("smtp/banner-mismatch", "smtp/ptr-missing"))
	for rule, want := range map[string]string{"smtp/banner-mismatch": "policy_disagreement", "smtp/ptr-missing": "confirmed high"} {
		if v := a.verdict(rule); ending(v) != want {
			t.Errorf("%s is %s, want %s: %s", rule, ending(v), want, v.Says)
		}
	}
}

func TestNameInTheGreeting(t *testing.T) {
	parallel(t)
	greeting := func(text string) []string {
		return []string{"name: mail.example.com", `greeting: {reply: "` + text + `"}`}
	}
	tests := []struct {
		name string
		smtp []string
		want string
	}{
		{"a full name", greeting("220 mail.example.com ESMTP"), "false_positive changed"},
		{"a full name alone", greeting("220 mail.example.com"), "false_positive changed"},
		{"on several lines", greeting("220-MAIL.example.com ESMTP\\n220 welcome"), "false_positive changed"},
		{"a name that leads nowhere", greeting("220 nowhere.example.com ESMTP"), "false_positive changed"},
		{"a name in another script", greeting("220 xn--bcher-kva.example ESMTP"), "false_positive changed"},
		{"an address literal", greeting("220 [203.0.113.25] ESMTP"), "false_positive changed"},
		{"an IPv6 literal", greeting("220 [IPv6:2001:db8::25] ESMTP"), "false_positive changed"},
		{"an address without brackets", greeting("220 203.0.113.25 ESMTP"), "confirmed low"},
		{"a word", greeting("220 Welcome to our server"), "confirmed low"},
		{"one label", greeting("220 localhost ESMTP"), "confirmed low"},
		{"an underscore", greeting("220 mail_1.example.com ESMTP"), "confirmed low"},
		{"the name second", greeting("220 ESMTP mail.example.com"), "confirmed low"},
		{"nothing", greeting("220"), "confirmed low"},
		{"asterisks", greeting("220 ********0*2******0***"), "confirmed medium"},
		{"late", []string{"name: mail.example.com", "greeting: {delay: 16s}"}, "false_positive artifact"},
		{"very late", []string{"name: mail.example.com", "greeting: {delay: 60s}"}, "false_positive artifact"},
		{"late, and asterisks", []string{"name: mail.example.com", `greeting: {delay: 16s, reply: "220 ****************"}`}, "confirmed medium"},
		{"turned away", greeting("554 no service for you"), "inconclusive refused"},
		{"silent", []string{"name: mail.example.com", "greeting: {reply: none}"}, "inconclusive connect_failed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR mail.example.com.", smtp: test.smtp}
			a, o := judged(t, m.scenario(), claim("smtp/banner-invalid"))
			if v := a.verdict("smtp/banner-invalid"); ending(v) != test.want {
				t.Errorf("%s, want %s: %s", ending(v), test.want, v.Says)
			}
			if noted := strings.Contains(o.stdout, "has no address in the DNS"); noted != (test.name == "a name that leads nowhere") &&
				test.name != "a name in another script" {
				t.Errorf("remark about a name that leads nowhere: %v", noted)
			}
			wantManners(t, o)
		})
	}
}

// A greeting full of escapes, markup and bidirectional overrides reaches no output alive.
func TestHostileGreeting(t *testing.T) {
	parallel(t)
	greeting := `greeting: {reply: "220 mail.example.com \x1b[2J\x1b]0;owned\x07 <script>alert(1)</script> \u202Egnp.exe {code} @all ::set-output"}`
	for _, format := range []string{"text", "ticket", "json", "jsonl"} {
		o := inLab(t, host(t, greeting, "starttls: true"), "", "-vv", "--format", format)
		for _, bad := range []string{"\x1b", "\x07", "\u202e"} {
			if strings.Contains(o.stdout+o.stderr, bad) {
				t.Errorf("%s holds %q", format, bad)
			}
		}
		if format == "ticket" && strings.ContainsAny(o.stdout, "<>") {
			t.Error("the ticket holds angle brackets")
		}
		if !strings.Contains(o.stdout, "owned") {
			t.Errorf("%s does not show the greeting at all", format)
		}
	}
}

// A refusal behind a friendly beginning is a refusal.
func TestTeaserThenRefusal(t *testing.T) {
	parallel(t)
	a, _ := judged(t, host(t, `greeting: {reply: "220-mail.example.com ESMTP\n521 5.7.1 blocked", pause: 6s, then: close}`, "starttls: true"), smtpReport)
	for _, v := range a.Verdicts {
		if v.Verdict != "inconclusive" {
			t.Errorf("%s is %s: %s", v.Rule, v.Verdict, v.Says)
		}
	}
}

// What a trap for distrusted clients says in its greeting, others may never see.
func TestBannerOfATrap(t *testing.T) {
	parallel(t)
	a, _ := judged(t, host(t, `greeting: {drip: 200ms, reply: "220 Welcome"}`, "ehlo: {drip: 200ms}", "starttls: false"), claim("smtp/banner-invalid"))
	if v := a.verdict("smtp/banner-invalid"); v.Verdict != "inconclusive" {
		t.Errorf("%s: %s %v", ending(v), v.Says, v.Notes)
	}
}

// A server that knows no EHLO is asked by HELO (RFC 5321 section 3.2). It offers no encryption; the rest is judged.
func TestHELOOnly(t *testing.T) {
	parallel(t)
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
	parallel(t)
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

// What a verdict says of the time of a greeting fits every address and every session.
func TestSentencesAboutSeveralGreetings(t *testing.T) {
	parallel(t)
	const scenario = `schema: mxverdict/scenario/1
target: example.com
latency: 1ms
resolver: 192.0.2.1
zones:
  - name: example.com
    servers: [ns1.example.com]
    records: |
      example.com.       300 IN MX 10 mail.example.com.
      mail.example.com.  300 IN A 203.0.113.24
      mail.example.com.  300 IN A 203.0.113.25
      ns1.example.com.   300 IN A 192.0.2.53
smtp:
  - {address: 203.0.113.24, name: mail.example.com, starttls: true}
  - {address: 203.0.113.25, name: mail.example.com, starttls: true, greeting: {delay: 7s}}
`
	const claims = "15.678 seconds - Not good! on Transaction Time\nWarning - Does not support TLS.\n"
	for samples, want := range map[string]string{"2": "In two sessions", "3": "in the middle"} {
		a, _ := judged(t, scenario, claims, "--samples", samples, "--every", "30s")
		if notes := strings.Join(a.verdict("smtp/transaction-time").Notes, " "); !strings.Contains(notes, want) || strings.Contains(notes, "In two") == strings.Contains(notes, "in the middle") {
			t.Errorf("%s samples: %s", samples, notes)
		}
		if notes := strings.Join(a.verdict("smtp/tls-missing").Notes, " "); !strings.Contains(notes, "15 s") || !strings.Contains(notes, "after 7.0 s") {
			t.Errorf("the slowest greeting is not the one that is spoken of: %s", notes)
		}
	}
}
