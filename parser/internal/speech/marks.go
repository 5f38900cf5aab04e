package speech

import (
	"strings"

	"mxverdict/parser/internal/scan"
)

// Marks are what the words of a line tell of its genre, whatever stands around them. They are looked for once: quoted mails and tables say the same
// lines over and over.
type Marks struct {
	asked, led  bool        // whether it leads to a list was told, and what
	read        bool        // its words were looked at
	has         [marks]bool // of which kinds there are some
	looked      bool        // the following was told
	formless    bool        // none of the forms begins in it
	code        bool        // it is one of a program
	likeCode    bool        // it is if others are
	filled, gap bool        // it has a gap as programs fill them, or one to fill in
	clause      bool        // it begins a clause of a contract
	question    bool        // it is labelled so
	answer      bool        //
	label       bool        // of a meaning, a cause, a remedy
	numbered    bool        // it ends in the number of a request
	asks        bool        // somebody asks in it
	asksAtEnd   bool        //
}

// leads tells whether the line leads to a list of which somebody asks which one it is, or to one of patterns.
func (m *Marks) leads(t string) bool {
	if !m.asked && len(t) <= longestMarked {
		m.led = isPatternList(t) || scan.EndsInAny(t, []string{"?", ":", "？", "："}) && m.words(t)[choiceMark]
	}
	m.asked = true
	return m.led
}

// words tells which kinds have words in the line.
func (m *Marks) words(t string) *[marks]bool {
	if !m.read {
		m.read, m.has = true, marksIn(t)
	}
	return &m.has
}

// look looks for all other marks.
func (m *Marks) look(whole string) {
	if m.looked {
		return
	}
	m.looked = true
	t := whole[:min(len(whole), longestMarked)]
	m.formless = isFormless(t)
	m.code = isCodeLine(whole)
	m.likeCode = !m.code && isCodeAmong(whole)
	m.filled = isFilled(t)
	m.gap = !m.filled && isTemplate(t)
	m.clause = isClause(t)
	m.question, m.answer = IsQuestion(t)
	m.answer = m.answer && !m.question
	m.label = !m.question && !m.answer && isLabel(t)
	m.numbered = endsInNumber(t)
	m.asks = strings.IndexByte(t, '?') >= 0 || strings.Contains(t, "？")
	m.asksAtEnd = m.asks && scan.EndsInAny(t, []string{"?", "？"})
}
