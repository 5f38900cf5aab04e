// Package dane derives what the TLSA records of mail hosts demand of their certificates (RFC 7672), and whether these comply: senders that
// honour them refuse to deliver to a host that does not. It says what to ask for that.
//
// Unsigned records demand nothing (RFC 7672 section 2.1). That they are signed is believed where a chain of signatures from the root shows it,
// or else of a resolver that the user chose, and of no other: the AD bit of a stranger's is worth nothing (RFC 4035 section 4.9.3). It asks
// nothing and judges nothing.
package dane

import (
	"mxverdict/verify/evidence"
	"mxverdict/verify/reading"
)

// derivation is one derivation of the facts of the topic.
type derivation struct {
	*reading.Reading
	reading.Writer
}

// Derive derives what the TLSA records of the hosts of a target demand. What several targets share is derived with the first.
func Derive(r *reading.Reading, t *evidence.Target, w reading.Writer) {
	d := &derivation{r, w}
	// A host without an address has a place too: its records are known without one.
	for _, p := range r.Places(t).Places {
		if p.First(t) {
			d.dane(p)
		}
	}
}
