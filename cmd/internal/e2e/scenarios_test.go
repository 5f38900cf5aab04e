package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mxverdict/verify/lab"
)

// Every scenario names the verdicts that must come out of it and those that must not.
func TestScenarios(t *testing.T) {
	parallel(t)
	files, err := filepath.Glob("../../../testdata/scenarios/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, delayed) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text := scenarioFile(t, file)
			s, err := lab.Load(file, []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			a, o := judged(t, text, "")
			if len(s.Expect.Must) == 0 {
				t.Error("the scenario expects nothing")
			}
			for _, want := range s.Expect.Must {
				if !slices.ContainsFunc(a.Verdicts, func(v verdict) bool { return fits(want, v) }) {
					t.Errorf("must, but is not: %+v; it is %+v", want, a.verdict(want.Rule))
				}
			}
			for _, bad := range s.Expect.MustNot {
				for _, v := range a.Verdicts {
					if fits(bad, v) {
						t.Errorf("must not be: %+v", v)
					}
				}
			}
			var causes []string
			for _, c := range a.Causes {
				causes = append(causes, c.ID)
			}
			if !slices.Equal(causes, s.Expect.Causes) {
				t.Errorf("causes %v, want %v", causes, s.Expect.Causes)
			}
			wantManners(t, o)
			wantNothingOfTheDesk(t, o.stdout)
		})
	}
}

func TestOneCauseForTheThreeRowsOfAHangUp(t *testing.T) {
	parallel(t)
	a, o := judged(t, scenarioFile(t, delayed), "")
	if o.code != 0 {
		t.Errorf("exit code %d, want 0: nothing is confirmed", o.code)
	}
	if len(a.Causes) != 1 || a.Causes[0].ID != "greeting-delay" || !slices.Equal(a.Causes[0].Findings, []int{3, 4, 5}) {
		t.Errorf("causes: %+v, want greeting-delay for rows 3, 4, 5", a.Causes)
	}
	if !strings.Contains(o.stderr, "15 s hang-up") {
		t.Errorf("stderr does not say what the report suggests: %s", o.stderr)
	}
	seen := map[float64]bool{}
	for _, row := range a.verdict("smtp/tls-missing").WouldSee {
		if row.Greeting == nil || row.STARTTLS == nil {
			t.Fatalf("unknown at %v s although the whole session was seen", row.Limit)
		}
		seen[row.Limit] = *row.Greeting && *row.STARTTLS
	}
	if sees, ok := seen[15]; sees || !ok {
		t.Errorf("a client that waits 15 s sees everything: %v", seen)
	}
	if !seen[17] {
		t.Errorf("a client that waits 17 s does not see everything: %v", seen)
	}
}

func TestTakingSTARTTLSAwayConfirmsTheFinding(t *testing.T) {
	parallel(t)
	a, o := judged(t, strings.Replace(scenarioFile(t, delayed), "starttls: true", "starttls: false", 1), "")
	if v := a.verdict("smtp/tls-missing"); v.Verdict != "confirmed" || v.Severity != "medium" {
		t.Errorf("tls-missing is %s (%s), want confirmed medium", v.Verdict, v.Severity)
	}
	if v := a.verdict("smtp/banner-mismatch"); v.Verdict != "false_positive" || v.Reason != "artifact" {
		t.Errorf("banner-mismatch is %s (%s), want false_positive (artifact)", v.Verdict, v.Reason)
	}
	if o.code != 1 {
		t.Errorf("exit code %d, want 1", o.code)
	}
	for _, c := range a.Causes {
		if slices.Contains(c.Findings, 4) {
			t.Error("a cause explains a confirmed finding away")
		}
	}
}

