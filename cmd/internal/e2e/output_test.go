package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mxverdict/cmd/internal/app"
)

// Colour is for terminals only, and not where NO_COLOR forbids it.
func TestColour(t *testing.T) {
	parallel(t)
	report := filepath.Join(t.TempDir(), "report.txt")
	if err := os.WriteFile(report, []byte("SMTP TLS OK - Supports TLS.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	terminal := func(any) (int, bool) { return 100, true }
	tests := []struct {
		name string
		env  app.Env
		args []string
		want bool
	}{
		{"pipe", app.Env{}, nil, false},
		{"terminal", app.Env{Terminal: terminal}, nil, true},
		{"NO_COLOR", app.Env{Terminal: terminal, Getenv: func(k string) string { return map[string]string{"NO_COLOR": "1"}[k] }}, nil, false},
		{"asked for", app.Env{}, []string{"--color", "always"}, true},
		{"forbidden", app.Env{Terminal: terminal}, []string{"--color", "never"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			args := append([]string{"mxverdict", "verify", "--resolver", "127.0.0.1:1", "--helo", "tester.example.net", report}, test.args...)
			if code := app.Run(args, strings.NewReader(""), &stdout, &stderr, test.env); code != 0 {
				t.Fatal(stderr.String())
			}
			if got := strings.Contains(stdout.String(), "\x1b["); got != test.want {
				t.Errorf("colour %v, want %v", got, test.want)
			}
		})
	}
}

// An open relay stands first in every output, whatever the report names first, where it is confirmed and where it could not be
// decided; then the exit code calls for somebody without --strict. One that is none is not urgent.
func TestUrgentStandsFirst(t *testing.T) {
	parallel(t)
	rows := claim("smtp/tls-missing") + claim("smtp/banner-mismatch") + claim("smtp/open-relay")
	for _, test := range []struct {
		lines   string
		verdict string
		urgent  bool
		code    int
	}{
		{"relays: everywhere", "inconclusive", true, 3},
		{"mail: {reply: 554 5.7.1 Access denied}", "inconclusive", true, 3},
		{"relays: valid", "confirmed", true, 1},
		{"domains: [example.com]\nrelays: nothing", "false_positive", false, 0},
	} {
		scenario := host(t, strings.Split("starttls: true\n"+test.lines, "\n")...)
		a, o := judged(t, scenario, rows)
		v := a.verdict("smtp/open-relay")
		if v.Verdict != test.verdict || v.Urgent != test.urgent {
			t.Errorf("%s: %s, urgent %t; want %s, urgent %t", test.lines, v.Verdict, v.Urgent, test.verdict, test.urgent)
		}
		if first := a.Verdicts[0]; test.urgent != (first.Rule == "smtp/open-relay") {
			t.Errorf("%s: the first verdict is on %s", test.lines, first.Rule)
		}
		// What each format says first of the relay, and of another claim: in the reply, in the lines of the verdicts, in the evidence.
		inReply, inLines := [2]string{"The claim of smtp/open-relay", "The claim of smtp/tls-missing"}, [2]string{": Open relay,", ": Encryption (STARTTLS),"}
		for format, pairs := range map[string][][2]string{
			"json":   {{`"rule": "smtp/open-relay",` + "\n      \"about\"", `"rule": "smtp/tls-missing",` + "\n      \"about\""}},
			"jsonl":  {{`"rule":"smtp/open-relay","about"`, `"rule":"smtp/tls-missing","about"`}},
			"reply":  {inReply},
			"text":   {inReply, inLines},
			"ticket": {inReply, inLines, {"URGENT: Open relay", ": Encryption (STARTTLS) "}},
		} {
			o = inLab(t, scenario, rows, "--format", format)
			page := onOneLine(o.stdout, format)
			for _, pair := range pairs {
				relay, other := strings.Index(page, pair[0]), strings.Index(page, pair[1])
				if test.urgent && (relay < 0 || other < 0 || other < relay) {
					t.Errorf("%s, %s: %q does not stand before %q:\n%s", test.lines, format, pair[0], pair[1], o.stdout)
				}
			}
			if format == "text" || format == "ticket" {
				if strings.Contains(strings.ToLower(o.stdout), "inconclusive, urgent") != (test.code == 3) {
					t.Errorf("%s, %s: urgent should be said: %t\n%s", test.lines, format, test.code == 3, o.stdout)
				}
			}
			if format == "reply" && strings.HasPrefix(page[min(len(page), strings.Index(page, " UTC. ")+len(" UTC. ")):], "Urgent") != test.urgent {
				t.Errorf("%s: urgent should be said to the customer: %t\n%s", test.lines, test.urgent, o.stdout)
			}
			if o.code != test.code {
				t.Errorf("%s, %s: exit code %d, want %d", test.lines, format, o.code, test.code)
			}
		}
		if o := inLab(t, scenario, rows, "--exit-zero"); o.code != 0 {
			t.Errorf("%s: exit code %d with --exit-zero", test.lines, o.code)
		}
	}
}

// Rows that no rule tests yet stand behind the answers to all others, in a list of their own; the numbers of the verdicts begin
// with what was tested.
func TestUntestedRowsStandLast(t *testing.T) {
	parallel(t)
	report := claim("domain/expiry", "dns/soa-expire", "dns/ns-too-few")
	for _, format := range []string{"text", "ticket"} {
		o := inLab(t, soaZone("expire: 604800s"), report, "-v", "--format", format)
		list := strings.Index(o.stdout, "NOT RE-TESTED YET")
		for _, tested := range []string{"dns/soa-expire", "dns/ns-too-few"} {
			if at := strings.LastIndex(o.stdout[:max(list, 0)], tested); at < 0 {
				t.Errorf("%s: %s is not before the list:\n%s", format, tested, o.stdout)
			}
		}
		for _, untested := range []string{"domain/expiry"} {
			if at := strings.LastIndex(o.stdout, "Rule"); at < list || strings.Count(o.stdout[max(list, 0):], untested) == 0 {
				t.Errorf("%s: %s is not in the list", format, untested)
			}
		}
	}
	a, _ := judged(t, soaZone("expire: 604800s"), report)
	if len(a.Verdicts) != 3 || a.Verdicts[0].Rule != "domain/expiry" {
		t.Errorf("the order of JSON is not that of the report: %+v", a.Verdicts)
	}
}

// What is to be done names the server to which it is to be done.
func TestAdviceNamesTheServer(t *testing.T) {
	parallel(t)
	for rule, manner := range map[string]string{"dns/ns-not-authoritative": "refused", "dns/ns-unresponsive": "silent",
		"dns/tcp-unavailable": "no_tcp", "dns/open-resolver": "recursive"} {
		o := inLab(t, delegatedZone{manners: behaving(secondServer, manner)}.String(), claim(rule), "--format", "ticket")
		first, _, _ := strings.Cut(o.stdout, "....")
		if !strings.Contains(strings.Join(strings.Fields(first), " "), "ns2.example.com") || strings.Contains(first, "{") {
			t.Errorf("%s: %s", rule, first)
		}
	}
}

// Who repeats a question about a verdict asks a server that was asked first, and then perhaps what a resolver of his own makes of it.
func TestCommandsAskTheServersThatWereAsked(t *testing.T) {
	parallel(t)
	commandsOf := func(scenario, rule string) []string {
		o := inLab(t, scenario, claim(rule), "--format", "json")
		var a struct{ Verdicts []struct{ Commands []string } }
		if err := json.Unmarshal([]byte(o.stdout), &a); err != nil || len(a.Verdicts) != 1 {
			t.Fatalf("%v: %s %s", err, o.stdout, o.stderr)
		}
		return a.Verdicts[0].Commands
	}
	both := delegatedZone{}.String()
	for _, rule := range []string{"mx/missing", "mx/cname", "mx/address", "mx/unresolvable", "mx/private-address", "mx/duplicate", "mx/single", "dmarc/missing", "dmarc/policy", "dns/cname-conflict", "dns/ns-too-few", "dns/ns-cname"} {
		if got := commandsOf(both, rule); len(got) == 0 || !strings.HasSuffix(got[0], " @192.0.2.53") || !strings.Contains(got[0], "+norecurse") {
			t.Errorf("%s: %q", rule, got)
		}
	}
	first := delegatedZone{manners: behaving("192.0.2.53", "refused")}.String()
	if got := commandsOf(first, "mx/missing"); !slices.Equal(got, []string{"dig +norecurse MX example.com @198.51.100.53", "dig MX example.com"}) {
		t.Errorf("with a server that refuses: %q", got)
	}
	want := []string{"dig +norecurse MX example.com @192.0.2.53", "dig +norecurse MX example.com @198.51.100.53"}
	if got := commandsOf(both, "mx/inconsistent"); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// onOneLine takes the line ends of a page away, at which two words may be parted.
func onOneLine(page, format string) string {
	if format != "json" && format != "jsonl" {
		return strings.Join(strings.Fields(page), " ")
	}
	return page
}
