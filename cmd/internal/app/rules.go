package app

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"mxverdict/cmd/internal/render"
	"mxverdict/rules"
	"mxverdict/verify/facts"
)

func (p *program) ruleCommands() []*cli.Command {
	return []*cli.Command{
		{Name: "list", Usage: "all rules and causes", Flags: ruleFlags(), Action: p.rulesList},
		{Name: "show", Usage: "one rule or cause (what it claims, what is required, what decides it), or the tables of patience and opinions",
			ArgsUsage: "ID|patience|opinions", Flags: ruleFlags(), Action: p.rulesShow},
		{Name: "facts", Usage: "the facts that conditions may use", Action: p.rulesFacts},
		{Name: "lint", Usage: "checks the catalogue, a folder given with --rules, or files of rules, causes or a reporter's wordings, and counts what cannot be tested yet",
			ArgsUsage: "[FILE…]", Flags: ruleFlags(), Action: p.rulesLint},
		{Name: "test", Usage: "runs the cases beside each rule and the examples beside each wording", Flags: ruleFlags(), Action: p.rulesTest},
	}
}

// rulesUsage answers `rules` without a command, or with one that does not exist.
func rulesUsage(c *cli.Context) error {
	names := []string{"list", "show", "facts", "lint", "test"}
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
	id := c.Args().First()
	if r := catalogue.Rule(id); r != nil {
		return render.Rule(p.stdout, r)
	}
	causes := catalogue.Causes()
	if i := slices.IndexFunc(causes, func(cause *rules.Cause) bool { return cause.ID == id }); i >= 0 {
		return render.Cause(p.stdout, causes[i])
	}
	switch id {
	case "patience":
		return render.Patience(p.stdout, catalogue.Patience())
	case "opinions":
		return render.Opinions(p.stdout, catalogue.Opinions())
	case "":
		return usage("All IDs: mxverdict rules list", "rules show needs the ID of a rule or cause, or patience or opinions")
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

func (p *program) rulesLint(c *cli.Context) error {
	if c.Args().Present() {
		return p.lintFiles(c)
	}
	catalogue, err := p.catalogue(c)
	if err != nil {
		return err
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
	return uncovered(catalogue.Uncovered())
}

// uncovered makes one error of the rules that lack cases, or none.
func uncovered(failures []rules.CaseFailure) error {
	if len(failures) == 0 {
		return nil
	}
	var lines []string
	for _, f := range failures {
		lines = append(lines, f.Error())
	}
	return usageHints(append(lines[1:], "Add a case that ends there, beside the rule."), "%s", lines[0])
}

// lintFiles checks files of an author, which may lie anywhere, together and on top of the catalogue, and runs what stands in
// them: an example that its own wording does not match is a mistake of the file.
func (p *program) lintFiles(c *cli.Context) error {
	overlay, err := p.overlay(c)
	if err != nil {
		return err
	}
	var sources []rules.Source
	files := c.Args().Slice()
	for _, file := range files {
		data, err := p.settings(file, rules.MaxFile)
		if err != nil {
			return usage("Name the files, such as: mxverdict rules lint my-reporter.yaml", "%s: %v", file, err)
		}
		sources = append(sources, rules.Source{Name: file, Data: data})
	}
	catalogue, err := rules.LoadWith(overlay, sources...)
	if err != nil {
		return err
	}
	ran, failures := catalogue.RunCases(files...)
	for _, f := range failures {
		p.print("%s", f.Error())
	}
	for _, file := range files {
		n := catalogue.Holds(file)
		p.print("%s: %d rules, %d of them not re-tested; %d causes; %d wordings", file, n.Rules, n.Untested, n.Causes, n.Wordings)
	}
	p.print("%d cases and examples, %d failed", ran, len(failures))
	if len(failures) > 0 {
		return usage("What each line of a rule file means: mxverdict rules show ID", "%d of the cases and examples do not come out as they say", len(failures))
	}
	return uncovered(catalogue.Uncovered(files...))
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
