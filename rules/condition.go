package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"mxverdict/rules/internal/strict"
	"mxverdict/verify/facts"
)

// Condition is a tree over facts that is true, false or unknown for a subject. It explains itself: Eval notes on the
// trail what decided it.
type Condition interface {
	Eval(View, *Trail) Truth
	Facts() []facts.Name
	Parameters() []string
}

// View is what a condition can see: the facts of one subject and of what it belongs to, and the parameters.
type View struct {
	Set        *facts.Set
	Subjects   []facts.Subject // asked in this order
	Parameters map[string]Parameter
}

// Parameter is the value of a $name in a condition, and where it came from.
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
	FromDefault  Origin = "default"  // the rule's own sourced default
)

// Trail is the list of comparisons that decided a condition.
type Trail []Step

// Step is one comparison of a fact with its limits.
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
	if s.Fact.Evidence != "" {
		text += " (" + s.Fact.Evidence + ")"
	}
	return text
}

// compared says on which side of its limit the fact is, or nothing where the value says it all.
func (s Step) compared() string {
	if !s.Fact.Known() || s.Open != "" || s.Fact.Value.Kind() == facts.Bool || strings.HasPrefix(s.Asked, "is ") {
		return ""
	}
	switch s.Truth {
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
	return "which does not decide whether " + s.Asked
}

// opposites say a comparison that is false.
var opposites = [][2]string{{"above ", "at most "}, {"below ", "at least "}, {"at least ", "below "}, {"at most ", "above "},
	{"outside ", "within "}}

// all and any combine; the trail keeps the branches that decided, so that it explains the result and nothing else.
type all []Condition
type anyOf []Condition
type not struct{ Condition }

func (a all) Eval(v View, trail *Trail) Truth {
	return combine(a, v, trail, True, Truth.And)
}

func (a anyOf) Eval(v View, trail *Trail) Truth {
	return combine(a, v, trail, False, Truth.Or)
}

func combine(children []Condition, v View, trail *Trail, start Truth, join func(Truth, Truth) Truth) Truth {
	result := start
	truths := make([]Truth, len(children))
	trails := make([]Trail, len(children))
	for i, c := range children {
		truths[i] = c.Eval(v, &trails[i])
		result = join(result, truths[i])
	}
	for i := range children {
		if truths[i] == result {
			*trail = append(*trail, trails[i]...)
		}
	}
	return result
}

func (n not) Eval(v View, trail *Trail) Truth { return n.Condition.Eval(v, trail).Not() }

func (a all) Facts() []facts.Name   { return collect(a, Condition.Facts) }
func (a anyOf) Facts() []facts.Name { return collect(a, Condition.Facts) }

func (a all) Parameters() []string   { return collect(a, Condition.Parameters) }
func (a anyOf) Parameters() []string { return collect(a, Condition.Parameters) }

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

func (o operand) value(v View) (facts.Value, bool) {
	if o.parameter == "" {
		return o.literal, true
	}
	p, ok := v.Parameters[o.parameter]
	return p.Value, ok && p.Value.Kind() != facts.None
}

func (c *comparison) Facts() []facts.Name { return []facts.Name{c.fact} }

func (c *comparison) Parameters() []string {
	var names []string
	for _, o := range c.operands {
		if o.parameter != "" {
			names = append(names, o.parameter)
		}
	}
	return names
}

func (c *comparison) Eval(v View, trail *Trail) Truth {
	fact, subject := v.Set.Get(c.fact, v.Subjects...)
	step := Step{Fact: fact, Subject: subject, Asked: c.asked(v)}
	values := make([]facts.Value, len(c.operands))
	complete := true
	for i, o := range c.operands {
		var ok bool
		if values[i], ok = o.value(v); !ok {
			complete, step.Open = false, o.parameter
		}
	}
	switch {
	case c.word == "known":
		step.Truth = TruthOf(fact.Known() == values[0].Bool())
	case fact.Known() && complete:
		step.Truth = c.compare(fact, values)
	}
	*trail = append(*trail, step)
	return step.Truth
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
	case "is", "in":
		if f.AtLeast && !allBelow(operands, v) {
			return Unknown
		}
		return TruthOf(slices.ContainsFunc(operands, func(o facts.Value) bool { return equal(v, o) }))
	case "has":
		return bounded(f, has(v, operands[0].Text()), True)
	case "matches":
		if f.AtLeast {
			return Unknown
		}
		return TruthOf(c.pattern.MatchString(v.Text()))
	case "above":
		return bounded(f, magnitude(v) > magnitude(operands[0]), True)
	case "at_least":
		return bounded(f, magnitude(v) >= magnitude(operands[0]), True)
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
		case f.AtLeast:
			return Unknown
		}
		return TruthOf(magnitude(v) < magnitude(operands[0]))
	}
	return Unknown
}

