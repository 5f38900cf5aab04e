package verify

// This file holds the sessions. Which ones, and what each of them asks, is decided in package smtp, and who waits for whom by manners
// (manners.go): one connection at a time to an address, not more than two a minute, whatever the number of reports, because a server that
// feels attacked answers otherwise, and then the test shows nothing but its own rudeness.

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/netrange"
	"mxverdict/verify/internal/pki"
	"mxverdict/verify/smtp"
	"mxverdict/verify/smtpprobe"
	"mxverdict/verify/transcript"
)

// StepGreylist is the wait after which a deferred recipient is tried again; no session has such a step.
const StepGreylist evidence.Step = "greylist"

// manner is how often and how far apart sessions are held.
func (o Options) manner() smtp.Manner {
	return smtp.Manner{Samples: o.Samples, Every: o.Every, GreylistWait: o.GreylistWait, Insist: o.Insist}
}

// sessions visits every address, one connection at a time to each.
func (r *run) sessions(ctx context.Context, visits []smtp.Visit) {
	byAddress(visits, func(visits []smtp.Visit) {
		r.inTurn(ctx, visits[0].Address, func(turn *turn) { r.visitAddress(ctx, turn, visits) })
	})
}

// byAddress has all visits to one address follow each other, and those to different addresses go on side by side.
func byAddress(visits []smtp.Visit, follow func([]smtp.Visit)) {
	addresses := map[netip.Addr][]smtp.Visit{}
	for _, v := range visits {
		addresses[v.Address] = append(addresses[v.Address], v)
	}
	if len(addresses) == 1 { // as in most reports, of which thousands may wait: without a stack of its own for it
		follow(visits)
		return
	}
	var group sync.WaitGroup
	for _, visits := range addresses {
		// As many at a time as there are addresses: a session waits for minutes and costs next to nothing.
		group.Go(func() { follow(visits) })
	}
	group.Wait()
}

// visitAddress holds the sessions with one address in turn, at the pace of manners. A host with several names at one address is visited
// once where the name makes no difference.
func (r *run) visitAddress(ctx context.Context, turn *turn, visits []smtp.Visit) {
	var held []smtp.Held
	for _, v := range visits {
		if sessions, ok := v.Shared(held); ok {
			r.keep(sessions...)
			continue
		}
		sessions := r.visit(ctx, turn, v)
		if len(sessions) == 0 {
			return // the run ended
		}
		r.keep(sessions...)
		held = append(held, smtp.Held{Visit: v, Sessions: sessions})
	}
}

// visit holds the sessions of a visit, or takes those that were held for another report alike; once a server has seen enough of us, as
// far as they are alike for all.
func (r *run) visit(ctx context.Context, turn *turn, v smtp.Visit) []evidence.Session {
	key := "first " + v.Key()
	if opening := r.manners.opening(turn, v); opening != nil && !r.held.Asked(key) {
		r.spared()
		return opening
	}
	// Another report may have held the very same session; one that the end of its run cut short is held again.
	return r.held.Do(ctx, key, func(ctx context.Context) ([]evidence.Session, bool) {
		sessions := r.hold(ctx, turn, v)
		if ctx.Err() == nil {
			r.manners.opened(turn, v, sessions)
		}
		return sessions, ctx.Err() == nil
	})
}

// hold holds the first session of a visit, and those that it calls for. Each session is decided by those before it: most servers are
// visited once.
func (r *run) hold(ctx context.Context, turn *turn, v smtp.Visit) (sessions []evidence.Session) {
	for {
		next, more := r.manner().Again(v, sessions)
		if !more {
			return sessions
		}
		s, ok := r.next(ctx, turn, next, len(sessions)+1)
		if !ok {
			return sessions
		}
		sessions = append(sessions, s)
	}
}

