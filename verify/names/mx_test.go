package names

import (
	"testing"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// atServer puts an answer into the mouth of a name server, ns2.example.com [198.51.100.53] for 2.
func atServer(n int, x evidence.Exchange) evidence.Exchange {
	if n == 2 {
		x.Server = "198.51.100.53:53"
	}
	return x
}

// mailFacts derives the facts about the MX records of a name in a zone with two servers.
func mailFacts(name string, exchanges ...evidence.Exchange) func(facts.Name) facts.Fact {
	servers := []evidence.Server{{Name: "ns1.example.com", Address: "192.0.2.53"}, {Name: "ns2.example.com", Address: "198.51.100.53"}}
	set := factsOf(&evidence.Bundle{Vantage: evidence.Vantage{Resolver: "203.0.113.1:53"}, Exchanges: exchanges, Targets: []evidence.Target{{
		Name: name, Zone: "example.com", Servers: servers,
		Delegation: &evidence.Delegation{By: evidence.ByWalk, Path: []evidence.Cut{{Zone: "."}, {Zone: "example.com", Servers: servers}}}}}})
	return func(fact facts.Name) facts.Fact {
		f, _ := set.Get(fact, facts.Subject{Kind: facts.Target, Name: name})
		return f
	}
}

// What no server said is no fact about mail: neither that there is no MX record, nor that mail is wanted, nor that a host is fit.
func TestFactsAboutMailTakeAnAnswer(t *testing.T) {
	const mail = "mail.example.com"
	mx := func(data ...string) evidence.Exchange {
		return scene.SaidBy(scene.There, "NOERROR", "MX", "example.com", data...)
	}
	txt := func(rcode string, data ...string) evidence.Exchange {
		return scene.SaidBy(scene.There, rcode, "TXT", "example.com", data...)
	}
	all := func(xs ...evidence.Exchange) []evidence.Exchange { return xs }
	cut := mx("10 " + mail + ".")
	cut.RCode, cut.Answer, cut.Failure = "", nil, &evidence.Failure{Kind: evidence.Limit, Detail: "the time was over"}
	twin := func(n int, x evidence.Exchange) evidence.Exchange {
		x.Round = dnsanswer.RoundTwin
		return atServer(n, x)
	}
	host := func(rcode, rrtype string, data ...string) evidence.Exchange {
		return scene.SaidBy(scene.There, rcode, rrtype, mail, data...)
	}
	empty := all(mx(), atServer(2, mx()))
	one := all(mx("10 "+mail+"."), atServer(2, mx("10 "+mail+".")))
	fine := append(one, host("NOERROR", "A", "203.0.113.25"), host("NOERROR", "AAAA"))
	soa := func(n int, serial string) evidence.Exchange {
		return atServer(n, scene.SaidBy(scene.There, "NOERROR", "SOA", "example.com", "ns1.example.com. h.example.com. "+serial+" 7200 900 1209600 300"))
	}
	for _, test := range []struct {
		name string
		fact facts.Name
		xs   []evidence.Exchange
		want string // "" for unknown; "at least 1" for a bound
	}{
		{"none", facts.MXMissing, empty, "yes"},
		{"one", facts.MXMissing, one, "no"},
		{"some say so", facts.MXMissing, all(mx(), atServer(2, mx("10 "+mail+"."))), ""},
		{"one fails", facts.MXMissing, all(mx(), atServer(2, scene.SaidBy(scene.There, "SERVFAIL", "MX", "example.com"))), ""},
		{"all fail", facts.MXMissing, all(scene.SaidBy(scene.There, "SERVFAIL", "MX", "example.com"), atServer(2, scene.SaidBy(scene.There, "SERVFAIL", "MX", "example.com"))), ""},
		{"one refuses", facts.MXMissing, all(mx(), atServer(2, scene.SaidBy(scene.There, "REFUSED", "MX", "example.com"))), "yes"},
		{"one was cut short", facts.MXMissing, all(mx(), mx(), atServer(2, mx()), cut), ""},
		{"the resolver's SERVFAIL", facts.MXMissing, append(empty, scene.SaidBy(scene.Here, "SERVFAIL", "MX", "example.com")), "yes"},
		{"only the resolver", facts.MXMissing, all(scene.SaidBy(scene.Here, "NXDOMAIN", "MX", "example.com")), ""},

		{"no SPF", facts.MXMailWanted, append(empty, txt("NOERROR")), "yes"},
		{"bare -all", facts.MXMailWanted, append(empty, txt("NOERROR", `"v=spf1 -all"`)), "no"},
		{"SERVFAIL about TXT", facts.MXMailWanted, append(empty, txt("SERVFAIL")), ""},
		{"nobody was asked about TXT", facts.MXMailWanted, empty, ""},

		{"different sets", facts.MXDiffer, all(mx("10 "+mail+"."), atServer(2, mx("20 "+mail+"."))), "yes"},
		{"the same", facts.MXDiffer, one, "no"},
		{"one fails", facts.MXDiffer, all(mx("10 "+mail+"."), atServer(2, scene.SaidBy(scene.There, "SERVFAIL", "MX", "example.com"))), ""},
		{"different sets each time", facts.MXDiffer, all(mx("10 "+mail+"."), atServer(2, mx("20 "+mail+".")), twin(1, mx("20 "+mail+"."))), ""},
		{"different sets, and the same again", facts.MXDiffer, all(mx("10 "+mail+"."), atServer(2, mx("20 "+mail+".")), twin(1, mx("10 "+mail+".")), twin(2, mx("20 "+mail+"."))), "yes"},
		{"different sets of one serial", facts.MXDifferBySerial, all(soa(1, "7"), soa(2, "7"), mx("10 "+mail+"."), atServer(2, mx("20 "+mail+"."))), "no"},
		{"different sets of two serials", facts.MXDifferBySerial, all(soa(1, "7"), soa(2, "8"), mx("10 "+mail+"."), atServer(2, mx("20 "+mail+"."))), "yes"},
		{"different sets, one serial unknown", facts.MXDifferBySerial, all(soa(1, "7"), mx("10 "+mail+"."), atServer(2, mx("20 "+mail+"."))), "no"},
		{"two here, three there", facts.MXCount, all(mx("10 "+mail+".", "20 a.example.com."), atServer(2, mx("10 "+mail+".", "20 a.example.com.", "30 b.example.com."))), "at least 2"},

		{"an address", facts.MXHasUnresolvable, fine, "no"},
		{"none", facts.MXHasUnresolvable, append(one, host("NXDOMAIN", "A"), host("NXDOMAIN", "AAAA")), "yes"},
		{"no answer", facts.MXHasUnresolvable, append(one, host("SERVFAIL", "A"), host("NOERROR", "AAAA")), ""},
		{"none at one server only", facts.MXHasUnresolvable, append(fine, atServer(2, host("NXDOMAIN", "A"))), ""},
		{"a private address", facts.MXHasPrivate, append(one, host("NOERROR", "A", "10.0.0.5"), host("NOERROR", "AAAA")), "yes"},
		{"a private address at one server", facts.MXHasPrivate, append(one, host("NOERROR", "A", "10.0.0.5"), atServer(2, host("NOERROR", "A", "203.0.113.25")), host("NOERROR", "AAAA")), ""},
		{"an alias", facts.MXHasAlias, append(one, scene.Said(scene.There, mail, "A", "NOERROR", mail+". 300 IN CNAME mx.example.net."), scene.Said(scene.There, mail, "AAAA", "NOERROR", mail+". 300 IN CNAME mx.example.net.")), "yes"},
		{"an alias at one server", facts.MXHasAlias, append(fine, atServer(2, scene.Said(scene.There, mail, "A", "NOERROR", mail+". 300 IN CNAME mx.example.net."))), ""},
		{"reachable", facts.MXReachable, fine, "1"},
		{"reachable by what is known", facts.MXReachable, append(one, host("SERVFAIL", "A"), host("NOERROR", "AAAA")), "at least 0"},

		{"private for us alone", facts.MXPrivateHere, append(fine, scene.SaidBy(scene.Here, "NOERROR", "A", mail, "10.0.0.5")), "yes"},
		{"public for us too", facts.MXPrivateHere, append(fine, scene.SaidBy(scene.Here, "NOERROR", "A", mail, "203.0.113.25")), "no"},
		{"private for us, and the zone's word is not whole", facts.MXPrivateHere, append(one, host("NOERROR", "A", "203.0.113.25"), host("SERVFAIL", "AAAA"), scene.SaidBy(scene.Here, "NOERROR", "A", mail, "10.0.0.5")), ""},

		{"no address of its own", facts.MXImplicitGreets, append(empty, scene.SaidBy(scene.There, "NOERROR", "A", "example.com"), scene.SaidBy(scene.There, "NOERROR", "AAAA", "example.com")), "no"},
		{"its address could not be looked up", facts.MXImplicitGreets, append(empty, scene.SaidBy(scene.There, "SERVFAIL", "A", "example.com"), scene.SaidBy(scene.There, "NOERROR", "AAAA", "example.com")), ""},
	} {
		f := mailFacts("example.com", test.xs...)(test.fact)
		got := f.Value.String()
		if f.AtLeast {
			got = "at least " + got
		}
		if got != test.want {
			t.Errorf("%s, %s: %q (%s), want %q", test.fact, test.name, got, f.Why.Detail, test.want)
		}
	}
}
