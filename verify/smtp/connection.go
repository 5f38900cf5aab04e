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

// port is the port of the session, which is our own choice and so never in doubt. It is a fact all the same, because a session at
// another port than 25 says little of what senders meet.
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

// networkOpen is a no also where nothing was shown of this network. Rules ask it before they hold a failure against a server: a
// provider that closes port 25 looks just like a dead server. A no is therefore safe, and a yes has to be shown by somebody else
// who greeted.
func (v visited) networkOpen() facts.Known {
	return v.tried(facts.Truth(v.Network(v.best.Address) == evidence.Open).Seen(v.best.StartedAt, "all sessions"))
}

// connectLatency is the longest of several times: what is fast only sometimes is not fast.
func (v visited) connectLatency() facts.Known {
	e, ok := v.best.Event(evidence.StepConnect), v.Connected(v.place.Subject)
	switch {
	case e == nil:
		return facts.Known{}
	// The best session tells only whether there was a connection; the time is looked for in all of them.
	case e.Failure == nil:
		return v.best.Seen(e, facts.Is(facts.DurationValue(slowestConnect(v.sessions))))
	// The failure is credible, and then it says itself why there is no time; else what makes it doubtful does.
	case ok.Known():
		return v.best.Seen(e, facts.Because(reading.Unknown(e.Failure, "the connection")))
	}
	return v.best.Seen(e, facts.Because(ok.Why))
}

// slowestConnect is the longest time to a connection that was made. It counts to the end of the TCP handshake. A retransmitted SYN
// shows as whole seconds (RFC 6298 section 2: 1 s, then doubled).
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
	// One failure has no spread: zero says that it was tried only once.
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
	// No yes without all of them; a domain of which it is not known leaves it open.
	return facts.All(known...)
}

// nolistingOf tells it for one domain. An address that answers is not dead, whatever its place among the hosts.
func (v visited) nolistingOf(t *evidence.Target) facts.Known {
	n, connected := v.Nolisting(t), v.Connected(v.place.Subject)
	switch {
	// Only then is this address one of the host that is suspected. That a less preferred host greets is looked at there (RFC 5321
	// section 5.1 has senders go on to it).
	case n.Host != nil && n.Host.Name == v.place.Name && slices.Contains(n.Host.Addresses, v.place.At):
		return n.Dead
	case !connected.Known():
		return facts.Because(connected.Why)
	}
	return facts.No()
}
