package dnsprobe

import (
	"time"

	"mxverdict/verify/evidence"
)

// trail is how something was found out: the zone that was known before, what was found out on the way, and exchanges of its
// own. Trails have beginnings in common, and hostile delegations make them many; so they refer to each other and copy nothing.
type trail struct {
	cut  *cut
	from []*trail
	xs   []evidence.Exchange
}

// exchanges writes trails out in order, each exchange once.
func (p *Probe) exchanges(trails ...*trail) []evidence.Exchange {
	l := ledger{probe: p, cuts: map[*cut]bool{}, trails: map[*trail]bool{}, known: map[exchangeKey]bool{}}
	for _, t := range trails {
		l.trail(t)
	}
	return l.xs
}

// ledger is what was written out so far. Without it, delegations that lead to each other would be written out for ever.
type ledger struct {
	probe  *Probe
	cuts   map[*cut]bool
	trails map[*trail]bool
	known  map[exchangeKey]bool
	xs     []evidence.Exchange
}

// exchangeKey tells exchanges apart: a remembered answer comes back with the same times.
type exchangeKey struct {
	at                            time.Time
	server, name, kind, transport string
	edns                          bool
}

// trail goes depth first, so that what was known before comes before what was found by it.
func (l *ledger) trail(t *trail) {
	if t == nil || l.trails[t] {
		return
	}
	l.trails[t] = true
	l.cut(t.cut)
	for _, before := range t.from {
		l.trail(before)
	}
	for _, x := range t.xs {
		key := exchangeKey{x.At, x.Server, x.Name, x.Type, x.Transport, x.EDNS}
		if !l.known[key] {
			l.known[key] = true
			l.xs = append(l.xs, x)
		}
	}
}

// cut writes out how a zone was found: first its parent, then its delegation.
func (l *ledger) cut(c *cut) {
	if c == nil || l.cuts[c] {
		return
	}
	l.cuts[c] = true
	l.cut(c.parent)
	l.trail(c.learned)
	l.probe.mu.Lock()
	found := c.found
	l.probe.mu.Unlock()
	if found != nil {
		l.trail(found.way)
	}
}

func exchangesOf(replies []reply) (xs []evidence.Exchange) {
	for _, r := range replies {
		xs = append(xs, r.xs...)
	}
	return xs
}
