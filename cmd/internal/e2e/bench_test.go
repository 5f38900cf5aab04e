package e2e

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mxverdict/cmd/internal/app"
	"mxverdict/verify/lab"
)

// build makes the program as it is shipped.
func build(b *testing.B) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), "mxverdict")
	out, err := exec.Command("go", "build", "-tags", "urfave_cli_no_docs", "-trimpath", "-ldflags=-s -w", "-o", program, "mxverdict/cmd/mxverdict").CombinedOutput()
	if err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return program
}

// BenchmarkParseProcess is the whole process `mxverdict parse` of a pasted report. Budget: 15 ms.
func BenchmarkParseProcess(b *testing.B) {
	program, report := build(b), filepath.Join(b.TempDir(), "report.txt")
	if err := os.WriteFile(report, []byte(fiveLines), 0o600); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if out, err := exec.Command(program, "parse", report).CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
	}
}

// BenchmarkWallTime is one report against a host that greets late, in real time on a network of 40 ms round trips. The metric is
// the wall time as a multiple of the greeting delay. Budget: 1.05 for the delay of 16 s.
func BenchmarkWallTime(b *testing.B) {
	text, err := os.ReadFile(delayed)
	if err != nil {
		b.Fatal(err)
	}
	for _, delay := range []time.Duration{2 * time.Second, 16 * time.Second} {
		b.Run(delay.String(), func(b *testing.B) {
			s, err := lab.Load("scenario", bytes.Replace(text, []byte("delay: 16s"), []byte("delay: "+delay.String()), 1))
			if err != nil {
				b.Fatal(err)
			}
			start, runs := time.Now(), 0
			for b.Loop() {
				internet, err := s.InMemory()
				if err != nil {
					b.Fatal(err)
				}
				code := app.Run([]string{"mxverdict", "--target", "example.com", "--control", "none", "--quiet", "--resolver", internet.Resolver().String(), "--root-hints", rootHints(internet),
					"--helo", "tester.example.net"}, strings.NewReader(fiveLines), io.Discard, io.Discard, app.Env{Dialer: internet})
				if code != 0 {
					b.Fatalf("exit code %d", code)
				}
				internet.Close()
				runs++
			}
			b.ReportMetric(time.Since(start).Seconds()/float64(runs)/delay.Seconds(), "×delay")
		})
	}
}
