package app

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"mxverdict/cmd/internal/render"
)

// What there is to say about the commands and their flags, once: help.go writes it for a terminal, man.go as a manual page, and
// completion.go takes from it what may stand where.

// section is a part of the manual.
type section struct {
	title    string
	lines    []string // as they are typed
	prose    []string // a paragraph each
	items    []item
	examples []example
}

// item is a word with its meaning.
type item struct{ term, means string }

// example is a command with what it is good for. The command is never folded.
type example struct{ does, command string }

// The groups of flags, in the order in which they are shown; a flag without one comes last.
const (
	groupMost    = "Needed most"
	groupTested  = "What is tested"
	groupTime    = "How long it takes"
	groupNetwork = "Network"
	groupOutput  = "Output"
	groupRules   = "Rules"
	groupOther   = ""
)

var groups = []string{groupMost, groupTested, groupTime, groupNetwork, groupOutput, groupRules, groupOther}

// manual describes the program, in short: what a newcomer needs.
func manual(app *cli.App) []section {
	commands := section{title: "Commands"}
	for _, c := range visible(app.Commands) {
		commands.items = append(commands.items, item{c.Name, c.Usage})
	}
	return []section{
		{lines: []string{"mxverdict - " + app.Usage}},
		{title: "Usage", lines: strings.Split(app.UsageText, "\n")},
		{prose: strings.Split(app.Description, "\n")},
		{title: "Examples", examples: examples()[""]},
		{title: "Options needed most (all: mxverdict verify --help)", items: flagItems(find(app.Commands, []string{"verify"}), groupMost)},
		commands,
		settingsSection(),
		exitSection(),
		{prose: []string{"More about a command: mxverdict COMMAND --help"}},
	}
}

// manualOf describes one command, named as it is typed.
func manualOf(c *cli.Command, name string) []section {
	sections := []section{{lines: []string{name + " - " + c.Usage}}, {title: "Usage", lines: []string{synopsis(c, name)}}}
	if c.Description != "" {
		sections = append(sections, section{prose: strings.Split(c.Description, "\n")})
	}
	commands := section{title: "Commands"}
	for _, sub := range visible(c.Subcommands) {
		commands.items = append(commands.items, item{strings.TrimSpace(sub.Name + " " + sub.ArgsUsage), sub.Usage})
	}
	if len(commands.items) > 0 {
		sections = append(sections, commands)
	}
	return slices.Concat(sections, examplesOf(name), flagSections(c), formatSection(c))
}

// formatSection says what the formats are, where one can be chosen.
func formatSection(c *cli.Command) []section {
	if flagOf(c.Flags, "--format") == nil {
		return nil
	}
	formats := section{title: "Formats"}
	for _, f := range formatsOf(c.Name) {
		formats.items = append(formats.items, item{f.Name, f.About})
	}
	return []section{formats}
}

// formatsOf are the formats of a command.
func formatsOf(command string) []render.Format {
	if command == "diff" {
		return render.ComparisonFormats()
	}
	return render.Formats()
}

// synopsis is a command with what may stand behind it.
func synopsis(c *cli.Command, name string) string {
	if name == "mxverdict verify" {
		name = "mxverdict [verify]" // the default command
	}
	if len(c.Subcommands) > 0 {
		name += " COMMAND"
	}
	if len(c.Flags) > 0 {
		name += " [options]"
	}
	return strings.TrimSpace(name + " " + c.ArgsUsage)
}

// examplesOf is the section of a command's examples, if it has any.
func examplesOf(name string) []section {
	list := examples()[strings.TrimPrefix(name, "mxverdict ")]
	if len(list) == 0 {
		return nil
	}
	return []section{{title: "Examples", examples: list}}
}

// visible leaves out what only programs call.
func visible(commands []*cli.Command) []*cli.Command {
	return slices.DeleteFunc(slices.Clone(commands), func(c *cli.Command) bool { return c.Hidden })
}

// few flags need no groups.
const few = 5

