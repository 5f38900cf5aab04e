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

// category is what is known of a category of summary tables and headings.
type category struct {
	kind    report.Kind
	anyCase bool // else it counts in lower case only
}

// entry is a wording with the test and reporter to which it belongs.
type entry struct {
	*wording
	test *test
	by   *Reporter
}

// leads returns the rule of the wording: its own, else that of its test.
func (e entry) leads() string { return cmp.Or(e.rule, e.test.rule) }

func (e entry) errorf(format string, args ...any) error {
	return &strict.Error{File: e.by.File, Line: e.line, Says: fmt.Sprintf(format, args...)}
}

type testName struct {
	spelled string // folded
	name    string // of the test, as the reporter spells it
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
	best  []span // the gaps of the best hit so far
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
	return v, v.checkDuplicates()
}

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

func (v *Vocabulary) addWordings(r *Reporter, t *test) {
	for i := range t.wordings {
		if t.id != "" {
			v.byID[t.id] = append(v.byID[t.id], int32(len(v.wordings)))
		}
		v.wordings = append(v.wordings, entry{&t.wordings[i], t, r})
	}
}

func (v *Vocabulary) addName(r *Reporter, t *test, spelled, name string) {
	if name != "" {
		v.names = append(v.names, testName{strings.TrimSpace(foldString(spelled)), name, t, r})
	}
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
		return a.leads() != b.leads() || a.status != b.status
	case a.test == b.test:
		return true
	case a.where == named && !a.test.called(b.test.name), b.where == named && !b.test.called(a.test.name):
		return false // the name tells them apart, or else the order of the file
	}
	share := slices.ContainsFunc(a.test.in, func(c string) bool { return slices.Contains(b.test.in, c) })
	return len(a.test.in) == 0 || len(b.test.in) == 0 || share
}

// Mistake is an example that is not recognised as it should be.
type Mistake struct {
	File string
	Line int
	Says string
}

// Examples tries the example beside every wording, heading and detail line of the reporters whose file is wanted, and
// returns how many it tried. An example must lead to its own wording, with the rule, status and values of that wording,
// and to no other: what a maintainer adds must not hide what was there before.
func (v *Vocabulary) Examples(wanted func(file string) bool) (tried int, mistakes []Mistake) {
	note := func(e entry, says string) {
		if tried++; says != "" {
			mistakes = append(mistakes, Mistake{e.by.File, e.line, says})
		}
	}
	for _, e := range v.wordings {
		if wanted(e.by.File) {
			note(e, v.tryExample(e))
		}
	}
	for _, e := range v.details {
		if wanted(e.by.File) {
			says := ""
			if _, ok := v.Detail(e.example); !ok {
				says = fmt.Sprintf("the example %q does not match its own wording %q", e.example, e.says)
			}
			note(e, says)
		}
	}
	tell := func(lines framed, reads func(f frame) bool) {
		for i, f := range lines.frames {
			if !wanted(lines.files[i]) {
				continue
			}
			if tried++; !reads(f) {
				mistakes = append(mistakes, Mistake{lines.files[i], f.line,
					fmt.Sprintf("the example %q does not match its own line %q, or names a time that does not exist", f.example, f.says)})
			}
		}
	}
	tell(v.footers, func(f frame) bool {
		footer, ok := v.Footer(f.example)
		return ok && f.dated != footer.At.IsZero()
	})
	tell(v.transcripts, func(f frame) bool {
		_, ok := v.Transcript(f.example)
		return ok
	})
	return tried, mistakes
}

