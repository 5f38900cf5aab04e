package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/cmd/internal/app"
	"mxverdict/verify/lab"
)

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
		o.stdout, o.stderr = stdout.String(), stderr.String()
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

const fiveLines = `SOA Serial Number Format is Invalid
SOA Expire Value out of recommended range
Warning - Reverse DNS does not match SMTP Banner
Warning - Does not support TLS.
15,678 seconds - Not good! on Transaction time
`

// closedNetwork is the founding story behind a firewall: neither the host nor the control can be reached.
func closedNetwork(t *testing.T, control string) string {
	text := strings.Replace(scenarioFile(t, delayed), "    greeting: {delay: 16s}\n", "    connect: silent\n", 1)
	text = strings.Replace(text, "name_servers:", "", 1)
	return strings.Replace(text, "zones:\n", `zones:
  - name: control.example.net
    servers: [ns1.example.com]
    records: |
      control.example.net.    300 IN MX 10 mx.control.example.net.
      mx.control.example.net. 300 IN A 203.0.113.99
`, 1) + `
` + control
}

func withControl(t *testing.T, connect string) string {
	return strings.Replace(closedNetwork(t, ""), "smtp:\n", "smtp:\n  - address: 203.0.113.99\n    name: mx.control.example.net\n    connect: "+connect+"\n", 1)
}

// A network that lets no SMTP out says nothing about the server; the DNS rows are judged all the same.
func TestClosedNetwork(t *testing.T) {
	o := run(t, withControl(t, "silent"), fiveLines, nil, "--target", "example.com", "--control", "control.example.net", "--format", "json")
	var a answer
	if err := json.Unmarshal([]byte(o.stdout), &a); err != nil {
		t.Fatalf("%v: %s", err, o.stderr)
	}
	if o.code != 4 {
		t.Errorf("exit code %d, want 4", o.code)
	}
	for _, rule := range []string{"smtp/tls-missing", "smtp/banner-mismatch", "smtp/transaction-time"} {
		if v := a.verdict(rule); v.Verdict != "inconclusive" || v.Reason != "network_closed" {
			t.Errorf("%s is %s (%s), want inconclusive (network_closed)", rule, v.Verdict, v.Reason)
		}
	}
	for _, rule := range []string{"dns/soa-serial-format", "dns/soa-expire"} {
		if v := a.verdict(rule); v.Verdict != "policy_disagreement" {
			t.Errorf("%s is %s, want policy_disagreement", rule, v.Verdict)
		}
	}
	for _, want := range []string{"ssh HOST mxverdict < report", "--proxy"} {
		if !strings.Contains(o.stderr, want) {
			t.Errorf("stderr does not say %q: %s", want, o.stderr)
		}
	}
	if !strings.Contains(strings.Join(a.Notices, " "), "15 s hang-up") {
		t.Errorf("the notices do not say what the report itself shows: %v", a.Notices)
	}
}

// A control that greets proves that the network is open: then the target's failure stands.
func TestControlThatGreets(t *testing.T) {
	o := run(t, withControl(t, "accept"), "Failed To Connect\nWarning - Does not support TLS.\n", nil,
		"--target", "example.com", "--control", "control.example.net", "--format", "json")
	var a answer
	if err := json.Unmarshal([]byte(o.stdout), &a); err != nil {
		t.Fatalf("%v: %s", err, o.stderr)
	}
	if v := a.verdict("smtp/connect"); v.Verdict != "confirmed" || o.code != 1 {
		t.Errorf("connect is %s (%s), exit code %d; want confirmed and 1", v.Verdict, v.Says, o.code)
	}
	// What hangs on the dialogue stays inconclusive, and does not blame this network, which was just shown to be open.
	if v := a.verdict("smtp/tls-missing"); v.Verdict != "inconclusive" || strings.Contains(v.Says, "firewall on this side") {
		t.Errorf("tls-missing is %s: %s", v.Verdict, v.Says)
	}
}

// Controls are strangers: they are asked only after a failed connection.
func TestNoControlWithoutNeed(t *testing.T) {
	text := strings.Replace(withControl(t, "accept"), "    connect: silent\n", "", 1)
	run(t, text, fiveLines, func(n *lab.Internet) {
		if c := n.Connections("203.0.113.99"); c != 0 {
			t.Errorf("%d connections to the control although the target answered", c)
		}
	}, "--target", "example.com", "--control", "control.example.net", "--format", "json")
}

