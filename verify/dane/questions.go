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
			// The resolver first: only its word says that the records are signed.
			list = append(list, r.ToEither(mailpolicy.TLSAName(h.Name), "TLSA")...)
		}
	}
	return list
}
