package rules

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"mxverdict/rules/internal/strict"
	"mxverdict/verify/facts"
)

// English is the language in which the catalogue is written.
const English = "en"

// Language is one of the languages of the reply: the frame around the plain sentences, and these themselves where they are not English.
type Language struct {
	Code string // as in RFC 5646, such as "de"
	Name string // as its speakers call it

	files  []Source // in the order of loading
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

// languageCode is a language without its region (RFC 5646 section 2.2.1): one for all who speak it.
var languageCode = regexp.MustCompile(`^[a-z]{2,3}$`)

// loadLanguage reads one language. A second file of the same language adds to the first: whoever has rules of his own translates them
// in a file of his own.
func (c *Catalogue) loadLanguage(file string, data []byte) error {
	var spec languageFile
	var m strict.Mistakes
	shaped := !m.Add(strict.Decode(file, data, &spec))
	switch {
	case spec.Schema != languageSchema && (shaped || spec.Schema != ""):
		return &strict.Error{File: file, Line: 1, Says: "schema must be " + languageSchema}
	case shaped && !languageCode.MatchString(spec.Language):
		m.Add(&strict.Error{File: file, Line: 1, Says: "language is needed in two or three small letters, such as de"})
	}
	l := c.languageOf(spec.Language)
	if l == nil {
		l = &Language{Code: spec.Language, frame: map[string]string{}, rules: map[string]map[string]string{},
			causes: map[string]string{}, reason: map[facts.Code]string{}}
		c.languages = append(c.languages, l)
	}
	l.Name = cmp.Or(l.Name, spec.Name)
	l.files = append(l.files, Source{Name: file, Data: data})
	maps.Copy(l.frame, spec.Frame)
	maps.Copy(l.causes, spec.Causes)
	maps.Copy(l.reason, spec.Reasons)
	for id, words := range spec.Rules {
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
					tell(l.file(), 1, "language "+l.Code+" lacks the phrase "+key)
				} else if !samePlaceholders(l.frame[key], english.frame[key]) {
					file, line := l.place("frame", key)
					tell(file, line, "language "+l.Code+": the phrase "+key+" has other {values} than in English")
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
				tell(l.file(), 1, "reason "+string(code)+" has no plain words in "+l.Code)
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

// file is the one in which a language begins.
func (l *Language) file() string { return l.files[0].Name }

// place is where something stands in the files of a language: the last of them that has it, since that one counts. It is read again for
// that, because few who load a language want to know.
func (l *Language) place(path ...string) (file string, line int) {
	for _, source := range slices.Backward(l.files) {
		var document yaml.Node
		if yaml.Unmarshal(source.Data, &document) != nil || len(document.Content) == 0 {
			continue
		}
		if at := below(document.Content[0], path); at != nil {
			return source.Name, at.Line
		}
	}
	return l.file(), 1
}

// below is the key at the end of a path of keys, or nil.
func below(node *yaml.Node, path []string) *yaml.Node {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if key := node.Content[i]; key.Value == path[0] && len(path) == 1 {
			return key
		} else if key.Value == path[0] {
			return below(node.Content[i+1], path[1:])
		}
	}
	return nil
}

// linkLanguages checks the translations against the catalogue. What is translated that does not exist is a mistake; what is missing is
// told by lint.
func (c *Catalogue) linkLanguages() error {
	var m strict.Mistakes
	for _, l := range c.languages {
		at := func(path ...string) func(string, ...any) error {
			return func(format string, args ...any) error {
				file, line := l.place(path...)
				if len(c.overridden) > 0 && isShipped(file) {
					return nil // it speaks of what stood in a file that the user has put his own in the place of
				}
				return &strict.Error{File: file, Line: line, Says: fmt.Sprintf(format, args...)}
			}
		}
		m.Add(c.linkWords(l, at))
		for _, id := range sortedKeys(l.causes) {
			i := slices.IndexFunc(c.causes, func(cause *Cause) bool { return cause.ID == id })
			if i < 0 {
				m.Add(at("causes", id)("there is no cause %s", id))
				continue
			}
			m.Add(c.causes[i].checkPlaceholders(l.causes[id], at("causes", id)))
		}
		for _, code := range slices.Sorted(maps.Keys(l.reason)) {
			if !slices.Contains(facts.Codes(), code) {
				m.Add(at("reasons", string(code))("there is no reason %s", code))
			}
		}
		if english := c.languageOf(English); english != nil && l != english {
			for _, key := range l.Phrases() {
				if _, known := english.frame[key]; !known {
					m.Add(at("frame", key)("nothing uses the phrase %s%s", key, strict.Suggest(key, english.Phrases())))
				}
			}
		}
	}
	if c.language = c.languageOf(English); c.language == nil {
		c.language = &Language{Code: English}
	}
	return m.Err()
}

// linkWords checks the words of rules in a language.
func (c *Catalogue) linkWords(l *Language, at func(...string) func(string, ...any) error) error {
	var m strict.Mistakes
	for _, id := range sortedKeys(l.rules) {
		r := c.Rule(id)
		if r == nil {
			m.Add(at("rules", id)("there is no rule %s%s", id, c.Suggest(id)))
			continue
		}
		for _, key := range sortedKeys(l.rules[id]) {
			here := at("rules", id, key)
			if known := r.plainKnown(); !slices.Contains(known, key) {
				m.Add(here("rule %s: nothing uses %s%s", id, key, strict.Suggest(key, known)))
			}
			m.Add(r.checkPlaceholders(l.rules[id][key], func(format string, args ...any) error {
				return here("rule "+id+": "+format, args...)
			}))
		}
	}
	return m.Err()
}
