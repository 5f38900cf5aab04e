package app

import (
	"iter"
	"net/netip"
	"slices"

	"github.com/urfave/cli/v2"

	"mxverdict/cmd/internal/check"
	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify"
)

// verify is the main command: reports in, verdicts out.
func (p *program) verify(c *cli.Context) error {
	// Before anything is tested: the words behind it are not meant for this command.
	if near := misspelt(c.Args().First()); near != "" {
		return usage("See: mxverdict "+near+" --help", "there is no file and no command %q; did you mean the command %s?", c.Args().First(), near)
	}
	who, err := chooseTarget(c.String("target"), c.String("address"))
	if err != nil {
		return err
	}
	out, catalogue, err := p.judge(c)
	if err != nil {
		return err
	}
	options, err := p.network(c, catalogue)
	if err != nil {
		return err
	}
	if who.Address != "" {
		options.Only = netip.MustParseAddr(who.Address)
	}
	if err := canWrite("--save-evidence", c.String("save-evidence")); err != nil {
		return err
	}
	if file := c.String("message"); file != "" {
		if who.Message, err = p.message(file, c.Args().Slice()); err != nil {
			return err
		}
	}
	out.many = c.NArg() > 1
	return p.retest(c, p.read(c.Args().Slice(), catalogue.Vocabulary()), who, catalogue, options, out)
}

// message reads the file of --message.
func (p *program) message(file string, reports []string) (*check.Message, error) {
	const hint = "Save the message as it arrived, such as with \"Show original\" and \"Download original\" in Gmail, and name that file."
	if file == "-" && (len(reports) == 0 || slices.Contains(reports, "-")) {
		return nil, usage(hint, "--message - and the report cannot both be standard input")
	}
	in, err := p.source(file)
	if err != nil {
		return nil, usage(hint, "--message %s: %v", file, err)
	}
	defer in.Close()
	message, err := check.ReadMessage(in)
	if err != nil {
		return nil, usage(hint, "--message %s: %v", file, err)
	}
	return message, nil
}

// retest probes what the reports claim, each subject once, and prints a verdict on each report as soon as it and those before it are
// judged; where each is a line, as soon as it is judged. Each report is tested from the moment at which it was read, while others are still to come.
func (p *program) retest(c *cli.Context, reports iter.Seq[report.Report], who check.Chosen, catalogue *rules.Catalogue, o verify.Options, out output) error {
	quiet := c.Bool("quiet")
	if !quiet {
		progress := p.watch()
		defer progress.end()
		o.Watch = progress.waiting
	}
	announce, aside := p.once(quiet, p.hint), p.once(false, p.say)
	plans := func(yield func(check.Plan) bool) {
		for r := range reports {
			if !p.assign(&r, who, catalogue, out.many) {
				continue
			}
			plan := check.MakeWith(who.Message, r, catalogue)
			announce(plan.Announce(o, out.many)...)
			if who.Message != nil && !plan.UsesMessage() {
				aside("mxverdict: note: " + r.Source + ": no row is about a message, so that --message was not used")
			}
			if !yield(plan) {
				return
			}
		}
	}
	interrupted := p.once(quiet, p.say)
	printed, saved := &printer{p: p, output: out}, &record{file: c.String("save-evidence")}
	results := check.Run
	if out.format.Lines() {
		results = check.AsJudged
	}
	for r := range results(c.Context, plans, o) {
		if r.Interrupted {
			interrupted("The test was ended before it was done; what is known so far follows.")
		}
		aside(r.Asides...)
		printed.add(r)
		saved.add(r)
	}
	err := printed.end()
	if saving := saved.end(); saving != nil {
		p.fail(saving)
	}
	p.say(saved.notes...)
	return err
}

// assign gives every row of a report its subject. A report that names no target is told and left out; the others go on.
func (p *program) assign(r *report.Report, who check.Chosen, catalogue *rules.Catalogue, many bool) bool {
	if len(r.Findings) == 0 {
		return false // told already
	}
	if says := check.Assign(r, who, catalogue); says != "" {
		p.say("mxverdict: note: " + says)
	}
	if !check.Nameless(r, who, catalogue) {
		return true
	}
	if err := p.name(r, catalogue, many); err != nil {
		p.fail(err)
		return false
	}
	return true
}

// once returns a function that tells on stderr what it did not tell yet: what this network keeps from one report's test, it keeps from
// others too. A quiet one tells nothing.
func (p *program) once(quiet bool, tell func(lines ...string)) func(lines ...string) {
	told := map[string]bool{}
	return func(lines ...string) {
		for _, line := range lines {
			if !quiet && !told[line] {
				told[line] = true
				tell(line)
			}
		}
	}
}
