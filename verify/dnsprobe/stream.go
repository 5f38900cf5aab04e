package dnsprobe

import (
	"context"

	"mxverdict/verify/evidence"
)

// AskTCP asks one authoritative address over TCP only, which RFC 7766 section 5 has every server serve. Silence is met
// with further tries; a refused connection is an answer of its own kind and ends them. What was answered in another round
// does not count.
func (p *Probe) AskTCP(ctx context.Context, server evidence.Server, name, rrtype string, round int) []evidence.Exchange {
	return p.askDirect(ctx, server, name, rrtype, round, true)
}
