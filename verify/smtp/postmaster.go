package smtp

// This file tells whether the postmaster is accepted: the one mailbox that every server has to have (RFC 5321 section 4.5.1), so that it
// can be asked about without knowing anybody.

import (
	"slices"
	"strings"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/transcript"
)

// postmaster merges what two senders were told about the postmaster of each tested name.
func (h heard) postmaster(targets []*evidence.Target) facts.Known {
	k := h.anyPostmaster()
	// What was not tried weighs only against an answer: an open question keeps its own reason.
	if k.Known() {
		return k.Unless(h.untried(targets))
	}
	return k
}

// anyPostmaster merges what was said of all postmasters. Every server that takes mail for a domain has to take its postmaster's (RFC 5321
// section 4.5.1), from the null sender too, from which reports of failed mail come (section 4.5.5). A refusal counts against it only if it
// is for good and for the recipient's sake: a full mailbox exists, and a sender may be unwelcome.
func (h heard) anyPostmaster() facts.Known {
	var yes, no []answer
	var open []string
	spurned := false // an open question is so for another reason than its sender
	labels := h.labelsOf(transcript.AboutPostmaster, transcript.AboutPostmasterNull)
	for _, about := range labels {
		switch a := h.answer(about, evidence.StepRCPT); {
		case a.accepted():
			yes = append(yes, a)
		// A 4xx is never a no, since the mail would arrive later.
		case a.permanent() && a.refusedAs(transcript.RefusedRecipient) && !transcript.MailboxFull(a.event.Reply):
			no = append(no, a)
		default:
			open = append(open, about)
			spurned = spurned || !a.refusedAs(transcript.RefusedSender) && !h.sender(about).refusedAs(transcript.RefusedSender)
		}
	}
	switch {
	// Nothing was asked about: the session ended before it.
	case len(labels) == 0:
		return facts.Because(h.silence(answer{}, ""))
	// Two domains on one host, of which one lacks its postmaster, look the same as a server that refuses one sender.
	case len(yes) > 0 && len(no) > 0:
		return no[0].ambiguous("the postmaster was accepted from one sender or domain and refused for another")
	case len(no) == len(labels) && len(no) > 1: // from two senders at least, so that it is for neither's sake
		return no[0].seen(facts.No())
	case len(yes) > 0 && !spurned: // what is open is so for the sake of its sender
		return yes[0].seen(facts.Yes())
	case len(open) > 0:
		a := h.answer(open[0], evidence.StepRCPT)
		return a.because(h.unsaid(a, open[0]))
	}
	return no[0].because(facts.Unknown{Code: facts.Untested, Detail: "the postmaster was refused once, and not tried from a second sender"})
}

// untried is why nothing is known of the postmaster although a server spoke of some: that of a domain in question was not tried with
// both senders. A host has many domains, of which only some are tried, and a session may end between two of them.
func (h heard) untried(targets []*evidence.Target) facts.Unknown {
	for _, t := range targets {
		mailbox := "postmaster@" + t.Name
		tried := h.labelled[transcript.AboutPostmaster+mailbox] && h.labelled[transcript.AboutPostmasterNull+mailbox]
		if t.Kind == "domain" && !tried {
			return facts.Unknown{Code: facts.Untested,
				Detail: mailbox + " was not tried with two senders at this host, which serves other domains of this run too; test the domain alone"}
		}
	}
	return facts.Unknown{}
}

// labelsOf lists the labels with one of the beginnings. The labels end with the mailbox, so that each domain has its own.
func (h heard) labelsOf(beginnings ...string) []string {
	return slices.DeleteFunc(slices.Clone(h.labels), func(about string) bool {
		return !slices.ContainsFunc(beginnings, func(b string) bool { return strings.HasPrefix(about, b) })
	})
}
