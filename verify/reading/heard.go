package reading

import (
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/transcript"
)

// This file tells whether a mail host was heard, at which of its addresses, and whether that is believed.

// contact is whether a host was heard at an address. Other topics ask it too, for what a domain's hosts show together; a fact of the
// topic smtp they could not read.
type contact struct{ connected, greeted facts.Known }

// contact is asked for of one host by the facts about all hosts of its targets, and found out once.
func (r *Reading) contact(about facts.Subject) contact {
	c, known := r.hearing().contacts[about]
	if !known {
		c = contact{r.believed(about, facts.SMTPConnectOK, r.connected(about)), r.believed(about, facts.SMTPGreetingReceived, r.greeted(about))}
		r.hearing().contacts[about] = c
	}
	return c
}

// Connected tells whether a host is reached at an address, as smtp.connect.ok says it. It is unknown where the network may be the reason,
// and where one failure has not been repeated.
func (r *Reading) Connected(about facts.Subject) facts.Known { return r.contact(about).connected }

// Greeted tells whether a host greets with 220 at an address, as smtp.greeting.received says it. It is never a no: who does not greet us
// may greet others.
func (r *Reading) Greeted(about facts.Subject) facts.Known { return r.contact(about).greeted }

// connected believes that there is no connection only after several tries, while this network is open. A yes needs one connection,
// because a client whose first try fails comes again (RFC 5321 section 4.5.4.1).
func (r *Reading) connected(about facts.Subject) facts.Known {
	sessions := r.Sessions(about)
	if len(sessions) == 0 {
		return facts.Because(r.noSession(about))
	}
	// Where any session was connected, the best one was.
	s := BestOf(sessions)
	e := s.Event(evidence.StepConnect)
	switch {
	case e == nil: // no run records such a session
		return facts.Because(facts.Unknown{Code: facts.Untested, Detail: "nothing in this run measured it"})
	case e.Failure == nil:
		return s.Seen(e, facts.Yes())
	case !r.reallyUnreachable(s.Address, e.Failure):
		return s.Seen(e, facts.Because(r.whyNoConnection(s.Address, e.Failure)))
	case len(Failures(sessions)) < Attempts: // it may have been restarting
		why := Unknown(e.Failure, "the connection")
		why.Detail += "; it was not tried a second time"
		return s.Seen(e, facts.Because(why))
	}
	return s.Seen(e, facts.No())
}

// greeted looks at the session with the slowest greeting, which is the one that a stranger meets.
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

// Failures are the times at which sessions began that got no connection. Their number tells how often it was tried, their span over
// what time.
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
	// The end of the run is another reason than that nobody wanted to know: the run can be repeated.
	if r.Bundle.Interrupted || r.Bundle.Expired {
		return facts.Unknown{Code: facts.Interrupted, Detail: "the run ended before the session with " + about.String()}
	}
	return facts.Unknown{Code: facts.Untested, Detail: "no session with " + about.String() + " was held"}
}

// dead tells whether it is known that an address does not serve: no connection, or no greeting for as long as any sender
// has to wait (RFC 5321 section 4.5.3.2.1). Who waited less knows nothing, and a trap for distrusted clients shows nothing of what
// others meet.
func (r *Reading) dead(about facts.Subject) bool {
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
	// Silence that may be this network's shows nothing of the server.
	if e == nil || r.MayBeSwallowed(s) {
		return false
	}
	bound, vain := WaitedInVain(e)
	return vain && bound >= transcript.ReplyLimit
}

// Greeting counts the addresses behind a target that greet, as smtp.addresses.greeting says it; a lower bound where others may. A no is
// known only of addresses that are dead: the count may be zero and still a bound.
func (r *Reading) Greeting(t *evidence.Target) facts.Known {
	// Nobody outside is led to hosts that only our resolver names, so that none of theirs counts.
	if led := r.MXLead(t); led.Astray.Code != "" {
		return facts.Because(led.Astray)
	}
	// Whatever greeted was not the host.
	if r.Bundle.Vantage.Intercepted {
		return facts.Because(InterceptedWhy)
	}
	w, count := r.Places(t), int64(0)
	open := w.Open
	for _, p := range w.Places {
		switch {
		case p.Nowhere.Code != "":
		case r.Greeted(p.Subject).Known(): // with 220
			count++
		case !r.dead(p.Subject):
			open = true // it may greet others
		}
	}
	k := facts.Is(facts.IntValue(count))
	k.AtLeast = open
	return k.Seen(r.Bundle.FinishedAt, "all sessions")
}
