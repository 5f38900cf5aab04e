package app_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

const root = "../../.."

// imports lists the packages that a package needs to be built, tests left out.
func imports(t *testing.T, pkg string) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", pkg).Output()
	if err != nil {
		t.Fatalf("go list %s: %v", pkg, err)
	}
	return strings.Fields(string(out))
}

// The walls between the rooms: what a package may never need.
func TestImports(t *testing.T) {
	const module = "mxverdict/"
	leaf := func(allowed ...string) func(string) bool {
		return func(p string) bool {
			first, _, _ := strings.Cut(p, "/")
			foreign := strings.Contains(first, ".")
			return (strings.HasPrefix(p, module) || foreign) && !slices.Contains(allowed, strings.TrimPrefix(p, module))
		}
	}
	within := func(prefixes ...string) func(string) bool {
		return func(p string) bool {
			return slices.ContainsFunc(prefixes, func(prefix string) bool { return p == prefix || strings.HasPrefix(p, prefix+"/") })
		}
	}
	others := func(allowed ...string) func(string) bool { // of this module
		return func(p string) bool {
			return strings.HasPrefix(p, module) && !slices.Contains(allowed, strings.TrimPrefix(p, module))
		}
	}
	type wall struct {
		pkg       string
		forbidden func(string) bool
	}
	walls := []wall{
		{"verify/facts", leaf("verify/facts")},
		{"verify/evidence", leaf("verify/evidence", "verify/facts")},
		{"parser/report", leaf("parser/report")},
		{"parser", within("mxverdict/verify", "mxverdict/rules", "github.com/miekg/dns")},
		{"rules", func(p string) bool { return p == "net" || p == "mxverdict/parser" || p == "mxverdict/verify" }},
		{"verify/dnsanswer", others("verify/dnsanswer", "verify/evidence", "verify/facts")},
		{"verify/transcript", others("verify/transcript", "verify/evidence", "verify/facts", "verify/internal/lazy")},
		{"verify", within("mxverdict/rules", "mxverdict/parser", "mxverdict/cmd")},
		{"verify/lab", within("mxverdict/rules", "mxverdict/parser", "mxverdict/cmd", "mxverdict/verify/smtpprobe", "mxverdict/verify/dnsprobe")},
		{"cmd/mxverdict", within("testing", "mxverdict/verify/internal/scene")},
		{"cmd/internal/check", within("mxverdict/cmd/internal/app", "mxverdict/cmd/internal/render", "github.com/urfave/cli", "mxverdict/parser/internal")},
		{"cmd/internal/check/result", within("mxverdict/cmd/internal/app", "mxverdict/cmd/internal/render", "mxverdict/verify/smtpprobe", "mxverdict/verify/dnsprobe")},
		{"cmd/internal/render", within("mxverdict/cmd/internal/app", "mxverdict/verify/smtpprobe", "mxverdict/verify/dnsprobe")},
		{"cmd/internal/render", func(p string) bool { return p == "mxverdict/cmd/internal/check" || p == "mxverdict/verify" }},
	}
	topics := []string{"verify/smtp", "verify/zone", "verify/names", "verify/spf", "verify/mtasts", "verify/dane"}
	probes := within("os/exec", "mxverdict/rules", "mxverdict/parser", "mxverdict/cmd", "mxverdict/verify/lab",
		"mxverdict/verify/dnsprobe", "mxverdict/verify/smtpprobe", "mxverdict/verify/webprobe", "mxverdict/verify/internal/memnet")
	for _, pkg := range append(topics, "verify/reading") { // what derives asks nobody, and no topic reads another's facts
		walls = append(walls, wall{pkg, probes}, wall{pkg, func(p string) bool {
			return p == "mxverdict/verify" || p != "mxverdict/"+pkg && slices.Contains(topics, strings.TrimPrefix(p, "mxverdict/"))
		}})
	}
	for _, wall := range walls {
		for _, p := range imports(t, module+wall.pkg) {
			if wall.forbidden(p) {
				t.Errorf("%s needs %s", wall.pkg, p)
			}
		}
	}
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}} {{join .Imports \" \"}}", module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	readsEvidence := within("mxverdict/verify/reading", "mxverdict/verify/dnsanswer", "mxverdict/verify/transcript", "mxverdict/verify/mailpolicy")
	for line := range strings.Lines(string(out)) {
		pkg, needs, _ := strings.Cut(strings.TrimSpace(line), " ")
		for _, p := range strings.Fields(needs) {
			if only := onlyFor[p]; only != "" && pkg != only || pkg == "mxverdict/cmd/internal/app" && readsEvidence(p) {
				t.Errorf("%s imports %s", pkg, p)
			}
		}
	}
}

// onlyFor names for some packages the only one that may import them outside of tests: the command prints, the check judges, and neither
// does the work of the other.
var onlyFor = map[string]string{
	"mxverdict/cmd/internal/app":    "mxverdict/cmd/mxverdict",
	"mxverdict/cmd/internal/render": "mxverdict/cmd/internal/app",
	"mxverdict/cmd/internal/check":  "mxverdict/cmd/internal/app",
}

// sources calls f with every Go file outside tests.
func sources(t *testing.T, dir string, f func(file, text string)) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(root, dir), func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		text, err := os.ReadFile(file)
		f(file, string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Reporters' sentences stand in YAML and nowhere else.
func TestNoReporterSentenceInCode(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "rules/reporters/*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no reporter files", err)
	}
	var sentences []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var node yaml.Node
		if err := yaml.Unmarshal(text, &node); err != nil {
			t.Fatal(err)
		}
		sentences = append(sentences, said(&node)...)
	}
	if len(sentences) < 40 {
		t.Fatalf("found only %d sentences; does this test still read the files rightly?", len(sentences))
	}
	sources(t, ".", func(file, text string) {
		lower := strings.ToLower(text)
		for _, s := range sentences {
			if strings.Contains(lower, s) {
				t.Errorf("%s holds a reporter's sentence: %q", file, s)
			}
		}
	})
}

var capture = regexp.MustCompile(`\{[a-z_]+\}`)

// said collects the literal parts of all says: templates that are long enough to be a sentence.
func said(n *yaml.Node) []string {
	var out []string
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 && n.Content[i-1].Value == "says" {
			for _, part := range capture.Split(c.Value, -1) {
				if part = strings.ToLower(strings.TrimSpace(part)); strings.Count(part, " ") >= 2 {
					out = append(out, part)
				}
			}
		}
		out = append(out, said(c)...)
	}
	return out
}

// Probing measures; it does not judge. And only the command and the renderers print.
func TestNoJudgementInProbes(t *testing.T) {
	label := regexp.MustCompile(`(?i)false[ _]positive|policy[ _]disagreement`)
	sources(t, "verify", func(file, text string) {
		if found := label.FindString(text); found != "" {
			t.Errorf("%s speaks of %q", file, found)
		}
	})
	prints := regexp.MustCompile(`fmt\.Print|os\.Exit|log\.Fatal|os\.Stdout|os\.Stderr`)
	sources(t, ".", func(file, text string) {
		if found := prints.FindString(text); found != "" && !strings.HasSuffix(file, "cmd/mxverdict/main.go") {
			t.Errorf("%s uses %s", file, found)
		}
	})
}
