package rules

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"mxverdict/rules/internal/strict"
	"mxverdict/rules/internal/wording"
)

// Source is a file that an author wants to have checked: rules, a reporter, causes or a policy, as its schema says.
type Source struct {
	Name string
	Data []byte
}

// Linted is what an author is told about rule files.
// Mistakes are worth mending first: with them neither cases nor endings of a rule tell anything.
type Linted struct {
	Mistakes  []Problem // for which the files cannot be loaded
	Failures  []Problem // cases and examples that do not come out as they say
	Uncovered []Problem // rules that can end in a way of which no case of theirs is an example
	Wordless  []Problem // what a customer cannot be told in one of the languages
	Ran       int       // cases and examples that were tried

	catalogue *Catalogue
	policies  []*Policy
	files     []string
}

// Problem is something to mend in a file.
// Line counts from 1; File is named as the author named it.
type Problem struct {
	File string // "" for what stands in no file
	Line int
	Says string
}

// Error writes the problem as compilers do, so that editors can jump to the place.
func (p Problem) Error() string {
	if p.File == "" {
		return p.Says
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Says)
}

// Lint tells everything that is wrong with the catalogue, an overlay and further files, which may lie anywhere: mistakes, and then
// what the cases and examples that can be tried say. A file that stands where one of the embedded files stands ("catalogue/smtp.yaml")
// takes its place, so that a maintainer can check what he has just edited. With further files, cases of those alone are tried. An
// error is returned where files cannot be read at all.
func Lint(overlay fs.FS, sources ...Source) (*Linted, error) {
	c, l := &Catalogue{}, &Linted{}
	for _, s := range sources {
		// Before anything is loaded: the embedded file must not be read beside the one that takes its place.
		c.replaced = append(c.replaced, placeOf(s.Name))
		l.files = append(l.files, s.Name)
	}
	var m strict.Mistakes
	if err := c.load(overlay, &m, allPatterns...); err != nil {
		return nil, err
	}
	var policies []Source
	for _, s := range sources {
		schema, err := c.loadSource(s)
		m.Add(err)
		if schema == policySchema {
			policies = append(policies, s)
		}
	}
	m.Add(c.joinReporters())
	// Linked even after mistakes: a rule that has some is there by its name.
	m.Add(c.link())
	// The cases are those of the catalogue, which a policy does not change.
	for _, s := range policies {
		p, err := c.loadPolicy(s.Name, s.Data)
		m.Add(err)
		l.policies = append(l.policies, p)
	}
	for _, e := range strict.Each(m.Err()) {
		l.Mistakes = append(l.Mistakes, Problem(*e))
	}
	if c.patience == nil { // its file has mistakes; the cases of others can be tried without
		c.patience = &Patience{}
	}
	l.catalogue = c
	l.Ran, l.Failures = c.RunCases(l.files...)
	l.Uncovered = c.Uncovered(l.files...)
	l.Wordless = c.Untranslated(l.files...)
	return l, nil
}

// Catalogue is what the files hold, or nil where they have mistakes: by rules that are partly understood nobody is judged.
// It is as Load would give it, so that an author can see his rule at work before it goes anywhere.
func (l *Linted) Catalogue() *Catalogue {
	if len(l.Mistakes) > 0 {
		return nil
	}
	return l.catalogue
}

// Problems are all of them, in the order in which they are worth mending.
// A case that fails beside a mistake may fail because of it.
func (l *Linted) Problems() []Problem { return slices.Concat(l.Mistakes, l.Failures, l.Uncovered) }

// placeOf is where a file would stand in a folder of rules: its own folder's name and its own.
// A file by another name takes nobody's place; what it holds is added.
func placeOf(name string) string {
	// Authors work on other systems too; the names of what is embedded have slashes.
	name = filepath.ToSlash(name)
	if parent := path.Base(path.Dir(name)); parent == "catalogue" || parent == "reporters" {
		return parent + "/" + path.Base(name)
	}
	return path.Base(name)
}

// loadSource reads a file by the schema that it names, for its name says nothing: an author may keep it anywhere. A policy speaks of
// rules that other files may hold, so that it is read when they are.
func (c *Catalogue) loadSource(s Source) (schema string, err error) {
	if err := checkSize(s.Name, s.Data); err != nil {
		return "", err
	}
	var head struct {
		Schema string `yaml:"schema"`
	}
	// Not strict yet: all other keys are unknown as long as the schema is.
	if err := yaml.Unmarshal(s.Data, &head); err != nil {
		return "", strict.FromYAML(s.Name, err)
	}
	schemas := []string{rulesSchema, wording.Schema, causesSchema, patienceSchema, opinionsSchema, reasonsSchema, languageSchema, policySchema}
	if !slices.Contains(schemas, head.Schema) {
		says := "schema must be one of " + strings.Join(schemas, ", ") + strict.Suggest(head.Schema, schemas)
		return "", &strict.Error{File: s.Name, Line: 1, Says: says}
	}
	return head.Schema, c.loadAs(head.Schema, s.Name, s.Data)
}

// Policies are those among the files that were checked.
func (l *Linted) Policies() []*Policy { return l.policies }

// Count is what a file holds.
// Rules includes the untested ones; Names are the names of tests in all their spellings, Marks status words and icons.
type Count struct{ Rules, Untested, Causes, Wordings, Names, Marks int }

// Holds counts what came out of a file.
func (c *Catalogue) Holds(file string) Count {
	var n Count
	for _, r := range c.rules {
		if r.File == file {
			n.Rules++
			if r.Untested != nil {
				n.Untested++
			}
		}
	}
	for _, cause := range c.causes {
		if cause.File == file {
			n.Causes++
		}
	}
	for _, r := range c.reporters {
		if r.File == file {
			n.Wordings += r.Wordings()
			n.Names += r.Names()
			n.Marks += r.Marks()
		}
	}
	return n
}

// Uncovered lists, for the rules of the files named, or of all, the outcomes that no case of a rule reaches.
func (c *Catalogue) Uncovered(files ...string) []Problem {
	var out []Problem
	for _, r := range c.rules {
		if missing := r.Uncovered(); !r.faulty && len(missing) > 0 && wanted(files, r.File) {
			says := "rule " + r.ID + " has no case that ends in " + strings.Join(missing, ", ")
			out = append(out, Problem{r.File, r.Line, says})
		}
	}
	return out
}

// wanted tells whether a file is among those named; where none is named, all are.
func wanted(files []string, file string) bool { return len(files) == 0 || slices.Contains(files, file) }
