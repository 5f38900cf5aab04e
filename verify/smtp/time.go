package smtp

// This file tells how long a client has to wait. RFC 5321 section 4.5.3.2 gives the waits that a client must bear, by the command; whether
// one is too long for whom is a matter of rules. A wait that our own limit ended is a lower bound (AtLeast), never a time.

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/transcript"
)

// slowestDialogue is the session whose dialogue took longest, of those that were timed whole: what is fast only sometimes is
// not fast. The bound that our own limit set counts with its value, for the true time is longer still.
func (v visited) slowestDialogue() reading.Session {
	slowest, longest := v.best, v.total(v.best)
	for _, s := range v.sessions {
		if t := v.total(s); t.Known() && (!longest.Known() || t.Value.Duration() > longest.Value.Duration()) {
			slowest, longest = s, t
		}
	}
	return slowest
}

// waits are the times that a client has to wait for the greeting and for the whole dialogue. Each runs as a client meets it: from
// when its command is sent, or the connection stands, to the end of the reply.
type waits struct{ greeting, firstByte, total facts.Known }

// waits tells how long they are. Of a server that greets once and stays silent another time nothing is known of all sessions, nor of a
// dialogue that was shorter than the greeting of another session alone.
func (v visited) waits() waits {
	silent := slices.ContainsFunc(v.sessions, func(s reading.Session) bool {
		e := s.Event(evidence.StepGreeting)
		if e == nil {
			return false
		}
		_, vain := reading.WaitedInVain(e)
		return vain
	})
	if silent && slices.ContainsFunc(v.sessions, func(s reading.Session) bool { return transcript.Greeted(*s.Session) }) {
		why := facts.Because(facts.Unknown{Code: facts.Disagreement, Detail: "the server greeted in one session with this address and stayed silent in another"})
		return waits{why, why, why}
	}
	// The total is of another session than the greeting, where the slowest to greet did not come as far as to the recipient.
	w := waits{greeting: v.greetingLatency(), total: v.total(v.timed)}
	w.firstByte = v.greeted(func(r *evidence.Reply) facts.Known {
		return facts.Is(facts.DurationValue(r.FirstByte.D() - v.slowest.Event(evidence.StepGreeting).Start.D()))
	})
	// A whole that is shorter than one of its parts would be printed side by side with it.
	if w.total.Known() && w.greeting.Known() && w.greeting.Value.Duration() > w.total.Value.Duration() {
		w.total = facts.Because(facts.Unknown{Code: facts.Disagreement,
			Detail: "the sessions with this address took different times to greet, and none was complete at the first visit"})
	}
	return w
}

// greetingLatency is the time to the end of the greeting, or the wait that our own limit ended.
func (v visited) greetingLatency() facts.Known {
	s := v.slowest
	e := s.Event(evidence.StepGreeting)
	if e == nil {
		return facts.Because(v.NotReached(s))
	}
	// A silence that may be this network's is no time of the server's, however long it was.
	if bound, vain := reading.WaitedInVain(e); vain && !v.MayBeSwallowed(s) {
		return s.Seen(e, facts.AtLeast(facts.DurationValue(bound)))
	}
	return v.greeted(func(*evidence.Reply) facts.Known { return facts.Is(facts.DurationValue(e.Waited())) })
}

// latency is the time to the reply of a step. A refusal of MAIL or RCPT is a reply too; 421 is not, it ends the session. The reply to
// EHLO may be that to HELO, for a client that has to go on with it (RFC 5321 section 3.2).
func (v visited) latency(s reading.Session, step evidence.Step) facts.Known {
	e := s.Event(step)
	if step == evidence.StepEHLO {
		e = reading.Opening(s.Session)
	}
	if why := reading.OutOfStep(s); why.Code != "" { // whose reply came when is not known
		return facts.Because(why)
	}
	if e == nil {
		return facts.Because(v.NotReached(s))
	}
	bound, vain := reading.WaitedInVain(e)
	switch {
	case vain:
		return s.Seen(e, facts.AtLeast(facts.DurationValue(bound)))
	case e.Failure != nil:
		return s.Seen(e, facts.Because(reading.Unknown(e.Failure, reading.StepText(e))))
	case e.Reply == nil || e.Reply.Code == 421 || step == evidence.StepEHLO && e.Reply.Code != 250:
		return s.Seen(e, facts.Because(v.NotReached(s)))
	}
	return s.Seen(e, facts.Is(facts.DurationValue(e.Waited())))
}

