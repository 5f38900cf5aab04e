// Package spf derives what the SPF records of a domain say (RFC 7208): whether the record of a name is there and in order, and whether an
// address sends the domain's mail, for rules that matter to senders only: a reverse name that is missing harms nobody who only receives.
// It says what to ask for that.
//
// The record of a name is read as its own name servers give it. Whether an address sends is evaluated as a receiver does, who asks a
// resolver; there an error in a record is no answer (RFC 7208 section 2.6.7), and the user's own word goes before all records. The package
// asks nothing, and judges nothing.
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

// Derive derives what the SPF record of a target's name is, and whether the addresses to which it leads send mail. What several targets
// share is derived with the first.
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
	// No word of the resolver is in what follows; without a walk nobody entitled was asked.
	if !r.BeyondResolver(t) || t.Kind == "address" || t.Delegation == nil {
		return
	}
	itself := facts.Subject{Kind: facts.Target, Name: t.Name}
	own, root := d.own(t)
	w.PutAll(itself, own)
	w.PutAll(itself, d.included(t, own, root))
	w.PutAll(itself, d.type99(t))
}
