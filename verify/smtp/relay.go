package smtp

import (
	"slices"
	"strings"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/transcript"
)

// notOurs tells whether an answer says that the server takes no mail of strangers for a recipient. A phrase that names relaying
// says so with a temporary code as well; the others have to be permanent.
func (a answer) notOurs() bool {
	return a.refusedAs(transcript.RefusedRelay) || a.permanent() && a.refusedAs(transcript.RefusedAuth, transcript.RefusedRecipient)
}

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
	case first.accepted() && second.event == nil:
		why := h.silence(second, transcript.AboutRelaySecond)
		why.Detail = "a recipient in one foreign domain was accepted, and one in another could not be asked about: " + why.Detail
		return first.dunno(name, why)
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
	case !first.notOurs():
		return first.dunno(name, h.unsaid(first, transcript.AboutRelayFirst))
	case !second.notOurs():
		return second.dunno(name, h.unsaid(second, transcript.AboutRelaySecond))
	case (first.refusedAs(transcript.RefusedRecipient) || second.refusedAs(transcript.RefusedRecipient)) && !h.answer(transcript.AboutRelayInvalid, evidence.StepRCPT).notOurs():
		return ambiguous(first, "foreign recipients were refused as unknown mailboxes, and one in a domain that cannot exist was answered otherwise; a relay "+
			"that asks other servers about recipients says the same")
	case first.relayRefused() && second.relayRefused() && control.deferred():
		// A control that is only put off, as greylisting does, takes nothing back.
	case !control.accepted():
		why := h.unsaid(control, transcript.AboutRelayControl)
		why.Detail = "the foreign recipients were refused, and the control, the server's own postmaster, was not accepted either: " + why.Detail
		return control.dunno(name, why)
	}
	return first.no(name)
}

// relayRefused tells whether the answer is a permanent refusal that names relaying. Where all is temporary, the control too, the
// server may be putting everything off.
func (a answer) relayRefused() bool {
	return a.permanent() && a.refusedAs(transcript.RefusedRelay)
}

// deferred tells whether the answer is a temporary refusal after which the session went on.
func (a answer) deferred() bool {
	return a.event != nil && !a.torn && a.event.Reply.Code/100 == 4 && a.event.Reply.Code != 421
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
	case !invalid.permanent() || !invalid.refusedAs(forItsDomain...):
		return invalid.dunno(name, h.unsaid(invalid, transcript.AboutRelayInvalid))
	case !acceptsAfter(invalid):
		return invalid.dunno(name, facts.Unknown{Code: facts.Ambiguous, Detail: "the recipient in a domain that cannot exist was refused, but no other was " +
			"accepted after it, so that a limit of the session may be the reason"})
	}
	return invalid.yes(name)
}

// acceptsAfter tells whether the session of an answer accepted a recipient later on. Where it did not, the answer may be the first
// effect of a limit on recipients or errors, whatever its words.
func acceptsAfter(a answer) bool {
	return slices.ContainsFunc(a.Events, func(e evidence.Event) bool {
		return e.Step == evidence.StepRCPT && e.About != "" && e.Failure == nil && e.Reply != nil && e.Reply.Code/100 == 2 && e.Start > a.event.Start
	})
}

func (h heard) relayGreylisted(first, second answer) facts.Fact {
	const name = facts.SMTPRelayGreylisted
	for _, a := range []answer{first, second, h.answer(transcript.AboutRelayControl, evidence.StepRCPT)} {
		if a.deferred() && a.refusedAs(transcript.RefusedForNow) {
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
	for _, about := range h.labels {
		if form, odd := strings.CutPrefix(about, transcript.AboutRelayOdd); odd && h.answer(about, evidence.StepRCPT).accepted() {
			forms = append(forms, form)
		}
	}
	f := first.fact(name)
	f.Value = facts.TextValue(strings.Join(forms, ", "))
	return f
}
