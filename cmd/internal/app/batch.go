package app

import (
	"context"
	"fmt"
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
	"mxverdict/cmd/internal/render"
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
		&cli.IntFlag{Name: "jobs", Value: 2000, Category: groupTime, Usage: "most reports that are tested at a time, beside those that talk to a mail server"},
		&cli.StringSliceFlag{Name: "fail-on", Value: cli.NewStringSlice("confirmed", "urgent", "error"), Category: groupOutput,
			Usage: "what makes the exit code other than 0: `confirmed|urgent|inconclusive|error|nothing`; may be repeated"},
	}
}

// sessionsOfBatch is how many sessions one server sees in a run: at two a minute they take an hour. Reports for which none is left are tested
// again in the next run.
const sessionsOfBatch = 120

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

	resumed bool // an earlier run left records
	closed  bool // nothing that was asked was answered as it should
	readAll bool // no input was left when the inputs ended
	cut     int  // tests that were given up

	held   []finished      // results that this network hindered, until one shows that it lets tests out
	opened bool            // one did
	since  int             // results in a row that it hindered since
	mail   bool            // one of these needed more than name servers
	mute   int             // results in a row that waited for the resolver in vain
	tests  context.Context // ends when no result is wanted any more
	stop   context.CancelFunc

	mu  sync.Mutex
	err error // why the run cannot go on
}

// pending is an input that is tested. Thousands are at a time, and wait for minutes.
type pending struct {
	id     string
	source string
	report report.Report
}

// finished is an input whose test is over.
type finished struct {
	pending
	result result.Result
}

// batch verifies folders of reports, and goes on where an earlier run ended.
func (p *program) batch(c *cli.Context) error {
	dir := c.String("out")
	switch {
	case dir == "":
		return usage("Such as: mxverdict batch reports --out results", "batch needs --out, the folder of its results")
	case c.NArg() == 0 && c.String("files-from") == "":
		return usage("Such as: mxverdict batch reports --out results", "batch needs the files, folders or mailboxes of the reports")
	case slices.Contains(c.Args().Slice(), "-"):
		return usage("Standard input can be the list of files: --files-from -", "batch reads files, not standard input")
	case c.Int("jobs") < 1:
		return usage("", "--jobs must be at least 1")
	}
	run, err := p.newBatch(c)
	if err != nil {
		return err
	}
	options, err := p.network(c, run.catalogue)
	if err != nil {
		return err
	}
	if run.who.Address != "" {
		options.Only = netip.MustParseAddr(run.who.Address)
	}
	inputs, err := p.inputs(c)
	if err != nil {
		return err
	}
	if err := run.open(dir); err != nil {
		return err
	}
	run.tally = p.tally(c.Bool("quiet"))
	options.Sessions = sessionsOfBatch
	options.Watch, options.Queued = run.tally.waiting, run.tally.inQueue
	var notAlive func()
	options.Since, notAlive = run.store.Alive()
	defer notAlive()
	counting, stopCounting := context.WithCancel(p.env.Context)
	defer stopCounting()
	if !c.Bool("quiet") {
		go run.expect(counting, c)
	}
	run.work(inputs, options, c.Int("jobs"))
	run.tally.end()
	return run.finish(dir)
}

// newBatch reads the flags that say how reports are judged and what is written of them.
func (p *program) newBatch(c *cli.Context) (*batchRun, error) {
	b := &batchRun{p: p, failOn: c.StringSlice("fail-on")}
	for _, what := range b.failOn {
		if !slices.Contains([]string{"confirmed", "urgent", "inconclusive", "error", "nothing"}, what) {
			return nil, usage("", "--fail-on is confirmed, urgent, inconclusive, error or nothing, not %q", what)
		}
	}
	for _, name := range c.StringSlice("each") {
		format, err := formatOf(name)
		if err != nil {
			return nil, err
		}
		b.each = append(b.each, format)
	}
	var err error
	if b.options, err = p.options(c); err != nil {
		return nil, err
	}
	b.options.Width, b.options.Page = 0, true // files have no width, and are read by themselves
	if b.who, err = chooseTarget(c.String("target"), c.String("address")); err != nil {
		return nil, err
	}
	if b.catalogue, err = p.catalogue(c); err != nil {
		return nil, err
	}
	b.catalogue, err = p.speaking(c, b.catalogue)
	return b, err
}

// open opens the folder of the results, and says what was found there.
func (b *batchRun) open(dir string) (err error) {
	var found batch.Resumed
	if b.store, found, err = batch.Open(dir, b.catalogue.Digest()); err != nil {
		return usage("", "--out %s: %v", dir, err)
	}
	b.resumed = found.Records > 0
	b.p.sayResumed(found)
	return nil
}

// work tests what is to be tested, until all is done, the user ends it, or it cannot go on.
func (b *batchRun) work(inputs iter.Seq[batch.Input], options verify.Options, jobs int) {
	b.tests, b.stop = context.WithCancel(context.WithoutCancel(b.p.env.Context))
	defer b.stop()
	defer context.AfterFunc(b.p.env.Context, func() {
		time.AfterFunc(grace, b.stop)
		b.p.say(fmt.Sprintf("Ending: what is done within %s is still recorded. A second signal ends at once, and costs nothing that was recorded.", grace))
	})()
	for of, r := range check.Each(b.tests, b.plans(inputs), options, jobs) {
		if b.take(finished{of, r}); b.failure() != nil {
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
		p.say(fmt.Sprintf("%d of them were judged by other rules than today's. They stay as they are: mxverdict replay judges the evidence in this folder by today's, and with another folder all is tested anew.", found.OtherRules))
	}
}

// longestReason is how much of a reason is kept, in characters: foreign text may be part of it.
const longestReason = 500

// fail records that an input has no result, and why.
func (b *batchRun) fail(id, source string, err error) {
	b.forget(source, nil)
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