// flagSections lists the flags of a command by their groups.
func flagSections(c *cli.Command) []section {
	var sections []section
	all := section{title: "Options"}
	for _, group := range groups {
		if items := flagItems(c, group); len(items) > 0 {
			sections = append(sections, section{title: cmp.Or(group, "Further options"), items: items})
			all.items = append(all.items, items...)
		}
	}
	if n := len(all.items); n > 0 && n <= few {
		return []section{all}
	}
	return sections
}

// flagItems lists the flags of one group as they are typed, with what they mean.
func flagItems(c *cli.Command, group string) []item {
	var items []item
	for _, f := range c.Flags {
		if d, ok := f.(documented); ok && d.GetCategory() == group {
			items = append(items, item{typed(d), meaning(d, c.Name)})
		}
	}
	return items
}

// documented is what every flag says of itself.
type documented interface {
	cli.DocGenerationFlag
	cli.CategorizableFlag
}

// typed writes a flag as it is typed: "-t, --target NAME".
func typed(f documented) string {
	long, short := "", "   "
	for _, name := range f.Names() {
		if written := dashed(name); strings.HasPrefix(written, "--") {
			long = written
		} else {
			short = written + ","
		}
	}
	if long == "" {
		return strings.TrimSuffix(short, ",")
	}
	if f.TakesValue() {
		long += " " + placeholder(f)
	}
	return short + " " + long
}

// dashed is the name of a flag with its hyphens: one before a letter, be it repeated (-vv), and two before a word.
func dashed(name string) string {
	if strings.Trim(name, name[:1]) == "" {
		return "-" + name
	}
	return "--" + name
}

// placeheld finds the word in the usage of a flag that stands for its value: "`FILE` of rules"; lower-case words with bars between
// them are the values themselves.
var placeheld = lazily("`([^`]+)`")

// placeholder is the word that stands for the value of a flag.
func placeholder(f cli.DocGenerationFlag) string {
	if found := placeheld().FindStringSubmatch(f.GetUsage()); found != nil {
		return found[1]
	}
	switch f.(type) {
	case *cli.DurationFlag:
		return "TIME"
	case *cli.IntFlag, *cli.UintFlag:
		return "N"
	}
	return "TEXT"
}

// valuesFirst is the beginning of a usage that only repeats what stands beside the flag already: the values, or a word and a colon.
var valuesFirst = lazily("^`[^`]*\\|[^`]*`:? |^`[^`]*`: ")

// meaning is what a flag is for, what holds without it, and how else it can be set.
func meaning(f documented, command string) string {
	means := strings.ReplaceAll(valuesFirst().ReplaceAllString(f.GetUsage(), ""), "`", "")
	if value := defaultOf(f); value != "" {
		means += " (default: " + value + ")"
	}
	if name := f.Names()[0]; settable(name, command) {
		means += " [" + variable(name) + "]"
	}
	return means
}

// defaultOf is the default of a flag as it would be typed, or "" where it goes without saying.
func defaultOf(f cli.DocGenerationFlag) string {
	value := strings.ReplaceAll(f.GetDefaultText(), `"`, "")
	if _, isBool := f.(*cli.BoolFlag); isBool {
		return ""
	}
	if _, isDuration := f.(*cli.DurationFlag); isDuration {
		value = strings.TrimSuffix(value, "m0s") + map[bool]string{true: "m"}[strings.HasSuffix(value, "m0s")]
	}
	return value
}

// settingsSection says where defaults can be kept.
func settingsSection() section {
	return section{title: "Settings", prose: []string{
		fmt.Sprintf("What you always give can stand in a file of lines such as \"resolver: 192.0.2.1\": mxverdict/%s in ~/.config (Linux), "+
			"~/Library/Application Support (macOS) or %%AppData%% (Windows), or the file that %s names (none: no file). "+
			"Variables of the environment, named in brackets in the help of each command, go before the file, and flags before both.", settingsFile, settingsVariable),
	}}
}

func exitSection() section {
	return section{title: "Exit codes", items: []item{
		{"0", "nothing confirmed"},
		{"1", "something confirmed"},
		{"2", "wrong usage, or nothing recognised"},
		{"3", "inconclusive findings are left (with --strict), or an urgent one is, such as an open relay"},
		{"4", "this network cannot test"},
		{"130", "interrupted"},
	}}
}