// tryExample returns what is wrong with the example of a wording, or "".
func (v *Vocabulary) tryExample(e entry) string {
	var f folded
	f.fold(e.example)
	own, ok := e.pattern.next(f.text, 0, nil)
	if !ok {
		return fmt.Sprintf("the example %q does not match its own wording %q", e.example, e.says)
	}
	context := report.Context{Test: e.test.name}
	if len(e.test.family) > 0 {
		context.Test = e.test.family[0]
	}
	if len(e.test.in) > 0 {
		context.Category = e.test.in[0]
	}
	matches := v.Find(e.example, context)
	if len(matches) != 1 {
		return fmt.Sprintf("the example %q is read as %d findings", e.example, len(matches))
	}
	m, values := matches[0], e.test.named(e.pattern.values(e.example, &f, own.gaps), context)
	sameValues := maps.EqualFunc(values, m.Values, func(a, b report.Value) bool {
		return a.Text == b.Text && (a.Number == nil) == (b.Number == nil) && (a.Number == nil || *a.Number == *b.Number)
	})
	switch {
	case m.Rule != e.leads(), m.Wording != e.says && !v.repeated(e, matches):
		return fmt.Sprintf("another wording hides the example %q: it is read as %q of test %q", e.example, m.Wording, m.Test)
	case m.Status != e.statusWith(values):
		return fmt.Sprintf("the example %q is read with status %s", e.example, m.Status)
	case !sameValues:
		return fmt.Sprintf("the values of the example %q are not read", e.example)
	}
	return ""
}

// repeated tells whether the same wording of a reporter given earlier took the example.
func (v *Vocabulary) repeated(e entry, matches []report.Match) bool {
	same := func(m report.Match) bool { return m.Reporter != e.by.ID && m.Rule == e.leads() }
	return slices.ContainsFunc(matches, same)
}

// Check demands that every rule named in a reporter file exists.
func (v *Vocabulary) Check(knownRule func(id string) bool) error {
	var m strict.Mistakes
	demand := func(file string, line int, rule string) {
		if rule != "" && !knownRule(rule) {
			m.Add(&strict.Error{File: file, Line: line, Says: fmt.Sprintf("no rule has the ID %q", rule)})
		}
	}
	for _, r := range v.reporters {
		for i := range r.tests {
			t := &r.tests[i]
			demand(r.File, t.line, t.rule)
			for _, w := range t.wordings {
				demand(r.File, w.line, w.rule)
			}
		}
		for _, rule := range slices.Sorted(maps.Keys(r.limitLines)) {
			demand(r.File, r.limitLines[rule], rule)
		}
	}
	return m.Err()
}

// Find implements report.Vocabulary. Where wordings overlap the longest stands: the good sentence of a check often
// holds the bad one.
func (v *Vocabulary) Find(text string, context report.Context) []report.Match {
	if context.ID != "" {
		return v.findByID(text, context)
	}
	b := v.buffers.Get().(*buffer)
	defer v.buffers.Put(b)
	if b.ids = v.wordingIndex.candidates(b.ids[:0], text); len(b.ids) == 0 {
		return nil
	}
	b.fold(text)
	b.found = b.found[:0]
	if len(b.ids) > 1 {
		slices.Sort(b.ids) // the order of the files decides where nothing else does
	}
	for _, id := range b.ids {
		if e := v.wordings[id]; e.fits(context) {
			b.collect(&e.pattern, id)
		}
	}
	if len(b.found) == 0 {
		return nil
	}
	v.keepRows(b, text, context)
	b.keepLongest(func(id int32) bool { return v.wordings[id].test.called(context.Test) })
	matches := make([]report.Match, len(b.found))
	for i, h := range b.found {
		matches[i] = v.match(b, h, text, context)
	}
	return matches
}

// findByID reads the result of a check whose ID is known. The text is one field of an answer, so that the sentence
// may stand anywhere in it.
func (v *Vocabulary) findByID(text string, context report.Context) []report.Match {
	id := context.ID
	context.ID = ""
	test, known := v.idOnly[id]
	if !known {
		return v.Find(text, context)
	}
	context.Test = test.test.name
	b := v.buffers.Get().(*buffer)
	defer v.buffers.Put(b)
	b.fold(text)
	b.found = b.found[:0]
	for _, k := range v.byID[id] {
		if e := v.wordings[k]; e.fits(context) {
			b.collect(&e.pattern, k)
		}
	}
	b.keepLongest(func(int32) bool { return true })
	if len(b.found) > 0 {
		return []report.Match{v.match(b, b.found[0], text, context)}
	}
	if matches := v.Find(text, context); len(matches) > 0 {
		return matches
	}
	m, _ := v.Named(context.Test)
	return []report.Match{m}
}

