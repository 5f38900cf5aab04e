package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"mxverdict/cmd/internal/batch"
	"mxverdict/cmd/internal/check"
	"mxverdict/cmd/internal/check/result"
	"mxverdict/cmd/internal/document"
	"mxverdict/cmd/internal/render"
	"mxverdict/parser"
	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify"
	"mxverdict/verify/evidence"
)

// batchFlags are of the command that verifies folders. Its --format is that of a file beside each report.
func batchFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "out", Category: groupMost, Usage: "`DIR` of the results; a run that was begun there is continued"},
		&cli.StringFlag{Name: "files-from", Category: groupMost, Usage: "`LIST` of further paths, one a line or each ended by a zero byte; - is standard input"},
		&cli.StringFlag{Name: "targets", Category: groupTested, Usage: "`FILE` of two columns (CSV), a report's file and what it is about"},
		&cli.StringFlag{Name: "target-from", Category: groupTested, Usage: "`name`: the name of a file says what its report is about, as in example.com.txt"},
		&cli.StringSliceFlag{Name: "each", Category: groupOutput, Usage: "`FORMAT` in which each report's verdict is written to a file of its own; may be repeated"},
		&cli.IntFlag{Name: "jobs", Value: 2000, Category: groupTime, Usage: "most reports that are tested at a time"},
		&cli.StringSliceFlag{Name: "fail-on", Value: cli.NewStringSlice("confirmed", "urgent", "error"), Category: groupOutput,
			Usage: "what makes the exit code other than 0: `confirmed|urgent|inconclusive|error|nothing`; may be repeated"},
	}
}

// grace is how long the tests that are under way may go on after the first signal to end.
const grace = 5 * time.Second

// batchRun is one run of the command.
type batchRun struct {
	p         *program
	store     *batch.Store
	catalogue *rules.Catalogue
	who       check.Chosen
	each      []render.Format
	options   render.Options
	failOn    []string
	tally     *tally

	held  []pending       // results that this network hindered, until one shows that it lets tests out
	open  bool            // one did
	tests context.Context // ends when no result is wanted any more
	stop  context.CancelFunc

	mu  sync.Mutex
	err error // why the run cannot go on
}

// pending is an input that is tested.
type pending struct {
	id     string
	source string
	report report.Report
	result result.Result
}

// batch verifies folders of reports, and goes on where an earlier run ended.
func (p *program) batch(c *cli.Context) error {
	dir := c.String("out")
	if dir == "" {
		return usage("Such as: mxverdict batch reports --out results", "batch needs --out, the folder of its results")
	}
	if c.NArg() == 0 && c.String("files-from") == "" {
		return usage("Such as: mxverdict batch reports --out results", "batch needs the files, folders or mailboxes of the reports")
	}
	look, err := p.options(c)
	if err != nil {
		return err
	}
	catalogue, err := p.catalogue(c)
	if err == nil {
		catalogue, err = p.speaking(c, catalogue)
	}
	if err != nil {
		return err
	}
	look.Width = 0 // files have none
	run := &batchRun{p: p, catalogue: catalogue, options: look, failOn: c.StringSlice("fail-on")}
	for _, what := range run.failOn {
		if !slices.Contains([]string{"confirmed", "urgent", "inconclusive", "error", "nothing"}, what) {
			return usage("", "--fail-on is confirmed, urgent, inconclusive, error or nothing, not %q", what)
		}
	}
	for _, name := range c.StringSlice("each") {
		format, err := formatOf(name)
		if err != nil {
			return err
		}
		run.each = append(run.each, format)
	}
	jobs := c.Int("jobs")
	if jobs < 1 {
		return usage("", "--jobs must be at least 1")
	}
	if run.who, err = chooseTarget(c.String("target"), c.String("address")); err != nil {
		return err
	}
	options, err := p.network(c, catalogue)
	if err != nil {
		return err
	}
	if run.who.Address != "" {
		options.Only = netip.MustParseAddr(run.who.Address)
	}
	if slices.Contains(c.Args().Slice(), "-") {
		return usage("Standard input can be the list of files: --files-from -", "batch reads files, not standard input")
	}
	inputs, err := p.inputs(c)
	if err != nil {
		return err
	}
	var found batch.Resumed
	if run.store, found, err = batch.Open(dir, catalogue.Digest()); err != nil {
		return usage("", "--out %s: %v", dir, err)
	}
	p.sayResumed(found)
	run.tally = p.tally(c.Bool("quiet"))
	options.Watch = run.tally.waiting
	run.work(inputs, options, jobs)
	run.tally.end()
	return run.finish(dir)
}

