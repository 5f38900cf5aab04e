// Package logo reads the file of a BIMI logo: whether it is an SVG of the profile Tiny PS, by what the BIMI group and Google ask of one
// (bimigroup.org/creating-bimi-svg-logo-files and support.google.com/a/answer/10911027, both last seen 2026-11), and by what SVG Tiny 1.2
// has at all.
//
// It draws nothing, follows no reference, expands no entity and reads no more than a bounded part of a file, however small the file is made
// by compression. It knows the rules that large receivers publish, and not the whole schema of the profile: a file without a fault here may
// still be refused.
package logo

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	// Advised is the size that is asked for: 32 kilobytes.
	advisedSize = 32 << 10
	// maxUnpacked bounds what a compressed file may become. The number is our own: eight times what is advised.
	maxUnpacked = 256 << 10
	// maxDepth bounds how deep elements are nested; a drawing needs a dozen levels.
	maxDepth = 256
	// maxFaults is how many faults are kept. People mend the first few.
	maxFaults = 10
	// maxToken is how many bytes of a name are shown.
	maxToken = 40
)

// Harm is what a fault in a logo does, the worst last.
type Harm uint8

// What receivers make of a fault.
const (
	Advised  Harm = iota + 1 // it is only advised otherwise
	Disputed                 // some receivers may refuse the logo for it
	Refused                  // the logo is none of the profile, and is not shown
)

// String names the harm in one word, "fine" for none.
func (h Harm) String() string { return [...]string{"fine", "advised", "disputed", "refused"}[h] }

// Fault is something in a logo that is not as it should be.
type Fault struct {
	Says string // what, where and why, with nothing in it that cannot be seen
	Harm Harm
}

// Checked is what is known of a logo.
type Checked struct {
	Faults []Fault // some of too many
	Size   int     // in bytes, as the file was served
	Cut    bool    // only a part of it was read, so that there may be more faults
	worst  Harm
}

// Worst is the worst harm that the faults do; 0 for none.
func (c Checked) Worst() Harm { return c.worst }

// Check reads a logo. part says that data is only the beginning of the file.
func Check(data []byte, part bool) Checked {
	c := &check{Checked: Checked{Size: len(data), Cut: part}}
	text := c.unpack(data)
	if len(text) > advisedSize || part {
		c.fault(Advised, "the file is larger than the 32 KiB that are advised")
	}
	c.in = xml.NewDecoder(bytes.NewReader(text))
	// Strict without a table of entities: one that the file declares is an error, and never expanded.
	c.in.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		c.fault(Disputed, fmt.Sprintf("the file is in the encoding %s, and some receivers read UTF-8 only", shown(label)))
		return in, nil
	}
	c.read()
	return c.Checked
}

// unpack returns the text of a file, which may be compressed (SVGZ, RFC 6170 section 5.2).
func (c *check) unpack(data []byte) []byte {
	if !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		return bytes.TrimPrefix(data, []byte("\ufeff"))
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		c.fault(Refused, "the file is compressed, and broken")
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(unpacked, maxUnpacked+1))
	switch {
	case len(text) > maxUnpacked:
		c.Cut = true
		text = text[:maxUnpacked]
	case err != nil && !c.Cut:
		c.fault(Refused, "the file is compressed, and its end is missing or broken")
	}
	return bytes.TrimPrefix(text, []byte("\ufeff"))
}

// check is the reading of one logo on its way.
type check struct {
	Checked
	in     *xml.Decoder
	depth  int
	begun  bool // the root element has begun
	ended  bool // and ended
	strays bool // text or elements stood beside it
	titled bool
	title  strings.Builder
}

// read reads the file to its end, or as far as it can be read.
func (c *check) read() {
	for {
		token, err := c.in.Token()
		if err != nil {
			c.end(err)
			return
		}
		switch token := token.(type) {
		case xml.StartElement:
			if c.depth++; c.depth > maxDepth {
				c.fault(Refused, fmt.Sprintf("elements are nested more than %d deep", maxDepth))
				return
			}
			if !c.element(token) {
				return
			}
		case xml.EndElement:
			if c.depth--; c.depth == 0 {
				c.ended = true
			}
		case xml.CharData:
			c.text(token)
		case xml.ProcInst:
			if strings.EqualFold(token.Target, "xml-stylesheet") {
				c.here(Refused, "xml-stylesheet", "the logo must not refer to anything outside of it")
			}
		case xml.Directive:
			c.directive(token)
		}
	}
}

