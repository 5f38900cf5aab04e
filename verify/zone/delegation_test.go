package zone

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/reading"
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
			f, _ := factsOf(&b).Get(facts.DNSDelegationDiffers, facts.Subject{Kind: facts.Zone, Name: "example.com"})
			if !f.Known() || f.Value.Bool() != test.differs {
				t.Errorf("differs: %v (%v), want %v", f.Value, f.Why, test.differs)
			}
		})
	}
}

// Where one server of the parent zone refers, the list of another that serves the zone itself is the zone's own.
func TestReferralsOutweighTheZonesOwnList(t *testing.T) {
	refers, hosts := evidence.Server{Address: "192.0.2.11"}, evidence.Server{Address: "192.0.2.12"}
	x := evidence.Exchange{Role: evidence.Authoritative, Server: "192.0.2.11:53", Name: "example.com", Type: "NS", RCode: "NOERROR",
		Authority: []string{"example.com. 300 IN NS ns1.example.com."}}
	y := x
	y.Server, y.AA, y.Authority, y.Answer = "192.0.2.12:53", true, nil, []string{"example.com. 300 IN NS ns2.example.com."}
	r := &reading.Reading{Bundle: &evidence.Bundle{Exchanges: []evidence.Exchange{y, x}}}
	target := func(asked ...evidence.Server) *evidence.Target {
		return &evidence.Target{Zone: "example.com", Delegation: &evidence.Delegation{By: evidence.ByWalk,
			Path: []evidence.Cut{{Zone: "."}, {Zone: "example.com", Asked: asked}}}}
	}
	for _, test := range []struct {
		asked []evidence.Server
		want  string
	}{{[]evidence.Server{hosts, refers}, "ns1.example.com"}, {[]evidence.Server{hosts}, "ns2.example.com"}} {
		if parent := viewOf(r, target(test.asked...)).parentNames(); parent.Value.String() != test.want {
			t.Errorf("%v: %+v, want %s", test.asked, parent, test.want)
		}
	}
}

// Machines are told apart by addresses of one family and by names that share no address.
func TestFewestMachines(t *testing.T) {
	tests := []struct {
		name   string
		behind map[string][]string
		want   int
	}{
		{"none", nil, 0},
		{"one name, both families", map[string][]string{"a": {"192.0.2.1", "2001:db8::1"}}, 1},
		{"two names, nothing shared", map[string][]string{"a": {"192.0.2.1"}, "b": {"2001:db8::1"}}, 2},
		{"two names, one address", map[string][]string{"a": {"192.0.2.1"}, "b": {"192.0.2.1"}}, 1},
		{"tied by a third name", map[string][]string{"a": {"192.0.2.1"}, "b": {"2001:db8::1"}, "c": {"192.0.2.1", "2001:db8::1"}}, 1},
		{"two IPv6 addresses of one name", map[string][]string{"a": {"2001:db8::1", "2001:db8::2"}}, 2},
		{"a name without address", map[string][]string{"a": {"192.0.2.1"}, "b": {}}, 1},
	}
	for _, test := range tests {
		var all []string
		for _, own := range test.behind {
			all = append(all, own...)
		}
		slices.Sort(all)
		for range 5 { // maps have no order
			if got := leastMachines(slices.Compact(all), test.behind); got != test.want {
				t.Errorf("%s: %d, want %d", test.name, got, test.want)
			}
		}
	}
}

