package rules

import (
	"iter"
	"slices"
	"strconv"
	"sync"
	"time"

	"gopkg.in/yaml.v3"

	"mxverdict/rules/internal/strict"
	"mxverdict/verify/facts"
)

// example shows how a value of a kind is written, in errors.
func example(kind facts.Kind) string {
	return map[facts.Kind]string{
		facts.Bool: "true or false", facts.Int: "a whole number such as 220", facts.Duration: "a duration with its unit such as 5s",
		facts.Text: "a text", facts.List: "a list",
	}[kind]
}

// parseValue reads a value of a kind from a YAML scalar or, for lists, a sequence.
// The error names file and line, and shows how a value of that kind is written.
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
	// YAML also takes "yes", "on" and "y" for true; one spelling is enough, and "no" is a country too.
	case facts.Bool:
		if n.Value == "true" || n.Value == "false" {
			return facts.BoolValue(n.Value == "true"), nil
		}
	// Base ten alone: to YAML 010 is eight, to the author of a limit ten.
	case facts.Int:
		if i, err := strconv.ParseInt(n.Value, 10, 64); err == nil {
			return facts.IntValue(i), nil
		}
	// A bare number has no unit, and which one was meant is a guess that would be off by sixty or a thousand; zero alone needs none for
	// Go, but does here.
	case facts.Duration:
		if d, err := time.ParseDuration(n.Value); err == nil && n.Value != "0" {
			return facts.DurationValue(d), nil
		}
	case facts.Text:
		return facts.TextValue(n.Value), nil
	}
	return facts.Value{}, bad
}

// factNames are all names that a condition or sentence could mean, for suggestions.
var factNames = sync.OnceValue(func() (names []string) {
	for _, d := range facts.Definitions() {
		names = append(names, string(d.Name))
	}
	return names
})

// unknownPlaceholders are the placeholders of a text that mean neither a fact nor one of some words, each with a suggestion behind it.
func unknownPlaceholders(text string, words ...string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, p := range placeholders(text) {
			if _, fact := facts.Define(facts.Name(p)); fact || slices.Contains(words, p) {
				continue
			}
			if !yield(p, strict.Suggest(p, slices.Concat(words, factNames()))) {
				return
			}
		}
	}
}

// sortedKeys makes ranging over a map give the same order each time: the same report has to give the same bytes.
func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