// bounded keeps a comparison of a lower bound only if a greater value cannot turn it round.
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

func equal(v, w facts.Value) bool {
	if v.Kind() == facts.Text && w.Kind() == facts.Text {
		return strings.EqualFold(v.Text(), w.Text())
	}
	return v.Equal(w)
}

func has(v facts.Value, word string) bool {
	if v.Kind() == facts.List {
		return slices.ContainsFunc(v.List(), func(s string) bool { return strings.EqualFold(s, word) })
	}
	return strings.Contains(strings.ToLower(v.Text()), strings.ToLower(word))
}

func magnitude(v facts.Value) int64 {
	if v.Kind() == facts.Duration {
		return int64(v.Duration())
	}
	return v.Int()
}

// words lists the comparison words that fit each kind of fact.
var words = map[facts.Kind][]string{
	facts.Bool:     {"is", "known"},
	facts.Int:      {"is", "in", "above", "below", "at_least", "at_most", "outside", "known"},
	facts.Duration: {"above", "below", "at_least", "at_most", "outside", "known"},
	facts.Text:     {"is", "in", "has", "matches", "known"},
	facts.List:     {"has", "known"},
}

// maxDepth bounds the nesting of conditions; nobody can read a deeper one.
const maxDepth = 16

// conditionLoader reads conditions of one file.
type conditionLoader struct {
	file       string
	parameters map[string]facts.Kind // the $names that may be used
}

func (l conditionLoader) load(node *yaml.Node) (Condition, error) { return l.loadAt(node, 0) }

func (l conditionLoader) loadAt(node *yaml.Node, depth int) (Condition, error) {
	if depth > maxDepth {
		return nil, strict.Errorf(l.file, node, "conditions are nested deeper than %d", maxDepth)
	}
	if node.Kind != yaml.MappingNode || len(node.Content) == 0 {
		return nil, strict.Errorf(l.file, node, "a condition is a mapping: {fact: NAME, WORD: VALUE}, or one of all, any, not")
	}
	for i := 0; i < len(node.Content); i += 2 {
		for j := 0; j < i; j += 2 {
			if node.Content[i].Value == node.Content[j].Value {
				return nil, strict.Errorf(l.file, node.Content[i], "key %q stands here a second time", node.Content[i].Value)
			}
		}
	}
	key, value := node.Content[0], node.Content[1]
	switch key.Value {
	case "all", "any", "not":
		if len(node.Content) > 2 {
			return nil, strict.Errorf(l.file, node.Content[2], "%q stands beside %q; a condition is exactly one of all, any, not or a fact", node.Content[2].Value, key.Value)
		}
		return l.loadTree(key, value, depth)
	}
	return l.loadComparison(node)
}

func (l conditionLoader) loadTree(key, value *yaml.Node, depth int) (Condition, error) {
	if key.Value == "not" {
		c, err := l.loadAt(value, depth+1)
		if err != nil {
			return nil, err
		}
		return not{c}, nil
	}
	if value.Kind != yaml.SequenceNode || len(value.Content) == 0 {
		return nil, strict.Errorf(l.file, value, "%q needs a list of conditions", key.Value)
	}
	var children []Condition
	for _, item := range value.Content {
		c, err := l.loadAt(item, depth+1)
		if err != nil {
			return nil, err
		}
		children = append(children, c)
	}
	if key.Value == "all" {
		return all(children), nil
	}
	return anyOf(children), nil
}

