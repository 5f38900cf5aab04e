package smtp

// This file says which addresses are visited. One session serves all findings and all targets of a report that lead there, because a
// server that is visited once for each of them may take us for an attacker.

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/transcript"
)

// Visit is what is wanted of a mail host at one address.
type Visit struct {
	Host         string // "" for an address literal
	Address      netip.Addr
	facts.Source          // the probes that are part of the session
	Recipient    string   // of RCPT in the plain course; "" for neither MAIL nor RCPT
	Domains      []string // of the report whose mail it takes; none where the report names the host itself
	BareHello    bool     // send a hello of our own bytes in place of the handshake
}

const (
	// labelled are the probes beside the plain course of a session.
	labelled = facts.FromPlain | facts.FromPostmaster | facts.FromRelay | facts.FromVRFY
	// inSession are the probes that decide what a session asks.
	inSession = facts.FromSession | facts.FromTLS | facts.FromTransaction | labelled

	// maxVisited is how many addresses of one host are visited. The number is our own: enough for hosts that share their load, and
	// an end for records that somebody filled to keep us busy.
	maxVisited = 16
	// maxPostmasters bounds the domains of one host whose postmasters are tried in one session: servers limit recipients and
	// errors. Two senders each make eight recipients, below the ten errors after which Postfix slows a client down
	// (smtpd_soft_error_limit, seen 2026-08).
	maxPostmasters = 4
)

// Subject is what the facts of the visit are about.
func (v Visit) Subject() facts.Subject { return facts.SessionAt(v.Host, v.Address.String()) }

// Key is the same for visits that ask for the same: a session of another report under the same key is as good as an own one. Whose mail a
// host takes matters only to what is asked under labels.
func (v Visit) Key() string {
	var domains []string
	if v.Has(labelled) {
		domains = v.Domains
	}
	return fmt.Sprint(v.Host, " ", v.Address, " ", v.Source, " ", v.Recipient, " ", domains, " ", v.BareHello)
}

// OpeningKey is the same for visits whose sessions open alike: with the same host, and with a handshake or without.
func (v Visit) OpeningKey() string {
	return fmt.Sprint(v.Host, " ", v.Address, " ", v.Has(facts.FromTLS))
}

// Opening returns sessions up to where they ask for a mailbox: so far they are the same for whichever domain they are held, and tell nothing
// of another one. Reports about two domains on one host so share one greeting, without hearing of each other's mailboxes.
func Opening(sessions []evidence.Session) []evidence.Session {
	// Everything behind the first of them may be its effect, a refusal or a limit.
	return cut(sessions, func(e evidence.Event) bool { return e.About != "" || e.Step == evidence.StepMAIL })
}

// OpeningFor is Opening for a visit to the same address under another name: up to where the server may hear a name (RFC 6066 section 3).
func (v Visit) OpeningFor(sessions []evidence.Session) []evidence.Session {
	opening := cut(Opening(sessions), func(e evidence.Event) bool { return e.Step == evidence.StepSTARTTLS })
	if ours := v.under(opening); len(ours) > 0 {
		return ours
	}
	return opening // of the same host, for a visit with another course
}

// cut leaves of each session what stands before the first event of a kind, and holds no more of it.
func cut(sessions []evidence.Session, ends func(evidence.Event) bool) []evidence.Session {
	opening := slices.Clone(sessions)
	for i := range opening {
		if end := slices.IndexFunc(opening[i].Events, ends); end >= 0 {
			opening[i].Events = slices.Clone(opening[i].Events[:end])
		}
	}
	return opening
}

// under has sessions that were held under another name stand under that of the visit.
func (v Visit) under(sessions []evidence.Session) (ours []evidence.Session) {
	for _, s := range sessions {
		if s.Host != v.Host {
			s.Host, s.HeldAs = v.Host, cmp.Or(s.HeldAs, s.Host, "["+s.Address+"]")
			ours = append(ours, s)
		}
	}
	return ours
}

