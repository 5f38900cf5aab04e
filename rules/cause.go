package rules

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"mxverdict/rules/internal/strict"
	"mxverdict/verify/facts"
)

// Cause is one explanation of several findings: what the reporter did, how that is proven from the facts, and how the
// report alone already suggests it.
type Cause struct {
	ID          string
	About       string
	File        string
	Line        int
	Explains    []string // rule IDs
	NeverTested []string // rule IDs whose OK rows the reporter cannot have tested
	ProvenWhen  Condition
	Suggested   *Fingerprint
	Says        string
	Plain       string // the same for the customer, short, with what not to change
	DoNot       string

	cases  []causeCase
	faulty bool // as of a Rule
}

// Fingerprint is the mark that a cause leaves in a report: a row of one of Mark whose measured seconds lie within a span
// above the reporter's own patience. Rows of Beside share the mark when they stand beside it.
type Fingerprint struct {
	Mark     []string `yaml:"mark"`
	Beside   []string `yaml:"beside"`
	Says     string   `yaml:"says"`
	Unproven string   `yaml:"unproven"` // what a verdict remarks if the report bears the mark and the facts do not bear it out
}

// The YAML shape of causes. Each stays a node until it is read by itself, so that mistakes are told with their lines.
type causesFile struct {
	Schema string      `yaml:"schema"`
	Causes []yaml.Node `yaml:"causes"`
}

type causeSpec struct {
	ID          string       `yaml:"id"`
	About       string       `yaml:"about"`
	Explains    []string     `yaml:"explains"`
	NeverTested []string     `yaml:"never_tested"`
	ProvenWhen  yaml.Node    `yaml:"proven_when"`
	Suggested   *Fingerprint `yaml:"suggested_when"`
	Says        string       `yaml:"says"`
	Plain       string       `yaml:"plain"`
	DoNot       string       `yaml:"do_not"`
	Cases       []caseSpec   `yaml:"cases"`
}

// causesSchema is named by every file of causes.
const causesSchema = "mxverdict/causes/1"

// loadCauses reads a file of causes. As with rules, one with mistakes is returned beside the error, marked as faulty.
func loadCauses(file string, data []byte) ([]*Cause, error) {
	var spec causesFile
	var m strict.Mistakes
	// A schema that could not be read is no wrong one: the mistake that kept it from being read is told already.
	if unread := m.Add(strict.Decode(file, data, &spec)); spec.Schema != causesSchema && !(unread && spec.Schema == "") {
		return nil, &strict.Error{File: file, Line: 1, Says: "schema must be " + causesSchema}
	}
	var causes []*Cause
	for i := range spec.Causes {
		c, err := loadCause(file, &spec.Causes[i])
		c.faulty = m.Add(err)
		causes = append(causes, c)
	}
	return causes, m.Err()
}

// loadCause reads one cause. What is missing is complained of only where every key was understood: a misspelt key says more than the
// absence of the right one.
func loadCause(file string, node *yaml.Node) (*Cause, error) {
	var spec causeSpec
	var m strict.Mistakes
	shaped := !m.Add(strict.DecodeNode(file, node, &spec))
	c := &Cause{ID: spec.ID, About: spec.About, File: file, Line: node.Line, Explains: spec.Explains,
		NeverTested: spec.NeverTested, Suggested: spec.Suggested, Says: spec.Says, Plain: spec.Plain, DoNot: spec.DoNot}
	if shaped {
		m.Add(c.checkWhole(file, node, &spec))
	}
	if spec.ProvenWhen.Kind != 0 {
		var err error
		loader := conditionLoader{file, map[string]facts.Kind{patienceParameter: facts.Duration}}
		c.ProvenWhen, err = loader.load(&spec.ProvenWhen)
		m.Add(err)
	}
	m.Add(c.checkPlaceholders(strings.Join(c.texts(), " "), func(format string, args ...any) error { return strict.Errorf(file, node, format, args...) }))
	m.Add(c.loadCases(file, spec.Cases))
	return c, m.Err()
}

// checkPlaceholders is checkTemplates for a text of a cause, which has no parameters but the patience: what one reporter got wrong is proven
// by what the server does and how long he waits.
func (c *Cause) checkPlaceholders(text string, at func(string, ...any) error) error {
	var m strict.Mistakes
	for p, suggestion := range unknownPlaceholders(text, slices.Concat(namePlaceholders, []string{patienceParameter, "rows"})...) {
		m.Add(at("cause %q: unknown placeholder {%s}%s", c.ID, p, suggestion))
	}
	return m.Err()
}

// checkWhole demands what every cause has.
func (c *Cause) checkWhole(file string, node *yaml.Node, spec *causeSpec) error {
	var m strict.Mistakes
	// A slash is the mark of a rule; with it, the same word on a command line could mean either.
	if c.ID == "" || strings.Contains(c.ID, "/") {
		m.Add(strict.Errorf(file, node, "cause id %q must be a word without a slash", c.ID))
	}
	if len(c.Explains) == 0 || c.Says == "" || c.About == "" {
		m.Add(strict.Errorf(file, node, "cause %q needs about, explains and says", c.ID))
	}
	if spec.ProvenWhen.Kind == 0 {
		m.Add(strict.Errorf(file, node, "cause %q needs proven_when; a suspicion alone explains nothing", c.ID))
	}
	return m.Err()
}

// texts returns every sentence of the cause that may hold placeholders.
func (c *Cause) texts() []string {
	texts := []string{c.Says, c.Plain, c.DoNot}
	if c.Suggested != nil {
		texts = append(texts, c.Suggested.Says, c.Suggested.Unproven)
	}
	return texts
}

// Facts returns the facts that prove the cause, and those that only its sentences tell.
func (c *Cause) Facts() []facts.Name { return distinct(c.ProvenWhen.Facts(), factsNamed(c.texts())) }
