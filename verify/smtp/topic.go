// Package smtp derives what sessions with the mail hosts of a target show: whether and when they connect, greet and encrypt, what their
// certificates are, and what they say to strangers who relay, ask for the postmaster or for mailboxes.
package smtp

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

// Derive derives what the sessions with the mail hosts of a target show. What several targets share is derived with the first.
func Derive(r *reading.Reading, t *evidence.Target, w reading.Writer) {
	d := &derivation{r, w}
	if r.Invented(t).Code != "" {
		return
	}
	d.Put(facts.Subject{Kind: facts.Target, Name: t.Name}, r.Greeting(t))
	for _, p := range r.Places(t).Places {
		switch {
		case !p.First(t):
		case p.Nowhere.Code != "":
			d.unknown(p.Subject, p.Nowhere)
		default:
			d.session(p)
			d.Put(p.Subject, d.nolistings(p))
		}
	}
}

// unknown puts down why nothing is known of a host at an address.
func (d *derivation) unknown(about facts.Subject, why facts.Unknown) {
	for _, def := range facts.Definitions() {
		if def.Scope == facts.Session && (reading.OverSMTP(def.Name) || def.Name == facts.SMTPPort) {
			d.Put(about, facts.Fact{Name: def.Name, Why: why})
		}
	}
}
