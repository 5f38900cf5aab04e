package smtp

// This file classes sessions in which STARTTLS was agreed to and no TLS came of it. Our library speaks TLS 1.0 to 1.3; a server that speaks
// something older encrypts for those who still do, so that a failed handshake alone never shows that encryption is missing.

import (
	"slices"
	"strconv"
	"strings"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/transcript"
)

// broken are the failures by which a server ends a connection, or TLS; a wait that ended by our own patience is none.
var broken = []evidence.FailureKind{evidence.EOF, evidence.Reset, evidence.TLSFailed}

// failedHandshake classes a session in which no reply came inside TLS although STARTTLS was agreed to.
func (v visited) failedHandshake(t tlsTry, handshake *evidence.Event) tlsTry {
	inside := t.session.Event(evidence.StepEHLOTLS)
	// Servers that want a client certificate on port 25 are mostly set up by mistake; the text tells their operator which setting
	// it is.
	demands := ""
	if handshake.TLS != nil && handshake.TLS.AsksClient {
		demands = ", after it had asked for a certificate of the client, which senders do not have as a rule"
	}
	// With TLS 1.3 a server that does not want the client says so only behind the handshake (RFC 8446 section 4.4.2.4). With TLS
	// 1.2 and before the same refusal comes inside the handshake, so that both places are looked at.
	if handshake.Failure == nil {
		if inside == nil || inside.Failure == nil {
			return t.as(tlsUnknown, v.NotReached(t.session), "")
		}
		return brokenTLS(t, inside.Failure, "EHLO inside TLS", "the handshake is finished, and then the server ends the connection without a reply"+demands)
	}
	// Before the kinds of failure, because a reply in plain text breaks the handshake too: it is a word about this client, and no
	// fault of the server's TLS.
	if why, away := turnedAway(handshake); away {
		return t.as(tlsUnknown, why, "")
	}
	why := reading.Unknown(handshake.Failure, "the TLS handshake")
	switch {
	case handshake.Failure.Kind == evidence.Malformed: // no library makes TLS of it
		return t.as(tlsDead, why, "the server agrees to STARTTLS, and what it sends then is no TLS")
	// It is the lack of a certificate of ours that ends it, and another library would have none either.
	case demands != "":
		return brokenTLS(t, handshake.Failure, "the TLS handshake", "the server ends the handshake"+demands)
	case slices.Contains(broken, handshake.Failure.Kind):
		// It may still succeed with a client that knows what ours does not (SSL 3, finite-field Diffie-Hellman).
		return t.as(tlsUnfinished, why, "")
	}
	return t.as(tlsUnknown, why, "")
}

// brokenTLS classes what broke at a point where the library of the client makes no difference. It may still be a trouble of the moment,
// so that one session decides nothing (merged).
func brokenTLS(t tlsTry, failure *evidence.Failure, at, trouble string) tlsTry {
	why := reading.Unknown(failure, at)
	// A timeout may be loss on the way, and an interruption is our own.
	if !slices.Contains(broken, failure.Kind) {
		return t.as(tlsUnknown, why, "")
	}
	return t.as(tlsDead, why, trouble)
}

// turnedAway tells whether plain text in place of TLS, or behind the reply to STARTTLS, turns the client away. Such a server greets
// everybody and refuses inside, as some do to clients on a block list.
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

// smuggledReply reads the text behind the 220 as the last reply in it. What stands there is the server's last word, since it had agreed
// before.
func smuggledReply(text string) *evidence.Reply {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	// What is no number is code 0, which no refusal has, and is then judged by its words.
	code, _ := strconv.Atoi(last[:min(3, len(last))])
	return &evidence.Reply{Code: code, Complete: true, Lines: []evidence.Line{{Text: last}}}
}

// smuggled tells whether plain text stood behind a reply 220 to STARTTLS, where only the handshake may follow (RFC 3207 section 4). A
// client that reads it as the reply to its first command inside TLS can be fed by an attacker on the way. One session is enough: it is
// never right. CVE-2011-0411 is the same flaw on the other side: servers that kept what stood behind the command.
func (v visited) smuggled() facts.Known {
	var seen []facts.Known
	for _, s := range v.sessions {
		// It is looked for before the handshake begins, so that one that failed shows it as well, or shows that there was none.
		if e := s.Event(evidence.StepHandshake); e != nil && (e.TLS != nil || e.Failure != nil) {
			seen = append(seen, s.Seen(e, facts.Truth(e.TLS != nil && e.TLS.Smuggled != "")))
		}
		// A bare hello shows only that there was some: older evidence does not tell it of a hello that was answered.
		if e := s.Event(evidence.StepHello); e != nil && e.TLS != nil && e.TLS.Smuggled != "" {
			seen = append(seen, s.Seen(e, facts.Yes()))
		}
	}
	if len(seen) == 0 {
		return facts.Because(v.noHandshake())
	}
	return facts.Any(seen...)
}

// noHandshake is the reason for which no certificate was seen: what is wrong with encryption, or else with the session.
func (v visited) noHandshake() facts.Unknown {
	if t := v.startTLS(v.best); t.result != tlsWorks && t.why.Code != "" {
		return t.why
	}
	return v.NotReached(v.best)
}

// serverHello tells whether a hello of ours was answered by one. The version is the mark of one: an alert alone has none.
func serverHello(e *evidence.Event) bool {
	return e != nil && e.Failure == nil && e.Hello != nil && e.Hello.Version != ""
}

// bareHello classes a session in which only a hello was sent. That is the second session with a server whose handshake failed in the
// first (Manner.Again). It tells whether a server that our library cannot talk to would talk to an older client.
func bareHello(t tlsTry, e *evidence.Event) tlsTry {
	if serverHello(e) {
		// Never a yes: whether the handshake behind it would have been finished is not known.
		return t.as(tlsOffered, facts.Unknown{Code: facts.Ambiguous, Detail: "STARTTLS is offered and the server chose " + e.Hello.Version + bareCipher(e.Hello) +
			" when everything was offered that there has been, but no handshake of this test came about, which speaks TLS 1.0 to 1.3"}, "")
	}
	if why, away := turnedAway(e); away {
		return t.as(tlsUnknown, why, "")
	}
	if e.Failure == nil {
		return t
	}
	why := reading.Unknown(e.Failure, "a hello that offers all versions")
	switch {
	case e.Failure.Kind == evidence.TLSFailed && e.Hello != nil && e.Hello.Alert == alertProtocolVersion:
		return t.as(tlsUnknown, why, "") // it speaks another version, such as TLS 1.3 alone
	case e.Failure.Kind == evidence.Malformed, slices.Contains(broken, e.Failure.Kind):
		return t.as(tlsNoHello, why, "the server agrees to STARTTLS, and then no handshake comes about, neither by a modern hello nor by one that offers everything since SSL 3")
	}
	return t.as(tlsUnknown, why, "")
}

// alertProtocolVersion is the description of the alert of a server that speaks none of the versions offered (RFC 5246 section 7.2.2).
const alertProtocolVersion = 70

// bareCipher names the cipher of a server's hello for people, if it is known.
func bareCipher(h *evidence.Hello) string {
	if h.Cipher == "" {
		return ""
	}
	return " with " + h.Cipher
}
