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
	"mxverdict/verify/lab"
)

// recorded is a line of results.jsonl.
type recorded struct {
	ID, Source, Error string
	Code              int
	Again             bool
	Result            map[string]any
	Evidence          *int64
}

// records are the lines of results.jsonl, each of which has to be whole.
func records(t *testing.T, out string) (list []recorded) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(out, "results.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		var r recorded
		if err := json.Unmarshal(line, &r); err != nil || !bytes.HasSuffix(line, []byte("\n")) {
			t.Fatalf("%.200q: %v", line, err)
		}
		list = append(list, r)
	}
	return list
}

// bySource are the last records of the sources, by the last part of their names.
func bySource(list []recorded) map[string]recorded {
	m := map[string]recorded{}
	for _, r := range list {
		m[filepath.Base(r.Source)] = r
	}
	return m
}

// folderOf writes reports into a new folder.
func folderOf(t testing.TB, reports map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range reports {
		writeReport(t, filepath.Join(dir, name), text)
	}
	return dir
}

func writeReport(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// batched runs the command on a scenario in memory; the second result is how many SMTP connections it made.
func batched(t *testing.T, scenario string, args ...string) (o outcome, smtp int) {
	t.Helper()
	if !slices.Contains(args, "--control") {
		args = append([]string{"--control", "none"}, args...)
	}
	o = run(t, scenario, "", func(i *lab.Internet) {
		for _, address := range []string{"203.0.113.25", "203.0.113.1", "203.0.113.2"} {
			smtp += i.Connections(address)
		}
	}, append([]string{"batch", "--quiet"}, args...)...)
	return o, smtp
}

// underWay runs the command on a scenario, looks each second while it runs, and interrupts it after a while.
func underWay(t *testing.T, scenario string, interrupt time.Duration, look func(time.Duration), args ...string) (o outcome) {
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
		ctx, cancel := context.WithTimeout(t.Context(), interrupt)
		defer cancel()
		began, over := time.Now(), make(chan struct{})
		go func() {
			for {
				select {
				case <-time.After(time.Second):
					look(time.Since(began))
				case <-over:
					return
				}
			}
		}()
		var stdout, stderr bytes.Buffer
		o.code = app.Run(append([]string{"mxverdict", "batch", "--control", "none", "--quiet", "--resolver", internet.Resolver().String(), "--root-hints", rootHints(internet),
			"--helo", "tester.example.net"}, args...), strings.NewReader(""), &stdout, &stderr, app.Env{Context: ctx, Dialer: internet, LoadRules: sharedRules})
		o.took, o.stdout, o.stderr = time.Since(began), stdout.String(), stderr.String()
		close(over)
		time.Sleep(time.Minute)
		internet.Close()
		synctest.Wait()
	})
	return o
}
