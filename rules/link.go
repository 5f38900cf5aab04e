package rules

import (
	"fmt"
	"slices"
	"strings"

	"mxverdict/rules/internal/strict"
	"mxverdict/rules/internal/wording"
	"mxverdict/verify/facts"
)

// link checks what only the whole catalogue can show (IDs that stand twice, and references from one file to another) and works out
// what depends on no report.
func (c *Catalogue) link() error {
	var m strict.Mistakes
	m.Add(c.linkRules())
	// In the order of what each of them needs: all name rules, and reporters' thresholds are typed by the rules' parameters.
	m.Add(c.linkOpinions())
	m.Add(c.linkCauses())
	m.Add(c.linkReporters())
	m.Add(c.linkLanguages())
	c.wanted = map[*Rule][]facts.Name{}
	for _, r := range c.rules {
		c.wanted[r] = c.wantedBy(r)
	}
	return m.Err()
}

// linkRules finds the rules by their IDs. Of two with one ID the second is the mistake: the embedded files are read first, and an
// overlay adds to them but never silently changes one.
func (c *Catalogue) linkRules() error {
	var m strict.Mistakes
	c.ruleByID = map[string]*Rule{}
	for _, r := range c.rules {
		if first, dup := c.ruleByID[r.ID]; dup {
			m.Add(&strict.Error{File: r.File, Line: r.Line, Says: fmt.Sprintf("rule %q exists already (%s:%d)", r.ID, first.File, first.Line)})
			continue
		}
		c.ruleByID[r.ID] = r
		// Without the file of reasons, which may have mistakes of its own, every code would seem to be missing.
		if r.Untested != nil && c.reasons != nil {
			if _, ok := c.reasons[r.Untested.Code]; !ok {
				m.Add(&strict.Error{File: r.File, Line: r.Line, Says: fmt.Sprintf("rule %q: untested code %q is not in reasons.yaml", r.ID, r.Untested.Code)})
			}
		}
	}
	// The order of the files on disk must not show anywhere.
	slices.SortFunc(c.rules, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	return m.Err()
}

// linkOpinions checks that each field is about a rule.
func (c *Catalogue) linkOpinions() error {
	var m strict.Mistakes
	// Opinions about a field that no rule judges would never be shown.
	for _, f := range c.opinions.Fields {
		if c.Rule(f.Rule) == nil {
			m.Add(&strict.Error{File: f.file, Line: 1, Says: fmt.Sprintf("field %s: unknown rule %q%s", f.Name, f.Rule, c.Suggest(f.Rule))})
		}
	}
	return m.Err()
}

// linkCauses finds the causes that may explain each rule. A rule that a cause names and that is not there is a mistake, since the cause
// would never explain it and nobody would notice.
func (c *Catalogue) linkCauses() error {
	var m strict.Mistakes
	seen := map[string]*Cause{}
	c.explainers = map[*Rule][]*Cause{}
	for _, cause := range c.causes {
		at := func(format string, args ...any) error {
			return &strict.Error{File: cause.File, Line: cause.Line, Says: fmt.Sprintf("cause %q: "+format, append([]any{cause.ID}, args...)...)}
		}
		if first, dup := seen[cause.ID]; dup {
			m.Add(at("exists already (%s:%d)", first.File, first.Line))
		}
		seen[cause.ID] = cause
		named := slices.Concat(cause.Explains, cause.NeverTested)
		if cause.Suggested != nil {
			named = slices.Concat(named, cause.Suggested.Mark, cause.Suggested.Beside)
		}
		for _, id := range named {
			if c.Rule(id) == nil {
				m.Add(at("unknown rule %q%s", id, c.Suggest(id)))
			}
		}
		// Found once for each rule here instead of once for each row of each report.
		for _, id := range cause.Explains {
			if r := c.Rule(id); r != nil && !cause.faulty && !slices.Contains(c.explainers[r], cause) {
				c.explainers[r] = append(c.explainers[r], cause)
			}
		}
	}
	return m.Err()
}

// linkReporters types the thresholds, which only the rules can do, and makes one vocabulary of all wordings.
func (c *Catalogue) linkReporters() error {
	var m strict.Mistakes
	c.reporterBy, c.limits = map[string]*wording.Reporter{}, map[string]limits{}
	for _, r := range c.reporters {
		typed, err := c.linkThresholds(r)
		m.Add(err)
		if c.reporterBy[r.ID] == nil { // a file that extends a reporter adds wordings, not another patience
			c.reporterBy[r.ID], c.limits[r.ID] = r, typed
		}
	}
	var err error
	c.vocabulary, err = wording.NewVocabulary(c.reporters)
	m.Add(err)
	// It is nil where a test has a name by which nothing could be found.
	if c.vocabulary != nil {
		m.Add(c.vocabulary.Check(func(id string) bool { return c.Rule(id) != nil }, c.Suggest))
	}
	return m.Err()
}