func (l conditionLoader) loadComparison(node *yaml.Node) (Condition, error) {
	var name, word, value, surplus *yaml.Node
	for i := 0; i+1 < len(node.Content); i += 2 {
		k, v := node.Content[i], node.Content[i+1]
		switch {
		case k.Value == "fact":
			name = v
		case word == nil:
			word, value = k, v
		default:
			surplus = k
		}
	}
	switch {
	case name != nil && surplus != nil:
		return nil, strict.Errorf(l.file, surplus, "%q is one word too many; a condition has a fact and one comparison", surplus.Value)
	case name == nil:
		first := node.Content[0]
		return nil, strict.Errorf(l.file, first, "unknown key %q in a condition%s", first.Value,
			strict.Suggest(first.Value, []string{"all", "any", "not", "fact"}))
	}
	def, ok := facts.Define(facts.Name(name.Value))
	if !ok {
		return nil, strict.Errorf(l.file, name, "unknown fact %q%s", name.Value, strict.Suggest(name.Value, factNames()))
	}
	if word == nil {
		return nil, strict.Errorf(l.file, name, "the condition on %s lacks a comparison, such as %q", def.Name, words[def.Kind][0])
	}
	if !slices.Contains(words[def.Kind], word.Value) {
		return nil, strict.Errorf(l.file, word, "%q cannot be asked of %s, which is a %s; possible are %s%s", word.Value, def.Name,
			def.Kind, strings.Join(words[def.Kind], ", "), strict.Suggest(word.Value, words[def.Kind]))
	}
	return l.loadOperands(&comparison{fact: def.Name, word: word.Value}, def.Kind, value)
}

func (l conditionLoader) loadOperands(c *comparison, kind facts.Kind, node *yaml.Node) (Condition, error) {
	switch c.word {
	case "known":
		kind = facts.Bool
	case "has":
		kind = facts.Text
	}
	nodes := []*yaml.Node{node}
	if c.word == "in" || c.word == "outside" {
		if node.Kind != yaml.SequenceNode || len(node.Content) == 0 || c.word == "outside" && len(node.Content) != 2 {
			return nil, strict.Errorf(l.file, node, "%q needs a list%s", c.word, map[string]string{"outside": " of two bounds"}[c.word])
		}
		nodes = node.Content
	}
	for _, n := range nodes {
		o, err := l.loadOperand(c, kind, n)
		if err != nil {
			return nil, err
		}
		c.operands = append(c.operands, o)
	}
	if c.word == "matches" {
		var err error
		if c.pattern, err = regexp.Compile(c.operands[0].literal.Text()); err != nil {
			return nil, strict.Errorf(l.file, node, "%v", err)
		}
	}
	return c, nil
}

func (l conditionLoader) loadOperand(c *comparison, kind facts.Kind, n *yaml.Node) (operand, error) {
	if parameter, ok := strings.CutPrefix(n.Value, "$"); ok && n.Kind == yaml.ScalarNode && c.word != "matches" {
		declared, known := l.parameters[parameter]
		if !known {
			return operand{}, strict.Errorf(l.file, n, "unknown parameter %q%s", n.Value, strict.Suggest(parameter, sortedKeys(l.parameters)))
		}
		if declared != kind {
			return operand{}, strict.Errorf(l.file, n, "%s is a %s, but %s needs a %s", n.Value, declared, c.fact, kind)
		}
		return operand{parameter: parameter}, nil
	}
	value, err := parseValue(l.file, n, kind)
	if err != nil {
		return operand{}, strict.Errorf(l.file, n, "%s is a %s, so %q needs %s, not %q", c.fact, kind, c.word, example(kind), n.Value)
	}
	return operand{literal: value}, nil
}

func example(kind facts.Kind) string {
	return map[facts.Kind]string{
		facts.Bool: "true or false", facts.Int: "a whole number such as 220", facts.Duration: "a duration with its unit such as 5s",
		facts.Text: "a text", facts.List: "a list",
	}[kind]
}

// parseValue reads a value of a kind from a YAML scalar or, for lists, a sequence.
func parseValue(file string, n *yaml.Node, kind facts.Kind) (facts.Value, error) {
	bad := strict.Errorf(file, n, "%q is no %s; write %s", n.Value, kind, example(kind))
	if kind == facts.List {
		var l []string
		if n.Kind != yaml.SequenceNode || n.Decode(&l) != nil {
			return facts.Value{}, bad
		}
		return facts.ListValue(l), nil
	}
	if n.Kind != yaml.ScalarNode {
		return facts.Value{}, bad
	}
	switch kind {
	case facts.Bool:
		if n.Value == "true" || n.Value == "false" {
			return facts.BoolValue(n.Value == "true"), nil
		}
	case facts.Int:
		if i, err := strconv.ParseInt(n.Value, 10, 64); err == nil {
			return facts.IntValue(i), nil
		}
	case facts.Duration:
		if d, err := time.ParseDuration(n.Value); err == nil && n.Value != "0" {
			return facts.DurationValue(d), nil
		}
	case facts.Text:
		return facts.TextValue(n.Value), nil
	}
	return facts.Value{}, bad
}

func factNames() []string {
	var names []string
	for _, d := range facts.Definitions() {
		names = append(names, string(d.Name))
	}
	return names
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
