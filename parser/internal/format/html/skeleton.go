package html

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/net/html"
)

// Bounds of a page. A saved page has some thousand elements, nested some dozen deep; the tree of a hostile one would
// fill the memory, or take a time that grows with the square of its depth.
const (
	maxDepth      = 100
	maxElements   = 400_000
	maxAttributes = 64
	maxAttribute  = 200 // bytes of an attribute that are looked at
	maxHref       = 2 << 10
)

// The private characters between which the number of a source line stands in the text of a skeleton. The parser of
// x/net/html does not tell where a node came from.
const (
	lineOpens  = '\ue000'
	lineCloses = '\ue001'
)

// skeleton is a page reduced to what its layout needs: tables, quotations, hidden elements, line ends, marks and text
// with its line numbers. It is bounded, so that any parser can build its tree.
type skeleton struct {
	out     []byte
	line    int
	open    []element
	hidden  int    // how many elements of open are hidden
	verbose int    // how many keep their line ends
	skipped string // the element whose content is passed over
	depth   int    // how often it is nested in itself
	whole   bool   // it is a document, not a fragment within text
	ended   bool   // a line end was the last thing written
	space   bool   // a blank is due before the next word
	numbers bool   // the line of the last word is noted, and holds for the next one
	scripts bool
	tooDeep bool
	written int
	icon    icon
	drawn   attributes // of the inline drawing that is passed over
	named   bool       // what comes next is its title (SVG 2, section 5.8)
	notices []string
}

// element is an open element.
type element struct {
	name             string
	kind             kind
	as               string // the tag that was written for it, if any
	hidden, verbatim bool
}

// icon is an element that may turn out to be empty and to be a mark by its attributes.
type icon struct {
	name string
	attributes
}

// boneless reduces a page to its skeleton.
// A tree of the page itself is never built: only what this leaves over reaches the parser.
func boneless(document string) *skeleton {
	if strings.IndexByte(document, '\r') >= 0 {
		document = strings.ReplaceAll(strings.ReplaceAll(document, "\r\n", "\n"), "\r", "\n")
	}
	s := &skeleton{line: 1, out: make([]byte, 0, len(document)/2), ended: true, notices: []string{}}
	z := html.NewTokenizer(strings.NewReader(document))
	for s.written < maxElements {
		next := z.Next()
		if next == html.ErrorToken {
			s.finish()
			return s
		}
		raw := z.Raw()
		lines := bytes.Count(raw, []byte{'\n'})
		switch next {
		case html.TextToken:
			s.text(z.Text())
		case html.StartTagToken, html.SelfClosingTagToken:
			if bytes.IndexByte(raw, '@') >= 0 && isMailbox(raw) {
				s.text(bytes.Clone(raw)) // "Joe <joe@example.com>" in text
				break
			}
			name, more := z.TagName()
			s.start(string(name), z, more)
		case html.EndTagToken:
			name, _ := z.TagName()
			s.end(string(name))
		}
		if lines > 0 {
			s.line += lines
			s.numbers = false
		}
	}
	s.notices = append(s.notices,
		fmt.Sprintf("the page has more than %d parts; what stands from line %d on was not read", maxElements, s.line))
	s.finish()
	return s
}

// finish says at the end what had to be left out.
func (s *skeleton) finish() {
	if s.tooDeep {
		s.notices = append(s.notices,
			fmt.Sprintf("the page is nested more than %d deep; what lies deeper was read without its layout", maxDepth))
	}
}

// isMailbox tells an address in angle brackets from a tag.
func isMailbox(raw []byte) bool {
	return !bytes.ContainsAny(raw, " \t\n=\"")
}

// start reads a start tag.
func (s *skeleton) start(name string, z *html.Tokenizer, more bool) {
	k := kinds[name]
	if s.skipped != "" {
		if name == s.skipped {
			s.depth++
			return
		}
		s.named = s.skipped == "svg" && name == "title"
		if !breaksOut(s.skipped, k) {
			return
		}
		s.skipped = ""
	}
	s.icon = icon{}
	if k == unseen {
		s.skipped, s.depth = name, 1
		s.scripts = s.scripts || name == "script"
		if name == "svg" {
			s.drawn = attributesOf(z, more)
		}
		return
	}
	a := attributesOf(z, more)
	switch k {
	case frame:
		s.whole = true
	case lineBreak:
		s.breakLine("br")
	case image:
		s.mark(a.marks())
	case tablePart:
		s.tablePart(name, a)
	case quotation:
		s.endLine()
		s.push(element{name: name, kind: k, as: name, hidden: a.hidden}, a)
	case block, heading:
		s.implied(name)
		s.endLine()
		e := element{name: name, kind: k, hidden: a.hidden, verbatim: a.verbatim}
		if k == heading {
			e.as = headingTag
		}
		s.push(e, a)
	case verbatim:
		s.endLine()
		s.push(element{name: name, kind: k, hidden: a.hidden, verbatim: true}, a)
	case inline:
		s.inline(name, a)
	}
}

