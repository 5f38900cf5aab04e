package zone

import (
	"slices"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/reading"
)

const (
	glueA = "ns1.example.com A 198.51.100.1"
	glueB = "ns2.example.com A 203.0.113.1"
)

// withGlue is a zone with two servers and the glue that both servers of the parent hand out, over UDP and over TCP.
func withGlue(glue ...string) *scene.Zone {
	z := scene.ZoneWith(scene.OwnA, scene.OwnB)
	return served(z.Refers(scene.ParentA, scene.Both, glue...).AndOverTCP().Refers(scene.ParentB, scene.Both, glue...).AndOverTCP())
}

// inDatagrams is withGlue where the parent was asked over UDP only.
func inDatagrams(glue ...string) *scene.Zone {
	return served(scene.ZoneWith(scene.OwnA, scene.OwnB).Refers(scene.ParentA, scene.Both, glue...).Refers(scene.ParentB, scene.Both, glue...))
}

func served(z *scene.Zone) *scene.Zone {
	return z.Serves(scene.OwnA, scene.Both...).Serves(scene.OwnB, scene.Both...)
}

// Glue is compared with what the zone itself says of its servers' addresses.
func TestGlueOfOwnServers(t *testing.T) {
	plain := func(z *scene.Zone) *scene.Zone {
		return z.Has("ns1.example.com", scene.OwnA.Address).Has("ns2.example.com", scene.OwnB.Address)
	}
	dual := func(z *scene.Zone) *scene.Zone {
		return z.Has("ns1.example.com", scene.OwnA.Address, "2001:db8:1::1").Has("ns2.example.com", scene.OwnB.Address)
	}
	wrong := evidence.Server{Name: "ns1.example.com", Address: "192.0.2.66"}
	wrongGlue := []string{"ns1.example.com A 192.0.2.66", glueA, glueB}
	alsoWrong := evidence.Server{Name: "ns1.example.com", Address: "192.0.2.67"}
	twoWrong := append(slices.Clone(wrongGlue), "ns1.example.com A 192.0.2.67")
	heard := func(z *scene.Zone) *scene.Zone {
		return z.Says(scene.ParentA, "com", "SOA", []string{"a. b. 1 2 3 4 5"}, scene.OverTCP)
	}
	contradict := withGlue(glueA, glueB).Has("ns2.example.com", scene.OwnB.Address).HasAt(scene.OwnA, "ns1.example.com", scene.OwnA.Address).HasAt(scene.OwnB, "ns1.example.com", "198.51.100.9")
	silentOwn := withGlue(glueA, glueB).Has("ns2.example.com", scene.OwnB.Address)
	for _, server := range []evidence.Server{scene.OwnA, scene.OwnB} {
		silentOwn.Says(server, "ns1.example.com", "A", nil, scene.Silent)
	}
	aliased, bare := withGlue(glueA, glueB).Has("ns2.example.com", scene.OwnB.Address), withGlue(glueB).Has("ns2.example.com", scene.OwnB.Address)
	for _, z := range []*scene.Zone{aliased, bare} {
		for _, server := range []evidence.Server{scene.OwnA, scene.OwnB} {
			z.Says(server, "ns1.example.com", "A", nil, func(x *evidence.Exchange) {
				x.Authority, x.Answer = nil, []string{"ns1.example.com. 300 IN CNAME www.example.com."}
			})
		}
	}
	hosting := scene.ZoneWith(scene.OwnA).Serves(scene.OwnA, scene.Both...).Says(scene.ParentA, "example.com", "NS", []string{"ns1.example.com.", "ns2.example.com."})
	byUDP := plain(inDatagrams()).Says(scene.ParentA, "example.com", "NS", nil, scene.OverTCP, scene.Silent, scene.OverTCP).Says(scene.ParentB, "example.com", "NS", nil, scene.Silent, scene.OverTCP)
	for _, test := range []zoneTest{
		{"as it should be", plain(withGlue(glueA, glueB)), map[facts.Name]string{facts.DNSGlueDiffers: "no", facts.DNSGlueDiffering: "none", facts.DNSGlueMissing: "no",
			facts.DNSGlueMissingFor: "none", facts.DNSGlueIncomplete: "no", facts.DNSGlueLacking: "none", facts.DNSGlueDead: "no"}},
		{"glue that the zone does not have, and nobody serves", heard(plain(withGlue(wrongGlue...))).Dead(wrong), map[facts.Name]string{facts.DNSGlueDiffers: "yes",
			facts.DNSGlueDiffering: "ns1.example.com 192.0.2.66", facts.DNSGlueDead: "yes", facts.DNSGlueMissing: "no", facts.DNSGlueIncomplete: "no"}},
		{"glue that the zone does not have, where the zone is refused", plain(withGlue(wrongGlue...)).Lame(wrong), map[facts.Name]string{facts.DNSGlueDiffers: "yes", facts.DNSGlueDead: "yes"}},
		{"glue that the zone does not have, which serves it", plain(withGlue(wrongGlue...)).Serves(wrong, scene.Both...), map[facts.Name]string{facts.DNSGlueDiffers: "yes", facts.DNSGlueDead: "no"}},
		{"glue that the zone does not have, which was not asked", plain(withGlue(wrongGlue...)), map[facts.Name]string{facts.DNSGlueDiffers: "yes", facts.DNSGlueDead: "unknown: untested"}},
		{"two such, the first not asked", plain(withGlue(twoWrong...)).Serves(alsoWrong, scene.Both...), map[facts.Name]string{facts.DNSGlueDead: "unknown: untested"}},
		{"two such, the second not asked", plain(withGlue(twoWrong...)).Serves(wrong, scene.Both...), map[facts.Name]string{facts.DNSGlueDead: "unknown: untested"}},
		{"two such, of which one serves and one is refused", plain(withGlue(twoWrong...)).Serves(wrong, scene.Both...).Lame(alsoWrong), map[facts.Name]string{facts.DNSGlueDead: "yes"}},
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
	start := func(glue ...string) *scene.Zone {
		return scene.ZoneWith(sibling).Refers(scene.ParentA, names, glue...).Serves(sibling, names...).RefersTo(scene.ParentA, "sister.com", names, "ns.sister.com A 192.0.2.77")
	}
	for _, test := range []zoneTest{
		{"right", start("ns.sister.com A 192.0.2.77").Has("ns.sister.com", sibling.Address), map[facts.Name]string{facts.DNSGlueDiffers: "no", facts.DNSGlueMissing: "no"}},
		{"none", start().Has("ns.sister.com", sibling.Address), map[facts.Name]string{facts.DNSGlueDiffers: "no", facts.DNSGlueMissing: "no", facts.DNSGlueIncomplete: "no"}},
		{"none, and its servers contradict each other", start().HasAt(sibling, "ns.sister.com", "192.0.2.77").HasAt(scene.OwnB, "ns.sister.com", "192.0.2.79"),
			map[facts.Name]string{facts.DNSGlueDiffers: "no"}},
		{"some, and its servers contradict each other", start("ns.sister.com A 192.0.2.77").HasAt(sibling, "ns.sister.com", "192.0.2.77").HasAt(scene.OwnB, "ns.sister.com", "192.0.2.79"),
			map[facts.Name]string{facts.DNSGlueDiffers: "unknown: disagreement"}},
		{"wrong", start("ns.sister.com A 192.0.2.78").Has("ns.sister.com", sibling.Address), map[facts.Name]string{facts.DNSGlueDiffers: "yes",
			facts.DNSGlueDiffering: "ns.sister.com 192.0.2.78"}},
		{"one of two is wrong", start("ns.sister.com A 192.0.2.77", "ns.sister.com A 192.0.2.78").Has("ns.sister.com", sibling.Address), map[facts.Name]string{
			facts.DNSGlueDiffering: "ns.sister.com 192.0.2.78"}},
		{"nobody entitled to it was asked", start("ns.sister.com A 192.0.2.78"), map[facts.Name]string{facts.DNSGlueDiffers: "unknown: servfail"}},
		{"without authority nobody is", start("ns.sister.com A 192.0.2.78").Says(sibling, "ns.sister.com", "A", []string{"192.0.2.77"}, func(x *evidence.Exchange) { x.AA = false }),
			map[facts.Name]string{facts.DNSGlueDiffers: "unknown: servfail"}},
	} {
		test.run(t)
	}
	outside := scene.ZoneWith(sibling).Refers(scene.ParentA, []string{"ns.sister.net"}, "ns.sister.net A 192.0.2.78").Has("ns.sister.net", "192.0.2.77")
	zoneTest{"a name below another parent is not this parent's to tell", outside, map[facts.Name]string{facts.DNSGlueDiffers: "no"}}.run(t)

	right, wrong := start("ns.sister.com A 192.0.2.77").Has("ns.sister.com", sibling.Address), start("ns.sister.com A 192.0.2.78").Has("ns.sister.com", sibling.Address)
	if got := strangeSiblings(&reading.Reading{Bundle: &right.Bundle}, &right.Targets[0]); len(got) > 0 {
		t.Errorf("strange siblings %q", got)
	}
	if got := strangeSiblings(&reading.Reading{Bundle: &wrong.Bundle}, &wrong.Targets[0]); len(got) != 1 || got[0] != "ns.sister.com" {
		t.Errorf("strange siblings %q", got)
	}
}

// A datagram may lack glue for want of room, and old servers do not say so by TC (RFC 9471 section 3.1): what it lacks is known to lack
// only where the message over TCP lacks it as well.
func TestGlueThatADatagramLacks(t *testing.T) {
	const six = "ns1.example.com AAAA 2001:db8:1::1"
	dual := func(z *scene.Zone) *scene.Zone {
		return z.Has("ns1.example.com", scene.OwnA.Address, "2001:db8:1::1").Has("ns2.example.com", scene.OwnB.Address)
	}
	refuses := func(x *evidence.Exchange) { x.RCode, x.AA, x.Authority = "REFUSED", false, nil }
	overTCP := func(z *scene.Zone, change ...func(*evidence.Exchange)) *scene.Zone {
		return z.Says(scene.ParentA, "example.com", "NS", nil, append(change, scene.OverTCP)...).Says(scene.ParentB, "example.com", "NS", nil, append(change, scene.OverTCP)...)
	}
	for _, test := range []zoneTest{
		{"an IPv6 address, and TCP was not asked", dual(inDatagrams(glueA, glueB)), map[facts.Name]string{facts.DNSGlueIncomplete: "unknown: untested",
			facts.DNSGlueLacking: "unknown: untested", facts.DNSGlueMissing: "no", facts.DNSGlueDiffers: "no"}},
		{"the IPv4 address, and TCP was not asked", dual(inDatagrams(six, glueB)), map[facts.Name]string{facts.DNSGlueMissing: "unknown: untested"}},
		{"all of it, and TCP was not asked", dual(inDatagrams()), map[facts.Name]string{facts.DNSGlueMissing: "unknown: untested"}},
		{"an IPv6 address, and TCP failed", overTCP(dual(inDatagrams(glueA, glueB)), scene.Silent), map[facts.Name]string{facts.DNSGlueIncomplete: "unknown: servfail"}},
		{"the IPv4 address, and TCP failed", overTCP(dual(inDatagrams(six, glueB)), scene.Silent), map[facts.Name]string{facts.DNSGlueMissing: "unknown: servfail"}},
		{"all of it, and over TCP came no referral", overTCP(dual(inDatagrams()), refuses), map[facts.Name]string{facts.DNSGlueMissing: "unknown: servfail"}},
		{"nothing", dual(inDatagrams(glueA, six, glueB)), map[facts.Name]string{facts.DNSGlueMissing: "no", facts.DNSGlueIncomplete: "no"}},
		{"what one server hands out over TCP", dual(inDatagrams(glueA, glueB)).Refers(scene.ParentA, scene.Both, glueA, six, glueB).AndOverTCP().
			Refers(scene.ParentB, scene.Both, glueA, six, glueB).AndOverTCP(), map[facts.Name]string{facts.DNSGlueIncomplete: "no"}},
		{"what one server lacks over TCP too", dual(inDatagrams(glueA, glueB)).Refers(scene.ParentA, scene.Both, glueA, glueB).AndOverTCP(),
			map[facts.Name]string{facts.DNSGlueIncomplete: "yes", facts.DNSGlueMissing: "no"}},
	} {
		test.run(t)
	}
}