// work tests what is to be tested, until all is done, the user ends it, or it cannot go on.
func (b *batchRun) work(inputs iter.Seq[batch.Input], options verify.Options, jobs int) {
	b.tests, b.stop = context.WithCancel(context.WithoutCancel(b.p.env.Context))
	defer b.stop()
	defer context.AfterFunc(b.p.env.Context, func() { time.AfterFunc(grace, b.stop) })()
	for of, r := range check.Each(b.tests, b.plans(inputs), options, jobs) {
		of.result = r
		if b.take(of); b.failure() != nil {
			return
		}
	}
}

// giveUp ends the run. The first reason counts.
func (b *batchRun) giveUp(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.err = err
	}
	b.stop()
}

// failure is why the run cannot go on, or nil.
func (b *batchRun) failure() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}

// inputs are what the command line names.
func (p *program) inputs(c *cli.Context) (iter.Seq[batch.Input], error) {
	targets := batch.Targets{}
	if file := c.String("targets"); file != "" {
		in, err := p.source(file)
		if err != nil {
			return nil, usage("", "--targets %s: %v", file, err)
		}
		defer in.Close()
		if targets, err = batch.ReadTargets(in); err != nil {
			return nil, usage("Such as: reports/17.txt,example.com", "--targets %s: %v", file, err)
		}
	}
	switch from := c.String("target-from"); from {
	case "":
	case "name":
		targets.FromName = true
	default:
		return nil, usage("", "--target-from can only be name, not %q", from)
	}
	paths := batch.Paths(c.Args().Slice()...)
	if list := c.String("files-from"); list != "" {
		in, err := p.source(list)
		if err != nil {
			return nil, usage("", "--files-from %s: %v", list, err)
		}
		named := paths
		paths = func(yield func(string, error) bool) {
			defer in.Close()
			for path, err := range named {
				if !yield(path, err) {
					return
				}
			}
			for path, err := range batch.List(in) {
				if !yield(path, err) {
					return
				}
			}
		}
	}
	return batch.Inputs(p.env.Context, paths, batch.Folders{Targets: targets, Results: c.String("out"), Most: parser.MaxInput}), nil
}

// sayResumed says what was found of an earlier run.
func (p *program) sayResumed(found batch.Resumed) {
	if found.Records > 0 {
		p.say(fmt.Sprintf("Going on with an earlier run: %d reports are done; %d that could not be read or judged are tried again.", found.Records-found.Again, found.Again))
	}
	switch {
	case found.Aside != "":
		p.say(fmt.Sprintf("The last %d bytes of results.jsonl were no whole records; they are in %s now, and what they told is tested again.", found.Dropped, found.Aside))
	case found.Dropped > 0:
		p.say(fmt.Sprintf("It ended while it wrote: the last %d bytes of results.jsonl were no whole record, and are dropped.", found.Dropped))
	}
	if found.OtherRules > 0 {
		p.say(fmt.Sprintf("%d of them were judged by other rules than today's. They stay as they are; name another folder to judge them anew.", found.OtherRules))
	}
}

// plans reads inputs and plans their tests. Those that are done are left out; what cannot be tested becomes a record of its own.
func (b *batchRun) plans(inputs iter.Seq[batch.Input]) iter.Seq2[pending, check.Plan] {
	return func(yield func(pending, check.Plan) bool) {
		for in := range inputs {
			if b.p.env.Context.Err() != nil || b.tests.Err() != nil {
				return
			}
			of, plan, err := b.plan(in)
			switch {
			case errors.Is(err, errDone):
				b.tally.skip()
			case err != nil:
				b.fail(of.id, in.Source, err)
			case !yield(of, plan):
				return
			}
		}
	}
}

