package app_test

import (
	"strings"
	"testing"
)

// An open relay stands first in every output, whatever the report names first, where it is confirmed and where it could not be
// decided; then the exit code calls for somebody without --strict. One that is none is not urgent.
func TestUrgentStandsFirst(t *testing.T) {
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
		for _, format := range []string{"json", "jsonl", "text", "ticket"} {
			o = inLab(t, scenario, rows, "--format", format)
			other := strings.Index(o.stdout, map[string]string{"json": `"rule": "smtp/tls-missing",` + "\n      \"about\"", "jsonl": `"rule":"smtp/tls-missing","about"`,
				"text": "TLS", "ticket": "TLS"}[format])
			relay := strings.Index(o.stdout, map[string]string{"json": `"rule": "smtp/open-relay",` + "\n      \"about\"", "jsonl": `"rule":"smtp/open-relay","about"`,
				"text": "Open relay", "ticket": "Open relay"}[format])
			if test.urgent && (relay < 0 || other >= 0 && other < relay) {
				t.Errorf("%s, %s: something stands before the open relay:\n%s", test.lines, format, o.stdout)
			}
			if strings.Contains(strings.ToLower(o.stdout), "inconclusive, urgent") != (test.code == 3) && (format == "text" || format == "ticket") {
				t.Errorf("%s, %s: urgent should be said: %t\n%s", test.lines, format, test.code == 3, o.stdout)
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
