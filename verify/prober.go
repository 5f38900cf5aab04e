package verify

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"

	"mxverdict/verify/dnsprobe"
	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/once"
)

// Prober asks strangers' servers on behalf of many reports. Each report has a run of its own, with its own budget, controls and
// evidence, so that no verdict depends on the reports beside it. What several of them ask alike is asked once, and the answers are
// shared; one server is never talked to by two at a time, nor more often than manners allow. It is safe for concurrent use.
type Prober struct {
	Options
	wire *dnsprobe.Wire

	mailbox string // a local part that cannot exist, the same in every session, because greylisting knows recipients again
	nowhere string // a name that does not exist (RFC 6761 section 6.4)

	// What was asked once for all reports, by all that makes two questions alike. A result that our own end cut short is kept for nobody.
	held     once.Group[[]evidence.Session]
	controls once.Group[evidence.Session]
	fetches  once.Group[[]evidence.Fetch]

	mu    sync.Mutex
	turns map[netip.Addr]*turn
	busy  chan struct{} // a place for each report whose look-ups are on their way
}

// New makes a prober. The names that it makes up are random, so that no server can know them, and stay the same for all of its reports: a
// second name would be a second question to each server, and a new client to each greylist.
func New(o Options) *Prober {
	return &Prober{Options: o, wire: dnsprobe.NewWire(),
		mailbox: fmt.Sprintf("mxverdict-%08x", rand.Uint32()),
		nowhere: fmt.Sprintf("mxverdict-%08x.invalid", rand.Uint32()),
		turns:   map[netip.Addr]*turn{},
		busy:    make(chan struct{}, parallelReports),
	}
}

// parallelReports bounds the reports whose look-ups run side by side; their sessions all do, because nearly all of their time is
// waiting.
const parallelReports = 20

// Run asks what one report needs and nobody asked before, on a prober of its own. See Prober.Run.
func Run(ctx context.Context, plan Plan, o Options) evidence.Bundle { return New(o).Run(ctx, plan) }

// enter waits for a place among the reports whose look-ups are on their way; false if the run ends first.
func (p *Prober) enter(ctx context.Context) (leave func(), ok bool) {
	select {
	case p.busy <- struct{}{}:
		return sync.OnceFunc(func() { <-p.busy }), true
	case <-ctx.Done():
		return func() {}, false
	}
}

// turn is whose turn it is to talk to a server. A busy server is not asked by two: it may count connections of one client, and answer the
// second one otherwise (RFC 5321 section 7.8 lets it defend itself). What is below the token is guarded by it.
type turn struct {
	taken chan struct{} // holds one token

	last     time.Time                     // when the latest session with it began
	sessions int                           // held so far
	openings map[string][]evidence.Session // of visits, by smtp.Visit.OpeningKey
}

// maxSessions is how many sessions one server sees in a run of the program: at two a minute they last as long as the test of one
// report may. Thousands of reports may be about domains whose mail one provider takes. Those beyond see how the sessions of others
// opened, which is the same for all, and what their own mailboxes would have shown stays unknown.
const maxSessions = 24

// turn returns the turn of a server, one for all reports. Whoever holds its token talks to the server; nobody else does.
func (p *Prober) turn(server netip.Addr) *turn {
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.turns[server]
	if t == nil {
		t = &turn{taken: make(chan struct{}, 1), openings: map[string][]evidence.Session{}}
		p.turns[server] = t
	}
	return t
}
