package mtasts

import (
	"errors"
	"fmt"
	"net/http"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

// absent is the mode of a domain that no sender can find a policy for.
const absent = "absent"

// policy derives the policy of a target, and for hosts that are led to from it first whether the policies of all their domains list them.
func (d *derivation) policy(t *evidence.Target) {
	policy := d.mtaSTS(t)
	about := facts.Subject{Kind: facts.Target, Name: t.Name}
	d.Put(about, policy.mode)
	d.Put(about, policy.problem)
	d.Put(about, policy.domain)
	for _, p := range d.Places(t).Places {
		if p.First(t) {
			d.Put(p.Subject, d.covers(p))
		}
	}
}

// covers tells whether the policies of all domains that lead to a host list it.
func (d *derivation) covers(p *reading.Place) facts.Fact {
	var said []facts.Fact
	for _, t := range p.Targets {
		said = append(said, d.mtaSTS(t).covers(p.Name))
	}
	return agreed(said)
}

// agreed is a fact of a host that several targets of a report share. Where they say different things, none counts, and what
// is not known of one of them is not known, in whatever order they come.
func agreed(said []facts.Fact) facts.Fact {
	f := said[0]
	for _, other := range said[1:] {
		switch {
		case !f.Known():
			return f
		case !other.Known():
			return other
		case !other.Value.Equal(f.Value):
			f.Value, f.Why = facts.Value{}, facts.Unknown{Code: facts.Disagreement, Detail: "the domains of this report differ in it"}
			return f
		}
	}
	return f
}

// stsView is what senders find when they look for the MTA-STS policy of a domain.
type stsView struct {
	mode, problem, domain facts.Fact
	policy                mailpolicy.STSPolicy
}

// settle records that senders find no policy, and why although one is announced.
func (v stsView) settle(problem string) stsView {
	v.mode.Value, v.problem.Value = facts.TextValue(absent), facts.TextValue(problem)
	return v
}

// fail records why it is not known what senders find.
func (v stsView) fail(why facts.Unknown) stsView {
	v.mode.Why, v.problem.Why = why, why
	return v
}

// mtaSTS follows the way of a sender (RFC 8461 section 3): record, address, file. What is wrong for every sender means that
// there is no policy; what may be wrong for us alone, or for the moment, is unknown.
func (d *derivation) mtaSTS(t *evidence.Target) stsView {
	domain := t.PolicyDomain
	v := stsView{mode: facts.Fact{Name: facts.MTASTSMode}, problem: facts.Fact{Name: facts.MTASTSProblem}, domain: facts.Fact{Name: facts.MTASTSDomain}}
	if domain == "" {
		v.domain.Why = d.whyNoDomain(t)
		return v.fail(v.domain.Why)
	}
	v.domain.Value = facts.TextValue(domain)
	exchanges, _ := d.Exchanges(evidence.Resolver, "", mailpolicy.STSRecordName(domain), "TXT")
	w := d.EitherWord(mailpolicy.STSRecordName(domain), "TXT")
	v.domain.At, v.domain.Evidence = w.At, w.Evidence
	v.mode.At, v.mode.Evidence = v.domain.At, v.domain.Evidence
	v.problem.At, v.problem.Evidence = v.domain.At, v.domain.Evidence
	if len(exchanges) == 0 {
		return v.fail(d.NotAsked("the MTA-STS record of " + domain))
	}
	if w.Absent {
		return v.settle("")
	} else if !w.Known() {
		return v.fail(w.Why)
	}
	_, err := mailpolicy.STSRecord(dnsanswer.Texts(w.Records))
	switch {
	case errors.Is(err, mailpolicy.ErrNoRecord):
		return v.settle("")
	case err != nil:
		return v.settle(err.Error())
	}
	return d.stsPolicy(v, domain)
}

// stsPolicy reads the policy file.
func (d *derivation) stsPolicy(v stsView, domain string) stsView {
	file, n := d.fetched(mailpolicy.STSURL(domain))
	if file == nil {
		return d.noPolicyHost(v, domain)
	}
	v.mode.At, v.mode.Evidence = file.At, fmt.Sprintf("HTTPS fetch %d", n)
	v.problem.At, v.problem.Evidence = v.mode.At, v.mode.Evidence
	switch {
	case file.Failure != nil && file.Failure.Kind == evidence.BadCert:
		return v.settle("the certificate of " + mailpolicy.STSHost(domain) + " is not valid")
	case file.Failure != nil:
		why := reading.Unknown(file.Failure, "the policy file of "+domain)
		return v.fail(why)
	case file.Status == http.StatusNotFound || file.Status == http.StatusGone:
		return v.settle(fmt.Sprintf("there is no policy file (status %d)", file.Status))
	case file.Status >= 300 && file.Status < 400:
		return v.settle(fmt.Sprintf("the policy file is a redirect (status %d), which senders do not follow", file.Status))
	case file.Status != http.StatusOK:
		return v.fail(facts.Unknown{Code: facts.Refused, Detail: fmt.Sprintf("%s answered with status %d", mailpolicy.STSHost(domain), file.Status)})
	}
	policy, err := mailpolicy.ParseSTS(file.Body)
	if err != nil {
		return v.settle(err.Error())
	}
	v.policy = policy
	v.mode.Value, v.problem.Value = facts.TextValue(string(policy.Mode)), facts.TextValue("")
	return v
}

// noPolicyHost says why the file was not even asked for.
func (d *derivation) noPolicyHost(v stsView, domain string) stsView {
	for _, rrtype := range []string{"A", "AAAA"} {
		exchanges, _ := d.Exchanges(evidence.Resolver, "", mailpolicy.STSHost(domain), rrtype)
		w := d.EitherWord(mailpolicy.STSHost(domain), rrtype)
		if len(exchanges) == 0 || len(w.Records) > 0 {
			return v.fail(d.NotAsked("the policy file of " + domain))
		} else if !w.Absent {
			return v.fail(w.Why)
		}
	}
	return v.settle(mailpolicy.STSHost(domain) + " has no address")
}

// fetched is the try to fetch a file that decides, and its number: one that brought an answer, else one that failed in a way
// that may pass, else the last.
func (d *derivation) fetched(url string) (found *evidence.Fetch, n int) {
	rank := func(f *evidence.Fetch) int {
		switch {
		case f == nil:
			return 0
		case f.Failure == nil:
			return 3
		case f.Failure.Kind != evidence.BadCert:
			return 2
		}
		return 1
	}
	for i := range d.Bundle.Fetches {
		if f := &d.Bundle.Fetches[i]; f.URL == url && rank(f) > rank(found) {
			found, n = f, i+1
		}
	}
	return found, n
}

// covers tells whether the policy lists a host.
func (v stsView) covers(host string) facts.Fact {
	f := facts.Fact{Name: facts.MTASTSCoversHost, At: v.mode.At, Evidence: v.mode.Evidence, Why: v.mode.Why}
	switch {
	case !v.mode.Known():
	case host == "":
		f.Why = facts.Unknown{Code: facts.NoTarget, Detail: "an address alone has no name that a policy could list"}
	default:
		f.Value = facts.BoolValue(v.policy.Covers(host))
	}
	return f
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
