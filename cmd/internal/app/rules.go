package app

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"mxverdict/cmd/internal/document"
	"mxverdict/rules"
	"mxverdict/verify/facts"
)

func (p *program) ruleCommands() []*cli.Command {
	return []*cli.Command{
		{Name: "list", Usage: "all rules and causes", Flags: ruleFlags(), Action: p.rulesList},
		{Name: "show", Usage: "one rule or cause (what it claims, what is required, what decides it), the policy in force, the tables of patience and opinions, or what each key of a file means",
			ArgsUsage: "ID|policy|patience|opinions|keys", Flags: slices.Concat(parseFlags(), ruleFlags(), policyFlags()), Action: p.rulesShow},
		{Name: "facts", Usage: "the facts that conditions may use", Action: p.rulesFacts},
		{Name: "lint", Usage: "checks the catalogue, a folder given with --rules, or files of rules, causes, a reporter's wordings or a policy, and counts what cannot be tested yet",
			ArgsUsage: "[FILE…]", Flags: slices.Concat(ruleFlags(), policyFlags()), Action: p.rulesLint},
		{Name: "test", Usage: "runs the cases beside each rule and the examples beside each wording", Flags: ruleFlags(), Action: p.rulesTest},
		{Name: "new-reporter", Usage: "prints a reporter file to begin with, in which every key is explained", ArgsUsage: "NAME", Flags: ruleFlags(),
			Action: p.rulesNewReporter},
		{Name: "export", Usage: "writes the rules, reporters and causes of this program into a folder, as --rules reads it", ArgsUsage: "DIR",
			Action: p.rulesExport},
	}
}

// rulesUsage answers `rules` without a command, or with one that does not exist.
func rulesUsage(c *cli.Context) error {
	var names []string
	for _, command := range c.Command.Subcommands {
		names = append(names, command.Name)
	}
	hints := []string{"See: mxverdict rules --help"}
	if near := rules.Nearest(c.Args().First(), names); near != "" {
		hints = append([]string{"Did you mean mxverdict rules " + near + "?"}, hints...)
	}
	return usageHints(hints, "rules needs one of the commands %s", strings.Join(names, ", "))
}

func (p *program) rulesList(c *cli.Context) error {
	catalogue, err := p.catalogue(c)
	if err != nil {
		return err
	}
	for _, r := range catalogue.Rules() {
		note := ""
		if r.Untested != nil {
			note = "  (not re-tested yet)"
		}
		p.print("%-28s %s%s", r.ID, r.About, note)
	}
	for _, cause := range catalogue.Causes() {
		p.print("%-28s %s", "cause "+cause.ID, cause.About)
	}
	p.print("%-28s %s", "patience", "who waits how long for a greeting, with sources")
	p.print("%-28s %s", "policy", "what the policy of an organisation says (--policy), or could say")
	p.print("%-28s %s", "keys", "what each key of a rule and of a policy means")
	p.print("%-28s %s", "opinions", "who recommends which SOA values, and the defaults of providers, with sources")
	return nil
}

func (p *program) rulesShow(c *cli.Context) error {
	catalogue, err := p.catalogue(c)
	if err != nil {
		return err
	}
	if c.NArg() > 1 {
		return usage("Name one of them.", "rules show takes one ID, not %d", c.NArg())
	}
	format, err := formatOf(c.String("format"))
	if err != nil {
		return err
	}
	look, err := p.look(c)
	if err != nil {
		return err
	}
	if !format.ForPeople() {
		return usage("What is in them: mxverdict rules export DIR", "rules are not shown as %s", format.Name)
	}
	show := func(d document.Document) error { return format.Document(p.stdout, d, look) }
	id := c.Args().First()
	if r := catalogue.Rule(id); r != nil {
		return show(document.OfRule(r, catalogue.Opinions(), catalogue.Policy()))
	}
	causes := catalogue.Causes()
	if i := slices.IndexFunc(causes, func(cause *rules.Cause) bool { return cause.ID == id }); i >= 0 {
		return show(document.OfCause(causes[i]))
	}
	switch id {
	case "policy":
		return show(document.OfPolicy(catalogue.Policy()))
	case "keys":
		return show(document.OfKeys())
	case "patience":
		return show(document.OfPatience(catalogue.Patience()))
	case "opinions":
		return show(document.OfOpinions(catalogue.Opinions()))
	case "":
		return usage("All IDs: mxverdict rules list", "rules show needs the ID of a rule or cause, or one of policy, patience, opinions, keys")
	}
	return usage("All IDs: mxverdict rules list", "there is no rule or cause %q%s", id, catalogue.Suggest(id))
}

func (p *program) rulesFacts(*cli.Context) error {
	for _, d := range facts.Definitions() {
		p.print("%s (%s, per %s)", d.Name, d.Kind, d.Scope)
		p.print("    %s", d.Means)
	}
	return nil
}

