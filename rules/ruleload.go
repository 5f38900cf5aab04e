package rules

import (
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"mxverdict/rules/internal/strict"
	"mxverdict/verify/facts"
)

// The YAML shape of a catalogue file. Conditions stay nodes: they are read by conditionLoader, with lines.
type catalogueFile struct {
	Schema string      `yaml:"schema"`
	Notes  []noteSpec  `yaml:"notes"` // of every rule of the file
	Rules  []yaml.Node `yaml:"rules"`
}

// ruleSpec is a rule as its author writes it. Nothing here is decided yet, and every field may be missing.
type ruleSpec struct {
	ID           string                   `yaml:"id"`
	About        string                   `yaml:"about"`
	Subject      string                   `yaml:"subject"`
	Place        string                   `yaml:"place"`
	Urgent       bool                     `yaml:"urgent"`
	Parameters   map[string]parameterSpec `yaml:"parameters"`
	Reported     *reportedSpec            `yaml:"reported"`
	JudgedWhere  yaml.Node                `yaml:"judged_where"`
	Claim        claimSpec                `yaml:"claim"`
	Untested     *Untested                `yaml:"untested"`
	Requirements []requirementSpec        `yaml:"requirements"`
	Shows        []string                 `yaml:"shows"`
	Say          map[string]string        `yaml:"say"`
	Plain        map[string]string        `yaml:"plain"`
	Notes        []noteSpec               `yaml:"notes"`
	RowNotes     []rowNoteSpec            `yaml:"row_notes"`
	DoNot        string                   `yaml:"do_not"`
	Fix          string                   `yaml:"fix"`
	Optional     string                   `yaml:"optional"`
	References   []string                 `yaml:"references"`
	Commands     []string                 `yaml:"commands"`
	Cases        []caseSpec               `yaml:"cases"`
}

// noteSpec is a note in YAML.
type noteSpec struct {
	Says   string    `yaml:"says"`
	When   yaml.Node `yaml:"when"`
	Repair string    `yaml:"repair"`
	Plain  string    `yaml:"plain"`
	Always bool      `yaml:"always"`
}

// rowNoteSpec is a remark about the words of a row in YAML.
type rowNoteSpec struct {
	Matches string `yaml:"matches"`
	Says    string `yaml:"says"`
}

// claimSpec is what a row asserts: in words for the reader, as a condition for the judge.
type claimSpec struct {
	Says      string    `yaml:"says"`
	HoldsWhen yaml.Node `yaml:"holds_when"`
}

// requirementSpec is a requirement in YAML.
type requirementSpec struct {
	ID         string    `yaml:"id"`
	Says       string    `yaml:"says"`
	Class      string    `yaml:"class"`
	Severity   Severity  `yaml:"severity"`
	Reference  string    `yaml:"reference"`
	BrokenWhen yaml.Node `yaml:"broken_when"`
	Unless     string    `yaml:"unless"`
	Confirmed  string    `yaml:"confirmed"`
	Fix        string    `yaml:"fix"`
	Plain      string    `yaml:"plain"`
}

// parameterSpec is a $name in YAML.
type parameterSpec struct {
	Kind    string    `yaml:"kind"`
	Default yaml.Node `yaml:"default"`
	Source  string    `yaml:"source"`
}

// rulesSchema is named by every file of rules. The number goes up when files of others would have to be changed.
const rulesSchema = "mxverdict/rules/1"

var (
	ruleID = regexp.MustCompile(`^[a-z][a-z0-9-]*/[a-z][a-z0-9-]*$`)
	// References are spelt in one way, so that render can make "RFC 5321 section 4.5" and a link of them.
	reference = regexp.MustCompile(`^(rfc[0-9]{3,5}(#[0-9A-Za-z.]+)?|ripe-[0-9]+|https://[^ ]+)$`)
	// Within one rule. References have digits or signs that a name has not, so that neither is taken for the other.
	requirementID = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	maxRules      = 2000 // more than a person will ever write: against files that a program made
)

// loadRules reads one file of the catalogue. A rule with mistakes is returned too, beside the error: others may name it, and must
// not be blamed for what is wrong with it.
func loadRules(file string, data []byte) ([]*Rule, error) {
	var spec catalogueFile
	var m strict.Mistakes
	unread := m.Add(strict.Decode(file, data, &spec))
	switch {
	case spec.Schema != rulesSchema && !(unread && spec.Schema == ""):
		return nil, &strict.Error{File: file, Line: 1, Says: "schema must be " + rulesSchema}
	case len(spec.Rules) > maxRules:
		return nil, &strict.Error{File: file, Line: 1, Says: "too many rules in one file"}
	}
	var rules []*Rule
	for i := range spec.Rules {
		r, err := loadRule(file, &spec.Rules[i], spec.Notes)
		r.faulty = m.Add(err)
		rules = append(rules, r)
	}
	return rules, m.Err()
}

