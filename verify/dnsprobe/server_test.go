package dnsprobe

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/memnet"
)

var (
	resolverAt = netip.MustParseAddrPort("192.0.2.1:53")
	ns1        = evidence.Server{Name: "ns1.example.com", Address: "192.0.2.53"}
	ns1At      = netip.MustParseAddrPort("192.0.2.53:53")
)

// answerer makes the answers to a question, none for silence. It may change the reply that is handed to it.
type answerer func(query, reply *dns.Msg, network string) []*dns.Msg

// world is a network in memory that keeps a record of the questions.
type world struct {
	memnet.Network
	mu  sync.Mutex
	log []string // "udp edns rd example.com. MX"
}

func newWorld(t *testing.T) *world {
	// The clock of a bubble stands still once the test is over, but the servers need time to see that.
	t.Cleanup(func() { time.Sleep(time.Minute) })
	return &world{}
}

func (w *world) asked() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.log)
}

func (w *world) note(network string, q *dns.Msg) {
	words := []string{network}
	if q.IsEdns0() != nil {
		words = append(words, "edns")
	}
	if q.RecursionDesired {
		words = append(words, "rd")
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = append(w.log, strings.Join(append(words, q.Question[0].Name, dns.TypeToString[q.Question[0].Qtype]), " "))
}

// serve answers over UDP, and over TCP if stream is set.
func (w *world) serve(t *testing.T, at netip.AddrPort, stream bool, answer answerer) {
	answers := func(network string, raw []byte) [][]byte {
		q := new(dns.Msg)
		if err := q.Unpack(raw); err != nil {
			t.Errorf("the probe sent %x: %v", raw, err)
			return nil
		}
		w.note(network, q)
		var out [][]byte
		for _, m := range answer(q, new(dns.Msg).SetReply(q), network) {
			b, err := m.Pack()
			if err != nil {
				t.Errorf("cannot pack the answer: %v", err)
			}
			out = append(out, b)
		}
		return out
	}
	w.ListenPacket(at, func(raw []byte, reply func([]byte)) {
		for _, b := range answers("udp", raw) {
			reply(b)
		}
	})
	if stream {
		w.Listen(at, func(conn net.Conn) {
			defer conn.Close()
			co := &dns.Conn{Conn: conn}
			for {
				raw, err := co.ReadMsgHeader(nil)
				if err != nil {
					return
				}
				for _, b := range answers("tcp", raw) {
					co.Write(b)
				}
			}
		})
	}
}

func (w *world) probe() *Probe { return &Probe{Dialer: w, Resolver: resolverAt} }

// records answers from a list of records as a resolver does: aliases are followed, and what is missing is NXDOMAIN or
// NODATA with the SOA record of the longest zone that holds the name.
func records(lines ...string) answerer {
	var data []dns.RR
	for _, line := range lines {
		rr, err := dns.NewRR(line)
		if err != nil {
			panic(err)
		}
		data = append(data, rr)
	}
	return func(q, m *dns.Msg, _ string) []*dns.Msg {
		m.RecursionAvailable = q.RecursionDesired
		m.Authoritative = !q.RecursionDesired
		name, exists := q.Question[0].Name, false
		for range 20 {
			alias := ""
			for _, rr := range data {
				exists = exists || dns.IsSubDomain(name, rr.Header().Name)
				if !strings.EqualFold(rr.Header().Name, name) {
					continue
				}
				if cname, ok := rr.(*dns.CNAME); ok {
					alias = cname.Target
				}
				if t := rr.Header().Rrtype; t == q.Question[0].Qtype || t == dns.TypeCNAME {
					m.Answer = append(m.Answer, rr)
				}
			}
			if alias == "" {
				break
			}
			name, exists = alias, false
		}
		if len(m.Answer) == 0 || m.Answer[len(m.Answer)-1].Header().Rrtype != q.Question[0].Qtype {
			m.Ns = enclosing(data, name)
		}
		if !exists {
			m.Rcode = dns.RcodeNameError
		}
		return []*dns.Msg{m}
	}
}

func enclosing(data []dns.RR, name string) (soa []dns.RR) {
	longest := 0
	for _, rr := range data {
		zone := rr.Header().Name
		if rr.Header().Rrtype == dns.TypeSOA && dns.IsSubDomain(zone, name) && len(zone) > longest {
			longest, soa = len(zone), []dns.RR{rr}
		}
	}
	return soa
}

// rcode answers with nothing but a code.
func rcode(code int) answerer {
	return func(_, m *dns.Msg, _ string) []*dns.Msg {
		m.Rcode = code
		return []*dns.Msg{m}
	}
}

func silent(_, _ *dns.Msg, _ string) []*dns.Msg { return nil }

// path writes how an exchange went: transport, EDNS, and code or failure.
func path(xs []evidence.Exchange) string {
	var steps []string
	for _, x := range xs {
		s := x.Transport
		if x.EDNS {
			s += "+edns"
		}
		switch {
		case x.Failure != nil:
			s += " " + string(x.Failure.Kind)
		case x.TC:
			s += " TC"
		default:
			s += " " + x.RCode
		}
		steps = append(steps, s)
	}
	return strings.Join(steps, ", ")
}

func kind(f *evidence.Failure) evidence.FailureKind {
	if f == nil {
		return ""
	}
	return f.Kind
}

// seconds wants an exact time on the clock of the bubble.
func seconds(t *testing.T, what string, got time.Duration, want time.Duration) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func rdata(rrs []dns.RR) (list []string) {
	for _, rr := range rrs {
		list = append(list, strings.TrimPrefix(rr.String(), rr.Header().String()))
	}
	return list
}

func repeat(n int, format string) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprintf(format, i))
	}
	return list
}

// dialFunc is a Dialer.
type dialFunc func(ctx context.Context, network, address string) (net.Conn, error)

func (f dialFunc) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return f(ctx, network, address)
}
