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
		d, ctx, cancel := within(t.Context(), time.Minute)
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

// Once a run has ended, by its deadline or otherwise, a wait that ends later does not set the clock going again.
func TestDeadlineStaysStopped(t *testing.T) {
	for name, end := range map[string]func(d *deadline, cancel func()) (resume func()){
		"a wait goes on past the end":      func(d *deadline, cancel func()) func() { resume := d.pause(); cancel(); return resume },
		"a wait begins after the end":      func(d *deadline, cancel func()) func() { cancel(); return d.pause() },
		"a wait begins after the deadline": func(d *deadline, _ func()) func() { time.Sleep(time.Hour); return d.pause() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d, _, cancel := within(t.Context(), time.Minute)
				defer cancel()
				timer := d.timer
				end(d, cancel)()
				if timer.Stop() {
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
		d, ctx, cancel := within(parent, 0)
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
