package loose

import (
	"iter"
	"strings"
)

// Keys goes over what looks like a key in a text, folded, each with what stands behind its colon.
func Keys(text string) iter.Seq2[string, string] {
	return func(yield func(key, behind string) bool) {
		for i := range len(text) {
			if i > 0 && strings.IndexByte("{,[ \t\r\n\"'`\\>", text[i-1]) < 0 && text[i-1] < 0x80 {
				continue
			}
			key, length := quotedKey(text[i:])
			if length == 0 {
				if i > 0 && quoteLength(text[i-1:]) > 0 {
					continue
				}
				key, length = bareKey(text[i:])
			}
			if length > 0 && !yield(key, text[skipBlanks(text, i+length):]) {
				return
			}
		}
	}
}

// OpensString tells whether a text begins with a quotation mark.
func OpensString(text string) bool { return quoteLength(text) > 0 }

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

// skipBlanks returns where the next word begins, or a place not far from i in an endless run of blanks.
func skipBlanks(s string, i int) int {
	for most := i + 80; i < len(s) && i < most && strings.IndexByte(" \t\r\n", s[i]) >= 0; {
		i++
	}
	return i
}

// isWordByte knows what names and numbers are made of, those of JavaScript included.
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
