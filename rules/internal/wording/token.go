package wording

import (
	"unicode"
	"unicode/utf8"
)

// Tokens: the words of a text, and what parts them. Sentences are compared word by word, so that quotation marks, dashes,
// brackets and blanks matter only where they end one sentence and begin another.

// token is a word of a text: a run of letters and digits. Two words are the same where their hashes are, which do not tell
// upper from lower case.
type token struct {
	hash       uint64
	start, end int32 // bytes of the text
	from       int32 // where the article in front begins, which is left out; else start
	gap        gap   // what stands between the word before and this one
	own        bool  // whoever wrote the text contracted it
}

// gap tells what stands between two words.
type gap uint8

const (
	gapBlank  gap = 1 << iota
	gapQuote      // quotation marks, brackets, the stars and ticks of Markdown
	gapHyphen     // a dash without blanks: "self-signed"
	gapDash       // any other
	gapMark       // a colon or slash, or a full stop that ends no sentence
	gapHard       // commas and whatever else parts what is said
	gapTab        // the border of a cell
	gapStop       // the end of a sentence, for another one begins

	isWord gap = 0 // the class of letters and digits, and of bytes beyond ASCII
)

// blank tells whether the two words stand apart.
func (g gap) blank() bool { return g&(gapBlank|gapTab) != 0 }

// classes tells for each byte of ASCII which gap it makes. Which points end a sentence is told when the next word is seen.
var classes = func() (c [utf8.RuneSelf]gap) {
	for i := range c {
		c[i] = gapHard
		if lower := i | 0x20; lower >= 'a' && lower <= 'z' || i >= '0' && i <= '9' {
			c[i] = isWord
		}
		if i <= ' ' {
			c[i] = gapBlank
		}
	}
	for chars, class := range map[string]gap{"\t|": gapTab, "\"'`*_()[]{}#": gapQuote, "-": gapDash, ":/\\": gapMark, ".!": gapStop} {
		for _, b := range []byte(chars) {
			c[b] = class
		}
	}
	return c
}()

// small maps the letters and digits of ASCII to lower case, and every other byte to 0.
var small = func() (s [256]byte) {
	for i, class := range classes {
		if c := byte(i); class == isWord {
			s[i] = lower(c)
		}
	}
	return s
}()

// lower is a byte of ASCII in lower case.
func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// classOf is the class of a character beyond ASCII, and the same character in its plain form. Full-width forms are those of ASCII.
func classOf(r rune) (gap, rune) {
	switch {
	case r < utf8.RuneSelf:
		return classes[r], r
	case r >= 0xff01 && r <= 0xff5e:
		r -= 0xff01 - '!'
		return classes[r], r
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), invisible(r):
		return isWord, r
	case unicode.IsSpace(r):
		return gapBlank, ' '
	case isDash(r):
		return gapDash, '-'
	case r == '。', r == '．':
		return gapStop, '.'
	case r == '´', r == '′', r == '″', unicode.In(r, unicode.Pi, unicode.Pf, unicode.Ps, unicode.Pe):
		return gapQuote, '\''
	}
	return gapHard, r
}

// invisible characters are left out where they stand: the soft hyphen and its like within a word.
func invisible(r rune) bool {
	return r == '\u00ad' || r >= '\u200b' && r <= '\u200d' || r == '\u2060' || r == '\ufeff'
}

// isDash knows the hyphens and dashes that browsers, word processors and mail programs put in place of a hyphen-minus.
func isDash(r rune) bool {
	return r == '-' || (r >= '\u2010' && r <= '\u2015') || r == '\u2212' || r == '\ufe58' || r == '\ufe63' ||
		r == '\uff0d'
}

const (
	// The numbers of FNV-1a with 64 bits: two different words of a language do not meet in it.
	hashStart uint64 = 14695981039346656037
	hashPrime uint64 = 1099511628211
)

