package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/cmd/internal/app"
	"mxverdict/verify/evidence"
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
	Rule, Subject, Verdict, Reason, Severity, Says, Fix string
	Urgent                                              bool
	Notes                                               []string
	Measured                                            []measured
	WouldSee                                            []struct {
		Limit              float64
		Greeting, STARTTLS *bool
	} `json:"would_see"`
}

// measured is a fact behind a verdict.
type measured struct {
	Fact, Subject, Evidence string
	Value                   json.RawMessage
}

func (a answer) verdict(rule string) verdict {
	for _, v := range a.Verdicts {
		if v.Rule == rule {
			return v
		}
	}
	return verdict{Verdict: "none"}
}

// ending is the part of a verdict that matters, on one line.
func ending(v verdict) string {
	return strings.Join(strings.Fields(v.Verdict+" "+v.Reason+v.Severity), " ")
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

const (
	delayed = "../app/demo.yaml"
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
		all = append(all, trustAnchor(t, internet)...)
		began := time.Now()
		o.code = app.Run(append(all, args...), strings.NewReader(stdin), &stdout, &stderr, app.Env{LoadRules: sharedRules, Context: t.Context(), Dialer: internet, TrustedRoots: internet.TrustedRoots()})
		o.stdout, o.stderr, o.early = inOrder(stdout.String(), args), stderr.String(), internet.EarlyTalkers()
		o.took = time.Since(began)
		o.queries = internet.Queries()
		o.requests = internet.Requests()
		o.commands = internet.AllCommands()
		time.Sleep(time.Minute) // what is still on its way to a run that did not wait for it arrives
		if err := internet.Close(); err != nil {
			t.Error(err)
		}
		synctest.Wait()
	})
	return o
}

// run runs the command on a scenario in memory with exactly these arguments.
func run(t *testing.T, scenario, stdin string, inspect func(*lab.Internet), args ...string) (o outcome) {
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
		var stdout, stderr bytes.Buffer
		all := append([]string{"mxverdict"}, args...)
		all = append(all, "--resolver", internet.Resolver().String(), "--root-hints", rootHints(internet), "--helo", "tester.example.net")
		o.code = app.Run(all, strings.NewReader(stdin), &stdout, &stderr, app.Env{LoadRules: sharedRules, Context: t.Context(), Dialer: internet})
		o.stdout, o.stderr = inOrder(stdout.String(), args), stderr.String()
		if inspect != nil {
			inspect(internet)
		}
		if err := internet.Close(); err != nil {
			t.Error(err)
		}
		synctest.Wait()
	})
	return o
}

// inOrder brings the lines of --format jsonl, which come as the reports are judged, into the order in which these were named.
func inOrder(stdout string, args []string) string {
	if !slices.Contains(args, "jsonl") {
		return stdout
	}
	source := func(line string) int {
		var d struct{ Report struct{ Source string } }
		if json.Unmarshal([]byte(line), &d) != nil {
			return -1
		}
		return slices.Index(args, d.Report.Source)
	}
	return strings.Join(slices.SortedStableFunc(strings.Lines(stdout), func(a, b string) int { return source(a) - source(b) }), "")
}

// seen is what a run with its controls left, and how long it took by the clock of the bubble.
type seen struct {
	answer
	stderr   string
	code     int
	took     time.Duration
	evidence evidence.Bundle
}

// withControls runs the command on a scenario in memory. Where no --control is given, it is the domain of the scenario.
func withControls(t *testing.T, scenario, report string, args ...string) (s seen) {
	t.Helper()
	sc, err := lab.Load("scenario", []byte(scenario))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		internet, err := sc.InMemory()
		if err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		all := []string{"mxverdict", "verify", "--resolver", internet.Resolver().String(), "--root-hints", rootHints(internet), "--helo", "tester.example.net", "--rules", claims, "--format", "json"}
		if !slices.Contains(args, "--control") {
			all = append(all, "--control", sc.Target)
		}
		if !slices.Contains(args, "--address") {
			all = append(all, "--target", sc.Target)
		}
		all = append(all, trustAnchor(t, internet)...)
		start := time.Now()
		s.code = app.Run(append(all, args...), strings.NewReader(report), &stdout, &stderr, app.Env{LoadRules: sharedRules, Context: t.Context(), Dialer: internet})
		s.took, s.stderr = time.Since(start), stderr.String()
		if err := internet.Close(); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		var e struct{ Evidence evidence.Bundle }
		if err := json.Unmarshal(stdout.Bytes(), &s.answer); err != nil {
			t.Fatalf("no JSON: %v\nstdout: %s\nstderr: %s", err, stdout.String(), s.stderr)
		}
		if err := json.Unmarshal(stdout.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		s.evidence = e.Evidence
	})
	reached.note(s.Verdicts)
	return s
}

// trustAnchor names the key of the root of a lab, if that is signed.
func trustAnchor(t *testing.T, internet *lab.Internet) []string {
	if internet.TrustAnchors() == "" {
		return nil
	}
	file := filepath.Join(t.TempDir(), "root.ds")
	if err := os.WriteFile(file, []byte(internet.TrustAnchors()), 0o600); err != nil {
		t.Fatal(err)
	}
	return []string{"--trust-anchor", file}
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

// command runs the program without a terminal or network, and fails the test if it does not end.
func command(t *testing.T, ctx context.Context, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	done := make(chan int, 1)
	go func() {
		done <- app.Run(append([]string{"mxverdict"}, args...), strings.NewReader(""), &stdout, &stderr, app.Env{Context: ctx, LoadRules: sharedRules})
	}()
	select {
	case code := <-done:
		return outcome{code: code, stdout: inOrder(stdout.String(), args), stderr: stderr.String()}
	case <-time.After(20 * time.Second):
		t.Fatalf("%q does not end", args)
		return outcome{}
	}
}

func scenarioFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func fits(want lab.Expected, v verdict) bool {
	return (want.Rule == "" || want.Rule == v.Rule) && (want.Subject == "" || want.Subject == v.Subject) && (want.Verdict == "" || want.Verdict == v.Verdict) &&
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

// wantExchanges checks that what was measured for a rule of the areas dns, mx and dmarc names the DNS exchange that shows it.
func wantExchanges(t *testing.T, verdicts []verdict) {
	t.Helper()
	for _, v := range verdicts {
		if area, _, _ := strings.Cut(v.Rule, "/"); area != "dns" && area != "mx" && area != "dmarc" {
			continue
		}
		for _, m := range v.Measured {
			if string(m.Value) != "null" && !strings.Contains(m.Evidence, "DNS exchange ") {
				t.Errorf("%s: %s of %s names no DNS exchange: %q", v.Rule, m.Fact, m.Subject, m.Evidence)
			}
		}
	}
}

// bothServers lets both name servers of a zone behave in a way.
func bothServers(manner string) string {
	return "name_servers:\n  - {address: " + firstServer + ", " + manner + "}\n  - {address: " + secondServer + ", " + manner + "}\n"
}

// wantOpen demands that each claim is inconclusive in each scenario, for a reason, and that the manners are kept.
func wantOpen(t *testing.T, rules []string, scenarios map[string]string) {
	t.Helper()
	for name, scenario := range scenarios {
		t.Run(name, func(t *testing.T) {
			a, o := judged(t, scenario, claim(rules...))
			for _, rule := range rules {
				if v := a.verdict(rule); v.Verdict != "inconclusive" || v.Reason == "" || v.Reason == "untested" {
					t.Errorf("%s is %s (%s): %s", rule, v.Verdict, v.Reason, v.Says)
				}
			}
			wantManners(t, o)
		})
	}
}
