package dnsprobe

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
)

// holding answers as an authoritative server of zones does, each given as its name and its records, with those of the
// delegations in it: referrals with what glue there is, aliases within the zone, and negative answers with the SOA record.
func holding(zones ...[]string) answerer {
	type zone struct {
		name string
		data []dns.RR
	}
	var held []zone
	for _, lines := range zones {
		z := zone{name: dns.Fqdn(lines[0])}
		for _, line := range append(lines[1:], lines[0]+". 300 IN SOA ns.invalid. h.invalid. 1 2 3 4 5") {
			z.data = append(z.data, newRR(line))
		}
		held = append(held, z)
	}
	return func(q, m *dns.Msg, _ string) []*dns.Msg {
		name, rrtype := strings.ToLower(q.Question[0].Name), q.Question[0].Qtype
		var z *zone
		for i := range held {
			if dns.IsSubDomain(held[i].name, name) && (z == nil || len(held[i].name) > len(z.name)) {
				z = &held[i]
			}
		}
		if z == nil {
			m.Rcode = dns.RcodeRefused
			return []*dns.Msg{m}
		}
		exists := false
		var soa []dns.RR
		for _, rr := range z.data {
			owner := rr.Header().Name
			exists = exists || dns.IsSubDomain(name, owner)
			switch {
			case rr.Header().Rrtype == dns.TypeNS && owner != z.name && dns.IsSubDomain(owner, name):
				m.Ns = append(m.Ns, rr)
			case owner == name && (rr.Header().Rrtype == rrtype || rr.Header().Rrtype == dns.TypeCNAME):
				m.Answer = append(m.Answer, rr)
			case rr.Header().Rrtype == dns.TypeSOA:
				soa = []dns.RR{rr}
			}
		}
		if len(m.Ns) > 0 {
			m.Answer = nil
			for _, rr := range z.data {
				for _, ns := range m.Ns {
					t := rr.Header().Rrtype
					if rr.Header().Name == ns.(*dns.NS).Ns && (t == dns.TypeA || t == dns.TypeAAAA) {
						m.Extra = append(m.Extra, rr)
					}
				}
			}
			return []*dns.Msg{m}
		}
		m.Authoritative = true
		if len(m.Answer) == 0 {
			m.Ns = soa
		}
		if !exists {
			m.Rcode = dns.RcodeNameError
		}
		return []*dns.Msg{m}
	}
}

