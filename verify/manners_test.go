package verify_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/verify"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/lab"
	"mxverdict/verify/transcript"
)

// counted is a network that notes when connections to mail or web servers begin, and how many stand at a time.
type counted struct {
	verify.Dialer
	start time.Time

	mu         sync.Mutex
	began      map[string][]time.Duration // by address
	open, most int
}

func (c *counted) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := c.Dialer.DialContext(ctx, network, address)
	at, _ := netip.ParseAddrPort(address)
	if at.Port() == 53 {
		return conn, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.began[at.Addr().String()] = append(c.began[at.Addr().String()], time.Since(c.start))
	if err != nil {
		return nil, err
	}
	c.open++
	c.most = max(c.most, c.open)
	return &countedConn{Conn: conn, over: sync.OnceFunc(func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.open--
	})}, nil
}

type countedConn struct {
	net.Conn
	over func()
}

func (c *countedConn) Close() error { c.over(); return c.Conn.Close() }

// all are the times at which connections began, in order.
func (c *counted) all() (list []time.Duration) {
	for _, times := range c.began {
		list = append(list, times...)
	}
	slices.Sort(list)
	return list
}

// among tests reports on an internet in memory, all at once, one about each need.
func among(t *testing.T, scenario string, needs []facts.Need, options verify.Options, look func(*counted, []evidence.Bundle)) {
	t.Helper()
	var plans []verify.Plan
	for _, need := range needs {
		plans = append(plans, verify.Make([]facts.Need{need}))
	}
	tested(t, scenario, plans, 0, options, look)
}

// tested tests reports on an internet in memory, which come at some distance, and shows what connections were made and what each saw.
func tested(t *testing.T, scenario string, plans []verify.Plan, distance time.Duration, options verify.Options, look func(*counted, []evidence.Bundle)) {
	t.Helper()
	s, err := lab.Load("scenario", []byte("schema: mxverdict/scenario/1\nresolver: 192.0.2.1\n"+scenario))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		internet, err := s.InMemory()
		if err != nil {
			t.Fatal(err)
		}
		c := &counted{Dialer: internet, start: time.Now(), began: map[string][]time.Duration{}}
		options.Dialer, options.Resolver, options.Roots = c, internet.Resolver(), internet.Roots()
		options.SMTPPort, options.MaxHosts, options.Patience, options.Helo = 25, 20, 5*time.Minute, "tester.example.net"
		prober := verify.New(options)
		bundles := make([]evidence.Bundle, len(plans))
		var group sync.WaitGroup
		for i, plan := range plans {
			group.Go(func() { bundles[i] = prober.Run(t.Context(), plan) })
			synctest.Wait() // in order
			time.Sleep(distance)
		}
		group.Wait()
		look(c, bundles)
		time.Sleep(time.Minute)
		if err := internet.Close(); err != nil {
			t.Error(err)
		}
		synctest.Wait()
	})
}

// greeters are hosts that greet late, and what reports about their addresses need.
func greeters(delay time.Duration, addresses ...string) (scenario string, needs []facts.Need) {
	var b strings.Builder
	b.WriteString("smtp:\n")
	for _, a := range addresses {
		fmt.Fprintf(&b, "  - {address: %s, name: mail.example.com, greeting: {delay: %s}}\n", a, delay)
		needs = append(needs, facts.Need{Target: a, Facts: []facts.Name{facts.SMTPGreetingLatency}})
	}
	return b.String(), needs
}

// addresses are so many of one network, or each of a network of its own.
func addresses(n int, pattern string) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprintf(pattern, i+1))
	}
	return list
}

// whole tells of reports that were cut short, or saw no greeting.
func whole(t *testing.T, bundles []evidence.Bundle) {
	t.Helper()
	for i, b := range bundles {
		if b.Expired || b.Interrupted || len(b.Sessions) == 0 || b.Sessions[0].Event(evidence.StepGreeting).Reply == nil {
			t.Fatalf("report %d: expired %v, interrupted %v, %d sessions", i, b.Expired, b.Interrupted, len(b.Sessions))
		}
	}
}

