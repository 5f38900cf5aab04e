package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/urfave/cli/v2"

	"mxverdict/cmd/internal/render"
	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify/evidence"
)

// maxEvidence bounds an evidence file; a run of twenty hosts stays far below.
const maxEvidence = 64 << 20

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
	out.many = len(files) > 1
	var results []render.Result
	for _, file := range files {
		found, err := p.replayFile(file, catalogue)
		if err != nil {
			return usage("Such a file is written by: mxverdict verify --save-evidence FILE", "%s: %v", file, err)
		}
		results = append(results, found...)
	}
	return p.show(results, out)
}

func (p *program) replayFile(file string, catalogue *rules.Catalogue) ([]render.Result, error) {
	in, err := p.source(file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	limited := &io.LimitedReader{R: in, N: maxEvidence + 1}
	decoder := json.NewDecoder(limited)
	var results []render.Result
	for {
		var b evidence.Bundle
		err := decoder.Decode(&b)
		switch {
		case errors.Is(err, io.EOF) && len(results) > 0:
			return results, nil
		case limited.N <= 0:
			return nil, fmt.Errorf("larger than %d MiB", maxEvidence>>20)
		case errors.Is(err, io.EOF):
			return nil, errors.New("empty")
		case err != nil:
			return nil, fmt.Errorf("no evidence: %w", err)
		}
		r, err := savedReport(&b)
		if err != nil {
			return nil, err
		}
		results = append(results, result(r, b, catalogue))
	}
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
	for _, f := range r.Findings {
		if !slices.Contains([]report.Status{report.Unknown, report.OK, report.Info, report.Warning, report.Error}, f.Status) {
			return r, fmt.Errorf("row %d of its report has the status %q, which does not exist", f.N, f.Status)
		}
	}
	b.Report = nil
	return r, nil
}
