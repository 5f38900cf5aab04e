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
	Reply       string // the same for the customer, short, with what not to change
	DoNot       string

	cases []causeCase
}

// Fingerprint is the mark that a cause leaves in a report: a row of one of Mark whose measured seconds lie within a span
// above the reporter's own patience. Rows of Beside share the mark when they stand beside it.
type Fingerprint struct {
	Mark     []string `yaml:"mark"`
	Beside   []string `yaml:"beside"`
	Says     string   `yaml:"says"`
	Unproven string   `yaml:"unproven"` // what a verdict remarks if the report bears the mark and the facts do not bear it out
}

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
	Reply       string       `yaml:"reply"`
	DoNot       string       `yaml:"do_not"`
	Cases       []caseSpec   `yaml:"cases"`
}

const causesSchema = "mxverdict/causes/1"

func loadCauses(file string, data []byte) ([]*Cause, error) {
	var spec causesFile
	if err := strict.Decode(file, data, &spec); err != nil {
		return nil, err
	}
	if spec.Schema != causesSchema {
		return nil, &strict.Error{File: file, Line: 1, Says: "schema must be " + causesSchema}
	}
	var causes []*Cause
	for i := range spec.Causes {
		c, err := loadCause(file, &spec.Causes[i])
		if err != nil {
			return nil, err
		}
		causes = append(causes, c)
	}
	return causes, nil
}

func loadCause(file string, node *yaml.Node) (*Cause, error) {
	var spec causeSpec
	if err := strict.DecodeNode(file, node, &spec); err != nil {
		return nil, err
	}
	c := &Cause{ID: spec.ID, About: spec.About, File: file, Line: node.Line, Explains: spec.Explains,
		NeverTested: spec.NeverTested, Suggested: spec.Suggested, Says: spec.Says, Reply: spec.Reply, DoNot: spec.DoNot}
	switch {
	case spec.ID == "" || strings.Contains(spec.ID, "/"):
		return nil, strict.Errorf(file, node, "cause id %q must be a word without a slash", spec.ID)
	case len(spec.Explains) == 0 || spec.Says == "" || spec.About == "":
		return nil, strict.Errorf(file, node, "cause %q needs about, explains and says", spec.ID)
	case spec.ProvenWhen.Kind == 0:
		return nil, strict.Errorf(file, node, "cause %q needs proven_when; a suspicion alone explains nothing", spec.ID)
	}
	var err error
	loader := conditionLoader{file, map[string]facts.Kind{patienceParameter: facts.Duration}}
	if c.ProvenWhen, err = loader.load(&spec.ProvenWhen); err != nil {
		return nil, err
	}
	known := slices.Concat(namePlaceholders, factNames(), []string{patienceParameter, "rows"})
	for _, text := range slices.Concat([]string{c.Says, c.Reply, c.DoNot}, c.Suggested.texts()) {
		for _, p := range placeholders(text) {
			if !slices.Contains(known, p) {
				return nil, strict.Errorf(file, node, "cause %q: unknown placeholder {%s}%s", c.ID, p, strict.Suggest(p, known))
			}
		}
	}
	return c, c.loadCases(file, spec.Cases)
}

func (f *Fingerprint) texts() []string {
	if f == nil {
		return nil
	}
	return []string{f.Says, f.Unproven}
}

// Facts returns the facts that prove the cause.
func (c *Cause) Facts() []facts.Name { return c.ProvenWhen.Facts() }
