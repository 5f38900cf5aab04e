package wording

import (
	"cmp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"mxverdict/parser/report"
	"mxverdict/rules/internal/strict"
)

// Sentences: the tests with their wordings, and the headings and details around them.

// tests reads the checks of the reporter.
func (l *loader) tests(raw *reporterFile) error {
	var m strict.Mistakes
	l.out.tests = make([]test, 0, len(raw.Tests))
	for i := range raw.Tests {
		t, err := l.test(&raw.Tests[i])
		if !m.Add(err) {
			l.out.tests = append(l.out.tests, t)
		}
	}
	return m.Err()
}

// test reads one check. Of one with mistakes nothing is kept, so that no row is recognised by half of what its author meant.
func (l *loader) test(node *yaml.Node) (test, error) {
	var name, id, rule, usual, asserts, value, family, aliases, in, wordings, details *yaml.Node
	err := strict.Fields(l.file, node, []strict.Field{
		{Key: "name", Into: &name}, {Key: "id", Into: &id}, {Key: "rule", Into: &rule}, {Key: "usual", Into: &usual},
		{Key: "asserts", Into: &asserts}, {Key: "value", Into: &value}, {Key: "names", Into: &family, List: true},
		{Key: "aliases", Into: &aliases, List: true}, {Key: "in", Into: &in, List: true},
		{Key: "wordings", Into: &wordings, List: true}, {Key: "details", Into: &details, List: true}}...)
	if err != nil {
		return test{}, err
	}
	var m strict.Mistakes
	t := test{name: text(name), value: text(value), line: node.Line}
	t.rule, err = l.ruleOf(rule, node)
	m.Add(err)
	t.usual, err = l.status("usual", usual, node)
	m.Add(err)
	t.asserts, err = l.truth("asserts", asserts)
	m.Add(err)
	if t.id = text(id); id != nil && !isID(t.id) {
		m.Add(l.errorf(id, "id must be that of the check in the reporter's interface, one word such as 506 or mx-ptr"))
	}
	t.aliases, err = strict.Words(l.file, aliases)
	m.Add(err)
	t.family, err = strict.Words(l.file, family)
	m.Add(err)
	t.in, err = l.knownCategories(in)
	m.Add(err)
	switch {
	case (t.name == "") == (len(t.family) == 0):
		m.Add(l.errorf(node,
			"name is missing: the test's name as the reporter spells it, or names for a family of tests"))
	case t.value != "" && !(t.value == listPlaceholder && len(t.family) > 0 || t.value == recordValue && len(t.in) > 0):
		m.Add(l.errorf(value, "value must be %s, and belongs to a test with names, or %s, for a test with in", listPlaceholder, recordValue))
	}
	t.wordings = make([]wording, 0, len(content(wordings)))
	for _, w := range content(wordings) {
		sentence, err := l.wording(w, t.family)
		m.Add(err)
		t.wordings = append(t.wordings, sentence)
	}
	asserting, err := l.details(content(details), t.rule)
	m.Add(err)
	t.wordings = append(t.wordings, asserting...)
	return t, m.Err()
}

// truth reads a key that can only be true: what is not so is left out.
func (l *loader) truth(key string, value *yaml.Node) (bool, error) {
	if value != nil && value.Value != "true" {
		return false, l.errorf(value, "%s is true, or left out", key)
	}
	return value != nil, nil
}

// ruleOf demands a rule or the word "none": a check that was forgotten must not look like one that no rule covers.
func (l *loader) ruleOf(value, at *yaml.Node) (string, error) {
	switch rule := text(value); {
	case rule == "none":
		return "", nil
	case !ruleShape.MatchString(rule):
		return "", l.errorf(cmp.Or(value, at), "rule must be written area/name, or none if no rule covers this test")
	default:
		return rule, nil
	}
}

// knownCategories reads a list of categories that the file itself declares.
func (l *loader) knownCategories(list *yaml.Node) ([]string, error) {
	words, err := strict.Words(l.file, list)
	if err != nil {
		return nil, err
	}
	for i, c := range words {
		if !slices.Contains(l.out.commands, c) {
			return nil, l.errorf(list.Content[i], "unknown category %q%s", c, strict.Suggest(c, l.out.commands))
		}
	}
	return words, nil
}

// knownStatuses are those that a row can show. "unknown" is none of them: it is what rows have that show nothing.
var knownStatuses = []string{string(report.OK), string(report.Info), string(report.Warning), string(report.Error)}

// status reads one of them.
func (l *loader) status(key string, value, at *yaml.Node) (report.Status, error) {
	status := text(value)
	if !slices.Contains(knownStatuses, status) {
		return "", l.errorf(cmp.Or(value, at), "%s must be one of %s%s", key, strings.Join(knownStatuses, ", "),
			strict.Suggest(status, knownStatuses))
	}
	return report.Status(status), nil
}

// sentenceNodes are the keys that all sentences have.
type sentenceNodes struct{ says, source, seen, example *yaml.Node }

// fields lists their places, and those of the keys that one kind of sentence has besides.
func (n *sentenceNodes) fields(more ...strict.Field) []strict.Field {
	own := [...]strict.Field{{Key: "says", Into: &n.says}, {Key: "source", Into: &n.source},
		{Key: "seen", Into: &n.seen}, {Key: "example", Into: &n.example}}
	return slices.Concat(own[:], more)
}

// places are the words for where a wording counts; most say nothing and count anywhere.
var places = map[string]report.Place{"": report.Anywhere, "anywhere": report.Anywhere, "row": report.Row, "named": report.Named}

