package derive

import (
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

const (
	glueA = "ns1.example.com A 198.51.100.1"
	glueB = "ns2.example.com A 203.0.113.1"
)

// withGlue is a zone with two servers and the glue that both servers of the parent hand out.
func withGlue(glue ...string) *zoneScene {
	return zoneWith(ownA, ownB).refers(parentA, both, glue...).refers(parentB, both, glue...).serves(ownA, both...).serves(ownB, both...)
}

// Glue is compared with what the zone itself says of its servers' addresses.
func TestGlueOfOwnServers(t *testing.T) {
	plain := func(z *zoneScene) *zoneScene {
		return z.has("ns1.example.com", ownA.Address).has("ns2.example.com", ownB.Address)
	}
	dual := func(z *zoneScene) *zoneScene {
		return z.has("ns1.example.com", ownA.Address, "2001:db8:1::1").has("ns2.example.com", ownB.Address)
	}
	wrong := evidence.Server{Name: "ns1.example.com", Address: "192.0.2.66"}
	wrongGlue := []string{"ns1.example.com A 192.0.2.66", glueA, glueB}
	heard := func(z *zoneScene) *zoneScene {
		return z.says(parentA, "com", "SOA", []string{"a. b. 1 2 3 4 5"}, overTCP)
	}
	contradict := withGlue(glueA, glueB).has("ns2.example.com", ownB.Address).hasAt(ownA, "ns1.example.com", ownA.Address).hasAt(ownB, "ns1.example.com", "198.51.100.9")
	silentOwn := withGlue(glueA, glueB).has("ns2.example.com", ownB.Address)
	for _, server := range []evidence.Server{ownA, ownB} {
		silentOwn.says(server, "ns1.example.com", "A", nil, silent)
	}
	aliased, bare := withGlue(glueA, glueB).has("ns2.example.com", ownB.Address), withGlue(glueB).has("ns2.example.com", ownB.Address)
	for _, z := range []*zoneScene{aliased, bare} {
		for _, server := range []evidence.Server{ownA, ownB} {
			z.says(server, "ns1.example.com", "A", nil, func(x *evidence.Exchange) {
				x.Authority, x.Answer = nil, []string{"ns1.example.com. 300 IN CNAME www.example.com."}
			})
		}
	}
	hosting := zoneWith(ownA).serves(ownA, both...).says(parentA, "example.com", "NS", []string{"ns1.example.com.", "ns2.example.com."})
	byUDP := plain(withGlue()).says(parentA, "example.com", "NS", nil, overTCP, silent, overTCP).says(parentB, "example.com", "NS", nil, silent, overTCP)
	for _, test := range []zoneTest{
		{"as it should be", plain(withGlue(glueA, glueB)), map[facts.Name]string{facts.DNSGlueDiffers: "no", facts.DNSGlueDiffering: "none", facts.DNSGlueMissing: "no",
			facts.DNSGlueMissingFor: "none", facts.DNSGlueIncomplete: "no", facts.DNSGlueLacking: "none", facts.DNSGlueDead: "no"}},
		{"glue that the zone does not have, and nobody serves", heard(plain(withGlue(wrongGlue...))).dead(wrong), map[facts.Name]string{facts.DNSGlueDiffers: "yes",
			facts.DNSGlueDiffering: "ns1.example.com 192.0.2.66", facts.DNSGlueDead: "yes", facts.DNSGlueMissing: "no", facts.DNSGlueIncomplete: "no"}},
		{"glue that the zone does not have, where the zone is refused", plain(withGlue(wrongGlue...)).lame(wrong), map[facts.Name]string{facts.DNSGlueDiffers: "yes", facts.DNSGlueDead: "yes"}},
		{"glue that the zone does not have, which serves it", plain(withGlue(wrongGlue...)).serves(wrong, both...), map[facts.Name]string{facts.DNSGlueDiffers: "yes", facts.DNSGlueDead: "no"}},
		{"glue that the zone does not have, which was not asked", plain(withGlue(wrongGlue...)), map[facts.Name]string{facts.DNSGlueDiffers: "yes", facts.DNSGlueDead: "unknown: untested"}},
		{"an IPv6 address lacks", dual(withGlue(glueA, glueB)), map[facts.Name]string{facts.DNSGlueIncomplete: "yes", facts.DNSGlueLacking: "ns1.example.com 2001:db8:1::1",
			facts.DNSGlueMissing: "no", facts.DNSGlueDiffers: "no"}},
		{"the IPv4 address lacks, so that many find nothing", dual(withGlue("ns1.example.com AAAA 2001:db8:1::1", glueB)), map[facts.Name]string{facts.DNSGlueMissing: "yes",
			facts.DNSGlueMissingFor: "ns1.example.com", facts.DNSGlueIncomplete: "no"}},
		{"no glue for one", plain(withGlue(glueB)), map[facts.Name]string{facts.DNSGlueMissing: "yes", facts.DNSGlueMissingFor: "ns1.example.com", facts.DNSGlueDiffers: "no"}},
		{"no glue in a datagram, and TCP failed", byUDP, map[facts.Name]string{facts.DNSGlueMissing: "unknown: servfail"}},
		{"the zone's servers contradict each other", contradict, map[facts.Name]string{facts.DNSGlueDiffers: "unknown: disagreement", facts.DNSGlueIncomplete: "unknown: disagreement"}},
		{"the zone's servers do not tell", silentOwn, map[facts.Name]string{facts.DNSGlueDiffers: "unknown: servfail", facts.DNSGlueMissing: "unknown: servfail"}},
		{"an alias has no address to compare with", aliased, map[facts.Name]string{facts.DNSGlueDiffers: "unknown: ambiguous"}},
		{"an alias without glue has nothing to compare", bare, map[facts.Name]string{facts.DNSGlueDiffers: "no"}},
		{"who serves the zone shows no glue", hosting, map[facts.Name]string{facts.DNSGlueDiffers: "unknown: ambiguous", facts.DNSGlueMissing: "unknown: ambiguous"}},
		{"glue for somebody else counts nowhere", plain(withGlue(glueA, glueB, "mail.example.com A 192.0.2.99")), map[facts.Name]string{facts.DNSGlueDiffers: "no"}},
	} {
		test.run(t)
	}
}

// Servers in another zone below the same parent need no glue (RFC 9471 section 3.2); what is handed out has to be right.
func TestGlueOfSiblings(t *testing.T) {
	sibling := evidence.Server{Name: "ns.sister.com", Address: "192.0.2.77"}
	names := []string{"ns.sister.com"}
	start := func(glue ...string) *zoneScene {
		return zoneWith(sibling).refers(parentA, names, glue...).serves(sibling, names...).refersTo(parentA, "sister.com", names, "ns.sister.com A 192.0.2.77")
	}
	for _, test := range []zoneTest{
		{"right", start("ns.sister.com A 192.0.2.77").has("ns.sister.com", sibling.Address), map[facts.Name]string{facts.DNSGlueDiffers: "no", facts.DNSGlueMissing: "no"}},
		{"none", start().has("ns.sister.com", sibling.Address), map[facts.Name]string{facts.DNSGlueDiffers: "no", facts.DNSGlueMissing: "no", facts.DNSGlueIncomplete: "no"}},
		{"none, and its servers contradict each other", start().hasAt(sibling, "ns.sister.com", "192.0.2.77").hasAt(ownB, "ns.sister.com", "192.0.2.79"),
			map[facts.Name]string{facts.DNSGlueDiffers: "no"}},
		{"some, and its servers contradict each other", start("ns.sister.com A 192.0.2.77").hasAt(sibling, "ns.sister.com", "192.0.2.77").hasAt(ownB, "ns.sister.com", "192.0.2.79"),
			map[facts.Name]string{facts.DNSGlueDiffers: "unknown: disagreement"}},
		{"wrong", start("ns.sister.com A 192.0.2.78").has("ns.sister.com", sibling.Address), map[facts.Name]string{facts.DNSGlueDiffers: "yes",
			facts.DNSGlueDiffering: "ns.sister.com 192.0.2.78"}},
		{"one of two is wrong", start("ns.sister.com A 192.0.2.77", "ns.sister.com A 192.0.2.78").has("ns.sister.com", sibling.Address), map[facts.Name]string{
			facts.DNSGlueDiffering: "ns.sister.com 192.0.2.78"}},
		{"nobody entitled to it was asked", start("ns.sister.com A 192.0.2.78"), map[facts.Name]string{facts.DNSGlueDiffers: "unknown: servfail"}},
		{"without authority nobody is", start("ns.sister.com A 192.0.2.78").says(sibling, "ns.sister.com", "A", []string{"192.0.2.77"}, func(x *evidence.Exchange) { x.AA = false }),
			map[facts.Name]string{facts.DNSGlueDiffers: "unknown: servfail"}},
	} {
		test.run(t)
	}
	outside := zoneWith(sibling).refers(parentA, []string{"ns.sister.net"}, "ns.sister.net A 192.0.2.78").has("ns.sister.net", "192.0.2.77")
	zoneTest{"a name below another parent is not this parent's to tell", outside, map[facts.Name]string{facts.DNSGlueDiffers: "no"}}.run(t)

	right, wrong := start("ns.sister.com A 192.0.2.77").has("ns.sister.com", sibling.Address), start("ns.sister.com A 192.0.2.78").has("ns.sister.com", sibling.Address)
	if got := FromExchanges(right.Exchanges).StrangeSiblings(&right.Targets[0]); len(got) > 0 {
		t.Errorf("strange siblings %q", got)
	}
	if got := FromExchanges(wrong.Exchanges).StrangeSiblings(&wrong.Targets[0]); len(got) != 1 || got[0] != "ns.sister.com" {
		t.Errorf("strange siblings %q", got)
	}
}
