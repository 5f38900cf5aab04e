package app

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"mxverdict/cmd/internal/render"
	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify/evidence"
)

// output is how results are printed.
type output struct {
	format   string
	terminal render.Terminal
	strict   bool
	exitZero bool
	many     bool // of several inputs, of which some may have failed
}

func (p *program) output(c *cli.Context) (output, error) {
	format, err := checkFormat(c, formats)
	if err != nil {
		return output{}, err
	}
	look, err := p.look(c)
	return output{format: format, terminal: look, strict: c.Bool("strict"), exitZero: c.Bool("exit-zero")}, err
}

// judge reads the flags of a command that prints verdicts, and loads the rules.
func (p *program) judge(c *cli.Context) (output, *rules.Catalogue, error) {
	out, err := p.output(c)
	if err != nil {
		return out, nil, err
	}
	catalogue, err := p.catalogue(c)
	return out, catalogue, err
}

// show writes all results and settles the exit code.
func (p *program) show(results []render.Result, out output) error {
	for _, r := range results {
		p.code = worse(p.code, codeOf(r, out.strict))
	}
	if out.exitZero && (p.code == exitConfirmed || p.code == exitInconclusive) {
		p.code = exitOK // other codes say that the run failed, not what it found
	}
	switch out.format {
	case "json":
		return render.JSON(p.stdout, results, out.many)
	case "jsonl":
		return render.JSONLines(p.stdout, results)
	}
	for i, r := range results {
		if i > 0 {
			fmt.Fprintln(p.stdout)
		}
		var err error
		if out.format == "ticket" {
			err = render.Ticket(p.stdout, r)
		} else {
			err = render.Text(p.stdout, r, out.terminal)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func codeOf(r render.Result, strict bool) int {
	s := r.Judgement.Summary
	switch {
	case r.Interrupted:
		return exitInterrupted
	case s.Confirmed > 0:
		return exitConfirmed
	case recognised(r.Report) == 0:
		return exitUsage
	case closed(r.Evidence), unproven(r), r.Evidence.Vantage.Intercepted, r.Evidence.Vantage.DNSOut == evidence.Closed, resolverOnly(r):
		return exitNetwork
	case strict && s.Inconclusive > 0, slices.ContainsFunc(r.Judgement.Verdicts, urgentAndOpen):
		return exitInconclusive
	}
	return exitOK
}

// urgentAndOpen tells whether somebody should look now, because this run could not tell.
func urgentAndOpen(v rules.Verdict) bool { return v.Urgent && v.Verdict == rules.Inconclusive }

// recognised counts the rows that some wording knows.
func recognised(r report.Report) int {
	n := 0
	for _, f := range r.Findings {
		if f.Rule != "" {
			n++
		}
	}
	return n
}

// canWrite finds out before any wait whether a file can be written; "" is none.
func canWrite(file string) error {
	if file == "" {
		return nil
	}
	if info, err := os.Stat(file); err == nil && !info.Mode().IsRegular() {
		return usage("Name a file for it.", "--save-evidence %s is no ordinary file", file)
	}
	probe, err := os.CreateTemp(filepath.Dir(file), ".mxverdict-*")
	if err != nil {
		return usage("Name a file in a folder that exists and can be written to.", "--save-evidence %s cannot be written: %v", file, openError("/", err))
	}
	probe.Close()
	return os.Remove(probe.Name())
}

// writeWhole writes a file whole or not at all.
func writeWhole(file string, data []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(file), ".mxverdict-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	defer os.Remove(temporary.Name()) // fails after the rename, as it should
	_, err = temporary.Write(data)
	if closeErr := temporary.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(temporary.Name(), file)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}
