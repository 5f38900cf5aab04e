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
	limited, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-sessionsOver:
			cancel(errDecoy)
		case <-limited.Done():
		}
	}()
	// One such connection serves all reports of about that time.
	s := r.controls.Do(limited, "nobody "+address.String(), func(ctx context.Context) (evidence.Session, bool) {
		return r.askNobody(ctx, netip.AddrPortFrom(address, r.SMTPPort)), ctx.Err() == nil
	})
	s.Control, s.Decoy, s.Attempt = false, true, 1
	r.keep(s)
	r.mu.Lock()
	r.bundle.Vantage.Intercepted = answered(s, r.Proxy != nil)
	r.mu.Unlock()
}

// askNobody connects to an address at which nobody stands.
func (r *run) askNobody(ctx context.Context, at netip.AddrPort) evidence.Session {
	ctx, cancel := context.WithTimeoutCause(ctx, decoyPatience, errDecoy)
	defer cancel()
	s := r.dialogue(ctx, "nobody, to see whether something answers for every address, "+facts.SessionAt("", at.Addr().String()).String(), decoyPatience,
		smtpprobe.Ask{Address: at, GreetingOnly: true})
	// The cause keeps this end apart from that of the run: who is nobody has not answered, whatever ended the wait.
	if errors.Is(context.Cause(ctx), errDecoy) {
		for _, e := range s.Events {
			if e.Failure != nil && e.Failure.Kind == evidence.Interrupted {
				e.Failure.Kind, e.Failure.Detail = evidence.Timeout, errDecoy.Error()
			}
		}
	}
	return s
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
