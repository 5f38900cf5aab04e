package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"

	"github.com/urfave/cli/v2"

	"mxverdict/cmd/internal/batch"
	"mxverdict/cmd/internal/check"
	"mxverdict/parser"
	"mxverdict/parser/report"
)

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
	paths, err := p.paths(c)
	if err != nil {
		return nil, err
	}
	return batch.Inputs(p.env.Context, paths, batch.Folders{Targets: targets, Results: c.String("out"), Most: parser.MaxInput}), nil
}

// paths are those of the command line, and behind them those of a list.
func (p *program) paths(c *cli.Context) (iter.Seq2[string, error], error) {
	paths := batch.Paths(c.Args().Slice()...)
	list := c.String("files-from")
	if list == "" {
		return paths, nil
	}
	in, err := p.source(list)
	if err != nil {
		return nil, usage("", "--files-from %s: %v", list, err)
	}
	return func(yield func(string, error) bool) {
		defer in.Close()
		for path, err := range paths {
			if !yield(path, err) {
				return
			}
		}
		for path, err := range batch.List(in) {
			if !yield(path, err) {
				return
			}
		}
	}, nil
}

// expect counts the inputs beside the run, for an estimate of its end. A list on standard input, or in a pipe, is there but once.
func (b *batchRun) expect(ctx context.Context, c *cli.Context) {
	if list := c.String("files-from"); list != "" {
		if info, err := os.Stat(list); list == "-" || err != nil || !info.Mode().IsRegular() {
			return
		}
	}
	paths, err := b.p.paths(c)
	if err != nil {
		return // told already
	}
	if n := batch.Expected(ctx, paths, c.String("out")); ctx.Err() == nil {
		b.tally.expect(n)
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
			default:
				if b.tally.begin(); !yield(of, plan) {
					return
				}
			}
		}
		b.readAll = b.p.env.Context.Err() == nil // which may have ended the inputs early
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
	for i := range of.report.Findings {
		f := &of.report.Findings[i]
		f.ID = batch.FindingID(of.id, f.N)
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
