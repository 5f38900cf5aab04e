package transcript

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"mxverdict/verify/evidence"
)

// ReplyLimit is the least that RFC 5321 section 4.5.3.2 asks of a client for the greeting, MAIL and RCPT. For EHLO, STARTTLS
// and the handshake it names none; the same patience serves.
const ReplyLimit = 5 * time.Minute

// Greeted tells whether a whole greeting with code 220 came.
func Greeted(s evidence.Session) bool {
	e := s.Event(evidence.StepGreeting)
	return e != nil && e.Failure == nil && e.Reply != nil && e.Reply.Code == 220
}

// Unconnected tells whether there was no connection, by the fault of the network or the server.
func Unconnected(s evidence.Session) bool {
	e := s.Event(evidence.StepConnect)
	return e != nil && e.Failure != nil && NetworkFailure(e.Failure)
}

// Lists tells whether the reply to the first EHLO lists a keyword.
func Lists(s *evidence.Session, keyword string) bool {
	e := s.Event(evidence.StepEHLO)
	return e != nil && e.Failure == nil && e.Reply != nil && slices.Contains(Keywords(*e.Reply), keyword)
}

// NetworkFailure tells whether a failure is one by which a network, on either side, keeps a client from a server.
func NetworkFailure(f *evidence.Failure) bool {
	return slices.Contains([]evidence.FailureKind{evidence.Timeout, evidence.Refused, evidence.Unreachable, evidence.Reset, evidence.EOF}, f.Kind)
}

// Unanswered tells whether the network, rather than the server, may be why there was no greeting.
func Unanswered(s evidence.Session) bool {
	for _, e := range s.Events {
		if e.Failure != nil {
			return (e.Step == evidence.StepConnect && NetworkFailure(e.Failure)) ||
				(e.Step == evidence.StepGreeting && e.Failure.Kind == evidence.Timeout && e.Reply == nil)
		}
	}
	return false
}

// Touched tells whether a session shows what a device leaves that rewrites SMTP on its way: no STARTTLS in the reply to EHLO, or a blanked greeting.
func Touched(s *evidence.Session) bool {
	e := s.Event(evidence.StepEHLO)
	return Blanked(s) || e != nil && e.Failure == nil && e.Reply != nil && e.Reply.Code == 250 && !Lists(s, "STARTTLS")
}

// Untouched tells whether a session came through with its greeting and with STARTTLS.
func Untouched(s *evidence.Session) bool { return Lists(s, "STARTTLS") && !Blanked(s) }

// Blanked tells whether the greeting of a session is blanked out.
func Blanked(s *evidence.Session) bool {
	return Greeted(*s) && Masked(GreetedName(s.Event(evidence.StepGreeting).Reply))
}

// Masked tells whether the first word of a greeting is blanked out, as firewalls do that inspect SMTP.
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

// RefusesSTARTTLS tells whether a reply to a listed STARTTLS says that it does not work: 454, or a plain rejection.
func RefusesSTARTTLS(r *evidence.Reply, listed bool) bool {
	return listed && slices.Contains([]int{454, 500, 502, 503}, r.Code) && !RefusesTester(r)
}

// RefusesTester tells whether the enhanced status code is a permanent one of security or policy (RFC 3463 section 3.8).
func RefusesTester(r *evidence.Reply) bool {
	return slices.ContainsFunc(r.Lines, func(l evidence.Line) bool {
		return len(l.Text) > 4 && strings.HasPrefix(l.Text[4:], "5.7.")
	})
}

// Nobody is an address at which no server can stand: TEST-NET-1 (RFC 5737) is for documentation and is routed nowhere.
var Nobody = netip.MustParseAddr("192.0.2.1")
