package verify

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// The time of a report goes by while it is tested, and stands still while it waits for its turn, however many waits there are at once.
func TestDeadlineStandsStill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var d clocks
		ctx, cancel := d.within(t.Context(), time.Minute, errDeadline)
		defer cancel()
		time.Sleep(20 * time.Second)
		one := d.pause()
		time.Sleep(time.Hour)
		other := d.pause()
		one()
		time.Sleep(time.Hour)
		other()
		<-ctx.Done()
		if took := time.Since(start); took != 2*time.Hour+time.Minute {
			t.Errorf("it took %v", took)
		}
		if !errors.Is(context.Cause(ctx), errDeadline) {
			t.Errorf("ended by %v", context.Cause(ctx))
		}
	})
}

// Each limit has its own cause; they stand still together, also those that are set during a wait.
func TestSeveralClocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var c clocks
		whole, end := c.within(t.Context(), time.Hour, errDeadline)
		defer end()
		other := errors.New("another limit")
		part, endPart := c.within(whole, time.Minute, other)
		defer endPart()
		resume := c.pause()
		late, endLate := c.within(whole, time.Second, other)
		defer endLate()
		time.Sleep(2 * time.Hour)
		if whole.Err() != nil || part.Err() != nil || late.Err() != nil {
			t.Error("a clock went on")
		}
		resume()
		for _, test := range []struct {
			ctx   context.Context
			at    time.Duration
			cause error
		}{{late, time.Second, other}, {part, time.Minute, other}, {whole, time.Hour, errDeadline}} {
			<-test.ctx.Done()
			if at := time.Since(start) - 2*time.Hour; at != test.at || context.Cause(test.ctx) != test.cause {
				t.Errorf("ended after %v by %v, want %v by %v", at, context.Cause(test.ctx), test.at, test.cause)
			}
		}
		c.pause()() // when all are over
	})
}

// Once a run has ended, by its deadline or otherwise, a wait that ends later does not set the clock going again.
func TestDeadlineStaysStopped(t *testing.T) {
	for name, end := range map[string]func(d *clocks, cancel func()) (resume func()){
		"a wait goes on past the end":      func(d *clocks, cancel func()) func() { resume := d.pause(); cancel(); return resume },
		"a wait begins after the end":      func(d *clocks, cancel func()) func() { cancel(); return d.pause() },
		"a wait begins after the deadline": func(d *clocks, _ func()) func() { time.Sleep(time.Hour); return d.pause() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &clocks{}
				_, cancel := d.within(t.Context(), time.Minute, errDeadline)
				defer cancel()
				var timer *time.Timer
				for k := range d.running {
					timer = k.timer
				}
				end(d, cancel)()
				if timer.Stop() || len(d.running) > 0 {
					t.Error("the clock goes on")
				}
			})
		})
	}
}

// Without a limit only the user ends a run.
func TestNoDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, end := context.WithCancelCause(t.Context())
		var d clocks
		ctx, cancel := d.within(parent, 0, errDeadline)
		defer cancel()
		d.pause()()
		time.Sleep(time.Hour)
		if ctx.Err() != nil {
			t.Error("it ended by itself")
		}
		end(errors.New("the user"))
		<-ctx.Done()
		if errors.Is(context.Cause(ctx), errDeadline) {
			t.Error("it ended by a deadline")
		}
	})
}