// Parent and zone are compared list by list; who was not heard may have another one.
func TestListsOfServers(t *testing.T) {
	one, three := []string{"ns1.example.com"}, []string{"ns1.example.com", "ns2.example.com", "ns3.example.net"}
	elsewhere := []string{"ns1.example.com", "ns3.example.net"}
	unheard := scene.ZoneWith(scene.OwnA, scene.OwnB).Refers(scene.ParentA, scene.Both).Serves(scene.OwnA, scene.Both...).Has("ns1.example.com", scene.OwnA.Address).Has("ns2.example.com", scene.OwnB.Address)
	unheard.Says(scene.OwnB, "example.com", "NS", nil, scene.Silent)
	lame := scene.ZoneWith(scene.OwnA, scene.OwnB).Refers(scene.ParentA, scene.Both).Serves(scene.OwnA, scene.Both...).Lame(scene.OwnB).Has("ns1.example.com", scene.OwnA.Address).Has("ns2.example.com", scene.OwnB.Address)
	contradict := scene.ZoneWith(scene.OwnA).Refers(scene.ParentA, scene.Both).Refers(scene.ParentB, elsewhere).Serves(scene.OwnA, scene.Both...).Has("ns1.example.com", scene.OwnA.Address)
	silentParents := scene.ZoneWith(scene.OwnA).Serves(scene.OwnA, scene.Both...).Has("ns1.example.com", scene.OwnA.Address)
	byResolver := scene.GoodZone()
	byResolver.Targets[0].Delegation.By = evidence.ByResolver
	for _, test := range []zoneTest{
		{"the same lists", scene.GoodZone(), map[facts.Name]string{facts.DNSDelegationWalked: "yes", facts.DNSDelegationDiffers: "no", facts.DNSDelegationParent: "ns1.example.com, ns2.example.com",
			facts.DNSDelegationChild: "ns1.example.com, ns2.example.com", facts.DNSDelegationOnlyParent: "none", facts.DNSDelegationOnlyChild: "none",
			facts.DNSNSFewest: "2", facts.DNSNSMost: "2"}},
		{"the zone names one more", scene.ZoneWithLists(scene.Both, three, three), map[facts.Name]string{facts.DNSDelegationDiffers: "yes", facts.DNSDelegationOnlyParent: "none",
			facts.DNSDelegationOnlyChild: "ns3.example.net", facts.DNSNSFewest: "2", facts.DNSNSMost: "3"}},
		{"the parent names one more", scene.ZoneWithLists(three, scene.Both, scene.Both), map[facts.Name]string{facts.DNSDelegationDiffers: "yes", facts.DNSDelegationOnlyParent: "ns3.example.net",
			facts.DNSDelegationOnlyChild: "none", facts.DNSNSFewest: "2", facts.DNSNSMost: "3"}},
		{"one of the zone's servers differs", scene.ZoneWithLists(scene.Both, scene.Both, elsewhere), map[facts.Name]string{facts.DNSDelegationDiffers: "yes", facts.DNSDelegationOnlyParent: "ns2.example.com",
			facts.DNSDelegationOnlyChild: "ns3.example.net", facts.DNSDelegationChild: "ns1.example.com, ns2.example.com, ns3.example.net"}},
		{"one here, two there", scene.ZoneWithLists(one, scene.Both, scene.Both), map[facts.Name]string{facts.DNSNSFewest: "unknown: disagreement", facts.DNSNSMost: "2"}},
		{"two here, one there", scene.ZoneWithLists(scene.Both, scene.Both, one), map[facts.Name]string{facts.DNSNSFewest: "unknown: disagreement", facts.DNSNSMost: "2"}},
		{"one everywhere", scene.ZoneWithLists(one, one, one), map[facts.Name]string{facts.DNSNSFewest: "1", facts.DNSNSMost: "1", facts.DNSDelegationDiffers: "no"}},
		{"a server that was not heard may differ", unheard, map[facts.Name]string{facts.DNSDelegationDiffers: "unknown: servfail", facts.DNSNSFewest: "2"}},
		{"a lame one has no list", lame, map[facts.Name]string{facts.DNSDelegationDiffers: "no", facts.DNSNSFewest: "2"}},
		{"the parent's servers contradict each other", contradict, map[facts.Name]string{facts.DNSDelegationParent: "unknown: disagreement",
			facts.DNSDelegationDiffers: "unknown: disagreement", facts.DNSNSMost: "2"}},
		{"no server of the parent tells", silentParents, map[facts.Name]string{facts.DNSDelegationParent: "unknown: servfail", facts.DNSDelegationDiffers: "unknown: servfail",
			facts.DNSDelegationTTL: "unknown: servfail", facts.DNSNSFewest: "2", facts.DNSDelegationChild: "ns1.example.com, ns2.example.com"}},
		{"a resolver cannot tell", byResolver, map[facts.Name]string{facts.DNSDelegationWalked: "no", facts.DNSDelegationParent: "unknown: network_closed",
			facts.DNSDelegationDiffers: "unknown: network_closed", facts.DNSNSFewest: "2"}},
		{"only the parent tells", scene.ZoneWith(scene.OwnA).Refers(scene.ParentA, scene.Both).Says(scene.OwnA, "example.com", "NS", nil, scene.Silent), map[facts.Name]string{facts.DNSDelegationOnlyParent: "unknown: servfail",
			facts.DNSDelegationOnlyChild: "unknown: servfail", facts.DNSDelegationDiffers: "unknown: servfail", facts.DNSNSFewest: "2"}},
		{"all are lame", scene.ZoneWith(scene.OwnA).Refers(scene.ParentA, scene.Both[:1]).Lame(scene.OwnA).Has("ns1.example.com", scene.OwnA.Address), map[facts.Name]string{facts.DNSDelegationChild: "unknown: servfail",
			facts.DNSDelegationDiffers: "unknown: servfail"}},
		{"nobody tells", scene.ZoneWith(scene.OwnA).Says(scene.OwnA, "example.com", "NS", nil, scene.Silent), map[facts.Name]string{facts.DNSNSFewest: "unknown: servfail",
			facts.DNSNSMost: "unknown: servfail", facts.DNSDelegationChild: "unknown: servfail"}},
	} {
		test.run(t)
	}
}

