package wording

import (
	"unicode"
	"unicode/utf8"
)

// folded is a text in the form in which it is compared: lower case, one blank for a run of white space, one kind of dash
// and of quotation mark. at holds, for each byte, where it stood in the original, and the original's length at the end.
type folded struct {
	text []byte
	at   []int32
}

// fold fills f from text. It keeps the capacity of an earlier use.
func (f *folded) fold(text string) {
	f.text, f.at = f.text[:0], f.at[:0]
	blank := false
	for i := 0; i < len(text); {
		c := text[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(text[i:])
			blank = f.addRune(r, i, blank)
			i += size
			continue
		}
		if c <= ' ' {
			blank = f.addBlank(i, blank)
		} else {
			f.text, f.at = append(f.text, lower[c]), append(f.at, int32(i))
			blank = false
		}
		i++
	}
	f.at = append(f.at, int32(len(text)))
}

func (f *folded) addBlank(at int, already bool) bool {
	if !already {
		f.text, f.at = append(f.text, ' '), append(f.at, int32(at))
	}
	return true
}

func (f *folded) addRune(r rune, at int, blank bool) bool {
	switch {
	case unicode.IsSpace(r):
		return f.addBlank(at, blank)
	case isDash(r):
		r = '-'
	case r >= '\u2018' && r <= '\u201b', r == '\u00b4':
		r = '\''
	case r >= '\u201c' && r <= '\u201f', r == '\u00ab', r == '\u00bb':
		r = '"'
	default:
		r = unicode.ToLower(r)
	}
	n := len(f.text)
	f.text = utf8.AppendRune(f.text, r)
	for range len(f.text) - n {
		f.at = append(f.at, int32(at))
	}
	return false
}

// isDash knows the hyphens and dashes that browsers, word processors and mail programs put in place of a hyphen-minus.
func isDash(r rune) bool {
	return r == '-' || (r >= '\u2010' && r <= '\u2015') || r == '\u2212' || r == '\ufe58' || r == '\ufe63' || r == '\uff0d'
}

// lower maps ASCII to lower case; word tells the bytes that make up words.
var lower, word = func() (l [256]byte, w [256]bool) {
	for i := range l {
		c := byte(i)
		l[i] = c
		if c >= 'A' && c <= 'Z' {
			l[i] = c + 'a' - 'A'
		}
		w[i] = c >= '0' && c <= '9' || l[i] >= 'a' && l[i] <= 'z'
	}
	return l, w
}()

// foldString is fold for the few texts that are folded once, when a file is loaded.
func foldString(text string) string {
	var f folded
	f.fold(text)
	return string(f.text)
}

// An index finds the patterns whose rare word stands in a text. Its keys are hashes: a collision costs one needless
// comparison and nothing else.
type index map[uint32][]int32

const (
	hashStart uint32 = 2166136261
	hashPrime uint32 = 16777619
)

func hash(s string) uint32 {
	h := hashStart
	for i := range len(s) {
		h = (h ^ uint32(lower[s[i]])) * hashPrime
	}
	return h
}

func (x index) add(word string, id int) {
	h := hash(word)
	x[h] = append(x[h], int32(id))
}

// candidates appends the patterns that may match, each once. It reads the text as it stands, without folding it: a text
// without any of the words costs one pass and no memory.
func (x index) candidates(into []int32, text string) []int32 {
	for i := 0; i < len(text); i++ {
		if !word[text[i]] {
			continue
		}
		h := hashStart
		for ; i < len(text) && word[text[i]]; i++ {
			h = (h ^ uint32(lower[text[i]])) * hashPrime
		}
		for _, id := range x[h] {
			into = addOnce(into, id)
		}
	}
	return into
}

func addOnce(ids []int32, id int32) []int32 {
	for _, have := range ids {
		if have == id {
			return ids
		}
	}
	return append(ids, id)
}

// firstWord returns the hash of the first word of a text, if the text begins with one (blanks aside).
func firstWord(text string) (uint32, bool) {
	i := 0
	for i < len(text) && text[i] <= ' ' {
		i++
	}
	start, h := i, hashStart
	for ; i < len(text) && word[text[i]]; i++ {
		h = (h ^ uint32(lower[text[i]])) * hashPrime
	}
	return h, i > start
}
