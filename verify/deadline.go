package verify

import (
	"context"
	"errors"
	"sync"
	"time"
)

// errDeadline is the cause of a context that ended because the time of its report was over.
var errDeadline = errors.New("the deadline of the run")

// deadline ends the run of a report in time. It stands still while the run waits for its turn behind the tests of others: how much time a
// report has does not depend on its neighbours. A context with a deadline of its own could not be made to stand still.
type deadline struct {
	mu      sync.Mutex
	timer   *time.Timer // nil for no end, and once it is past
	left    time.Duration
	since   time.Time // from when on the time that is left goes by
	waiting int       // turns that are waited for; it stands still while there is any
}

// within returns a context that ends after some time, or with its parent; 0 is no limit. The end that comes of the limit has errDeadline
// for its cause, so that it is told from the user's own end (Ctrl+C), of which other things follow.
func within(parent context.Context, limit time.Duration) (*deadline, context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	d := &deadline{left: limit, since: time.Now()}
	if limit > 0 {
		d.timer = time.AfterFunc(limit, func() { cancel(errDeadline) })
	}
	return d, ctx, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		// A wait for a turn may outlast the run, and must not set going again what nobody stops any more.
		if d.timer != nil {
			d.timer.Stop()
			d.timer = nil
		}
		cancel(nil)
	}
}

// pause has the deadline stand still until the function that it returns is called, once.
func (d *deadline) pause() (resume func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	// Several sessions of one report may wait for their turns at once; the clock runs again when the last of them has its own.
	d.waiting++
	switch {
	case d.waiting > 1 || d.timer == nil:
	case d.timer.Stop():
		d.left -= time.Since(d.since)
	// The time was over already: there is nothing left to save.
	default:
		d.timer = nil
	}
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.waiting--
		if d.waiting == 0 && d.timer != nil {
			d.since = time.Now()
			d.timer.Reset(d.left)
		}
	}
}

// pauseUntil has the deadline stand still until a time, or until the function that it returns is called.
func (d *deadline) pauseUntil(end time.Time) (resume func()) {
	once := sync.OnceFunc(d.pause())
	timer := time.AfterFunc(time.Until(end), once)
	return func() {
		timer.Stop()
		once()
	}
}
