package smtp

import (
	"fmt"
	"slices"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// connection derives what the TCP connection shows.
func (d *derivation) connection(sessions []reading.Session, s reading.Session, put func(facts.Fact)) {
	route := facts.Fact{Name: facts.SMTPRouteOK, Value: facts.BoolValue(true), At: s.StartedAt, Evidence: fmt.Sprintf("session %d", s.N)}
	put(facts.Fact{Name: facts.SMTPPort, Value: facts.IntValue(int64(s.Port)), At: s.StartedAt, Evidence: fmt.Sprintf("session %d", s.N)})
	e := s.Event(evidence.StepConnect)
	if e == nil {
		return
	}
	if e.Failure != nil && e.Failure.Kind == evidence.NoRoute {
		route.Value, route.Why = facts.Value{}, reading.Unknown(e.Failure, "the connection")
	}
	put(route)
	put(facts.Fact{Name: facts.SMTPNetworkOpen, Value: facts.BoolValue(d.Network(s.Address) == evidence.Open), At: s.StartedAt, Evidence: "all sessions"})
	failures, failedFor := connectFailures(sessions)
	put(failures)
	put(failedFor)
	ok, latency := d.Connected(facts.SessionAt(s.Host, s.Address)), s.Fact(facts.SMTPConnectLatency, e)
	switch {
	case e.Failure == nil:
		latency.Value = facts.DurationValue(slowestConnect(sessions))
	case ok.Known():
		latency.Why = reading.Unknown(e.Failure, "the connection")
	default:
		latency.Why = ok.Why
	}
	put(ok)
	put(latency)
}

// connectFailures counts the sessions with an address that got no connection, and tells over what time they were spread. A firewall
// may turn newcomers away for a minute, and a server may be restarting.
func connectFailures(sessions []reading.Session) (failures, failedFor facts.Fact) {
	at := reading.Failures(sessions)
	failures = facts.Fact{Name: facts.SMTPConnectFailures, Value: facts.IntValue(int64(len(at))), At: sessions[0].StartedAt, Evidence: "all sessions with the address"}
	failedFor = failures
	failedFor.Name, failedFor.Value = facts.SMTPConnectFailedFor, facts.DurationValue(0)
	if len(at) > 0 {
		failedFor.Value = facts.DurationValue(slices.MaxFunc(at, time.Time.Compare).Sub(slices.MinFunc(at, time.Time.Compare)))
	}
	return failures, failedFor
}

// slowestConnect is the longest time to a connection that was made.
func slowestConnect(sessions []reading.Session) (slowest time.Duration) {
	for _, s := range sessions {
		if e := s.Event(evidence.StepConnect); e != nil && e.Failure == nil {
			slowest = max(slowest, e.Waited())
		}
	}
	return slowest
}