// wording reads a sentence of a test. lists are the names that its placeholder {list} takes.
func (l *loader) wording(node *yaml.Node, lists []string) (wording, error) {
	var raw sentenceNodes
	var status, where, okAt0, rule *yaml.Node
	err := strict.Fields(l.file, node, raw.fields(strict.Field{Key: "status", Into: &status},
		strict.Field{Key: "where", Into: &where}, strict.Field{Key: "ok_at_zero", Into: &okAt0},
		strict.Field{Key: "rule", Into: &rule})...)
	if err != nil {
		return wording{}, err
	}
	w, err := l.worded(node, raw, lists)
	if err != nil {
		return w, err
	}
	if w.status, err = l.status("status", status, node); err != nil {
		return w, err
	}
	if w.rule = text(rule); rule != nil && !ruleShape.MatchString(w.rule) {
		return w, l.errorf(rule, "rule must be written area/name")
	}
	if w.okAt0 = text(okAt0); okAt0 != nil && !w.patterns[0].uses(w.okAt0) {
		return w, l.errorf(okAt0, "ok_at_zero must be one of the numbers in the wording")
	}
	var ok bool
	if w.place, ok = places[text(where)]; !ok {
		return w, l.errorf(where, "where must be one of anywhere, row, named")
	}
	return w, nil
}

// headings reads the lines that name what the rows below them are about.
func (l *loader) headings(raw *reporterFile) error {
	var m strict.Mistakes
	for i := range raw.Headings {
		m.Add(l.heading(&raw.Headings[i]))
	}
	return m.Err()
}

// heading reads one of them. It becomes a test without a rule, so that Find knows it like any other sentence.
func (l *loader) heading(node *yaml.Node) error {
	var n sentenceNodes
	var category *yaml.Node
	if err := strict.Fields(l.file, node, n.fields(strict.Field{Key: "category", Into: &category})...); err != nil {
		return err
	}
	w, err := l.worded(node, n, nil)
	if err != nil {
		return err
	}
	w.status, w.place = report.Info, report.Row
	if !slices.Contains(l.out.categories, text(category)) {
		return l.errorf(cmp.Or(category, node), "category must be one of the categories above")
	}
	l.out.headings = append(l.out.headings,
		test{name: text(category), usual: report.Info, wordings: []wording{w}, line: node.Line})
	return nil
}

// detailsOfAll reads the details that stand below rows of any test.
func (l *loader) detailsOfAll(raw *reporterFile) error {
	nodes := make([]*yaml.Node, len(raw.Details))
	for i := range raw.Details {
		nodes[i] = &raw.Details[i]
	}
	_, err := l.details(nodes, "")
	return err
}

// details reads lines that explain a row: they add values to one and make none. Those of a test explain rows with its rule
// only; one that asserts a fault by itself is a wording of the test too, which is returned.
func (l *loader) details(nodes []*yaml.Node, rule string) (asserting []wording, err error) {
	var m strict.Mistakes
	for _, node := range nodes {
		var n sentenceNodes
		var asserts *yaml.Node
		if m.Add(strict.Fields(l.file, node, n.fields(strict.Field{Key: "asserts", Into: &asserts})...)) {
			continue
		}
		d, err := l.sentence(node, n, nil)
		if m.Add(err) {
			continue
		}
		d.rule = rule
		switch {
		case asserts != nil && rule == "":
			m.Add(l.errorf(asserts, "only a detail of a test with a rule can assert a fault"))
		case asserts != nil:
			w := d
			w.place, w.rule, w.patterns = report.Row, "", slices.Clone(d.patterns) // each is filed by words of its own
			w.explains = true
			w.status, err = l.status("asserts", asserts, node)
			m.Add(err)
			asserting = append(asserting, w)
		case d.patterns[0].bare() && rule == "":
			m.Add(l.errorf(node, "a detail without a word belongs to a test with a rule: it would explain any row"))
		}
		l.out.details = append(l.out.details, d)
	}
	return asserting, m.Err()
}

// sentence reads what wordings, headings and detail lines have in common.
func (l *loader) sentence(node *yaml.Node, raw sentenceNodes, lists []string) (wording, error) {
	w := wording{says: text(raw.says), example: text(raw.example), line: node.Line}
	var err error
	if w.patterns, w.family, err = compileFamily(w.says, lists); err != nil {
		return w, l.errorf(cmp.Or(raw.says, node), "%v", err)
	}
	return w, l.seen(node, raw)
}

// worded reads a sentence with words of its own; by a value alone nothing could be found.
func (l *loader) worded(node *yaml.Node, raw sentenceNodes, lists []string) (wording, error) {
	w, err := l.sentence(node, raw, lists)
	if err == nil && w.patterns[0].bare() {
		err = l.errorf(cmp.Or(raw.says, node), "a wording needs at least one whole word outside its placeholders")
	}
	return w, err
}

// seen demands of each sentence how sure it is, and when it was last seen.
func (l *loader) seen(node *yaml.Node, raw sentenceNodes) error {
	seen := text(raw.seen)
	switch source := text(raw.source); {
	case source != "seen" && source != "clone" && source != "inferred":
		return l.errorf(cmp.Or(raw.source, node), "source must be one of seen, clone, inferred")
	case source == "inferred" && seen != "":
		return l.errorf(raw.seen, "an inferred wording was never seen; leave the date out")
	case source == "seen" && seen == "", seen != "" && !isDate(seen):
		return l.errorf(cmp.Or(raw.seen, node), "seen must be a date such as 2026-03")
	}
	return nil
}
