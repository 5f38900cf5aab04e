package wording

import (
	"strings"
)

// Plain words: what people and reporters write in several ways and mean the same by. A template and the text in which it is
// looked for are brought to one form, so that a file needs each sentence only once.

// lex appends the words of a text to a list: articles and forms of "to be" left out, contractions in full, compounds in one word.
func lex(into []token, text string) []token {
	x := lexer{text: text}
	var t token
	var left gap // of words that were left out
	from, first := int32(-1), len(into)
	for x.next(&t) {
		if x.leftOut(&t) {
			left |= t.gap
			if from < 0 {
				from = t.start
			}
			continue
		}
		if from >= 0 {
			t.gap, t.from = t.gap|left, from
			left, from = 0, -1
		}
		if likely[t.hash%uint64(len(likely))] {
			into = respell(into, first, t)
			continue
		}
		into = append(into, t)
	}
	return into
}

// The words that headlines do without. A sentence is the same with them and without.
var hashThe, hashA, hashAn, hashIs, hashAre = hashOf("the"), hashOf("a"), hashOf("an"), hashOf("is"), hashOf("are")

// leftOut tells whether a word is one that people and reporters leave out. Within a name it is none ("a.example.com").
func (x *lexer) leftOut(t *token) bool {
	if t.end-t.start > 3 {
		return false
	}
	switch t.hash {
	case hashThe, hashA, hashAn, hashIs, hashAre:
		apart := t.gap.blank() || t.gap == gapQuote || t.gap == 0
		return apart && x.at < len(x.text) && x.text[x.at] == ' '
	}
	return false
}

// negated are the verbs before "n't", as their part before the mark is read, by what they are without it.
var negated = map[uint64]uint64{
	hashOf("doesn"): hashOf("does"), hashOf("don"): hashOf("do"), hashOf("didn"): hashOf("did"), hashOf("isn"): hashIs, hashOf("aren"): hashAre,
	hashOf("hasn"): hashOf("has"), hashOf("haven"): hashOf("have"), hashOf("couldn"): hashOf("could"), hashOf("can"): hashOf("can"),
}

// runTogether are the same without the mark, as they are typed in haste.
var runTogether = map[uint64]uint64{
	hashOf("doesnt"): hashOf("does"), hashOf("dont"): hashOf("do"), hashOf("didnt"): hashOf("did"), hashOf("isnt"): hashIs, hashOf("arent"): hashAre,
	hashOf("hasnt"): hashOf("has"), hashOf("havent"): hashOf("have"), hashOf("couldnt"): hashOf("could"), hashOf("cant"): hashOf("can"),
	hashOf("cannot"): hashOf("can"),
}

// compounds are written in one word or in two; each by its second word.
var compounds = func() map[uint64]map[uint64]uint64 {
	c := map[uint64]map[uint64]uint64{}
	for _, pair := range [][2]string{{"host", "name"}, {"host", "names"}, {"name", "server"}, {"name", "servers"}, {"look", "up"}, {"look", "ups"},
		{"black", "list"}, {"black", "listed"}, {"black", "lists"}, {"time", "out"}, {"time", "outs"}, {"sub", "net"}, {"sub", "nets"}} {
		behind := hashOf(pair[1])
		if c[behind] == nil {
			c[behind] = map[uint64]uint64{}
		}
		c[behind][hashOf(pair[0])] = hashOf(pair[0] + pair[1])
	}
	return c
}()

var hashT, hashNot = hashOf("t"), hashOf("not")

// likely tells by a part of the hash which words may need another spelling: few are, and every word is asked about.
var likely = func() (l [1 << 9]bool) {
	l[hashT%uint64(len(l))] = true
	for word := range runTogether {
		l[word%uint64(len(l))] = true
	}
	for word := range compounds {
		l[word%uint64(len(l))] = true
	}
	return l
}()

// respell appends a word that may be a part of one with the word before it, or two. first is where the text's words begin.
func respell(into []token, first int, t token) []token {
	last := len(into) - 1
	if verb := runTogether[t.hash]; verb != 0 {
		behind := t
		behind.start = t.end // there is no room for a word of its own
		return negate(append(into, t), verb, behind)
	}
	if last < first {
		return append(into, t)
	}
	before := &into[last]
	if verb := negated[before.hash]; verb != 0 && t.hash == hashT && t.gap == gapQuote && t.start-before.end < 4 {
		return negate(into, verb, t)
	}
	if whole := compounds[t.hash][before.hash]; whole != 0 && (t.gap == gapBlank || t.gap == gapHyphen) && t.from == t.start {
		before.hash, before.end = whole, t.end
		return into
	}
	return append(into, t)
}

// respelled tells whether a word may be left out, or become another with a word beside it.
func respelled(word string) bool {
	hash := hashOf(strings.ToLower(word))
	switch hash {
	case hashThe, hashA, hashAn, hashIs, hashAre, hashT:
		return true
	}
	for _, first := range compounds {
		if first[hash] != 0 {
			return true
		}
	}
	return negated[hash] != 0 || runTogether[hash] != 0 || compounds[hash] != nil
}

// negate writes the last word as a verb with "not" behind it. A form of "to be" is left out, like elsewhere.
func negate(into []token, verb uint64, t token) []token {
	before := &into[len(into)-1]
	if verb == hashIs || verb == hashAre {
		before.hash, before.end, before.own = hashNot, t.end, true
		return into
	}
	before.hash = verb
	return append(into, token{hash: hashNot, start: t.start, end: t.end, from: t.start, gap: gapBlank, own: true})
}
