// Package scene is for tests: bundles made by hand, which show in microseconds what a situation on the wire makes known. It knows no
// topic; a test hands in the derivations that it is about.
package scene

import (
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// Topic derives the facts of one topic, as the Derive of each topic does.
type Topic = func(*reading.Reading, *evidence.Target, reading.Writer)

// Facts derives the facts of some topics from a bundle, for all of its targets, and no other fact.
func Facts(b *evidence.Bundle, topics ...Topic) *facts.Set {
	r, set := &reading.Reading{Bundle: b}, &facts.Set{}
	w := r.Writer(set)
	for i := range b.Targets {
		t := &b.Targets[i]
		where := r.Places(t)
		for _, p := range where.Places {
			set.AddView(t.Name, p.Subject)
		}
		if len(where.Places) == 0 {
			w.NoViews(t.Name, facts.Session, where.Why)
		}
		for _, topic := range topics {
			topic(r, t, w)
		}
	}
	return set
}

// A scene is one domain with one mail host at one address, on a network that lets SMTP out, until a test says otherwise.
const (
	Domain  = "example.com"
	Host    = "mail.example.com"
	Address = "203.0.113.25"
)

// View is the mail host at its address.
var View = facts.SessionAt(Host, Address)

// Of makes a bundle with a session for each talk.
func Of(talks ...*Talk) *evidence.Bundle {
	b := &evidence.Bundle{Vantage: evidence.Vantage{SMTPOut: evidence.Open, SMTPOut6: evidence.Open},
		Targets: []evidence.Target{{Name: Domain, Kind: "domain", Hosts: []evidence.Host{{Name: Host, Preference: 10, Addresses: []string{Address}}}}}}
	for _, s := range talks {
		Meet(b, Host, Address, s)
	}
	return b
}

// Meet adds sessions with another host or address to a bundle.
func Meet(b *evidence.Bundle, host, address string, talks ...*Talk) {
	for _, s := range talks {
		b.Sessions = append(b.Sessions, evidence.Session{Host: host, Address: address, Port: 25, Attempt: len(b.Sessions) + 1, StartedAt: SeenAt, Events: s.events})
	}
}

// Shown writes what is known of a fact, or which reason there is why not.
func Shown(f facts.Fact) string {
	switch {
	case !f.Known():
		return "unknown: " + string(f.Why.Code)
	case f.AtLeast:
		return "at least " + f.Value.String()
	}
	return f.Value.String()
}

// WantAbout complains if a fact of a subject is not as it should be.
func WantAbout(t *testing.T, situation string, set *facts.Set, about facts.Subject, name facts.Name, want string) {
	t.Helper()
	if f, _ := set.Get(name, about); Shown(f) != want {
		t.Errorf("%s: %s of %s is %q (%s), want %q", situation, name, about, Shown(f), f.Why.Detail, want)
	}
}

// How long a server takes that is quick, and one that makes strangers wait.
const (
	Quick = 20 * time.Millisecond
	Slow  = 16 * time.Second
)

// SeenAt is when all of it was seen. A fixed time: a fact that hangs on the day would change its value over night.
var SeenAt = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
