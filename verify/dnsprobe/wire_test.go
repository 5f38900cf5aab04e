package dnsprobe

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"
)

// clock tells for how long a report waited behind others.
type clock struct {
	mu      sync.Mutex
	waiting int
	since   time.Time
	waited  time.Duration
}

func (c *clock) waits() func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waiting++; c.waiting == 1 {
		c.since = time.Now()
	}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.waiting--; c.waiting == 0 {
			c.waited += time.Since(c.since)
		}
	}
}

// What a report waits for behind its own questions is its own time; what it waits behind those of others is not.
func TestWhoseTimeAWaitIs(t *testing.T) {
	for _, test := range []struct {
		name  string
		other string // what the other report asks about
		waits time.Duration
	}{
		{"alone", "", 0},
		{"beside another", "other%d.example.com", busy}, // until the server is taken for silent
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.serve(t, ns1At, false, silent)
				wire, ours, theirs := NewWire(), new(clock), new(clock)
				ask := func(c *clock, name string) *sync.WaitGroup {
					p := w.probe()
					p.Wire, p.Waits = wire, c.waits
					var group sync.WaitGroup
					for i := range 4 {
						group.Go(func() { p.Ask(t.Context(), ns1, fmt.Sprintf(name, i), "A") })
					}
					synctest.Wait()
					return &group
				}
				if test.other != "" {
					defer ask(theirs, test.other).Wait()
				}
				ask(ours, "host%d.example.com").Wait()
				if ours.waited < test.waits || test.waits == 0 && ours.waited != 0 {
					t.Errorf("%v do not count, want %v", ours.waited, test.waits)
				}
			})
		})
	}
}

// A question that another report sends, and that waits for its turn behind a third one, is waited for outside of one's own time.
func TestSharedQuestionInTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.serve(t, ns1At, false, silent)
		wire := NewWire()
		var clocks [3]clock
		var group sync.WaitGroup
		for i, names := range [][]string{{"a.example.com", "b.example.com"}, {"c.example.com"}, {"c.example.com"}} {
			p := w.probe()
			p.Wire, p.Waits = wire, clocks[i].waits
			for _, name := range names {
				group.Go(func() { p.Ask(t.Context(), ns1, name, "A") })
			}
			synctest.Wait()
		}
		group.Wait()
		if clocks[1].waited < busy || clocks[2].waited != clocks[1].waited {
			t.Errorf("who sends it waited %v, who shares it %v", clocks[1].waited, clocks[2].waited)
		}
	})
}

// Nor does the time count for which a report that sends it waits behind questions of its own.
func TestSharedQuestionBehindOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.serve(t, ns1At, false, silent)
		wire := NewWire()
		var clocks [2]clock
		var group sync.WaitGroup
		for i, names := range [][]string{{"a.example.com", "b.example.com", "c.example.com"}, {"c.example.com"}} {
			p := w.probe()
			p.Wire, p.Waits = wire, clocks[i].waits
			for _, name := range names {
				group.Go(func() { p.Ask(t.Context(), ns1, name, "A") })
				synctest.Wait()
			}
		}
		group.Wait()
		if clocks[1].waited < 5*time.Second-busy {
			t.Errorf("who shares it waited %v outside of its time", clocks[1].waited)
		}
	})
}

// A server that is silent, of which each report may think what it likes, holds up no others for as long as they are patient: thousands of zones
// may be served by it. How many questions one report has there at a time does not change.
func TestSilentServerOfMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.serve(t, ns1At, false, silent)
		wire, start := NewWire(), time.Now()
		var group sync.WaitGroup
		for i := range 100 {
			p := w.probe()
			p.Wire = wire
			group.Go(func() { p.Ask(t.Context(), ns1, fmt.Sprintf("host%d.example.com", i), "A") })
		}
		group.Wait()
		if took := time.Since(start); took < 15*time.Second || took > 3*time.Minute {
			t.Errorf("100 reports took %v", took)
		}
	})
}

// A server of strangers gets no more questions in a time than it can be asked to bear, however many reports are about its zones; one of the
// user's own network, and his resolver, as many as they answer.
func TestRateOfQuestions(t *testing.T) {
	for _, test := range []struct {
		address  string
		resolver bool
		least    time.Duration
	}{{"192.0.2.53", false, 8 * time.Second}, {"10.0.0.53", false, 0}, {"192.0.2.53", true, 0}} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			at := netip.AddrPortFrom(netip.MustParseAddr(test.address), 53)
			w.serve(t, at, false, rcode(dns.RcodeSuccess))
			wire := NewWire()
			start := time.Now()
			var group sync.WaitGroup
			for i := range 500 {
				p := w.probe()
				p.Wire, p.Resolver = wire, at
				server := ns1
				server.Address = test.address
				group.Go(func() {
					if name := fmt.Sprintf("host%d.example.com", i); test.resolver {
						p.Lookup(context.Background(), name, "A")
					} else {
						p.Ask(context.Background(), server, name, "A")
					}
				})
			}
			group.Wait()
			took := time.Since(start)
			if test.least == 0 && took > time.Second || took < test.least*9/10 || took > test.least*12/10+time.Second {
				t.Errorf("500 questions to %s took %v", test.address, took)
			}
		})
	}
}