// breaksOut tells whether an element ends another that was left open: browsers go on with the page behind a picture or
// a control that is not closed.
func breaksOut(open string, k kind) bool {
	switch open {
	case "svg", "math", "button", "object", "audio", "video", "canvas", "select", "datalist":
		return k == block || k == tablePart || k == quotation
	}
	return false
}

// inline keeps a part of a line only if that, or something around it, is hidden. Otherwise nobody needs its end.
func (s *skeleton) inline(name string, a attributes) {
	if name == "input" {
		return
	}
	if name == "a" && strings.ContainsAny(a.href, "/?") {
		s.link(a.href)
	}
	struck := name == "s" || name == "del" || name == "strike" // what is struck out is over, as if it were not shown
	if a.hidden || struck || a.verbatim || s.hidden > 0 {
		s.push(element{name: name, kind: inline, hidden: a.hidden || struck, verbatim: a.verbatim}, a)
	}
	s.icon = icon{name, a}
}

// implied ends the elements whose end tag may be left out before another of their kind (HTML Standard, section
// 13.1.2.4).
func (s *skeleton) implied(name string) {
	if top := len(s.open) - 1; top >= 0 && s.open[top].name == name {
		switch name {
		case "p", "li", "dt", "dd":
			s.close(top)
		}
	}
}

// tablePart writes a part of a table, with the parts that were left out before it.
func (s *skeleton) tablePart(name string, a attributes) {
	within := s.nearest("table", "")
	if name != "table" {
		if within < 0 {
			s.push(element{name: "table", kind: tablePart, as: "table"}, attributes{})
			within = len(s.open) - 1
		}
		for i := within + 1; i < len(s.open); i++ {
			if endedBy(s.open[i].name, name) {
				s.close(i)
				break
			}
		}
	}
	s.endLine()
	s.push(element{name: name, kind: tablePart, as: name, hidden: a.hidden}, a)
	if name == "td" || name == "th" {
		s.icon = icon{name, a}
	}
}

// endedBy tells whether the start of one part of a table ends another.
func endedBy(open, next string) bool {
	switch next {
	case "td", "th":
		return open == "td" || open == "th"
	case "tr":
		return open == "tr" || open == "td" || open == "th"
	}
	return true
}

// push opens an element and writes its tag if the tree needs it.
func (s *skeleton) push(e element, a attributes) {
	if len(s.open) >= maxDepth {
		s.tooDeep = true
		if e.hidden {
			s.skipped, s.depth = e.name, 1
		}
		return
	}
	if e.hidden && e.as == "" {
		e.as = "div"
		if e.kind == inline {
			e.as = "span"
		}
	}
	if e.hidden {
		s.hidden++
	}
	if e.verbatim {
		s.verbose++
	}
	s.open = append(s.open, e)
	if e.as == "" {
		return
	}
	s.out = append(append(s.out, '<'), e.as...)
	if e.kind == tablePart {
		s.attribute("class", a.class)
		s.attribute("colspan", a.span)
		s.attribute("rowspan", a.rows)
	}
	if e.hidden {
		s.out = append(s.out, " hidden"...)
	}
	s.out = append(s.out, '>')
	s.written++
	s.ended, s.space, s.numbers = false, false, false
}

// end reads an end tag.
func (s *skeleton) end(name string) {
	if s.skipped != "" {
		if name == s.skipped {
			if s.depth--; s.depth == 0 {
				s.skipped = ""
				if name == "svg" {
					s.mark(s.drawn.marks())
				}
			}
		}
		return
	}
	if s.icon.name == name {
		s.mark(s.icon.marks())
	}
	s.icon = icon{}
	k := kinds[name]
	fence := "table"
	if k == tablePart {
		fence = ""
	}
	if at := s.nearest(name, fence); at >= 0 {
		s.close(at)
	}
	if k == block || k == heading || k == verbatim || k == quotation {
		s.endLine()
	}
	if name == "br" {
		s.breakLine("br")
	}
}

// nearest returns the innermost open element with a name. An end tag inside a table ends nothing outside: the search
// stops at fence.
func (s *skeleton) nearest(name, fence string) int {
	for i := len(s.open) - 1; i >= 0; i-- {
		switch s.open[i].name {
		case name:
			return i
		case fence:
			return -1
		}
	}
	return -1
}

// close ends an open element with all that is open in it.
func (s *skeleton) close(at int) {
	for i := len(s.open) - 1; i >= at; i-- {
		e := s.open[i]
		if e.hidden {
			s.hidden--
		}
		if e.verbatim {
			s.verbose--
		}
		if e.as != "" {
			s.out = append(append(append(s.out, "</"...), e.as...), '>')
			s.ended, s.space, s.numbers = false, false, false
		}
	}
	s.open = s.open[:at]
}
