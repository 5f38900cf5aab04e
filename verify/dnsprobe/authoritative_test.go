package dnsprobe

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

// network is two zones with servers of their own: a reverse zone whose names are aliases into the other (RFC 2317), in
// the way a provider hands a few addresses to a customer.
var (
	reverseZone = []string{
		"113.0.203.in-addr.arpa. 300 IN SOA ns.isp.example. h.isp.example. 1 2 3 4 5",
		"113.0.203.in-addr.arpa. 300 IN NS ns.isp.example.",
		"25.113.0.203.in-addr.arpa. 300 IN CNAME 25.customer.example.",
		"26.113.0.203.in-addr.arpa. 300 IN PTR host26.isp.example.",
		"27.113.0.203.in-addr.arpa. 300 IN CNAME 28.113.0.203.in-addr.arpa.",
		"28.113.0.203.in-addr.arpa. 300 IN CNAME 27.113.0.203.in-addr.arpa.",
		"29.113.0.203.in-addr.arpa. 300 IN CNAME gone.customer.example.",
		"30.113.0.203.in-addr.arpa. 300 IN TXT nothing",
	}
	customerZone = []string{
		"customer.example. 300 IN SOA ns.customer.example. h.customer.example. 1 2 3 4 5",
		"customer.example. 300 IN NS ns.customer.example.",
		"25.customer.example. 300 IN PTR mail.customer.example.",
	}
	hostNames = []string{
		"ns.isp.example. 300 IN A 192.0.2.53", "ns.customer.example. 300 IN A 198.51.100.53",
		"isp.example. 300 IN SOA ns.isp.example. h.isp.example. 1 2 3 4 5",
	}
)

func TestAuthoritative(t *testing.T) {
	// stray adds the target's records to an alias although the server does not hold them.
	stray := func(q, m *dns.Msg, network string) []*dns.Msg {
		records(slices.Concat(reverseZone, []string{"25.customer.example. 300 IN PTR forged.example."})...)(q, m, network)
		return []*dns.Msg{m}
	}
	tests := []struct {
		name     string
		isp      answerer
		customer answerer
		ask      string
		want     string
		trouble  evidence.FailureKind
	}{
		{"records", nil, nil, "26.113.0.203.in-addr.arpa", "host26.isp.example.", ""},
		{"alias into another zone", nil, nil, "25.113.0.203.in-addr.arpa", "mail.customer.example.", ""},
		{"alias with records of a zone that is not the server's", stray, nil, "25.113.0.203.in-addr.arpa",
			"mail.customer.example.", ""},
		{"loop of aliases", nil, nil, "27.113.0.203.in-addr.arpa", "", evidence.ServFail},
		{"alias of nothing", nil, nil, "29.113.0.203.in-addr.arpa", "", evidence.NXDomain},
		{"no such name", nil, nil, "31.113.0.203.in-addr.arpa", "", evidence.NXDomain},
		{"no data", nil, nil, "30.113.0.203.in-addr.arpa", "", evidence.NoData},
		{"the target's server refuses", nil, rcode(dns.RcodeRefused), "25.113.0.203.in-addr.arpa", "", evidence.ServFail},
		{"the target's server is silent", nil, silent, "25.113.0.203.in-addr.arpa", "", evidence.Refused}, // TCP is closed
		{"no authority", func(q, m *dns.Msg, network string) []*dns.Msg {
			records(reverseZone...)(q, m, network)
			m.Authoritative = false
			return []*dns.Msg{m}
		}, nil, "26.113.0.203.in-addr.arpa", "", evidence.ServFail},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.Delay = time.Millisecond
				orElse := func(a answerer, lines []string) answerer {
					if a != nil {
						return a
					}
					return records(lines...)
				}
				w.serve(t, resolverAt, false, records(slices.Concat(reverseZone, customerZone, hostNames)...))
				w.serve(t, ns1At, false, orElse(test.isp, reverseZone))
				w.serve(t, netip.MustParseAddrPort("198.51.100.53:53"), false, orElse(test.customer, customerZone))
				xs := w.probe().Authoritative(t.Context(), test.ask, "PTR")
				rrs, f := dnsanswer.Resolved(xs, test.ask, "ptr")
				if got := strings.Join(rdata(rrs), " "); got != test.want || kind(f) != test.trouble {
					t.Errorf("%q, trouble %+v; want %q, %q", got, f, test.want, test.trouble)
				}
				if got := len(w.asked()); len(xs) < got {
					t.Errorf("%d exchanges came back of %d", len(xs), got)
				}
			})
		})
	}
}

