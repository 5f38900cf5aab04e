// Package rules is the judge: it knows which claim a finding makes, which facts decide it, what a standard really requires,
// and how to say both. Everything it knows stands in YAML, so that a rule, a reporter's wording or a cause is added
// in one place and without a program.
//
// It serves the support agent who needs a label and the reason for it, and the maintainer who edits YAML. It is pure: no
// network, no clock, no files but the embedded catalogue and the overlay it is handed. It refuses to guess: what is not
// known is inconclusive, with the reason.
package rules

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"mxverdict/parser/report"
	"mxverdict/rules/internal/strict"
	"mxverdict/rules/internal/wording"
	"mxverdict/verify/facts"
)

//go:embed catalogue/*.yaml reporters/*.yaml causes.yaml patience.yaml reasons.yaml opinions.yaml languages/*.yaml
var embedded embed.FS

// Catalogue is everything that judges: rules, causes, reporters and patience.
// A Catalogue is fixed once it is loaded, and may be used by many goroutines at once.
type Catalogue struct {
	rules      []*Rule
	causes     []*Cause
	reporters  []*wording.Reporter
	additions  []*wording.Reporter // files that add wordings to a reporter, until joinReporters
	vocabulary *wording.Vocabulary
	patience   *Patience
	opinions   Opinions
	reasons    map[facts.Code]Reason
	languages  []*Language
	language   *Language // that of the reply
	policy     *Policy   // of an organisation, or nil

	changedSince string // says that a number of the report is another one today
	digest       string
	replaced     []string // files in whose place Lint has others
	added        []string // files of the overlay
	overridden   []string // embedded files in whose place the overlay has other ones

	// What link works out once, so that judging ten thousand reports costs ten thousand times as much as one and no more.
	ruleByID   map[string]*Rule
	reporterBy map[string]*wording.Reporter
	limits     map[string]limits      // by reporter
	wanted     map[*Rule][]facts.Name // see Needs
	explainers map[*Rule][]*Cause     // the causes that may explain a rule's findings
}

// Load reads the embedded catalogue and, if overlay is not nil, the files of an overlay folder with the same layout:
// catalogue/*.yaml, reporters/*.yaml, causes.yaml. A file of the overlay takes the place of the embedded one that has its name;
// every other file adds, and an ID that exists already is an error. Errors name file and line.
func Load(overlay fs.FS) (*Catalogue, error) {
	c := &Catalogue{}
	var m strict.Mistakes
	if err := c.load(overlay, &m, allPatterns...); err != nil {
		return nil, err
	}
	m.Add(c.joinReporters())
	if err := m.Err(); err != nil { // else link would blame others for what is missing
		return nil, first(err)
	}
	return c, first(c.link())
}

// first is the first of several mistakes: who wants to judge needs to know that the rules are broken, who mends them calls Lint.
func first(err error) error {
	if all := strict.Each(err); len(all) > 0 {
		return all[0]
	}
	return nil
}

// LoadVocabulary reads only what it takes to recognise the rows of a report: a third of the work of Load. Whether the
// rules exist that reporters name, it does not check. It lists the embedded files that it replaced, as Catalogue.Replaced does.
func LoadVocabulary(overlay fs.FS) (v report.Vocabulary, replaced []string, err error) {
	c := &Catalogue{}
	var m strict.Mistakes
	if err := c.load(overlay, &m, reporterFiles); err != nil {
		return nil, nil, err
	}
	m.Add(c.joinReporters())
	if err := m.Err(); err != nil {
		return nil, nil, first(err)
	}
	v, err = wording.NewVocabulary(c.reporters)
	return v, c.overridden, err
}

