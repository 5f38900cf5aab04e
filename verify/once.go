package verify

import (
	"context"
	"sync"
)

// once shares what is asked among all who ask it, for as long as the program runs: each of them gets the answer that it would
// get alone. The zero value is ready for use.
type once[V any] struct {
	mu      sync.Mutex
	flights map[string]*flight[V]
}

// flight is a question on its way, or its answer.
type flight[V any] struct {
	done    chan struct{}
	cancel  context.CancelCauseFunc
	waiting int // those who still wait for it
	answer  V
}

// do asks, unless somebody else did. The question goes on while anybody waits; who leaves last ends it, and gets what it brought so
// far, which is not kept. Who leaves earlier gets nothing.
func (o *once[V]) do(ctx context.Context, key string, ask func(context.Context) V) (answer V) {
	f := o.join(ctx, key, ask)
	select {
	case <-f.done:
		return f.answer
	case <-ctx.Done():
	}
	if !o.leave(ctx, key, f) {
		return answer
	}
	<-f.done
	return f.answer
}

func (o *once[V]) join(ctx context.Context, key string, ask func(context.Context) V) *flight[V] {
	o.mu.Lock()
	defer o.mu.Unlock()
	f := o.flights[key]
	if f == nil {
		if o.flights == nil {
			o.flights = map[string]*flight[V]{}
		}
		f = &flight[V]{done: make(chan struct{})}
		o.flights[key] = f
		var own context.Context
		own, f.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
		go func() {
			defer close(f.done)
			defer f.cancel(nil)
			f.answer = ask(own)
		}()
	}
	f.waiting++
	return f
}

// leave tells whether this was the last one who waited.
func (o *once[V]) leave(ctx context.Context, key string, f *flight[V]) (last bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f.waiting--
	if f.waiting > 0 {
		return false
	}
	if o.flights[key] == f {
		delete(o.flights, key)
	}
	f.cancel(context.Cause(ctx))
	return true
}