// The servers of one network see a bounded number of connections at once and in a minute, however many reports are about them; no report
// is short of time for it, and none of another network waits.
func TestPaceOfANetwork(t *testing.T) {
	scenario, needs := greeters(30*time.Second, append(addresses(100, "203.0.113.%d"), "198.51.100.1")...)
	among(t, scenario, needs, verify.Options{Deadline: time.Minute}, func(c *counted, bundles []evidence.Bundle) {
		whole(t, bundles)
		if other := c.began["198.51.100.1"]; other[0] > time.Second {
			t.Errorf("another network waits %v", other)
		}
		delete(c.began, "198.51.100.1")
		times := c.all()
		if c.most > 21 || len(times) != 100 {
			t.Errorf("%d connections, %d at once", len(times), c.most)
		}
		// Twenty at a time, of which each takes half a minute.
		if last := times[99]; last < 2*time.Minute || last > 3*time.Minute {
			t.Errorf("the last begins after %v", last)
		}
	})
	// Those that are done at once are held back by the minute.
	scenario, needs = greeters(0, addresses(100, "203.0.113.%d")...)
	among(t, scenario, needs, verify.Options{Deadline: 30 * time.Second}, func(c *counted, bundles []evidence.Bundle) {
		whole(t, bundles)
		if times := c.all(); times[19] > time.Second || times[99] < 70*time.Second || times[99] > 90*time.Second {
			t.Errorf("the twentieth begins after %v, the last after %v", times[19], times[99])
		}
	})
}

// One report about a domain with many mail hosts waits for nobody.
func TestOneReportIsNotHeldUp(t *testing.T) {
	scenario, needs := greeters(10*time.Second, addresses(20, "203.0.113.%d")...)
	tested(t, scenario, []verify.Plan{verify.Make(needs)}, 0, verify.Options{}, func(c *counted, _ []evidence.Bundle) {
		if took := time.Since(c.start); took > 12*time.Second || len(c.all()) != 20 {
			t.Errorf("%d connections took %v", len(c.all()), took)
		}
	})
}

// Connections of all reports together are bounded, at once and in a second.
func TestLimitsOfAllConnections(t *testing.T) {
	scenario, needs := greeters(30*time.Second, addresses(60, "203.0.%d.25")...)
	among(t, scenario, needs, verify.Options{Connections: 7, Deadline: time.Minute}, func(c *counted, bundles []evidence.Bundle) {
		whole(t, bundles)
		if c.most != 7 {
			t.Errorf("%d connections at once", c.most)
		}
	})
	among(t, scenario, needs, verify.Options{Rate: 120, Deadline: time.Minute}, func(c *counted, bundles []evidence.Bundle) {
		whole(t, bundles)
		if times := c.all(); times[59] < 25*time.Second || times[59] > 35*time.Second {
			t.Errorf("the last of 60 begins after %v", times[59])
		}
	})
}

// customers are domains whose mail one server takes, each with a mailbox of its own to be asked about.
func customers(n int, server string) (scenario string, needs []facts.Need) {
	var b strings.Builder
	b.WriteString("zones:\n  - name: example.com\n    servers: [ns1.example.com]\n    records: |\n      ns1.example.com. 300 IN A 192.0.2.53\n      mail.example.com. 300 IN A 203.0.113.25\n")
	for i := range n {
		name := fmt.Sprintf("customer%d.test", i)
		fmt.Fprintf(&b, "  - name: %s\n    servers: [ns1.example.com]\n    records: |\n      %[1]s. 300 IN MX 10 mail.example.com.\n", name)
		needs = append(needs, facts.Need{Target: name, Facts: []facts.Name{facts.SMTPPostmasterAccepted}})
	}
	return b.String() + "smtp:\n  - {address: 203.0.113.25, name: mail.example.com, " + server + "}\n", needs
}

