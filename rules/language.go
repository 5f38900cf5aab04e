package rules

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mxverdict/rules/internal/strict"
	"mxverdict/verify/facts"
)

// English is the language in which the catalogue is written.
const English = "en"

// Language is one of the languages of the reply: the frame around the plain sentences, and these themselves where they are not English.
type Language struct {
	Code string // as in RFC 5646, such as "de"
	Name string // as its speakers call it

	file   string            // the first one
	files  map[string]string // where the words of a rule stand
	frame  map[string]string
	rules  map[string]map[string]string
	causes map[string]string
	reason map[facts.Code]string
}

// The YAML shape of a language.
type languageFile struct {
	Schema   string                       `yaml:"schema"`
	Language string                       `yaml:"language"`
	Name     string                       `yaml:"name"`
	Frame    map[string]string            `yaml:"frame"`
	Rules    map[string]map[string]string `yaml:"rules"`
	Causes   map[string]string            `yaml:"causes"`
	Reasons  map[facts.Code]string        `yaml:"reasons"`
}

const languageSchema = "mxverdict/language/1"

// loadLanguage reads one language. A second file of the same language adds to the first: whoever has rules of his own translates them
// in a file of his own.
func (c *Catalogue) loadLanguage(file string, data []byte) error {
	var spec languageFile
	var m strict.Mistakes
	shaped := !m.Add(strict.Decode(file, data, &spec))
	switch {
	case spec.Schema != languageSchema && (shaped || spec.Schema != ""):
		return &strict.Error{File: file, Line: 1, Says: "schema must be " + languageSchema}
	case shaped && spec.Language == "":
		m.Add(&strict.Error{File: file, Line: 1, Says: "language is needed, such as de"})
	}
	l := c.languageOf(spec.Language)
	if l == nil {
		l = &Language{Code: spec.Language, file: file, files: map[string]string{}, frame: map[string]string{}, rules: map[string]map[string]string{},
			causes: map[string]string{}, reason: map[facts.Code]string{}}
		c.languages = append(c.languages, l)
	}
	l.Name = cmp.Or(l.Name, spec.Name)
	maps.Copy(l.frame, spec.Frame)
	maps.Copy(l.causes, spec.Causes)
	maps.Copy(l.reason, spec.Reasons)
	for id, words := range spec.Rules {
		l.files[id] = file
		if l.rules[id] == nil {
			l.rules[id] = map[string]string{}
		}
		maps.Copy(l.rules[id], words)
	}
	return m.Err()
}

// languageOf finds a language by its code, or nil.
func (c *Catalogue) languageOf(code string) *Language {
	if i := slices.IndexFunc(c.languages, func(l *Language) bool { return l.Code == code }); i >= 0 {
		return c.languages[i]
	}
	return nil
}

// Languages are the codes of all languages, sorted.
func (c *Catalogue) Languages() []string {
	var codes []string
	for _, l := range c.languages {
		codes = append(codes, l.Code)
	}
	slices.Sort(codes)
	return codes
}

// Speaking is the catalogue that speaks another language to customers. A region is left out where only the language is known ("de-AT",
// "de_AT.UTF-8"). It returns nil for a language that there is not.
func (c *Catalogue) Speaking(code string) *Catalogue {
	code = strings.ToLower(code)
	if i := strings.IndexAny(code, "-_.@"); i >= 0 {
		code = code[:i]
	}
	l := c.languageOf(code)
	if l == nil {
		return nil
	}
	other := *c
	other.language = l
	return &other
}

// Language is the one in which the catalogue speaks to customers.
func (c *Catalogue) Language() *Language { return c.language }

// Say writes a phrase of the frame, with its {values} filled in. A phrase that is not there is shown by its key: a reply with a hole would
// be believed.
func (l *Language) Say(key string, values map[string]string) string {
	text, ok := l.frame[key]
	if !ok {
		return "[" + key + "]"
	}
	// At once, so that braces in a value stay what they are.
	return placeholder.ReplaceAllStringFunc(text, func(p string) string {
		if value, ok := values[p[1:len(p)-1]]; ok {
			return value
		}
		return p
	})
}

