package dnsprobe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/memnet"
)

func TestLookup(t *testing.T) {
	zone := records(
		"example.com. 300 IN SOA ns1.example.com. hostmaster.example.com. 1 2 3 4 5",
		"example.com. 300 IN MX 10 mail.example.com.",
		"www.example.com. 300 IN CNAME web.example.com.",
		"web.example.com. 300 IN A 203.0.113.80",
		"dangling.example.com. 300 IN CNAME gone.example.com.",
		"loop1.example.com. 300 IN CNAME loop2.example.com.",
		"loop2.example.com. 300 IN CNAME loop1.example.com.",
	)
	withoutEDNS := func(code int) answerer {
		return func(q, m *dns.Msg, network string) []*dns.Msg {
			if q.IsEdns0() != nil {
				return rcode(code)(q, m, network)
			}
			return zone(q, m, network)
		}
	}
	truncated := func(q, m *dns.Msg, network string) []*dns.Msg {
		m.Truncated = network == "udp"
		if network == "udp" {
			return []*dns.Msg{m}
		}
		return zone(q, m, network)
	}
	tests := []struct {
		name    string
		answer  answerer
		stream  bool
		ask     string // name and type
		path    string
		trouble evidence.FailureKind
		records []string
	}{
		{"answer", zone, false, "example.com MX", "udp+edns NOERROR", "", []string{"10 mail.example.com."}},
		{"final dot and capitals", zone, false, "Example.COM. mx",
			"udp+edns NOERROR", "", []string{"10 mail.example.com."}},
		{"no such name", zone, false, "gone.example.com MX", "udp+edns NXDOMAIN", evidence.NXDomain, nil},
		{"no data", zone, false, "web.example.com MX", "udp+edns NOERROR", evidence.NoData, nil},
		{"alias", zone, false, "www.example.com A", "udp+edns NOERROR", "", []string{"203.0.113.80"}},
		{"the alias itself", zone, false, "www.example.com CNAME",
			"udp+edns NOERROR", "", []string{"web.example.com."}},
		{"alias without data", zone, false, "www.example.com MX", "udp+edns NOERROR", evidence.NoData, nil},
		{"alias of nothing", zone, false, "dangling.example.com A", "udp+edns NXDOMAIN", evidence.NXDomain, nil},
		{"alias loop", zone, false, "loop1.example.com A", "udp+edns NXDOMAIN", evidence.ServFail, nil},
		{"SERVFAIL", rcode(dns.RcodeServerFailure), true, "example.com MX",
			"udp+edns SERVFAIL", evidence.ServFail, nil},
		{"REFUSED", rcode(dns.RcodeRefused), true, "example.com MX", "udp+edns REFUSED", evidence.ServFail, nil},
		{"unknown code", rcode(11), true, "example.com MX", "udp+edns DSOTYPENI", evidence.ServFail, nil},
		{"FORMERR because of EDNS", withoutEDNS(dns.RcodeFormatError), false, "example.com MX",
			"udp+edns FORMERR, udp NOERROR", "", []string{"10 mail.example.com."}},
		{"NOTIMP because of EDNS", withoutEDNS(dns.RcodeNotImplemented), false, "example.com MX",
			"udp+edns NOTIMP, udp NOERROR", "", []string{"10 mail.example.com."}},
		{"FORMERR always", rcode(dns.RcodeFormatError), true, "example.com MX",
			"udp+edns FORMERR, udp FORMERR", evidence.ServFail, nil},
		{"truncated", truncated, true, "example.com MX",
			"udp+edns TC, tcp+edns NOERROR", "", []string{"10 mail.example.com."}},
		{"truncated without TCP", truncated, false, "example.com MX",
			"udp+edns TC, tcp+edns refused", evidence.ServFail, nil},
		{"truncated over TCP too", func(q, m *dns.Msg, network string) []*dns.Msg {
			zone(q, m, network)
			m.Truncated = true
			return []*dns.Msg{m}
		}, true, "example.com MX", "udp+edns TC, tcp+edns TC", evidence.ServFail, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.Delay = 20 * time.Millisecond
				w.serve(t, resolverAt, test.stream, test.answer)
				name, rrtype, _ := strings.Cut(test.ask, " ")
				xs := w.probe().Lookup(t.Context(), name, rrtype)
				if got := path(xs); got != test.path {
					t.Errorf("went %q, want %q", got, test.path)
				}
				last := xs[len(xs)-1]
				if got := rdata(dnsanswer.Records(last, rrtype)); test.trouble == "" && !slices.Equal(got, test.records) {
					t.Errorf("records %q, want %q", got, test.records)
				}
				if got := dnsanswer.Trouble(xs); kind(got) != test.trouble {
					t.Errorf("trouble %+v, want %q", got, test.trouble)
				}
				if last.Failure == nil && last.Transport == "udp" {
					seconds(t, "RTT", last.RTT.D(), 40*time.Millisecond)
				}
				for _, question := range w.asked() {
					if !strings.Contains(question, " rd ") {
						t.Errorf("the resolver was asked without RD: %s", question)
					}
				}
			})
		})
	}
}

