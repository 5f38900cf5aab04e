package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// threeReports are a report that is right, one that is wrong and one that cannot be read.
func threeReports(t *testing.T) string {
	return folderOf(t, map[string]string{"bad.txt": "smtp:203.0.113.1\nWarning - Does not support TLS.\n", "fine.txt": "smtp:203.0.113.1\nFailed To Connect\n", "empty.txt": ""})
}

// replayedLines are the results that replay gives as lines, by the last part of their sources.
func replayedLines(t *testing.T, args ...string) (map[string]map[string]any, outcome) {
	t.Helper()
	o := command(t, t.Context(), append([]string{"replay", "--format", "jsonl"}, args...)...)
	results := map[string]map[string]any{}
	for line := range strings.Lines(o.stdout) {
		var d map[string]any
		if err := json.Unmarshal([]byte(line), &d); err != nil {
			t.Fatal(err)
		}
		results[filepath.Base(d["report"].(map[string]any)["source"].(string))] = d
	}
	return results, o
}

// What a batch saw can be judged again without a network, all of it or one report; by the same rules nothing changes, and the folder is left
// as it is.
func TestBatchReplayed(t *testing.T) {
	dir, out := threeReports(t), t.TempDir()
	batched(t, quickAndSlow, dir, "--out", out)
	before, err := os.ReadFile(filepath.Join(out, "results.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	want := bySource(records(t, out))
	got, o := replayedLines(t, out)
	if len(got) != 2 || o.code != 1 || !strings.Contains(o.stderr, "1 of 3") {
		t.Errorf("exit code %d, %d results: %s", o.code, len(got), o.stderr)
	}
	for name, result := range got {
		evidence, _ := result["evidence"].(map[string]any)
		if where := differs(comparable(result), comparable(want[name].Result)); where != "" || len(evidence["sessions"].([]any)) != 1 {
			t.Errorf("%s is judged otherwise: %s, evidence %.200v", name, where, evidence)
		}
	}
	for _, only := range []string{want["fine.txt"].Source, want["fine.txt"].ID} {
		if got, o := replayedLines(t, out, "--only", only); len(got) != 1 || got["fine.txt"] == nil || o.code != 0 {
			t.Errorf("only %s: exit code %d, %d results: %s", only, o.code, len(got), o.stderr)
		}
	}
	for name, args := range map[string][]string{"another report": {out, "--only", "fine.txt"}, "two folders": {out, out}, "no batch": {dir}, "a file": {"--only", "x", filepath.Join(dir, "bad.txt")}} {
		if o := command(t, t.Context(), append([]string{"replay"}, args...)...); o.code != 2 || o.stdout != "" || len(strings.Split(o.stderr, "\n")) < 3 {
			t.Errorf("%s: exit code %d: %s%s", name, o.code, o.stdout, o.stderr)
		}
	}
	if after, _ := os.ReadFile(filepath.Join(out, "results.jsonl")); string(after) != string(before) {
		t.Error("the records have changed")
	}
}

// verdictText is the file of the verdict on a report as text, or "".
func verdictText(out, source string) string {
	text, _ := os.ReadFile(filepath.Join(out, "root", source+".text.txt"))
	return string(text)
}

// The verdict on each report has its file in every format that the last run was asked for, whatever an earlier one wrote and a power failure
// left of it; nobody is asked anything for that.
func TestBatchWritesMissingFiles(t *testing.T) {
	dir, out, fresh := threeReports(t), t.TempDir(), t.TempDir()
	bad, fine := filepath.Join(dir, "bad.txt"), filepath.Join(dir, "fine.txt")
	batched(t, quickAndSlow, dir, "--out", fresh, "--each", "text")
	batched(t, quickAndSlow, dir, "--out", out)
	again := func() outcome {
		o, smtp := batched(t, quickAndSlow, dir, "--out", out, "--each", "text")
		if o.code != 1 || smtp > 0 {
			t.Errorf("exit code %d, %d connections: %s", o.code, smtp, o.stderr)
		}
		return o
	}
	again()
	for _, source := range []string{bad, fine} {
		if got, want := verdictText(out, source), verdictText(fresh, source); got != want || got == "" {
			t.Errorf("%s: %s\nof a run that wrote it at once: %s", source, got, want)
		}
	}
	file := filepath.Join(out, "root", bad+".text.txt")
	for name, damage := range map[string]func() error{
		"gone": func() error { return os.Remove(file) }, "empty": func() error { return os.Truncate(file, 0) }, "its end is gone": func() error { return os.Truncate(file, 1<<16) },
		"zeros": func() error { return os.WriteFile(file, make([]byte, 4096), 0o644) },
	} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		again()
		if got, want := verdictText(out, bad), verdictText(fresh, bad); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}

	// Of a verdict by other rules none is written: the file would say something else than the record.
	results := filepath.Join(out, "results.jsonl")
	text, _ := os.ReadFile(results)
	os.WriteFile(results, []byte(strings.ReplaceAll(string(text), `"rules":"`, `"rules":"older`)), 0o644)
	os.Remove(file)
	if o := again(); verdictText(out, bad) != "" || verdictText(out, fine) == "" || !strings.Contains(o.stderr, "other rules") || !strings.Contains(o.stderr, "replay") {
		t.Errorf("by other rules: %q: %s", verdictText(out, bad), o.stderr)
	}
}

// A file tells the verdict that counts, or is not there.
func TestBatchForgetsOutdatedFiles(t *testing.T) {
	dir, out := threeReports(t), t.TempDir()
	bad := filepath.Join(dir, "bad.txt")
	batched(t, quickAndSlow, dir, "--out", out, "--each", "text")
	first := verdictText(out, bad)
	for _, step := range []struct {
		name, text string
		args       []string
		there      bool
	}{
		{"nobody asked for the new one", "smtp:203.0.113.1\nFailed To Connect\n", nil, false}, {"somebody does", "smtp:203.0.113.1\nFailed To Connect\n", []string{"--each", "text"}, true},
		{"it cannot be read any more", "", []string{"--each", "text"}, false},
	} {
		writeReport(t, bad, step.text)
		o, _ := batched(t, quickAndSlow, append([]string{dir, "--out", out}, step.args...)...)
		if got := verdictText(out, bad); got == first || (got != "") != step.there {
			t.Errorf("%s: %q: %s", step.name, got, o.stderr)
		}
	}
	if verdictText(out, filepath.Join(dir, "fine.txt")) == "" {
		t.Error("what has not changed is gone")
	}
}

// In a mailbox only what is new is tested, wherever it was put, and each verdict still stands in the file of its message.
func TestBatchOfMailboxThatGrows(t *testing.T) {
	message := func(n int, row string) string {
		return fmt.Sprintf("From a@example.com Mon Nov 30 10:00:0%d 2026\nMessage-ID: <%d@example.com>\n\nsmtp:203.0.113.1\n%s\n", n, n, row)
	}
	const refused, plain = "Failed To Connect", "Warning - Does not support TLS."
	dir, out := t.TempDir(), t.TempDir()
	mailbox := filepath.Join(dir, "in.mbox")
	verify := func(messages ...string) int {
		t.Helper()
		writeReport(t, mailbox, strings.Join(messages, "\n"))
		o, smtp := batched(t, quickAndSlow, mailbox, "--out", out, "--each", "text")
		if o.code != 1 {
			t.Errorf("exit code %d: %s", o.code, o.stderr)
		}
		return smtp
	}
	verify(message(1, refused), message(2, plain))
	before := records(t, out)
	first := map[string]string{}
	for _, r := range before {
		first[r.Source] = verdictText(out, r.Source)
	}
	if n := verify(message(3, plain), message(1, refused), message(2, plain)); n != 1 || len(records(t, out)) != 3 {
		t.Errorf("with a third in front: %d connections, %d records", n, len(records(t, out)))
	}
	if n := verify(message(2, plain), message(3, plain)); n != 0 || len(records(t, out)) != 3 {
		t.Errorf("without the first: %d connections, %d records", n, len(records(t, out)))
	}
	for source, text := range first {
		if got := verdictText(out, source); got != text || got == "" {
			t.Errorf("%s: the verdict became %s", source, got)
		}
	}
}
