package speech

import (
	"mxverdict/parser/internal/scan"
	"strings"
	"unicode/utf8"
)

// Around tells whether the words around a sentence ask for it, suppose it or say it of many servers; else it is 0. A desk asks which of
// some a customer sees, a handbook says what to do if it is shown. Who asks about a sentence that was shown to him asks for its reason, or
// speaks of himself.
func Around(before, behind string) meaning {
	a := ofAsking()
	var room [2][96]token
	clause := a.clause(a.tokens(room[0][:0], unopened(before), true))
	rest := a.after(a.tokens(room[1][:0], strings.TrimLeft(behind, closingMarks), true))
	rest.question = rest.question || asksAtEnd(behind)
	return judge(clause, rest)
}

// judge tells what the words on both sides of a sentence say together.
func judge(clause clauseBefore, rest clauseBehind) meaning {
	const near = 4 // words of a question behind its sentence
	itself := rest.question && !rest.alike && !rest.goesOn && rest.far <= near
	switch {
	case rest.means == general:
		return supposes
	case clause.means == imagines && rest.question && !rest.wonders && !clause.self && !rest.self:
		return supposes
	case (clause.means == foresees || clause.means == foreseesVerb && rest.means == verb) && rest.question && !clause.wonders && !rest.wonders && !clause.again && !rest.again:
		return supposes
	case clause.wonders || rest.wonders:
	case clause.means == whether && (!rest.question || rest.far <= near):
		return asks
	case clause.self || rest.self:
	case clause.means == asks && itself, clause.means == asksWithVerb && rest.question && rest.means == verb:
		return asks
	case clause.means == awaitsVerb && rest.means == verb, clause.means == supposes && !rest.question, rest.means == supposed:
		return supposes
	case clause.means == general:
		return general
	}
	return 0
}

// closingMarks are those of closing that end no clause.
const closingMarks = " \t\u00a0\u202f\"'`“”„«»‘’‚‹›」』》】)]*_"

// clauseBefore is what the words in front of a sentence say of it.
type clauseBefore struct {
	means   meaning
	wonders bool // somebody asks for a reason
	self    bool // somebody speaks of himself
	again   bool // of what was shown before
}

// clause reads the clause in front of a sentence.
func (a *asking) clause(text []token) (c clauseBefore) {
	quoted := false
	for at := 0; at < len(text); {
		t := text[at]
		if t == end {
			c, quoted, at = clauseBefore{}, false, at+1
			continue
		}
		if to, means := a.before.match(&a.lexicon, text, at, adverb); to > at && (means == whether || means == reasons || means == foresees || means == foreseesVerb || startsClause(a, text, at)) {
			wondered := c.wonders
			c.wonders = c.wonders || means == reasons
			for _, within := range text[at:to] {
				a.look(&c, within)
			}
			if means == foresees || means == foreseesVerb {
				c.wonders = wondered // a word of it may ask in another language
			}
			const longest = 7 // words of a phrase and of the gap in it
			if quoted = false; means == elsewise || to-at > longest {
				means = 0
			}
			c.means, at = means, to
			if means == imagines {
				c.wonders = false // "what if" asks for no reason
			}
			continue
		}
		a.look(&c, t)
		waits := c.means == awaitsVerb || c.means == asksWithVerb || c.means == imagines
		switch {
		case t == quote:
			quoted = true
		case (t == comma || t == parts && !waits) && !quoted:
			c.means = 0
		case a.is(t, fills|noun|adverb|joins), t == comma, t == begin, waits:
		default:
			c.means = 0
		}
		at++
	}
	return c
}

// look notes what a word says of who speaks.
func (a *asking) look(c *clauseBefore, t token) {
	c.wonders, c.self = c.wonders || a.is(t, wonders), c.self || a.is(t, self)
	c.again = c.again || a.is(t, again)
}

// startsClause tells whether a phrase stands at the beginning of a clause.
func startsClause(a *asking, text []token, at int) bool {
	if at == 0 || text[at] == begin {
		return true
	}
	before := text[at-1]
	return before == begin || before == comma || before == parts || a.is(before, joins)
}

// clauseBehind is what the words behind a sentence say of it.
type clauseBehind struct {
	means    meaning
	question bool // its sentence ends in a question mark
	wonders  bool // it asks for something else
	alike    bool
	self     bool
	again    bool
	goesOn   bool // another clause follows, in which something else may be asked
	far      int  // words up to the end
}

// after reads what stands behind a sentence.
func (a *asking) after(text []token) (c clauseBehind) {
	const most = 6 // words up to a verb
	for at := 1; at < len(text); at++ {
		t := text[at]
		if t == end {
			return c
		}
		if c.means == 0 && c.far < most {
			if to, means := a.behind.match(&a.lexicon, text, at, adverb); to > at {
				c.means, c.wonders = means, c.wonders || means == reasons
			}
		}
		c.wonders = c.wonders || a.is(t, wonders)
		c.alike, c.self = c.alike || a.is(t, alike), c.self || a.is(t, self)
		c.again = c.again || a.is(t, again)
		if next := at + 1; (t == comma || t == parts) && (next == len(text) || text[next] != quote && !a.is(text[next], joins)) {
			c.goesOn = true
		}
		if t == quote || a.is(t, joins|adverb|fills) {
			continue
		}
		c.far++
	}
	return c
}

// asksAtEnd tells whether the sentence that goes on with a text ends in a question mark. The full stop of what it quotes ends nothing.
func asksAtEnd(behind string) bool {
	for at := 0; at < len(behind); {
		c, size := utf8.DecodeRuneInString(behind[at:])
		switch {
		case c == '?', c == '？':
			return true
		case c == '.' || c == '!' || c == '。':
			if rest := behind[at+size:]; at > 0 && (rest == "" || rest[0] == ' ' || c == '。') || at == 0 && !opensWithMark(rest) {
				return false
			}
		}
		if length := quotation(behind[at:]); length > 0 && !behindLetter(behind, at) && at > 0 {
			size = length
		}
		at += size
	}
	return false
}

// opensWithMark tells whether a text begins with a mark that closes a quotation.
func opensWithMark(text string) bool {
	c, _ := utf8.DecodeRuneInString(text)
	return text != "" && c != ' ' && strings.ContainsRune(closingMarks, c)
}

// AsksOn tells whether somebody who has asked for a sentence goes on with another one: "and …?"
func AsksOn(before, behind string) bool {
	if scan.HasWord(behind) || !strings.HasSuffix(strings.TrimRight(behind, closingMarks), "?") {
		return false
	}
	before = unopened(before)
	a := ofAsking()
	var room [8]token
	words := a.tokens(room[:0], before[len(strings.TrimRightFunc(before, scan.IsWordRune)):], false)
	return a.is(words[len(words)-1], joins)
}