func TestExchangeFields(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.Delay = 50 * time.Millisecond
		w.serve(t, ns1At, false, func(q, m *dns.Msg, _ string) []*dns.Msg {
			if opt := q.IsEdns0(); opt == nil || opt.UDPSize() != 1232 {
				t.Error("the question has no EDNS with 1232 octets")
			}
			if q.AuthenticatedData {
				t.Error("AD=1 in a question to an authoritative server")
			}
			m.Authoritative, m.RecursionAvailable, m.AuthenticatedData = true, true, true
			m.Answer = []dns.RR{newRR("EXAMPLE.com. 300 IN TXT \"a  b\tc\" \"d;\\\"e\"")}
			m.Ns = []dns.RR{newRR("example.com. 300 IN NS ns1.example.com.")}
			return []*dns.Msg{m}
		})
		start := time.Now()
		xs := w.probe().Ask(t.Context(), ns1, "example.com", "txt")
		if len(xs) != 1 {
			t.Fatalf("%d exchanges, want 1", len(xs))
		}
		x := xs[0]
		if !x.At.Equal(start) || x.RTT.D() != 100*time.Millisecond {
			t.Errorf("sent at %v with RTT %v, want %v and 100ms", x.At, x.RTT.D(), start)
		}
		x.At = time.Time{}
		want := evidence.Exchange{
			Role: evidence.Authoritative, ServerName: "ns1.example.com", Server: "192.0.2.53:53",
			Transport: "udp", EDNS: true, DO: true,
			Name: "example.com", Type: "TXT", RTT: x.RTT, RCode: "NOERROR", AA: true, RA: true, AD: true,
			Answer:    []string{`EXAMPLE.com. 300 IN TXT "a  b\009c" "d;\"e"`},
			Authority: []string{"example.com. 300 IN NS ns1.example.com."},
		}
		if got := fmt.Sprintf("%+v", x); got != fmt.Sprintf("%+v", want) {
			t.Errorf("exchange\n%s\nwant\n%+v", got, want)
		}
		txt := dnsanswer.Records(x, "TXT")
		if len(txt) != 1 || !slices.Equal(txt[0].(*dns.TXT).Txt, []string{`a  b\009c`, `d;\"e`}) {
			t.Errorf("the text does not read back: %v", txt)
		}
	})
}

