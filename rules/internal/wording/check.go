package wording

import (
	"fmt"
	"maps"
	"slices"

	"mxverdict/parser/report"
	"mxverdict/rules/internal/strict"
)

// checkDuplicates demands that a sentence leads to one rule: within a test it stands once; in several tests their
// categories must tell them apart; another reporter may print it only for the same rule.
// Else the verdict about a row would depend on which of two files was read first.
func (v *Vocabulary) checkDuplicates() error {
	byKey := make(map[uint64][]entry, 2*len(v.wordings))
	for _, e := range v.wordings {
		for i := range e.patterns {
			for _, key := range e.patterns[i].keys() {
				for _, other := range byKey[key] {
					if v.clash(e, other) && !e.covers(other) {
						return e.errorf("the wording %q stands already in %s, test %q; tell them apart with in:, or drop one",
							e.says, other.by.File, other.test.name)
					}
				}
				byKey[key] = append(byKey[key], e)
			}
		}
	}
	return nil
}

// covers tells whether two wordings of a test say the same by the same sentence, one of which is a family: the first stands.
func (e entry) covers(other entry) bool {
	return e.test == other.test && (e.family || other.family) && e.leads() == other.leads() && e.status == other.status
}

// keys are those of all its patterns. That of a detail is another for each rule that it explains.
func (w *wording) keys() (keys []uint64) {
	for i := range w.patterns {
		for _, key := range w.patterns[i].keys() {
			keys = append(keys, mix(key, hashOf(w.rule)))
		}
	}
	return keys
}

// checkIDs demands that the ID of a check leads to the rules of one reporter: an answer of an interface does not say whose it
// is.
func (v *Vocabulary) checkIDs() error {
	first := map[string]*Reporter{}
	known := map[string][]string{} // rules of an ID
	for _, r := range v.reporters {
		for i := range r.tests {
			t := &r.tests[i]
			switch by := first[t.id]; {
			case t.id == "":
				continue
			case by == nil:
				first[t.id] = r
			case by != r && !slices.Contains(known[t.id], t.rule):
				return &strict.Error{File: r.File, Line: t.line,
					Says: fmt.Sprintf("the ID %q belongs already to a check of %s, in %s", t.id, by.Name, by.File)}
			}
			known[t.id] = append(known[t.id], t.rule)
		}
	}
	return nil
}

// clash tells whether one text could belong to two wordings with nothing to tell which. Two reporters may share a sentence only where it
// says the same of both.
func (v *Vocabulary) clash(a, b entry) bool {
	switch {
	case a.by.ID != b.by.ID:
		return a.leads() != b.leads() || a.status != b.status
	case a.test == b.test:
		return true
	case a.place == report.Named && !a.test.called(b.test.name), b.place == report.Named && !b.test.called(a.test.name):
		return false // the name tells them apart, or else the order of the file
	}
	share := slices.ContainsFunc(a.test.in, func(c string) bool { return slices.Contains(b.test.in, c) })
	return len(a.test.in) == 0 || len(b.test.in) == 0 || share
}