// Several reports are judged each by itself, and each subject is probed once.
func TestSeveralFilesProbeOnce(t *testing.T) {
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

// What was saved gives the same judgement again.
func TestReplayGivesTheSame(t *testing.T) {
	for _, scenario := range []string{delayed, broken} {
		file := filepath.Join(t.TempDir(), "evidence.json")
		_, o := judged(t, scenarioFile(t, scenario), "", "--save-evidence", file)
		var stdout, stderr bytes.Buffer
		code := app.Run([]string{"mxverdict", "replay", file, "--format", "json"}, strings.NewReader(""), &stdout, &stderr, app.Env{LoadRules: sharedRules})
		if code != o.code {
			t.Errorf("exit code %d, then %d: %s", o.code, code, stderr.String())
		}
		var live, replayed map[string]any
		if json.Unmarshal([]byte(o.stdout), &live) != nil || json.Unmarshal(stdout.Bytes(), &replayed) != nil {
			t.Fatalf("no JSON: %s", stderr.String())
		}
		for _, key := range []string{"summary", "causes", "verdicts", "unrecognised", "report"} {
			if !reflect.DeepEqual(live[key], replayed[key]) {
				t.Errorf("%s: %s differs:\n%v\n%v", scenario, key, live[key], replayed[key])
			}
		}
	}
}

func TestReplayRefusesWhatIsNoEvidence(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "text": "hello", "other JSON": `{"schema":"something/1"}`, "no report": `{"schema":"mxverdict/evidence/1"}`,
		"cut off": `{"schema":"mxverdict/evidence/1","sessions":[`, "wrong report": `{"schema":"mxverdict/evidence/1","report":{"schema":"x"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "evidence.json")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			var stdout, stderr bytes.Buffer
			if code := app.Run([]string{"mxverdict", "replay", file}, strings.NewReader(""), &stdout, &stderr, app.Env{}); code != 2 {
				t.Errorf("exit code %d, want 2", code)
			}
			if stdout.Len() > 0 || !strings.Contains(stderr.String(), file) {
				t.Errorf("stdout %q, stderr %q", stdout.String(), stderr.String())
			}
		})
	}
}

// A reporter that waits 10 s and a cause are added in YAML alone, against a host that greets after 12 s.
func TestSecondCauseInYAMLAlone(t *testing.T) {
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
		"causes.yaml": `schema: mxverdict/causes/1
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

// A greeting full of escapes, markup and bidirectional overrides reaches no output alive.
func TestHostileGreeting(t *testing.T) {
	greeting := `greeting: {reply: "220 mail.example.com \x1b[2J\x1b]0;owned\x07 <script>alert(1)</script> \u202Egnp.exe {code} @all ::set-output"}`
	for _, format := range []string{"text", "ticket", "json", "jsonl"} {
		o := inLab(t, host(t, greeting, "starttls: true"), "", "--format", format)
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

// Colour is for terminals only, and not where NO_COLOR forbids it.
func TestColour(t *testing.T) {
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

// A SOCKS proxy carries SMTP for a desk whose own network closes port 25; DNS goes directly.
func TestProxy(t *testing.T) {
	s, err := lab.Load("lab", []byte(scenarioFile(t, broken)))
	if err != nil {
		t.Fatal(err)
	}
	internet, err := s.OnLoopback()
	if err != nil {
		t.Fatal(err)
	}
	defer internet.Close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	served := make(chan string, 10)
	go serveSOCKS(listener, served)
	var stdout, stderr bytes.Buffer
	args := []string{"mxverdict", "--target", "example.org", "--proxy", "socks5://" + listener.Addr().String(), "--allow-private", "--control", "none",
		"--resolver", internet.Resolver().String(), "--root-hints", rootHints(internet), "--helo", "tester.example.net", "--patience", "200ms", "--format", "json",
		"--smtp-port", itoa(internet.SMTPPort()), "--dns-port", itoa(internet.DNSPort())}
	app.Run(args, strings.NewReader("Failed To Connect\n"), &stdout, &stderr, app.Env{})
	select {
	case address := <-served:
		if want := net.JoinHostPort(internet.Address("203.0.113.80"), itoa(internet.SMTPPort())); address != want {
			t.Errorf("the proxy was asked for %s, want %s", address, want)
		}
	default:
		t.Fatalf("the proxy was not asked: %s%s", stdout.String(), stderr.String())
	}
	if !strings.Contains(stdout.String(), `"connect"`) || !strings.Contains(stdout.String(), "no_greeting") && !strings.Contains(stdout.String(), `"timeout"`) {
		t.Errorf("no session through the proxy: %s", stdout.String())
	}

	// A proxy that is not there is this desk's trouble, not the server's.
	listener.Close()
	stdout.Reset()
	app.Run(args, strings.NewReader("Failed To Connect\n"), &stdout, &stderr, app.Env{})
	var a answer
	if err := json.Unmarshal(stdout.Bytes(), &a); err != nil {
		t.Fatal(err)
	}
	if v := a.verdict("smtp/connect"); v.Verdict != "inconclusive" {
		t.Errorf("a dead proxy makes connect %s", v.Verdict)
	}
}

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }

// serveSOCKS is a SOCKS5 proxy (RFC 1928) for CONNECT to IPv4 addresses without authentication.
func serveSOCKS(l net.Listener, served chan<- string) {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer client.Close()
			client.SetDeadline(time.Now().Add(10 * time.Second))
			b := make([]byte, 262)
			if _, err := io.ReadFull(client, b[:2]); err != nil {
				return
			}
			io.ReadFull(client, b[:b[1]])
			client.Write([]byte{5, 0})
			if _, err := io.ReadFull(client, b[:10]); err != nil {
				return
			}
			address := net.JoinHostPort(net.IP(b[4:8]).String(), itoa(int(b[8])<<8|int(b[9])))
			served <- address
			server, err := net.Dial("tcp", address)
			if err != nil {
				client.Write([]byte{5, 5, 0, 1, 0, 0, 0, 0, 0, 0})
				return
			}
			defer server.Close()
			client.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
			go io.Copy(server, client)
			io.Copy(client, server)
		}()
	}
}

// Within the first second, before any wait, stderr says what the report suggests; while it waits, for what and how long.
func TestProgress(t *testing.T) {
	s, err := lab.Load("lab", []byte(scenarioFile(t, delayed)))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		internet, err := s.InMemory()
		if err != nil {
			t.Fatal(err)
		}
		var stdout bytes.Buffer
		stderr := &clocked{start: time.Now()}
		app.Run([]string{"mxverdict", "--target", "example.com", "--control", "none", "--resolver", internet.Resolver().String(), "--root-hints", rootHints(internet), "--helo", "tester.example.net"},
			strings.NewReader(fiveLines), &stdout, stderr, app.Env{Context: context.Background(), Dialer: internet})
		internet.Close()
		synctest.Wait()
		if at, ok := stderr.when("hang-up"); !ok || at > time.Second {
			t.Errorf("the suggestion came at %v (%v)", at, ok)
		}
		if at, ok := stderr.when("up to"); !ok || at > time.Second {
			t.Errorf("how long it may take was said at %v (%v)", at, ok)
		}
		if at, ok := stderr.when("waiting for the greeting of mail.example.com"); !ok || at < 2*time.Second || at > 16*time.Second {
			t.Errorf("the wait was shown at %v (%v)", at, ok)
		}
	})
}

