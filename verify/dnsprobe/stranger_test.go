package dnsprobe

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

func rrs(t *testing.T, texts ...string) []dns.RR {
	t.Helper()
	var all []dns.RR
	for _, text := range texts {
		rr, err := dns.NewRR(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rr)
	}
	return all
}

const zoneSOA = "example.com. 300 IN SOA ns1.example.com. h.example.com. 1 2 3 4 5"

// A transfer is broken off once it is clear that the zone would come, and whatever the server does it ends in time.
func TestTransfer(t *testing.T) {
	var many []string
	for i := range 1000 {
		many = append(many, fmt.Sprintf("h%d.example.com. 300 IN TXT secret", i))
	}
	one := func(records ...string) answerer {
		return func(_, reply *dns.Msg, _ string) []*dns.Msg {
			reply.Answer = rrs(t, records...)
			return []*dns.Msg{reply}
		}
	}
	rejects := func(code int) answerer {
		return func(_, reply *dns.Msg, _ string) []*dns.Msg {
			reply.Rcode = code
			return []*dns.Msg{reply}
		}
	}
	tests := []struct {
		name    string
		answer  answerer
		count   int // records that came
		kept    int
		rcode   string
		failure evidence.FailureKind
	}{
		{"whole in one message", one(append([]string{zoneSOA}, many...)...), 1001, 2, "NOERROR", ""},
		{"one record a message", func(_, reply *dns.Msg, _ string) []*dns.Msg {
			second := reply.Copy()
			reply.Answer, second.Answer, second.Question = rrs(t, zoneSOA), rrs(t, many[0]), nil
			return []*dns.Msg{reply, second}
		}, 2, 2, "NOERROR", ""},
		{"only the SOA record, then silence", one(zoneSOA), 1, 1, "NOERROR", evidence.Timeout},
		{"refused", rejects(dns.RcodeRefused), 0, 0, "REFUSED", ""},
		{"not its zone", rejects(dns.RcodeNotAuth), 0, 0, "NOTAUTH", ""},
		{"silence", func(_, _ *dns.Msg, _ string) []*dns.Msg { return nil }, 0, 0, "", evidence.Timeout},
		{"empty messages without end", func(_, reply *dns.Msg, _ string) []*dns.Msg {
			return slices.Repeat([]*dns.Msg{reply}, 100)
		}, 0, 0, "NOERROR", ""},
		{"wrong ID", func(_, reply *dns.Msg, _ string) []*dns.Msg {
			reply.Id++
			reply.Answer = rrs(t, zoneSOA, many[0])
			return []*dns.Msg{reply}
		}, 0, 0, "", evidence.Malformed},
		{"wrong question", func(_, reply *dns.Msg, _ string) []*dns.Msg {
			reply.Question[0].Name = "example.net."
			reply.Answer = rrs(t, zoneSOA, many[0])
			return []*dns.Msg{reply}
		}, 0, 0, "", evidence.Malformed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.serve(t, ns1At, true, test.answer)
				begun := time.Now()
				x := (&Probe{Dialer: w}).Transfer(t.Context(), ns1, "example.com", 0)
				kind := evidence.FailureKind("")
				if x.Failure != nil {
					kind = x.Failure.Kind
				}
				if x.Transferred != test.count || len(x.Answer) != test.kept || x.RCode != test.rcode || kind != test.failure || x.Type != "AXFR" {
					t.Errorf("%d records, %d kept, %q, failure %q", x.Transferred, len(x.Answer), x.RCode, kind)
				}
				if took := time.Since(begun); took > 6*time.Second {
					t.Errorf("took %v", took)
				}
				for _, question := range w.asked() {
					if question != "tcp example.com. AXFR" {
						t.Errorf("asked %q", question)
					}
				}
			})
		})
	}
}

// What is no DNS at all, and what comes one byte a second.
func TestTransferFromOddServers(t *testing.T) {
	servers := map[string]func(net.Conn){
		"closes":  func(net.Conn) {},
		"garbage": func(c net.Conn) { c.Write([]byte("\x00\x10SSH-2.0-something")) },
		"drips": func(c net.Conn) {
			for _, b := range []byte(strings.Repeat("\xff", 100)) {
				if _, err := c.Write([]byte{b}); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		},
	}
	for name, serve := range servers {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.Listen(ns1At, func(c net.Conn) {
					defer c.Close()
					c.Read(make([]byte, 512))
					serve(c)
				})
				begun := time.Now()
				x := (&Probe{Dialer: w}).Transfer(t.Context(), ns1, "example.com", 0)
				if x.Failure == nil || x.Transferred != 0 || time.Since(begun) > 6*time.Second {
					t.Errorf("%+v after %v", x, time.Since(begun))
				}
			})
		})
	}
	for _, bad := range []evidence.Server{{Name: "ns1.example.com", Address: "nonsense"}} {
		if x := (&Probe{}).Transfer(t.Context(), bad, "example.com", 0); x.Failure == nil || x.Failure.Kind != evidence.Malformed {
			t.Errorf("%+v", x)
		}
	}
	if x := (&Probe{}).Transfer(t.Context(), ns1, "a b", 0); x.Failure == nil || x.Failure.Kind != evidence.Malformed {
		t.Errorf("%+v", x)
	}
}

// A foreign question has RD set, goes to the server itself and is kept apart from what it says with authority.
func TestRecurse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.serve(t, ns1At, true, func(_, reply *dns.Msg, _ string) []*dns.Msg {
			reply.Rcode, reply.RecursionAvailable = dns.RcodeNameError, true
			reply.Ns = rrs(t, "com. 300 IN SOA a.gtld.com. h.gtld.com. 1 2 3 4 5")
			return []*dns.Msg{reply}
		})
		p := &Probe{Dialer: w}
		xs := p.Recurse(t.Context(), ns1, "nosuch.com", "A")
		x := xs[len(xs)-1]
		if x.Role != evidence.Foreign || !x.RA || x.AA || x.RCode != "NXDOMAIN" || dnsanswer.Named(x) != "com" || x.ServerName != ns1.Name {
			t.Errorf("%+v", x)
		}
		if !slices.Equal(w.asked(), []string{"udp edns rd nosuch.com. A"}) {
			t.Errorf("asked %q", w.asked())
		}
		if _, f := dnsanswer.Resolved(xs, "nosuch.com", "A"); f.Kind != evidence.ServFail {
			t.Errorf("a foreign answer counts as authoritative: %+v", f)
		}
	})
}
