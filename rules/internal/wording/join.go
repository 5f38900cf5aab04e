package wording

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"mxverdict/parser/report"
	"mxverdict/rules/internal/strict"
)

// A file that extends a reporter: sentences, names and marks that its own file does not have (yet). Who the reporter is, how long it
// waits and by which limits it judges stands in its own file alone.

// Join reads what a file adds to a reporter. all are the files read before, that of the reporter among them. The result is a reporter of
// the same ID, so that nobody who recognises or judges has to know of the two files. Its error may hold several.
func (r *Reporter) Join(all []*Reporter) error {
	j := joiner{loader: loader{r.File, r}}
	raw := r.rest
	r.rest = nil
	var ids []string
	for _, other := range all {
		ids = append(ids, other.ID)
		if other.ID == r.Extends {
			j.files = append(j.files, other)
		}
	}
	if len(j.files) == 0 {
		slices.Sort(ids)
		return j.errorf(raw.Extends.node, "no reporter has the ID %q (there is %s)%s", r.Extends, strings.Join(slices.Compact(ids), ", "),
			strict.Suggest(r.Extends, ids))
	}
	own := j.files[0]
	r.ID, r.Name, r.categories, r.commands, r.kinds, r.arguments = own.ID, own.Name, own.categories, own.commands, own.kinds, own.arguments
	var m strict.Mistakes
	for _, step := range []func(*reporterFile) error{j.addsOnly, j.newMarks, j.lines, j.evidence, j.headings, j.detailsOfAll, j.tests} {
		m.Add(step(raw))
	}
	m.Add(j.newLines("detail", func(r *Reporter) []wording { return r.details }))
	m.Add(j.newLines("frame", func(r *Reporter) []wording { return r.frames }))
	m.Add(j.newSpellings(raw))
	m.Add(j.newNames())
	return m.Err()
}

// joiner is a loader that knows the files of the reporter to which it adds.
type joiner struct {
	loader
	files []*Reporter
}

// addsOnly refuses what says who a reporter is and how it judges.
func (j *joiner) addsOnly(raw *reporterFile) error {
	var m strict.Mistakes
	if raw.Schema.text != Schema {
		m.Add(j.errorf(raw.Schema.node, "schema must be %q", Schema))
	}
	refuse := func(key string, at *yaml.Node) {
		if at != nil && at.Line > 0 {
			m.Add(j.errorf(at, "%s stands in the reporter's own file (%s) only; a file that extends it adds tests, headings, details, "+
				"frames, names, footers, transcripts, statuses and icons", key, j.files[0].File))
		}
	}
	refuse("id", raw.ID.node)
	refuse("name", raw.Name.node)
	if len(raw.Hosts) > 0 {
		refuse("hosts", raw.Hosts[0].node)
	}
	if raw.Patience != nil {
		refuse("patience", cmp.Or(raw.Patience.Greeting.node, raw.Extends.node))
	}
	if raw.ClockZone != nil {
		refuse("clock_zone", cmp.Or(raw.ClockZone.Source.node, raw.Extends.node))
	}
	refuse("categories", &raw.Categories)
	refuse("commands", &raw.Commands)
	refuse("subjects", &raw.Subjects)
	refuse("arguments", &raw.Arguments)
	refuse("links", &raw.Links)
	refuse("columns", &raw.Columns)
	refuse("column_classes", &raw.Classes)
	for _, rule := range slices.Sorted(maps.Keys(raw.Thresholds)) {
		limits := raw.Thresholds[rule]
		refuse("thresholds", &limits)
	}
	return m.Err()
}

// newMarks reads the words and icons that mark a row. One that the reporter has already would be passed over.
func (j *joiner) newMarks(raw *reporterFile) error {
	var m strict.Mistakes
	if m.Add(j.marks(raw)) {
		return m.Err()
	}
	fresh := func(node *yaml.Node, of func(*Reporter) map[string]report.Status) {
		m.Add(j.groups(node, knownStatuses, func(_ int, w *yaml.Node) error {
			for _, r := range j.files {
				if status, known := of(r)[strings.ToLower(w.Value)]; known {
					return j.errorf(w, "%q means %s already, in %s", w.Value, status, r.File)
				}
			}
			return nil
		}))
	}
	fresh(&raw.Statuses, func(r *Reporter) map[string]report.Status { return r.statuses })
	fresh(&raw.Icons, func(r *Reporter) map[string]report.Status { return r.icons })
	return m.Err()
}

