package wording

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

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
	marks      []mark
	categories map[string]bool

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

func (e entry) errorf(format string, args ...any) error {
	return &strict.Error{File: e.by.File, Line: e.line, Says: fmt.Sprintf(format, args...)}
}

type testName struct {
	spelled string // folded
	test    *test
	by      *Reporter
}

// mark is a status word, which a dash or colon must follow, or the text of an icon, which stands by itself.
type mark struct {
	spelled string // folded
	status  report.Status
	icon    bool
}

// buffer is the memory that one call needs; calls borrow it, so that a line without a hit costs none.
type buffer struct {
	folded
	ids   []int32
	found []found
	all   []found // all that was found, before anything was dropped
	gaps  []span
}

// found is a place where a wording may stand.
type found struct {
	span
	entry int32
}

// NewVocabulary joins reporter files. It refuses a sentence that could belong to two rules.
func NewVocabulary(reporters []*Reporter) (*Vocabulary, error) {
	v := &Vocabulary{reporters: reporters, categories: map[string]bool{}, nameIndex: new(index), markIndex: new(index)}
	v.buffers.New = func() any { return &buffer{gaps: make([]span, 0, len(placeholders))} }
	for _, r := range reporters {
		v.add(r)
	}
	v.wordingIndex, v.detailIndex = indexOf(v.wordings), indexOf(v.details)
	for i, n := range v.names {
		v.nameIndex.add(wordsOf(nil, []byte(n.spelled), false, false)[0], i)
	}
	for i, m := range v.marks {
		v.markIndex.add(wordsOf(nil, []byte(m.spelled), false, false)[0], i)
	}
	if err := v.checkDuplicates(); err != nil {
		return nil, err
	}
	return v, v.checkExamples()
}

func (v *Vocabulary) add(r *Reporter) {
	for i := range r.tests {
		t := &r.tests[i]
		for j := range t.wordings {
			v.wordings = append(v.wordings, entry{&t.wordings[j], t, r})
		}
		for _, name := range append([]string{t.name}, t.aliases...) {
			v.names = append(v.names, testName{strings.TrimSpace(foldString(name)), t, r})
		}
	}
	for i := range r.details {
		v.details = append(v.details, entry{wording: &r.details[i], by: r})
	}
	v.addMarks(r.statuses, false)
	v.addMarks(r.icons, true)
	for _, c := range r.categories {
		v.categories[c] = true
	}
	// The longest name or mark that fits is the right one: "SMTP Connect" begins "SMTP Connection Time" only by
	// accident.
	slices.SortStableFunc(v.names, func(a, b testName) int { return cmp.Compare(len(b.spelled), len(a.spelled)) })
	slices.SortStableFunc(v.marks, func(a, b mark) int {
		return cmp.Or(cmp.Compare(len(b.spelled), len(a.spelled)), strings.Compare(a.spelled, b.spelled))
	})
}

func (v *Vocabulary) addMarks(words map[string]report.Status, icon bool) {
	for spelled, status := range words {
		known := func(m mark) bool { return m.spelled == spelled && m.icon == icon }
		if !slices.ContainsFunc(v.marks, known) {
			v.marks = append(v.marks, mark{spelled, status, icon})
		}
	}
}

// indexOf files each wording under the word that the fewest wordings share, and of those under the longest.
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

// checkDuplicates demands that a sentence leads to one rule: within a test it stands once; in several tests their
// categories must tell them apart; another reporter may print it only for the same rule.
func (v *Vocabulary) checkDuplicates() error {
	byKey := map[string][]entry{}
	for _, e := range v.wordings {
		key := e.pattern.key()
		for _, other := range byKey[key] {
			if v.clash(e, other) {
				return e.errorf("the wording %q stands already in %s, test %q; tell them apart with in:, or drop one",
					e.says, other.by.File, other.test.name)
			}
		}
		byKey[key] = append(byKey[key], e)
	}
	return nil
}

func (v *Vocabulary) clash(a, b entry) bool {
	switch {
	case a.by != b.by:
		return a.test.rule != b.test.rule || a.status != b.status
	case a.test == b.test:
		return true
	case a.where == named && b.where == named && a.test.name != b.test.name:
		return false
	}
	share := slices.ContainsFunc(a.test.in, func(c string) bool { return slices.Contains(b.test.in, c) })
	return len(a.test.in) == 0 || len(b.test.in) == 0 || share
}

// checkExamples demands that every example is recognised as its own test, so that no other wording hides it.
func (v *Vocabulary) checkExamples() error {
	for _, e := range v.wordings {
		context := report.Context{Test: e.test.name}
		if len(e.test.in) > 0 {
			context.Category = e.test.in[0]
		}
		matches := v.Find(e.example, context)
		same := func(m report.Match) bool { return m.Rule == e.test.rule && m.Wording == e.says }
		if !slices.ContainsFunc(matches, same) && !v.repeated(e, matches) {
			return e.errorf("another wording hides the example %q", e.example)
		}
	}
	return nil
}

