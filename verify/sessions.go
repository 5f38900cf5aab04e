package verify

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/netrange"
	"mxverdict/verify/reading"
	"mxverdict/verify/smtpprobe"
	"mxverdict/verify/transcript"
)

// visit is one SMTP host at one address, and what is wanted of it.
type visit struct {
	host         string
	address      netip.Addr
	facts.Source // the probes that it takes
	recipient    string
	domains      []string // of the report whose mail it takes; none where the report names the host itself
	bareHello    bool     // send a hello of our own bytes in place of the handshake
}

// visits lists every address of every host once, with all that the targets want of it.
func (r *run) visits(plan Plan) []visit {
	var visits []visit
	for i := range r.bundle.Targets {
		t := &r.bundle.Targets[i] // not a copy: zones writes other fields of it meanwhile
		task := plan.Targets[i]
		if !task.visits(t) {
			continue
		}
		for _, h := range t.Hosts {
			for _, a := range h.Addresses[:min(len(h.Addresses), maxVisited)] {
				addr, err := netip.ParseAddr(a)
				if err != nil {
					continue
				}
				visits = addVisit(visits, visit{host: h.Name, address: addr, Source: task.Source, recipient: recipient(t, task), domains: mailDomains(t)})
			}
		}
	}
	return divided(visits)
}

// divided has further visits try the postmasters for which one has no room.
func divided(visits []visit) []visit {
	for i := 0; i < len(visits); i++ {
		v := &visits[i]
		if !v.Has(facts.FromPostmaster) || len(v.domains) <= maxPostmasters {
			continue
		}
		rest := *v
		v.domains, rest.domains = v.domains[:maxPostmasters], v.domains[maxPostmasters:]
		rest.Source, rest.recipient = v.Source&^(labelled|facts.FromTransaction)|facts.FromPostmaster, ""
		visits = append(visits, rest)
	}
	return visits
}

func addVisit(visits []visit, v visit) []visit {
	i := slices.IndexFunc(visits, func(w visit) bool { return w.host == v.host && w.address == v.address })
	if i < 0 {
		return append(visits, v)
	}
	visits[i].Source |= v.Source
	visits[i].recipient = cmp.Or(visits[i].recipient, v.recipient)
	visits[i].domains = append(visits[i].domains, v.domains...)
	return visits
}

func mailDomains(t *evidence.Target) []string {
	if t.Kind == "domain" {
		return []string{t.Name}
	}
	return nil
}

// postmasters are the mailboxes that the host has to accept mail for, of every tested domain.
func (v visit) postmasters() []string {
	if len(v.domains) == 0 {
		return []string{"postmaster"}
	}
	var all []string
	for _, domain := range v.domains[:min(len(v.domains), maxPostmasters)] {
		all = append(all, "postmaster@"+domain)
	}
	return all
}

// key tells visits apart that ask for different things.
func (v visit) key() string {
	return fmt.Sprint(v.host, " ", v.address, " ", v.Source&inSession, " ", v.recipient, " ", v.domains, " ", v.bareHello)
}

// inSession are the probes that decide what a session asks.
const inSession = facts.FromSession | facts.FromTLS | facts.FromTransaction | labelled

// maxPostmasters bounds the domains of one host whose postmasters are tried in one session.
const maxPostmasters = 4

// recipient is the postmaster of the tested domain, or of the host itself, whom every server has to accept (RFC 5321
// sections 4.1.1.3 and 4.5.1). Nothing is sent to him: the session ends after the reply to RCPT.
func recipient(t *evidence.Target, task Task) string {
	switch {
	case !task.Has(facts.FromTransaction):
		return ""
	case t.Kind == "domain":
		return "postmaster@" + t.Name
	}
	return "postmaster"
}

// sessions visits every address, one connection at a time to each.
func (r *run) sessions(ctx context.Context, visits []visit) {
	byAddress := map[netip.Addr][]visit{}
	for _, v := range visits {
		byAddress[v.address] = append(byAddress[v.address], v)
	}
	var group sync.WaitGroup
	for _, visits := range byAddress {
		group.Go(func() {
			r.inTurn(ctx, visits[0].address, func(turn *turn) { r.visitAddress(ctx, turn, visits) })
		})
	}
	group.Wait()
}

// visitAddress holds the sessions with one address in turn, at the pace of manners.
func (r *run) visitAddress(ctx context.Context, turn *turn, visits []visit) {
	var held []heldVisit
	for _, v := range visits {
		if sessions := shared(held, v); sessions != nil {
			for _, s := range sessions {
				s.Host, s.HeldAs = v.host, cmp.Or(s.HeldAs, heldAs(s))
				r.keep(s)
			}
			continue
		}
		sessions := r.visit(ctx, turn, v)
		if len(sessions) == 0 {
			return // the run ended
		}
		held = append(held, heldVisit{v, sessions})
	}
}

