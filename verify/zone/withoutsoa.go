package zone

import (
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// deniesSOA tells whether a server said with authority, at every try, that a zone has no SOA record. One that speaks for
// another zone there, or refers, does not have the zone.
func (d *derivation) DeniesSOA(t *evidence.Target, server evidence.Server) bool {
	return d.everyTry(t, server, func(x evidence.Exchange) bool {
		return x.Failure == nil && x.RCode == "NOERROR" && x.AA && !x.TC && len(x.Answer)+len(x.Authority) == 0
	})
}

// failsAtSOA tells whether a server gave nothing but errors and silence when it was asked for the SOA record of a zone.
func (d *derivation) FailsAtSOA(t *evidence.Target, server evidence.Server) bool {
	return d.everyTry(t, server, func(x evidence.Exchange) bool {
		return x.Failure != nil || x.RCode != "NOERROR" && x.RCode != "NXDOMAIN"
	})
}

func (d *derivation) everyTry(t *evidence.Target, server evidence.Server, is func(evidence.Exchange) bool) bool {
	tries := d.Tries(t, server)
	return len(tries) > 0 && !slices.ContainsFunc(tries, func(xs []evidence.Exchange) bool { return !is(dnsanswer.Last(xs)) })
}

// hasApex tells whether a server gave records of the apex of a zone with authority: NS records, which every zone has there and
// no other can, or any where the question for the SOA record gave no sign of another zone.
func (d *derivation) hasApex(t *evidence.Target, server evidence.Server) bool {
	xs, _ := d.ExchangesWith(t, server)
	others := d.DeniesSOA(t, server) || d.FailsAtSOA(t, server)
	return slices.ContainsFunc(xs, func(x evidence.Exchange) bool {
		usable := x.Failure == nil && x.RCode == "NOERROR" && x.AA && !x.TC && dnsanswer.Bare(x.Name) == t.Zone
		return usable && x.Type != "SOA" && (others || x.Type == "NS") && len(dnsanswer.Owned(x, x.Type)) > 0
	})
}

// withoutSOA tells whether a server that is authoritative for a zone says that the zone lacks the SOA record, which every zone has
// (RFC 2181 section 6.1). Three tries, the last one over TCP, count.
func (d *derivation) withoutSOA(t *evidence.Target, server evidence.Server) (bool, facts.Unknown) {
	switch {
	case d.Serves(t, server) || !d.DeniesSOA(t, server):
		return false, facts.Unknown{}
	case !d.triedOften(t, server):
		return false, d.tooFewTries(server.Name + " [" + server.Address + "]")
	}
	return true, facts.Unknown{}
}

// triedOften tells whether a server was asked for the SOA record of a zone at three tries, the last one over TCP.
func (d *derivation) triedOften(t *evidence.Target, server evidence.Server) bool {
	rounds := d.Tries(t, server)
	return len(rounds) >= 3 && dnsanswer.Last(rounds[2]).Transport == "tcp"
}
