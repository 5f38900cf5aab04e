package zone

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// strangers derives what a name server does for strangers.
func (d *derivation) strangers(here about, s *server) {
	here.put(d.route(s), facts.DNSServerRoute)
	d.recursion(here, s)
	d.transfer(here, s)
}

// route tells whether this machine has a way to a server; that it has none says nothing of the server.
func (d *derivation) route(s *server) facts.Known {
	switch {
	case d.Routeless(s.Address):
		return facts.Because(facts.Unknown{Code: facts.ConnectFailed, Detail: "this machine has no route to " + s.label})
	case len(d.AskedAt(s.Address)) == 0:
		return facts.Because(d.whyUnasked(s, "anything"))
	}
	return facts.Yes()
}

// recursion reads the answer to the foreign question.
func (d *derivation) recursion(here about, s *server) {
	exchanges, n := d.foreign(s)
	// RA is told by the same answer, so that both facts have one reason.
	if len(exchanges) == 0 {
		why := facts.Because(d.whyUnasked(s, "a foreign name"))
		here.put(why, facts.DNSRecursionForeign)
		here.put(why, facts.DNSRecursionOffered)
		return
	}
	x := dnsanswer.Last(exchanges)
	here = here.seen(x.At, fmt.Sprintf("DNS exchange %d", n))
	// Servers may leave such questions unanswered on purpose; then it is not known what they do for others.
	if x.RCode == "" || x.TC {
		why := facts.Unknown{Code: facts.ServFail, Detail: s.label + " gave no answer to a foreign question"}
		if x.Failure != nil {
			why.Detail += ": " + reading.Because(x.Failure)
		}
		here.put(facts.Because(why), facts.DNSRecursionForeign)
		here.put(facts.Because(why), facts.DNSRecursionOffered)
		return
	}
	here.put(d.resolves(s, x), facts.DNSRecursionForeign)
	here.put(facts.Truth(x.RA), facts.DNSRecursionOffered)
}

// foreign are the exchanges about a name right below a zone above, which the server does not hold.
func (d *derivation) foreign(s *server) (exchanges []evidence.Exchange, n int) {
	// It is found by its parent, because the name itself was made up for the run.
	parent := reading.ForeignZone(d.t, s.Server)
	if parent == "" {
		return nil, 0
	}
	for _, i := range d.AskedAt(s.Address) {
		x := &d.Bundle.Exchanges[i]
		_, above, _ := strings.Cut(x.Name, ".")
		if x.Role == evidence.Foreign && dnsanswer.AddressOf(x.Server) == s.Address && dns.Fqdn(above) == dns.Fqdn(parent) {
			exchanges, n = append(exchanges, *x), i+1
		}
	}
	return exchanges, n
}

// resolves tells whether a server found out for a stranger that a foreign name does not exist. The RA bit alone proves nothing: some
// servers set it and refuse. An open resolver answers in the words of the zone above, whose SOA record comes with the denial
// (RFC 2308 section 3).
func (d *derivation) resolves(s *server, x evidence.Exchange) facts.Known {
	parent, zone := reading.ForeignZone(d.t, s.Server), d.Named(x)
	// The zone named in the denial has to lie at or above what was asked about, or it is no word about the name.
	near := zone != "" && dns.IsSubDomain(dns.Fqdn(parent), dns.Fqdn(zone))
	nothing := len(x.Answer) == 0 && (x.RCode == "NXDOMAIN" || x.RCode == "NOERROR") // NOERROR below a wildcard of another type
	var why facts.Unknown
	// All four: with authority it would be a zone of its own, without RA it offers nothing, with data it made something up, and
	// without the SOA record of the zone above it asked nobody.
	switch resolved := !x.AA && x.RA && nothing && near; {
	// Providers let the resolvers of their own customers through, so that the test from inside shows nothing of strangers.
	case resolved && d.insider(s.Address):
		why = facts.Unknown{Code: facts.Untested, Detail: "the resolver of this machine stands beside " + s.label +
			", which may resolve for its own network only; test from another one"}
	case resolved:
		return facts.Yes()
	case len(x.Answer) > 0 || x.RCode == "NXDOMAIN":
		// Nobody's data: the server may make something up for every name, or serve the zone above itself.
		why = facts.Unknown{Code: facts.Disagreement, Detail: s.label + " answers for a name that does not exist, but not as one that found it out from others"}
	case x.RCode == "NOERROR" && x.RA && len(x.Authority) == 0:
		why = facts.Unknown{Code: facts.Disagreement, Detail: s.label + " says nothing of a foreign name, and does not refuse to"}
	case x.RCode == "SERVFAIL":
		why = facts.Unknown{Code: facts.ServFail, Detail: s.label + " answered SERVFAIL to a foreign question, as a resolver in trouble does too"}
	}
	// What is left without a reason are the ways in which servers decline: REFUSED, a referral, NOERROR without RA.
	return facts.No().Unless(why)
}

