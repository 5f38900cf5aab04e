// Package wording reads the files that say how a reporter words its findings, and recognises those wordings in text. It
// is what a report.Vocabulary is made of. A support person who meets a new sentence adds a line of YAML here and
// nothing else.
//
// A wording is a template: literal words with placeholders of a known type. Letter case, the amount of white space, the
// kind of dash or quotation mark and a final full stop do not matter. The package judges nothing: it tells which rule a
// sentence belongs to, not whether the sentence is right. It refuses files with unknown keys, with placeholders it does
// not know and with a sentence that could mean two rules. Whether the examples beside the wordings are recognised is
// tested on demand only (Examples): loading is a part of every start of the program.
package wording

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"gopkg.in/yaml.v3"

	"mxverdict/parser/report"
	"mxverdict/rules/internal/strict"
)

// Schema names the contract of a reporter file.
const Schema = "mxverdict/reporter/1"

// Reporter is one reporter file: how long the reporter waits, by which limits it judges, and how it words what it
// finds.
type Reporter struct {
	File string
	ID   string
	Name string

	Patience       time.Duration // how long it waits for the greeting; 0 if not known
	HangsUpWithin  time.Duration // how much later than Patience it reports the end, at most
	PatienceSource string
	PatienceSeen   string

	ClockZone  ClockZone
	Hosts      []string                        // its own host names, and all names below them
	Thresholds map[string]map[string]Threshold // rule ID, then parameter

	NotPublished []string // rule IDs whose limits the reporter does not publish

	statuses   map[string]report.Status // words before a dash or colon, folded
	icons      map[string]report.Status // alternative texts of icons, folded
	categories []string
	commands   []string // the categories, and the words that are one in lower case only ("a")
	tests      []test
	kinds      map[string]report.Kind // of categories beside which names of one kind stand
	headings   []test
	details    []wording

	footers, transcripts []frame
	columns              map[string]report.Column // by the title, in lower case
	columnClasses        []string                 // what stands before the title of a column in the class of its cells
	links                []string                 // parameters of links that name a look-up

	limitLines map[string]int // rule ID to line, for Check
}

// Wordings counts the sentences of the reporter: those of tests, headings and detail lines, and the lines around the rows.
func (r *Reporter) Wordings() int {
	n := len(r.details) + len(r.footers) + len(r.transcripts)
	for _, t := range slices.Concat(r.headings, r.tests) {
		n += len(t.wordings)
	}
	return n
}

// ClockZone is the zone in which the reporter reads the date: its offsets from UTC over the year, east positive.
type ClockZone struct {
	Offsets      []time.Duration
	Source, Seen string
}

// Threshold is one limit of the reporter, as its file spells it.
type Threshold struct {
	Value        string // with its unit: "1209600s"
	Source, Seen string
	Line         int
}

// test is one check of the reporter, or a family of checks that differ in their names only.
type test struct {
	name     string   // as the reporter spells it; "" for a family
	aliases  []string // other spellings of the name
	family   []string // names of a family; each is a test's name of its own
	value    string   // what the name of a member of the family is: the value "list"; or what its category is: "record"
	id       string   // of the check in the reporter's interface, or ""
	rule     string   // "" if no rule covers it
	usual    report.Status
	in       []string // categories in which its wordings hold; empty means all
	wordings []wording
	line     int
}

// called tells whether a test's name, as Vocabulary.TestName returns it, is this test's.
func (t *test) called(name string) bool {
	return name != "" && (t.name == name || slices.Contains(t.family, name))
}

// place says where in a text a wording counts.
type place uint8

const (
	anywhere place = iota
	row            // a row of its own, or behind a status word: for sentences of everyday language
	named          // only beside the name of its test, or as a row of its own below a category of its test
)

// wording is one sentence of the reporter.
type wording struct {
	says    string
	rule    string // instead of the test's, or ""
	pattern pattern
	status  report.Status
	okAt0   string // the number that makes the status ok if it is 0, or ""
	where   place
	example string
	line    int
}

// lined is a text that knows where in the file it stands.
type lined struct {
	text string
	node *yaml.Node
}

