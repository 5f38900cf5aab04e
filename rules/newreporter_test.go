package rules

import (
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"gopkg.in/yaml.v3"

	"mxverdict/parser"
)

// newReporter is the file that an author of a reporter begins with.
func newReporter(t *testing.T, name string) string {
	t.Helper()
	id, err := ReporterID(name)
	if err != nil {
		t.Fatal(err)
	}
	text, err := NewReporter(id, name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// switchedOn takes the "#" away from all lines that are switched off.
func switchedOn(text string) string {
	return regexp.MustCompile(`(?m)^( *)#([^ \n]|  )`).ReplaceAllString(text, "$1$2")
}

// The file loads as it stands, whatever the reporter is called, and two of them beside each other; and so it does with every
// line of it switched on.
func TestNewReporterLoads(t *testing.T) {
	for _, name := range []string{"Zone Watch", `It's "fine": 100 % {x} # [a]`, "2026", "null"} {
		text := newReporter(t, name)
		for kind, text := range map[string]string{"as it stands": text, "switched on": switchedOn(text)} {
			other := newReporter(t, "Other Watch")
			l := lint(t, fstest.MapFS{"reporters/new.yaml": {Data: []byte(text)}, "reporters/other.yaml": {Data: []byte(other)}})
			if len(l.Problems()) > 0 {
				t.Errorf("%s, %s: %v\n%s", name, kind, l.Problems(), text)
				continue
			}
			id, _ := ReporterID(name)
			if r := l.Catalogue().reporter(id); r == nil || r.Name != name {
				t.Errorf("%s, %s: the reporter is %+v", name, kind, r)
			}
		}
	}
}

// Its sentences are read as those of the reporter once they are the reporter's.
func TestNewReporterIsRead(t *testing.T) {
	text := changed(t, newReporter(t, "Zone Watch"), "Replace this by the sentence of a bad row", "Zone Watch saw no cipher")
	vocabulary, _, err := LoadVocabulary(fstest.MapFS{"reporters/new.yaml": {Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	rep, err := parser.Parse(strings.NewReader("Careful - Zone Watch saw no cipher\n"), "-", vocabulary)
	if err != nil || len(rep.Findings) != 1 || rep.Findings[0].Rule != "smtp/tls-missing" || rep.Findings[0].Reporter != "zone-watch" {
		t.Errorf("read as %+v, error %v", rep.Findings, err)
	}
}

// Every key that the largest reporter file uses is shown, and stands below or beside a comment.
func TestNewReporterShowsEveryKey(t *testing.T) {
	text := newReporter(t, "Zone Watch")
	shown := keysIn(t, switchedOn(text))
	for key := range keysIn(t, shippedFile(t, "reporters/mxtoolbox.yaml")) {
		if !shown[key] {
			t.Errorf("the key %q is not shown", key)
		}
	}
	explained := false // by the line above
	for line := range strings.Lines(text) {
		comment := strings.Contains(line, "# ")
		if key := regexp.MustCompile(`^#?[a-z_]+:`).FindString(line); key != "" && !explained && !comment && key != "tests:" {
			t.Errorf("no comment explains %s", key)
		}
		explained = strings.TrimSpace(line) != "" && (comment || explained)
	}
}

// keysIn lists the keys of a reporter file at every level; those that are rules or their parameters are left out.
func keysIn(t *testing.T, text string) map[string]bool {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		for i, child := range n.Content {
			if n.Kind != yaml.MappingNode {
				walk(child)
			} else if i%2 == 1 {
				keys[n.Content[i-1].Value] = true
				if n.Content[i-1].Value != "thresholds" {
					walk(child)
				}
			}
		}
	}
	walk(&doc)
	return keys
}

func TestReporterID(t *testing.T) {
	for name, want := range map[string]string{"Zone Watch": "zone-watch", "  MX-Check 2.0! ": "mx-check-2-0", "a": "a"} {
		if id, err := ReporterID(name); id != want || err != nil {
			t.Errorf("%q is %q, %v", name, id, err)
		}
	}
	for _, name := range []string{"", "!?", "Prüfer", "检查", "a\nb", "a\x1b[31m", strings.Repeat("a", 61), "e\u0301"} {
		if id, err := ReporterID(name); err == nil {
			t.Errorf("%q is taken, as %q", name, id)
		}
	}
}

// Who writes an ID with other hyphens means the same reporter, and is to hear that there is a file of it.
func TestReporterThatIsKnown(t *testing.T) {
	c := load(t)
	for id, want := range map[string]string{"mxtoolbox": "mxtoolbox", "mx-toolbox": "mxtoolbox", "mxtool": "", "zone-watch": ""} {
		known, name, file, ok := c.KnownReporter(id)
		if known != want || ok != (want != "") || ok != (name != "" && file == "reporters/"+want+".yaml") {
			t.Errorf("%s: %q %q %q %v", id, known, name, file, ok)
		}
	}
}
