package rules

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"mxverdict/rules/internal/strict"
	"mxverdict/verify/facts"
)

// This file makes the commands with which the reader of a verdict sees for himself. They are pasted into a shell, often by way of a help
// desk: what came over the wire must not be obeyed there (POSIX.1-2017, Shell Command Language, section 2.2), and what a help desk would
// rewrite must not stand in them.

// eachServerAddress stands in commands only: such a command is given for several name servers that were asked.
const eachServerAddress = "each_server_address"

// keyOfTheReader stands in the name that is asked for at a block list, in place of the key of whoever asks. A command with it would be
// answered as if nothing were listed.
const keyOfTheReader = "your-key"

var (
	// commandTemplate is what may stand in a command beside placeholders: no sign of HTML or of a macro, no mention and no link, which help
	// desks rewrite. An @ is no mention within a word (postmaster@example.com), nor before the address of
	// a name server, which no account has for its name.
	commandTemplate = regexp.MustCompile(`^([A-Za-z0-9 "'$()|\\:=./_,+-]|[A-Za-z0-9]@[A-Za-z0-9])+$`)
	// fillableWord is a word of a template with placeholders: whole words are quoted, so that none may hold quotes of its own.
	fillableWord = regexp.MustCompile(`^[A-Za-z0-9@:=./_-]*$`)

	// commandName is a name, an address or a number. It is wider than what a host name may be (RFC 1123 section 2.1) by the underscore of
	// names for machines (RFC 8552), and does not begin as an option of a program does.
	commandName = regexp.MustCompile(`^[A-Za-z0-9_:][A-Za-z0-9.:_-]{0,254}$`)
	// commandSocket is an IPv6 address with a port (RFC 3986 section 3.2.2).
	commandSocket = regexp.MustCompile(`^\[[0-9A-Fa-f:.]+\]:[0-9]+$`)
	// commandURL is an address of a page at a proper host name and the usual port, without signs that a help desk or curl itself rewrites. A
	// stranger chose it: it must not lead the reader to a device in his own network by its address.
	commandURL = regexp.MustCompile(`^https://([A-Za-z0-9-]+\.)+[A-Za-z][A-Za-z0-9-]+(/[A-Za-z0-9._/?&=%+,;:-]{0,300})?$`)

	// plainWord needs no quotes in a shell.
	plainWord = regexp.MustCompile(`^[A-Za-z0-9@%+=:,./_-]+$`)
)

// checkCommands refuses a command that could not be filled safely, or that a help desk would spoil.
func (r *Rule) checkCommands(at func(string, ...any) error) error {
	var m strict.Mistakes
	for _, c := range r.Commands {
		if without := placeholder.ReplaceAllString(keepServers(c), "x"); !commandTemplate.MatchString(without) {
			m.Add(at("the command %q holds a sign that a help desk rewrites; only letters, digits, blanks and \" ' $ ( ) | \\ : = . / _ , + - may stand there, and @ within a word or before the address of a name server", c))
		}
		for _, word := range strings.Fields(c) {
			if placeholder.MatchString(word) && !fillableWord.MatchString(placeholder.ReplaceAllString(word, "x")) {
				m.Add(at("in the command %q the word %q holds quotes or signs of the shell beside a placeholder; words are quoted when they are filled", c, word))
			}
		}
	}
	return m.Err()
}

// keepServers takes the braces of the servers that are asked out of the way of placeholder, for their sign is allowed only there.
func keepServers(command string) string {
	for _, p := range []string{"server_address", eachServerAddress, "list_server"} {
		command = strings.ReplaceAll(command, "@{"+p+"}", "")
	}
	return command
}