// A report that waits for its turn behind hundreds of others has as much time as one alone; the server is not met more often than twice a
// minute.
func TestWaitingForATurnCostsNoTime(t *testing.T) {
	scenario, needs := customers(500, "greeting: {delay: 20s}")
	among(t, scenario, needs, verify.Options{Deadline: 90 * time.Second}, func(c *counted, bundles []evidence.Bundle) {
		whole(t, bundles)
		times := c.all()
		for i := 1; i < len(times); i++ {
			if times[i]-times[i-1] < 30*time.Second {
				t.Errorf("connections after %v and %v", times[i-1], times[i])
			}
		}
		if len(times) < 20 || len(times) > 30 {
			t.Errorf("%d connections", len(times))
		}
	})
}

// A server that turns testers away is asked less and less often, and then left in peace; the reports say what it said.
func TestServerThatTurnsTestersAway(t *testing.T) {
	for _, greeting := range []string{"421 4.7.0 Too many connections", "450 4.3.2 Come back later"} {
		scenario, needs := customers(30, "greeting: {reply: "+greeting+"}")
		among(t, scenario, needs, verify.Options{Deadline: 2 * time.Minute}, func(c *counted, bundles []evidence.Bundle) {
			whole(t, bundles)
			times := c.all()
			if len(times) < 4 || len(times) > 6 {
				t.Fatalf("%d connections, at %v", len(times), times)
			}
			for i := 2; i < len(times); i++ {
				if times[i]-times[i-1] < (times[i-1]-times[i-2])*3/2 {
					t.Errorf("connections at %v", times)
				}
			}
		})
	}
	// One that recovers is asked as before.
	scenario, needs := customers(12, "greeting: {reply: 421 4.7.0 Busy}, sequence: [{from_connection: 3, greeting: {reply: 220 mail.example.com ESMTP}}]")
	among(t, scenario, needs, verify.Options{Deadline: 2 * time.Minute}, func(c *counted, bundles []evidence.Bundle) {
		times := c.all()
		if last := len(times) - 1; last < 11 || times[last]-times[last-1] > 40*time.Second {
			t.Errorf("connections at %v", times)
		}
	})
}

// Web servers are spared like mail servers: thousands of domains may have their policy at one provider.
func TestPaceOfTheWeb(t *testing.T) {
	var b strings.Builder
	b.WriteString("zones:\n  - name: example.com\n    servers: [ns1.example.com]\n    records: |\n      ns1.example.com. 300 IN A 192.0.2.53\n")
	var needs []facts.Need
	for i := range 60 {
		name := fmt.Sprintf("customer%d.test", i)
		fmt.Fprintf(&b, "  - name: %s\n    servers: [ns1.example.com]\n    records: |\n      %[1]s. 300 IN MX 10 mail.%[1]s.\n      mta-sts.%[1]s. 300 IN A 203.0.113.%d\n      _mta-sts.%[1]s. 300 IN TXT \"v=STSv1; id=1\"\n", name, 1+i%9)
		needs = append(needs, facts.Need{Target: name, Facts: []facts.Name{facts.MTASTSFetched}})
	}
	b.WriteString("https:\n")
	for i := range 9 {
		fmt.Fprintf(&b, "  - {address: 203.0.113.%d, name: mta-sts.example.com, delay: 20s}\n", i+1)
	}
	among(t, b.String(), needs, verify.Options{Deadline: 70 * time.Second}, func(c *counted, bundles []evidence.Bundle) {
		for i, b := range bundles {
			if b.Expired || len(b.Fetches) == 0 {
				t.Errorf("report %d: expired %v, %d fetches", i, b.Expired, len(b.Fetches))
			}
		}
		if times := c.all(); c.most > 20 || len(times) < 60 || times[59] < 30*time.Second {
			t.Errorf("%d at once, fetches at %v", c.most, times)
		}
	})
}

