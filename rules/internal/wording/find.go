package wording

import (
	"cmp"
	"slices"

	"mxverdict/parser/report"
)

// buffer is the memory that one call needs; calls borrow it, so that a line without a hit costs none.
type buffer struct {
	text    string // the one that was read last: a line is asked about several times
	tokens  []token
	found   []found
	gaps    []span
	taken   []span // the gaps of all that was found
	covered []bool // the bytes of the text that are part of a hit that stays
	best    []span // the gaps of the best hit so far
}

// found is a place where a wording stands.
type found struct {
	span
	entry   int32
	pattern *pattern
	gaps    span // its gaps among those of all hits
	told    bool // in somebody's own words
	loose   bool // the wording needs the name of its test, which nothing says
}

// read takes the words of a text.
func (b *buffer) read(text string) {
	if text != b.text {
		b.text, b.tokens = text, lex(b.tokens[:0], text)
	}
}

// Find implements report.Vocabulary. Where wordings overlap the longest stands: the good sentence of a check often
// holds the bad one.
func (v *Vocabulary) Find(text string, context report.Context) []report.Match {
	if context.ID != "" {
		return v.findByID(text, context)
	}
	b := v.buffers.Get().(*buffer)
	defer v.buffers.Put(b)
	b.read(text)
	b.found, b.taken = b.found[:0], b.taken[:0]
	for k := range b.tokens {
		of := v.wordingIndex.of(b.tokens[k].hash)
		for i := range of {
			b.collect(v.wordings, text, &of[i], k, context)
		}
	}
	return v.matches(b, text, context)
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
	if m, ok := v.firstOf(v.byID[id], text, context); ok {
		return []report.Match{m}
	}
	if matches := v.Find(text, context); len(matches) > 0 {
		return matches
	}
	// The ID alone says which check that is; how it came out the caller knows from the answer.
	m, _ := v.Named(context.Test)
	return []report.Match{m}
}

// firstOf finds the first sentence of some wordings. Here they count anywhere.
func (v *Vocabulary) firstOf(wordings []int32, text string, context report.Context) (report.Match, bool) {
	b := v.buffers.Get().(*buffer)
	defer v.buffers.Put(b)
	b.read(text)
	b.found, b.taken = b.found[:0], b.taken[:0]
	for _, id := range wordings {
		e := &v.wordings[id]
		for i := range e.patterns {
			p := &e.patterns[i]
			x := filedAs(p, int(id), 0)
			for k := range b.tokens {
				if p.first[0].is(b.tokens[k].hash) {
					b.collect(v.wordings, text, &x, k, context)
				}
			}
		}
	}
	matches := v.matches(b, text, context)
	if len(matches) == 0 || matches[0].Place == report.Named {
		return report.Match{}, false
	}
	matches[0].Place = report.Anywhere
	return matches[0], true
}

// collect adds the place at which a pattern stands, the rare one of whose words stands at k.
func (b *buffer) collect(entries []entry, text string, x *filed, k int, context report.Context) {
	if !x.may(b.tokens, k) {
		return
	}
	h, ok := x.at(text, b.tokens, k-int(x.rare), b.gaps)
	if !ok {
		return
	}
	if fits, loose := entries[x.entry].fits(context); fits {
		from := len(b.taken)
		b.taken = append(b.taken, h.gaps...)
		b.found = append(b.found, found{h.span, x.entry, x.pattern, span{from, len(b.taken)}, h.told, loose})
	}
}

// fits tells whether the context allows the wording. A wording that counts only beside its test's name counts under
// its category too, but a name goes before a category; where neither is known it is loose.
func (e entry) fits(context report.Context) (ok, loose bool) {
	if e.place == report.Named {
		return true, !e.test.called(context.Test) && (context.Test != "" || !slices.Contains(e.test.in, context.Category))
	}
	return context.Category == "" || len(e.test.in) == 0 || slices.Contains(e.test.in, context.Category), false
}

// matches writes what was found as matches.
func (v *Vocabulary) matches(b *buffer, text string, context report.Context) []report.Match {
	if len(b.found) == 0 {
		return nil
	}
	b.keepLongest(func(id int32) bool { return v.wordings[id].test.called(context.Test) })
	matches := make([]report.Match, 0, len(b.found))
	for _, f := range b.found {
		n := len(matches)
		if e := v.wordings[f.entry]; e.explains && n > 0 && matches[n-1].Rule == e.leads() {
			continue
		}
		matches = append(matches, v.match(b, f, text, context))
	}
	return matches
}

// keepLongest drops every hit that overlaps a longer one, and every loose one that overlaps another. Of equals the one of
// the named test stands, else the first.
func (b *buffer) keepLongest(ofTest func(int32) bool) {
	if len(b.found) < 2 {
		return
	}
	slices.SortStableFunc(b.found, func(x, y found) int {
		if x.loose != y.loose {
			return order(y.loose)
		}
		if longer := cmp.Compare(y.end-y.start, x.end-x.start); longer != 0 {
			return longer
		}
		if x.start == y.start && ofTest(x.entry) != ofTest(y.entry) {
			return order(ofTest(x.entry))
		}
		return cmp.Or(cmp.Compare(x.start, y.start), cmp.Compare(x.entry, y.entry))
	})
	kept := b.found[:0]
	b.covered = slices.Grow(b.covered[:0], len(b.text))[:len(b.text)]
	clear(b.covered)
	for _, f := range b.found {
		if under := b.covered[f.start:f.end]; !slices.Contains(under, true) {
			kept = append(kept, f)
			for i := range under {
				under[i] = true
			}
		}
	}
	slices.SortFunc(kept, func(x, y found) int { return cmp.Compare(x.start, y.start) })
	b.found = kept
}

// order puts the one of two that has something in front.
func order(first bool) int {
	if first {
		return -1
	}
	return 1
}

// match writes a hit as a match: with the original text's positions and the values in its spelling.
func (v *Vocabulary) match(b *buffer, f found, text string, context report.Context) report.Match {
	e := v.wordings[f.entry]
	m := report.Match{
		Reporter: e.by.ID, Rule: e.leads(), Test: e.test.name, Wording: e.says,
		Values: f.pattern.values(text, b.taken[f.gaps.start:f.gaps.end]), Start: f.start, End: f.end, Place: e.place,
	}
	m.Status = e.statusWith(m.Values)
	if e.test.called(context.Test) {
		m.Test = context.Test
		if f.start <= int(b.tokens[0].start) {
			m.Place = report.Anywhere
		}
	}
	if m.Place == report.Named && !f.loose || f.told && m.Place == report.Anywhere {
		m.Place = report.Row
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