// small is an internet with a root, two TLDs and a few domains.
var (
	rootZone = []string{"", "com. 300 IN NS a.tld.com.", "com. 300 IN NS b.tld.com.",
		"a.tld.com. 300 IN A 192.0.2.11", "b.tld.com. 300 IN A 192.0.2.12",
		"net. 300 IN NS a.tld.com.", "org. 300 IN NS ns.org.", "ns.org. 300 IN AAAA 2001:db8::13"}
	comZone = []string{"com", "example.com. 300 IN NS ns1.example.com.", "example.com. 300 IN NS ns2.example.com.",
		"ns1.example.com. 300 IN A 192.0.2.21", "ns2.example.com. 300 IN A 192.0.2.22",
		"away.com. 300 IN NS ns.dns.net.",
		"sibling.com. 300 IN NS ns1.example.com.",
		"dead.com. 300 IN NS ns.dead.com.", "ns.dead.com. 300 IN A 192.0.2.99",
		"glueless.com. 300 IN NS ns.glueless.com.",
		"loop1.com. 300 IN NS ns.loop2.com.", "loop2.com. 300 IN NS ns.loop1.com.",
		"halfglue.com. 300 IN NS ns1.halfglue.com.", "halfglue.com. 300 IN NS ns2.halfglue.com.",
		"ns1.halfglue.com. 300 IN A 192.0.2.24",
		"tld.com. 300 IN NS a.tld.com."}
	netZone = []string{"net", "dns.net. 300 IN NS ns.dns.net.", "ns.dns.net. 300 IN A 192.0.2.23",
		"other.net. 300 IN NS ns.dns.net."}
	orgZone     = []string{"org", "example.org. 300 IN NS ns.example.org.", "ns.example.org. 300 IN A 192.0.2.25"}
	exampleZone = []string{"example.com", "example.com. 300 IN NS ns1.example.com.", "example.com. 300 IN NS ns2.example.com.",
		"ns1.example.com. 300 IN A 192.0.2.21", "ns2.example.com. 300 IN A 192.0.2.22", "ns2.example.com. 300 IN AAAA 2001:db8::22",
		"mail.example.com. 300 IN A 203.0.113.25", "a.b.empty.example.com. 300 IN TXT deep",
		"www.example.com. 300 IN CNAME web.away.com.", "x.y.example.com. 300 IN CNAME mail.example.com.",
		"sub.example.com. 300 IN NS ns1.example.com."}
	siblingZone = []string{"sibling.com", "sibling.com. 300 IN NS ns1.example.com."}
	subZone     = []string{"sub.example.com", "sub.example.com. 300 IN NS ns1.example.com."}
	tldZone     = []string{"tld.com", "tld.com. 300 IN NS a.tld.com.", "a.tld.com. 300 IN A 192.0.2.11"}
	dnsZone     = []string{"dns.net", "dns.net. 300 IN NS ns.dns.net.", "ns.dns.net. 300 IN A 192.0.2.23",
		"ns.dns.net. 300 IN AAAA 2001:db8::23"}
	awayZone = []string{"away.com", "away.com. 300 IN NS ns.dns.net."}
	halfZone = []string{"halfglue.com", "halfglue.com. 300 IN NS ns1.halfglue.com.", "halfglue.com. 300 IN NS ns2.halfglue.com.",
		"ns1.halfglue.com. 300 IN A 192.0.2.24", "ns2.halfglue.com. 300 IN A 192.0.2.26"}
)

func small() map[string]answerer {
	return map[string]answerer{
		"192.0.2.1":      holding(rootZone), // a root, and what the resolver is in other tests
		"192.0.2.2":      holding(rootZone),
		"192.0.2.11":     holding(comZone, netZone, tldZone),
		"192.0.2.12":     holding(comZone),
		"2001:db8::13":   holding(orgZone),
		"192.0.2.21":     holding(exampleZone, subZone, siblingZone),
		"192.0.2.22":     holding(exampleZone),
		"192.0.2.23":     holding(dnsZone, awayZone),
		"2001:db8::23":   holding(dnsZone, awayZone),
		"192.0.2.24":     holding(halfZone),
		"198.51.100.254": silent,
	}
}

