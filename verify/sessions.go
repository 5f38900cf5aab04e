package verify

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"sync"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/smtpprobe"
)

// visit is one SMTP host at one address, and what is wanted of it.
type visit struct {
	host    string
	address netip.Addr
	want
	recipient string
}

// visits lists every address of every host once, with all that the targets want of it.
func (r *run) visits(plan Plan) []visit {
	var visits []visit
	for i, t := range r.bundle.Targets {
		task := plan.Targets[i]
		if !task.has(wantSession) {
			continue
		}
		for _, h := range t.Hosts {
			for _, a := range h.Addresses[:min(len(h.Addresses), maxVisited)] {
				addr, err := netip.ParseAddr(a)
				if err != nil {
					continue
				}
				visits = addVisit(visits, visit{h.Name, addr, task.want, recipient(t, task)})
			}
		}
	}
	return visits
}

func addVisit(visits []visit, v visit) []visit {
	i := slices.IndexFunc(visits, func(w visit) bool { return w.host == v.host && w.address == v.address })
	if i < 0 {
		return append(visits, v)
	}
	visits[i].want |= v.want
	visits[i].recipient = cmp.Or(visits[i].recipient, v.recipient)
	return visits
}

// recipient is the postmaster of the tested domain, or of the host itself, whom every server has to accept (RFC 5321
// sections 4.1.1.3 and 4.5.1). Nothing is sent to him: the session ends after the reply to RCPT.
func recipient(t evidence.Target, task Task) string {
	switch {
	case !task.has(wantTransaction):
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
		group.Go(func() { r.visitAddress(ctx, visits) })
	}
	group.Wait()
}

// visitAddress holds the sessions with one address in turn, at the pace of manners.
func (r *run) visitAddress(ctx context.Context, visits []visit) {
	var last time.Time
	for _, v := range visits {
		for attempt := 1; attempt <= attempts; attempt++ {
			if !last.IsZero() && !r.pause(ctx, v, time.Until(last.Add(pace))) {
				return
			}
			last = time.Now()
			s := r.session(ctx, v, attempt)
			r.mu.Lock()
			r.bundle.Sessions = append(r.bundle.Sessions, s)
			r.mu.Unlock()
			if !again(&s) {
				break
			}
		}
	}
}

// pause keeps the distance between two sessions with one address; false if the run ends first.
func (r *run) pause(ctx context.Context, v visit, d time.Duration) bool {
	subject := subjectOf(v.host, v.address.String()).String()
	r.watch(Waiting{subject, StepPause, time.Now(), d})
	defer r.watch(Waiting{Subject: subject})
	t := time.NewTimer(max(d, 0))
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (r *run) session(ctx context.Context, v visit, attempt int) evidence.Session {
	s := r.dialogue(ctx, subjectOf(v.host, v.address.String()).String(), r.Patience,
		smtpprobe.Ask{Host: v.host, Address: netip.AddrPortFrom(v.address, r.SMTPPort), TLS: v.has(wantTLS), Recipient: v.recipient})
	s.Attempt = attempt
	return s
}

// dialogue holds one SMTP session, through the proxy if there is one, and tells the watcher what it waits for.
func (r *run) dialogue(ctx context.Context, subject string, patience time.Duration, ask smtpprobe.Ask) evidence.Session {
	dialer := r.Dialer
	if r.Proxy != nil {
		dialer = r.Proxy
	}
	defer r.watch(Waiting{Subject: subject})
	return smtpprobe.Probe{Dialer: r.guarded(dialer), Helo: r.Helo, Patience: patience, Proxied: r.Proxy != nil,
		Watch: func(step evidence.Step, limit time.Duration) { r.watch(Waiting{subject, step, time.Now(), limit}) }}.Run(ctx, ask)
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
		case e.Step == evidence.StepQUIT || e.Step == evidence.StepConnect:
			return false
		case e.Failure != nil && e.Step == evidence.StepHandshake:
			return e.Failure.Kind != evidence.Timeout && e.Failure.Kind != evidence.Interrupted
		case e.Failure != nil:
			return e.Failure.Kind == evidence.Reset || e.Failure.Kind == evidence.EOF
		case e.Reply == nil:
			return false
		case e.Step == evidence.StepSTARTTLS:
			return deadSTARTTLS(e.Reply, lists(s, "STARTTLS")) || e.Reply.Code == 421
		case e.Step == evidence.StepMAIL || e.Step == evidence.StepRCPT:
			return e.Reply.Code == 421 // other refusals are only timed
		}
		return e.Reply.Code >= 400 && e.Reply.Code < 500
	})
}

// lists tells whether the reply to the first EHLO lists a keyword.
func lists(s *evidence.Session, keyword string) bool {
	e := s.Event(evidence.StepEHLO)
	return e != nil && e.Failure == nil && e.Reply != nil && slices.Contains(smtpprobe.Keywords(*e.Reply), keyword)
}

// greeted tells whether a whole greeting with code 220 came.
func greeted(s evidence.Session) bool {
	e := s.Event(evidence.StepGreeting)
	return e != nil && e.Failure == nil && e.Reply != nil && e.Reply.Code == 220
}
