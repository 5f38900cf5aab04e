package check

import (
	"context"
	"fmt"
	"iter"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/parser/report"
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
		taken := 0 // plans
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
		time.Sleep(5 * time.Minute) // the servers end; whatever of Each still runs then makes the bubble fail
	})
}

// A report that waits for a mail server takes no place from those that are to be tested; one that waits for look-ups does.
func TestWhoTalksTakesNoPlace(t *testing.T) {
	rules := catalogue(t)
	const jobs, count = 5, 100
	tested := func(t *testing.T, o verify.Options, reports []report.Report) (begun int) {
		synctest.Test(t, func(t *testing.T) {
			o.Resolver, o.Helo, o.SMTPPort, o.Patience, o.MaxHosts, o.Samples = netip.MustParseAddrPort("192.0.2.1:53"), "tester.example.net", 25, 5*time.Minute, 20, 1
			taken := 0
			var numbered iter.Seq2[int, Plan] = func(yield func(int, Plan) bool) {
				for plan := range plans(reports, rules) {
					if taken++; !yield(taken, plan) {
						return
					}
				}
			}
			go func() {
				time.Sleep(time.Second)
				synctest.Wait()
				begun = taken
			}()
			results := 0
			for range Each(t.Context(), numbered, o, jobs) {
				results++
			}
			if results != count {
				t.Errorf("%d results", results)
			}
		})
		return begun
	}
	late := verify.Options{Dialer: greeters{before: func(string) { time.Sleep(time.Minute) }}}
	if n := tested(t, late, manyReports(count)); n != count {
		t.Errorf("%d of those that wait for greetings are begun", n)
	}
	var named []report.Report
	for i := range count {
		named = append(named, about(tlsMissing, fmt.Sprintf("mail%d.example.com", i)))
	}
	if n := tested(t, verify.Options{Dialer: mute{}}, named); n > jobs+1 { // and one that waits for a place
		t.Errorf("%d of those that look up are begun", n)
	}
}

// mute is a network in which nobody answers.
type mute struct{}

func (mute) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	select {
	case <-time.After(5 * time.Second):
	case <-ctx.Done():
	}
	return nil, os.ErrDeadlineExceeded
}
