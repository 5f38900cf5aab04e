package e2e

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/cmd/internal/app"
	"mxverdict/verify/lab"
)

// Within the first second, before any wait, stderr says what the report suggests; while it waits, for what and how long.
func TestProgress(t *testing.T) {
	parallel(t)
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

// A reader sees at once that name servers are asked, and within the first seconds of a wait for whom, be it the resolver, a
// name server or the second look.
func TestProgressOfLookups(t *testing.T) {
	parallel(t)
	const lag = "soa: {serial: 7}"
	tests := map[string]struct{ address, habit, want string }{
		"the resolver":   {"203.0.113.1", "behaves: [silent]", "waiting for the resolver, about example.com"},
		"a name server":  {"198.51.100.53", "behaves: [silent]", " s of at most 60 s: waiting for the name servers of the zone of example.com"},
		"a second look":  {"198.51.100.53", lag, " s of at most 30 s: waiting for a second look at the name servers of example.com"},
		"nobody in vain": {"198.51.100.53", "behaves: [truncate]", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := lab.Load("lab", []byte(lookedUp+"name_servers: [{address: "+test.address+", "+test.habit+"}]\n"))
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
					strings.NewReader("Serial numbers do not match\n"), &stdout, stderr, app.Env{Context: t.Context(), Dialer: internet})
				internet.Close()
				synctest.Wait()
				if at, ok := stderr.when("Asking the name servers"); !ok || at > time.Second {
					t.Errorf("what is asked was said at %v (%v)", at, ok)
				}
				if _, ok := stderr.when("mail servers"); ok {
					t.Errorf("no mail server is asked, but: %q", stderr.lines)
				}
				if at, ok := stderr.when(test.want); test.want != "" && (!ok || at > 12*time.Second) {
					t.Errorf("%q came at %v (%v): %q", test.want, at, ok, stderr.lines)
				}
				if _, ok := stderr.when("waiting"); test.want == "" && ok {
					t.Errorf("a wait is shown where nobody waits: %q", stderr.lines)
				}
			})
		})
	}
}

const lookedUp = `
schema: mxverdict/scenario/1
resolver: 203.0.113.1
zones:
  - name: example.com
    servers: [ns1.example.com, ns2.example.com]
    records: |
      example.com.     300 IN MX 10 mail.example.com.
      mail.example.com. 300 IN A 203.0.113.25
      ns1.example.com. 300 IN A 192.0.2.53
      ns2.example.com. 300 IN A 198.51.100.53
`

// Ctrl-C ends a read that would last for ever.
func TestInterruptedWhileReading(t *testing.T) {
	parallel(t)
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

// A run that the user ends before any answer says nothing about his network.
func TestInterruptedBeforeAnyAnswer(t *testing.T) {
	parallel(t)
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