func TestSilence(t *testing.T) {
	type limits struct {
		timeout time.Duration
		tries   int
	}
	tests := []struct {
		name    string
		direct  bool
		limits  limits
		network func(*world, *testing.T)
		path    string
		lasts   time.Duration
		trouble evidence.FailureKind
	}{
		{"resolver", false, limits{}, nil,
			"udp+edns timeout, udp timeout, udp timeout", 15 * time.Second, evidence.Timeout},
		{"server, silent over TCP too", true, limits{}, func(w *world, _ *testing.T) { w.Silence(ns1At) },
			"udp+edns timeout, udp timeout, tcp timeout", 15 * time.Second, evidence.Timeout},
		{"server, TCP accepts and says nothing", true, limits{},
			func(w *world, t *testing.T) { w.serve(t, ns1At, true, silent) },
			"udp+edns timeout, udp timeout, tcp timeout", 15 * time.Second, evidence.Timeout},
		{"server, TCP refused", true, limits{}, nil,
			"udp+edns timeout, udp timeout, tcp refused", 10 * time.Second, evidence.Refused},
		{"own limits", true, limits{2 * time.Second, 4}, func(w *world, _ *testing.T) { w.Silence(ns1At) },
			"udp+edns timeout, udp timeout, udp timeout, tcp timeout", 8 * time.Second, evidence.Timeout},
		{"a single try", true, limits{5 * time.Second, 1}, nil, "udp+edns timeout", 5 * time.Second, evidence.Timeout},
		{"only EDNS is dropped", true, limits{}, func(w *world, t *testing.T) {
			w.serve(t, ns1At, true, func(q, m *dns.Msg, network string) []*dns.Msg {
				if q.IsEdns0() != nil {
					return nil
				}
				return records("example.com. 300 IN MX 10 mail.example.com.")(q, m, network)
			})
		}, "udp+edns timeout, udp NOERROR", 5 * time.Second, ""},
		{"only UDP is dropped", true, limits{}, func(w *world, t *testing.T) {
			w.serve(t, ns1At, true, func(q, m *dns.Msg, network string) []*dns.Msg {
				if network == "udp" {
					return nil
				}
				return records("example.com. 300 IN MX 10 mail.example.com.")(q, m, network)
			})
		}, "udp+edns timeout, udp timeout, tcp NOERROR", 10 * time.Second, ""},
		{"truncated, then silent over TCP", true, limits{}, func(w *world, t *testing.T) {
			w.serve(t, ns1At, true, func(_, m *dns.Msg, network string) []*dns.Msg {
				m.Truncated = true
				if network == "tcp" {
					return nil
				}
				return []*dns.Msg{m}
			})
		}, "udp+edns TC, tcp+edns timeout, tcp timeout, udp+edns TC, tcp timeout", 15 * time.Second, evidence.ServFail},
		{"TCP ends without an answer", true, limits{5 * time.Second, 2}, func(w *world, t *testing.T) {
			w.Listen(ns1At, func(c net.Conn) { c.Read(make([]byte, 99)); c.Write([]byte{1}); c.Close() })
		}, "udp+edns timeout, tcp eof", 5 * time.Second, evidence.EOF},
		{"TCP is reset", true, limits{5 * time.Second, 2}, func(w *world, t *testing.T) {
			w.Listen(ns1At, func(c net.Conn) { c.(*memnet.Conn).Reset() })
		}, "udp+edns timeout, tcp reset", 5 * time.Second, evidence.Reset},
		{"TCP drips for ever", true, limits{5 * time.Second, 2}, func(w *world, t *testing.T) {
			w.Listen(ns1At, func(c net.Conn) {
				c.Write([]byte{0xff, 0xff})
				for {
					if _, err := c.Write([]byte{0}); err != nil {
						return
					}
					time.Sleep(time.Second)
				}
			})
		}, "udp+edns timeout, tcp timeout", 10 * time.Second, evidence.Timeout},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				if test.network != nil {
					test.network(w, t)
				}
				p := w.probe()
				p.Timeout, p.Tries = test.limits.timeout, test.limits.tries
				start := time.Now()
				var xs []evidence.Exchange
				if test.direct {
					xs = p.Ask(t.Context(), ns1, "example.com", "MX")
				} else {
					xs = p.Lookup(t.Context(), "example.com", "MX")
				}
				seconds(t, "duration", time.Since(start), test.lasts)
				if got := path(xs); got != test.path {
					t.Errorf("went %q, want %q", got, test.path)
				}
				if got := kind(dnsanswer.Trouble(xs)); got != test.trouble {
					t.Errorf("trouble %q, want %q", got, test.trouble)
				}
				for i, x := range xs {
					if x.Failure != nil && x.Failure.Kind == evidence.Timeout {
						waited, at := x.Failure.Waited.D(), x.Failure.At.D()
						seconds(t, fmt.Sprintf("wait %d", i), waited, cmp.Or(test.limits.timeout, 5*time.Second))
						seconds(t, fmt.Sprintf("end %d", i), at, x.At.Sub(start)+waited)
					}
				}
			})
		})
	}
}