// loadRule reads one rule, from what everything depends on to what depends on most: parameters, conditions, sentences, cases. It returns
// a rule whatever is wrong with it.
func loadRule(file string, node *yaml.Node, common []noteSpec) (*Rule, error) {
	var spec ruleSpec
	var m strict.Mistakes
	shaped := !m.Add(strict.DecodeNode(file, node, &spec))
	// Notes of the whole file come last: what is special to the rule is worth more.
	spec.Notes = append(spec.Notes, common...)
	r := &Rule{
		ID: spec.ID, About: spec.About, Subject: spec.Subject, Place: spec.Place, Urgent: spec.Urgent, File: file, Line: node.Line, Claim: spec.Claim.Says,
		Untested: spec.Untested, Shows: spec.Shows, Say: spec.Say, Plain: spec.Plain, DoNot: spec.DoNot, Fix: spec.Fix, Optional: spec.Optional,
		References: spec.References, Commands: spec.Commands,
	}
	at := func(format string, args ...any) error {
		return strict.Errorf(file, node, "rule %q: "+format, append([]any{spec.ID}, args...)...)
	}
	if shaped { // else what seems to be missing may stand there under a misspelt key, which is said already
		m.Add(r.checkWhole(file, node, at))
	}
	m.Add(r.checkWords(at))
	m.Add(r.checkPlace(at))
	m.Add(r.loadParameters(file, spec.Parameters))
	// From here on the parameters are known, which conditions, sentences and cases may name.
	m.Add(r.loadConditions(file, &spec))
	if shaped {
		m.Add(r.checkTested(&spec, at))
	}
	m.Add(r.loadRequirements(file, spec.Requirements, at))
	m.Add(r.loadNotes(file, spec.Notes, at))
	m.Add(r.loadRowNotes(spec.RowNotes, at))
	if m.Add(r.loadReported(spec.Reported, at)) {
		for i := range spec.Cases { // which cannot be read without knowing what the number is
			spec.Cases[i].Reported = yaml.Node{}
		}
	}
	m.Add(r.checkTemplates(at))
	m.Add(r.checkPlain(at))
	m.Add(r.checkCommands(at))
	m.Add(r.loadCases(file, spec.Cases))
	// Even a faulty rule is settled: others may ask what it is about.
	r.settle()
	return r, m.Err()
}

// checkWhole demands what every rule has.
func (r *Rule) checkWhole(file string, node *yaml.Node, at func(string, ...any) error) error {
	var m strict.Mistakes
	if !ruleID.MatchString(r.ID) {
		m.Add(strict.Errorf(file, node, "rule id %q is not of the form area/name", r.ID))
	}
	if r.About == "" || r.Claim == "" {
		m.Add(at("about and claim.says are needed"))
	}
	if !slices.Contains(subjects, r.Subject) {
		m.Add(at("subject must be one of %s%s", strings.Join(subjects, ", "), strict.Suggest(r.Subject, subjects)))
	}
	return m.Err()
}

// checkWords refuses words that mean nothing here.
func (r *Rule) checkWords(at func(string, ...any) error) error {
	var m strict.Mistakes
	for _, s := range r.Shows {
		if !slices.Contains(showable, s) {
			m.Add(at("shows: unknown %q%s", s, strict.Suggest(s, showable)))
		}
	}
	for _, key := range sortedKeys(r.Say) {
		if !slices.Contains(sayings, key) {
			m.Add(at("say: unknown key %q%s", key, strict.Suggest(key, sayings)))
		}
	}
	for _, ref := range r.References {
		if !reference.MatchString(ref) {
			m.Add(at("reference %q is neither like rfc5321#4.5.3.2.1 nor an https address", ref))
		}
	}
	return m.Err()
}

// loadParameters reads the $names of the rule. Their kinds are declared, so that a limit without a unit is found when the file is loaded
// and not when a customer's report names it.
func (r *Rule) loadParameters(file string, specs map[string]parameterSpec) error {
	var m strict.Mistakes
	r.Parameters = map[string]ParameterSpec{}
	for _, name := range sortedKeys(specs) {
		spec := specs[name]
		kind, ok := map[string]facts.Kind{"duration": facts.Duration, "number": facts.Int, "text": facts.Text}[spec.Kind]
		p := ParameterSpec{Kind: kind, Source: spec.Source}
		switch {
		case !ok:
			m.Add(&strict.Error{File: file, Line: r.Line, Says: "parameter " + name + ": kind must be duration, number or text"})
		case spec.Default.Kind != 0:
			var err error
			p.Default, err = parseValue(file, &spec.Default, kind)
			m.Add(err)
			if spec.Source == "" { // a limit that nobody stands for convicts nobody
				m.Add(strict.Errorf(file, &spec.Default, "parameter %s: a default needs a source", name))
			}
		}
		r.Parameters[name] = p
	}
	return m.Err()
}

