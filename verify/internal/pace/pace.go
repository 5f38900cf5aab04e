// Package pace has work wait for its turn: so many pieces at once, and so many in a time, for each of many keys. It is how strangers'
// servers, their networks and this machine are spared however many reports there are; what a key is and how much is too much is said by
// who uses it.
package pace

import (
	"container/list"
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Limit is how much may go on for one key. The zero value is no limit.
type Limit struct {
	AtOnce int           // pieces under way at a time; 0 for any number
	Every  time.Duration // mean distance of two beginnings; 0 for none
	Burst  int           // beginnings that may follow each other without a distance after a rest; at least 1
}

// Gate lets work through, for each key in the order in which it came. Make one with New. It is safe for concurrent use.
type Gate[K comparable] struct {
	limit func(K) Limit

	mu    sync.Mutex
	lanes map[K]*lane
	sweep int // how many lanes there may be before those that rest are forgotten
}

// lane is the work of one key.
type lane struct {
	Limit
	running int
	queue   list.List // of chan struct{}, closed when it is the turn of who waits
	rested  time.Time // when a whole burst is free again
	timer   *time.Timer
}

// New makes a gate with a limit for each key, which never changes.
func New[K comparable](limit func(K) Limit) *Gate[K] {
	return &Gate[K]{limit: limit, lanes: map[K]*lane{}, sweep: leastSweep}
}

// leastSweep is how many lanes are worth looking through.
const leastSweep = 1024

// Enter waits for the turn of a key. Where there is something to wait for, waits is called first and what it returns afterwards, so that
// clocks can be stopped meanwhile. Leave, once, tells that the work is done. The error is that of the context.
func (g *Gate[K]) Enter(ctx context.Context, key K, waits func() (over func())) (leave func(), err error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	g.mu.Lock()
	l := g.lane(key)
	if l.queue.Len() == 0 && l.free(time.Now()) {
		l.begin(time.Now())
		g.mu.Unlock()
		return g.leaving(l), nil
	}
	turn := make(chan struct{})
	place := l.queue.PushBack(turn)
	g.admit(l)
	g.mu.Unlock()
	defer waits()()
	select {
	case <-turn:
		return g.leaving(l), nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-turn: // it came at the same time
		l.running--
	default:
		l.queue.Remove(place)
	}
	g.admit(l)
	return nil, ctx.Err()
}

// Force begins a piece of work at once, whatever the limit says; those that wait wait for longer then.
func (g *Gate[K]) Force(key K) (leave func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := g.lane(key)
	l.running++
	return g.leaving(l)
}

// leaving is the function that ends a piece of work.
func (g *Gate[K]) leaving(l *lane) func() {
	return sync.OnceFunc(func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		l.running--
		g.admit(l)
	})
}

// lane is that of a key. The lock is held.
func (g *Gate[K]) lane(key K) *lane {
	if l := g.lanes[key]; l != nil {
		return l
	}
	if len(g.lanes) >= g.sweep {
		g.forget()
	}
	l := &lane{Limit: g.limit(key)}
	g.lanes[key] = l
	return l
}

// forget drops the lanes of which nothing has to be known any more. The lock is held.
func (g *Gate[K]) forget() {
	now := time.Now()
	for key, l := range g.lanes {
		if l.running == 0 && l.queue.Len() == 0 && !l.rested.After(now) {
			delete(g.lanes, key)
		}
	}
	g.sweep = max(leastSweep, 2*len(g.lanes)) // so that looking through them costs each lane a fixed amount
}

// admit begins what may begin, and sees to it that it is called again when more may. The lock is held.
func (g *Gate[K]) admit(l *lane) {
	now := time.Now()
	for l.queue.Len() > 0 && l.free(now) {
		close(l.queue.Remove(l.queue.Front()).(chan struct{}))
		l.begin(now)
	}
	// Who ends makes room by itself; only for the time nobody else would look.
	if l.queue.Len() == 0 || l.full() || l.timer != nil {
		return
	}
	l.timer = time.AfterFunc(l.next().Sub(now), func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		l.timer = nil
		g.admit(l)
	})
}

// full tells whether as much is under way as may be.
func (l *lane) full() bool { return l.AtOnce > 0 && l.running >= l.AtOnce }

// free tells whether a piece may begin now.
func (l *lane) free(now time.Time) bool { return !l.full() && !l.next().After(now) }

// next is when another piece may begin, as far as distances go: when no more than a burst is missing until it has rested.
func (l *lane) next() time.Time { return l.rested.Add(-time.Duration(max(l.Burst, 1)-1) * l.Every) }

// begin counts a piece that begins. Behind a burst, distances vary by a quarter, so that what was sent off together does not come together
// for ever.
func (l *lane) begin(now time.Time) {
	l.running++
	if l.Every <= 0 {
		return
	}
	if l.rested.Before(now) {
		l.rested = now
	}
	distance := l.Every
	if !l.next().Before(now) {
		distance = l.Every*3/4 + rand.N(l.Every/2+1)
	}
	l.rested = l.rested.Add(distance)
}
