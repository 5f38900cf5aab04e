package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"mxverdict/cmd/internal/app"
	"mxverdict/verify/evidence"
)

// What was saved gives the same judgement again.
func TestReplayGivesTheSame(t *testing.T) {
	parallel(t)
	for _, scenario := range []string{delayed, broken, "../../../testdata/scenarios/dkim-broken.yaml"} {
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
	parallel(t)
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

// savedBundle writes a bundle with a report of one row.
func savedBundle(t *testing.T, b evidence.Bundle) string {
	t.Helper()
	b.Schema = evidence.Schema
	b.Report = json.RawMessage(`{"schema":"mxverdict/report/1","source":"-","findings":[{"n":1,"rule":"smtp/tls-missing","status":"warning","subject":"example.com"}]}`)
	text, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "bundle.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// A bundle that holds more than a run records was made up, and is refused before it costs time: the rule of the live run, which touches
// no more either.
func TestReplayRefusesMoreThanARunRecords(t *testing.T) {
	parallel(t)
	b := evidence.Bundle{Targets: []evidence.Target{{Name: "example.com", Kind: "domain", Zone: "example.com"}}}
	for i := range 6000 {
		b.Targets[0].Servers = append(b.Targets[0].Servers, evidence.Server{Name: fmt.Sprintf("ns%d.example.com", i), Address: fmt.Sprintf("198.51.%d.%d", i/250, i%250)})
	}
	for i := range 12_000 {
		b.Exchanges = append(b.Exchanges, evidence.Exchange{Role: evidence.Authoritative, Server: fmt.Sprintf("198.51.%d.%d:53", i%6000/250, i%250), Name: "example.com", Type: "SOA"})
	}
	o := command(t, t.Context(), "replay", savedBundle(t, b))
	if o.code != 2 || o.stdout != "" || !strings.Contains(o.stderr, "no run records") {
		t.Errorf("exit code %d, want 2 and the reason: %s%s", o.code, o.stdout, o.stderr)
	}
	many := `{"schema":"mxverdict/evidence/1","report":{"schema":"mxverdict/report/1","findings":[` + strings.Repeat(`{"status":"ok"},`, 20_000) + `{"status":"ok"}]}}`
	file := filepath.Join(t.TempDir(), "rows.json")
	if err := os.WriteFile(file, []byte(many), 0o600); err != nil {
		t.Fatal(err)
	}
	if o := command(t, t.Context(), "replay", file); o.code != 2 || !strings.Contains(o.stderr, "rows") {
		t.Errorf("a report of twenty thousand rows: exit code %d, want 2: %s", o.code, o.stderr)
	}
}

// What keeps the judge busy ends with the deadline, and with the first signal.
func TestReplayEndsInTime(t *testing.T) {
	parallel(t)
	file := savedBundle(t, evidence.Bundle{Targets: []evidence.Target{{Name: "example.com", Kind: "domain"}}})
	if o := command(t, t.Context(), "replay", "--deadline", "1ns", file); o.code != 2 || o.stdout != "" || !strings.Contains(o.stderr, "--deadline") {
		t.Errorf("after the deadline: exit code %d, want 2 and the flag that gives more: %s%s", o.code, o.stdout, o.stderr)
	}
	if o := command(t, t.Context(), "replay", "--deadline", "0s", file); o.code != 2 {
		t.Errorf("without time: exit code %d, want 2", o.code)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if o := command(t, ended, "replay", file); o.code != 130 || o.stdout != "" {
		t.Errorf("after the signal: exit code %d, want 130: %s%s", o.code, o.stdout, o.stderr)
	}
	if o := command(t, t.Context(), "replay", file); o.code != 0 {
		t.Errorf("in time: exit code %d, want 0: %s", o.code, o.stderr)
	}
}
