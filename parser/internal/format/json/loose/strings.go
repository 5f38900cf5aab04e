package loose

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// stringToken reads a string, which is a key if a colon follows.
func (p *scanner) stringToken() {
	line := p.line
	text, cut := p.str()
	if !cut && p.colonFollows() {
		p.asKey(text)
		return
	}
	p.cut = p.cut || cut
	p.attach(&Value{Kind: String, Text: text, Line: line, Cut: cut})
}

// asKey keeps a key for the value behind it. In an array it can only belong to an object around that: the end of the
// array is missing.
func (p *scanner) asKey(text string) {
	for i := len(p.open) - 1; i > 0 && p.deep == 0 && p.open[i].Kind == Array; i-- {
		p.damaged = true
		p.closeTo(i)
	}
	p.key, p.keyed = foldKey(text), true
}

// wordToken reads a word without quotation marks: a bare key, a number, or what another language writes before a string.
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
		p.attach(&Value{Kind: Word, Text: word, Line: p.line})
	}
}

// colonFollows tells a key from a value.
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

// quoteLength is the length of the quotation mark at the start of a text, or 0.
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