// newLines demands that no detail of the same rows and no frame stands twice. Two wordings of one reporter that are alike are found by
// checkDuplicates.
func (j *joiner) newLines(kind string, of func(*Reporter) []wording) error {
	var m strict.Mistakes
	seen := map[uint64]string{} // where
	for _, r := range append(slices.Clone(j.files), j.out) {
		for _, d := range of(r) {
			for _, key := range d.keys() {
				if at := seen[key]; at != "" && r == j.out {
					m.Add(&strict.Error{File: j.file, Line: d.line, Says: fmt.Sprintf("the %s %q stands already in %s; drop one", kind, d.says, at)})
					break
				}
				seen[key] = fmt.Sprintf("%s:%d", r.File, d.line)
			}
		}
	}
	return m.Err()
}

// newSpellings demands that each spelling of the reporter's name is one that its files do not have.
func (j *joiner) newSpellings(raw *reporterFile) error {
	var m strict.Mistakes
	for _, name := range raw.Names.Content {
		for _, r := range j.files {
			if slices.ContainsFunc(r.names, func(known string) bool { return strings.EqualFold(known, name.Value) }) {
				m.Add(j.errorf(name, "%q is a name of the reporter already, in %s", name.Value, r.File))
			}
		}
	}
	return m.Err()
}

// newNames demands that every alias and every name of a new family is one that no test has: of two, one would never be read.
func (j *joiner) newNames() error {
	var m strict.Mistakes
	for _, t := range j.out.tests {
		added := t.aliases
		if t.extends == nil {
			added = slices.Concat(added, t.family)
		}
		for _, name := range added {
			if known := j.called(name); len(known) > 0 {
				m.Add(&strict.Error{File: j.file, Line: t.line, Says: fmt.Sprintf("%q is the name of a test already (%s)", name, known[0].place())})
			}
		}
	}
	return m.Err()
}

// tests reads new tests, and what is added to those that there are.
func (j *joiner) tests(raw *reporterFile) error {
	var m strict.Mistakes
	for i := range raw.Tests {
		if t, err := j.testOrMore(&raw.Tests[i]); !m.Add(err) {
			j.out.tests = append(j.out.tests, t)
		}
	}
	return m.Err()
}

// testOrMore reads one of them. The name decides which it is.
func (j *joiner) testOrMore(node *yaml.Node) (test, error) {
	if known := j.called(valueOf(node, "name")); len(known) > 0 {
		return j.addition(node, known)
	}
	return j.newTest(node)
}

// newTest reads a test that the reporter does not have. A name that was mistyped looks like one.
func (j *joiner) newTest(node *yaml.Node) (test, error) {
	name := valueOf(node, "name")
	if name != "" && valueOf(node, "rule") == "" && valueOf(node, "usual") == "" {
		return test{}, j.errorf(node, "%s has no test %q, and a new one needs rule and usual%s", j.out.Name, name, strict.Suggest(name, j.names()))
	}
	return j.test(node)
}