func (l *lined) UnmarshalYAML(node *yaml.Node) error {
	l.node = node
	return node.Decode(&l.text)
}

// The shape of the file.
type (
	reporterFile struct {
		Schema     lined                `yaml:"schema"`
		ID         lined                `yaml:"id"`
		Name       lined                `yaml:"name"`
		Hosts      []lined              `yaml:"hosts"`
		Patience   *patienceFile        `yaml:"patience"`
		ClockZone  *clockFile           `yaml:"clock_zone"`
		Statuses   statusFile           `yaml:"statuses"`
		Icons      statusFile           `yaml:"icons"`
		Categories []lined              `yaml:"categories"`
		Commands   []lined              `yaml:"commands"`
		Subjects   subjectsFile         `yaml:"subjects"`
		Links      []lined              `yaml:"links"`
		Columns    columnsFile          `yaml:"columns"`
		Classes    []lined              `yaml:"column_classes"`
		Thresholds map[string]yaml.Node `yaml:"thresholds"`
		Tests      []yaml.Node          `yaml:"tests"`
		Headings   []yaml.Node          `yaml:"headings"`
		Footers    []yaml.Node          `yaml:"footers"`

		Transcripts []yaml.Node `yaml:"transcripts"`

		Details []yaml.Node `yaml:"details"`
	}
	patienceFile struct {
		Greeting      lined `yaml:"greeting"`
		HangsUpWithin lined `yaml:"hangs_up_within"`
		Source        lined `yaml:"source"`
		Seen          lined `yaml:"seen"`
	}
	clockFile struct {
		Offsets []lined `yaml:"offsets"`
		Source  lined   `yaml:"source"`
		Seen    lined   `yaml:"seen"`
	}
	subjectsFile struct {
		Domain []lined `yaml:"domain"`
		Host   []lined `yaml:"host"`
	}
	columnsFile struct {
		Status   []lined `yaml:"status"`
		Category []lined `yaml:"category"`
		Host     []lined `yaml:"host"`
		Test     []lined `yaml:"test"`
		Result   []lined `yaml:"result"`
	}
	statusFile struct {
		OK      []lined `yaml:"ok"`
		Info    []lined `yaml:"info"`
		Warning []lined `yaml:"warning"`
		Error   []lined `yaml:"error"`
	}
)

var (
	idShape   = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	ruleShape = regexp.MustCompile(`^[a-z0-9-]+/[a-z0-9-]+$`)
)

