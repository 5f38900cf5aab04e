package app

import (
	"net/netip"

	"github.com/urfave/cli/v2"

	"mxverdict/cmd/internal/check"
	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify"
)

// verify is the main command: reports in, verdicts out.
func (p *program) verify(c *cli.Context) error {
	who, err := chooseTarget(c.String("target"), c.String("address"))
	if err != nil {
		return err
	}
	out, catalogue, err := p.judge(c)
	if err != nil {
		return err
	}
	options, err := p.options(c, catalogue)
	if err != nil {
		return err
	}
	if who.Address != "" {
		options.Only = netip.MustParseAddr(who.Address)
	}
	if err := canWrite(c.String("save-evidence")); err != nil {
		return err
	}
	out.many = c.NArg() > 1
	reports := p.read(c.Args().Slice(), catalogue.Vocabulary())
	reports = p.assignAll(reports, who, catalogue, out.many)
	if len(reports) == 0 {
		return nil
	}
	return p.retest(c, reports, catalogue, options, out)
}

// assignAll gives every row its subject. A report that names no target is told and left out; the others go on.
func (p *program) assignAll(reports []report.Report, who check.Chosen, catalogue *rules.Catalogue, many bool) []report.Report {
	var usable []report.Report
	for i := range reports {
		if p.assignOne(&reports[i], who, catalogue, many) {
			usable = append(usable, reports[i])
		}
	}
	return usable
}

func (p *program) assignOne(r *report.Report, who check.Chosen, catalogue *rules.Catalogue, many bool) bool {
	if len(r.Findings) == 0 {
		return false // told already
	}
	if says := check.Assign(r, who, catalogue); says != "" {
		p.say("mxverdict: note: " + says)
	}
	if !check.Nameless(r, catalogue) {
		return true
	}
	if err := p.name(r, catalogue, many); err != nil {
		p.code = p.finish(err)
		return false
	}
	return true
}

// retest probes what the reports claim, each subject once, and prints a verdict on each report. Each result is written and let go
// before the next one is made, so that thousands need no more memory than their evidence.
func (p *program) retest(c *cli.Context, reports []report.Report, catalogue *rules.Catalogue, o verify.Options, out output) error {
	plan := check.Make(reports, catalogue)
	quiet := c.Bool("quiet")
	if !quiet {
		p.say(plan.Announce(o)...)
	}
	run := p.run(c, plan, o, quiet)
	printed, saved, told := &printer{p: p, output: out}, &record{file: c.String("save-evidence")}, map[string]bool{}
	for r := range run.Results() {
		p.sayOnce(told, r.Asides)
		printed.add(r)
		saved.add(r)
	}
	err := printed.end()
	if saving := saved.end(); saving != nil {
		p.code = p.finish(saving)
	}
	p.say(saved.notes...)
	return err
}

// run asks what the plan lists, and shows what it waits for.
func (p *program) run(c *cli.Context, plan check.Plan, o verify.Options, quiet bool) *check.Run {
	if plan.AsksNothing() {
		return plan.Run(c.Context, o)
	}
	progress := p.watch(quiet)
	o.Watch = progress.waiting
	run := plan.Run(c.Context, o)
	progress.end(run.Interrupted())
	return run
}

// sayOnce tells on stderr what was not told yet: what this network kept from one report's test, it keeps from others too.
func (p *program) sayOnce(told map[string]bool, lines []string) {
	for _, line := range lines {
		if !told[line] {
			told[line] = true
			p.say(line)
		}
	}
}