// addition reads what is added to a test that there is: other spellings of its name, sentences, details. All else stays as it is.
func (j *joiner) addition(node *yaml.Node, known []knownTest) (test, error) {
	var name, id, rule, usual, asserts, value, family, aliases, in, wordings, details *yaml.Node
	err := strict.Fields(j.file, node, strict.Field{Key: "name", Into: &name}, strict.Field{Key: "rule", Into: &rule},
		strict.Field{Key: "in", Into: &in, List: true}, strict.Field{Key: "aliases", Into: &aliases, List: true},
		strict.Field{Key: "wordings", Into: &wordings, List: true}, strict.Field{Key: "details", Into: &details, List: true},
		strict.Field{Key: "id", Into: &id}, strict.Field{Key: "usual", Into: &usual}, strict.Field{Key: "value", Into: &value},
		strict.Field{Key: "names", Into: &family, List: true}, strict.Field{Key: "asserts", Into: &asserts})
	if err != nil {
		return test{}, err
	}
	var m strict.Mistakes
	for _, fixed := range []struct {
		key  string
		node *yaml.Node
	}{{"id", id}, {"usual", usual}, {"asserts", asserts}, {"value", value}, {"names", family}} {
		if fixed.node != nil {
			m.Add(j.errorf(fixed.node, "%s of the test %q stands in %s; leave it out here", fixed.key, name.Value, known[0].place()))
		}
	}
	of, err := j.choose(node, known, rule, in)
	if m.Add(err) {
		return test{}, m.Err()
	}
	t := *of.test
	t.wordings, t.extends, t.line = nil, of.test, node.Line
	t.aliases, err = strict.Words(j.file, aliases)
	m.Add(err)
	for _, w := range content(wordings) {
		sentence, err := j.wording(w, t.family)
		m.Add(err)
		t.wordings = append(t.wordings, sentence)
	}
	asserting, err := j.details(content(details), t.rule)
	m.Add(err)
	t.wordings = append(t.wordings, asserting...)
	if len(content(aliases))+len(content(wordings))+len(content(details)) == 0 {
		m.Add(j.errorf(node, "nothing is added to the test %q; it needs wordings, aliases or details", name.Value))
	}
	return t, m.Err()
}

// choose finds the test that is meant, for tests of one name may lead to several rules, by their categories.
func (j *joiner) choose(node *yaml.Node, known []knownTest, rule, in *yaml.Node) (knownTest, error) {
	categories, err := j.knownCategories(in)
	if err != nil {
		return knownTest{}, err
	}
	var fit []knownTest
	for _, t := range known {
		missing := func(c string) bool { return !slices.Contains(t.in, c) }
		if (rule == nil || rule.Value == cmp.Or(t.rule, "none")) && !slices.ContainsFunc(categories, missing) {
			fit = append(fit, t)
		}
	}
	switch {
	case len(fit) == 1:
		return fit[0], nil
	case len(fit) == 0 && rule != nil:
		return knownTest{}, j.errorf(rule, "the test %q does not lead to %s: it is %s; a wording may have a rule of its own", known[0].called,
			rule.Value, described(known))
	case len(fit) == 0:
		return knownTest{}, j.errorf(in, "the test %q does not stand in %s: it is %s", known[0].called, strings.Join(categories, ", "), described(known))
	}
	return knownTest{}, j.errorf(node, "there are %d tests %q; say by in or rule which is meant: %s", len(fit), known[0].called, described(fit))
}

// described lists tests by what tells them apart.
func described(tests []knownTest) string {
	var each []string
	for _, t := range tests {
		says := "rule: " + cmp.Or(t.rule, "none")
		if len(t.in) > 0 {
			says += " in [" + strings.Join(t.in, ", ") + "]"
		}
		each = append(each, says+" ("+t.place()+")")
	}
	return strings.Join(each, "; ")
}

// knownTest is a test of one of the files, and the name by which it was found.
type knownTest struct {
	*test
	by     *Reporter
	called string
}

// place is where the test stands.
func (t knownTest) place() string { return fmt.Sprintf("%s:%d", t.by.File, t.line) }

// called finds the tests of a name, in any spelling that their file has. What adds to a test is none of its own.
func (j *joiner) called(name string) []knownTest {
	var found []knownTest
	for _, r := range j.files {
		for i := range r.tests {
			t := &r.tests[i]
			same := func(spelled string) bool { return strings.EqualFold(spelled, name) }
			if t.extends == nil && slices.ContainsFunc(t.spelled(), same) {
				found = append(found, knownTest{t, r, name})
			}
		}
	}
	return found
}

// names lists the names of all tests, for suggestions.
func (j *joiner) names() []string {
	var names []string
	for _, r := range j.files {
		for i := range r.tests {
			names = append(names, r.tests[i].spelled()...)
		}
	}
	return names
}

// spelled lists the names of a test in all their spellings.
func (t *test) spelled() []string {
	if t.name == "" {
		return t.family
	}
	return append([]string{t.name}, t.aliases...)
}

// valueOf returns the single value of a key of a mapping, or "".
func valueOf(node *yaml.Node, key string) string {
	for i := 0; i+1 < len(node.Content) && node.Kind == yaml.MappingNode; i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1].Value
		}
	}
	return ""
}