// isDate knows a year, perhaps with a month and a day.
func isDate(s string) bool {
	if len(s) != 4 && len(s) != 7 && len(s) != 10 {
		return false
	}
	for i, c := range []byte(s) {
		if dash := i == 4 || i == 7; dash != (c == '-') || !dash && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// loader carries the name of the file through the reading of its parts.
type loader struct {
	file string
	out  *Reporter
}

// Load reads one reporter file. Where it has mistakes, what could be read is returned beside them.
func Load(file string, data []byte) (*Reporter, error) {
	var raw reporterFile
	var m strict.Mistakes
	if m.Add(strict.Decode(file, data, &raw)) && raw.Schema.text == "" {
		return nil, m.Err()
	}
	l := loader{file, &Reporter{File: file, ID: raw.ID.text, Name: raw.Name.text}}
	steps := []func(*reporterFile) error{l.identity, l.patience, l.clock, l.marks, l.categories, l.pages, l.thresholds, l.tests,
		l.headings, l.detailsOfAll, l.lines}
	for _, step := range steps {
		m.Add(step(&raw))
	}
	return l.out, m.Err()
}

func (l *loader) errorf(at *yaml.Node, format string, args ...any) error {
	return strict.Errorf(l.file, at, format, args...)
}

func (l *loader) identity(raw *reporterFile) error {
	var m strict.Mistakes
	if raw.Schema.text != Schema {
		m.Add(l.errorf(raw.Schema.node, "schema must be %q", Schema))
	}
	if !idShape.MatchString(raw.ID.text) {
		m.Add(l.errorf(raw.ID.node, "id must be lower-case words joined by hyphens"))
	}
	if raw.Name.text == "" {
		m.Add(l.errorf(raw.Name.node, "name is missing"))
	}
	for _, h := range raw.Hosts {
		if h.text == "" || h.text != strings.ToLower(strings.Trim(h.text, ".")) {
			m.Add(l.errorf(h.node, "a host is written in lower case, without a final dot"))
		}
		l.out.Hosts = append(l.out.Hosts, h.text)
	}
	return m.Err()
}

func (l *loader) patience(raw *reporterFile) error {
	p := raw.Patience
	if p == nil {
		return nil
	}
	var err error
	if l.out.Patience, err = l.duration("greeting", p.Greeting); err != nil {
		return err
	}
	if l.out.HangsUpWithin, err = l.duration("hangs_up_within", p.HangsUpWithin); err != nil {
		return err
	}
	l.out.PatienceSource, l.out.PatienceSeen = p.Source.text, p.Seen.text
	return l.sourced(p.Greeting.node, p.Source, p.Seen)
}

func (l *loader) duration(key string, value lined) (time.Duration, error) {
	d, err := time.ParseDuration(value.text)
	if err != nil || d <= 0 {
		return 0, l.errorf(value.node, "%s must be a time span with its unit, such as 15s", key)
	}
	return d, nil
}

// sourced demands that a claim about somebody else's software says where it comes from and when it was last seen.
func (l *loader) sourced(at *yaml.Node, source, seen lined) error {
	if source.text == "" {
		return l.errorf(at, "source is missing: where is this known from?")
	}
	if !isDate(seen.text) {
		return l.errorf(cmp.Or(seen.node, at), "seen must be a date such as 2026-03")
	}
	return nil
}

func (l *loader) clock(raw *reporterFile) error {
	if raw.ClockZone == nil {
		return nil
	}
	zone := ClockZone{Source: raw.ClockZone.Source.text, Seen: raw.ClockZone.Seen.text}
	for _, o := range raw.ClockZone.Offsets {
		t, err := time.Parse("-07:00", o.text)
		if err != nil {
			return l.errorf(o.node, `an offset is written as "-05:00"`)
		}
		_, seconds := t.Zone()
		zone.Offsets = append(zone.Offsets, time.Duration(seconds)*time.Second)
	}
	if len(zone.Offsets) == 0 {
		return l.errorf(raw.ClockZone.Source.node, "clock_zone needs offsets")
	}
	l.out.ClockZone = zone
	return l.sourced(raw.ClockZone.Offsets[0].node, raw.ClockZone.Source, raw.ClockZone.Seen)
}

// marks reads the words and icons by which the reporter marks a row.
func (l *loader) marks(raw *reporterFile) error {
	var m strict.Mistakes
	var err error
	l.out.statuses, err = l.statusWords(raw.Statuses)
	m.Add(err)
	l.out.icons, err = l.statusWords(raw.Icons)
	m.Add(err)
	return m.Err()
}

func (l *loader) statusWords(raw statusFile) (map[string]report.Status, error) {
	var m strict.Mistakes
	words := map[string]report.Status{}
	for _, list := range []struct {
		status report.Status
		words  []lined
	}{{report.OK, raw.OK}, {report.Info, raw.Info}, {report.Warning, raw.Warning}, {report.Error, raw.Error}} {
		for _, w := range list.words {
			key := strings.TrimSpace(foldString(w.text))
			if other, dup := words[key]; dup || key == "" || !word[key[0]] {
				m.Add(l.errorf(w.node, "status word %q is empty or already means %q", w.text, other))
				continue
			}
			words[key] = list.status
		}
	}
	return words, m.Err()
}

// categories reads the words of summary tables and headings, and what the names beside them are.
func (l *loader) categories(raw *reporterFile) error {
	var m strict.Mistakes
	for _, c := range slices.Concat(raw.Categories, raw.Commands) {
		if !idShape.MatchString(c.text) {
			m.Add(l.errorf(c.node, "a category is one lower-case word"))
		}
		l.out.commands = append(l.out.commands, c.text)
	}
	l.out.categories = l.out.commands[:len(raw.Categories)]
	l.out.kinds = map[string]report.Kind{}
	for _, c := range raw.Subjects.Domain {
		m.Add(l.kind(c, report.DomainName))
	}
	for _, c := range raw.Subjects.Host {
		m.Add(l.kind(c, report.HostName))
	}
	return m.Err()
}

func (l *loader) kind(category lined, kind report.Kind) error {
	switch c := category.text; {
	case !slices.Contains(l.out.commands, c):
		return l.errorf(category.node, "unknown category %q%s", c, strict.Suggest(c, l.out.commands))
	case l.out.kinds[c] != report.AnyName:
		return l.errorf(category.node, "category %q stands here a second time", c)
	}
	l.out.kinds[category.text] = kind
	return nil
}

// pages reads what the links and tables of a reporter's pages are known by.
func (l *loader) pages(raw *reporterFile) error {
	var m strict.Mistakes
	var err error
	l.out.links, err = l.oneWordEach(raw.Links)
	m.Add(err)
	l.out.columnClasses, err = l.oneWordEach(raw.Classes)
	m.Add(err)
	m.Add(l.columns(raw.Columns))
	return m.Err()
}

func (l *loader) columns(raw columnsFile) error {
	var m strict.Mistakes
	l.out.columns = map[string]report.Column{}
	for _, list := range []struct {
		column report.Column
		titles []lined
	}{{report.StatusColumn, raw.Status}, {report.CategoryColumn, raw.Category}, {report.HostColumn, raw.Host},
		{report.TestColumn, raw.Test}, {report.ResultColumn, raw.Result}} {
		for _, t := range list.titles {
			title := strings.ToLower(t.text)
			if _, twice := l.out.columns[title]; twice || title == "" {
				m.Add(l.errorf(t.node, "the title %q is empty or stands here a second time", t.text))
				continue
			}
			l.out.columns[title] = list.column
		}
	}
	return m.Err()
}

func (l *loader) oneWordEach(list []lined) ([]string, error) {
	var m strict.Mistakes
	var words []string
	for _, w := range list {
		if !isID(w.text) {
			m.Add(l.errorf(w.node, "this must be one word, without blanks"))
		}
		words = append(words, w.text)
	}
	return words, m.Err()
}

// thresholds reads, for each rule, its parameters with one source, or the words "not published".
func (l *loader) thresholds(raw *reporterFile) error {
	l.out.Thresholds, l.out.limitLines = map[string]map[string]Threshold{}, map[string]int{}
	var m strict.Mistakes
	for _, rule := range slices.Sorted(maps.Keys(raw.Thresholds)) {
		node := raw.Thresholds[rule]
		if !ruleShape.MatchString(rule) {
			m.Add(l.errorf(&node, "a threshold belongs to a rule, written area/name"))
			continue
		}
		l.out.limitLines[rule] = node.Line
		if node.Kind == yaml.ScalarNode && node.Value == "not published" {
			l.out.NotPublished = append(l.out.NotPublished, rule)
			continue
		}
		limits, err := l.limits(&node)
		m.Add(err)
		l.out.Thresholds[rule] = limits
	}
	return m.Err()
}

func (l *loader) limits(node *yaml.Node) (map[string]Threshold, error) {
	if node.Kind != yaml.MappingNode {
		return nil, l.errorf(node, `limits are parameters with source and seen, or "not published"`)
	}
	var params map[string]lined
	if err := strict.DecodeNode(l.file, node, &params); err != nil {
		return nil, err
	}
	var m strict.Mistakes
	source, seen := params["source"], params["seen"]
	m.Add(l.sourced(node, source, seen))
	limits := map[string]Threshold{}
	for param, value := range params {
		if param != "source" && param != "seen" {
			limits[param] = Threshold{value.text, source.text, seen.text, value.node.Line}
		}
	}
	if len(limits) == 0 {
		m.Add(l.errorf(node, `limits name at least one parameter, or say "not published"`))
	}
	return limits, m.Err()
}

func (l *loader) tests(raw *reporterFile) error {
	var m strict.Mistakes
	for i := range raw.Tests {
		t, err := l.test(&raw.Tests[i])
		if !m.Add(err) {
			l.out.tests = append(l.out.tests, t)
		}
	}
	return m.Err()
}

func (l *loader) test(node *yaml.Node) (test, error) {
	var name, id, rule, usual, value, family, aliases, in, wordings, details *yaml.Node
	err := strict.Fields(l.file, node, []strict.Field{
		{Key: "name", Into: &name}, {Key: "id", Into: &id}, {Key: "rule", Into: &rule}, {Key: "usual", Into: &usual},
		{Key: "value", Into: &value}, {Key: "names", Into: &family, List: true},
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
	for _, w := range content(wordings) {
		sentence, err := l.wording(w, t.family)
		m.Add(err)
		t.wordings = append(t.wordings, sentence)
	}
	m.Add(l.details(content(details)))
	return t, m.Err()
}

// text is the value of a node that may be missing.
func text(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	return n.Value
}

func content(n *yaml.Node) []*yaml.Node {
	if n == nil {
		return nil
	}
	return n.Content
}

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

// isID knows what an interface may call a check: a number, or a word without blanks.
func isID(s string) bool { return s != "" && !strings.ContainsFunc(s, unicode.IsSpace) }

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

var knownStatuses = []string{string(report.OK), string(report.Info), string(report.Warning), string(report.Error)}

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

func (n *sentenceNodes) fields(more ...strict.Field) []strict.Field {
	return append([]strict.Field{{Key: "says", Into: &n.says}, {Key: "source", Into: &n.source},
		{Key: "seen", Into: &n.seen}, {Key: "example", Into: &n.example}}, more...)
}

var places = map[string]place{"": anywhere, "anywhere": anywhere, "row": row, "named": named}

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
	w, err := l.sentence(node, raw, lists)
	if err != nil {
		return w, err
	}
	if w.status, err = l.status("status", status, node); err != nil {
		return w, err
	}
	if w.rule = text(rule); rule != nil && !ruleShape.MatchString(w.rule) {
		return w, l.errorf(rule, "rule must be written area/name")
	}
	if w.okAt0 = text(okAt0); okAt0 != nil && !w.pattern.uses(w.okAt0) {
		return w, l.errorf(okAt0, "ok_at_zero must be one of the numbers in the wording")
	}
	var ok bool
	if w.where, ok = places[text(where)]; !ok {
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

func (l *loader) heading(node *yaml.Node) error {
	var n sentenceNodes
	var category *yaml.Node
	if err := strict.Fields(l.file, node, n.fields(strict.Field{Key: "category", Into: &category})...); err != nil {
		return err
	}
	w, err := l.sentence(node, n, nil)
	if err != nil {
		return err
	}
	w.status, w.where = report.Info, row
	if !slices.Contains(l.out.categories, text(category)) {
		return l.errorf(cmp.Or(category, node), "category must be one of the categories above")
	}
	l.out.headings = append(l.out.headings,
		test{name: text(category), usual: report.Info, wordings: []wording{w}, line: node.Line})
	return nil
}

func (l *loader) detailsOfAll(raw *reporterFile) error {
	nodes := make([]*yaml.Node, len(raw.Details))
	for i := range raw.Details {
		nodes[i] = &raw.Details[i]
	}
	return l.details(nodes)
}

func (l *loader) details(nodes []*yaml.Node) error {
	var m strict.Mistakes
	for _, node := range nodes {
		var n sentenceNodes
		if m.Add(strict.Fields(l.file, node, n.fields()...)) {
			continue
		}
		d, err := l.sentence(node, n, nil)
		if !m.Add(err) {
			l.out.details = append(l.out.details, d)
		}
	}
	return m.Err()
}

// sentence reads what wordings, headings and detail lines have in common.
func (l *loader) sentence(node *yaml.Node, raw sentenceNodes, lists []string) (wording, error) {
	w := wording{says: text(raw.says), example: text(raw.example), line: node.Line}
	var err error
	if w.pattern, err = compile(w.says, lists); err != nil {
		return w, l.errorf(cmp.Or(raw.says, node), "%v", err)
	}
	if w.example == "" {
		w.example = sample(w.says)
	}
	return w, l.seen(node, raw)
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