// rulesLint checks the catalogue, or files of an author, which may lie anywhere, together and on top of the catalogue. Everything
// that is wrong is told at once, the cases and examples that do not come out as they say included.
func (p *program) rulesLint(c *cli.Context) error {
	overlay, err := p.overlay(c)
	if err != nil {
		return err
	}
	files := c.Args().Slice()
	if file := c.String("policy"); file != "" {
		files = append(files, file)
	}
	var sources []rules.Source
	for _, file := range files {
		data, err := p.settings(file, rules.MaxFile)
		if err != nil {
			return usage("Name the files, such as: mxverdict rules lint my-reporter.yaml", "%s: %v", file, err)
		}
		sources = append(sources, rules.Source{Name: file, Data: data})
	}
	linted, err := rules.Lint(overlay, sources...)
	if err != nil {
		return err
	}
	if catalogue := linted.Catalogue(); catalogue != nil {
		p.sayHeld(catalogue, linted.Policies(), files)
		p.print("%d cases and examples, %d failed", linted.Ran, len(linted.Failures))
	}
	for _, problem := range linted.Problems() {
		p.say(problem.Error())
	}
	for _, problem := range linted.Wordless {
		p.say("note: " + problem.Error())
	}
	return toMend(linted)
}

// toMend makes one error of all that is wrong, or none.
func toMend(linted *rules.Linted) error {
	var parts []string
	note := func(n int, one, several string) {
		if n == 1 {
			parts = append(parts, one)
		} else if n > 1 {
			parts = append(parts, fmt.Sprintf(several, n))
		}
	}
	note(len(linted.Mistakes), "1 mistake", "%d mistakes")
	note(len(linted.Failures), "1 of the cases and examples does not come out as it says", "%d of the cases and examples do not come out as they say")
	note(len(linted.Uncovered), "1 rule can end in a way of which it has no case; add one beside it", "%d rules can end in ways of which they have no case; add one beside each")
	if len(parts) == 0 {
		return nil
	}
	return usage("What a rule of the catalogue looks like: mxverdict rules show ID", "to mend: %s", strings.Join(parts, "; "))
}

// sayHeld counts what files hold, or those of a folder and then the whole catalogue.
func (p *program) sayHeld(catalogue *rules.Catalogue, policies []*rules.Policy, files []string) {
	named := len(files) > 0
	if !named {
		files = catalogue.Added()
	}
	for _, file := range files {
		if i := slices.IndexFunc(policies, func(policy *rules.Policy) bool { return policy.File == file }); i >= 0 {
			p.print("%s: policy of %s; rules that it is about: %d; accepted findings: %d", file, policies[i].Organisation, len(policies[i].Amended()), len(policies[i].Accepted))
			continue
		}
		p.print("%s: %s", file, inWords(catalogue.Holds(file)))
	}
	if named {
		return
	}
	if replaced := catalogue.Replaced(); len(replaced) > 0 {
		p.print("in place of shipped files: %s", strings.Join(replaced, ", "))
		if gone := catalogue.Gone(); len(gone) > 0 {
			p.print("shipped, and not there any more: %s", strings.Join(gone, ", "))
		}
	}
	var untested []string
	for _, r := range catalogue.Rules() {
		if r.Untested != nil {
			untested = append(untested, r.ID)
		}
	}
	p.print("%d rules, %d of them not re-tested yet; %d causes; opinions of %d authorities and %d providers", len(catalogue.Rules()),
		len(untested), len(catalogue.Causes()), len(catalogue.Opinions().Authorities), len(catalogue.Opinions().Providers))
	if len(untested) > 0 {
		p.print("not re-tested yet: %s", strings.Join(untested, ", "))
	}
}

// inWords says what there is in a file, and nothing of what there is not.
func inWords(n rules.Count) string {
	var parts []string
	for _, part := range []struct {
		n            int
		one, several string
	}{{n.Rules, "rule", "rules"}, {n.Untested, "of them not re-tested", "of them not re-tested"}, {n.Causes, "cause", "causes"},
		{n.Wordings, "wording", "wordings"}, {n.Names, "name of a test", "names of tests"}, {n.Marks, "mark of rows", "marks of rows"}} {
		if part.n == 1 {
			parts = append(parts, "1 "+part.one)
		} else if part.n > 1 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.several))
		}
	}
	if len(parts) == 0 {
		return "no rules, causes or wordings, and no mistake"
	}
	return strings.Join(parts, ", ")
}

func (p *program) rulesTest(c *cli.Context) error {
	catalogue, err := p.catalogue(c)
	if err != nil {
		return err
	}
	ran, failures := catalogue.RunCases()
	for _, f := range failures {
		p.print("%s", f.Error())
	}
	p.print("%d cases and examples, %d failed", ran, len(failures))
	if len(failures) > 0 {
		p.code = exitConfirmed
	}
	return nil
}
