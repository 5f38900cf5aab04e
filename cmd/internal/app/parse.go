package app

import (
	"runtime/debug"
	"slices"

	"github.com/urfave/cli/v2"

	"mxverdict/rules"
)

// parse shows what was understood of each report.
func (p *program) parse(c *cli.Context) error {
	// The collector would begin its first round at 3 MB, which is what a short report takes with the wordings, and the process ends before
	// the round does. Now it begins at twice that.
	debug.SetGCPercent(200)
	format, err := formatOf(c.String("format"))
	if err != nil {
		return err
	}
	look, err := p.look(c)
	if err != nil {
		return err
	}
	overlay, err := p.overlay(c)
	if err != nil {
		return err
	}
	// Not the whole catalogue: this command is to answer at once.
	vocabulary, replaced, err := rules.LoadVocabulary(overlay)
	if err != nil {
		return err
	}
	p.sayReplaced(replaced)
	reports := slices.Collect(p.read(c.Args().Slice(), vocabulary))
	// What went wrong was said, and set the exit code.
	if len(reports) == 0 {
		return nil
	}
	return format.Reports(p.stdout, reports, c.NArg() > 1, look)
}
