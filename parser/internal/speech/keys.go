package speech

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

// keysOf holds of each phrase of some tables two words that stand side by side, or where it has no such two those that stand in few other
// lines.
func keysOf(tables ...string) *keyWords {
	keys := new(keyWords)
	for _, table := range tables {
		for line := range strings.Lines(table) {
			for text := range strings.SplitSeq(line, "/") {
				keys.phrase(strings.Fields(text))
			}
		}
	}
	return keys
}

// phrase adds the keys of a phrase.
func (k *keyWords) phrase(slots []string) {
	const most = 64 // pairs of a phrase
	var room [2][most]uint32
	for i := 1; i < len(slots); i++ {
		left, right := hashesIn(room[0][:0], slots[i-1], true), hashesIn(room[1][:0], slots[i], false)
		if n := len(left) * len(right); n == 0 || n > most {
			continue
		}
		for _, a := range left {
			for _, b := range right {
				k.add(pair(a, b))
			}
		}
		return
	}
	for _, hash := range hashesIn(room[0][:0], rareSlot(slots), true) {
		k.add(hash)
	}
}

// hashesIn returns the hash of each of the words that can stand in a slot: of the last part of it, or of the first, where it has several. A gap
// has none, and neither has a mark. Words with letters beyond ASCII need no key.
func hashesIn(into []uint32, slot string, last bool) []uint32 {
	var room [64]byte
	for word := range strings.SplitSeq(slot, "|") {
		if strings.HasPrefix(word, "…") || !scan.HasLetter(word) {
			return nil
		}
		folded := fold(room[:0], word)
		hash, found := uint32(0), false
		for at := 0; at < len(folded) && (last || !found); at++ {
			if h, length := hashWord(folded[at:]); length > 0 {
				hash, found, at = h, true, at+length
			}
		}
		if found {
			into = append(into, hash)
		}
	}
	return into
}

var (
	frameKeys = sync.OnceValue(func() *keyWords { return keysOf(faultWords, faultWord, goodWords, saysWords) })
	genreKeys = sync.OnceValue(func() *keyWords {
		// Not wishWords, which say nothing alone.
		return keysOf(examWords, contractWords, manualWords, searchWords, changelogWords, sectionWords, choiceWords, lessonWords, templateWords,
			countWords, styleWords)
	})
)

// rareSlot is that of the slots of a phrase whose words probably are the rarest: they are not short, and few.
func rareSlot(slots []string) (slot string) {
	const short = 4
	var best [3]int // whether its words are long, how few they are, how long the shortest is
	for _, one := range slots {
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

// add adds a key.
func (k *keyWords) add(hash uint32) {
	i := (hash ^ hash>>15) % (64 * uint32(len(k)))
	k[i/64] |= 1 << (i % 64)
}

// has tells whether a key was added, or another that looks like it.
func (k *keyWords) has(hash uint32) bool {
	i := (hash ^ hash>>15) % (64 * uint32(len(k)))
	return k[i/64]&(1<<(i%64)) != 0
}

// pair is the key of two words.
func pair(a, b uint32) uint32 { return (a^b>>7)*16777619 ^ b }

// in tells whether a text may hold one of the words. It knows those of ASCII only: a text with other letters may.
func (k *keyWords) in(text string) bool {
	var before uint32
	for at := 0; at < len(text); {
		switch c := text[at]; {
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(text[at:])
			if scan.IsWordRune(r) || unicode.Is(unicode.Mn, r) {
				return true
			}
			at += size
		case scan.IsWordByte[c]:
			h, length := hashWord(text[at:])
			if k.has(h) || k.has(pair(before, h)) {
				return true
			}
			before = h
			at += length
		default:
			at++
		}
	}
	return false
}

// hashWord returns a hash of the letters and digits of ASCII with which a text begins, in whatever case, and how many they are.
func hashWord[T string | []byte](text T) (hash uint32, length int) {
	hash = 2166136261 // FNV-1a
	for length < len(text) && scan.IsWordByte[text[length]] {
		hash = (hash ^ uint32(text[length]|0x20)) * 16777619
		length++
	}
	return hash, length
}
