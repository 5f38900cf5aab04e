package reading_test

import (
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/reading"
)

// A network lets TCP out to port 53 if any authoritative server of the same family answered over it.
func TestHeardOverTCP(t *testing.T) {
	six := evidence.Server{Name: "ns6.example.com", Address: "2001:db8::53"}
	resolver := func(x *evidence.Exchange) { x.Role = evidence.Resolver }
	soa := []string{"a. b. 1 2 3 4 5"}
	for name, test := range map[string]struct {
		scene    *scene.Zone
		four, v6 bool
	}{
		"over IPv4":      {scene.ZoneWith().Says(scene.OwnA, "example.com", "SOA", soa, scene.OverTCP), true, false},
		"over IPv6":      {scene.ZoneWith().Says(six, "example.com", "SOA", soa, scene.OverTCP), false, true},
		"over UDP":       {scene.ZoneWith().Says(scene.OwnA, "example.com", "SOA", soa), false, false},
		"silence":        {scene.ZoneWith().Says(scene.OwnA, "example.com", "SOA", nil, scene.Silent, scene.OverTCP), false, false},
		"the resolver":   {scene.ZoneWith().Says(scene.OwnA, "example.com", "SOA", soa, scene.OverTCP, resolver), false, false},
		"whatever it is": {scene.ZoneWith().Says(scene.OwnA, "example.net", "A", nil, scene.OverTCP, func(x *evidence.Exchange) { x.RCode = "REFUSED" }), true, false},
	} {
		r := &reading.Reading{Bundle: &test.scene.Bundle}
		if r.HeardOverTCP("192.0.2.99") != test.four || r.HeardOverTCP("2001:db8::99") != test.v6 || r.HeardOverTCP("no address") {
			t.Errorf("%s: IPv4 %v, IPv6 %v, want %v, %v", name, r.HeardOverTCP("192.0.2.99"), r.HeardOverTCP("2001:db8::99"), test.four, test.v6)
		}
	}
}

// That this machine has no route to a server is believed until anything else came of a question to it.
func TestNoRouteToAServer(t *testing.T) {
	noRoute := func(x *evidence.Exchange) { scene.Silent(x); x.Failure.Kind = evidence.NoRoute }
	try := func(z *scene.Zone, change ...func(*evidence.Exchange)) *scene.Zone {
		return z.Says(scene.OwnA, "example.com", "SOA", nil, change...)
	}
	for name, test := range map[string]struct {
		scene *scene.Zone
		want  bool
	}{
		"not asked":           {scene.ZoneWith(scene.OwnA), false},
		"no route":            {try(try(scene.ZoneWith(scene.OwnA), noRoute), noRoute), true},
		"silence":             {try(scene.ZoneWith(scene.OwnA), scene.Silent), false},
		"no route, then one":  {try(try(scene.ZoneWith(scene.OwnA), noRoute), scene.Silent), false},
		"a route, then none":  {try(try(scene.ZoneWith(scene.OwnA)), noRoute), false},
		"none to another one": {scene.ZoneWith(scene.OwnA).Says(scene.OwnB, "example.com", "SOA", nil, noRoute), false},
	} {
		if got := (&reading.Reading{Bundle: &test.scene.Bundle}).Routeless(scene.OwnA.Address); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
