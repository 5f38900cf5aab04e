// Package wording reads the files that say how a reporter words its findings, and recognises those wordings in text. It
// is what a report.Vocabulary is made of. A support person who meets a new sentence adds a line of YAML here and
// nothing else.
//
// A wording is a template: literal words with placeholders of a known type. Letter case, the amount of white space, the
// kind of dash or quotation mark and a final full stop do not matter. The package judges nothing: it tells which rule a
// sentence belongs to, not whether the sentence is right. It refuses files with unknown keys, with placeholders it does
// not know, with a sentence that could mean two rules, and with an example that its own wording does not match.
package wording

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

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
	tests      []test
	details    []wording
	limitLines map[string]int // rule ID to line, for Check
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

// test is one check of the reporter.
type test struct {
	name     string
	aliases  []string
	rule     string // "" if no rule covers it
	usual    report.Status
	in       []string // categories in which its wordings hold; empty means all
	wordings []wording
	line     int
}

// place says where in a text a wording counts.
type place uint8

const (
	anywhere place = iota
	row            // a row of its own, or behind a status word: for sentences of everyday language
	named          // only beside the name of its test
)

// wording is one sentence of the reporter.
type wording struct {
	says    string
	pattern pattern
	status  report.Status
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
		Thresholds map[string]yaml.Node `yaml:"thresholds"`
		Tests      []yaml.Node          `yaml:"tests"`
		Details    []yaml.Node          `yaml:"details"`
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
	statusFile struct {
		OK      []string `yaml:"ok"`
		Info    []string `yaml:"info"`
		Warning []string `yaml:"warning"`
		Error   []string `yaml:"error"`
	}
	testFile struct {
		Name     lined       `yaml:"name"`
		Aliases  []string    `yaml:"aliases"`
		Rule     lined       `yaml:"rule"`
		Usual    lined       `yaml:"usual"`
		In       []lined     `yaml:"in"`
		Wordings []yaml.Node `yaml:"wordings"`
		Details  []yaml.Node `yaml:"details"`
	}
	wordingFile struct {
		Says    lined `yaml:"says"`
		Status  lined `yaml:"status"`
		Where   lined `yaml:"where"`
		Source  lined `yaml:"source"`
		Seen    lined `yaml:"seen"`
		Example lined `yaml:"example"`
	}
	detailFile struct {
		Says    lined `yaml:"says"`
		Source  lined `yaml:"source"`
		Seen    lined `yaml:"seen"`
		Example lined `yaml:"example"`
	}
)

var (
	idShape   = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	ruleShape = regexp.MustCompile(`^[a-z0-9-]+/[a-z0-9-]+$`)
	seenShape = regexp.MustCompile(`^[0-9]{4}(-[0-9]{2}){0,2}$`)
)

// loader carries the name of the file through the reading of its parts.
type loader struct {
	file string
	out  *Reporter
}

// Load reads one reporter file.
func Load(file string, data []byte) (*Reporter, error) {
	var raw reporterFile
	if err := strict.Decode(file, data, &raw); err != nil {
		return nil, err
	}
	l := loader{file, &Reporter{File: file, ID: raw.ID.text, Name: raw.Name.text}}
	steps := []func(*reporterFile) error{l.identity, l.patience, l.clock, l.marks, l.thresholds, l.tests,
		l.detailsOfAll}
	for _, step := range steps {
		if err := step(&raw); err != nil {
			return nil, err
		}
	}
	return l.out, nil
}

func (l *loader) errorf(at *yaml.Node, format string, args ...any) error {
	return strict.Errorf(l.file, at, format, args...)
}

