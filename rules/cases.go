package rules

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"mxverdict/parser/report"
	"mxverdict/rules/internal/strict"
	"mxverdict/verify/facts"
)

// Cases are the tests of the people who write YAML: nobody has to know Go, or to have a network, to see that a rule says what it
// should.
// A case stands beside the rule or cause that it proves: under these facts and parameters, this is the outcome.
type caseSpec struct {
	Name     string               `yaml:"name"`
	When     map[string]yaml.Node `yaml:"when"`
	With     map[string]yaml.Node `yaml:"with"`
	Reported yaml.Node            `yaml:"reported"` // the number that the row states
	Changed  bool                 `yaml:"changed"`  // the verdict says that it is another one today
	Expect   string               `yaml:"expect"`
	Severity Severity             `yaml:"severity"`
	Reason   string               `yaml:"reason"`
}

// ruleCase is a case of a rule, checked and typed. Severity and reason are compared only where the case names them, so that a case
// can be about the label alone.
type ruleCase struct {
	name     string
	line     int
	facts    []facts.Fact
	with     map[string]Parameter
	expect   Outcome
	severity Severity
	reason   string
	findings []report.Finding
	changed  bool
}

// causeCase is a case of a cause. It has three endings and no label: a cause is proven, disproven or unknown, and which label follows
// is the business of the rules that it explains.
type causeCase struct {
	name   string
	line   int
	facts  []facts.Fact
	with   map[string]Parameter
	expect Truth
}

// outcomes are the labels that a case may expect.
var outcomes = []string{string(Confirmed), string(FalsePositive), string(PolicyDisagreement), string(Inconclusive)}

// loadCases reads the cases of a rule. A mistake in one does not hide those in the next.
func (r *Rule) loadCases(file string, specs []caseSpec) error {
	var m strict.Mistakes
	for _, spec := range specs {
		k := ruleCase{name: spec.Name, expect: Outcome(spec.Expect), severity: spec.Severity, reason: spec.Reason, changed: spec.Changed}
		var err error
		k.facts, k.with, k.line, err = spec.load(file, r.kinds(), r.Line)
		m.Add(err)
		if !slices.Contains(outcomes, spec.Expect) {
			m.Add(&strict.Error{File: file, Line: k.line, Says: fmt.Sprintf("case expects %q%s", spec.Expect, strict.Suggest(spec.Expect, outcomes))})
		}
		if spec.Reported.Kind != 0 {
			f, err := r.caseFinding(file, &spec.Reported)
			m.Add(err)
			k.findings = append(k.findings, f)
		}
		r.cases = append(r.cases, k)
	}
	return m.Err()
}

// loadCases reads the cases of a cause, whose only parameter is the patience of a reporter.
func (c *Cause) loadCases(file string, specs []caseSpec) error {
	var m strict.Mistakes
	for _, spec := range specs {
		known, with, line, err := spec.load(file, map[string]facts.Kind{patienceParameter: facts.Duration}, c.Line)
		m.Add(err)
		expect, ok := map[string]Truth{"proven": True, "disproven": False, "unknown": Unknown}[spec.Expect]
		if !ok {
			m.Add(&strict.Error{File: file, Line: line, Says: fmt.Sprintf("case of a cause expects %q; it must be proven, disproven or unknown", spec.Expect)})
		}
		c.cases = append(c.cases, causeCase{spec.Name, line, known, with, expect})
	}
	return m.Err()
}