// What was seen of this network serves all reports of about that time, and none of hours later.
func TestControlsServeForATime(t *testing.T) {
	const scenario = "zones:\n  - name: control.test\n    servers: [ns1.control.test]\n    records: |\n      ns1.control.test. 300 IN A 192.0.2.53\n      control.test. 300 IN MX 10 mail.control.test.\n      mail.control.test. 300 IN A 203.0.113.25\n" +
		"smtp:\n  - {address: 203.0.113.25, name: mail.control.test}\n"
	var needs []facts.Need
	var refused strings.Builder
	for i := range 20 {
		address := fmt.Sprintf("203.0.%d.25", i+1)
		fmt.Fprintf(&refused, "  - {address: %s, connect: refused}\n", address)
		needs = append(needs, facts.Need{Target: address, Facts: []facts.Name{facts.SMTPGreetingLatency}})
	}
	controls := verify.Options{Controls: []string{"control.test"}, Deadline: 5 * time.Minute}
	among(t, scenario+refused.String(), needs, controls, func(c *counted, bundles []evidence.Bundle) {
		if n := len(c.began["203.0.113.25"]); n != 1 {
			t.Errorf("the control was asked %d times", n)
		}
		nobody := 0
		for _, a := range transcript.Nobodies {
			nobody += len(c.began[a.String()])
		}
		if nobody < 1 || nobody > 3 { // one that was cut short is none
			t.Errorf("%d connections to nobody", nobody)
		}
		for i, b := range bundles {
			if b.Vantage.SMTPOut != evidence.Open {
				t.Errorf("report %d: way out %q", i, b.Vantage.SMTPOut)
			}
		}
	})
	var plans []verify.Plan
	for _, need := range needs[:4] {
		plans = append(plans, verify.Make([]facts.Need{need}))
	}
	tested(t, scenario+refused.String(), plans, time.Hour, controls, func(c *counted, _ []evidence.Bundle) {
		if n := len(c.began["203.0.113.25"]); n != 4 {
			t.Errorf("in four hours the control was asked %d times", n)
		}
	})
}

// Peace lasts an hour: a run may take a night, in which a server recovers.
func TestServerIsAskedAgainLater(t *testing.T) {
	scenario, needs := customers(24, "greeting: {reply: 421 4.7.0 Too many connections}")
	var plans []verify.Plan
	for _, need := range needs {
		plans = append(plans, verify.Make([]facts.Need{need}))
	}
	tested(t, scenario, plans, 10*time.Minute, verify.Options{Deadline: 2 * time.Minute}, func(c *counted, bundles []evidence.Bundle) {
		spared := 0
		for _, b := range bundles {
			if b.Spared {
				spared++
			}
		}
		times := c.all()
		if len(times) < 7 || len(times) > 10 || spared < 17 || spared > 21 {
			t.Errorf("in four hours it is asked at %v, and spared %d times", times, spared)
		}
	})
	// Reports that ask the very same share what came for no longer.
	recovers := strings.Replace(scenario, "connections}", "connections}, sequence: [{from_connection: 3, greeting: {reply: 220 mail.example.com ESMTP}}]", 1)
	tested(t, recovers, []verify.Plan{plans[0], plans[0], plans[0]}, 40*time.Minute, verify.Options{}, func(c *counted, bundles []evidence.Bundle) {
		for i, want := range []int{421, 421, 220} {
			if code := bundles[i].Sessions[0].Event(evidence.StepGreeting).Reply.Code; code != want {
				t.Errorf("report %d: %d, want %d", i, code, want)
			}
		}
	})
}