func (l *loader) identity(raw *reporterFile) error {
	switch {
	case raw.Schema.text != Schema:
		return l.errorf(raw.Schema.node, "schema must be %q", Schema)
	case !idShape.MatchString(raw.ID.text):
		return l.errorf(raw.ID.node, "id must be lower-case words joined by hyphens")
	case raw.Name.text == "":
		return l.errorf(raw.Name.node, "name is missing")
	}
	for _, h := range raw.Hosts {
		if h.text == "" || h.text != strings.ToLower(strings.Trim(h.text, ".")) {
			return l.errorf(h.node, "a host is written in lower case, without a final dot")
		}
		l.out.Hosts = append(l.out.Hosts, h.text)
	}
	return nil
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
	if !seenShape.MatchString(seen.text) {
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

func (l *loader) marks(raw *reporterFile) error {
	var err error
	if l.out.statuses, err = l.statusWords(raw.Statuses); err != nil {
		return err
	}
	if l.out.icons, err = l.statusWords(raw.Icons); err != nil {
		return err
	}
	for _, c := range raw.Categories {
		if !idShape.MatchString(c.text) {
			return l.errorf(c.node, "a category is one lower-case word")
		}
		l.out.categories = append(l.out.categories, c.text)
	}
	return nil
}

func (l *loader) statusWords(raw statusFile) (map[string]report.Status, error) {
	words := map[string]report.Status{}
	for _, list := range []struct {
		status report.Status
		words  []string
	}{{report.OK, raw.OK}, {report.Info, raw.Info}, {report.Warning, raw.Warning}, {report.Error, raw.Error}} {
		for _, w := range list.words {
			key := strings.TrimSpace(foldString(w))
			if other, dup := words[key]; dup || key == "" || !word[key[0]] {
				return nil, l.errorf(nil, "status word %q is empty or already means %q", w, other)
			}
			words[key] = list.status
		}
	}
	return words, nil
}

// thresholds reads, for each rule, its parameters with one source, or the words "not published".
func (l *loader) thresholds(raw *reporterFile) error {
	l.out.Thresholds, l.out.limitLines = map[string]map[string]Threshold{}, map[string]int{}
	for rule, node := range raw.Thresholds {
		if !ruleShape.MatchString(rule) {
			return l.errorf(&node, "a threshold belongs to a rule, written area/name")
		}
		l.out.limitLines[rule] = node.Line
		if node.Kind == yaml.ScalarNode && node.Value == "not published" {
			l.out.NotPublished = append(l.out.NotPublished, rule)
			continue
		}
		limits, err := l.limits(&node)
		if err != nil {
			return err
		}
		l.out.Thresholds[rule] = limits
	}
	slices.Sort(l.out.NotPublished)
	return nil
}

func (l *loader) limits(node *yaml.Node) (map[string]Threshold, error) {
	if node.Kind != yaml.MappingNode {
		return nil, l.errorf(node, `limits are parameters with source and seen, or "not published"`)
	}
	var params map[string]lined
	if err := strict.DecodeNode(l.file, node, &params); err != nil {
		return nil, err
	}
	source, seen := params["source"], params["seen"]
	if err := l.sourced(node, source, seen); err != nil {
		return nil, err
	}
	limits := map[string]Threshold{}
	for param, value := range params {
		if param != "source" && param != "seen" {
			limits[param] = Threshold{value.text, source.text, seen.text, value.node.Line}
		}
	}
	if len(limits) == 0 {
		return nil, l.errorf(node, `limits name at least one parameter, or say "not published"`)
	}
	return limits, nil
}

func (l *loader) tests(raw *reporterFile) error {
	for i := range raw.Tests {
		t, err := l.test(&raw.Tests[i])
		if err != nil {
			return err
		}
		l.out.tests = append(l.out.tests, t)
	}
	return nil
}

func (l *loader) test(node *yaml.Node) (test, error) {
	var raw testFile
	if err := strict.DecodeNode(l.file, node, &raw); err != nil {
		return test{}, err
	}
	t := test{name: raw.Name.text, aliases: raw.Aliases, rule: raw.Rule.text, line: node.Line}
	if t.name == "" {
		return t, l.errorf(node, "name is missing: the test's name as the reporter spells it")
	}
	switch {
	case t.rule == "none":
		t.rule = ""
	case !ruleShape.MatchString(t.rule):
		return t, l.errorf(cmp.Or(raw.Rule.node, node),
			"rule must be written area/name, or none if no rule covers this test")
	}
	var err error
	if t.usual, err = l.status("usual", raw.Usual, node); err != nil {
		return t, err
	}
	for _, c := range raw.In {
		if !slices.Contains(l.out.categories, c.text) {
			return t, l.errorf(c.node, "unknown category %q%s", c.text, strict.Suggest(c.text, l.out.categories))
		}
		t.in = append(t.in, c.text)
	}
	for i := range raw.Wordings {
		w, err := l.wording(&raw.Wordings[i])
		if err != nil {
			return t, err
		}
		t.wordings = append(t.wordings, w)
	}
	return t, l.details(raw.Details)
}

func (l *loader) status(key string, value lined, at *yaml.Node) (report.Status, error) {
	known := []string{string(report.OK), string(report.Info), string(report.Warning), string(report.Error)}
	if !slices.Contains(known, value.text) {
		return "", l.errorf(cmp.Or(value.node, at), "%s must be one of %s%s", key, strings.Join(known, ", "),
			strict.Suggest(value.text, known))
	}
	return report.Status(value.text), nil
}

func (l *loader) wording(node *yaml.Node) (wording, error) {
	var raw wordingFile
	if err := strict.DecodeNode(l.file, node, &raw); err != nil {
		return wording{}, err
	}
	w, err := l.sentence(node, detailFile{raw.Says, raw.Source, raw.Seen, raw.Example})
	if err != nil {
		return w, err
	}
	if w.status, err = l.status("status", raw.Status, node); err != nil {
		return w, err
	}
	places := map[string]place{"": anywhere, "anywhere": anywhere, "row": row, "named": named}
	where, ok := places[raw.Where.text]
	if !ok {
		return w, l.errorf(raw.Where.node, "where must be one of anywhere, row, named")
	}
	w.where = where
	return w, nil
}

func (l *loader) detailsOfAll(raw *reporterFile) error { return l.details(raw.Details) }

func (l *loader) details(nodes []yaml.Node) error {
	for i := range nodes {
		var raw detailFile
		if err := strict.DecodeNode(l.file, &nodes[i], &raw); err != nil {
			return err
		}
		d, err := l.sentence(&nodes[i], raw)
		if err != nil {
			return err
		}
		l.out.details = append(l.out.details, d)
	}
	return nil
}

// sentence reads what wordings and detail lines have in common.
func (l *loader) sentence(node *yaml.Node, raw detailFile) (wording, error) {
	w := wording{says: raw.Says.text, example: raw.Example.text, line: node.Line}
	var err error
	if w.pattern, err = compile(w.says); err != nil {
		return w, l.errorf(cmp.Or(raw.Says.node, node), "%v", err)
	}
	switch source := raw.Source.text; {
	case source != "seen" && source != "clone" && source != "inferred":
		return w, l.errorf(cmp.Or(raw.Source.node, node), "source must be one of seen, clone, inferred")
	case source == "inferred" && raw.Seen.text != "":
		return w, l.errorf(raw.Seen.node, "an inferred wording was never seen; leave the date out")
	case source == "seen" && raw.Seen.text == "", raw.Seen.text != "" && !seenShape.MatchString(raw.Seen.text):
		return w, l.errorf(cmp.Or(raw.Seen.node, node), "seen must be a date such as 2026-03")
	}
	if w.example == "" {
		w.example = sample(w.says)
	}
	var f folded
	f.fold(w.example)
	if _, ok := w.pattern.next(f.text, 0, nil); !ok {
		return w, l.errorf(cmp.Or(raw.Example.node, node), "the example %q does not match its own wording %q",
			w.example, w.says)
	}
	return w, nil
}
