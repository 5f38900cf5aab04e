package smtp

// This file lists the facts of the labelled part, and the conditions on which any of them is known.

import (
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/transcript"
)

// labelled says what is known of the labelled part of the sessions, beside their plain course. What a trap says to clients that it
// distrusts shows nothing, nor do sessions in which it is not certain which reply answers what.
func (v visited) labelled() map[facts.Name]facts.Known {
	left, why := reading.InStep(v.sessions)
	if why.Code == "" && trapped(left) {
		why = trapWhy
	}
	if why.Code != "" {
		return all(reading.LabelledFacts, facts.Because(why))
	}
	h := hear(v.Reading, left)
	// Two other facts hang on this one, so it is found once.
	relayed := h.relayAccepted()
	return map[facts.Name]facts.Known{
		facts.SMTPTLSRequired:        h.tlsRequired(),
		facts.SMTPRelayAccepted:      relayed,
		facts.SMTPRelaySelective:     h.relaySelective(relayed),
		facts.SMTPRelayGreylisted:    h.relayGreylisted(),
		facts.SMTPRelayOddForms:      h.relayOddForms(relayed),
		facts.SMTPPostmasterAccepted: h.postmaster(v.place.Targets),
		facts.SMTPVRFYDiscloses:      h.vrfy(),
		facts.SMTPEXPNDiscloses:      h.expn(),
	}
}

// tlsRequired reads the transaction that was held before STARTTLS. Encryption is demanded with a permanent code (RFC 3207 section
// 4: 530); what is refused for a while is refused for another reason.
func (h heard) tlsRequired() facts.Known {
	a := h.answer(transcript.AboutPlain, evidence.StepRCPT)
	switch {
	case a.refusedAs(transcript.RefusedTLS):
		return a.seen(facts.Yes())
	// RFC 3207 section 4 forbids a publicly referenced server to demand encryption for local delivery, so that a no is the ordinary
	// case.
	case a.accepted():
		return a.seen(facts.No())
	// A server may say this to hide that it wants encryption, or really have no postmaster; the words do not tell.
	case a.refusedAs(transcript.RefusedRecipient) && a.event.Step == evidence.StepRCPT:
		return a.ambiguous("without encryption the postmaster was refused, " +
			"but as a mailbox that it does not know: " + reading.LastLine(a.event.Reply))
	}
	return a.because(h.unsaid(a, transcript.AboutPlain))
}
