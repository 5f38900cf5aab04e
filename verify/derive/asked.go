package derive

import (
	"slices"
	"time"

	"mxverdict/verify/evidence"
)

// This file says which questions facts rest on, for probing, which has to ask them.

// Attempts is how often a connection or STARTTLS has to fail before the failure counts.
const Attempts = 2

// maxMailHosts bounds the hosts of MX records that are looked up; nobody needs more, and each may lead to another zone.
const maxMailHosts = 10

// SPFTime bounds one SPF evaluation in a run. RFC 7208 section 4.6.4 asks for at least 20 s.
const SPFTime = 30 * time.Second

// RecordTypes are asked for where a report misses a record, or speaks of an alias beside others.
var RecordTypes = []string{"A", "AAAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT"}

// ApexTypes are the records at the apex by which two copies of a zone are compared.
var ApexTypes = []string{"NS", "MX", "TXT", "A", "AAAA"}

// GreetingTypes are the records of which one makes a name resolvable by the measure of RFC 5321 section 2.3.5.
var GreetingTypes = []string{"A", "AAAA", "MX"}

// maxReverseNames is how many names of one address are led back, as RFC 8601 section 3 and RFC 7208 section 4.6.4 advise.
const maxReverseNames = 10

// ForeignZone is the nearest zone above that of a target that the server does not serve, as far as the walk shows; "" if
// there was no walk.
func ForeignZone(t *evidence.Target, server evidence.Server) string {
	d := t.Delegation
	if d == nil || d.By != evidence.ByWalk || len(d.Path) == 0 || d.Path[len(d.Path)-1].Zone != t.Zone {
		return ""
	}
	for _, cut := range slices.Backward(d.Path[:len(d.Path)-1]) {
		if !slices.ContainsFunc(cut.Servers, func(s evidence.Server) bool { return s.Address == server.Address }) {
			return cut.Zone
		}
	}
	return ""
}