// Servers that fail, and zones that nobody serves.
func TestFailingServers(t *testing.T) {
	start := func() *scene.Zone {
		z := scene.ZoneWith(scene.OwnA, scene.OwnB).Refers(scene.ParentA, scene.Both).Refers(scene.ParentB, scene.Both).Has("ns1.example.com", scene.OwnA.Address).Has("ns2.example.com", scene.OwnB.Address)
		z.Exchanges = slices.DeleteFunc(z.Exchanges, func(x evidence.Exchange) bool {
			return strings.HasPrefix(x.Server, "198") || strings.HasPrefix(x.Server, "203")
		})
		// Others are heard over TCP, so it is not this network that lets none out.
		return z.RefersTo(scene.ParentA, "com", []string{"a.gtld.example"}).Says(scene.ParentA, "com", "SOA", []string{"a. b. 1 2 3 4 5"}, scene.OverTCP)
	}
	unlisted := scene.ZoneWith(scene.OwnA).Refers(scene.ParentA, scene.Both).Dead(scene.OwnA).Says(scene.ParentA, "com", "SOA", []string{"a. b. 1 2 3 4 5"}, scene.OverTCP)
	for _, test := range []zoneTest{
		{"both serve", scene.GoodZone(), map[facts.Name]string{facts.DNSDelegationSomeFail: "no", facts.DNSDelegationFailing: "none", facts.DNSZoneDead: "no"}},
		{"one is dead", start().Serves(scene.OwnA, scene.Both...).Dead(scene.OwnB), map[facts.Name]string{facts.DNSDelegationSomeFail: "yes",
			facts.DNSDelegationFailing: "ns2.example.com", facts.DNSZoneDead: "no"}},
		{"one is lame", start().Serves(scene.OwnA, scene.Both...).Lame(scene.OwnB), map[facts.Name]string{facts.DNSDelegationSomeFail: "yes",
			facts.DNSDelegationFailing: "ns2.example.com", facts.DNSZoneDead: "no"}},
		{"both are dead", start().Dead(scene.OwnA).Dead(scene.OwnB), map[facts.Name]string{facts.DNSDelegationSomeFail: "yes", facts.DNSZoneDead: "yes"}},
		{"both are lame, so they live", start().Lame(scene.OwnA).Lame(scene.OwnB), map[facts.Name]string{facts.DNSDelegationSomeFail: "yes", facts.DNSZoneDead: "no"}},
		{"one is dead, the other was asked too seldom", start().Dead(scene.OwnA).Says(scene.OwnB, "example.com", "SOA", nil, scene.Silent), map[facts.Name]string{
			facts.DNSDelegationSomeFail: "yes", facts.DNSDelegationFailing: "ns1.example.com", facts.DNSZoneDead: "unknown: untested"}},
		{"one serves, the other was asked too seldom", start().Serves(scene.OwnA, scene.Both...).Says(scene.OwnB, "example.com", "SOA", nil, scene.Silent), map[facts.Name]string{
			facts.DNSDelegationSomeFail: "unknown: untested", facts.DNSDelegationFailing: "unknown: untested", facts.DNSZoneDead: "no"}},
		{"the dead one is not the only one that the parent names", unlisted, map[facts.Name]string{facts.DNSZoneDead: "unknown: untested", facts.DNSDelegationFailing: "ns1.example.com"}},
	} {
		test.run(t)
	}
}