// walking makes a probe in an internet in which some servers are replaced. It has a resolver that lies about everything.
func walking(t *testing.T, w *world, servers map[string]answerer) *Probe {
	t.Helper()
	for address, answer := range servers {
		w.serve(t, netip.AddrPortFrom(netip.MustParseAddr(address), 53), true, answer)
	}
	liar := netip.MustParseAddrPort("198.51.100.1:53")
	w.serve(t, liar, true, func(q, m *dns.Msg, _ string) []*dns.Msg {
		m.Rcode, m.RecursionAvailable = dns.RcodeNameError, true
		return []*dns.Msg{m}
	})
	return &Probe{Dialer: w, Resolver: liar, Roots: []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")}}
}

// zones writes a path: each zone, how many of its parent's servers were asked, and the addresses of its own.
func zones(d evidence.Delegation) string {
	var words []string
	for _, c := range d.Path {
		s := fmt.Sprintf("%s %d", c.Zone, len(c.Asked))
		for _, server := range c.Servers {
			s += " " + server.Address
		}
		words = append(words, s)
	}
	return strings.Join(words, ", ")
}

const (
	toRoot    = ". 0 192.0.2.1 192.0.2.2"
	toCom     = toRoot + ", com 2 192.0.2.11 192.0.2.12"
	toExample = toCom + ", example.com 2 192.0.2.21 192.0.2.22"
)

func TestWalk(t *testing.T) {
	tests := []struct {
		name    string
		change  map[string]answerer
		ask     string
		want    string
		trouble evidence.FailureKind
	}{
		{"apex", nil, "example.com", toExample, ""},
		{"apex in other letters", nil, "EXAMPLE.com.", toExample, ""},
		{"host", nil, "mail.example.com", toExample, ""},
		{"empty non-terminal", nil, "b.empty.example.com", toExample, ""},
		{"below an empty non-terminal", nil, "a.b.empty.example.com", toExample, ""},
		{"TLD", nil, "com", toCom, ""},
		{"the root", nil, ".", toRoot, ""},
		{"no such name", nil, "gone.example.com", toExample, evidence.NXDomain},
		{"no such domain", nil, "gone.com", toCom, evidence.NXDomain},
		{"no such TLD", nil, "example.invalid", toRoot, evidence.NXDomain},
		{"alias into another zone", nil, "www.example.com", toExample, ""},
		{"alias two labels down", nil, "x.y.example.com", toExample, ""},
		{"sibling glue", nil, "sibling.com", toCom + ", sibling.com 2 192.0.2.21", ""},
		{"servers in another TLD, without glue", nil, "away.com",
			toCom + ", away.com 2 192.0.2.23 2001:db8::23", ""},
		{"server reached over IPv6 only", nil, "gone.example.org",
			toRoot + ", org 2 2001:db8::13, example.org 1 192.0.2.25", evidence.Refused},
		{"child on a server of the parent, which answers for it", nil, "sub.example.com",
			toExample + ", sub.example.com 2 192.0.2.21", ""},
		{"zone in between hidden by servers that hold all three", map[string]answerer{
			"192.0.2.11": holding(comZone, exampleZone, subZone), "192.0.2.12": holding(comZone, exampleZone, subZone)},
			"sub.example.com", toCom + ", example.com 2 192.0.2.21 192.0.2.22 2001:db8::22, sub.example.com 2 192.0.2.21", ""},
		{"host in a zone hidden likewise", map[string]answerer{
			"192.0.2.11": holding(comZone, exampleZone), "192.0.2.12": holding(comZone)},
			"mail.example.com", toExample, ""},
		{"zone in between hidden behind a referral further down", map[string]answerer{
			"192.0.2.11": holding(comZone, exampleZone),
			"192.0.2.12": holding(comZone, exampleZone)},
			"sub.example.com", toCom + ", example.com 2 192.0.2.21 192.0.2.22 2001:db8::22, sub.example.com 2 192.0.2.21", ""},
		{"glue for one of two names", nil, "halfglue.com", toCom + ", halfglue.com 2 192.0.2.24 192.0.2.26", ""},
		{"in-domain server without glue", nil, "glueless.com", toCom + ", glueless.com 2", ""},
		{"two zones whose servers lie in each other", nil, "loop1.com", toCom + ", loop1.com 2", ""},
		{"delegated to a server that is not there", nil, "dead.com", toCom + ", dead.com 2 192.0.2.99", ""},
		{"name below one", nil, "mail.dead.com", toCom + ", dead.com 2 192.0.2.99", evidence.Refused},
		{"one root refuses", map[string]answerer{"192.0.2.1": rcode(dns.RcodeRefused)}, "example.com", toExample, ""},
		{"one root is silent", map[string]answerer{"192.0.2.1": silent}, "example.com", toExample, ""},
		{"a TLD server fails", map[string]answerer{"192.0.2.12": rcode(dns.RcodeServerFailure)}, "example.com", toExample, ""},
		{"a TLD server refers to the root", map[string]answerer{"192.0.2.11": holding(
			[]string{"", "x. 300 IN NS y."}, []string{"nothing", "nothing. 300 IN NS z."})}, "example.com", toExample, ""},
		{"a TLD server refers upwards", map[string]answerer{"192.0.2.11": referring("com. 300 IN NS a.tld.com.")},
			"example.com", toExample, ""},
		{"a TLD server refers aside", map[string]answerer{"192.0.2.11": referring("example.net. 300 IN NS a.tld.com.")},
			"example.com", toExample, ""},
		{"all TLD servers refuse", map[string]answerer{"192.0.2.11": rcode(dns.RcodeRefused), "192.0.2.12": rcode(dns.RcodeRefused)},
			"example.com", toCom, evidence.ServFail},
		{"all TLD servers are silent", map[string]answerer{"192.0.2.11": silent, "192.0.2.12": silent},
			"example.com", toCom, evidence.Timeout},
		{"the zone's servers refuse", map[string]answerer{"192.0.2.21": rcode(dns.RcodeRefused), "192.0.2.22": rcode(dns.RcodeRefused)},
			"mail.example.com", toExample, evidence.ServFail},
		{"a TLD server without authority", map[string]answerer{"192.0.2.11": without(holding(comZone, exampleZone))},
			"example.com", toExample, ""},
		{"glue out of the zone is not believed", map[string]answerer{
			"192.0.2.12": with(holding(comZone), "ns.dns.net. 300 IN A 203.0.113.66")}, "away.com",
			toCom + ", away.com 2 192.0.2.23 2001:db8::23", ""},
		{"addresses of other names are no glue", map[string]answerer{
			"192.0.2.12": with(holding(comZone), "mail.example.com. 300 IN A 203.0.113.66")}, "example.com", toExample, ""},
		{"negative answer for a zone that is not the server's", map[string]answerer{
			"192.0.2.21": holding([]string{""}), "192.0.2.22": holding(exampleZone)}, "mail.example.com", toExample, ""},
		{"referral with AA", map[string]answerer{"192.0.2.11": authoritative(holding(comZone))}, "example.com", toExample, ""},
		{"truncated referral", map[string]answerer{"192.0.2.11": truncating(holding(comZone))}, "example.com", toExample, ""},
		{"FORMERR for EDNS", map[string]answerer{"192.0.2.11": plain(holding(comZone))}, "example.com", toExample, ""},
		{"no name at all", nil, "a b", "", evidence.Malformed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.Delay = time.Millisecond
				servers := small()
				for address, answer := range test.change {
					servers[address] = answer
				}
				p := walking(t, w, servers)
				d, xs := p.Walk(t.Context(), test.ask)
				if got := zones(d); got != test.want {
					t.Errorf("path\n%s, want\n%s", got, test.want)
				}
				if kind(d.Trouble) != test.trouble || d.By != evidence.ByWalk {
					t.Errorf("by %s, trouble %+v, want %q", d.By, d.Trouble, test.trouble)
				}
				atRoot := func(x evidence.Exchange) bool { return x.Server == "192.0.2.1:53" || x.Server == "192.0.2.2:53" }
				if len(d.Path) > 1 && !slices.ContainsFunc(xs, atRoot) {
					t.Errorf("the exchanges do not begin at the root: %s", path(xs))
				}
				asked := w.asked()
				if len(asked) > maxQuestions || len(p.exchanges(&trail{xs: xs})) != len(xs) {
					t.Errorf("%d questions, %d exchanges", len(asked), len(xs))
				}
				for _, q := range asked {
					if strings.Contains(q, " rd ") {
						t.Errorf("asked with RD: %s", q)
					}
				}
				// The second walk knows everything already.
				again, ys := p.Walk(t.Context(), test.ask)
				if zones(again) != zones(d) || len(w.asked()) != len(asked) && kind(d.Trouble) == "" || len(ys) < len(d.Path)-1 {
					t.Errorf("again: %s with %d questions more", zones(again), len(w.asked())-len(asked))
				}
			})
		})
	}
}

