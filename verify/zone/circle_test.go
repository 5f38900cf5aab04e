package zone

import (
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// Zones whose servers have names in one another are found by nobody unless some glue leads in (RFC 9471 section 2.3).
func TestZonesThatWaitForOneAnother(t *testing.T) {
	elsewhere, wayOut := []string{"ns.other.com"}, []string{"ns.other.com", "ns.third.net"}
	circle := func(names []string, otherNames []string, otherGlue ...string) *scene.Zone {
		return scene.ZoneWith().Refers(scene.ParentA, names).RefersTo(scene.ParentA, "other.com", otherNames, otherGlue...)
	}
	back := []string{"ns.example.com"}
	mixed := circle(wayOut, back).HasAt(scene.ParentB, "ns.third.net", "192.0.2.88")
	glued := circle(elsewhere, back, "ns.example.com A 192.0.2.99")
	long := scene.ZoneWith().Refers(scene.ParentA, elsewhere).RefersTo(scene.ParentA, "other.com", []string{"ns.more.com"}).RefersTo(scene.ParentA, "more.com", back)
	answered := circle(elsewhere, back).Says(scene.ParentB, "other.com", "SOA", []string{"a. b. 1 2 3 4 5"})
	ownGlue := scene.ZoneWith().Refers(scene.ParentA, elsewhere, "ns.other.com A 192.0.2.77").RefersTo(scene.ParentA, "other.com", back)
	strangeGlue := circle(elsewhere, back, "www.other.com A 192.0.2.99")
	alone := scene.ZoneWith().Refers(scene.ParentA, elsewhere)
	open := scene.ZoneWith().Refers(scene.ParentA, wayOut).RefersTo(scene.ParentA, "other.com", back)
	absent := circle(wayOut, back).HasAt(scene.ParentB, "ns.third.net")
	outside := scene.ZoneWith().Refers(scene.ParentA, []string{"ns.other.net"}).RefersTo(scene.ParentA, "other.net", back)
	hearsay := circle(elsewhere, back).Says(scene.ParentB, "other.com", "SOA", []string{"a. b. 1 2 3 4 5"}, func(x *evidence.Exchange) { x.AA = false })
	empty := circle(elsewhere, back).Says(scene.ParentB, "other.com", "SOA", nil)
	beside := scene.ZoneWith().Refers(scene.ParentA, wayOut).RefersTo(scene.ParentA, "other.com", []string{"ns.more.com"}).RefersTo(scene.ParentA, "more.com", elsewhere)
	for _, test := range []zoneTest{
		{"somebody answered for the other zone without authority", hearsay, map[facts.Name]string{facts.DNSNSCircular: "yes", facts.DNSZoneLost: "yes"}},
		{"somebody has nothing of the other zone", empty, map[facts.Name]string{facts.DNSNSCircular: "yes", facts.DNSZoneLost: "yes"}},
		{"one name is lost for sure, of the other it is not known", beside, map[facts.Name]string{facts.DNSNSCircular: "yes", facts.DNSNSCircularNames: "ns.other.com",
			facts.DNSZoneLost: "unknown: servfail"}},
		{"two zones", circle(elsewhere, back), map[facts.Name]string{facts.DNSNSCircular: "yes", facts.DNSNSCircularNames: "ns.other.com", facts.DNSZoneLost: "yes",
			facts.DNSGlueMissing: "yes", facts.DNSGlueMissingFor: "ns.other.com"}},
		{"three zones", long, map[facts.Name]string{facts.DNSNSCircular: "yes", facts.DNSZoneLost: "yes"}},
		{"glue leads in", glued, map[facts.Name]string{facts.DNSNSCircular: "no", facts.DNSNSCircularNames: "none", facts.DNSZoneLost: "no"}},
		{"its own referral has the glue", ownGlue, map[facts.Name]string{facts.DNSNSCircular: "no", facts.DNSZoneLost: "no"}},
		{"glue of another name leads nowhere", strangeGlue, map[facts.Name]string{facts.DNSNSCircular: "yes", facts.DNSZoneLost: "yes"}},
		{"somebody answered for the other zone", answered, map[facts.Name]string{facts.DNSNSCircular: "no", facts.DNSZoneLost: "no"}},
		{"another server is found, and with it this one", mixed, map[facts.Name]string{facts.DNSNSCircular: "no", facts.DNSZoneLost: "no"}},
		{"another server has no address", absent, map[facts.Name]string{facts.DNSNSCircular: "yes", facts.DNSZoneLost: "yes"}},
		{"of another server it is not known", open, map[facts.Name]string{facts.DNSNSCircular: "unknown: servfail"}},
		{"the other zone is not known", alone, map[facts.Name]string{facts.DNSNSCircular: "unknown: servfail", facts.DNSZoneLost: "unknown: servfail"}},
		{"below another parent this parent's glue does not help", outside, map[facts.Name]string{facts.DNSNSCircular: "yes", facts.DNSGlueMissing: "no"}},
		{"the parent did not tell", scene.ZoneWith(scene.OwnA).Serves(scene.OwnA, scene.Both...), map[facts.Name]string{facts.DNSNSCircular: "unknown: untested", facts.DNSZoneLost: "unknown: untested"}},
	} {
		test.run(t)
	}
}
