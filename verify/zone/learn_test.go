package zone

import (
	"fmt"
	"strings"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/reading"
)

// All servers of a zone are asked, wherever their addresses are known from; and what is learned of a name later adds none.
func TestLearn(t *testing.T) {
	names := []string{"ns1.example.com", "ns3.example.net"}
	usual := func() *world {
		w := both()
		w.walks["example.com"], w.located = delegated(names, ns1), []evidence.Server{ns1, ns3}
		return w.but(map[string]func(*evidence.Exchange){"192.0.2.1 NS example.com": has("example.com. 300 IN NS ns1.example.com.", "example.com. 300 IN NS ns3.example.net.")})
	}
	own := usual()
	own.located = []evidence.Server{ns1, ns2, ns3}
	own.but(map[string]func(*evidence.Exchange){"192.0.2.1 NS example.com": has("example.com. 300 IN NS ns1.example.com.", "example.com. 300 IN NS ns2.example.com.")})
	trouble := func(kind evidence.FailureKind, path ...evidence.Cut) *world {
		return &world{walks: map[string]evidence.Delegation{"example.com": {By: evidence.ByWalk, Path: path, Trouble: &evidence.Failure{Kind: kind}}}}
	}
	root, com := evidence.Cut{Zone: "."}, evidence.Cut{Zone: "com", Servers: []evidence.Server{ofCom}}
	none := &world{walks: map[string]evidence.Delegation{"example.com": delegated([]string{"ns1.example.com"})}}
	for name, test := range map[string]struct {
		world               *world
		zone, servers, fail string
	}{
		"one with glue, one without":         {usual(), "example.com", "ns1.example.com 192.0.2.1, ns3.example.net 192.0.2.3", ""},
		"one that only the zone names":       {own, "example.com", "ns1.example.com 192.0.2.1, ns2.example.com 192.0.2.2, ns3.example.net 192.0.2.3", ""},
		"none has an address":                {none, "example.com", "", "servfail"},
		"the name does not exist":            {trouble(evidence.NXDomain, root, com), "com", "", "nxdomain"},
		"the walk ended at a registry":       {trouble(evidence.ServFail, root, com), "", "", "servfail"},
		"the servers of the zone are silent": {trouble(evidence.ServFail, root, com, evidence.Cut{Zone: "example.com", Servers: []evidence.Server{ns1}}), "example.com", "ns1.example.com 192.0.2.1", "servfail"},
		"the walk led nowhere":               {trouble(evidence.Timeout), "", "", "timeout"},
	} {
		r := test.world.run(t, reading.Wish{Source: soa})
		for range 2 { // a second time changes nothing
			target := &r.Bundle.Targets[0]
			Learn(r, target)
			var servers []string
			for _, s := range target.Servers {
				servers = append(servers, s.Name+" "+s.Address)
			}
			fail := ""
			if target.ZoneError != nil {
				fail = string(target.ZoneError.Kind)
			}
			if got, want := fmt.Sprintf("%q [%s] %s", target.Zone, strings.Join(servers, ", "), fail), fmt.Sprintf("%q [%s] %s", test.zone, test.servers, test.fail); got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
			r.Add(test.world.answer(reading.Question{Kind: reading.At, Server: ns1, Name: "ns1.example.com", Type: "A"}))
			late := test.world.answer(reading.Question{Kind: reading.At, Server: ns1, Name: "ns1.example.com", Type: "AAAA"})
			late.Answer = []string{"ns1.example.com. 300 IN AAAA 2001:db8::1"}
			r.Add(late)
		}
	}
	barred := evidence.Target{Name: "example.com", ZoneError: &evidence.Failure{Kind: evidence.Limit}}
	r := usual().run(t, reading.Wish{Source: soa})
	if Learn(r, &barred); barred.Zone != "" || len(Questions(r, &barred, reading.Wish{Source: soa})) > 0 {
		t.Errorf("one too many for the run: %+v", barred)
	}
}