func referring(lines ...string) answerer {
	return func(_, m *dns.Msg, _ string) []*dns.Msg {
		for _, line := range lines {
			m.Ns = append(m.Ns, newRR(line))
		}
		return []*dns.Msg{m}
	}
}

// changed lets a server answer, and changes what it says.
func changed(server answerer, change func(q, m *dns.Msg, network string)) answerer {
	return func(q, m *dns.Msg, network string) []*dns.Msg {
		server(q, m, network)
		change(q, m, network)
		return []*dns.Msg{m}
	}
}

func without(server answerer) answerer {
	return changed(server, func(_, m *dns.Msg, _ string) { m.Authoritative = false })
}

func authoritative(server answerer) answerer {
	return changed(server, func(_, m *dns.Msg, _ string) { m.Authoritative = true })
}

func with(server answerer, extra string) answerer {
	return changed(server, func(_, m *dns.Msg, _ string) { m.Extra = append(m.Extra, newRR(extra)) })
}

func truncating(server answerer) answerer {
	return changed(server, func(_, m *dns.Msg, network string) {
		if network == "udp" {
			m.Truncated, m.Answer, m.Ns, m.Extra = true, nil, nil, nil
		}
	})
}

func plain(server answerer) answerer {
	return changed(server, func(q, m *dns.Msg, _ string) {
		if q.IsEdns0() != nil {
			m.Rcode, m.Answer, m.Ns, m.Extra = dns.RcodeFormatError, nil, nil, nil
		}
	})
}

