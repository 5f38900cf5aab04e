package derive

import (
	"fmt"
	"slices"
	"testing"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/names"
	"mxverdict/verify/reading"
	"mxverdict/verify/zone"
)

// What a run asks on depends on what was seen so far.
func TestWhatIsKnownOfAServerSoFar(t *testing.T) {
	none := func(x *evidence.Exchange) { x.Authority = nil }
	noRoute := func(x *evidence.Exchange) {
		silent(x)
		x.Failure.Kind = evidence.NoRoute
	}
	tests := []struct {
		name                             string
		scene                            *zoneScene
		answered, serves, lacks, noRoute bool
	}{
		{"nothing asked", zoneWith(ownA), false, false, false, false},
		{"serves", zoneWith(ownA).serves(ownA, both...), true, true, false, false},
		{"silent", zoneWith(ownA).dead(ownA), false, false, true, false},
		{"refuses", zoneWith(ownA).lame(ownA), true, false, true, false},
		{"serves at a later try", zoneWith(ownA).says(ownA, "example.com", "SOA", nil, silent).says(ownA, "example.com", "SOA",
			[]string{"a. b. 1 2 3 4 5"}, inRound(dnsanswer.RoundAnew)), true, true, false, false},
		{"denies the SOA record", zoneWith(ownA).says(ownA, "example.com", "SOA", nil, none), true, false, true, false},
		{"denies it once and is silent once", zoneWith(ownA).says(ownA, "example.com", "SOA", nil, none).says(ownA, "example.com", "SOA", nil, silent, inRound(dnsanswer.RoundAnew)),
			true, false, false, false},
		{"denies it in the name of the zone above", zoneWith(ownA).says(ownA, "example.com", "SOA", nil), true, false, false, false},
		{"no way there", zoneWith(ownA).says(ownA, "example.com", "SOA", nil, noRoute), false, false, true, true},
		{"no way there once", zoneWith(ownA).says(ownA, "example.com", "SOA", nil, noRoute).says(ownA, "example.com", "SOA", nil, silent), false, false, true, false},
		{"another server", zoneWith(ownA).serves(ownB, both...), false, false, false, false},
		{"another zone", zoneWith(ownA).says(ownA, "example.net", "SOA", []string{"a. b. 1 2 3 4 5"}), false, false, false, false},
	}
	for _, test := range tests {
		s, target := FromExchanges(test.scene.Exchanges), &test.scene.Targets[0]
		got := []bool{s.Answered(target, ownA), s.Serves(target, ownA), s.LacksSOA(target, ownA), s.NoRoute(target, ownA)}
		if want := []bool{test.answered, test.serves, test.lacks, test.noRoute}; !slices.Equal(got, want) {
			t.Errorf("%s: answered, serves, lacks SOA, no route are %v, want %v", test.name, got, want)
		}
	}
}

// A network lets TCP out to port 53 if any authoritative server of the same family answered over it.
func TestHeardOverTCPSoFar(t *testing.T) {
	six := evidence.Server{Name: "ns6.example.com", Address: "2001:db8::53"}
	resolver := func(x *evidence.Exchange) { x.Role = evidence.Resolver }
	soa := []string{"a. b. 1 2 3 4 5"}
	for name, test := range map[string]struct {
		scene    *zoneScene
		four, v6 bool
	}{
		"over IPv4":      {zoneWith().says(ownA, "example.com", "SOA", soa, overTCP), true, false},
		"over IPv6":      {zoneWith().says(six, "example.com", "SOA", soa, overTCP), false, true},
		"over UDP":       {zoneWith().says(ownA, "example.com", "SOA", soa), false, false},
		"silence":        {zoneWith().says(ownA, "example.com", "SOA", nil, silent, overTCP), false, false},
		"the resolver":   {zoneWith().says(ownA, "example.com", "SOA", soa, overTCP, resolver), false, false},
		"whatever it is": {zoneWith().says(ownA, "example.net", "A", nil, overTCP, func(x *evidence.Exchange) { x.RCode = "REFUSED" }), true, false},
	} {
		s := FromExchanges(test.scene.Exchanges)
		if s.HeardOverTCP("192.0.2.99") != test.four || s.HeardOverTCP("2001:db8::99") != test.v6 || s.HeardOverTCP("no address") {
			t.Errorf("%s: IPv4 %v, IPv6 %v, want %v, %v", name, s.HeardOverTCP("192.0.2.99"), s.HeardOverTCP("2001:db8::99"), test.four, test.v6)
		}
	}
}

