package derive

import (
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/zone"
)

// Lists of name servers are compared as sets of names: letter case, final dot, order, repetition and escapes that are not
// needed make no difference; an escaped dot and a dot do.
func TestListsAreComparedAsSets(t *testing.T) {
	tests := []struct {
		name          string
		parent, child []string
		differs       bool
	}{
		{"equal", []string{"ns1.example.com."}, []string{"ns1.example.com."}, false},
		{"case", []string{"NS1.Example.COM."}, []string{"ns1.example.com."}, false},
		{"final dot", []string{"ns1.example.com."}, []string{"ns1.example.com"}, false},
		{"order", []string{"ns1.example.com.", "ns2.example.com."}, []string{"ns2.example.com.", "ns1.example.com."}, false},
		{"repetition", []string{"ns1.example.com.", "ns1.example.com."}, []string{"ns1.example.com."}, false},
		{"needless escape", []string{`n\1151.example.com.`}, []string{"ns1.example.com."}, false},
		{"escaped letter case", []string{`n\0831.example.com.`}, []string{"ns1.example.com."}, false},
		{"same escape", []string{`n\.s1.example.com.`}, []string{`n\.s1.example.com.`}, false},
		{"escape by number", []string{`n\046s1.example.com.`}, []string{`n\.s1.example.com.`}, false},
		{"escaped dot is no dot", []string{`n\.s1.example.com.`}, []string{"n.s1.example.com."}, true},
		{"escaped dot at the end", []string{`ns1\.`}, []string{"ns1."}, true},
		{"beyond ASCII", []string{`\195\164.example.com.`}, []string{`\195\132.example.com.`}, true},
		{"another name", []string{"ns1.example.com."}, []string{"ns3.example.com."}, true},
		{"one more", []string{"ns1.example.com."}, []string{"ns1.example.com.", "ns2.example.com."}, true},
		{"the root", []string{"."}, []string{"ns1.example.com."}, true},
	}
	records := func(names []string) (rrs []string) {
		for _, n := range names {
			rrs = append(rrs, "example.com. 300 IN NS "+n)
		}
		return rrs
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			parent := evidence.Server{Name: "a.tld.example", Address: "192.0.2.11"}
			child := evidence.Server{Name: "ns1.example.com", Address: "192.0.2.53"}
			at := func(s evidence.Server, rrtype string, aa bool, answer, authority []string) evidence.Exchange {
				return evidence.Exchange{At: time.Unix(1, 0), Role: evidence.Authoritative, ServerName: s.Name, Server: s.Address + ":53",
					Transport: "udp", Name: "example.com", Type: rrtype, RCode: "NOERROR", AA: aa, Answer: answer, Authority: authority}
			}
			b := evidence.Bundle{
				Targets: []evidence.Target{{Name: "example.com", Kind: "domain", Zone: "example.com", Servers: []evidence.Server{child},
					Delegation: &evidence.Delegation{By: evidence.ByWalk, Path: []evidence.Cut{{Zone: "."},
						{Zone: "example.com", Asked: []evidence.Server{parent}, Servers: []evidence.Server{child}}}}}},
				Exchanges: []evidence.Exchange{at(parent, "NS", false, nil, records(test.parent)),
					at(child, "NS", true, records(test.child), nil)},
			}
			f, _ := Facts(&b).Get(facts.DNSDelegationDiffers, facts.Subject{Kind: facts.Zone, Name: "example.com"})
			if !f.Known() || f.Value.Bool() != test.differs {
				t.Errorf("differs: %v (%v), want %v", f.Value, f.Why, test.differs)
			}
		})
	}
}

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
		d := &derivation{Reading: &reading.Reading{Bundle: &evidence.Bundle{Exchanges: []evidence.Exchange{x}}}}
		if said, ok := d.Parent(server, "example.com"); ok {
			t.Errorf("%s: taken for a delegation: %v", name, said.Names)
		}
	}
	d := &derivation{Reading: &reading.Reading{Bundle: &evidence.Bundle{Exchanges: []evidence.Exchange{good}}}}
	if _, ok := d.Parent(server, "example.com"); !ok {
		t.Error("a referral is not taken")
	}
}

// Where one server of the parent zone refers, the list of another that serves the zone itself is the zone's own.
func TestReferralsOutweighTheZonesOwnList(t *testing.T) {
	refers, hosts := evidence.Server{Address: "192.0.2.11"}, evidence.Server{Address: "192.0.2.12"}
	x := evidence.Exchange{Role: evidence.Authoritative, Server: "192.0.2.11:53", Name: "example.com", Type: "NS", RCode: "NOERROR",
		Authority: []string{"example.com. 300 IN NS ns1.example.com."}}
	y := x
	y.Server, y.AA, y.Authority, y.Answer = "192.0.2.12:53", true, nil, []string{"example.com. 300 IN NS ns2.example.com."}
	d := &derivation{Reading: &reading.Reading{Bundle: &evidence.Bundle{Exchanges: []evidence.Exchange{y, x}}}}
	target := func(asked ...evidence.Server) *evidence.Target {
		return &evidence.Target{Zone: "example.com", Delegation: &evidence.Delegation{By: evidence.ByWalk,
			Path: []evidence.Cut{{Zone: "."}, {Zone: "example.com", Asked: asked}}}}
	}
	for _, test := range []struct {
		asked []evidence.Server
		want  string
	}{{[]evidence.Server{hosts, refers}, "ns1.example.com"}, {[]evidence.Server{hosts}, "ns2.example.com"}} {
		if names, why := zone.Over(d.Reading).ParentNames(target(test.asked...)); len(names) != 1 || names[0] != test.want {
			t.Errorf("%v: %v (%v), want %s", test.asked, names, why, test.want)
		}
	}
}
