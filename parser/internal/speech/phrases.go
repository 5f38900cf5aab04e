package speech

import (
	"slices"
	"strings"
	"unicode/utf8"

	"mxverdict/parser/internal/scan"
)

// Phrases are how people say something in their own language. The tables (prose_words.go, frame_words.go) hold them as text, one a
// line or parted by "/":
//
//	a|b   either word; "a+b" are two words
//	…     up to four words of any kind
//	«»    a quotation
//	:     a mark that parts: a colon, a dash, an arrow, a bracket
//	^     the beginning of a clause
//	,     a comma
//	.     the end of a clause, or a comma or mark
//
// Case and accents count for nothing. A script that puts no blanks between words is read character by character.

// meaning is what a phrase says; each table has its own. Where several phrases match, the longest counts, so that a longer one can
// take back what a shorter one says.
type meaning uint8

// role is what a word can do between phrases and sentences; a word may have several.
type role uint16

// lexicon numbers the words of tables.
type lexicon struct {
	numbers map[uint64]token // by the hash of the word
	roles   []role           // by token
}

func newLexicon() *lexicon {
	const words = 1800 // no table has more
	return &lexicon{numbers: make(map[uint64]token, words), roles: make([]role, ordinary, words)}
}

// number returns the number of a word of a table, a new one for a new word.
func (x *lexicon) number(word string) token {
	hash := foldedHash(word)
	t, ok := x.numbers[hash]
	if !ok {
		t = token(len(x.roles))
		x.numbers[hash], x.roles = t, append(x.roles, 0)
	}
	return t
}

// give gives words that are parted by blanks a role.
func (x *lexicon) give(what role, words string) {
	var room [8]token
	for word := range strings.FieldsSeq(words) {
		for _, t := range x.run(room[:0], word) {
			x.roles[t] |= what
		}
	}
}

func (x *lexicon) is(t token, what role) bool { return x.roles[t]&what != 0 }

// run reads a word of a table as tokens reads a text.
func (x *lexicon) run(into []token, word string) []token {
	for word != "" {
		c, size := utf8.DecodeRuneInString(word)
		switch {
		case c == '…':
			into = append(into, gap)
		case c == ':':
			into = append(into, parts)
		case c == '^':
			into = append(into, begin)
		case c == ',':
			into = append(into, comma)
		case c == '.':
			into = append(into, end)
		case c == '«':
			into = append(into, quote)
		case isIdeograph(c):
			into = append(into, x.number(word[:size]))
		case scan.IsWordRune(c):
			size = wordEnd(word)
			into = append(into, x.number(word[:size]))
		}
		word = word[size:]
	}
	return into
}

// phrase holds for each of its slots the words that can stand there, each of one or more tokens.
type phrase struct {
	slots [][][]token
	means meaning
}

// phrases are those of a table, by the token with which they begin.
type phrases struct {
	last []int32 // by token: the last of the phrases that begin with it, counted from 1, or 0
	list []listed
}

// listed is a phrase under one of the tokens with which it begins.
type listed struct {
	phrase
	before int32  // the one before it that begins with the token, counted from 1, or 0
	second bucket // what can stand behind that token
}

// bucket is a set of tokens, each by a part of its number: it may hold one too many.
type bucket uint64

const anything = ^bucket(0)

func bucketOf(t token) bucket { return 1 << (t % 64) }

// behind is the set of tokens that can stand behind the first one of a phrase.
func (p *phrase) behind(first token) (may bucket) {
	for _, run := range p.slots[0] {
		switch {
		case run[0] != first:
		case len(run) > 1:
			may |= bucketOf(run[1])
		case len(p.slots) == 1:
			return anything
		default:
			for _, next := range p.slots[1] {
				if next[0] == gap || next[0] == end {
					return anything
				}
				may |= bucketOf(next[0])
			}
		}
	}
	return may
}

// add adds the phrases of a table.
func (p *phrases) add(x *lexicon, means meaning, table string) {
	// One allocation serves many: each slice of a phrase is a part of these. They are as long as tables need: a word has some six bytes.
	tokens := make([]token, 0, len(table)/4)
	runs := make([][]token, 0, len(table)/6)
	slots := make([][][]token, 0, len(table)/10)
	for text := range strings.FieldsFuncSeq(table, func(c rune) bool { return c == '/' || c == '\n' }) {
		first := len(slots)
		for rest := scan.TrimLeft(text); rest != ""; {
			var slot, word string
			slot, rest = scan.Word(rest)
			start := len(runs)
			for more := true; more; {
				word, slot, more = strings.Cut(slot, "|")
				from := len(tokens)
				tokens = x.run(tokens, word)
				runs = append(runs, tokens[from:len(tokens):len(tokens)])
			}
			slots = append(slots, runs[start:len(runs):len(runs)])
		}
		if first < len(slots) {
			p.begin(phrase{slots[first:len(slots):len(slots)], means})
		}
	}
}

// begin adds a phrase under each token with which it can begin.
func (p *phrases) begin(one phrase) {
	for i, run := range one.slots[0] {
		t := run[0]
		if slices.ContainsFunc(one.slots[0][:i], func(before []token) bool { return before[0] == t }) {
			continue
		}
		for int(t) >= len(p.last) {
			p.last = append(p.last, 0)
		}
		p.list = append(p.list, listed{one, p.last[t], one.behind(t)})
		p.last[t] = int32(len(p.list))
	}
}

// match finds the longest phrase that begins with the token at from; means is 0 if there is none. Of two phrases of one length the first of
// the tables counts. Words of the role skipped may stand between its words.
func (p *phrases) match(x *lexicon, text []token, from int, skipped role) (to int, means meaning) {
	t := int(text[from])
	if t >= len(p.last) {
		return 0, 0
	}
	next := anything // most phrases go on with another word
	if from+1 == len(text) {
		next = 0
	} else if skipped == 0 || !x.is(text[from+1], skipped) {
		next = bucketOf(text[from+1])
	}
	for k := p.last[t]; k > 0; {
		one := &p.list[k-1]
		k = one.before
		if one.second&next == 0 && one.second != anything {
			continue
		}
		if n := one.match(x, text, from, 0, skipped); n > 0 && n >= to {
			to, means = n, one.means
		}
	}
	return to, means
}

// match returns where the slots of a phrase from one on end if they begin at a token, -1 if they do not.
func (p *phrase) match(x *lexicon, text []token, at, slot int, skipped role) int {
	const most = 4 // words in a gap
	if slot == len(p.slots) {
		return at
	}
	longest := -1
	for _, run := range p.slots[slot] {
		switch first := run[0]; {
		case first == end:
			if isEnd(text, at) {
				longest = max(longest, at)
			}
		case first == gap:
			for n := at; n <= min(at+most, len(text)); n++ {
				longest = max(longest, p.match(x, text, n, slot+1, skipped))
				if n < len(text) && !isWord(text[n]) {
					break
				}
			}
		case at < len(text) && text[at] == first && len(text)-at >= len(run) && slices.Equal(text[at:at+len(run)], run):
			longest = max(longest, p.match(x, text, at+len(run), slot+1, skipped))
		}
	}
	if skipped != 0 && slot > 0 && at < len(text) && x.is(text[at], skipped) {
		longest = max(longest, p.match(x, text, at+1, slot, skipped))
	}
	return longest
}