// errDone is no error: the input has its result.
var errDone = errors.New("done already")

// plan reads one input.
func (b *batchRun) plan(in batch.Input) (pending, check.Plan, error) {
	about := strings.Join([]string{in.Target, b.who.Target, b.who.Address}, " ")
	of := pending{source: in.Source, id: batch.IDOf(in.Source, about, nil)}
	if in.Err != nil {
		return of, check.Plan{}, in.Err
	}
	content, err := read(in)
	if err != nil {
		return of, check.Plan{}, err
	}
	if of.id = batch.IDOf(in.Source, about, content); b.store.Has(in.Source, of.id) {
		return of, check.Plan{}, errDone
	}
	of.report, err = parser.Parse(bytes.NewReader(content), in.Source, b.catalogue.Vocabulary())
	if err != nil {
		return of, check.Plan{}, err
	}
	who := b.who
	if in.Target != "" {
		if who.Target, err = targetName(in.Target); err != nil {
			return of, check.Plan{}, fmt.Errorf("its target %q is no domain, host or address", in.Target)
		}
	}
	check.Assign(&of.report, who, b.catalogue)
	if check.Nameless(&of.report, who, b.catalogue) {
		return of, check.Plan{}, aboutNothing(&of.report)
	}
	return of, check.Make(of.report, b.catalogue), nil
}

// read reads an input up to a little more than a report may have, so that the parser can refuse what is longer.
func read(in batch.Input) ([]byte, error) {
	f, err := in.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, parser.MaxInput+1))
}

// aboutNothing is the error for a report that does not say what it is about.
func aboutNothing(r *report.Report) error {
	names := "it names none"
	if len(r.Candidates) > 0 {
		names = "it names " + some(r.Candidates)
	}
	return fmt.Errorf("the report does not say what it is about (%s); say it in a file beside it whose name ends in .target, with --targets, or with -t", names)
}

// longestReason is how much of a reason is kept, in characters: foreign text may be part of it.
const longestReason = 500

// fail records that an input has no result, and why.
func (b *batchRun) fail(id, source string, err error) {
	says := []rune(strings.TrimPrefix(strings.TrimPrefix(err.Error(), "parser: "), source+": "))
	b.tally.failed()
	b.record(batch.Record{ID: id, Source: source, Code: exitUsage, Error: string(says[:min(len(says), longestReason)])}, nil)
}

// record writes a record. Where that fails, the run ends: what cannot be kept need not be found out.
func (b *batchRun) record(r batch.Record, seen *evidence.Bundle) {
	r.Rules, r.At = b.catalogue.Digest(), time.Now().UTC()
	if err := b.store.Add(r, seen); err != nil {
		b.unwritten(err)
	}
}

// unwritten ends the run because something could not be written.
func (b *batchRun) unwritten(err error) {
	b.giveUp(&problem{fmt.Sprintf("the results cannot be written: %v", err), []string{"What was written stays. Once that is repaired, the same command goes on where it was."}, exitUsage})
}

// hopeless is how many results in a row, from the first, this network may hinder before the run ends: the rest would end alike, and cost a
// night.
const hopeless = 20

// take keeps a result. One that was cut short is no result: the report is tested again in the next run.
func (b *batchRun) take(of pending) {
	switch {
	case of.result.Interrupted:
	case of.result.Hindered && !b.open:
		if b.held = append(b.held, of); len(b.held) >= hopeless {
			b.giveUp(&problem{fmt.Sprintf("this network does not let the tests out, as the first %d reports that need it show; nothing was recorded of them", hopeless),
				[]string{"Run it where port 25 and port 53 are open, or through --proxy; name a mail host that surely answers with --control. The same command goes on where it was."}, exitNetwork})
		}
	case of.result.Hindered:
		b.keep(of)
	default:
		b.open = b.open || usesSMTP(of)
		if b.open || usesDNS(of) && !slices.ContainsFunc(b.held, usesSMTP) {
			b.release()
		}
		b.keep(of)
	}
}

