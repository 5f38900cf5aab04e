package wording

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// An index finds what is filed under a word. It is asked about every word of a document, and nearly all of them lead to an
// empty slot.
type index[T any] struct {
	slots [1 << 12]int32 // the first of the words of a slot, counted from 1, or 0
	words []indexed[T]
	begin [utf8.RuneSelf]bool // letters and digits with which spellings begin
}

// indexed are the entries of one word.
type indexed[T any] struct {
	hash    uint64
	next    int32 // the next word of the same slot, counted from 1, or 0
	entries []T
}

// add files an entry under a word.
func (x *index[T]) add(word uint64, entry T) {
	slot := &x.slots[word%uint64(len(x.slots))]
	for k := *slot; k > 0; k = x.words[k-1].next {
		if w := &x.words[k-1]; w.hash == word {
			w.entries = append(w.entries, entry)
			return
		}
	}
	x.words = append(x.words, indexed[T]{hash: word, next: *slot, entries: []T{entry}})
	*slot = int32(len(x.words))
}

// addSpelled files an entry under the first word of a spelling.
func (x *index[T]) addSpelled(spelled string, words []word, entry T) {
	x.add(words[0].hash, entry)
	for _, c := range []byte(spelled) {
		if c >= utf8.RuneSelf {
			for i := range x.begin {
				x.begin[i] = true // its plain form may be any letter
			}
			return
		}
		if classes[c] == isWord {
			x.begin[lower(c)] = true
			return
		}
	}
}

// of returns the entries of a word.
func (x *index[T]) of(word uint64) []T {
	for k := x.slots[word%uint64(len(x.slots))]; k > 0; k = x.words[k-1].next {
		if w := &x.words[k-1]; w.hash == word {
			return w.entries
		}
	}
	return nil
}

// filed is a pattern with the number of that to which it belongs.
type filed struct {
	*pattern
	entry int32
	rare  int32  // by which of its first words it is filed
	off   int32  // how far from that another of them stands that has one spelling
	other uint64 // the hash of that: most patterns are sorted out by it, without a look at them
}

// may tells whether the pattern may stand in a text whose word k is the one by which it is filed.
func (x *filed) may(tokens []token, k int) bool {
	if k < int(x.rare) {
		return false
	}
	if x.off == 0 {
		return true
	}
	k += int(x.off)
	return k < len(tokens) && tokens[k].hash == x.other
}

// filedAs files a pattern under one of its first words.
func filedAs(p *pattern, entry, rare int) filed {
	x := filed{pattern: p, entry: int32(entry), rare: int32(rare)}
	for i, w := range p.first {
		if i != rare && len(w.or) == 0 {
			x.off, x.other = int32(i-rare), w.hash
			break
		}
	}
	return x
}

// commonest is more often than any word stands in the sentences of a file.
const commonest = 1 << 16

// indexOf files each pattern under that of its first words which the fewest patterns share.
// A common word would lead to dozens of patterns on each line of prose.
func indexOf(entries []entry) *index[filed] {
	shared := map[uint64]int{}
	for _, e := range entries {
		for i := range e.patterns {
			for _, w := range e.patterns[i].first {
				shared[w.hash] += 1 + commonest*len(w.or) // a word that may be another is the last to look for
			}
		}
	}
	x := new(index[filed])
	for id, e := range entries {
		for i := range e.patterns {
			p := &e.patterns[i]
			rare := slices.MinFunc(p.first, func(a, b word) int {
				return cmp.Or(cmp.Compare(shared[a.hash], shared[b.hash]), cmp.Compare(a.hash, b.hash))
			})
			f := filedAs(p, id, slices.IndexFunc(p.first, func(w word) bool { return w.hash == rare.hash }))
			x.add(rare.hash, f)
			for _, hash := range rare.or {
				x.add(hash, f)
			}
		}
	}
	return x
}

// beginning returns what is filed under the first word of a text, blanks aside.
// It is asked about all that might be a name or a mark, and the first letter tells of most that it is none.
func (x *index[T]) beginning(o *opening, text string) []T {
	i := 0
	for i < len(text) && (text[i] == ' ' || text[i] == '\t') {
		i++
	}
	if i == len(text) || text[i] < utf8.RuneSelf && classes[text[i]] == isWord && !x.begin[lower(text[i])] {
		return nil
	}
	o.lexer.text = text
	first := o.word(0)
	if first == nil || first.gap&^(gapBlank|gapTab) != 0 {
		return nil
	}
	return x.of(first.hash)
}

// opening are the words with which a text begins, read as far as somebody asks for them. Many names begin with the same word.
type opening struct {
	lexer
	words [8]token
	read  int
}

// word returns one of the first words, or nil where the text ends before.
func (o *opening) word(i int) *token {
	for ; o.read <= i; o.read++ {
		if !o.next(&o.words[o.read]) {
			return nil
		}
	}
	return &o.words[i]
}

// spelling is a name or mark by its number, and the hash of its second word, or 0. Many names begin with one word.
type spelling struct {
	id     int32
	second uint64
}

// spellingOf is the entry of a name with its words.
func spellingOf(id int, words []word) spelling {
	s := spelling{id: int32(id)}
	if len(words) > 1 {
		s.second = words[1].hash
	}
	return s
}

// may tells whether a text may begin with a spelling whose first word it begins with.
func (o *opening) may(s spelling) bool {
	if s.second == 0 {
		return true
	}
	second := o.word(1)
	return second != nil && second.hash == s.second
}

// begins tells whether the text begins with words, blanks aside, and where they end.
func (o *opening) begins(words []word) (end int, ok bool) {
	var rest lexer // of a name longer than most
	var more token
	for i := range words {
		t := &more
		switch {
		case i < len(o.words):
			if t = o.word(i); t == nil {
				return 0, false
			}
		case i == len(o.words):
			rest = o.lexer
			fallthrough
		default:
			if !rest.next(t) {
				return 0, false
			}
		}
		w := &words[i]
		allowed := w.allowed
		if i == 0 {
			allowed = gapBlank | gapTab
		}
		if t.hash != w.hash || t.gap&^allowed != 0 {
			return 0, false
		}
		end = int(t.end)
	}
	return end, true
}
