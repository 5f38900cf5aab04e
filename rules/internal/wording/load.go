package wording

import (
	"cmp"
	"regexp"
	"strings"
	"time"
	"unicode"

	"gopkg.in/yaml.v3"

	"mxverdict/rules/internal/strict"
)

// lined is a text that knows where in the file it stands.
type lined struct {
	text string
	node *yaml.Node
}

// UnmarshalYAML keeps the node, for a mistake is told with its line.
func (l *lined) UnmarshalYAML(node *yaml.Node) error {
	l.node = node
	return node.Decode(&l.text)
}

// The shape of the file.
type (
	reporterFile struct {
		Schema     lined                `yaml:"schema"`
		ID         lined                `yaml:"id"`
		Extends    lined                `yaml:"extends"`
		Name       lined                `yaml:"name"`
		Hosts      []lined              `yaml:"hosts"`
		Names      yaml.Node            `yaml:"names"`
		Patience   *patienceFile        `yaml:"patience"`
		ClockZone  *clockFile           `yaml:"clock_zone"`
		Statuses   yaml.Node            `yaml:"statuses"`
		Icons      yaml.Node            `yaml:"icons"`
		Categories yaml.Node            `yaml:"categories"`
		Commands   yaml.Node            `yaml:"commands"`
		Subjects   yaml.Node            `yaml:"subjects"`
		Arguments  yaml.Node            `yaml:"arguments"`
		Links      yaml.Node            `yaml:"links"`
		Columns    yaml.Node            `yaml:"columns"`
		Classes    yaml.Node            `yaml:"column_classes"`
		Thresholds map[string]yaml.Node `yaml:"thresholds"`
		Tests      []yaml.Node          `yaml:"tests"`
		Headings   []yaml.Node          `yaml:"headings"`
		Footers    []yaml.Node          `yaml:"footers"`

		Transcripts []yaml.Node `yaml:"transcripts"`

		Frames  []yaml.Node `yaml:"frames"`
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
)

var (
	// An ID stands in JSON and in saved reports: it is for programs, the name for people.
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

// Load reads one reporter file. Where it has mistakes, what could be read is returned beside them. Of a file that extends a reporter
// the rest is read by Join.
func Load(file string, data []byte) (*Reporter, error) {
	var raw reporterFile
	var m strict.Mistakes
	if m.Add(strict.Decode(file, data, &raw)) && raw.Schema.text == "" {
		return nil, m.Err()
	}
	if raw.Extends.node != nil {
		return &Reporter{File: file, Line: raw.Extends.node.Line, Extends: raw.Extends.text, rest: &raw}, m.Err()
	}
	l := loader{file, &Reporter{File: file, ID: raw.ID.text, Name: raw.Name.text}}
	if raw.ID.node != nil {
		l.out.Line = raw.ID.node.Line
	}
	steps := []func(*reporterFile) error{l.identity, l.patience, l.clock, l.marks, l.categories, l.pages, l.thresholds, l.tests,
		l.headings, l.detailsOfAll, l.lines, l.evidence}
	for _, step := range steps {
		m.Add(step(&raw))
	}
	return l.out, m.Err()
}

// errorf is a mistake at a node of the file.
func (l *loader) errorf(at *yaml.Node, format string, args ...any) error {
	return strict.Errorf(l.file, at, format, args...)
}

// identity reads who the reporter is, and which hosts are his own: these are never what a report is about.
func (l *loader) identity(raw *reporterFile) error {
	var m strict.Mistakes
	if raw.Schema.text != Schema {
		m.Add(l.errorf(raw.Schema.node, "schema must be %q", Schema))
	}
	if raw.ID.node == nil {
		m.Add(l.errorf(nil, "id is missing; a file that adds to a reporter has extends, with the ID of that one, in its place"))
	} else if !idShape.MatchString(raw.ID.text) {
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

// patience reads how long the reporter waits. Without it nothing is ever explained by his impatience.
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

// duration demands a unit; a bare number could be seconds or milliseconds.
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

// clock reads the offsets of the reporter's zone over the year. They are numbers and not the name of a zone, since the program must judge
// alike on machines that have no table of zones.
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

// text is the value of a node that may be missing.
func text(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	return n.Value
}

// content is what a list holds that may be missing.
func content(n *yaml.Node) []*yaml.Node {
	if n == nil {
		return nil
	}
	return n.Content
}

// groups reads a mapping of our words to lists of the reporter's, and hands on each of these with its key. Files hold many of
// them; that is why they are not decoded by reflection.
func (l *loader) groups(node *yaml.Node, keys []string, each func(key int, word *yaml.Node) error) error {
	if node.Kind == 0 {
		return nil // the file has none
	}
	var m strict.Mistakes
	lists := make([]*yaml.Node, len(keys))
	fields := make([]strict.Field, len(keys))
	for i, key := range keys {
		fields[i] = strict.Field{Key: key, Into: &lists[i], List: true}
	}
	m.Add(strict.Fields(l.file, node, fields...))
	for i, list := range lists {
		words, err := strict.Words(l.file, list)
		m.Add(err)
		for k := range words {
			m.Add(each(i, list.Content[k]))
		}
	}
	return m.Err()
}

// list reads a list of single words.
func (l *loader) list(node *yaml.Node) ([]*yaml.Node, error) {
	if node.Kind != 0 && node.Kind != yaml.SequenceNode {
		return nil, l.errorf(node, "this must be a list")
	}
	if _, err := strict.Words(l.file, node); err != nil {
		return nil, err
	}
	return node.Content, nil
}

// isID knows what an interface may call a check: a number, or a word without blanks.
func isID(s string) bool { return s != "" && !strings.ContainsFunc(s, unicode.IsSpace) }
