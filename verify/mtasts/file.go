package mtasts

// This file tells what came of the policy file: whether senders can fetch it, the certificate of its host, and what stands in it. A sender
// demands a valid certificate and status 200, and follows no redirect (RFC 8461 section 3.3).

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/pki"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

// file is what is known of the policy file of a domain.
type file struct {
	fetched facts.Known // as senders want it, from one address at least
	differ  string      // what other addresses say in its place, where one has it
	trouble string      // why not, where that is known
	tooLong bool
	body    *string // what came whole, be the certificate valid or not
	try     *evidence.Fetch
	at      time.Time
	where   string
}

// seen dates what was derived from a file.
func (f file) seen(k facts.Known) facts.Known { return k.Seen(f.at, f.where) }

// gone is that the file cannot come for anybody.
func gone(trouble string) file { return file{fetched: facts.No(), trouble: trouble} }

// unknownFile is that it is not known whether it comes.
func unknownFile(why facts.Unknown) file { return file{fetched: facts.Because(why)} }

// file reads the tries to fetch the policy of a domain. What is wrong for every sender is known; what may be wrong for us alone, or for the
// moment, is not.
func (d *derivation) file(domain string) file {
	at := policyAddresses(d.Reading, domain)
	// A resolver that invents addresses has one for every name.
	switch why := d.Invented(&evidence.Target{Name: domain, Kind: "domain"}); {
	case at == nil && why.Code != "":
		return unknownFile(why)
	case denied(d.Reading, domain) && len(d.AddressesFound(mailpolicy.STSHost(domain))) > 0:
		return unknownFile(facts.Unknown{Code: facts.Disagreement, Detail: "the resolver has an address of " + mailpolicy.STSHost(domain) + ", and its name servers deny it"})
	}
	if f := d.from(domain, at); f.try != nil {
		return d.everywhere(domain, f)
	}
	return d.noPolicyHost(domain)
}

// everywhere looks whether each address gives what f is of all together. A sender is led to any of them, and goes on to the next one only where
// it cannot connect. Where one has the file, what stands in it counts, and what another says in its place is told.
func (d *derivation) everywhere(domain string, f file) file {
	for _, try := range d.tries(domain) {
		switch one := d.from(domain, []string{dnsanswer.AddressOf(try.Address)}); {
		case f.fetched.IsNo() && one.fetched.IsYes():
			one.differ = f.try.Address + ": " + f.trouble
			f = one
		case f.fetched.IsYes() && one.fetched.IsNo() && f.differ == "":
			f.differ = one.try.Address + ": " + one.trouble
		}
	}
	return f
}

// from reads the tries at some addresses, nil for any.
func (d *derivation) from(domain string, at []string) file {
	try, n := d.FetchedFrom(mailpolicy.STSURL(domain), at)
	if try == nil {
		return file{}
	}
	f := d.answer(domain, try)
	f.try, f.at, f.where = try, try.At, reading.FetchNumber(n)
	// A file that came with a bad certificate counts for no sender, and its owner wants to know all of it at once.
	_, whole := try.Ended(evidence.StepBody)
	if try.Status == http.StatusOK && (try.Failure == nil || whole && try.Failure.Kind == evidence.BadCert) {
		f.body = &try.Body
	}
	return f
}

// policyAddresses are the addresses of the policy host by its own name servers; nil where they told of none, so that the resolver's count.
// A resolver may lead elsewhere than the world goes, and what a web server shows there would be taken for the host's.
func policyAddresses(r *reading.Reading, domain string) (addresses []string) {
	for _, rrtype := range []string{"A", "AAAA"} {
		addresses = append(addresses, dnsanswer.AddressTexts(r.OfServers(mailpolicy.STSHost(domain), rrtype).Records)...)
	}
	slices.Sort(addresses)
	return slices.Compact(addresses)
}

// denied tells whether the name servers of a policy host say that it has no address.
func denied(r *reading.Reading, domain string) bool {
	host := mailpolicy.STSHost(domain)
	return r.OfServers(host, "A").Absent && r.OfServers(host, "AAAA").Absent
}

// tries are all tries to fetch the policy of a domain that count.
func (d *derivation) tries(domain string) []*evidence.Fetch {
	return d.Fetches(mailpolicy.STSURL(domain), policyAddresses(d.Reading, domain)...)
}

