package zone

// This file finds out what glue lacks. A datagram has room for few addresses, and though a server has to say by TC that glue of the zone's
// own servers did not fit (RFC 9471 section 3.1), old ones leave it out without a word. So what lacks counts only where the message
// over TCP lacks it too.

import (
	"net/netip"
	"slices"
	"strings"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// gap is what the glue of a name lacks of one family of addresses.
type gap struct {
	lacking []string
	vital   bool // those who have that family only do not find the server
}

// gaps compares the glue of a name with the addresses that the zone gives it. Each family for itself: a resolver that has IPv4 only is not
// helped by IPv6 glue.
func gaps(glue, own []string) (found []gap) {
	for _, family := range []func(netip.Addr) bool{netip.Addr.Is4, netip.Addr.Is6} {
		theirs := ofFamily(glue, family)
		lacking := slices.DeleteFunc(ofFamily(own, family), func(a string) bool { return slices.Contains(theirs, a) })
		if len(lacking) == 0 {
			continue
		}
		// A dot in the address means IPv4. A server without IPv6 glue, but with some for IPv4, is found by nearly everybody.
		found = append(found, gap{lacking, len(glue) == 0 || len(theirs) == 0 && strings.Contains(lacking[0], ".")})
	}
	return found
}

// inPart is why a referral may not be the whole of it; zero if it came over TCP.
func (v *view) inPart(p reading.Delegated) facts.Unknown {
	if p.X.Transport == "tcp" {
		return facts.Unknown{}
	}
	who := labelOf(p.Server) + ", which may have left glue out of a datagram"
	xs, _ := v.Exchanges(evidence.Authoritative, p.Server.Address, v.t.Zone, "NS")
	// The last try over TCP counts.
	for _, x := range slices.Backward(xs) {
		switch {
		case x.Transport != "tcp":
		case x.Failure != nil:
			return reading.Unanswered(x.Failure, who+" and was asked for it over TCP,")
		default:
			return facts.Unknown{Code: facts.ServFail, Detail: who + ", gave no referral over TCP"}
		}
	}
	return facts.Unknown{Code: facts.Untested, Detail: who + ", was not asked for it over TCP"}
}

// curtailed lists the servers of the parent zone whose referral came in a datagram and lacks some glue.
func curtailed(r *reading.Reading, t *evidence.Target) (servers []evidence.Server) {
	c := viewOf(r, t).glueCheck()
	for _, p := range c.Parents(t) {
		lacks := func(name string) bool {
			return reading.Within(name, t.Zone) && !c.IsAlias(name) && len(gaps(p.GlueOf(name), c.ownOf(name).all)) > 0
		}
		if !p.Hosts && p.X.Transport != "tcp" && slices.ContainsFunc(p.Names, lacks) {
			servers = append(servers, p.Server)
		}
	}
	return servers
}
