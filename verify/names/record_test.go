package names

import (
	"slices"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// derived derives the facts of example.com from exchanges.
func derived(exchanges ...evidence.Exchange) func(facts.Name) facts.Fact {
	set := factsOf(&evidence.Bundle{
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
	for _, rrtype := range recordTypes {
		exchanges = append(exchanges, scene.Said(evidence.Authoritative, "example.com", rrtype, "NOERROR", "example.com. 300 IN CNAME example.net."))
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
		x := scene.Said(evidence.Resolver, "example.com", "MX", test.rcode)
		if test.here != "" {
			x.Answer = []string{test.here}
		}
		fact := derived(scene.Said(evidence.Authoritative, "example.com", "MX", "NOERROR", mx), x)
		if got := fact(facts.DNSResolverAgrees).Value.String(); got != test.agrees {
			t.Errorf("%s: %q, want %q", test.name, got, test.agrees)
		}
	}
	addresses := func(here string) string {
		return derived(scene.Said(evidence.Authoritative, "example.com", "A", "NOERROR", "example.com. 300 IN A 203.0.113.25", "example.com. 300 IN A 203.0.113.26"),
			scene.Said(evidence.Resolver, "example.com", "A", "NOERROR", "example.com. 300 IN A "+here))(facts.DNSResolverAgrees).Value.String()
	}
	if addresses("203.0.113.26") != "yes" || addresses("203.0.113.27") != "no" {
		t.Error("addresses agree where one is the same")
	}
	// The user's own mail goes by the addresses of the mail hosts.
	ofHost := func(here string) facts.Fact {
		const mail = "mail.example.com"
		return derived(scene.Said(evidence.Authoritative, "example.com", "MX", "NOERROR", mx), scene.Said(evidence.Resolver, "example.com", "MX", "NOERROR", mx),
			scene.SaidBy(scene.There, "NOERROR", "A", mail, "203.0.113.25"), scene.SaidBy(scene.Here, "NOERROR", "A", mail, here))(facts.DNSResolverAgrees)
	}
	if same, other := ofHost("203.0.113.25"), ofHost("192.0.2.80"); same.Value.String() != "yes" || other.Value.String() != "no" {
		t.Errorf("the same address of the mail host: %q, another one: %q", same.Value, other.Value)
	}
}

func TestReadsAsAddress(t *testing.T) {
	for name, want := range map[string]bool{
		"192.0.2.1": true, "192.0.2.1.example.com": true, "[192.0.2.1]": true, "2001:db8::1": true,
		"mail.example.com": false, "192.0.2.example.com": false, "1.192.0.2.1.example.com": false, "a192.0.2.1": false, "": false,
	} {
		if got := readsAsAddress(name, "example.com"); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

// What a name lacks all servers of the zone have to say; what it has one server may.
func TestRecordsThatANameLacks(t *testing.T) {
	records := func(n int, change map[string]evidence.Exchange) (xs []evidence.Exchange) {
		for _, rrtype := range recordTypes {
			x, special := change[rrtype]
			if !special {
				x = scene.SaidBy(scene.There, "NOERROR", rrtype, "www.example.com")
			}
			xs = append(xs, atServer(n, x))
		}
		return xs
	}
	a := map[string]evidence.Exchange{"A": scene.SaidBy(scene.There, "NOERROR", "A", "www.example.com", "203.0.113.25")}
	failing := map[string]evidence.Exchange{"A": scene.SaidBy(scene.There, "SERVFAIL", "A", "www.example.com")}
	alias := scene.Said(scene.There, "www.example.com", "CNAME", "NOERROR", "www.example.com. 300 IN CNAME example.net.")
	aliases := map[string]evidence.Exchange{"CNAME": alias, "TXT": scene.SaidBy(scene.There, "NOERROR", "TXT", "www.example.com", "x")}
	to := func(targets ...string) map[string]evidence.Exchange {
		return map[string]evidence.Exchange{"CNAME": scene.SaidBy(scene.There, "NOERROR", "CNAME", "www.example.com", targets...)}
	}
	two := func(first, second map[string]evidence.Exchange) []evidence.Exchange {
		return append(records(1, first), records(2, second)...)
	}
	for _, test := range []struct {
		name string
		fact facts.Name
		xs   []evidence.Exchange
		want string
	}{
		{"all", facts.DNSRecordsAbsent, two(nil, nil), "A, AAAA, CNAME, MX, NS, SOA, SRV, TXT"},
		{"but one at both", facts.DNSRecordsAbsent, two(a, a), "AAAA, CNAME, MX, NS, SOA, SRV, TXT"},
		{"one server has one", facts.DNSRecordsAbsent, two(a, nil), "AAAA, CNAME, MX, NS, SOA, SRV, TXT"},
		{"one server fails", facts.DNSRecordsAbsent, two(nil, failing), ""},
		{"the other has it", facts.DNSRecordsFound, two(a, failing), "A"},
		{"nobody tells", facts.DNSRecordsFound, two(failing, failing), ""},
		{"disputed", facts.DNSRecordsDisputed, two(a, nil), "A"},
		{"not disputed", facts.DNSRecordsDisputed, two(a, a), "none"},
		{"lacked by both", facts.DNSRecordsDisputed, two(nil, nil), "none"},
		{"an alias beside a text", facts.DNSCNAMEConflict, two(aliases, aliases), "yes"},
		{"an alias alone", facts.DNSCNAMEConflict, two(map[string]evidence.Exchange{"CNAME": alias}, map[string]evidence.Exchange{"CNAME": alias}), "no"},
		{"one alias", facts.DNSCNAMESeveral, two(to("example.net."), to("example.net.")), "no"},
		{"two aliases", facts.DNSCNAMESeveral, two(to("example.net.", "example.org."), nil), "yes"},
		{"an alias twice", facts.DNSCNAMESeveral, two(to("example.net.", "EXAMPLE.net."), nil), "no"}, // one record (RFC 2181 section 5)
		{"another alias at each server", facts.DNSCNAMESeveral, two(to("example.net."), to("example.org.")), "no"},
		{"the resolver fails", facts.DNSResolverFails, append(two(a, a), scene.SaidBy(scene.Here, "SERVFAIL", "A", "www.example.com")), "yes"},
		{"all fail", facts.DNSResolverFails, append(two(failing, failing), scene.SaidBy(scene.Here, "SERVFAIL", "A", "www.example.com")), "no"},
	} {
		if f := mailFacts("www.example.com", test.xs...)(test.fact); f.Value.String() != test.want {
			t.Errorf("%s, %s: %q (%s), want %q", test.fact, test.name, f.Value, f.Why.Detail, test.want)
		}
	}
}

// That nobody told whether a name is an alias has the reason for which the question failed: one that this end cut short says nothing of
// the servers.
func TestWhyNothingIsKnownOfAnAlias(t *testing.T) {
	for kind, want := range map[evidence.FailureKind]facts.Code{evidence.Interrupted: facts.Interrupted, evidence.Timeout: facts.ServFail} {
		x := scene.Said(scene.There, "www.example.com", "CNAME", "")
		x.AA, x.Failure = false, &evidence.Failure{Kind: kind}
		srv := scene.Said(scene.There, "www.example.com", "SRV", "NOERROR")
		f := mailFacts("www.example.com", srv, x, atServer(2, x))(facts.DNSCNAMEPresent)
		if f.Known() || f.Why.Code != want {
			t.Errorf("%s: %s (%s), want %s", kind, bounded(f), f.Why.Detail, want)
		}
	}
}

// Only NXDOMAIN denies a name; one without records may have names below it (RFC 8020 section 2). One server that knows it is enough.
func TestWhetherANameExists(t *testing.T) {
	for _, test := range []struct{ first, second, want string }{
		{"NXDOMAIN", "NXDOMAIN", "no"}, {"NOERROR", "NOERROR", "yes"}, {"NXDOMAIN", "NOERROR", "yes"}, {"NOERROR", "NXDOMAIN", "yes"},
		{"NXDOMAIN", "SERVFAIL", "servfail"}, {"SERVFAIL", "NXDOMAIN", "servfail"}, {"SERVFAIL", "SERVFAIL", "servfail"},
	} {
		var xs []evidence.Exchange
		for _, rrtype := range recordTypes {
			xs = append(xs, scene.SaidBy(scene.There, test.first, rrtype, "www.example.com"), atServer(2, scene.SaidBy(scene.There, test.second, rrtype, "www.example.com")))
		}
		if got := bounded(mailFacts("www.example.com", xs...)(facts.DNSNameExists)); got != test.want {
			t.Errorf("%s and %s: %s, want %s", test.first, test.second, got, test.want)
		}
	}
}
