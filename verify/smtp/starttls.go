package smtp

// This file tells whether mail can be handed over encrypted (RFC 3207). A listed keyword promises it, and a reply inside TLS proves it;
// what lies between decides only when it happens each time.

import (
	"slices"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/transcript"
)

// listed tells whether the reply to the first EHLO lists STARTTLS. The reply to HELO lists nothing (RFC 5321 section 3.2). It is
// read from plain text, where a device may have taken it out; whether that is to be feared is decided in package reading.
func (v visited) listed(s reading.Session) facts.Known {
	if transcript.SpeaksHELO(s.Session) {
		return s.Seen(s.Event(evidence.StepHELO), facts.No())
	}
	e := s.Event(evidence.StepEHLO)
	// A refusal of EHLO is a word about this client, and says nothing of what others are offered.
	if e == nil || e.Failure != nil || e.Reply == nil || e.Reply.Code != 250 || !transcript.Plausible(e.Step, e.Reply) {
		return facts.Because(v.NotReached(s))
	}
	return s.Seen(e, facts.Truth(slices.Contains(transcript.Keywords(*e.Reply), "STARTTLS")))
}

// encryption is what all sessions with an address show together about STARTTLS.
type encryption struct{ missing, trouble, version, sometimes facts.Known }

// encryption puts the sessions together. Where they agreed on different versions, which one a sender gets is not known.
func (v visited) encryption() (found encryption) {
	seen := map[tlsResult][]tlsTry{}
	for _, s := range v.sessions {
		try := v.startTLS(s)
		seen[try.result] = append(seen[try.result], try)
		// A hello counts too: it names the version that the server would use.
		if version, ok := chosenVersion(s); ok {
			found.version = facts.Agreed(found.version, version, facts.Unknown{Code: facts.Disagreement,
				Detail: "the sessions with this address agreed on " + found.version.Value.Text() + " and on " + version.Value.Text()})
		}
	}
	var trouble string
	found.missing, trouble = merged(seen)
	found.trouble, found.sometimes = found.missing, found.missing
	if found.missing.Known() {
		found.trouble.Value = facts.TextValue(trouble)
		// As where one of several machines behind an address lacks it.
		found.sometimes.Value = facts.BoolValue(len(seen[tlsWorks]) > 0 && len(seen[tlsAbsent]) > 0)
	}
	switch why := found.missing.Why; {
	// Some session agreed on a version, or several disagreed; that stands, whatever became of encryption otherwise.
	case found.version.Known() || found.version.Why.Code != "":
	case found.missing.Known():
		found.version = facts.Because(facts.Unknown{Code: facts.Refused, Detail: "no encryption is offered"})
	default:
		found.version = facts.Because(why)
	}
	return found
}

// chosenVersion is the version of TLS that the server chose: in a finished handshake, or else in its hello.
func chosenVersion(s reading.Session) (facts.Known, bool) {
	if e := reading.Finished(s.Session); e != nil {
		return s.Seen(e, facts.Is(facts.TextValue(e.TLS.Version))), true
	}
	e := s.Event(evidence.StepHello)
	if !serverHello(e) {
		return facts.Known{}, false
	}
	return s.Seen(e, facts.Is(facts.TextValue(e.Hello.Version))), true
}

// merged decides over all sessions whether encryption is missing, and says in words what is wrong with it. What works in one and is absent
// in another is a contradiction until it was absent twice, and only what failed each time, twice at least, does not work. A handshake
// that fails counts only beside a bare hello that no server hello answered either. The order of the cases is that of proof: a yes
// that was seen comes before an absence, an absence before a failure, and what only may be a failure comes last.
func merged(seen map[tlsResult][]tlsTry) (missing facts.Known, trouble string) {
	works, absent, dead := seen[tlsWorks], seen[tlsAbsent], seen[tlsDead]
	failed := slices.Concat(seen[tlsUnfinished], seen[tlsNoHello])
	disagreement := func(detail string) facts.Known {
		return facts.Because(facts.Unknown{Code: facts.Disagreement, Detail: detail})
	}
	// A server that works once works for those who come again, as mail servers do. That it lacks encryption is a fault of the server
	// only where that is no accident: one machine of several, or one bad moment.
	switch {
	case len(works) > 0 && len(absent) == 0:
		return works[0].seen(facts.No()), ""
	case len(works) > 0 && len(absent) < reading.Attempts:
		return disagreement("encryption was offered in one session with this address and not in another; --samples 5 shows how often"), ""
	case len(absent) == 1 && len(seen[tlsOffered])+len(failed) > 0:
		return disagreement("STARTTLS was listed in one session with this address, where no handshake came about, and not in another"), ""
	case len(absent) > 0:
		return absent[0].missing()
	// Somebody can speak TLS with this server, if not we: it is not missing, and that it works was not seen.
	case len(seen[tlsOffered]) > 0:
		return seen[tlsOffered][0].unknown(), ""
	case len(dead) >= reading.Attempts:
		return dead[0].missing()
	// Two clients of different ages failed in the same way, so that the fault is the server's.
	case len(seen[tlsUnfinished]) > 0 && len(seen[tlsNoHello]) > 0:
		return seen[tlsNoHello][0].missing()
	// Once may be an accident.
	case len(dead) > 0:
		return dead[0].unknown(), ""
	case len(seen[tlsUnknown]) > 0:
		return seen[tlsUnknown][0].unknown(), ""
	}
	return failed[0].unknown(), ""
}

