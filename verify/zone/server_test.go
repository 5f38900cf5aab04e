package zone

import (
	"fmt"
	"slices"
	"testing"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/reading"
)

// What a run asks on depends on what was seen so far.
func TestWhatIsAskedOfAServerOn(t *testing.T) {
	none := func(x *evidence.Exchange) { x.Authority = nil }
	noRoute := func(x *evidence.Exchange) {
		scene.Silent(x)
		x.Failure.Kind = evidence.NoRoute
	}
	tests := []struct {
		name                             string
		scene                            *scene.Zone
		answered, serves, lacks, noRoute bool
	}{
		{"nothing asked", scene.ZoneWith(scene.OwnA), false, false, false, false},
		{"serves", scene.ZoneWith(scene.OwnA).Serves(scene.OwnA, scene.Both...), true, true, false, false},
		{"silent", scene.ZoneWith(scene.OwnA).Dead(scene.OwnA), false, false, true, false},
		{"refuses", scene.ZoneWith(scene.OwnA).Lame(scene.OwnA), true, false, true, false},
		{"serves at a later try", scene.ZoneWith(scene.OwnA).Says(scene.OwnA, "example.com", "SOA", nil, scene.Silent).Says(scene.OwnA, "example.com", "SOA",
			[]string{"a. b. 1 2 3 4 5"}, scene.InRound(dnsanswer.RoundAnew)), true, true, false, false},
		{"denies the SOA record", scene.ZoneWith(scene.OwnA).Says(scene.OwnA, "example.com", "SOA", nil, none), true, false, true, false},
		{"denies it once and is silent once", scene.ZoneWith(scene.OwnA).Says(scene.OwnA, "example.com", "SOA", nil, none).Says(scene.OwnA, "example.com", "SOA", nil, scene.Silent, scene.InRound(dnsanswer.RoundAnew)),
			true, false, false, false},
		{"denies it in the name of the zone above", scene.ZoneWith(scene.OwnA).Says(scene.OwnA, "example.com", "SOA", nil), true, false, false, false},
		{"no way there", scene.ZoneWith(scene.OwnA).Says(scene.OwnA, "example.com", "SOA", nil, noRoute), false, false, true, true},
		{"no way there once", scene.ZoneWith(scene.OwnA).Says(scene.OwnA, "example.com", "SOA", nil, noRoute).Says(scene.OwnA, "example.com", "SOA", nil, scene.Silent), false, false, true, false},
		{"another server", scene.ZoneWith(scene.OwnA).Serves(scene.OwnB, scene.Both...), false, false, false, false},
		{"another zone", scene.ZoneWith(scene.OwnA).Says(scene.OwnA, "example.net", "SOA", []string{"a. b. 1 2 3 4 5"}), false, false, false, false},
	}
	for _, test := range tests {
		r, target := &reading.Reading{Bundle: &evidence.Bundle{Exchanges: test.scene.Exchanges}}, &test.scene.Targets[0]
		got := []bool{r.Answered(target, scene.OwnA), r.Serves(target, scene.OwnA), lacksSOA(r, target, scene.OwnA), r.NoRoute(target, scene.OwnA)}
		if want := []bool{test.answered, test.serves, test.lacks, test.noRoute}; !slices.Equal(got, want) {
			t.Errorf("%s: answered, serves, lacks SOA, no route are %v, want %v", test.name, got, want)
		}
	}
}

// Time to settle is spent where it can show more.
func TestWhereTimeCanShowMore(t *testing.T) {
	copies := func(first, second string, types map[string][2]string, server evidence.Server) *scene.Zone {
		z := scene.ZoneWith(scene.OwnA, server)
		for i, s := range []evidence.Server{scene.OwnA, server} {
			serial := []string{first, second}[i]
			z.Says(s, "example.com", "SOA", []string{fmt.Sprintf("%s. h.example.com. %s 7200 900 1209600 300", s.Name, serial)})
			for _, rrtype := range apexTypes {
				var records []string
				if data := types[rrtype][i]; data != "" {
					records = []string{data}
				}
				z.Says(s, "example.com", rrtype, records)
			}
		}
		return z
	}
	other := evidence.Server{Name: "ns1.provider.net", Address: "203.0.113.9"}
	for name, test := range map[string]struct {
		scene *scene.Zone
		want  bool
	}{
		"serials only":                           {copies("2", "1", nil, scene.OwnB), true},
		"records":                                {copies("2", "1", map[string][2]string{"MX": {"10 a.", "10 b."}}, scene.OwnB), false},
		"addresses":                              {copies("2", "1", map[string][2]string{"A": {"192.0.2.1", "192.0.2.2"}}, scene.OwnB), true},
		"IPv6 addresses":                         {copies("2", "1", map[string][2]string{"AAAA": {"2001:db8::1", "2001:db8::2"}}, scene.OwnB), true},
		"addresses and TXT":                      {copies("2", "1", map[string][2]string{"A": {"192.0.2.1", "192.0.2.2"}, "TXT": {"x", "y"}}, scene.OwnB), false},
		"two providers that count by themselves": {copies("2", "1", nil, other), false},
	} {
		if got := worthSettling(&reading.Reading{Bundle: &evidence.Bundle{Exchanges: test.scene.Exchanges}}, &test.scene.Targets[0]); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
