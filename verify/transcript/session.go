package transcript

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/lazy"
)

// ReplyLimit is the least that RFC 5321 section 4.5.3.2 asks of a client for the greeting, MAIL and RCPT. For EHLO, STARTTLS
// and the handshake it names none; the same patience serves.
const ReplyLimit = 5 * time.Minute

// Greeted tells whether a whole greeting with code 220 came. A greeting of which only a part came is none: the rest might have
// turned us away.
func Greeted(s evidence.Session) bool {
	e := s.Event(evidence.StepGreeting)
	return e != nil && e.Failure == nil && e.Reply != nil && e.Reply.Code == 220
}

// Unconnected tells whether there was no connection, by the fault of the network or the server. A proxy that fails, or a limit of
// ours, is neither.
func Unconnected(s evidence.Session) bool {
	e := s.Event(evidence.StepConnect)
	return e != nil && e.Failure != nil && NetworkFailure(e.Failure)
}

// Lists tells whether the reply to the first EHLO lists a keyword.
func Lists(s *evidence.Session, keyword string) bool {
	e := s.Event(evidence.StepEHLO)
	return e != nil && e.Failure == nil && e.Reply != nil && slices.Contains(Keywords(*e.Reply), keyword)
}

// NetworkFailure tells whether a failure is one by which a network, on either side, keeps a client from a server. What this machine
// refused by itself (a private address, no route) is none, and says nothing about the network.
func NetworkFailure(f *evidence.Failure) bool {
	return slices.Contains([]evidence.FailureKind{evidence.Timeout, evidence.Refused, evidence.Unreachable, evidence.Reset, evidence.EOF}, f.Kind)
}

// Unanswered tells whether the network, rather than the server, may be why there was no greeting.
func Unanswered(s evidence.Session) bool {
	// Only the first failure counts: the others follow from it.
	for _, e := range s.Events {
		if e.Failure != nil {
			return (e.Step == evidence.StepConnect && NetworkFailure(e.Failure)) ||
				(e.Step == evidence.StepGreeting && e.Failure.Kind == evidence.Timeout && e.Reply == nil)
		}
	}
	return false
}

// Touched tells whether a session shows what a device leaves that rewrites SMTP on its way: no STARTTLS in the reply to EHLO, no EHLO
// at all, or a blanked greeting. Each of these may be the server's own way as well; what a control shows tells
// (reading.Rewritings).
func Touched(s *evidence.Session) bool {
	e := s.Event(evidence.StepEHLO)
	return Blanked(s) || SpeaksHELO(s) || e != nil && e.Failure == nil && e.Reply != nil && e.Reply.Code == 250 && !Lists(s, "STARTTLS")
}

// Untouched tells whether a session came through with its greeting and with STARTTLS.
func Untouched(s *evidence.Session) bool { return Lists(s, "STARTTLS") && !Blanked(s) }

// Encrypts tells whether a reply came inside TLS, whatever it says. A finished handshake alone proves little: with TLS 1.3 a server that
// does not want the client says so only behind it (RFC 8446 section 4.4.2.4).
func Encrypts(s *evidence.Session) bool {
	handshake, inside := s.Event(evidence.StepHandshake), s.Event(evidence.StepEHLOTLS)
	return handshake != nil && handshake.TLS != nil && handshake.Failure == nil &&
		inside != nil && inside.Reply != nil && inside.Reply.Complete && inside.Reply.Code != 0
}

// BreaksTLS tells whether a session broke off, by the other end or something on the way, between the agreement to STARTTLS and the first
// reply inside TLS.
func BreaksTLS(s *evidence.Session) bool {
	// A timeout is left out: a device that cannot read TLS ends the connection or garbles it.
	breaks := []evidence.FailureKind{evidence.EOF, evidence.Reset, evidence.TLSFailed, evidence.Malformed}
	return slices.ContainsFunc(s.Events, func(e evidence.Event) bool {
		during := e.Step == evidence.StepHandshake || e.Step == evidence.StepHello || e.Step == evidence.StepEHLOTLS
		return during && e.Failure != nil && slices.Contains(breaks, e.Failure.Kind)
	})
}

// Blanked tells whether the greeting of a session is blanked out.
func Blanked(s *evidence.Session) bool {
	return Greeted(*s) && Masked(GreetedName(s.Event(evidence.StepGreeting).Reply))
}

// Masked tells whether the first word of a greeting is blanked out, as firewalls do that inspect SMTP. Four asterisks are enough:
// no host name holds one.
func Masked(name string) bool { return strings.HasPrefix(name, "****") }

// GreetedName is the first word behind the code on the first line of a greeting, "" if there is none.
func GreetedName(r *evidence.Reply) string {
	if r == nil || len(r.Lines) == 0 || len(r.Lines[0].Text) <= 4 {
		return ""
	}
	words := strings.Fields(r.Lines[0].Text[4:])
	if len(words) == 0 {
		return ""
	}
	return words[0]
}

