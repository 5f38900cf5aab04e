package smtp

// This file tells what is seen of a host before it says anything. A connection that does not come about is the likeliest of all faults to
// be this network's, so that each fact says over how many sessions, and over what time, it was seen.

import (
	"fmt"
	"slices"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// atStart is something that the beginning of the best session shows.
func (v visited) atStart(k facts.Known) facts.Known {
	return k.Seen(v.best.StartedAt, fmt.Sprintf("session %d", v.best.N))
}

// port is the port of the session, which is our own choice and so never in doubt.
func (v visited) port() facts.Known { return v.atStart(facts.Is(facts.IntValue(int64(v.best.Port)))) }

// tried is something of which nothing is known where no connection was tried. No run records such a session.
func (v visited) tried(k facts.Known) facts.Known {
	if v.best.Event(evidence.StepConnect) == nil {
		return facts.Known{}
	}
	return k
}

// route is never a no: that this machine has no way to an address family is its own trouble.
func (v visited) route() facts.Known {
	k := facts.Yes()
	if e := v.best.Event(evidence.StepConnect); e != nil && e.Failure != nil && e.Failure.Kind == evidence.NoRoute {
		k = facts.Because(reading.Unknown(e.Failure, "the connection"))
	}
	return v.tried(v.atStart(k))
}

// networkOpen is a no also where nothing was shown of this network.
func (v visited) networkOpen() facts.Known {
	return v.tried(facts.Truth(v.Network(v.best.Address) == evidence.Open).Seen(v.best.StartedAt, "all sessions"))
}

// connectLatency is the longest of several times: what is fast only sometimes is not fast.
func (v visited) connectLatency() facts.Known {
	e, ok := v.best.Event(evidence.StepConnect), v.Connected(v.place.Subject)
	switch {
	case e == nil:
		return facts.Known{}
	case e.Failure == nil:
		return v.best.Seen(e, facts.Is(facts.DurationValue(slowestConnect(v.sessions))))
	case ok.Known():
		return v.best.Seen(e, facts.Because(reading.Unknown(e.Failure, "the connection")))
	}
	return v.best.Seen(e, facts.Because(ok.Why))
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

// sinceFirst is something that is counted over the sessions from the first one on.
func (v visited) sinceFirst(k facts.Known) facts.Known {
	return v.tried(k.Seen(v.sessions[0].StartedAt, "all sessions with the address"))
}

// connectFailures counts the sessions that got no connection.
func (v visited) connectFailures() facts.Known {
	return v.sinceFirst(facts.Is(facts.IntValue(int64(len(reading.Failures(v.sessions))))))
}

// connectFailedFor tells over what time they were spread: a firewall may turn newcomers away for a minute, and a server may be
// restarting.
func (v visited) connectFailedFor() facts.Known {
	spread := time.Duration(0)
	if at := reading.Failures(v.sessions); len(at) > 0 {
		spread = slices.MaxFunc(at, time.Time.Compare).Sub(slices.MinFunc(at, time.Time.Compare))
	}
	return v.sinceFirst(facts.Is(facts.DurationValue(spread)))
}

// nolisting tells whether the address is the deliberately dead first mail host of its domains. Where one domain leads here otherwise,
// the address is more than that.
func (v visited) nolisting() facts.Known {
	var known []facts.Known
	for _, t := range v.place.Targets {
		known = append(known, v.nolistingOf(t).Seen(v.Bundle.FinishedAt, "all sessions"))
	}
	return facts.All(known...)
}

// nolistingOf tells it for one domain. An address that answers is not dead, whatever its place among the hosts.
func (v visited) nolistingOf(t *evidence.Target) facts.Known {
	n, connected := v.Nolisting(t), v.Connected(v.place.Subject)
	switch {
	case n.Host != nil && n.Host.Name == v.place.Name && slices.Contains(n.Host.Addresses, v.place.At):
		return n.Dead
	case !connected.Known():
		return facts.Because(connected.Why)
	}
	return facts.No()
}
