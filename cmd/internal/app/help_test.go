package app

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/urfave/cli/v2"
)

// everyCommand calls f with each command that a person calls, and its name.
func everyCommand(f func(c *cli.Command, name string)) {
	var walk func(commands []*cli.Command, path string)
	walk = func(commands []*cli.Command, path string) {
		for _, c := range visible(commands) {
			f(c, path+" "+c.Name)
			walk(c.Subcommands, path+" "+c.Name)
		}
	}
	walk((&program{}).commands().Commands, "mxverdict")
}

// ran is the program's answer to a command line, in surroundings of which it knows nothing.
func ran(env Env, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = Run(append([]string{"mxverdict"}, args...), strings.NewReader(""), &out, &errs, env)
	return code, out.String(), errs.String()
}

// Help fits every terminal, shows each flag as it is typed, and is what both ways of asking give.
func TestHelpOfEveryCommand(t *testing.T) {
	code, top, _ := ran(Env{}, "--help")
	pages := map[string]string{"mxverdict": top}
	if code != 0 || strings.Count(top, "\n") > 60 {
		t.Errorf("the first page: exit code %d, %d lines", code, strings.Count(top, "\n"))
	}
	everyCommand(func(c *cli.Command, name string) {
		words := strings.Fields(name)[1:]
		code, page, stderr := ran(Env{}, append(slices.Clone(words), "--help")...)
		if _, other, _ := ran(Env{}, append([]string{"help"}, words...)...); code != 0 || stderr != "" || other != page {
			t.Errorf("%s: exit code %d, %s, and help in front differs: %v", name, code, stderr, other != page)
		}
		pages[name] = page
		for _, f := range c.Flags {
			if !strings.Contains(page, dashed(f.Names()[0])) {
				t.Errorf("the help of %s lacks %s", name, dashed(f.Names()[0]))
			}
		}
		if !strings.Contains(page, "Examples:\n") {
			t.Errorf("the help of %s has no examples", name)
		}
		if len(words) == 1 && !strings.Contains(top, "\n  "+words[0]) {
			t.Errorf("the first page lacks %s", name)
		}
	})
	for name, page := range pages {
		for line := range strings.Lines(page) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 80 {
				t.Errorf("the help of %s has a line of %d columns: %s", name, n, line)
			}
		}
	}
	for _, want := range []string{"  -t, --target NAME ", "--color auto|always|never\n", "(default: 5m) [MXVERDICT_PATIENCE]", "(default: what SPF says)"} {
		if !strings.Contains(pages["mxverdict verify"], want) {
			t.Errorf("the help of verify lacks %q", want)
		}
	}
	if strings.Contains(pages["mxverdict replay"], "MXVERDICT_DEADLINE") {
		t.Error("the deadline of replay is no default of verify's")
	}
}

// Each flag stands in a group, so that none is at the end by accident, and no two flags of a command share a name.
func TestFlagsAreGroupedAndDistinct(t *testing.T) {
	everyCommand(func(c *cli.Command, name string) {
		seen := map[string]bool{"h": true, "help": true, "version": true, "V": true} // of the program itself
		for _, f := range c.Flags {
			if d := f.(documented); d.GetCategory() == groupOther || !slices.Contains(groups, d.GetCategory()) {
				t.Errorf("%s: --%s is in no group", name, f.Names()[0])
			}
			for _, n := range f.Names() {
				if seen[n] {
					t.Errorf("%s: the name %s is given twice", name, n)
				}
				seen[n] = true
			}
		}
	})
}

// An example can be typed: its command exists, and so do its flags.
func TestExamplesAreRight(t *testing.T) {
	app := (&program{}).commands()
	for command, list := range examples() {
		for _, e := range list {
			for line := range strings.Lines(e.command) {
				_, line, found := strings.Cut(line, "mxverdict")
				line, _, _ = strings.Cut(line, "|")
				line, _, _ = strings.Cut(line, ">")
				words := strings.Fields(strings.TrimRight(line, ")\n"))
				c, err := arrange(app, append([]string{"mxverdict"}, words...))
				if !found || err != nil || c.command == nil {
					t.Errorf("%s: %s: %v", command, e.command, err)
					continue
				}
				for _, word := range c.flags {
					if strings.HasPrefix(word, "-") && flagOf(c.command.Flags, word) == nil {
						t.Errorf("%s: %s has no flag %s", e.command, c.name(), word)
					}
				}
			}
		}
		if command != "" && !strings.Contains(list[len(list)-1].command, "mxverdict "+command) && command != "verify" && command != "rules" {
			t.Errorf("no example of %s calls it", command)
		}
	}
}

