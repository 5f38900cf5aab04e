package derive

import (
	"slices"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/transcript"
)

// encryption merges what every session with the address shows about STARTTLS.
func (d *derivation) encryption(sessions []numbered, put func(facts.Fact)) {
	byResult := map[tlsResult][]facts.Fact{}
	version := facts.Fact{Name: facts.SMTPSTARTTLSVersion}
	for _, s := range sessions {
		result, fact := d.startTLS(s)
		byResult[result] = append(byResult[result], fact)
		if result == tlsWorks {
			seen := s.fact(facts.SMTPSTARTTLSVersion, s.Event(evidence.StepHandshake))
			seen.Value = facts.TextValue(s.Event(evidence.StepHandshake).TLS.Version)
			version = agreed(version, seen)
		}
	}
	missing := mergeSTARTTLS(byResult)
	if !version.Known() && version.Why.Code == "" {
		version.Why = missing.Why
		if missing.Known() {
			version.Why = facts.Unknown{Code: facts.Refused, Detail: "no encryption is offered"}
		}
	}
	put(missing)
	put(version)
	put(sometimes(missing, byResult))
}

// agreed is the version of TLS of all sessions so far, where they agree.
func agreed(before, now facts.Fact) facts.Fact {
	switch {
	case before.Why.Code != "":
		return before
	case before.Known() && !before.Value.Equal(now.Value):
		now.Why = facts.Unknown{Code: facts.Disagreement, Detail: "the sessions with this address agreed on " + before.Value.Text() + " and on " + now.Value.Text()}
		now.Value = facts.Value{}
	}
	return now
}

// sometimes tells whether encryption works in some sessions and is missing in others, as where one of several machines behind an
// address lacks it.
func sometimes(missing facts.Fact, byResult map[tlsResult][]facts.Fact) facts.Fact {
	f := missing
	f.Name = facts.SMTPSTARTTLSSometimes
	if missing.Known() {
		f.Value = facts.BoolValue(len(byResult[tlsWorks]) > 0 && len(byResult[tlsAbsent]) > 0)
	}
	return f
}

// mergeSTARTTLS decides over all sessions: what works in one and is absent in another is a contradiction until it was absent
// twice, and only what failed each time, twice at least, does not work.
func mergeSTARTTLS(byResult map[tlsResult][]facts.Fact) facts.Fact {
	works, absent, dead, unclear := byResult[tlsWorks], byResult[tlsAbsent], byResult[tlsDead], byResult[tlsUnknown]
	switch {
	case len(works) > 0 && len(absent) >= Attempts:
		return known(absent[0], true)
	case len(works) > 0 && len(absent) > 0:
		f := works[0]
		f.Why = facts.Unknown{Code: facts.Disagreement, Detail: "encryption was offered in one session with this address and not in another; --samples 5 shows how often"}
		return f
	case len(works) > 0:
		return known(works[0], false)
	case len(absent) > 0:
		return known(absent[0], true)
	case len(dead) >= Attempts:
		return known(dead[0], true)
	case len(dead) > 0:
		return dead[0]
	}
	return unclear[0]
}

// known makes a fact of one that had only a reason so far.
func known(f facts.Fact, value bool) facts.Fact {
	f.Value, f.Why = facts.BoolValue(value), facts.Unknown{}
	return f
}

type tlsResult uint8

// startTLS classes one session. A 5.7.x reply means that this tester is refused, which says nothing about others.
func (d *derivation) startTLS(s numbered) (tlsResult, facts.Fact) {
	f := facts.Fact{Name: facts.SMTPSTARTTLSMissing, Why: d.before(s)}
	listed := d.listed(s)
	command, handshake := s.Event(evidence.StepSTARTTLS), s.Event(evidence.StepHandshake)
	if !listed.Known() || command == nil {
		return tlsUnknown, f
	}
	f = s.fact(facts.SMTPSTARTTLSMissing, command)
	switch {
	case handshake != nil && handshake.TLS != nil && handshake.Failure == nil && !listed.Value.Bool():
		f.Why = facts.Unknown{Code: facts.Disagreement, Detail: "the reply to EHLO does not list STARTTLS, yet it works when it is sent all the same; " +
			"mail servers do not send what is not listed"}
		return tlsUnknown, f
	case handshake != nil && handshake.TLS != nil && handshake.Failure == nil:
		return tlsWorks, f
	case command.Failure != nil:
		f.Why = unknown(command.Failure, "STARTTLS")
		return tlsUnknown, f
	case handshake != nil && handshake.Failure != nil:
		f.Why = unknown(handshake.Failure, "the TLS handshake")
		if handshake.Failure.Kind == evidence.Malformed {
			return tlsDead, f // what stands behind the 220 is no TLS at all
		}
		// A handshake that fails as TLS may still succeed with a client that knows what ours does not (SSL 3, finite-field
		// Diffie-Hellman): it proves no absence.
		return tlsUnknown, f
	case command.Reply == nil:
		return tlsUnknown, f
	}
	f.Why = refusal(command)
	if trap(s.Session) {
		f.Why = trapWhy
		return tlsUnknown, f
	}
	switch {
	case transcript.RefusesSTARTTLS(command.Reply, listed.Value.Bool()):
		return tlsDead, f
	case !listed.Value.Bool() && slices.Contains([]int{500, 502, 503}, command.Reply.Code) && !transcript.RefusesTester(command.Reply):
		return tlsAbsent, f
	}
	return tlsUnknown, f
}

const (
	tlsUnknown tlsResult = iota
	tlsWorks             // a handshake was finished
	tlsAbsent            // not listed, and rejected as an unknown command
	tlsDead              // listed, but it failed this time
)
