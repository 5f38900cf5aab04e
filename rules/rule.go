package rules

import (
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"mxverdict/rules/internal/strict"
	"mxverdict/verify/facts"
)

// Rule says what a finding of one kind claims, what a standard really demands, and how to say both.
type Rule struct {
	ID           string
	About        string
	Subject      string // "host" or "zone": what a name of the report must lead to
	File         string
	Line         int
	Urgent       bool      // strangers do harm while it is open: who reads one thing only has to read this
	Claim        string    // what the finding asserts, with {placeholders}
	HoldsWhen    Condition // nil for an untested rule
	JudgedWhere  Condition // nil: everywhere; else only views where it is true count
	Untested     *Untested
	Requirements []Requirement
	Parameters   map[string]ParameterSpec
	Reported     *Reported // nil for a rule whose rows state no number that is compared with today's
	Shows        []string  // of showable
	Say          map[string]string
	Notes        []Note
	DoNot        string
	Fix          string // what to do about a confirmed finding
	Optional     string // what may be done, if wished, where nothing is broken
	References   []string
	Commands     []string

	cases []ruleCase
}

// Untested says why a claim cannot be tested (yet), and what to do instead.
type Untested struct {
	Code   facts.Code `yaml:"code"`
	Reason string     `yaml:"reason"`
	Next   string     `yaml:"next"`
}

// Note is a remark that a verdict carries where a condition holds.
type Note struct {
	Says   string
	When   Condition
	Repair string // what to do about it, although the claim of the rule is no fault; "" for nothing
}

// Requirement is what a standard or a large operator demands.
type Requirement struct {
	Says       string
	Class      string // M (must), S (should), O (an operator refuses), A (advice), logic
	Severity   Severity
	Reference  string
	BrokenWhen Condition // nil for class A, which is never broken
	Unless     string    // unlessAnycast, or "" for no excuse
}

// ParameterSpec declares a $name of a rule.
type ParameterSpec struct {
	Kind    facts.Kind
	Default facts.Value // no value: there is none
	Source  string      // whose default that is
}

// Sayings of a rule: a sentence for each way in which it can end. An inconclusive verdict is explained by its reason.
const (
	sayConfirmed = "confirmed"
	sayPolicy    = "policy_disagreement"
	sayArtifact  = "artifact" // false positive that a proven cause explains
	sayChanged   = "changed"  // false positive otherwise
)

var sayings = []string{sayConfirmed, sayPolicy, sayArtifact, sayChanged}

// What a verdict may show beside its facts.
const (
	showWouldSee = "would_see" // what a client of each patience would have seen
	showPatience = "patience"  // who would give up, who misreports
	showOpinions = "opinions"  // who recommends what, and whose default the value is

	showDelegation = "delegation" // how the zone was found, and what each server on the way said
)

var showable = []string{showWouldSee, showPatience, showOpinions, showDelegation}

// unlessAnycast excuses a requirement where all name servers of the zone belong to a provider that is known to announce
// its addresses from many places.
const unlessAnycast = "anycast"

var subjects = []string{string(facts.Host), string(facts.Zone)}

// The YAML shape of a catalogue file. Conditions stay nodes: they are read by conditionLoader, with lines.
type catalogueFile struct {
	Schema string      `yaml:"schema"`
	Notes  []noteSpec  `yaml:"notes"` // of every rule of the file
	Rules  []yaml.Node `yaml:"rules"`
}

type ruleSpec struct {
	ID           string                   `yaml:"id"`
	About        string                   `yaml:"about"`
	Subject      string                   `yaml:"subject"`
	Urgent       bool                     `yaml:"urgent"`
	Parameters   map[string]parameterSpec `yaml:"parameters"`
	Reported     *reportedSpec            `yaml:"reported"`
	JudgedWhere  yaml.Node                `yaml:"judged_where"`
	Claim        claimSpec                `yaml:"claim"`
	Untested     *Untested                `yaml:"untested"`
	Requirements []requirementSpec        `yaml:"requirements"`
	Shows        []string                 `yaml:"shows"`
	Say          map[string]string        `yaml:"say"`
	Notes        []noteSpec               `yaml:"notes"`
	DoNot        string                   `yaml:"do_not"`
	Fix          string                   `yaml:"fix"`
	Optional     string                   `yaml:"optional"`
	References   []string                 `yaml:"references"`
	Commands     []string                 `yaml:"commands"`
	Cases        []caseSpec               `yaml:"cases"`
}

type noteSpec struct {
	Says   string    `yaml:"says"`
	When   yaml.Node `yaml:"when"`
	Repair string    `yaml:"repair"`
}

type claimSpec struct {
	Says      string    `yaml:"says"`
	HoldsWhen yaml.Node `yaml:"holds_when"`
}

type requirementSpec struct {
	Says       string    `yaml:"says"`
	Class      string    `yaml:"class"`
	Severity   Severity  `yaml:"severity"`
	Reference  string    `yaml:"reference"`
	BrokenWhen yaml.Node `yaml:"broken_when"`
	Unless     string    `yaml:"unless"`
}

