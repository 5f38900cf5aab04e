package derive

import (
	"slices"
	"strings"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/transcript"
)

// labelledFacts are the facts of the labelled part.
var labelledFacts = []facts.Name{facts.SMTPTLSRequired, facts.SMTPRelayAccepted, facts.SMTPRelaySelective, facts.SMTPRelayGreylisted,
	facts.SMTPRelayOddForms, facts.SMTPPostmasterAccepted, facts.SMTPVRFYDiscloses, facts.SMTPEXPNDiscloses}

// dialogueFacts derives what the labelled part of the sessions with an address shows. What a trap says to clients that it
// distrusts shows nothing.
func (d *derivation) dialogueFacts(sessions []numbered, put func(facts.Fact)) {
	if slices.ContainsFunc(sessions, func(s numbered) bool { return trap(s.Session) }) {
		for _, name := range labelledFacts {
			put(facts.Fact{Name: name, Why: trapWhy})
		}
		return
	}
	h := heard{d: d, sessions: sessions}
	put(h.tlsRequired())
	h.relay(put)
	put(h.postmaster())
	put(h.vrfy())
	put(h.expn())
}

// heard looks answers up by their labels.
type heard struct {
	d        *derivation
	sessions []numbered
}

// answer is the last word of a server on what a label asked.
type answer struct {
	numbered
	event *evidence.Event      // nil: it was not asked, or nothing came
	why   transcript.Objection // of a refusal
	torn  bool                 // sessions contradict each other
}

func (a answer) accepted() bool { return a.event != nil && !a.torn && a.event.Reply.Code/100 == 2 }

// refusedAs tells whether the answer is a refusal of one of the classes.
func (a answer) refusedAs(classes ...transcript.Objection) bool {
	return a.event != nil && !a.torn && slices.Contains(classes, a.why)
}

// answer finds the last word on a label. In each session that is the last reply to the step, or to MAIL where that was refused,
// since a second sender is tried only when the first one was refused. Over the sessions what was put off gives way to what was
// decided; two decisions that contradict each other are torn.
func (h heard) answer(about string, step evidence.Step) answer {
	var last answer
	for _, s := range h.sessions {
		a := lastWord(s, about, step)
		switch {
		case a.event == nil:
		case last.event == nil || last.why == transcript.RefusedForNow:
			last = a
		case a.why != transcript.RefusedForNow && a.accepted() != last.accepted():
			last.torn = true
		case a.why != transcript.RefusedForNow:
			last = a
		}
	}
	return last
}

func lastWord(s numbered, about string, step evidence.Step) answer {
	a := answer{numbered: s}
	for i := range s.Events {
		e := &s.Events[i]
		if e.About != about || e.Failure != nil || e.Reply == nil {
			continue
		}
		if e.Step == step || e.Step == evidence.StepMAIL && e.Reply.Code/100 != 2 {
			a.event, a.why = e, transcript.Classify(e.Reply)
		}
	}
	return a
}

// silence is why a label has no answer: it was not asked, the session broke before, or sessions contradict each other.
func (h heard) silence(a answer, about string) facts.Unknown {
	if a.torn {
		return facts.Unknown{Code: facts.Disagreement, Detail: "the sessions with this address were answered differently"}
	}
	for _, s := range slices.Backward(h.sessions) {
		for i := range s.Events {
			switch e := &s.Events[i]; {
			case e.About == "":
			case e.Failure != nil && (e.Sent != "" || e.About == about):
				return unknown(e.Failure, stepText(e)) // of this label, or of one before it, which ended the session
			case e.Reply != nil && e.Reply.Code == 421:
				return refusal(e)
			}
		}
	}
	return h.d.before(bestOf(h.sessions))
}

// unsaid is why an answer decides nothing.
func (h heard) unsaid(a answer, about string) facts.Unknown {
	if a.event == nil || a.torn {
		return h.silence(a, about)
	}
	why := refusal(a.event)
	if a.why == transcript.RefusedForNow {
		why.Detail += "; a greylisting server takes the same recipient some minutes later, which --greylist-wait 6m waits for"
	} else if a.why != transcript.RefusedNot {
		why.Detail += ": " + string(a.why)
	}
	return why
}

func (a answer) fact(name facts.Name) facts.Fact {
	if a.event == nil {
		return facts.Fact{Name: name}
	}
	f := a.numbered.fact(name, a.event)
	f.Evidence += ", " + a.event.About
	return f
}

func (a answer) yes(name facts.Name) facts.Fact { return known(a.fact(name), true) }