// retry visits those addresses again to which no connection could be made, as long as that is worth it. Once is no proof: a server
// restarts, and a firewall turns newcomers away for a minute. It goes round by round, so that all addresses wait at the same time and the
// user waits only once.
func (r *run) retry(ctx context.Context, visits []smtp.Visit) {
	for ctx.Err() == nil {
		var again []smtp.Visit
		for _, v := range visits {
			if _, worth := r.again(v); worth {
				again = append(again, v)
			}
		}
		if len(again) == 0 {
			return
		}
		byAddress(again, func(visits []smtp.Visit) {
			r.inTurn(ctx, visits[0].Address, func(turn *turn) { r.retryAddress(ctx, turn, visits) })
		})
	}
}

// again tells whether an address is worth one more try, by the evidence so far.
func (r *run) again(v smtp.Visit) (smtp.Next, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.manner().Retry(r.reading, v)
}

// retryAddress holds one more session with one address, for all of its names where the name does not matter.
func (r *run) retryAddress(ctx context.Context, turn *turn, visits []smtp.Visit) {
	var held []smtp.Held
	for _, v := range visits {
		next, worth := r.again(v)
		sessions, shared := v.Shared(held)
		switch {
		case shared:
			r.keep(sessions...)
			continue
		case !worth:
			continue
		}
		// The number is part of the key: a second try is another question than the first, though it asks the same.
		number := r.count(v) + 1
		key := fmt.Sprint(number, " ", v.Key())
		if o := turn.tries[number]; r.manners.enough(turn) && o.serves() && !r.held.Asked(key) {
			r.spared()
			r.keep(v.OpeningFor(o.sessions)...)
			continue
		}
		sessions = r.held.Do(ctx, key, func(ctx context.Context) ([]evidence.Session, bool) {
			if s, ok := r.next(ctx, turn, next, number); ok {
				return []evidence.Session{s}, ctx.Err() == nil
			}
			return nil, false
		})
		if len(sessions) == 0 {
			return
		}
		if r.manners.enough(turn) {
			turn.tries[number] = opening{smtp.Opening(sessions), time.Now()}
		}
		r.keep(sessions...)
		held = append(held, smtp.Held{Visit: v, Sessions: sessions})
	}
}

// spared notes that a server that has seen enough was not asked for the sake of this report.
func (r *run) spared() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bundle.Spared = true
}

// count is how many sessions were held for a visit.
func (r *run) count(v smtp.Visit) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.reading.Sessions(v.Subject()))
}

// next holds a session when its time has come, and at the pace of manners; false if the run ends first.
func (r *run) next(ctx context.Context, turn *turn, n smtp.Next, number int) (s evidence.Session, ok bool) {
	begin, step := n.NotBefore, StepPause
	if paced := turn.ready(r); paced.After(begin) {
		begin = paced
		defer r.clocks.pauseUntil(begin)() // the session before was another report's
	}
	if n.Greylist {
		step = StepGreylist
	}
	if !begin.IsZero() && !r.wait(ctx, n.Visit, step, time.Until(begin)) {
		return s, false
	}
	leave, ok := r.connect(ctx, r.manners.mail, n.Address)
	if !ok {
		return s, false
	}
	defer leave()
	defer r.talk()()
	s = r.dialogue(ctx, n.Subject().String(), r.Patience, r.askFor(n.Visit))
	s.Attempt = number
	r.chain(&s)
	turn.held(r, &s)
	return s, true
}

// talk tells that the report talks to a server, until the function that it returns is called.
func (r *run) talk() (over func()) {
	tell := func(change int) {
		r.mu.Lock()
		defer r.mu.Unlock()
		before := r.talks > 0
		if r.talks += change; r.Talking != nil && before != (r.talks > 0) {
			r.Talking(change)
		}
	}
	tell(1)
	return func() { tell(-1) }
}

// wait lets time pass, and says so; false if the run ends first.
func (r *run) wait(ctx context.Context, v smtp.Visit, step evidence.Step, d time.Duration) bool {
	defer r.waiting(v.Subject().String(), step, d)()
	return pause(ctx, d)
}

