package check

import (
	"context"

	"mxverdict/verify"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// Whatever this package takes of a run and reads in evidence, it takes and reads by the functions of this file.

// ask asks what a report needs. One that needs nothing has the empty bundle, whose zero times say that nothing was tested.
func ask(ctx context.Context, prober *verify.Prober, plan Plan) evidence.Bundle {
	if plan.asksNothing() {
		return evidence.Bundle{Schema: evidence.Schema}
	}
	return prober.Run(ctx, plan.questions)
}

// factsOf is what evidence shows.
func factsOf(b *evidence.Bundle) *facts.Set { return verify.Facts(b) }

// keptBy tells whether servers were not reached over a family of which the run showed no more than that. Where IPv4 is open,
// IPv6 is no reason to look for another network.
func keptBy(b *evidence.Bundle, way evidence.WayOut) bool {
	kept := reading.Unreached(b, reading.IPv6) && b.Vantage.SMTPOut6 == way && b.Vantage.SMTPOut != evidence.Open
	return kept || reading.Unreached(b, reading.IPv4) && b.Vantage.SMTPOut == way
}
