package dnsprobe

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
)

// texts answers with a number of records of about 250 bytes each.
func textsOf(n int) answerer {
	return func(q, m *dns.Msg, network string) []*dns.Msg {
		m.Authoritative, m.Compress = true, true
		if network == udp && n > 2 {
			m.Truncated = true
			return []*dns.Msg{m}
		}
		for range n {
			m.Answer = append(m.Answer, &dns.TXT{Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeTXT, Class: dns.ClassINET}, Txt: []string{strings.Repeat("x", 240)}})
		}
		return []*dns.Msg{m}
	}
}

// Questions end with their allowance, whose end is a bound of ours and no answer: who has more left gets one.
func TestAllowance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.Delay = time.Millisecond
		w.serve(t, ns1At, true, textsOf(1))
		p := w.probe()
		poor, rich := NewAllowance(20*perTry).Within(t.Context()), NewAllowance(1000*perTry).Within(t.Context())
		answered := 0
		for i := range 40 {
			xs := p.Ask(poor, ns1, fmt.Sprintf("h%d.example.com", i), "TXT")
			switch f := xs[len(xs)-1].Failure; {
			case f == nil:
				answered++
			case f.Kind != evidence.Limit:
				t.Fatalf("ended by %+v", f)
			}
		}
		if asked := len(w.asked()); answered < 5 || answered > 20 || asked > 21 {
			t.Errorf("%d answers to %d questions", answered, asked)
		}
		if xs := p.Ask(poor, ns1, "h0.example.com", "TXT"); xs[0].Failure != nil {
			t.Errorf("what is known costs something: %+v", xs[0].Failure)
		}
		if xs := p.Ask(rich, ns1, "h39.example.com", "TXT"); xs[len(xs)-1].Failure != nil {
			t.Errorf("one's end is another's: %+v", xs[len(xs)-1].Failure)
		}
		if xs := p.Ask(poor, ns1, "h39.example.com", "TXT"); xs[len(xs)-1].Failure != nil {
			t.Error("what another has paid for is not shared")
		}
	})
}

// Who waits for the question of one whose allowance ends asks himself, and nobody asks for ever.
func TestAllowanceOfAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.Delay = time.Second
		w.serve(t, ns1At, true, textsOf(100))
		p := w.probe()
		poor, rich := NewAllowance(60*perTry).Within(t.Context()), NewAllowance(3000*perTry).Within(t.Context())
		kinds := make([]evidence.FailureKind, 2)
		for i, ctx := range []context.Context{poor, rich} {
			go func() {
				xs := p.Ask(ctx, ns1, "example.com", "TXT")
				kinds[i] = kind(xs[len(xs)-1].Failure)
			}()
			synctest.Wait()
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if kinds[0] != evidence.Limit || kinds[1] != "" {
			t.Errorf("ended by %q", kinds)
		}
	})
}

// A long message is not read when little is left, and short ones still are.
func TestLongMessagesLeaveRoomForShortOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.Delay = time.Millisecond
		w.serve(t, ns1At, true, func(q, m *dns.Msg, network string) []*dns.Msg {
			if strings.HasPrefix(q.Question[0].Name, "long") {
				return textsOf(200)(q, m, network)
			}
			return textsOf(1)(q, m, network)
		})
		p := w.probe()
		ctx := NewAllowance(1 << 20).Within(t.Context())
		long := 0
		for i := range 20 {
			xs := p.Ask(ctx, ns1, fmt.Sprintf("long%d.example.com", i), "TXT")
			if x := xs[len(xs)-1]; x.Failure == nil {
				long++
			} else if x.Failure.Kind != evidence.Limit || len(x.Answer) > 0 {
				t.Errorf("%+v", x.Failure)
			}
		}
		xs := p.Ask(ctx, ns1, "short.example.com", "TXT")
		if long == 0 || long == 20 || xs[len(xs)-1].Failure != nil {
			t.Errorf("%d long answers, then %s", long, path(xs))
		}
	})
}

// A zone with 13 servers in a zone with 13 servers, and so on, costs one walk, whether its answers are known already or not.
func TestServersInsideOfServers(t *testing.T) {
	for name, levels := range map[string]int{"three levels": 3, "six": 6, "twenty": 20} {
		t.Run(name, func(t *testing.T) {
			zone := []string{"com"}
			for level := range levels {
				for i := range 13 {
					zone = append(zone, fmt.Sprintf("z%d.com. 300 IN NS ns%d.z%d.com.", level, i, level+1))
				}
			}
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.Delay = time.Millisecond
				servers := small()
				servers["192.0.2.11"], servers["192.0.2.12"] = holding(zone), holding(zone)
				p := walking(t, w, servers)
				for range 3 {
					d, xs := p.Walk(t.Context(), "z0.com")
					if last := d.Path[len(d.Path)-1]; last.Zone != "z0.com" || len(last.Names) != 13 || len(last.Servers) != 0 || len(xs) > 2*maxQuestions {
						t.Fatalf("%+v with %d exchanges", last, len(xs))
					}
				}
				p.Addresses(t.Context(), repeat(13, "ns%d.z0.com"))
				p.Authoritative(t.Context(), "z0.com", "MX")
				if got := len(w.asked()); got > 3*maxQuestions {
					t.Errorf("%d questions", got)
				}
			})
		})
	}
}