// A trouble at a step makes every claim that needs the step inconclusive: it never becomes a no, nor a yes.
func TestTroubleIsInconclusive(t *testing.T) {
	parallel(t)
	troubles := map[string]string{
		"timeout":            "reply: none",
		"reset":              "reply: none, then: reset",
		"421":                `reply: "421 4.7.0 too many connections", then: close`,
		"4xx":                `reply: "451 4.3.0 try again later"`,
		"554":                `reply: "554 5.7.1 you are not welcome", then: close`,
		"EOF inside a reply": `reply: "%d-mail.example.com", then: close`,
	}
	steps := []struct {
		step  string
		code  int
		rules []string
	}{
		{"greeting", 220, []string{"smtp/banner-mismatch", "smtp/tls-missing", "smtp/connection-time", "smtp/transaction-time"}},
		{"ehlo", 250, []string{"smtp/tls-missing", "smtp/transaction-time"}},
		{"starttls", 220, []string{"smtp/tls-missing"}},
		{"rcpt", 250, []string{"smtp/transaction-time"}},
	}
	for _, s := range steps {
		for name, trouble := range troubles {
			if s.step == "rcpt" && (name == "4xx" || name == "554" || name == "timeout") {
				continue // a refused recipient is timed like an accepted one, and five silent minutes are a measured bound
			}
			if s.step == "ehlo" && name == "timeout" {
				s.rules = []string{"smtp/tls-missing"} // likewise for the time
			}
			t.Run(s.step+" "+name, func(t *testing.T) {
				trouble = strings.Replace(trouble, "%d", map[int]string{220: "220", 250: "250"}[s.code], 1)
				a, o := judged(t, host(t, s.step+": {"+trouble+"}"), smtpReport)
				for _, rule := range s.rules {
					if v := a.verdict(rule); v.Verdict != "inconclusive" || v.Reason == "" {
						t.Errorf("%s is %s (%s): %s", rule, v.Verdict, v.Reason, v.Says)
					}
				}
				wantManners(t, o)
			})
		}
	}
}

// A reporter that waits 10 s and a cause are added in YAML alone, against a host that greets after 12 s.
func TestSecondCauseInYAMLAlone(t *testing.T) {
	parallel(t)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"reporters/quick.yaml": `schema: mxverdict/reporter/1
id: quick
name: Quick Check
patience: {greeting: 10s, hangs_up_within: 500ms, source: this test, seen: 2026-11}
tests:
  - name: Quick TLS
    rule: smtp/tls-missing
    usual: warning
    wordings:
      - {says: "Quick Check found no encryption", status: warning, source: seen, seen: 2026-11}
`,
		"causes/quick.yaml": `schema: mxverdict/causes/1
causes:
  - id: quick-hang-up
    about: Quick Check leaves early
    explains: [smtp/tls-missing]
    proven_when: {fact: smtp.greeting.latency, above: $patience}
    says: "{reporter} left after {patience}, {smtp.greeting.latency} were needed."
`,
	} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	a, o := judged(t, host(t, "greeting: {delay: 12s}", "starttls: true"), "Quick Check found no encryption\n", "--rules", dir)
	v := a.verdict("smtp/tls-missing")
	if v.Verdict != "false_positive" || v.Reason != "artifact" {
		t.Fatalf("%s (%s): %s", v.Verdict, v.Reason, o.stderr)
	}
	if !slices.ContainsFunc(a.Causes, func(c struct {
		ID       string
		Findings []int
	}) bool {
		return c.ID == "quick-hang-up"
	}) {
		t.Errorf("causes: %+v", a.Causes)
	}
	for _, row := range v.WouldSee {
		if want := row.Limit > 12; row.Greeting == nil || *row.Greeting != want || *row.STARTTLS != want {
			t.Errorf("%v s: %v %v, want %v", row.Limit, row.Greeting, row.STARTTLS, want)
		}
	}
	if !slices.ContainsFunc(v.WouldSee, func(w struct {
		Limit              float64
		Greeting, STARTTLS *bool
	}) bool {
		return w.Limit == 13
	}) {
		t.Errorf("the table lacks the patience that is enough, 13 s: %+v", v.WouldSee)
	}
}

// Several reports are judged each by itself, and each subject is probed once.
func TestSeveralFilesProbeOnce(t *testing.T) {
	parallel(t)
	dir := t.TempDir()
	var files []string
	for _, name := range []string{"a.txt", "b.txt", "c.txt"} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(fiveLines), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	args := append([]string{"--target", "example.com", "--control", "none", "--format", "jsonl"}, files...)
	o := run(t, scenarioFile(t, delayed), "", func(n *lab.Internet) {
		if c := n.Connections("203.0.113.25"); c != 1 {
			t.Errorf("%d connections, want 1", c)
		}
	}, args...)
	lines := strings.Split(strings.TrimSpace(o.stdout), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines, want one for each file: %s", len(lines), o.stderr)
	}
	for i, line := range lines {
		var a struct {
			Report struct{ Source string }
			answer
		}
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		if a.Report.Source != files[i] || len(a.Verdicts) != 5 {
			t.Errorf("line %d: %d verdicts of %s", i+1, len(a.Verdicts), a.Report.Source)
		}
	}
}