// load reads what a case takes for known, and the line in which that stands.
func (s caseSpec) load(file string, kinds map[string]facts.Kind, line int) (known []facts.Fact, with map[string]Parameter, _ int, _ error) {
	var m strict.Mistakes
	// In a fixed order, so that of several mistakes the same one is told first each time.
	for _, name := range sortedKeys(s.When) {
		node := s.When[name]
		line = node.Line
		def, ok := facts.Define(facts.Name(name))
		if !ok {
			m.Add(strict.Errorf(file, &node, "unknown fact %q%s", name, strict.Suggest(name, factNames())))
			continue
		}
		f, err := parseFact(file, &node, def)
		m.Add(err)
		known = append(known, f)
	}
	with = map[string]Parameter{}
	for _, name := range sortedKeys(s.With) {
		node := s.With[name]
		kind, ok := kinds[name]
		if !ok {
			m.Add(strict.Errorf(file, &node, "unknown parameter %q%s", name, strict.Suggest(name, sortedKeys(kinds))))
			continue
		}
		value, err := parseValue(file, &node, kind)
		m.Add(err)
		// As if the row itself named the limit: that is the strongest origin, so that the reporter's own thresholds do not get in
		// the way.
		with[name] = Parameter{Value: value, Origin: FromFinding}
	}
	return known, with, line, m.Err()
}

// parseFact reads the value of a fact in a case: a literal, "at least LITERAL", or "unknown CODE".
func parseFact(file string, node *yaml.Node, def facts.Definition) (facts.Fact, error) {
	f := facts.Fact{Name: def.Name}
	// Without a reason "unknown" would be too cheap: the reason is what an inconclusive verdict tells its reader.
	if code, ok := strings.CutPrefix(node.Value, "unknown"); ok && node.Kind == yaml.ScalarNode {
		f.Why = facts.Unknown{Code: facts.Code(strings.TrimSpace(code)), Detail: "as the case has it"}
		if !slices.Contains(facts.Codes(), f.Why.Code) {
			return f, strict.Errorf(file, node, `an unknown fact needs its reason, such as "unknown refused"`)
		}
		return f, nil
	}
	// A bound is written as one, because a wait that our own patience ended is a bound too.
	literal := *node
	literal.Value, f.AtLeast = strings.CutPrefix(node.Value, "at least ")
	var err error
	f.Value, err = parseValue(file, &literal, def.Kind)
	return f, err
}

// RunCases runs the cases of every rule and cause, and the examples of every wording, and returns how many ran. Where
// files are named, only what they hold is run.
func (c *Catalogue) RunCases(files ...string) (ran int, failures []Problem) {
	note := func(file string, line int, says string) {
		if ran++; says != "" {
			failures = append(failures, Problem{file, line, says})
		}
	}
	// A rule with mistakes is not tried: what its cases said would be about another rule than the author means.
	for _, r := range c.rules {
		for _, k := range r.cases {
			if wanted(files, r.File) && !r.faulty {
				note(r.File, k.line, inCase(r.ID, k.name, c.runCase(r, k)))
			}
		}
	}
	for _, cause := range c.causes {
		for _, k := range cause.cases {
			if wanted(files, cause.File) && !cause.faulty {
				note(cause.File, k.line, inCase("cause "+cause.ID, k.name, cause.runCase(k)))
			}
		}
	}
	if c.vocabulary == nil { // its file could not be read
		return ran, failures
	}
	// Wordings have examples instead of cases; they count as tried too, since an author expects one command to run them all.
	tried, mistakes := c.vocabulary.Examples(func(file string) bool { return wanted(files, file) })
	for _, m := range mistakes {
		failures = append(failures, Problem(m))
	}
	return ran + tried, failures
}

// inCase names the case in what is wrong with it, if anything is.
func inCase(id, name, says string) string {
	if says == "" {
		return ""
	}
	return fmt.Sprintf("%s: case %q: %s", id, name, says)
}

// runCase returns what is wrong, or "".
func (c *Cause) runCase(k causeCase) string {
	view := caseView(k.facts, facts.Session)
	view.Parameters = k.with
	if got := c.ProvenWhen.Eval(view, nil); got != k.expect {
		return fmt.Sprintf("proven is %s, expected %s", got, k.expect)
	}
	return ""
}

// caseTarget is the name that the report of a case is about.
const caseTarget = "example.com"

