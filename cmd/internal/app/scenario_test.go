package app_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/cmd/internal/app"
	"mxverdict/verify/lab"
)

// answer is the part of the JSON contract that the tests look at.
type answer struct {
	Summary struct {
		Confirmed, Inconclusive, Unrecognised int
	}
	Causes []struct {
		ID       string
		Findings []int
	}
	Verdicts []verdict
	Notices  []string
}

type verdict struct {
	Rule, Subject, Verdict, Reason, Severity, Says string
	Urgent                                         bool
	Notes                                          []string
	Measured                                       []measured
	WouldSee                                       []struct {
		Limit              float64
		Greeting, STARTTLS *bool
	} `json:"would_see"`
}

// outcome is what one run of the command left.
type outcome struct {
	code           int
	stdout, stderr string
	early          []string // clients that talked before the greeting
	commands       []string // what the SMTP hosts were told
	requests       []string // what the HTTPS hosts were asked for
	queries        []lab.Query
	took           time.Duration // by the virtual clock
}

// inLab runs the command on a scenario in memory, on a virtual clock.
func inLab(t *testing.T, scenario string, stdin string, args ...string) (o outcome) {
	t.Helper()
	return inLabWith(t, func(*lab.Internet) {}, scenario, stdin, args...)
}

// inLabWith is inLab with changes to the network before the command runs.
func inLabWith(t *testing.T, change func(*lab.Internet), scenario string, stdin string, args ...string) (o outcome) {
	t.Helper()
	s, err := lab.Load("scenario", []byte(scenario))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		internet, err := s.InMemory()
		if err != nil {
			t.Fatal(err)
		}
		change(internet)
		var stdout, stderr bytes.Buffer
		if stdin == "" {
			stdin = s.Report
		}
		all := []string{"mxverdict", "verify", "--resolver", internet.Resolver().String(), "--root-hints", rootHints(internet), "--helo", "tester.example.net",
			"--rules", claims}
		if !slices.Contains(args, "--control") {
			all = append(all, "--control", "none")
		}
		if s.Target != "" && !slices.Contains(args, "--target") && !slices.Contains(args, "--address") {
			all = append(all, "--target", s.Target)
		}
		began := time.Now()
		o.code = app.Run(append(all, args...), strings.NewReader(stdin), &stdout, &stderr, app.Env{LoadRules: sharedRules, Context: t.Context(), Dialer: internet, TrustedRoots: internet.TrustedRoots()})
		o.stdout, o.stderr, o.early = stdout.String(), stderr.String(), internet.EarlyTalkers()
		o.took = time.Since(began)
		o.queries = internet.Queries()
		o.requests = internet.Requests()
		o.commands = internet.AllCommands()
		if err := internet.Close(); err != nil {
			t.Error(err)
		}
		synctest.Wait()
	})
	return o
}

// rootHints is the value of the flag that names the root servers of a lab.
func rootHints(internet *lab.Internet) string {
	var words []string
	for _, root := range internet.Roots() {
		words = append(words, root.String())
	}
	return strings.Join(words, ",")
}

// judged runs the command with JSON output and reads it.
func judged(t *testing.T, scenario, stdin string, args ...string) (answer, outcome) {
	t.Helper()
	o := inLab(t, scenario, stdin, append([]string{"--format", "json"}, args...)...)
	var a answer
	if err := json.Unmarshal([]byte(o.stdout), &a); err != nil {
		t.Fatalf("no JSON: %v\nstdout: %s\nstderr: %s", err, o.stdout, o.stderr)
	}
	reached.note(a.Verdicts)
	wantExchanges(t, a.Verdicts)
	return a, o
}

func (a answer) verdict(rule string) verdict {
	for _, v := range a.Verdicts {
		if v.Rule == rule {
			return v
		}
	}
	return verdict{Verdict: "none"}
}

func scenarioFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

const (
	delayed = "demo.yaml"
	broken  = "../../../testdata/scenarios/broken-host.yaml"

	// claims holds a reporter that makes the claim of every rule: "The claim of smtp/vrfy is made".
	claims = "../../../testdata/rules"
)

