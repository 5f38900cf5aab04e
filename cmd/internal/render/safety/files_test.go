package safety

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"mxverdict/cmd/internal/document"
	"mxverdict/cmd/internal/render"
)

// file is the name of a file that leads to it.
func file(s, path string) document.Text {
	return document.Text{{Kind: document.File, Text: s, Link: path}}
}

// onlyPath is a reference in which nothing is markup, nor an address of its own.
var onlyPath = regexp.MustCompile(`^[A-Za-z0-9.%-][A-Za-z0-9.%/-]*$`)

// leadsTo is what a link leads to from the folder https://here.example/run/, as a browser reads it.
func leadsTo(t *testing.T, link string) *url.URL {
	t.Helper()
	to, err := url.Parse(link)
	if err != nil {
		t.Fatalf("%q: %v", link, err)
	}
	return (&url.URL{Scheme: "https", Host: "here.example", Path: "/run/"}).ResolveReference(to)
}

// Whatever a file is called, the link to it leads to that file and stays where the document lies; what is no relative path is no link.
func TestLinksToFiles(t *testing.T) {
	link := map[string]*regexp.Regexp{"html": regexp.MustCompile(`href="([^"]*)"`), "markdown": regexp.MustCompile(`\]\(([^)]*)\)`)}
	for name, attack := range attacks {
		for _, path := range []string{attack, "reports/" + attack + ".txt"} {
			for format, find := range link {
				out := in(t, format, document.Document{Sections: []document.Section{{Title: "X", Blocks: []document.Block{&document.Paragraph{Text: file("there", path)}}}}}, render.Options{})
				found := find.FindStringSubmatch(out)
				if found == nil {
					if !strings.HasPrefix(path, "/") {
						t.Errorf("%s: %s leads nowhere:\n%s", name, format, out)
					}
					continue
				}
				to := leadsTo(t, found[1])
				if want := "/run/" + path; !onlyPath.MatchString(found[1]) || to.Host != "here.example" || to.Scheme != "https" || to.RawQuery+to.Fragment != "" ||
					to.Path != want && !strings.Contains(path, "..") {
					t.Errorf("%s: the link in %s is %q, which leads to %v", name, format, found[1], to)
				}
			}
		}
	}
	for _, path := range []string{"", "/etc/passwd", "//evil.example/x"} {
		for format, find := range link {
			out := in(t, format, document.Document{Sections: []document.Section{{Title: "X", Lead: file("there", path)}}}, render.Options{})
			if found := find.FindString(out); found != "" || !strings.Contains(out, "there") {
				t.Errorf("%s makes %q of %q", format, found, path)
			}
		}
	}
}
