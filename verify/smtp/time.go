package smtp

import (
	"cmp"
	"fmt"
	"slices"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/transcript"
)

// timing derives what the sessions with an address show about its waits.
func (d *derivation) timing(sessions []reading.Session, best, slowest reading.Session, put func(facts.Fact)) {
	put(d.delayKind(slowest))
	d.samples(sessions, best, put)
	d.tarpit(sessions, best, put)
	put(d.everybody(sessions, best))
	hangup, step := d.hangup(sessions)
	put(hangup)
	put(step)
}

// delayKind tells where the time of a session went: a late greeting with a quick rest is a delay before the greeting, slowness
// all over is load, slowness at EHLO or RCPT alone is what the server does there (look-ups, callouts, greylisting policy).
func (d *derivation) delayKind(s reading.Session) facts.Fact {
	ehlo := d.latency(s, evidence.StepEHLO, facts.SMTPDelayKind)
	if !transcript.Greeted(*s.Session) || !ehlo.Known() {
		return facts.Fact{Name: facts.SMTPDelayKind, Why: d.NotReached(s)}
	}
	var steps, slow []evidence.Step
	for _, step := range []evidence.Step{evidence.StepGreeting, evidence.StepEHLO, evidence.StepMAIL, evidence.StepRCPT} {
		e := s.Event(step)
		if e == nil {
			continue
		}
		if l := d.latency(s, step, facts.SMTPDelayKind); !l.Known() {
			return l
		}
		steps = append(steps, step)
		if e.Waited() >= transcript.SlowStep {
			slow = append(slow, step)
		}
	}
	f := s.Fact(facts.SMTPDelayKind, s.Event(steps[len(steps)-1]))
	kind := "mixed"
	switch {
	case len(slow) == 0:
		kind = "none"
	case len(slow) == len(steps):
		kind = "every_step"
	case len(slow) == 1 && slow[0] != evidence.StepMAIL:
		kind = string(slow[0])
	}
	f.Value = facts.TextValue(kind)
	return f
}

// samples derives how the time to the greeting varies between the sessions. A wait that our own limit ended is a lower bound.
func (d *derivation) samples(sessions []reading.Session, best reading.Session, put func(facts.Fact)) {
	var timed []facts.Fact
	late := []bool{}
	for _, s := range sessions {
		e := s.Event(evidence.StepGreeting)
		if e == nil {
			continue
		}
		f := s.Fact("", e)
		bound, vain := reading.WaitedInVain(e)
		switch {
		case transcript.Greeted(*s.Session):
			f.Value = facts.DurationValue(e.Waited())
			late = append(late, e.Waited() >= transcript.SlowStep)
		case vain && !d.MayBeSwallowed(s):
			f.Value, f.AtLeast = facts.DurationValue(bound), true
		default:
			continue
		}
		timed = append(timed, f)
	}
	count := facts.Fact{Name: facts.SMTPSamplesCount, Value: facts.IntValue(int64(len(timed))), At: best.StartedAt, Evidence: "all sessions with the address"}
	if len(timed) == 0 {
		count.Value, count.Why = facts.Value{}, d.NotReached(best)
	}
	put(count)
	slices.SortStableFunc(timed, func(a, b facts.Fact) int { return cmp.Compare(a.Value.Duration(), b.Value.Duration()) })
	for name, at := range map[facts.Name]int{facts.SMTPSamplesGreetingMin: 0, facts.SMTPSamplesGreetingMed: (len(timed) - 1) / 2, facts.SMTPSamplesGreetingMax: len(timed) - 1} {
		if len(timed) == 0 {
			put(facts.Fact{Name: name, Why: d.NotReached(best)})
			continue
		}
		f := timed[at]
		f.Name = name
		// Behind a bound, in the order of size, nothing is known exactly.
		f.AtLeast = slices.ContainsFunc(timed[:at+1], func(t facts.Fact) bool { return t.AtLeast })
		put(f)
	}
	first := facts.Fact{Name: facts.SMTPDelayFirstContact, At: best.StartedAt, Evidence: "all sessions with the address"}
	switch {
	case len(late) >= 2 && len(late) == len(sessions):
		first.Value = facts.BoolValue(late[0] && !slices.Contains(late[1:], true))
	case len(late) == 0:
		first.Why = d.NotReached(best)
	default:
		first.Why = facts.Unknown{Code: facts.Untested, Detail: fmt.Sprintf("the greetings of %d of %d sessions were timed; --samples asks for more", len(late), len(sessions))}
	}
	put(first)
}

var TrapWhy = facts.Unknown{Code: facts.Refused, Detail: "the server drips its replies, as traps for distrusted clients do; others may meet another dialogue"}

