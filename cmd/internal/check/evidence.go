package check

import (
	"context"

	"mxverdict/verify"
	"mxverdict/verify/derive"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// Whatever this package takes of a run and reads in evidence, it takes and reads by the functions of this file.

// seen is what a run saw.
type seen struct{ verify.Seen }

func ask(ctx context.Context, plan verify.Plan, o verify.Options) seen {
	return seen{verify.Run(ctx, plan, o)}
}

// of is the part of the evidence that concerns one report of the plan.
func (s *seen) of(report int) evidence.Bundle { return s.Of(report) }

// factsOf is what evidence shows.
func factsOf(b *evidence.Bundle) *facts.Set { return derive.Facts(b) }

// keptBy tells whether servers were not reached over a family of which the run showed no more than that. Where IPv4 is open,
// IPv6 is no reason to look for another network.
func keptBy(b *evidence.Bundle, way evidence.WayOut) bool {
	kept := derive.Unreached(b, derive.IPv6) && b.Vantage.SMTPOut6 == way && b.Vantage.SMTPOut != evidence.Open
	return kept || derive.Unreached(b, derive.IPv4) && b.Vantage.SMTPOut == way
}
