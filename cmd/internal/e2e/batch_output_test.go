package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var hrefs = regexp.MustCompile(`href="([^"]*)"`)

// From the summary a reader gets to the reports and, where there are files of them, to the verdicts on them: the worst first.
func TestBatchSummaryLeadsToReports(t *testing.T) {
	dir := folderOf(t, map[string]string{
		"in/fine.txt": "smtp:203.0.113.1\nFailed To Connect\n", "in/bad & worse #1%20 (2).txt": "smtp:203.0.113.1\nWarning - Does not support TLS.\n", "in/empty.txt": "",
		"in/of.mbox": "From a@example.com Mon Nov 30 10:00:00 2026\n\nsmtp:203.0.113.1\nWarning - Does not support TLS.\n",
	})
	t.Chdir(dir)
	for _, c := range []struct {
		name, out string
		args      []string
	}{
		{"with verdicts", "out", []string{"--each", "html", "--each", "ticket"}}, {"without", "deep/er/out", nil}, {"elsewhere", filepath.Join(t.TempDir(), "out"), []string{"--each", "markdown"}},
	} {
		o, _ := batched(t, quickAndSlow, append([]string{"in", "--out", c.out}, c.args...)...)
		page, err := os.ReadFile(filepath.Join(c.out, "summary.html"))
		if err != nil {
			t.Fatalf("%s: %v: %s", c.name, err, o.stderr)
		}
		met := map[string]int{}
		for _, href := range hrefs.FindAllStringSubmatch(string(page), -1) {
			to, err := url.PathUnescape(href[1])
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(c.out, to)
			text, err := os.ReadFile(file)
			if err != nil || filepath.IsAbs(to) {
				t.Errorf("%s: a link leads to %q: %v", c.name, file, err)
			}
			if strings.HasSuffix(file, ".html") && !strings.HasPrefix(string(text), "<!DOCTYPE html>") {
				t.Errorf("%s: %s is no whole page: %.100s", c.name, file, text)
			}
			met[filepath.Base(file)]++
		}
		verdicts := 0
		for name := range met {
			if strings.HasSuffix(name, ".html.html") || strings.HasSuffix(name, ".markdown.md") {
				verdicts++
			}
		}
		if met["fine.txt"] == 0 || met["bad & worse #1%20 (2).txt"] == 0 || met["of.mbox"] == 0 || met["empty.txt"] == 0 || (verdicts == 3) != (c.args != nil) {
			t.Errorf("%s: the links lead to %v", c.name, met)
		}
		bad, fine := strings.Index(string(page), "bad &amp; worse"), strings.Index(string(page), "fine.txt")
		if bad < 0 || fine < bad {
			t.Errorf("%s: the worst report stands at %d, another at %d", c.name, bad, fine)
		}
	}
}

// A report of which no row is understood is one, as for verify; its sentences are told, the exit code tells of it, and each run looks whether
// somebody knows them by now.
func TestBatchOfUnknownSentences(t *testing.T) {
	dir := folderOf(t, map[string]string{"a.txt": "smtp:203.0.113.1\nWarning - The frob of mail.example.com is 3 years old.\n", "b.txt": "smtp:203.0.113.2\nWarning - The frob of mx.example.net is 12 years old.\n"})
	out := t.TempDir()
	for _, run := range []string{"first", "again"} {
		o, smtp := batched(t, quickAndSlow, dir, "--out", out)
		if got := records(t, out); o.code != 2 || smtp != 0 || len(got) != 2 || !got[0].Again || got[0].Error != "" {
			t.Errorf("%s: exit code %d, %d connections, records %.300v: %s", run, o.code, smtp, got, o.stderr)
		}
	}
	if o, _ := batched(t, quickAndSlow, dir, "--out", out, "--fail-on", "confirmed"); o.code != 0 {
		t.Errorf("nobody asked for it: exit code %d", o.code)
	}
	table, _ := os.ReadFile(filepath.Join(out, "summary.csv"))
	if !regexp.MustCompile(`(?m)^not understood,Warning - The frob of NAME is N years old.*,2,.*[ab]\.txt$`).Match(table) {
		t.Errorf("the summary is %s", table)
	}
	for _, r := range records(t, out) {
		v := run(t, quickAndSlow, "", nil, "verify", "--control", "none", "--format", "jsonl", "--quiet", r.Source)
		var want map[string]any
		if err := json.Unmarshal([]byte(v.stdout), &want); err != nil || v.code != r.Code {
			t.Fatalf("alone: exit code %d, %v", v.code, err)
		}
		if where := differs(comparable(r.Result), comparable(want)); where != "" {
			t.Errorf("not as alone: %s", where)
		}
	}
}

// findingIDs are the IDs of all rows of a run, by report and number. Wherever a row stands in a record, it has the same.
func findingIDs(t *testing.T, list []recorded) map[string]string {
	t.Helper()
	ids := map[string]string{}
	var walk func(source string, document any)
	walk = func(source string, document any) {
		switch d := document.(type) {
		case map[string]any:
			if n, ok := d["n"]; ok {
				id, _ := d["id"].(string)
				if other := ids[fmt.Sprint(source, " ", n)]; id == "" || other != "" && other != id {
					t.Errorf("row %v of %s is %q and %q", n, source, id, other)
				}
				ids[fmt.Sprint(source, " ", n)] = id
			}
			for _, value := range d {
				walk(source, value)
			}
		case []any:
			for _, value := range d {
				walk(source, value)
			}
		}
	}
	for _, r := range list {
		walk(r.Source, r.Result)
	}
	return ids
}

// Each finding has an ID of its own, which is the same in every run, in whatever order and beside whatever the report is judged.
func TestBatchFindingIDs(t *testing.T) {
	const text = "smtp:203.0.113.1\nFailed To Connect\nWarning - Does not support TLS.\nWarning - Frobs are weak.\n"
	dir := folderOf(t, map[string]string{"a.txt": text, "b.txt": text, "c.txt": text + "SMTP TLS OK - Supports TLS.\n"})
	t.Chdir(dir)
	ids := func(out string, paths ...string) map[string]string {
		batched(t, quickAndSlow, append(paths, "--out", out)...)
		return findingIDs(t, records(t, out))
	}
	first, second := ids(t.TempDir(), "a.txt", "b.txt", "c.txt"), ids(t.TempDir(), "c.txt", "./a.txt")
	unique := map[string]bool{}
	for _, id := range first {
		unique[id] = true
	}
	if len(first) != 10 || len(unique) != 10 {
		t.Errorf("%d rows have %d IDs: %v", len(first), len(unique), first)
	}
	maps.DeleteFunc(first, func(row, _ string) bool { return strings.HasPrefix(row, "b.txt") })
	if !maps.Equal(first, second) {
		t.Errorf("in another run %v are %v", first, second)
	}
	writeReport(t, "a.txt", text+"\nOne more line.\n")
	for row, id := range ids(t.TempDir(), "a.txt") {
		if id == first[row] {
			t.Errorf("%s of a changed file is still %s", row, id)
		}
	}
}
