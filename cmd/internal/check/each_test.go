package check

import (
	"context"
	"iter"
	"net/netip"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/verify"
)

// Who wants no more results waits for none of the tests that are under way, and leaves nothing of them behind.
func TestEachIsLeft(t *testing.T) {
	rules := catalogue(t)
	synctest.Test(t, func(t *testing.T) {
		var dialed atomic.Int64
		o := verify.Options{Resolver: netip.MustParseAddrPort("192.0.2.1:53"), Helo: "tester.example.net", SMTPPort: 25, Patience: 5 * time.Minute, MaxHosts: 20, Samples: 1,
			Dialer: greeters{before: func(string) {
				if dialed.Add(1) > 1 { // the first one greets at once
					time.Sleep(4 * time.Minute)
				}
			}}}
		taken := 0
		var numbered iter.Seq2[int, Plan] = func(yield func(int, Plan) bool) {
			for plan := range plans(manyReports(100), rules) {
				if taken++; !yield(taken, plan) {
					return
				}
			}
		}
		began := time.Now()
		for n, r := range Each(context.Background(), numbered, o, 50) {
			if r.Interrupted || len(r.Evidence.Sessions) != 1 {
				t.Errorf("the result of report %d, of %d sessions", n, len(r.Evidence.Sessions))
			}
			break
		}
		if took := time.Since(began); took > time.Minute {
			t.Errorf("it took %v", took)
		}
		if taken > 52 { // those under way, one in the place of the first, and one that waits for a place
			t.Errorf("%d plans were taken", taken)
		}
		time.Sleep(5 * time.Minute) // the servers end; whatever of Each still runs then makes the bubble fail
	})
}
