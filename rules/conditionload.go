package rules

import (
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"mxverdict/rules/internal/strict"
	"mxverdict/verify/facts"
)

// words lists the comparison words that fit each kind of fact. Durations have no "is": what was measured equals no limit, ever.
var words = map[facts.Kind][]string{
	facts.Bool:     {"is", "known"},
	facts.Int:      {"is", "in", "above", "below", "at_least", "at_most", "outside", "known"},
	facts.Duration: {"above", "below", "at_least", "at_most", "outside", "known"},
	facts.Text:     {"is", "in", "has", "matches", "known"},
	facts.List:     {"has", "known"},
}

// maxDepth bounds the nesting of conditions: nobody can read a deeper one, and a file that nests for ever must not exhaust the
// stack.
const maxDepth = 16

// conditionLoader reads conditions of one file. It works on nodes rather than Go types because the kind of a value depends on the
// fact beside it: "5" is a count of one fact and, without its unit, a mistake for another.
type conditionLoader struct {
	file       string
	parameters map[string]facts.Kind // the $names that may be used
}

// load reads a condition with all that it holds. Its errors name file and line, and are those of package strict.
func (l conditionLoader) load(node *yaml.Node) (Condition, error) { return l.loadAt(node, 0) }

// loadAt reads a condition at a depth. The keys of a condition are counted here one by one, because a second comparison would be left out
// silently and change a verdict.
func (l conditionLoader) loadAt(node *yaml.Node, depth int) (Condition, error) {
	if depth > maxDepth {
		return nil, strict.Errorf(l.file, node, "conditions are nested deeper than %d", maxDepth)
	}
	if node.Kind != yaml.MappingNode || len(node.Content) == 0 {
		return nil, strict.Errorf(l.file, node, "a condition is a mapping: {fact: NAME, WORD: VALUE}, or one of all, any, not")
	}
	for i := 0; i < len(node.Content); i += 2 { // these nodes never pass strict.Decode, which refuses a second key elsewhere
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

// loadTree reads one of all, any and not. An empty list is refused: of nothing, "all" would be true and "any" false, and neither is
// what an author means who has not written his conditions yet.
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
	var m strict.Mistakes
	var children []Condition
	// All of them are read before any mistake is told, so that an author mends them at once.
	for _, item := range value.Content {
		c, err := l.loadAt(item, depth+1)
		m.Add(err)
		children = append(children, c)
	}
	if err := m.Err(); err != nil {
		return nil, err
	}
	if key.Value == "all" {
		return all(children), nil
	}
	return anyOf(children), nil
}

// loadComparison reads a leaf in either order of its keys. A word that the kind of the fact does not have is refused, because it would
// always be unknown, or compare what cannot be compared.
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

// loadOperands reads what the fact is compared with: one operand, two bounds, or a list.
func (l conditionLoader) loadOperands(c *comparison, kind facts.Kind, node *yaml.Node) (Condition, error) {
	switch c.word {
	// Whether a fact is known is yes or no, whatever kind it is of.
	case "known":
		kind = facts.Bool
	case "has":
		kind = facts.Text
	}
	nodes := []*yaml.Node{node}
	// One bound alone is "above" or "below", and three bounds mean nothing.
	if c.word == "in" || c.word == "outside" {
		if node.Kind != yaml.SequenceNode || len(node.Content) == 0 || c.word == "outside" && len(node.Content) != 2 {
			return nil, strict.Errorf(l.file, node, "%q needs a list%s", c.word, map[string]string{"outside": " of two bounds"}[c.word])
		}
		nodes = node.Content
	}
	var m strict.Mistakes
	for _, n := range nodes {
		o, err := l.loadOperand(c, kind, n)
		m.Add(err)
		c.operands = append(c.operands, o)
	}
	if err := m.Err(); err != nil {
		return nil, err
	}
	// Patterns are those of Go: they run in linear time, whatever a server sends.
	if c.word == "matches" {
		var err error
		if c.pattern, err = regexp.Compile(c.operands[0].literal.Text()); err != nil {
			return nil, strict.Errorf(l.file, node, "%v", err)
		}
	}
	return c, nil
}

// loadOperand reads a literal or a $name. In a pattern the dollar sign is the end of the text, and no parameter.
func (l conditionLoader) loadOperand(c *comparison, kind facts.Kind, n *yaml.Node) (operand, error) {
	if parameter, ok := strings.CutPrefix(n.Value, "$"); ok && n.Kind == yaml.ScalarNode && c.word != "matches" {
		declared, known := l.parameters[parameter]
		if !known {
			return operand{}, strict.Errorf(l.file, n, "unknown parameter %q%s", n.Value, strict.Suggest(parameter, sortedKeys(l.parameters)))
		}
		// Seconds compared with a count would be a number compared with a number, and wrong.
		if declared != kind && !(c.word == "has" && declared == facts.Int) { // a number is looked for as it is written
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