// The second target under a TLD asks the root nothing, and its trail still begins there.
func TestWalkSharesTheWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.Delay = time.Millisecond
		p := walking(t, w, small())
		p.Walk(t.Context(), "mail.example.com")
		before := len(w.asked())
		_, xs := p.Walk(t.Context(), "sibling.com")
		if got := w.asked()[before:]; !slices.Equal(got, []string{"udp edns sibling.com. NS", "udp edns sibling.com. NS"}) {
			t.Errorf("asked %q", got)
		}
		if len(xs) != 4 || xs[0].Server != "192.0.2.1:53" {
			t.Errorf("the trail is %s", path(xs))
		}
	})
}

func TestWalkSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.Delay = 10 * time.Millisecond
		p := walking(t, w, small())
		names := []string{"example.com", "away.com", "sibling.com", "halfglue.com", "loop1.com", "loop2.com", "sub.example.com"}
		start := time.Now()
		for _, name := range names {
			go p.Walk(t.Context(), name)
		}
		synctest.Wait()
		time.Sleep(time.Second)
		if got := time.Since(start); got > 2*time.Second {
			t.Errorf("took %v", got)
		}
		before := len(w.asked())
		for _, name := range names {
			p.Walk(t.Context(), name)
		}
		if got := len(w.asked()) - before; got > 0 {
			t.Errorf("%d questions more", got)
		}
		atRoot := 0
		for _, q := range w.asked() {
			if strings.HasSuffix(q, "com. NS") {
				atRoot++
			}
		}
		if atRoot > 24 {
			t.Errorf("%d questions for zones under com", atRoot)
		}
	})
}

// Where port 53 is closed, or a middlebox answers for everybody, the resolver is asked, and the delegation says so.
func TestWalkWithoutRoots(t *testing.T) {
	for name, answer := range map[string]answerer{
		"silent": silent, "refused": rcode(dns.RcodeRefused), "a resolver in its place": without(records(tree...)), "nobody": nil,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.Delay = time.Millisecond
				p := w.probe()
				for i := range 13 {
					addr := netip.AddrFrom4([4]byte{198, 51, 100, byte(i + 100)})
					p.Roots = append(p.Roots, addr)
					if answer != nil {
						w.serve(t, netip.AddrPortFrom(addr, 53), false, answer)
					}
				}
				w.serve(t, resolverAt, false, records(tree...))
				start := time.Now()
				d, _ := p.Walk(t.Context(), "mail.example.com")
				if got := zones(d); d.By != evidence.ByResolver || d.Trouble != nil ||
					got != "example.com 0 192.0.2.52 192.0.2.53 2001:db8::53 198.51.100.53" {
					t.Errorf("by %s, %s, trouble %+v", d.By, got, d.Trouble)
				}
				if took := time.Since(start); took > 31*time.Second {
					t.Errorf("took %v", took)
				}
				start = time.Now()
				p.Walk(t.Context(), "example.org")
				if took := time.Since(start); took > 16*time.Second && name == "silent" {
					t.Errorf("the next walk took %v", took)
				}
				if servers, _ := p.Addresses(t.Context(), []string{"ns1.example.com"}); name == "silent" && len(servers) != 3 {
					t.Errorf("addresses %v", servers)
				}
			})
		})
	}
}

