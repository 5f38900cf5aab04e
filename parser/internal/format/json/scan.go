package json

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Bounds of a document. An answer holds some thousand values, nested half a dozen deep.
const (
	maxDepth  = 64
	maxValues = 500_000
)

// value is a value of a document: an object or array with members, or a string, number or bare word.
type value struct {
	kind    kind
	text    string // of a string or bare word
	line    int    // where it begins
	cut     bool   // its end is missing
	members []member
}

type kind uint8

const (
	bareWord kind = iota // null, true, a number
	str
	array
	object
)

// member is a value of an object under its key, or of an array under "".
type member struct {
	key string // folded: letters and digits in lower case
	*value
}

// get returns the member of an object with a key, or an empty value.
func (v *value) get(key string) *value {
	for _, m := range v.members {
		if m.key == key {
			return m.value
		}
	}
	return &value{}
}

// scanner reads values out of a document that need not be valid: RFC 8259, what JavaScript and Python write instead
// (bare or single-quoted keys, comments, commas at the end), and documents with holes. It never gives up; what it
// cannot place it skips.
type scanner struct {
	s      string
	at     int
	line   int
	open   []*value // the document as a nameless object, and what is open in it
	key    string   // waits for its value
	keyed  bool
	deep   int // brackets open below the greatest depth
	values int

	outside []byte // the document without its values: what stands around them
	copied  int    // up to where outside has been written

	cut, damaged, tooDeep, tooMany bool
}

