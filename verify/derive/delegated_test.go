package derive

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/zone"
)

// zoneTest is a situation and what is known of it, by name of the fact.
type zoneTest struct {
	name  string
	scene *zoneScene
	want  map[facts.Name]string
}

func (test zoneTest) run(t *testing.T) {
	t.Helper()
	set := Facts(&test.scene.Bundle)
	for name, want := range test.want {
		wantAbout(t, test.name, set, sceneZone, name, want)
	}
	wantPart(t, test.name, &test.scene.Bundle)
}

var both = []string{"ns1.example.com", "ns2.example.com"}

// good is a zone with two servers in which all is as it should be.
func good() *zoneScene { return withLists(both, both, both) }

// withLists is a zone with a list of servers by the parent's servers and by each of its own.
func withLists(parent, first, second []string) *zoneScene {
	z := zoneWith(ownA, ownB).refers(parentA, parent).refers(parentB, parent).serves(ownA, first...).serves(ownB, second...)
	return z.has("ns1.example.com", ownA.Address).has("ns2.example.com", ownB.Address)
}

// Parent and zone are compared list by list; who was not heard may have another one.
func TestListsOfServers(t *testing.T) {
	one, three := []string{"ns1.example.com"}, []string{"ns1.example.com", "ns2.example.com", "ns3.example.net"}
	elsewhere := []string{"ns1.example.com", "ns3.example.net"}
	unheard := zoneWith(ownA, ownB).refers(parentA, both).serves(ownA, both...).has("ns1.example.com", ownA.Address).has("ns2.example.com", ownB.Address)
	unheard.says(ownB, "example.com", "NS", nil, silent)
	lame := zoneWith(ownA, ownB).refers(parentA, both).serves(ownA, both...).lame(ownB).has("ns1.example.com", ownA.Address).has("ns2.example.com", ownB.Address)
	contradict := zoneWith(ownA).refers(parentA, both).refers(parentB, elsewhere).serves(ownA, both...).has("ns1.example.com", ownA.Address)
	silentParents := zoneWith(ownA).serves(ownA, both...).has("ns1.example.com", ownA.Address)
	byResolver := good()
	byResolver.Targets[0].Delegation.By = evidence.ByResolver
	for _, test := range []zoneTest{
		{"the same lists", good(), map[facts.Name]string{facts.DNSDelegationWalked: "yes", facts.DNSDelegationDiffers: "no", facts.DNSDelegationParent: "ns1.example.com, ns2.example.com",
			facts.DNSDelegationChild: "ns1.example.com, ns2.example.com", facts.DNSDelegationOnlyParent: "none", facts.DNSDelegationOnlyChild: "none",
			facts.DNSNSFewest: "2", facts.DNSNSMost: "2"}},
		{"the zone names one more", withLists(both, three, three), map[facts.Name]string{facts.DNSDelegationDiffers: "yes", facts.DNSDelegationOnlyParent: "none",
			facts.DNSDelegationOnlyChild: "ns3.example.net", facts.DNSNSFewest: "2", facts.DNSNSMost: "3"}},
		{"the parent names one more", withLists(three, both, both), map[facts.Name]string{facts.DNSDelegationDiffers: "yes", facts.DNSDelegationOnlyParent: "ns3.example.net",
			facts.DNSDelegationOnlyChild: "none", facts.DNSNSFewest: "2", facts.DNSNSMost: "3"}},
		{"one of the zone's servers differs", withLists(both, both, elsewhere), map[facts.Name]string{facts.DNSDelegationDiffers: "yes", facts.DNSDelegationOnlyParent: "ns2.example.com",
			facts.DNSDelegationOnlyChild: "ns3.example.net", facts.DNSDelegationChild: "ns1.example.com, ns2.example.com, ns3.example.net"}},
		{"one here, two there", withLists(one, both, both), map[facts.Name]string{facts.DNSNSFewest: "unknown: disagreement", facts.DNSNSMost: "2"}},
		{"two here, one there", withLists(both, both, one), map[facts.Name]string{facts.DNSNSFewest: "unknown: disagreement", facts.DNSNSMost: "2"}},
		{"one everywhere", withLists(one, one, one), map[facts.Name]string{facts.DNSNSFewest: "1", facts.DNSNSMost: "1", facts.DNSDelegationDiffers: "no"}},
		{"a server that was not heard may differ", unheard, map[facts.Name]string{facts.DNSDelegationDiffers: "unknown: servfail", facts.DNSNSFewest: "2"}},
		{"a lame one has no list", lame, map[facts.Name]string{facts.DNSDelegationDiffers: "no", facts.DNSNSFewest: "2"}},
		{"the parent's servers contradict each other", contradict, map[facts.Name]string{facts.DNSDelegationParent: "unknown: disagreement",
			facts.DNSDelegationDiffers: "unknown: disagreement", facts.DNSNSMost: "2"}},
		{"no server of the parent tells", silentParents, map[facts.Name]string{facts.DNSDelegationParent: "unknown: servfail", facts.DNSDelegationDiffers: "unknown: servfail",
			facts.DNSDelegationTTL: "unknown: servfail", facts.DNSNSFewest: "2", facts.DNSDelegationChild: "ns1.example.com, ns2.example.com"}},
		{"a resolver cannot tell", byResolver, map[facts.Name]string{facts.DNSDelegationWalked: "no", facts.DNSDelegationParent: "unknown: network_closed",
			facts.DNSDelegationDiffers: "unknown: network_closed", facts.DNSNSFewest: "2"}},
		{"only the parent tells", zoneWith(ownA).refers(parentA, both).says(ownA, "example.com", "NS", nil, silent), map[facts.Name]string{facts.DNSDelegationOnlyParent: "unknown: servfail",
			facts.DNSDelegationOnlyChild: "unknown: servfail", facts.DNSDelegationDiffers: "unknown: servfail", facts.DNSNSFewest: "2"}},
		{"all are lame", zoneWith(ownA).refers(parentA, both[:1]).lame(ownA).has("ns1.example.com", ownA.Address), map[facts.Name]string{facts.DNSDelegationChild: "unknown: servfail",
			facts.DNSDelegationDiffers: "unknown: servfail"}},
		{"nobody tells", zoneWith(ownA).says(ownA, "example.com", "NS", nil, silent), map[facts.Name]string{facts.DNSNSFewest: "unknown: servfail",
			facts.DNSNSMost: "unknown: servfail", facts.DNSDelegationChild: "unknown: servfail"}},
	} {
		test.run(t)
	}
}

