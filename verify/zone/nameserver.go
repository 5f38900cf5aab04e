package zone

import (
	"fmt"
	"net/netip"
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/netrange"
	"mxverdict/verify/reading"
)

// nameServer derives whether one address of a server answers, with authority, over TCP, and publicly.
func (d *derivation) nameServer(here about, s *server) {
	where := ""
	if s.last > 0 {
		where = fmt.Sprintf("DNS exchange %d and those before it", s.last)
	}
	here = here.seen(dnsanswer.Last(s.exchanges).At, where)
	here.put(d.counts(s), facts.DNSNSJudged)
	here.put(s.answers, facts.DNSNSAnswers)
	here.put(s.authoritative, facts.DNSNSAuthoritative)
	here.put(d.withoutSOA(s), facts.DNSNSWithoutSOA)
	here.put(saidOtherwise(s, d.t.Zone), facts.DNSNSSaid)
	here.put(d.overTCP(s), facts.DNSNSTCP)
	here.put(d.public(s), facts.DNSNSPublic)
}

// public tells whether the address of a server is one that the Internet can reach (RFC 6890).
func (d *derivation) public(s *server) facts.Known {
	addr, err := netip.ParseAddr(s.Address)
	if err != nil || !d.Walked(d.t) {
		return facts.Because(facts.Unknown{Code: facts.NetworkClosed, Detail: "the address is known from the resolver only, which may give others to its own network"})
	}
	return facts.Truth(!netrange.Private(addr))
}

// saidOtherwise is what a server said of which it is known whether it is authoritative, in the place of the SOA record.
func saidOtherwise(s *server, zone string) facts.Known {
	if said := saidInstead(s.exchanges, zone); said != "" && s.authoritative.Known() && !s.serves {
		return facts.Is(facts.TextValue(said))
	}
	return facts.Because(facts.Unknown{Code: facts.Untested, Detail: s.label + " did not answer otherwise"})
}

// saidInstead says what a server answered last that did not give the SOA record of a zone. It names what a lame server does (RFC 9499:
// lame delegation), because what to do about it differs: an error is a matter of the server, a referral one of its configuration.
func saidInstead(xs []evidence.Exchange, zone string) string {
	// The last word counts: earlier tries may have met a server that was starting.
	for _, x := range slices.Backward(xs) {
		if x.RCode == "" || x.Type != "SOA" || x.Name != zone {
			continue
		}
		owner, _ := reading.ReferredTo(x)
		switch {
		// REFUSED is what a server gives that was never told of the zone, SERVFAIL one that was told and cannot load or copy it.
		case x.RCode != "NOERROR" && x.RCode != "NXDOMAIN":
			return "answers " + x.RCode
		case owner != "":
			return "refers to the servers of " + rootOr(owner)
		case !x.AA:
			return "answers without authority"
		}
		// Load balancers that know a few names of a zone answer so.
		if x.RCode == "NOERROR" && len(x.Authority) == 0 {
			return "answers that there is no SOA record, and gives no other record of the zone"
		}
		return "does not have the zone"
	}
	return ""
}

// rootOr names a zone for people.
func rootOr(zone string) string {
	if zone == "." {
		return "the root"
	}
	return zone
}

// withoutSOA tells whether a server that is authoritative for a zone says that the zone lacks the SOA record, which every zone has
// (RFC 2181 section 6.1). Three tries, the last one over TCP, count.
func (d *derivation) withoutSOA(s *server) facts.Known {
	switch {
	case !s.authoritative.IsYes():
		return s.authoritative
	case s.serves || !deniesSOA(d.Reading, d.t, s.Server):
		return facts.No()
	case !triedOften(d.Reading, d.t, s.Server):
		return facts.Because(d.tooFewTries(s.label))
	}
	return facts.Yes()
}

// lacksSOA tells whether a server said with authority, at every try so far, that a zone has no SOA record, or failed at that question.
func lacksSOA(r *reading.Reading, t *evidence.Target, server evidence.Server) bool {
	return deniesSOA(r, t, server) || failsAtSOA(r, t, server)
}

// deniesSOA tells whether a server said with authority, at every try, that a zone has no SOA record. One that speaks for
// another zone there, or refers, does not have the zone.
func deniesSOA(r *reading.Reading, t *evidence.Target, server evidence.Server) bool {
	return everyTry(r, t, server, func(x evidence.Exchange) bool {
		// A proper denial has the SOA record in its authority section (RFC 2308 section 3): a server that lacks the record has
		// nothing to put there.
		return x.Failure == nil && x.RCode == "NOERROR" && x.AA && !x.TC && len(x.Answer)+len(x.Authority) == 0
	})
}

// failsAtSOA tells whether a server gave nothing but errors and silence when it was asked for the SOA record of a zone. NXDOMAIN is an
// answer: such a server has another zone there.
func failsAtSOA(r *reading.Reading, t *evidence.Target, server evidence.Server) bool {
	return everyTry(r, t, server, func(x evidence.Exchange) bool {
		return x.Failure != nil || x.RCode != "NOERROR" && x.RCode != "NXDOMAIN"
	})
}

// everyTry tells whether something holds of the last message of each try for the SOA record, of which there has to be one.
func everyTry(r *reading.Reading, t *evidence.Target, server evidence.Server, is func(evidence.Exchange) bool) bool {
	tries := r.Tries(t, server)
	return len(tries) > 0 && !slices.ContainsFunc(tries, func(xs []evidence.Exchange) bool { return !is(dnsanswer.Last(xs)) })
}

// hasApex tells whether a server gave records of the apex of a zone with authority: NS records, which every zone has there and
// no other can, or any where the question for the SOA record gave no sign of another zone.
func hasApex(r *reading.Reading, t *evidence.Target, s *server) bool {
	others := lacksSOA(r, t, s.Server)
	return slices.ContainsFunc(s.exchanges, func(x evidence.Exchange) bool {
		usable := x.Failure == nil && x.RCode == "NOERROR" && x.AA && !x.TC && dnsanswer.Bare(x.Name) == t.Zone
		return usable && x.Type != "SOA" && (others || x.Type == "NS") && len(r.Owned(x, x.Type)) > 0
	})
}

// triedOften tells whether a server was asked for the SOA record of a zone at three tries, the last one over TCP.
func triedOften(r *reading.Reading, t *evidence.Target, server evidence.Server) bool {
	rounds := r.Tries(t, server)
	// A last try that was planned over TCP and made over UDP leaves open that datagrams are the trouble.
	return len(rounds) >= 3 && dnsanswer.Last(rounds[2]).Transport == "tcp"
}
