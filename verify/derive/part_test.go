package derive

import (
	"slices"
	"testing"

	"mxverdict/verify/evidence"
)

// A part holds what its facts are derived from: the path, the target of an alias, and servers without an address.
func TestPart(t *testing.T) {
	root, tld := evidence.Server{Name: "a.root", Address: "192.0.2.1"}, evidence.Server{Name: "a.tld", Address: "2001:db8::11"}
	direct := func(server, name, rrtype string) evidence.Exchange {
		return evidence.Exchange{Role: evidence.Authoritative, Server: server, Name: name, Type: rrtype, RCode: "NOERROR"}
	}
	referred := direct("192.0.2.1:53", "first.com", "NS") // asked for another target
	referred.Authority = []string{"com. 300 IN NS a.tld."}
	own := direct("192.0.2.53:53", "example.com", "NS")
	own.Answer = []string{"example.com. 300 IN NS nowhere.example.net."}
	reverse := direct("192.0.2.53:53", "25.113.0.203.in-addr.arpa", "PTR")
	reverse.Answer = []string{"25.113.0.203.in-addr.arpa. 300 IN CNAME 25.Example.org."}
	kept := []evidence.Exchange{referred, own, reverse, direct("[2001:db8::11]:53", "example.com", "NS"),
		direct("192.0.2.99:53", "nowhere.example.net", "A"), direct("192.0.2.99:53", "25.example.org", "PTR")}
	elsewhere := direct("192.0.2.1:53", "first.net", "NS")
	elsewhere.Authority = []string{"net. 300 IN NS a.tld."}
	others := []evidence.Exchange{elsewhere, direct("192.0.2.53:53", "first.com", "SOA")}
	b := evidence.Bundle{
		Targets: []evidence.Target{{Name: "first.com"}, {Name: "example.com", Zone: "example.com",
			Hosts: []evidence.Host{{Name: "mail.example.com", Addresses: []string{"203.0.113.25"}}},
			Delegation: &evidence.Delegation{By: evidence.ByWalk, Path: []evidence.Cut{{Zone: "."},
				{Zone: "com", Asked: []evidence.Server{root}, Names: []string{"a.tld"}, Servers: []evidence.Server{tld}},
				{Zone: "example.com", Asked: []evidence.Server{tld}}}}}},
		Exchanges: slices.Concat(others, kept),
	}
	part := Part(b, []string{"example.com"})
	if len(part.Targets) != 1 || len(part.Exchanges) != len(kept) {
		t.Fatalf("%d targets, exchanges %+v", len(part.Targets), part.Exchanges)
	}
	for i, x := range part.Exchanges {
		if x.Name != kept[i].Name || x.Server != kept[i].Server {
			t.Errorf("exchange %d is %s of %s, want %s of %s", i, x.Name, x.Server, kept[i].Name, kept[i].Server)
		}
	}
}
