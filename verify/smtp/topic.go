// Package smtp says what sessions to hold with the mail hosts of a target (RFC 5321), and derives what they show: whether and when the
// hosts connect, greet and encrypt, what their certificates are, and what they say to strangers who relay, ask for the postmaster or
// for mailboxes.
//
// It opens no connection, and refuses to ask for more than findings need: no session holds more than its script, DATA is in none, and a
// host that turned us away is not visited for the sake of curiosity. What an observation is worth on this network is decided in package
// reading; whether a wait is too long, or a reply unwelcome, in rules.
//
// The files: visits.go and script.go say what to ask, again.go when to come back, controls.go whom else to ask; session.go, certificate.go
// and labelled.go list the facts, each with the file that finds it out.
package smtp

import (
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// Derive derives what the sessions with the mail hosts of a target show. What several targets share is derived with the first.
func Derive(r *reading.Reading, t *evidence.Target, w reading.Writer) {
	if r.Invented(t).Code != "" {
		return
	}
	// The count is the target's own; what follows belongs to places, which targets share.
	w.PutAs(facts.Subject{Kind: facts.Target, Name: t.Name}, r.Greeting(t), facts.SMTPHostsGreeting)
	for _, p := range r.Places(t).Places {
		if !p.First(t) {
			continue
		}
		v, why := visit(r, p)
		// Each fact is put down all the same, with the reason: a fact that is missing would look as if nobody had asked.
		if why.Code != "" {
			w.PutAll(p.Subject, unvisited(why))
			continue
		}
		w.PutAll(p.Subject, v.session())
		w.PutAll(p.Subject, v.certificate())
		w.PutAll(p.Subject, v.labelled())
	}
}

// unvisited says of all facts of a host at an address why they are not known.
func unvisited(why facts.Unknown) map[facts.Name]facts.Known {
	var names []facts.Name
	for _, def := range facts.Definitions() {
		// The definitions are gone through, so that a new fact cannot be forgotten here.
		if def.Scope == facts.Session && (reading.OverSMTP(def.Name) || def.Name == facts.SMTPPort) {
			names = append(names, def.Name)
		}
	}
	return all(names, facts.Because(why))
}

// all says the same of several facts.
func all(names []facts.Name, k facts.Known) map[facts.Name]facts.Known {
	same := map[facts.Name]facts.Known{}
	for _, name := range names {
		same[name] = k
	}
	return same
}