// Datagrams that do not answer the question are passed over until the one that does, or the deadline, comes.
func TestStrays(t *testing.T) {
	right := func(q, m *dns.Msg) *dns.Msg {
		return records("example.com. 300 IN MX 10 mail.example.com.")(q, m, "udp")[0]
	}
	change := func(f func(*dns.Msg)) func(q, m *dns.Msg) []byte {
		return func(q, m *dns.Msg) []byte {
			wrong := right(q, m.Copy())
			wrong.Answer[0].(*dns.MX).Mx = "forged.example.net."
			f(wrong)
			b, _ := wrong.Pack()
			return b
		}
	}
	tests := []struct {
		name  string
		stray func(q, m *dns.Msg) []byte
	}{
		{"wrong ID", change(func(m *dns.Msg) { m.Id++ })},
		{"wrong name", change(func(m *dns.Msg) { m.Question[0].Name = "example.net." })},
		{"wrong type", change(func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeA })},
		{"wrong class", change(func(m *dns.Msg) { m.Question[0].Qclass = dns.ClassCHAOS })},
		{"two questions", change(func(m *dns.Msg) { m.Question = append(m.Question, m.Question[0]) })},
		{"no question", change(func(m *dns.Msg) { m.Question = nil })},
		{"NXDOMAIN without a question", change(func(m *dns.Msg) { m.Question, m.Rcode = nil, dns.RcodeNameError })},
		{"not a response", change(func(m *dns.Msg) { m.Response = false })},
		{"other opcode", change(func(m *dns.Msg) { m.Opcode = dns.OpcodeNotify })},
		{"garbage", func(_, _ *dns.Msg) []byte { return []byte("\xff\x00garbage that is longer than a header") }},
		{"short garbage", func(_, _ *dns.Msg) []byte { return []byte("?") }},
		{"empty", func(_, _ *dns.Msg) []byte { return nil }},
	}
	for _, test := range tests {
		for _, follows := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, answer follows %v", test.name, follows), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t)
					w.ListenPacket(resolverAt, func(raw []byte, reply func([]byte)) {
						q := new(dns.Msg)
						q.Unpack(raw)
						reply(test.stray(q, new(dns.Msg).SetReply(q)))
						if follows {
							b, _ := right(q, new(dns.Msg).SetReply(q)).Pack()
							time.AfterFunc(time.Second, func() { reply(b) })
						}
					})
					p := w.probe()
					p.Tries = 1
					start := time.Now()
					xs := p.Lookup(t.Context(), "example.com", "MX")
					if !follows {
						seconds(t, "duration", time.Since(start), 5*time.Second)
						if got := kind(dnsanswer.Trouble(xs)); got != evidence.Timeout {
							t.Errorf("trouble %q, want a timeout", got)
						}
						return
					}
					seconds(t, "RTT", xs[0].RTT.D(), time.Second)
					if got := rdata(dnsanswer.Records(xs[0], "MX")); !slices.Equal(got, []string{"10 mail.example.com."}) {
						t.Errorf("records %q", got)
					}
				})
			})
		}
	}
}

func TestFloodOfStraysEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.Delay = time.Millisecond // a thousand timers of no duration at once are more than the race detector bears
		w.ListenPacket(resolverAt, func(_ []byte, reply func([]byte)) {
			for range 1000 {
				reply(make([]byte, 12))
			}
		})
		start := time.Now()
		xs := w.probe().Lookup(t.Context(), "example.com", "MX")
		if got := path(xs); got != "udp+edns malformed, udp malformed, udp malformed" {
			t.Errorf("went %q", got)
		}
		seconds(t, "duration", time.Since(start), 6*time.Millisecond)
	})
}

// An error without the question is what servers send that cannot parse ours: it must not look like silence.
func TestFormatErrorWithoutQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.serve(t, resolverAt, false, func(q, m *dns.Msg, network string) []*dns.Msg {
			if q.IsEdns0() != nil {
				m.Rcode, m.Question = dns.RcodeFormatError, nil
				return []*dns.Msg{m}
			}
			return records("example.com. 300 IN MX 10 mail.example.com.")(q, m, network)
		})
		xs := w.probe().Lookup(t.Context(), "example.com", "MX")
		if got := path(xs); got != "udp+edns FORMERR, udp NOERROR" {
			t.Errorf("went %q", got)
		}
	})
}

func TestDamagedAnswer(t *testing.T) {
	// message is the header with the right ID and one answer, the question, and what is given as the answer.
	message := func(query []byte, truncated bool, answer ...byte) []byte {
		b := append([]byte(nil), query[:12]...)
		b[2], b[3], b[7], b[11] = 0x80, 0, 1, 0
		if truncated {
			b[2] |= 2
		}
		question := 12
		for query[question] != 0 {
			question += int(query[question]) + 1
		}
		return append(append(b, query[12:question+5]...), answer...)
	}
	loop := []byte{0xc0, 29, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 192, 0, 2, 1} // offset 29 is this very pointer
	tests := []struct {
		name      string
		truncated bool
		answer    []byte
		path      string
		trouble   evidence.FailureKind
	}{
		{"compression loop", false, loop, "udp+edns malformed, udp malformed, tcp refused", evidence.Refused},
		{"ends inside a record", false, []byte{0xc0, 12, 0, 1},
			"udp+edns malformed, udp malformed, tcp refused", evidence.Refused},
		{"address without data", false, []byte{0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0},
			"udp+edns malformed, udp malformed, tcp refused", evidence.Refused},
		{"exchanger without a name", false, []byte{0xc0, 12, 0, 15, 0, 1, 0, 0, 0, 0, 0, 2, 0, 10},
			"udp+edns malformed, udp malformed, tcp refused", evidence.Refused},
		{"truncated inside a record", true, []byte{0xc0, 12, 0, 1}, "udp+edns TC, udp+edns TC, tcp+edns refused", evidence.ServFail},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.ListenPacket(ns1At, func(raw []byte, reply func([]byte)) {
					reply(message(raw, test.truncated, test.answer...))
				})
				xs := w.probe().Ask(t.Context(), ns1, "example.com", "A")
				if got := path(xs); got != test.path {
					t.Errorf("went %q, want %q", got, test.path)
				}
				if got := kind(dnsanswer.Trouble(xs)); got != test.trouble {
					t.Errorf("trouble %q, want %q", got, test.trouble)
				}
			})
		})
	}
}