// end says what is missing once the file was read, or why it could not be.
func (c *check) end(err error) {
	switch line, _ := c.in.InputPos(); {
	case c.Cut:
		return // what is missing may stand in the part that was not read
	case !c.begun:
		c.fault(Refused, "the file is no SVG")
		return
	case !errors.Is(err, io.EOF):
		c.fault(Refused, fmt.Sprintf("the file is no proper XML (line %d)", line))
		return
	case c.strays:
		c.fault(Refused, "something stands beside the one element svg of the file")
	}
	switch {
	case !c.titled:
		c.fault(Refused, "the element title is missing in svg")
	case strings.TrimSpace(c.title.String()) == "":
		c.fault(Advised, "the element title is empty")
	}
}

// text takes the words of the title, and looks whether any stand beside the root.
func (c *check) text(data xml.CharData) {
	switch {
	case c.depth == 0 && len(bytes.TrimSpace(data)) > 0:
		c.strays = true
	case c.titled && c.title.Len() == 0:
		c.title.Write(data)
	}
}

// directive looks at a document type. The reader does not obey it; receivers may refuse it, and must where it declares something.
func (c *check) directive(data xml.Directive) {
	switch text := strings.ToUpper(string(data)); {
	case strings.Contains(text, "<!ENTITY") || strings.Contains(text, "["):
		c.here(Refused, "DOCTYPE", "the logo must not declare entities")
	case strings.HasPrefix(text, "DOCTYPE"):
		c.here(Disputed, "DOCTYPE", "a document type refers to something outside of the logo")
	}
}

// The namespaces of SVG, XLink and XML.
const (
	spaceSVG   = "http://www.w3.org/2000/svg"
	spaceXLink = "http://www.w3.org/1999/xlink"
	spaceXML   = "http://www.w3.org/XML/1998/namespace"
	spaceXML1  = "xml" // what the library makes of it
)

// element looks at the beginning of an element. It returns false where there is no use in reading on.
func (c *check) element(e xml.StartElement) bool {
	switch {
	case !c.begun:
		c.begun = true
		if e.Name.Space != spaceSVG || e.Name.Local != "svg" {
			c.here(Refused, e.Name.Local, "the file is no SVG: its first element is not svg of "+spaceSVG)
			return false
		}
		c.root(e)
	case c.depth == 1:
		c.strays = true
	case e.Name.Space != spaceSVG:
		c.here(Disputed, e.Name.Local, "the element is none of SVG, and some receivers refuse it")
	case c.depth == 2 && e.Name.Local == "title":
		c.titled = true
	case forbidden[e.Name.Local] != "":
		c.here(Refused, e.Name.Local, forbidden[e.Name.Local])
	case strings.HasPrefix(e.Name.Local, "fe"):
		c.here(Refused, e.Name.Local, notTiny)
	}
	for _, a := range e.Attr {
		c.attribute(e.Name.Local, a)
	}
	return true
}

// Why elements are not allowed.
const (
	moves    = "the logo must not move"
	acts     = "the logo must hold no script"
	asks     = "the logo must not react to its reader, or lead anywhere"
	pictured = "the logo must hold no picture, film, sound or foreign text"
	notTiny  = "SVG Tiny 1.2 does not have this"
)

// forbidden are the elements that a logo must not hold, and why. It is only read.
var forbidden = map[string]string{
	"script": acts, "handler": acts, "listener": acts,
	"animate": moves, "animateColor": moves, "animateMotion": moves, "animateTransform": moves, "animation": moves, "mpath": moves, "set": moves,
	"a": asks, "cursor": asks, "discard": asks, "prefetch": asks, "view": asks,
	"image": pictured, "video": pictured, "audio": pictured, "foreignObject": pictured,
	"style": notTiny, "filter": notTiny, "mask": notTiny, "clipPath": notTiny, "pattern": notTiny, "marker": notTiny, "symbol": notTiny,
	"textPath": notTiny, "tref": notTiny, "altGlyph": notTiny, "color-profile": notTiny,
}

