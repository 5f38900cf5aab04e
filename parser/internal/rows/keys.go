package rows

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"mxverdict/parser/internal/scan"
)

// Every line might be a frame, or tell a genre, and hardly one does. Words without which no line does so are looked for before it is read in
// full.

// keyWords is a set of words by their hashes. It may hold a word too many.
type keyWords [1 << 17 / 64]uint64

// keysOf holds of each phrase of some tables the words that stand in few other lines.
func keysOf(tables ...string) *keyWords {
	keys := new(keyWords)
	var room [64]byte
	for _, table := range tables {
		for line := range strings.Lines(table) {
			for text := range strings.SplitSeq(line, "/") {
				for word := range strings.SplitSeq(rareSlot(text), "|") {
					first, _, _ := strings.Cut(word, "+")
					keys.add(string(fold(room[:0], first)))
				}
			}
		}
	}
	return keys
}

var (
	frameKeys = sync.OnceValue(func() *keyWords { return keysOf(faultWords, faultWord, goodWords, saysWords) })
	genreKeys = sync.OnceValue(func() *keyWords {
		return keysOf(examWords, contractWords, manualWords, searchWords, changelogWords, sectionWords, choiceWords, wishWords)
	})
)

// rareSlot is that of the slots of a phrase whose words probably are the rarest: they are not short, and few.
func rareSlot(text string) (slot string) {
	const short = 4
	var best [3]int // whether its words are long, how few they are, how long the shortest is
	for one := range strings.FieldsSeq(text) {
		if !scan.HasLetter(one) {
			continue // a gap, or a mark
		}
		shortest := len(one)
		for word := range strings.SplitSeq(one, "|") {
			shortest = min(shortest, len(word))
		}
		is := [3]int{min(shortest, short), -strings.Count(one, "|"), shortest}
		if slot == "" || slices.Compare(is[:], best[:]) > 0 {
			slot, best = one, is
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
