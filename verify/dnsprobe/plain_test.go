package dnsprobe

import (
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
)

// A server that does not bear EDNS is asked with it only once. Each exchange says how it was asked.
func TestWithoutEDNSOnceLearned(t *testing.T) {
	dropping := func(answer answerer) answerer {
		return func(q, m *dns.Msg, network string) []*dns.Msg {
			if q.IsEdns0() != nil {
				return nil
			}
			return answer(q, m, network)
		}
	}
	refusing := func(answer answerer) answerer {
		return func(q, m *dns.Msg, network string) []*dns.Msg {
			if q.IsEdns0() != nil {
				m.Rcode = dns.RcodeFormatError
				return []*dns.Msg{m}
			}
			return answer(q, m, network)
		}
	}
	for name, unable := range map[string]func(answerer) answerer{"dropped": dropping, "FORMERR": refusing} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.serve(t, ns1At, true, unable(records("example.com. A 192.0.2.1")))
				p := w.probe()
				first := p.Ask(t.Context(), ns1, "example.com", "SOA")
				if !first[0].EDNS || first[len(first)-1].EDNS || len(first) != 2 {
					t.Errorf("the first question went %q", path(first))
				}
				start := time.Now()
				for _, rrtype := range []string{"A", "NS", "TXT"} {
					if xs := p.Ask(t.Context(), ns1, "example.com", rrtype); len(xs) != 1 || xs[0].EDNS || xs[0].RCode == "" {
						t.Errorf("%s went %q", rrtype, path(xs))
					}
				}
				if took := time.Since(start); took >= time.Second {
					t.Errorf("the other questions took %v", took)
				}
			})
		})
	}
}

// One lost datagram teaches to leave EDNS out, which must lose no long answer: where TCP is closed, EDNS is tried after all,
// and from then on again.
func TestEDNSAfterAllForALongAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var lost atomic.Bool // each datagram is answered by a goroutine of its own
		w.serve(t, ns1At, false, func(q, m *dns.Msg, network string) []*dns.Msg {
			if lost.CompareAndSwap(false, true) {
				return nil
			}
			m.Authoritative = true
			if q.Question[0].Qtype == dns.TypeTXT {
				if m.Truncated = q.IsEdns0() == nil; !m.Truncated {
					m.Answer = append(m.Answer, &dns.TXT{Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeTXT, Class: dns.ClassINET}, Txt: []string{"long"}})
				}
			}
			return []*dns.Msg{m}
		})
		p := w.probe()
		p.Ask(t.Context(), ns1, "example.com", "A")
		xs := p.Ask(t.Context(), ns1, "example.com", "TXT")
		if last := xs[len(xs)-1]; !last.EDNS || len(last.Answer) != 1 || xs[0].EDNS {
			t.Errorf("went %q", path(xs))
		}
		if xs := p.Ask(t.Context(), ns1, "example.com", "MX"); !xs[0].EDNS {
			t.Errorf("then it went %q", path(xs))
		}
	})
}

// The resolver tells of signatures only with EDNS, so one lost datagram does not end that.
func TestResolverIsAskedWithEDNS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		var n atomic.Int32
		w.serve(t, resolverAt, true, func(q, m *dns.Msg, network string) []*dns.Msg {
			if n.Add(1) == 1 {
				return nil
			}
			return []*dns.Msg{m}
		})
		p := w.probe()
		for i := range 3 {
			xs := p.Lookup(t.Context(), fmt.Sprintf("host%d.example.com", i), "A")
			if !xs[0].EDNS || xs[0].Role != evidence.Resolver {
				t.Errorf("went %q", path(xs))
			}
		}
	})
}
