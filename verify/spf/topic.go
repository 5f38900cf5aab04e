// Package spf derives from the SPF records of a domain whether an address sends its mail (RFC 7208).
//
// It asks whether a missing reverse name can do harm, not whether a record is good. The user's word goes before any record, and what could
// not be looked up is unknown, not a no. It opens no connection.
package spf

import (
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// derivation is one derivation of the facts of the topic.
type derivation struct {
	*reading.Reading
	reading.Writer
}

// Derive derives whether the addresses to which a target leads send mail. What several targets share is derived with the first.
func Derive(r *reading.Reading, t *evidence.Target, w reading.Writer) {
	d := &derivation{r, w}
	for _, p := range r.Places(t).Places {
		switch {
		case !p.First(t):
		case p.Nowhere.Code != "":
			d.Put(p.Subject, facts.Because(p.Nowhere).As(facts.IPOutbound))
		default:
			d.Put(p.Subject, d.shared(p).As(facts.IPOutbound))
		}
	}
}
