package reading

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/transcript"
)

// Attempts is how often a connection or STARTTLS has to fail before the failure counts. Once may be an accident: a restart, a lost
// packet, a limit on newcomers. Pace (package smtp) puts half a minute between them.
const Attempts = 2

// reallyUnreachable tells whether a failed connection is the server's: another server of that address family could be reached
// in the same run. A refusal alone proves nothing, because firewalls on this side refuse as well. Behind a proxy, and
// without a route, it never is.
func (r *Reading) reallyUnreachable(address string, f *evidence.Failure) bool {
	return transcript.NetworkFailure(f) && r.Network(address) == evidence.Open
}

// whyNoConnection is why nothing is known of a server to which no connection was made.
func (r *Reading) whyNoConnection(address string, f *evidence.Failure) facts.Unknown {
	if r.Network(address) == evidence.Closed && transcript.NetworkFailure(f) {
		return facts.Unknown{Code: facts.NetworkClosed,
			Detail: "no SMTP server could be reached from this network, not even the controls; the connection gave nothing: " + Because(f)}
	}
	if transcript.NetworkFailure(f) && r.Network(address) != evidence.Open {
		return facts.Unknown{Code: facts.ConnectFailed, Detail: Because(f) +
			", and no control was seen to greet from here, so a firewall on this side may be the reason"}
	}
	return Unknown(f, "the connection")
}

// MayBeSwallowed tells whether the silence of a server that was connected may be the network's: proxies that keep mail in accept
// connections for everybody, and say nothing. Only where somebody greeted, a silent server's wait is its own.
func (r *Reading) MayBeSwallowed(s Session) bool {
	return transcript.Unanswered(*s.Session) && mayBeClosed(*s.Session) && r.Network(s.Address) != evidence.Open
}

// whySilent is why nothing is known of a server whose silence may be the network's.
func (r *Reading) whySilent(s Session) facts.Unknown {
	if r.Network(s.Address) == evidence.Closed {
		return facts.Unknown{Code: facts.NetworkClosed, Detail: "no SMTP server greeted this network, not even the controls; something on the way may accept connections for everybody"}
	}
	return facts.Unknown{Code: facts.ConnectFailed, Detail: "the server was silent, and no control was seen to greet from here, so something on the way may accept connections for everybody"}
}

// NotReached tells why a later step of the session was never reached: the first thing in it that went wrong. What follows it may be only
// its effect.
func (r *Reading) NotReached(s Session) facts.Unknown {
	odd, helo := transcript.OutOfStep(s.Session), transcript.SpeaksHELO(s.Session)
	for i := range s.Events {
		e := &s.Events[i]
		switch {
		case e.Step == evidence.StepConnect && e.Failure != nil:
			return r.whyNoConnection(s.Address, e.Failure)
		case e.Step == evidence.StepGreeting && e.Failure != nil && r.MayBeSwallowed(s):
			return r.whySilent(s)
		case e.Step == evidence.StepGreeting && e.Failure != nil:
			// Its own code, because who connects and does not greet is another case for people than who does not answer.
			why := Unknown(e.Failure, "the greeting")
			if why.Code == facts.ConnectFailed {
				why.Code = facts.NoGreeting
			}
			return why
		case e == odd:
			return OutOfStep(s)
		case e.Failure != nil:
			return Unknown(e.Failure, StepText(e))
		case e.Step == evidence.StepEHLO && helo:
			// It went on with HELO.
		// A refusal under a label was expected, and ends nothing, unless it is 421.
		case e.Reply != nil && e.Reply.Code >= 400 && (e.About == "" || e.Reply.Code == 421):
			return Refusal(e)
		}
	}
	return facts.Unknown{Code: facts.Untested, Detail: "the session did not ask for it"}
}

// Finished is the handshake of a session, if it was finished.
func Finished(s *evidence.Session) *evidence.Event {
	e := s.Event(evidence.StepHandshake)
	if e == nil || e.TLS == nil || e.Failure != nil {
		return nil
	}
	return e
}

// OutOfStep is why nothing rests on the replies of a session in which they and the commands do not belong together, or the zero value.
// SMTP matches replies to commands by their order alone (RFC 5321 section 4.3.1): after one too many each reply belongs to another
// command than it seems.
func OutOfStep(s Session) facts.Unknown {
	e := transcript.OutOfStep(s.Session)
	if e == nil {
		return facts.Unknown{}
	}
	why := facts.Unknown{Code: facts.Ambiguous, Detail: fmt.Sprintf("the replies in session %d are out of step with the commands, so that none can be told to be the answer to its own", s.N)}
	if e.Reply != nil {
		why.Detail += ": " + StepText(e) + " was answered with " + LastLine(e.Reply)
	} else if e.Failure != nil {
		why.Detail += ": " + e.Failure.Detail
	}
	return why
}