// root looks at what svg has to say of itself.
func (c *check) root(e xml.StartElement) {
	has := map[string]string{}
	for _, a := range e.Attr {
		if a.Name.Space == "" {
			has[a.Name.Local] = a.Value
		}
	}
	if has["version"] != "1.2" {
		c.here(Refused, "svg", `the attribute version="1.2" is missing`)
	}
	if has["baseProfile"] != "tiny-ps" {
		c.here(Refused, "svg", `the attribute baseProfile="tiny-ps" is missing`)
	}
	for _, name := range []string{"x", "y"} {
		if _, there := has[name]; there {
			c.here(Refused, "svg", "the attribute "+name+" must not stand there")
		}
	}
	switch width, height := size(has); {
	case width <= 0 || height <= 0:
		c.here(Advised, "svg", "neither viewBox nor width and height tell its size")
	case width != height:
		c.here(Advised, "svg", "it is not square")
	}
}

// size is the size of a drawing by its viewBox, or by its width and height; 0 where it has none that can be read.
func size(has map[string]string) (width, height float64) {
	box := strings.FieldsFunc(has["viewBox"], func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\n' || r == '\r' })
	if len(box) != 4 {
		box = []string{"", "", has["width"], has["height"]}
	}
	number := func(s string) float64 {
		f, err := strconv.ParseFloat(strings.TrimSuffix(s, "px"), 64)
		if err != nil {
			return 0
		}
		return f
	}
	return number(box[2]), number(box[3])
}

// attribute looks for what acts, and for what leads outside.
func (c *check) attribute(element string, a xml.Attr) {
	outside := func() {
		c.here(Refused, element, "the logo must not refer to anything outside of it ("+shown(a.Name.Local)+")")
	}
	switch {
	case a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns":
		return
	case a.Name.Local == "href" && (a.Name.Space == "" || a.Name.Space == spaceXLink):
		if !strings.HasPrefix(strings.TrimSpace(a.Value), "#") {
			outside()
		}
		return
	case a.Name.Space == spaceXLink, a.Name.Space == spaceXML, a.Name.Space == spaceXML1:
		if a.Name.Local == "base" {
			outside()
		}
		return
	case a.Name.Space != "":
		c.here(Disputed, element, "the attribute "+shown(a.Name.Local)+" is none of SVG, and some receivers refuse it")
	case strings.HasPrefix(strings.ToLower(a.Name.Local), "on"):
		c.here(Refused, element, acts+" (attribute "+shown(a.Name.Local)+")")
	case a.Name.Local == "style":
		c.here(Refused, element, notTiny+" (attribute style)")
	}
	if leadsOutside(a.Value) {
		outside()
	}
}

// leadsOutside tells whether a value refers to something by url() that is no part of the drawing.
func leadsOutside(value string) bool {
	rest := strings.ToLower(value)
	for {
		_, behind, found := strings.Cut(rest, "url(")
		if !found {
			return false
		}
		if !strings.HasPrefix(strings.TrimLeft(behind, " \t\r\n'\""), "#") {
			return true
		}
		rest = behind
	}
}

// here keeps a fault at the place that is being read.
func (c *check) here(harm Harm, element, says string) {
	line, _ := c.in.InputPos()
	c.fault(harm, fmt.Sprintf("<%s> in line %d: %s", shown(element), line, says))
}

// fault keeps a fault. Of too many the last one gives way to a worse one.
func (c *check) fault(harm Harm, says string) {
	c.worst = max(c.worst, harm)
	switch last := len(c.Faults) - 1; {
	case len(c.Faults) < maxFaults:
		c.Faults = append(c.Faults, Fault{says, harm})
	case harm > c.Faults[last].Harm:
		c.Faults[last] = Fault{says, harm}
	}
}

// shown writes a name of the file so that nothing in it is unseen.
func shown(name string) string {
	if len(name) > maxToken {
		name = name[:maxToken] + "..."
	}
	quoted := strconv.QuoteToASCII(name)
	return quoted[1 : len(quoted)-1]
}
