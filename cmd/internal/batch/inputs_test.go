package batch

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree makes files, folders of their names included.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// told are inputs in a form that can be compared: "name target: text", or "name: error".
func told(t *testing.T, dir string, targets Targets, paths ...string) (out []string) {
	t.Helper()
	for in := range Inputs(context.Background(), Paths(paths...), Folders{targets, filepath.Join(dir, "results"), 1 << 20}) {
		name := strings.TrimPrefix(in.Source, dir+string(filepath.Separator))
		if in.Err != nil {
			out = append(out, name+": "+in.Err.Error())
			continue
		}
		f, err := in.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(f)
		f.Close()
		out = append(out, strings.TrimSpace(name+" "+in.Target)+": "+string(text))
	}
	return out
}

func TestInputs(t *testing.T) {
	dir := tree(t, map[string]string{
		"a.txt": "A", "deep/er/b.txt": "B", "deep/c.json": "C", "deep/c.json.target": " example.com\n", ".hidden/x": "X", "deep/.swp": "X",
		"mail.mbox": "From a@example.com Mon Nov 30 10:00:00 2026\nSubject: 1\n\none\n\nFrom here on it is a sentence\n\nFrom b@example.com Mon Nov 30 10:00:01 2026 +0100\nSubject: 2\n\n>From quoted\n",
		"none.mbox": "no mailbox",
	})
	if err := os.Symlink(dir, filepath.Join(dir, "deep", "loop")); err != nil {
		t.Fatal(err)
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, c := range []struct {
		paths []string
		want  []string
	}{
		{[]string{in("deep")}, []string{"deep/c.json example.com: C", "deep/er/b.txt: B"}},
		{[]string{in("a.txt"), in("missing"), in("deep/er")}, []string{"a.txt: A", "missing: no such file or directory", "deep/er/b.txt: B"}},
		{[]string{in("*.txt")}, []string{"a.txt: A"}},
		{[]string{in("*.pdf")}, []string{"*.pdf: no file matches this pattern"}},
		{[]string{in("none.mbox")}, []string{"none.mbox: the mailbox holds no message"}},
		{[]string{in("mail.mbox")}, []string{"mail.mbox#8a36abd256f5bafe: Subject: 1\n\none\n\nFrom here on it is a sentence", "mail.mbox#e54f4717cbf3ac88: Subject: 2\n\nFrom quoted"}},
	} {
		if got := told(t, dir, Targets{}, c.paths...); !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.paths, got, c.want)
		}
	}
}

func TestTargets(t *testing.T) {
	targets, err := ReadTargets(strings.NewReader("file,target\n# a remark\nreports/a.txt, example.org\n\"b.txt\",mail.example.net\n"))
	if err != nil {
		t.Fatal(err)
	}
	targets.FromName = true
	for source, want := range map[string]string{
		"reports/a.txt": "example.org", "./reports/a.txt": "example.org", "other/a.txt": "a", "x/b.txt": "mail.example.net",
		"example.com.txt": "example.com", "mail.example.com-2026-11-30.json": "mail.example.com", "r/xn--bcher-kva.example.txt": "xn--bcher-kva.example",
		"example.com (2).html": "example.com", "inbox.mbox#3": "inbox",
	} {
		if got := targets.of(source); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
	for _, list := range []string{"only one\n", "a,b\na,c\n", "\"broken\n", ",x\n"} {
		if _, err := ReadTargets(strings.NewReader(list)); err == nil {
			t.Errorf("%q is taken", list)
		}
	}
}

func TestList(t *testing.T) {
	for list, want := range map[string][]string{
		"a\nb c\r\n\n": {"a", "b c"}, "a\x00b\nc\x00": {"a", "b\nc"}, "b\nc\x00d\r\x00": {"b\nc", "d\r"}, "": nil, "last": {"last"},
	} {
		var got []string
		for path, err := range List(strings.NewReader(list)) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, path)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", list, got, want)
		}
	}
	for _, err := range List(strings.NewReader(strings.Repeat("x", 1<<16))) {
		if err == nil {
			t.Error("a path without end is taken")
		}
	}
}

// What messages make of a mailbox, put together, is the mailbox, and a message that is too large costs only itself.
func TestMessagesAreBounded(t *testing.T) {
	const head = "From a@example.com Mon Nov 30 10:00:00 2026\n"
	var got []string
	for m, err := range Messages(io.MultiReader(strings.NewReader(head), strings.NewReader(strings.Repeat("x", 17<<20)), strings.NewReader("\n\n"+head+"y\n")), 16<<20) {
		if err != nil {
			got = append(got, err.Error())
		} else {
			got = append(got, string(m.Text))
		}
	}
	if want := []string{errLong.Error(), "y"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// A message is named by what it is: neither its neighbours nor its place make another of it, and those that differ have other names.
func TestMessagesKeepTheirNames(t *testing.T) {
	const head = "From a@example.com Mon Nov 30 10:00:00 2026\n"
	one, two, long := head+"Subject: 1\n\none\n", "From b@example.com Mon Nov 30 10:00:01 2026\nSubject: 2\n\ntwo\n", head+strings.Repeat("long ", 1<<12)+"\n"
	names := func(mailbox string) (names []string) {
		for m, _ := range Messages(strings.NewReader(mailbox), 1<<12) {
			names = append(names, m.Name)
		}
		return names
	}
	all := names(one + "\n" + two + "\n" + long)
	if slices.Contains(all, "") || len(slices.Compact(slices.Sorted(slices.Values(all)))) != 3 {
		t.Fatalf("three messages are named %q", all)
	}
	for _, c := range []struct {
		mailbox string
		want    []string
	}{
		{one, all[:1]}, {two + "\n" + one, []string{all[1], all[0]}}, {one + "\n\n" + two + "\n", all[:2]}, {long + "\n" + one + "\n" + one, []string{names(long + "\n" + one)[0], all[0], all[0]}},
		{strings.ReplaceAll(two, "b@", "c@"), all[1:2]},
	} {
		if got := names(c.mailbox); !slices.Equal(got, c.want) {
			t.Errorf("%.100q: named %q, want %q", c.mailbox, got, c.want)
		}
	}
}

func TestMailboxOf(t *testing.T) {
	for source, want := range map[string]string{
		"in.mbox#9f86d081884c7d65": "in.mbox", "a#b/in.mbox#9f86d081884c7d65": "a#b/in.mbox", "in.mbox": "", "in#1.txt": "", "in.mbox#9F86D081884C7D65": "", "#9f86d081884c7d65": "",
	} {
		if got := MailboxOf(source); got != want {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
}

func TestShape(t *testing.T) {
	for text, want := range map[string]string{
		"mail.example.com took 15.6 s": "NAME took N s", "[2001:db8::25] says 550": "[NAME] says N", "No TLS.": "No TLS.",
	} {
		if got := shape(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzMessages(f *testing.F) {
	f.Add("From a@example.com Mon Nov 30 10:00:00 2026\nSubject: 1\n\none\n\nFrom b@example.com Mon Nov 30 10:00:01 2026\n>From x\n")
	f.Fuzz(func(t *testing.T, text string) {
		size := 0
		for m, err := range Messages(strings.NewReader(text), 1<<20) {
			if err != nil {
				t.Fatal(err)
			}
			size += len(m.Text)
		}
		if size > len(text) {
			t.Errorf("%d bytes of messages out of %d", size, len(text))
		}
	})
}