type parameterSpec struct {
	Kind    string    `yaml:"kind"`
	Default yaml.Node `yaml:"default"`
	Source  string    `yaml:"source"`
}

const rulesSchema = "mxverdict/rules/1"

var (
	ruleID    = regexp.MustCompile(`^[a-z][a-z0-9-]*/[a-z][a-z0-9-]*$`)
	reference = regexp.MustCompile(`^(rfc[0-9]{3,5}(#[0-9A-Za-z.]+)?|ripe-[0-9]+|https://[^ ]+)$`)
	maxRules  = 2000
)

// loadRules reads one file of the catalogue.
func loadRules(file string, data []byte) ([]*Rule, error) {
	var spec catalogueFile
	if err := strict.Decode(file, data, &spec); err != nil {
		return nil, err
	}
	if spec.Schema != rulesSchema {
		return nil, &strict.Error{File: file, Line: 1, Says: "schema must be " + rulesSchema}
	}
	if len(spec.Rules) > maxRules {
		return nil, &strict.Error{File: file, Line: 1, Says: "too many rules in one file"}
	}
	var rules []*Rule
	for i := range spec.Rules {
		r, err := loadRule(file, &spec.Rules[i], spec.Notes)
		if err != nil {
			return nil, err
		}
		rules = append(rules, r)
	}
	return rules, nil
}

func loadRule(file string, node *yaml.Node, common []noteSpec) (*Rule, error) {
	var spec ruleSpec
	if err := strict.DecodeNode(file, node, &spec); err != nil {
		return nil, err
	}
	spec.Notes = append(spec.Notes, common...)
	r := &Rule{
		ID: spec.ID, About: spec.About, Subject: spec.Subject, Urgent: spec.Urgent, File: file, Line: node.Line, Claim: spec.Claim.Says,
		Untested: spec.Untested, Shows: spec.Shows, Say: spec.Say, DoNot: spec.DoNot, Fix: spec.Fix, Optional: spec.Optional,
		References: spec.References, Commands: spec.Commands,
	}
	at := func(format string, args ...any) error {
		return strict.Errorf(file, node, "rule %q: "+format, append([]any{spec.ID}, args...)...)
	}
	switch {
	case !ruleID.MatchString(spec.ID):
		return nil, strict.Errorf(file, node, "rule id %q is not of the form area/name", spec.ID)
	case spec.About == "" || spec.Claim.Says == "":
		return nil, at("about and claim.says are needed")
	case !slices.Contains(subjects, spec.Subject):
		return nil, at("subject must be one of %s%s", strings.Join(subjects, ", "), strict.Suggest(spec.Subject, subjects))
	}
	if err := r.checkWords(at); err != nil {
		return nil, err
	}
	if err := r.loadParameters(file, spec.Parameters); err != nil {
		return nil, err
	}
	if err := r.loadConditions(file, &spec, at); err != nil {
		return nil, err
	}
	if err := r.loadReported(spec.Reported, at); err != nil {
		return nil, err
	}
	if err := r.checkTemplates(at); err != nil {
		return nil, err
	}
	return r, r.loadCases(file, spec.Cases)
}

// checkWords refuses words that mean nothing here.
func (r *Rule) checkWords(at func(string, ...any) error) error {
	for _, s := range r.Shows {
		if !slices.Contains(showable, s) {
			return at("shows: unknown %q%s", s, strict.Suggest(s, showable))
		}
	}
	for _, key := range sortedKeys(r.Say) {
		if !slices.Contains(sayings, key) {
			return at("say: unknown key %q%s", key, strict.Suggest(key, sayings))
		}
	}
	for _, ref := range r.References {
		if !reference.MatchString(ref) {
			return at("reference %q is neither like rfc5321#4.5.3.2.1 nor an https address", ref)
		}
	}
	return nil
}

func (r *Rule) loadParameters(file string, specs map[string]parameterSpec) error {
	r.Parameters = map[string]ParameterSpec{}
	for _, name := range sortedKeys(specs) {
		spec := specs[name]
		kind, ok := map[string]facts.Kind{"duration": facts.Duration, "number": facts.Int, "text": facts.Text}[spec.Kind]
		if !ok {
			return &strict.Error{File: file, Line: r.Line, Says: "parameter " + name + ": kind must be duration, number or text"}
		}
		p := ParameterSpec{Kind: kind, Source: spec.Source}
		if spec.Default.Kind != 0 {
			var err error
			if p.Default, err = parseValue(file, &spec.Default, kind); err != nil {
				return err
			}
			if spec.Source == "" {
				return strict.Errorf(file, &spec.Default, "parameter %s: a default needs a source", name)
			}
		}
		r.Parameters[name] = p
	}
	return nil
}

