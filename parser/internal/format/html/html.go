// Package html reads reports that arrive as HTML: saved pages, copied fragments, the body of an HTML mail, the HTML in
// an answer of a reporter's interface. It follows the parsing rules of the HTML Standard (section 13.2, by way of
// golang.org/x/net/html) and writes what a person would copy from the page: a line for each line, a tab between two
// cells of a table, the text of an icon in front of its row. What these lines say is left to package text.
//
// It runs no script, loads nothing, and refuses to read what a browser does not show: scripts, styles, comments,
// templates and hidden elements. A result that a script draws is not in the source; then it says so.
package html

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"mxverdict/parser/internal/format/text"
	"mxverdict/parser/report"
)

// notDrawn tells why a saved page may hold no result, and how to get at the result.
const notDrawn = "no result stands in the source of this page; where a script in the browser draws the result, a " +
	"saved page does not hold it: open the page, wait until the result is shown, select all of it, copy it and paste " +
	"the text"

// LooksLike tells HTML from text in which a few tags stand: HTML begins with a tag, or marks up most of what it says.
func LooksLike(document string) bool {
	const sample = 64 << 10
	head := strings.TrimLeft(document[:min(len(document), sample)], " \t\r\n\ufeff")
	if strings.HasPrefix(head, "<") && beginsPage(head) {
		return true
	}
	parts, closed := 0, false
	for rest := head; ; {
		at := strings.IndexByte(rest, '<')
		if at < 0 {
			return parts >= 4 && closed
		}
		rest = rest[at+1:]
		name, closing := tagName(rest)
		closed = closed || closing
		if kinds[name] == tablePart || name == "html" || name == "body" {
			parts++
		}
	}
}

// beginsPage tells whether a document whose first byte is "<" begins with markup that is known.
func beginsPage(head string) bool {
	for strings.HasPrefix(head, "<?") || strings.HasPrefix(head, "<!--") {
		end := strings.IndexByte(head, '>')
		if strings.HasPrefix(head, "<!--") {
			if end = strings.Index(head, "-->"); end >= 0 {
				end += len("--")
			}
		}
		if end < 0 {
			return true // a comment that fills the sample
		}
		head = strings.TrimLeft(head[end+1:], " \t\r\n")
	}
	if len(head) > 9 && strings.EqualFold(head[:9], "<!doctype") {
		return true
	}
	if !strings.HasPrefix(head, "<") {
		return false
	}
	name, closing := tagName(head[1:])
	k, known := kinds[name]
	return known && !closing && (k == frame || strings.Contains(head, "</"))
}

// tagName reads the name behind "<" or "</", in lower case; "" if none stands there.
func tagName(s string) (name string, closing bool) {
	s, closing = strings.CutPrefix(s, "/")
	end := 0
	for end < len(s) && end < 12 && isLetterOrDigit(s[end]) {
		end++
	}
	if end < len(s) && !strings.ContainsRune(" \t\r\n/>", rune(s[end])) {
		return "", false
	}
	return strings.ToLower(s[:end]), closing
}

// isLetterOrDigit knows what names of elements are made of here; those that pages make up themselves have hyphens and mean nothing.
func isLetterOrDigit(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// Read reads a document of valid UTF-8.
// Lines of findings and notices are those of the source, not of what was made of it: there the reader will look.
func Read(document string, v report.Vocabulary) report.Report {
	b := boneless(document)
	page := content{v: v}
	notices := b.notices
	if err := page.read(b); err != nil {
		notices = append(notices, "the page could not be taken apart: "+err.Error())
	}
	if page.wide {
		notices = append(notices, fmt.Sprintf("a table has more than %d columns; only these were read", maxColumns))
	}
	if page.full {
		notices = append(notices, "the tables of the page are too large; their end was not read")
	}
	lines := page.end()
	rep := text.ReadLinked(pasted(lines), linksOf(lines), v)
	for i, f := range rep.Findings {
		rep.Findings[i].Move(func(n int) int {
			if n < 1 || n > len(lines) {
				return n
			}
			return lines[n-1].sourceOf(f.Text)
		})
	}
	if len(rep.Findings) == 0 && b.scripts {
		notices = append(notices, notDrawn)
	}
	for _, notice := range rep.Notices {
		notices = append(notices, relocate(notice, lines))
	}
	rep.Notices = notices
	return rep
}

// lineNumber is how a notice names a line.
var lineNumber = regexp.MustCompile(`\bline \d+`)

// relocate writes a notice about one of the lines with the number of its source line.
func relocate(notice string, lines []line) string {
	return lineNumber.ReplaceAllStringFunc(notice, func(s string) string {
		n, err := strconv.Atoi(strings.TrimPrefix(s, "line "))
		if err != nil || n < 1 || n > len(lines) {
			return s
		}
		return fmt.Sprintf("line %d", lines[n-1].sourceOf(""))
	})
}

// Text returns the words of a fragment of HTML as one line of text.
func Text(fragment string, v report.Vocabulary) string {
	c := content{v: v}
	if err := c.read(boneless(fragment)); err != nil {
		return ""
	}
	var words []string
	for _, l := range c.end() {
		words = append(words, l.text)
	}
	return strings.Join(words, " ")
}

// read builds the tree of a skeleton and collects its lines.
func (c *content) read(b *skeleton) error {
	tree, err := goquery.NewDocumentFromReader(bytes.NewReader(b.out))
	if err != nil {
		return err
	}
	// What a browser does not show nobody has read, and it may say the opposite of what is shown.
	tree.Find("[hidden]").Remove()
	for _, n := range tree.Nodes {
		c.walk(n)
	}
	c.endLine()
	for i, l := range c.lines {
		if l.marks != "" {
			c.lines[i] = written(c.v, l)
		}
	}
	return nil
}

// linksOf lists where the links in the lines lead, by the number of the line in the text.
func linksOf(lines []line) map[int][]string {
	links := map[int][]string{}
	for i, l := range lines {
		if len(l.links) > 0 {
			links[i+1] = l.links
		}
	}
	return links
}

// pasted returns the lines as one text, headings marked as Markdown marks them.
func pasted(lines []line) string {
	var b strings.Builder
	for _, l := range lines {
		for range min(l.quotes, 3) {
			b.WriteString("> ") // as mail marks what it repeats
		}
		if l.heading && l.text != "" {
			b.WriteString("# ")
		}
		b.WriteString(l.text)
		b.WriteByte('\n')
	}
	return b.String()
}

// sourceOf returns the source line of a part of a line.
func (l line) sourceOf(part string) int {
	if l.result > 0 {
		return l.result
	}
	at := max(0, strings.Index(l.text, part))
	best := l.source()
	for _, o := range l.origins {
		if o.at <= at {
			best = o.line
		}
	}
	return best
}
