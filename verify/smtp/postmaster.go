package smtp

import (
	"slices"
	"strings"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/transcript"
)

// postmaster merges what two senders were told about the postmaster of each tested name.
func (h heard) postmaster(targets []*evidence.Target) facts.Fact {
	f := h.anyPostmaster()
	if why := h.untried(targets); f.Known() && why.Code != "" {
		return facts.Fact{Name: f.Name, Why: why}
	}
	return f
}

// anyPostmaster merges what was said of all postmasters.
func (h heard) anyPostmaster() facts.Fact {
	const name = facts.SMTPPostmasterAccepted
	var yes, no []answer
	var open []string
	spurned := false // an open question is so for another reason than its sender
	labels := h.labelled(transcript.AboutPostmaster, transcript.AboutPostmasterNull)
	for _, about := range labels {
		switch a := h.answer(about, evidence.StepRCPT); {
		case a.accepted():
			yes = append(yes, a)
		case a.permanent() && a.refusedAs(transcript.RefusedRecipient) && !transcript.MailboxFull(a.event.Reply):
			no = append(no, a)
		default:
			open = append(open, about)
			spurned = spurned || !a.refusedAs(transcript.RefusedSender) && !h.sender(about).refusedAs(transcript.RefusedSender)
		}
	}
	switch {
	case len(labels) == 0:
		return answer{}.dunno(name, h.silence(answer{}, ""))
	case len(yes) > 0 && len(no) > 0:
		return no[0].dunno(name, facts.Unknown{Code: facts.Ambiguous, Detail: "the postmaster was accepted from one sender or domain and refused for another"})
	case len(no) == len(labels) && len(no) > 1:
		return no[0].no(name)
	case len(yes) > 0 && !spurned:
		return yes[0].yes(name)
	case len(open) > 0:
		a := h.answer(open[0], evidence.StepRCPT)
		return a.dunno(name, h.unsaid(a, open[0]))
	}
	return no[0].dunno(name, facts.Unknown{Code: facts.Untested, Detail: "the postmaster was refused once, and not tried from a second sender"})
}

// untried is why nothing is known of the postmaster although a server spoke of some: that of a domain in question was not tried with
// both senders. A host has many domains, of which only some are tried, and a session may end between two of them.
func (h heard) untried(targets []*evidence.Target) facts.Unknown {
	for _, t := range targets {
		mailbox := "postmaster@" + t.Name
		tried := slices.Contains(h.labels, transcript.AboutPostmaster+mailbox) && slices.Contains(h.labels, transcript.AboutPostmasterNull+mailbox)
		if t.Kind == "domain" && !tried {
			return facts.Unknown{Code: facts.Untested,
				Detail: mailbox + " was not tried with two senders at this host, which serves other domains of this run too; test the domain alone"}
		}
	}
	return facts.Unknown{}
}

// labelled lists the labels with one of the beginnings.
func (h heard) labelled(beginnings ...string) []string {
	return slices.DeleteFunc(slices.Clone(h.labels), func(about string) bool {
		return !slices.ContainsFunc(beginnings, func(b string) bool { return strings.HasPrefix(about, b) })
	})
}