// heldVisit is a visit with its sessions.
type heldVisit struct {
	visit
	sessions []evidence.Session
}

// visit holds the sessions with an address, or takes those that were held for another report alike.
func (r *run) visit(ctx context.Context, turn *turn, v visit) []evidence.Session {
	sessions := r.held.Do(ctx, v.key()+" first", func(ctx context.Context) ([]evidence.Session, bool) { return r.hold(ctx, turn, v), ctx.Err() == nil })
	for _, s := range sessions {
		r.keep(s)
	}
	return sessions
}

// hold holds a session, a second one where the first calls for it, and the further samples that the user wants.
func (r *run) hold(ctx context.Context, turn *turn, v visit) (sessions []evidence.Session) {
	next := func(distance time.Duration, v visit) bool {
		since := time.Time{}
		if len(sessions) > 0 {
			since = sessions[len(sessions)-1].StartedAt.Add(distance)
		}
		s, ok := r.next(ctx, turn, v, since, len(sessions)+1)
		if ok {
			sessions = append(sessions, s)
		}
		return ok
	}
	for next(pace, v) && len(sessions) < attempts && r.repeats(ctx, v, &sessions[len(sessions)-1]) {
		if transcript.Unfinished(&sessions[len(sessions)-1]) {
			v.bareHello = true // the same handshake would fail the same way
		}
	}
	v.Source &^= labelled // samples are about times
	v.bareHello = false
	// Who did not greet gets no further visit: it would be as long a wait, or one more visit to a host that turned us away.
	for len(sessions) > 0 && len(sessions) < r.Samples && transcript.Greeted(sessions[len(sessions)-1]) && next(max(r.Every, pace), v) {
	}
	return sessions
}

// repeats tells whether a session calls for a second one, and waits for the end of greylisting if that is why.
func (r *run) repeats(ctx context.Context, v visit, s *evidence.Session) bool {
	return again(s) || r.greylisted(ctx, v, s)
}

// shared returns the sessions that another name of the same address has had already, if they say as much about this one: no
// greeting came, for which no name is to blame, or no TLS is wanted, whose server sees the name.
func shared(held []heldVisit, v visit) []evidence.Session {
	for _, h := range held {
		first := &h.sessions[0]
		switch {
		case slices.ContainsFunc(h.sessions, func(s evidence.Session) bool { return again(&s) }):
		case !transcript.Greeted(*first), !v.Has(facts.FromTLS) && h.Source&v.Source == v.Source && h.recipient == v.recipient && (!v.Has(labelled) || slices.Equal(h.domains, v.domains)):
			return h.sessions
		}
	}
	return nil
}

// retry visits those addresses a second time to which no connection could be made, before that can count against them, and a third
// time where the user wants it; but only where a control, or another server of the same target, showed that this network lets SMTP
// out over that family.
func (r *run) retry(ctx context.Context, visits []visit) {
	since := []time.Duration{pace}
	if r.Insist {
		since = append(since, insistence)
	}
	open := r.openTo()
	for i, since := range since {
		byAddress := map[netip.Addr][]visit{}
		for _, v := range visits {
			sessions := r.sessionsOf(v)
			connected := func(s evidence.Session) bool { return !transcript.Unconnected(s) }
			if len(sessions) == i+1 && !slices.ContainsFunc(sessions, connected) && open(v) {
				byAddress[v.address] = append(byAddress[v.address], v)
			}
		}
		var group sync.WaitGroup
		for _, visits := range byAddress {
			group.Go(func() {
				r.inTurn(ctx, visits[0].address, func(turn *turn) { r.retryAddress(ctx, turn, visits, since) })
			})
		}
		group.Wait()
	}
}

