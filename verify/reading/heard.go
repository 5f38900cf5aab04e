package reading

import (
	"slices"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/transcript"
)

// This file tells by whom a mail host was heard, and at which of its addresses.

// AtAnyAddress tells whether something holds at any address of a target's mail hosts.
func AtAnyAddress(t *evidence.Target, such func(facts.Subject) bool) bool {
	return slices.ContainsFunc(t.Hosts, func(h evidence.Host) bool {
		return slices.ContainsFunc(h.Addresses, func(a string) bool { return such(facts.SessionAt(h.Name, a)) })
	})
}

// Heard is what all sessions with an address showed together, whichever host led there. Whether it is believed is another matter.
type Heard struct {
	Greeted    bool // with 220, by a server outside of the tester's own network
	Unanswered bool // once at least, for which this network may be the reason

	// By Rewritings: what a session shows that a device may have left, and that one came through without, from outside.
	Rewritten, Passed [len(Rewritings)]bool
}

// HeardAt tells what sessions with an address showed, those with it as a control among them.
func (r *Reading) HeardAt(address string) Heard {
	if r.Index().heard == nil {
		r.Index().heard = heardAt(r.Bundle.Sessions)
	}
	return r.Index().heard[address]
}

func heardAt(sessions []evidence.Session) map[string]Heard {
	all := map[string]Heard{}
	for i := range sessions {
		s := &sessions[i]
		h, outside := all[s.Address], !Neighbour(*s)
		h.Greeted = h.Greeted || outside && transcript.Greeted(*s)
		h.Unanswered = h.Unanswered || !s.Decoy && transcript.Unanswered(*s)
		for i, way := range Rewritings {
			h.Rewritten[i] = h.Rewritten[i] || !s.Control && way.Shows(s) && (transcript.Blanked(s) || s.Event(evidence.StepSTARTTLS) != nil)
			h.Passed[i] = h.Passed[i] || outside && way.Passes(s)
		}
		all[s.Address] = h
	}
	return all
}

// sameTarget tells whether two addresses belong to the mail hosts of one target.
func (r *Reading) sameTarget(a, b string) bool {
	if r.Index().leadHere == nil {
		r.Index().leadHere = leadHere(r.Bundle.Targets)
	}
	of := r.Index().leadHere
	return slices.ContainsFunc(of[a], func(t int) bool { _, both := slices.BinarySearch(of[b], t); return both })
}

// leadHere lists, for each address of a mail host, the targets that lead there, each once and in order.
func leadHere(targets []evidence.Target) map[string][]int {
	all := map[string][]int{}
	for i := range targets {
		AtAnyAddress(&targets[i], func(s facts.Subject) bool {
			if known := all[s.At]; len(known) == 0 || known[len(known)-1] != i {
				all[s.At] = append(known, i)
			}
			return false
		})
	}
	return all
}

// contact is whether a host was heard at an address.
type contact struct{ connected, greeted facts.Known }

// contact is asked for of one host by the facts about all hosts of its targets, and found out once.
func (r *Reading) contact(about facts.Subject) contact {
	c, known := r.Index().contacts[about]
	if !known {
		c = contact{r.believed(about, facts.SMTPConnectOK, r.connected(about)), r.believed(about, facts.SMTPGreetingReceived, r.greeted(about))}
		r.Index().contacts[about] = c
	}
	return c
}

// Connected tells whether a host is reached at an address, as smtp.connect.ok says it.
func (r *Reading) Connected(about facts.Subject) facts.Known { return r.contact(about).connected }

// Greeted tells whether a host greets with 220 at an address, as smtp.greeting.received says it. It is never a no: who does not greet us
// may greet others.
func (r *Reading) Greeted(about facts.Subject) facts.Known { return r.contact(about).greeted }