func TestWalkInterrupted(t *testing.T) {
	for _, after := range []time.Duration{0, time.Second, 2500 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t)
			w.Delay = 500 * time.Millisecond
			p := walking(t, w, small())
			ctx, cancel := context.WithTimeout(t.Context(), after)
			defer cancel()
			start := time.Now()
			d, _ := p.Walk(ctx, "mail.example.com")
			seconds(t, "duration", time.Since(start), after)
			if kind(d.Trouble) != evidence.Interrupted || d.By != evidence.ByWalk {
				t.Errorf("by %s, trouble %+v", d.By, d.Trouble)
			}
			// Who comes later with more time is not turned away.
			if d, _ := p.Walk(t.Context(), "mail.example.com"); zones(d) != toExample || d.Trouble != nil {
				t.Errorf("then %s, trouble %+v", zones(d), d.Trouble)
			}
		})
	}
}

// Servers that kept silent to all tries of one question are not waited for at the next.
func TestWalkPastDeadServersOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.Delay = time.Millisecond
		servers := small()
		servers["192.0.2.99"] = silent
		p := walking(t, w, servers)
		p.Authoritative(t.Context(), "mail.dead.com", "A")
		before, start := len(w.asked()), time.Now()
		xs := p.Authoritative(t.Context(), "www.dead.com", "A")
		if f := xs[len(xs)-1].Failure; kind(f) != evidence.Timeout || time.Since(start) > time.Second || len(w.asked()) > before {
			t.Errorf("%v and %d questions for %+v", time.Since(start), len(w.asked())-before, f)
		}
	})
}

// A machine without a route for a family meets no bound by it.
func TestWalkWithoutIPv4(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.Delay = time.Millisecond
		p := walking(t, w, map[string]answerer{"2001:db8::1": holding(rootZone)})
		p.Roots = nil
		for i := range 13 {
			p.Roots = append(p.Roots, netip.AddrFrom4([4]byte{198, 51, 100, byte(i + 100)}))
		}
		p.Roots = append(p.Roots, netip.MustParseAddr("2001:db8::1"))
		p.Dialer = dialFunc(func(ctx context.Context, network, address string) (net.Conn, error) {
			if netip.MustParseAddrPort(address).Addr().Is4() {
				return nil, failure{evidence.Unreachable, "network is unreachable"}
			}
			return w.DialContext(ctx, network, address)
		})
		d, _ := p.Walk(t.Context(), "example.invalid")
		if d.By != evidence.ByWalk || kind(d.Trouble) != evidence.NXDomain {
			t.Errorf("by %s, trouble %+v", d.By, d.Trouble)
		}
	})
}

// A delegation made to multiply questions (NXNSAttack) gets a bounded number, whatever it leads to.
func TestWalkFanOut(t *testing.T) {
	var zone = []string{"com", "evil.com. 300 IN NS ns0.away0.com."}
	for i := range 100 {
		zone = append(zone, fmt.Sprintf("evil.com. 300 IN NS ns%d.away%d.com.", i, i))
		for j := range 100 {
			zone = append(zone, fmt.Sprintf("away%d.com. 300 IN NS ns%d.farther%d.com.", i, j, j+100*i))
		}
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.Delay = time.Millisecond
		servers := small()
		servers["192.0.2.11"], servers["192.0.2.12"] = holding(zone), holding(zone)
		p := walking(t, w, servers)
		d, xs := p.Walk(t.Context(), "evil.com")
		// Every question is put once over UDP and, as the referral is truncated, never more than once over TCP.
		if got := len(w.asked()); got > 2*maxQuestions {
			t.Errorf("%d questions, %d exchanges", got, len(xs))
		}
		if last := d.Path[len(d.Path)-1]; last.Zone != "evil.com" || len(last.Names) != 13 || len(last.Servers) != 0 {
			t.Errorf("%+v", last)
		}
	})
}

