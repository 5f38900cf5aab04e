package app

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"mxverdict/cmd/internal/render"
	"mxverdict/rules"
)

// output is how results are printed.
type output struct {
	format   string
	terminal render.Terminal
	strict   bool
	exitZero bool
}

func (p *program) output(c *cli.Context) (output, error) {
	format, err := checkFormat(c, formats)
	if err != nil {
		return output{}, err
	}
	look, err := p.look(c)
	return output{format, look, c.Bool("strict"), c.Bool("exit-zero")}, err
}

// print writes all results and settles the exit code.
func (p *program) print(results []render.Result, out output) error {
	for _, r := range results {
		p.code = worse(p.code, codeOf(r, out.strict))
	}
	if out.exitZero && p.code != exitUsage && p.code != exitInterrupted {
		p.code = exitOK
	}
	switch out.format {
	case "json":
		return render.JSON(p.stdout, results)
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
	case r.Evidence.Vantage.SMTPOut == "closed":
		return exitNetwork
	case strict && (s.Inconclusive > 0 || inconclusive(r.Judgement)):
		return exitInconclusive
	}
	return exitOK
}

func inconclusive(j rules.Judgement) bool {
	for _, v := range j.Verdicts {
		if v.Verdict == rules.Inconclusive {
			return true
		}
	}
	return false
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
