package safety

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"mxverdict/cmd/internal/document"
	"mxverdict/cmd/internal/render"
)

// allowed are the elements that help desks leave, with their attributes; those of a page are in its head.
var allowed = map[string][]string{
	"p": {"style"}, "h3": nil, "h4": nil, "ul": nil, "li": nil, "table": {"style"}, "tbody": nil, "tr": nil, "td": {"style"}, "th": {"style"},
	"pre": {"style"}, "code": nil, "a": {"href"}, "strong": {"style"}, "b": nil, "details": nil, "summary": nil, "hr": nil,
}

// readHTML is what a parser makes of a fragment: each element with its attributes, and the text, white space left out; and the text that does
// not stand in code. In Markdown, code is our own way to show a word and is left out.
func readHTML(t *testing.T, source string, inMarkdown bool) (tree, outside string) {
	t.Helper()
	nodes, err := html.ParseFragment(strings.NewReader(source), &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		t.Fatal(err)
	}
	var out, rest strings.Builder
	var walk func(n *html.Node, code bool)
	walk = func(n *html.Node, code bool) {
		switch n.Type {
		case html.TextNode:
			out.WriteString(n.Data)
			if !code {
				rest.WriteString(n.Data)
			}
		case html.ElementNode:
			names, ok := allowed[n.Data]
			if !ok {
				t.Errorf("an element %s in %q", n.Data, source)
			}
			inCode := n.Data == "code"
			if !inCode || !inMarkdown {
				out.WriteString("⟨" + n.Data)
				for _, a := range n.Attr {
					if !slices.Contains(names, a.Key) || a.Key == "href" && !strings.HasPrefix(a.Val, "https://") && !onlyPath.MatchString(a.Val) {
						t.Errorf("an attribute %s=%q of %s", a.Key, a.Val, n.Data)
					}
					if a.Key == "href" && onlyPath.MatchString(a.Val) {
						a.Val = "file" // which one is told by TestLinksToFiles
					}
					out.WriteString(" " + a.Key + "=" + a.Val)
				}
				out.WriteString("⟩")
			}
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				walk(c, code || inCode)
			}
			if !inCode || !inMarkdown {
				out.WriteString("⟨/" + n.Data + "⟩")
			}
		default:
			t.Errorf("%q is neither text nor an element", n.Data)
		}
	}
	for _, n := range nodes {
		walk(n, false)
	}
	return bare(out.String()), rest.String()
}

func checkHTML(t *testing.T, d func(string) document.Document, attack string) {
	t.Helper()
	harmless, _ := readHTML(t, in(t, "html", d(word), render.Options{}), false)
	got, _ := readHTML(t, in(t, "html", d(attack), render.Options{}), false)
	compare(t, harmless, got, attack)
}

// A page has what its fragment has, and a head that forbids the rest before anything could be fetched.
func TestPageForbidsEverythingButItsStyle(t *testing.T) {
	attack := attacks["script"] + attacks["image element"] + attacks["closing"]
	page := in(t, "html", planted(attack), render.Options{Page: true})
	head, body, ok := strings.Cut(page, "<main>\n")
	if fragment := in(t, "html", planted(attack), render.Options{}); !ok || !strings.HasPrefix(body, fragment) {
		t.Error("the page does not hold the fragment as it is")
	}
	policy := strings.Index(head, `http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'`)
	if style := strings.Index(head, "<style>"); policy < 0 || policy > style {
		t.Errorf("no policy before all else:\n%s", head)
	}
	for _, forbidden := range []string{"<script", "<link", "url(", "@import", "<svg", "class=", "src="} {
		if strings.Contains(head, forbidden) {
			t.Errorf("the head has %s", forbidden)
		}
	}
}