// repeated tells whether the same wording of a reporter given earlier took the example.
func (v *Vocabulary) repeated(e entry, matches []report.Match) bool {
	same := func(m report.Match) bool { return m.Reporter != e.by.ID && m.Rule == e.test.rule }
	return slices.ContainsFunc(matches, same)
}

// Check demands that every rule named in a reporter file exists.
func (v *Vocabulary) Check(knownRule func(id string) bool) error {
	for _, r := range v.reporters {
		for _, t := range r.tests {
			if t.rule != "" && !knownRule(t.rule) {
				return unknownRule(r.File, t.line, t.rule)
			}
		}
		for _, rule := range slices.Sorted(maps.Keys(r.limitLines)) {
			if !knownRule(rule) {
				return unknownRule(r.File, r.limitLines[rule], rule)
			}
		}
	}
	return nil
}

func unknownRule(file string, line int, rule string) error {
	return &strict.Error{File: file, Line: line, Says: fmt.Sprintf("no rule has the ID %q", rule)}
}

// Find implements report.Vocabulary. Where wordings overlap the longest stands: the good sentence of a check often
// holds the bad one.
func (v *Vocabulary) Find(text string, context report.Context) []report.Match {
	b := v.buffers.Get().(*buffer)
	defer v.buffers.Put(b)
	if b.ids = v.wordingIndex.candidates(b.ids[:0], text); len(b.ids) == 0 {
		return nil
	}
	b.fold(text)
	b.found = b.found[:0]
	slices.Sort(b.ids) // the order of the files decides where nothing else does
	for _, id := range b.ids {
		if e := v.wordings[id]; e.fits(context) {
			b.collect(&e.pattern, id)
		}
	}
	if len(b.found) == 0 {
		return nil
	}
	v.keepRows(b, text, context)
	b.keepLongest(func(id int32) bool { return v.wordings[id].test.name == context.Test })
	matches := make([]report.Match, len(b.found))
	for i, h := range b.found {
		matches[i] = v.match(b, h, text)
	}
	return matches
}

// fits tells whether the context allows the wording.
func (e entry) fits(context report.Context) bool {
	if e.where == named && context.Test != e.test.name {
		return false
	}
	return context.Category == "" || len(e.test.in) == 0 || slices.Contains(e.test.in, context.Category)
}

func (b *buffer) collect(p *pattern, id int32) {
	for from := 0; ; {
		h, ok := p.next(b.text, from, b.gaps)
		if !ok {
			return
		}
		b.found = append(b.found, found{h.span, id})
		from = h.end
	}
}

// keepLongest drops every hit that overlaps a longer one. Of equals the one of the named test stands, else the first.
func (b *buffer) keepLongest(ofTest func(int32) bool) {
	slices.SortStableFunc(b.found, func(x, y found) int {
		longer := cmp.Compare(y.end-y.start, x.end-x.start)
		if longer == 0 && x.span == y.span && ofTest(x.entry) != ofTest(y.entry) {
			if ofTest(x.entry) {
				return -1
			}
			return 1
		}
		return cmp.Or(longer, cmp.Compare(x.start, y.start))
	})
	kept := b.found[:0]
	for _, f := range b.found {
		if !slices.ContainsFunc(kept, func(k found) bool { return f.start < k.end && k.start < f.end }) {
			kept = append(kept, f)
		}
	}
	slices.SortFunc(kept, func(x, y found) int { return cmp.Compare(x.start, y.start) })
	b.found = kept
}

func (v *Vocabulary) match(b *buffer, f found, text string) report.Match {
	e := v.wordings[f.entry]
	h, _ := e.pattern.next(b.text, f.start, b.gaps)
	return report.Match{
		Reporter: e.by.ID, Rule: e.test.rule, Test: e.test.name, Status: e.status, Wording: e.says,
		Values: e.pattern.values(text, b.at, h.gaps), Start: int(b.at[f.start]), End: int(b.at[f.end]),
	}
}

// keepRows drops the hits of everyday sentences that are part of somebody's prose.
func (v *Vocabulary) keepRows(b *buffer, text string, context report.Context) {
	anyRow := func(f found) bool { return v.wordings[f.entry].where == row }
	if !slices.ContainsFunc(b.found, anyRow) {
		return
	}
	b.all = append(b.all[:0], b.found...)
	letters := span{bytes.IndexFunc(b.text, isLetterOrDigit), bytes.LastIndexFunc(b.text, isLetterOrDigit) + 1}
	b.found = slices.DeleteFunc(b.found, func(f found) bool {
		underName := v.wordings[f.entry].test.name == context.Test && f.start <= letters.start
		return anyRow(f) && !underName && !v.standsAlone(b, f.span, letters, text)
	})
}

