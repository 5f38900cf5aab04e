package derive

import (
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// Zones whose servers have names in one another are found by nobody unless some glue leads in (RFC 9471 section 2.3).
func TestZonesThatWaitForOneAnother(t *testing.T) {
	elsewhere, wayOut := []string{"ns.other.com"}, []string{"ns.other.com", "ns.third.net"}
	circle := func(names []string, otherNames []string, otherGlue ...string) *zoneScene {
		return zoneWith().refers(parentA, names).refersTo(parentA, "other.com", otherNames, otherGlue...)
	}
	back := []string{"ns.example.com"}
	mixed := circle(wayOut, back).hasAt(parentB, "ns.third.net", "192.0.2.88")
	glued := circle(elsewhere, back, "ns.example.com A 192.0.2.99")
	long := zoneWith().refers(parentA, elsewhere).refersTo(parentA, "other.com", []string{"ns.more.com"}).refersTo(parentA, "more.com", back)
	answered := circle(elsewhere, back).says(parentB, "other.com", "SOA", []string{"a. b. 1 2 3 4 5"})
	ownGlue := zoneWith().refers(parentA, elsewhere, "ns.other.com A 192.0.2.77").refersTo(parentA, "other.com", back)
	strangeGlue := circle(elsewhere, back, "www.other.com A 192.0.2.99")
	alone := zoneWith().refers(parentA, elsewhere)
	open := zoneWith().refers(parentA, wayOut).refersTo(parentA, "other.com", back)
	absent := circle(wayOut, back).hasAt(parentB, "ns.third.net")
	outside := zoneWith().refers(parentA, []string{"ns.other.net"}).refersTo(parentA, "other.net", back)
	hearsay := circle(elsewhere, back).says(parentB, "other.com", "SOA", []string{"a. b. 1 2 3 4 5"}, func(x *evidence.Exchange) { x.AA = false })
	empty := circle(elsewhere, back).says(parentB, "other.com", "SOA", nil)
	beside := zoneWith().refers(parentA, wayOut).refersTo(parentA, "other.com", []string{"ns.more.com"}).refersTo(parentA, "more.com", elsewhere)
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
		{"the parent did not tell", zoneWith(ownA).serves(ownA, both...), map[facts.Name]string{facts.DNSNSCircular: "unknown: untested", facts.DNSZoneLost: "unknown: untested"}},
	} {
		test.run(t)
	}
}

// A name is held by the deepest of the zones above it.
func TestHolderOfAName(t *testing.T) {
	zones := map[string]*reading.ReferredZone{"com": {}, "other.com": {}, "sub.other.com": {}, "sister.com": {}}
	for name, want := range map[string]string{"ns.sub.other.com": "sub.other.com", "ns.other.com": "other.com", "other.com": "other.com", "ns.third.com": "com", "ns.third.net": ""} {
		for range 5 { // maps have no order
			if got := reading.HolderOf(zones, name); got != want {
				t.Errorf("%s is held by %q, want %q", name, got, want)
			}
		}
	}
}
