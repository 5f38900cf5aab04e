package derive

import (
	"slices"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/names"
)

// said is an authoritative answer for example.com, of the one server that there is.
func said(role evidence.Role, name, rrtype, rcode string, records ...string) evidence.Exchange {
	server := "192.0.2.53:53"
	if role == evidence.Resolver {
		server = "203.0.113.1:53"
	}
	return evidence.Exchange{Role: role, Server: server, Name: name, Type: rrtype, RCode: rcode, AA: role == evidence.Authoritative, Answer: records}
}

// derived derives the facts of example.com from exchanges.
func derived(exchanges ...evidence.Exchange) func(facts.Name) facts.Fact {
	set := Facts(&evidence.Bundle{
		Vantage: evidence.Vantage{Resolver: "203.0.113.1:53"}, Exchanges: exchanges,
		Targets: []evidence.Target{{
			Name: "example.com", Zone: "example.com", Servers: []evidence.Server{{Name: "ns1.example.com", Address: "192.0.2.53"}},
			Delegation: &evidence.Delegation{By: evidence.ByWalk, Path: []evidence.Cut{{Zone: "."}, {Zone: "example.com"}}},
		}},
	})
	return func(name facts.Name) facts.Fact {
		f, _ := set.Get(name, facts.Subject{Kind: facts.Target, Name: "example.com"})
		return f
	}
}

// Some servers tell of nothing but the alias, even at the apex, where a zone has other data by its nature.
func TestAliasIsAllThatAServerTells(t *testing.T) {
	var exchanges []evidence.Exchange
	for _, rrtype := range names.RecordTypes {
		exchanges = append(exchanges, said(evidence.Authoritative, "example.com", rrtype, "NOERROR", "example.com. 300 IN CNAME example.net."))
	}
	fact := derived(exchanges...)
	if f := fact(facts.DNSCNAMEConflict); !f.Value.Bool() || !slices.Equal(fact(facts.DNSCNAMEBeside).Value.List(), []string{"NS", "SOA"}) {
		t.Errorf("conflict %+v beside %v", f, fact(facts.DNSCNAMEBeside).Value)
	}
}

// The resolver agrees with one of the servers, or has other data than all; where it gave none, nobody knows.
func TestResolverAsWitness(t *testing.T) {
	mx := "example.com. 300 IN MX 10 mail.example.com."
	tests := []struct {
		name, here string
		rcode      string
		agrees     string
	}{
		{"same", "EXAMPLE.com. 17 IN MX 10 Mail.example.com.", "NOERROR", "yes"},
		{"other preference", "example.com. 300 IN MX 20 mail.example.com.", "NOERROR", "no"},
		{"other host", "example.com. 300 IN MX 10 old.example.com.", "NOERROR", "no"},
		{"none", "", "NOERROR", "no"},
		{"no such name", "", "NXDOMAIN", "no"},
		{"trouble", "", "SERVFAIL", ""},
	}
	for _, test := range tests {
		x := said(evidence.Resolver, "example.com", "MX", test.rcode)
		if test.here != "" {
			x.Answer = []string{test.here}
		}
		fact := derived(said(evidence.Authoritative, "example.com", "MX", "NOERROR", mx), x)
		if got := fact(facts.DNSResolverAgrees).Value.String(); got != test.agrees {
			t.Errorf("%s: %q, want %q", test.name, got, test.agrees)
		}
	}
	addresses := func(here string) string {
		return derived(said(evidence.Authoritative, "example.com", "A", "NOERROR", "example.com. 300 IN A 203.0.113.25", "example.com. 300 IN A 203.0.113.26"),
			said(evidence.Resolver, "example.com", "A", "NOERROR", "example.com. 300 IN A "+here))(facts.DNSResolverAgrees).Value.String()
	}
	if addresses("203.0.113.26") != "yes" || addresses("203.0.113.27") != "no" {
		t.Error("addresses agree where one is the same")
	}
}

func TestReadsAsAddress(t *testing.T) {
	for name, want := range map[string]bool{
		"192.0.2.1": true, "192.0.2.1.example.com": true, "[192.0.2.1]": true, "2001:db8::1": true,
		"mail.example.com": false, "192.0.2.example.com": false, "1.192.0.2.1.example.com": false, "a192.0.2.1": false, "": false,
	} {
		if got := names.ReadsAsAddress(name, "example.com"); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
