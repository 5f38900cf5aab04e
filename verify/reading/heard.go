package reading

import (
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/transcript"
)

// Connected tells, as the fact smtp.connect.ok, whether a host is reached at an address. That it is not takes several tries, while this
// network is open.
func (r *Reading) Connected(about facts.Subject) facts.Fact {
	return r.believed(about, r.connected(about))
}

func (r *Reading) connected(about facts.Subject) facts.Fact {
	sessions := r.Sessions(about)
	f := facts.Fact{Name: facts.SMTPConnectOK}
	if len(sessions) == 0 {
		f.Why = r.noSession(about)
		return f
	}
	s := BestOf(sessions)
	e := s.Event(evidence.StepConnect)
	if e == nil {
		return facts.Fact{Name: f.Name, Why: facts.Unknown{Code: facts.Untested, Detail: "nothing in this run measured it"}}
	}
	f = s.Fact(f.Name, e)
	switch {
	case e.Failure == nil:
		f.Value = facts.BoolValue(true)
	case r.ReallyUnreachable(s.Address, e.Failure) && len(Failures(sessions)) < Attempts:
		f.Why = Unknown(e.Failure, "the connection")
		f.Why.Detail += "; it was not tried a second time"
	case r.ReallyUnreachable(s.Address, e.Failure):
		f.Value = facts.BoolValue(false)
	default:
		f.Why = r.WhyNoConnection(s.Address, e.Failure)
	}
	return f
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

// Greeted tells, as the fact smtp.greeting.received, whether a host greets with 220 at an address. That it does not is never known: it
// may greet others.
func (r *Reading) Greeted(about facts.Subject) facts.Fact {
	f := facts.Fact{Name: facts.SMTPGreetingReceived}
	sessions := r.Sessions(about)
	if len(sessions) == 0 {
		f.Why = r.noSession(about)
		return r.believed(about, f)
	}
	s := SlowestGreeting(sessions, BestOf(sessions))
	if transcript.Greeted(*s.Session) {
		f = s.Fact(f.Name, s.Event(evidence.StepGreeting))
		f.Value = facts.BoolValue(true)
	} else {
		f.Why = r.NotReached(s)
	}
	return r.believed(about, f)
}

// Dead tells whether it is known that an address does not serve: no connection, or no greeting for as long as any sender
// has to wait. Who waited less knows nothing, and a trap for distrusted clients shows nothing of what others meet.
func (r *Reading) Dead(about facts.Subject) bool {
	connected := r.Connected(about)
	if !connected.Known() {
		return false
	}
	if !connected.Value.Bool() {
		return true
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

// Greeting counts, as the fact smtp.addresses.greeting, the addresses behind a target that greet; a lower bound where others may.
func (r *Reading) Greeting(t *evidence.Target) facts.Fact {
	f := facts.Fact{Name: facts.SMTPHostsGreeting, At: r.Bundle.FinishedAt, Evidence: "all sessions"}
	if led := r.MXLead(t); led.Astray.Code != "" {
		f.Why = led.Astray
		return f
	}
	w := r.Places(t)
	if r.Bundle.Vantage.Intercepted {
		f.Why, f.AtLeast = InterceptedWhy, w.Open
	}
	count := int64(0)
	f.AtLeast = w.Open
	for _, p := range w.Places {
		switch greeted := r.Greeted(p.Subject); {
		case p.Nowhere.Code != "":
		case greeted.Known():
			count++
		case !r.Dead(p.Subject):
			f.AtLeast = true // it may greet others
		}
	}
	if f.Why.Code == "" {
		f.Value = facts.IntValue(count)
	}
	return f
}
