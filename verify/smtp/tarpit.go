package smtp

// This file finds traps: servers that hold distrusted clients by a dialogue that drips, and take nothing. What a trap says is no property
// of the server that others meet.

import (
	"slices"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/transcript"
)

// trapWhy is why what a trap for distrusted clients says, such as spamd of OpenBSD, shows nothing of what others meet.
var trapWhy = facts.Unknown{Code: facts.Refused, Detail: "the server drips its replies, as traps for distrusted clients do; others may meet another dialogue"}

// trapped tells whether some session looks like such a trap. One is enough: a server that sets it for us at all may have told us
// anything in the other sessions.
func trapped(sessions []reading.Session) bool {
	return slices.ContainsFunc(sessions, func(s reading.Session) bool { return transcript.Trap(s.Session) })
}

// drip tells whether some reply came drop by drop. A reply that arrives byte by byte makes a client with a limit for each read wait
// for ever, and one with a limit for each reply give up.
func (v visited) drip() facts.Known {
	switch {
	case slices.ContainsFunc(v.sessions, func(s reading.Session) bool { return transcript.Drips(s.Session) }):
		return v.throughout(facts.Yes())
	// Without a greeting there was too little to drip.
	case !transcript.Greeted(*v.best.Session):
		return facts.Because(v.NotReached(v.best))
	}
	return v.throughout(facts.No())
}

// tarpit tells whether the server shows a trap. Whether it offers STARTTLS is known only from its reply to EHLO.
func (v visited) tarpit() facts.Known {
	k := v.throughout(facts.No())
	if !transcript.Greeted(*v.best.Session) {
		k = facts.Because(v.NotReached(v.best))
	}
	for _, s := range v.sessions {
		if !transcript.Trap(s.Session) {
			continue
		}
		// A trap is told from a slow server by what it offers: spamd speaks no STARTTLS, and a server that does is only slow.
		if e := s.Event(evidence.StepEHLO); e != nil && e.Failure == nil && e.Reply != nil && e.Reply.Code == 250 {
			return v.throughout(facts.Yes())
		}
		k = facts.Because(v.NotReached(s))
	}
	return k
}

// delayEverybody tells whether the waits, or the silence, are everybody's as far as can be seen. A delay that is meant for this
// tester alone must not be held against the server, nor may silence that is this network's.
func (v visited) delayEverybody() facts.Known {
	connected := v.Connected(v.place.Subject)
	switch {
	case trapped(v.sessions):
		return v.throughout(facts.Because(trapWhy))
	case !connected.Known():
		return v.throughout(facts.Because(connected.Why))
	}
	return v.throughout(facts.Yes())
}