// The parent's message: how long it is kept, by the longest of its TTLs, and how long it is.
func TestReferralItself(t *testing.T) {
	ttl := func(n string) func(*evidence.Exchange) {
		return func(x *evidence.Exchange) {
			x.AA, x.Authority = false, []string{"example.com. " + n + " IN NS ns1.example.com."}
		}
	}
	kept := func(a, b string) *scene.Zone {
		return scene.ZoneWith(scene.OwnA).Says(scene.ParentA, "example.com", "NS", nil, ttl(a)).Says(scene.ParentB, "example.com", "NS", nil, ttl(b)).Serves(scene.OwnA, "ns1.example.com")
	}
	for _, test := range []zoneTest{
		{"the longest counts", kept("300", "172800"), map[facts.Name]string{facts.DNSDelegationTTL: "172800 s (2 days)", facts.DNSReferralSize: "47"}},
		{"wherever it stands", kept("172800", "300"), map[facts.Name]string{facts.DNSDelegationTTL: "172800 s (2 days)"}},
		{"2^31 and more is none (RFC 2181 section 8)", kept("2147483648", "300"), map[facts.Name]string{facts.DNSDelegationTTL: "0 s"}},
	} {
		test.run(t)
	}
	var two []string
	for _, name := range scene.Both {
		two = append(two, "example.com. 300 IN NS "+name+".", "example.com. 60 IN NS "+name+".")
	}
	z := scene.ZoneWith(scene.OwnA).Says(scene.ParentA, "example.com", "NS", nil, func(x *evidence.Exchange) { x.AA, x.Authority = false, two })
	zoneTest{"of one list the shortest counts, as resolvers take it (RFC 2181 section 5.2)", z, map[facts.Name]string{facts.DNSDelegationTTL: "60 s",
		facts.DNSDelegationParent: "ns1.example.com, ns2.example.com"}}.run(t)
}

