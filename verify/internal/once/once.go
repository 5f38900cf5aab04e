// Package once shares what is asked among all who ask it: each of them gets the answer that it would get alone. It is for questions to
// strangers, who are not to be asked the same thing for every report; what an answer means is not its business.
package once

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// Group holds questions and their answers. The zero value is ready for use, by several goroutines, and forgets nothing.
type Group[V any] struct {
	Most int         // what all answers may cost together; those that nobody wanted for the longest time are forgotten. 0 is no bound
	Cost func(V) int // what it costs to keep an answer, such as in bytes

	Age func(V) time.Duration // for how long an answer is given to others; 0, and no function, is for ever

	mu      sync.Mutex
	flights map[string]*flight[V]
	kept    list.List // of *flight[V], the one that was wanted last in front
	cost    int       // of all that are kept
}

// flight is a question on its way, or its answer.
type flight[V any] struct {
	key     string
	done    chan struct{}
	cancel  context.CancelCauseFunc
	waiting int // those who still wait for it
	answer  V
	whole   bool
	came    time.Time     // when the answer did
	place   *list.Element // among those that are kept; nil until it is
	cost    int
}

// Do asks, unless somebody else did. The question goes on while anybody waits; who leaves last ends it, and gets what it brought so
// far, and who leaves earlier gets nothing. An answer that is not whole, because it owes something to who asked, is kept for
// nobody: others ask by themselves.
func (g *Group[V]) Do(ctx context.Context, key string, ask func(context.Context) (answer V, whole bool)) (answer V) {
	for {
		f, ours := g.join(ctx, key, ask)
		select {
		case <-f.done:
			// The one who asked gets also an answer that is not whole, since it was made for him.
			if f.whole || ours {
				return f.answer
			}
			continue
		// Who gives up must not wait for an answer that others still want.
		case <-ctx.Done():
		}
		if !g.leave(ctx, key, f) {
			return answer
		}
		// The cancelled question still ends by itself, and what it brought is real.
		<-f.done
		return f.answer
	}
}

// Asked tells whether a question was asked and its answer kept.
func (g *Group[V]) Asked(key string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	f := g.flights[key]
	return f != nil && f.over() && f.whole && !g.old(f)
}

// over tells whether a question was answered.
func (f *flight[V]) over() bool {
	select {
	case <-f.done:
		return true
	default:
		return false
	}
}

// old tells whether an answer is too old to be given to anybody.
func (g *Group[V]) old(f *flight[V]) bool {
	if g.Age == nil || !f.over() {
		return false
	}
	age := g.Age(f.answer)
	return age > 0 && time.Since(f.came) > age
}

// join gives the flight for a key, and begins it if there is none. A goroutine asks, so that who waits can leave.
func (g *Group[V]) join(ctx context.Context, key string, ask func(context.Context) (V, bool)) (f *flight[V], ours bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f = g.flights[key]
	if f != nil && g.old(f) {
		g.drop(f)
		f = nil
	}
	if f != nil {
		f.waiting++
		if f.place != nil {
			g.kept.MoveToFront(f.place)
		}
		return f, false
	}
	if g.flights == nil {
		g.flights = map[string]*flight[V]{}
	}
	f = &flight[V]{key: key, done: make(chan struct{}), waiting: 1}
	g.flights[key] = f
	var own context.Context
	// Not bound to the context of who began it: others may wait longer than he. The values of his context stay.
	own, f.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	go func() {
		defer close(f.done)
		defer g.release(f)
		f.answer, f.whole = ask(own)
		f.came = time.Now()
		if f.whole {
			g.keep(f)
		} else {
			g.forget(key, f)
		}
	}()
	return f, true
}

// keep keeps an answer, and forgets those that are too much then.
func (g *Group[V]) keep(f *flight[V]) {
	if g.Most <= 0 {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.flights[f.key] != f {
		return
	}
	f.cost = g.Cost(f.answer)
	f.place = g.kept.PushFront(f)
	g.cost += f.cost
	for g.cost > g.Most {
		g.drop(g.kept.Back().Value.(*flight[V]))
	}
}

// release ends the context of a question that was asked, and lets go of it: an answer may be kept for longer than all that its context
// leads to.
func (g *Group[V]) release(f *flight[V]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f.cancel(nil)
	f.cancel = func(error) {}
}

// drop forgets a flight. The lock is held.
func (g *Group[V]) drop(f *flight[V]) {
	delete(g.flights, f.key)
	if f.place != nil {
		g.kept.Remove(f.place)
		f.place = nil
		g.cost -= f.cost
	}
}

// leave tells whether this was the last one who waited.
func (g *Group[V]) leave(ctx context.Context, key string, f *flight[V]) (last bool) {
	g.mu.Lock()
	f.waiting--
	last = f.waiting == 0
	cancel := f.cancel
	g.mu.Unlock()
	if last {
		g.forget(key, f)
		cancel(context.Cause(ctx))
	}
	return last
}

// forget looks whether the flight is still the one under its key: another may have begun since.
func (g *Group[V]) forget(key string, f *flight[V]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.flights[key] == f {
		g.drop(f)
	}
}