// scan reads a document.
func scan(document string) (root *value, p *scanner) {
	root = &value{kind: object, line: 1}
	p = &scanner{s: document, line: 1, open: []*value{root}}
	for p.at < len(p.s) && !p.tooMany {
		p.token()
	}
	p.cut = p.cut || len(p.open) > 1 || p.deep > 0
	for _, v := range p.open[1:] {
		v.cut = true
	}
	if len(p.open) == 1 {
		p.leave(len(p.s))
	}
	return root, p
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

func (p *scanner) push(bracket byte) {
	atRoot := len(p.open) == 1
	if len(p.open) >= maxDepth {
		p.tooDeep = true
		p.deep++
		p.at++
		return
	}
	if atRoot {
		p.leave(p.at)
	}
	k := array
	if bracket == '{' {
		k = object
	}
	v := &value{kind: k, line: p.line}
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
	k := array
	if bracket == '}' {
		k = object
	}
	for i := len(p.open) - 1; i > 0; i-- {
		if p.open[i].kind == k {
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
func (p *scanner) attach(v *value) {
	if p.deep > 0 {
		return
	}
	if p.values++; p.values > maxValues {
		p.tooMany = true
		return
	}
	m := member{value: v}
	if p.keyed {
		m.key, p.keyed = p.key, false
	}
	top := p.open[len(p.open)-1]
	top.members = append(top.members, m)
}

// stringToken reads a string, which is a key if a colon follows.
func (p *scanner) stringToken() {
	line := p.line
	text, cut := p.str()
	if !cut && p.colonFollows() {
		p.asKey(text)
		return
	}
	p.cut = p.cut || cut
	p.attach(&value{kind: str, text: text, line: line, cut: cut})
}

// asKey keeps a key for the value behind it. In an array it can only belong to an object around that: the end of the
// array is missing.
func (p *scanner) asKey(text string) {
	for i := len(p.open) - 1; i > 0 && p.deep == 0 && p.open[i].kind == array; i-- {
		p.damaged = true
		p.closeTo(i)
	}
	p.key, p.keyed = foldKey(text), true
}

func (p *scanner) wordToken() {
	begin := p.at
	for p.at < len(p.s) && isWordByte(p.s[p.at]) {
		p.at++
	}
	word := p.s[begin:p.at]
	switch {
	case p.colonFollows():
		p.asKey(word)
	case len(word) <= 2 && p.at < len(p.s) && (p.s[p.at] == '"' || p.s[p.at] == '\''):
		// the prefix of a string in Python
	case strings.Trim(word, ".") == "":
		p.damaged = true // "..." where somebody left something out
	default:
		p.attach(&value{kind: bareWord, text: word, line: p.line})
	}
}

func (p *scanner) colonFollows() bool {
	i := skipBlanks(p.s, p.at)
	return i < len(p.s) && p.s[i] == ':'
}

// comment passes over a comment of JavaScript.
func (p *scanner) comment() bool {
	rest := p.s[p.at:]
	switch {
	case strings.HasPrefix(rest, "//"):
		if end := strings.IndexByte(rest, '\n'); end >= 0 {
			p.at += end
		} else {
			p.at = len(p.s)
		}
	case strings.HasPrefix(rest, "/*"):
		end := strings.Index(rest, "*/")
		if end < 0 {
			end = len(rest) - 2
		}
		p.line += strings.Count(rest[:end], "\n")
		p.at += end + 2
	default:
		return false
	}
	return true
}

// quote returns the length of the quotation mark that stands here, or 0. Word processors turn straight ones into curly
// ones.
func (p *scanner) quote() int { return quoteLength(p.s[p.at:]) }

func quoteLength(s string) int {
	switch {
	case s == "":
		return 0
	case s[0] == '"', s[0] == '\'', s[0] == '`':
		return 1
	}
	for _, q := range []string{"“", "”", "„"} {
		if strings.HasPrefix(s, q) {
			return len(q)
		}
	}
	return 0
}

// str reads a string. Its end is the quotation mark behind which the document goes on as it must; another is part of
// it, or the beginning of the next key if the string's own end is missing.
func (p *scanner) str() (text string, cut bool) {
	size := p.quote()
	curly, mark := size > 1, p.s[p.at]
	p.at += size
	begin := p.at
	var b []byte // only if the string is not what stands there
	flush := func() { b, begin = append(b, p.s[begin:p.at]...), p.at }
	for p.at < len(p.s) {
		c := p.s[p.at]
		switch {
		case c == '\\':
			flush()
			b = p.escape(b)
			begin = p.at
		case c == '\n':
			flush()
			p.line++
			p.at++
			for p.at < len(p.s) && strings.IndexByte(" \t\r>", p.s[p.at]) >= 0 {
				p.at++ // a mail program broke the line, and another quoted it
			}
			b, begin = append(b, ' '), p.at
		case curly && c >= utf8.RuneSelf && p.quote() > 0, !curly && c == mark:
			end := p.at
			size := p.quote()
			switch {
			case p.endsAt(end + size):
				p.at += size
			case keyBegins(p.s[end:]):
				cut = true
			default:
				p.at += size
				continue
			}
			return string(append(b, p.s[begin:end]...)), cut
		default:
			p.at++
		}
	}
	return string(append(b, p.s[begin:]...)), true
}

// endsAt tells whether what stands behind a quotation mark can follow a string.
func (p *scanner) endsAt(i int) bool {
	newLine := false
	for ; i < len(p.s) && strings.IndexByte(" \t\r\n", p.s[i]) >= 0; i++ {
		newLine = newLine || p.s[i] == '\n'
	}
	return i == len(p.s) || newLine || strings.IndexByte(",:}])/;+", p.s[i]) >= 0
}

// escape reads an escape sequence (RFC 8259 section 7). One that nobody knows stands for its character.
func (p *scanner) escape(b []byte) []byte {
	p.at++
	if p.at >= len(p.s) {
		return b
	}
	c := p.s[p.at]
	p.at++
	switch c {
	case 'n', 'r':
		return append(b, '\n')
	case 't', 'f', 'b':
		return append(b, ' ')
	case '\n':
		p.line++
		return b
	case 'u':
		r := p.hex()
		if utf16.IsSurrogate(r) && strings.HasPrefix(p.s[p.at:], `\u`) {
			p.at += 2
			r = utf16.DecodeRune(r, p.hex())
		}
		return utf8.AppendRune(b, r)
	}
	return append(b, c)
}

// hex reads the four digits of a code unit.
func (p *scanner) hex() (r rune) {
	for n := 0; n < 4 && p.at < len(p.s); n++ {
		digit := strings.IndexByte("0123456789abcdef", p.s[p.at]|0x20)
		if digit < 0 {
			return utf8.RuneError
		}
		r = r<<4 | rune(digit)
		p.at++
	}
	return r
}

// longestKey is more than any key of an answer has.
const longestKey = 40

// keyBegins tells whether a key with its colon stands here.
func keyBegins(s string) bool {
	_, length := quotedKey(s)
	return length > 0
}

// quotedKey reads a quoted name and the colon behind it.
func quotedKey(s string) (key string, length int) {
	size := quoteLength(s)
	if size == 0 {
		return "", 0
	}
	end := size
	for end < len(s) && end-size < longestKey && (isWordByte(s[end]) || s[end] == ' ') {
		end++
	}
	after := quoteLength(s[end:])
	if end == size || after == 0 {
		return "", 0
	}
	colon := skipBlanks(s, end+after)
	if colon == len(s) || s[colon] != ':' {
		return "", 0
	}
	return foldKey(s[size:end]), colon + 1
}

// skipBlanks returns where the next word begins, or a place not far from i in an endless run of blanks.
func skipBlanks(s string, i int) int {
	for most := i + 80; i < len(s) && i < most && strings.IndexByte(" \t\r\n", s[i]) >= 0; {
		i++
	}
	return i
}

// bareKey reads a name without quotation marks and the colon behind it.
func bareKey(s string) (key string, length int) {
	end := 0
	for end < len(s) && end < longestKey && isWordByte(s[end]) {
		end++
	}
	colon := skipBlanks(s, end)
	if end == 0 || colon == len(s) || s[colon] != ':' {
		return "", 0
	}
	return foldKey(s[:end]), colon + 1
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c == '.' ||
		c == '-'
}

// foldKey writes a key as it is compared: other programs that pass an answer on change the case and add underscores.
func foldKey(key string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r | 0x20
		case r == '_' || r == '-' || r == ' ':
			return -1
		}
		return r
	}, key)
}