// InStep leaves out the sessions that are out of step; with none left it says why nothing is known. A session that is in step says
// as much as if it were the only one.
func InStep(sessions []Session) ([]Session, facts.Unknown) {
	left := slices.DeleteFunc(slices.Clone(sessions), func(s Session) bool { return OutOfStep(s).Code != "" })
	if len(left) == 0 {
		return nil, OutOfStep(sessions[0])
	}
	return left, facts.Unknown{}
}

// Opening is the event that opened a session: EHLO, or HELO where EHLO was not known (RFC 5321 section 3.2).
func Opening(s *evidence.Session) *evidence.Event {
	if transcript.SpeaksHELO(s) {
		return s.Event(evidence.StepHELO)
	}
	return s.Event(evidence.StepEHLO)
}

// SlowestGreeting is the session that shows how long strangers wait. A server may know us the second time and greet at once;
// the reporter met it as we did first. A session without a greeting shows no wait to its end; best is returned where there are only
// such.
func SlowestGreeting(sessions []Session, best Session) Session {
	slowest := best
	for _, s := range sessions {
		if !transcript.Greeted(*s.Session) {
			continue
		}
		if !transcript.Greeted(*slowest.Session) || s.Event(evidence.StepGreeting).Waited() > slowest.Event(evidence.StepGreeting).Waited() {
			slowest = s
		}
	}
	return slowest
}

// Session is a session and its number in the evidence, for references.
type Session struct {
	*evidence.Session
	N int
}

// Seen is something that a step of the session shows. The time is that of the end of the step, when the reply was there.
func (s Session) Seen(e *evidence.Event, k facts.Known) facts.Known {
	return k.Seen(s.StartedAt.Add(e.End.D()), fmt.Sprintf("session %d, %s", s.N, e.Step))
}

// BestOf is the session that came furthest, the first of several: a second try is made only to get further. There has to be one.
func BestOf(sessions []Session) Session {
	best := sessions[0]
	for _, s := range sessions[1:] {
		if reach(s.Session) > reach(best.Session) {
			best = s
		}
	}
	return best
}

// reach counts the steps that succeeded.
func reach(s *evidence.Session) int {
	n := 0
	for _, e := range s.Events {
		// What is asked under labels depends on the findings, so that it must not decide which session came furthest.
		if e.About == "" && e.Failure == nil && (e.Reply == nil || e.Reply.Code < 400) {
			n++
		}
	}
	return n
}

// StepText names a step by its command, or by itself where nothing was sent.
func StepText(e *evidence.Event) string {
	if e.Sent != "" {
		return e.Sent
	}
	return string(e.Step)
}

// Refusal is the reason for which a server that answers tells nothing.
func Refusal(e *evidence.Event) facts.Unknown {
	what := "the connection"
	if e.Sent != "" {
		what = e.Sent
	}
	return facts.Unknown{Code: facts.Refused, Detail: fmt.Sprintf("the server answered %s with %s", what, LastLine(e.Reply))}
}

// LastLine is the last line of a reply, which has the code that counts (RFC 5321 section 4.2.1); of a reply without lines the code.
func LastLine(r *evidence.Reply) string {
	if len(r.Lines) == 0 {
		return fmt.Sprint(r.Code)
	}
	return r.Lines[len(r.Lines)-1].Text
}

// WaitedInVain is the lower bound that a wait of ours gives when our own limit ended it. It is not the server's time: that one is
// longer. False for any other end: a connection that breaks has no wait that could be compared.
func WaitedInVain(e *evidence.Event) (time.Duration, bool) {
	if e.Failure == nil || e.Failure.Kind != evidence.Timeout {
		return 0, false
	}
	return e.Failure.Waited.D(), true
}

// Joined is the text of a reply without the codes, lines joined by blanks.
func Joined(r *evidence.Reply) string {
	var texts []string
	for _, l := range r.Lines {
		// Each line begins with three digits and a blank or a hyphen (RFC 5321 section 4.2).
		if len(l.Text) > 4 {
			texts = append(texts, l.Text[4:])
		}
	}
	return strings.Join(texts, " ")
}
