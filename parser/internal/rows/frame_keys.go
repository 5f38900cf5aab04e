package rows

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"mxverdict/parser/internal/scan"
)

// Every line might be a frame, and hardly one is. Words without which no line is one are looked for before the line is read in full.

// keyWords is a set of words by their hashes. It may hold a word too many.
type keyWords [1 << 17 / 64]uint64

// frameKeys holds of each phrase that makes a frame the words that stand in few other lines: the longest.
var frameKeys = sync.OnceValue(func() *keyWords {
	keys := new(keyWords)
	var room [64]byte
	for _, table := range []string{faultWords, faultWord, goodWords, saysWords} {
		for line := range strings.Lines(table) {
			for text := range strings.SplitSeq(line, "/") {
				for word := range strings.SplitSeq(longestSlot(text), "|") {
					first, _, _ := strings.Cut(word, "+")
					keys.add(string(fold(room[:0], first)))
				}
			}
		}
	}
	return keys
})

// longestSlot is that of the slots of a phrase whose shortest word is the longest.
func longestSlot(text string) (slot string) {
	longest := 0
	for one := range strings.FieldsSeq(text) {
		shortest := len(one)
		for word := range strings.SplitSeq(one, "|") {
			shortest = min(shortest, len(word))
		}
		if shortest > longest && scan.HasLetter(one) {
			slot, longest = one, shortest
		}
	}
	return slot
}

// add adds the first word of a text.
func (k *keyWords) add(text string) {
	h, _ := hashWord(text)
	k[h/64] |= 1 << (h % 64)
}

// in tells whether a text may hold one of the words. It knows those of ASCII only: a text with other letters may.
func (k *keyWords) in(text string) bool {
	for at := 0; at < len(text); {
		switch c := text[at]; {
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(text[at:])
			if isWordRune(r) || unicode.Is(unicode.Mn, r) {
				return true
			}
			at += size
		case isWordByte[c]:
			h, length := hashWord(text[at:])
			if k[h/64]&(1<<(h%64)) != 0 {
				return true
			}
			at += length
		default:
			at++
		}
	}
	return false
}

// hashWord returns a hash of the letters and digits of ASCII with which a text begins, in whatever case, and how many they are.
func hashWord(text string) (hash uint32, length int) {
	hash = 2166136261 // FNV-1a
	for length < len(text) && isWordByte[text[length]] {
		hash = (hash ^ uint32(text[length]|0x20)) * 16777619
		length++
	}
	return (hash ^ hash>>15) % uint32(64*len(keyWords{})), length
}
