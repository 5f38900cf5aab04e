package wording

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"
)

// pattern is a compiled template: at most one placeholder in front, words, then placeholders each followed by words.
// The words behind the last placeholder may be missing.
type pattern struct {
	lead   placeholder
	first  []word
	tail   []part
	closes string // the points with which it ends

	explains []string // of a detail: the rules whose rows it explains; nil for any
}

// word is one that a pattern demands.
type word struct {
	hash    uint64
	or      []uint64 // words that do as well
	allowed gap      // what may stand in front of it
	article bool     // an article may, or a form of "to be"
	joined  bool     // the pattern itself joins it to the word before it
}

// is tells whether a word of a text is the one that is demanded.
func (w *word) is(hash uint64) bool {
	return w.hash == hash || len(w.or) > 0 && slices.Contains(w.or, hash)
}

// part is a placeholder with the words behind it, which end what it takes.
type part struct {
	placeholder
	allowed gap
	then    []word
}

// span is a piece of a text, in bytes.
type span struct{ start, end int }

// hit is one place where a pattern stands. gaps holds what the placeholders took, the leading one first.
type hit struct {
	span
	gaps   []span
	joined int  // how many of its words are joined that its author parts
	told   bool // somebody tells it in words of his own: articles and contractions stand in it that are not the reporter's
}

// What may stand between two words of a sentence. Where its author set a point, anything may; where he set none, whatever
// does not end what is said.
const (
	anyPoint  = gapBlank | gapQuote | gapHyphen | gapDash | gapMark
	ownPoint  = anyPoint | gapHard | gapTab
	ownStop   = ownPoint | gapStop
	behindNo  = gapBlank | gapQuote // "No: …" is an answer
	nameBlank = gapBlank | gapHyphen
)

// compile reads a template such as "{seconds} seconds - Good". lists are the names that {list} takes whole.
func compile(says string, lists []string) (pattern, error) {
	var p pattern
	var before string // the words between the placeholder before and this one
	rest := strings.TrimSpace(says)
	for first := true; ; first = false {
		literal, behind, found := strings.Cut(rest, "{")
		if strings.ContainsRune(literal, '}') {
			return p, errors.New("a } without a { before it")
		}
		p.addWords(literal, first)
		before = literal
		if !found {
			return p, p.complete(before)
		}
		inside, after, closed := strings.Cut(behind, "}")
		if !closed {
			return p, errors.New("a { without a } behind it")
		}
		slot, err := placeholderNamed(inside)
		if err != nil {
			return p, err
		}
		if slot.kind == list {
			slot.known = namesOfLists(lists)
		}
		if p.uses(slot.name) && slot.name != anyPlaceholder {
			return p, fmt.Errorf("placeholder {%s} stands here twice", slot.name)
		}
		switch {
		case first && len(p.first) == 0:
			p.lead = slot
		case !p.parted(literal, slot):
			return p, errors.New("words must stand between two placeholders")
		default:
			p.tail = append(p.tail, part{placeholder: slot, allowed: allowedIn(before)})
		}
		rest = after
	}
}

// allowedIn returns what may stand in front of a placeholder behind the words of a template.
func allowedIn(literal string) gap {
	i := len(literal)
	for i > 0 && (literal[i-1] >= utf8.RuneSelf || classes[literal[i-1]] != isWord) {
		i--
	}
	if i < len(literal) && strings.Trim(literal[i:], " ") == "" {
		return anyPoint
	}
	return ownStop
}

// namesOfLists compiles names, the longest first: one may begin another.
func namesOfLists(lists []string) [][]word {
	known := make([][]word, len(lists))
	for i, name := range lists {
		known[i] = wordsOfName(name)
	}
	slices.SortStableFunc(known, func(a, b []word) int { return len(b) - len(a) })
	return known
}

// addWords adds the words in front of the next placeholder, or of the end.
func (p *pattern) addWords(literal string, first bool) {
	words := wordsOf(literal)
	switch {
	case first:
		p.first = words
	case len(p.tail) == 0:
		p.first = words
	default:
		p.tail[len(p.tail)-1].then = words
	}
}

// parted tells whether what stands in front of a placeholder ends what the one before takes: words, or a point where the
// value before is one word.
func (p *pattern) parted(literal string, next placeholder) bool {
	if len(p.tail) == 0 {
		return len(p.first) > 0
	}
	before := p.tail[len(p.tail)-1]
	return len(before.then) > 0 || strings.TrimSpace(literal) != "" && (before.kind != phrase || next.kind == page)
}

