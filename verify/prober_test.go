package verify

import (
	"context"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"
)

// So many reports look things up at a time; who leaves makes room for the next one, and so does who takes long, as far as there are places
// for such. Who waits in vain is told.
func TestPlacesAmongReports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		start := time.Now()
		var places []*place
		for i := range parallelReports + patientReports {
			place, ok := p.enter(ctx)
			if want := time.Duration(i/parallelReports) * quickTime; !ok || time.Since(start) != want {
				t.Fatalf("report %d enters: %v, after %v, want %v", i, ok, time.Since(start), want)
			}
			places = append(places, place)
		}
		time.AfterFunc(time.Minute, places[0].end)
		if _, ok := p.enter(ctx); !ok || time.Since(start) != patientReports/parallelReports*quickTime+time.Minute {
			t.Errorf("entered: %v, after %v", ok, time.Since(start))
		}
		places[0].end() // a second time, which frees nothing
		if _, ok := p.enter(ctx); ok || ctx.Err() == nil {
			t.Error("one more than there are places")
		}
	})
}

// A report that waits for its turn behind others has no place meanwhile, and one again when it goes on.
func TestWhoWaitsHasNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{})
		room := func() bool {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			place, ok := p.enter(ctx)
			place.end()
			return ok
		}
		var places []*place
		for range parallelReports + patientReports {
			place, _ := p.enter(t.Context())
			places = append(places, place)
		}
		time.Sleep(time.Minute)
		if room() {
			t.Fatal("there is room for one more")
		}
		one := places[0]
		one.wait(1)
		time.Sleep(leaveAfter / 2)
		one.wait(-1)
		time.Sleep(leaveAfter)
		if room() {
			t.Error("there is room after a short wait")
		}
		one.wait(1)
		time.Sleep(2 * leaveAfter)
		if !room() {
			t.Error("there is no room while one waits")
		}
		one.wait(-1)
		// Those that went on stand beside those that took their places, and the next ones wait for all of them.
		beside := 0
		for ; ; beside++ {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			place, ok := p.enter(ctx)
			if cancel(); !ok {
				break
			}
			defer place.end()
		}
		if beside > parallelReports {
			t.Errorf("%d more have places", beside)
		}
		for _, place := range places {
			place.wait(1)
			time.Sleep(2 * leaveAfter)
			place.end()
			place.wait(-1)
		}
		if !room() {
			t.Error("those that ended have places")
		}
	})
}

// Of servers that were met once and long ago nothing is kept; of those that have seen much of us, and those that are waited for, all is.
func TestTurnsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newManners(Options{})
		address := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{203, byte(i >> 16), byte(i >> 8), byte(i)}) }
		waited, _ := m.turn(address(0))
		known, done := m.turn(address(1))
		known.sessions, known.last = 2, time.Now()
		done()
		for i := range 100_000 {
			turn, done := m.turn(address(2 + i))
			turn.sessions, turn.last = 1, time.Now()
			done()
			time.Sleep(time.Second)
		}
		if n := len(m.turns); n > 3*leastSweep {
			t.Errorf("%d turns are kept", n)
		}
		if again, _ := m.turn(address(0)); again != waited {
			t.Error("one that is waited for was forgotten")
		}
		if again, _ := m.turn(address(1)); again != known {
			t.Error("one that has seen much of us was forgotten")
		}
		if lately, _ := m.turn(address(100_001)); lately.sessions != 1 {
			t.Error("one that was met lately was forgotten")
		}
	})
}
