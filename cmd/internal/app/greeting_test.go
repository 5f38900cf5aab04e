package app_test

import (
	"strings"
	"testing"
)

// A reverse name stands in a greeting as a whole or not at all.
func TestReverseNameInGreeting(t *testing.T) {
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
	const taste, worth = "A matter of taste, nothing has to be changed", "worth a repair: Greeting and reverse DNS"
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
			o := inLab(t, m.scenario(), claim("smtp/banner-mismatch"), "--format", "ticket")
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
