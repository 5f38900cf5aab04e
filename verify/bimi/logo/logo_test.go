package logo

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"
)

const (
	head = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.2" baseProfile="tiny-ps" viewBox="0 0 96 96">`
	name = `<title>Example</title>`
	tail = `<rect width="96" height="96" fill="#ffffff"/></svg>`
)

// with is a good logo with something in it, root one with another root element.
func with(inside string) string { return head + name + inside + tail }
func root(tag string) string    { return tag + name + tail }

// logos are files, and the worst that receivers make of each. They were written down before the reader was, by what the BIMI group and
// Google ask of a logo, and by what SVG Tiny 1.2 has at all.
var logos = []struct{ name, text, want string }{
	// In order.
	{"the least", with(""), "fine"},
	{"a declaration", `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + with(""), "fine"},
	{"a declaration in small letters", `<?xml version="1.0" encoding="utf-8" standalone="no"?>` + with(""), "fine"},
	{"a byte order mark", "\ufeff" + with(""), "fine"},
	{"lines of Windows", strings.ReplaceAll(with(""), "><", ">\r\n<"), "fine"},
	{"comments", "<!-- made by hand -->" + with("<!-- <script> -->"), "fine"},
	{"a description", with("<desc>a square</desc>"), "fine"},
	{"shapes", with(`<g><path d="M0 0h96v96z"/><circle cx="1" cy="1" r="1"/><ellipse/><line/><polyline/><polygon/></g>`), "fine"},
	{"gradients", with(`<defs><linearGradient id="a"><stop offset="0"/></linearGradient><radialGradient id="b"/></defs><rect fill="url(#a)"/>`), "fine"},
	{"a reference within", with(`<defs><path id="p"/></defs><use xlink:href="#p"/>`), "fine"},
	{"a plain reference within", with(`<use href="#p"/>`), "fine"},
	{"quoted url within", with(`<rect fill="url('#a')"/><rect stroke="url(&quot;#a&quot;)"/>`), "fine"},
	{"text", with(`<text x="1" y="1">Ex</text>`), "fine"},
	{"x of a shape", with(`<rect x="1" y="1"/>`), "fine"},
	{"another prefix", `<s:svg xmlns:s="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" viewBox="0 0 1 1"><s:title>E</s:title></s:svg>`, "fine"},
	{"a title later", head + `<rect/>` + name + `</svg>`, "fine"},
	{"known entities", with(`<desc>A &amp; B &#169; &lt;</desc>`), "fine"},
	{"CDATA", with(`<desc><![CDATA[<script>]]></desc>`), "fine"},
	{"a square by width and height", root(strings.Replace(head, `viewBox="0 0 96 96"`, `width="96" height="96"`, 1)), "fine"},
	{"a square box anywhere", root(strings.Replace(head, `0 0 96 96`, `-10,-10 512.0,512`, 1)), "fine"},
	{"a blank behind", with("") + "\n\n", "fine"},
	{"a class", with(`<g class="a" id="b"/>`), "fine"},

	// What the profile demands.
	{"no version", root(strings.Replace(head, ` version="1.2"`, "", 1)), "refused"},
	{"version 1.1", root(strings.Replace(head, `version="1.2"`, `version="1.1"`, 1)), "refused"},
	{"no profile", root(strings.Replace(head, ` baseProfile="tiny-ps"`, "", 1)), "refused"},
	{"profile tiny", root(strings.Replace(head, `tiny-ps`, "tiny", 1)), "refused"},
	{"profile in capitals", root(strings.Replace(head, `tiny-ps`, "Tiny-PS", 1)), "refused"},
	{"profile misspelt", root(strings.Replace(head, `baseProfile`, "baseprofile", 1)), "refused"},
	{"no title", head + tail, "refused"},
	{"a title of a shape only", head + `<g><title>E</title></g>` + tail, "refused"},
	{"x of the root", root(strings.Replace(head, "viewBox", `x="0px" viewBox`, 1)), "refused"},
	{"y of the root", root(strings.Replace(head, "viewBox", `y="0px" viewBox`, 1)), "refused"},
	{"no namespace", root(strings.Replace(head, ` xmlns="http://www.w3.org/2000/svg"`, "", 1)), "refused"},
	{"another namespace", root(strings.Replace(head, `http://www.w3.org/2000/svg`, "http://example.com/svg", 1)), "refused"},

	// What must not be there.
	{"a script", with(`<script>alert(1)</script>`), "refused"},
	{"a script elsewhere", with(`<script xlink:href="https://example.com/a.js"/>`), "refused"},
	{"a script in a group", with(`<g><g><script/></g></g>`), "refused"},
	{"a handler attribute", with(`<rect onclick="alert(1)"/>`), "refused"},
	{"a handler attribute of the root", root(strings.Replace(head, "viewBox", `onload="x()" viewBox`, 1)), "refused"},
	{"an animation", with(`<rect><animate attributeName="x"/></rect>`), "refused"},
	{"a transform that moves", with(`<rect><animateTransform/></rect>`), "refused"},
	{"a set", with(`<rect><set attributeName="x"/></rect>`), "refused"},
	{"a link", with(`<a xlink:href="https://example.com/"><rect/></a>`), "refused"},
	{"a picture elsewhere", with(`<image xlink:href="https://example.com/a.png"/>`), "refused"},
	{"a picture within", with(`<image xlink:href="data:image/png;base64,AAAA"/>`), "refused"},
	{"a foreign object", with(`<foreignObject><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject>`), "refused"},
	{"a video", with(`<video/>`), "refused"},
	{"a reference elsewhere", with(`<use xlink:href="https://example.com/a.svg#p"/>`), "refused"},
	{"a reference to another file", with(`<use href="a.svg#p"/>`), "refused"},
	{"a fill elsewhere", with(`<rect fill="url(https://example.com/a.svg#g)"/>`), "refused"},
	{"a fill elsewhere with blanks", with(`<rect fill="URL( 'a.svg#g' )"/>`), "refused"},
	{"javascript", with(`<use href="javascript:alert(1)"/>`), "refused"},
	{"a style sheet", `<?xml-stylesheet href="https://example.com/a.css"?>` + with(""), "refused"},
	{"a style element", with(`<style>.a{fill:red}</style>`), "refused"},
	{"a filter", with(`<filter id="f"><feGaussianBlur/></filter>`), "refused"},
	{"a mask", with(`<mask id="m"/>`), "refused"},
	{"a clip path", with(`<clipPath id="c"/>`), "refused"},
	{"a pattern", with(`<pattern id="p"/>`), "refused"},
	{"a style attribute", with(`<rect style="fill:red"/>`), "refused"},
	{"an entity", `<!DOCTYPE svg [<!ENTITY a "x">]>` + with(`<desc>&a;</desc>`), "refused"},
	{"an entity that nobody uses", `<!DOCTYPE svg [<!ENTITY a "x">]>` + with(""), "refused"},
	{"an entity from a file", `<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + with(`<desc>&a;</desc>`), "refused"},
	{"an unknown entity", with(`<desc>&nbsp;</desc>`), "refused"},

	// What is no logo at all.
	{"nothing", "", "refused"},
	{"blanks", " \n", "refused"},
	{"text", "not found", "refused"},
	{"a page", "<!DOCTYPE html><html><head><title>Not found</title></head></html>", "refused"},
	{"a PNG", "\x89PNG\r\n\x1a\n\x00\x00", "refused"},
	{"an end that is missing", head + name, "refused"},
	{"an end that is another", head + name + `</g>`, "refused"},
	{"something behind", with("") + "<svg/>", "refused"},
	{"words behind", with("") + "words", "refused"},
	{"an attribute without quotes", root(strings.Replace(head, `version="1.2"`, `version=1.2`, 1)), "refused"},
	{"another encoding", `<?xml version="1.0" encoding="ISO-8859-1"?>` + with(""), "disputed"},
	{"bytes that are no UTF-8", with("<desc>\xe9</desc>"), "refused"},

	// What some receivers may mind.
	{"a document type", `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">` + with(""), "disputed"},
	{"an editor's elements", with(`<metadata><i:view xmlns:i="http://www.inkscape.org/namespaces/inkscape"/></metadata>`), "disputed"},
	{"an editor's attribute", with(`<g xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:label="x"/>`), "disputed"},

	// What is only advised.
	{"an empty title", head + "<title/>" + tail, "advised"},
	{"not square", root(strings.Replace(head, "0 0 96 96", "0 0 200 50", 1)), "advised"},
	{"not square by width and height", root(strings.Replace(head, `viewBox="0 0 96 96"`, `width="96" height="48"`, 1)), "advised"},
	{"no size", root(strings.Replace(head, ` viewBox="0 0 96 96"`, ``, 1)), "advised"},
	{"too large", with(`<path d="` + strings.Repeat("L1 1", 9000) + `"/>`), "advised"},
	{"too large, and a script", with(`<path d="` + strings.Repeat("L1 1", 9000) + `"/><script/>`), "refused"},
}

func TestCheck(t *testing.T) {
	for _, test := range logos {
		got := Check([]byte(test.text), false)
		if got.Worst().String() != test.want || got.Cut {
			t.Errorf("%s: %s (%v), want %s", test.name, got.Worst(), got.Faults, test.want)
		}
		if (got.Worst() != 0) != (len(got.Faults) > 0) {
			t.Errorf("%s: %s without a word", test.name, got.Worst())
		}
	}
	if len(logos) < 60 {
		t.Errorf("only %d logos", len(logos))
	}
}

// A compressed logo (RFC 6170 section 5.2) is read as what is in it.
func TestCheckCompressed(t *testing.T) {
	for _, test := range logos {
		if got := Check(packed(test.text), false); got.Worst().String() != test.want {
			t.Errorf("%s, compressed: %s (%v), want %s", test.name, got.Worst(), got.Faults, test.want)
		}
	}
	if got := Check(packed(with(""))[:60], false); got.Worst() != Refused {
		t.Errorf("half a file is %s", got.Worst())
	}
}

func packed(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.Bytes()
}

// Hostile files cost what a small one costs, and are not called good.
func TestHostileLogos(t *testing.T) {
	var laughs strings.Builder
	laughs.WriteString(`<!DOCTYPE svg [<!ENTITY l0 "lol">`)
	for i := range 9 {
		fmt.Fprintf(&laughs, `<!ENTITY l%d "%s">`, i+1, strings.Repeat(fmt.Sprintf("&l%d;", i), 10))
	}
	laughs.WriteString(`]>` + with(`<desc>&l9;</desc>`))
	for name, test := range map[string]struct {
		data []byte
		want Harm
		cut  bool
	}{
		"a billion laughs":     {[]byte(laughs.String()), Refused, false},
		"nested without end":   {[]byte(head + strings.Repeat("<g>", 20_000)), Refused, false},
		"a bomb":               {packed(head + strings.Repeat(" ", 20<<20)), Advised, true},
		"a bomb in a bomb":     {packed(string(packed(strings.Repeat(" ", 10<<20)))), Refused, false},
		"a bomb with a script": {packed(head + "<script/>" + strings.Repeat(" ", 20<<20)), Refused, true},
		"a thousand scripts":   {[]byte(with(strings.Repeat("<script/>", 3000))), Refused, false},
		"attributes":           {[]byte(head + "<g " + strings.Repeat(`a="b" `, 9000) + "/></svg>"), Refused, false},
	} {
		got := Check(test.data, false)
		if got.Worst() != test.want || got.Cut != test.cut || len(got.Faults) > maxFaults {
			t.Errorf("%s: %s, cut %t, %v", name, got.Worst(), got.Cut, got.Faults)
		}
	}
	// Of a file of which only the beginning came nothing good is known, and what is bad stays bad.
	if got := Check([]byte(with(""))[:200], true); got.Worst() != Advised || !got.Cut {
		t.Errorf("a beginning is %s (%v)", got.Worst(), got.Faults)
	}
	if got := Check([]byte(with("<script/>"))[:200], true); got.Worst() != Refused || !got.Cut {
		t.Errorf("a bad beginning is %s (%v)", got.Worst(), got.Faults)
	}
}

// A fault tells what stands where.
func TestFaultsNameTheirPlace(t *testing.T) {
	got := Check([]byte(head+"\n"+name+"\n\n<script/>\x1b"), false)
	if text := fmt.Sprint(got.Faults); !strings.Contains(text, "<script> in line 4") || strings.Contains(text, "\x1b") {
		t.Error(text)
	}
}

func FuzzCheck(f *testing.F) {
	for _, l := range logos {
		f.Add([]byte(l.text), false)
	}
	f.Add(packed(with("")), true)
	f.Fuzz(func(t *testing.T, data []byte, part bool) {
		got := Check(data, part)
		// A logo that is called good says of itself what it is, in so many bytes.
		if got.Worst() == 0 && !got.Cut && !bytes.HasPrefix(data, []byte{0x1f, 0x8b}) && (!bytes.Contains(data, []byte("tiny-ps")) || bytes.Contains(data, []byte("<script>"))) &&
			!bytes.Contains(data, []byte("&#")) && !bytes.Contains(data, []byte("<!")) {
			t.Errorf("%q is called good", data)
		}
		if len(got.Faults) > maxFaults {
			t.Errorf("%d faults", len(got.Faults))
		}
	})
}
