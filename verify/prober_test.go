package verify

import (
	"context"
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
