package rules

import (
	"regexp"
	"slices"
	"strings"

	"mxverdict/verify/facts"
)

// comparison is a leaf: one fact, one word, its operands.
type comparison struct {
	fact     facts.Name
	word     string
	operands []operand
	pattern  *regexp.Regexp // of "matches"
}

// operand is a literal or a parameter.
type operand struct {
	parameter string // without the $; "" for a literal
	literal   facts.Value
}

// value is what the operand stands for under the parameters of a view, and whether that is known. Only an operand that is a
// parameter can be unknown.
func (o operand) value(v View) (facts.Value, bool) {
	if o.parameter == "" {
		return o.literal, true
	}
	p, ok := v.Parameters[o.parameter]
	return p.Value, ok && p.Value.Kind() != facts.None
}

// Facts returns the fact that is compared.
func (c *comparison) Facts() []facts.Name { return []facts.Name{c.fact} }

// Parameters returns the $names to which the fact is compared, which may be none.
func (c *comparison) Parameters() []string {
	var names []string
	for _, o := range c.operands {
		if o.parameter != "" {
			names = append(names, o.parameter)
		}
	}
	return names
}

// Eval notes the step whatever comes of it: an unknown fact is what an inconclusive verdict has to name.
func (c *comparison) Eval(v View, trail *Trail) Truth {
	fact, subject := v.Set.Get(c.fact, v.Subjects...)
	truth, open := c.truth(v, fact)
	if trail != nil {
		*trail = append(*trail, Step{Fact: fact, Subject: subject, Asked: c.asked(v), Truth: truth, Open: open})
	}
	return truth
}

// truth compares a fact under the parameters of a view. It names a parameter that is open.
func (c *comparison) truth(v View, fact facts.Fact) (truth Truth, open string) {
	var room [2]facts.Value // enough for nearly all, and no memory to collect
	values, complete := room[:0], true
	// All of them are looked at, so that the step names what is open even where another one would do.
	for _, o := range c.operands {
		value, ok := o.value(v)
		if !ok {
			complete, open = false, o.parameter
		}
		values = append(values, value)
	}
	switch {
	// The one word that an unknown fact can answer.
	case c.word == "known":
		truth = TruthOf(fact.Known() == values[0].Bool())
	// A comparison with a limit that nobody knows stays Unknown: a limit that we made up would be our opinion in the place of the
	// reporter's.
	case fact.Known() && complete:
		truth = c.compare(fact, values)
	}
	return truth, open
}

// asked writes word and operands for people.
func (c *comparison) asked(v View) string {
	var texts []string
	for _, o := range c.operands {
		if value, ok := o.value(v); ok {
			texts = append(texts, value.String())
		} else {
			texts = append(texts, "an unknown "+o.parameter)
		}
	}
	joined := strings.Join(texts, " to ")
	if c.word == "in" {
		joined = strings.Join(texts, ", ")
	}
	return strings.ReplaceAll(c.word, "_", " ") + " " + joined
}

// compare decides a known fact against known operands. A fact that is only a lower bound decides what every greater
// value would decide the same way; all else stays unknown. Of a list a bound is a part: what is in it is in the whole.
func (c *comparison) compare(f facts.Fact, operands []facts.Value) Truth {
	v := f.Value
	switch c.word {
	// A list of one is a single value: "is" and "in" differ only in how they are written.
	case "is", "in":
		// A greater value could be equal to one of them.
		if f.AtLeast && !allBelow(operands, v) {
			return Unknown
		}
		return TruthOf(slices.ContainsFunc(operands, func(o facts.Value) bool { return equal(v, o) }))
	// A list that was cut short can show that something is in it, never that it is not.
	case "has":
		return bounded(f, has(v, operands[0].String()), True)
	// A pattern may look for an end that a bound has not.
	case "matches":
		if f.AtLeast {
			return Unknown
		}
		return TruthOf(c.pattern.MatchString(v.Text()))
	// A greater value is above as well, so that a bound that is above decides; one that is not leaves it open.
	case "above":
		return bounded(f, magnitude(v) > magnitude(operands[0]), True)
	case "at_least":
		return bounded(f, magnitude(v) >= magnitude(operands[0]), True)
	// Here only "no" is safe: what is not below now is not below when it is greater.
	case "below":
		return bounded(f, magnitude(v) < magnitude(operands[0]), False)
	case "at_most":
		return bounded(f, magnitude(v) <= magnitude(operands[0]), False)
	case "outside":
		switch {
		case magnitude(operands[0]) > magnitude(operands[1]): // a report may name bounds that are none
			return Unknown
		case magnitude(v) > magnitude(operands[1]):
			return True
		// It may be anywhere above, within the bounds or beyond them.
		case f.AtLeast:
			return Unknown
		}
		return TruthOf(magnitude(v) < magnitude(operands[0]))
	}
	return Unknown
}

// bounded keeps a comparison of a lower bound only if a greater value cannot turn it round.
// safe is the result that every greater value would give too.
func bounded(f facts.Fact, result bool, safe Truth) Truth {
	if f.AtLeast && TruthOf(result) != safe {
		return Unknown
	}
	return TruthOf(result)
}

// allBelow tells whether all numbers are below another one, so that no greater one is among them.
func allBelow(operands []facts.Value, v facts.Value) bool {
	return v.Kind() == facts.Int && !slices.ContainsFunc(operands, func(o facts.Value) bool { return magnitude(o) >= magnitude(v) })
}

// equal compares texts without regard to case: host names, keywords and verbs have none (RFC 4343, RFC 5321 section 2.4), and no
// condition is about the local part of an address, which may have.
func equal(v, w facts.Value) bool {
	if v.Kind() == facts.Text && w.Kind() == facts.Text {
		return strings.EqualFold(v.Text(), w.Text())
	}
	return v.Equal(w)
}

// has looks for an element of a list or a part of a text, without regard to case either.
func has(v facts.Value, word string) bool {
	if v.Kind() == facts.List {
		return slices.ContainsFunc(v.List(), func(s string) bool { return strings.EqualFold(s, word) })
	}
	return strings.Contains(strings.ToLower(v.Text()), strings.ToLower(word))
}

// magnitude makes counts and durations comparable by one word; the loader has made sure that both sides are of one kind.
func magnitude(v facts.Value) int64 {
	if v.Kind() == facts.Duration {
		return int64(v.Duration())
	}
	return v.Int()
}
