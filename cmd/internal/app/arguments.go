package app

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// arrange brings arguments into the order that cli understands: the default command is put in where none is named, and
// flags that stand after arguments are moved before them, because cli would silently take them for arguments.
// A flag that lacks its value is an error.
func arrange(app *cli.App, args []string) ([]string, error) {
	if len(args) == 0 {
		return []string{app.Name}, nil
	}
	rest := args[1:]
	// These two are of the program itself, and not of its default command.
	if len(rest) > 0 && slices.Contains([]string{"-h", "--help", "-help", "-v", "--version", "-version"}, rest[0]) {
		return args, nil
	}
	if len(rest) > 0 && rest[0] == "help" {
		return slices.Concat(args[:1], rest[1:], []string{"--help"}), nil
	}
	path := args[:1:1]
	command := find(app.Commands, rest)
	if command == nil {
		command = find(app.Commands, []string{"verify"})
		path = append(path, "verify")
	} else {
		path, rest = append(path, rest[0]), rest[1:]
	}
	for sub := find(command.Subcommands, rest); sub != nil; sub = find(command.Subcommands, rest) {
		command = sub
		path, rest = append(path, rest[0]), rest[1:]
	}
	flags, arguments := separate(command.Flags, rest)
	if n := len(flags); n > 0 && takesValue(command.Flags, flags[n-1]) && (n < 2 || !takesValue(command.Flags, flags[n-2])) {
		return nil, usage("See: mxverdict "+strings.Join(path[1:], " ")+" --help", "%s needs a value", flags[n-1])
	}
	return slices.Concat(path, flags, arguments), nil
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

// separate splits flags with their values from arguments. Everything behind "--" is an argument; "-" is one too.
func separate(flags []cli.Flag, args []string) (flagged, arguments []string) {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			return flagged, slices.Concat(arguments, []string{"--"}, args[i+1:])
		case arg == "-" || !strings.HasPrefix(arg, "-"):
			arguments = append(arguments, arg)
		default:
			flagged = append(flagged, arg)
			if takesValue(flags, arg) && i+1 < len(args) {
				i++
				flagged = append(flagged, args[i])
			}
		}
	}
	if len(arguments) > 0 {
		arguments = append([]string{"--"}, arguments...)
	}
	return flagged, arguments
}

// takesValue tells whether the word behind a flag is its value. Of a flag that does not exist it is not: cli is to complain of the
// flag, and not of the word.
func takesValue(flags []cli.Flag, arg string) bool {
	name := strings.TrimLeft(arg, "-")
	if strings.Contains(name, "=") {
		return false
	}
	i := slices.IndexFunc(flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), name) })
	if i < 0 {
		return false
	}
	_, isBool := flags[i].(*cli.BoolFlag)
	return !isBool
}
