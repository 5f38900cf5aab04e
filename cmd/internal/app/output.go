package app

import (
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/cmd/internal/render"
	"mxverdict/parser/report"
	"mxverdict/rules"
)

// output is how results are printed.
type output struct {
	format   render.Format
	options  render.Options
	also     []also
	strict   bool
	exitZero bool
	many     bool // of several inputs, of which some may have failed
}

func (p *program) output(c *cli.Context) (output, error) {
	format, err := formatOf(c.String("format"))
	if err != nil {
		return output{}, err
	}
	options, err := p.options(c)
	if err != nil {
		return output{}, err
	}
	further, err := alsoOf(c.StringSlice("also"), c.String("save-evidence"))
	return output{format: format, options: options, also: further, strict: c.Bool("strict"), exitZero: c.Bool("exit-zero")}, err
}

// judge reads the flags of a command that prints verdicts, and loads the rules.
func (p *program) judge(c *cli.Context) (output, *rules.Catalogue, error) {
	out, err := p.output(c)
	if err != nil {
		return out, nil, err
	}
	catalogue, err := p.catalogue(c)
	if err != nil {
		return out, nil, err
	}
	catalogue, err = p.speaking(c, catalogue)
	return out, catalogue, err
}

// printer writes results as they come, where the format allows, and settles the exit code.
type printer struct {
	p *program
	output
	held  []result.Result // of formats that are one document
	wrote bool
	err   error // of the first result that could not be written; no other is tried then
}

// add takes the next result.
func (w *printer) add(r result.Result) {
	w.p.worsen(codeOf(r, w.strict))
	if w.format.AtOnce(w.options) || slices.ContainsFunc(w.also, func(a also) bool { return a.format.AtOnce(w.options) }) {
		w.held = append(w.held, r)
	}
	if !w.format.AtOnce(w.options) && w.err == nil {
		w.p.stderr.beside(func() { w.err = w.write(r) })
	}
	for i := range w.also {
		w.also[i].add(r, w.options)
	}
}

// end writes what was held back. Of no report at all there is nothing to write: what was wrong with the input was told.
func (w *printer) end() error {
	if code := w.p.code; w.exitZero && (code == exitConfirmed || code == exitInconclusive) {
		w.p.code = exitOK // other codes say that the run failed, not what it found
	}
	if w.format.AtOnce(w.options) && len(w.held) > 0 {
		w.p.stderr.beside(func() { w.err = w.format.Results(w.p.stdout, w.held, w.many, w.options) })
	}
	for i := range w.also {
		if err := w.also[i].end(w.held, w.many, w.options); err != nil {
			w.p.fail(err)
		}
	}
	return w.err
}

// write writes a result in a format in which each stands for itself.
func (w *printer) write(r result.Result) error {
	if w.format.ForPeople() && w.wrote {
		fmt.Fprintln(w.p.stdout)
	}
	w.wrote = true
	return w.format.Results(w.p.stdout, []result.Result{r}, w.many, w.options)
}

func codeOf(r result.Result, strict bool) int {
	s := r.Judgement.Summary
	switch {
	case r.Interrupted:
		return exitInterrupted
	case s.Confirmed > s.Accepted:
		return exitConfirmed
	case recognised(r.Report) == 0:
		return exitUsage
	case r.Hindered:
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
