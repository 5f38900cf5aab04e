package rules

import (
	"regexp"
	"slices"
	"strings"

	"mxverdict/rules/internal/strict"
	"mxverdict/verify/facts"
)

// patienceParameter is the reporter's patience; every rule and cause may use it.
const patienceParameter = "patience"

// Names that a sentence may use beside parameters and facts. Commands may use them too, and each_server_address; of a fact that is a list they
// take the name at its beginning, and what is not known to be a name, an address or a page leaves a command out (fillCommand).
var namePlaceholders = []string{subjectPlaceholder, "target", "place", "host", "address", "port", "socket", "zone", "server", "server_address", "block_list", "entry", "list_server", "reporter", "clocks"}

// placeholder is a name between braces. Names of facts have points in them.
var placeholder = regexp.MustCompile(`\{([a-z][a-z0-9._]*)\}`)

// placeholders are the names between braces, each as often as it stands there.
func placeholders(text string) []string {
	var names []string
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

// checkTemplates refuses a placeholder that nothing would ever fill.
// The reader of a ticket must never be the first who sees that a brace was misspelt.
func (r *Rule) checkTemplates(at func(string, ...any) error) error {
	var m strict.Mistakes
	for _, text := range r.texts() {
		m.Add(r.checkPlaceholders(text, at))
	}
	return m.Err()
}

// checkPlaceholders is checkTemplates for one text of a rule.
func (r *Rule) checkPlaceholders(text string, at func(string, ...any) error) error {
	var m strict.Mistakes
	for p, suggestion := range unknownPlaceholders(text, slices.Concat(namePlaceholders, sortedKeys(r.Parameters), []string{patienceParameter})...) {
		if p != eachServerAddress || !slices.Contains(r.Commands, text) {
			m.Add(at("unknown placeholder {%s}%s", p, suggestion))
		}
	}
	return m.Err()
}

// factsNamed are the facts among the placeholders of sentences.
func factsNamed(texts []string) []facts.Name {
	var names []facts.Name
	for _, text := range texts {
		for _, p := range placeholders(text) {
			if _, ok := facts.Define(facts.Name(p)); ok {
				names = append(names, facts.Name(p))
			}
		}
	}
	return names
}

// fill writes sentences for a view. What needs a value that is not known is left out where it can be, an aside in brackets or a
// sentence behind the first: the verdict stands on its conditions, whatever could not be told beside it. The first sentence has words
// for what is not known, for those behind it lean on it.
func fill(text string, v View, names map[string]string) string {
	return filler{valueText, notKnown}.fill(text, v, names)
}

// filler is how values are written, and what stands for one that is not known.
type filler struct {
	value    func(facts.Fact) string
	notKnown func(key string) string
}

// fill is fill in the filler's words.
func (w filler) fill(text string, v View, names map[string]string) string {
	whole, known := w.one(text, v, names)
	if known {
		return whole
	}
	// Asides go first: a sentence that keeps its meaning without one must not be lost for it.
	text = aside.ReplaceAllStringFunc(text, func(a string) string {
		if _, known := w.one(a, v, names); known {
			return a
		}
		return ""
	})
	var out strings.Builder
	for i, sentence := range sentences(text) {
		if filled, known := w.one(sentence, v, names); known || i == 0 {
			out.WriteString(filled)
		}
	}
	return strings.TrimRight(out.String(), " ")
}

// aside is what stands in brackets, with the space before it.
var aside = regexp.MustCompile(` ?\([^()]*\)`)

// one fills every placeholder, and tells whether all of them are known.
func (w filler) one(sentence string, v View, names map[string]string) (filled string, known bool) {
	known = true
	filled = placeholder.ReplaceAllStringFunc(sentence, func(p string) string {
		key := p[1 : len(p)-1]
		if name, ok := names[key]; ok {
			return name
		}
		if parameter, ok := v.Parameters[key]; ok && parameter.Value.Kind() != facts.None {
			return w.value(facts.Fact{Value: parameter.Value})
		}
		// Names and limits go before facts: of a fact and a parameter that are called alike, the sentence means the one that was compared.
		if text, ok := v.tell(facts.Name(key), w.value); ok {
			return text
		}
		known = false
		return w.notKnown(key)
	})
	return filled, known
}

// tell writes a fact for people. One that is measured at other subjects than the view's, such as at each name server of the zone that
// is judged as a whole, is told as it is there.
func (v View) tell(name facts.Name, write func(facts.Fact) string) (string, bool) {
	if f, _ := v.Set.Get(name, v.Subjects...); f.Known() {
		return write(f), true
	}
	def, ok := facts.Define(name)
	if !ok || v.sees(def.Scope) {
		return "", false
	}
	var values []string
	// The target leads to the other subjects, so that it tells where else to look.
	for _, target := range v.Subjects {
		if target.Kind != facts.Target {
			continue
		}
		for _, s := range v.Set.Views(target.Name, wholeOf(def.Scope)) {
			if f, _ := v.Set.Get(name, s); f.Known() && !slices.Contains(values, write(f)) {
				values = append(values, write(f))
			}
		}
	}
	return strings.Join(values, " or "), len(values) > 0
}

// valueText writes a fact so that a bound is never read as a measurement.
func valueText(f facts.Fact) string {
	if f.AtLeast {
		return "at least " + f.Value.String()
	}
	return f.Value.String()
}

// wholeOf is the kind of view at which facts of a kind of subject are seen: those of a host at its sessions.
func wholeOf(kind facts.SubjectKind) facts.SubjectKind {
	if kind == facts.Host {
		return facts.Session
	}
	return kind
}

// unknownWord begins what stands for a value that is not known.
const unknownWord = "an unknown "

// notKnown are words for what a placeholder stands for.
func notKnown(key string) string {
	if def, ok := facts.Define(facts.Name(key)); ok {
		return unknownWord + map[facts.Kind]string{facts.Bool: "answer", facts.Int: "number", facts.Duration: "time", facts.Text: "value",
			facts.List: "value"}[def.Kind]
	}
	switch key {
	case "min", "max", "limit":
		return unknownWord + "limit"
	case patienceParameter, "clocks":
		return unknownWord + "time"
	}
	return unknownWord + strings.ReplaceAll(key, "_", " ")
}

// sentenceEnd is the end of a sentence with the space after it. What follows begins another one unless it goes on in lower case, as
// after an abbreviation.
var sentenceEnd = regexp.MustCompile(`[.!?]["')]*\s+`)

// sentences cuts a text between its sentences, before anything foreign is filled in.
func sentences(text string) []string {
	var out []string
	from := 0
	for _, end := range sentenceEnd.FindAllStringIndex(text, -1) {
		if next := text[end[1]:]; next != "" && (next[0] < 'a' || next[0] > 'z') {
			out = append(out, text[from:end[1]])
			from = end[1]
		}
	}
	return append(out, text[from:])
}

// FirstSentence is the first sentence of a text of several.
func FirstSentence(text string) string { return strings.TrimSpace(sentences(text)[0]) }
