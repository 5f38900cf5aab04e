package safety

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"mxverdict/cmd/internal/document"
	"mxverdict/cmd/internal/render"
)

// attacks are what a stranger may put into a banner, a record, a name, a certificate, a row of a report or a file name.
var attacks = map[string]string{
	"harmless":           "mail.example.com",
	"heading":            "# owned",
	"underline":          "===",
	"rule":               "---",
	"stars":              "***",
	"list":               "- item",
	"plus":               "+ item",
	"ordered":            "1. item",
	"ordered bracket":    "12) item",
	"quotation":          "> quoted",
	"fence":              "``` sh",
	"tildes":             "~~~",
	"long fence":         strings.Repeat("`", 40),
	"ticks":              "a `b` ``c`",
	"one tick":           "`",
	"emphasis":           "*a* _b_ **c** __d__ ~~e~~ ~f~",
	"emphasis in words":  "a*b*c d_e_f",
	"link":               "[click](https://evil.example/)",
	"link reference":     "[click]: https://evil.example/",
	"definition in code": "@x]:y",
	"collapsed":          "[click][] [click][x]",
	"image":              "![x](https://evil.example/a.png)",
	"autolink":           "<https://evil.example/>",
	"bare address":       "see https://evil.example/x?a=b&c=d, or http://evil.example.",
	"www":                "(www.evil.example) WWW.EVIL.EXAMPLE",
	"mail":               "root@evil.example, <a@b.example>",
	"mailto":             "mailto:x@evil.example xmpp:a@b.example",
	"mention":            "@root @org/team (@root) x@root",
	"issue":              "#1 a/b#2 GH-3 PROJ-4 !5 &6 ~label %7 $8 [[page]]",
	"commit":             "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3 deadbeef1",
	"emoji":              ":smile: :+1: 12:34:56",
	"formula":            "$x^2$ $$y$$ $`z`$",
	"footnote":           "[^1] and [^1]: note",
	"task":               "[x] done",
	"contents":           "[TOC] [[_TOC_]]",
	"definition":         ": definition",
	"desk command":       "/close",
	"table":              "a | b || c |",
	"table row":          "| --- | --- |",
	"backslash bar":      `a\|b c:\d|e @x\|y ` + "`\\|`",
	"backslashes":        `C:\temp \\server \* \_ \`,
	"entities":           "&lt;b&gt; &#64;root &copy; AT&T &amp;",
	"element":            "<b>x</b><br/>",
	"script":             "<script>document.title='owned'</script>",
	"image element":      `<img src=x onerror="document.title='owned'">`,
	"closing":            "</details></summary></pre></code></td></tr></table></ul></p>",
	"unclosed comment":   "<!-- x",
	"comment":            "<!-- x -->",
	"instruction":        "<?php x ?> <![CDATA[ x ]]>",
	"lone bracket":       "MAIL FROM:<x> 1 < 2",
	"attribute":          `" style="x" onclick='y`,
	"protocol":           "javascript:alert(1) data:text/html,x",
	"macro":              "{html}x{html} {code} {panel} {color:red}",
	"end of verbatim":    "x {noformat} *owned* {noFormat:title=x}",
	"braces":             "{{x}} ${x} {% x %}",
	"wiki link":          "[x|https://evil.example] [~root] [^file.txt] [#anchor]",
	"wiki image":         "!https://evil.example/a.png! !a.png|thumbnail!",
	"wiki text":          "*a* _b_ ??c?? -d- +e+ ^f^ ~g~ {{h}}",
	"wiki heading":       "h1. owned",
	"wiki quotation":     "bq. owned",
	"wiki lists":         "# a",
	"wiki break":         `a\\b`,
	"wiki rule":          "----",
	"wiki dashes":        "a -- b --- c",
	"faces":              ":) :( :P :D ;) (y) (n) (i) (/) (x) (!) (*) (flag)",
	"table heads":        "||a||b||",
	"log command":        "::error file=x::owned",
	"log command inside": "x ##[error]owned ##vso[task.setvariable variable=x]y ##teamcity[x]",
	"escape":             "\x1b[2J\x1b]0;owned\a\x9b31m",
	"override":           "abc\u202efed\u2066x\u2069",
	"hidden":             "a\u200bb\ufeffc\u00add",
	"lines":              "a\nb\r\nc\u2028d\x85e",
	"line commands":      "a\n::error::owned\n# owned\n\n    code\n",
	"not UTF-8":          "caf\xe9 \xff\xfe",
	"blanks":             "    indented  twice  ",
	"tab":                "\tindented",
	"no-break":           "\u00a0\u3000x",
	"long word":          strings.Repeat("x", 300),
	"marks only":         "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
	"beyond":             "a😀b",
	"quotes":             "‘x’ “y” – …",
}