// load reads the wanted files of the embedded catalogue and of the overlay, and gathers the mistakes in them. It returns an error
// where files cannot be read at all.
func (c *Catalogue) load(overlay fs.FS, m *strict.Mistakes, wanted ...string) error {
	files, err := c.layered(overlay, wanted)
	if err != nil {
		return err
	}
	digest := sha256.New()
	size := map[bool]int{} // each layer has the bound for itself: the embedded files must not take from what an overlay may have
	for _, f := range files {
		data, err := readFile(f.layer, f.name)
		if err != nil {
			return err
		}
		if size[f.foreign] += len(data); size[f.foreign] > maxFolder {
			return fmt.Errorf("rules: the files of the folder are larger than %d MiB together", maxFolder>>20)
		}
		// The length stands between name and content, or two ways of parting the same bytes would have one digest.
		fmt.Fprintf(digest, "%s %d\n", f.name, len(data))
		digest.Write(data)
		if f.foreign && isOther(f.name, data) {
			c.overridden = append(c.overridden, f.name)
		}
		m.Add(c.loadFile(f.name, data))
	}
	// Sixteen digits tell versions of one's own files apart; they guard nothing.
	c.digest = hex.EncodeToString(digest.Sum(nil))[:16]
	return nil
}

// loadFile reads a file by the place at which it stands.
func (c *Catalogue) loadFile(file string, data []byte) error {
	schemas := map[string]string{"catalogue": rulesSchema, "reporters": wording.Schema, "causes": causesSchema, "patience": patienceSchema,
		"opinions": opinionsSchema, "reasons": reasonsSchema, "languages": languageSchema}
	kind := path.Dir(file)
	if kind == "." {
		kind = strings.TrimSuffix(file, ".yaml")
	}
	return c.loadAs(schemas[kind], file, data)
}

// loadAs reads a file of one of the schemas. Rules, causes, reporters and opinions add to those that are there; the table of patience
// and the reasons take the place of the former ones.
func (c *Catalogue) loadAs(schema, file string, data []byte) (err error) {
	switch schema {
	case rulesSchema:
		var rules []*Rule
		rules, err = loadRules(file, data)
		c.rules = append(c.rules, rules...)
	// A reporter with mistakes is kept as well: rules and causes that name it are not to blame.
	case wording.Schema:
		var r *wording.Reporter
		if r, err = wording.Load(file, data); r != nil && r.Extends != "" {
			c.additions = append(c.additions, r)
		} else if r != nil {
			c.reporters = append(c.reporters, r)
		}
	case causesSchema:
		var causes []*Cause
		causes, err = loadCauses(file, data)
		c.causes = append(c.causes, causes...)
	case patienceSchema:
		c.patience, err = loadPatience(file, data)
	case opinionsSchema:
		err = c.opinions.load(file, data)
	case reasonsSchema:
		err = c.loadReasons(file, data)
	case languageSchema:
		err = c.loadLanguage(file, data)
	}
	return err
}

// Rule returns a rule by its ID, or nil.
func (c *Catalogue) Rule(id string) *Rule { return c.ruleByID[id] }

// ruleIDs is the list from which suggestions are taken.
func (c *Catalogue) ruleIDs() []string {
	var ids []string
	for _, r := range c.rules {
		ids = append(ids, r.ID)
	}
	return ids
}

// Suggest returns a hint for a rule ID that does not exist, or "".
func (c *Catalogue) Suggest(id string) string { return strict.Suggest(id, c.ruleIDs()) }

// Nearest returns the known word that a misspelt one was probably meant to be, or "".
// It is here because suggestions for misspelt commands and flags should be made in the same way as those for rule files.
func Nearest(word string, known []string) string { return strict.Nearest(word, known) }

// Rules returns all rules, sorted by ID.
// The list is the caller's, the rules in it are not to be changed.
func (c *Catalogue) Rules() []*Rule { return slices.Clone(c.rules) }

// Causes returns all causes, in the order of their files.
func (c *Catalogue) Causes() []*Cause { return slices.Clone(c.causes) }

// Vocabulary knows the sentences of all reporters.
// The parser asks it about every candidate; there is no second place at which a sentence is matched.
func (c *Catalogue) Vocabulary() report.Vocabulary { return c.vocabulary }

// Patience returns the table of who waits how long.
func (c *Catalogue) Patience() *Patience { return c.patience }

// Opinions returns the table of who says what.
func (c *Catalogue) Opinions() *Opinions { return &c.opinions }

// Digest identifies the rules in force.
// It covers name and content of every file that was read, so that saved evidence can tell whether a verdict was reached by other rules.
func (c *Catalogue) Digest() string { return c.digest }