// Servers that fail, and zones that nobody serves.
func TestFailingServers(t *testing.T) {
	start := func() *zoneScene {
		z := zoneWith(ownA, ownB).refers(parentA, both).refers(parentB, both).has("ns1.example.com", ownA.Address).has("ns2.example.com", ownB.Address)
		z.Exchanges = slices.DeleteFunc(z.Exchanges, func(x evidence.Exchange) bool {
			return strings.HasPrefix(x.Server, "198") || strings.HasPrefix(x.Server, "203")
		})
		// Others are heard over TCP, so it is not this network that lets none out.
		return z.refersTo(parentA, "com", []string{"a.gtld.example"}).says(parentA, "com", "SOA", []string{"a. b. 1 2 3 4 5"}, overTCP)
	}
	unlisted := zoneWith(ownA).refers(parentA, both).dead(ownA).says(parentA, "com", "SOA", []string{"a. b. 1 2 3 4 5"}, overTCP)
	for _, test := range []zoneTest{
		{"both serve", good(), map[facts.Name]string{facts.DNSDelegationSomeFail: "no", facts.DNSDelegationFailing: "none", facts.DNSZoneDead: "no"}},
		{"one is dead", start().serves(ownA, both...).dead(ownB), map[facts.Name]string{facts.DNSDelegationSomeFail: "yes",
			facts.DNSDelegationFailing: "ns2.example.com", facts.DNSZoneDead: "no"}},
		{"one is lame", start().serves(ownA, both...).lame(ownB), map[facts.Name]string{facts.DNSDelegationSomeFail: "yes",
			facts.DNSDelegationFailing: "ns2.example.com", facts.DNSZoneDead: "no"}},
		{"both are dead", start().dead(ownA).dead(ownB), map[facts.Name]string{facts.DNSDelegationSomeFail: "yes", facts.DNSZoneDead: "yes"}},
		{"both are lame, so they live", start().lame(ownA).lame(ownB), map[facts.Name]string{facts.DNSDelegationSomeFail: "yes", facts.DNSZoneDead: "no"}},
		{"one is dead, the other was asked too seldom", start().dead(ownA).says(ownB, "example.com", "SOA", nil, silent), map[facts.Name]string{
			facts.DNSDelegationSomeFail: "yes", facts.DNSDelegationFailing: "ns1.example.com", facts.DNSZoneDead: "unknown: untested"}},
		{"one serves, the other was asked too seldom", start().serves(ownA, both...).says(ownB, "example.com", "SOA", nil, silent), map[facts.Name]string{
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
	kept := func(a, b string) *zoneScene {
		return zoneWith(ownA).says(parentA, "example.com", "NS", nil, ttl(a)).says(parentB, "example.com", "NS", nil, ttl(b)).serves(ownA, "ns1.example.com")
	}
	for _, test := range []zoneTest{
		{"the longest counts", kept("300", "172800"), map[facts.Name]string{facts.DNSDelegationTTL: "172800 s (2 days)", facts.DNSReferralSize: "47"}},
		{"wherever it stands", kept("172800", "300"), map[facts.Name]string{facts.DNSDelegationTTL: "172800 s (2 days)"}},
		{"2^31 and more is none (RFC 2181 section 8)", kept("2147483648", "300"), map[facts.Name]string{facts.DNSDelegationTTL: "0 s"}},
	} {
		test.run(t)
	}
	var two []string
	for _, name := range both {
		two = append(two, "example.com. 300 IN NS "+name+".", "example.com. 60 IN NS "+name+".")
	}
	z := zoneWith(ownA).says(parentA, "example.com", "NS", nil, func(x *evidence.Exchange) { x.AA, x.Authority = false, two })
	zoneTest{"of one list the shortest counts, as resolvers take it (RFC 2181 section 5.2)", z, map[facts.Name]string{facts.DNSDelegationTTL: "60 s",
		facts.DNSDelegationParent: "ns1.example.com, ns2.example.com"}}.run(t)
}

// What the names of the servers lead to, by the word of the servers of their zone.
func TestAddressesOfServers(t *testing.T) {
	start := func() *zoneScene {
		return zoneWith(ownA, ownB).refers(parentA, both).serves(ownA, both...).serves(ownB, both...)
	}
	alias := func(z *zoneScene, server evidence.Server, name, to string) *zoneScene {
		for _, rrtype := range []string{"A", "AAAA"} {
			z.says(server, name, rrtype, nil, func(x *evidence.Exchange) { x.Authority, x.Answer = nil, []string{name + ". 300 IN CNAME " + to + "."} })
		}
		return z
	}
	nowhere := func(x *evidence.Exchange) { x.RCode = "NXDOMAIN" }
	halfAlias := alias(start().has("ns1.example.com", ownA.Address), ownA, "ns2.example.com", "www.example.com").hasAt(ownB, "ns2.example.com", ownB.Address)
	whole := alias(alias(start().has("ns1.example.com", ownA.Address), ownA, "ns2.example.com", "www.example.com"), ownB, "ns2.example.com", "www.example.com")
	disputed := start().has("ns1.example.com", ownA.Address).hasAt(ownA, "ns2.example.com", ownB.Address).says(ownB, "ns2.example.com", "A", nil, nowhere)
	six := start().has("ns1.example.com", ownA.Address).says(ownA, "ns2.example.com", "A", nil).says(ownA, "ns2.example.com", "AAAA", []string{"2001:db8:1::1"})
	for _, test := range []zoneTest{
		{"two networks", good(), map[facts.Name]string{facts.DNSNSAddresses: "2", facts.DNSNSSameNet: "no", facts.DNSNSNetworks: "198.51.100.0/24, 203.0.113.0/24",
			facts.DNSNSSpread6: "no", facts.DNSNSMachines: "2", facts.DNSNSOneAddress: "no", facts.DNSNSAlias: "no", facts.DNSNSUnresolvable: "no",
			facts.DNSNSNoneResolvable: "no", facts.DNSNSAllPrivate: "no"}},
		{"one network", start().has("ns1.example.com", "192.0.2.1").has("ns2.example.com", "192.0.2.200"), map[facts.Name]string{facts.DNSNSSameNet: "yes",
			facts.DNSNSMachines: "2", facts.DNSNSNetworks: "192.0.2.0/24"}},
		{"one address", start().has("ns1.example.com", "192.0.2.1").has("ns2.example.com", "192.0.2.1"), map[facts.Name]string{facts.DNSNSAddresses: "1",
			facts.DNSNSMachines: "1", facts.DNSNSOneAddress: "yes"}},
		{"an address of each family behind both names", start().has("ns1.example.com", "192.0.2.1", "2001:db8::1").has("ns2.example.com", "192.0.2.1", "2001:db8::1"),
			map[facts.Name]string{facts.DNSNSAddresses: "2", facts.DNSNSMachines: "unknown: ambiguous", facts.DNSNSOneAddress: "unknown: ambiguous"}},
		{"IPv6 in two sites", start().has("ns1.example.com", "192.0.2.1", "2001:db8:1::1").has("ns2.example.com", "192.0.2.2", "2001:db8:2::1"),
			map[facts.Name]string{facts.DNSNSSpread6: "yes", facts.DNSNSSameNet: "yes"}},
		{"IPv6 in one site", start().has("ns1.example.com", "192.0.2.1", "2001:db8:1::1").has("ns2.example.com", "192.0.2.2", "2001:db8:1:2::1"),
			map[facts.Name]string{facts.DNSNSSpread6: "no"}},
		{"a server with IPv6 only", six, map[facts.Name]string{facts.DNSNSSpread6: "yes", facts.DNSNSAddresses: "2", facts.DNSNSMachines: "2"}},
		{"a server without address", start().has("ns1.example.com", ownA.Address).has("ns2.example.com"), map[facts.Name]string{facts.DNSNSUnresolvable: "yes",
			facts.DNSNSWithoutAddress: "ns2.example.com", facts.DNSNSNoneResolvable: "no", facts.DNSNSAddresses: "1"}},
		{"none has an address", start().has("ns1.example.com").has("ns2.example.com"), map[facts.Name]string{facts.DNSNSUnresolvable: "yes",
			facts.DNSNSNoneResolvable: "yes", facts.DNSNSAddresses: "0", facts.DNSNSSameNet: "unknown: not_found"}},
		{"an alias", whole, map[facts.Name]string{facts.DNSNSAlias: "yes", facts.DNSNSAliases: "ns2.example.com"}},
		{"an alias by one server only", halfAlias, map[facts.Name]string{facts.DNSNSAlias: "unknown: disagreement", facts.DNSNSAliases: "unknown: disagreement"}},
		{"one server denies the name", disputed, map[facts.Name]string{facts.DNSNSUnresolvable: "unknown: disagreement", facts.DNSNSAddresses: "2"}},
		{"the look-up of one failed", start().has("ns1.example.com", ownA.Address).says(ownA, "ns2.example.com", "A", nil, silent).says(ownA, "ns2.example.com", "AAAA", nil, silent),
			map[facts.Name]string{facts.DNSNSUnresolvable: "unknown: servfail", facts.DNSNSAddresses: "unknown: servfail"}},
		{"nobody was asked for one", start().has("ns1.example.com", ownA.Address), map[facts.Name]string{facts.DNSNSUnresolvable: "unknown: untested",
			facts.DNSNSAddresses: "unknown: untested", facts.DNSNSNoneResolvable: "unknown: untested", facts.DNSNSSameNet: "unknown: untested"}},
	} {
		test.run(t)
	}
	private := evidence.Server{Name: "ns1.example.com", Address: "10.0.0.1"}
	zoneTest{"a private address", zoneWith(private).refers(parentA, both[:1]), map[facts.Name]string{facts.DNSNSAllPrivate: "yes"}}.run(t)
	zoneTest{"a private address beside a public one", zoneWith(private, ownB).refers(parentA, both), map[facts.Name]string{facts.DNSNSAllPrivate: "no"}}.run(t)
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
			if got := zone.LeastMachines(slices.Compact(all), test.behind); got != test.want {
				t.Errorf("%s: %d, want %d", test.name, got, test.want)
			}
		}
	}
}

// The slowest server is that whose fastest answer over UDP took longest.
func TestSlowestServer(t *testing.T) {
	took := func(d time.Duration) func(*evidence.Exchange) {
		return func(x *evidence.Exchange) { x.RTT = evidence.Seconds(d) }
	}
	soa := []string{"ns1.example.com. hostmaster.example.com. 1 7200 900 1209600 300"}
	ask := func(z *zoneScene, server evidence.Server, d time.Duration, change ...func(*evidence.Exchange)) *zoneScene {
		return z.says(server, "example.com", "SOA", soa, append(change, took(d))...)
	}
	chance := ask(ask(ask(zoneWith(ownA, ownB), ownA, 4*time.Second), ownA, 30*time.Millisecond), ownB, 50*time.Millisecond)
	other := ask(ask(zoneWith(ownA, ownB), ownA, time.Second), ownB, 50*time.Millisecond)
	tcp := ask(ask(ask(zoneWith(ownA, ownB), ownA, 3*time.Second, overTCP), ownA, 90*time.Millisecond), ownB, 50*time.Millisecond)
	fastTCP := ask(ask(ask(zoneWith(ownA, ownB), ownA, time.Millisecond, overTCP), ownA, 90*time.Millisecond), ownB, 50*time.Millisecond)
	lost := ask(ask(zoneWith(ownA, ownB), ownA, 5*time.Second, silent), ownB, 50*time.Millisecond)
	for _, test := range []zoneTest{
		{"one answer is slow by chance", chance, map[facts.Name]string{facts.DNSNSSlowest: "50 ms", facts.DNSNSSlowestServer: "ns2.example.com [203.0.113.1]"}},
		{"one is slow each time", other, map[facts.Name]string{facts.DNSNSSlowest: "1 s", facts.DNSNSSlowestServer: "ns1.example.com [198.51.100.1]"}},
		{"TCP does not count", tcp, map[facts.Name]string{facts.DNSNSSlowest: "90 ms", facts.DNSNSSlowestServer: "ns1.example.com [198.51.100.1]"}},
		{"nor where it is faster", fastTCP, map[facts.Name]string{facts.DNSNSSlowest: "90 ms"}},
		{"silence is no answer", lost, map[facts.Name]string{facts.DNSNSSlowest: "50 ms"}},
		{"nobody answered", ask(zoneWith(ownA), ownA, 5*time.Second, silent), map[facts.Name]string{facts.DNSNSSlowest: "unknown: servfail", facts.DNSNSSlowestServer: "unknown: servfail"}},
	} {
		test.run(t)
	}
}
