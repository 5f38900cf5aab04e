package zone

import (
	"slices"
	"strings"
	"testing"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// The way from the root to a zone, and what each server on it said.
func TestWayFromTheRoot(t *testing.T) {
	root := evidence.Server{Name: "a.root.example", Address: "192.0.2.1"}
	third := evidence.Server{Name: "ns3.example.com", Address: "192.0.2.53"}
	fourth := evidence.Server{Name: "ns4.example.com", Address: "192.0.2.54"}
	z := scene.ZoneWith(scene.OwnA, scene.OwnB, third, fourth).RefersTo(root, "com", []string{"a.gtld.example"}, "a.gtld.example A 192.0.2.11", "other.example A 192.0.2.99").
		Says(scene.ParentA, "com", "SOA", []string{"a. b. 1 2 3 4 5"}, scene.OverTCP).
		Refers(scene.ParentA, scene.Both, glueA, "ns1.example.com AAAA 2001:db8::1", glueB).
		Says(scene.ParentB, "example.com", "NS", nil, scene.Silent).
		Serves(scene.OwnA, scene.Both...).Dead(scene.OwnB).Lame(third).Says(fourth, "example.com", "SOA", nil, scene.Silent)
	tree, ok := factsOf(&z.Bundle).Delegation("example.com")
	if !ok || tree.By != evidence.ByWalk || len(tree.Zones) != 3 {
		t.Fatalf("%+v", tree)
	}
	said := func(s facts.DelegationServer) string {
		return strings.Join([]string{s.Name, string(s.Says), strings.Join(s.Names, ","), strings.Join(s.Glue, ",")}, " / ")
	}
	want := map[string][]string{
		".": {"a.root.example / refers / a.gtld.example / a.gtld.example 192.0.2.11"},
		"com": {"a.gtld.example / refers / ns1.example.com,ns2.example.com / ns1.example.com 198.51.100.1,ns1.example.com 2001:db8::1,ns2.example.com 203.0.113.1",
			"b.gtld.example / other /  / "},
		"example.com": {"ns1.example.com / serves / ns1.example.com,ns2.example.com / ", "ns2.example.com / silent /  / ", "ns3.example.com / lame /  / ", "ns4.example.com / other /  / "},
	}
	for _, zone := range tree.Zones {
		var got []string
		for _, s := range zone.Servers {
			got = append(got, said(s))
			if answered := s.Says == facts.SaysRefers || s.Says == facts.SaysServes || s.Says == facts.SaysLame; answered != (s.RTT > 0) {
				t.Errorf("%s %s after %v s", s.Name, s.Says, s.RTT)
			}
			if explained := s.Says == facts.SaysOther || s.Says == facts.SaysLame; explained != (s.Detail != "") {
				t.Errorf("%s %s: %q", s.Name, s.Says, s.Detail)
			}
		}
		if !slices.Equal(got, want[zone.Zone]) {
			t.Errorf("%s: %q, want %q", zone.Zone, got, want[zone.Zone])
		}
	}
	if s := tree.Zones[1].Servers[1]; !strings.Contains(s.Detail, "no answer") {
		t.Errorf("the silent server of the parent zone: %q", s.Detail)
	}
	if s := tree.Zones[2].Servers[2]; s.Detail != "answers REFUSED" {
		t.Errorf("the lame server: %q", s.Detail)
	}
}

// A server of the zone above that serves the zone itself answers with the zone's own list.
func TestServerOfBothZones(t *testing.T) {
	z := scene.ZoneWith(scene.OwnA).Says(scene.ParentA, "example.com", "NS", []string{"ns1.example.com."}).RefersTo(scene.ParentB, "example.net", []string{"ns1.example.net"})
	tree, _ := factsOf(&z.Bundle).Delegation("example.com")
	if s := tree.Zones[1].Servers[0]; s.Says != facts.SaysServes || !slices.Equal(s.Names, []string{"ns1.example.com"}) {
		t.Errorf("%+v", s)
	}
	if s := tree.Zones[1].Servers[1]; s.Says != facts.SaysOther || !strings.Contains(s.Detail, "no delegation of example.com") {
		t.Errorf("%+v", s)
	}
}

// One that denies the SOA record and has others of the zone is no lame one.
func TestServerWithoutSOA(t *testing.T) {
	none := func(x *evidence.Exchange) { x.Authority = nil }
	z := scene.ZoneWith(scene.OwnA).Refers(scene.ParentA, scene.Both)
	z.Says(scene.OwnA, "example.com", "SOA", nil, none).Says(scene.OwnA, "example.com", "SOA", nil, none, scene.InRound(dnsanswer.RoundAnew)).
		Says(scene.OwnA, "example.com", "SOA", nil, none, scene.InRound(dnsanswer.RoundStream), scene.OverTCP)
	z.Says(scene.OwnA, "example.com", "MX", []string{"10 mail.example.com."})
	tree, _ := factsOf(&z.Bundle).Delegation("example.com")
	if s := tree.Zones[2].Servers[0]; s.Says != facts.SaysOther || !strings.Contains(s.Detail, "no SOA record") {
		t.Errorf("%+v", s)
	}
}
