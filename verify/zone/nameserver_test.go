package zone

import (
	"slices"
	"testing"
	"time"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// Silence, a lack of authority and a lack of TCP are facts only after enough tries, over the transports that show it, while
// others of the same address family were heard over TCP. A saved bundle may hold fewer.
func TestNameServerFaultsTakeEnoughTries(t *testing.T) {
	const server, control4, control6 = "192.0.2.53", "192.0.2.11", "2001:db8::11"
	ask := func(transport string, round int, change func(*evidence.Exchange)) evidence.Exchange {
		x := evidence.Exchange{At: time.Unix(1, 0), Role: evidence.Authoritative, ServerName: "ns1.example.com", Server: server + ":53",
			Transport: transport, Round: round, Name: "example.com", Type: "SOA"}
		change(&x)
		return x
	}
	silent := func(x *evidence.Exchange) { x.Failure = &evidence.Failure{Kind: evidence.Timeout} }
	refused := func(x *evidence.Exchange) { x.RCode = "REFUSED" }
	serves := func(x *evidence.Exchange) {
		x.RCode, x.AA, x.Answer = "NOERROR", true, []string{"example.com. 300 IN SOA ns1.example.com. h.example.com. 1 7200 900 1209600 300"}
	}
	lost := func(transports ...string) (xs []evidence.Exchange) {
		for _, transport := range transports {
			xs = append(xs, ask(transport, 0, silent))
		}
		return xs
	}
	refusals := func(last string) []evidence.Exchange {
		return []evidence.Exchange{ask("udp", 0, refused), ask("udp", dnsanswer.RoundAnew, refused), ask(last, dnsanswer.RoundStream, refused)}
	}
	heard := func(xs []evidence.Exchange, more ...evidence.Exchange) []evidence.Exchange {
		return append(more, xs...)
	}
	const yes, no, unknown = "yes", "no", ""
	for _, test := range []struct {
		name    string
		fact    facts.Name
		control string
		tries   []evidence.Exchange
		want    string
	}{
		{"silent over both", facts.DNSNSAnswers, control4, lost("udp", "udp", "tcp"), no},
		{"silent over UDP", facts.DNSNSAnswers, control4, lost("udp", "udp", "udp"), unknown},
		{"silent over TCP", facts.DNSNSAnswers, control4, lost("tcp", "tcp", "tcp"), unknown},
		{"two tries", facts.DNSNSAnswers, control4, lost("udp", "tcp"), unknown},
		{"nobody heard over the same protocol", facts.DNSNSAnswers, control6, lost("udp", "udp", "tcp"), unknown},
		{"one datagram lost", facts.DNSNSAnswers, control4, heard(lost("udp"), ask("tcp", 0, serves)), yes},
		{"all datagrams lost", facts.DNSNSAnswers, control4, heard(lost("udp", "udp"), ask("tcp", 0, serves)), unknown},

		{"refuses three times", facts.DNSNSAuthoritative, control4, refusals("tcp"), no},
		{"refuses over UDP", facts.DNSNSAuthoritative, control4, refusals("udp"), unknown},
		{"refuses two times", facts.DNSNSAuthoritative, control4, refusals("tcp")[1:], unknown},

		{"three connections", facts.DNSNSTCP, control4, heard(lost("tcp", "tcp", "tcp"), ask("udp", 0, serves)), no},
		{"two connections", facts.DNSNSTCP, control4, heard(lost("tcp", "tcp"), ask("udp", 0, serves)), unknown},
		{"nobody heard over the same protocol", facts.DNSNSTCP, control6, heard(lost("tcp", "tcp", "tcp"), ask("udp", 0, serves)), unknown},
	} {
		t.Run(string(test.fact)+" "+test.name, func(t *testing.T) {
			control := ask("tcp", 0, func(x *evidence.Exchange) {
				x.Name, x.Server, x.RCode, x.AA = "example", test.control+":53", "NOERROR", true
				if test.control == control6 {
					x.Server = "[" + control6 + "]:53"
				}
			})
			at := evidence.Server{Name: "ns1.example.com", Address: server}
			b := evidence.Bundle{
				Targets: []evidence.Target{{Name: "example.com", Kind: "domain", Zone: "example.com", Servers: []evidence.Server{at},
					Delegation: &evidence.Delegation{By: evidence.ByWalk, Path: []evidence.Cut{{Zone: "."}, {Zone: "example.com", Servers: []evidence.Server{at}}}}}},
				Exchanges: append([]evidence.Exchange{control}, test.tries...),
			}
			f, _ := factsOf(&b).Get(test.fact, facts.Subject{Kind: facts.Server, Name: "example.com", At: at.Name + " [" + at.Address + "]"})
			if got := f.Value.String(); f.Known() != (test.want != unknown) || f.Known() && got != test.want {
				t.Errorf("%s (%v), want %q", got, f.Why, test.want)
			}
		})
	}
}

// The AA bit of an answer about the apex shows authority, not one about a name below, or without it (RFC 1035 section 4.1.1).
func TestZoneAuthorityWithoutSOA(t *testing.T) {
	var refused []evidence.Exchange
	for _, round := range []int{0, dnsanswer.RoundAnew, dnsanswer.RoundStream} {
		x := scene.SaidBy(scene.There, "REFUSED", "SOA", "example.com")
		x.Round, x.Transport = round, map[bool]string{true: "tcp", false: "udp"}[round == dnsanswer.RoundStream]
		refused = append(refused, x)
	}
	with := func(xs []evidence.Exchange, x evidence.Exchange) []evidence.Exchange {
		return append(slices.Clone(xs), x)
	}
	ns := scene.SaidBy(scene.There, "NOERROR", "NS", "example.com", "ns1.example.com.")
	below := scene.SaidBy(scene.There, "NOERROR", "A", "www.example.com", "203.0.113.80")
	address := scene.SaidBy(scene.There, "NOERROR", "A", "example.com", "203.0.113.80")
	copied := ns
	copied.AA = false
	denied := slices.Clone(refused)
	for i := range denied {
		denied[i].RCode, denied[i].Authority = "NXDOMAIN", []string{". 300 IN SOA a.root.example. h. 1 7200 900 1209600 300"}
	}
	for name, test := range map[string]struct {
		xs   []evidence.Exchange
		want string
	}{
		"nothing else":                      {refused, "no"},
		"its NS records":                    {with(refused, ns), "yes"},
		"an address of the apex":            {with(refused, address), "yes"},
		"NS records without authority":      {with(refused, copied), "no"},
		"a name below":                      {with(refused, below), "no"},
		"another zone, and an address":      {with(denied, address), "no"},
		"two refusals, and no other record": {refused[:2], ""},
	} {
		b := scene.Led("domain", nil, []evidence.Host{}, test.xs...)
		f, _ := factsOf(b).Get(facts.DNSNSAuthoritative, facts.Subject{Kind: facts.Server, Name: "example.com", At: "ns1.example.com [192.0.2.53]"})
		if f.Value.String() != test.want {
			t.Errorf("%s: %q (%s), want %q", name, f.Value, f.Why.Detail, test.want)
		}
	}
}
