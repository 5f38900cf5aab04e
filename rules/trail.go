package rules

import (
	"fmt"
	"strings"

	"mxverdict/verify/facts"
)

// Trail is the list of comparisons that decided a condition.
// It is what a postmaster checks a verdict by, so that it holds what was measured and never only what followed from it.
type Trail []Step

// Step is one comparison of a fact with its limits.
// Its fact may be unknown; then Truth is Unknown too, but for the question whether it is known.
type Step struct {
	Fact    facts.Fact
	Subject facts.Subject
	Asked   string // "above 5 s"
	Truth   Truth
	Open    string // name of a parameter that has no value, or ""
}

// String writes the step for people: "smtp.greeting.latency: 16.0 s (session 1, greeting), below 30 s".
func (s Step) String() string {
	if c := s.compared(); c != "" {
		return s.measured() + ", " + c
	}
	return s.measured()
}

// measured is the fact itself, or why it is not known.
func (s Step) measured() string {
	if !s.Fact.Known() {
		return fmt.Sprintf("%s: not known, %s", s.Fact.Name, s.Fact.Why.Detail)
	}
	text := fmt.Sprintf("%s: %s", s.Fact.Name, s.Fact.Value)
	if s.Fact.AtLeast {
		text = fmt.Sprintf("%s: at least %s", s.Fact.Name, s.Fact.Value)
		if s.Fact.Value.Kind() == facts.Duration { // a count is bounded by what could be seen
			text += ", where our own patience ended"
		}
	}
	// The number of the session or exchange, by which the reader finds it in the transcript.
	if s.Fact.Evidence != "" {
		text += " (" + s.Fact.Evidence + ")"
	}
	return text
}

// compared says on which side of its limit the fact is, or nothing where the value says it all.
// A yes or no, and what is equal, need no limit beside them.
func (s Step) compared() string {
	if !s.Fact.Known() || s.Open != "" || s.Fact.Value.Kind() == facts.Bool || strings.HasPrefix(s.Asked, "is ") {
		return ""
	}
	switch s.Truth {
	// What is said must be true as it stands, so a comparison that is false is said by its opposite.
	case True:
		return s.Asked
	case False:
		for _, o := range opposites {
			if limit, ok := strings.CutPrefix(s.Asked, o[0]); ok {
				return o[1] + limit
			}
		}
		return "not " + s.Asked
	}
	// Said too: a bound that was measured and did not decide is why the verdict is open.
	return "which does not decide whether " + s.Asked
}

// opposites say a comparison that is false.
var opposites = [][2]string{{"above ", "at most "}, {"below ", "at least "}, {"at least ", "below "}, {"at most ", "above "},
	{"outside ", "within "}}