// A server that fails is passed over; the next one's word counts.
func TestAuthoritativeGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lines := []string{"example.com. 300 IN SOA ns0.example.com. h.example.com. 1 2 3 4 5"}
		for i := range 6 {
			lines = append(lines, fmt.Sprintf("example.com. 300 IN NS ns%d.example.com.", i),
				fmt.Sprintf("ns%d.example.com. 300 IN A 192.0.2.%d", i, 10+i))
		}
		lines = append(lines, "example.com. 300 IN MX 10 mail.example.com.")
		for good := range 6 {
			w := newWorld(t)
			w.Delay = time.Millisecond
			w.serve(t, resolverAt, false, records(lines...))
			for i := range 6 {
				answer := rcode(dns.RcodeRefused)
				if i == good {
					answer = records(lines...)
				}
				w.serve(t, netip.MustParseAddrPort(fmt.Sprintf("192.0.2.%d:53", 10+i)), false, answer)
			}
			_, f := dnsanswer.Resolved(w.probe().Authoritative(t.Context(), "example.com", "MX"), "example.com", "MX")
			if want := good >= maxAsked; (f != nil) != want {
				t.Errorf("server %d answers: trouble %+v", good, f)
			}
		}
	})
}

func TestAuthoritativeWithoutServers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.serve(t, resolverAt, false, silent)
		xs := w.probe().Authoritative(t.Context(), "Example.com.", "mx")
		last := xs[len(xs)-1]
		if last.Role != evidence.Authoritative || last.Name != "example.com" || kind(last.Failure) != evidence.Timeout {
			t.Errorf("the last exchange is %+v", last)
		}
		if _, f := dnsanswer.Resolved(xs, "example.com", "MX"); kind(f) != evidence.Timeout {
			t.Errorf("trouble %+v", f)
		}
		if _, f := dnsanswer.Resolved(nil, "example.com", "MX"); kind(f) != evidence.ServFail {
			t.Errorf("nothing asked: trouble %+v", f)
		}
	})
}

// In a network that lets no DNS out, the whole takes no longer than three servers in a row.
func TestAuthoritativeInAClosedNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.serve(t, resolverAt, false, records(slices.Concat(reverseZone, customerZone, hostNames)...))
		p := w.probe()
		for i := range 13 {
			p.Roots = append(p.Roots, netip.AddrFrom4([4]byte{192, 0, 2, byte(200 + i)}))
			w.serve(t, netip.AddrPortFrom(p.Roots[i], 53), false, silent)
			w.Silence(netip.AddrPortFrom(p.Roots[i], 53))
		}
		w.serve(t, ns1At, false, silent)
		w.Silence(ns1At)
		start := time.Now()
		xs := p.Authoritative(t.Context(), "26.113.0.203.in-addr.arpa", "PTR")
		if _, f := dnsanswer.Resolved(xs, "26.113.0.203.in-addr.arpa", "PTR"); kind(f) != evidence.Timeout {
			t.Errorf("trouble %+v", f)
		}
		seconds(t, "duration", time.Since(start), 45*time.Second)
	})
}

