package message

// This file evaluates SPF for a message as its receiver did, with the DNS of today.

import (
	"context"
	"strings"

	"mxverdict/verify/dmarc/discovery"
	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/facts"
	"mxverdict/verify/spf/checkhost"
)

// spfResult is what came of SPF.
type spfResult struct{ pass, result, aligned, domain, address facts.Known }

func (s spfResult) put(found known) {
	found[facts.MessageSPFPass], found[facts.MessageSPFResult], found[facts.MessageSPFAligned] = s.pass, s.result, s.aligned
	found[facts.MessageSender], found[facts.MessageAddress] = s.domain, s.address
}

// spf evaluates SPF for the address from which the receiver took the message.
func (d *derivation) spf(policy discovery.Discovery) (s spfResult) {
	s.address = facts.Because(d.trace.why)
	if d.trace.why.Code == "" {
		s.address = facts.Is(facts.TextValue(d.trace.edge.address.String()))
	}
	sender, why := d.sender()
	if why.Code != "" {
		s.domain, s.aligned = facts.Because(why), facts.Because(why)
		s.pass, s.result = facts.Because(why), facts.Because(why)
		return s
	}
	domain := domainOf(sender)
	s.domain = facts.Is(facts.TextValue(domain))
	s.aligned = d.aligned(domain, policy, func() bool { return policy.Record().StrictSPF() })
	s.result = d.checked(sender)
	s.pass = facts.Because(s.result.Why)
	if s.result.Known() {
		s.pass = facts.Truth(s.result.Value.Text() == string(checkhost.Pass))
	}
	s.pass = s.pass.Seen(s.result.At, s.result.Evidence)
	// What fails today may be another address than the one that the receiver asked about, or another record than there was then.
	if s.pass.IsNo() {
		s.pass = s.pass.Unless(d.doubtful(sender))
	}
	return s
}

// checked is the result of SPF for a sender.
func (d *derivation) checked(sender string) facts.Known {
	domain := domainOf(sender)
	seen, why := d.spfRecords(domain)
	switch {
	case d.trace.why.Code != "":
		return facts.Because(d.trace.why)
	case why.Code != "":
		return facts.Because(why)
	}
	said := checkhost.From(&d.Reader, checkhost.Recorded(d.Reading)).Check(context.Background(), d.trace.edge.address, d.helo(domain), sender)
	if why := said.Open(domain); why.Code != "" {
		return facts.Because(d.ended(why))
	}
	return facts.Is(facts.TextValue(string(said.Result))).Seen(said.At, seen)
}

// ended takes the end of the run for the reason of what was not asked.
func (d *derivation) ended(why facts.Unknown) facts.Unknown {
	if why.Code == facts.Untested && (d.Bundle.Interrupted || d.Bundle.Expired) {
		why.Code = facts.Interrupted
	}
	return why
}

// doubtful is why a failure of today proves nothing about the message of a sender, or the zero value.
func (d *derivation) doubtful(sender string) facts.Unknown {
	if d.receiverSaw("spf", "pass") {
		return facts.Unknown{Code: facts.Disagreement, Detail: "SPF does not pass today for " + d.trace.edge.address.String() +
			", and the receiver saw it pass when the message arrived; the record may have been changed since"}
	}
	if d.trace.passedOn {
		return open("the message had arrived somewhere before, and was passed on from " + d.trace.edge.address.String() +
			"; SPF speaks of who passed it on, and not of its sender")
	}
	return d.authorisedBefore(sender)
}

// authorisedBefore is that a server on the way took the message from an address that SPF authorises, or the zero value. It may have been a
// filter in front of the receiver, behind which SPF fails for everybody, or a relay that the sender forgot in the record; a forger may
// have written the line. The records are those of the evaluation for the edge: nothing is asked for this.
func (d *derivation) authorisedBefore(sender string) facts.Unknown {
	source := checkhost.From(&d.Reader, checkhost.Recorded(d.Reading))
	for _, h := range d.trace.before() {
		if said := source.Check(context.Background(), h.address, h.helo, sender); said.Result == checkhost.Pass {
			return open("SPF authorises " + h.address.String() + ", from which " + shown(h.by) + " took the message; whether the sender or the receiver had it" +
				" go on from there by way of " + d.trace.edge.address.String() + " no line tells")
		}
	}
	return facts.Unknown{}
}

// receiverSaw tells whether the receiver found a result of a method.
func (d *derivation) receiverSaw(method, value string) bool {
	for _, f := range d.trace.findings {
		for _, one := range f.list {
			if one.method == method && one.value == value {
				return true
			}
		}
	}
	for _, l := range d.trace.spf {
		if method == "spf" && l.value == value {
			return true
		}
	}
	return false
}

// sender is the address for whose domain SPF is asked: that of the envelope, or the postmaster of the greeting (RFC 7208 section 2.4).
func (d *derivation) sender() (string, facts.Unknown) {
	sender := strings.Trim(d.message.Sender, "<>")
	null := d.message.Sender == "<>"
	for _, named := range d.namedSenders() {
		switch {
		case null && named != "":
			return "", open("the sender of the envelope is not certain: Return-Path names none, and the receiver " + shown(named))
		case null:
		case sender == "" && d.message.Sender == "":
			sender = "postmaster@" + named
		case domainOf(sender) != named:
			return "", open("the sender of the envelope is not certain: Return-Path names " + shown(domainOf(sender)) + ", and the receiver " + shown(named))
		}
	}
	if null {
		if helo := d.helo(""); d.trace.why.Code == "" && strings.Contains(helo, ".") && isName(helo) {
			return "postmaster@" + helo, facts.Unknown{}
		}
		return "", open("the message has no sender of the envelope, and no line tells the name in the greeting")
	}
	if !isName(domainOf(sender)) {
		return "", open("no line of the header tells the sender of the envelope (Return-Path)")
	}
	return sender, facts.Unknown{}
}

// namedSenders are the domains of the sender by the receiver's lines.
func (d *derivation) namedSenders() (domains []string) {
	for _, f := range d.trace.findings {
		for _, one := range f.list {
			if from := one.properties["smtp.mailfrom"]; one.method == "spf" && from != "" {
				domains = append(domains, domainOf(from))
			}
		}
	}
	for _, l := range d.trace.spf {
		if l.from != "" {
			domains = append(domains, domainOf(l.from))
		}
	}
	return domains
}

// helo is the name in the greeting, or another one where no line tells it.
func (d *derivation) helo(otherwise string) string {
	for _, l := range d.trace.spf {
		if l.greet != "" {
			return dnsanswer.HostName(l.greet)
		}
	}
	if d.trace.edge.helo != "" {
		return d.trace.edge.helo
	}
	return otherwise
}

// domainOf is the domain of a mail address, or the text itself where it has no @.
func domainOf(address string) string {
	address = strings.Trim(address, "<>")
	return dnsanswer.HostName(address[strings.LastIndexByte(address, '@')+1:])
}
