package reading

import (
	"testing"

	"mxverdict/verify/evidence"
)

// What came over the wire for another zone, without authority or as a cut message is no list of the parent or the zone.
func TestWhatIsNoList(t *testing.T) {
	good := evidence.Exchange{Role: evidence.Authoritative, Server: "192.0.2.11:53", Name: "example.com", Type: "NS", RCode: "NOERROR",
		Authority: []string{"example.com. 300 IN NS ns1.example.com."}}
	server := evidence.Server{Address: "192.0.2.11"}
	for name, change := range map[string]func(*evidence.Exchange){
		"other zone":   func(x *evidence.Exchange) { x.Authority = []string{"com. 300 IN NS ns1.example.com."} },
		"with SOA":     func(x *evidence.Exchange) { x.Authority = append(x.Authority, "com. 300 IN SOA a. b. 1 2 3 4 5") },
		"cut":          func(x *evidence.Exchange) { x.TC = true },
		"NXDOMAIN":     func(x *evidence.Exchange) { x.RCode = "NXDOMAIN" },
		"no authority": func(x *evidence.Exchange) { x.Answer, x.Authority = x.Authority, nil },
		"resolver":     func(x *evidence.Exchange) { x.Role = evidence.Resolver },
		"other server": func(x *evidence.Exchange) { x.Server = "192.0.2.12:53" },
		"later":        func(x *evidence.Exchange) { x.Round = 1 },
	} {
		x := good
		x.Authority = append([]string{}, good.Authority...)
		change(&x)
		r := &Reading{Bundle: &evidence.Bundle{Exchanges: []evidence.Exchange{x}}}
		if said, ok := r.Parent(server, "example.com"); ok {
			t.Errorf("%s: taken for a delegation: %v", name, said.Names)
		}
	}
	r := &Reading{Bundle: &evidence.Bundle{Exchanges: []evidence.Exchange{good}}}
	if _, ok := r.Parent(server, "example.com"); !ok {
		t.Error("a referral is not taken")
	}
}

// A server of the zone above that has the zone itself as well answers instead of referring (RFC 1034 section 4.3.2). Only an answer to the
// question for the list, whole and with authority, is one.
func TestWhatIsNoListOfTheChild(t *testing.T) {
	for name, change := range map[string]func(*evidence.Exchange){
		"":               func(*evidence.Exchange) {},
		"other question": func(x *evidence.Exchange) { x.Type = "SOA" },
		"no authority":   func(x *evidence.Exchange) { x.AA = false },
		"cut":            func(x *evidence.Exchange) { x.TC = true },
		"broke off":      func(x *evidence.Exchange) { x.Failure = &evidence.Failure{Kind: evidence.EOF} },
		"NXDOMAIN":       func(x *evidence.Exchange) { x.RCode = "NXDOMAIN" },
		"other name":     func(x *evidence.Exchange) { x.Name = "www.example.com" },
		"other zone":     func(x *evidence.Exchange) { x.Answer = []string{"com. 300 IN NS ns1.example.com."} },
	} {
		x := saidAt("192.0.2.11", "example.com", "NS", "example.com. 300 IN NS ns1.example.com.")
		change(&x)
		said, ok := (&Reading{Bundle: &evidence.Bundle{Exchanges: []evidence.Exchange{x}}}).Parent(evidence.Server{Address: "192.0.2.11"}, "example.com")
		if ok != (name == "") || ok && !said.Hosts {
			t.Errorf("%q: %v, of a server that has the zone: %v", name, said.Names, said.Hosts)
		}
	}
}
