package derive

import (
	"fmt"
	"slices"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/transcript"
)

// connection derives what the TCP connection shows.
func (d *derivation) connection(sessions []numbered, s numbered, put func(facts.Fact)) {
	route := facts.Fact{Name: facts.SMTPRouteOK, Value: facts.BoolValue(true), At: s.StartedAt, Evidence: fmt.Sprintf("session %d", s.n)}
	put(facts.Fact{Name: facts.SMTPPort, Value: facts.IntValue(int64(s.Port)), At: s.StartedAt, Evidence: fmt.Sprintf("session %d", s.n)})
	e := s.Event(evidence.StepConnect)
	if e == nil {
		return
	}
	if e.Failure != nil && e.Failure.Kind == evidence.NoRoute {
		route.Value, route.Why = facts.Value{}, unknown(e.Failure, "the connection")
	}
	put(route)
	put(facts.Fact{Name: facts.SMTPNetworkOpen, Value: facts.BoolValue(d.network(s.Address) == evidence.Open), At: s.StartedAt, Evidence: "all sessions"})
	failures, failedFor := connectFailures(sessions)
	put(failures)
	put(failedFor)
	ok, latency := s.fact(facts.SMTPConnectOK, e), s.fact(facts.SMTPConnectLatency, e)
	switch {
	case e.Failure == nil:
		ok.Value, latency.Value = facts.BoolValue(true), facts.DurationValue(slowestConnect(sessions))
	case d.reallyUnreachable(s.Address, e.Failure) && int(failures.Value.Int()) < Attempts:
		ok.Why = unknown(e.Failure, "the connection")
		ok.Why.Detail += "; it was not tried a second time"
		latency.Why = ok.Why
	case d.reallyUnreachable(s.Address, e.Failure):
		ok.Value = facts.BoolValue(false)
		latency.Why = unknown(e.Failure, "the connection")
	default:
		ok.Why = d.whyNoConnection(s.Address, e.Failure)
		latency.Why = ok.Why
	}
	put(ok)
	put(latency)
}

// connectFailures counts the sessions with an address that got no connection, and tells over what time they were spread. A firewall
// may turn newcomers away for a minute, and a server may be restarting.
func connectFailures(sessions []numbered) (failures, failedFor facts.Fact) {
	var at []time.Time
	for _, s := range sessions {
		if transcript.Unconnected(*s.Session) {
			at = append(at, s.StartedAt)
		}
	}
	failures = facts.Fact{Name: facts.SMTPConnectFailures, Value: facts.IntValue(int64(len(at))), At: sessions[0].StartedAt, Evidence: "all sessions with the address"}
	failedFor = failures
	failedFor.Name, failedFor.Value = facts.SMTPConnectFailedFor, facts.DurationValue(0)
	if len(at) > 0 {
		failedFor.Value = facts.DurationValue(slices.MaxFunc(at, time.Time.Compare).Sub(slices.MinFunc(at, time.Time.Compare)))
	}
	return failures, failedFor
}

// slowestConnect is the longest time to a connection that was made.
func slowestConnect(sessions []numbered) (slowest time.Duration) {
	for _, s := range sessions {
		if e := s.Event(evidence.StepConnect); e != nil && e.Failure == nil {
			slowest = max(slowest, e.Waited())
		}
	}
	return slowest
}

// reallyUnreachable tells whether a failed connection is the server's: another server of that address family could be reached
// in the same run. A refusal alone proves nothing, because firewalls on this side refuse as well. Behind a proxy, and
// without a route, it never is.
func (d *derivation) reallyUnreachable(address string, f *evidence.Failure) bool {
	return transcript.NetworkFailure(f) && d.network(address) == evidence.Open
}

func (d *derivation) whyNoConnection(address string, f *evidence.Failure) facts.Unknown {
	if d.network(address) == evidence.Closed && transcript.NetworkFailure(f) {
		return facts.Unknown{Code: facts.NetworkClosed,
			Detail: "no SMTP server could be reached from this network, not even the controls; the connection gave nothing: " + because(f)}
	}
	if transcript.NetworkFailure(f) && d.network(address) != evidence.Open {
		return facts.Unknown{Code: facts.ConnectFailed, Detail: because(f) +
			", and no control was seen to greet from here, so a firewall on this side may be the reason"}
	}
	return unknown(f, "the connection")
}

// mayBeSwallowed tells whether the silence of a server that was connected may be the network's: proxies that keep mail in accept
// connections for everybody, and say nothing. Only where somebody greeted, a silent server's wait is its own.
func (d *derivation) mayBeSwallowed(s numbered) bool {
	return transcript.Unanswered(*s.Session) && mayBeClosed(*s.Session) && d.network(s.Address) != evidence.Open
}

func (d *derivation) whySilent(s numbered) facts.Unknown {
	if d.network(s.Address) == evidence.Closed {
		return facts.Unknown{Code: facts.NetworkClosed, Detail: "no SMTP server greeted this network, not even the controls; something on the way may accept connections for everybody"}
	}
	return facts.Unknown{Code: facts.ConnectFailed, Detail: "the server was silent, and no control was seen to greet from here, so something on the way may accept connections for everybody"}
}

// before tells why a later step of the session was never reached.
func (d *derivation) before(s numbered) facts.Unknown {
	odd := transcript.OutOfStep(s.Session)
	for i := range s.Events {
		e := &s.Events[i]
		switch {
		case e.Step == evidence.StepConnect && e.Failure != nil:
			return d.whyNoConnection(s.Address, e.Failure)
		case e.Step == evidence.StepGreeting && e.Failure != nil && d.mayBeSwallowed(s):
			return d.whySilent(s)
		case e.Step == evidence.StepGreeting && e.Failure != nil:
			why := unknown(e.Failure, "the greeting")
			if why.Code == facts.ConnectFailed {
				why.Code = facts.NoGreeting
			}
			return why
		case e == odd:
			return outOfStep(s)
		case e.Failure != nil:
			return unknown(e.Failure, stepText(e))
		case e.Step == evidence.StepEHLO && transcript.SpeaksHELO(s.Session):
			// It went on with HELO.
		case e.Reply != nil && e.Reply.Code >= 400 && (e.About == "" || e.Reply.Code == 421):
			return refusal(e)
		}
	}
	return facts.Unknown{Code: facts.Untested, Detail: "the session did not ask for it"}
}
