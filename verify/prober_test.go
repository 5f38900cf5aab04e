package verify

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// As many reports look things up at a time as there are places; who leaves makes room for the next one, and who waits in vain is told.
func TestPlacesAmongReports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := New(Options{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var leaves []func()
		for i := range parallelReports {
			leave, ok := p.enter(ctx)
			if !ok {
				t.Fatalf("no place for report %d", i)
			}
			leaves = append(leaves, leave)
		}
		time.AfterFunc(time.Second, leaves[0])
		start := time.Now()
		if _, ok := p.enter(ctx); !ok || time.Since(start) != time.Second {
			t.Errorf("entered: %v, after %v", ok, time.Since(start))
		}
		leaves[0]() // a second time, which frees nothing
		if _, ok := p.enter(ctx); ok {
			t.Error("one more than there are places")
		}
	})
}