// tarpit derives whether the replies drip, and whether the server shows a trap.
func (d *derivation) tarpit(sessions []reading.Session, best reading.Session, put func(facts.Fact)) {
	fact := func(name facts.Name, value bool) facts.Fact {
		return facts.Fact{Name: name, Value: facts.BoolValue(value), At: best.StartedAt, Evidence: "all sessions with the address"}
	}
	drip, tarpit := fact(facts.SMTPDrip, false), fact(facts.SMTPTarpit, false)
	if !transcript.Greeted(*best.Session) {
		drip = facts.Fact{Name: facts.SMTPDrip, Why: d.NotReached(best)}
		tarpit = facts.Fact{Name: facts.SMTPTarpit, Why: drip.Why}
	}
	for _, s := range sessions {
		if transcript.Drips(s.Session) {
			drip = fact(facts.SMTPDrip, true)
		}
		if !transcript.Trap(s.Session) {
			continue
		}
		if e := s.Event(evidence.StepEHLO); e != nil && e.Failure == nil && e.Reply != nil && e.Reply.Code == 250 {
			tarpit = fact(facts.SMTPTarpit, true)
		} else if !tarpit.Known() || !tarpit.Value.Bool() {
			tarpit = facts.Fact{Name: facts.SMTPTarpit, Why: d.NotReached(s)}
		}
	}
	put(drip)
	put(tarpit)
}

// everybody tells whether the waits, or the silence, are everybody's as far as can be seen.
func (d *derivation) everybody(sessions []reading.Session, best reading.Session) facts.Fact {
	f := facts.Fact{Name: facts.SMTPDelayEverybody, At: best.StartedAt, Evidence: "all sessions with the address"}
	connected := d.Connected(facts.SessionAt(best.Host, best.Address))
	switch {
	case slices.ContainsFunc(sessions, func(s reading.Session) bool { return transcript.Trap(s.Session) }):
		f.Why = TrapWhy
	case !connected.Known():
		f.Why = connected.Why
	default:
		f.Value = facts.BoolValue(true)
	}
	return f
}

// hangup derives whether the server ends connections in the middle of the dialogue: at the same step in two sessions, and in
// none of them otherwise.
func (d *derivation) hangup(sessions []reading.Session) (hangup, step facts.Fact) {
	hangup, step = facts.Fact{Name: facts.SMTPHangup}, facts.Fact{Name: facts.SMTPHangupStep}
	var at []*evidence.Event
	complete := 0
	for _, s := range sessions {
		e, why := d.hungUpAt(s)
		switch {
		case e != nil:
			at = append(at, e)
			hangup, step = s.Fact(facts.SMTPHangup, e), s.Fact(facts.SMTPHangupStep, e)
		case why.Code == "":
			complete++
			if len(at) == 0 {
				hangup = s.Fact(facts.SMTPHangup, s.Event(evidence.StepQUIT))
			}
		default:
			hangup.Why = why
		}
	}
	same := !slices.ContainsFunc(at, func(e *evidence.Event) bool { return e.Step != at[0].Step })
	switch {
	case len(at) >= reading.Attempts && len(at) == len(sessions) && same:
		hangup.Value = facts.BoolValue(true)
		step.Value = facts.TextValue(stepNames[at[0].Step])
		return hangup, step
	case complete == len(sessions):
		hangup.Value, hangup.Why = facts.BoolValue(false), facts.Unknown{}
		step.Why = facts.Unknown{Code: facts.Untested, Detail: "the server did not hang up"}
		return hangup, step
	case len(at) == 1 && len(sessions) == 1:
		hangup.Why = facts.Unknown{Code: facts.ConnectFailed, Detail: "the server hung up once, and no second session was held"}
	case len(at) > 0:
		hangup.Why = facts.Unknown{Code: facts.Disagreement, Detail: "the server hung up in one session with this address, and not, or elsewhere, in another"}
	}
	step.Why = hangup.Why
	return hangup, step
}

// stepNames are the commands whose replies a reporter waits for too.
var stepNames = map[evidence.Step]string{evidence.StepEHLO: "EHLO", evidence.StepHELO: "HELO", evidence.StepSTARTTLS: "STARTTLS", evidence.StepMAIL: "MAIL", evidence.StepRCPT: "RCPT"}

