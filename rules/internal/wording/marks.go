package wording

import (
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"mxverdict/parser/report"
	"mxverdict/rules/internal/strict"
)

// Marks: the words and icons by which a reporter marks a row, and the ends of a line that are one.

// marks reads the words and icons by which the reporter marks a row.
func (l *loader) marks(raw *reporterFile) error {
	var m strict.Mistakes
	var err error
	l.out.statuses, err = l.statusWords(&raw.Statuses)
	m.Add(err)
	l.out.icons, err = l.statusWords(&raw.Icons)
	m.Add(err)
	return m.Err()
}

// statusWords reads which words mean which status. A word with two meanings is refused, for a row could be read either way.
func (l *loader) statusWords(node *yaml.Node) (map[string]report.Status, error) {
	words := map[string]report.Status{}
	return words, l.groups(node, knownStatuses, func(status int, w *yaml.Node) error {
		key := strings.ToLower(w.Value)
		if other, dup := words[key]; dup || len(wordsOfName(key)) == 0 {
			return l.errorf(w, "status word %q is empty or already means %q", w.Value, other)
		}
		words[key] = report.Status(knownStatuses[status])
		return nil
	})
}

// mark is a status word, which a dash or colon must follow, or the text of an icon, which stands by itself.
type mark struct {
	words   []word
	spelled string // in lower case
	status  report.Status
	icon    bool
}

// addMarks joins the marks of the reporters. Of one that two of them read differently, the first meaning counts: a row shows its mark
// before anybody knows whose it is.
func (v *Vocabulary) addMarks(words map[string]report.Status, icon bool) {
	for spelled, status := range words {
		known := func(m mark) bool { return m.spelled == spelled && m.icon == icon }
		if !slices.ContainsFunc(v.marks, known) {
			v.marks = append(v.marks, mark{wordsOfName(spelled), spelled, status, icon})
		}
	}
}

// StatusWord implements report.Vocabulary. A status word needs a dash or a colon behind it, or nothing at all; the text
// of an icon may be followed by anything. A hyphen without a blank joins words and separates nothing.
func (v *Vocabulary) StatusWord(text string) (report.Status, int, bool) {
	var o opening
	for _, s := range v.markIndex.beginning(&o, text) {
		if !o.may(s) {
			continue
		}
		m := &v.marks[s.id]
		end, ok := o.begins(m.words)
		if !ok {
			continue
		}
		length, separated := separator(text, end)
		if separated || m.icon || length == len(text) {
			return m.status, length, true
		}
	}
	return "", 0, false
}

// separator skips blanks and one dash, colon or bar behind a status word.
func separator(text string, from int) (end int, ok bool) {
	blanks := blanksFrom(text, from)
	r, size := utf8.DecodeRuneInString(text[blanks:])
	if !isDash(r) && r != ':' && r != '|' {
		return blanks, false
	}
	end = blanksFrom(text, blanks+size)
	if r == '-' || r == ':' {
		ok = end == len(text) || end > blanks+size || (r == '-' && blanks > from)
		return end, ok
	}
	return end, true
}

// blanksFrom returns where the blanks and tabs that begin at a position end.
func blanksFrom(text string, from int) int {
	for from < len(text) && (text[from] == ' ' || text[from] == '\t') {
		from++
	}
	return from
}
