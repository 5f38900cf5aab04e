package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"mxverdict/cmd/internal/app"
)

// readers are the commands that read files, each with the name of one to read.
func readers(file string) map[string][]string {
	return map[string][]string{
		"verify": {"verify", "--target", "example.com", file}, "parse": {"parse", file}, "replay": {"replay", file},
		"lint": {"rules", "lint", file}, "rules": {"rules", "list", "--rules", filepath.Dir(filepath.Dir(file))},
		"root hints": {"verify", "--target", "example.com", "--resolver", "192.0.2.1", "--root-hints", file, os.DevNull},
	}
}

// The first signal ends the program although it waits for somebody to open the other end of a pipe, or to write into it.
func TestSignalEndsTheWaitForAPipe(t *testing.T) {
	parallel(t)
	for _, name := range []string{"verify", "parse", "replay"} {
		file := pipe(t, filepath.Join(t.TempDir(), "pipe"))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		if o := command(t, ctx, readers(file)[name]...); o.code != 130 || o.stdout != "" {
			t.Errorf("%s of a pipe without a writer: exit code %d, want 130: %s%s", name, o.code, o.stdout, o.stderr)
		}

		file = pipe(t, filepath.Join(t.TempDir(), "pipe"))
		ctx, cancel = context.WithCancel(t.Context())
		go func() {
			w, err := os.OpenFile(file, os.O_WRONLY, 0) // lasts until the command has opened its end
			if err == nil {
				fmt.Fprint(w, " ")
				time.AfterFunc(50*time.Millisecond, cancel)
				t.Cleanup(func() { w.Close() })
			}
		}()
		if o := command(t, ctx, readers(file)[name]...); o.code != 130 || o.stdout != "" {
			t.Errorf("%s of a pipe into which nobody writes on: exit code %d, want 130: %s%s", name, o.code, o.stdout, o.stderr)
		}
		cancel()
	}
}

// A report may come through a pipe, and evidence too, in as many pieces as the writer likes.
func TestPipesAreRead(t *testing.T) {
	parallel(t)
	file := pipe(t, filepath.Join(t.TempDir(), "pipe"))
	go func() {
		if w, err := os.OpenFile(file, os.O_WRONLY, 0); err == nil {
			for _, b := range []byte("Warning - Does not support TLS.\n") {
				w.Write([]byte{b})
			}
			w.Close()
		}
	}()
	if o := command(t, t.Context(), "parse", file); o.code != 0 || !strings.Contains(o.stdout, "smtp/tls-missing") {
		t.Errorf("parse of a pipe: exit code %d: %s%s", o.code, o.stdout, o.stderr)
	}
}

// Files of rules and root hints are regular ones: whatever else bears their name is refused at once, and named.
func TestRuleFilesAreRegular(t *testing.T) {
	parallel(t)
	place := map[string]func(t *testing.T, file string){
		"pipe":   func(t *testing.T, file string) { pipe(t, file) },
		"device": func(t *testing.T, file string) { link(t, "/dev/zero", file) },
		"folder": func(t *testing.T, file string) { mkdir(t, file) },
		"link to a pipe": func(t *testing.T, file string) {
			link(t, pipe(t, filepath.Join(t.TempDir(), "pipe")), file)
		},
		"loop of links": func(t *testing.T, file string) { link(t, file, file) },
		"dangling link": func(t *testing.T, file string) { link(t, file+"-gone", file) },
		"too large": func(t *testing.T, file string) {
			if err := os.WriteFile(file, bytes.Repeat([]byte("# much ado\n"), 1<<20), 0o600); err != nil {
				t.Fatal(err)
			}
		},
	}
	for what, put := range place {
		t.Run(what, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "rules", "catalogue", "house.yaml")
			mkdir(t, filepath.Dir(file))
			put(t, file)
			for _, name := range []string{"lint", "rules", "root hints"} {
				o := command(t, t.Context(), readers(file)[name]...)
				if o.code != 2 || !strings.Contains(o.stderr, "house.yaml") {
					t.Errorf("%s: exit code %d, want 2 and the name of the file: %s", name, o.code, o.stderr)
				}
			}
		})
	}
}

