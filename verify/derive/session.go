package derive

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/transcript"
)

// session derives the facts of one address from its sessions, and tells whether it greeted with 220.
func (d *derivation) session(subject facts.Subject) bool {
	sessions := d.sessionsWith(subject)
	put := func(f facts.Fact) { d.set.Put(subject, f) }
	d.reverse(subject, put)
	if len(sessions) == 0 {
		why := facts.Unknown{Code: facts.Untested, Detail: "no session with " + subject.String() + " was held"}
		if d.bundle.Interrupted || d.bundle.Expired {
			why = facts.Unknown{Code: facts.Interrupted, Detail: "the run ended before the session with " + subject.String()}
		}
		for _, def := range facts.Definitions() {
			if overSMTP(def) {
				put(facts.Fact{Name: def.Name, Why: why})
			}
		}
		return false
	}
	best := bestOf(sessions)
	d.connection(sessions, best, put)
	slowest := slowestGreeting(sessions, best)
	d.greeting(subject, slowest, put)
	d.greetingName(slowest, put)
	d.dialogue(d.slowestDialogue(sessions, best), put)
	put(d.listed(best))
	d.contradiction(subject, sessions, put)
	d.encryption(sessions, put)
	d.believed(sessions, put)
	d.certificate(sessions, put)
	d.timing(sessions, best, slowest, put)
	d.rewritten(subject, sessions)
	if d.bundle.Vantage.Intercepted {
		d.intercepted(subject)
		return false
	}
	return transcript.Greeted(*slowest.Session)
}

// sessionsWith are the sessions that were held with an address for a host.
func (d *derivation) sessionsWith(subject facts.Subject) (sessions []numbered) {
	for _, i := range d.found().sessions[[2]string{subject.Name, subject.At}] {
		s := &d.bundle.Sessions[i]
		if !s.Control && !s.Decoy {
			sessions = append(sessions, numbered{s, i + 1})
		}
	}
	return sessions
}

// overSMTP tells whether a fact is learnt in a session, rather than from the DNS.
func overSMTP(def facts.Definition) bool {
	return def.Scope == facts.Session && (strings.HasPrefix(string(def.Name), "smtp.") || def.Name == facts.DANEMatches)
}

// slowestDialogue is the session whose dialogue took longest, of those that were timed whole: what is fast only sometimes is
// not fast.
func (d *derivation) slowestDialogue(sessions []numbered, best numbered) numbered {
	slowest := best
	for _, s := range sessions {
		if t, u := d.total(s), d.total(slowest); t.Known() && (!u.Known() || t.Value.Duration() > u.Value.Duration()) {
			slowest = s
		}
	}
	return slowest
}

// slowestGreeting is the session that shows how long strangers wait. A server may know us the second time and greet at once;
// the reporter met it as we did first.
func slowestGreeting(sessions []numbered, best numbered) numbered {
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

// contradiction takes back the time of a dialogue that was shorter than the greeting of another session alone, and all times
// where the server greeted once and stayed silent another time: what is known of some sessions is not known of all.
func (d *derivation) contradiction(subject facts.Subject, sessions []numbered, put func(facts.Fact)) {
	silent := slices.ContainsFunc(sessions, func(s numbered) bool {
		e := s.Event(evidence.StepGreeting)
		if e == nil {
			return false
		}
		_, vain := waitedInVain(e)
		return vain
	})
	if silent && slices.ContainsFunc(sessions, func(s numbered) bool { return transcript.Greeted(*s.Session) }) {
		why := facts.Unknown{Code: facts.Disagreement, Detail: "the server greeted in one session with this address and stayed silent in another"}
		for _, name := range []facts.Name{facts.SMTPGreetingLatency, facts.SMTPGreetingFirstByte, facts.SMTPTransactionTotal} {
			put(facts.Fact{Name: name, Why: why})
		}
		return
	}
	total, _ := d.set.Get(facts.SMTPTransactionTotal, subject)
	greeting, _ := d.set.Get(facts.SMTPGreetingLatency, subject)
	if total.Known() && greeting.Known() && greeting.Value.Duration() > total.Value.Duration() {
		put(facts.Fact{Name: total.Name, Why: facts.Unknown{Code: facts.Disagreement,
			Detail: "the sessions with this address took different times to greet, and none was complete at the first visit"}})
	}
}

// numbered is a session and its number in the evidence, for references.
type numbered struct {
	*evidence.Session
	n int
}

func (s numbered) fact(name facts.Name, e *evidence.Event) facts.Fact {
	return facts.Fact{Name: name, At: s.StartedAt.Add(e.End.D()), Evidence: fmt.Sprintf("session %d, %s", s.n, e.Step)}
}

// bestOf is the session that came furthest, the first of several: a second try is made only to get further.
func bestOf(sessions []numbered) numbered {
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
		if e.About == "" && e.Failure == nil && (e.Reply == nil || e.Reply.Code < 400) {
			n++
		}
	}
	return n
}