func TestForeignMessageOverTCP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.serve(t, ns1At, true, func(_, m *dns.Msg, network string) []*dns.Msg {
			m.Truncated = network == "udp"
			if network == "tcp" {
				m.Id++
			}
			return []*dns.Msg{m}
		})
		xs := w.probe().Ask(t.Context(), ns1, "example.com", "A")
		if got := path(xs); got != "udp+edns TC, udp+edns TC, tcp+edns malformed" {
			t.Errorf("went %q", got)
		}
		if got := kind(dnsanswer.Trouble(xs)); got != evidence.ServFail {
			t.Errorf("trouble %q", got)
		}
	})
}

func TestHugeAnswer(t *testing.T) {
	tests := []struct {
		name    string
		records []string
		kept    int
		trouble evidence.FailureKind
	}{
		{"as many as are kept", repeat(200, "example.com. 300 IN MX %d mail.example.com."), 200, ""},
		{"more records", repeat(201, "example.com. 300 IN MX %d mail.example.com."), 200, evidence.TooLong},
		{"more text", repeat(90, "example.com. 300 IN MX %d "+strings.Repeat(`\001\002\003\004.`, 45)), -1,
			evidence.TooLong},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.serve(t, ns1At, true, func(q, m *dns.Msg, network string) []*dns.Msg {
					if m.Truncated = network == "udp"; m.Truncated {
						return []*dns.Msg{m}
					}
					return records(test.records...)(q, m, network)
				})
				xs := w.probe().Ask(t.Context(), ns1, "example.com", "MX")
				last := xs[len(xs)-1]
				if test.kept >= 0 && len(last.Answer) != test.kept {
					t.Errorf("%d records kept, want %d", len(last.Answer), test.kept)
				}
				if size := len(strings.Join(last.Answer, "")); size == 0 || size > 64<<10 {
					t.Errorf("%d bytes kept", size)
				}
				if got := kind(dnsanswer.Trouble(xs)); got != test.trouble {
					t.Errorf("trouble %q, want %q", got, test.trouble)
				}
			})
		})
	}
}

func TestInterrupted(t *testing.T) {
	tests := []struct {
		name    string
		network func(*world, *testing.T)
		path    string
	}{
		{"in the first wait", nil, "udp+edns interrupted"},
		{"connecting", func(w *world, t *testing.T) {
			w.Silence(ns1At)
			w.serve(t, ns1At, false, func(_, m *dns.Msg, _ string) []*dns.Msg {
				m.Truncated = true
				return []*dns.Msg{m}
			})
		}, "udp+edns TC, tcp+edns interrupted"},
		{"waiting over TCP", func(w *world, t *testing.T) {
			w.serve(t, ns1At, true, func(_, m *dns.Msg, network string) []*dns.Msg {
				m.Truncated = true
				if network == "tcp" {
					return nil
				}
				return []*dns.Msg{m}
			})
		}, "udp+edns TC, tcp+edns interrupted"},
	}
	for _, test := range tests {
		for _, how := range []string{"cancelled", "deadline"} {
			t.Run(test.name+", "+how, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := newWorld(t)
					if test.network != nil {
						test.network(w, t)
					}
					ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
					if how == "cancelled" {
						ctx, cancel = context.WithCancel(t.Context())
						time.AfterFunc(2*time.Second, cancel)
					}
					defer cancel()
					p := w.probe()
					start := time.Now()
					xs := p.Ask(ctx, ns1, "example.com", "MX")
					seconds(t, "duration", time.Since(start), 2*time.Second)
					if got := path(xs); got != test.path {
						t.Errorf("went %q, want %q", got, test.path)
					}
					if got := kind(dnsanswer.Trouble(xs)); got != evidence.Interrupted {
						t.Errorf("trouble %q", got)
					}
					seconds(t, "wait", xs[len(xs)-1].Failure.Waited.D(), 2*time.Second)

					// Nothing is asked any more, and nothing that was cut short is remembered.
					asked := len(w.asked())
					if got := kind(dnsanswer.Trouble(p.Ask(ctx, ns1, "example.com", "MX"))); got != evidence.Interrupted {
						t.Errorf("trouble %q after the end", got)
					}
					if len(w.asked()) != asked {
						t.Error("a question was sent after the end")
					}
					w.serve(t, ns1At, false, records("example.com. 300 IN MX 10 mail.example.com."))
					// What was whole stays: a truncated answer leads to the same question over TCP again.
					if got := path(p.Ask(t.Context(), ns1, "example.com", "MX")); got != "udp+edns NOERROR" && !strings.HasPrefix(got, "udp+edns TC, tcp+edns") {
						t.Errorf("asked again it went %q", got)
					}
				})
			})
		}
	}
}

func TestAskedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.Delay = 100 * time.Millisecond
		w.serve(t, resolverAt, false, records("example.com. 300 IN MX 10 mail.example.com."))
		w.serve(t, ns1At, false, records("example.com. 300 IN MX 20 mail.example.com."))
		p := w.probe()
		var group sync.WaitGroup
		results := make([][]evidence.Exchange, 50)
		for i := range results {
			group.Go(func() {
				results[i] = p.Lookup(t.Context(), []string{"example.com", "EXAMPLE.com."}[i%2], "MX")
			})
		}
		group.Wait()
		results = append(results, p.Lookup(t.Context(), "example.com", "mx"))
		for _, xs := range results {
			if len(xs) != 1 || !xs[0].At.Equal(results[0][0].At) || xs[0].Failure != nil {
				t.Fatalf("another exchange: %+v", xs)
			}
		}
		if got := w.asked(); len(got) != 1 {
			t.Errorf("asked %q", got)
		}

		// Another name of the same address is no other server, but an exchange says which name it was.
		for _, name := range []string{"ns1.example.com", "ns2.example.com"} {
			xs := p.Ask(t.Context(), evidence.Server{Name: name, Address: ns1.Address}, "example.com", "MX")
			if xs[0].ServerName != name || rdata(dnsanswer.Records(xs[0], "MX"))[0] != "20 mail.example.com." {
				t.Errorf("exchange of %s: %+v", name, xs[0])
			}
		}
		if got := w.asked(); len(got) != 2 {
			t.Errorf("asked %q", got)
		}
	})
}

// Who waits for an answer that another asked for goes on when that one is interrupted, and ends when he is himself.
func TestSharedQuestionInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.serve(t, resolverAt, false, func(q, m *dns.Msg, network string) []*dns.Msg {
			if len(w.asked()) == 1 {
				return nil
			}
			return records("example.com. 300 IN MX 10 mail.example.com.")(q, m, network)
		})
		p := w.probe()
		start := time.Now()
		var group sync.WaitGroup
		ask := func(limit time.Duration, want string, lasts time.Duration) {
			group.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), limit)
				defer cancel()
				xs := p.Lookup(ctx, "example.com", "MX")
				if got := path(xs); got != want {
					t.Errorf("with %v it went %q, want %q", limit, got, want)
				}
				seconds(t, "duration", time.Since(start), lasts)
			})
			synctest.Wait()
		}
		ask(3*time.Second, "udp+edns interrupted", 3*time.Second)
		ask(1*time.Second, "udp+edns interrupted", 1*time.Second)
		ask(time.Hour, "udp+edns NOERROR", 3*time.Second)
		group.Wait()
		if got := len(w.asked()); got != 2 {
			t.Errorf("asked %d times, want 2", got)
		}
	})
}

func TestTwoQuestionsInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.Delay = 500 * time.Millisecond
		w.serve(t, ns1At, true, rcode(dns.RcodeSuccess))
		p := w.probe()
		start := time.Now()
		var group sync.WaitGroup
		var mu sync.Mutex
		ends := map[time.Duration]int{}
		for i := range 6 {
			group.Go(func() {
				x := p.Ask(t.Context(), ns1, fmt.Sprintf("host%d.example.com", i), "A")[0]
				mu.Lock()
				defer mu.Unlock()
				ends[x.At.Add(x.RTT.D()).Sub(start)]++
			})
		}
		group.Wait()
		for _, at := range []time.Duration{time.Second, 2 * time.Second, 3 * time.Second} {
			if ends[at] != 2 {
				t.Errorf("answers came at %v, want two each at 1s, 2s, 3s", ends)
			}
		}

		// One who waits for his turn is not held by it.
		for i := range 2 {
			group.Go(func() { p.Ask(t.Context(), ns1, fmt.Sprintf("host%d.example.net", i), "A") })
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start = time.Now()
		if got := kind(dnsanswer.Trouble(p.Ask(ctx, ns1, "example.com", "A"))); got != evidence.Interrupted {
			t.Errorf("trouble %q", got)
		}
		seconds(t, "duration", time.Since(start), time.Second)
		group.Wait()
	})
}

type policyError struct{}

func (policyError) Error() string                     { return "not probed" }
func (policyError) FailureKind() evidence.FailureKind { return evidence.Private }

func TestDialErrors(t *testing.T) {
	system := func(errno syscall.Errno) error {
		return &net.OpError{Op: "dial", Net: "udp", Err: os.NewSyscallError("connect", errno)}
	}
	tests := []struct {
		name    string
		err     error
		address string
		path    string
	}{
		{"policy of the dialer", fmt.Errorf("dial: %w", policyError{}), "192.0.2.53", "udp+edns private"},
		{"refused", system(syscall.ECONNREFUSED), "192.0.2.53", "udp+edns refused, udp refused, tcp refused"},
		{"host unreachable", system(syscall.EHOSTUNREACH), "192.0.2.53",
			"udp+edns unreachable, udp unreachable, tcp unreachable"},
		{"no route of IPv6", system(syscall.ENETUNREACH), "2001:db8::53", "udp+edns no_route"},
		{"no descriptors left", system(syscall.EMFILE), "192.0.2.53", "udp+edns no_route"},
		{"no route of IPv4", system(syscall.ENETUNREACH), "192.0.2.53", "udp+edns no_route"},
		{"unknown", errors.New("odd"), "192.0.2.53", "udp+edns unreachable, udp unreachable, tcp unreachable"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dialer := func(context.Context, string, string) (net.Conn, error) { return nil, test.err }
			p := &Probe{Dialer: dialFunc(dialer)}
			xs := p.Ask(t.Context(), evidence.Server{Address: test.address}, "example.com", "A")
			if got := path(xs); got != test.path {
				t.Errorf("went %q, want %q", got, test.path)
			}
		})
	}
}

func TestPort(t *testing.T) {
	var dialled []string
	dialer := dialFunc(func(_ context.Context, _, address string) (net.Conn, error) {
		dialled = append(dialled, address)
		return nil, policyError{}
	})
	(&Probe{Dialer: dialer, Port: 5353}).Ask(t.Context(), evidence.Server{Address: "2001:db8::53"}, "example.com", "A")
	(&Probe{Dialer: dialer}).Ask(t.Context(), ns1, "example.com", "A")
	if want := []string{"[2001:db8::53]:5353", "192.0.2.53:53"}; !slices.Equal(dialled, want) {
		t.Errorf("dialled %q, want %q", dialled, want)
	}
}

