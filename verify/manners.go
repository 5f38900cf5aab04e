package verify

// This file holds the manners that one report owes to strangers' servers and that thousands of reports owe to them together: who talks to a
// server when, and how many connections stand at a time. Nobody's clock goes on while he waits here.

import (
	"cmp"
	"context"
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/netrange"
	"mxverdict/verify/internal/pace"
	"mxverdict/verify/smtp"
)

const (
	// maxSessions is how many sessions one server sees in a run of the program, if the user did not allow more: at two a minute they last as
	// long as the test of one report may. Thousands of reports may be about domains whose mail one provider takes, under names of their own too.
	// Those beyond see how the sessions of others opened, which is the same for all, and what their own mailboxes and names would have shown
	// stays unknown.
	maxSessions = 24
	// maxTurnedAway is after how many sessions in a row that were turned away (421, 4xx) a server is left in peace in the same way, for peace.
	// The pause before each doubles, up to longestPause.
	maxTurnedAway = 4
	longestPause  = 4 * time.Minute
	peace         = time.Hour
)

// The limits for the servers of one network, which may belong to one provider with one counter of our connections. The numbers are our own:
// one report about a domain with twenty mail hosts meets none of them.
const (
	networkAtOnce = 20
	networkEvery  = time.Second
	networkBurst  = 20
)

// manners are what all reports of a prober observe together.
type manners struct {
	most  int       // sessions with one server
	since time.Time // of the last session of an earlier run; the zero value for none

	mail        *pace.Gate[netip.Prefix] // by network
	web         *pace.Gate[netip.Prefix]
	connections *pace.Gate[struct{}] // of all

	mu    sync.Mutex
	turns map[netip.Addr]*turn
	sweep int // how many turns there may be before those that are over are forgotten
}

func newManners(o Options) *manners {
	all := pace.Limit{AtOnce: o.Connections}
	if o.Rate > 0 {
		all.Every, all.Burst = time.Minute/time.Duration(o.Rate), max(o.Rate/60, 1)
	}
	m := &manners{most: cmp.Or(o.Sessions, maxSessions), since: o.Since, mail: pace.New(ofNetwork), web: pace.New(ofNetwork), connections: pace.New(func(struct{}) pace.Limit { return all }),
		turns: map[netip.Addr]*turn{}, sweep: leastSweep}
	if now := time.Now(); m.since.After(now) { // a clock that was set back must not hold the run up
		m.since = now
	}
	return m
}

// ofNetwork is the limit for a network. One that is the user's own is not limited.
func ofNetwork(n netip.Prefix) pace.Limit {
	if netrange.Private(n.Addr()) {
		return pace.Limit{}
	}
	return pace.Limit{AtOnce: networkAtOnce, Every: networkEvery, Burst: networkBurst}
}

// network is what addresses of one operator have in common: /24, and /48 as sites get it (RFC 6177).
func network(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := 48
	if a.Is4() {
		bits = 24
	}
	n, _ := a.Prefix(bits) // of an address of that family
	return n
}

// connect waits until a connection to a server may be made; false if the run ends first. The connection is over with leave.
func (r *run) connect(ctx context.Context, networks *pace.Gate[netip.Prefix], server netip.Addr) (leave func(), ok bool) {
	// The network first: who waits for it must not take a connection from others.
	leaveNetwork, err := networks.Enter(ctx, network(server), r.clocks.pause)
	if err != nil {
		return nil, false
	}
	leaveAll, err := r.manners.connections.Enter(ctx, struct{}{}, r.clocks.pause)
	if err != nil {
		leaveNetwork()
		return nil, false
	}
	return func() { leaveAll(); leaveNetwork() }, true
}

// turn is whose turn it is to talk to a server. A busy server is not asked by two: it may count connections of one client, and answer the
// second one otherwise (RFC 5321 section 7.8 lets it defend itself). What is below the token is guarded by it.
type turn struct {
	taken chan struct{} // holds one token
	users int           // who has it or waits for it; guarded by the manners

	last       time.Time          // when the latest session with it began
	by         int64              // whose session that was: the number of a run, for the run itself would be kept
	sessions   int                // held so far
	turnedAway int                // of which the last ones in a row were turned away
	openings   map[string]opening // of visits since it has seen enough, by smtp.Visit.OpeningKey
	latest     opening            // of these, of whatever name
	tries      map[int]opening    // the latest further tries since then, by their number
}

