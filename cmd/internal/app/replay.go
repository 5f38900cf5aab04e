package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"mxverdict/cmd/internal/check"
	"mxverdict/cmd/internal/check/result"
	"mxverdict/parser"
	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify/evidence"
)

// replay judges saved evidence again, by the rules of today.
func (p *program) replay(c *cli.Context) error {
	out, catalogue, err := p.judge(c)
	if err != nil {
		return err
	}
	files := c.Args().Slice()
	if len(files) == 0 {
		return usage("Such a file is written by: mxverdict verify --save-evidence FILE", "replay needs the file of saved evidence")
	}
	deadline := c.Duration("deadline")
	if deadline <= 0 {
		return usage("", "--deadline must be above zero")
	}
	out.many = len(files) > 1
	var results []result.Result
	for _, file := range files {
		found, err := p.replayFile(file, catalogue, deadline)
		if err != nil {
			return usage("Such a file is written by: mxverdict verify --save-evidence FILE", "%s: %v", file, err)
		}
		results = append(results, found...)
	}
	// Nothing is printed before all files were judged: half an answer would look like a whole one.
	printed := &printer{p: p, output: out}
	for _, r := range results {
		printed.add(r)
	}
	return printed.end()
}

// replayFile judges all bundles of a file, which may stand one after the other in it. One that cannot be read makes the file an
// error: the rest of it may belong to the broken one.
func (p *program) replayFile(file string, catalogue *rules.Catalogue, deadline time.Duration) ([]result.Result, error) {
	in, err := p.source(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	bundles := evidence.NewReader(in)
	var results []result.Result
	for {
		b, err := bundles.Next()
		switch {
		case errors.Is(err, io.EOF) && len(results) > 0:
			return results, nil
		case errors.Is(err, io.EOF):
			return nil, errors.New("empty")
		case err != nil:
			return nil, err
		}
		r, err := savedReport(&b)
		if err != nil {
			return nil, err
		}
		res, err := p.judgeWithin(deadline, r, b, catalogue)
		if err != nil {
			return nil, err
		}
		results = append(results, res)
	}
}

// judgeWithin bounds the time that a bundle, which may come from anybody, takes to be judged.
func (p *program) judgeWithin(deadline time.Duration, r report.Report, b evidence.Bundle, catalogue *rules.Catalogue) (result.Result, error) {
	ctx, cancel := context.WithTimeout(p.env.Context, deadline)
	defer cancel()
	res, err := waitFor(ctx, func() (result.Result, error) { return check.Judge(r, b, catalogue), nil })
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("to judge it takes longer than %s; give it more time with --deadline", check.Limit(deadline))
	}
	return res, err
}

// savedReport takes the report out of a bundle. A bundle is as hostile as a report: what does not fit the contract is refused.
func savedReport(b *evidence.Bundle) (report.Report, error) {
	var r report.Report
	switch {
	case b.Schema != evidence.Schema:
		return r, fmt.Errorf("the schema is %q, not %s", b.Schema, evidence.Schema)
	case len(b.Report) == 0:
		return r, errors.New("the bundle holds no report")
	}
	if err := json.Unmarshal(b.Report, &r); err != nil {
		return r, fmt.Errorf("the report in the bundle: %w", err)
	}
	if r.Schema != report.Schema {
		return r, fmt.Errorf("the schema of its report is %q, not %s", r.Schema, report.Schema)
	}
	if len(r.Findings) > parser.MaxFindings {
		return r, fmt.Errorf("its report has more than %d rows", parser.MaxFindings)
	}
	for _, f := range r.Findings {
		if !slices.Contains([]report.Status{report.Unknown, report.OK, report.Info, report.Warning, report.Error}, f.Status) {
			return r, fmt.Errorf("row %d of its report has the status %q, which does not exist", f.N, f.Status)
		}
	}
	// The report is handed on by itself, and a copy in the bundle could contradict it.
	b.Report = nil
	return r, nil
}