// word is where an attack stands in a document that harms nobody.
const word = "zqx"

func foreign(s string) document.Inline { return document.Inline{Kind: document.Foreign, Text: s} }
func ours(s string) document.Inline    { return document.Inline{Kind: document.Ours, Text: s} }
func only(s string) document.Text      { return document.Text{foreign(s)} }
func within(s string) document.Text    { return document.Text{ours("from "), foreign(s), ours(" to")} }
func code(s string) document.Text {
	return document.Text{ours("named "), {Kind: document.Code, Text: s}}
}
func cited(s, to string) document.Text {
	return document.Text{{Kind: document.Citation, Text: s, Link: to}}
}
func split(s string) document.Text {
	i := len(s) / 2
	return document.Text{foreign(s[:i]), ours(""), foreign(s[i:])}
}
func answer(b ...document.Block) document.Section {
	return document.Section{For: document.Customer, Title: "REPLY", Blocks: b}
}

// planted is a document with a text at every place where a writer has running text: at the beginning of a line and inside it, in paragraphs,
// lists, tables, titles of sections, the text of links, code, and in two pieces.
func planted(s string) document.Document {
	return document.Document{Sections: []document.Section{
		answer(&document.Paragraph{Text: only(s)}, &document.Paragraph{Text: within(s)}, &document.Paragraph{Text: split(s)},
			&document.List{Points: []document.Text{only(s), within(s), code(s)}}),
		{For: document.Internal, Mark: document.Strong, Title: "RESULT", Lead: only(s), Blocks: []document.Block{
			&document.Lines{Lines: []document.Line{{Mark: document.Good, Label: "false positive", Text: only(s)}, {Mark: document.Bad, Label: "confirmed", Text: within(s)}, {Text: code(s)},
				{Text: file(s, "reports/"+s)}, {Text: append(within(s), file(s, "reports/"+s)...)}}},
		}},
		{Level: document.Evidence, For: document.Internal, Mark: document.Open, Number: 1, Of: 1, Title: "INCONCLUSIVE", Lead: only(s), Blocks: []document.Block{
			&document.Item{Label: "Subject", Texts: []document.Text{only(s)}},
			&document.Item{Label: "Measured", Texts: []document.Text{only(s), within(s), code(s)}},
			&document.Item{Texts: []document.Text{only(s)}},
			&document.Item{Label: "Source", Texts: []document.Text{cited(s, "https://www.rfc-editor.org/rfc/rfc5321#section-4.2,4.3.1"), cited(s, "javascript:"+s)}},
			&document.Paragraph{Text: code(s)},
		}},
	}}
}

// verbatim is a document with a text at every place where white space counts.
func verbatim(s string) document.Document {
	line := func(who document.Speaker, text document.Text) document.Said {
		return document.Said{Lead: "   0.040 s", Who: who, Text: text}
	}
	return document.Document{Sections: []document.Section{{Level: document.Evidence, For: document.Internal, Title: "SESSION", Lead: document.Text{ours("1")}, Blocks: []document.Block{
		&document.Tree{Title: "Delegation", Branches: []document.Branch{{Word: "zone ", Text: within(s)}, {Depth: 1, Last: true, Word: "at ", Text: only(s)}}},
		&document.Transcript{Lines: []document.Said{line(document.We, only(s)), line(document.Server, only(s)), line(document.Remark, within(s))}},
		&document.Transcript{Lines: []document.Said{line(document.Nobody, only(s))}},
	}}}}
}

// people are the names of all formats for people.
func people() (names []string) {
	for _, f := range render.Formats() {
		if f.ForPeople() {
			names = append(names, f.Name)
		}
	}
	return names
}