// kinds are those of the $names that a condition or a case of the rule may use.
func (r *Rule) kinds() map[string]facts.Kind {
	kinds := map[string]facts.Kind{patienceParameter: facts.Duration}
	for name, p := range r.Parameters {
		kinds[name] = p.Kind
	}
	return kinds
}

// loadIf reads a condition where one stands.
func (r *Rule) loadIf(file string, node *yaml.Node, into *Condition) (err error) {
	if node.Kind != 0 {
		*into, err = conditionLoader{file, r.kinds()}.load(node)
	}
	return err
}

// loadConditions reads what decides the claim, and where it can be judged at all.
func (r *Rule) loadConditions(file string, spec *ruleSpec) error {
	var m strict.Mistakes
	m.Add(r.loadIf(file, &spec.Claim.HoldsWhen, &r.HoldsWhen))
	m.Add(r.loadIf(file, &spec.JudgedWhere, &r.JudgedWhere))
	return m.Err()
}

// checkTested demands that a rule either tests its claim or says why it cannot: never neither, so that no claim of a report is
// silently left out.
func (r *Rule) checkTested(spec *ruleSpec, at func(string, ...any) error) error {
	tests := spec.Claim.HoldsWhen.Kind != 0
	switch {
	case !tests && r.Untested == nil:
		return at("needs claim.holds_when, or says with untested why it has none")
	case tests && r.Untested != nil:
		return at("has claim.holds_when and untested; it must be one of them")
	case r.Untested != nil && (r.Untested.Reason == "" || r.Untested.Next == ""):
		return at("untested needs a reason and a next step")
	case r.Untested != nil && r.Urgent:
		return at("is urgent and untested; then every report with such a row would be urgent, for ever")
	// Most wait for a probe that does not exist yet; what only a message could show says so by its own code.
	case r.Untested != nil && r.Untested.Code == "":
		r.Untested.Code = facts.Untested
	}
	return nil
}

// loadNotes reads the remarks. One without a condition would be said of everybody; such a sentence belongs into what the rule says.
func (r *Rule) loadNotes(file string, specs []noteSpec, at func(string, ...any) error) error {
	var m strict.Mistakes
	for _, n := range specs {
		note := Note{Says: n.Says, Repair: n.Repair, Plain: n.Plain, Always: n.Always}
		if n.Says == "" || n.When.Kind == 0 {
			m.Add(at("a note needs says and when"))
		}
		m.Add(r.loadIf(file, &n.When, &note.When))
		if note.When != nil {
			r.Notes = append(r.Notes, note)
		}
	}
	return m.Err()
}

// loadRowNotes reads the remarks about words of a row.
func (r *Rule) loadRowNotes(specs []rowNoteSpec, at func(string, ...any) error) error {
	var m strict.Mistakes
	for _, n := range specs {
		matches, err := regexp.Compile(n.Matches)
		if err != nil || n.Matches == "" || n.Says == "" {
			m.Add(at("a row note needs matches, a regular expression, and says"))
			continue
		}
		r.RowNotes = append(r.RowNotes, RowNote{matches, n.Says})
	}
	return m.Err()
}

// loadRequirements reads what is demanded, in the order of the file; of equally severe ones that are broken the first is told.
func (r *Rule) loadRequirements(file string, specs []requirementSpec, at func(string, ...any) error) error {
	var m strict.Mistakes
	names := map[string]bool{}
	for _, q := range specs {
		requirement := Requirement{ID: q.ID, Says: q.Says, Class: q.Class, Severity: q.Severity, Reference: q.Reference, Unless: q.Unless,
			Confirmed: q.Confirmed, Fix: q.Fix, Plain: q.Plain}
		if !m.Add(r.loadIf(file, &q.BrokenWhen, &requirement.BrokenWhen)) {
			m.Add(requirement.check(at))
		}
		// Two that have one reference cannot be told apart by it, and need no name as long as no policy speaks of them; an id is there to be one.
		if q.ID != "" && (!requirementID.MatchString(q.ID) || names[q.ID]) {
			m.Add(at("requirement id %q must be a word of its own within the rule, in lower case, with hyphens", q.ID))
		}
		names[requirement.Name()] = true
		r.Requirements = append(r.Requirements, requirement)
	}
	return m.Err()
}

// check holds a requirement to its class (how much whose word weighs): advice convicts nobody, whatever the number; all else says
// when it is broken and how much that harms.
func (q Requirement) check(at func(string, ...any) error) error {
	switch {
	case q.Says == "":
		return at("a requirement lacks its says")
	case classMeans(q.Class) == "":
		return at("requirement class %q is none of M, S, O, A, logic", q.Class)
	case q.Class == "A" && q.BrokenWhen != nil:
		return at("a requirement of class A is advice and is never broken; drop its broken_when")
	// A demand of which nobody can tell when it is broken would never convict, and so be advice in disguise.
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
