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

// Names that a sentence may use beside parameters and facts.
var namePlaceholders = []string{"subject", "target", "host", "address", "port", "socket", "zone", "server", "server_address", "reporter", "clocks"}

// eachServerAddress stands in commands only: such a command is given for several name servers that were asked.
const eachServerAddress = "each_server_address"

var placeholder = regexp.MustCompile(`\{([a-z][a-z0-9._]*)\}`)

func placeholders(text string) []string {
	var names []string
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	return names
}

// checkTemplates refuses a placeholder that nothing would ever fill.
func (r *Rule) checkTemplates(at func(string, ...any) error) error {
	known := slices.Concat(namePlaceholders, factNames(), sortedKeys(r.Parameters), []string{patienceParameter})
	for _, text := range r.texts() {
		for _, p := range placeholders(text) {
			if !slices.Contains(known, p) && (p != eachServerAddress || !slices.Contains(r.Commands, text)) {
				return at("unknown placeholder {%s}%s", p, strict.Suggest(p, known))
			}
		}
	}
	return nil
}

// fill writes a sentence for a view. What is unknown is said to be unknown.
func fill(text string, v View, names map[string]string) string {
	return placeholder.ReplaceAllStringFunc(text, func(p string) string {
		key := p[1 : len(p)-1]
		if name, ok := names[key]; ok {
			return name
		}
		if parameter, ok := v.Parameters[key]; ok && parameter.Value.Kind() != facts.None {
			return parameter.Value.String()
		}
		if f, _ := v.Set.Get(facts.Name(key), v.Subjects...); f.Known() {
			if f.AtLeast {
				return "at least " + f.Value.String()
			}
			return f.Value.String()
		}
		return "(unknown)"
	})
}

// commandSafe is what a name must be to stand in a command that people paste into a shell.
var commandSafe = regexp.MustCompile(`^\[?[A-Za-z0-9:][A-Za-z0-9.:_-]*(\]:[0-9]+)?$`)

// fillCommands writes the commands for a view. A command is left out where a name that it needs is missing, or came over
// the wire with characters that a shell might obey.
func fillCommands(commands []string, v View, names map[string]string) []string {
	var out []string
	for _, c := range commands {
		safe := !slices.ContainsFunc(placeholders(c), func(p string) bool {
			text := names[p]
			if parameter, ok := v.Parameters[p]; ok && text == "" {
				text = parameter.Value.String()
			}
			return !commandSafe.MatchString(text)
		})
		if safe {
			out = append(out, strings.TrimSpace(fill(c, v, names)))
		}
	}
	return out
}
