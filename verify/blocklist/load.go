package blocklist

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"mxverdict/verify/facts"
)

// Schema names the format of the table of lists.
const Schema = "mxverdict/lists/1"

// Load reads a table of lists. Every mistake is an error with file and line: an unknown key, a name that two lists claim, a zone that is
// none, a list of which nobody says where it was learned.
func Load(file string, data []byte) ([]*List, error) {
	var table struct {
		Schema string  `yaml:"schema"`
		Lists  []*List `yaml:"lists"`
	}
	strict := yaml.NewDecoder(bytes.NewReader(data))
	strict.KnownFields(true)
	if err := strict.Decode(&table); err != nil {
		return nil, atLine(file, err)
	}
	if err := strict.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s:1: a file holds one table", file)
	}
	if table.Schema != Schema {
		return nil, fmt.Errorf("%s:1: schema must be %s", file, Schema)
	}
	lines, claimed := linesOf(data), map[string]string{}
	for i, l := range table.Lists {
		fault := "a list stands here without anything"
		if l != nil {
			fault = l.fault(claimed)
		}
		if fault != "" {
			return nil, fmt.Errorf("%s:%d: %s", file, lines[i], fault)
		}
	}
	return table.Lists, nil
}

// atLine moves the line of a message of the library to where an editor looks for it.
func atLine(file string, err error) error {
	says := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "yaml: "), "unmarshal errors:\n  ")
	line := 1
	if n, _ := fmt.Sscanf(says, "line %d:", &line); n == 1 {
		_, says, _ = strings.Cut(says, ": ")
	}
	return fmt.Errorf("%s:%d: %s", file, line, says)
}

// linesOf are the lines in which the lists begin. The text was read before, so that it can be read.
func linesOf(data []byte) (lines []int) {
	var table struct {
		Lists []yaml.Node `yaml:"lists"`
	}
	_ = yaml.Unmarshal(data, &table)
	for _, n := range table.Lists {
		lines = append(lines, n.Line)
	}
	return lines
}

var (
	zoneForm     = regexp.MustCompile(`^([a-z0-9_]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$`)
	variableForm = regexp.MustCompile(`^MXVERDICT_[A-Z0-9_]+$`)
	seenForm     = regexp.MustCompile(`^20[0-9]{2}-(0[1-9]|1[0-2])$`)
)

// fault is what is wrong with a list, or "". Names are claimed as they are read.
func (l *List) fault(claimed map[string]string) string {
	scopes := []string{facts.ScopeAddress, facts.ScopeRange, facts.ScopeNetwork, facts.ScopePolicy}
	for _, one := range []struct {
		key, value string
		known      []string
	}{
		{"holds", l.Holds, []string{facts.HoldsAddresses, facts.HoldsNames}},
		{"scope", l.Scope, scopes},
		{"use", l.Use, []string{facts.UseMany, facts.UseFew, facts.UseNone}},
	} {
		if !slices.Contains(one.known, one.value) {
			return fmt.Sprintf("%s of %s is %q and none of %s", one.key, l.Name, one.value, strings.Join(one.known, ", "))
		}
	}
	switch {
	case l.Name == "":
		return "a list has no name"
	case l.Zone != "" && !zoneForm.MatchString(l.Zone):
		return fmt.Sprintf("the zone %q of %s is no name in small letters", l.Zone, l.Name)
	case l.Source == "" || !seenForm.MatchString(l.Seen):
		return l.Name + " does not say who says so, or when that was read (seen: 2026-11)"
	case (l.Use == facts.UseNone) != (l.Closed != ""):
		return l.Name + " has use none, or is closed, and not both"
	case l.many() && l.UsedBy == "":
		return l.Name + " is used by many, and nobody says so (used_by)"
	}
	if fault := l.keyFault(); fault != "" {
		return fault
	}
	for _, c := range l.Codes {
		if !c.Code.Is4() || c.Code.As4()[0] != 127 || c.Means == "" || c.Scope != "" && !slices.Contains(append(scopes, codeNone, codeError), c.Scope) {
			return fmt.Sprintf("the code %v of %s is not in 127.0.0.0/8, or lacks its meaning, or has an unknown scope", c.Code, l.Name)
		}
	}
	for _, s := range l.spellings() {
		if other := claimed[s]; other != "" {
			return fmt.Sprintf("%s and %s are both called %q", other, l.Name, s)
		}
		claimed[s] = l.Name
	}
	return ""
}

// keyFault is what is wrong with the key of a list, or "".
func (l *List) keyFault() string {
	switch k := l.Key; {
	case k == nil:
		return ""
	case !variableForm.MatchString(k.Variable):
		return fmt.Sprintf("the variable %q of %s does not begin with MXVERDICT_", k.Variable, l.Name)
	case k.Kind == KeyLabel && zoneForm.MatchString(k.Zone), k.Kind == KeyPromise && k.Zone == "" && l.Zone != "":
		return ""
	}
	return fmt.Sprintf("the key of %s is neither a label with its zone nor a promise", l.Name)
}
