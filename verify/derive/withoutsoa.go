package derive

import (
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

// deniesSOA tells whether a server said with authority, at every try, that a zone has no SOA record. One that speaks for
// another zone there, or refers, does not have the zone.
func (d *derivation) deniesSOA(t *evidence.Target, server evidence.Server) bool {
	tries := d.tries(t, server)
	return len(tries) > 0 && !slices.ContainsFunc(tries, func(xs []evidence.Exchange) bool {
		x := dnsanswer.Last(xs)
		return x.Failure != nil || x.RCode != "NOERROR" || !x.AA || x.TC || len(x.Answer)+len(x.Authority) > 0
	})
}

// withoutSOA tells whether a server that denies the SOA record of a zone has other records of it, as load balancers do: then it
// is authoritative (the AA bit says so), although its zone lacks what every zone has (RFC 2181 section 6.1).
func (d *derivation) withoutSOA(t *evidence.Target, server evidence.Server) bool {
	xs, _ := d.exchangesWith(t, server)
	return d.deniesSOA(t, server) && slices.ContainsFunc(xs, func(x evidence.Exchange) bool {
		return x.Failure == nil && x.RCode == "NOERROR" && x.AA && len(x.Answer) > 0
	})
}
