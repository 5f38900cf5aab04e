package blocklist

import (
	"fmt"
	"regexp"
	"strings"

	"mxverdict/verify/evidence"
)

// This file keeps the keys of lists out of everything that is kept: questions are thought of with a placeholder, and the key stands in its
// place on the wire only.

// Placeholder stands for a key in names. A command that shows it tells its reader what to put there.
const Placeholder = "your-key"

// Keys are what the user gave, by variable.
type Keys map[string]string

var keyForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

// NewKeys reads the keys out of the environment. A key that can be no label of a name is an error, which does not say it.
func NewKeys(getenv func(string) string) (Keys, error) {
	keys := Keys{}
	for _, name := range Variables() {
		switch key := strings.TrimSpace(getenv(name)); {
		case key == "":
		case !keyForm.MatchString(key):
			return nil, fmt.Errorf("blocklist: what %s holds can be no label of a name", name)
		default:
			keys[name] = key
		}
	}
	return keys, nil
}

// Has are the variables that hold something.
func (k Keys) Has() (names []string) {
	for _, name := range Variables() {
		if k[name] != "" {
			names = append(names, name)
		}
	}
	return names
}

// Open returns the name that goes on the wire for a name with the placeholder, and the key in it; any other name as it is.
func (k Keys) Open(name string) (wire, key string) {
	for _, l := range Lists() {
		if l.Key == nil || l.Key.Kind != KeyLabel {
			continue
		}
		if before, found := strings.CutSuffix(name, Placeholder+"."+l.Key.Zone); found && k[l.Key.Variable] != "" {
			key = k[l.Key.Variable]
			return before + key + "." + l.Key.Zone, key
		}
	}
	return name, ""
}

// Hide puts the placeholder in the place of a key wherever an exchange holds it, in whichever letters: servers write names as they like.
func Hide(x evidence.Exchange, key string) evidence.Exchange {
	hidden := regexp.MustCompile(`(?i)` + regexp.QuoteMeta(key))
	hide := func(s string) string { return hidden.ReplaceAllLiteralString(s, Placeholder) }
	all := func(list []string) []string {
		clean := make([]string, len(list)) // what came may be shared
		for i, s := range list {
			clean[i] = hide(s)
		}
		return clean
	}
	x.Name, x.EDE, x.ServerName = hide(x.Name), hide(x.EDE), hide(x.ServerName)
	x.Answer, x.Authority, x.Additional = all(x.Answer), all(x.Authority), all(x.Additional)
	if x.Failure != nil {
		f := *x.Failure
		f.Detail = hide(f.Detail)
		x.Failure = &f
	}
	return x
}
