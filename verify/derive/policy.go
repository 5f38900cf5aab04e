package derive

import (
	"errors"
	"fmt"
	"net/http"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
)

// absent is the mode of a domain that no sender can find a policy for.
const absent = "absent"

// policies derives what the domain of a target and its hosts say about encryption: MTA-STS and DANE.
func (d *derivation) policies(t *evidence.Target) {
	policy := d.mtaSTS(t)
	about := facts.Subject{Kind: facts.Target, Name: t.Name}
	d.set.Put(about, policy.mode)
	d.set.Put(about, policy.problem)
	d.set.Put(about, policy.domain)
	for _, view := range d.set.Views(t.Name, facts.Session) {
		if led, _ := d.set.Get(facts.DNSHostLedBy, view); led.Why.Code == facts.Disagreement {
			continue // the world is led elsewhere
		}
		d.agree(view, policy.covers(view.Name))
		d.dane(view, t)
	}
}

// agree records a fact of a host that several targets of a report share. Where they say different things, none counts, and what
// is not known of one of them is not known, in whatever order they come.
func (d *derivation) agree(subject facts.Subject, f facts.Fact) {
	switch old, _ := d.set.Get(f.Name, subject); {
	case !d.agreed[subject]: // the first to say anything
		d.agreed[subject] = true
	case !old.Known():
		return
	case f.Known() && !old.Value.Equal(f.Value):
		f.Value, f.Why = facts.Value{}, facts.Unknown{Code: facts.Disagreement, Detail: "the domains of this report differ in it"}
	}
	d.set.Put(subject, f)
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
	exchanges, _ := d.exchanges(evidence.Resolver, "", mailpolicy.STSRecordName(domain), "TXT")
	w := d.eitherWord(mailpolicy.STSRecordName(domain), "TXT")
	v.domain.At, v.domain.Evidence = w.at, w.evidence
	v.mode.At, v.mode.Evidence = v.domain.At, v.domain.Evidence
	v.problem.At, v.problem.Evidence = v.domain.At, v.domain.Evidence
	if len(exchanges) == 0 {
		return v.fail(d.notAsked("the MTA-STS record of " + domain))
	}
	if w.absent {
		return v.settle("")
	} else if !w.known() {
		return v.fail(w.why)
	}
	_, err := mailpolicy.STSRecord(dnsanswer.Texts(w.records))
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
		why := unknown(file.Failure, "the policy file of "+domain)
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
		exchanges, _ := d.exchanges(evidence.Resolver, "", mailpolicy.STSHost(domain), rrtype)
		w := d.eitherWord(mailpolicy.STSHost(domain), rrtype)
		if len(exchanges) == 0 || len(w.records) > 0 {
			return v.fail(d.notAsked("the policy file of " + domain))
		} else if !w.absent {
			return v.fail(w.why)
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
	for i := range d.bundle.Fetches {
		if f := &d.bundle.Fetches[i]; f.URL == url && rank(f) > rank(found) {
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
	case t.Kind == "host" && !d.bundle.Interrupted && !d.bundle.Expired:
		return facts.Unknown{Code: facts.NoTarget, Detail: "it is not known which domains send their mail to " + t.Name + "; name one with --target"}
	}
	return d.notAsked("the MTA-STS record of " + t.Name)
}

// notAsked is the reason for which something that could have been asked was not.
func (d *derivation) notAsked(what string) facts.Unknown {
	if d.bundle.Interrupted || d.bundle.Expired {
		return facts.Unknown{Code: facts.Interrupted, Detail: "the run ended before " + what + " was looked at"}
	}
	return facts.Unknown{Code: facts.Untested, Detail: what + " was not looked at"}
}
