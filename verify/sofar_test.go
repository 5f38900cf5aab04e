package verify

import (
	"fmt"
	"slices"
	"testing"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/names"
	"mxverdict/verify/zone"
)

// What a run asks on depends on what was seen so far.
func TestWhatIsKnownOfAServerSoFar(t *testing.T) {
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
		s, target := FromExchanges(test.scene.Exchanges), &test.scene.Targets[0]
		got := []bool{s.Answered(target, scene.OwnA), s.Serves(target, scene.OwnA), s.LacksSOA(target, scene.OwnA), s.NoRoute(target, scene.OwnA)}
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
			for _, rrtype := range zone.ApexTypes {
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
		if got := FromExchanges(test.scene.Exchanges).WorthSettling(&test.scene.Targets[0]); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

// Names that are looked up are few, whatever a zone lists, and names at fault are heard from more servers.
func TestNamesWorthALook(t *testing.T) {
	var many []string
	for i := range 3 * names.MaxMailHosts {
		many = append(many, fmt.Sprintf("10 m%02d.example.com.", i))
	}
	z := scene.ZoneWith(scene.OwnA).Says(scene.OwnA, "example.com", "MX", many)
	if got := FromExchanges(z.Exchanges).MailHosts("example.com", z.Targets[0].Servers); len(got) != names.MaxMailHosts {
		t.Errorf("%d mail hosts, want %d", len(got), names.MaxMailHosts)
	}
	few := scene.ZoneWith(scene.OwnA).Says(scene.OwnA, "example.com", "MX", []string{"10 Mail.example.com.", "20 mail.example.com."})
	if got := FromExchanges(few.Exchanges).MailHosts("example.com", few.Targets[0].Servers); !slices.Equal(got, []string{"mail.example.com"}) {
		t.Errorf("mail hosts %q", got)
	}
	alias := func(x *evidence.Exchange) {
		x.Authority, x.Answer = nil, []string{x.Name + ". 300 IN CNAME web.example.com."}
	}
	aliased := scene.ZoneWith(scene.OwnA).Says(scene.OwnA, "ns1.example.com", "A", nil, alias).Says(scene.OwnA, "ns1.example.com", "AAAA", nil, alias)
	aliased.Says(scene.OwnA, "mail.example.com", "A", nil, alias).Says(scene.OwnA, "mail.example.com", "AAAA", nil, alias).
		Says(scene.OwnA, "web.example.com", "A", []string{"192.0.2.80"}).Says(scene.OwnA, "web.example.com", "AAAA", nil)
	for name, test := range map[string]struct {
		scene           *scene.Zone
		doubtful, alias bool
		addresses       []string
		mail            []string
	}{
		"in order":   {scene.ZoneWith(scene.OwnA).HasAt(scene.OwnA, "ns1.example.com", "192.0.2.1").HasAt(scene.OwnA, "mail.example.com", "192.0.2.2"), false, false, []string{"192.0.2.1"}, nil},
		"no address": {scene.ZoneWith(scene.OwnA).HasAt(scene.OwnA, "ns1.example.com").HasAt(scene.OwnA, "mail.example.com"), true, false, nil, []string{"mail.example.com"}},
		"private":    {scene.ZoneWith(scene.OwnA).HasAt(scene.OwnA, "ns1.example.com", "10.0.0.1").HasAt(scene.OwnA, "mail.example.com", "10.0.0.2"), false, false, []string{"10.0.0.1"}, []string{"mail.example.com"}},
		"not asked":  {scene.ZoneWith(scene.OwnA), false, false, nil, nil},
		"an alias":   {aliased, true, true, nil, []string{"mail.example.com"}},
	} {
		s := FromExchanges(test.scene.Exchanges)
		if s.DoubtfulServer("ns1.example.com") != test.doubtful || s.IsAlias("ns1.example.com") != test.alias || !slices.Equal(s.AddressesOf("ns1.example.com"), test.addresses) {
			t.Errorf("%s: name server doubtful %v, alias %v, addresses %q", name, s.DoubtfulServer("ns1.example.com"), s.IsAlias("ns1.example.com"), s.AddressesOf("ns1.example.com"))
		}
		if got := s.DoubtfulMailHost("mail.example.com"); !slices.Equal(got, test.mail) {
			t.Errorf("%s: names at which to hear more of the mail host: %q, want %q", name, got, test.mail)
		}
	}
}