// A pasted report does not turn its reader into a scanner: what is beyond the limit is not even looked up, and is named.
func TestMaxHosts(t *testing.T) {
	parallel(t)
	var report strings.Builder
	for i := range 100 {
		report.WriteString("dns\thost" + itoa(i) + ".example.com\tSOA Expire Value out of recommended range\n")
	}
	o := run(t, scenarioFile(t, delayed), report.String(), func(n *lab.Internet) {
		names := map[string]bool{}
		for _, q := range n.Queries() {
			if strings.HasPrefix(q.Name, "host") {
				names[q.Name] = true
			}
		}
		if len(names) > 20 {
			t.Errorf("%d names were looked up", len(names))
		}
	}, "--control", "none", "--format", "json")
	if !strings.Contains(o.stdout, "the run touches enough hosts already") {
		t.Error("nothing says that names were left out")
	}
}

// A number of the report that is another one today is told in every format; one that is the same is not mentioned.
func TestReportedNumberHasChanged(t *testing.T) {
	parallel(t)
	row := func(test, said string) string { return test + "\nns1.example.com reported " + said + "\n" }
	tests := []struct {
		rule, report string
		then         string // "" where nothing has changed
	}{
		{"dns/soa-expire", row("SOA Expire Value out of recommended range", "Expire 604800 : Expire is recommended to be between 1209600 and 2419200."), "604800 s"},
		{"dns/soa-expire", row("SOA Expire Value out of recommended range", "Expire 1209600 : Expire is recommended to be between 1209600 and 2419200."), ""},
		{"dns/soa-refresh", row("SOA Refresh Value is outside of the recommended range", "Refresh 7201"), "7201 s"},
		{"dns/soa-retry", row("SOA Retry Value is outside of the recommended range", "Retry 60"), "60"},
		{"dns/soa-minimum", row("SOA Minimum TTL Value is outside of allowed values", "Minimum TTL 172800"), "172800 s"},
		{"dns/soa-serial-format", row("SOA Serial Number Format is Invalid", "Serial 2312868412 : Serial year was 2312 which is in the future."), "2312868412"},
		{"dns/soa-serial-format", row("SOA Serial Number Format is Invalid", "Serial 8"), ""},
		{"dns/soa-expire", expireRow, ""},
	}
	scenario := soaZone("serial: 8, refresh: 7200s, retry: 3600s, expire: 1209600s, minimum: 3600s")
	for _, test := range tests {
		t.Run(test.rule+" "+test.then, func(t *testing.T) {
			const says = "it has changed since"
			a, _ := judged(t, scenario, test.report)
			notes := strings.Join(a.verdict(test.rule).Notes, "\n")
			if strings.Contains(notes, says) != (test.then != "") || !strings.Contains(notes, test.then) {
				t.Errorf("%+v, want a change since %q", a.Verdicts, test.then)
			}
			for _, format := range []string{"text", "ticket"} {
				o := inLab(t, scenario, test.report, "-v", "--format", format)
				if strings.Contains(strings.Join(strings.Fields(o.stdout), " "), says) != (test.then != "") {
					t.Errorf("as %s:\n%s", format, o.stdout)
				}
			}
		})
	}
}

// A report that says the opposite in one result of one reporter was never right. Two results, of before and after a repair, are two
// truths, and so is whatever may be two.
func TestReportThatContradictsItself(t *testing.T) {
	parallel(t)
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

// Rows that can only come from behind the greeting were never tested by a reporter that left before it.
func TestNeverTested(t *testing.T) {
	parallel(t)
	const ok = "OK - Not an open relay.\nSMTP TLS OK - Supports TLS.\nOK - Reverse DNS matches SMTP Banner\n"
	never := func(delay, report string) (rows []int) {
		var a struct {
			Causes []struct {
				NeverTested []int `json:"never_tested"`
			}
		}
		o := inLab(t, host(t, "greeting: {delay: "+delay+"}", "starttls: true"), report, "--format", "json")
		if err := json.Unmarshal([]byte(o.stdout), &a); err != nil {
			t.Fatal(err)
		}
		for _, c := range a.Causes {
			rows = append(rows, c.NeverTested...)
		}
		return rows
	}
	if rows := never("16s", "Warning - Reverse DNS does not match SMTP Banner\n"+ok); !slices.Equal(rows, []int{2, 3, 4}) {
		t.Errorf("16 s: %v", rows)
	}
	if rows := never("40s", "Warning - Does not support TLS.\n"+ok); !slices.Equal(rows, []int{2, 3, 4}) {
		t.Errorf("40 s: %v", rows)
	}
	if rows := never("16s", "15.7 seconds - Not good! on Transaction Time\n"+ok); !slices.Equal(rows, []int{2, 3, 4}) {
		t.Errorf("with the mark of a hang-up: %v", rows)
	}
	if rows := never("16s", "12.3 seconds - Not good! on Transaction Time\n"+ok); len(rows) > 0 {
		t.Errorf("a reporter that measured 12.3 s had the greeting: %v", rows)
	}
}