// tlsTry is what one session shows of STARTTLS. It is classed for itself before sessions are compared: one of several machines behind an
// address may differ.
type tlsTry struct {
	session reading.Session
	command *evidence.Event // STARTTLS; nil where it was not sent
	result  tlsResult
	why     facts.Unknown // why the result, taken alone, decides nothing
	trouble string        // what is wrong, in words
}

// tlsResult classes what one session shows.
type tlsResult uint8

const (
	tlsUnknown    tlsResult = iota
	tlsWorks                // a reply came inside TLS
	tlsAbsent               // not listed, and rejected as an unknown command
	tlsOffered              // a server hello came, to a hello that is not followed by a handshake
	tlsDead                 // listed, but it failed this time in a way that no other client would fare better with
	tlsUnfinished           // the handshake failed as TLS, which it might not with another library
	tlsNoHello              // no server hello came to a hello that offers all versions and ciphers
)

// seen is something that the try shows, at its command if one was sent.
func (t tlsTry) seen(k facts.Known) facts.Known {
	if t.command == nil {
		return k
	}
	return t.session.Seen(t.command, k)
}

// missing is that encryption is missing, and what is wrong, by this try.
func (t tlsTry) missing() (facts.Known, string) { return t.seen(facts.Yes()), t.trouble }

// unknown is that this try leaves open whether encryption is missing.
func (t tlsTry) unknown() facts.Known { return t.seen(facts.Because(t.why)) }

// as is the try with a result.
func (t tlsTry) as(result tlsResult, why facts.Unknown, trouble string) tlsTry {
	t.result, t.why, t.trouble = result, why, trouble
	return t
}

// startTLS classes one session. What is said of this tester says nothing about others, and a session out of step says nothing but
// what TLS protects.
func (v visited) startTLS(s reading.Session) tlsTry {
	command, handshake, hello := s.Event(evidence.StepSTARTTLS), s.Event(evidence.StepHandshake), s.Event(evidence.StepHello)
	t := tlsTry{session: s, command: command}
	if command == nil {
		t.why = v.NotReached(s)
		return t
	}
	// What came inside TLS was protected from whatever confused the plain part.
	listed, works := v.listed(s), transcript.Encrypts(s.Session)
	switch {
	// Before the doubts below: a client that got this far was served.
	case works && listed.IsYes():
		t.result = tlsWorks
	case !works && transcript.OutOfStep(s.Session) != nil:
		t.why = reading.OutOfStep(s)
	// A server whose reply to EHLO is not known may list it.
	case !listed.Known():
		t.why = listed.Why
	// Senders go by the list (RFC 3207 section 4), so that for them it is missing; that it works may mean that a device hides the
	// keyword, or the server does from us.
	case works || reading.Finished(s.Session) != nil && listed.IsNo():
		t.why = facts.Unknown{Code: facts.Disagreement, Detail: "the reply to EHLO does not list STARTTLS, yet it works when it is sent all the same; " +
			"mail servers do not send what is not listed"}
	case command.Failure != nil:
		t.why = reading.Unknown(command.Failure, "STARTTLS")
	case command.Reply == nil:
		t.why = v.NotReached(s)
	case handshake != nil:
		return v.failedHandshake(t, handshake)
	case hello != nil:
		return bareHello(t, hello)
	case transcript.Trap(s.Session):
		t.why = trapWhy
	default:
		return refusedSTARTTLS(t, listed.IsYes())
	}
	return t
}

// refusedSTARTTLS classes a session in which the command was refused. What was listed and is refused is a promise that is not kept;
// what was never listed is no fault of the reply.
func refusedSTARTTLS(t tlsTry, listed bool) tlsTry {
	why, last := reading.Refusal(t.command), reading.LastLine(t.command.Reply)
	switch {
	case transcript.RefusesSTARTTLS(t.command.Reply, listed): // RFC 3207 section 4: 454
		return t.as(tlsDead, why, "STARTTLS is answered with: "+last)
	case !listed && transcript.RejectsSTARTTLS(t.command.Reply): // not hidden either
		return t.as(tlsAbsent, why, "the server does not list STARTTLS, and answers it with: "+last)
	}
	return t.as(tlsUnknown, why, "")
}
