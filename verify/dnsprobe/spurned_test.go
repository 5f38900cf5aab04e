package dnsprobe

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
)

// An authoritative server whose answer may be due to EDNS is asked once more without it, and judged by what it says then. What
// answers well is asked once.
func TestServersThatSpurnEDNS(t *testing.T) {
	right := records("example.com. MX 10 mail.example.com.")
	answering := func(withEDNS, without answerer) answerer {
		return func(q, m *dns.Msg, network string) []*dns.Msg {
			if q.IsEdns0() != nil {
				return withEDNS(q, m, network)
			}
			return without(q, m, network)
		}
	}
	code := func(rcode int) answerer {
		return func(q, m *dns.Msg, _ string) []*dns.Msg {
			if m.Rcode = rcode; q.IsEdns0() != nil {
				m.SetEdns0(1232, false)
			}
			return []*dns.Msg{m}
		}
	}
	servfail := code(dns.RcodeServerFailure)
	for _, test := range []struct {
		name   string
		answer answerer
		path   string
		next   string // the path of the question that follows
	}{
		{"a healthy server", right, "udp+edns NOERROR", "udp+edns NOERROR"},
		{"SERVFAIL", answering(servfail, right), "udp+edns SERVFAIL, udp NOERROR", "udp NOERROR"},
		{"BADVERS", answering(code(dns.RcodeBadVers), right), "udp+edns BADVERS, udp NOERROR", "udp NOERROR"},
		{"REFUSED", answering(code(dns.RcodeRefused), right), "udp+edns REFUSED, udp NOERROR", "udp NOERROR"},
		{"fails both ways", servfail, "udp+edns SERVFAIL, udp SERVFAIL", "udp+edns SERVFAIL, udp SERVFAIL"},
		{"refuses both ways", code(dns.RcodeRefused), "udp+edns REFUSED, udp REFUSED", "udp+edns REFUSED, udp REFUSED"},
		{"silent without EDNS", answering(servfail, silent), "udp+edns SERVFAIL, udp timeout, udp+edns SERVFAIL", "udp+edns SERVFAIL, udp timeout, udp+edns SERVFAIL"},
		{"another answer without authority to give it", code(dns.RcodeNotAuth), "udp+edns NOTAUTH", "udp+edns NOTAUTH"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.serve(t, ns1At, true, test.answer)
				p := w.probe()
				if got := path(p.Ask(t.Context(), ns1, "example.com", "MX")); got != test.path {
					t.Errorf("went %q, want %q", got, test.path)
				}
				if got := path(p.Ask(t.Context(), ns1, "example.com", "A")); got != test.next {
					t.Errorf("then %q, want %q", got, test.next)
				}
			})
		})
	}
	t.Run("over TCP", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.serve(t, ns1At, true, answering(servfail, right))
			if got := path(w.probe().AskTCP(t.Context(), ns1, "example.com", "MX", 0)); got != "tcp+edns SERVFAIL, tcp NOERROR" {
				t.Errorf("went %q", got)
			}
		})
	})
	t.Run("a resolver", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.serve(t, resolverAt, true, answering(servfail, right))
			if got := path(w.probe().Lookup(t.Context(), "example.com", "MX")); got != "udp+edns SERVFAIL" {
				t.Errorf("went %q", got)
			}
		})
	})
}

// A question that is cut short while it is repeated ends there.
func TestSpurnedAndInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.serve(t, ns1At, true, func(q, m *dns.Msg, _ string) []*dns.Msg {
			if q.IsEdns0() == nil {
				return nil
			}
			m.Rcode = dns.RcodeServerFailure
			return []*dns.Msg{m}
		})
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		xs := w.probe().Ask(ctx, ns1, "example.com", "MX")
		if f := xs[len(xs)-1].Failure; len(xs) != 2 || f == nil || f.Kind != evidence.Interrupted {
			t.Errorf("went %q", path(xs))
		}
	})
}