// What the names of the servers lead to, by the word of the servers of their zone.
func TestAddressesOfServers(t *testing.T) {
	start := func() *scene.Zone {
		return scene.ZoneWith(scene.OwnA, scene.OwnB).Refers(scene.ParentA, scene.Both).Serves(scene.OwnA, scene.Both...).Serves(scene.OwnB, scene.Both...)
	}
	alias := func(z *scene.Zone, server evidence.Server, name, to string) *scene.Zone {
		for _, rrtype := range []string{"A", "AAAA"} {
			z.Says(server, name, rrtype, nil, func(x *evidence.Exchange) { x.Authority, x.Answer = nil, []string{name + ". 300 IN CNAME " + to + "."} })
		}
		return z
	}
	nowhere := func(x *evidence.Exchange) { x.RCode = "NXDOMAIN" }
	halfAlias := alias(start().Has("ns1.example.com", scene.OwnA.Address), scene.OwnA, "ns2.example.com", "www.example.com").HasAt(scene.OwnB, "ns2.example.com", scene.OwnB.Address)
	whole := alias(alias(start().Has("ns1.example.com", scene.OwnA.Address), scene.OwnA, "ns2.example.com", "www.example.com"), scene.OwnB, "ns2.example.com", "www.example.com")
	disputed := start().Has("ns1.example.com", scene.OwnA.Address).HasAt(scene.OwnA, "ns2.example.com", scene.OwnB.Address).Says(scene.OwnB, "ns2.example.com", "A", nil, nowhere)
	six := start().Has("ns1.example.com", scene.OwnA.Address).Says(scene.OwnA, "ns2.example.com", "A", nil).Says(scene.OwnA, "ns2.example.com", "AAAA", []string{"2001:db8:1::1"})
	for _, test := range []zoneTest{
		{"two networks", scene.GoodZone(), map[facts.Name]string{facts.DNSNSAddresses: "2", facts.DNSNSSameNet: "no", facts.DNSNSNetworks: "198.51.100.0/24, 203.0.113.0/24",
			facts.DNSNSSpread6: "no", facts.DNSNSMachines: "2", facts.DNSNSOneAddress: "no", facts.DNSNSAlias: "no", facts.DNSNSUnresolvable: "no",
			facts.DNSNSNoneResolvable: "no", facts.DNSNSAllPrivate: "no"}},
		{"one network", start().Has("ns1.example.com", "192.0.2.1").Has("ns2.example.com", "192.0.2.200"), map[facts.Name]string{facts.DNSNSSameNet: "yes",
			facts.DNSNSMachines: "2", facts.DNSNSNetworks: "192.0.2.0/24"}},
		{"one address", start().Has("ns1.example.com", "192.0.2.1").Has("ns2.example.com", "192.0.2.1"), map[facts.Name]string{facts.DNSNSAddresses: "1",
			facts.DNSNSMachines: "1", facts.DNSNSOneAddress: "yes"}},
		{"an address of each family behind both names", start().Has("ns1.example.com", "192.0.2.1", "2001:db8::1").Has("ns2.example.com", "192.0.2.1", "2001:db8::1"),
			map[facts.Name]string{facts.DNSNSAddresses: "2", facts.DNSNSMachines: "unknown: ambiguous", facts.DNSNSOneAddress: "unknown: ambiguous"}},
		{"IPv6 in two sites", start().Has("ns1.example.com", "192.0.2.1", "2001:db8:1::1").Has("ns2.example.com", "192.0.2.2", "2001:db8:2::1"),
			map[facts.Name]string{facts.DNSNSSpread6: "yes", facts.DNSNSSameNet: "yes"}},
		{"IPv6 in one site", start().Has("ns1.example.com", "192.0.2.1", "2001:db8:1::1").Has("ns2.example.com", "192.0.2.2", "2001:db8:1:2::1"),
			map[facts.Name]string{facts.DNSNSSpread6: "no"}},
		{"a server with IPv6 only", six, map[facts.Name]string{facts.DNSNSSpread6: "yes", facts.DNSNSAddresses: "2", facts.DNSNSMachines: "2"}},
		{"a server without address", start().Has("ns1.example.com", scene.OwnA.Address).Has("ns2.example.com"), map[facts.Name]string{facts.DNSNSUnresolvable: "yes",
			facts.DNSNSWithoutAddress: "ns2.example.com", facts.DNSNSNoneResolvable: "no", facts.DNSNSAddresses: "1"}},
		{"none has an address", start().Has("ns1.example.com").Has("ns2.example.com"), map[facts.Name]string{facts.DNSNSUnresolvable: "yes",
			facts.DNSNSNoneResolvable: "yes", facts.DNSNSAddresses: "0", facts.DNSNSSameNet: "unknown: not_found"}},
		{"an alias", whole, map[facts.Name]string{facts.DNSNSAlias: "yes", facts.DNSNSAliases: "ns2.example.com"}},
		{"an alias by one server only", halfAlias, map[facts.Name]string{facts.DNSNSAlias: "unknown: disagreement", facts.DNSNSAliases: "unknown: disagreement"}},
		{"one server denies the name", disputed, map[facts.Name]string{facts.DNSNSUnresolvable: "unknown: disagreement", facts.DNSNSAddresses: "2"}},
		{"the look-up of one failed", start().Has("ns1.example.com", scene.OwnA.Address).Says(scene.OwnA, "ns2.example.com", "A", nil, scene.Silent).Says(scene.OwnA, "ns2.example.com", "AAAA", nil, scene.Silent),
			map[facts.Name]string{facts.DNSNSUnresolvable: "unknown: servfail", facts.DNSNSAddresses: "unknown: servfail"}},
		{"nobody was asked for one", start().Has("ns1.example.com", scene.OwnA.Address), map[facts.Name]string{facts.DNSNSUnresolvable: "unknown: untested",
			facts.DNSNSAddresses: "unknown: untested", facts.DNSNSNoneResolvable: "unknown: untested", facts.DNSNSSameNet: "unknown: untested"}},
	} {
		test.run(t)
	}
	private := evidence.Server{Name: "ns1.example.com", Address: "10.0.0.1"}
	zoneTest{"a private address", scene.ZoneWith(private).Refers(scene.ParentA, scene.Both[:1]), map[facts.Name]string{facts.DNSNSAllPrivate: "yes"}}.run(t)
	zoneTest{"a private address beside a public one", scene.ZoneWith(private, scene.OwnB).Refers(scene.ParentA, scene.Both), map[facts.Name]string{facts.DNSNSAllPrivate: "no"}}.run(t)
}