// Visits lists the visits that the targets of a report take, of which wishes says what is wanted, in the same order: one for every
// address of every host, with all that they want of it together, and further ones for the postmasters for which one has no room.
func Visits(r *reading.Reading, wishes []reading.Wish) (visits []Visit) {
	// Keyed by name and address: TLS shows another certificate under another name, so that one address with two names takes two
	// sessions.
	places := map[facts.Subject]int{}
	for i, wish := range wishes {
		t := &r.Bundle.Targets[i]
		if !visitsHosts(t, wish) {
			continue
		}
		for _, h := range t.Hosts {
			for _, a := range h.Addresses[:min(len(h.Addresses), maxVisited)] {
				// Addresses in a bundle may be anything; one that is none cannot be visited.
				address, err := netip.ParseAddr(a)
				if err != nil {
					continue
				}
				v := Visit{Host: h.Name, Address: address, Source: wish.Source & inSession, Recipient: recipient(t, wish), Domains: mailDomains(t)}
				place, known := places[v.Subject()]
				if !known {
					places[v.Subject()] = len(visits)
					visits = append(visits, v)
					continue
				}
				visits[place].join(v)
			}
		}
	}
	return divided(visits)
}

// visitsHosts tells whether the hosts of a target are visited. Its own address is one only where there are no mail hosts.
func visitsHosts(t *evidence.Target, wish reading.Wish) bool {
	return wish.Has(facts.FromSession) || wish.Has(facts.FromImplicit) && t.Kind == "host"
}

// recipient is the postmaster of the tested domain, or of the host itself, whom every server has to accept (RFC 5321
// sections 4.1.1.3 and 4.5.1). Nothing is sent to him: the session ends after the reply to RCPT.
func recipient(t *evidence.Target, wish reading.Wish) string {
	switch {
	case !wish.Has(facts.FromTransaction):
		return ""
	case t.Kind == "domain":
		return "postmaster@" + t.Name
	}
	return "postmaster"
}

// mailDomains are the domains that a target says its hosts take mail for: a host named alone says nothing of that.
func mailDomains(t *evidence.Target) []string {
	if t.Kind == "domain" {
		return []string{t.Name}
	}
	return nil
}

// join adds what another target wants of the same address.
func (v *Visit) join(w Visit) {
	v.Source |= w.Source
	// The first target's postmaster serves: the reply is only timed.
	v.Recipient = cmp.Or(v.Recipient, w.Recipient)
	v.Domains = append(v.Domains, w.Domains...)
}

// divided has further visits try the postmasters for which one has no room, and nothing else.
func divided(visits []Visit) []Visit {
	for i := 0; i < len(visits); i++ {
		v := &visits[i]
		if !v.Has(facts.FromPostmaster) || len(v.Domains) <= maxPostmasters {
			continue
		}
		// The appended visits are divided in turn, for the loop goes on to the end of the list as it grows.
		rest := *v
		v.Domains, rest.Domains = v.Domains[:maxPostmasters:maxPostmasters], v.Domains[maxPostmasters:]
		rest.Source, rest.Recipient = v.Source&^(labelled|facts.FromTransaction)|facts.FromPostmaster, ""
		visits = append(visits, rest)
	}
	return visits
}

// postmasters are the mailboxes that the host has to accept mail for (RFC 5321 section 4.5.1), of the tested domains.
func (v Visit) postmasters() []string {
	if len(v.Domains) == 0 {
		return []string{"postmaster"}
	}
	var all []string
	for _, domain := range v.Domains[:min(len(v.Domains), maxPostmasters)] {
		all = append(all, "postmaster@"+domain)
	}
	return all
}

// Held is a visit with the sessions that were held, one at least.
type Held struct {
	Visit
	Sessions []evidence.Session
}

// Shared returns the sessions of an earlier visit to the same address that say as much about this one, as sessions of its own: no
// greeting came, for which no name is to blame, or no TLS is wanted, whose server sees the name (RFC 6066 section 3). The list is empty where
// they are the host's own already, for one session is one try, however many visits it spares.
func (v Visit) Shared(earlier []Held) (sessions []evidence.Session, ok bool) {
	for _, h := range earlier {
		if h.saysAsMuch(v) {
			return v.under(h.Sessions), true
		}
	}
	return nil, false
}

// saysAsMuch tells whether what was held would not be otherwise under another name. A visit that calls for a second session is no
// example.
func (h Held) saysAsMuch(v Visit) bool {
	asked := h.Source&v.Source == v.Source && h.Recipient == v.Recipient && (!v.Has(labelled) || slices.Equal(h.Domains, v.Domains))
	switch {
	// It may have been an accident, which the other name need not share.
	case slices.ContainsFunc(h.Sessions, func(s evidence.Session) bool { return unsettled(&s) }):
		return false
	// Nobody had been told any name yet: a server learns of it in the handshake at the earliest.
	case !transcript.Greeted(h.Sessions[0]):
		return true
	}
	return !v.Has(facts.FromTLS) && asked
}
