package app

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"mxverdict/rules"
)

// call is a command line, taken apart: the words that name the command, its flags with their values, and its arguments.
type call struct {
	command   *cli.Command // nil for the program itself
	path      []string
	flags     []string
	arguments []string
	wants     string // "help" or "version" of what is named, instead of its work
}

// args is the order that cli understands.
func (c call) args() []string { return slices.Concat(c.path, c.flags, c.arguments) }

// name is how the command is typed.
func (c call) name() string { return strings.Join(append([]string{"mxverdict"}, c.path[1:]...), " ") }

// arrange brings arguments into the order that cli understands: the default command is put in where none is named, and
// flags that stand after arguments are moved before them, because cli would silently take them for arguments.
// A flag that lacks its value is an error.
func arrange(app *cli.App, args []string) (call, error) {
	if len(args) == 0 {
		return call{path: []string{app.Name}, wants: "help"}, nil
	}
	c, rest := call{path: args[:1:1]}, args[1:]
	// These are of the program itself, and not of its default command.
	if len(rest) > 0 && rest[0] == "help" {
		return helpFor(app, c, rest[1:])
	}
	if len(rest) > 0 {
		if c.wants = ofProgram[rest[0]]; c.wants != "" {
			return c, nil
		}
	}
	c.command = find(app.Commands, rest)
	if c.command == nil {
		c.command = find(app.Commands, []string{"verify"})
		c.path = append(c.path, "verify")
	} else {
		c.path, rest = append(c.path, rest[0]), rest[1:]
	}
	if c.command.SkipFlagParsing {
		c.arguments = rest
		return c, nil
	}
	for sub := find(c.command.Subcommands, rest); sub != nil; sub = find(c.command.Subcommands, rest) {
		c.command = sub
		c.path, rest = append(c.path, rest[0]), rest[1:]
	}
	var missing string
	if c.flags, c.arguments, missing = separate(c.command.Flags, rest); slices.Contains(named(c.command.Flags, c.flags), "help") {
		c.wants = "help"
		return c, nil
	}
	if missing != "" {
		return c, usage("See: "+c.name()+" --help", "%s needs a value", missing)
	}
	return c, nil
}

// ofProgram are the first words that ask something of the program itself.
var ofProgram = map[string]string{"-h": "help", "-help": "help", "--help": "help", "-V": "version", "-version": "version", "--version": "version"}

// helpFor reads `help COMMAND`.
func helpFor(app *cli.App, c call, words []string) (call, error) {
	c.wants = "help"
	commands := app.Commands
	for _, word := range words {
		sub := find(commands, []string{word})
		if sub == nil {
			hints := []string{"See: " + c.name() + " --help"}
			if near := rules.Nearest(word, names(commands)); near != "" {
				hints = append([]string{"Did you mean: " + c.name() + " " + near + " --help"}, hints...)
			}
			return c, usageHints(hints, "there is no command %q", word)
		}
		c.command, commands = sub, sub.Subcommands
		c.path = append(c.path, word)
	}
	return c, nil
}

// names are those of commands that a person calls.
func names(commands []*cli.Command) []string {
	var all []string
	for _, c := range visible(commands) {
		all = append(all, c.Name)
	}
	return all
}

// find is the command that the first argument names, or nil: a file may have any name, and is read by the default command.
func find(commands []*cli.Command, args []string) *cli.Command {
	if len(args) == 0 {
		return nil
	}
	i := slices.IndexFunc(commands, func(c *cli.Command) bool { return c.HasName(args[0]) })
	if i < 0 {
		return nil
	}
	return commands[i]
}

// separate splits flags with their values from arguments. Everything behind "--" is an argument; "-" is one too. A flag at the end that
// lacks its value is told.
func separate(flags []cli.Flag, args []string) (flagged, arguments []string, missing string) {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			return flagged, slices.Concat(arguments, []string{"--"}, args[i+1:]), ""
		case arg == "-" || !strings.HasPrefix(arg, "-"):
			arguments = append(arguments, arg)
		default:
			flagged = append(flagged, arg)
			if !takesValue(flags, arg) {
				continue
			}
			if i++; i == len(args) {
				missing = arg
				break
			}
			flagged = append(flagged, args[i])
		}
	}
	if len(arguments) > 0 {
		arguments = append([]string{"--"}, arguments...)
	}
	return flagged, arguments, missing
}

// takesValue tells whether the word behind a flag is its value. Of a flag that does not exist it is not: cli is to complain of the
// flag, and not of the word.
func takesValue(flags []cli.Flag, arg string) bool {
	f := flagOf(flags, arg)
	if f == nil || strings.Contains(arg, "=") {
		return false
	}
	_, isBool := f.(*cli.BoolFlag)
	return !isBool
}

// flagOf is the flag that a word gives, with its value or without it, or nil.
func flagOf(flags []cli.Flag, arg string) cli.Flag {
	name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
	i := slices.IndexFunc(flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), name) })
	if i < 0 || !strings.HasPrefix(arg, "-") {
		return nil
	}
	return flags[i]
}

// named lists the flags that stand among words, which are flags and their values, by their first names. Help is one of every command.
func named(flags []cli.Flag, words []string) []string {
	var found []string
	for i := 0; i < len(words); i++ {
		f := flagOf(flags, words[i])
		switch {
		case f != nil:
			found = append(found, f.Names()[0])
		case ofProgram[words[i]] == "help":
			found = append(found, "help")
		}
		if takesValue(flags, words[i]) {
			i++
		}
	}
	return found
}
