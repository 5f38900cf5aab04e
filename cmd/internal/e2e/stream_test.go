package e2e

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/cmd/internal/app"
	"mxverdict/verify/lab"
)

// noticed is a network that tells of the first connection to an address.
type noticed struct {
	*lab.Internet
	address string
	once    sync.Once
	made    chan struct{}
}

func (n *noticed) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if strings.HasPrefix(address, n.address+":") {
		n.once.Do(func() { close(n.made) })
	}
	return n.Internet.DialContext(ctx, network, address)
}

// behind is a report that is there only after something else was done; an hour is time enough for that.
type behind struct {
	io.Reader
	done <-chan struct{}
}

func (b behind) Read(p []byte) (int, error) {
	select {
	case <-b.done:
		return b.Reader.Read(p)
	case <-time.After(time.Hour):
		return 0, errors.New("nobody did what this report waits for")
	}
}

// Two servers, of which one greets at once and the other after a minute.
const quickAndSlow = `
schema: mxverdict/scenario/1
resolver: 192.0.2.1
smtp:
  - {address: 203.0.113.1, name: quick.example.com}
  - {address: 203.0.113.2, name: slow.example.com, greeting: {delay: 60s}}
`

// streamed runs the command on a quick report in a file, and on a slow one that comes from standard input once somebody connects to an
// address, as the test of the first one does, and is interrupted after a while; 0 is never.
func streamed(t *testing.T, after string, interrupt time.Duration, args ...string) (code int, stdout, stderr *clocked) {
	t.Helper()
	s, err := lab.Load("scenario", []byte(quickAndSlow))
	if err != nil {
		t.Fatal(err)
	}
	quick := reportFile(t, t.TempDir(), "quick", "smtp:203.0.113.1\nFailed To Connect\n")
	synctest.Test(t, func(t *testing.T) {
		internet, err := s.InMemory()
		if err != nil {
			t.Fatal(err)
		}
		ctx := t.Context()
		if interrupt > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, interrupt)
			defer cancel()
		}
		network := &noticed{Internet: internet, address: after, made: make(chan struct{})}
		stdout, stderr = &clocked{start: time.Now()}, &clocked{start: time.Now()}
		code = app.Run(append([]string{"mxverdict", "--control", "none", "--resolver", internet.Resolver().String(), "--root-hints", rootHints(internet), "--helo", "tester.example.net"},
			append(args, quick, "-")...), behind{strings.NewReader("smtp:203.0.113.2\nFailed To Connect\n"), network.made}, stdout, stderr, app.Env{Context: ctx, Dialer: network, LoadRules: sharedRules})
		time.Sleep(2 * time.Hour) // whoever waits for the report yet gives up
		internet.Close()
		synctest.Wait()
	})
	return code, stdout, stderr
}

// The test of a report begins before the next one is read, and its result is written before the test of a slower one behind it is over.
func TestReportsAreAStream(t *testing.T) {
	parallel(t)
	for _, format := range []string{"text", "ticket", "jsonl"} {
		code, stdout, stderr := streamed(t, "203.0.113.1", 0, "--format", format)
		if at, ok := stdout.when("203.0.113.1"); !ok || at > 10*time.Second {
			t.Errorf("%s: the first result was written after %v (%v)", format, at, ok)
		}
		if at, ok := stdout.when("203.0.113.2"); !ok || at < time.Minute || at > 70*time.Second {
			t.Errorf("%s: the second result was written after %v (%v): %v", format, at, ok, stderr.lines)
		}
		if code != 0 {
			t.Errorf("%s: exit code %d: %v", format, code, stderr.lines)
		}
	}
}

// What all reports have in common is said once, and before the wait for the next one.
func TestStreamIsAnnouncedOnce(t *testing.T) {
	parallel(t)
	_, _, stderr := streamed(t, "203.0.113.1", 0)
	said := 0
	for _, line := range stderr.lines {
		said += strings.Count(line, "reply is awaited")
	}
	if at, _ := stderr.when("reply is awaited"); said != 1 || at > time.Second {
		t.Errorf("said %d times, first after %v: %q", said, at, stderr.lines)
	}
}