// in is a document in a format, to the last line.
func in(t testing.TB, format string, d document.Document, o render.Options) string {
	t.Helper()
	f, ok := render.Named(format)
	if !ok {
		t.Fatalf("no format %s", format)
	}
	o.Level = document.Log
	var out bytes.Buffer
	if err := f.Document(&out, d, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// shown is how a text is to be seen, white space left out.
func shown(s string) string { return bare(render.Clean(s)) }

// bare leaves white space out: where lines are broken is the business of each format.
func bare(s string) string { return strings.Join(strings.Fields(s), "") }

// nothing tells whether a text has nothing to be seen, so that its places are empty and nothing can be compared.
func nothing(s string) bool { return shown(s) == "" }

// compare holds what was read from a document with an attack against what was read from the harmless one.
func compare(t *testing.T, harmless, got, attack string) {
	t.Helper()
	want := strings.ReplaceAll(harmless, word, shown(attack))
	if want == got {
		return
	}
	at := 0
	for at < min(len(want), len(got)) && want[at] == got[at] {
		at++
	}
	from := max(at-60, 0)
	t.Errorf("%q changed the document:\nwant …%q\n got …%q", attack, want[from:min(at+120, len(want))], got[from:min(at+120, len(got))])
}

var (
	logAnywhere = regexp.MustCompile(`##(\[|\pL)`)
	logLine     = regexp.MustCompile(`(?m)^[ \t]*::[A-Za-z]`)
)

// obeyedByAll tells whether a character is obeyed by terminals, editors or readers of logs. The spans are written out.
func obeyedByAll(r rune) bool {
	for _, span := range [][2]rune{{0, 9}, {0xb, 0x1f}, {0x7f, 0x9f}, {0xad, 0xad}, {0x61c, 0x61c}, {0x200b, 0x200f}, {0x2028, 0x202e},
		{0x2060, 0x206f}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xe0000, 0xe0fff}} {
		if r >= span[0] && r <= span[1] {
			return true
		}
	}
	return false
}

// checkEverywhere holds for every format.
func checkEverywhere(t *testing.T, format, out string) {
	t.Helper()
	if !utf8.ValidString(out) {
		t.Errorf("%s is not UTF-8", format)
	}
	if i := strings.IndexFunc(out, obeyedByAll); i >= 0 {
		t.Errorf("%s: %+.12q passed alive", format, out[i:])
	}
	if at := logAnywhere.FindString(out) + logLine.FindString(out); at != "" {
		t.Errorf("%s: a CI runner obeys %q", format, at)
	}
}

// listDash begins a point of our own lists.
var listDash = regexp.MustCompile(`(?m)^- `)

// ticketLine and ticketInline are what help desks obey in plain text. An address of a server in a command ("dig @192.0.2.53") is no mention.
var (
	serverAddress = regexp.MustCompile(`@([0-9][0-9.]*[0-9]|[0-9a-fA-F]*:[0-9a-fA-F:.]+)\b`)
	ticketLine    = regexp.MustCompile("(?m)^[ \\t]*([-#/=*+|~_^`!@:]|(h[1-6]|bq)\\.)")
	ticketInline  = regexp.MustCompile("[<>{}＜＞]|\\]\\(|!\\[|!http|\\[~|```|(^|[^\\pL\\pN])@|[\\x{10000}-\\x{10ffff}]")
)

// checkPlain is what the formats of plain text promise.
func checkPlain(t *testing.T, format, out string) {
	t.Helper()
	out = listDash.ReplaceAllString(out, "")
	for line := range strings.Lines(out) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 76 {
			t.Errorf("%s: %d columns: %q", format, n, line)
		}
	}
	out = serverAddress.ReplaceAllString(out, "")
	if at := ticketInline.FindString(out) + ticketLine.FindString(out); at != "" {
		t.Errorf("%s: a help desk obeys %q in\n%s", format, at, out)
	}
}

// checkAll reads every format of the documents back.
func checkAll(t *testing.T, attack string) {
	t.Helper()
	for _, d := range []func(string) document.Document{planted, verbatim} {
		for _, format := range people() {
			checkEverywhere(t, format, in(t, format, d(attack), render.Options{}))
		}
		checkEverywhere(t, "page", in(t, "html", d(attack), render.Options{Page: true}))
		for _, format := range []string{"reply", "ticket"} {
			checkPlain(t, format, in(t, format, d(attack), render.Options{}))
		}
		if nothing(attack) {
			continue
		}
		checkMarkdown(t, d, attack)
		checkHTML(t, d, attack)
		checkJira(t, d, attack)
	}
}

func TestForeignTextIsShownAndNeverObeyed(t *testing.T) {
	for name, attack := range attacks {
		t.Run(name, func(t *testing.T) { checkAll(t, attack) })
	}
}

func FuzzFormats(f *testing.F) {
	for _, attack := range attacks {
		f.Add(attack)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 400 {
			return
		}
		checkAll(t, s)
	})
}