func TestNothingIsAsked(t *testing.T) {
	p := &Probe{Dialer: dialFunc(func(context.Context, string, string) (net.Conn, error) {
		t.Error("a connection was made")
		return nil, policyError{}
	})}
	for _, name := range []string{
		"", "..", "a..example.com", ".example.com", "exa mple.com", "example.com\n", "a\x00b.example.com",
		"bücher.example.com",
		`a\.b.example.com`, `example.com\`, `"a".example.com`, "a;b.example.com",
		strings.Repeat("a", 64) + ".example.com",
		strings.Repeat("abc.", 70) + "example.com", strings.Repeat("a", 1<<20), "\xff\xfe",
	} {
		for _, xs := range [][]evidence.Exchange{p.Lookup(t.Context(), name, "A"), p.Ask(t.Context(), ns1, name, "A")} {
			if kind(dnsanswer.Trouble(xs)) != evidence.Malformed {
				t.Errorf("%.40q: trouble %+v", name, dnsanswer.Trouble(xs))
			}
			if len(xs[0].Name) > 1000 {
				t.Errorf("%d bytes of a name kept", len(xs[0].Name))
			}
		}
		if z, _ := p.Zone(t.Context(), name); z.Name != "" || kind(z.Trouble) != evidence.Malformed {
			t.Errorf("%.40q: zone %+v", name, z)
		}
	}
	for _, rrtype := range []string{"", "AXFR", "axfr", "IXFR", "ANY", "OPT", "None", "NOSUCH"} {
		if got := kind(dnsanswer.Trouble(p.Lookup(t.Context(), "example.com", rrtype))); got != evidence.Malformed {
			t.Errorf("type %q: trouble %q", rrtype, got)
		}
	}
	for _, address := range []string{"", "ns1.example.com", "192.0.2.53:53", "192.0.2.256"} {
		xs := p.Ask(t.Context(), evidence.Server{Name: "ns1.example.com", Address: address}, "example.com", "A")
		if kind(dnsanswer.Trouble(xs)) != evidence.Malformed || xs[0].ServerName != "ns1.example.com" {
			t.Errorf("address %q: %+v", address, xs)
		}
	}
}

func TestTypesBeyondTheMetaTypes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.serve(t, resolverAt, false, records(`example.com. 300 IN CAA 0 issue "ca.example.net"`))
		if xs := w.probe().Lookup(t.Context(), "example.com", "CAA"); dnsanswer.Trouble(xs) != nil {
			t.Errorf("CAA: %+v", dnsanswer.Trouble(xs))
		}
	})
}

func TestRoot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.serve(t, resolverAt, false, records(". 300 IN NS ns.example.net."))
		xs := w.probe().Lookup(t.Context(), ".", "NS")
		if dnsanswer.Trouble(xs) != nil || xs[0].Name != "." {
			t.Errorf("the root was not found: %+v", xs)
		}
	})
}

// TestLoopback uses the system's sockets: real datagrams, real streams, a real closed port.
func TestLoopback(t *testing.T) {
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	stream, err := net.Listen("tcp", packets.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	answer := records("example.com. 300 IN TXT long", "example.com. 300 IN MX 10 mail.example.com.")
	handler := dns.HandlerFunc(func(rw dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		if _, udp := rw.RemoteAddr().(*net.UDPAddr); udp && q.Question[0].Qtype == dns.TypeTXT {
			m.Truncated = true
			rw.WriteMsg(m)
			return
		}
		rw.WriteMsg(answer(q, m, "")[0])
	})
	servers := []*dns.Server{{PacketConn: packets, Handler: handler}, {Listener: stream, Handler: handler}}
	for _, server := range servers {
		started := make(chan struct{})
		server.NotifyStartedFunc = func() { close(started) }
		go server.ActivateAndServe()
		<-started
		defer server.Shutdown()
	}
	at := netip.MustParseAddrPort(packets.LocalAddr().String())
	p := &Probe{Dialer: &net.Dialer{}, Resolver: at, Port: at.Port()}
	if got := path(p.Lookup(t.Context(), "example.com", "MX")); got != "udp+edns NOERROR" {
		t.Errorf("UDP went %q", got)
	}
	xs := p.Ask(t.Context(), evidence.Server{Name: "ns1.example.com", Address: "127.0.0.1"}, "example.com", "TXT")
	if got := path(xs); got != "udp+edns TC, tcp+edns NOERROR" || dnsanswer.Trouble(xs) != nil {
		t.Errorf("TCP went %q", got)
	}

	closed, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := netip.MustParseAddrPort(closed.LocalAddr().String())
	closed.Close()
	p = &Probe{Dialer: &net.Dialer{}, Port: gone.Port()}
	xs = p.Ask(t.Context(), evidence.Server{Name: "ns1.example.com", Address: "127.0.0.1"}, "example.com", "MX")
	if got := path(xs); got != "udp+edns refused, udp refused, tcp refused" {
		t.Errorf("a closed port went %q", got)
	}
}

func newRR(s string) dns.RR {
	rr, err := dns.NewRR(s)
	if err != nil {
		panic(err)
	}
	return rr
}

// The resolver is asked more at a time than a server of strangers: it waits for others itself.
func TestResolverIsNotHeldUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.Delay = 500 * time.Millisecond
		w.serve(t, resolverAt, false, rcode(dns.RcodeSuccess))
		p := w.probe()
		start := time.Now()
		var group sync.WaitGroup
		for i := range maxAtResolver {
			group.Go(func() { p.Lookup(t.Context(), fmt.Sprintf("host%d.example.com", i), "A") })
		}
		group.Wait()
		seconds(t, "duration", time.Since(start), time.Second)
	})
}