// insider tells whether this machine may count as one of a server's own network: its resolver is that server, or stands
// in the same block of addresses, the smallest that is routed.
func (d *derivation) insider(address string) bool {
	resolver, err := netip.ParseAddr(dnsanswer.AddressOf(d.Bundle.Vantage.Resolver))
	server, err2 := netip.ParseAddr(address)
	if err != nil || err2 != nil || resolver.Is4() != server.Is4() {
		return false
	}
	bits := 48
	if server.Is4() {
		bits = 24
	}
	block, err := server.Prefix(bits)
	return err == nil && block.Contains(resolver)
}

// transfer reads the beginning of a zone transfer.
func (d *derivation) transfer(here about, s *server) {
	exchanges, n := d.Exchanges(evidence.Authoritative, s.Address, d.t.Zone, "AXFR")
	if len(exchanges) == 0 {
		why := facts.Because(d.whyUnasked(s, "the zone"))
		here.put(why, facts.DNSTransferOpen)
		here.put(why, facts.DNSTransferRecords)
		return
	}
	x := dnsanswer.Last(exchanges)
	here = here.seen(x.At, fmt.Sprintf("DNS exchange %d", n))
	here.put(d.handsOut(s, exchanges), facts.DNSTransferOpen)
	here.put(facts.Is(facts.IntValue(int64(x.Transferred))), facts.DNSTransferRecords)
}

// handsOut tells whether a server began to hand out the zone: the zone's SOA record stands first (RFC 5936 section 2.2), and a record
// follows. A connection that is closed without a word is a refusal if it was so both times, and this network lets TCP out. Error codes
// are the ways in which servers refuse; SERVFAIL is none, it may be a trouble that passes.
func (d *derivation) handsOut(s *server, exchanges []evidence.Exchange) facts.Known {
	x := dnsanswer.Last(exchanges)
	// The SOA record alone may be all that strangers get: RFC 5936 section 2.2 has it at the beginning and the end.
	begins := len(x.Answer) > 1 && isOwnSOA(x.Answer[0], d.t.Zone) && x.Transferred > 1
	switch {
	case begins:
		return facts.Yes()
	case !d.Direct(d.t):
		return facts.Because(reading.NotDirect(s.label))
	// A network that lets no TCP out closes every transfer.
	case dnsanswer.ClosedUp(x) && !d.HeardOverTCP(s.Address):
		return facts.Because(reading.UnheardOverTCP(s.label))
	case dnsanswer.ClosedUp(x) && len(exchanges) > 1: // both times
		return facts.No()
	case x.Failure != nil:
		return facts.Because(reading.Unanswered(x.Failure, "the zone transfer from "+s.label))
	case slices.Contains([]string{"REFUSED", "NOTAUTH", "NOTIMP", "FORMERR"}, x.RCode):
		return facts.No()
	}
	return facts.Because(facts.Unknown{Code: facts.ServFail, Detail: "the zone transfer from " + s.label + " ended with " + x.RCode + " and no zone"})
}

// isOwnSOA tells whether a record, as text, is the SOA record of a zone. It reads text, so that a zone of a million records costs
// the reading of one.
func isOwnSOA(text, zone string) bool {
	fields := strings.Fields(text)
	return len(fields) > 3 && dnsanswer.HostName(fields[0]) == zone && fields[3] == "SOA"
}

// whyUnasked says why a server was not asked for something.
func (d *derivation) whyUnasked(s *server, what string) facts.Unknown {
	if d.Bundle.Interrupted || d.Bundle.Expired {
		return facts.Unknown{Code: facts.Interrupted, Detail: "the run ended before " + s.label + " was asked for " + what}
	}
	exchanges, _ := d.Exchanges(evidence.Authoritative, s.Address, d.t.Zone, "SOA")
	if _, why := d.AuthoritativeSOA(exchanges, d.t.Zone, s.label); why.Code == facts.ServFail {
		return why // it would have been asked
	}
	return facts.Unknown{Code: facts.Untested, Detail: s.label + " was not asked for " + what}
}
