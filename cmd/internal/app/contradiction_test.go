package app_test

import (
	"strings"
	"testing"
)

// A report that says the opposite in one result of one reporter was never right. Two results, of before and after a repair, are two
// truths, and so is whatever may be two.
func TestReportThatContradictsItself(t *testing.T) {
	const (
		heading = "smtp:mail.example.com\n"
		title   = "Test\tResult\n"
		bad     = "SMTP TLS\tWarning - Does not support TLS.\n"
		good    = "SMTP TLS\tOK - Supports TLS.\n"
		other   = "SMTP Open Relay\tOK - Not an open relay.\n"
		footer  = "Reported by mxtoolbox.com on 5/6/2024 at 7:08:09 AM (UTC -5), just for you.\n"
	)
	answer := func(lists string) string {
		return `{"Command": "smtp", "CommandArgument": "mail.example.com", ` + lists + `}`
	}
	const (
		badCheck  = `{"ID": 0, "Name": "SMTP TLS", "Info": "Warning - Does not support TLS."}`
		goodCheck = `{"ID": 0, "Name": "SMTP TLS", "Info": "OK - Supports TLS."}`
	)
	table := func(rows string) string {
		var b strings.Builder
		b.WriteString("<html><body><h3>smtp:mail.example.com</h3><table><tr><th>Test</th><th>Result</th></tr>")
		for _, row := range strings.Split(strings.TrimSpace(rows), "\n") {
			b.WriteString("<tr><td>" + strings.ReplaceAll(row, "\t", "</td><td>") + "</td></tr>")
		}
		return b.String() + "</table></body></html>"
	}
	for name, test := range map[string]struct{ document, reason string }{
		"one result":                      {heading + title + bad + other + good, "never_true"},
		"one result, the good row first":  {heading + title + good + other + bad, "never_true"},
		"one result without titles":       {heading + bad + good, "never_true"},
		"only the bad row":                {heading + title + bad + other, "changed"},
		"two headings":                    {heading + title + bad + other + heading + title + good + other, "changed"},
		"two titles":                      {heading + title + bad + title + good, "changed"},
		"a date between":                  {heading + title + bad + footer + good + footer, "changed"},
		"all rows twice":                  {heading + title + bad + other + good + other, "changed"},
		"words between":                   {heading + title + bad + "and then, after we restarted it:\n" + good, "changed"},
		"words around the good row":       {heading + title + bad + "but the other one told me that it is OK - Supports TLS.\n", "changed"},
		"no result, only rows":            {bad + good, "changed"},
		"quoted from another mail":        {heading + title + bad + "> " + good, "changed"},
		"another host":                    {heading + title + bad + "smtp:mx2.example.com\n" + title + good, "changed"},
		"a page":                          {table(bad + other + good), "never_true"},
		"a page with two results":         {table(bad+other) + table(good+other), "changed"},
		"an answer":                       {answer(`"Failed": [], "Warnings": [` + badCheck + `], "Passed": [` + goodCheck + `]`), "never_true"},
		"two answers":                     {"[" + answer(`"Warnings": [`+badCheck+`]`) + "," + answer(`"Passed": [`+goodCheck+`]`) + "]", "changed"},
		"the proven cause goes before it": {"late" + heading + title + bad + other + good, "artifact"},
	} {
		lines := []string{"starttls: true", "domains: [example.com]", "relays: nothing"}
		document, isLate := strings.CutPrefix(test.document, "late")
		if isLate {
			lines = append(lines, "greeting: {delay: 16s}")
		}
		a, _ := judged(t, host(t, lines...), document, "--target", "example.com")
		v := a.verdict("smtp/tls-missing")
		if v.Verdict != "false_positive" || v.Reason != test.reason {
			t.Errorf("%s: %s (%s), want false_positive (%s): %s", name, v.Verdict, v.Reason, test.reason, v.Says)
		}
		if said := strings.Contains(strings.Join(v.Notes, " "), "contradicts itself"); said != (test.reason == "never_true") {
			t.Errorf("%s: the contradiction is said: %t", name, said)
		}
	}
}
