package smtp

// This file reads the relay test. An open relay passes mail on for strangers to other servers, which every server has to be able to
// refuse (RFC 2505 section 2.1). No message is ever sent: all there is are replies to RCPT, and a yes to one of them is no proof that
// mail would leave. So a yes says little of a server that looks at no address (relaySelective), and a no is believed only where the
// control, the server's own postmaster, is not refused for good.

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

// recipient is the last word on a recipient of the relay test. Never that on its sender: a refusal of MAIL decides nothing about
// relaying.
func (h heard) recipient(about string) answer { return h.answer(about, evidence.StepRCPT) }

// relayAccepted tells whether a stranger's mail is taken for other servers. An open relay takes it for two domains; one alone may be
// served.
func (h heard) relayAccepted() facts.Known {
	first, second := h.recipient(transcript.AboutRelayFirst), h.recipient(transcript.AboutRelaySecond)
	control, null := h.recipient(transcript.AboutRelayControl), h.recipient(transcript.AboutRelayNull)
	switch {
	case first.event == nil || first.torn:
		return first.because(h.silence(first, transcript.AboutRelayFirst))
	// The session may have broken for the very reason that a foreign recipient was accepted, which is worth telling.
	case first.accepted() && second.event == nil:
		why := h.silence(second, transcript.AboutRelaySecond)
		why.Detail = "a recipient in one foreign domain was accepted, and one in another could not be asked about: " + why.Detail
		return first.because(why)
	case second.event == nil || second.torn:
		return second.because(h.silence(second, transcript.AboutRelaySecond))
	// Servers commonly relay for their own network (Postfix: mynetworks), so that a yes from inside is no sign of an open relay. A
	// no is one.
	case (first.accepted() || second.accepted()) && first.SameNetwork:
		return first.ambiguous("a foreign recipient was accepted, but this machine stands in the network of the server, which may " +
			"relay for its neighbours only; test from another network")
	case first.accepted() && second.accepted():
		return first.seen(facts.Yes())
	case first.accepted() || second.accepted():
		return first.ambiguous("a recipient in one foreign domain was accepted and one in another was not, so the server may serve the first domain itself")
	// Reports of failed mail have this sender (RFC 5321 section 4.5.5), so that a server which lets them pass need not relay other
	// mail.
	case null.accepted():
		return null.ambiguous("a foreign recipient was accepted from the null sender only")
	case !first.notOurs():
		return first.because(h.unsaid(first, transcript.AboutRelayFirst))
	case !second.notOurs():
		return second.because(h.unsaid(second, transcript.AboutRelaySecond))
	case (first.refusedAs(transcript.RefusedRecipient) || second.refusedAs(transcript.RefusedRecipient)) && !h.recipient(transcript.AboutRelayInvalid).notOurs():
		return first.ambiguous("foreign recipients were refused as unknown mailboxes, and one in a domain that cannot exist was answered otherwise; a relay " +
			"that asks other servers about recipients says the same")
	case first.relayRefused() && second.relayRefused() && control.deferred():
		// A control that is only put off, as greylisting does, takes nothing back.
	// A server that refuses its own postmaster refuses this tester, and may relay for others.
	case !control.accepted():
		why := h.unsaid(control, transcript.AboutRelayControl)
		why.Detail = "the foreign recipients were refused, and the control, the server's own postmaster, was not accepted either: " + why.Detail
		return control.because(why)
	}
	return first.seen(facts.No())
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
// Filters in front of a server often accept whatever they are offered, and so do honeypots: their yes is no relay, and looks like
// one.
func (h heard) relaySelective(accepted facts.Known) facts.Known {
	first, invalid := h.recipient(transcript.AboutRelayFirst), h.recipient(transcript.AboutRelayInvalid)
	switch {
	case !accepted.Known():
		return first.because(accepted.Why)
	case accepted.IsNo():
		return first.seen(facts.No())
	case invalid.accepted():
		return invalid.ambiguous("a recipient in a domain that cannot exist was accepted as well, so the " +
			"server says yes to everything; it may sort mail out later, or throw it away")
	// Only a refusal for the sake of that domain shows that the server looks at domains.
	case !invalid.permanent() || !invalid.refusedAs(forItsDomain...):
		return invalid.because(h.unsaid(invalid, transcript.AboutRelayInvalid))
	case !acceptsAfter(invalid):
		return invalid.ambiguous("the recipient in a domain that cannot exist was refused, but no other was " +
			"accepted after it, so that a limit of the session may be the reason")
	}
	return invalid.seen(facts.Yes())
}

// acceptsAfter tells whether the session of an answer accepted a recipient later on. Where it did not, the answer may be the first
// effect of a limit on recipients or errors, whatever its words.
func acceptsAfter(a answer) bool {
	return slices.ContainsFunc(a.Events, func(e evidence.Event) bool {
		return e.Step == evidence.StepRCPT && e.About != "" && e.Failure == nil && e.Reply != nil && e.Reply.Code/100 == 2 && e.Start > a.event.Start
	})
}

// relayGreylisted tells whether some recipient was only put off. The same question may be answered otherwise some minutes later.
func (h heard) relayGreylisted() facts.Known {
	first := h.recipient(transcript.AboutRelayFirst)
	// The control is among them: whoever puts off the postmaster puts off everybody.
	for _, a := range []answer{first, h.recipient(transcript.AboutRelaySecond), h.recipient(transcript.AboutRelayControl)} {
		if a.deferred() && a.refusedAs(transcript.RefusedForNow) {
			return a.seen(facts.Yes())
		}
	}
	if first.event == nil {
		return first.because(h.silence(first, transcript.AboutRelayFirst))
	}
	return first.seen(facts.No())
}

// relayOddForms lists the odd forms that were accepted although the plain one was not. They may be mailboxes of the server's own (a local
// part may hold such signs, RFC 5321 section 4.1.2), so that they are told and decide nothing.
func (h heard) relayOddForms(accepted facts.Known) facts.Known {
	first := h.recipient(transcript.AboutRelayFirst)
	switch {
	case accepted.IsYes():
		return first.because(facts.Unknown{Code: facts.Untested, Detail: "the plain form is accepted already"})
	case !accepted.Known():
		return first.because(accepted.Why)
	}
	var forms []string
	for _, about := range h.labels {
		if form, odd := strings.CutPrefix(about, transcript.AboutRelayOdd); odd && h.recipient(about).accepted() {
			forms = append(forms, form)
		}
	}
	return first.seen(facts.Is(facts.TextValue(strings.Join(forms, ", "))))
}
