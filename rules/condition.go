package rules

import (
	"slices"

	"mxverdict/verify/facts"
)

// Condition is a tree over facts that is true, false or unknown for a subject. It explains itself: Eval notes on the
// trail what decided it. Who asks for the answer alone has no trail: it is nil then.
// There are four kinds, all, any, not and the comparison; whatever is cleverer is a fact of its own, derived, named and tested where
// facts are made, so that a condition can be read by somebody who writes no Go.
type Condition interface {
	Eval(View, *Trail) Truth
	Facts() []facts.Name
	Parameters() []string
}

// View is what a condition can see: the facts of one subject and of what it belongs to, and the parameters.
// The first subject that has a fact gives it, so that what is particular goes before what is general.
type View struct {
	Set        *facts.Set
	Subjects   []facts.Subject // asked in this order
	Parameters map[string]Parameter
}

// sees tells whether facts about a kind of subject can be known at the view: those of its own subjects and of what they belong to.
// Where it says no, a fact of that kind is not unknown but out of place.
func (v View) sees(kind facts.SubjectKind) bool {
	return slices.ContainsFunc(v.Subjects, func(s facts.Subject) bool {
		parent, ok := s.Parent()
		return s.Kind == kind || ok && parent.Kind == kind
	})
}

// Parameter is the value of a $name in a condition, and where it came from.
// Its unit is that of its kind: durations are durations, everything else is a count or a text.
type Parameter struct {
	Value  facts.Value
	Origin Origin
	Source string // of a default: who says so
}

// Origin says where a parameter came from, the strongest first.
type Origin string

// The origins of a parameter.
const (
	FromFinding  Origin = "finding"  // a number in the report's own text
	FromReporter Origin = "reporter" // the reporter's published threshold
	FromPolicy   Origin = "policy"   // of the organisation whose policy is in force
	FromDefault  Origin = "default"  // the rule's own sourced default
)

// all and any combine; the trail keeps the branches that decided, so that it explains the result and nothing else.
type all []Condition
type anyOf []Condition
type not struct{ Condition }

// Eval begins with what changes nothing: "and" with true, "or" with false.
func (a all) Eval(v View, trail *Trail) Truth {
	return combine(a, v, trail, True, Truth.And)
}

func (a anyOf) Eval(v View, trail *Trail) Truth {
	return combine(a, v, trail, False, Truth.Or)
}

// combine evaluates all children, also where the first decides: the trail is to hold every branch that decided, and which of them are
// first in a file must not show in the answer.
func combine(children []Condition, v View, trail *Trail, start Truth, join func(Truth, Truth) Truth) Truth {
	result := start
	if trail == nil {
		for _, c := range children {
			result = join(result, c.Eval(v, nil))
		}
		return result
	}
	truths := make([]Truth, len(children))
	ends := make([]int, len(children)) // of their steps in the trail
	kept := len(*trail)
	begin := kept
	for i, c := range children {
		truths[i] = c.Eval(v, trail)
		ends[i] = len(*trail)
		result = join(result, truths[i])
	}
	for i, end := range ends {
		// A branch that came out otherwise decided nothing: of a false "and" those that are false, of an unknown one those that are
		// unknown.
		if truths[i] == result {
			kept += copy((*trail)[kept:], (*trail)[begin:end])
		}
		begin = end
	}
	*trail = (*trail)[:kept]
	return result
}

// The trail of a negation is that of what it negates: the comparisons are the same, only what follows from them is not.
func (n not) Eval(v View, trail *Trail) Truth { return n.Condition.Eval(v, trail).Not() }

// Facts of a tree are those of its leaves, each once; Parameters too.
func (a all) Facts() []facts.Name   { return collect(a, Condition.Facts) }
func (a anyOf) Facts() []facts.Name { return collect(a, Condition.Facts) }

func (a all) Parameters() []string   { return collect(a, Condition.Parameters) }
func (a anyOf) Parameters() []string { return collect(a, Condition.Parameters) }

// collect gathers names from all children, each once, in the order of the file.
func collect[T comparable](children []Condition, get func(Condition) []T) []T {
	var out []T
	for _, c := range children {
		for _, x := range get(c) {
			if !slices.Contains(out, x) {
				out = append(out, x)
			}
		}
	}
	return out
}
