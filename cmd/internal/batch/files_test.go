package batch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever a source is called, its file lies in the folder of the run, can be written, and is no other source's.
func TestFileOf(t *testing.T) {
	s, _ := openStore(t, t.TempDir())
	defer s.Close()
	long := strings.Repeat("n", 255)
	of := map[string]string{}
	for _, source := range []string{
		"a.txt", "/a.txt", "../a.txt", "../../a.txt", "x/../../a.txt", "..", ".", "/", "root/a.txt", "reports/a.txt", "elsewhere/a.txt",
		"a", "a.text.txt", "a.text.txt/b", "a.text.txt/b/c", "A.TEXT.TXT/b", "line\nbreak", "line\rbreak", "esc\x1b[2J", "nul\x00", "\xff", "\xfe", `"\xff"`,
		long, long[1:], long + "/" + long, long[1:] + "/" + long, strings.Repeat("d/", 1500) + "x", "C:\\a.txt", "con", "mail.mbox#1", "mail.mbox#10", "-rf", "~", "ä.txt",
	} {
		for _, ending := range []string{".text.txt", ".html.html", ".jsonl.jsonl"} {
			name := FileOf(source, ending)
			if other, there := of[name]; there {
				t.Errorf("%q and %q share %q", other, source, name)
			}
			of[name] = source
			if !filepath.IsLocal(name) {
				t.Errorf("%q leads to %q", source, name)
			}
			if err := s.WriteFile(name, []byte(source)); err != nil {
				t.Errorf("%q: %v", source, err)
			}
		}
	}
	for name, source := range of {
		if text, err := os.ReadFile(filepath.Join(s.dir, name)); err != nil || string(text) != source {
			t.Errorf("%q: %q, %v", source, text, err)
		}
	}
	for source, want := range map[string]string{"reports/a.txt": "reports/reports/a.txt.text.txt", "/srv/in/a.txt": "root/srv/in/a.txt.text.txt"} {
		if got := FileOf(source, ".text.txt"); got != want {
			t.Errorf("%s: %s, want %s", source, got, want)
		}
	}
}

// Links in the folder of the results lead nowhere else.
func TestLinksInTheResults(t *testing.T) {
	outside := t.TempDir()
	treasure := filepath.Join(outside, "a.txt")
	os.WriteFile(treasure, []byte("mine"), 0o644)
	dir := t.TempDir()
	for name, to := range map[string]string{"reports": outside, "summary.txt": treasure, temporary: treasure} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	s, _ := openStore(t, dir)
	s.WriteFile("reports/a.txt", []byte("theirs"))
	s.WriteFile("summary.txt", []byte("theirs"))
	s.Close()
	for _, name := range []string{resultsFile, evidenceFile} {
		dir := t.TempDir()
		if err := os.Symlink(treasure, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := Open(dir, "rules"); err == nil {
			t.Errorf("%s is a link, and is used", name)
		}
	}
	if text, _ := os.ReadFile(treasure); string(text) != "mine" {
		t.Errorf("a file elsewhere became %q", text)
	}
}

func TestCell(t *testing.T) {
	for text, want := range map[string]string{
		"=1+1": "'=1+1", " =1": "' =1", "\t@x": "' @x", "\n-x": "' -x", "+1": "'+1", "mail.example.com": "mail.example.com", "": "", "a\x1b[2Jb": "a [2Jb", "\u202ea": " a",
	} {
		if got := cell(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