func (r *Rule) loadConditions(file string, spec *ruleSpec, at func(string, ...any) error) error {
	kinds := map[string]facts.Kind{patienceParameter: facts.Duration}
	for name, p := range r.Parameters {
		kinds[name] = p.Kind
	}
	loader := conditionLoader{file, kinds}
	load := func(node *yaml.Node, into *Condition) (err error) {
		if node.Kind != 0 {
			*into, err = loader.load(node)
		}
		return err
	}
	if err := load(&spec.Claim.HoldsWhen, &r.HoldsWhen); err != nil {
		return err
	}
	if err := load(&spec.JudgedWhere, &r.JudgedWhere); err != nil {
		return err
	}
	switch {
	case r.HoldsWhen == nil && r.Untested == nil:
		return at("needs claim.holds_when, or says with untested why it has none")
	case r.HoldsWhen != nil && r.Untested != nil:
		return at("has claim.holds_when and untested; it must be one of them")
	case r.Untested != nil && (r.Untested.Reason == "" || r.Untested.Next == ""):
		return at("untested needs a reason and a next step")
	case r.Untested != nil && r.Urgent:
		return at("is urgent and untested; then every report with such a row would be urgent, for ever")
	case r.Untested != nil && r.Untested.Code == "":
		r.Untested.Code = facts.Untested
	}
	for _, n := range spec.Notes {
		note := Note{Says: n.Says, Repair: n.Repair}
		if err := load(&n.When, &note.When); err != nil {
			return err
		}
		if note.Says == "" || note.When == nil {
			return at("a note needs says and when")
		}
		r.Notes = append(r.Notes, note)
	}
	for _, q := range spec.Requirements {
		requirement := Requirement{Says: q.Says, Class: q.Class, Severity: q.Severity, Reference: q.Reference, Unless: q.Unless}
		if err := load(&q.BrokenWhen, &requirement.BrokenWhen); err != nil {
			return err
		}
		if err := requirement.check(at); err != nil {
			return err
		}
		r.Requirements = append(r.Requirements, requirement)
	}
	return nil
}

func (q Requirement) check(at func(string, ...any) error) error {
	switch {
	case q.Says == "":
		return at("a requirement lacks its says")
	case !slices.Contains([]string{"M", "S", "O", "A", "logic"}, q.Class):
		return at("requirement class %q is none of M, S, O, A, logic", q.Class)
	case q.Class == "A" && q.BrokenWhen != nil:
		return at("a requirement of class A is advice and is never broken; drop its broken_when")
	case q.Class != "A" && q.BrokenWhen == nil:
		return at("a requirement of class %s needs broken_when", q.Class)
	case q.Class != "A" && !slices.Contains([]Severity{High, Medium, Low}, q.Severity):
		return at("requirement severity %q is none of high, medium, low", q.Severity)
	case q.Unless != "" && (q.Unless != unlessAnycast || q.BrokenWhen == nil):
		return at("unless is %q; it can only be %s, beside broken_when", q.Unless, unlessAnycast)
	case q.Reference != "" && !reference.MatchString(q.Reference):
		return at("reference %q is neither like rfc5321#4.5.3.2.1 nor an https address", q.Reference)
	}
	return nil
}

// Facts returns every fact that judging by the rule may look at.
func (r *Rule) Facts() []facts.Name {
	var names []facts.Name
	add := func(more ...facts.Name) {
		for _, n := range more {
			if !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	for _, c := range r.conditions() {
		add(c.Facts()...)
	}
	for _, text := range r.texts() {
		for _, p := range placeholders(text) {
			if _, ok := facts.Define(facts.Name(p)); ok {
				add(facts.Name(p))
			}
		}
	}
	for _, show := range r.Shows {
		add(shownFacts[show]...)
	}
	if r.Reported != nil {
		add(r.Reported.Fact)
	}
	for _, q := range r.Requirements {
		if q.Unless == unlessAnycast {
			add(facts.DNSZoneServers)
		}
	}
	return names
}

// Endings are the ways in which the rule can end beside inconclusive: those for which it has words.
func (r *Rule) Endings() []string { return sortedKeys(r.Say) }

func (r *Rule) conditions() []Condition {
	var cs []Condition
	for _, c := range []Condition{r.JudgedWhere, r.HoldsWhen} {
		if c != nil {
			cs = append(cs, c)
		}
	}
	for _, q := range r.Requirements {
		if q.BrokenWhen != nil {
			cs = append(cs, q.BrokenWhen)
		}
	}
	for _, n := range r.Notes {
		cs = append(cs, n.When)
	}
	return cs
}

// texts returns every sentence of the rule that may hold placeholders.
func (r *Rule) texts() []string {
	texts := []string{r.Claim, r.DoNot, r.Fix, r.Optional}
	for _, key := range sortedKeys(r.Say) {
		texts = append(texts, r.Say[key])
	}
	for _, q := range r.Requirements {
		texts = append(texts, q.Says)
	}
	for _, n := range r.Notes {
		texts = append(texts, n.Says, n.Repair)
	}
	return append(texts, r.Commands...)
}

// viewKind is the kind of subject at which the rule's facts are measured: a zone rule whose facts differ from server to
// server is judged at each server, one whose facts are about the name of the report at that name.
func (r *Rule) viewKind() facts.SubjectKind {
	if r.Subject == string(facts.Host) {
		return facts.Session
	}
	kind := facts.Target
	for _, name := range r.Facts() {
		switch def, _ := facts.Define(name); def.Scope {
		case facts.Server:
			return facts.Server
		case facts.Zone:
			kind = facts.Zone
		}
	}
	return kind
}