// hungUpAt returns the step at which the server ended a greeted session without a word; or why that is not known; or neither,
// if the session came to QUIT past the reply to RCPT. A refused recipient is an ordinary end of such a dialogue.
func (d *derivation) hungUpAt(s reading.Session) (*evidence.Event, facts.Unknown) {
	if !transcript.Greeted(*s.Session) {
		return nil, d.NotReached(s)
	}
	if why := reading.OutOfStep(s); why.Code != "" {
		return nil, why
	}
	for i := range s.Events {
		e := &s.Events[i]
		switch {
		case e.Step == evidence.StepEHLO && transcript.SpeaksHELO(s.Session):
			// It went on with HELO.
		case e.About != "" && e.Failure == nil && (e.Reply == nil || e.Reply.Code != 421):
			// What is asked beside the plain course may be refused.
		case e.About != "" && e.Failure != nil:
			return nil, reading.Unknown(e.Failure, reading.StepText(e)) // we may have provoked it
		case e.Step == evidence.StepQUIT:
			if s.Event(evidence.StepRCPT) == nil {
				return nil, d.NotReached(s)
			}
			if e.Failure != nil && slices.ContainsFunc(s.Events, func(e evidence.Event) bool { return e.About != "" }) {
				return nil, reading.Unknown(e.Failure, reading.StepText(e)) // it may have ended behind a test of ours
			}
			return nil, facts.Unknown{}
		case e.Failure != nil && (e.Failure.Kind == evidence.EOF || e.Failure.Kind == evidence.Reset) && stepNames[e.Step] != "" &&
			(e.Step != evidence.StepSTARTTLS || transcript.Lists(s.Session, "STARTTLS")):
			return e, facts.Unknown{}
		case e.Failure != nil:
			return nil, reading.Unknown(e.Failure, reading.StepText(e))
		case e.Reply != nil && (e.Reply.Code == 421 || e.Reply.Code >= 400 && (e.Step == evidence.StepEHLO || e.Step == evidence.StepMAIL)):
			return nil, reading.Refusal(e)
		}
	}
	return nil, facts.Unknown{Code: facts.Interrupted, Detail: "the session did not come to its end"}
}

// nolistings derives whether an address is the deliberately dead first mail host of its domains. Where one domain leads here
// otherwise, the address is more than a decoy.
func (d *derivation) nolistings(p *reading.Place) (decided facts.Fact) {
	for i, t := range p.Targets {
		f := d.nolisting(t)[p.Subject]
		if i == 0 || f.Known() && !f.Value.Bool() || !f.Known() && decided.Known() && decided.Value.Bool() {
			decided = f
		}
	}
	return decided
}

// nolisting derives for every address of a target whether it is that of the deliberately dead first mail host.
func (d *derivation) nolisting(t *evidence.Target) map[facts.Subject]facts.Fact {
	found := map[facts.Subject]facts.Fact{}
	fact := facts.Fact{Name: facts.SMTPNolisting, Value: facts.BoolValue(false), At: d.Bundle.FinishedAt, Evidence: "all sessions"}
	first := d.firstHost(t)
	for _, h := range t.Hosts {
		for _, a := range h.Addresses {
			subject, f := facts.SessionAt(h.Name, a), fact
			if connected := d.Connected(subject); !connected.Known() {
				f.Value, f.Why = facts.Value{}, connected.Why
			}
			found[subject] = f
		}
	}
	if first == nil {
		return found
	}
	fact.Value = facts.BoolValue(true)
	for _, a := range first.Addresses {
		switch refused, why := d.refuses(facts.SessionAt(first.Name, a)); {
		case why.Code != "":
			fact.Value, fact.Why = facts.Value{}, why
		case !refused:
			return found
		}
	}
	if first.Trouble != nil && fact.Known() {
		fact.Value, fact.Why = facts.Value{}, reading.Unanswered(first.Trouble, "the look-up of "+first.Name)
	}
	for _, a := range first.Addresses {
		found[facts.SessionAt(first.Name, a)] = fact
	}
	return found
}

// firstHost is the one most preferred host of a domain, if a less preferred one greets.
func (d *derivation) firstHost(t *evidence.Target) *evidence.Host {
	if t.Kind != "domain" || len(t.Hosts) == 0 {
		return nil
	}
	best := slices.MinFunc(t.Hosts, func(a, b evidence.Host) int { return cmp.Compare(a.Preference, b.Preference) })
	var first *evidence.Host
	backup := false
	for i := range t.Hosts {
		h := &t.Hosts[i]
		switch {
		case h.Preference == best.Preference && first != nil:
			return nil
		case h.Preference == best.Preference:
			first = h
		default:
			backup = backup || slices.ContainsFunc(h.Addresses, func(a string) bool {
				return d.Greeted(facts.SessionAt(h.Name, a)).Known()
			})
		}
	}
	if !backup {
		return nil
	}
	return first
}

// refuses tells whether an address refused every connection, demonstrably by itself.
func (d *derivation) refuses(subject facts.Subject) (bool, facts.Unknown) {
	ok := d.Connected(subject)
	if !ok.Known() {
		return false, ok.Why
	}
	for _, s := range d.Sessions(subject) {
		if e := s.Event(evidence.StepConnect); e == nil || e.Failure == nil || e.Failure.Kind != evidence.Refused {
			return false, facts.Unknown{}
		}
	}
	return true, facts.Unknown{}
}
