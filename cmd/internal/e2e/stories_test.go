package e2e

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var (
	record = flag.Bool("record", false, "test the stories anew in the lab and save their evidence")
	update = flag.Bool("update", false, "write what the stories look like instead of comparing it")
)

// stories holds reports as customers send them, in a folder each: what they pasted, the evidence of the test, and what they are told about it
// in every format.
const stories = "../../../testdata/stories"

// story is a report and the world that it is about.
type story struct {
	name, scenario string
	args           []string
}

func theStories(t *testing.T) []story {
	file := func(name string) string { return scenarioFile(t, "../../../testdata/scenarios/"+name+".yaml") }
	relay := scenarioFile(t, "../../../testdata/scenarios/open-relay.yaml")
	return []story{
		{"greeting-delay", scenarioFile(t, delayed), nil},
		{"no-encryption", file("broken-host"), nil},
		{"other-name", file("broken-host"), nil},
		{"relay-undecided", strings.Replace(relay, "relays: valid", "relays: everywhere", 1), nil},
		{"network-closed", controlled([]string{"203.0.113.21"}, [][]string{{"203.0.113.98"}}, refused("203.0.113.21"), refused("203.0.113.98")), []string{"--control", "a.test"}},
		{"spf-lookups", file("spf-broken"), nil},
		{"dmarc-three-times", domain(complete+"\n_dmarc.example.com. 300 IN TXT \"v=DMARC1; p=none\"", "", ""), nil},
		{"list-refuses", file("blocklist-refused"), nil},
		{"all-ok", scenarioFile(t, delayed), nil},
		{"all-confirmed", file("delegation-broken"), nil},
		{"two-domains", domain(complete+"\nexample.com. 300 IN A 203.0.113.25", "", ""), nil},
		{"not-understood", scenarioFile(t, delayed), nil},
	}
}

// look is a format, and the file that holds what a story looks like in it.
type look struct {
	file string
	args []string
}

// looks are the formats, and the files that hold what a story looks like in them.
var looks = []look{
	{"text.txt", []string{"--format", "text"}},
	{"evidence.txt", []string{"--format", "text", "-v"}},
	{"log.txt", []string{"--format", "text", "-vv"}},
	{"reply.txt", []string{"--format", "reply"}},
	{"reply.de.txt", []string{"--format", "reply", "--lang", "de"}},
	{"ticket.txt", []string{"--format", "ticket"}},
	{"markdown.md", []string{"--format", "markdown"}},
	{"jira.txt", []string{"--format", "jira"}},
	{"fragment.html", []string{"--format", "html"}},
	{"verdict.json", []string{"--format", "json"}},
}

// What a reader is told about the same evidence changes only where somebody means it to: each change is seen in these files.
func TestStories(t *testing.T) {
	for _, s := range theStories(t) {
		t.Run(s.name, func(t *testing.T) {
			dir := filepath.Join(stories, s.name)
			evidence := filepath.Join(dir, "evidence.json")
			if *record {
				report, err := os.ReadFile(filepath.Join(dir, "report.txt"))
				if err != nil {
					t.Fatal(err)
				}
				if o := inLab(t, s.scenario, string(report), append(s.args, "--save-evidence", evidence)...); o.code == 2 {
					t.Fatal(o.stderr)
				}
			}
			all := looks
			if s.name == "greeting-delay" { // the page holds the fragment, so that one of them is enough
				all = append(slices.Clone(looks), look{"page.html", []string{"--format", "html", "--standalone"}})
			}
			for _, look := range all {
				o := command(t, t.Context(), append([]string{"replay", "--color", "never", evidence}, look.args...)...)
				if o.code == 2 && s.name != "all-ok" {
					t.Fatalf("%s: %s", look.file, o.stderr)
				}
				same(t, filepath.Join(dir, look.file), withoutEvidence(t, look.file, o.stdout))
			}
		})
	}
}

// withoutEvidence leaves out of a result in JSON what lies beside it anyway.
func withoutEvidence(t *testing.T, file, out string) string {
	if !strings.HasSuffix(file, ".json") {
		return out
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	delete(all, "evidence")
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text) + "\n"
}

// same compares a text with a file, or writes it there.
func same(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) == got {
		return
	}
	line, wants, gots := 0, strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for line < min(len(wants), len(gots))-1 && wants[line] == gots[line] {
		line++
	}
	t.Errorf("%s:%d: want %q, got %q (go test -run TestStories -update writes it anew)", file, line+1, wants[line], gots[line])
}
