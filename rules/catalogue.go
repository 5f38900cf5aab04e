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
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"mxverdict/parser/report"
	"mxverdict/rules/internal/strict"
	"mxverdict/rules/internal/wording"
	"mxverdict/verify/facts"
)

//go:embed catalogue/*.yaml reporters/*.yaml causes.yaml patience.yaml reasons.yaml opinions.yaml
var embedded embed.FS

// Catalogue is everything that judges: rules, causes, reporters and patience.
type Catalogue struct {
	rules      []*Rule
	causes     []*Cause
	reporters  []*wording.Reporter
	vocabulary *wording.Vocabulary
	patience   *Patience
	opinions   Opinions
	reasons    map[facts.Code]Reason

	changedSince string // says that a number of the report is another one today
	digest       string
	replaced     []string // embedded files in whose place LoadWith has others
}

// Reason explains an inconclusive verdict.
type Reason struct {
	Says string `yaml:"says"`
	Next string `yaml:"next"`
}

type reasonsFile struct {
	Schema  string                `yaml:"schema"`
	Reasons map[facts.Code]Reason `yaml:"reasons"`
	Changed string                `yaml:"changed_since"`
}

const reasonsSchema = "mxverdict/reasons/1"

// Load reads the embedded catalogue and, if overlay is not nil, the files of an overlay folder with the same layout:
// catalogue/*.yaml, reporters/*.yaml, causes.yaml. An overlay adds; an ID that exists already is an error.
// Errors name file and line.
func Load(overlay fs.FS) (*Catalogue, error) {
	c := &Catalogue{}
	if err := c.load(overlay, allPatterns...); err != nil {
		return nil, err
	}
	return c, c.link()
}

// LoadVocabulary reads only what it takes to recognise the rows of a report: a third of the work of Load. Whether the
// rules exist that reporters name, it does not check.
func LoadVocabulary(overlay fs.FS) (report.Vocabulary, error) {
	c := &Catalogue{}
	if err := c.load(overlay, reporterFiles); err != nil {
		return nil, err
	}
	return wording.NewVocabulary(c.reporters)
}

const reporterFiles = "reporters/*.yaml"

var allPatterns = []string{"catalogue/*.yaml", reporterFiles, "causes.yaml", "patience.yaml", "reasons.yaml", opinionsName}

// opinionsName is the file of who says what; that of an overlay adds to it.
const opinionsName = "opinions.yaml"

// load reads the wanted files of the embedded catalogue and of the overlay.
func (c *Catalogue) load(overlay fs.FS, wanted ...string) error {
	digest := sha256.New()
	for i, layer := range []fs.FS{embedded, overlay} {
		if layer == nil {
			continue
		}
		files, err := filesOf(layer, allPatterns)
		if err == nil && len(files) == 0 {
			err = errors.New("rules: the folder holds no rule files; it needs catalogue/*.yaml, reporters/*.yaml or causes.yaml")
		}
		if err == nil {
			files, err = filesOf(layer, wanted)
		}
		if err != nil {
			return err
		}
		size := 0
		for _, file := range files {
			if i == 0 && slices.Contains(c.replaced, file) {
				continue
			}
			data, err := readFile(layer, file)
			if err != nil {
				return err
			}
			if size += len(data); size > maxFolder {
				return fmt.Errorf("rules: the files of the folder are larger than %d MiB together", maxFolder>>20)
			}
			fmt.Fprintf(digest, "%s %d\n%s", file, len(data), data)
			if err := c.loadFile(file, data); err != nil {
				return err
			}
		}
	}
	c.digest = hex.EncodeToString(digest.Sum(nil))[:16]
	return nil
}

func (c *Catalogue) loadFile(file string, data []byte) (err error) {
	switch {
	case path.Dir(file) == "catalogue":
		var rules []*Rule
		rules, err = loadRules(file, data)
		c.rules = append(c.rules, rules...)
	case path.Dir(file) == "reporters":
		var r *wording.Reporter
		r, err = wording.Load(file, data)
		c.reporters = append(c.reporters, r)
	case file == "causes.yaml":
		var causes []*Cause
		causes, err = loadCauses(file, data)
		c.causes = append(c.causes, causes...)
	case file == "patience.yaml":
		c.patience, err = loadPatience(file, data)
	case file == opinionsName:
		err = c.opinions.load(file, data)
	case file == "reasons.yaml":
		err = c.loadReasons(file, data)
	}
	return err
}

func (c *Catalogue) loadReasons(file string, data []byte) error {
	var spec reasonsFile
	if err := strict.Decode(file, data, &spec); err != nil {
		return err
	}
	if spec.Schema != reasonsSchema {
		return &strict.Error{File: file, Line: 1, Says: "schema must be " + reasonsSchema}
	}
	for _, code := range facts.Codes() {
		if spec.Reasons[code].Says == "" || spec.Reasons[code].Next == "" {
			return &strict.Error{File: file, Line: 1, Says: "reason " + string(code) + " lacks says or next"}
		}
	}
	for _, p := range []string{reportedPlaceholder, measuredPlaceholder} {
		if !strings.Contains(spec.Changed, p) {
			return &strict.Error{File: file, Line: 1, Says: "changed_since lacks " + p}
		}
	}
	c.reasons, c.changedSince = spec.Reasons, spec.Changed
	return nil
}

