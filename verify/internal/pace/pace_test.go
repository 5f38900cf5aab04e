package pace

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func still() func() { return func() {} }

// pass sends some pieces of work of one key through a gate, each as long as given, and returns when they began.
func pass(t *testing.T, g *Gate[string], key string, pieces int, long time.Duration) []time.Duration {
	t.Helper()
	start := time.Now()
	var mu sync.Mutex
	var began []time.Duration
	var group sync.WaitGroup
	for range pieces {
		group.Go(func() {
			leave, err := g.Enter(t.Context(), key, still)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			began = append(began, time.Since(start))
			mu.Unlock()
			time.Sleep(long)
			leave()
		})
	}
	group.Wait()
	slices.Sort(began)
	return began
}

func gate(l Limit) *Gate[string] { return New(func(string) Limit { return l }) }

func TestAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := pass(t, gate(Limit{AtOnce: 3}), "a", 7, time.Minute)
		if want := []time.Duration{0, 0, 0, time.Minute, time.Minute, time.Minute, 2 * time.Minute}; !slices.Equal(began, want) {
			t.Errorf("began at %v, want %v", began, want)
		}
	})
}

// After a burst, pieces keep their distance, which varies a little; a rest gives the burst back.
func TestEvery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gate(Limit{Every: 4 * time.Second, Burst: 3})
		for range 2 {
			began := pass(t, g, "a", 103, 0)
			if began[2] != 0 || began[3] < 3*time.Second {
				t.Errorf("the first begin at %v", began[:4])
			}
			// As it has been counted from the first one, a hundred distances after the burst.
			if last := began[102]; last < 360*time.Second || last > 440*time.Second {
				t.Errorf("the last of a hundred begins at %v", last)
			}
			different := map[time.Duration]bool{}
			for i := 4; i < len(began); i++ {
				step := began[i] - began[i-1]
				different[step] = true
				if step < 3*time.Second || step > 5*time.Second {
					t.Errorf("a distance of %v", step)
				}
			}
			if len(different) < 50 {
				t.Errorf("only %d different distances", len(different))
			}
			time.Sleep(time.Minute)
		}
	})
}

func TestKeysDoNotWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(func(key string) Limit {
			if key == "free" {
				return Limit{}
			}
			return Limit{AtOnce: 1, Every: time.Hour}
		})
		leave, _ := g.Enter(t.Context(), "a", still)
		defer leave()
		if began := pass(t, g, "b", 1, 0); began[0] != 0 {
			t.Errorf("another key waits %v", began[0])
		}
		if began := pass(t, g, "free", 1000, time.Hour); began[999] != 0 {
			t.Errorf("without a limit one waits %v", began[999])
		}
	})
}

// Who came first goes first.
func TestOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gate(Limit{AtOnce: 1})
		leave, _ := g.Enter(t.Context(), "a", still)
		var order []int
		var group sync.WaitGroup
		for i := range 50 {
			group.Go(func() {
				leave, _ := g.Enter(t.Context(), "a", still)
				order = append(order, i) // one at a time
				leave()
			})
			synctest.Wait()
		}
		leave()
		group.Wait()
		if !slices.IsSorted(order) || len(order) != 50 {
			t.Errorf("order %v", order)
		}
	})
}

// What is forced waits for nobody, and is waited for.
func TestForce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gate(Limit{AtOnce: 1})
		leave, _ := g.Enter(t.Context(), "a", still)
		start := time.Now()
		forced := g.Force("a")
		if time.Since(start) != 0 {
			t.Error("it waited")
		}
		time.AfterFunc(time.Second, leave)
		time.AfterFunc(time.Minute, forced)
		if began := pass(t, g, "a", 1, 0); began[0] != time.Minute {
			t.Errorf("the next one begins after %v", began[0])
		}
	})
}

// Who gives up makes no place and takes none: not while he waits, and not where his turn comes at the same moment.
func TestGivingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gate(Limit{AtOnce: 1})
		leave, _ := g.Enter(t.Context(), "a", still)
		ctx, cancel := context.WithCancel(t.Context())
		var group sync.WaitGroup
		for range 1000 {
			group.Go(func() {
				if _, err := g.Enter(ctx, "a", still); err == nil {
					t.Error("entered a full lane")
				}
			})
		}
		synctest.Wait()
		cancel()
		group.Wait()
		leave()
		if began := pass(t, g, "a", 2, time.Second); !slices.Equal(began, []time.Duration{0, time.Second}) {
			t.Errorf("afterwards they begin at %v", began)
		}
		if _, err := g.Enter(ctx, "a", still); err == nil {
			t.Error("entered after the end")
		}
		for range 200 { // the race of the turn and the end
			leave, _ := g.Enter(t.Context(), "a", still)
			ctx, cancel := context.WithCancel(t.Context())
			group.Go(func() {
				if leave, err := g.Enter(ctx, "a", still); err == nil {
					leave()
				}
			})
			synctest.Wait()
			group.Go(cancel)
			group.Go(leave)
			group.Wait()
			if began := pass(t, g, "a", 1, 0); began[0] != 0 {
				t.Fatal("a place was lost")
			}
		}
	})
}

// Clocks are stopped for a wait alone, and for the whole of it.
func TestWaitsAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gate(Limit{AtOnce: 1})
		told, ended := 0, time.Duration(0)
		start := time.Now()
		waits := func() func() { told++; return func() { ended = time.Since(start) } }
		leave, _ := g.Enter(t.Context(), "a", waits)
		if told != 0 {
			t.Error("a wait of nothing is told")
		}
		time.AfterFunc(time.Minute, leave)
		leave, _ = g.Enter(t.Context(), "a", waits)
		leave()
		leave() // does nothing
		if told != 1 || ended != time.Minute {
			t.Errorf("told %d waits, which end after %v", told, ended)
		}
	})
}

// What rests is forgotten, what does not is kept.
func TestLanesAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(func(int) Limit { return Limit{AtOnce: 1, Every: time.Second} })
		busy, _ := g.Enter(t.Context(), -1, still)
		defer busy()
		for i := range 100_000 {
			leave, _ := g.Enter(t.Context(), i, still)
			leave()
			if i%100 == 0 {
				time.Sleep(time.Second)
			}
		}
		if n := len(g.lanes); n > 2*leastSweep {
			t.Errorf("%d lanes are kept", n)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := g.Enter(ctx, -1, still); err == nil {
			t.Error("a lane in use was forgotten")
		}
	})
}
