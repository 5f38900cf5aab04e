package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

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
		{"parser/internal/rows", within("mxverdict/parser/internal/container", "mxverdict/parser/internal/format")},
		{"parser/internal/container/document", within("mxverdict/parser/internal/format", "mxverdict/parser/internal/rows")},
		{"parser/internal/container/mail", within("mxverdict/parser/internal/format", "mxverdict/parser/internal/rows")},
		{"parser/internal/format/html", within("mxverdict/parser/internal/container")},
		{"parser/internal/format/json", within("mxverdict/parser/internal/container")},
		{"parser/internal/format/text", within("mxverdict/parser/internal/container")},
		{"rules", within("net/http", "crypto/tls", "mxverdict/parser/internal", "github.com/miekg/dns", "mxverdict/verify/smtpprobe", "mxverdict/verify/dnsprobe")},
		{"rules", func(p string) bool { return p == "net" || p == "mxverdict/parser" || p == "mxverdict/verify" }},
		{"verify/dnsanswer", others("verify/dnsanswer", "verify/evidence", "verify/facts")},
		{"verify/transcript", others("verify/transcript", "verify/evidence", "verify/facts", "verify/internal/lazy")},
		{"verify/spf/record", others("verify/spf/record")},
		{"verify/dkim/record", others("verify/dkim/record")},
		{"verify/messageprobe", others("verify/messageprobe", "verify/evidence", "verify/facts", "verify/internal/lazy")},
		{"verify/bimi/logo", others("verify/bimi/logo")},
		{"verify/bimi/mark", others("verify/bimi/mark", "verify/bimi/logo")},
		{"verify/dnssec", others("verify/dnssec")},
		{"verify", within("mxverdict/rules", "mxverdict/parser", "mxverdict/cmd")},
		{"verify/lab", within("mxverdict/rules", "mxverdict/parser", "mxverdict/cmd", "mxverdict/verify/smtpprobe", "mxverdict/verify/dnsprobe")},
		{"cmd/mxverdict", within("testing", "mxverdict/verify/internal/scene")},
		{"cmd/internal/check", within("mxverdict/cmd/internal/app", "mxverdict/cmd/internal/render", "github.com/urfave/cli", "mxverdict/parser/internal")},
		{"cmd/internal/check/result", within("mxverdict/cmd/internal/app", "mxverdict/cmd/internal/render", "mxverdict/verify/smtpprobe", "mxverdict/verify/dnsprobe")},
		{"cmd/internal/document", within("mxverdict/cmd/internal/app", "mxverdict/cmd/internal/render")},
		{"cmd/internal/render", within("mxverdict/cmd/internal/app")},
	}
	topics := []string{"verify/smtp", "verify/zone", "verify/names", "verify/spf", "verify/mtasts", "verify/dane", "verify/dmarc", "verify/dkim", "verify/message", "verify/bimi", "verify/web", "verify/blocklist", "verify/tlsrpt"}
	probes := within("os/exec", "mxverdict/rules", "mxverdict/parser", "mxverdict/cmd", "mxverdict/verify/lab",
		"mxverdict/verify/dnsprobe", "mxverdict/verify/smtpprobe", "mxverdict/verify/webprobe", "mxverdict/verify/messageprobe", "mxverdict/verify/internal/memnet")
	for _, pkg := range []string{"cmd/internal/document", "cmd/internal/render"} { // what is written down was measured before
		walls = append(walls, wall{pkg, within("mxverdict/verify/dnsprobe", "mxverdict/verify/smtpprobe", "mxverdict/verify/webprobe", "mxverdict/verify/messageprobe",
			"mxverdict/verify/lab", "mxverdict/parser/internal")}, wall{pkg, func(p string) bool {
			return p == "mxverdict/cmd/internal/check" || p == "mxverdict/verify" || p == "mxverdict/parser"
		}})
	}
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
			if only, ok := onlyFor[p]; ok && !slices.Contains(only, pkg) || pkg == "mxverdict/cmd/internal/app" && readsEvidence(p) {
				t.Errorf("%s imports %s", pkg, p)
			}
		}
	}
}

// onlyFor names for some packages the only ones that may import them outside of tests: the command prints, the check judges, a document says
// what there is to say and a format how, and none does the work of another.
var onlyFor = map[string][]string{
	"mxverdict/cmd/internal/app":               {"mxverdict/cmd/mxverdict"},
	"mxverdict/cmd/internal/render":            {"mxverdict/cmd/internal/app"},
	"mxverdict/cmd/internal/document":          {"mxverdict/cmd/internal/app", "mxverdict/cmd/internal/render"},
	"mxverdict/cmd/internal/document/invented": nil,
	"mxverdict/cmd/internal/check":             {"mxverdict/cmd/internal/app"},
}