// A run that goes on with an earlier one keeps the distance to what that one did last.
func TestPaceAfterAnEarlierRun(t *testing.T) {
	scenario, needs := greeters(0, "203.0.113.25")
	for _, test := range []struct {
		since, least, most time.Duration
	}{{-20 * time.Second, 10 * time.Second, 15 * time.Second}, {-time.Hour, 0, time.Second}, {time.Hour, 30 * time.Second, 35 * time.Second}} {
		start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // of the clock of every test in a bubble
		among(t, scenario, needs, verify.Options{Since: start.Add(test.since), Deadline: 5 * time.Second}, func(c *counted, bundles []evidence.Bundle) {
			whole(t, bundles)
			if times := c.all(); times[0] < test.least || times[0] > test.most {
				t.Errorf("%v after the earlier run it begins after %v", -test.since, times)
			}
		})
	}
}

// Nor do those that wait for their turn at one name server that is silent, however many they are.
func TestQueueAtASilentServerHoldsUpNobody(t *testing.T) {
	const zones = 300
	var b strings.Builder
	b.WriteString("zones:\n  - name: example.com\n    servers: [ns.example.com]\n    records: |\n      ns.example.com. 300 IN A 198.51.100.1\n")
	var needs []facts.Need
	for i := range zones {
		fmt.Fprintf(&b, "  - name: silent%d.test\n    servers: [ns.example.com]\n    records: \"\"\n", i)
		needs = append(needs, facts.Need{Target: fmt.Sprintf("silent%d.test", i), Facts: []facts.Name{facts.DNSSOASerial}})
	}
	b.WriteString("  - name: quick.test\n    servers: [ns.quick.test]\n    records: |\n      ns.quick.test. 300 IN A 203.0.113.53\nname_servers:\n  - {address: 198.51.100.1, behaves: [silent]}\n")
	needs = append(needs, facts.Need{Target: "quick.test", Facts: []facts.Name{facts.DNSSOASerial}})
	among(t, b.String(), needs, verify.Options{Deadline: 10 * time.Minute}, func(c *counted, bundles []evidence.Bundle) {
		if after := bundles[zones].FinishedAt.Sub(c.start); after > time.Minute {
			t.Errorf("the quick one is done after %v, the last one after %v", after, bundles[zones-1].FinishedAt.Sub(c.start))
		}
	})
}

// Reports about zones whose servers are silent do not keep others from their look-ups.
func TestSilentZonesHoldUpNobody(t *testing.T) {
	const silent = 60
	var b strings.Builder
	b.WriteString("zones:\n")
	var needs []facts.Need
	for i := range silent {
		fmt.Fprintf(&b, "  - name: silent%d.test\n    servers: [ns.silent%[1]d.test]\n    records: |\n      ns.silent%[1]d.test. 300 IN A 198.51.100.%[2]d\n", i, i+1)
		needs = append(needs, facts.Need{Target: fmt.Sprintf("silent%d.test", i), Facts: []facts.Name{facts.DNSSOASerial}})
	}
	b.WriteString("  - name: quick.test\n    servers: [ns.quick.test]\n    records: |\n      ns.quick.test. 300 IN A 203.0.113.53\nname_servers:\n")
	for i := range silent {
		fmt.Fprintf(&b, "  - {address: 198.51.100.%d, behaves: [silent]}\n", i+1)
	}
	needs = append(needs, facts.Need{Target: "quick.test", Facts: []facts.Name{facts.DNSSOASerial}})
	among(t, b.String(), needs, verify.Options{Deadline: 10 * time.Minute}, func(c *counted, bundles []evidence.Bundle) {
		quick, slow := bundles[silent], bundles[0]
		if slow.FinishedAt.Sub(slow.StartedAt) < 14*time.Second {
			t.Fatalf("a silent zone takes %v only", slow.FinishedAt.Sub(slow.StartedAt))
		}
		if after := quick.FinishedAt.Sub(c.start); after > 20*time.Second {
			t.Errorf("the quick one is done after %v", after)
		}
		if len(quick.Targets[0].Servers) == 0 {
			t.Errorf("its servers were not found: %+v", quick.Targets[0].ZoneError)
		}
	})
}
