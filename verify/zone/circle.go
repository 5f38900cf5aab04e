package zone

import (
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// circle derives which names of the zone's servers nobody can look up, because zones wait for one another.
func circle(c reading.Circle, put put) {
	unknown := c.Why
	if len(c.Names) > 0 {
		unknown = facts.Unknown{}
	}
	put(facts.DNSNSCircular, boolOr(len(c.Names) > 0, unknown), unknown)
	put(facts.DNSNSCircularNames, listOr(c.Names, unknown), unknown)
	put(facts.DNSZoneLost, c.Lost, c.WhyLost)
}