// wordsOf compiles the words of a template, as lex leaves them.
func wordsOf(literal string) []word {
	var room [16]token // for those of most sentences
	return compileWords(literal, lex(room[:0], literal), anyPoint)
}

// wordsOfName compiles a name or mark, all of its words. People write it with nothing but blanks and hyphens where the
// reporter has blanks.
func wordsOfName(name string) []word {
	var room [8]token // for those of most names
	tokens := room[:0]
	x := lexer{text: name}
	for t := (token{}); x.next(&t); {
		tokens = append(tokens, t)
	}
	return compileWords(name, tokens, nameBlank)
}

// compileWords makes the words of a template of those of its text. plain is what may stand where its author set a blank.
func compileWords(literal string, tokens []token, plain gap) []word {
	words := make([]word, 0, len(tokens))
	for i, t := range tokens {
		between := literal[:t.from]
		if i > 0 {
			between = literal[tokens[i-1].end:t.from]
		}
		if between == wordOr && i > 0 {
			last := &words[len(words)-1]
			last.or = append(last.or, t.hash)
			continue
		}
		w := word{hash: t.hash, allowed: plain, article: t.from < t.start, joined: between != "" && !t.gap.blank()}
		switch {
		case strings.ContainsAny(between, ".!"):
			w.allowed = ownStop
		case strings.Trim(between, " ") != "":
			w.allowed = ownPoint
		case i > 0 && tokens[i-1].hash == hashNo:
			w.allowed = behindNo
		}
		words = append(words, w)
	}
	return words
}

// complete ends a template behind its last words. It refuses one of placeholders alone, which would match anything and could
// be found by nothing.
func (p *pattern) complete(last string) error {
	if len(p.first) == 0 && !p.bare() {
		return errors.New("a wording needs at least one whole word, behind the first of its placeholders if it begins with one")
	}
	if p.lead.kind == phrase {
		return fmt.Errorf("a wording cannot begin with {%s}: nothing tells where that begins", p.lead.name)
	}
	end := len(last)
	for end > 0 && (last[end-1] >= utf8.RuneSelf || classes[last[end-1]] != isWord) {
		end--
	}
	p.closes = closing.Replace(strings.TrimRight(last[end:], " .!"))
	return nil
}

// bare tells whether the pattern is one value and nothing else. Only details may be.
func (p *pattern) bare() bool { return len(p.first) == 0 && len(p.tail) == 0 && p.lead.kind != noKind }

// closing writes quotation marks and brackets alike, and leaves out what is as well left out.
var closing = strings.NewReplacer(`"`, "'", ")", "'", "]", "'", ".", "", "!", "")

// uses tells whether a template has a placeholder.
func (p *pattern) uses(slot string) bool {
	return p.lead.name == slot || slices.ContainsFunc(p.tail, func(x part) bool { return x.name == slot })
}

// keys are equal for two templates that match the same texts: one for each choice among the words that do as well.
func (p *pattern) keys() []uint64 {
	keys := []uint64{hashStart}
	add := func(k kind, words []word) {
		keys = mixed(keys, uint64(k))
		for _, w := range words {
			keys = mixed(keys, w.hash, w.or...)
		}
	}
	add(p.lead.kind, p.first)
	for _, x := range p.tail {
		add(x.kind, x.then)
	}
	return keys
}

// mixed adds to each key one of several values.
func mixed(keys []uint64, value uint64, or ...uint64) []uint64 {
	n := len(keys)
	for _, other := range or {
		for _, key := range keys[:n] {
			keys = append(keys, mix(key, other))
		}
	}
	for i, key := range keys[:n] {
		keys[i] = mix(key, value)
	}
	return keys
}

// mix is a hash of two.
func mix(key, value uint64) uint64 { return (bits.RotateLeft64(key, 23) ^ value) * hashPrime }

// mostJoined is how many words of a sentence may be joined by a hyphen or slash although its author parts them with blanks.
// "self-signed" is such a word; the name of a page ("dns-record-not-found") is none.
const mostJoined = 1

