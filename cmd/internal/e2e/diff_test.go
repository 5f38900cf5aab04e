package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Some servers before and after somebody worked at them.
const (
	serversBefore = `
schema: mxverdict/scenario/1
resolver: 192.0.2.1
smtp:
  - {address: 203.0.113.1, name: repaired.example.com, starttls: false}
  - {address: 203.0.113.2, name: broken.example.com, starttls: true}
  - {address: 203.0.113.3, name: same.example.com, starttls: false}
  - {address: 203.0.113.4, name: silent.example.com, starttls: false}
`
	serversNow = `
schema: mxverdict/scenario/1
resolver: 192.0.2.1
smtp:
  - {address: 203.0.113.1, name: repaired.example.com, starttls: true}
  - {address: 203.0.113.2, name: broken.example.com, starttls: false}
  - {address: 203.0.113.3, name: same.example.com, starttls: false}
  - {address: 203.0.113.4, name: silent.example.com, connect: silent}
`
)

// differing is what a program reads of a comparison.
type differing struct {
	Schema  string
	Summary struct{ Both, Equal int }
	Hosts   []struct {
		Name    string
		Changes map[string]int
	}
	Verdicts []struct {
		Change, Source, Rule, Subject, Rules string
		Before, Now                          *struct {
			ID, Verdict string
			Row         int
		}
		SameContent bool `json:"same_content"`
	}
	Reports []struct{ Change, Source string }
}

// comparedRuns compares two folders by the command.
func comparedRuns(t *testing.T, before, now string) (d differing, o outcome) {
	t.Helper()
	o = command(t, t.Context(), "diff", before, now, "--format", "json")
	if err := json.Unmarshal([]byte(o.stdout), &d); err != nil {
		t.Fatalf("%v: %s%s", err, o.stdout, o.stderr)
	}
	return d, o
}

// The same reports, before and after one server was repaired and another broke: each is told as what it is, what cannot be told any more is no
// repair, and what is as it was is counted only.
func TestDiffOfTwoBatches(t *testing.T) {
	parallel(t)
	missing := func(address string) string { return "smtp:" + address + "\nWarning - Does not support TLS.\n" }
	dir := folderOf(t, map[string]string{"1.txt": missing("203.0.113.1"), "2.txt": missing("203.0.113.2"), "2-again.txt": missing("203.0.113.2"),
		"3.txt": missing("203.0.113.3"), "4.txt": missing("203.0.113.4"), "gone.txt": missing("203.0.113.3"), "empty.txt": ""})
	before, now := filepath.Join(t.TempDir(), "before"), filepath.Join(t.TempDir(), "now")
	batched(t, serversBefore, dir, "--out", before)
	if err := os.Remove(filepath.Join(dir, "gone.txt")); err != nil {
		t.Fatal(err)
	}
	writeReport(t, filepath.Join(dir, "new.txt"), missing("203.0.113.3"))
	writeReport(t, filepath.Join(dir, "empty.txt"), missing("203.0.113.3"))
	batched(t, serversNow, dir, "--out", now)

	d, o := comparedRuns(t, before, now)
	var got []string
	for _, v := range d.Verdicts {
		if got = append(got, v.Change+" "+filepath.Base(v.Source)); v.Rule != "smtp/tls-missing" || v.Rules != "same" && v.Change != "appeared" {
			t.Errorf("%+v", v)
		}
	}
	for _, r := range d.Reports {
		got = append(got, r.Change+" "+filepath.Base(r.Source))
	}
	slices.Sort(got)
	want := []string{"appeared empty.txt", "appeared new.txt", "came 2-again.txt", "came 2.txt", "gone gone.txt", "new new.txt", "repaired 1.txt", "result_now empty.txt", "undecided 4.txt"}
	if !slices.Equal(got, want) || o.code != 1 || d.Schema != "mxverdict/diff/1" || d.Summary.Both != 6 || d.Summary.Equal != 1 {
		t.Errorf("exit code %d, %+v: %q", o.code, d.Summary, got)
	}
	first := d.Verdicts[0]
	if first.Change != "came" || first.Before.Verdict != "false_positive" || first.Now.Verdict != "confirmed" || first.Before.ID != first.Now.ID || first.Now.Row != 1 || !first.SameContent {
		t.Errorf("%+v, before %+v, now %+v", first, first.Before, first.Now)
	}
	if d.Hosts[0].Name != "203.0.113.2" || d.Hosts[0].Changes["came"] != 1 {
		t.Errorf("%+v", d.Hosts)
	}

	text := command(t, t.Context(), "diff", before, now)
	line, _, _ := strings.Cut(text.stdout, "\n")
	if text.code != 1 || !strings.Contains(line, "1 fault came") || !strings.Contains(line, "1 was repaired") || strings.Contains(text.stdout, "203.0.113.3: smtp/tls-missing (Encryption (STARTTLS)); before: confirmed") {
		t.Errorf("exit code %d: %s", text.code, text.stdout)
	}
	back, o := comparedRuns(t, now, before) // what came is repaired, and the other way round
	if o.code != 1 || back.Verdicts[0].Change != "came" || filepath.Base(back.Verdicts[0].Source) == "2.txt" {
		t.Errorf("backwards: exit code %d, %+v", o.code, back.Verdicts)
	}
	if same, o := comparedRuns(t, now, now); o.code != 0 || len(same.Verdicts)+len(same.Reports) != 0 || same.Summary.Equal != 7 {
		t.Errorf("with itself: exit code %d, %+v", o.code, same)
	}
}