// connected believes that there is no connection only after several tries, while this network is open.
func (r *Reading) connected(about facts.Subject) facts.Known {
	sessions := r.Sessions(about)
	if len(sessions) == 0 {
		return facts.Because(r.noSession(about))
	}
	s := BestOf(sessions)
	e := s.Event(evidence.StepConnect)
	switch {
	case e == nil: // no run records such a session
		return facts.Because(facts.Unknown{Code: facts.Untested, Detail: "nothing in this run measured it"})
	case e.Failure == nil:
		return s.Seen(e, facts.Yes())
	case !r.ReallyUnreachable(s.Address, e.Failure):
		return s.Seen(e, facts.Because(r.WhyNoConnection(s.Address, e.Failure)))
	case len(Failures(sessions)) < Attempts:
		why := Unknown(e.Failure, "the connection")
		why.Detail += "; it was not tried a second time"
		return s.Seen(e, facts.Because(why))
	}
	return s.Seen(e, facts.No())
}

func (r *Reading) greeted(about facts.Subject) facts.Known {
	sessions := r.Sessions(about)
	if len(sessions) == 0 {
		return facts.Because(r.noSession(about))
	}
	s := SlowestGreeting(sessions, BestOf(sessions))
	if !transcript.Greeted(*s.Session) {
		return facts.Because(r.NotReached(s))
	}
	return s.Seen(s.Event(evidence.StepGreeting), facts.Yes())
}

// Failures are the times at which sessions began that got no connection.
func Failures(sessions []Session) (at []time.Time) {
	for _, s := range sessions {
		if transcript.Unconnected(*s.Session) {
			at = append(at, s.StartedAt)
		}
	}
	return at
}

// noSession says why there is no session with a host at an address.
func (r *Reading) noSession(about facts.Subject) facts.Unknown {
	if r.Bundle.Interrupted || r.Bundle.Expired {
		return facts.Unknown{Code: facts.Interrupted, Detail: "the run ended before the session with " + about.String()}
	}
	return facts.Unknown{Code: facts.Untested, Detail: "no session with " + about.String() + " was held"}
}

// Dead tells whether it is known that an address does not serve: no connection, or no greeting for as long as any sender
// has to wait (RFC 5321 section 4.5.3.2.1). Who waited less knows nothing, and a trap for distrusted clients shows nothing of what
// others meet.
func (r *Reading) Dead(about facts.Subject) bool {
	connected := r.Connected(about)
	if !connected.IsYes() {
		return connected.IsNo()
	}
	sessions := r.Sessions(about)
	for _, s := range sessions {
		if transcript.Greeted(*s.Session) || transcript.Trap(s.Session) {
			return false
		}
	}
	s := SlowestGreeting(sessions, BestOf(sessions))
	e := s.Event(evidence.StepGreeting)
	if e == nil || r.MayBeSwallowed(s) {
		return false
	}
	bound, vain := WaitedInVain(e)
	return vain && bound >= transcript.ReplyLimit
}

// Greeting counts the addresses behind a target that greet, as smtp.addresses.greeting says it; a lower bound where others may.
func (r *Reading) Greeting(t *evidence.Target) facts.Known {
	if led := r.MXLead(t); led.Astray.Code != "" {
		return facts.Because(led.Astray)
	}
	if r.Bundle.Vantage.Intercepted {
		return facts.Because(InterceptedWhy)
	}
	w, count := r.Places(t), int64(0)
	open := w.Open
	for _, p := range w.Places {
		switch {
		case p.Nowhere.Code != "":
		case r.Greeted(p.Subject).Known():
			count++
		case !r.Dead(p.Subject):
			open = true // it may greet others
		}
	}
	k := facts.Is(facts.IntValue(count))
	k.AtLeast = open
	return k.Seen(r.Bundle.FinishedAt, "all sessions")
}

// HasAddress tells whether an address of a target's mail hosts is such a one.
func HasAddress(t *evidence.Target, such func(address string) bool) bool {
	return AtAnyAddress(t, func(s facts.Subject) bool { return such(s.At) })
}
