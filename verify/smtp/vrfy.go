package smtp

// This file tells whether VRFY and EXPN disclose mailboxes. Both belong to the standard (RFC 5321 section 3.5); whoever disables VRFY has
// to answer 252 (section 7.3), so that a yes has to be compared with what is said of a mailbox that cannot exist.

import (
	"slices"
	"strings"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/transcript"
)

// verified is what a reply to VRFY or EXPN says of a mailbox.
type verified uint8

const (
	verifiedUnclear verified = iota // it says nothing about other clients or other moments
	verifiedYes                     // 250, 251
	verifiedMaybe                   // 252: not verified, take it or leave it (RFC 5321 section 3.5.3)
	verifiedNo                      // no such mailbox
	verifiedNever                   // the command is not served
)

// verification reads a reply to VRFY or EXPN. The code comes before the words, and both before a guess.
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
	case a.why == transcript.RefusedRecipient:
		return verifiedNo
	case transcript.Denied(text):
		return verifiedUnclear // a ban may be on this tester
	// The bare code for an unknown mailbox (RFC 5321 section 4.2.3), without a word that would give another reason.
	case (r == 550 || r == 551 || r == 553) && code == "" && a.why == transcript.RefusedOther:
		return verifiedNo
	}
	return verifiedUnclear
}

// vrfy compares the answers for a mailbox that must exist and one that cannot. One answer for both tells nothing, even if it is
// 250. A 252 beside "no such user" does tell, although the server claims to verify nothing.
func (h heard) vrfy() facts.Known {
	there, random := h.answer(transcript.AboutVRFYKnown, evidence.StepVRFY), h.answer(transcript.AboutVRFYRandom, evidence.StepVRFY)
	// A server may disclose by any difference. What it says of the mailbox that must exist comes first: without that there is none.
	known, unknown := verification(there), verification(random)
	exists := known == verifiedYes || known == verifiedMaybe
	switch {
	// Whoever does not serve the command tells nobody anything.
	case known == verifiedNever:
		return there.seen(facts.No())
	case known == verifiedUnclear:
		return there.because(h.unsaid(there, transcript.AboutVRFYKnown))
	case unknown == verifiedUnclear:
		return random.because(h.unsaid(random, transcript.AboutVRFYRandom))
	case known == verifiedNo:
		return there.ambiguous("even the postmaster, who must exist, is unknown to VRFY; what it says of others is not known")
	case exists && unknown == verifiedNo:
		return there.seen(facts.Yes())
	case exists && known == unknown, unknown == verifiedNever:
		return there.seen(facts.No())
	}
	// A 250 beside a 252 may be a mailbox that is known and one that is not, or two ways of saying nothing.
	return there.ambiguous("VRFY is answered differently for the two mailboxes, but denied for neither")
}

// expn tells whether EXPN lists members, which sites may keep to themselves (RFC 5321 section 7.3 lets them disable EXPN). A name
// that only leads to itself discloses none, nor does an answer that every name gets.
func (h heard) expn() facts.Known {
	there, random := h.answer(transcript.AboutEXPNKnown, evidence.StepEXPN), h.answer(transcript.AboutEXPNRandom, evidence.StepEXPN)
	switch known := verification(there); {
	case known == verifiedUnclear:
		return there.because(h.unsaid(there, transcript.AboutEXPNKnown))
	// 252 and a refusal list nobody.
	case known != verifiedYes || !listsMembers(there.event.Reply):
		return there.seen(facts.No())
	case verification(random) == verifiedNo || verification(random) == verifiedNever:
		return there.seen(facts.Yes())
	case verification(random) == verifiedUnclear:
		return random.because(h.unsaid(random, transcript.AboutEXPNRandom))
	}
	return there.ambiguous("EXPN gives an answer also for a name that cannot exist")
}

// listsMembers tells whether a reply to EXPN names a mailbox other than the postmaster. That he exists is no secret.
func listsMembers(r *evidence.Reply) bool {
	return slices.ContainsFunc(r.Lines, func(l evidence.Line) bool {
		return slices.ContainsFunc(strings.FieldsFunc(l.Text, func(c rune) bool { return strings.ContainsRune(" <>,;", c) }), func(word string) bool {
			local, _, mailbox := strings.Cut(word, "@")
			return mailbox && local != "" && !strings.EqualFold(local, "postmaster")
		})
	})
}
