package smtp

import (
	"slices"
	"strconv"
	"strings"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/transcript"
)

// encryption merges what every session with the address shows about STARTTLS.
func (d *derivation) encryption(sessions []reading.Session, put func(facts.Fact)) {
	seen := map[tlsResult][]tlsTry{}
	version := facts.Fact{Name: facts.SMTPSTARTTLSVersion}
	for _, s := range sessions {
		result, try := d.startTLS(s)
		seen[result] = append(seen[result], try)
		if chosen, ok := chosenVersion(s); ok {
			version = agreed(version, chosen)
		}
	}
	merged := mergeSTARTTLS(seen)
	missing := merged.Fact
	if !version.Known() && version.Why.Code == "" {
		version.Why = missing.Why
		if missing.Known() {
			version.Why = facts.Unknown{Code: facts.Refused, Detail: "no encryption is offered"}
		}
	}
	trouble := missing
	trouble.Name = facts.SMTPSTARTTLSTrouble
	if missing.Known() {
		trouble.Value = facts.TextValue(merged.trouble)
	}
	put(missing)
	put(trouble)
	put(version)
	put(sometimes(missing, seen))
}

// chosenVersion is the version of TLS that the server chose: in a finished handshake, or else in its hello.
func chosenVersion(s reading.Session) (facts.Fact, bool) {
	if e := reading.Finished(s.Session); e != nil {
		f := s.Fact(facts.SMTPSTARTTLSVersion, e)
		f.Value = facts.TextValue(e.TLS.Version)
		return f, true
	}
	e := s.Event(evidence.StepHello)
	if !serverHello(e) {
		return facts.Fact{}, false
	}
	f := s.Fact(facts.SMTPSTARTTLSVersion, e)
	f.Value = facts.TextValue(e.Hello.Version)
	return f, true
}

// serverHello tells whether a hello of ours was answered by one.
func serverHello(e *evidence.Event) bool {
	return e != nil && e.Failure == nil && e.Hello != nil && e.Hello.Version != ""
}

