package rules

import (
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"mxverdict/rules/internal/strict"
	"mxverdict/rules/internal/wording"
)

// Source is a file that an author wants to have checked: rules, a reporter or causes, as its schema says.
type Source struct {
	Name string
	Data []byte
}

// LoadWith is Load with further files, which may lie anywhere. A file that stands where one of the embedded files
// stands ("catalogue/smtp.yaml") takes its place, so that a maintainer can check what he has just edited.
func LoadWith(overlay fs.FS, sources ...Source) (*Catalogue, error) {
	c := &Catalogue{}
	for _, s := range sources {
		c.replaced = append(c.replaced, placeOf(s.Name))
	}
	if err := c.load(overlay, allPatterns...); err != nil {
		return nil, err
	}
	for _, s := range sources {
		if err := c.loadSource(s); err != nil {
			return nil, err
		}
	}
	return c, c.link()
}

// placeOf is where a file would stand in a folder of rules: its own folder's name and its own.
func placeOf(name string) string {
	name = filepath.ToSlash(name)
	if parent := path.Base(path.Dir(name)); parent == "catalogue" || parent == "reporters" {
		return parent + "/" + path.Base(name)
	}
	return path.Base(name)
}

func (c *Catalogue) loadSource(s Source) error {
	if err := checkSize(s.Name, s.Data); err != nil {
		return err
	}
	var head struct {
		Schema string `yaml:"schema"`
	}
	if err := yaml.Unmarshal(s.Data, &head); err != nil {
		return strict.FromYAML(s.Name, err)
	}
	schemas := []string{rulesSchema, wording.Schema, causesSchema, opinionsSchema}
	switch head.Schema {
	case rulesSchema:
		rules, err := loadRules(s.Name, s.Data)
		c.rules = append(c.rules, rules...)
		return err
	case wording.Schema:
		reporter, err := wording.Load(s.Name, s.Data)
		c.reporters = append(c.reporters, reporter)
		return err
	case opinionsSchema:
		return c.opinions.load(s.Name, s.Data)
	case causesSchema:
		causes, err := loadCauses(s.Name, s.Data)
		c.causes = append(c.causes, causes...)
		return err
	}
	says := "schema must be one of " + strings.Join(schemas, ", ") + strict.Suggest(head.Schema, schemas)
	return &strict.Error{File: s.Name, Line: 1, Says: says}
}

// Count is what a file holds.
type Count struct{ Rules, Untested, Causes, Wordings int }

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
		}
	}
	return n
}

// Uncovered lists, for the rules of the files named, or of all, the outcomes that no case of a rule reaches.
func (c *Catalogue) Uncovered(files ...string) []CaseFailure {
	var out []CaseFailure
	for _, r := range c.rules {
		if missing := r.Uncovered(); len(missing) > 0 && wanted(files, r.File) {
			says := "rule " + r.ID + " has no case that ends in " + strings.Join(missing, ", ")
			out = append(out, CaseFailure{r.File, r.Line, says})
		}
	}
	return out
}

// wanted tells whether a file is among those named; where none is named, all are.
func wanted(files []string, file string) bool { return len(files) == 0 || slices.Contains(files, file) }
