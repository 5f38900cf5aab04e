package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/urfave/cli/v2"

	"mxverdict/cmd/internal/batch"
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
		return usage("Such a file is written by: mxverdict verify --save-evidence FILE", "replay needs the file of saved evidence, or the folder of a batch")
	}
	deadline := c.Duration("deadline")
	if deadline <= 0 {
		return usage("", "--deadline must be above zero")
	}
	if slices.ContainsFunc(files, isFolder) {
		if len(files) > 1 {
			return usage("Such as: mxverdict replay results", "replay takes the folder of one batch by itself")
		}
		return p.replayBatch(files[0], c.String("only"), catalogue, deadline, out)
	}
	if c.IsSet("only") {
		return usage("Such as: mxverdict replay results --only reports/17.txt", "--only chooses among the reports of a batch, and %s is no folder of one", files[0])
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

// isFolder tells whether a path leads to a folder.
func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// replayBatch judges what the evidence of a batch shows about all its reports, or about one, which is named by its source or its ID. Each result
// is written as soon as it is there: a batch may have more than can be held.
func (p *program) replayBatch(dir, only string, catalogue *rules.Catalogue, deadline time.Duration, out output) error {
	kept, err := batch.OpenResults(dir)
	if err != nil {
		return usage("Such a folder is written by: mxverdict batch reports --out DIR", "%s: %v", dir, err)
	}
	defer kept.Close()
	out.many = only == ""
	printed, found, failed := &printer{p: p, output: out}, 0, 0
	for r, err := range kept.Records() {
		if err != nil {
			return usage("", "%s: %v", dir, err)
		}
		if only != "" && r.Source != only && r.ID != only {
			continue
		}
		found++
		if r.Error != "" {
			failed++
			continue
		}
		seen, err := kept.Bundle(r)
		var judged result.Result
		if err == nil {
			judged, err = p.judgeRecord(r, seen, deadline, catalogue)
		}
		if err != nil {
			return usage("", "%s: %s: %v", dir, r.Source, err)
		}
		printed.add(judged)
	}
	if found == 0 && only != "" {
		return usage("A report is named as in results.jsonl there, by its source or its ID.", "%s has no report %q", dir, only)
	}
	if failed > 0 {
		p.say(fmt.Sprintf("mxverdict: note: %d of %d reports have no result that could be judged again", failed, found))
	}
	return printed.end()
}

// judgeRecord judges the evidence of a record of a batch again.
func (p *program) judgeRecord(r batch.Record, seen evidence.Bundle, deadline time.Duration, catalogue *rules.Catalogue) (result.Result, error) {
	var told struct {
		Report json.RawMessage `json:"report"`
	}
	if err := json.Unmarshal(r.Result, &told); err != nil {
		return result.Result{}, fmt.Errorf("its result: %w", err)
	}
	seen.Report = told.Report
	report, err := savedReport(&seen)
	if err != nil {
		return result.Result{}, err
	}
	return p.judgeWithin(deadline, report, seen, catalogue)
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
