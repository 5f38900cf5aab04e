package html

import (
	"bytes"
	"fmt"
	"strconv"
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
)

// kind says what an element means for the layout.
type kind uint8

const (
	inline    kind = iota // part of a line; also elements nobody knows
	block                 // begins and ends a line
	lineBreak             // a line end
	tablePart             // a part of a table
	quotation             // what a mail repeats
	verbatim              // keeps its blanks and line ends
	unseen                // its content is not shown, or is a control
	image                 // may be a mark
	frame                 // the frame of a whole document
)

// kinds names the elements whose layout matters, as the HTML Standard renders them (section 15.3).
var kinds = func() map[string]kind {
	m := map[string]kind{}
	for k, names := range map[kind]string{
		block: "address article aside caption center dd details dialog dir div dl dt fieldset figcaption figure " +
			"footer form h1 h2 h3 h4 h5 h6 header legend li main menu nav ol optgroup p section summary ul",
		lineBreak: "br hr",
		tablePart: "table thead tbody tfoot tr td th",
		quotation: "blockquote",
		verbatim:  "pre listing xmp plaintext textarea",
		unseen: "script style title iframe noembed noframes noscript template svg math select datalist button object " +
			"audio video canvas",
		image: "img",
		frame: "html body head meta link base",
		inline: "a abbr acronym b big bdi bdo cite code del dfn em font i ins kbd label mark nobr q s samp small " +
			"span strike strong sub sup time tt u var input",
	} {
		for name := range strings.FieldsSeq(names) {
			m[name] = k
		}
	}
	return m
}()

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

// attributes are those of a tag that matter.
type attributes struct {
	class, span, rows, alt, title, label, src string
	hidden, verbatim                          bool
}