// chain checks the certificates of a session against the trusted roots. It is done now and recorded, because a replay must not ask the
// roots of another day. A chain that does not check is a fact of its own and no failure of the session: senders encrypt without looking
// at it (RFC 7435).
func (r *run) chain(s *evidence.Session) {
	e := s.Event(evidence.StepHandshake)
	if e != nil && e.TLS != nil && e.Failure == nil {
		checked := pki.CheckChain(e.TLS.Certificates, r.TrustedRoots, time.Now())
		e.TLS.Chain = &checked
	}
}

// askFor says what a session with a host is to find out. The probe knows no classes of refusals: whether a sender was refused is told to
// it from here.
func (r *run) askFor(v smtp.Visit) smtpprobe.Ask {
	r.mu.Lock()
	foreign := smtp.Foreign(r.reading, v, r.Controls)
	r.mu.Unlock()
	script := v.Script(smtp.Tester{Helo: r.Helo, Mailbox: r.mailbox}, foreign)
	ask := smtpprobe.Ask{Host: v.Host, Address: netip.AddrPortFrom(v.Address, r.SMTPPort), TLS: v.Has(facts.FromTLS), BareHello: v.BareHello, Recipient: v.Recipient,
		SenderRefused: func(reply evidence.Reply) bool { return transcript.Classify(&reply) == transcript.RefusedSender }}
	if script.Plain != nil {
		plain := transaction(*script.Plain)
		ask.Plain = &plain
	}
	for _, t := range script.Transactions {
		ask.Transactions = append(ask.Transactions, transaction(t))
	}
	for _, q := range script.Questions {
		ask.Questions = append(ask.Questions, smtpprobe.Question(q))
	}
	return ask
}

// transaction is a transaction of the script in the words of the probe. The names are ours, and the probe knows no meaning of them.
func transaction(t smtp.Transaction) smtpprobe.Transaction {
	return smtpprobe.Transaction{About: t.About, Senders: t.Senders, Recipients: []smtpprobe.Recipient{{About: t.About, Path: t.Recipient}}}
}

// dialogue holds one SMTP session, through the proxy if there is one, and tells the watcher what it waits for. It never fails: what went
// wrong stands in the session.
func (r *run) dialogue(ctx context.Context, subject string, patience time.Duration, ask smtpprobe.Ask) evidence.Session {
	defer r.watch(Waiting{Subject: subject})
	s := smtpprobe.Probe{Dialer: r.guarded(r.outward()), Helo: r.Helo, Patience: patience, Proxied: r.Proxy != nil,
		Watch: func(step evidence.Step, limit time.Duration) { r.watch(Waiting{subject, step, time.Now(), limit}) }}.Run(ctx, ask)
	s.SameNetwork = s.SameNetwork || r.neighbour(ask.Address.Addr())
	return s
}

// neighbour tells whether a server stands in our own network: that of the address from which we reach it, or of the one that we
// announce ourselves (RFC 5321 section 4.1.3). Through a proxy it is the network of the proxy that counts, which we do not know.
func (r *run) neighbour(server netip.Addr) bool {
	if netrange.Private(server) || r.Proxy != nil {
		return netrange.Private(server)
	}
	literal, _ := netip.ParseAddr(strings.TrimPrefix(strings.Trim(r.Helo, "[]"), "IPv6:"))
	return netrange.Near(server, literal) || r.From != nil && netrange.Near(server, r.From(server))
}

// waiting tells the watcher of a wait that begins; the function that it returns tells of its end.
func (r *run) waiting(subject string, step evidence.Step, limit time.Duration) (over func()) {
	r.watch(Waiting{subject, step, time.Now(), limit})
	return func() { r.watch(Waiting{Subject: subject}) }
}

// watch tells the user's watcher of a wait, if there is one.
func (r *run) watch(w Waiting) {
	if r.Watch != nil {
		r.Watch(w)
	}
}

// keep puts sessions into the evidence. One that was never begun, because the run ended first, is none.
func (r *run) keep(sessions ...evidence.Session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range sessions {
		if !s.StartedAt.IsZero() {
			r.reading.AddSession(s)
		}
	}
}
