package html

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"

	"mxverdict/parser/internal/rows"
	"mxverdict/parser/report"
)

const (
	// maxPage bounds what is written for one page. Cells that span rows are repeated, so a table can be larger than
	// its source.
	maxPage = 32 << 20
	// maxLine keeps lines shorter than what package text reads as one.
	maxLine = 32 << 10
)

// line is a line as a person would copy it, with the places of the source from which it comes.
type line struct {
	text    string
	origins []origin
	marks   string   // what an image in it may show
	links   []string // where the links in it lead
	heading bool
	result  int  // of the row of a table: the source line of its result
	quotes  int  // how many quotations it stands in
	nested  bool // it comes from a table within a table
}

// origin tells which source line the words from a byte on come from.
type origin struct{ at, line int }

// content collects the lines of one part of a page: the whole of it, or one cell.
type content struct {
	v       report.Vocabulary
	lines   []line
	text    []byte
	origins []origin
	marks   string
	links   []string
	heading bool
	quotes  int
	size    int  // bytes in lines
	full    bool // more than a page may hold
	wide    bool // a table has too many columns
}

// walk reads a node. The depth of a skeleton is bounded, so this is too.
func (c *content) walk(n *html.Node) {
	switch n.Type {
	case html.TextNode:
		c.words(n.Data)
		return
	case html.ElementNode, html.DocumentNode:
	default:
		return
	}
	switch n.Data {
	case "br":
		c.breakLine()
	case "hr":
		c.endLine()
	case "img":
		if c.marks == "" {
			c.marks = attribute(n, "alt")
		}
	case "a":
		if address := attribute(n, "href"); address != "" {
			c.links = append(c.links, address)
		}
		c.children(n)
	case headingTag:
		c.endLine()
		c.heading = true
		c.children(n)
		c.endLine()
		c.heading = false
	case "table":
		c.endLine()
		c.table(n)
	case "blockquote":
		c.endLine()
		c.quotes++
		c.children(n)
		c.endLine()
		c.quotes--
	default:
		c.children(n)
	}
}

// children reads what stands in a node.
func (c *content) children(n *html.Node) {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		c.walk(child)
	}
}

// words adds text, and notes where the source lines named in it begin.
func (c *content) words(s string) {
	for s != "" {
		at := strings.IndexRune(s, lineOpens)
		if at < 0 {
			c.add(s)
			return
		}
		c.add(s[:at])
		number, rest, _ := strings.Cut(s[at+utf8.RuneLen(lineOpens):], string(lineCloses))
		if n, err := strconv.Atoi(number); err == nil && (len(c.origins) == 0 || c.origin() != n) {
			c.origins = append(c.origins, origin{len(c.text), n})
		}
		s = rest
	}
}

// add adds words and ends lines of unreasonable length at a blank.
func (c *content) add(s string) {
	for len(c.text)+len(s) > maxLine {
		room := max(0, maxLine-len(c.text))
		cut := strings.LastIndexByte(s[:room], ' ')
		if cut < 0 {
			for cut = room; cut > 0 && !utf8.RuneStart(s[cut]); cut-- {
			}
		}
		c.text = append(c.text, s[:cut]...)
		s = s[cut:]
		here := c.origin()
		c.breakLine()
		c.origins = append(c.origins, origin{0, here})
	}
	c.text = append(c.text, s...)
}

// origin returns the source line of the last words.
func (c *content) origin() int {
	if len(c.origins) == 0 {
		return 0
	}
	return c.origins[len(c.origins)-1].line
}

// endLine ends a line that holds anything.
func (c *content) endLine() {
	if len(c.text) > 0 || c.marks != "" {
		c.breakLine()
	}
}

// breakLine ends a line, which may be empty: a person sees empty lines too, and they part rows.
func (c *content) breakLine() {
	text := string(c.text)
	trimmed := strings.TrimRight(text, " \t")
	c.put(line{text: trimmed, origins: c.origins, marks: c.marks, links: c.links, heading: c.heading, quotes: c.quotes})
	c.text, c.origins, c.marks, c.links = c.text[:0], nil, "", nil
}

// put adds a finished line.
func (c *content) put(l line) {
	if c.full = c.full || c.size+len(l.text) > maxPage; c.full {
		return
	}
	c.size += len(l.text) + 1
	c.lines = append(c.lines, l)
}

// end returns the lines, without empty ones at the end.
func (c *content) end() []line {
	c.endLine()
	// A link that shows nothing, or only a picture, belongs to the line before it.
	if last := len(c.lines) - 1; last >= 0 {
		c.lines[last].links, c.links = append(c.lines[last].links, c.links...), nil
	}
	for len(c.lines) > 0 && c.lines[len(c.lines)-1].blank() {
		c.lines = c.lines[:len(c.lines)-1]
	}
	return c.lines
}

// blank tells whether a line shows nothing.
func (l line) blank() bool { return l.text == "" && l.marks == "" }

// source returns the source line on which a line begins.
func (l line) source() int {
	if len(l.origins) == 0 {
		return 0
	}
	return l.origins[0].line
}

// attribute is the value of an attribute, or "".
func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// status returns the text by which one of the things that an image may show is known as a status. sure tells that it
// can be nothing else; a file called "warning" may also be an ornament.
func status(v report.Vocabulary, marks string) (text string, sure bool) {
	for mark := range strings.SplitSeq(marks, "|") {
		if _, length, ok := v.StatusWord(mark); !ok || length != len(mark) {
			continue
		}
		_, length, ok := v.StatusWord(mark + " x")
		return mark, ok && length == len(mark)+1
	}
	return "", false
}

// written returns a line that stands in no table as text, its icon in front of it. A doubtful icon needs a test or a
// sentence that is known behind it.
func written(v report.Vocabulary, l line) line {
	if l.marks == "" {
		return l
	}
	shown, sure := status(v, l.marks)
	l.marks = ""
	rest := strings.TrimLeft(l.text, " \t")
	if shown == "" || !sure && !knows(v, rest) {
		return l
	}
	shown = inFront(shown, sure)
	moved := make([]origin, len(l.origins))
	for i, o := range l.origins {
		moved[i] = origin{max(0, o.at-len(l.text)+len(rest)+len(shown)), o.line}
	}
	l.text, l.origins = shown+rest, moved
	return l
}

// inFront writes a status as it stands before a row: an icon's text in a cell of its own, any other word with a dash,
// which makes it a status word.
func inFront(shown string, sure bool) string {
	if sure {
		return shown + "\t"
	}
	return shown + " - "
}

// knows tells whether text is a row for certain: it begins with a test's name or holds a sentence that is known.
func knows(v report.Vocabulary, text string) bool {
	if text == "" {
		return false
	}
	_, _, named := v.TestName(text)
	return named || len(rows.Find(v, text, report.Context{})) > 0
}