func TestHelpIsAskedForInManyWays(t *testing.T) {
	_, verify, _ := ran(Env{}, "verify", "--help")
	for _, args := range [][]string{{"report.txt", "-h"}, {"-t", "example.com", "--help"}, {"verify", "--fromat", "--help"}} {
		if code, got, stderr := ran(Env{}, args...); code != 0 || got != verify {
			t.Errorf("%v: exit code %d, %s", args, code, stderr)
		}
	}
	// The value of a flag, and what stands behind two hyphens, asks for nothing.
	for _, args := range [][]string{{"parse", "--format", "--help"}, {"parse", "--", "--help"}, {"help", "pasre"}} {
		if code, stdout, _ := ran(Env{}, args...); code != exitUsage || stdout != "" {
			t.Errorf("%v: exit code %d, %s", args, code, stdout)
		}
	}
}

func TestFold(t *testing.T) {
	for line, want := range map[string][]string{
		"one two three four":                     {"one two", "three four"},
		"  mxverdict -t example.com report.txt":  {"  mxverdict -t example.com report.txt"},
		"Run it: mxverdict -t example.com x.txt": {"Run it:", "mxverdict -t example.com x.txt"},
		"see `mxverdict rules list`, or guess":   {"see", "`mxverdict rules list`,", "or guess"},
		"try it with --patience 5m at once":      {"try it with", "--patience 5m", "at once"},
		"averyveryverylongword in it":            {"averyveryverylongword", "in it"},
		"Ümläute zählen":                         {"Ümläute", "zählen"},
	} {
		if got := fold(line, 11); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func TestManPage(t *testing.T) {
	_, page, _ := ran(Env{}, "man")
	everyCommand(func(c *cli.Command, name string) {
		if !strings.Contains(page, roffText(c.Name)) {
			t.Errorf("the manual page lacks %s", name)
		}
		for _, f := range c.Flags {
			if !strings.Contains(page, roffText(dashed(f.Names()[0]))) {
				t.Errorf("the manual page lacks %s of %s", dashed(f.Names()[0]), name)
			}
		}
	})
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, ".") && !strings.Contains(".TH .nh .ad .SH .SS .PP .TP .B .br .RS .RE .nf .fi", strings.Fields(line)[0]) || strings.HasPrefix(line, "'") {
			t.Errorf("a line begins a request that is none of ours: %s", line)
		}
	}
	if got := roffLine(".x -y \\ 'z' …"); got != `\&.x \-y \e \(aqz\(aq \[u2026]` {
		t.Error(got)
	}
}

func TestIsSubject(t *testing.T) {
	for argument, want := range map[string]bool{
		"example.com": true, "Mail.Example.COM.": true, "192.0.2.1": true, "2001:db8::1": true, "https://example.com/mx": true, "a@example.com": true, "bücher.example": true,
		"report.txt": false, "report": false, "reports/example.com": false, `C:\mail\example.com`: false, "REPORT.TXT": false, "": false, "mail.eml": false,
	} {
		if got := isSubject(argument); got != want {
			t.Errorf("%q: %v", argument, got)
		}
	}
}

func TestVersion(t *testing.T) {
	_, short, _ := ran(Env{}, "--version")
	_, long, _ := ran(Env{}, "version")
	if !strings.HasPrefix(long, short) || short != "mxverdict version "+Version+"\n" || !strings.Contains(long, "catalogue  of 20") {
		t.Errorf("%s%s", short, long)
	}
	build := map[string]string{"vcs.revision": "abc", "vcs.time": "2026-11-30T10:00:00Z", "vcs.modified": "true"}
	if got := commit(build); !strings.HasPrefix(got, "abc of 2026-11-30, with changes") {
		t.Error(got)
	}
	if got := commit(nil); !strings.Contains(got, "not known") {
		t.Error(got)
	}
}

// Hints are folded to the terminal, and to 80 columns where there is none; messages, which programs read too, are a line each.
// No line can be obeyed, wherever foreign text was broken.
func TestHintsAreFolded(t *testing.T) {
	long := strings.Repeat("word ", 30) + "::error::hostile"
	for name, test := range map[string]struct {
		width      int
		isTerminal bool
		say, hint  int
	}{
		"a terminal": {40, true, len(long), 40},
		"none":       {0, false, len(long), 80},
	} {
		var errs bytes.Buffer
		p := &program{stderr: &console{w: &errs}, env: Env{Terminal: func(any) (int, bool) { return test.width, test.isTerminal }}}
		for _, tell := range []struct {
			how  func(...string)
			most int
		}{{p.say, test.say}, {p.hint, test.hint}} {
			errs.Reset()
			tell.how(long)
			longest := 0
			for line := range strings.Lines(errs.String()) {
				longest = max(longest, len(strings.TrimRight(line, "\n")))
				if strings.HasPrefix(strings.TrimSpace(line), "::") {
					t.Errorf("%s: a line begins with a command of a log: %s", name, line)
				}
			}
			if longest > tell.most || longest < tell.most-17 {
				t.Errorf("%s: the longest line has %d columns, want about %d: %s", name, longest, tell.most, errs.String())
			}
		}
	}
}