// Who accepts a fault does not repair it, and whose acceptance is over has it again.
func TestDiffOfAcceptedFaults(t *testing.T) {
	parallel(t)
	dir := folderOf(t, map[string]string{"1.txt": "smtp:203.0.113.1\nWarning - Does not support TLS.\n"})
	policy := houseFile(t, "accepted:\n  - {rule: smtp/tls-missing, subject: 203.0.113.1, reason: A device of the lab., by: Jane Doe, until: 2027-03-31}\n")
	before, now := filepath.Join(t.TempDir(), "before"), filepath.Join(t.TempDir(), "now")
	batched(t, serversBefore, dir, "--out", before)
	batched(t, serversBefore, dir, "--out", now, "--policy", policy)
	d, o := comparedRuns(t, before, now)
	if o.code != 0 || len(d.Verdicts) != 1 || d.Verdicts[0].Change != "accepted" || d.Verdicts[0].Rules != "may" {
		t.Errorf("exit code %d, %+v: %s", o.code, d.Verdicts, o.stderr)
	}
	if d, o := comparedRuns(t, now, before); o.code != 1 || len(d.Verdicts) != 1 || d.Verdicts[0].Change != "lapsed" {
		t.Errorf("backwards: exit code %d, %+v: %s", o.code, d.Verdicts, o.stderr)
	}
}

// Folders that are no runs are refused before anything is written, and what is wrong is told with the next step.
func TestDiffRefuses(t *testing.T) {
	dir := folderOf(t, map[string]string{"1.txt": okReport(1)})
	out := filepath.Join(t.TempDir(), "out")
	batched(t, serversBefore, dir, "--out", out)
	for _, args := range [][]string{{}, {out}, {out, out, out}, {out, dir}, {dir, out}, {out, filepath.Join(dir, "missing")}, {out, filepath.Join(dir, "1.txt")}, {out, out, "--format", "xml"}} {
		if o := command(t, t.Context(), append([]string{"diff"}, args...)...); o.code != 2 || o.stdout != "" || !strings.Contains(o.stderr, "\n  ") && strings.Count(o.stderr, "\n") < 2 {
			t.Errorf("%q: exit code %d, %q, %q", args, o.code, o.stdout, o.stderr)
		}
	}
	for _, format := range []string{"text", "ticket", "markdown", "jira", "html", "json", "jsonl", "csv"} {
		if o := command(t, t.Context(), "diff", out, out, "--format", format); o.code != 0 || o.stdout == "" {
			t.Errorf("%s: exit code %d, %q, %q", format, o.code, o.stdout, o.stderr)
		}
	}
}