// An endless chain of aliases is given up after a few links.
func TestAuthoritativeEndlessAliases(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.Delay = time.Millisecond
		var lines []string
		for i := range 40 {
			lines = append(lines, fmt.Sprintf("a%d.example.com. 300 IN CNAME a%d.example.com.", i, i+1))
		}
		lines = append(lines, "example.com. 300 IN SOA ns1.example.com. h.example.com. 1 2 3 4 5",
			"example.com. 300 IN NS ns1.example.com.", "ns1.example.com. 300 IN A 192.0.2.53")
		w.serve(t, resolverAt, false, records(lines...))
		w.serve(t, ns1At, false, records(lines...))
		xs := w.probe().Authoritative(t.Context(), "a0.example.com", "A")
		if _, f := dnsanswer.Resolved(xs, "a0.example.com", "A"); kind(f) != evidence.ServFail {
			t.Errorf("trouble %+v", f)
		}
		if got := len(w.asked()); got > 40 {
			t.Errorf("%d questions", got)
		}
	})
}

// With a root, no word of the resolver counts: the one here denies every name.
func TestAuthoritativeByWalk(t *testing.T) {
	reverse := map[string]answerer{
		"192.0.2.1": holding(append(slices.Clone(rootZone), "113.0.203.in-addr.arpa. 300 IN NS ns1.example.com.")),
		"192.0.2.2": rcode(dns.RcodeRefused),
		"192.0.2.21": holding(exampleZone, subZone, []string{"113.0.203.in-addr.arpa",
			"25.113.0.203.in-addr.arpa. 300 IN CNAME 25.away.com.", "26.113.0.203.in-addr.arpa. 300 IN PTR mail.example.com.",
			"26.113.0.203.in-addr.arpa. 300 IN PTR www.example.com."}),
		"192.0.2.23": holding(dnsZone, append(slices.Clone(awayZone), "25.away.com. 300 IN PTR mail.away.com.")),
	}
	tests := []struct {
		ask     string // name and type
		want    string
		trouble evidence.FailureKind
	}{
		{"mail.example.com A", "203.0.113.25", ""},
		{"MAIL.example.com. a", "203.0.113.25", ""},
		{"mail.example.com AAAA", "", evidence.NoData},
		{"gone.example.com A", "", evidence.NXDomain},
		{"b.empty.example.com A", "", evidence.NoData},
		{"example.com NS", "ns1.example.com. ns2.example.com.", ""},
		{"example.com MX", "", evidence.NoData},
		{"sub.example.com NS", "ns1.example.com.", ""},
		{"www.example.com A", "", evidence.NXDomain},
		{"x.y.example.com A", "203.0.113.25", ""},
		{"26.113.0.203.in-addr.arpa PTR", "mail.example.com. www.example.com.", ""},
		{"25.113.0.203.in-addr.arpa PTR", "mail.away.com.", ""},
		{"27.113.0.203.in-addr.arpa PTR", "", evidence.NXDomain},
		{"1.2.0.192.in-addr.arpa PTR", "", evidence.NXDomain},
		{"mail.dead.com A", "", evidence.Refused},
		{"a b A", "", evidence.Malformed},
	}
	for _, test := range tests {
		t.Run(test.ask, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.Delay = time.Millisecond
				servers := small()
				for address, answer := range reverse {
					servers[address] = answer
				}
				i := strings.LastIndex(test.ask, " ")
				name, rrtype := test.ask[:i], test.ask[i+1:]
				xs := walking(t, w, servers).Authoritative(t.Context(), name, rrtype)
				rrs, f := dnsanswer.Resolved(xs, name, rrtype)
				if got := strings.Join(rdata(rrs), " "); got != test.want || kind(f) != test.trouble {
					t.Errorf("%q, trouble %+v; want %q, %q", got, f, test.want, test.trouble)
				}
				if last := xs[len(xs)-1]; f == nil && len(last.Answer) == 0 {
					t.Errorf("the last exchange is not the answer: %+v", last)
				}
				for _, x := range xs {
					if x.Role == evidence.Resolver {
						t.Errorf("asked the resolver for %s", x.Name)
					}
				}
			})
		})
	}
}