// tlsTry is what one session shows: the fact, and what was wrong in words.
type tlsTry struct {
	facts.Fact
	trouble string
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
func sometimes(missing facts.Fact, seen map[tlsResult][]tlsTry) facts.Fact {
	f := missing
	f.Name = facts.SMTPSTARTTLSSometimes
	if missing.Known() {
		f.Value = facts.BoolValue(len(seen[tlsWorks]) > 0 && len(seen[tlsAbsent]) > 0)
	}
	return f
}

// mergeSTARTTLS decides over all sessions: what works in one and is absent in another is a contradiction until it was absent
// twice, and only what failed each time, twice at least, does not work. A handshake that fails counts only beside a bare hello
// that no server hello answered either.
func mergeSTARTTLS(seen map[tlsResult][]tlsTry) tlsTry {
	works, absent, dead := seen[tlsWorks], seen[tlsAbsent], seen[tlsDead]
	failed := slices.Concat(seen[tlsUnfinished], seen[tlsNoHello])
	switch {
	case len(works) > 0 && len(absent) >= reading.Attempts:
		return absent[0].decided(true)
	case len(works) > 0 && len(absent) > 0:
		try := works[0]
		try.Why = facts.Unknown{Code: facts.Disagreement, Detail: "encryption was offered in one session with this address and not in another; --samples 5 shows how often"}
		return try
	case len(works) > 0:
		return works[0].decided(false)
	case len(absent) == 1 && len(seen[tlsOffered])+len(failed) > 0:
		try := absent[0]
		try.Why = facts.Unknown{Code: facts.Disagreement, Detail: "STARTTLS was listed in one session with this address, where no handshake came about, and not in another"}
		return try
	case len(absent) > 0:
		return absent[0].decided(true)
	case len(seen[tlsOffered]) > 0:
		return seen[tlsOffered][0]
	case len(dead) >= reading.Attempts:
		return dead[0].decided(true)
	case len(seen[tlsUnfinished]) > 0 && len(seen[tlsNoHello]) > 0:
		return seen[tlsNoHello][0].decided(true)
	case len(dead) > 0:
		return dead[0]
	case len(seen[tlsUnknown]) > 0:
		return seen[tlsUnknown][0]
	}
	return failed[0]
}

// decided makes a known fact of one that had only a reason so far.
func (t tlsTry) decided(missing bool) tlsTry {
	t.Fact = known(t.Fact, missing)
	if !missing {
		t.trouble = ""
	}
	return t
}

// known makes a fact of one that had only a reason so far.
func known(f facts.Fact, value bool) facts.Fact {
	f.Value, f.Why = facts.BoolValue(value), facts.Unknown{}
	return f
}

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

// startTLS classes one session. What is said of this tester says nothing about others, and a session out of step says nothing but
// what TLS protects.
func (d *derivation) startTLS(s reading.Session) (tlsResult, tlsTry) {
	f := facts.Fact{Name: facts.SMTPSTARTTLSMissing, Why: d.NotReached(s)}
	listed := d.listed(s)
	command, handshake, hello := s.Event(evidence.StepSTARTTLS), s.Event(evidence.StepHandshake), s.Event(evidence.StepHello)
	if command == nil {
		return tlsUnknown, tlsTry{Fact: f}
	}
	f = s.Fact(facts.SMTPSTARTTLSMissing, command)
	unknownBecause := func(why facts.Unknown) (tlsResult, tlsTry) {
		f.Why = why
		return tlsUnknown, tlsTry{Fact: f}
	}
	works := transcript.Encrypts(s.Session)
	switch {
	case works && listed.Known() && listed.Value.Bool():
		return tlsWorks, tlsTry{Fact: f}
	case !works && transcript.OutOfStep(s.Session) != nil:
		return unknownBecause(reading.OutOfStep(s))
	case !listed.Known():
		return unknownBecause(listed.Why)
	case works || reading.Finished(s.Session) != nil && !listed.Value.Bool():
		return unknownBecause(facts.Unknown{Code: facts.Disagreement, Detail: "the reply to EHLO does not list STARTTLS, yet it works when it is sent all the same; " +
			"mail servers do not send what is not listed"})
	case command.Failure != nil:
		return unknownBecause(reading.Unknown(command.Failure, "STARTTLS"))
	case command.Reply == nil:
		return unknownBecause(d.NotReached(s))
	case handshake != nil:
		return d.failedHandshake(s, f, handshake)
	case hello != nil:
		return bareHello(f, hello)
	case transcript.Trap(s.Session):
		return unknownBecause(TrapWhy)
	}
	f.Why = reading.Refusal(command)
	try := tlsTry{f, "STARTTLS is answered with: " + reading.LastLine(command.Reply)}
	switch {
	case transcript.RefusesSTARTTLS(command.Reply, listed.Value.Bool()):
		return tlsDead, try
	case !listed.Value.Bool() && transcript.RejectsSTARTTLS(command.Reply):
		try.trouble = "the server does not list STARTTLS, and answers it with: " + reading.LastLine(command.Reply)
		return tlsAbsent, try
	}
	return tlsUnknown, try
}

// broken are the failures by which a server ends a connection, or TLS; a wait that ended by our own patience is none.
var broken = []evidence.FailureKind{evidence.EOF, evidence.Reset, evidence.TLSFailed}

// failedHandshake classes a session in which no reply came inside TLS although STARTTLS was agreed to.
func (d *derivation) failedHandshake(s reading.Session, f facts.Fact, handshake *evidence.Event) (tlsResult, tlsTry) {
	inside, asked := s.Event(evidence.StepEHLOTLS), handshake.TLS != nil && handshake.TLS.AsksClient
	const demands = ", after it had asked for a certificate of the client, which senders do not have as a rule"
	switch {
	case handshake.Failure != nil:
		f.Why = reading.Unknown(handshake.Failure, "the TLS handshake")
	case inside == nil || inside.Failure == nil:
		f.Why = d.NotReached(s)
		return tlsUnknown, tlsTry{Fact: f}
	default:
		f.Why = reading.Unknown(inside.Failure, "EHLO inside TLS")
		return brokenTLS(f, inside.Failure, "the handshake is finished, and then the server ends the connection without a reply", asked, demands)
	}
	if why, away := turnedAway(handshake); away {
		f.Why = why
		return tlsUnknown, tlsTry{Fact: f}
	}
	switch {
	case handshake.Failure.Kind == evidence.Malformed:
		// What stands behind the 220 is no TLS at all.
		return tlsDead, tlsTry{f, "the server agrees to STARTTLS, and what it sends then is no TLS"}
	case asked:
		return brokenTLS(f, handshake.Failure, "the server ends the handshake", asked, demands)
	case slices.Contains(broken, handshake.Failure.Kind):
		// It may still succeed with a client that knows what ours does not (SSL 3, finite-field Diffie-Hellman).
		return tlsUnfinished, tlsTry{Fact: f}
	}
	return tlsUnknown, tlsTry{Fact: f}
}

// brokenTLS classes what broke at a point where the library of the client makes no difference.
func brokenTLS(f facts.Fact, failure *evidence.Failure, what string, asked bool, demands string) (tlsResult, tlsTry) {
	if asked {
		what += demands
	}
	if !slices.Contains(broken, failure.Kind) {
		return tlsUnknown, tlsTry{Fact: f}
	}
	return tlsDead, tlsTry{f, what}
}

// turnedAway tells whether plain text in place of TLS, or behind the reply to STARTTLS, turns the client away.
func turnedAway(e *evidence.Event) (facts.Unknown, bool) {
	said := []*evidence.Reply{e.Reply}
	if e.TLS != nil && e.TLS.Smuggled != "" {
		said = append(said, smuggledReply(e.TLS.Smuggled))
	}
	i := slices.IndexFunc(said, transcript.TurnsAway)
	if i < 0 {
		return facts.Unknown{}, false
	}
	return facts.Unknown{Code: facts.Refused, Detail: "the server agreed to STARTTLS and then said in plain text: " + reading.LastLine(said[i])}, true
}

// smuggledReply reads the text behind the 220 as the last reply in it.
func smuggledReply(text string) *evidence.Reply {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	code, _ := strconv.Atoi(last[:min(3, len(last))])
	return &evidence.Reply{Code: code, Complete: true, Lines: []evidence.Line{{Text: last}}}
}

// bareHello classes a session in which only a hello was sent.
func bareHello(f facts.Fact, e *evidence.Event) (tlsResult, tlsTry) {
	why, away := turnedAway(e)
	switch {
	case serverHello(e):
		f.Why = facts.Unknown{Code: facts.Ambiguous, Detail: "STARTTLS is offered and the server chose " + e.Hello.Version + bareCipher(e.Hello) +
			" when everything was offered that there has been, but no handshake of this test came about, which speaks TLS 1.0 to 1.3"}
		return tlsOffered, tlsTry{Fact: f}
	case away:
		f.Why = why
		return tlsUnknown, tlsTry{Fact: f}
	case e.Failure == nil:
		return tlsUnknown, tlsTry{Fact: f}
	}
	f.Why = reading.Unknown(e.Failure, "a hello that offers all versions")
	switch {
	case e.Failure.Kind == evidence.TLSFailed && e.Hello != nil && e.Hello.Alert == alertProtocolVersion:
		return tlsUnknown, tlsTry{Fact: f} // it speaks another version, such as TLS 1.3 alone
	case e.Failure.Kind == evidence.Malformed, slices.Contains(broken, e.Failure.Kind):
		return tlsNoHello, tlsTry{f, "the server agrees to STARTTLS, and then no handshake comes about, neither by a modern hello nor by one that offers everything since SSL 3"}
	}
	return tlsUnknown, tlsTry{Fact: f}
}

// alertProtocolVersion is the description of the alert of a server that speaks none of the versions offered (RFC 5246 section 7.2.2).
const alertProtocolVersion = 70

func bareCipher(h *evidence.Hello) string {
	if h.Cipher == "" {
		return ""
	}
	return " with " + h.Cipher
}
