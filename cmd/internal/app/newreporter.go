package app

import (
	"io"

	"github.com/urfave/cli/v2"

	"mxverdict/rules"
)

// rulesNewReporter prints a reporter file to begin with. It goes to stdout, since only its author knows where it shall lie.
func (p *program) rulesNewReporter(c *cli.Context) error {
	switch {
	case c.NArg() == 0:
		return usage(`Such as: mxverdict rules new-reporter "Zone Watch" > DIR/reporters/zone-watch.yaml`, "rules new-reporter needs the name of the reporter")
	case c.NArg() > 1:
		return usage(`Put it in quotation marks: mxverdict rules new-reporter "Zone Watch"`, "rules new-reporter takes one name, not %d", c.NArg())
	}
	name := c.Args().First()
	id, err := rules.ReporterID(name)
	if err != nil {
		return usage("Give it a plain name here, such as Zone Watch, and write it as you like behind name: in the file.",
			"no ID can be made of the name %q: %v", name, err)
	}
	catalogue, err := p.catalogue(c)
	if err != nil {
		return err
	}
	if known, called, file, ok := catalogue.KnownReporter(id); ok {
		return usageHints([]string{
			"To add wordings to it, put a file of its own into DIR/reporters that begins with the lines",
			"  schema: mxverdict/reporter/1",
			"  extends: " + known,
			"  tests:",
			"and holds what is new. What there is: mxverdict rules export DIR",
		}, "there is a reporter %s already, with the ID %s (%s)", called, known, file)
	}
	text, err := rules.NewReporter(id, name)
	if err != nil {
		return err
	}
	_, err = io.WriteString(p.stdout, text)
	return err
}
