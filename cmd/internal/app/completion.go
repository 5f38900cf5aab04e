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
	words := joined(c.Args().Slice())
	if len(words) == 0 {
		words = []string{""}
	}
	for _, line := range p.candidates(words[:len(words)-1], words[len(words)-1]) {
		fmt.Fprintln(p.stdout, line)
	}
	return nil
}

// joined puts a flag and its value together that bash took apart at the equals sign.
func joined(words []string) []string {
	var all []string
	for i := 0; i < len(words); i++ {
		if words[i] == "=" && len(all) > 0 && strings.HasPrefix(all[len(all)-1], "--") {
			all[len(all)-1] += "="
			if i++; i < len(words) {
				all = append(all, words[i])
			}
			continue
		}
		all = append(all, words[i])
	}
	return all
}

// candidates are the lines to print for the words before the cursor and the one at it.
func (p *program) candidates(before []string, word string) []string {
	app := p.commands()
	commands, command, isDefault := app.Commands, find(app.Commands, []string{"verify"}), true
	if len(before) > 0 && before[0] == "help" {
		before, commands = before[1:], app.Commands
	}
	for sub := find(commands, before); sub != nil; sub = find(commands, before) {
		command, commands, before, isDefault = sub, sub.Subcommands, before[1:], false
	}
	if n := len(before); n > 0 && slices.Index(before, "--") < 0 {
		if last := strings.TrimSuffix(before[n-1], "="); takesValue(command.Flags, last) && !isValue(command.Flags, before) {
			return p.values(placeholder(flagOf(command.Flags, last).(documented)), "", word)
		}
	}
	switch name, value, hasValue := strings.Cut(word, "="); {
	case strings.HasPrefix(word, "-") && hasValue:
		if f, ok := flagOf(command.Flags, name).(documented); ok && f.TakesValue() {
			return p.values(placeholder(f), name+"=", value)
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
	if isDefault || len(commands) == 0 {
		lines = append(lines, p.values(command.ArgsUsage, "", word)...)
	}
	return orNothing(lines)
}

// isValue tells whether the last of some words is the value of the flag before it.
func isValue(flags []cli.Flag, words []string) bool {
	value := false
	for _, word := range words {
		value = !value && takesValue(flags, word)
	}
	return !value
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
		lines = offer(lines, word, "--"+f.Names()[0], meaning(d, c.Name))
		for _, name := range f.Names()[1:] {
			if len(name) == 1 && word == "-"+name {
				lines = offer(lines, word, "-"+name, meaning(d, c.Name))
			}
		}
	}
	return offer(lines, word, "--help", "what the command does, and its flags")
}

// values are what can stand where the manual has a placeholder: words that it lists, files, folders, IDs.
func (p *program) values(placeholder, prefix, word string) []string {
	var lines []string
	for what := range strings.SplitSeq(strings.Trim(placeholder, "[]…"), "|") {
		switch what {
		case "FILE", "PATH":
			lines = append(lines, completeFiles)
		case "DIR":
			lines = append(lines, completeFolders)
		case "ID":
			lines = append(lines, p.ids(word)...)
		default:
			if strings.ToLower(what) == what && what != "" {
				lines = offer(lines, word, what, "")
			}
		}
	}
	for i, line := range lines {
		if !strings.HasPrefix(line, ":") {
			lines[i] = prefix + line
		}
	}
	return orNothing(lines)
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
