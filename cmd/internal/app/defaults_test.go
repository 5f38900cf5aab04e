package app

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// flags are those of a command line after the user's defaults were put before them.
func flags(t *testing.T, env Env, args ...string) ([]string, error) {
	t.Helper()
	if env.Getenv == nil {
		env.Getenv = func(string) string { return "" }
	}
	p := &program{env: env, args: append([]string{"mxverdict"}, args...)}
	p.env.Context = t.Context()
	c, err := arrange(p.commands(), p.args)
	if err != nil {
		t.Fatal(err)
	}
	c, err = p.withSettings(c)
	return c.flags, err
}

// settingsIn is a surrounding with a file of settings and variables.
func settingsIn(t *testing.T, file string, variables map[string]string) Env {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "mxverdict"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "mxverdict", settingsFile), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	return Env{ConfigDir: func() (string, error) { return dir, nil }, Getenv: func(name string) string { return variables[name] }}
}

// A flag goes before the environment, and that before the file; what a command has no flag for is left out.
func TestPrecedence(t *testing.T) {
	const file = "format: json\nresolver: 192.0.2.1\nquiet: yes\ncontrol: [example.net, example.org]\ndeadline: 5m\n"
	env := settingsIn(t, file, map[string]string{"MXVERDICT_RESOLVER": "192.0.2.2", "MXVERDICT_HELO": ""})
	for _, test := range []struct{ args, want string }{
		{"verify", "--resolver=192.0.2.2 --control=example.net --control=example.org --deadline=5m --format=json --quiet=true"},
		{"verify -r 192.0.2.3 --control none", "--deadline=5m --format=json --quiet=true -r 192.0.2.3 --control none"},
		{"verify --quiet=false --deadline=1m", "--resolver=192.0.2.2 --control=example.net --control=example.org --format=json --quiet=false --deadline=1m"},
		{"demo -f text", "--quiet=true -f text"},
		{"parse", "--format=json"},
		{"replay x", "--format=json --quiet=true"},
		{"rules facts", ""},
		{"man", ""},
	} {
		got, err := flags(t, env, strings.Fields(test.args)...)
		want, have := strings.Fields(test.want), slices.Clone(got)
		slices.Sort(want)
		slices.Sort(have)
		if err != nil || !slices.Equal(want, have) {
			t.Errorf("%s: %q, %v, want %s", test.args, got, err, test.want)
		}
	}
	off := settingsIn(t, file, map[string]string{settingsVariable: noSettings})
	if got, err := flags(t, off, "verify"); err != nil || len(got) > 0 {
		t.Errorf("without the file: %q, %v", got, err)
	}
}

// What is wrong with a setting is told with the place where it stands; a mistake there never keeps help away.
func TestSettingsAreStrict(t *testing.T) {
	for file, want := range map[string][]string{
		"format: json\nreslover: 192.0.2.1\n":       {"config.yaml:2:", `did you mean "resolver"`},
		"\nquiet: perhaps\n":                        {"config.yaml, line 2", "yes or no"},
		"\n\nresolver: nonsense\n":                  {"--resolver", "config.yaml, line 3"},
		"format: xml\n":                             {"unknown format", "config.yaml, line 1"},
		"patience: 10\n":                            {"unit", "config.yaml, line 1"},
		"target: example.com\n":                     {`unknown key "target"`},
		"format: json\n---\nformat: text\n":         {"second document"},
		"quiet: no\nrules: nosuch\n":                {"mxverdict/nosuch is no folder", "config.yaml, line 2"},
		strings.Repeat("# long\n", maxSettings/7+1): {"larger than 64 KiB"},
	} {
		env := settingsIn(t, file, nil)
		code, stdout, stderr := ran(env, "verify", "--target", "example.com", "nosuch.txt")
		for _, w := range want {
			if !strings.Contains(strings.ReplaceAll(stderr, "\n", " "), w) || code != exitUsage || stdout != "" {
				t.Errorf("%.40q: exit code %d, %s, want %s", file, code, stderr, w)
			}
		}
		if code, _, stderr := ran(env, "verify", "--help"); code != 0 {
			t.Errorf("%.40q: help ends with %d: %s", file, code, stderr)
		}
	}
	env := settingsIn(t, "", map[string]string{"MXVERDICT_RESOLVER": "nonsense"})
	if _, _, stderr := ran(env, "-t", "example.com", "nosuch.txt"); !strings.Contains(stderr, "the variable MXVERDICT_RESOLVER") {
		t.Error(stderr)
	}
	if _, _, stderr := ran(env, "-t", "example.com", "-r", "nonsense", "nosuch.txt"); strings.Contains(stderr, "MXVERDICT_RESOLVER") {
		t.Errorf("a flag that was given is blamed on the environment: %s", stderr)
	}
	env = settingsIn(t, "quiet: perhaps\n", map[string]string{settingsVariable: "nosuch.yaml"})
	if code, _, stderr := ran(env, "parse"); code != exitUsage || !strings.Contains(stderr, "nosuch.yaml (named by "+settingsVariable+")") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

// A file that a setting names is sought beside the file of settings, wherever the program is started.
func TestPathsInSettings(t *testing.T) {
	env := settingsIn(t, "rules: mine\n", nil)
	dir, _ := env.ConfigDir()
	got, err := flags(t, env, "parse")
	if want := "--rules=" + filepath.Join(dir, "mxverdict", "mine"); err != nil || !slices.Equal(got, []string{want}) {
		t.Errorf("%q, %v, want %s", got, err, want)
	}
	absolute, err := filepath.Abs("mine")
	if err != nil {
		t.Fatal(err)
	}
	for value, want := range map[string]string{absolute: absolute, "~/mine": ""} {
		s := setting{dir: dir}
		if got := s.path(value); !filepath.IsAbs(got) || want != "" && got != want || strings.HasPrefix(got, dir) {
			t.Errorf("%s: %s", value, got)
		}
	}
}

// Each flag that may have a default exists, and its values can be told from mistakes: no row is left behind.
func TestSettablesExist(t *testing.T) {
	found := map[string]bool{}
	everyCommand(func(c *cli.Command, _ string) {
		for _, f := range c.Flags {
			found[f.Names()[0]] = true
		}
	})
	for _, s := range settables {
		if !found[s.flag] {
			t.Errorf("no command has the flag --%s", s.flag)
		}
	}
	if !slices.IsSortedFunc(settables, func(a, b struct{ flag, notOf string }) int { return strings.Compare(a.flag, b.flag) }) {
		t.Error("the list, which users read, is not sorted")
	}
}