// follow returns the word behind those of a pattern that stand from a word on, or 0. inside demands that nothing but what the
// first allows stands in front of it. h counts what differs.
func follow(tokens []token, k int, words []word, inside bool, h *hit) (next int) {
	if k < 0 || k+len(words) > len(tokens) {
		return 0
	}
	joined, told := h.joined, h.told
	for i := range words {
		w, t := &words[i], &tokens[k+i]
		if !w.is(t.hash) {
			return 0
		}
		if i == 0 && !inside {
			continue
		}
		if t.gap&^w.allowed != 0 {
			return 0
		}
		if !w.joined && !t.gap.blank() {
			joined++
		}
		told = told || t.own || t.from < t.start && !w.article
	}
	if joined > mostJoined {
		return 0
	}
	h.joined, h.told = joined, told
	return k + len(words)
}

// at matches the pattern with its first words from a word on. The gaps of the hit are those of the buffer given.
func (p *pattern) at(text string, tokens []token, k int, gaps []span) (hit, bool) {
	h := hit{gaps: gaps[:0]}
	next := follow(tokens, k, p.first, p.lead.kind != noKind, &h)
	if next == 0 {
		return hit{}, false
	}
	if p.lead.kind == noKind {
		h.start = int(tokens[k].start)
		if tokens[k].gap == gapMark && h.start > 0 && text[h.start-1] == '/' {
			return hit{}, false // "no A/A found" begins with the word before
		}
		if from := int(tokens[k].from); p.first[0].article || !endsWithWord(text[:from]) {
			h.start = from
		}
	} else {
		taken, ok := p.lead.backward(text, tokens, k)
		if !ok {
			return hit{}, false
		}
		h.start, h.gaps = taken.start, append(h.gaps, taken)
	}
	h.end = int(tokens[next-1].end)
	for i := range p.tail {
		x := &p.tail[i]
		taken, behind := x.take(text, tokens, next, &h)
		if behind == 0 {
			return hit{}, false
		}
		h.gaps = append(h.gaps, taken)
		if h.end = taken.end; len(x.then) > 0 {
			h.end = int(tokens[behind-1].end)
		}
		next = behind
	}
	h.end = p.close(text, h.end)
	return h, true
}

// take returns what a placeholder takes from a word on, and the word behind the words that follow it, or 0.
func (x *part) take(text string, tokens []token, k int, h *hit) (taken span, next int) {
	if k >= len(tokens) || tokens[k].gap&^x.allowed != 0 {
		return span{}, 0
	}
	if x.kind != phrase {
		if taken, next = x.forward(text, tokens, k); next > 0 && len(x.then) > 0 {
			next = follow(tokens, next, x.then, true, h)
		}
		return taken, next
	}
	start := int(tokens[k].start)
	for next = k + 1; ; next++ {
		over := next == len(tokens) || tokens[next].hash == hashURL || tokens[next].gap&(gapTab|gapStop) != 0 ||
			int(tokens[next].start)-start > maxCapture
		taken = span{start, int(tokens[next-1].end)}
		switch {
		case len(x.then) == 0 && over:
			return taken, next
		case len(x.then) == 0:
			continue
		case over:
			return span{}, 0
		}
		if behind := follow(tokens, next, x.then, true, h); behind > 0 {
			return taken, behind
		}
	}
}

// close returns the end of a sentence with the points that belong to it: those of its template, and a full stop.
func (p *pattern) close(text string, end int) int {
	for i, closes := end, p.closes; closes != "" && i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		class, plain := classOf(r)
		if class == gapQuote {
			plain = '\''
		}
		at := strings.IndexRune(closes, plain)
		if at < 0 {
			break
		}
		closes = closes[at+1:]
		if i += size; class != gapBlank {
			end = i
		}
	}
	if end < len(text) && (text[end] == '.' || text[end] == '!') && (end+1 == len(text) || !isWordAt(text, end+1)) {
		end++
	}
	return end
}

// isWordAt tells whether a letter or digit stands at a place.
func isWordAt(text string, i int) bool {
	if text[i] < utf8.RuneSelf {
		return classes[text[i]] == isWord
	}
	r, _ := utf8.DecodeRuneInString(text[i:])
	class, _ := classOf(r)
	return class == isWord
}

// endsWithWord tells whether a text ends with a letter or digit, blanks aside.
func endsWithWord(text string) bool {
	text = strings.TrimRight(text, " ")
	r, _ := utf8.DecodeLastRuneInString(text)
	class, _ := classOf(r)
	return text != "" && class == isWord
}