func (a answer) no(name facts.Name) facts.Fact { return known(a.fact(name), false) }

func (a answer) dunno(name facts.Name, why facts.Unknown) facts.Fact {
	f := a.fact(name)
	f.Why = why
	return f
}

// tlsRequired reads the transaction that was held before STARTTLS.
func (h heard) tlsRequired() facts.Fact {
	a := h.answer(transcript.AboutPlain, evidence.StepRCPT)
	switch {
	case a.refusedAs(transcript.RefusedTLS):
		return a.yes(facts.SMTPTLSRequired)
	case a.accepted():
		return a.no(facts.SMTPTLSRequired)
	case a.refusedAs(transcript.RefusedRecipient):
		return a.dunno(facts.SMTPTLSRequired, facts.Unknown{Code: facts.Ambiguous, Detail: "without encryption the postmaster was refused, " +
			"but as a mailbox that it does not know: " + lastLine(a.event.Reply)})
	}
	return a.dunno(facts.SMTPTLSRequired, h.unsaid(a, transcript.AboutPlain))
}

// notOurs are the refusals that say that a server takes no mail for a recipient.
var notOurs = []transcript.Objection{transcript.RefusedRelay, transcript.RefusedAuth, transcript.RefusedRecipient}

// forItsDomain are the refusals of a recipient under .invalid that show that the server looks where mail goes. Any other may be
// meant for this tester, who by then has asked for several recipients.
var forItsDomain = []transcript.Objection{transcript.RefusedDomain, transcript.RefusedRelay, transcript.RefusedRecipient, transcript.RefusedCallout}

// relay reads the relay test.
func (h heard) relay(put func(facts.Fact)) {
	first, second := h.answer(transcript.AboutRelayFirst, evidence.StepRCPT), h.answer(transcript.AboutRelaySecond, evidence.StepRCPT)
	accepted := h.relayAccepted(first, second)
	put(accepted)
	put(h.relaySelective(accepted, first))
	put(h.relayGreylisted(first, second))
	put(h.oddForms(accepted, first))
}

func (h heard) relayAccepted(first, second answer) facts.Fact {
	const name = facts.SMTPRelayAccepted
	control, null := h.answer(transcript.AboutRelayControl, evidence.StepRCPT), h.answer(transcript.AboutRelayNull, evidence.StepRCPT)
	ambiguous := func(a answer, detail string) facts.Fact {
		return a.dunno(name, facts.Unknown{Code: facts.Ambiguous, Detail: detail})
	}
	switch {
	case first.event == nil || first.torn:
		return first.dunno(name, h.silence(first, transcript.AboutRelayFirst))
	case second.event == nil || second.torn:
		return second.dunno(name, h.silence(second, transcript.AboutRelaySecond))
	case (first.accepted() || second.accepted()) && first.SameNetwork:
		return ambiguous(first, "a foreign recipient was accepted, but this machine stands in the network of the server, which may "+
			"relay for its neighbours only; test from another network")
	case first.accepted() && second.accepted():
		return first.yes(name)
	case first.accepted() || second.accepted():
		return ambiguous(first, "a recipient in one foreign domain was accepted and one in another was not, so the server may serve the first domain itself")
	case null.accepted():
		return ambiguous(null, "a foreign recipient was accepted from the null sender only")
	case !first.refusedAs(notOurs...):
		return first.dunno(name, h.unsaid(first, transcript.AboutRelayFirst))
	case !second.refusedAs(notOurs...):
		return second.dunno(name, h.unsaid(second, transcript.AboutRelaySecond))
	case (first.refusedAs(transcript.RefusedRecipient) || second.refusedAs(transcript.RefusedRecipient)) && !h.answer(transcript.AboutRelayInvalid, evidence.StepRCPT).refusedAs(notOurs...):
		return ambiguous(first, "foreign recipients were refused as unknown mailboxes, and one in a domain that cannot exist was answered otherwise; a relay "+
			"that asks other servers about recipients says the same")
	case !control.accepted():
		why := h.unsaid(control, transcript.AboutRelayControl)
		why.Detail = "the foreign recipients were refused, and the control, the server's own postmaster, was not accepted either: " + why.Detail
		return control.dunno(name, why)
	}
	return first.no(name)
}

