package mtasts

import (
	"fmt"
	"time"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

// absent is the mode of a domain that no sender can find a policy for. It is no mode of RFC 8461: that names "none" for a domain
// that says of itself that it has no policy any more.
const absent = "absent"

// policy derives the policy of a target, and for hosts that are led to from it first whether the policies of all their domains list them.
func (d *derivation) policy(t *evidence.Target) {
	found := d.found(t)
	about := facts.Subject{Kind: facts.Target, Name: t.Name}
	d.Put(about, found.mode.As(facts.MTASTSMode))
	d.Put(about, found.problem.As(facts.MTASTSProblem))
	d.Put(about, found.domain.As(facts.MTASTSDomain))
	// Rules ask of each host whether it is listed, so that the fact stands with the host.
	for _, p := range d.Places(t).Places {
		if p.First(t) {
			d.Put(p.Subject, d.covers(p).As(facts.MTASTSCoversHost))
		}
	}
}

// covers tells whether the policies of all domains that lead to a host list it. A host that one of its domains does not list gets
// no mail for that one.
func (d *derivation) covers(p *reading.Place) facts.Known {
	var said []facts.Known
	for _, t := range p.Targets {
		said = append(said, d.found(t).covers(p.Name))
	}
	return agreed(said)
}

// agreed is what all domains say of a host that they share. Where they say different things, none counts.
func agreed(said []facts.Known) (together facts.Known) {
	differ := facts.Unknown{Code: facts.Disagreement, Detail: "the domains of this report differ in it"}
	for _, one := range said {
		together = facts.Agreed(together, one, differ)
	}
	return together
}

// found is what senders find when they look for the MTA-STS policy of a domain.
type found struct {
	domain  facts.Known // whose policy counts
	mode    facts.Known
	problem facts.Known // why senders find none although one is announced, or ""
	policy  mailpolicy.STSPolicy
}

// none is that senders find no policy, and why although one is announced. That is the same as no policy at all, and the problem tells why
// the domain may think otherwise.
func none(problem string) found {
	return found{mode: facts.Is(facts.TextValue(absent)), problem: facts.Is(facts.TextValue(problem))}
}

// open is that it is not known what senders find.
func open(why facts.Unknown) found {
	return found{mode: facts.Because(why), problem: facts.Because(why)}
}

// seen adds where the answer stands in the evidence, unless that is said already.
func (f found) seen(at time.Time, evidence string) found {
	f.domain, f.mode, f.problem = f.domain.Seen(at, evidence), f.mode.Seen(at, evidence), f.problem.Seen(at, evidence)
	return f
}

// found follows the way of a sender (RFC 8461 section 3): record, address, file. What is wrong for every sender means that
// there is no policy; what may be wrong for us alone, or for the moment, is unknown.
func (d *derivation) found(t *evidence.Target) found {
	domain := t.PolicyDomain
	if domain == "" {
		f := open(d.whyNoDomain(t))
		f.domain = f.mode
		return f
	}
	w := d.EitherWord(mailpolicy.STSRecordName(domain), "TXT")
	f := d.announced(domain, w)
	f.domain = facts.Is(facts.TextValue(domain))
	return f.seen(w.At, w.Evidence)
}

// announced reads the record. Without one, or with several, there is no policy (RFC 8461 section 3.1).
func (d *derivation) announced(domain string, w reading.Word) found {
	// Senders see the record through a resolver: without its word nothing was asked as they ask.
	if asked, _ := d.Exchanges(evidence.Resolver, "", mailpolicy.STSRecordName(domain), "TXT"); len(asked) == 0 {
		return open(d.NotAsked("the MTA-STS record of " + domain))
	}
	if w.Absent {
		return none("")
	} else if !w.Known() {
		return open(w.Why)
	}
	switch records, meant, _ := mailpolicy.SortSTS(dnsanswer.Texts(w.Records)); {
	case len(records) > 1:
		return none(fmt.Sprintf("%d records announce a policy, and only one may", len(records)))
	// Something was meant to be announced and is not understood: the domain believes itself protected, and senders ignore the
	// record.
	case len(records) == 1 && records[0].Worst() == mailpolicy.Ignored:
		return none("the record breaks the grammar: " + records[0].Faults[0].String())
	case len(records) == 1 && records[0].Worst() == mailpolicy.Disputed:
		return open(facts.Unknown{Code: facts.Ambiguous, Detail: "only senders that are not strict use the MTA-STS record of " + domain})
	case len(records) == 0 && len(meant) > 0:
		return none("the record breaks the grammar: " + meant[0].Faults[0].String())
	// Texts of another kind, as a wildcard gives them, announce nothing.
	case len(records) == 0:
		return none("")
	}
	// The record only announces the policy; the file is the policy (RFC 8461 section 3.2).
	return d.inFile(domain)
}

// inFile is what the policy file says. That its server fails or refuses may pass, and leaves open what senders find: they keep what they
// fetched before.
func (d *derivation) inFile(domain string) (found found) {
	f := d.file(domain)
	switch {
	case f.try != nil && f.try.Failure != nil && f.try.Failure.Kind == evidence.Refused:
		found = open(reading.Unknown(f.try.Failure, "the policy file of "+domain))
	case f.try != nil && broken(f.try):
		found = open(facts.Unknown{Code: facts.Refused, Detail: fmt.Sprintf("%s answered with status %d", mailpolicy.STSHost(domain), f.try.Status)})
	case f.fetched.IsNo():
		found = none(f.trouble)
	case f.fetched.Known() && f.body != nil:
		found = ofPolicy(mailpolicy.ParseSTS(*f.body))
	case f.tooLong:
		found = open(f.nothing(domain))
	default:
		found = open(f.fetched.Why)
	}
	return found.seen(f.at, f.where)
}

// ofPolicy is what senders find in a policy file.
func ofPolicy(p mailpolicy.STSPolicy) found {
	switch why := unusable(p); {
	case p.Worst() == mailpolicy.Ignored:
		return none(why.Detail)
	case why.Code != "":
		return open(why)
	}
	return found{mode: facts.Is(facts.TextValue(string(p.Mode))), problem: facts.Is(facts.TextValue("")), policy: p}
}

// covers tells whether the policy lists a host (RFC 8461 section 4.1). Without a policy none is listed.
func (f found) covers(host string) facts.Known {
	covers := f.mode
	switch {
	case !covers.Known():
	case host == "":
		covers = covers.Unless(facts.Unknown{Code: facts.NoTarget, Detail: "an address alone has no name that a policy could list"})
	default:
		// The mode counts elsewhere: a host is listed by a policy in testing too.
		covers.Value = facts.BoolValue(f.policy.Covers(host))
	}
	return covers
}

// whyNoDomain says why no domain is known whose policy could count.
func (d *derivation) whyNoDomain(t *evidence.Target) facts.Unknown {
	switch {
	case t.Kind == "address":
		return facts.Unknown{Code: facts.NoTarget, Detail: "an address does not tell which domain's mail it takes; name the domain with --target"}
	case t.Kind == "host" && !d.Bundle.Interrupted && !d.Bundle.Expired:
		return facts.Unknown{Code: facts.NoTarget, Detail: "it is not known which domains send their mail to " + t.Name + "; name one with --target"}
	}
	return d.NotAsked("the MTA-STS record of " + t.Name)
}
