package wording

import (
	"bytes"
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
	names      []testName
	byName     map[string][]int32 // numbers of names, by the test's name
	byID       map[string][]int32 // numbers of wordings, by the ID of their test
	idOnly     map[string]entry   // a test of each ID, without a wording
	marks      []mark
	categories map[string]category

	columns              map[string]report.Column // by the title, in lower case
	footers, transcripts framed

	wordingIndex, detailIndex, nameIndex, markIndex *index

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
	spelled string // folded
	name    string // of the test, as the reporter spells it
	test    *test
	by      *Reporter
}

// buffer is the memory that one call needs; calls borrow it, so that a line without a hit costs none.
type buffer struct {
	folded
	ids   []int32
	found []found

	gaps []span
	best []span // the gaps of the best hit so far
}

// found is a place where a wording may stand.
type found struct {
	span
	entry int32
}

// NewVocabulary joins reporter files. It refuses a sentence that could belong to two rules.
func NewVocabulary(reporters []*Reporter) (*Vocabulary, error) {
	v := &Vocabulary{reporters: reporters, categories: map[string]category{}, columns: map[string]report.Column{}, byName: map[string][]int32{},
		byID: map[string][]int32{}, idOnly: map[string]entry{}, nameIndex: new(index), markIndex: new(index)}
	v.buffers.New = func() any { return &buffer{gaps: make([]span, 0, len(placeholders))} }
	for _, r := range reporters {
		v.add(r)
	}
	v.wordingIndex, v.detailIndex = indexOf(v.wordings), indexOf(v.details)
	for i, n := range v.names {
		words := wordsOf(nil, []byte(n.spelled), false, false)
		if len(words) == 0 {
			says := fmt.Sprintf("the name %q has no letter", n.name)
			return nil, &strict.Error{File: n.by.File, Line: n.test.line, Says: says}
		}
		v.nameIndex.add(words[0], i)
		v.byName[n.name] = append(v.byName[n.name], int32(i))
	}
	for i, m := range v.marks {
		v.markIndex.add(wordsOf(nil, []byte(m.spelled), false, false)[0], i)
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
		v.details = append(v.details, entry{wording: &r.details[i], by: r})
	}
	v.addMarks(r.statuses, false)
	v.addMarks(r.icons, true)
	for _, c := range r.commands {
		known := v.categories[c]
		v.categories[c] = category{max(known.kind, r.kinds[c]), known.anyCase || slices.Contains(r.categories, c)}
	}
	for title, column := range r.columns {
		if _, known := v.columns[title]; !known {
			v.columns[title] = column
		}
	}
	v.footers.add(r.File, r.footers)
	v.transcripts.add(r.File, r.transcripts)
	// The longest name or mark that fits is the right one: that a shorter one begins it is an accident.
	slices.SortStableFunc(v.names, func(a, b testName) int { return cmp.Compare(len(b.spelled), len(a.spelled)) })
	slices.SortStableFunc(v.marks, func(a, b mark) int {
		return cmp.Or(cmp.Compare(len(b.spelled), len(a.spelled)), strings.Compare(a.spelled, b.spelled))
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
		v.names = append(v.names, testName{strings.TrimSpace(foldString(spelled)), name, t, r})
	}
}

// indexOf files each wording under the word that the fewest wordings share, and of those under the longest.
// A common word would lead to dozens of patterns on each line of prose.
func indexOf(entries []entry) *index {
	shared := map[string]int{}
	for _, e := range entries {
		for _, w := range e.pattern.words() {
			shared[w]++
		}
	}
	x := new(index)
	for id, e := range entries {
		rare := slices.MinFunc(e.pattern.words(), func(a, b string) int {
			return cmp.Or(cmp.Compare(shared[a], shared[b]), cmp.Compare(len(b), len(a)), strings.Compare(a, b))
		})
		x.add(rare, id)
	}
	return x
}

// TestName implements report.Vocabulary.
// A colon behind the name belongs to it, as in pages that print "name: result".
func (v *Vocabulary) TestName(text string) (string, int, bool) {
	for _, id := range v.nameIndex.beginning(text) {
		n := &v.names[id]
		end, ok := begins(text, n.spelled)
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
			m = report.Match{Reporter: n.by.ID, Rule: n.test.rule, Test: name, Status: n.test.usual,
				Values: n.test.named(nil, report.Context{Test: name})}
		}
		if n.test.rule != m.Rule {
			m.Rule = ""
		}
	}
	return m, len(ids) > 0
}

// Detail implements report.Vocabulary. A detail begins its line; what stands behind it is ignored.
func (v *Vocabulary) Detail(text string) (map[string]report.Value, bool) {
	b := v.buffers.Get().(*buffer)
	defer v.buffers.Put(b)
	if b.ids = v.detailIndex.candidates(b.ids[:0], text); len(b.ids) == 0 {
		return nil, false
	}
	b.fold(text)
	best := found{entry: -1}
	for _, id := range b.ids {
		h, ok := v.details[id].pattern.next(b.text, 0, b.gaps)
		if ok && bytes.IndexFunc(b.text[:h.start], isLetterOrDigit) < 0 && h.end-h.start > best.end-best.start {
			best, b.best = found{h.span, id}, append(b.best[:0], h.gaps...)
		}
	}
	if best.entry < 0 {
		return nil, false
	}
	return v.details[best.entry].pattern.values(text, &b.folded, b.best), true
}