// answer reads the try that decides.
func (d *derivation) answer(domain string, try *evidence.Fetch) file {
	host := mailpolicy.STSHost(domain)
	switch {
	// A certificate is wrong for every sender, if the check here had roots to check with. Any other failure may be this network's.
	case try.Failure != nil && try.Failure.Kind == evidence.BadCert:
		return gone(strings.TrimSuffix("the certificate of "+host+" is not valid: "+try.Failure.Detail, ": "))
	case try.Failure != nil && try.Failure.Kind == evidence.TooLong && try.Status == http.StatusOK:
		return file{fetched: facts.Yes(), tooLong: true}
	case try.Failure != nil && try.Failure.Kind == evidence.Refused && d.refusedTwice(domain):
		return gone(host + " refuses connections for HTTPS")
	case try.Failure != nil:
		return unknownFile(reading.Unknown(try.Failure, "the policy file of "+domain))
	// These two say that the file is not there, for everybody (RFC 9110 sections 15.5.5 and 15.5.11). A 403 may be for us alone.
	case try.Status == http.StatusNotFound || try.Status == http.StatusGone:
		return gone(fmt.Sprintf("there is no policy file (status %d)", try.Status))
	case try.Status >= 300 && try.Status < 400:
		return gone(fmt.Sprintf("the policy file is a redirect (status %d), which senders do not follow", try.Status))
	case broken(try) && d.brokenTwice(domain, try.Address):
		return gone(fmt.Sprintf("%s answers with errors (status %d)", host, try.Status))
	case try.Status != http.StatusOK:
		return unknownFile(facts.Unknown{Code: facts.Refused, Detail: fmt.Sprintf("%s answered with status %d", host, try.Status)})
	}
	return file{fetched: facts.Yes()}
}

// broken tells whether a server says of itself that it fails (RFC 9110 section 15.6).
func broken(f *evidence.Fetch) bool { return f.Failure == nil && f.Status >= 500 }

// brokenTwice tells whether two looks at the policy at an address, with time between them, met such an answer and nothing better.
func (d *derivation) brokenTwice(domain, address string) bool {
	n := 0
	for _, f := range d.tries(domain) {
		if broken(f) && f.Address == address {
			n++
		}
	}
	return n > 1
}

// refusedTwice tells whether each address of the policy host refused the connection at two looks.
func (d *derivation) refusedTwice(domain string) bool {
	refused := map[string]int{}
	for _, f := range d.tries(domain) {
		if f.Failure == nil || f.Failure.Kind != evidence.Refused {
			return false
		}
		refused[f.Address]++
	}
	for _, n := range refused {
		if n < 2 {
			return false
		}
	}
	return len(refused) > 0
}

// noPolicyHost says why the file was not even asked for. A policy host without address is one that no sender finds.
func (d *derivation) noPolicyHost(domain string) file {
	host, f := mailpolicy.STSHost(domain), file{}
	for _, rrtype := range []string{"A", "AAAA"} {
		asked, _ := d.Exchanges(evidence.Resolver, "", host, rrtype)
		w := d.EitherWord(host, rrtype)
		f.at, f.where = w.At, w.Evidence
		switch {
		// An address was known, or might have been, and yet nothing was fetched: the run ended before.
		case len(asked) == 0 || len(w.Records) > 0:
			return unknownFile(d.NotAsked("the policy file of " + domain))
		case !w.Absent:
			return unknownFile(w.Why)
		}
	}
	f.fetched, f.trouble = facts.No(), host+" has no address"
	return f
}

// nothing is why something that stands in a policy is not known.
func (f file) nothing(domain string) facts.Unknown {
	switch {
	case f.tooLong:
		return facts.Unknown{Code: facts.Untested, Detail: "the policy file is longer than what was read of it"}
	case f.fetched.IsNo():
		return facts.Unknown{Code: facts.NotFound, Detail: "there is no policy to look at: " + f.trouble}
	case !f.fetched.Known():
		return f.fetched.Why
	}
	return facts.Unknown{Code: facts.NotFound, Detail: "there is no policy file of " + domain}
}