// opening is how a visit opened, and when it ended.
type opening struct {
	sessions []evidence.Session
	came     time.Time
}

// serves tells whether others are to be content with it.
func (o opening) serves() bool {
	return len(o.sessions) > 0 && time.Since(o.came) <= ageOf(o.sessions)
}

// leastSweep is how many turns are worth looking through.
const leastSweep = 1024

// turn returns the turn of a server, one for all reports. Whoever holds its token talks to the server; nobody else does.
func (m *manners) turn(server netip.Addr) (t *turn, done func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t = m.turns[server]; t == nil {
		if len(m.turns) >= m.sweep {
			m.forget()
		}
		t = &turn{taken: make(chan struct{}, 1), tries: map[int]opening{}}
		if !netrange.Private(server) { // one of the user's own network is his
			t.last = m.since
		}
		m.turns[server] = t
	}
	t.users++
	return t, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		t.users--
	}
}

// forget drops the turns of servers that were met once, and not lately: of these nothing has to be known any more. The lock is held.
func (m *manners) forget() {
	for server, t := range m.turns {
		if t.users == 0 && t.sessions <= 1 && time.Since(t.last) > longestPause {
			delete(m.turns, server)
		}
	}
	m.sweep = max(leastSweep, 2*len(m.turns))
}

// inTurn lets the run talk to a server when nobody else does; false if the run ends first. What others ask meanwhile may be what this run
// would ask too.
func (r *run) inTurn(ctx context.Context, server netip.Addr, talk func(*turn)) bool {
	turn, done := r.manners.turn(server)
	defer done()
	resume := r.clocks.pause()
	select {
	case turn.taken <- struct{}{}:
		resume()
	case <-ctx.Done():
		resume()
		return false
	}
	defer func() { <-turn.taken }()
	talk(turn)
	return true
}

// enough tells whether a server has seen enough of us.
func (m *manners) enough(t *turn) bool {
	return t.sessions >= m.most || t.turnedAway >= maxTurnedAway && time.Since(t.last) < peace
}

// opened keeps how a visit opened once a server has seen enough, for those that come later. Most servers are visited once, for which nothing
// has to be kept.
func (m *manners) opened(t *turn, v smtp.Visit, sessions []evidence.Session) {
	if !m.enough(t) {
		t.openings, t.latest = nil, opening{} // of a time when it turned us away, which is over
		return
	}
	if t.openings == nil {
		t.openings = map[string]opening{}
	}
	t.latest = opening{smtp.Opening(sessions), time.Now()}
	t.openings[v.OpeningKey()] = t.latest
}

// opening is how a visit to a server that has seen enough would open; nil where it is to be held all the same.
func (m *manners) opening(t *turn, v smtp.Visit) []evidence.Session {
	switch o := t.openings[v.OpeningKey()]; {
	case !m.enough(t):
		return nil
	case o.serves():
		return o.sessions
	case t.latest.serves():
		return v.OpeningFor(t.latest.sessions)
	}
	return nil
}

// ready is when the next session of a run may begin; the zero value for at once.
func (t *turn) ready(r *run) time.Time {
	if t.last.IsZero() {
		return time.Time{}
	}
	pause := min(smtp.Pace<<min(max(t.turnedAway-1, 0), maxTurnedAway), longestPause) // a shift by more would overflow
	if t.by != r.number {
		pause += rand.N(smtp.Pace / 10) // reports that came together do not come together again
	}
	return t.last.Add(pause)
}

// held takes up a session that was held.
func (t *turn) held(r *run, s *evidence.Session) {
	t.last, t.by = s.StartedAt, r.number
	t.sessions++
	switch {
	case smtp.TurnedAway(s):
		t.turnedAway++
	case s.Event(evidence.StepGreeting) != nil:
		t.turnedAway = 0
	}
}
