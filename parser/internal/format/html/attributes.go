package html

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// attributes are those of a tag that matter.
type attributes struct {
	class, span, rows, alt, title, label, src, href string
	hidden, verbatim                                bool
}

// attributesOf reads the attributes of a tag that matter for its layout.
func attributesOf(z *html.Tokenizer, more bool) (a attributes) {
	// What stands behind the bound is not needed: a page that a person can read has a handful of attributes at a tag.
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
		case "href":
			if len(value) <= maxHref {
				a.href = string(value)
			}
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

// plain drops what must not stand in a mark: the bar that parts them, and the private characters that number lines.
func plain(r rune) rune {
	if r == '|' || r < ' ' || r >= '\ue000' && r <= '\uf8ff' || r == '\ufffd' {
		return -1
	}
	return r
}

// lastPart returns what stands behind the last hyphen or underscore of a name made of several words.
func lastPart(name string) string { return name[strings.LastIndexAny(name, "-_")+1:] }
