package wording

import (
	"slices"
	"unicode"
	"unicode/utf8"
)

// folded is a text in the form in which it is compared: lower case, one blank for a run of white space, one kind of
// dash and of quotation mark. at holds, for each byte, where it stood in the original, and the original's length at the
// end; it is not filled where every byte kept its place.
type folded struct {
	text   []byte
	at     []int32
	inStep bool // every byte kept its place
}

// origin returns where in the original a byte of the folded text stood.
func (f *folded) origin(i int) int {
	if f.inStep {
		return i
	}
	return int(f.at[i])
}

// fold fills f from text. It keeps the capacity of an earlier use.
func (f *folded) fold(text string) {
	if f.inStep = f.foldInStep(text); !f.inStep {
		f.foldAnything(text)
	}
}

// foldInStep folds what most lines are: ASCII without runs of blanks. It gives up on anything else.
func (f *folded) foldInStep(text string) bool {
	f.text = slices.Grow(f.text[:0], len(text))[:len(text)]
	to := f.text
	blank := false
	for i := 0; i < len(text) && i < len(to); i++ {
		c := text[i]
		if c > ' ' && c < utf8.RuneSelf {
			to[i], blank = lower[c], false
			continue
		}
		if blank || c >= utf8.RuneSelf {
			return false
		}
		to[i], blank = ' ', true
	}
	return true
}

// foldAnything folds texts in which bytes move, and notes from where each came.
func (f *folded) foldAnything(text string) {
	f.text, f.at = slices.Grow(f.text[:0], len(text)), slices.Grow(f.at[:0], len(text)+1)
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

// addBlank adds one blank for a run of them.
func (f *folded) addBlank(at int, already bool) bool {
	if !already {
		f.text, f.at = append(f.text, ' '), append(f.at, int32(at))
	}
	return true
}

// addRune adds a character in its plain form. All bytes of it point to the place at which the original began, so that a piece never
// ends within a character.
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
	return r == '-' || (r >= '\u2010' && r <= '\u2015') || r == '\u2212' || r == '\ufe58' || r == '\ufe63' ||
		r == '\uff0d'
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
// comparison and nothing else. It is asked about every word of a document, and nearly all of them lead to an empty
// slot.
type index struct {
	slots [1 << 12]int32 // the first of the words of a slot, counted from 1, or 0
	words []indexed
}

// indexed are the entries of one word.
type indexed struct {
	hash uint32
	next int32 // the next word of the same slot, counted from 1, or 0
	ids  []int32
}

const (
	// The numbers of FNV-1a with 32 bits: short, and even enough for some thousand words.
	hashStart uint32 = 2166136261
	hashPrime uint32 = 16777619
)

// hash does not tell upper from lower case, because texts are hashed as they stand.
func hash(s string) uint32 {
	h := hashStart
	for i := range len(s) {
		h = (h ^ uint32(lower[s[i]])) * hashPrime
	}
	return h
}

// add files an entry under a folded word.
func (x *index) add(word string, id int) {
	h := hash(word)
	if known := x.find(h); known != nil {
		known.ids = append(known.ids, int32(id))
		return
	}
	slot := &x.slots[h%uint32(len(x.slots))]
	x.words = append(x.words, indexed{hash: h, next: *slot, ids: []int32{int32(id)}})
	*slot = int32(len(x.words))
}

// find is the word with a hash, or nil.
func (x *index) find(h uint32) *indexed {
	for k := x.slots[h%uint32(len(x.slots))]; k > 0; k = x.words[k-1].next {
		if w := &x.words[k-1]; w.hash == h {
			return w
		}
	}
	return nil
}

// of returns the entries of a word's hash.
func (x *index) of(h uint32) []int32 {
	if w := x.find(h); w != nil {
		return w.ids
	}
	return nil
}

// candidates appends the patterns that may match, each once. It reads the text as it stands, without folding it: a text
// without any of the words costs one pass and no memory.
func (x *index) candidates(into []int32, text string) []int32 {
	for i := 0; i < len(text); i++ {
		if !word[text[i]] {
			continue
		}
		h := hashStart
		for ; i < len(text) && word[text[i]]; i++ {
			h = (h ^ uint32(lower[text[i]])) * hashPrime
		}
		for _, id := range x.of(h) {
			into = addOnce(into, id)
		}
	}
	return into
}

// addOnce goes through the list: it has a handful of numbers, for which a map would cost more.
func addOnce(ids []int32, id int32) []int32 {
	for _, have := range ids {
		if have == id {
			return ids
		}
	}
	return append(ids, id)
}

// beginning returns the entries whose first word is that of the text, blanks aside.
func (x *index) beginning(text string) []int32 {
	i := 0
	for i < len(text) && text[i] <= ' ' {
		i++
	}
	start, h := i, hashStart
	for ; i < len(text) && word[text[i]]; i++ {
		h = (h ^ uint32(lower[text[i]])) * hashPrime
	}
	if i == start {
		return nil
	}
	return x.of(h)
}

// begins tells whether a text begins with folded words, blanks aside, and where they end. It is fold for the few words
// at the start of a line, most of which begin with none.
func begins(text, words string) (end int, ok bool) {
	i := skipBlanks(text, 0)
	for len(words) > 0 {
		if i == len(text) {
			return 0, false
		}
		if c := text[i]; c > ' ' && c < utf8.RuneSelf && words[0] > ' ' {
			if lower[c] != words[0] {
				return 0, false
			}
			i, words = i+1, words[1:]
			continue
		}
		if words[0] == ' ' {
			blanks := skipBlanks(text, i)
			if blanks == i {
				return 0, false
			}
			i, words = blanks, words[1:]
			continue
		}
		want, wide := utf8.DecodeRuneInString(words)
		words = words[wide:]
		r, size := utf8.DecodeRuneInString(text[i:])
		if want != unicode.ToLower(r) && (want != '-' || !isDash(r)) {
			return 0, false
		}
		i += size
	}
	return i, i == len(text) || !word[text[i]] || !word[text[i-1]]
}

// skipBlanks knows the blanks of Unicode too, as pages have them between words.
func skipBlanks(text string, i int) int {
	for i < len(text) {
		if text[i] == ' ' {
			i++
			continue
		}
		if text[i] > ' ' && text[i] < utf8.RuneSelf {
			break
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsSpace(r) {
			break
		}
		i += size
	}
	return i
}