// usesSMTP tells whether a test said something to servers other than those of names, usesDNS whether it asked these.
func usesSMTP(of pending) bool { return len(of.result.Evidence.Sessions) > 0 }
func usesDNS(of pending) bool  { return len(of.result.Evidence.Exchanges) > 0 }

// release keeps what was held back. The next run tries it again.
func (b *batchRun) release() {
	for _, held := range b.held {
		b.keep(held)
	}
	b.held = nil
}

// keep writes a result, and what it looks like in the formats that were asked for.
func (b *batchRun) keep(of pending) {
	for _, format := range b.each {
		var text bytes.Buffer
		err := format.Results(&text, []result.Result{of.result}, false, b.options)
		if err == nil {
			err = b.store.WriteFile(batch.FileOf(of.source, "."+format.Name+format.Ending), text.Bytes())
		}
		if err != nil {
			b.unwritten(err)
			return
		}
	}
	text, err := render.Record(of.result)
	if err != nil {
		b.unwritten(err)
		return
	}
	b.record(batch.Record{ID: of.id, Source: of.source, Code: codeOf(of.result, false), Again: of.result.Hindered, Result: text}, &of.result.Evidence)
	b.tally.judged(of.result)
}

// finish writes the summary, says how the run ended, and chooses the exit code.
func (b *batchRun) finish(dir string) error {
	if b.failure() == nil {
		b.settle()
	}
	summary, err := batch.Summarise(b.store.Records())
	if err == nil {
		err = b.summaries(summary)
	}
	if err = errors.Join(err, b.store.Close()); err != nil {
		b.unwritten(err)
	}
	b.p.say(fmt.Sprintf("%d reports in %s: %d judged, %d without a result; %d were done before.", summary.Reports+summary.Errors, dir, summary.Reports, summary.Errors, b.tally.skipped()))
	if b.p.env.Context.Err() != nil {
		b.p.say("The run was ended before all was done. The same command goes on where it was.")
		b.p.worsen(exitInterrupted)
	}
	failure := b.failure()
	if known, ok := failure.(*problem); ok && known.code == exitNetwork {
		b.p.worsen(exitNetwork)
	}
	b.p.code = batchCode(b.p.code, summary, b.failOn)
	return failure
}

// settle keeps what is held back at the end: too few to say that it is the network.
func (b *batchRun) settle() {
	if len(b.held) > 0 && !b.open {
		b.p.say("Nothing that was asked was answered as it should: it may be that this network does not let the tests out. The next run asks again.")
		b.p.worsen(exitNetwork)
	}
	b.release()
}

// batchCode is the exit code of a batch. Unreadable inputs never hide what is confirmed, so that the order is another one than that of verify.
func batchCode(code int, s batch.Summary, failOn []string) int {
	on := func(what string) bool { return slices.Contains(failOn, what) }
	switch {
	case code == exitInterrupted || code == exitNetwork:
		return code
	case on("confirmed") && s.Labels[string(rules.Confirmed)] > 0:
		return exitConfirmed
	case on("urgent") && s.UrgentOpen > 0, on("inconclusive") && s.Labels[string(rules.Inconclusive)] > 0:
		return exitInconclusive
	case on("error") && s.Errors > 0:
		return exitUsage
	}
	return exitOK
}

// summaries writes the summary in the formats that people read, and as a table.
func (b *batchRun) summaries(s batch.Summary) error {
	var errs []error
	for _, name := range []string{"text", "markdown", "html"} {
		format, _ := render.Named(name)
		var text bytes.Buffer
		errs = append(errs, format.Document(&text, document.OfSummary(s), render.Options{Page: true}), b.store.WriteFile("summary"+format.Ending, text.Bytes()))
	}
	return errors.Join(append(errs, b.store.WriteFile("summary.csv", s.CSV()))...)
}