// fits tells whether the context allows the wording. A wording that counts only beside its test's name counts under
// its category too, but a name goes before a category.
func (e entry) fits(context report.Context) bool {
	if e.where == named {
		return e.test.called(context.Test) || slices.Contains(e.test.in, context.Category)
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
	if len(b.found) < 2 {
		return
	}
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

func (v *Vocabulary) match(b *buffer, f found, text string, context report.Context) report.Match {
	e := v.wordings[f.entry]
	h, _ := e.pattern.next(b.text, f.start, b.gaps)
	m := report.Match{
		Reporter: e.by.ID, Rule: e.leads(), Test: e.test.name, Wording: e.says,
		Values: e.pattern.values(text, &b.folded, h.gaps), Start: b.origin(f.start), End: b.origin(f.end),
	}
	m.Status = e.statusWith(m.Values)
	if e.test.called(context.Test) {
		m.Test = context.Test
	}
	m.Values = e.test.named(m.Values, context)
	return m
}

// recordValue is the value that says by which command, named like a type of record, a row came about.
const recordValue = "record"

// statusWith is the status of the wording where these values were captured.
func (e entry) statusWith(values map[string]report.Value) report.Status {
	if zero := values[e.okAt0].Number; zero != nil && *zero == 0 {
		return report.OK
	}
	return e.status
}

// named adds to the values what the name of a test of a family says, or by which command the row came about, unless the
// row says it.
func (t *test) named(values map[string]report.Value, context report.Context) map[string]report.Value {
	says := ""
	switch {
	case t.value == recordValue && slices.Contains(t.in, context.Category):
		says = context.Category
	case t.value != recordValue && t.called(context.Test):
		says = context.Test
	}
	if _, said := values[t.value]; t.value == "" || says == "" || said {
		return values
	}
	if values == nil {
		values = map[string]report.Value{}
	}
	values[t.value] = report.Text(says)
	return values
}

// keepRows drops the hits of everyday sentences that are part of somebody's prose.
func (v *Vocabulary) keepRows(b *buffer, text string, context report.Context) {
	anyRow := func(f found) bool { return v.wordings[f.entry].where != anywhere }
	if !slices.ContainsFunc(b.found, anyRow) {
		return
	}
	b.all = append(b.all[:0], b.found...)
	letters := span{bytes.IndexFunc(b.text, isLetterOrDigit), bytes.LastIndexFunc(b.text, isLetterOrDigit) + 1}
	b.found = slices.DeleteFunc(b.found, func(f found) bool {
		underName := v.wordings[f.entry].test.called(context.Test) && f.start <= letters.start
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
	first := text[b.origin(s.start)]
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
			best, b.best = found{h.span, id}, append(b.best[:0], h.gaps...)
		}
	}
	if best.entry < 0 {
		return nil, false
	}
	return v.details[best.entry].pattern.values(text, &b.folded, b.best), true
}

// TestName implements report.Vocabulary.
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

// StatusWord implements report.Vocabulary. A status word needs a dash or a colon behind it, or nothing at all; the text
// of an icon may be followed by anything. A hyphen without a blank joins words and separates nothing.
func (v *Vocabulary) StatusWord(text string) (report.Status, int, bool) {
	for _, id := range v.markIndex.beginning(text) {
		m := &v.marks[id]
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

// Category implements report.Vocabulary. It is asked about the first word of every line.
func (v *Vocabulary) Category(word string) (report.Kind, bool) {
	if len(word) > 16 {
		return report.AnyName, false
	}
	if c, known := v.categories[word]; known {
		return c.kind, true
	}
	c := v.categories[strings.ToLower(word)]
	return c.kind, c.anyCase
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