// RefusesSTARTTLS tells whether a reply to a listed STARTTLS says that it does not work: 454, or a plain rejection. 454 is "TLS not
// available due to temporary reason" (RFC 3207 section 4), and the others say that the server does not know what it lists.
func RefusesSTARTTLS(r *evidence.Reply, listed bool) bool {
	return listed && slices.Contains([]int{454, 500, 502, 503}, r.Code) && OfCommand(r)
}

// RejectsSTARTTLS tells whether a reply says that STARTTLS is no command of the server. 454 is missing here: it would be the word
// of a server that knows the command.
func RejectsSTARTTLS(r *evidence.Reply) bool {
	return slices.Contains([]int{500, 502, 503}, r.Code) && OfCommand(r)
}

// Unfinished tells whether a handshake failed in a way that another library might have overcome: as TLS, or by an end of the connection,
// without a certificate asked of us.
func Unfinished(s *evidence.Session) bool {
	e := s.Event(evidence.StepHandshake)
	return e != nil && e.Failure != nil && e.Reply == nil && (e.TLS == nil || !e.TLS.AsksClient) &&
		slices.Contains([]evidence.FailureKind{evidence.EOF, evidence.Reset, evidence.TLSFailed}, e.Failure.Kind)
}

// UnknownEHLO tells whether a reply says that EHLO is no command of the server, so that HELO is to be sent (RFC 5321 section 3.2).
// Any other refusal of EHLO is not for the command's sake, and HELO would fare no better.
func UnknownEHLO(r *evidence.Reply) bool {
	return r != nil && (r.Code == 500 || r.Code == 502) && OfCommand(r)
}

// SpeaksHELO tells whether a session was opened with HELO, because the server does not know EHLO.
func SpeaksHELO(s *evidence.Session) bool {
	e := s.Event(evidence.StepHELO)
	return e != nil && e.Failure == nil && e.Reply != nil && e.Reply.Code == 250
}

// verb is the command in a refusal of it, which is an echo and no word about the client. "500 EHLO not recognized" would otherwise
// speak of the name in EHLO, and so of the client.
var verb = lazy.Regexp(`(?i)\b(STARTTLS|EHLO|HELO)\b`)

// OfCommand tells whether a refusal speaks of the command, of the moment or of nothing. One that speaks of whoever asks (his address,
// his name, his sender, a list, a policy) says nothing about others.
func OfCommand(r *evidence.Reply) bool {
	plain := *r
	plain.Lines = slices.Clone(r.Lines)
	for i := range plain.Lines {
		plain.Lines[i].Text = verb().ReplaceAllString(plain.Lines[i].Text, "")
	}
	return !RefusesTester(r) && slices.Contains([]Objection{RefusedNot, RefusedOther, RefusedForNow, RefusedTLS}, Classify(&plain))
}

// TurnsAway tells whether plain text that came in place of TLS turns the client away: a reply of SMTP does whatever it says, and
// other words do that speak of the client.
func TurnsAway(r *evidence.Reply) bool {
	switch {
	case r == nil || len(r.Lines) == 0:
		return false
	case r.Code >= 400:
		return true
	}
	// Text without a code is read as if it were a refusal: the words are what counts.
	spoken := evidence.Reply{Code: 550, Complete: true}
	for _, l := range r.Lines {
		spoken.Lines = append(spoken.Lines, evidence.Line{Text: "550 " + l.Text})
	}
	return !OfCommand(&spoken)
}

// RefusesTester tells whether the enhanced status code is a permanent one of security or policy (RFC 3463 section 3.8). RFC 3463
// gives the class to whatever is refused for a reason of policy, which is always somebody's.
func RefusesTester(r *evidence.Reply) bool {
	return slices.ContainsFunc(r.Lines, func(l evidence.Line) bool {
		return len(l.Text) > 4 && strings.HasPrefix(l.Text[4:], "5.7.")
	})
}

// Nobodies are addresses at which no server can stand: those of TEST-NET-1 to 3 (RFC 5737) are for documentation and are routed
// nowhere. Whatever answers there answers for everybody, so that no session on this network shows anything. There are three, because
// a report may name some of them as servers.
var Nobodies = []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("198.51.100.1"), netip.MustParseAddr("203.0.113.1")}

// SlowStep is from when on a step counts as slow where the facts tell kinds of delay apart. Ways around the world take a
// tenth of it; a limit that anybody has to keep is much longer.
const SlowStep = 2 * time.Second

// dripped tells whether a reply came drop by drop. Later lines do not count: a pause may lie before them. Between the first byte
// and the end of the first line nothing but the network's delay should pass: servers write a line at once.
func dripped(r *evidence.Reply) bool {
	return r != nil && len(r.Lines) > 0 && r.Lines[0].At.D()-r.FirstByte.D() >= SlowStep
}

// Drips tells whether any reply of a session in plain text did.
func Drips(s *evidence.Session) bool {
	return slices.ContainsFunc(s.Events, func(e evidence.Event) bool { return dripped(e.Reply) })
}

// Trap tells whether a session looks like the fake dialogue that a tarpit keeps for clients that it distrusts. One that offers
// STARTTLS is no such trap.
func Trap(s *evidence.Session) bool { return Drips(s) && !Lists(s, "STARTTLS") }