// relaySelective tells a server that looks where mail goes from one that says yes to everything and decides later, or never.
func (h heard) relaySelective(accepted facts.Fact, first answer) facts.Fact {
	const name = facts.SMTPRelaySelective
	invalid := h.answer(transcript.AboutRelayInvalid, evidence.StepRCPT)
	switch {
	case !accepted.Known():
		return first.dunno(name, accepted.Why)
	case !accepted.Value.Bool():
		return first.no(name)
	case invalid.accepted():
		return invalid.dunno(name, facts.Unknown{Code: facts.Ambiguous, Detail: "a recipient in a domain that cannot exist was accepted as well, so the " +
			"server says yes to everything; it may sort mail out later, or throw it away"})
	case invalid.refusedAs(forItsDomain...) && invalid.event.Reply.Code >= 500:
		return invalid.yes(name)
	}
	return invalid.dunno(name, h.unsaid(invalid, transcript.AboutRelayInvalid))
}

func (h heard) relayGreylisted(first, second answer) facts.Fact {
	const name = facts.SMTPRelayGreylisted
	for _, a := range []answer{first, second, h.answer(transcript.AboutRelayControl, evidence.StepRCPT)} {
		if a.refusedAs(transcript.RefusedForNow) {
			return a.yes(name)
		}
	}
	if first.event == nil {
		return first.dunno(name, h.silence(first, transcript.AboutRelayFirst))
	}
	return first.no(name)
}

