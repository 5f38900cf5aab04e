// Package loose reads JSON that need not be valid: RFC 8259, what JavaScript and Python write instead (bare or
// single-quoted keys, comments, commas at the end), with prose around it, holes in it and its end missing. The readers
// of reporters' interfaces stand on it. It never gives up: what it cannot place it skips, and says that there is damage.
package loose

import (
	"strings"
	"unicode/utf8"
)

// Bounds of a document. An answer holds some thousand values, nested half a dozen deep.
const (
	MaxDepth  = 64
	MaxValues = 500_000
)

// Value is a value of a document: an object or array with members, or a string, number or bare word.
type Value struct {
	Kind    Kind
	Text    string // of a string or bare word
	Line    int    // where it begins
	Cut     bool   // its end is missing
	Members []Member
}

// Kind tells what a value is.
type Kind uint8

// The kinds of values.
const (
	Word Kind = iota // null, true, a number
	String
	Array
	Object
)

// Member is a value of an object under its key, or of an array under "".
type Member struct {
	Key string // folded: letters and digits in lower case
	*Value
}

// Get returns the member of an object with a key, or an empty value.
func (v *Value) Get(key string) *Value {
	for _, m := range v.Members {
		if m.Key == key {
			return m.Value
		}
	}
	return &Value{}
}

// Document is what was read of a document.
type Document struct {
	Root    *Value // an object without a key that holds the values of the document
	Outside []byte // the document without its values: what stands around them

	Cut, Damaged, TooDeep, TooMany bool
	Line                           int // where reading ended
}

// Scan reads a document.
// It returns what could be read; how much is missing stand Cut, Damaged, TooDeep and TooMany for.
func Scan(document string) Document {
	root := &Value{Kind: Object, Line: 1}
	p := &scanner{s: document, line: 1, open: []*Value{root}}
	for p.at < len(p.s) && !p.tooMany {
		p.token()
	}
	p.cut = p.cut || len(p.open) > 1 || p.deep > 0
	for _, v := range p.open[1:] {
		v.Cut = true
	}
	if len(p.open) == 1 {
		p.leave(len(p.s))
	}
	return Document{Root: root, Outside: p.outside, Cut: p.cut, Damaged: p.damaged, TooDeep: p.tooDeep, TooMany: p.tooMany, Line: p.line}
}

// scanner reads values out of a document that need not be valid: RFC 8259, what JavaScript and Python write instead
// (bare or single-quoted keys, comments, commas at the end), and documents with holes. It never gives up; what it
// cannot place it skips.
type scanner struct {
	s      string
	at     int
	line   int
	open   []*Value // the document as a nameless object, and what is open in it
	key    string   // waits for its value
	keyed  bool
	deep   int // brackets open below the greatest depth
	values int

	outside []byte // the document without its values: what stands around them
	copied  int    // up to where outside has been written

	cut, damaged, tooDeep, tooMany bool
}

// token reads one token. Outside of all brackets only what can begin a value counts; the rest is somebody's text.
func (p *scanner) token() {
	c := p.s[p.at]
	atRoot := len(p.open) == 1 && p.deep == 0
	switch {
	case c == '\n':
		p.line++
		p.at++
	case c <= ' ', c == ',':
		p.at++
	case c == '{' || c == '[':
		if atRoot && !p.opensValue() {
			p.at++
			return
		}
		p.push(c)
	case c == '}' || c == ']':
		p.pop(c)
	case atRoot:
		p.rootKey()
	case c == ':':
		p.at++
	case c == '/' && p.comment():
	case p.quote() > 0:
		p.stringToken()
	case isWordByte(c):
		p.wordToken()
	default:
		if c != '>' && c != '+' { // the marks of quoted mail, and of a string that goes on
			p.damaged = true
		}
		_, size := utf8.DecodeRuneInString(p.s[p.at:])
		p.at += size
	}
}

// opensValue tells whether the bracket at the root begins a value or is punctuation of a text.
func (p *scanner) opensValue() bool {
	rest := strings.TrimLeft(p.s[p.at+1:min(len(p.s), p.at+200)], " \t\r\n>")
	if rest == "" {
		return true
	}
	switch rest[0] {
	case '{', '[', '}', ']', '"', '\'', '/':
		return true
	}
	_, length := bareKey(rest)
	return length > 0 || strings.HasPrefix(rest, "“")
}

// rootKey passes over text around the values. A key before a bracket is kept: the head of its object may be missing.
func (p *scanner) rootKey() {
	if key, length := quotedKey(p.s[p.at:]); length > 0 {
		if i := skipBlanks(p.s, p.at+length); i < len(p.s) && (p.s[i] == '[' || p.s[i] == '{') {
			p.leave(p.at)
			p.key, p.keyed = key, true
			p.line += strings.Count(p.s[p.at:p.at+length], "\n")
			p.at += length
			p.copied = p.at
			p.damaged = true
			return
		}
	}
	_, size := utf8.DecodeRuneInString(p.s[p.at:])
	p.at += size
}

// leave copies the text before a value to outside.
func (p *scanner) leave(end int) {
	if end > p.copied {
		p.outside = append(p.outside, p.s[p.copied:end]...)
		p.copied = end
	}
}

// push opens a value. Below the greatest depth brackets are only counted, so that the document still closes as it should.
func (p *scanner) push(bracket byte) {
	atRoot := len(p.open) == 1
	if len(p.open) >= MaxDepth {
		p.tooDeep = true
		p.deep++
		p.at++
		return
	}
	if atRoot {
		p.leave(p.at)
	}
	k := Array
	if bracket == '{' {
		k = Object
	}
	v := &Value{Kind: k, Line: p.line}
	p.attach(v)
	p.open = append(p.open, v)
	p.at++
}

// pop closes what a bracket closes. One that does not fit closes what was left open within, or nothing.
func (p *scanner) pop(bracket byte) {
	p.at++
	if p.deep > 0 {
		p.deep--
		return
	}
	k := Array
	if bracket == '}' {
		k = Object
	}
	for i := len(p.open) - 1; i > 0; i-- {
		if p.open[i].Kind == k {
			p.damaged = p.damaged || i < len(p.open)-1
			p.closeTo(i)
			return
		}
	}
	if len(p.open) > 1 {
		p.damaged = true
	}
}

// closeTo closes an open value with all that is open in it.
func (p *scanner) closeTo(i int) {
	p.open = p.open[:i]
	p.keyed = false
	if i == 1 {
		for range strings.Count(p.s[p.copied:p.at], "\n") {
			p.outside = append(p.outside, '\n')
		}
		p.copied = p.at
	}
}

// attach gives a value to what is open.
func (p *scanner) attach(v *Value) {
	if p.deep > 0 {
		return
	}
	if p.values++; p.values > MaxValues {
		p.tooMany = true
		return
	}
	m := Member{Value: v}
	if p.keyed {
		m.Key, p.keyed = p.key, false
	}
	top := p.open[len(p.open)-1]
	top.Members = append(top.Members, m)
}
