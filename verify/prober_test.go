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
		var leaves []func()
		for i := range parallelReports + patientReports {
			leave, ok := p.enter(ctx)
			if want := time.Duration(i/parallelReports) * quickTime; !ok || time.Since(start) != want {
				t.Fatalf("report %d enters: %v, after %v, want %v", i, ok, time.Since(start), want)
			}
			leaves = append(leaves, leave)
		}
		time.AfterFunc(time.Minute, leaves[0])
		if _, ok := p.enter(ctx); !ok || time.Since(start) != patientReports/parallelReports*quickTime+time.Minute {
			t.Errorf("entered: %v, after %v", ok, time.Since(start))
		}
		leaves[0]() // a second time, which frees nothing
		if _, ok := p.enter(ctx); ok || ctx.Err() == nil {
			t.Error("one more than there are places")
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
