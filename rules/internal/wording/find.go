package wording

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"mxverdict/parser/report"
)

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
		if e := v.wordings[id]; e.fits(context) || e.where == named {
			b.collect(&e.pattern, id)
		}
	}
	if len(b.found) == 0 {
		return nil
	}
	b.keepLongest(func(id int32) bool {
		return v.wordings[id].test.called(context.Test) || v.wordings[id].fits(context) && v.wordings[id].where == named
	})
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
	// The ID alone says which check that is; how it came out the caller knows from the answer.
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

// collect adds every place at which a pattern stands, one behind the other.
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

// match writes a hit as a match: with the original text's positions and the values in its spelling.
func (v *Vocabulary) match(b *buffer, f found, text string, context report.Context) report.Match {
	e := v.wordings[f.entry]
	h, _ := e.pattern.next(b.text, f.start, b.gaps)
	m := report.Match{
		Reporter: e.by.ID, Rule: e.leads(), Test: e.test.name, Wording: e.says,
		Values: e.pattern.values(text, &b.folded, h.gaps), Start: b.origin(f.start), End: b.origin(f.end),
	}
	m.Status = e.statusWith(m.Values)
	m.Place = report.Place(e.where)
	if e.where == named && e.fits(context) {
		m.Place = report.Anywhere
	}
	if e.test.called(context.Test) {
		m.Test = context.Test
	}
	m.Values = e.test.named(m.Values, context)
	return m
}

// recordValue is the value that says by which command, named like a type of record, a row came about.
const recordValue = "record"

// statusWith is the status of the wording where these values were captured.
// "Listed 0 times" is the sentence of a fault and the news of none.
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

// isLetterOrDigit takes everything from À on for a letter: quotation marks and dashes lie below or were folded.
func isLetterOrDigit(r rune) bool { return r < utf8.RuneSelf && word[byte(r)] || r >= 0xc0 }