// clocked notes when each line was written.
type clocked struct {
	start time.Time
	lines []string
	at    []time.Duration
}

func (c *clocked) Write(b []byte) (int, error) {
	c.lines, c.at = append(c.lines, string(b)), append(c.at, time.Since(c.start))
	return len(b), nil
}

func (c *clocked) when(text string) (time.Duration, bool) {
	for i, line := range c.lines {
		if strings.Contains(line, text) {
			return c.at[i], true
		}
	}
	return 0, false
}

// Ctrl-C ends a read that would last for ever.
func TestInterruptedWhileReading(t *testing.T) {
	reader, writer := io.Pipe()
	defer writer.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	code := app.Run([]string{"mxverdict", "--resolver", "127.0.0.1:1", "--helo", "tester.example.net"}, reader, &stdout, &stderr, app.Env{Context: ctx})
	if code != 130 || stdout.Len() > 0 {
		t.Errorf("exit code %d, stdout %q, want 130 and nothing", code, stdout.String())
	}
}

// A pasted report does not turn its reader into a scanner: what is beyond the limit is not even looked up, and is named.
func TestMaxHosts(t *testing.T) {
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

// A run that the user ends before any answer says nothing about his network.
func TestInterruptedBeforeAnyAnswer(t *testing.T) {
	s, err := lab.Load("lab", []byte(strings.Replace(scenarioFile(t, delayed), "smtp:\n", "name_servers:\n  - {address: 192.0.2.1, behaves: [silent]}\nsmtp:\n", 1)))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		internet, err := s.InMemory()
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var stdout, stderr bytes.Buffer
		code := app.Run([]string{"mxverdict", "--target", "example.com", "--control", "none", "--resolver", internet.Resolver().String(), "--root-hints", rootHints(internet), "--helo", "tester.example.net"},
			strings.NewReader(fiveLines), &stdout, &stderr, app.Env{Context: ctx, Dialer: internet})
		internet.Close()
		synctest.Wait()
		if code != 130 || strings.Contains(stderr.String(), "No name server") {
			t.Errorf("exit code %d, stderr %s", code, stderr.String())
		}
	})
}
