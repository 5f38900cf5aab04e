package smtp

import (
	"slices"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/transcript"
)

// session derives the facts of a host at one address from the sessions with it.
func (d *derivation) session(p *reading.Place) {
	sessions := d.Sessions(p.Subject)
	put := func(f facts.Fact) { d.Put(p.Subject, f) }
	if len(sessions) == 0 {
		d.unknown(p.Subject, d.Greeted(p.Subject).Why)
		return
	}
	best := reading.BestOf(sessions)
	d.connection(sessions, best, put)
	slowest := reading.SlowestGreeting(sessions, best)
	d.greeting(p.Subject, slowest, put)
	d.greetingName(slowest, put)
	d.dialogue(d.slowestDialogue(sessions, best), put)
	d.times(sessions, best, slowest, put)
	put(d.listed(best))
	d.encryption(sessions, put)
	d.labelled(p, sessions, put)
	d.certificate(sessions, put)
	d.timing(sessions, best, slowest, put)
}

// slowestDialogue is the session whose dialogue took longest, of those that were timed whole: what is fast only sometimes is
// not fast.
func (d *derivation) slowestDialogue(sessions []reading.Session, best reading.Session) reading.Session {
	slowest := best
	for _, s := range sessions {
		if t, u := d.total(s), d.total(slowest); t.Known() && (!u.Known() || t.Value.Duration() > u.Value.Duration()) {
			slowest = s
		}
	}
	return slowest
}

// times derives how long the greeting and the whole dialogue take. Of a server that greets once and stays silent another time
// nothing is known of all sessions, nor of a dialogue that was shorter than the greeting of another session alone.
func (d *derivation) times(sessions []reading.Session, best, slowest reading.Session, put func(facts.Fact)) {
	latency, first := d.greetingTimes(slowest)
	total := d.total(d.slowestDialogue(sessions, best))
	silent := slices.ContainsFunc(sessions, func(s reading.Session) bool {
		e := s.Event(evidence.StepGreeting)
		if e == nil {
			return false
		}
		_, vain := reading.WaitedInVain(e)
		return vain
	})
	switch {
	case silent && slices.ContainsFunc(sessions, func(s reading.Session) bool { return transcript.Greeted(*s.Session) }):
		why := facts.Unknown{Code: facts.Disagreement, Detail: "the server greeted in one session with this address and stayed silent in another"}
		for _, f := range []*facts.Fact{&latency, &first, &total} {
			*f = facts.Fact{Name: f.Name, Why: why}
		}
	case total.Known() && latency.Known() && latency.Value.Duration() > total.Value.Duration():
		total = facts.Fact{Name: total.Name, Why: facts.Unknown{Code: facts.Disagreement,
			Detail: "the sessions with this address took different times to greet, and none was complete at the first visit"}}
	}
	put(latency)
	put(first)
	put(total)
}

// greetingTimes are the times to the end and to the first byte of the greeting of a session.
func (d *derivation) greetingTimes(s reading.Session) (latency, first facts.Fact) {
	latency, first = facts.Fact{Name: facts.SMTPGreetingLatency}, facts.Fact{Name: facts.SMTPGreetingFirstByte}
	e := s.Event(evidence.StepGreeting)
	if transcript.Greeted(*s.Session) {
		latency, first = s.Fact(latency.Name, e), s.Fact(first.Name, e)
		latency.Value = facts.DurationValue(e.Waited())
		first.Value = facts.DurationValue(e.Reply.FirstByte.D() - e.Start.D())
		return latency, first
	}
	first.Why = d.NotReached(s)
	latency.Why = first.Why
	if e == nil {
		return latency, first
	}
	if bound, ok := reading.WaitedInVain(e); ok && !d.MayBeSwallowed(s) {
		latency = s.Fact(latency.Name, e)
		latency.Value, latency.AtLeast = facts.DurationValue(bound), true
	}
	return latency, first
}

// greeting derives what the greeting shows. A greeting other than 220 turns the tester away: then nothing about delays or
// names is known, because another client may be greeted otherwise.
func (d *derivation) greeting(subject facts.Subject, s reading.Session, put func(facts.Fact)) {
	e := s.Event(evidence.StepGreeting)
	put(d.Greeted(subject))
	fact := func(name facts.Name, value facts.Value) {
		f := s.Fact(name, e)
		f.Value = value
		put(f)
	}
	if transcript.Greeted(*s.Session) {
		fact(facts.SMTPGreetingCode, facts.IntValue(220))
		fact(facts.SMTPGreetingText, facts.TextValue(reading.Joined(e.Reply)))
		put(d.containsPTR(subject, s.Fact(facts.SMTPGreetingHasPTR, e), reading.Joined(e.Reply)))
		return
	}
	why := d.NotReached(s)
	put(facts.Fact{Name: facts.SMTPGreetingText, Why: why})
	put(facts.Fact{Name: facts.SMTPGreetingHasPTR, Why: why})
	if e != nil && e.Failure == nil && e.Reply != nil {
		fact(facts.SMTPGreetingCode, facts.IntValue(int64(e.Reply.Code)))
	} else {
		put(facts.Fact{Name: facts.SMTPGreetingCode, Why: why})
	}
}