// sources calls f with every Go file outside tests. What lies in testdata is text, whatever its name.
func sources(t *testing.T, dir string, f func(file, text string)) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(root, dir), func(file string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "testdata" {
			return filepath.SkipDir
		}
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

// What a reporter prints stands in its YAML and nowhere else: sentences, names of tests, footers, lines around a
// transcript, status words, categories, links, hosts. A sentence of three words is sought in every file, comments
// included. A shorter one, or a single word, may mean something else elsewhere; it is sought in the texts of the code
// that reads reports, which must ask the vocabulary instead. The keys of a reporter's JSON, which are not in the YAML,
// may stand there.
func TestNoReporterSentenceInCode(t *testing.T) {
	sentences, words := printed(t)
	if len(sentences) < 150 || len(words) < 150 {
		t.Fatalf("found only %d sentences and %d words; does this test still read the files rightly?", len(sentences), len(words))
	}
	sources(t, ".", func(file, text string) {
		if invented(file) {
			return
		}
		lower := strings.ToLower(text)
		for _, s := range sentences {
			if strings.Contains(lower, strings.ToLower(s)) {
				t.Errorf("%s holds a reporter's sentence: %q", file, s)
			}
		}
	})
	sources(t, "parser", func(file, text string) {
		if invented(file) {
			return
		}
		for _, literal := range literals(t, file, text) {
			for _, w := range words {
				if holdsWord(literal, w) {
					t.Errorf("%s holds %q, which a reporter prints: %q", file, w, literal)
				}
			}
		}
	})
}

// invented tells whether a file is of a package that was made for tests.
func invented(file string) bool { return filepath.Base(filepath.Dir(file)) == "invented" }

// printed lists what the files of all reporters say that reporters print: whole sentences, and what is shorter.
func printed(t *testing.T) (sentences, words []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "rules/reporters/*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no reporter files", err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var node yaml.Node
		if err := yaml.Unmarshal(text, &node); err != nil {
			t.Fatal(err)
		}
		for _, s := range said(&node, "") {
			parts := capture.Split(s, -1)
			for _, part := range parts {
				part = strings.TrimSpace(part)
				little := len(parts) > 1 && strings.ToLower(part) == part && !strings.Contains(part, " ") // "on" between two captures
				switch {
				case strings.Count(part, " ") >= 2:
					sentences = append(sentences, part)
				case strings.ContainsFunc(part, unicode.IsLetter) && len(part) > 1 && !little:
					words = append(words, part)
				}
			}
		}
	}
	slices.Sort(sentences)
	slices.Sort(words)
	return slices.Compact(sentences), slices.Compact(words)
}

// everyday tells a word that means something else in another case ("Failed" in a row, "failed" as the key of a list) from what
// is a reporter's in any ("reported by", "LookupServer").
func everyday(word string) bool {
	return !strings.Contains(word, " ") && (len(word) < 4 || strings.ToLower(word[1:]) == word[1:])
}

var capture = regexp.MustCompile(`\{[a-z_]+\}`)

// ours are the keys of a reporter file whose values are words of this program or of those who wrote the file. What
// stands under any other key, one that is added later included, is the reporter's.
var ours = []string{"schema", "id", "rule", "usual", "status", "where", "source", "seen", "example", "value",
	"ok_at_zero", "asserts", "patience", "clock_zone", "thresholds"}

// said collects the texts under the keys that are not ours.
func said(n *yaml.Node, key string) []string {
	if slices.Contains(ours, key) {
		return nil
	}
	if n.Kind == yaml.ScalarNode {
		return []string{n.Value}
	}
	var out []string
	for i, c := range n.Content {
		switch {
		case n.Kind != yaml.MappingNode:
			out = append(out, said(c, key)...)
		case i%2 == 1:
			out = append(out, said(c, n.Content[i-1].Value)...)
		}
	}
	return out
}

// literals lists the texts of a Go file, the paths of imports and the tags of fields left out.
func literals(t *testing.T, file, text string) []string {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), file, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec, *ast.StructType:
			return false
		case *ast.BasicLit:
			if n.Kind == token.STRING {
				literal, err := strconv.Unquote(n.Value)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, literal)
			}
		}
		return true
	})
	return out
}

// holdsWord tells whether a text holds a word, and not as a part of another: "dkim-signature" and ".txt" are
// neither a command nor a type of record.
func holdsWord(text, word string) bool {
	if !everyday(word) {
		text, word = strings.ToLower(text), strings.ToLower(word)
	}
	first, _ := utf8.DecodeRuneInString(word)
	last, _ := utf8.DecodeLastRuneInString(word)
	letter := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	part := func(r, edge rune) bool { return letter(edge) && (letter(r) || r == '-' || r == '.') }
	for from := 0; ; {
		at := strings.Index(text[from:], word)
		if at < 0 {
			return false
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		behind, _ := utf8.DecodeRuneInString(text[at+len(word):])
		if !part(before, first) && !part(behind, last) {
			return true
		}
		from = at + 1
	}
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
