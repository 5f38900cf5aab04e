package verify_test

import (
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// A name is a host, and not a domain, only by an answer that it has no MX records.
func TestFailureOfTheResolverIsNoAnswerForMX(t *testing.T) {
	for name, test := range map[string]struct {
		mx    func(m *dns.Msg) // the answer for MX
		kind  string
		hosts int
	}{
		"none":     {func(*dns.Msg) {}, "host", 1},
		"there":    {func(m *dns.Msg) { m.Answer = []dns.RR{rr("example.com. 300 IN MX 10 mail.example.com.")} }, "domain", 1},
		"SERVFAIL": {func(m *dns.Msg) { m.Rcode = dns.RcodeServerFailure }, "", 0},
		"REFUSED":  {func(m *dns.Msg) { m.Rcode = dns.RcodeRefused }, "", 0},
		"NXDOMAIN with data": {func(m *dns.Msg) {
			m.Rcode, m.Answer = dns.RcodeNameError, []dns.RR{rr("example.com. 300 IN MX 10 mail.example.com.")}
		}, "", 0},
		"NXDOMAIN":             {func(m *dns.Msg) { m.Rcode = dns.RcodeNameError }, "", 0},
		"aliases without end":  {func(m *dns.Msg) { m.Answer = []dns.RR{rr("example.com. 300 IN CNAME example.com.")} }, "", 0},
		"truncated everywhere": {func(m *dns.Msg) { m.Truncated = true }, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				t.Cleanup(func() { time.Sleep(time.Minute) })
				h := &hostile{served: map[netip.AddrPort]bool{}, made: map[string][]byte{}, answer: func(q *dns.Msg, name string, _ netip.Addr) *dns.Msg {
					m := new(dns.Msg).SetReply(q)
					switch q.Question[0].Qtype {
					case dns.TypeMX:
						test.mx(m)
					case dns.TypeA:
						m.Answer = []dns.RR{rr(name + " 300 IN A 203.0.113.25")}
					}
					return m
				}}
				b := verify.Run(t.Context(), verify.Make([]facts.Need{{Target: "example.com", Facts: []facts.Name{facts.SMTPGreetingReceived}}}),
					verify.Options{Dialer: h, Resolver: ours, Roots: []netip.Addr{rootAt}, MaxHosts: 20, SMTPPort: 25, Patience: time.Minute})
				target := b.Targets[0]
				if target.Kind != test.kind || len(target.Hosts) != test.hosts || (target.Trouble == nil) != (test.hosts > 0) {
					t.Errorf("kind %q, hosts %+v, trouble %+v", target.Kind, target.Hosts, target.Trouble)
				}
				if target.Trouble != nil && (target.Trouble.Kind == evidence.NoData || target.Trouble.Kind == evidence.NXDomain) && name != "NXDOMAIN" {
					t.Errorf("the failure became %q", target.Trouble.Kind)
				}
			})
		})
	}
}