// total is the time of the dialogue up to the reply to RCPT, or to MAIL where that was refused. The waits of its
// steps are added up, without our own tests and pauses in between: the reporter does not make them. The TCP connection is part of
// it; the look-ups before it are not, for a session does not hold them.
func (v visited) total(s reading.Session) facts.Known {
	// A second RCPT would be one of ours, under a label.
	last := cmp.Or(s.Event(evidence.StepRCPT), s.Event(evidence.StepMAIL))
	if last == nil {
		return facts.Because(v.NotReached(s))
	}
	// A step that is not known leaves the sum open; those before it were answered, or the dialogue had not come so far.
	step := v.latency(s, last.Step)
	if !step.Known() {
		return step
	}
	ours := []evidence.Step{evidence.StepSTARTTLS, evidence.StepHandshake, evidence.StepEHLOTLS, evidence.StepHello}
	var total time.Duration
	for i := range s.Events {
		e := &s.Events[i]
		if e.About == "" && !slices.Contains(ours, e.Step) {
			total += e.Waited()
		}
		if e == last {
			break
		}
	}
	k := facts.Is(facts.DurationValue(total))
	// Where MAIL was refused the dialogue ended before RCPT: another client's would have lasted longer.
	k.AtLeast = step.AtLeast || last.Step == evidence.StepMAIL
	return s.Seen(last, k)
}

// delayKind tells where the time of a session went: a late greeting with a quick rest is a delay before the greeting, slowness
// all over is load, slowness at EHLO or RCPT alone is what the server does there (look-ups, callouts, greylisting policy).
func (v visited) delayKind() facts.Known {
	s := v.slowest
	// One step alone cannot be compared with others.
	if !transcript.Greeted(*s.Session) || !v.latency(s, evidence.StepEHLO).Known() {
		return facts.Because(v.NotReached(s))
	}
	var steps, slow []evidence.Step
	for _, step := range []evidence.Step{evidence.StepGreeting, evidence.StepEHLO, evidence.StepMAIL, evidence.StepRCPT} {
		e := s.Event(step)
		if e == nil {
			continue
		}
		if l := v.latency(s, step); !l.Known() {
			return l
		}
		steps = append(steps, step)
		if e.Waited() >= transcript.SlowStep {
			slow = append(slow, step)
		}
	}
	// MAIL alone is never looked at apart: servers check the sender there or at RCPT, as they like.
	kind := "mixed"
	switch {
	case len(slow) == 0:
		kind = "none"
	case len(slow) == len(steps):
		kind = "every_step"
	case len(slow) == 1 && slow[0] != evidence.StepMAIL:
		kind = string(slow[0])
	}
	return s.Seen(s.Event(steps[len(steps)-1]), facts.Is(facts.TextValue(kind)))
}

// samples are how the time to the greeting varies between the sessions.
type samples struct{ count, shortest, median, longest, firstContact facts.Known }

// samples compares the times. A wait that our own limit ended is a lower bound; behind one, in the order of size, nothing is known exactly.
func (v visited) samples() (found samples) {
	timed := v.greetingTimes()
	found.firstContact = v.throughout(v.firstContact())
	if len(timed) == 0 {
		why := facts.Because(v.NotReached(v.best))
		found.count, found.shortest, found.median, found.longest = v.throughout(why), why, why, why
		return found
	}
	// By size; what is as long stays in the order of the sessions, so that the evidence named is always the same.
	slices.SortStableFunc(timed, func(a, b facts.Known) int { return cmp.Compare(a.Value.Duration(), b.Value.Duration()) })
	bounded := false
	for i := range timed {
		bounded = bounded || timed[i].AtLeast
		// What is sorted behind a bound may really be before it.
		timed[i].AtLeast = bounded
	}
	found.count = v.throughout(facts.Is(facts.IntValue(int64(len(timed)))))
	// The lower one of two middle times, so that it is always a time that was measured.
	found.shortest, found.median, found.longest = timed[0], timed[(len(timed)-1)/2], timed[len(timed)-1]
	return found
}

// greetingTimes are the times to the end of the greeting, of the sessions in which they are known.
func (v visited) greetingTimes() (timed []facts.Known) {
	for _, s := range v.sessions {
		e := s.Event(evidence.StepGreeting)
		if e == nil {
			continue
		}
		bound, vain := reading.WaitedInVain(e)
		switch {
		case transcript.Greeted(*s.Session):
			timed = append(timed, s.Seen(e, facts.Is(facts.DurationValue(e.Waited()))))
		case vain && !v.MayBeSwallowed(s):
			timed = append(timed, s.Seen(e, facts.AtLeast(facts.DurationValue(bound))))
		}
	}
	return timed
}

// firstContact tells whether only the first of several sessions was greeted late, as by a server that knows its clients again. Servers
// that know a client once it waited (postscreen remembers it) show it only so.
func (v visited) firstContact() facts.Known {
	var late []bool
	for _, s := range v.sessions {
		if transcript.Greeted(*s.Session) {
			late = append(late, s.Event(evidence.StepGreeting).Waited() >= transcript.SlowStep)
		}
	}
	switch {
	case len(late) >= 2 && len(late) == len(v.sessions): // a session without a greeting might have been one more delay
		return facts.Truth(late[0] && !slices.Contains(late[1:], true))
	// Nobody greeted, so that there is no delay to compare.
	case len(late) == 0:
		return facts.Because(v.NotReached(v.best))
	}
	return facts.Because(facts.Unknown{Code: facts.Untested, Detail: fmt.Sprintf("the greetings of %d of %d sessions were timed; --samples asks for more", len(late), len(v.sessions))})
}
