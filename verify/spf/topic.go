// Package spf derives from the SPF records of a domain whether an address sends its mail (RFC 7208), for rules that matter to senders only:
// a reverse name that is missing harms nobody who only receives. It says what to ask for that.
//
// It does not judge SPF records, and takes an error in one for no answer (RFC 7208 section 2.6.7). The user's own word goes before all
// records. It asks nothing: the library that evaluates the records is given what the evidence holds.
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