// policyFacts tell of the file of a domain.
func (f file) policyFacts(domain string) map[facts.Name]facts.Known {
	trouble := facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "the policy file of " + domain + " comes as senders want it"})
	switch {
	case !f.fetched.Known():
		trouble = f.fetched
	case f.fetched.IsNo():
		trouble = facts.Is(facts.TextValue(f.trouble))
	}
	fetched := f.fetched
	if f.differ != "" {
		fetched = facts.Because(facts.Unknown{Code: facts.Disagreement, Detail: "one address of the policy host has the file, and at " + f.differ})
	}
	all := map[facts.Name]facts.Known{
		facts.MTASTSFetched:      fetched,
		facts.MTASTSFetchTrouble: trouble,
		facts.MTASTSTooLong:      facts.Truth(f.tooLong),
	}
	if !f.tooLong && !f.fetched.Known() {
		all[facts.MTASTSTooLong] = f.fetched
	}
	f.contents(domain, all)
	for name, k := range all {
		all[name] = f.seen(k)
	}
	return all
}

// contents tell of what stands in the file.
func (f file) contents(domain string, all map[facts.Name]facts.Known) {
	if f.body == nil {
		for _, name := range []facts.Name{facts.MTASTSContentType, facts.MTASTSFaulty, facts.MTASTSFaults, facts.MTASTSIgnored, facts.MTASTSPolicyMode, facts.MTASTSMaxAge} {
			all[name] = facts.Because(f.nothing(domain))
		}
		return
	}
	p := mailpolicy.ParseSTS(*f.body)
	var list []string
	for _, fault := range p.Faults {
		list = append(list, fault.String())
	}
	all[facts.MTASTSContentType] = facts.Is(facts.TextValue(dnsanswer.Shown(f.try.ContentType)))
	all[facts.MTASTSFaulty], all[facts.MTASTSFaults] = facts.Truth(len(list) > 0), facts.Is(facts.ListValue(list))
	why := unusable(p)
	all[facts.MTASTSIgnored] = facts.Truth(p.Worst() == mailpolicy.Ignored)
	if p.Worst() == mailpolicy.Disputed {
		all[facts.MTASTSIgnored] = facts.Because(why)
	}
	all[facts.MTASTSPolicyMode] = facts.Is(facts.TextValue(string(p.Mode))).Unless(why)
	all[facts.MTASTSMaxAge] = facts.Is(facts.DurationValue(time.Duration(min(p.MaxAge, mailpolicy.LongestSTSAge)) * time.Second)).Unless(why)
}

// unusable is why senders do not go by a policy, or may not, or the zero value.
func unusable(p mailpolicy.STSPolicy) facts.Unknown {
	switch p.Worst() {
	case mailpolicy.Ignored:
		return facts.Unknown{Code: facts.NotFound, Detail: "the policy file is no policy: " + p.Faults[0].String()}
	case mailpolicy.Disputed:
		return facts.Unknown{Code: facts.Ambiguous, Detail: "by its grammar the policy file is none, and senders that are not strict use it: " + p.Faults[0].String()}
	}
	return facts.Unknown{}
}

// certificate tells of the certificates that the policy host showed. A bad one at any address is met by some senders.
func (d *derivation) certificate(domain string, f file) map[facts.Name]facts.Known {
	host, names := mailpolicy.STSHost(domain), []facts.Name{facts.MTASTSCertificateValid, facts.MTASTSCertificateFaults, facts.MTASTSCertificateEnds}
	all := map[facts.Name]facts.Known{}
	for _, try := range d.tries(domain) {
		if try.TLS == nil {
			continue
		}
		c := pki.Look(host, try.TLS, try.At)
		bad := c.Problem.Known() && c.Problem.Value.Text() != ""
		if before, looked := all[facts.MTASTSCertificateValid]; looked && (before.IsNo() || !bad) {
			continue
		}
		all[facts.MTASTSCertificateValid] = facts.Truth(!bad).Unless(c.Problem.Why)
		all[facts.MTASTSCertificateFaults], all[facts.MTASTSCertificateEnds] = c.Problem, c.Expires
		for _, name := range names {
			all[name] = all[name].Seen(try.At, try.URL+" at "+try.Address)
		}
	}
	if len(all) > 0 {
		return all
	}
	why := f.fetched.Why
	if f.fetched.IsNo() {
		why = facts.Unknown{Code: facts.NotFound, Detail: "no certificate was shown: " + f.trouble}
	}
	for _, name := range names {
		all[name] = f.seen(facts.Because(why))
	}
	return all
}

// written joins the first few of some names.
func written(names []string) string {
	const few = 5
	if len(names) > few {
		return strings.Join(names[:few], ", ") + fmt.Sprintf(" and %d more", len(names)-few)
	}
	return strings.Join(names, ", ")
}
