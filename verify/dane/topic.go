// Package dane derives what the TLSA records of mail hosts demand of their certificates (RFC 7672).
//
// Only records for which a validating resolver of the user's choice vouches count: no signature is verified here, and a record without one
// demands nothing of anybody. The package opens no connection and judges nothing.
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
	for _, p := range r.Places(t).Places {
		if p.First(t) {
			d.dane(p)
		}
	}
}