// link checks what only the whole catalogue can show: duplicate IDs, and references from one file to another.
func (c *Catalogue) link() error {
	seen := map[string]*Rule{}
	for _, r := range c.rules {
		if first, dup := seen[r.ID]; dup {
			return &strict.Error{File: r.File, Line: r.Line, Says: fmt.Sprintf("rule %q exists already (%s:%d)", r.ID, first.File, first.Line)}
		}
		seen[r.ID] = r
		if r.Untested != nil {
			if _, ok := c.reasons[r.Untested.Code]; !ok {
				return &strict.Error{File: r.File, Line: r.Line, Says: fmt.Sprintf("rule %q: untested code %q is not in reasons.yaml", r.ID, r.Untested.Code)}
			}
		}
	}
	for _, f := range c.opinions.Fields {
		if seen[f.Rule] == nil {
			return &strict.Error{File: opinionsName, Line: 1, Says: fmt.Sprintf("field %s: unknown rule %q%s", f.Name, f.Rule, strict.Suggest(f.Rule, c.ruleIDs()))}
		}
	}
	if err := c.linkCauses(); err != nil {
		return err
	}
	slices.SortFunc(c.rules, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
	var err error
	if c.vocabulary, err = wording.NewVocabulary(c.reporters); err != nil {
		return err
	}
	return c.vocabulary.Check(func(id string) bool { return seen[id] != nil })
}

func (c *Catalogue) linkCauses() error {
	seen := map[string]*Cause{}
	for _, cause := range c.causes {
		at := func(format string, args ...any) error {
			return &strict.Error{File: cause.File, Line: cause.Line, Says: fmt.Sprintf("cause %q: "+format, append([]any{cause.ID}, args...)...)}
		}
		if first, dup := seen[cause.ID]; dup {
			return at("exists already (%s:%d)", first.File, first.Line)
		}
		seen[cause.ID] = cause
		named := slices.Concat(cause.Explains, cause.NeverTested)
		if cause.Suggested != nil {
			named = slices.Concat(named, cause.Suggested.Mark, cause.Suggested.Beside)
		}
		for _, id := range named {
			if c.Rule(id) == nil {
				return at("unknown rule %q%s", id, strict.Suggest(id, c.ruleIDs()))
			}
		}
	}
	return nil
}

// Rule returns a rule by its ID, or nil.
func (c *Catalogue) Rule(id string) *Rule {
	i := slices.IndexFunc(c.rules, func(r *Rule) bool { return r.ID == id })
	if i < 0 {
		return nil
	}
	return c.rules[i]
}

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
func Nearest(word string, known []string) string { return strict.Nearest(word, known) }

// Rules returns all rules, sorted by ID.
func (c *Catalogue) Rules() []*Rule { return slices.Clone(c.rules) }

// Causes returns all causes, in the order of their files.
func (c *Catalogue) Causes() []*Cause { return slices.Clone(c.causes) }

// Vocabulary knows the sentences of all reporters.
func (c *Catalogue) Vocabulary() report.Vocabulary { return c.vocabulary }

// Patience returns the table of who waits how long.
func (c *Catalogue) Patience() *Patience { return c.patience }

// Opinions returns the table of who says what.
func (c *Catalogue) Opinions() *Opinions { return &c.opinions }

// Digest identifies the rules in force.
func (c *Catalogue) Digest() string { return c.digest }

// reporter returns what is known about a reporter, or nil.
func (c *Catalogue) reporter(id string) *wording.Reporter {
	i := slices.IndexFunc(c.reporters, func(r *wording.Reporter) bool { return r.ID == id })
	if i < 0 {
		return nil
	}
	return c.reporters[i]
}

// patienceOf is how long a reporter waits for a greeting, and whether that is known.
func (c *Catalogue) patienceOf(id string) (time.Duration, bool) {
	r := c.reporter(id)
	if r == nil || r.Patience == 0 {
		return 0, false
	}
	return r.Patience, true
}

// Needs lists the facts that judging the bad rows of a report takes, for each name that they are about.
func (c *Catalogue) Needs(r report.Report) []facts.Need {
	var needs []facts.Need
	for _, f := range r.Findings {
		rule := c.Rule(f.Rule)
		if rule == nil || rule.Untested != nil || !f.Status.Bad() || f.Subject == "" {
			continue
		}
		wanted := rule.Facts()
		for _, cause := range c.causes {
			if slices.Contains(cause.Explains, rule.ID) {
				wanted = append(wanted, cause.Facts()...)
			}
		}
		needs = addNeed(needs, f.Subject, wanted)
	}
	for i := range needs {
		needs[i].Host = needs[i].Target == r.Target.Host
	}
	return needs
}

func addNeed(needs []facts.Need, target string, wanted []facts.Name) []facts.Need {
	i := slices.IndexFunc(needs, func(n facts.Need) bool { return n.Target == target })
	if i < 0 {
		needs = append(needs, facts.Need{Target: target})
		i = len(needs) - 1
	}
	for _, name := range wanted {
		if !slices.Contains(needs[i].Facts, name) {
			needs[i].Facts = append(needs[i].Facts, name)
		}
	}
	return needs
}