// hashOf is the hash of a word in lower case.
func hashOf(word string) uint64 {
	h := hashStart
	for i := range len(word) {
		h = (h ^ uint64(word[i])) * hashPrime
	}
	return h
}

// The words with a meaning of their own. A web address is one word, which no word of a sentence is like: the names of pages
// are sentences with hyphens.
var hashAnd, hashNo, hashURL = hashOf("and"), hashOf("no"), hashOf("://")

// lexer reads the words of a text one by one, so that whoever looks at the first only pays for it only.
type lexer struct {
	text   string
	at     int
	dotted bool // a point joins the last word to the one before it, as in a host name
}

// next reads a word. Its gap is that to the word before, or what stands before the first.
func (x *lexer) next(t *token) bool {
	text, i := x.text, x.at
	var g gap
	stopped := false
	for i < len(text) {
		c, size := text[i], 1
		class := gapHard
		if c < utf8.RuneSelf {
			class = classes[c]
		} else {
			var r rune
			r, size = utf8.DecodeRuneInString(text[i:])
			class, _ = classOf(r)
		}
		if class == isWord {
			break
		}
		if c == '&' {
			*t = token{hash: hashAnd, start: int32(i), end: int32(i + 1), from: int32(i), gap: settle(g, ' ')}
			x.at, x.dotted = i+1, false
			return true
		}
		switch {
		case class == gapStop:
			class, stopped = gapMark, true
		case class == gapBlank && stopped:
			class |= gapStop
		}
		g |= class
		i += size
	}
	if i == len(text) {
		x.at = i
		return false
	}
	x.dotted = x.at > 0 && i == x.at+1 && text[x.at] == '.'
	*t = token{start: int32(i), from: int32(i), gap: settle(g, text[i])}
	x.word(t)
	return true
}

// settle decides what only the next word tells: a sentence does not begin with a small letter, and whether a dash stands
// between blanks.
func settle(g gap, next byte) gap {
	if g&gapStop != 0 && next >= 'a' && next <= 'z' {
		g &^= gapStop
	}
	if g == gapDash {
		g = gapHyphen
	}
	return g
}

// word reads the word that begins at a token, and the rest of a web address whose first word it is.
func (x *lexer) word(t *token) {
	text, i, h := x.text, int(t.start), hashStart
	for ; i < len(text); i++ {
		c := small[text[i]]
		if c == 0 {
			break
		}
		h = (h ^ uint64(c)) * hashPrime
	}
	if i < len(text) && text[i] >= utf8.RuneSelf {
		h, i = hashOn(h, text, i)
	}
	if i < len(text) && (text[i] == ':' && i+2 < len(text) && text[i+1] == '/' && text[i+2] == '/' || text[i] == '/' && x.dotted) {
		h, i = hashURL, endOfURL(text, i)
	}
	t.hash, t.end, x.at = h, int32(i), i
}

// hashOn goes on with a word in which letters beyond ASCII stand.
func hashOn(h uint64, text string, i int) (uint64, int) {
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		class, plain := classOf(r)
		if class != isWord {
			break
		}
		i += size
		if invisible(r) {
			continue
		}
		var bytes [utf8.UTFMax]byte
		for _, b := range bytes[:utf8.EncodeRune(bytes[:], unicode.ToLower(plain))] {
			h = (h ^ uint64(b)) * hashPrime
		}
	}
	return h, i
}

// endOfURL returns where a web address ends: at a blank, a quotation mark or the bracket around it.
func endOfURL(text string, i int) int {
	open := 0
	start := i
loop:
	for i < len(text) {
		switch c := text[i]; c {
		case '(':
			open++
		case ')':
			if open--; open < 0 {
				break loop
			}
		case '"', '<', '>', '[', ']', '|', '`', '*', '\'':
			break loop
		default:
			if c <= ' ' {
				break loop
			}
		}
		i++
	}
	for i > start+1 && (text[i-1] == '.' || text[i-1] == ',' || text[i-1] == ':' || text[i-1] == ';' || text[i-1] == '!') {
		i--
	}
	return i
}