// standsAlone tells whether a sentence of everyday language is meant as a row: it stands behind a status word, or fills
// the text, or is set off by punctuation or other wordings and begins with its capital letter. letters is the part of
// the text that holds letters and digits, without the quotes or bullets around it.
func (v *Vocabulary) standsAlone(b *buffer, s, letters span, text string) bool {
	before := bytes.TrimRight(b.text[:s.start], " ")
	behind := bytes.TrimLeft(b.text[s.end:], " ")
	begins, ends := s.start <= letters.start, s.end >= letters.end
	if (begins && ends) || v.endsWithMark(before) {
		return true
	}
	setOffLeft := begins || endsWithPunctuation(before) ||
		slices.ContainsFunc(b.all, func(f found) bool { return f.end == len(before) })
	setOffRight := ends || !word[behind[0]] || b.text[s.end-1] == '.' ||
		slices.ContainsFunc(b.all, func(f found) bool { return f.start == len(b.text)-len(behind) })
	first := text[b.at[s.start]]
	return setOffLeft && setOffRight && (first < 'a' || first > 'z')
}

func isLetterOrDigit(r rune) bool { return r < utf8.RuneSelf && word[byte(r)] || r >= 0xc0 }

func endsWithPunctuation(text []byte) bool {
	r, _ := utf8.DecodeLastRune(text)
	return !isLetterOrDigit(r)
}

// endsWithMark tells whether a folded text ends with a status word and its separator, or with an icon's text.
func (v *Vocabulary) endsWithMark(text []byte) bool {
	bare := bytes.TrimRight(text, " -:|")
	for _, m := range v.marks {
		if (m.icon || len(bare) < len(text)) && bytes.HasSuffix(bare, []byte(m.spelled)) &&
			boundary(bare, len(bare)-len(m.spelled)) {
			return true
		}
	}
	return false
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
			best = found{h.span, id}
		}
	}
	if best.entry < 0 {
		return nil, false
	}
	p := &v.details[best.entry].pattern
	h, _ := p.next(b.text, best.start, b.gaps)
	return p.values(text, b.at, h.gaps), true
}

// TestName implements report.Vocabulary.
func (v *Vocabulary) TestName(text string) (string, int, bool) {
	for _, id := range v.nameIndex.beginning(text) {
		n := v.names[id]
		end, ok := begins(text, n.spelled)
		if !ok {
			continue
		}
		if rest := strings.TrimLeft(text[end:], " \t"); strings.HasPrefix(rest, ":") {
			end = len(text) - len(rest) + 1
		}
		return n.test.name, end, true
	}
	return "", 0, false
}

// Named implements report.Vocabulary. Tests of one name that lead to several rules lead to none.
func (v *Vocabulary) Named(name string) (report.Match, bool) {
	var m report.Match
	known := false
	for _, n := range v.names {
		if n.test.name != name {
			continue
		}
		if !known {
			m = report.Match{Reporter: n.by.ID, Rule: n.test.rule, Test: name, Status: n.test.usual}
			known = true
		}
		if n.test.rule != m.Rule {
			m.Rule = ""
		}
	}
	return m, known
}

// StatusWord implements report.Vocabulary. A status word needs a dash or a colon behind it, or nothing at all; the text
// of an icon may be followed by anything. A hyphen without a blank joins words and separates nothing.
func (v *Vocabulary) StatusWord(text string) (report.Status, int, bool) {
	for _, id := range v.markIndex.beginning(text) {
		m := v.marks[id]
		end, ok := begins(text, m.spelled)
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
	blanks := from
	for blanks < len(text) && (text[blanks] == ' ' || text[blanks] == '\t') {
		blanks++
	}
	r, size := utf8.DecodeRuneInString(text[blanks:])
	if !isDash(r) && r != ':' && r != '|' {
		return blanks, false
	}
	end = blanks + size
	for end < len(text) && (text[end] == ' ' || text[end] == '\t') {
		end++
	}
	if r == '-' || r == ':' {
		ok = end == len(text) || end > blanks+size || (r == '-' && blanks > from)
		return end, ok
	}
	return end, true
}

// Category implements report.Vocabulary. It is asked about the first word of every line.
func (v *Vocabulary) Category(word string) bool {
	return len(word) <= 16 && (v.categories[word] || v.categories[strings.ToLower(word)])
}

// OwnName implements report.Vocabulary.
func (v *Vocabulary) OwnName(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, r := range v.reporters {
		for _, own := range r.Hosts {
			if host == own || strings.HasSuffix(host, "."+own) {
				return true
			}
		}
	}
	return false
}
