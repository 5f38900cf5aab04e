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

// strangerFacts derives what a name server does for strangers.
func (d *derivation) strangerFacts(t *evidence.Target, subject facts.Subject, server evidence.Server) {
	route := facts.Fact{Name: facts.DNSServerRoute, Value: facts.BoolValue(true)}
	switch {
	case d.Routeless(server.Address):
		route.Value, route.Why = facts.Value{}, facts.Unknown{Code: facts.ConnectFailed, Detail: "this machine has no route to " + subject.At}
	case len(d.AskedAt(server.Address)) == 0:
		route.Value, route.Why = facts.Value{}, d.whyUnasked(subject, server, "anything")
	}
	d.Put(subject, route)
	d.recursion(t, subject, server)
	d.transfer(t, subject, server)
}

// recursion reads the answer to the foreign question.
func (d *derivation) recursion(t *evidence.Target, subject facts.Subject, server evidence.Server) {
	var exchanges []evidence.Exchange
	n := 0
	parent := reading.ForeignZone(t, server)
	for _, i := range d.AskedAt(server.Address) {
		x := d.Bundle.Exchanges[i]
		_, above, _ := strings.Cut(x.Name, ".")
		if x.Role == evidence.Foreign && dnsanswer.AddressOf(x.Server) == server.Address && parent != "" && dns.Fqdn(above) == dns.Fqdn(parent) {
			exchanges, n = append(exchanges, x), i+1
		}
	}
	foreign, offered := facts.Fact{Name: facts.DNSRecursionForeign}, facts.Fact{Name: facts.DNSRecursionOffered}
	defer func() { d.Put(subject, foreign); d.Put(subject, offered) }()
	if len(exchanges) == 0 {
		foreign.Why = d.whyUnasked(subject, server, "a foreign name")
		offered.Why = foreign.Why
		return
	}
	x := dnsanswer.Last(exchanges)
	ref := fmt.Sprintf("DNS exchange %d", n)
	foreign.At, offered.At, foreign.Evidence, offered.Evidence = x.At, x.At, ref, ref
	if x.RCode == "" || x.TC {
		foreign.Why = facts.Unknown{Code: facts.ServFail, Detail: subject.At + " gave no answer to a foreign question"}
		if x.Failure != nil {
			foreign.Why.Detail += ": " + reading.Because(x.Failure)
		}
		offered.Why = foreign.Why
		return
	}
	offered.Value = facts.BoolValue(x.RA)
	zone := dnsanswer.Named(x)
	near := zone != "" && dns.IsSubDomain(dns.Fqdn(parent), dns.Fqdn(zone))
	nothing := len(x.Answer) == 0 && (x.RCode == "NXDOMAIN" || x.RCode == "NOERROR") // NOERROR below a wildcard of another type
	resolved := !x.AA && x.RA && nothing && near
	switch {
	case resolved && d.insider(server.Address):
		foreign.Why = facts.Unknown{Code: facts.Untested, Detail: "the resolver of this machine stands beside " + subject.At +
			", which may resolve for its own network only; test from another one"}
	case resolved:
		foreign.Value = facts.BoolValue(true)
	case len(x.Answer) > 0 || x.RCode == "NXDOMAIN":
		// Nobody's data: the server may make something up for every name, or serve the zone above itself.
		foreign.Why = facts.Unknown{Code: facts.Disagreement, Detail: subject.At + " answers for a name that does not exist, but not as one that found it out from others"}
	case x.RCode == "NOERROR" && x.RA && len(x.Authority) == 0:
		foreign.Why = facts.Unknown{Code: facts.Disagreement, Detail: subject.At + " says nothing of a foreign name, and does not refuse to"}
	case x.RCode == "SERVFAIL":
		foreign.Why = facts.Unknown{Code: facts.ServFail, Detail: subject.At + " answered SERVFAIL to a foreign question, as a resolver in trouble does too"}
	default:
		foreign.Value = facts.BoolValue(false)
	}
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
func (d *derivation) transfer(t *evidence.Target, subject facts.Subject, server evidence.Server) {
	exchanges, n := d.Exchanges(evidence.Authoritative, server.Address, t.Zone, "AXFR")
	open, records := facts.Fact{Name: facts.DNSTransferOpen}, facts.Fact{Name: facts.DNSTransferRecords}
	defer func() { d.Put(subject, open); d.Put(subject, records) }()
	if len(exchanges) == 0 {
		open.Why = d.whyUnasked(subject, server, "the zone")
		records.Why = open.Why
		return
	}
	x := dnsanswer.Last(exchanges)
	ref := fmt.Sprintf("DNS exchange %d", n)
	open.At, records.At, open.Evidence, records.Evidence = x.At, x.At, ref, ref
	records.Value = facts.IntValue(int64(x.Transferred))
	begins := len(x.Answer) > 1 && isOwnSOA(x.Answer[0], t.Zone) && x.Transferred > 1
	switch {
	case begins:
		open.Value = facts.BoolValue(true)
	case !d.Direct(t):
		open.Why = reading.NotDirect(subject.At)
	case dnsanswer.ClosedUp(x) && !d.HeardOverTCP(server.Address):
		open.Why = reading.UnheardOverTCP(subject.At)
	case dnsanswer.ClosedUp(x) && len(exchanges) > 1: // both times
		open.Value = facts.BoolValue(false)
	case x.Failure != nil:
		open.Why = reading.Unanswered(x.Failure, "the zone transfer from "+subject.At)
	case slices.Contains([]string{"REFUSED", "NOTAUTH", "NOTIMP", "FORMERR"}, x.RCode):
		open.Value = facts.BoolValue(false)
	default:
		open.Why = facts.Unknown{Code: facts.ServFail, Detail: "the zone transfer from " + subject.At + " ended with " + x.RCode + " and no zone"}
	}
}

func isOwnSOA(text, zone string) bool {
	fields := strings.Fields(text)
	return len(fields) > 3 && dnsanswer.HostName(fields[0]) == zone && fields[3] == "SOA"
}

// whyUnasked says why a server was not asked for something.
func (d *derivation) whyUnasked(subject facts.Subject, server evidence.Server, what string) facts.Unknown {
	if d.Bundle.Interrupted || d.Bundle.Expired {
		return facts.Unknown{Code: facts.Interrupted, Detail: "the run ended before " + subject.At + " was asked for " + what}
	}
	exchanges, _ := d.Exchanges(evidence.Authoritative, server.Address, subject.Name, "SOA")
	if _, why := d.AuthoritativeSOA(exchanges, subject.Name, subject.At); why.Code == facts.ServFail {
		return why // it would have been asked
	}
	return facts.Unknown{Code: facts.Untested, Detail: subject.At + " was not asked for " + what}
}
