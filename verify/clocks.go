package verify

import (
	"context"
	"errors"
	"sync"
	"time"
)

// errDeadline is the cause of a context that ended because the time of its report was over.
var errDeadline = errors.New("the deadline of the run")

// clocks end what a report does in time. They stand still while the report waits for its turn behind the tests of others: how much time it
// has does not depend on its neighbours. A context with a deadline of its own could not be made to stand still. The zero value is ready for
// use, by several goroutines.
type clocks struct {
	queued func(change int) // told 1 when the report begins to wait, and -1 when it goes on; nil for nobody

	mu      sync.Mutex
	running map[*clock]struct{} // those whose time is not over
	waiting int                 // turns that are waited for; all stand still while there is any
}

// clock is the time that is left for one thing.
type clock struct {
	timer *time.Timer
	left  time.Duration
	since time.Time // from when on the time that is left goes by
}

// within returns a context that ends after some time, with the cause, or with its parent; 0 is no limit. An end that comes of a limit has
// a cause of its own, so that it is told from the user's end (Ctrl+C), of which other things follow.
func (c *clocks) within(parent context.Context, limit time.Duration, cause error) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	if limit <= 0 {
		return ctx, func() { cancel(nil) }
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	k := &clock{left: limit, since: time.Now(), timer: time.AfterFunc(limit, func() { cancel(cause) })}
	if c.waiting > 0 {
		k.timer.Stop()
	}
	if c.running == nil {
		c.running = map[*clock]struct{}{}
	}
	c.running[k] = struct{}{}
	return ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		// A wait for a turn may outlast the run, and must not set going again what nobody stops any more.
		k.timer.Stop()
		delete(c.running, k)
		cancel(nil)
	}
}

// pause has all clocks stand still until the function that it returns is called, once.
func (c *clocks) pause() (resume func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// Several sessions of one report may wait for their turns at once; the clocks run again when the last of them has its own.
	if c.waiting++; c.waiting == 1 {
		c.tell(1)
		for k := range c.running {
			if !k.timer.Stop() { // the time is over: there is nothing left to save
				delete(c.running, k)
				continue
			}
			k.left -= time.Since(k.since)
		}
	}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.waiting--; c.waiting == 0 {
			c.tell(-1)
			for k := range c.running {
				k.since = time.Now()
				k.timer.Reset(k.left)
			}
		}
	}
}

// pauseUntil has all clocks stand still until a time, or until the function that it returns is called.
func (c *clocks) pauseUntil(end time.Time) (resume func()) {
	once := sync.OnceFunc(c.pause())
	timer := time.AfterFunc(time.Until(end), once)
	return func() {
		timer.Stop()
		once()
	}
}

func (c *clocks) tell(change int) {
	if c.queued != nil {
		c.queued(change)
	}
}
