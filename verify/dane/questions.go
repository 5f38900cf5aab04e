package dane

import (
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

// Questions lists what is worth asking about the TLSA records of the hosts of a target, after what is known. An address alone has none
// (RFC 7672 section 3.2.1).
func Questions(r *reading.Reading, t *evidence.Target, want reading.Wish) (list []reading.Question) {
	if !want.Has(facts.FromTLSA) {
		return nil
	}
	// The records stand at the host and not at the mail domain (RFC 7672 section 2.2.3), so that each host has its own.
	for _, h := range t.Hosts {
		if h.Name != "" {
			list = append(list, toHost(r, h.Name)...)
		}
	}
	return list
}

// toHost asks the resolver first: most hosts have no such records, and it knows that without a walk to the servers of the zone. What there is
// takes a proof, and the addresses of the host another one: senders look for the records only where these are signed (RFC 7672 section
// 2.2.2).
func toHost(r *reading.Reading, host string) []reading.Question {
	name := mailpolicy.TLSAName(host)
	list := r.ToEither(name, "TLSA")
	if !r.Done(list...) || len(r.RecordsFound(name, "TLSA")) == 0 {
		return list
	}
	list = append(list, reading.ToZone(name, "TLSA")...)
	list = append(list, reading.ToZone(host, "A", "AAAA")...)
	if !r.Done(list...) {
		return list
	}
	for _, q := range [][2]string{{name, "TLSA"}, {host, "A"}, {host, "AAAA"}} {
		list = append(list, r.ToValidate(q[0], q[1])...)
	}
	return list
}
