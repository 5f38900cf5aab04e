package strict

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// sameNodes tells where two trees differ in what the readers of files look at, or "".
func sameNodes(a, b *yaml.Node) string {
	if a.Kind != b.Kind || a.Style != b.Style || a.ShortTag() != b.ShortTag() || a.Value != b.Value || a.Line != b.Line || len(a.Content) != len(b.Content) {
		return strings.Join([]string{a.Value, a.ShortTag(), b.Value, b.ShortTag()}, "|")
	}
	for i := range a.Content {
		if differs := sameNodes(a.Content[i], b.Content[i]); differs != "" {
			return differs
		}
	}
	return ""
}

// checkPlain demands that a file which is read here is read by yaml.v3 too, into the same nodes. It tells whether it was.
func checkPlain(t *testing.T, text string) bool {
	t.Helper()
	root := readPlain(text)
	if root == nil {
		return false
	}
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("yaml.v3 refuses %q: %v", text, err)
	}
	if differs := sameNodes(doc.Content[0], root); differs != "" {
		t.Fatalf("%q is read otherwise than by yaml.v3, at %s", text, differs)
	}
	return true
}

func TestFilesArePlain(t *testing.T) {
	files, err := filepath.Glob("../../*/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !checkPlain(t, string(data)) && strings.Contains(file, "reporters/") {
			t.Errorf("%s holds something that only yaml.v3 reads: each start of the program takes longer", file)
		}
	}
}

func TestPlain(t *testing.T) {
	for text, want := range map[string]bool{
		"a: b\n":                         true,
		"a: b":                           true,
		"a: b c # d\nb: \"c # d\" # e\n": true,
		"a:   # b\n  - c\n  -   d\n":     true,
		"a: [b, \"c, d\",\n  e]\nf: g\n": true,
		"a:\n  - {b: c, d: [e, f]}\n  - g: h\n    i: j\n": true,
		"a: http://b/c:d\n":   true,
		"# a\n\n\na: ü\n":     true,
		"a: 'b\"'\nc.d: $e\n": true, "a: 'b''c'\n": false,
		"a: >-\n  b\n  c # d\n\n# e\nf:\n  - >-\n    g\n": true,
		"a: >-\n  b\n\n  c\n":                             false, "a: >-\n  b\n   c\n": false, "a: >-\nb: c\n": false, "a: >-\n  b \n": false, "a: >-\n  b": true, "a: >-\n  b\n c: d\n": false,
		"a: |\n  b\n": false,
		"a: b\n  c\n": false,
		"a: \"b  \n  c\"\nd:\n  - {e:\n     f}\n":     true,
		"a: \"b\n\n  c\"\n":                           false,
		"a: \"b \\\"c\\\" \\\\ d\"\ne: []\nf: [{}]\n": true, "a: >-\n b\n  ": false,
		"a: \"\\n\"\n":        false,
		"a: [b c,\n d\n e]\n": false,
		"a: b? c\n":           true, "a: [b?c]\n": false, "a: [b: c]\n": false,
		"a: b: c\n":          false,
		"a:\n- b\n":          false,
		"a:\n":               false,
		"a: &b c\nd: *b\n":   false,
		"a: b\n---\nc: d\n":  false,
		"a: b\n c: d\n":      false,
		"\ta: b\n":           false,
		"a: b\r\nc: d\r\n":   false,
		"a: \xff\n":          false,
		"":                   false,
		"a:\n  - b\n c: d\n": false,
		"- a\n":              false,
	} {
		if got := checkPlain(t, text); got != want {
			t.Errorf("%q is plain: %t", text, got)
		}
	}
}

func FuzzPlain(f *testing.F) {
	files, err := filepath.Glob("../../*/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for part := range slices.Chunk(strings.SplitAfter(string(data), "\n"), 20) {
			f.Add(strings.Join(part, ""))
		}
	}
	f.Add("a:   # b\n  - {c: d, e: [f,\n      g]}\n  - h: i # j\n    k: \"l\"\n")
	f.Fuzz(func(t *testing.T, text string) { checkPlain(t, text) })
}
