package rules

import (
	"strings"

	"mxverdict/rules/internal/strict"
	"mxverdict/verify/facts"
)

// Reason explains an inconclusive verdict.
// Next is a step that the reader can take himself; a reason without one would leave him with nothing.
type Reason struct {
	Says string `yaml:"says"`
	Next string `yaml:"next"`

	Plain string `yaml:"plain"` // both in one for customers
}

// The YAML shape of the reasons. The sentence about a number that has changed stands there too, as it belongs to no single rule.
type reasonsFile struct {
	Schema  string                `yaml:"schema"`
	Reasons map[facts.Code]Reason `yaml:"reasons"`
	Changed string                `yaml:"changed_since"`
}

const reasonsSchema = "mxverdict/reasons/1"

// loadReasons reads the words for every code that a fact can be unknown with.
func (c *Catalogue) loadReasons(file string, data []byte) error {
	var spec reasonsFile
	var m strict.Mistakes
	shaped := !m.Add(strict.Decode(file, data, &spec))
	bad := func(says string) { m.Add(&strict.Error{File: file, Line: 1, Says: says}) }
	switch {
	case spec.Schema != reasonsSchema && (shaped || spec.Schema != ""):
		return &strict.Error{File: file, Line: 1, Says: "schema must be " + reasonsSchema}
	case !shaped:
		return m.Err()
	}
	for _, code := range facts.Codes() { // whatever a test ends with, the reader is told why and what to do next
		if spec.Reasons[code].Says == "" || spec.Reasons[code].Next == "" {
			bad("reason " + string(code) + " lacks says or next")
		}
	}
	// Without both numbers the sentence would only claim what it should show.
	for _, p := range []string{reportedPlaceholder, measuredPlaceholder} {
		if !strings.Contains(spec.Changed, p) {
			bad("changed_since lacks " + p)
		}
	}
	// Even with mistakes, so that the rules of other files can be tried.
	c.reasons, c.changedSince = spec.Reasons, spec.Changed
	return m.Err()
}