// Of several servers that were not heard, the first one says why, so that the same evidence always gives the same reason. A server that was
// heard at another address gives none.
func TestWhyServersWereNotHeard(t *testing.T) {
	cut := func(x *evidence.Exchange) {
		scene.Silent(x)
		x.Failure = &evidence.Failure{Kind: evidence.Interrupted}
	}
	same := evidence.Server{Name: scene.OwnA.Name, Address: "198.51.100.2"}
	for name, test := range map[string]struct {
		servers []evidence.Server
		how     []func(*evidence.Exchange) // nil: it answers
		want    string
	}{
		"the first was cut short":  {[]evidence.Server{scene.OwnA, scene.OwnB}, []func(*evidence.Exchange){cut, scene.Silent}, "unknown: interrupted"},
		"the second was cut short": {[]evidence.Server{scene.OwnA, scene.OwnB}, []func(*evidence.Exchange){scene.Silent, cut}, "unknown: servfail"},
		"heard at another address": {[]evidence.Server{scene.OwnA, same, scene.OwnB}, []func(*evidence.Exchange){cut, nil, scene.Silent}, "unknown: servfail"},
		"all heard at some":        {[]evidence.Server{scene.OwnA, same}, []func(*evidence.Exchange){scene.Silent, nil}, "no"},
	} {
		z := scene.ZoneWith(test.servers...).Refers(scene.ParentA, scene.Both).Refers(scene.ParentB, scene.Both).Has("ns1.example.com", scene.OwnA.Address, same.Address).Has("ns2.example.com", scene.OwnB.Address)
		for i, how := range test.how {
			if how == nil {
				z.Serves(test.servers[i], scene.Both...)
				continue
			}
			z.Says(test.servers[i], "example.com", "NS", nil, how).Says(test.servers[i], "example.com", "SOA", nil, how)
		}
		zoneTest{name, z, map[facts.Name]string{facts.DNSDelegationDiffers: test.want, facts.DNSSOASerialsDiffer: test.want}}.run(t)
	}
}
