package rules

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"mxverdict/parser/report"
	"mxverdict/rules/internal/strict"
	"mxverdict/rules/internal/wording"
	"mxverdict/verify/facts"
)

// Reported names the number that rows of a rule may state and the fact that the same number is today. It is for settings,
// which stay until somebody changes them; a time that was measured is another one at each look.
type Reported struct {
	Value string     // of a finding
	Fact  facts.Name // a count or a duration
}

// reportedSpec is its YAML shape.
type reportedSpec struct {
	Value string     `yaml:"value"`
	Fact  facts.Name `yaml:"fact"`
}

// Placeholders of the sentence that says that a number has changed.
const (
	reportedPlaceholder = "{reported}"
	measuredPlaceholder = "{measured}"
)

// loadReported reads it, and refuses a name that no wording ever captures: such a comparison would be silent for ever.
func (r *Rule) loadReported(spec *reportedSpec, at func(string, ...any) error) error {
	if spec == nil {
		return nil
	}
	var m strict.Mistakes
	if known := wording.NumberNames(); !slices.Contains(known, spec.Value) {
		m.Add(at("reported: no wording captures a number %q%s", spec.Value, strict.Suggest(spec.Value, known)))
	}
	switch def, ok := facts.Define(spec.Fact); {
	case !ok:
		m.Add(at("reported: unknown fact %q%s", spec.Fact, strict.Suggest(string(spec.Fact), factNames())))
	case def.Kind != facts.Int && def.Kind != facts.Duration:
		m.Add(at("reported: %s is no number", spec.Fact))
	case r.Untested != nil:
		m.Add(at("reported: the rule is untested, so there is nothing to compare with"))
	}
	r.Reported = &Reported{spec.Value, spec.Fact}
	return m.Err()
}

// changedSince says where a number that a row states is another one today. It says nothing as long as a name server that the
// row may be about still has that number, or none that is known.
func (cl *claim) changedSince() []string {
	if cl.rule.Reported == nil {
		return nil
	}
	// Servers of one zone may differ for as long as a copy takes (RFC 1034 section 4.3.5): all of their numbers are today's.
	now := cl.today(cl.rule.Reported.Fact)
	if len(now) == 0 {
		return nil
	}
	def, _ := facts.Define(cl.rule.Reported.Fact)
	var says []string
	said := map[string]bool{} // a long report may state another number in each of its rows
	for _, f := range cl.findings {
		number := f.Values[cl.rule.Reported.Value].Number
		if number == nil {
			continue
		}
		then := numberAs(def.Kind, *number).String()
		if slices.Contains(now, then) || said[then] {
			continue
		}
		said[then] = true
		says = append(says, strings.NewReplacer(reportedPlaceholder, then, measuredPlaceholder, strings.Join(now, " or ")).
			Replace(cl.catalogue.changedSince))
	}
	return says
}

// today lists the values that a fact has where the claim was judged, or none if it is not known of each name there: of its
// several addresses one is enough.
func (cl *claim) today(name facts.Name) []string {
	var values []string
	told := map[string]bool{}
	for _, v := range cl.views {
		// The name of the server, without its address: each name has to be heard, at one of its addresses.
		at, _, _ := strings.Cut(v.subject.At, " ")
		f, _ := v.view.Set.Get(name, v.view.Subjects...)
		// A bound is no number that could be compared with another one.
		known := v.counts == True && f.Known() && !f.AtLeast
		told[at] = told[at] || known
		if known && !slices.Contains(values, f.Value.String()) {
			values = append(values, f.Value.String())
		}
	}
	// One name that was not heard may still have the number of the report.
	for _, known := range told {
		if !known {
			return nil
		}
	}
	return values
}

// caseFinding is the row of a case in which the report states a number.
// It goes the way of a real row, as a count or seconds, so that the case tests the conversion too.
func (r *Rule) caseFinding(file string, node *yaml.Node) (f report.Finding, err error) {
	if r.Reported == nil {
		return f, strict.Errorf(file, node, "rule %q: a case has reported, but the rule has not", r.ID)
	}
	def, _ := facts.Define(r.Reported.Fact)
	value, err := parseValue(file, node, def.Kind)
	if err != nil {
		return f, err
	}
	number := float64(0)
	if def.Kind == facts.Duration {
		number = value.Duration().Seconds()
	} else {
		number = float64(value.Int())
	}
	return report.Finding{Wording: "as the case has it", Values: map[string]report.Value{r.Reported.Value: report.Number(number)}}, nil
}