// The folder itself may hold any number of names, and be no folder at all.
func TestRuleFolders(t *testing.T) {
	parallel(t)
	dir := t.TempDir()
	mkdir(t, filepath.Join(dir, "catalogue"))
	for i := range 10_001 {
		if err := os.WriteFile(filepath.Join(dir, "catalogue", fmt.Sprint(i)), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pipes := t.TempDir()
	pipe(t, filepath.Join(pipes, "catalogue"))
	many := t.TempDir()
	mkdir(t, filepath.Join(many, "catalogue"))
	for i := range 10 {
		text := "schema: mxverdict/rules/1\nrules: []\n" + strings.Repeat("# much ado\n", 45_000)
		if err := os.WriteFile(filepath.Join(many, "catalogue", fmt.Sprintf("%d.yaml", i)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for what, dir := range map[string]string{"ten thousand files": dir, "a pipe for a folder": pipes, "no folder": os.DevNull, "more than can be read": many} {
		if o := command(t, t.Context(), "rules", "list", "--rules", dir); o.code != 2 || o.stdout != "" {
			t.Errorf("%s: exit code %d, want 2: %s", what, o.code, o.stderr)
		}
	}
}

// Devices without an end, files without a size, and folders are told apart from reports.
func TestOddInputs(t *testing.T) {
	parallel(t)
	for _, file := range []string{"/dev/zero", os.DevNull, t.TempDir()} {
		for _, name := range []string{"verify", "parse", "replay", "lint"} {
			if o := command(t, t.Context(), readers(file)[name]...); o.code != 2 || o.stdout != "" || !strings.Contains(o.stderr, file) {
				t.Errorf("%s of %s: exit code %d, want 2 and the name of the file: %s", name, file, o.code, o.stderr)
			}
		}
	}
}

// Nothing foreign begins a line on either stream, whoever gives it the name, or makes a terminal obey.
func TestForeignWordsBeginNoLine(t *testing.T) {
	evil := []string{"\n::error ::x", "\r\n::error ::x", "\u2028::error ::x", "::error ::x", "  ::error ::x", "\x1b[31m", "\u202e", "##[error]x", "a\x7fb", "\xff",
		strings.Repeat("a", 5000)}
	for _, word := range evil {
		dir := t.TempDir()
		t.Chdir(dir)
		name := strings.ReplaceAll(word, "/", "_")
		_ = os.WriteFile(name, []byte("nothing\n"), 0o600) // a name that is too long for the system is named all the same
		_ = os.MkdirAll(filepath.Join("rules", "catalogue"), 0o700)
		_ = os.WriteFile(filepath.Join("rules", "catalogue", name+".yaml"), []byte("schema: [\""+"::error ::x"+"\n"), 0o600)
		yaml := filepath.Join(dir, "word.yaml")
		if err := os.WriteFile(yaml, []byte("schema: mxverdict/rules/1\nrules:\n  - {id: house/one, ? "+fmt.Sprintf("%q", word)+" : x}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		bundle := filepath.Join(dir, "bundle.json")
		if err := os.WriteFile(bundle, []byte(fmt.Sprintf(`{"schema":%q}`, strings.ToValidUTF8(word, "?"))), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{
			{"verify", "--target", "example.com", name}, {"parse", name}, {"parse", "--format", "json", name}, {"replay", name}, {"rules", "lint", name}, {"rules", "lint", yaml},
			{"rules", "list", "--rules", "rules"}, {"rules", "list", "--rules", name}, {"rules", "show", word}, {"rules", word}, {"replay", bundle},
			{"verify", "--target", word}, {"verify", "--address", word}, {"verify", "--audience", word}, {"verify", "--lang", word}, {"verify", "--also", word}, {"verify", "--also", "json=nosuch/" + word},
			{"verify", "--also", word + "=out"}, {"verify", "--max-chars", word}, {"rules", "show", "--format", word, "patience"}, {"verify", "--format", word}, {"verify", "--color", word},
			{"verify", "--patience", word}, {"verify", "--" + word}, {"verify", "--resolver", word}, {"verify", "--helo", word},
			{"verify", "--resolver", "192.0.2.1", "--root-hints", word}, {"verify", "--resolver", "192.0.2.1", "--outbound", word}, {"verify", "--save-evidence", word + "/x"},
			{"verify", "--resolver", "192.0.2.1", "--proxy", word}, {"demo", word}, {"rules", "facts", word}, {word},
		} {
			o := command(t, t.Context(), args...)
			for _, line := range strings.Split(o.stdout+o.stderr, "\n") {
				switch trimmed := strings.TrimLeft(line, " "); {
				case strings.HasPrefix(trimmed, "::"), strings.ContainsAny(line, "\r\x1b\u2028\u202e\x7f"), !utf8.ValidString(line), strings.Contains(line, "##["):
					t.Errorf("%q writes the line %q", args, line)
				}
			}
		}
	}
}

func mkdir(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, to, name string) {
	t.Helper()
	if err := os.Symlink(to, name); err != nil {
		t.Fatal(err)
	}
}

// deaf is a pipe whose reader sleeps.
type deaf struct{ asleep chan struct{} }

func (d deaf) Write([]byte) (int, error) {
	<-d.asleep
	return 0, os.ErrClosed
}

// The first signal also ends the wait for somebody who does not take the output; what is known is written to whom listens.
func TestSignalEndsTheWaitForAReader(t *testing.T) {
	parallel(t)
	synctest.Test(t, func(t *testing.T) {
		d := deaf{make(chan struct{})}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel)
		var stderr, stdout bytes.Buffer
		code := app.Run([]string{"mxverdict", "parse"}, strings.NewReader("Warning - Does not support TLS.\n"), d, &stderr, app.Env{Context: ctx, LoadRules: sharedRules})
		if code != 130 {
			t.Errorf("exit code %d, want 130: %s", code, stderr.String())
		}
		ctx2, cancel2 := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel2)
		if code := app.Run([]string{"mxverdict", "rules", "list"}, strings.NewReader(""), d, &stderr, app.Env{Context: ctx2, LoadRules: sharedRules}); code != 130 {
			t.Errorf("a list: exit code %d, want 130", code)
		}
		close(d.asleep)
		code = app.Run([]string{"mxverdict", "rules", "facts"}, strings.NewReader(""), &stdout, &stderr, app.Env{Context: ctx, LoadRules: sharedRules})
		if code != 0 || !strings.Contains(stdout.String(), "smtp.greeting.latency") {
			t.Errorf("exit code %d, and nothing is written to a reader that listens", code)
		}
	})
}
