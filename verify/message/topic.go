// Package message derives what today's DNS says of a message that was given beside the report: whether SPF passes for the address from which
// the receiver took it (RFC 7208), whether a signature verifies (RFC 6376), whether one of both is for the domain that the reader sees (RFC
// 9989 section 4.4). It says what to ask for that.
//
// A saved message is a poor witness: it may have been changed while it was saved, keys change, and its lower lines are whoever's word. So a
// pass counts, and a failure only where the receiver found the same when the message arrived, or where it does not hang on the copy. It asks
// nothing and judges nothing.
package message

import (
	"strings"
	"time"

	"mxverdict/verify/dmarc/discovery"
	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

// derivation is one derivation of the facts of the topic.
type derivation struct {
	discovery.Finder
	message *evidence.Message
	trace   *trace
	author  string // the domain of the author
}

// known is what is known of the message.
type known = map[facts.Name]facts.Known

func about(r *reading.Reading) *derivation {
	d := &derivation{Finder: discovery.Finder{Reading: r}, message: r.Bundle.Message, trace: traceOf(r.Bundle.Message)}
	if len(d.message.From) == 1 && d.message.Froms == 1 {
		d.author = d.message.From[0]
	}
	return d
}

// Derive derives what is known of the message, for a target of its author's organisation. A message says nothing of other targets.
func Derive(r *reading.Reading, t *evidence.Target, w reading.Writer) {
	if r.Bundle.Message == nil {
		return
	}
	itself := facts.Subject{Kind: facts.Target, Name: t.Name}
	d := about(r)
	if why := d.foreign(t); why.Code != "" {
		for _, f := range facts.Definitions() {
			if f.Source.Has(facts.FromMessage) {
				w.PutAs(itself, facts.Because(why), f.Name)
			}
		}
		return
	}
	w.PutAll(itself, d.shown())
	w.PutAll(itself, d.judged())
}

// foreign is why a message says nothing of a target, or the zero value.
func (d *derivation) foreign(t *evidence.Target) facts.Unknown {
	target := dnsanswer.HostName(t.Name)
	switch {
	case d.message.Several > 0:
		return facts.Unknown{Code: facts.NeedsMessage, Detail: "several messages are attached to the report; name the one that is meant with --message"}
	case d.message.Froms == 0:
		return open("the message has no author (From), for whose domain DMARC asks")
	case d.message.Froms > 1:
		return open("the message has several fields From, of which receivers may show any")
	case len(d.message.From) > 1:
		return open("the message has authors of several domains: " + strings.Join(d.message.From, ", "))
	case d.author == "":
		return open("the domain of the author (From) cannot be read")
	case mailpolicy.RegisteredDomain(d.author) != mailpolicy.RegisteredDomain(target):
		return facts.Unknown{Code: facts.NeedsMessage, Detail: "the message that was given is from " + shown(d.author) + ", and not from " + target}
	// Something on the way that answers for the name servers would be taken for all of them.
	case t.Kind != "address" && t.Delegation != nil && t.ZoneError == nil && !d.Direct(t):
		return reading.NotDirect("the name servers of " + t.Zone)
	}
	return facts.Unknown{}
}

// judged is what DNS says of the message.
func (d *derivation) judged() known {
	policy := d.ByWalk(d.author)
	spf, dkim := d.spf(policy), d.dkim(policy)
	found := policyFacts(policy)
	spf.put(found)
	dkim.put(found)
	found[facts.MessageVouched] = facts.Any(spf.pass, dkim.pass)
	found[facts.MessageAligned] = facts.Any(spf.aligned, dkim.aligned)
	found[facts.MessageDMARCPass] = facts.Any(facts.All(spf.pass, spf.aligned), dkim.both)
	for name, k := range found {
		found[name] = k.Seen(d.Bundle.StartedAt, "the message")
	}
	return found
}

// policyFacts tell of the DMARC record that counts for the author.
func policyFacts(policy discovery.Discovery) known {
	names := []facts.Name{facts.MessageDMARCFound, facts.MessageDMARCDomain, facts.MessageDMARCEnforced}
	found := known{}
	switch {
	case policy.Why.Code != "":
		for _, name := range names {
			found[name] = policy.Unknown()
		}
	case !policy.Found:
		nothing := facts.Unknown{Code: facts.NotFound, Detail: "no DMARC record counts for the author's domain"}
		found[facts.MessageDMARCFound], found[facts.MessageDMARCDomain], found[facts.MessageDMARCEnforced] = facts.No(), facts.Because(nothing), facts.No()
	default:
		found[facts.MessageDMARCFound] = discovery.Counts(policy.Record())
		found[facts.MessageDMARCDomain] = facts.Is(facts.TextValue(policy.Domain))
		found[facts.MessageDMARCEnforced] = policy.Enforced()
	}
	for name, k := range found {
		found[name] = policy.Own.Seen(k)
	}
	return found
}

// aligned tells whether a domain is the author's, or where that suffices one of the same organisation.
func (d *derivation) aligned(domain string, policy discovery.Discovery, strict func() bool) facts.Known {
	if domain == d.author {
		return facts.Yes()
	}
	// Names of different top-level domains are no organisation, whatever there is above them.
	if top(domain) != top(d.author) {
		return facts.No()
	}
	one := d.oneOrganisation(domain)
	switch {
	case one.IsNo():
		return one
	case policy.Why.Code != "":
		return policy.Unknown()
	case policy.Found && strict():
		return facts.No()
	}
	return one
}

// oneOrganisation tells whether a domain and the author's are of one organisation (RFC 9989 section 4.10.2).
func (d *derivation) oneOrganisation(domain string) facts.Known {
	own, why := d.Organisation(d.author)
	if why.Code != "" {
		return facts.Because(why)
	}
	other, why := d.Organisation(domain)
	if why.Code != "" {
		return facts.Because(why)
	}
	return facts.Truth(own == other)
}

// top is the last label of a name.
func top(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// arrived is when the receiver's outermost server took the message; the zero time where that is not known.
func (d *derivation) arrived() time.Time {
	if d.trace.why.Code != "" {
		return time.Time{}
	}
	return d.trace.edge.at
}