// oddForms lists the odd forms that were accepted although the plain one was not.
func (h heard) oddForms(accepted facts.Fact, first answer) facts.Fact {
	const name = facts.SMTPRelayOddForms
	if !accepted.Known() || accepted.Value.Bool() {
		why := accepted.Why
		if accepted.Known() {
			why = facts.Unknown{Code: facts.Untested, Detail: "the plain form is accepted already"}
		}
		return first.dunno(name, why)
	}
	var forms []string
	for _, e := range bestOf(h.sessions).Events {
		if form, odd := strings.CutPrefix(e.About, transcript.AboutRelayOdd); odd && e.Step == evidence.StepRCPT && h.answer(e.About, e.Step).accepted() && !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	f := first.fact(name)
	f.Value = facts.TextValue(strings.Join(forms, ", "))
	return f
}

// postmaster merges what two senders were told about the postmaster of each tested name.
func (h heard) postmaster() facts.Fact {
	const name = facts.SMTPPostmasterAccepted
	var yes, no, open []answer
	labels := h.labels(transcript.AboutPostmaster, transcript.AboutPostmasterNull)
	for _, about := range labels {
		switch a := h.answer(about, evidence.StepRCPT); {
		case a.accepted():
			yes = append(yes, a)
		case a.refusedAs(transcript.RefusedRecipient) && a.event.Reply.Code >= 500:
			no = append(no, a)
		default:
			open = append(open, a)
		}
	}
	switch {
	case len(labels) == 0:
		return answer{}.dunno(name, h.silence(answer{}, ""))
	case len(yes) > 0 && len(no) > 0:
		return no[0].dunno(name, facts.Unknown{Code: facts.Ambiguous, Detail: "the postmaster was accepted from one sender or domain and refused for another"})
	case len(no) == len(labels) && len(no) > 1:
		return no[0].no(name)
	case len(yes) > 0 && len(no) == 0 && !slices.ContainsFunc(open, func(a answer) bool { return !a.refusedAs(transcript.RefusedSender) }):
		return yes[0].yes(name)
	case len(open) > 0:
		return open[0].dunno(name, h.unsaid(open[0], labels[0]))
	}
	return no[0].dunno(name, facts.Unknown{Code: facts.Untested, Detail: "the postmaster was refused once, and not tried from a second sender"})
}

// ownPostmaster takes back what is known of the postmaster where that of this very domain was not tried: a host has many
// domains, of which only some are tried, and a session may end between two of them.
func (d *derivation) ownPostmaster(t *evidence.Target, subject facts.Subject) {
	if f, _ := d.set.Get(facts.SMTPPostmasterAccepted, subject); t.Kind != "domain" || !f.Known() {
		return
	}
	mailbox := "postmaster@" + t.Name
	tried := heard{d: d, sessions: d.sessionsWith(subject)}.labels(transcript.AboutPostmaster+mailbox, transcript.AboutPostmasterNull+mailbox)
	if slices.Contains(tried, transcript.AboutPostmaster+mailbox) && slices.Contains(tried, transcript.AboutPostmasterNull+mailbox) {
		return
	}
	d.set.Put(subject, facts.Fact{Name: facts.SMTPPostmasterAccepted, Why: facts.Unknown{Code: facts.Untested,
		Detail: mailbox + " was not tried with two senders at this host, which serves other domains of this run too; test the domain alone"}})
}

// labels lists the labels with one of the beginnings, in the order in which they were asked.
func (h heard) labels(beginnings ...string) []string {
	var labels []string
	for _, s := range h.sessions {
		for _, e := range s.Events {
			begins := func(b string) bool { return strings.HasPrefix(e.About, b) }
			if slices.ContainsFunc(beginnings, begins) && !slices.Contains(labels, e.About) {
				labels = append(labels, e.About)
			}
		}
	}
	return labels
}

// verified is what a reply to VRFY or EXPN says of a mailbox.
type verified uint8

const (
	verifiedUnclear verified = iota // it says nothing about other clients or other moments
	verifiedYes                     // 250, 251
	verifiedMaybe                   // 252: not verified, take it or leave it (RFC 5321 section 3.5.3)
	verifiedNo                      // no such mailbox
	verifiedNever                   // the command is not served
)

// verification reads a reply to VRFY or EXPN.
func verification(a answer) verified {
	if a.event == nil || a.torn {
		return verifiedUnclear
	}
	code, text := transcript.Enhanced(a.event.Reply)
	switch r := a.event.Reply.Code; {
	case r == 250 || r == 251:
		return verifiedYes
	case r == 252:
		return verifiedMaybe
	case r == 500 || r == 502 || r == 504:
		return verifiedNever
	case a.why == transcript.RefusedTester || a.why == transcript.RefusedTLS:
		return verifiedUnclear // others, or the same client inside TLS, may be answered
	case r >= 500 && transcript.NotServed(text):
		return verifiedNever
	case a.why == transcript.RefusedRecipient, (r == 550 || r == 551 || r == 553) && code == "" && a.why == transcript.RefusedOther:
		return verifiedNo
	}
	return verifiedUnclear
}

// vrfy compares the answers for a mailbox that must exist and one that cannot. One answer for both tells nothing, even if it is
// 250. A 252 beside "no such user" does tell, although the server claims to verify nothing.
func (h heard) vrfy() facts.Fact {
	const name = facts.SMTPVRFYDiscloses
	there, random := h.answer(transcript.AboutVRFYKnown, evidence.StepVRFY), h.answer(transcript.AboutVRFYRandom, evidence.StepVRFY)
	known, unknown := verification(there), verification(random)
	exists := known == verifiedYes || known == verifiedMaybe
	switch {
	case known == verifiedNever:
		return there.no(name)
	case known == verifiedUnclear:
		return there.dunno(name, h.unsaid(there, transcript.AboutVRFYKnown))
	case unknown == verifiedUnclear:
		return random.dunno(name, h.unsaid(random, transcript.AboutVRFYRandom))
	case known == verifiedNo:
		return there.dunno(name, facts.Unknown{Code: facts.Ambiguous, Detail: "even the postmaster, who must exist, is unknown to VRFY; what it says of others is not known"})
	case exists && unknown == verifiedNo:
		return there.yes(name)
	case exists && known == unknown, unknown == verifiedNever:
		return there.no(name)
	}
	return there.dunno(name, facts.Unknown{Code: facts.Ambiguous, Detail: "VRFY is answered differently for the two mailboxes, but denied for neither"})
}

// expn tells whether EXPN lists members. A name that only leads to itself discloses none, nor does an answer that every name gets.
func (h heard) expn() facts.Fact {
	const name = facts.SMTPEXPNDiscloses
	there, random := h.answer(transcript.AboutEXPNKnown, evidence.StepEXPN), h.answer(transcript.AboutEXPNRandom, evidence.StepEXPN)
	switch known := verification(there); {
	case known == verifiedUnclear:
		return there.dunno(name, h.unsaid(there, transcript.AboutEXPNKnown))
	case known != verifiedYes || !listsMembers(there.event.Reply):
		return there.no(name)
	case verification(random) == verifiedNo || verification(random) == verifiedNever:
		return there.yes(name)
	case verification(random) == verifiedUnclear:
		return random.dunno(name, h.unsaid(random, transcript.AboutEXPNRandom))
	}
	return there.dunno(name, facts.Unknown{Code: facts.Ambiguous, Detail: "EXPN gives an answer also for a name that cannot exist"})
}

// listsMembers tells whether a reply to EXPN names a mailbox other than the postmaster.
func listsMembers(r *evidence.Reply) bool {
	return slices.ContainsFunc(r.Lines, func(l evidence.Line) bool {
		return slices.ContainsFunc(strings.FieldsFunc(l.Text, func(c rune) bool { return strings.ContainsRune(" <>,;", c) }), func(word string) bool {
			local, _, mailbox := strings.Cut(word, "@")
			return mailbox && local != "" && !strings.EqualFold(local, "postmaster")
		})
	})
}