// boneless reduces a page to its skeleton.
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
		if !breaksOut(s.skipped, k) {
			return
		}
		s.skipped = ""
	}
	s.icon = icon{}
	if k == unseen {
		s.skipped, s.depth = name, 1
		s.scripts = s.scripts || name == "script"
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
	case block:
		s.implied(name)
		s.endLine()
		s.push(element{name: name, kind: k, hidden: a.hidden, verbatim: a.verbatim}, a)
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
	if a.hidden || a.verbatim || s.hidden > 0 {
		s.push(element{name: name, kind: inline, hidden: a.hidden, verbatim: a.verbatim}, a)
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
	if k == block || k == verbatim || k == quotation {
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

// breakLine writes a line end; a second one makes an empty line.
func (s *skeleton) breakLine(tag string) {
	s.out = append(append(append(s.out, '<'), tag...), '>')
	s.written++
	s.ended, s.space, s.numbers = tag == "hr", false, false
}

// endLine writes the end of a line that may be empty already: what begins or ends a block. In the skeleton "hr" says
// so.
func (s *skeleton) endLine() {
	if !s.ended {
		s.breakLine("hr")
	}
}

// mark writes an image. Its alternative text holds all that may say what it marks.
func (s *skeleton) mark(says string) {
	if says == "" {
		return
	}
	s.number(s.line)
	s.out = append(s.out, "<img"...)
	s.attribute("alt", says)
	s.out = append(s.out, '>')
	s.written++
	s.ended = false
}

func (s *skeleton) attribute(name, value string) {
	if value != "" {
		s.out = append(append(append(s.out, ' '), name...), `="`...)
		s.out = append(append(s.out, html.EscapeString(value)...), '"')
	}
}

func (s *skeleton) number(line int) {
	s.out = append(s.out, string(lineOpens)...)
	s.out = strconv.AppendInt(s.out, int64(line), 10)
	s.out = append(s.out, string(lineCloses)...)
}

// text writes words. Their blanks are folded as a browser does, except in verbatim text and outside of every element,
// where a line end is one.
func (s *skeleton) text(words []byte) {
	if s.skipped != "" {
		return
	}
	loose := !s.whole && len(s.open) == 0
	line := s.line
	s.written++
	for i := 0; i < len(words); {
		c := words[i]
		switch {
		case c == '\n':
			switch {
			case s.verbose > 0:
				s.breakLine("br")
			case loose:
				s.endLine()
			default:
				s.space = true
			}
			line++
			s.numbers = false
			i++
			continue
		case c == ' ' || c == '\t' || c == '\f':
			if s.verbose > 0 {
				s.out = append(s.out, c)
			} else {
				s.space = true
			}
			i++
			continue
		}
		end := i + 1
		for end < len(words) && words[end] > ' ' {
			end++
		}
		s.icon = icon{}
		if s.space && !s.ended {
			s.out = append(s.out, ' ')
		}
		if !s.numbers {
			s.number(line)
			s.numbers = true
		}
		s.ended, s.space = false, false
		s.word(words[i:end])
		i = end
	}
}

// word writes a run of bytes without blanks. Private characters are the pictures of icon fonts; none may pass as the
// number of a line.
func (s *skeleton) word(w []byte) {
	for _, c := range w {
		if c >= 0xee || c == '&' || c == '<' || c == '>' || c < ' ' {
			s.rareWord(w)
			return
		}
	}
	s.out = append(s.out, w...)
}

func (s *skeleton) rareWord(w []byte) {
	for _, r := range string(w) {
		switch {
		case r == '&':
			s.out = append(s.out, "&amp;"...)
		case r == '<':
			s.out = append(s.out, "&lt;"...)
		case r == '>':
			s.out = append(s.out, "&gt;"...)
		case r < ' ', r >= '\ue000' && r <= '\uf8ff':
		default:
			s.out = append(s.out, string(r)...)
		}
	}
}

// attributesOf reads the attributes of a tag that matter for its layout.
func attributesOf(z *html.Tokenizer, more bool) (a attributes) {
	for n := 0; more && n < maxAttributes; n++ {
		var key, value []byte
		key, value, more = z.TagAttr()
		short := value[:min(len(value), maxAttribute)]
		switch string(key) {
		case "class":
			a.class = string(short)
		case "colspan":
			a.span = string(short)
		case "rowspan":
			a.rows = string(short)
		case "alt":
			a.alt = string(short)
		case "title":
			a.title = string(short)
		case "aria-label":
			a.label = string(short)
		case "src":
			a.src = string(value[max(0, len(value)-maxAttribute):])
		case "hidden":
			a.hidden = !bytes.EqualFold(value, []byte("false"))
		case "style":
			a.style(value[:min(len(value), 10*maxAttribute)])
		}
	}
	return a
}

// style reads the declarations that hide an element or keep its line ends.
func (a *attributes) style(css []byte) {
	css = bytes.ToLower(css)
	for declaration := range bytes.SplitSeq(css, []byte{';'}) {
		name, value, _ := bytes.Cut(declaration, []byte{':'})
		name, value = bytes.TrimSpace(name), bytes.TrimSpace(value)
		value, _, _ = bytes.Cut(value, []byte{'!'})
		switch value = bytes.TrimSpace(value); string(name) {
		case "display":
			a.hidden = a.hidden || string(value) == "none"
		case "visibility":
			a.hidden = a.hidden || string(value) == "hidden" || string(value) == "collapse"
		case "mso-hide":
			a.hidden = a.hidden || string(value) == "all"
		case "white-space":
			a.verbatim = bytes.HasPrefix(value, []byte("pre"))
		}
	}
}

// marks lists what may tell the status that an icon shows, the plainest first: its texts, the name of its file, and the
// words of its class. A bar parts them.
func (a *attributes) marks() string {
	var out []string
	add := func(s string) {
		if s = strings.TrimSpace(strings.Map(plain, s)); s != "" {
			out = append(out, s)
		}
	}
	add(a.alt)
	add(a.title)
	add(a.label)
	if a.src != "" {
		file := a.src[strings.LastIndexAny(a.src, "/:")+1:]
		file, _, _ = strings.Cut(file, ".")
		add(file)
		add(lastPart(file))
	}
	for class := range strings.FieldsSeq(a.class) {
		add(lastPart(class))
	}
	return strings.Join(out, "|")
}

func plain(r rune) rune {
	if r == '|' || r < ' ' || r >= '\ue000' && r <= '\uf8ff' || r == '\ufffd' {
		return -1
	}
	return r
}

// lastPart returns what stands behind the last hyphen or underscore of a name made of several words.
func lastPart(name string) string { return name[strings.LastIndexAny(name, "-_")+1:] }
