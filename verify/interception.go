package verify

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/smtp"
	"mxverdict/verify/smtpprobe"
	"mxverdict/verify/transcript"
)

// decoyPatience bounds the wait for an answer of nobody. A proxy on the way is nearer than any server.
const decoyPatience = 3 * time.Second

// errDecoy ends the wait for nobody, and not the run.
var errDecoy = errors.New("no more time for this check")

// decoy connects to nobody beside the sessions, until they are over. If that connection stands, something on the way (a proxy of the
// network, a virus scanner) answers for everybody, and what the sessions saw may be its own. The address is one of those set aside for
// documentation (RFC 5737), where nobody can stand. It is asked beside the sessions, and ends with them, so that no run takes longer for
// its sake.
func (r *run) decoy(ctx context.Context, sessionsOver <-chan struct{}, visits []smtp.Visit) {
	nobody := slices.IndexFunc(transcript.Nobodies, func(a netip.Addr) bool {
		return !slices.ContainsFunc(visits, func(v smtp.Visit) bool { return v.Address == a }) // a report may name any
	})
	// Networks intercept the port of mail; without controls the user wants no connection to anybody else.
	if r.SMTPPort != mailPort || len(r.Controls) == 0 || len(visits) == 0 || nobody < 0 {
		return
	}
	address := transcript.Nobodies[nobody]
	// The cause keeps this end apart from that of the run: who is nobody has not answered, whatever ended the wait.
	limited, cancel := context.WithTimeoutCause(ctx, decoyPatience, errDecoy)
	defer cancel()
	go func() {
		select {
		case <-sessionsOver:
			cancel()
		case <-limited.Done():
		}
	}()
	s := r.dialogue(limited, "nobody, to see whether something answers for every address, "+facts.SessionAt("", address.String()).String(), decoyPatience,
		smtpprobe.Ask{Address: netip.AddrPortFrom(address, r.SMTPPort), GreetingOnly: true})
	s.Control, s.Decoy, s.Attempt = false, true, 1
	if ctx.Err() == nil {
		for _, e := range s.Events {
			if e.Failure != nil && e.Failure.Kind == evidence.Interrupted {
				// The run goes on; only this wait was cut short.
				e.Failure.Kind, e.Failure.Detail = evidence.Timeout, errDecoy.Error()
			}
		}
	}
	r.keep(s)
	r.mu.Lock()
	r.bundle.Vantage.Intercepted = answered(s, r.Proxy != nil)
	r.mu.Unlock()
}

// answered tells whether something took the connection to nobody. A SOCKS server may say yes before it has connected (ssh -D
// does), so through a proxy only words prove it.
func answered(s evidence.Session, proxied bool) bool {
	connect, greeting := s.Event(evidence.StepConnect), s.Event(evidence.StepGreeting)
	if proxied {
		return greeting != nil && greeting.Reply != nil
	}
	return connect != nil && connect.Failure == nil
}