// stepText names a step by its command, or by itself where nothing was sent.
func stepText(e *evidence.Event) string {
	if e.Sent != "" {
		return e.Sent
	}
	return string(e.Step)
}

// refusal is the reason for which a server that answers tells nothing.
func refusal(e *evidence.Event) facts.Unknown {
	what := "the connection"
	if e.Sent != "" {
		what = e.Sent
	}
	return facts.Unknown{Code: facts.Refused, Detail: fmt.Sprintf("the server answered %s with %s", what, lastLine(e.Reply))}
}

func lastLine(r *evidence.Reply) string {
	if len(r.Lines) == 0 {
		return fmt.Sprint(r.Code)
	}
	return r.Lines[len(r.Lines)-1].Text
}

// greeting derives what the greeting shows. A greeting other than 220 turns the tester away: then nothing about delays or
// names is known, because another client may be greeted otherwise.
func (d *derivation) greeting(subject facts.Subject, s numbered, put func(facts.Fact)) {
	e := s.Event(evidence.StepGreeting)
	names := []facts.Name{facts.SMTPGreetingReceived, facts.SMTPGreetingCode, facts.SMTPGreetingText, facts.SMTPGreetingLatency,
		facts.SMTPGreetingFirstByte, facts.SMTPGreetingHasPTR}
	if e == nil || e.Failure != nil || e.Reply == nil || e.Reply.Code != 220 {
		why := d.before(s)
		for _, name := range names {
			put(facts.Fact{Name: name, Why: why})
		}
		if e == nil {
			return
		}
		if bound, ok := waitedInVain(e); ok && !d.mayBeSwallowed(s) {
			latency := s.fact(facts.SMTPGreetingLatency, e)
			latency.Value, latency.AtLeast = facts.DurationValue(bound), true
			put(latency)
		}
		if e.Failure == nil && e.Reply != nil {
			code := s.fact(facts.SMTPGreetingCode, e)
			code.Value = facts.IntValue(int64(e.Reply.Code))
			put(code)
		}
		return
	}
	values := map[facts.Name]facts.Value{
		facts.SMTPGreetingReceived:  facts.BoolValue(true),
		facts.SMTPGreetingCode:      facts.IntValue(220),
		facts.SMTPGreetingText:      facts.TextValue(joined(e.Reply)),
		facts.SMTPGreetingLatency:   facts.DurationValue(e.Waited()),
		facts.SMTPGreetingFirstByte: facts.DurationValue(e.Reply.FirstByte.D() - e.Start.D()),
	}
	for name, value := range values {
		f := s.fact(name, e)
		f.Value = value
		put(f)
	}
	put(d.containsPTR(subject, s.fact(facts.SMTPGreetingHasPTR, e), joined(e.Reply)))
}

