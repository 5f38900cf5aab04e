package speech

import (
	"mxverdict/parser/internal/scan"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// token is a word by its number in a lexicon, or one of the following.
type token uint16

const (
	other  token = iota // any word that is in no table
	begin               // the beginning of a clause
	end                 // what ends a clause
	comma               //
	parts               // a mark that parts
	quote               // a whole quotation
	number              // except
	zero                //
	gap                 // stands only in phrases
	ordinary
)

// isEnd tells whether a clause, or a part of it that stands by itself, ends at a token.
func isEnd(text []token, at int) bool {
	return at >= len(text) || text[at] == end || text[at] == comma || text[at] == parts
}

// isWord tells whether a token is a word or a number.
func isWord(t token) bool { return t == other || t >= number }

// tokens reads a text into a list that may be used again. A whole quotation is one token where asked for.
func (x *lexicon) tokens(into []token, text string, quotes bool) []token {
	into = append(into, begin)
	for at := 0; at < len(text); {
		if text[at] == ' ' {
			at++
			continue
		}
		c, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case isIdeograph(c):
			into = append(into, x.numbers[foldedHash(text[at:at+size])])
		case scan.IsWordRune(c):
			size = wordEnd(text[at:])
			into = append(into, x.word(text[at:at+size]))
		default:
			if length := quotation(text[at:]); quotes && length > 0 && !behindLetter(text, at) {
				into, size = append(into, quote), length
			} else if t := markToken(text, at, c, size); t == end {
				into = append(into, end, begin)
			} else if t != other {
				into = append(into, t)
			}
		}
		at += size
	}
	return into
}

// word returns the token of a word.
func (x *lexicon) word(word string) token {
	const longest = 40 // bytes of a word of the tables
	if len(word) > longest {
		return other
	}
	if c := word[0]; c >= '0' && c <= '9' {
		switch {
		case strings.Trim(word, "0") == "":
			return zero
		case strings.Trim(word, "0123456789") == "":
			return number
		}
		return other
	}
	return x.numbers[foldedHash(word)]
}

// foldedHash is a hash of a word as fold leaves it. It has 64 bits (FNV-1a): two different words of a language do not meet in it.
func foldedHash(word string) uint64 {
	const prime = 1099511628211
	hash := uint64(14695981039346656037)
	for i := range len(word) {
		c := word[i]
		if c >= utf8.RuneSelf {
			var room [64]byte
			for _, c := range fold(room[:0], word[i:]) {
				hash = (hash ^ uint64(c)) * prime
			}
			return hash
		}
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		hash = (hash ^ uint64(c)) * prime
	}
	return hash
}

// markToken returns the token of a punctuation mark. A mark within a host's name, a number or an address is none.
func markToken(text string, at int, c rune, size int) token {
	apart := at+size == len(text) || strings.IndexByte(" \t\"'*)]?!.", text[at+size]) >= 0 || text[at+size] >= utf8.RuneSelf
	switch c {
	case '。', '！', '；', '？', '?':
		return end
	case '，', '、', ',':
		return comma
	case '：', '–', '—', '→', '⇒', '（', '(', '[':
		return parts
	case '.', '!', ';', '…':
		if apart {
			return end
		}
	case ':', '=', '-', '>':
		if apart {
			return parts
		}
	}
	return other
}

// closers are the marks that end a quotation, by the mark that begins it.
var closers = map[rune]string{
	'"': `"`, '\'': "'’", '`': "`", '“': `”“"`, '„': `“”"`, '‘': "’'", '‚': "‘’", '”': "”", '’': "’",
	'«': "»", '»': "«", '‹': "›", '›': "‹", '「': "」", '『': "』", '《': "》", '【': "】", '＂': "＂",
}

// quotation returns the length of the quotation with which a text begins, 0 if there is none.
func quotation(text string) int {
	c, size := utf8.DecodeRuneInString(text)
	marks, ok := closers[c]
	if !ok {
		return 0
	}
	for at := size; at < len(text); {
		i := strings.IndexAny(text[at:], marks)
		if i < 0 {
			return 0
		}
		_, length := utf8.DecodeRuneInString(text[at+i:])
		if at += i + length; !behindLetter(text, at-length) || !startsWord(text[at:]) {
			return at
		}
	}
	return 0
}

// behindLetter tells whether a mark that may be an apostrophe stands behind a letter, as that of "n't" does.
func behindLetter(text string, at int) bool {
	c, _ := utf8.DecodeRuneInString(text[at:])
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	return (c == '\'' || c == '’' || c == '`') && unicode.IsLetter(before)
}

func startsWord(text string) bool {
	c, _ := utf8.DecodeRuneInString(text)
	return scan.IsWordRune(c)
}

// wordEnd returns the length of the word with which a text begins. A dot within it belongs to it, as in the names of hosts.
func wordEnd(text string) int {
	for at := 0; at < len(text); {
		if scan.IsWordByte[text[at]] {
			at++
			continue
		}
		c, size := utf8.DecodeRuneInString(text[at:])
		switch {
		case c >= utf8.RuneSelf && (scan.IsWordRune(c) && !isIdeograph(c) || c >= firstMark && unicode.Is(unicode.Mn, c)):
		case (c == '.' || c == '@' || c == '_') && startsWord(text[at+1:]):
		default:
			return at
		}
		at += size
	}
	return len(text)
}

// firstMark is the first of the accents that stand by themselves.
const firstMark = '\u0300'

// isIdeograph tells whether a character is of a script that puts no blanks between words.
func isIdeograph(c rune) bool {
	return c >= 0x3041 && c <= 0x9FFF && unicode.IsLetter(c)
}

// fold appends a word in lower case and without accents.
func fold(to []byte, word string) []byte {
	for _, c := range word {
		switch {
		case c >= 'A' && c <= 'Z':
			to = append(to, byte(c)|0x20)
		case c < utf8.RuneSelf:
			to = append(to, byte(c))
		case c >= 'а' && c <= 'я', c >= 'ά' && c <= 'ώ': // small ones, the common case in their languages
			to = utf8.AppendRune(to, c)
		case c >= firstMark && unicode.Is(unicode.Mn, c):
		default:
			c = unicode.ToLower(c)
			if bare, ok := bareLetters()[c]; ok {
				to = append(to, bare...)
			} else {
				to = utf8.AppendRune(to, c)
			}
		}
	}
	return to
}

// bareLetters are the letters without their accents, as people type them who do not find the key.
var bareLetters = sync.OnceValue(func() map[rune]string {
	bare := map[rune]string{}
	for _, row := range strings.Fields("a:àáâãäåăą c:çćčĉ d:ďđ e:èéêëęěē g:ğģ i:ìíîïıī l:łľĺ n:ñńňņ o:òóôõöøőō " +
		"r:řŕ s:śšşș t:ťţț u:ùúûüůűū y:ýÿ z:źżž ae:æ oe:œ ss:ß е:ё") {
		to, from, _ := strings.Cut(row, ":")
		for _, c := range from {
			bare[c] = to
		}
	}
	return bare
})
