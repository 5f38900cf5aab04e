package dnsprobe

import (
	"context"
	"net/netip"
	"strconv"
	"sync"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/once"
)

// Wire is what the probes of several reports share: what went over it. A probe that sends what another one sent before gets what that
// one got, lost datagrams included, and no server has more of our questions at a time for it. Each probe walks and learns by itself,
// so that what it finds out is what it would find out alone. The zero value is ready for use.
type Wire struct {
	sent once.Group[sent]

	mu    sync.Mutex
	slots map[netip.AddrPort]chan struct{} // by server: a token for each question in flight

	// decoding is held while a message is read: one of 64 KiB may take a hundred times as much for a moment.
	decoding sync.Mutex
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
	return &p.own
}

// over sends a question over the wire, unless another probe sent it before at the same try. What owes something to this probe's own
// bounds is nobody else's answer.
func (p *Probe) over(ctx context.Context, q question, network string, edns bool, try int, send func(context.Context) sent) evidence.Exchange {
	// The number of the try is part of the key: a second try has to be sent indeed, and not be answered by the first.
	key := q.key() + " " + network + " " + strconv.FormatBool(edns) + " " + strconv.FormatBool(q.signed()) + " " + strconv.Itoa(try)
	ours := false
	s := p.wire().sent.Do(ctx, key, func(ctx context.Context) (sent, bool) {
		// It is set only where this probe sends: the answer of another one is paid for below, as if it had been sent.
		ours = true
		s := send(ctx)
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

// slot waits until the server of a question has less of our questions than it may have. A name server that limits the rate of its answers
// drops what comes too fast, which would look like a fault of its own; the resolver is ours, and may have more. The error is that of the
// context.
func (p *Probe) slot(ctx context.Context, q question) (release func(), err error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	w := p.wire()
	w.mu.Lock()
	if w.slots == nil {
		w.slots = map[netip.AddrPort]chan struct{}{}
	}
	if w.slots[q.server] == nil {
		n := maxInFlight
		if q.server == p.Resolver {
			n = maxAtResolver
		}
		w.slots[q.server] = make(chan struct{}, n)
	}
	slot := w.slots[q.server]
	w.mu.Unlock()
	select {
	case slot <- struct{}{}:
		return func() { <-slot }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