// Phrases are the keys of the frame, sorted.
func (l *Language) Phrases() []string { return sortedKeys(l.frame) }

// ofRule are the plain words of a rule, or "".
func (l *Language) ofRule(r *Rule, key string) string {
	if l.Code == English {
		if own := l.rules[r.ID][key]; own != "" {
			return own
		}
		return r.Plain[key]
	}
	return l.rules[r.ID][key]
}

// ofReason are the plain words for what could not be decided.
func (l *Language) ofReason(english map[facts.Code]Reason, code facts.Code) string {
	if l.Code == English {
		return english[code].Plain
	}
	return l.reason[code]
}

// ofCause are the plain words of a cause.
func (l *Language) ofCause(c *Cause) string {
	if l.Code == English {
		return c.Plain
	}
	return l.causes[c.ID]
}

// Untranslated lists, for the files named, or all, what a customer cannot be told in one of the languages: a reply with holes, or in two
// languages, reads like a fault of the program.
func (c *Catalogue) Untranslated(files ...string) []Problem {
	var out []Problem
	english := c.languageOf(English)
	for _, l := range c.languages {
		tell := func(file string, line int, says string) {
			if wanted(files, file) {
				out = append(out, Problem{file, line, says})
			}
		}
		if english != nil {
			for _, key := range english.Phrases() {
				if l.frame[key] == "" {
					tell(l.file, 1, "language "+l.Code+" lacks the phrase "+key)
				} else if !samePlaceholders(l.frame[key], english.frame[key]) {
					tell(l.file, 1, "language "+l.Code+": the phrase "+key+" has other {values} than in English")
				}
			}
		}
		for _, r := range c.rules {
			for _, key := range r.plainKeys() {
				if !r.faulty && l.ofRule(r, key) == "" {
					tell(r.File, r.Line, "rule "+r.ID+" has no plain words in "+l.Code+" for "+key)
				}
			}
		}
		for _, r := range c.rules {
			for _, n := range r.Notes {
				if l.Code == English && n.Repair != "" && n.Plain == "" {
					tell(r.File, r.Line, "rule "+r.ID+": a note with repair names no plain words")
				}
			}
		}
		for _, cause := range c.causes {
			if !cause.faulty && l.ofCause(cause) == "" {
				tell(cause.File, cause.Line, "cause "+cause.ID+" has no plain words in "+l.Code)
			}
		}
		for _, code := range facts.Codes() {
			if l.ofReason(c.reasons, code) == "" {
				tell(l.file, 1, "reason "+string(code)+" has no plain words in "+l.Code)
			}
		}
	}
	return out
}

// samePlaceholders tells whether two texts are filled with the same values.
func samePlaceholders(a, b string) bool {
	sorted := func(text string) []string { return slices.Compact(slices.Sorted(slices.Values(placeholders(text)))) }
	return slices.Equal(sorted(a), sorted(b))
}

// linkLanguages checks the translations against the catalogue. What is translated that does not exist is a mistake; what is missing is
// told by lint.
func (c *Catalogue) linkLanguages() error {
	var m strict.Mistakes
	for _, l := range c.languages {
		for _, id := range sortedKeys(l.rules) {
			bad := func(says string) { m.Add(&strict.Error{File: l.files[id], Line: 1, Says: says}) }
			r := c.Rule(id)
			if r == nil {
				bad("there is no rule " + id + c.Suggest(id))
				continue
			}
			for _, key := range sortedKeys(l.rules[id]) {
				known := append(r.plainKeys(), plainOpen)
				if !slices.Contains(known, key) {
					bad("rule " + id + ": nothing uses " + key + strict.Suggest(key, known))
				}
				m.Add(r.checkPlaceholders(l.rules[id][key], func(format string, args ...any) error {
					return &strict.Error{File: l.files[id], Line: 1, Says: fmt.Sprintf("rule "+id+": "+format, args...)}
				}))
			}
		}
	}
	if c.language = c.languageOf(English); c.language == nil {
		c.language = &Language{Code: English}
	}
	return m.Err()
}
