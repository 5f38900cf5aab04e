package zone

import (
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// What a server does for strangers: only the name's own zone above, told without authority, proves recursion; only a plain no
// disproves it. A transfer is open once a record beyond the SOA record came, and closed only by a refusal or two closed
// connections.
func TestWhatStrangersGet(t *testing.T) {
	at := evidence.Server{Name: "ns1.example.com", Address: "192.0.2.53"}
	const soaOfCom = "com. 300 IN SOA a.com. h.com. 1 7200 900 1209600 300"
	const soa = "example.com. 300 IN SOA ns1.example.com. h.example.com. 1 7200 900 1209600 300"
	foreign := func(rcode string, aa, ra bool, authority ...string) []evidence.Exchange {
		return []evidence.Exchange{{Role: evidence.Foreign, Server: "192.0.2.53:53", Name: "x.com", Type: "A", RCode: rcode, AA: aa, RA: ra, Authority: authority}}
	}
	transfer := func(rcode string, records ...string) []evidence.Exchange {
		return []evidence.Exchange{{Role: evidence.Authoritative, Server: "192.0.2.53:53", Transport: "tcp", Name: "example.com", Type: "AXFR",
			RCode: rcode, AA: true, Answer: records, Transferred: len(records)}}
	}
	heard := evidence.Exchange{Role: evidence.Authoritative, Server: "192.0.2.53:53", Transport: "tcp", Name: "example.com", Type: "NS", RCode: "NOERROR", AA: true}
	closed := transfer("")
	closed[0].Failure = &evidence.Failure{Kind: evidence.EOF}
	const yes, no, unknown = "yes", "no", ""
	for _, test := range []struct {
		name string
		fact facts.Name
		xs   []evidence.Exchange
		want string
	}{
		{"found out", facts.DNSRecursionForeign, foreign("NXDOMAIN", false, true, soaOfCom), yes},
		{"its own zone", facts.DNSRecursionForeign, foreign("NXDOMAIN", true, true, soaOfCom), unknown},
		{"no recursion offered", facts.DNSRecursionForeign, foreign("NXDOMAIN", false, false, soaOfCom), unknown},
		{"refused", facts.DNSRecursionForeign, foreign("REFUSED", false, false), no},
		{"in trouble", facts.DNSRecursionForeign, foreign("SERVFAIL", false, true), unknown},

		{"two records", facts.DNSTransferOpen, transfer("NOERROR", soa, "example.com. 300 IN NS ns1.example.com."), yes},
		{"the SOA record only", facts.DNSTransferOpen, transfer("NOERROR", soa), unknown},
		{"refused", facts.DNSTransferOpen, transfer("REFUSED"), no},
		{"in trouble", facts.DNSTransferOpen, transfer("SERVFAIL"), unknown},
		{"closed once", facts.DNSTransferOpen, closed, unknown},
		{"closed twice", facts.DNSTransferOpen, append(closed, closed...), no},
	} {
		b := evidence.Bundle{
			Targets: []evidence.Target{{Name: "example.com", Kind: "domain", Zone: "example.com", Servers: []evidence.Server{at},
				Delegation: &evidence.Delegation{By: evidence.ByWalk, Path: []evidence.Cut{{Zone: "."}, {Zone: "com"}, {Zone: "example.com", Servers: []evidence.Server{at}}}}}},
			Exchanges: append([]evidence.Exchange{heard}, test.xs...),
		}
		f, _ := factsOf(&b).Get(test.fact, facts.Subject{Kind: facts.Server, Name: "example.com", At: at.Name + " [" + at.Address + "]"})
		if f.Known() != (test.want != unknown) || f.Known() && f.Value.String() != test.want {
			t.Errorf("%s, %s: %s (%v), want %q", test.fact, test.name, f.Value, f.Why, test.want)
		}
	}
}
