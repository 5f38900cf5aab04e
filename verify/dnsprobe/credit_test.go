package dnsprobe

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

// denying denies every name with authority, with the SOA record of a zone or, for "", without one.
func denying(code int, zone string) answerer {
	return func(_, m *dns.Msg, _ string) []*dns.Msg {
		m.Authoritative, m.Rcode = true, code
		if zone != "" {
			m.Ns = []dns.RR{newRR(zone + " 300 IN SOA a. b. 1 2 3 4 5")}
		}
		return []*dns.Msg{m}
	}
}

// knowing is denying by somebody who does know the zone itself, with its SOA record or without.
func knowing(code int, zone string, soa bool) answerer {
	return func(q, m *dns.Msg, network string) []*dns.Msg {
		switch {
		case q.Question[0].Name != zone && soa:
			return denying(code, zone)(q, m, network)
		case q.Question[0].Name != zone:
			return denying(code, "")(q, m, network)
		}
		m.Authoritative, m.Answer = true, []dns.RR{newRR(zone + " 300 IN SOA a. b. 1 2 3 4 5")}
		return []*dns.Msg{m}
	}
}

// A denial above the zone counts only from somebody who shows the zone's SOA record and knows the zone itself, and of the root
// only where the top-level domain may be missing.
func TestDenialsAboveTheZone(t *testing.T) {
	const byResolver, byWalk = "by the resolver", "by a walk"
	for _, test := range []struct {
		name, ask   string
		roots, tlds answerer // in place of both servers; nil for the right ones
		zone        string   // of the delegation
		by          string
		trouble     evidence.FailureKind
		word        evidence.FailureKind // of the answer to a question for data; "" for records
	}{
		{"NXDOMAIN at the root, without SOA", "example.com", denying(dns.RcodeNameError, ""), nil, "example.com", byResolver, "", ""},
		{"NXDOMAIN at the root", "example.com", denying(dns.RcodeNameError, "."), nil, "example.com", byResolver, "", ""},
		{"nothing at the root, without SOA", "example.com", denying(dns.RcodeSuccess, ""), nil, "example.com", byResolver, "", ""},
		{"nothing at the root", "example.com", denying(dns.RcodeSuccess, "."), nil, "example.com", byResolver, "", ""},
		{"an empty root", "example.com", knowing(dns.RcodeNameError, ".", true), nil, "example.com", byResolver, "", ""},
		{"a root of NODATA", "example.com", knowing(dns.RcodeSuccess, ".", true), nil, "example.com", byResolver, "", ""},
		{"NXDOMAIN at the TLD, without SOA", "example.com", nil, denying(dns.RcodeNameError, ""), "com", byWalk, evidence.ServFail, evidence.ServFail},
		{"NXDOMAIN at the TLD", "example.com", nil, denying(dns.RcodeNameError, "com."), "com", byWalk, evidence.ServFail, evidence.ServFail},
		{"nothing at the TLD", "example.com", nil, denying(dns.RcodeSuccess, "com."), "com", byWalk, evidence.ServFail, evidence.ServFail},
		{"nothing at the TLD, without SOA", "example.com", nil, denying(dns.RcodeSuccess, ""), "com", byWalk, evidence.ServFail, evidence.ServFail},
		{"NXDOMAIN at the TLD by the root's SOA", "example.com", nil, denying(dns.RcodeNameError, "."), "com", byWalk, evidence.ServFail, evidence.ServFail},
		{"NXDOMAIN without SOA by who knows the TLD", "example.com", nil, knowing(dns.RcodeNameError, "com.", false), "com", byWalk, evidence.ServFail, evidence.ServFail},
		{"nothing without SOA by who knows the TLD", "example.com", nil, knowing(dns.RcodeSuccess, "com.", false), "com", byWalk, evidence.ServFail, evidence.ServFail},
		{"NXDOMAIN without SOA by who knows the root", "example.invalid", knowing(dns.RcodeNameError, ".", false), nil, "", byResolver, evidence.ServFail, evidence.ServFail},
		{"no such domain", "gone.com", nil, nil, "com", byWalk, evidence.NXDomain, evidence.NXDomain},
		{"deep in no such domain", "a.b.gone.com", nil, nil, "com", byWalk, evidence.NXDomain, evidence.NXDomain},
		{"no such TLD", "example.invalid", nil, nil, ".", byWalk, evidence.NXDomain, evidence.NXDomain},
		{"no such TLD, by an empty root", "example.invalid", knowing(dns.RcodeNameError, ".", true), nil, ".", byWalk, evidence.NXDomain, evidence.NXDomain},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				w.Delay = time.Millisecond
				servers := small()
				for address, answer := range map[string]answerer{"192.0.2.1": test.roots, "192.0.2.2": test.roots, "192.0.2.11": test.tlds, "192.0.2.12": test.tlds} {
					if answer != nil {
						servers[address] = answer
					}
				}
				p := walking(t, w, servers)
				p.Resolver = netip.MustParseAddrPort("198.51.100.2:53")
				w.serve(t, p.Resolver, false, records("com. SOA a. b. 1 2 3 4 5", "com. NS a.tld.com.", "example.com. SOA a. b. 1 2 3 4 5",
					"example.com. NS ns1.example.com.", "ns1.example.com. A 192.0.2.21"))
				d, xs := p.Walk(t.Context(), test.ask)
				last := ""
				if len(d.Path) > 0 {
					last = d.Path[len(d.Path)-1].Zone
				}
				if by := map[string]string{evidence.ByResolver: byResolver, evidence.ByWalk: byWalk}[d.By]; by != test.by || kind(d.Trouble) != test.trouble || last != test.zone {
					t.Errorf("%s, trouble %+v, %s", zones(d), d.Trouble, by)
				}
				answers := p.Authoritative(t.Context(), test.ask, "NS")
				_, trouble := dnsanswer.Resolved(answers, test.ask, "NS")
				if got := kind(trouble); got != test.word && (dnsanswer.Absent(trouble) || test.word == "" || test.word == evidence.NXDomain) {
					t.Errorf("the answer is %+v, want %q", trouble, test.word)
				}
				// Who asks the same of the same server later does not believe it either.
				for _, x := range xs {
					if host, _ := netip.ParseAddrPort(x.Server); x.Failure != nil && x.Failure.Kind == evidence.Malformed {
						if ys := p.Ask(t.Context(), evidence.Server{Address: host.Addr().String()}, x.Name, x.Type); ys[len(ys)-1].Failure == nil {
							t.Errorf("%s %s at %s is believed again", x.Name, x.Type, x.Server)
						}
					}
				}
			})
		})
	}
}

// One impostor among the roots keeps nobody from the others.
func TestOneImpostorAmongTheRoots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.Delay = time.Millisecond
		servers := small()
		servers["192.0.2.1"] = denying(dns.RcodeNameError, ".")
		p := walking(t, w, servers)
		if d, _ := p.Walk(t.Context(), "example.com"); zones(d) != toExample || d.By != evidence.ByWalk || d.Trouble != nil {
			t.Errorf("by %s, %s, trouble %+v", d.By, zones(d), d.Trouble)
		}
	})
}