// Hostile servers of a zone keep the walk neither from an answer of another nor from an end.
func TestWalkHostileServers(t *testing.T) {
	good := holding(comZone)
	flood := func(q, m *dns.Msg, network string) []*dns.Msg {
		if network == "udp" {
			m.Truncated = true
			return []*dns.Msg{m}
		}
		for i := range 2500 {
			m.Ns = append(m.Ns, newRR(fmt.Sprintf("example.com. 300 IN NS ns%d.example.com.", i)))
		}
		m.Compress = true
		return []*dns.Msg{m}
	}
	wrongID := changed(good, func(_, m *dns.Msg, _ string) { m.Id++ })
	wrongQuestion := changed(good, func(_, m *dns.Msg, _ string) { m.Question[0].Name = "other.com." })
	spoofed := changed(good, func(_, m *dns.Msg, _ string) {
		m.Ns = append(m.Ns, newRR("net. 300 IN NS ns.evil.com."), newRR(". 300 IN NS ns.evil.com."))
		m.Extra = append(m.Extra, newRR("a.tld.com. 300 IN A 203.0.113.66"), newRR("ns.dns.net. 300 IN A 203.0.113.66"))
	})
	aliases := func(q, m *dns.Msg, _ string) []*dns.Msg {
		m.Authoritative = true
		for i := range 100 {
			m.Answer = append(m.Answer, newRR(fmt.Sprintf("x%d.example.com. 300 IN CNAME x%d.example.com.", i, i+1)))
		}
		return []*dns.Msg{m}
	}
	for name, answer := range map[string]answerer{
		"wrong ID": wrongID, "wrong question": wrongQuestion, "spoofed sections": spoofed, "64 KiB of records": flood,
		"aliases without end": aliases,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.Delay = time.Millisecond
				servers := small()
				servers["192.0.2.11"] = answer
				p := walking(t, w, servers)
				if d, _ := p.Walk(t.Context(), "example.com"); zones(d) != toExample || d.Trouble != nil {
					t.Errorf("%s, trouble %+v", zones(d), d.Trouble)
				}
				for _, address := range []string{"203.0.113.66"} {
					for _, c := range p.walks.cuts {
						for _, s := range c.glue {
							if s.Address == address {
								t.Errorf("believed %v about %s", s, c.zone)
							}
						}
					}
				}
				if got := len(w.asked()); got > maxQuestions {
					t.Errorf("%d questions", got)
				}
			})
		})
	}
}

// One byte a second over TCP, or a message that loops, costs the tries of one server, not more.
func TestWalkSlowServers(t *testing.T) {
	at := netip.MustParseAddrPort("192.0.2.11:53")
	drip := func(w *world) {
		w.serve(t, at, false, truncating(holding(comZone)))
		w.Listen(at, func(c net.Conn) {
			c.Write([]byte{0xff, 0xff})
			for {
				if _, err := c.Write([]byte{0}); err != nil {
					return
				}
				time.Sleep(time.Second)
			}
		})
	}
	// The only record's name is a pointer to itself.
	loop := func(w *world) {
		w.ListenPacket(at, func(raw []byte, reply func([]byte)) {
			b := append([]byte(nil), raw[:12]...)
			b[2], b[3], b[9], b[11] = 0x80, 0, 1, 0
			end := 12
			for raw[end] != 0 {
				end += int(raw[end]) + 1
			}
			b = append(b, raw[12:end+5]...)
			reply(append(b, 0xc0, byte(len(b)), 0, 2, 0, 1, 0, 0, 0, 0, 0, 2, 0xc0, 12))
		})
	}
	for name, test := range map[string]struct {
		serve func(*world)
		most  time.Duration
	}{"drip": {drip, 16 * time.Second}, "compression loop": {loop, 5 * time.Second}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.Delay = time.Millisecond
				p := walking(t, w, small())
				test.serve(w)
				start := time.Now()
				if d, _ := p.Walk(t.Context(), "example.com"); zones(d) != toExample || d.Trouble != nil {
					t.Errorf("%s, trouble %+v", zones(d), d.Trouble)
				}
				if took := time.Since(start); took > test.most {
					t.Errorf("took %v", took)
				}
				// The next walk asks it last, if at all.
				start = time.Now()
				p.Addresses(t.Context(), []string{"ns1.example.com"})
				if took := time.Since(start); took > time.Second {
					t.Errorf("the next took %v", took)
				}
			})
		})
	}
}

