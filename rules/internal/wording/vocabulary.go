package wording

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"mxverdict/parser/report"
	"mxverdict/rules/internal/strict"
)

// Vocabulary recognises the wordings of several reporters. It implements report.Vocabulary and may be used by several
// goroutines at once.
type Vocabulary struct {
	reporters  []*Reporter
	wordings   []entry
	details    []entry
	frames     []entry
	bare       []entry             // details that consist of a value
	explained  map[uint64][]string // the rules of the details of a key
	names      []testName
	byName     map[string][]int32 // numbers of names, by the test's name
	byID       map[string][]int32 // numbers of wordings, by the ID of their test
	idOnly     map[string]entry   // a test of each ID, without a wording
	marks      []mark
	categories map[string]category

	columns              map[string]report.Column // by the title, in lower case
	footers, transcripts lineSet

	wordingIndex, detailIndex, frameIndex *index[filed]
	nameIndex, markIndex                  *index[spelling]
	mentions                              *index[mention]

	buffers sync.Pool // of *buffer
}

var _ report.Vocabulary = (*Vocabulary)(nil)

// entry is a wording with the test and reporter to which it belongs.
type entry struct {
	*wording
	test *test
	by   *Reporter
}

// leads returns the rule of the wording: its own, else that of its test.
func (e entry) leads() string { return cmp.Or(e.rule, e.test.rule) }

// errorf is a mistake at the wording.
func (e entry) errorf(format string, args ...any) error {
	return &strict.Error{File: e.by.File, Line: e.line, Says: fmt.Sprintf(format, args...)}
}

// testName is one spelling of the name of a test.
type testName struct {
	words   []word
	spelled string
	name    string // of the test, as the reporter spells it
	test    *test
	by      *Reporter
}

// NewVocabulary joins reporter files. It refuses a sentence that could belong to two rules.
func NewVocabulary(reporters []*Reporter) (*Vocabulary, error) {
	v := &Vocabulary{reporters: reporters, categories: map[string]category{}, columns: map[string]report.Column{},
		byID: map[string][]int32{}, idOnly: map[string]entry{}, nameIndex: new(index[spelling]), markIndex: new(index[spelling]), mentions: new(index[mention]), explained: map[uint64][]string{}}
	v.buffers.New = func() any { return &buffer{gaps: make([]span, 0, len(placeholders))} }
	for _, r := range reporters {
		v.add(r)
	}
	for _, e := range slices.Concat(v.details, v.bare) {
		for i := range e.patterns {
			e.patterns[i].explains = v.explained[e.patterns[i].keys()[0]]
		}
	}
	v.wordingIndex, v.detailIndex, v.frameIndex = indexOf(v.wordings), indexOf(v.details), indexOf(v.frames)
	v.byName = make(map[string][]int32, len(v.names))
	for i, n := range v.names {
		if len(n.words) == 0 {
			says := fmt.Sprintf("the name %q has no letter", n.name)
			return nil, &strict.Error{File: n.by.File, Line: n.test.line, Says: says}
		}
		v.nameIndex.addSpelled(n.spelled, n.words, spellingOf(i, n.words))
		v.byName[n.name] = append(v.byName[n.name], int32(i))
	}
	for i, m := range v.marks {
		v.markIndex.addSpelled(m.spelled, m.words, spellingOf(i, m.words))
	}
	if err := v.checkIDs(); err != nil {
		return v, err
	}
	return v, v.checkDuplicates()
}

// add joins a reporter to those before it. Of a category that several know the most generous reading is kept, since a document does not
// say whose it is before its rows are read.
func (v *Vocabulary) add(r *Reporter) {
	for i := range r.headings {
		v.addWordings(r, &r.headings[i])
	}
	for i := range r.tests {
		t := &r.tests[i]
		v.addWordings(r, t)
		v.addName(r, t, t.name, t.name)
		for _, alias := range t.aliases {
			v.addName(r, t, alias, t.name)
		}
		for _, member := range t.family {
			v.addName(r, t, member, member)
		}
		if _, known := v.idOnly[t.id]; !known && t.id != "" {
			v.idOnly[t.id] = entry{test: t, by: r}
		}
	}
	for i := range r.details {
		v.addDetail(entry{wording: &r.details[i], by: r})
	}
	for i := range r.frames {
		v.frames = append(v.frames, entry{wording: &r.frames[i], by: r})
	}
	v.addMentions(r)
	v.addMarks(r.statuses, false)
	v.addMarks(r.icons, true)
	for _, c := range r.commands {
		known := v.categories[c]
		v.categories[c] = category{max(known.kind, r.kinds[c]), known.anyCase || slices.Contains(r.categories, c), cmp.Or(known.argument, r.arguments[c])}
	}
	for title, column := range r.columns {
		if _, known := v.columns[title]; !known {
			v.columns[title] = column
		}
	}
	v.footers.add(r.File, r.footers)
	v.transcripts.add(r.File, r.transcripts)
	// The longest name or mark that fits is the right one: that a shorter one begins it is an accident.
	slices.SortStableFunc(v.names, func(a, b testName) int { return cmp.Compare(len(b.words), len(a.words)) })
	slices.SortStableFunc(v.marks, func(a, b mark) int {
		return cmp.Or(cmp.Compare(len(b.words), len(a.words)), strings.Compare(a.spelled, b.spelled))
	})
}

// addWordings files the wordings of a test, also under the ID by which an interface calls it.
func (v *Vocabulary) addWordings(r *Reporter, t *test) {
	for i := range t.wordings {
		if t.id != "" {
			v.byID[t.id] = append(v.byID[t.id], int32(len(v.wordings)))
		}
		v.wordings = append(v.wordings, entry{&t.wordings[i], t, r})
	}
}

// addName files one spelling of a test's name.
func (v *Vocabulary) addName(r *Reporter, t *test, spelled, name string) {
	if name != "" {
		v.names = append(v.names, testName{wordsOfName(spelled), spelled, name, t, r})
	}
}

// TestName implements report.Vocabulary.
// A colon behind the name belongs to it, as in pages that print "name: result".
func (v *Vocabulary) TestName(text string) (string, int, bool) {
	var o opening
	for _, s := range v.nameIndex.beginning(&o, text) {
		if !o.may(s) {
			continue
		}
		n := &v.names[s.id]
		end, ok := o.begins(n.words)
		if !ok {
			continue
		}
		if colon := blanksFrom(text, end); colon < len(text) && text[colon] == ':' {
			end = colon + 1
		}
		return n.name, end, true
	}
	return "", 0, false
}

// Named implements report.Vocabulary. Tests of one name that lead to several rules lead to none.
func (v *Vocabulary) Named(name string) (report.Match, bool) {
	var m report.Match
	ids := v.byName[name]
	for i, id := range ids {
		n := v.names[id]
		if i == 0 {
			m = report.Match{Reporter: n.by.ID, Rule: n.test.rule, Test: name, Status: n.test.usual, Asserts: n.test.asserts,
				Values: n.test.named(nil, report.Context{Test: name})}
		}
		if n.test.rule != m.Rule {
			m.Rule, m.Asserts = "", false
		}
	}
	return m, len(ids) > 0
}