// Check demands that every rule named in a reporter file exists; for one that does not, suggest returns a hint, or "".
// It takes functions because this package knows no rules. Its error may hold several.
func (v *Vocabulary) Check(knownRule func(id string) bool, suggest func(id string) string) error {
	var m strict.Mistakes
	demand := func(file string, line int, rule string) {
		if rule != "" && !knownRule(rule) {
			m.Add(&strict.Error{File: file, Line: line, Says: fmt.Sprintf("no rule has the ID %q%s", rule, suggest(rule))})
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

// Mistake is an example that is not recognised as it should be.
// File and Line are where the example stands; Line counts from 1.
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
		for _, example := range e.examples() {
			if wanted(e.by.File) {
				note(e, v.tryExample(e, example))
			}
		}
	}
	reads := func(entries []entry, reads func(text string) bool) {
		for _, e := range entries {
			for _, example := range e.examples() {
				says := ""
				if !reads(example) {
					says = fmt.Sprintf("the example %q does not match its own wording %q", example, e.says)
				}
				if wanted(e.by.File) {
					note(e, says)
				}
			}
		}
	}
	reads(v.details, func(text string) bool { _, ok := v.Detail(text); return ok })
	reads(v.bare, func(text string) bool { _, ok := v.Detail(text); return ok })
	reads(v.frames, v.Frame)
	tell := func(lines lineSet, reads func(f aroundLine) bool) {
		for i, f := range lines.list {
			if !wanted(lines.files[i]) {
				continue
			}
			if tried++; !reads(f) {
				mistakes = append(mistakes, Mistake{lines.files[i], f.line,
					fmt.Sprintf("the example %q does not match its own line %q, or names a time that does not exist", f.example, f.says)})
			}
		}
	}
	tell(v.footers, func(f aroundLine) bool {
		footer, ok := v.Footer(f.example)
		return ok && f.dated != footer.At.IsZero()
	})
	tell(v.transcripts, func(f aroundLine) bool {
		_, ok := v.Transcript(f.example)
		return ok
	})
	return tried, mistakes
}

// examples are the one beside the wording and those that its sentences make of themselves, where it is a family or has none.
func (e entry) examples() []string {
	sentences, _ := Expand(e.says) // it was compiled
	if e.example != "" && len(sentences) == 1 {
		return []string{e.example}
	}
	var examples []string
	if e.example != "" {
		examples = append(examples, e.example)
	}
	for _, s := range sentences {
		examples = append(examples, sample(s))
	}
	return examples
}

// tryExample returns what is wrong with an example of a wording, or "".
func (v *Vocabulary) tryExample(e entry, example string) string {
	values, ok := e.read(example)
	if !ok {
		return fmt.Sprintf("the example %q does not match its own wording %q", example, e.says)
	}
	// Under the most favourable context: how a sentence fares on its own is for the tests of whole reports.
	context := report.Context{Test: e.test.name}
	if len(e.test.family) > 0 {
		context.Test = e.test.family[0]
	}
	if len(e.test.in) > 0 {
		context.Category = e.test.in[0]
	}
	matches := v.Find(example, context)
	if len(matches) != 1 {
		return fmt.Sprintf("the example %q is read as %d findings", example, len(matches))
	}
	m := matches[0]
	values = e.test.named(values, context)
	sameValues := maps.EqualFunc(values, m.Values, func(a, b report.Value) bool {
		return a.Text == b.Text && (a.Number == nil) == (b.Number == nil) && (a.Number == nil || *a.Number == *b.Number)
	})
	switch {
	case m.Rule != e.leads(), m.Wording != e.says && !v.repeated(e, matches):
		return fmt.Sprintf("another wording hides the example %q: it is read as %q of test %q", example, m.Wording, m.Test)
	case m.Status != e.statusWith(values):
		return fmt.Sprintf("the example %q is read with status %s", example, m.Status)
	case !sameValues:
		return fmt.Sprintf("the values of the example %q are not read", example)
	}
	return ""
}

// read returns what the wording takes out of a text in which it stands.
func (e entry) read(text string) (map[string]report.Value, bool) {
	tokens := lex(nil, text)
	for i := range e.patterns {
		for k := range tokens {
			if h, ok := e.patterns[i].at(text, tokens, k, nil); ok {
				return e.patterns[i].values(text, h.gaps), true
			}
		}
	}
	return nil, false
}

// repeated tells whether the same wording of a reporter given earlier took the example, or one that a family covers too.
func (v *Vocabulary) repeated(e entry, matches []report.Match) bool {
	same := func(m report.Match) bool {
		return m.Rule == e.leads() && (m.Reporter != e.by.ID || e.family)
	}
	return slices.ContainsFunc(matches, same)
}