// The servers of the servers of a zone's servers are found, where only their own have glue.
func TestWalkNests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.Delay = time.Millisecond
		servers := small()
		com := holding(append(slices.Clone(comZone), "far.com. 300 IN NS ns.mid.net."))
		servers["192.0.2.11"] = holding(append(slices.Clone(comZone), "far.com. 300 IN NS ns.mid.net."), append(slices.Clone(netZone), "mid.net. 300 IN NS ns.away.com."), tldZone)
		servers["192.0.2.12"] = com
		servers["192.0.2.23"] = holding(dnsZone, append(slices.Clone(awayZone), "ns.away.com. 300 IN A 192.0.2.23"),
			[]string{"mid.net", "ns.mid.net. 300 IN A 192.0.2.23"}, []string{"far.com", "mail.far.com. 300 IN A 203.0.113.25"})
		p := walking(t, w, servers)
		if d, _ := p.Walk(t.Context(), "far.com"); zones(d) != toCom+", far.com 2 192.0.2.23" || d.Trouble != nil {
			t.Errorf("%s, trouble %+v", zones(d), d.Trouble)
		}
		xs := p.Authoritative(t.Context(), "mail.far.com", "A")
		if x := xs[len(xs)-1]; len(x.Answer) != 1 {
			t.Errorf("ended with %s of %s: %+v", x.Type, x.Name, x.Failure)
		}
	})
}

// Names of servers that lead ever deeper into other zones end somewhere.
func TestWalkNestsSoFar(t *testing.T) {
	zone := []string{"com"}
	for i := range 20 {
		zone = append(zone, fmt.Sprintf("deep%d.com. 300 IN NS ns.deep%d.com.", i, i+1))
	}
	zone = append(zone, "deep20.com. 300 IN NS ns1.example.com.")
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.Delay = time.Millisecond
		servers := small()
		servers["192.0.2.11"], servers["192.0.2.12"] = holding(zone), holding(zone)
		p := walking(t, w, servers)
		if d, _ := p.Walk(t.Context(), "deep0.com"); len(d.Path) != 3 || len(d.Path[2].Servers) > 0 || len(w.asked()) > 2+2*(maxNested+1) {
			t.Errorf("%s after %d questions", zones(d), len(w.asked()))
		}
	})
}

func TestHints(t *testing.T) {
	if got := iana(); len(got) != 26 || got[0].Name != "a.root-servers.net" || got[0].Address != "198.41.0.4" {
		t.Errorf("%d built-in root servers: %v", len(got), got)
	}
	list, err := Hints(strings.NewReader(namedRoot))
	if err != nil || len(list) != 26 {
		t.Errorf("%d addresses, %v", len(list), err)
	}
	for _, bad := range []string{"", "nonsense", "$INCLUDE /etc/passwd\n", ". 1 IN NS a.\n", "a. 1 IN A 192.0.2.1\nb. 1 IN A 999\n"} {
		if list, err := Hints(strings.NewReader(bad)); err == nil {
			t.Errorf("%q gives %v", bad, list)
		}
	}
}