// caseView places the facts of a case where each belongs, for one subject.
func caseView(known []facts.Fact, kind facts.SubjectKind) View {
	// The addresses and names are those set aside for documentation (RFC 5737, RFC 2606).
	set := &facts.Set{}
	// Names of one zone: a case must not depend on where a name of the report leads.
	subjects := map[facts.SubjectKind]facts.Subject{
		facts.Session: {Kind: facts.Session, Name: "mail.example.com", At: "192.0.2.25"},
		facts.Host:    {Kind: facts.Host, Name: "mail.example.com"},
		facts.Listing: {Kind: facts.Listing, Name: "mail.example.com", At: "192.0.2.25", List: "Example List"},
		facts.Server:  {Kind: facts.Server, Name: caseTarget, At: "ns1.example.com [192.0.2.53]"},
		facts.Zone:    {Kind: facts.Zone, Name: caseTarget},
		facts.Target:  {Kind: facts.Target, Name: caseTarget},
	}
	for _, f := range known {
		def, _ := facts.Define(f.Name)
		set.Put(subjects[def.Scope], f)
	}
	// Two subjects at least, as in a real run: facts of the target are seen from each place to which it leads.
	set.AddView(caseTarget, subjects[kind])
	return View{Set: set, Subjects: []facts.Subject{subjects[kind], subjects[facts.Target]}}
}

// runCase returns what is wrong, or "".
func (c *Catalogue) runCase(r *Rule, k ruleCase) string {
	view := caseView(k.facts, r.viewKind())
	// No reporter: a case is about the rule, and must come out alike whoever prints the row.
	cl := &claim{catalogue: c, rule: r, target: caseTarget, findings: k.findings, parameters: c.parametersOf(r, report.Finding{}, "")}
	for name, p := range k.with {
		cl.parameters[name] = p
	}
	// The same code as for a real report, from the facts on.
	cl.judge(around(view.Set))
	v := cl.verdict()
	switch {
	case v.Verdict != k.expect:
		return fmt.Sprintf("the verdict is %s, expected %s (%s)", v.Verdict, k.expect, strings.Join(v.Trail, "; "))
	case k.severity != "" && v.Severity != k.severity:
		return fmt.Sprintf("the severity is %s, expected %s", v.Severity, k.severity)
	case k.reason != "" && v.Reason != k.reason:
		return fmt.Sprintf("the reason is %s, expected %s", v.Reason, k.reason)
	// A setting that was changed since the report is the commonest reason for a false positive, so both ways are tried.
	case k.changed != (len(cl.changedSince()) > 0):
		return fmt.Sprintf("that the number has changed is said: %t, expected %t", !k.changed, k.changed)
	case v.Says == "":
		return fmt.Sprintf("the rule has nothing to say for %s", v.Verdict)
	// A case is also a test of the words: what is left of a sentence has to be one that can be sent.
	case strings.Contains(v.Says+v.DoNot+v.Fix, "{") || strings.Contains(v.Says, unknownWord):
		return "no sentence is left without what the case does not know: " + v.Says
	}
	return ""
}

// Uncovered lists the outcomes that a rule can say but that no case of it reaches. Every rule must be able to end
// inconclusive, and one whose rows state a number both with and without a change since.
func (r *Rule) Uncovered() []string {
	covered := map[string]bool{}
	for _, k := range r.cases {
		switch {
		// A false positive has a sentence for each reason, and each of them needs its case.
		case k.expect == FalsePositive && k.reason != "":
			covered[k.reason] = true
		default:
			covered[string(k.expect)] = true
		}
	}
	var missing []string
	// Every fact can be unknown one day, so that every rule ends inconclusive now and then.
	if r.Untested == nil && !covered[string(Inconclusive)] {
		missing = append(missing, string(Inconclusive))
	}
	for _, key := range sortedKeys(r.Say) {
		if !covered[key] {
			missing = append(missing, key)
		}
	}
	if r.Reported != nil {
		for _, changed := range []bool{true, false} {
			if !slices.ContainsFunc(r.cases, func(k ruleCase) bool { return len(k.findings) > 0 && k.changed == changed }) {
				missing = append(missing, fmt.Sprintf("a reported number with changed: %t", changed))
			}
		}
	}
	return missing
}