// claim is the row in which that reporter makes the claim of a rule.
func claim(rules ...string) string {
	var b strings.Builder
	for _, rule := range rules {
		b.WriteString("The claim of " + rule + " is made\n")
	}
	return b.String()
}

// Every scenario names the verdicts that must come out of it and those that must not.
func TestScenarios(t *testing.T) {
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
		})
	}
}

func fits(want lab.Expected, v verdict) bool {
	return (want.Rule == "" || want.Rule == v.Rule) && (want.Verdict == "" || want.Verdict == v.Verdict) &&
		(want.Reason == "" || want.Reason == v.Reason)
}

// wantManners checks what no run may ever do: talk before the greeting, or send a message.
func wantManners(t *testing.T, o outcome) {
	t.Helper()
	if len(o.early) > 0 {
		t.Errorf("spoke before the greeting: %v", o.early)
	}
	for _, c := range o.commands {
		if strings.HasPrefix(strings.ToUpper(c), "DATA") || strings.HasPrefix(strings.ToUpper(c), "BDAT") {
			t.Errorf("sent %q", c)
		}
	}
}

func TestOneCauseForTheThreeRowsOfAHangUp(t *testing.T) {
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

// host rewrites how the mail host of the founding story behaves.
func host(t *testing.T, lines ...string) string {
	t.Helper()
	text := scenarioFile(t, delayed)
	head, rest, ok := strings.Cut(text, "    greeting: {delay: 16s}\n    drops_early_talkers: true\n")
	if !ok {
		t.Fatal("the scenario has changed; this test rewrites it")
	}
	_, rest, _ = strings.Cut(rest, "    starttls: true\n")
	head = strings.Replace(head, "expect:", "", 1)
	return head + "    " + strings.Join(lines, "\n    ") + "\n" + rest
}

const smtpReport = `Failed To Connect
Warning - Reverse DNS does not match SMTP Banner
Warning - Does not support TLS.
12.5 seconds - Not good! on Connection time
15.678 seconds - Not good! on Transaction Time
`

// A trouble at a step makes every claim that needs the step inconclusive: it never becomes a no, nor a yes.
func TestTroubleIsInconclusive(t *testing.T) {
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

func TestNoConnectionIsInconclusive(t *testing.T) {
	for _, connect := range []string{"refused", "silent"} {
		t.Run(connect, func(t *testing.T) {
			a, _ := judged(t, host(t, "connect: "+connect), smtpReport)
			for _, v := range a.Verdicts {
				if v.Rule != "smtp/connect" && v.Verdict != "inconclusive" {
					t.Errorf("%s is %s", v.Rule, v.Verdict)
				}
			}
			// Without another server that answers, a refusal and silence may both be this network's.
			if v := a.verdict("smtp/connect"); v.Verdict != "inconclusive" {
				t.Errorf("connect is %s, want inconclusive", v.Verdict)
			}
		})
	}
}

func TestNameServerTroubleIsInconclusive(t *testing.T) {
	const report = "SOA Serial Number Format is Invalid\nSOA Expire Value out of recommended range\nWarning - Reverse DNS does not match SMTP Banner\n"
	for _, behaviour := range []string{"silent", "servfail", "refused", "not_authoritative"} {
		t.Run(behaviour, func(t *testing.T) {
			text := strings.Replace(scenarioFile(t, delayed), "smtp:\n", "name_servers:\n  - {address: 192.0.2.53, behaves: ["+behaviour+"]}\n"+
				"  - {address: 198.51.100.53, behaves: ["+behaviour+"]}\nsmtp:\n", 1)
			a, _ := judged(t, text, report)
			for _, rule := range []string{"dns/soa-serial-format", "dns/soa-expire"} {
				if v := a.verdict(rule); v.Verdict != "inconclusive" || v.Reason != "servfail" {
					t.Errorf("%s is %s (%s): %s", rule, v.Verdict, v.Reason, v.Says)
				}
			}
		})
	}
	for _, behaviour := range []string{"silent", "servfail", "refused"} {
		t.Run("resolver "+behaviour, func(t *testing.T) {
			text := strings.Replace(scenarioFile(t, delayed), "smtp:\n", "name_servers:\n  - {address: 192.0.2.1, behaves: ["+behaviour+"]}\nsmtp:\n", 1)
			a, _ := judged(t, text, report)
			for _, v := range a.Verdicts {
				if want := withoutResolver(v.Rule); v.Verdict != want {
					t.Errorf("%s is %s, want %s", v.Rule, v.Verdict, want)
				}
			}
		})
	}
}

// withoutResolver is the verdict on the founding story's rows where the resolver is of no use: the zone is found from the
// root, and its name servers lead to the mail hosts.
func withoutResolver(rule string) string {
	if strings.HasPrefix(rule, "dns/") {
		return "policy_disagreement"
	}
	return "false_positive"
}

// A wait that our own limit ended is a known bound: five minutes without a reply to RCPT break the standard.
func TestFiveSilentMinutesAreABound(t *testing.T) {
	a, _ := judged(t, host(t, "rcpt: {reply: none}", "starttls: true"), smtpReport)
	if v := a.verdict("smtp/transaction-time"); v.Verdict != "confirmed" || v.Severity != "high" {
		t.Errorf("transaction-time is %s (%s): %s", v.Verdict, v.Severity, v.Says)
	}
	silent := withControlHost(host(t, "greeting: {reply: none}"), "starttls: true")
	a, _ = judged(t, silent, smtpReport, "--control", "control.test")
	if v := a.verdict("smtp/connect"); v.Verdict != "confirmed" {
		t.Errorf("connect is %s: %s", v.Verdict, v.Says)
	}
	a, _ = judged(t, silent, smtpReport, "--control", "control.test", "--patience", "60s")
	if v := a.verdict("smtp/connect"); v.Verdict != "inconclusive" {
		t.Errorf("with 60 s of patience, connect is %s: %s", v.Verdict, v.Says)
	}
}

func TestGreetingDelays(t *testing.T) {
	tests := []struct {
		delay             string
		banner, tls, time string
	}{
		{"0s", "false_positive", "false_positive", "false_positive"},
		{"4s", "false_positive", "false_positive", "false_positive"},
		{"9s", "false_positive", "false_positive", "policy_disagreement"},
		{"29s", "false_positive", "false_positive", "policy_disagreement"},
		{"30s", "false_positive", "false_positive", "confirmed"},
		{"280s", "false_positive", "false_positive", "confirmed"},
		{"310s", "inconclusive", "inconclusive", "inconclusive"},
	}
	for _, test := range tests {
		t.Run(test.delay, func(t *testing.T) {
			a, o := judged(t, host(t, "greeting: {delay: "+test.delay+"}", "drops_early_talkers: true", "starttls: true"), smtpReport)
			for rule, want := range map[string]string{"smtp/banner-mismatch": test.banner, "smtp/tls-missing": test.tls, "smtp/transaction-time": test.time} {
				if v := a.verdict(rule); v.Verdict != want {
					t.Errorf("%s is %s (%s), want %s", rule, v.Verdict, v.Says, want)
				}
			}
			wantManners(t, o)
		})
	}
}

func TestSTARTTLSThatNeverWorks(t *testing.T) {
	tests := []struct{ starttls, want string }{
		{`{listed: true, reply: "454 4.7.0 TLS not available"}`, "confirmed"},
		{`{listed: false, reply: "454 4.7.0 TLS not available"}`, "inconclusive"},
		{`{listed: true, handshake: garbage}`, "confirmed"},
		{`{listed: true, handshake: close}`, "confirmed"},
		{`{listed: false, reply: "530 5.7.0 not for you"}`, "inconclusive"},
		{`{listed: false, reply: "503 5.5.1 not here"}`, "confirmed"},
		{`{listed: false, reply: "502 5.7.0 not for you"}`, "inconclusive"},
		{`{listed: true, min_version: "1.0", max_version: "1.0"}`, "false_positive"},
		{`{listed: false}`, "inconclusive"}, // it works, but no mail server would try it
	}
	for _, test := range tests {
		t.Run(test.starttls, func(t *testing.T) {
			a, _ := judged(t, host(t, "starttls: "+test.starttls), "Warning - Does not support TLS.\n")
			if v := a.verdict("smtp/tls-missing"); v.Verdict != test.want {
				t.Errorf("%s (%s), want %s: %s", v.Verdict, v.Reason, test.want, v.Says)
			}
		})
	}
}

// two is the founding story with a second address of the mail host; each behaves as its lines say.
func two(t *testing.T, first, second string) string {
	t.Helper()
	text := host(t, strings.Split(first, "\n")...)
	text = strings.Replace(text, "      ns1.example.com.   300", "      mail.example.com.  300 IN A 203.0.113.80\n      ns1.example.com.   300", 1)
	text = strings.Replace(text, "      25.113.0.203.in-addr.arpa.", "      80.113.0.203.in-addr.arpa. 300 IN PTR mail.example.com.\n      25.113.0.203.in-addr.arpa.", 1)
	return strings.Replace(text, "smtp:\n", "smtp:\n  - address: 203.0.113.80\n    name: mail.example.com\n    "+
		strings.ReplaceAll(second, "\n", "\n    ")+"\n", 1)
}

// The worst address decides, what is not known of one never becomes known by the other, and the sentences speak of the
// address that decided.
func TestTwoAddresses(t *testing.T) {
	tests := []struct {
		name, first, second string
		rule, verdict       string
		severity, says      string
	}{
		{"refused, and turned away", "connect: refused", `greeting: {reply: "554 5.7.1 no", then: close}`, "smtp/connect", "inconclusive", "", ""},
		{"refused, and serving", "connect: refused", "starttls: true", "smtp/connect", "confirmed", "low", ""},
		{"both refused, by whomever", "connect: refused", "connect: refused", "smtp/connect", "inconclusive", "", ""},
		{"fast, and slow beyond 30 s", "greeting: {delay: 6s}", "greeting: {delay: 40s}", "smtp/connection-time", "confirmed", "low", "40.0 s"},
		{"with and without TLS", "starttls: true", "starttls: false", "smtp/tls-missing", "confirmed", "medium", ""},
		{"one delayed past the reporter's patience", "starttls: true", "greeting: {delay: 16s}\nstarttls: true", "smtp/tls-missing", "false_positive", "", ""},
		{"with TLS, and turned away", "starttls: true", `greeting: {reply: "421 4.7.0 later", then: close}`, "smtp/tls-missing", "false_positive", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, _ := judged(t, two(t, test.first, test.second), smtpReport)
			v := a.verdict(test.rule)
			if v.Verdict != test.verdict || v.Severity != test.severity || !strings.Contains(v.Says, test.says) {
				t.Errorf("%s %s: %s", v.Verdict, v.Severity, v.Says)
			}
			if v.Reason == "artifact" {
				t.Error("the mistake is called explained, although nobody knows which address the reporter met")
			}
		})
	}
}

// Sessions with one address that contradict each other decide nothing.
func TestContradictingSessions(t *testing.T) {
	sometimes := host(t, `ehlo: {reply: "421 4.7.0 later", then: close}`, "starttls: true", "greeting: {delay: 40s}",
		"sequence:\n      - {from_connection: 2, greeting: {delay: 0s}, ehlo: {delay: 0s}}")
	a, _ := judged(t, sometimes, smtpReport)
	if v := a.verdict("smtp/connection-time"); v.Verdict != "confirmed" {
		t.Errorf("40 s at the first visit, connection-time is %s: %s", v.Verdict, v.Says)
	}
	if v := a.verdict("smtp/transaction-time"); v.Verdict == "false_positive" {
		t.Errorf("40 s at the first visit, transaction-time is %s: %s", v.Verdict, v.Says)
	}
	changing := host(t, "starttls: false", `rcpt: {reply: "421 4.7.0 later", then: close}`,
		"sequence:\n      - {from_connection: 2, starttls: true, rcpt: {delay: 0s}}")
	a, _ = judged(t, changing, smtpReport)
	if v := a.verdict("smtp/tls-missing"); v.Verdict != "inconclusive" || v.Reason != "disagreement" {
		t.Errorf("offered in one session only, tls-missing is %s (%s)", v.Verdict, v.Reason)
	}
}

// A refusal behind a friendly beginning is a refusal.
func TestTeaserThenRefusal(t *testing.T) {
	a, _ := judged(t, host(t, `greeting: {reply: "220-mail.example.com ESMTP\n521 5.7.1 blocked", pause: 6s, then: close}`, "starttls: true"), smtpReport)
	for _, v := range a.Verdicts {
		if v.Verdict != "inconclusive" {
			t.Errorf("%s is %s: %s", v.Rule, v.Verdict, v.Says)
		}
	}
}

// A delay that loses real senders is never defended.
func TestLongDelayIsNotDefended(t *testing.T) {
	o := inLab(t, host(t, "greeting: {delay: 100s}", "starttls: true"), smtpReport, "--format", "ticket")
	if strings.Contains(o.stdout, "leave a deliberate delay on") || !strings.Contains(o.stdout, "shorten the delay to 20") {
		t.Errorf("the reply is\n%.600s", o.stdout)
	}
}

// A resolver that answers for every name leads to no host.
func TestResolverThatInvents(t *testing.T) {
	text := strings.Replace(scenarioFile(t, delayed), "zones:\n", `zones:
  - name: invalid
    servers: [ns1.example.com]
    records: |
      *.invalid. 300 IN A 203.0.113.25
`, 1)
	a, _ := judged(t, text, fiveLines)
	for _, v := range a.Verdicts {
		want := "inconclusive" // it may lead elsewhere
		if strings.HasPrefix(v.Rule, "dns/") {
			want = withoutResolver(v.Rule)
		}
		if v.Verdict != want || want == "inconclusive" && v.Reason != "disagreement" {
			t.Errorf("%s is %s (%s), want %s", v.Rule, v.Verdict, v.Reason, want)
		}
	}
}

// A report about a host is about that host, even if it has MX records that lead elsewhere.
func TestHostWithMXOfItsOwn(t *testing.T) {
	text := two(t, "starttls: false", "starttls: true")
	text = strings.Replace(text, "mail.example.com.  300 IN A 203.0.113.80", "filter.example.com. 300 IN A 203.0.113.80\n      mail.example.com. 300 IN MX 5 filter.example.com.", 1)
	a, _ := judged(t, text, "smtp:mail.example.com\nWarning - Does not support TLS.\n", "--address", "203.0.113.25")
	if v := a.verdict("smtp/tls-missing"); v.Verdict != "confirmed" || !strings.Contains(v.Subject, "203.0.113.25") {
		t.Errorf("%s of %s: %s", v.Verdict, v.Subject, v.Says)
	}
}

// A reporter that waits less than our yardstick of time calls slow what it did not wait for.
func TestImpatientReporterOfTimes(t *testing.T) {
	a, _ := judged(t, host(t, "greeting: {delay: 4s}"), claim("smtp/connection-time", "smtp/transaction-time"))
	for _, v := range a.Verdicts {
		if v.Verdict != "false_positive" || v.Reason != "artifact" {
			t.Errorf("%s is %s (%s): %s", v.Rule, v.Verdict, v.Reason, v.Says)
		}
	}
}

// What a report says of the SOA record may be true no more.
func TestSOAThatIsFineNow(t *testing.T) {
	text := strings.NewReplacer("serial: 2312868412", "serial: 1999123101", "expire: 604800s", "expire: 1209600s").Replace(scenarioFile(t, delayed))
	a, _ := judged(t, text, fiveLines)
	for _, rule := range []string{"dns/soa-serial-format", "dns/soa-expire"} {
		if v := a.verdict(rule); v.Verdict != "false_positive" || v.Reason != "changed" {
			t.Errorf("%s is %s (%s): %s", rule, v.Verdict, v.Reason, v.Says)
		}
	}
}
