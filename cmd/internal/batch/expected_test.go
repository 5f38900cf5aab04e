package batch

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is expected is what is read then, but for what only a look into each file would show.
func TestExpected(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"reports/1.txt": "a", "reports/1.txt.target": "example.com", "reports/deep/er/2.txt": "b", "reports/.hidden/3.txt": "c", "reports/.4.txt": "d",
		"reports/box.mbox":              strings.Repeat("From a@example.com Mon Nov 30 10:00:00 2026\nSubject: x\n\nFrom here on\n\n", 3),
		"reports/results/results.jsonl": "e", "reports/empty.mbox": "", "other.txt": "f",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		os.MkdirAll(filepath.Dir(path), 0o755)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	named := func() []string {
		return []string{filepath.Join(dir, "reports"), filepath.Join(dir, "other.*"), filepath.Join(dir, "nowhere.txt")}
	}
	results := filepath.Join(dir, "reports", "results")
	read := 0
	for range Inputs(t.Context(), Paths(named()...), Folders{Results: results, Most: 1 << 20}) {
		read++
	}
	if n := Expected(t.Context(), Paths(named()...), results); n != read || n != 8 {
		t.Errorf("%d are expected, %d are read", n, read)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if n := Expected(ended, Paths(named()...), results); n > 3 {
		t.Errorf("it went on to %d after the end", n)
	}
}
