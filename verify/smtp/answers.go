package smtp

// This file gathers what a server said to the questions that are put beside the plain course of a session, under labels. Several sessions
// may have asked the same: greylisting (RFC 6647) says no at first and yes later, and that is one answer and no contradiction.

import (
	"slices"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/transcript"
)

// heard is what the server said to what was asked under labels.
type heard struct {
	reading *reading.Reading
	// Those in which it is certain which reply answers which command (reading.InStep).
	sessions []reading.Session // one at least
	answers  map[asked]answer
	labels   []string // in the order in which they were asked
	labelled map[string]bool
}

// asked is a command under a label.
type asked struct {
	about string
	step  evidence.Step
}

// answer is the last word of a server on what a label asked.
type answer struct {
	reading.Session
	event *evidence.Event      // nil: it was not asked, or nothing came
	why   transcript.Objection // of a refusal
	// The zero value is a question without an answer, which accepts nothing and refuses nothing: each test below begins with that.
	torn bool // sessions contradict each other
}

// accepted tells whether the answer is a yes: any 2xx, since a client may go by the first digit (RFC 5321 section 4.2.1).
func (a answer) accepted() bool { return a.event != nil && !a.torn && a.event.Reply.Code/100 == 2 }

// refusedAs tells whether the answer is a refusal of one of the classes. By its words, because codes are used for many things.
func (a answer) refusedAs(classes ...transcript.Objection) bool {
	return a.event != nil && !a.torn && slices.Contains(classes, a.why)
}

// permanent tells whether the answer is a refusal that is not for a while only (RFC 5321 section 4.2.1).
func (a answer) permanent() bool { return a.event != nil && a.event.Reply.Code >= 500 }

// hear gathers the last words on all labels. In each session that is the last reply to the command, since a second sender is tried
// only when the first one was refused.
func hear(r *reading.Reading, sessions []reading.Session) heard {
	h := heard{reading: r, sessions: sessions, answers: map[asked]answer{}, labelled: map[string]bool{}}
	for _, s := range sessions {
		last := map[asked]*evidence.Event{}
		for i := range s.Events {
			e := &s.Events[i]
			if e.About == "" {
				continue
			}
			if !h.labelled[e.About] {
				h.labelled[e.About] = true
				h.labels = append(h.labels, e.About)
			}
			// The label was put, so it counts as asked (untried looks at that); only an answer is missing.
			if e.Failure != nil || e.Reply == nil {
				continue
			}
			last[asked{e.About, e.Step}] = e
			// Encryption is asked about of the transaction, not of a recipient, and may be demanded at MAIL already.
			if e.About == transcript.AboutPlain && e.Step == evidence.StepMAIL && e.Reply.Code/100 != 2 {
				last[asked{e.About, evidence.StepRCPT}] = e
			}
		}
		// Sessions are in the order in which they were held: what was put off in an early one is overtaken by a late one.
		for key, e := range last {
			h.answers[key] = h.answers[key].then(answer{Session: s, event: e, why: transcript.Classify(e.Reply)})
		}
	}
	return h
}

// then is what is left of two sessions' answers. What was put off gives way to what was decided; two decisions that contradict
// each other stay torn.
func (a answer) then(later answer) answer {
	switch {
	case a.event == nil || a.why == transcript.RefusedForNow && !a.torn:
		return later
	case later.why == transcript.RefusedForNow || a.torn:
		return a
	// Several machines behind one address, or a list of clients that was changed between the sessions.
	case a.accepted() != later.accepted(): // neither is what everybody meets
		a.torn = true
		return a
	}
	return later
}

// answer is the last word on a label. The reply to MAIL is never one about a recipient: it may be for the sender, for a limit of the
// session or for this tester.
func (h heard) answer(about string, step evidence.Step) answer {
	return h.answers[asked{about, step}]
}

// sender is the reply to MAIL where, with it refused, no recipient was asked for under a label.
func (h heard) sender(about string) answer {
	if mail := h.answer(about, evidence.StepMAIL); mail.event != nil && !mail.accepted() {
		return mail
	}
	return answer{}
}

// silence is why a label has no answer: it was not asked, the session broke before, or sessions contradict each other.
func (h heard) silence(a answer, about string) facts.Unknown {
	if a.torn {
		return facts.Unknown{Code: facts.Disagreement, Detail: "the sessions with this address were answered differently"}
	}
	if mail := h.sender(about); mail.event != nil {
		why := reading.Refusal(mail.event)
		why.Detail += ", which is no answer about a recipient"
		return why
	}
	// The latest session first: an earlier one may have been turned away for a reason that is over.
	for _, s := range slices.Backward(h.sessions) {
		for i := range s.Events {
			switch e := &s.Events[i]; {
			case e.About == "":
			case e.Failure != nil && (e.Sent != "" || e.About == about):
				return reading.Unknown(e.Failure, reading.StepText(e)) // of this label, or of one before it, which ended the session
			case e.Reply != nil && e.Reply.Code == 421:
				return reading.Refusal(e)
			}
		}
	}
	// The session never came to its labelled part, for a reason of its plain course.
	return h.reading.NotReached(reading.BestOf(h.sessions))
}

// unsaid is why an answer decides nothing. The reason says what was answered, so that a person may decide it.
func (h heard) unsaid(a answer, about string) facts.Unknown {
	if a.event == nil || a.torn {
		return h.silence(a, about)
	}
	why := reading.Refusal(a.event)
	// A permanent code beside words of greylisting is no promise that waiting helps.
	if a.why == transcript.RefusedForNow && !a.permanent() {
		why.Detail += "; a greylisting server takes the same recipient some minutes later, which --greylist-wait 6m waits for"
	} else if a.why != transcript.RefusedNot {
		why.Detail += ": " + string(a.why)
	}
	return why
}

// seen is something that the answer shows.
func (a answer) seen(k facts.Known) facts.Known {
	if a.event == nil {
		return k
	}
	k = a.Session.Seen(a.event, k)
	// The label tells which of several RCPT commands of a session is meant.
	k.Evidence += ", " + a.event.About
	return k
}

// because is something that the answer leaves open.
func (a answer) because(why facts.Unknown) facts.Known { return a.seen(facts.Because(why)) }

// ambiguous is something of which the answer has more than one explanation.
func (a answer) ambiguous(detail string) facts.Known {
	return a.because(facts.Unknown{Code: facts.Ambiguous, Detail: detail})
}
