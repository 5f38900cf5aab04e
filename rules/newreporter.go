package rules

import (
	_ "embed"
	"errors"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"
)

// skeleton is a reporter file with every key in it and a line about each. It loads as it stands, and with all its lines switched on.
//
//go:embed skeleton/reporter.yaml
var skeleton string

// What the skeleton calls its reporter.
const skeletonID, skeletonName = "example-check", "Example Check"

// maxName is how long the name of a reporter may be, in bytes: it stands in the middle of sentences.
const maxName = 60

// ReporterID makes the ID of a reporter out of its name: "Zone Watch 2" is zone-watch-2. A letter beyond a to z is refused and not
// left out, for what is left would be a word that nobody chose.
func ReporterID(name string) (string, error) {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.IsControl(r):
			return "", errors.New("a name is one line without control characters")
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
			return "", errors.New("an ID has the letters a to z and digits only")
		default:
			b.WriteByte(' ')
		}
	}
	switch id := strings.Join(strings.Fields(b.String()), "-"); {
	case id == "":
		return "", errors.New("an ID needs a letter or a digit")
	case len(name) > maxName:
		return "", errors.New("the name is too long")
	default:
		return id, nil
	}
}

// NewReporter is the file of a reporter of which nothing is known yet but its name. The ID is one of ReporterID.
func NewReporter(id, name string) (string, error) {
	text := skeleton
	for _, key := range []struct{ is, was, becomes string }{{"id: ", skeletonID, id}, {"name: ", skeletonName, name}} {
		quoted, err := yaml.Marshal(key.becomes) // which quotes what YAML would take for something else: null, 1e3
		if err != nil {
			return "", err
		}
		text = strings.Replace(text, key.is+key.was, key.is+strings.TrimSpace(string(quoted)), 1)
	}
	return text, nil
}

// KnownReporter returns the ID, name and file of the reporter with an ID, or with one that differs in its hyphens only.
func (c *Catalogue) KnownReporter(id string) (known, name, file string, ok bool) {
	bare := func(s string) string { return strings.ReplaceAll(s, "-", "") }
	for _, r := range c.reporters {
		if bare(r.ID) == bare(id) {
			return r.ID, r.Name, r.File, true
		}
	}
	return "", "", "", false
}
