package facts

import "slices"

// Definition declares a fact: its name, the kind of its value, what it is about, the probes that it takes, and what it means.
//
// Each topic has a file: the names of its facts, and below them a row for each. A new fact is a name and a row there.
type Definition struct {
	Name   Name
	Kind   Kind
	Scope  SubjectKind
	Source Source
	Means  string
}

// definitions is the support engineer's dictionary, in the order in which it is printed.
var definitions = slices.Concat(smtpFacts, mtastsFacts, tlsrptFacts, daneFacts, spfFacts, dmarcFacts, dkimFacts, blocklistFacts, nameFacts, zoneFacts, messageFacts, bimiFacts, webFacts)

var byName = index(definitions)

func index(all []Definition) map[Name]Definition {
	byName := make(map[Name]Definition, len(all))
	for _, d := range all {
		byName[d.Name] = d
	}
	return byName
}

// Definitions returns all facts, in a stable order.
func Definitions() []Definition { return slices.Clone(definitions) }

// Define returns the declaration of a fact.
func Define(name Name) (Definition, bool) {
	d, ok := byName[name]
	return d, ok
}