// retryAddress holds further sessions with one address, some time after the first one, one for all of its names where the name
// does not matter.
func (r *run) retryAddress(ctx context.Context, turn *turn, visits []visit, since time.Duration) {
	var held []heldVisit
	earlier := r.sessionsOf(visits[0])
	next := earlier[0].StartedAt.Add(since)
	for _, v := range visits {
		if sessions := shared(held, v); sessions != nil {
			s := sessions[0]
			s.Host, s.HeldAs = v.host, heldAs(s)
			r.keep(s)
			continue
		}
		sessions := r.held.Do(ctx, fmt.Sprint(v.key(), " again ", len(earlier)), func(ctx context.Context) ([]evidence.Session, bool) {
			if s, ok := r.next(ctx, turn, v, next, len(earlier)+1); ok {
				return []evidence.Session{s}, ctx.Err() == nil
			}
			return nil, false
		})
		if len(sessions) == 0 {
			return
		}
		r.keep(sessions[0])
		held = append(held, heldVisit{v, sessions})
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// heldAs names the host under which a session was held.
func heldAs(s evidence.Session) string { return cmp.Or(s.Host, "["+s.Address+"]") }

// sessionsOf are the sessions held for a visit so far.
func (r *run) sessionsOf(v visit) (sessions []evidence.Session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.bundle.Sessions {
		if !s.Control && !s.Decoy && s.Host == v.host && s.Address == v.address.String() {
			sessions = append(sessions, s)
		}
	}
	return sessions
}

// openTo returns for which visits this network is known to be open: a control greeted, or another server of a target that leads
// there.
func (r *run) openTo() func(visit) bool {
	open, greeted := map[reading.Family]bool{}, map[string]bool{}
	for _, family := range families {
		open[family] = reading.WayOut(nil, r.bundle.Sessions, family) == evidence.Open
	}
	for _, s := range r.bundle.Sessions {
		greeted[s.Address] = greeted[s.Address] || transcript.Greeted(s) && !reading.Neighbour(s)
	}
	beside := map[netip.Addr]bool{}
	for _, t := range r.bundle.Targets {
		for _, family := range families {
			if !reading.HasAddress(&t, func(a string) bool { return greeted[a] && family.Has(a) }) {
				continue
			}
			for _, h := range t.Hosts {
				for _, a := range h.Addresses {
					if addr, err := netip.ParseAddr(a); err == nil && reading.FamilyOf(addr) == family {
						beside[addr] = true
					}
				}
			}
		}
	}
	return func(v visit) bool { return open[reading.FamilyOf(v.address)] || beside[v.address] }
}

// pause keeps the distance between two sessions with one address; false if the run ends first.
func (r *run) pause(ctx context.Context, v visit, d time.Duration) bool {
	return r.wait(ctx, v, StepPause, d)
}

// inTurn lets the run talk to a server when nobody else does; false if the run ends first. What others ask meanwhile may be what this
// run would ask too.
func (r *run) inTurn(ctx context.Context, server netip.Addr, talk func(*turn)) bool {
	turn := r.turn(server)
	resume := r.deadline.pause()
	select {
	case turn.taken <- struct{}{}:
		resume()
	case <-ctx.Done():
		resume()
		return false
	}
	defer func() { <-turn.taken }()
	talk(turn)
	return true
}

// next holds a session not before a time, and at the pace of manners; false if the run ends first.
func (r *run) next(ctx context.Context, turn *turn, v visit, notBefore time.Time, attempt int) (s evidence.Session, ok bool) {
	if !turn.last.IsZero() {
		notBefore = latest(notBefore, turn.last.Add(pace))
	}
	if !notBefore.IsZero() && !r.pause(ctx, v, time.Until(notBefore)) {
		return s, false
	}
	s = r.session(ctx, v, attempt)
	turn.last = s.StartedAt
	return s, true
}

func (r *run) session(ctx context.Context, v visit, attempt int) evidence.Session {
	s := r.dialogue(ctx, facts.SessionAt(v.host, v.address.String()).String(), r.Patience, r.askFor(v))
	s.Attempt = attempt
	r.chain(&s)
	return s
}

// dialogue holds one SMTP session, through the proxy if there is one, and tells the watcher what it waits for.
func (r *run) dialogue(ctx context.Context, subject string, patience time.Duration, ask smtpprobe.Ask) evidence.Session {
	dialer := r.Dialer
	if r.Proxy != nil {
		dialer = r.Proxy
	}
	defer r.watch(Waiting{Subject: subject})
	s := smtpprobe.Probe{Dialer: r.guarded(dialer), Helo: r.Helo, Patience: patience, Proxied: r.Proxy != nil,
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

func (r *run) watch(w Waiting) {
	if r.Watch != nil {
		r.Watch(w)
	}
}

// again tells whether a session calls for a second one: the tester was turned away for the moment, the connection broke, or
// what was offered did not work. A wait that our own patience ended is not repeated: it would only be as long again.
func again(s *evidence.Session) bool {
	return slices.ContainsFunc(s.Events, func(e evidence.Event) bool {
		switch {
		case e.Failure != nil && e.Failure.Kind == evidence.OutOfStep:
			return true
		case e.Step == evidence.StepQUIT || e.Step == evidence.StepConnect:
			return false
		case e.Failure != nil && e.Step == evidence.StepHandshake:
			return e.Failure.Kind != evidence.Timeout && e.Failure.Kind != evidence.Interrupted
		case e.Failure != nil:
			return slices.Contains([]evidence.FailureKind{evidence.Reset, evidence.EOF, evidence.TLSFailed}, e.Failure.Kind)
		case e.Reply == nil:
			return false
		case e.Step == evidence.StepSTARTTLS:
			return transcript.RefusesSTARTTLS(e.Reply, transcript.Lists(s, "STARTTLS")) || e.Reply.Code == 421
		case e.About != "" || e.Step == evidence.StepMAIL || e.Step == evidence.StepRCPT:
			return e.Reply.Code == 421 // other refusals are only timed, or speak for themselves
		}
		return e.Reply.Code >= 400 && e.Reply.Code < 500
	})
}
