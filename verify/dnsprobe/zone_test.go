package dnsprobe

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
)

// tree is the data of the resolver in the tests of Zone.
var tree = []string{
	"com. 300 IN SOA a.tld.example.net. nobody.example.net. 1 2 3 4 5",
	"com. 300 IN NS a.tld.example.net.",
	"a.tld.example.net. 300 IN A 192.0.2.10",

	"example.com. 300 IN SOA ns1.example.com. hostmaster.example.com. 1 2 3 4 5",
	"example.com. 300 IN NS NS2.example.net.",
	"example.com. 300 IN NS ns1.example.com.",
	"example.com. 300 IN NS NS1.example.com.",
	"ns1.example.com. 300 IN A 192.0.2.53",
	"ns1.example.com. 300 IN A 192.0.2.52",
	"ns1.example.com. 300 IN A 192.0.2.53",
	"ns1.example.com. 300 IN AAAA 2001:db8::53",
	"ns2.example.net. 300 IN A 198.51.100.53",
	"mail.example.com. 300 IN A 203.0.113.25",
	"www.example.com. 300 IN CNAME web.example.org.",
	"host.empty.example.com. 300 IN CNAME mail.example.com.",
	"loop.example.com. 300 IN CNAME loop.example.com.",

	"sub.example.com. 300 IN SOA ns3.example.com. hostmaster.example.com. 1 2 3 4 5",
	"sub.example.com. 300 IN NS ns3.example.com.",
	"sub.example.com. 300 IN NS lame.example.com.",
	"ns3.example.com. 300 IN A 192.0.2.55",
	"up.sub.example.com. 300 IN CNAME example.com.",
	"down.sub.example.com. 300 IN CNAME gone.example.com.",

	"example.org. 300 IN SOA ns.example.org. hostmaster.example.org. 1 2 3 4 5",
	"example.org. 300 IN NS nowhere.example.org.",
	"web.example.org. 300 IN A 203.0.113.80",

	"mute.example.org. 300 IN SOA ns.example.org. hostmaster.example.org. 1 2 3 4 5",
}

const exampleCom = "ns1.example.com 192.0.2.52, ns1.example.com 192.0.2.53, ns1.example.com 2001:db8::53, " +
	"ns2.example.net 198.51.100.53"

func list(servers []evidence.Server) string {
	var words []string
	for _, s := range servers {
		words = append(words, s.Name+" "+s.Address)
	}
	return strings.Join(words, ", ")
}

func TestZone(t *testing.T) {
	full := records(tree...)
	withoutSOA := func(q, m *dns.Msg, network string) []*dns.Msg {
		full(q, m, network)
		m.Ns = nil
		return []*dns.Msg{m}
	}
	foreignSOA := func(q, m *dns.Msg, network string) []*dns.Msg {
		full(q, m, network)
		if len(m.Ns) > 0 {
			m.Ns = []dns.RR{newRR(tree[0])}
			m.Ns[0].Header().Name = "example.net."
		}
		return []*dns.Msg{m}
	}
	only := func(rrtype uint16, other answerer) answerer {
		return func(q, m *dns.Msg, network string) []*dns.Msg {
			if q.Question[0].Qtype == rrtype {
				return other(q, m, network)
			}
			return full(q, m, network)
		}
	}
	// Some servers deny a name that has no records although names below it exist (against RFC 8020 section 2).
	denies := func(q, m *dns.Msg, network string) []*dns.Msg {
		full(q, m, network)
		if q.Question[0].Name == "empty.example.com." {
			m.Rcode = dns.RcodeNameError
		}
		return []*dns.Msg{m}
	}
	foreignNS := func(_, m *dns.Msg, _ string) []*dns.Msg {
		m.Answer = []dns.RR{
			newRR("example.com. 300 IN CNAME example.net."),
			newRR("example.net. 300 IN NS ns2.example.net."),
		}
		return []*dns.Msg{m}
	}
	tests := []struct {
		name     string
		resolver answerer
		ask      string
		zone     string
		servers  string
		trouble  evidence.FailureKind
	}{
		{"apex", full, "example.com", "example.com", exampleCom, ""},
		{"apex in other letters", full, "EXAMPLE.com.", "example.com", exampleCom, ""},
		{"host", full, "mail.example.com", "example.com", exampleCom, ""},
		{"delegated zone, one server lame", full, "sub.example.com", "sub.example.com",
			"ns3.example.com 192.0.2.55", ""},
		{"alias into another zone", full, "www.example.com", "example.com", exampleCom, ""},
		{"alias of the parent zone's apex", full, "up.sub.example.com", "sub.example.com",
			"ns3.example.com 192.0.2.55", ""},
		{"alias of a name of the parent zone that does not exist", full, "down.sub.example.com", "sub.example.com",
			"ns3.example.com 192.0.2.55", ""},
		{"alias of itself", full, "loop.example.com", "example.com", exampleCom, ""},
		{"alias below a name that is denied", denies, "host.empty.example.com", "example.com", exampleCom, ""},
		{"no such name", full, "gone.example.com", "example.com", exampleCom, evidence.NXDomain},
		{"no such domain", full, "gone.com", "com", "a.tld.example.net 192.0.2.10", evidence.NXDomain},
		{"servers without addresses", full, "example.org", "example.org", "", evidence.ServFail},
		{"no NS records", full, "mute.example.org", "mute.example.org", "", evidence.ServFail},
		{"NXDOMAIN for NS", only(dns.TypeNS, rcode(dns.RcodeNameError)), "example.com", "example.com", "",
			evidence.ServFail},
		{"NXDOMAIN for AAAA", only(dns.TypeAAAA, rcode(dns.RcodeNameError)), "mail.example.com", "example.com",
			strings.Replace(exampleCom, "ns1.example.com 2001:db8::53, ", "", 1), ""},
		{"SERVFAIL for AAAA", only(dns.TypeAAAA, rcode(dns.RcodeServerFailure)), "mail.example.com", "example.com",
			strings.Replace(exampleCom, "ns1.example.com 2001:db8::53, ", "", 1), ""},
		{"silence about addresses", only(dns.TypeA, silent), "sub.example.com", "sub.example.com", "",
			evidence.Timeout},
		{"silence about AAAA where there is no A", only(dns.TypeAAAA, silent), "example.org", "example.org", "",
			evidence.Timeout},
		{"NS records of another zone", only(dns.TypeNS, foreignNS), "example.com", "example.com", "",
			evidence.ServFail},
		{"silence about NS", only(dns.TypeNS, silent), "gone.example.com", "example.com", "", evidence.NXDomain},
		{"resolver leaves the SOA out", withoutSOA, "mail.example.com", "example.com", exampleCom, ""},
		{"resolver leaves the SOA out, no such name", withoutSOA, "a.b.example.com", "example.com", exampleCom,
			evidence.NXDomain},
		{"resolver knows no SOA at all", rcode(dns.RcodeSuccess), "mail.example.com", "", "", evidence.ServFail},
		{"SOA of a zone that cannot hold the name", foreignSOA, "mail.example.com", "", "", evidence.ServFail},
		{"SERVFAIL", rcode(dns.RcodeServerFailure), "mail.example.com", "", "", evidence.ServFail},
		{"REFUSED", rcode(dns.RcodeRefused), "mail.example.com", "", "", evidence.ServFail},
		{"silence", silent, "mail.example.com", "", "", evidence.Timeout},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.Delay = time.Millisecond
				w.serve(t, resolverAt, false, test.resolver)
				z, xs := w.probe().Zone(t.Context(), test.ask)
				if z.Name != test.zone {
					t.Errorf("zone %q, want %q", z.Name, test.zone)
				}
				if got := list(z.Servers); got != test.servers {
					t.Errorf("servers %q, want %q", got, test.servers)
				}
				if kind(z.Trouble) != test.trouble {
					t.Errorf("trouble %+v, want %q", z.Trouble, test.trouble)
				}
				if got := len(w.asked()); len(xs) != got {
					t.Errorf("%d exchanges came back of %d", len(xs), got)
				}
			})
		})
	}
}

func TestZoneIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lines := []string{"example.com. 300 IN SOA ns1.example.com. hostmaster.example.com. 1 2 3 4 5"}
		for i := range 20 {
			lines = append(lines, fmt.Sprintf("example.com. 300 IN NS ns%02d.example.com.", 19-i))
			for j := range 5 {
				lines = append(lines, fmt.Sprintf("ns%02d.example.com. 300 IN A 203.0.113.%d", i, 100+i*5+j))
			}
		}
		w := newWorld(t)
		w.Delay = 500 * time.Millisecond
		w.serve(t, resolverAt, false, records(lines...))
		start := time.Now()
		z, xs := w.probe().Zone(t.Context(), "example.com")
		if len(z.Servers) != 26 || z.Trouble != nil {
			t.Errorf("%d servers, trouble %+v", len(z.Servers), z.Trouble)
		}
		if got := len(w.asked()); got != 2+2*13 || len(xs) != got {
			t.Errorf("%d questions, %d exchanges, want 28", got, len(xs))
		}
		if !slices.IsSortedFunc(z.Servers, func(a, b evidence.Server) int {
			return strings.Compare(a.Name+" "+a.Address, b.Name+" "+b.Address)
		}) {
			t.Errorf("not sorted: %v", z.Servers)
		}
		// SOA and NS take a second each, then four look-ups at a time go on.
		seconds(t, "duration", time.Since(start), 9*time.Second)
	})
}

func TestZoneInterrupted(t *testing.T) {
	for _, after := range []time.Duration{500 * time.Millisecond, 1500 * time.Millisecond, 2500 * time.Millisecond} {
		t.Run(after.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.Delay = 500 * time.Millisecond
				w.serve(t, resolverAt, false, records(tree...))
				ctx, cancel := context.WithTimeout(t.Context(), after)
				defer cancel()
				start := time.Now()
				z, xs := w.probe().Zone(ctx, "mail.example.com")
				seconds(t, "duration", time.Since(start), after)
				if kind(z.Trouble) != evidence.Interrupted || len(xs) == 0 {
					t.Errorf("trouble %+v with %d exchanges", z.Trouble, len(xs))
				}
			})
		})
	}
}

func TestZoneAsksOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.Delay = time.Millisecond
		w.serve(t, resolverAt, false, records(tree...))
		p := w.probe()
		first, xs := p.Zone(t.Context(), "mail.example.com")
		again, ys := p.Zone(t.Context(), "mail.example.com")
		if list(first.Servers) != list(again.Servers) || path(xs) != path(ys) {
			t.Errorf("first %+v, then %+v", first, again)
		}
		asked := w.asked()
		slices.Sort(asked)
		if len(slices.Compact(asked)) != len(w.asked()) {
			t.Errorf("asked twice: %q", asked)
		}
	})
}
