package app

import (
	"runtime/debug"

	"github.com/urfave/cli/v2"

	"mxverdict/cmd/internal/batch"
	"mxverdict/cmd/internal/render"
)

// diffDescription says what diff compares, and how it ends.
const diffDescription = "OLD and NEW are folders that were given to batch with --out. Reports are compared by the names under which batch read them, " +
	"so that both runs have to be given the same paths. Nothing is locked and nothing is written: a run may be at work in either folder.\n" +
	"Only what differs is listed, the worst first, each rule and subject once with the number of reports; the formats for programs hold every report by itself. " +
	"What cannot be decided now is never called repaired.\n" +
	"Exit code 1: something is confirmed now, and accepted by nobody, that was not so before; 0: nothing is; 2: a folder cannot be read."

func diffFlags() []cli.Flag {
	return append([]cli.Flag{formatFlagOf(render.ComparisonFormats())},
		without(outputFlags(), "format", "v", "vv", "lang", "audience", "also", "max-chars", "quiet", "strict", "exit-zero")...)
}

// diff compares two runs of batch.
func (p *program) diff(c *cli.Context) error {
	const hint = "Such as: mxverdict diff before now, where before and now are folders that batch was given with --out"
	if c.NArg() != 2 {
		return usage(hint, "diff compares two folders, not %d", c.NArg())
	}
	format, err := formatAmong(render.ComparisonFormats(), c.String("format"))
	if err != nil {
		return err
	}
	options, err := p.options(c)
	if err != nil {
		return err
	}
	// What is held is a few numbers a report, in long lists; the collector finds them at once, and need not let as much garbage stand beside
	// them as it does by default.
	defer debug.SetGCPercent(debug.SetGCPercent(40))
	compared, err := batch.Compare(p.env.Context, c.Args().Get(0), c.Args().Get(1))
	switch {
	case p.env.Context.Err() != nil:
		return errInterrupted
	case err != nil:
		return usage(hint, "diff: %v", err)
	}
	defer compared.Close()
	if compared.Count(batch.Came).N+compared.Count(batch.Lapsed).N > 0 {
		p.worsen(exitConfirmed)
	}
	return format.Comparison(p.stdout, compared, options)
}