// commands are the rule's commands, those about each server for several of them. No two are the same: where the domain whose record counts
// is the tested one, the commands for both are one.
func (cl *claim) commands(view View, names map[string]string) []string {
	names = cl.commandNames(view, names)
	var out []string
	add := func(command string, names map[string]string) {
		if filled, ok := cl.fillCommand(command, view, names); ok && !slices.Contains(out, filled) {
			out = append(out, filled)
		}
	}
	for _, command := range cl.rule.Commands {
		if !slices.Contains(placeholders(command), eachServerAddress) {
			add(command, names)
			continue
		}
		for _, s := range cl.servers(view) {
			of := maps.Clone(names)
			_, of[eachServerAddress] = server(s)
			add(command, of)
		}
	}
	return out
}

// commandNames are the names that a program understands: without those that stand for something in sentences only.
func (cl *claim) commandNames(view View, names map[string]string) map[string]string {
	names = maps.Clone(names)
	// Of an address without a name there is no name to ask for.
	if names["host"] == names["address"] {
		delete(names, "host")
	}
	// The place of a value that nobody knows is a word for the reader.
	if cl.rule.Place != "" && !cl.rule.atPlace(cl.target) {
		delete(names, "place")
	}
	if slices.Contains(strings.Split(names["entry"], "."), keyOfTheReader) {
		delete(names, "entry")
	}
	return names
}

// fillCommand writes a command for a view. It tells where that cannot be done: a value is not known, or came over the wire with signs that
// a shell, a program or a help desk might obey. A command that is not given costs less than one that is.
func (cl *claim) fillCommand(command string, view View, names map[string]string) (filled string, ok bool) {
	words := strings.Split(command, " ")
	for i, word := range words {
		if !placeholder.MatchString(word) {
			continue
		}
		if words[i], ok = fillWord(word, func(p string) (string, bool) { return cl.commandValue(p, command, view, names) }); !ok {
			return "", false
		}
	}
	return strings.Join(words, " "), true
}

// fillWord fills the placeholders of a word and quotes it for the shell.
func fillWord(word string, value func(placeholder string) (string, bool)) (quoted string, ok bool) {
	ok = true
	filled := placeholder.ReplaceAllStringFunc(word, func(p string) string {
		text, known := value(p[1 : len(p)-1])
		ok = ok && known && fits(word, p, text)
		return text
	})
	return quote(filled), ok
}

// fits tells whether a value may stand where a placeholder does.
func fits(word, p, value string) bool {
	switch {
	case word == p && commandURL.MatchString(value):
		return true
	case commandSocket.MatchString(value):
		return p == "{socket}"
	// Beside a colon an IPv6 address would be read otherwise (RFC 3986 section 3.2.2).
	case strings.Contains(value, ":") && p != "{socket}" && (strings.Contains(word, "://") || strings.Contains(word, p+":")):
		return false
	}
	return commandName.MatchString(value)
}

// quote makes one word of a text in a POSIX shell: between single quotes nothing is special but their end.
func quote(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// commandValue is what a placeholder stands for: a name, a parameter or a fact, of a list the name at its beginning.
func (cl *claim) commandValue(p, command string, view View, names map[string]string) (string, bool) {
	if name, ok := names[p]; ok {
		return name, name != ""
	}
	if parameter, ok := view.Parameters[p]; ok && parameter.Value.Kind() != facts.None {
		return parameter.Value.String(), true
	}
	f, _ := view.Set.Get(facts.Name(p), view.Subjects...)
	text := f.Value.Text()
	if list := f.Value.List(); len(list) > 0 {
		text, _, _ = strings.Cut(list[0], " ") // a name stands first, and then what is said of it
	}
	// The record that counts may be that of a domain above, of which the servers of the zone need not know anything.
	if strings.Contains(command, "@{server_address}") && !cl.inServedZone(text, view) {
		return "", false
	}
	return text, text != ""
}

// inServedZone tells whether a name lies in the zone whose servers the commands ask.
func (cl *claim) inServedZone(name string, view View) bool {
	servers := cl.servers(view)
	return len(servers) > 0 && (name == servers[0].Name || strings.HasSuffix(name, "."+servers[0].Name) || servers[0].Name == ".")
}
