package speech

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Prose around sentences. People name a warning also to say that it is gone or was not raised. A few words directly
// before or behind a sentence say so; what they cannot decide counts as a finding. Rows of a table are never denied.

// reach is how much of the words around a sentence is looked at: whoever denies one does so beside it.
const reach = 120

// Marks that may stand between a sentence and the words around it.
const (
	opening = " \t\u00a0\u202f\"'`“”„«»‘’‚‹›「『《【([*_"
	closing = " \t\n\u00a0\u202f\"'`“”„«»‘’‚‹›」』》】)]*_.。"
)

// Denied tells whether the words around a sentence deny it. They must stand in its clause.
func Denied(before, behind string) bool {
	s := ofSpeech()
	var room [64]token
	if len(before) > reach {
		before = strings.ToValidUTF8(before[len(before)-reach:], "")
	}
	switch s.said(s.tokens(room[:0], unopened(before), true)) {
	case denies:
		return true
	case awaits:
		return false
	}
	if len(behind) > reach {
		behind = strings.ToValidUTF8(behind[:reach], "")
	}
	return s.undone(s.tokens(room[:0], strings.TrimLeft(behind, closing), true))
}

// unopened is the text in front of a sentence without the marks that open it, and without the status word with which the quotation
// of a row begins: "Warning - ".
func unopened(before string) string {
	marked := strings.TrimRight(before, " \t:-–")
	if len(marked) < len(before) {
		word := strings.TrimRightFunc(marked, unicode.IsLetter)
		if mark, _ := utf8.DecodeLastRuneInString(word); closers[mark] != "" {
			before = word
		}
	}
	return strings.TrimRight(before, opening)
}

// said tells what the words in front of a sentence say of it: the last phrase among them, if nothing but fillers and other sentences
// that it denies too stand behind it.
func (s *speech) said(text []token) meaning {
	var now meaning
	quoted := false
	for at := 0; at < len(text); {
		if to, means := s.before.match(&s.lexicon, text, at, adverb); to > at {
			now, quoted, at = means, false, to
			continue
		}
		switch t := text[at]; {
		case t == quote:
			quoted = true
		case quoted && (t == comma || s.is(t, joins)), !quoted && s.is(t, fills|noun|adverb|joins):
		default:
			now = 0
		}
		at++
	}
	return now
}

// undone tells whether the words behind a sentence say that it is over. Other sentences of which they say so too may stand between.
func (s *speech) undone(text []token) bool {
	for at := 1; at < len(text); at++ {
		if _, means := s.behind.match(&s.lexicon, text, at, adverb); means != 0 {
			return means == undoes
		}
		switch t := text[at]; {
		case s.is(t, noun|adverb|joins):
		case s.is(t, relates) && at+1 < len(text) && isWord(text[at+1]):
			at++
		case t == comma && at+1 < len(text) && (text[at+1] == quote || s.is(text[at+1], joins)):
		case t == quote && (text[at-1] == comma || s.is(text[at-1], joins)):
		default:
			return false
		}
	}
	return false
}

// WordSet makes a set of words that are parted by blanks.
func WordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// Spoken tells whether somebody says a sentence of himself: a reporter never prints such words.
func Spoken(said string) bool {
	var room [64]byte
	for word := range strings.FieldsSeq(said) {
		word = strings.Trim(word, ",.!?:;()\"“”„«»")
		if i := strings.IndexAny(word, "'’"); i > 0 {
			word = word[:i] // "I'm", "j'ai"
		}
		if len(word) < len(room)/2 && speakers[string(fold(room[:0], word))] {
			return true
		}
	}
	return strings.ContainsAny(said, "我私") || strings.Contains(said, "弊社") || strings.Contains(said, "当社")
}
