package dnsprobe

import (
	"context"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
)

// AskTCP asks one authoritative address over TCP only, which RFC 7766 section 5 has every server serve. Silence is met
// with further tries; a refused connection is an answer of its own kind and ends them. What was answered in another round
// does not count.
func (p *Probe) AskTCP(ctx context.Context, server evidence.Server, name, rrtype string, round int) []evidence.Exchange {
	return p.askDirect(ctx, server, name, rrtype, round, true)
}

// Parse reads records as they stand in an exchange. Text that is no whole record of the class IN is passed over.
func Parse(records []string) []dns.RR { return parseAll(records) }

// Within tells whether a name is a zone's apex or below it. Both are as they stand in evidence.
func Within(name, zone string) bool { return within(name, zone) }
