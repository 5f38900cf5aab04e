package safety

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"mxverdict/cmd/internal/document"
	"mxverdict/cmd/internal/render"
)

// dialect is GFM with what other dialects add.
var dialect = goldmark.New(goldmark.WithExtensions(extension.GFM, extension.Footnote, extension.DefinitionList))

// readMarkdown is what a parser makes of Markdown: each element by its kind, and the text, white space left out. Code is shown apart: its
// texts are returned too, and what stands outside, in which desks look for mentions.
func readMarkdown(t *testing.T, source string) (read string, spans []string, outside string) {
	t.Helper()
	raw := []byte(source)
	var out, rest strings.Builder
	inLink := false
	walk := func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if n.Kind() == ast.KindLink {
			inLink = entering
		}
		if !entering {
			switch n.Kind() {
			case ast.KindText, ast.KindString, ast.KindCodeSpan, ast.KindHTMLBlock, ast.KindRawHTML:
			default:
				out.WriteString("⟨/" + n.Kind().String() + "⟩")
				rest.WriteString(" ")
			}
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			out.Write(unescape(n.Segment.Value(raw)))
			if !inLink { // where nobody looks
				rest.Write(unescape(n.Segment.Value(raw)))
			}
			if n.SoftLineBreak() || n.HardLineBreak() {
				out.WriteString("⟨break⟩")
			}
			return ast.WalkContinue, nil
		case *ast.String:
			out.Write(n.Value)
			rest.Write(n.Value)
			return ast.WalkContinue, nil
		case *ast.CodeSpan:
			span := ""
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				span += string(c.(*ast.Text).Segment.Value(raw))
			}
			spans = append(spans, span)
			out.WriteString(span)
			rest.WriteString("\x00")
			return ast.WalkSkipChildren, nil
		case *ast.HTMLBlock:
			for i := range n.Lines().Len() {
				line := n.Lines().At(i)
				tree, words := readHTML(t, string(line.Value(raw)), true)
				out.WriteString("⟨html⟩" + tree)
				rest.WriteString(" " + words + " ")
			}
			return ast.WalkContinue, nil
		case *ast.Link:
			to := string(n.Destination)
			if onlyPath.MatchString(to) {
				to = "file"
			}
			out.WriteString("⟨" + n.Kind().String() + " " + to + "⟩")
			return ast.WalkContinue, nil
		}
		out.WriteString("⟨" + n.Kind().String() + "⟩")
		if n.Type() == ast.TypeBlock && n.IsRaw() {
			for i := range n.Lines().Len() {
				line := n.Lines().At(i)
				out.Write(line.Value(raw))
			}
		}
		return ast.WalkContinue, nil
	}
	root := dialect.Parser().Parse(text.NewReader(raw))
	if err := ast.Walk(root, walk); err != nil {
		t.Fatal(err)
	}
	return bare(out.String()), spans, rest.String()
}

// unescape takes away the backslashes that a parser leaves in its pieces until they are written (CommonMark 0.31 section 2.4).
func unescape(b []byte) []byte { return escapedSign.ReplaceAll(b, []byte("$1")) }

var escapedSign = regexp.MustCompile("\\\\([!-/:-@[-`{-~])")

// lookedFor is what GitHub and GitLab look for in the finished text, outside of code and links.
var lookedFor = regexp.MustCompile(`@[A-Za-z0-9]|#[0-9]|(^|\W)![0-9]|(^|\s)[~%][a-z0-9]|\$|(?i:https?://)|(?i:www\.)|:[a-z+][a-z0-9+]*:|\[\[|GH-[0-9]`)

func checkMarkdown(t *testing.T, d func(string) document.Document, attack string) {
	t.Helper()
	harmless, _, _ := readMarkdown(t, in(t, "markdown", d(word), render.Options{}))
	got, spans, outside := readMarkdown(t, in(t, "markdown", d(attack), render.Options{}))
	compare(t, harmless, got, attack)
	for _, span := range spans {
		if !strings.Contains(shown(attack), bare(span)) {
			t.Errorf("%q became code, and is no part of %q", span, attack)
		}
	}
	if at := lookedFor.FindString(outside); at != "" {
		t.Errorf("%q is looked for in the text of %q", at, attack)
	}
}

// The reader that the writer is held against must see what it is to see.
func TestReaderOfMarkdownSeesMarkup(t *testing.T) {
	for source, kind := range map[string]string{
		"# x": "Heading", "[x](https://y.example)": "Link", "![x](y)": "Image", "*x*": "Emphasis", "<b>x</b>": "RawHTML", "<details>": "details",
		"- x": "List", "> x": "Blockquote", "x https://y.example": "AutoLink", "a@b.example": "AutoLink", "~~x~~": "Strikethrough",
		"|a|b|\n|-|-|\n|c|d|": "Table", "    x": "CodeBlock", "---": "ThematicBreak", "x[^1]\n\n[^1]: y": "Footnote", "- [ ] x": "TaskCheckBox",
	} {
		if read, _, _ := readMarkdown(t, source); !strings.Contains(read, kind) {
			t.Errorf("%q was read as %s", source, read)
		}
	}
	if _, spans, outside := readMarkdown(t, "`x` @root"); fmt.Sprint(spans) != "[x]" || !lookedFor.MatchString(outside) {
		t.Errorf("spans %q, outside %q", spans, outside)
	}
}
