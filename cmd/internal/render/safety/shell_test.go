package safety

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"golang.org/x/net/html"

	"mxverdict/cmd/internal/document"
	"mxverdict/cmd/internal/render"
)

// commands are such as verdicts have, and such as names of strangers would make of them.
var commands = []string{
	"dig -x 203.0.113.25",
	"dig +norecurse SOA example.com @192.0.2.53",
	"dig +norecurse SOA example.com @2001:db8::53",
	"dig TXT _mta-sts.example.com @ns1.example.com",
	"true | openssl s_client -starttls smtp -connect '203.0.113.25:25' -servername mail.example.com -verify_return_error",
	`openssl s_client -connect "[2001:db8::25]:25" -starttls smtp`,
	"swaks --server 203.0.113.25 --port 25 --from '<>' --to postmaster@example.com --quit-after RCPT --timeout 300",
	`swaks --server mail.example.com --helo 'it'\''s me' --to "a b"@example.com --header 'X: ` + "`id`" + ` $(id) \ '`,
	"(sleep 300; echo QUIT) | nc 203.0.113.25 25",
	`dig TXT a\ b.example.com one two three four five six seven eight nine ten\ \ eleven twelve thirteen fourteen`,
	`dig TXT ` + strings.Repeat("x", 50) + `\ ` + strings.Repeat("y", 20) + ` +short`,
	"dig '*.example.com' A; dig 'x|y.example.com' MX",
	"curl -sS 'https://mta-sts.a-name-that-takes-the-whole-width-of-a-page.example.com/.well-known/mta-sts.txt'",
	"dig {noformat}.example.com",
	"dig '##[error]x' '::error::x'",
	"dig '<script>.example.com' \"&lt;\" A",
	"dig   with   blanks",
	"dig " + strings.Repeat("x", 300) + ".example.com",
	"dig caf\u00e9.example.com",
	"dig a.example.com\ndig b.example.com",
	"dig \x1b[2J.example.com",
	"dig a\u202eb.example.com",
	"::error::x",
	"dig '```.example.com'",
	"dig a -- b -c *d",
}

// copying is how a reader takes commands out of each format.
var copying = map[string]func(*testing.T, string) string{
	"text":     indented("      "),
	"ticket":   indented("    "),
	"markdown": fenced,
	"jira": func(_ *testing.T, out string) string {
		parts := strings.Split(out, "{noformat}")
		if len(parts) < 3 {
			return ""
		}
		return parts[1]
	},
	"html": pre,
}

// indented takes the lines that are indented under the title, with their indent, as a mouse does.
func indented(by string) func(*testing.T, string) string {
	return func(t *testing.T, out string) string {
		var lines []string
		_, out, _ = strings.Cut(out, "Check it yourself")
		for _, line := range strings.Split(out, "\n")[1:] {
			if strings.HasPrefix(line, by) && !strings.Contains(line, "not shown") && !strings.Contains(line, "format json") {
				lines = append(lines, line)
			}
		}
		return strings.Join(lines, "\n")
	}
}

// fenced takes the text of the first fence.
func fenced(t *testing.T, out string) string {
	code := ""
	root := dialect.Parser().Parse(text.NewReader([]byte(out)))
	if err := ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if block, ok := n.(*ast.FencedCodeBlock); ok && entering {
			code += string(block.Lines().Value([]byte(out)))
		}
		return ast.WalkContinue, nil
	}); err != nil {
		t.Fatal(err)
	}
	return code
}

// pre takes the text of the first pre element.
func pre(t *testing.T, out string) string {
	root, err := html.Parse(strings.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	said := ""
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data == "pre" {
			said += n.Data
		}
	}
	return said
}

// stubs are programs of a folder that write down how they were called, and call nothing.
func stubs(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	// One write for each call: the programs of a pipe write at the same time.
	script := "#!/bin/sh\ncall=${0##*/}\nfor a; do call=\"$call\x1f$a\"; done\nprintf '%s\\036' \"$call\" >>\"$CALLS\"\n"
	for _, name := range []string{"dig", "openssl", "swaks", "nc", "sleep", "curl", "id"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// called is what a shell calls for a text that somebody pastes into it. The programs of a pipe start in any order.
func called(t *testing.T, dir, pasted string) []string {
	t.Helper()
	log := filepath.Join(t.TempDir(), "calls")
	c := exec.Command("/bin/sh", "-c", pasted)
	c.Dir, c.Env = t.TempDir(), []string{"PATH=" + dir, "CALLS=" + log}
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s in %q", err, out, pasted)
	}
	calls, err := os.ReadFile(log)
	if err != nil {
		t.Fatalf("%q calls nothing: %v", pasted, err)
	}
	list := strings.Split(strings.TrimSuffix(string(calls), "\x1e"), "\x1e")
	slices.Sort(list)
	return list
}

var leftOut = regexp.MustCompile(`not shown`)

// What a reader copies does what the verdict's command does, or there is nothing to copy, and that is said.
func TestCommandsAreCopiedAsTheyAreOrNotAtAll(t *testing.T) {
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("no shell here")
	}
	dir := stubs(t)
	survived := map[string]int{}
	for _, command := range commands {
		d := document.Document{Sections: []document.Section{{For: document.Internal, Title: "RESULT", Blocks: []document.Block{&document.Commands{Title: "Check it yourself", Lines: []string{command}}}}}}
		for format, copied := range copying {
			out := in(t, format, d, render.Options{})
			if checkEverywhere(t, format, out); format == "ticket" {
				checkPlain(t, format, out)
			}
			pasted := copied(t, out)
			said := leftOut.MatchString(strings.Join(strings.Fields(out), " "))
			switch {
			case pasted == "" && !said:
				t.Errorf("%s: %q is gone without a word:\n%s", format, command, out)
			case pasted != "" && said:
				t.Errorf("%s: %q is shown and not shown:\n%s", format, command, out)
			case pasted == "":
			case !slices.Equal(called(t, dir, pasted), called(t, dir, command)):
				t.Errorf("%s: %q was copied as\n%s", format, command, pasted)
			default:
				survived[format]++
			}
		}
	}
	for format, least := range map[string]int{"text": 19, "markdown": 19, "html": 19, "jira": 18, "ticket": 11} {
		if survived[format] < least {
			t.Errorf("%s shows %d of %d commands; that is less than it can", format, survived[format], len(commands))
		}
	}
}