// Time to settle is spent where it can show more.
func TestWhereTimeCanShowMore(t *testing.T) {
	copies := func(first, second string, types map[string][2]string, server evidence.Server) *zoneScene {
		z := zoneWith(ownA, server)
		for i, s := range []evidence.Server{ownA, server} {
			serial := []string{first, second}[i]
			z.says(s, "example.com", "SOA", []string{fmt.Sprintf("%s. h.example.com. %s 7200 900 1209600 300", s.Name, serial)})
			for _, rrtype := range zone.ApexTypes {
				var records []string
				if data := types[rrtype][i]; data != "" {
					records = []string{data}
				}
				z.says(s, "example.com", rrtype, records)
			}
		}
		return z
	}
	other := evidence.Server{Name: "ns1.provider.net", Address: "203.0.113.9"}
	for name, test := range map[string]struct {
		scene *zoneScene
		want  bool
	}{
		"serials only":                           {copies("2", "1", nil, ownB), true},
		"records":                                {copies("2", "1", map[string][2]string{"MX": {"10 a.", "10 b."}}, ownB), false},
		"addresses":                              {copies("2", "1", map[string][2]string{"A": {"192.0.2.1", "192.0.2.2"}}, ownB), true},
		"IPv6 addresses":                         {copies("2", "1", map[string][2]string{"AAAA": {"2001:db8::1", "2001:db8::2"}}, ownB), true},
		"addresses and TXT":                      {copies("2", "1", map[string][2]string{"A": {"192.0.2.1", "192.0.2.2"}, "TXT": {"x", "y"}}, ownB), false},
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
	z := zoneWith(ownA).says(ownA, "example.com", "MX", many)
	if got := FromExchanges(z.Exchanges).MailHosts("example.com", z.Targets[0].Servers); len(got) != names.MaxMailHosts {
		t.Errorf("%d mail hosts, want %d", len(got), names.MaxMailHosts)
	}
	few := zoneWith(ownA).says(ownA, "example.com", "MX", []string{"10 Mail.example.com.", "20 mail.example.com."})
	if got := FromExchanges(few.Exchanges).MailHosts("example.com", few.Targets[0].Servers); !slices.Equal(got, []string{"mail.example.com"}) {
		t.Errorf("mail hosts %q", got)
	}
	var ptr []dns.RR
	for i := range 3 * reading.MaxReverseNames {
		ptr = append(ptr, &dns.PTR{Hdr: dns.RR_Header{Name: "1.2.0.192.in-addr.arpa.", Rrtype: dns.TypePTR}, Ptr: fmt.Sprintf("m%02d.example.com.", i)})
	}
	if got := reading.ReverseNames(ptr); len(got) != reading.MaxReverseNames {
		t.Errorf("%d reverse names, want %d", len(got), reading.MaxReverseNames)
	}

	alias := func(x *evidence.Exchange) {
		x.Authority, x.Answer = nil, []string{x.Name + ". 300 IN CNAME web.example.com."}
	}
	aliased := zoneWith(ownA).says(ownA, "ns1.example.com", "A", nil, alias).says(ownA, "ns1.example.com", "AAAA", nil, alias)
	aliased.says(ownA, "mail.example.com", "A", nil, alias).says(ownA, "mail.example.com", "AAAA", nil, alias).
		says(ownA, "web.example.com", "A", []string{"192.0.2.80"}).says(ownA, "web.example.com", "AAAA", nil)
	for name, test := range map[string]struct {
		scene           *zoneScene
		doubtful, alias bool
		addresses       []string
		mail            []string
	}{
		"in order":   {zoneWith(ownA).hasAt(ownA, "ns1.example.com", "192.0.2.1").hasAt(ownA, "mail.example.com", "192.0.2.2"), false, false, []string{"192.0.2.1"}, nil},
		"no address": {zoneWith(ownA).hasAt(ownA, "ns1.example.com").hasAt(ownA, "mail.example.com"), true, false, nil, []string{"mail.example.com"}},
		"private":    {zoneWith(ownA).hasAt(ownA, "ns1.example.com", "10.0.0.1").hasAt(ownA, "mail.example.com", "10.0.0.2"), false, false, []string{"10.0.0.1"}, []string{"mail.example.com"}},
		"not asked":  {zoneWith(ownA), false, false, nil, nil},
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
