package dnsprobe

import (
	"context"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/netrange"
	"mxverdict/verify/internal/once"
	"mxverdict/verify/internal/pace"
)

// Wire is what the probes of several reports share: what went over it. A probe that sends what another one sent before gets what that
// one got, lost datagrams included, and no server has more of our questions at a time, or in a time, for it. Each probe walks and learns by
// itself, so that what it finds out is what it would find out alone.
type Wire struct {
	sent once.Group[sent]
	gate *pace.Gate[at]

	mu     sync.Mutex
	queued map[string]chan struct{} // by key: closed when a question that another probe may wait for is sent

	// decoding is held while a message is read: one of 64 KiB may take a hundred times as much for a moment.
	decoding sync.Mutex
}

// at is who is asked.
type at struct {
	server   netip.AddrPort
	resolver bool // as the resolver of ours, which is asked more
}

// at is who is asked.
func (q question) at() at { return at{q.server, q.role == evidence.Resolver} }

// mostKept bounds what a wire keeps of answers, in bytes: a run may ask about a million of zones.
const mostKept = 96 << 20

// maxAge is for how long an answer serves other reports. A run may take a night, in which zones are changed and a network may close: answers of
// hours apart side by side would contradict each other where nobody is at fault, and an old one would show a way that is open no more. The
// number is our own: a usual TTL.
const maxAge = 5 * time.Minute

// NewWire makes a wire.
func NewWire() *Wire {
	return &Wire{
		sent: once.Group[sent]{Most: mostKept, Cost: func(s sent) int { return perTry + kept*s.octets },
			Age: func(sent) time.Duration { return maxAge }},
		gate:   pace.New(limit),
		queued: map[string]chan struct{}{},
	}
}

// kept is about what a byte of an answer takes once it is read.
const kept = 6

// limit is how many questions of all reports a server gets.
func limit(to at) pace.Limit {
	switch {
	// It is there to be asked, and waits itself for servers that may be dead: their reports must not hold up the others.
	case to.resolver:
		return pace.Limit{AtOnce: 100}
	// A machine of the user's own network is his.
	case netrange.Private(to.server.Addr()):
		return pace.Limit{AtOnce: maxInFlight}
	}
	// The rates are our own. A report asks a server a few dozen questions; servers that limit answers to one client do so from about
	// five alike in a second on, and these are not alike.
	return pace.Limit{AtOnce: maxInFlight, Every: 20 * time.Millisecond, Burst: 100}
}

// sent is a question on the wire, and what came.
type sent struct {
	evidence.Exchange
	octets int // of all messages that came
}

func (p *Probe) wire() *Wire {
	if p.Wire != nil {
		return p.Wire
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.own == nil {
		p.own = NewWire()
	}
	return p.own
}

// over sends a question over the wire, unless another probe sent it before at the same try. What owes something to this probe's own
// bounds is nobody else's answer.
func (p *Probe) over(ctx context.Context, q question, network string, edns bool, try int, send func(context.Context) sent) evidence.Exchange {
	// The number of the try is part of the key: a second try has to be sent indeed, and not be answered by the first.
	key := q.key() + " " + network + " " + strconv.FormatBool(edns) + " " + strconv.FormatBool(q.signed()) + " " + strconv.Itoa(try)
	ours := false
	p.awaitSending(ctx, key)
	s := p.wire().sent.Do(ctx, key, func(ctx context.Context) (sent, bool) {
		// It is set only where this probe sends: the answer of another one is paid for below, as if it had been sent.
		ours = true
		sending := p.queue(key)
		defer sending()
		s := send(context.WithValue(ctx, whenSent{}, sending))
		return s, s.Failure == nil || s.Failure.Kind != evidence.Interrupted && s.Failure.Kind != evidence.Limit
	})
	if s.Server == "" { // our own end came first
		x := q.exchange(network, edns)
		x.Failure = &evidence.Failure{Kind: cutShort(ctx), Detail: "ended before the answer came"}
		return x
	}
	// What another one paid for is paid for again: what a report may spend must not hang on its neighbours.
	if !ours {
		if err := p.allowance(ctx).pay(s.octets); s.octets > 0 && err != nil {
			s.Exchange = q.exchange(network, edns)
			s.Failure = &evidence.Failure{Kind: errSpent.kind, Detail: errSpent.detail}
		}
	}
	return s.Exchange
}

// whenSent is where the context of a question that is to be sent has the function that tells that it is.
type whenSent struct{}

// awaitSending has the clocks of this report stand still while a question that it would only share waits for its turn.
func (p *Probe) awaitSending(ctx context.Context, key string) {
	w := p.wire()
	w.mu.Lock()
	sending := w.queued[key]
	w.mu.Unlock()
	if sending == nil {
		return
	}
	defer p.waits()()
	select {
	case <-sending:
	case <-ctx.Done():
	}
}

// slot waits until the server of a question has less of our questions than it may have. A name server that limits the rate of its answers
// drops what comes too fast, which would look like a fault of its own; the resolver is ours, and may have more. The error is that of the
// context.
//
// Behind its own questions a report waits on its own time, as it would alone, behind those of others it does not.
func (p *Probe) slot(ctx context.Context, q question) (release func(), err error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	own := p.ownSlot(q.at())
	select {
	case own <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	leave, err := p.wire().gate.Enter(ctx, q.at(), p.waits)
	if err != nil {
		<-own
		return nil, err
	}
	if sent, ok := ctx.Value(whenSent{}).(func()); ok {
		sent()
	}
	soon := time.AfterFunc(busy, leave)
	return func() { soon.Stop(); leave(); <-own }, nil
}

// busy is for how long a server is taken to be busy with a question that it has not answered, as far as the questions of other reports wait
// for that: longer than the way around the earth takes. One that is dead, and has thousands of zones, would hold them up for days.
const busy = 500 * time.Millisecond

// ownSlot holds a token for each question of this probe that is on its way to a server.
func (p *Probe) ownSlot(to at) chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.slots == nil {
		p.slots = map[at]chan struct{}{}
	}
	if p.slots[to] == nil {
		n := maxInFlight
		if to.resolver {
			n = maxAtResolver
		}
		p.slots[to] = make(chan struct{}, n)
	}
	return p.slots[to]
}

// queue notes that a question waits to be sent, until it is.
func (p *Probe) queue(key string) (sent func()) {
	w, sending := p.wire(), make(chan struct{})
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queued[key] = sending
	return sync.OnceFunc(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.queued[key] == sending { // the question may have been given up, and asked anew
			delete(w.queued, key)
		}
		close(sending)
	})
}

// waits stops the clocks of the report.
func (p *Probe) waits() (over func()) {
	if p.Waits == nil {
		return func() {}
	}
	return p.Waits()
}