func (d *derivation) containsPTR(subject facts.Subject, f facts.Fact, greeting string) facts.Fact {
	names, w := d.ReverseNamesOf(subject.At)
	if !w.Known() && !w.More {
		f.Why = w.Why
		return f
	}
	contains := slices.ContainsFunc(names, func(name string) bool { return StandsIn(name, greeting) })
	if w.More && !contains {
		f.Why = w.Why // it may contain one that was not read
		return f
	}
	f.Value = facts.BoolValue(contains)
	return f
}

// dialogue derives the times of the steps after the greeting.
func (d *derivation) dialogue(s reading.Session, put func(facts.Fact)) {
	for step, name := range map[evidence.Step]facts.Name{
		evidence.StepEHLO: facts.SMTPEHLOLatency, evidence.StepMAIL: facts.SMTPMAILLatency, evidence.StepRCPT: facts.SMTPRCPTLatency,
	} {
		put(d.latency(s, step, name))
	}
}

// latency is the time to the reply of a step. A refusal of MAIL or RCPT is a reply too; 421 is not, it ends the session.
func (d *derivation) latency(s reading.Session, step evidence.Step, name facts.Name) facts.Fact {
	e := s.Event(step)
	if step == evidence.StepEHLO {
		e = reading.Opening(s.Session)
	}
	if why := reading.OutOfStep(s); why.Code != "" {
		return facts.Fact{Name: name, Why: why}
	}
	if e == nil {
		return facts.Fact{Name: name, Why: d.NotReached(s)}
	}
	f := s.Fact(name, e)
	if bound, ok := reading.WaitedInVain(e); ok {
		f.Value, f.AtLeast = facts.DurationValue(bound), true
		return f
	}
	switch {
	case e.Failure != nil:
		f.Why = reading.Unknown(e.Failure, reading.StepText(e))
	case e.Reply == nil || e.Reply.Code == 421 || step == evidence.StepEHLO && e.Reply.Code != 250:
		f.Why = d.NotReached(s)
	default:
		f.Value = facts.DurationValue(e.Waited())
	}
	return f
}

// listed tells whether the reply to the first EHLO lists STARTTLS. The reply to HELO lists nothing.
func (d *derivation) listed(s reading.Session) facts.Fact {
	if transcript.SpeaksHELO(s.Session) {
		f := s.Fact(facts.SMTPEHLOSTARTTLS, s.Event(evidence.StepHELO))
		f.Value = facts.BoolValue(false)
		return f
	}
	e := s.Event(evidence.StepEHLO)
	if e == nil || e.Failure != nil || e.Reply == nil || e.Reply.Code != 250 || !transcript.Plausible(e.Step, e.Reply) {
		return facts.Fact{Name: facts.SMTPEHLOSTARTTLS, Why: d.NotReached(s)}
	}
	f := s.Fact(facts.SMTPEHLOSTARTTLS, e)
	f.Value = facts.BoolValue(slices.Contains(transcript.Keywords(*e.Reply), "STARTTLS"))
	return f
}

// total is the time of the dialogue up to the reply to RCPT, or to MAIL where that was refused. The waits of its
// steps are added up, without our own tests and pauses in between: the reporter does not make them.
func (d *derivation) total(s reading.Session) facts.Fact {
	last := s.Event(evidence.StepRCPT)
	if mail := s.Event(evidence.StepMAIL); last == nil && mail != nil && mail.Failure == nil && mail.Reply != nil && mail.Reply.Code >= 400 {
		last = mail
	}
	if last == nil {
		if mail := s.Event(evidence.StepMAIL); mail != nil {
			last = mail
		}
	}
	if last == nil {
		return facts.Fact{Name: facts.SMTPTransactionTotal, Why: d.NotReached(s)}
	}
	f := s.Fact(facts.SMTPTransactionTotal, last)
	step := d.latency(s, last.Step, facts.SMTPTransactionTotal)
	if !step.Known() {
		f.Why = step.Why
		return f
	}
	var total time.Duration
	for i := range s.Events {
		e := &s.Events[i]
		ours := []evidence.Step{evidence.StepSTARTTLS, evidence.StepHandshake, evidence.StepEHLOTLS, evidence.StepHello}
		if e.About == "" && !slices.Contains(ours, e.Step) {
			total += e.Waited()
		}
		if e == last {
			break
		}
	}
	// Where MAIL was refused the dialogue ended before RCPT: another client's would have lasted longer.
	f.Value, f.AtLeast = facts.DurationValue(total), step.AtLeast || last.Step == evidence.StepMAIL
	return f
}