// waitedInVain is the lower bound that a wait of ours gives when our own limit ended it.
func waitedInVain(e *evidence.Event) (time.Duration, bool) {
	if e.Failure == nil || e.Failure.Kind != evidence.Timeout {
		return 0, false
	}
	return e.Failure.Waited.D(), true
}

// joined is the text of a reply without the codes, lines joined by blanks.
func joined(r *evidence.Reply) string {
	var texts []string
	for _, l := range r.Lines {
		if len(l.Text) > 4 {
			texts = append(texts, l.Text[4:])
		}
	}
	return strings.Join(texts, " ")
}

func (d *derivation) containsPTR(subject facts.Subject, f facts.Fact, greeting string) facts.Fact {
	names, _ := d.set.Get(facts.DNSPTRNames, subject)
	if !names.Known() {
		f.Why = names.Why
		return f
	}
	contains := slices.ContainsFunc(names.Value.List(), func(name string) bool { return standsIn(name, greeting) })
	if _, w := d.reverseNames(subject.At); w.more && !contains {
		f.Why = w.why // it may contain one that was not read
		return f
	}
	f.Value = facts.BoolValue(contains)
	return f
}

// dialogue derives the times of the steps after the greeting.
func (d *derivation) dialogue(s numbered, put func(facts.Fact)) {
	for step, name := range map[evidence.Step]facts.Name{
		evidence.StepEHLO: facts.SMTPEHLOLatency, evidence.StepMAIL: facts.SMTPMAILLatency, evidence.StepRCPT: facts.SMTPRCPTLatency,
	} {
		put(d.latency(s, step, name))
	}
	put(d.total(s))
}

// latency is the time to the reply of a step. A refusal of MAIL or RCPT is a reply too; 421 is not, it ends the session.
func (d *derivation) latency(s numbered, step evidence.Step, name facts.Name) facts.Fact {
	e := s.Event(step)
	if step == evidence.StepEHLO {
		e = opening(s.Session)
	}
	if why := outOfStep(s); why.Code != "" {
		return facts.Fact{Name: name, Why: why}
	}
	if e == nil {
		return facts.Fact{Name: name, Why: d.before(s)}
	}
	f := s.fact(name, e)
	if bound, ok := waitedInVain(e); ok {
		f.Value, f.AtLeast = facts.DurationValue(bound), true
		return f
	}
	switch {
	case e.Failure != nil:
		f.Why = unknown(e.Failure, stepText(e))
	case e.Reply == nil || e.Reply.Code == 421 || step == evidence.StepEHLO && e.Reply.Code != 250:
		f.Why = d.before(s)
	default:
		f.Value = facts.DurationValue(e.Waited())
	}
	return f
}

// listed tells whether the reply to the first EHLO lists STARTTLS. The reply to HELO lists nothing.
func (d *derivation) listed(s numbered) facts.Fact {
	if transcript.SpeaksHELO(s.Session) {
		f := s.fact(facts.SMTPEHLOSTARTTLS, s.Event(evidence.StepHELO))
		f.Value = facts.BoolValue(false)
		return f
	}
	e := s.Event(evidence.StepEHLO)
	if e == nil || e.Failure != nil || e.Reply == nil || e.Reply.Code != 250 || !transcript.Plausible(e.Step, e.Reply) {
		return facts.Fact{Name: facts.SMTPEHLOSTARTTLS, Why: d.before(s)}
	}
	f := s.fact(facts.SMTPEHLOSTARTTLS, e)
	f.Value = facts.BoolValue(slices.Contains(transcript.Keywords(*e.Reply), "STARTTLS"))
	return f
}

// total is the time of the dialogue up to the reply to RCPT, or to MAIL where that was refused. The waits of its
// steps are added up, without our own tests and pauses in between: the reporter does not make them.
func (d *derivation) total(s numbered) facts.Fact {
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
		return facts.Fact{Name: facts.SMTPTransactionTotal, Why: d.before(s)}
	}
	f := s.fact(facts.SMTPTransactionTotal, last)
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
