package app

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// The scripts ask the program itself what may stand at the cursor, so that they never grow old: `mxverdict __complete WORD…` gets the
// words up to the cursor, the last of which may be unfinished or empty, and prints a line for each candidate, with what it means
// behind a tab. A line with a colon in front is an order: complete files, folders, or nothing at all.

//go:embed completion
var completionScripts embed.FS

const (
	completeFiles   = ":files"
	completeFolders = ":folders"
	completeNothing = ":nothing"
)

// completion prints the script for a shell.
func (p *program) completion(c *cli.Context) error {
	shell := c.Args().First()
	script, err := completionScripts.ReadFile("completion/mxverdict." + shell)
	if c.NArg() != 1 || err != nil {
		return usage("Such as: mxverdict completion bash", "completion needs the name of a shell: %s", strings.ReplaceAll(c.Command.ArgsUsage, "|", ", "))
	}
	_, err = p.stdout.Write(script)
	return err
}

// complete answers the scripts.
func (p *program) complete(c *cli.Context) error {
	words := withoutEquals(c.Args().Slice())
	if len(words) == 0 {
		words = []string{""}
	}
	for _, line := range p.candidates(words[:len(words)-1], words[len(words)-1]) {
		fmt.Fprintln(p.stdout, line)
	}
	return nil
}

// withoutEquals takes out the equals sign at which bash takes a flag and its value apart: what is left is the other way to give a value.
func withoutEquals(words []string) []string {
	var all []string
	for i, word := range words {
		if word != "=" || i == 0 || !strings.HasPrefix(words[i-1], "--") {
			all = append(all, word)
		} else if i == len(words)-1 {
			all = append(all, "")
		}
	}
	return all
}

// candidates are the lines to print for the words before the cursor and the one at it.
func (p *program) candidates(before []string, word string) []string {
	command, before, commands := p.commandAt(before)
	if f := awaiting(command.Flags, before); f != nil {
		return orNothing(p.values(placeholder(f), "", word))
	}
	switch name, value, hasValue := strings.Cut(word, "="); {
	case strings.HasPrefix(word, "-") && hasValue:
		if f, ok := flagOf(command.Flags, name).(documented); ok && f.TakesValue() {
			return orNothing(p.values(placeholder(f), name+"=", value))
		}
		return []string{completeNothing}
	case strings.HasPrefix(word, "-"):
		return orNothing(flagCandidates(command, before, word))
	}
	var lines []string
	if len(before) == 0 {
		for _, c := range visible(commands) {
			lines = offer(lines, word, c.Name, c.Usage)
		}
	}
	return orNothing(append(lines, p.values(command.ArgsUsage, "", word)...))
}

// commandAt is the command that words name, the words behind its name, and the commands that could stand there. Behind `help` stand only
// commands.
func (p *program) commandAt(words []string) (command *cli.Command, rest []string, commands []*cli.Command) {
	app := p.commands()
	command, commands = find(app.Commands, []string{"verify"}), app.Commands
	if len(words) > 0 && words[0] == "help" {
		command, words = &cli.Command{}, words[1:]
	}
	for sub := find(commands, words); sub != nil; sub = find(commands, words) {
		command, commands, words = sub, sub.Subcommands, words[1:]
	}
	return command, words, commands
}

// awaiting is the flag whose value comes behind some words, or nil.
func awaiting(flags []cli.Flag, words []string) documented {
	var waits documented
	for _, word := range words {
		if waits == nil && word == "--" {
			return nil
		}
		if d, ok := flagOf(flags, word).(documented); ok && waits == nil && takesValue(flags, word) {
			waits = d
		} else {
			waits = nil
		}
	}
	return waits
}

// flagCandidates are the flags that begin like a word and are not given yet; those that may be given again are offered again.
func flagCandidates(c *cli.Command, before []string, word string) []string {
	var lines []string
	given := named(c.Flags, before)
	for _, f := range c.Flags {
		_, again := f.(*cli.StringSliceFlag)
		d, ok := f.(documented)
		if !ok || !again && slices.Contains(given, f.Names()[0]) {
			continue
		}
		for i, name := range f.Names() {
			if i == 0 || dashed(name) == word { // one of the names is enough, unless it is another that was typed
				lines = offer(lines, word, dashed(name), meaning(d, c.Name))
			}
		}
	}
	return offer(lines, word, "--help", "what the command does, and its flags")
}

// values are what can stand where the manual has a placeholder: words that it lists, files, folders, IDs.
func (p *program) values(placeholder, prefix, word string) []string {
	var lines []string
	for _, what := range strings.FieldsFunc(strings.Trim(placeholder, "[]…"), func(r rune) bool { return r == '|' || r == ' ' }) {
		switch what {
		case "FILE", "PATH":
			lines = append(lines, completeFiles)
		case "DIR", "OLD", "NEW":
			lines = append(lines, completeFolders)
		case "ID":
			lines = append(lines, p.ids(word)...)
		case "LANG":
			lines = append(lines, p.languages(word)...)
		default:
			if strings.ToLower(what) == what {
				lines = offer(lines, word, what, "")
			}
		}
	}
	for i, line := range lines {
		if !strings.HasPrefix(line, ":") {
			lines[i] = prefix + line
		}
	}
	return lines
}

// ids are those of the rules and causes. A catalogue that cannot be loaded has none: this is no place to complain.
func (p *program) ids(word string) []string {
	catalogue, err := p.env.LoadRules(nil)
	if err != nil {
		return nil
	}
	var lines []string
	for _, r := range catalogue.Rules() {
		lines = offer(lines, word, r.ID, r.About)
	}
	for _, cause := range catalogue.Causes() {
		lines = offer(lines, word, cause.ID, cause.About)
	}
	return lines
}

// languages are those of the reply.
func (p *program) languages(word string) []string {
	catalogue, err := p.env.LoadRules(nil)
	if err != nil {
		return nil
	}
	var lines []string
	for _, code := range catalogue.Languages() {
		lines = offer(lines, word, code, "")
	}
	return lines
}

// offer adds a candidate if it begins like the word.
func offer(lines []string, word, candidate, means string) []string {
	if !strings.HasPrefix(candidate, word) {
		return lines
	}
	if means != "" {
		candidate += "\t" + means
	}
	return append(lines, candidate)
}

// orNothing is the order to complete nothing, where there is nothing.
func orNothing(lines []string) []string {
	if len(lines) == 0 {
		return []string{completeNothing}
	}
	return lines
}