// In lines, a report that takes a minute holds back none that was named behind it; documents for people come in the order of the reports.
func TestLinesComeAsReportsAreJudged(t *testing.T) {
	parallel(t)
	s, err := lab.Load("scenario", []byte(quickAndSlow))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	slow, quick := reportFile(t, dir, "slow", "smtp:203.0.113.2\nFailed To Connect\n"), reportFile(t, dir, "quick", "smtp:203.0.113.1\nFailed To Connect\n")
	for format, most := range map[string]time.Duration{"jsonl": 10 * time.Second, "text": 70 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			internet, err := s.InMemory()
			if err != nil {
				t.Fatal(err)
			}
			stdout, stderr := &clocked{start: time.Now()}, &clocked{start: time.Now()}
			code := app.Run([]string{"mxverdict", "--control", "none", "--resolver", internet.Resolver().String(), "--root-hints", rootHints(internet), "--helo", "tester.example.net", "--format", format,
				slow, filepath.Join(dir, "missing"), quick}, strings.NewReader(""), stdout, stderr, app.Env{Context: t.Context(), Dialer: internet, LoadRules: sharedRules})
			internet.Close()
			synctest.Wait()
			at, there := stdout.when("203.0.113.1")
			if !there || at > most || most > time.Minute && at < time.Minute {
				t.Errorf("%s: the quick one is told after %v (%v)", format, at, there)
			}
			if at, there := stdout.when("203.0.113.2"); !there || at < time.Minute || at > 70*time.Second {
				t.Errorf("%s: the slow one is told after %v (%v)", format, at, there)
			}
			if at, there := stderr.when("missing"); !there || at > time.Second || code != 2 {
				t.Errorf("%s: the missing one is told after %v (%v), exit code %d", format, at, there, code)
			}
			if format == "jsonl" && (len(stdout.lines) != 2 || strings.Count(stdout.lines[0], "\n") != 1) {
				t.Errorf("%d writes: %.300q", len(stdout.lines), stdout.lines)
			}
		})
	}
}

// Who interrupts a stream has the results that were written already, and those of what was not over, which say so.
func TestStreamInterrupted(t *testing.T) {
	parallel(t)
	code, stdout, stderr := streamed(t, "203.0.113.1", 30*time.Second, "--format", "jsonl")
	if len(stdout.lines) != 2 || !strings.Contains(stdout.lines[0], `"interrupted":false`) || !strings.Contains(stdout.lines[1], `"interrupted":true`) || stdout.at[1] > 31*time.Second {
		t.Errorf("written at %v: %.300q", stdout.at, stdout.lines)
	}
	if at, ok := stderr.when("before it was done"); code != 130 || !ok || at < 30*time.Second {
		t.Errorf("exit code %d, stderr %q", code, stderr.lines)
	}
}

// A report that does not come keeps nobody from the results of those that came, in any format.
func TestInterruptedBeforeTheNextReport(t *testing.T) {
	parallel(t)
	for _, format := range []string{"text", "ticket", "jsonl", "json"} {
		code, stdout, stderr := streamed(t, "203.0.113.9", 30*time.Second, "--format", format)
		if at, ok := stdout.when("203.0.113.1"); !ok || at > 31*time.Second {
			t.Errorf("%s: the result was written after %v (%v)", format, at, ok)
		}
		if _, ok := stderr.when("interrupted"); code != 130 || !ok {
			t.Errorf("%s: exit code %d, stderr %q", format, code, stderr.lines)
		}
	}
}

// screen is a terminal: both streams end on it, and a line that does not end is written over.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

// A result does not begin behind the line of progress that stands on the terminal.
func TestResultsBesideProgress(t *testing.T) {
	parallel(t)
	s, err := lab.Load("scenario", []byte(strings.Replace(quickAndSlow, "quick.example.com}", "quick.example.com, greeting: {delay: 5s}}", 1)))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	quick, slow := reportFile(t, dir, "quick", "smtp:203.0.113.1\nFailed To Connect\n"), reportFile(t, dir, "slow", "smtp:203.0.113.2\nFailed To Connect\n")
	synctest.Test(t, func(t *testing.T) {
		internet, err := s.InMemory()
		if err != nil {
			t.Fatal(err)
		}
		var terminal screen
		app.Run([]string{"mxverdict", "--control", "none", "--resolver", internet.Resolver().String(), "--root-hints", rootHints(internet), "--helo", "tester.example.net", quick, slow},
			strings.NewReader(""), &terminal, &terminal, app.Env{Context: t.Context(), Dialer: internet, LoadRules: sharedRules, Terminal: func(any) (int, bool) { return 100, true }})
		internet.Close()
		synctest.Wait()
		progress := 0
		for line := range strings.Lines(terminal.text.String()) {
			progress += strings.Count(line, "waiting for")
			if _, last, over := strings.Cut(line[strings.LastIndex(line, "\r")+1:], "waiting for"); over && strings.HasSuffix(line, "\n") {
				t.Errorf("something is written behind the line of progress: %q", last)
			}
		}
		if progress < 50 || strings.Count(terminal.text.String(), "203.0.113.1") < 2 {
			t.Errorf("%d lines of progress: %q", progress, terminal.text.String())
		}
	})
}
