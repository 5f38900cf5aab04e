package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mxverdict/cmd/internal/app"
)

// desk is a terminal at which somebody sits and answers.
type desk struct {
	io.Reader
	shown  bytes.Buffer
	closed bool
}

func (d *desk) Write(b []byte) (int, error) { return d.shown.Write(b) }
func (d *desk) Close() error                { d.closed = true; return nil }

// twoNames is a report that names two domains and says of neither that it is about it.
const twoNames = "Our example.com and example.org give:\nWarning - Does not support TLS.\nSOA Expire Value out of recommended range\n"

// atDesk runs the command where nothing can be tested, which is soon known, with somebody at the terminal.
func atDesk(t *testing.T, ctx context.Context, d *desk, report string, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	// What is wrapped around a stream is no terminal.
	isTerminal := func(stream any) (int, bool) { return 80, stream == any(&stdout) || stream == any(&stderr) }
	env := app.Env{Context: ctx, LoadRules: sharedRules, Terminal: isTerminal,
		OpenTerminal: func() (io.ReadWriteCloser, error) { return d, nil }}
	if d == nil {
		env.OpenTerminal = func() (io.ReadWriteCloser, error) { return nil, os.ErrNotExist }
	}
	args = append([]string{"mxverdict", "verify", "--format", "json", "--quiet", "--control", "none", "--resolver", "127.0.0.1:1",
		"--root-hints", "127.0.0.1", "--dns-port", "1", "--helo", "tester.example.net"}, args...)
	code := app.Run(args, strings.NewReader(report), &stdout, &stderr, env)
	return outcome{code: code, stdout: stdout.String(), stderr: stderr.String()}
}

// Of several names that a report gives no reason to choose between, a person at the terminal chooses. The paste is kept, and he is
// asked once.
func TestQuestion(t *testing.T) {
	parallel(t)
	for _, test := range []struct {
		name, report, answers string
		want                  string // the domain that was tested; "" is none
		asked                 int
	}{
		{"a number", twoNames, "2\n", "example.org", 1},
		{"a name", twoNames, "Mail.Example.net.\n", "mail.example.net", 1},
		{"the number of none, then one", twoNames, "7\n1\n", "example.com", 2},
		{"no name, then one", twoNames, "what?\nexample.net\n", "example.net", 2},
		{"no names to choose from", "Warning - Does not support TLS.\n", "example.net\n", "example.net", 1},
		{"Enter", twoNames, "\n", "", 1},
		{"nobody", twoNames, "", "", 1},
		{"nonsense again and again", twoNames, "a\nb\nc\nd\nexample.com\n", "", 3},
		{"no need", "Our example.com gives:\nWarning - Does not support TLS.\n", "", "example.com", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := &desk{Reader: strings.NewReader(test.answers)}
			o := atDesk(t, t.Context(), d, test.report)
			if got := strings.Count(d.shown.String(), "Enter to give up"); got != test.asked {
				t.Errorf("asked %d times, want %d: %s", got, test.asked, d.shown.String())
			}
			if d.closed != (test.asked > 0) {
				t.Errorf("the terminal is closed: %v", d.closed)
			}
			if test.want == "" {
				if o.code != 2 || !strings.Contains(o.stderr, "-t NAME") || o.stdout != "" {
					t.Errorf("exit code %d: %s%s", o.code, o.stdout, o.stderr)
				}
				return
			}
			var a struct {
				Report struct {
					Target     struct{ Domain string }
					TargetFrom string `json:"target_from"`
					Findings   []struct{ Subject string }
				}
			}
			if err := json.Unmarshal([]byte(o.stdout), &a); err != nil {
				t.Fatalf("%v: %s%s", err, o.stdout, o.stderr)
			}
			from := "question"
			if test.asked == 0 {
				from = "only-name"
			}
			if a.Report.Target.Domain != test.want || a.Report.TargetFrom != from {
				t.Errorf("about %+v", a.Report)
			}
			for _, f := range a.Report.Findings {
				if f.Subject != test.want {
					t.Errorf("a row is about %q", f.Subject)
				}
			}
		})
	}
}

// Nobody is asked in a run of several files, nor where the errors go to a file or no terminal can be opened; the error lists each
// name once.
func TestNobodyIsAsked(t *testing.T) {
	parallel(t)
	file := filepath.Join(t.TempDir(), "report.txt")
	if err := os.WriteFile(file, []byte(twoNames), 0o600); err != nil {
		t.Fatal(err)
	}
	d := &desk{Reader: strings.NewReader("1\n")}
	several := atDesk(t, t.Context(), d, "", file, file)
	if d.shown.Len() > 0 || several.code != 2 || strings.Count(several.stderr, "\n") != 2 {
		t.Errorf("of several: exit code %d, %s%s", several.code, d.shown.String(), several.stderr)
	}
	for name, o := range map[string]outcome{
		"no terminal": atDesk(t, t.Context(), nil, twoNames), "a file": command(t, t.Context(), "verify", file), "several": several,
	} {
		for line := range strings.Lines(o.stderr) {
			if strings.Count(line, "example.org") > 1 {
				t.Errorf("%s: a name twice: %s", name, line)
			}
		}
		if o.code != 2 || !strings.Contains(o.stderr, "example.org") || !strings.Contains(o.stderr, "-t ") {
			t.Errorf("%s: exit code %d: %s", name, o.code, o.stderr)
		}
	}
	if o := atDesk(t, t.Context(), nil, twoNames, "-t", "example.net"); !strings.Contains(o.stdout, `"target_from": "flag"`) {
		t.Errorf("with -t: %s%s", o.stdout, o.stderr)
	}
}

// Ctrl-C ends the program although it waits for an answer.
func TestSignalEndsTheQuestion(t *testing.T) {
	parallel(t)
	silent, writer := io.Pipe()
	defer writer.Close()
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if o := atDesk(t, ctx, &desk{Reader: silent}, twoNames); o.code != 130 {
		t.Errorf("exit code %d: %s", o.code, o.stderr)
	}
}
