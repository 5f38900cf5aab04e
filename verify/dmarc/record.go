package dmarc

// This file tells what receivers make of the record that counts.

import (
	"maps"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
)

const (
	// maxTexts and maxAddresses bound what is listed for people. The numbers are our own.
	maxTexts     = 5
	maxAddresses = 10
)

// The facts that hang on the record that counts: of its policy, of its text, and of its reports.
var (
	policyFacts = []facts.Name{facts.DMARCPolicyApplied, facts.DMARCPolicyMissing, facts.DMARCTesting, facts.DMARCPercent, facts.DMARCSubdomains,
		facts.DMARCSubdomainsLess}
	olderFacts  = []facts.Name{facts.DMARCOlderFound, facts.DMARCOlderEnforced, facts.DMARCOlderDomain}
	syntaxFacts = []facts.Name{facts.DMARCFaulty, facts.DMARCFaults, facts.DMARCIgnored, facts.DMARCReadAsNone, facts.DMARCLostReport}
	reportFacts = []facts.Name{facts.DMARCReportsMissing, facts.DMARCReportsTo, facts.DMARCFailuresTo, facts.DMARCExternal, facts.DMARCExternalRefused,
		facts.DMARCExternalRefusing}
	placeFacts = []facts.Name{facts.DMARCFound, facts.DMARCDomain, facts.DMARCInherited, facts.DMARCRecord, facts.DMARCMeant, facts.DMARCSeveral,
		facts.DMARCRecords, facts.DMARCOthers, facts.DMARCAlias, facts.DMARCEnforced}
)

// record derives all facts about the record of a name.
func (d *derivation) record(t *evidence.Target, name string) known {
	if why := d.unheard(t); why.Code != "" {
		nothing := facts.Because(why)
		return together(same(placeFacts, nothing), same(olderFacts, nothing), same(policyFacts, nothing), same(syntaxFacts, nothing), same(reportFacts, nothing))
	}
	f := d.byWalk(name)
	return together(d.place(f), d.older(name), f.own.beside(), f.several(), f.policy(), f.syntax(), d.reports(f))
}

// place tells whose record counts, if any does.
func (d *derivation) place(f discovery) known {
	if f.why.Code != "" {
		return same([]facts.Name{facts.DMARCFound, facts.DMARCDomain, facts.DMARCInherited, facts.DMARCRecord, facts.DMARCEnforced}, f.unknown())
	}
	if !f.found {
		all := same([]facts.Name{facts.DMARCDomain, facts.DMARCInherited, facts.DMARCRecord}, f.own.seen(f.nothing()))
		all[facts.DMARCFound], all[facts.DMARCEnforced] = f.own.seen(facts.No()), f.own.seen(facts.No())
		return all
	}
	return known{
		facts.DMARCFound:     f.seen(counts(f.record()).Unless(d.hidden(f))),
		facts.DMARCDomain:    f.seen(facts.Is(facts.TextValue(f.domain))),
		facts.DMARCInherited: f.seen(facts.Truth(f.inherited())),
		facts.DMARCRecord:    f.seen(facts.Is(facts.TextValue(dnsanswer.Shown(f.record().String())))),
		facts.DMARCEnforced:  f.seen(f.enforced()),
	}
}

// nothing is that there is no record of which something could be told.
func (f discovery) nothing() facts.Known {
	return facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "no DMARC record counts for " + f.own.domain})
}

// counts tells whether receivers use a record (RFC 9989 section 4.10.1).
func counts(r mailpolicy.DMARC) facts.Known {
	switch r.Worst() {
	case mailpolicy.Ignored:
		return facts.No()
	case mailpolicy.Repeated, mailpolicy.Disputed:
		return facts.Because(openReading(r))
	}
	return facts.Yes()
}

// openReading is why it is not known what receivers make of a record.
func openReading(r mailpolicy.DMARC) facts.Unknown {
	if r.Worst() == mailpolicy.Repeated {
		return facts.Unknown{Code: facts.Ambiguous, Detail: "a tag stands twice in the DMARC record: by the standard it is invalid, and some receivers read it all the same"}
	}
	return facts.Unknown{Code: facts.Ambiguous, Detail: "the DMARC record has neither p nor a usable rua: section 4.7 of RFC 9989 reads that as p=none, section 4.10.1 as no record"}
}

// older tells what receivers of RFC 7489 find.
func (d *derivation) older(name string) known {
	f := d.bySuffixList(name)
	switch {
	case f.why.Code != "":
		return same(olderFacts, f.unknown())
	case !f.found:
		return dated(f.own, known{facts.DMARCOlderFound: facts.No(), facts.DMARCOlderEnforced: facts.No(), facts.DMARCOlderDomain: f.nothing()})
	}
	r, found := f.record(), counts(f.record())
	// RFC 7489 section 6.6.3 leaves no doubt: without p and rua the record is ignored.
	if r.Worst() == mailpolicy.Disputed {
		found = facts.No()
	}
	// Of a policy that is applied to no message the next weaker one is left (RFC 7489 section 6.6.4).
	least := 0
	if r.Percent == 0 {
		least = strength(mailpolicy.Quarantine)
	}
	return dated(f.look, known{
		facts.DMARCOlderFound:    found.Unless(d.hidden(f)),
		facts.DMARCOlderEnforced: facts.All(found, facts.Truth(strength(f.applied()) > least)),
		facts.DMARCOlderDomain:   facts.Is(facts.TextValue(f.domain)),
	})
}

// beside tells what else stands at the place of a name's own record.
func (l look) beside() known {
	if l.why.Code != "" {
		return same([]facts.Name{facts.DMARCMeant, facts.DMARCOthers, facts.DMARCAlias}, l.unknown())
	}
	alias, others := facts.Is(facts.TextValue(l.alias)), facts.Is(facts.ListValue(l.strange()))
	nothing := facts.Unknown{Code: facts.NotFound, Detail: "there is nothing of the kind beside a DMARC record of " + l.domain}
	if l.alias == "" {
		alias = facts.Because(nothing)
	}
	if len(l.others) == 0 {
		others = facts.Because(nothing)
	}
	meant := facts.Truth(len(l.records) == 0 && len(l.meant) > 0)
	return dated(l, known{facts.DMARCMeant: meant, facts.DMARCOthers: others, facts.DMARCAlias: alias})
}

// strange writes the texts of a look that are no DMARC records.
func (l look) strange() (list []string) {
	for _, text := range firstFew(l.others, maxTexts) {
		list = append(list, dnsanswer.Shown(text))
	}
	return list
}

// several tells whether more than one record stands where a record was looked for. What stands above is no matter of a name that has a
// record of its own.
func (f discovery) several() known {
	open := f.why
	for _, l := range append([]look{f.own}, f.above...) {
		if len(l.records) > 1 {
			return known{facts.DMARCSeveral: l.seen(facts.Yes()), facts.DMARCRecords: l.seen(facts.Is(facts.ListValue(l.texts())))}
		}
	}
	list := f.look.texts()
	return known{facts.DMARCSeveral: f.seen(facts.No().Unless(open)), facts.DMARCRecords: f.seen(facts.Is(facts.ListValue(list)).Unless(open))}
}

// texts writes the records of a look.
func (l look) texts() (list []string) {
	for _, r := range firstFew(l.records, maxTexts) {
		list = append(list, dnsanswer.Shown(r.String()))
	}
	return list
}

// applied is the policy of the record for the name: that for sub-domains where it is inherited. The name exists, so that np does not count.
func (f discovery) applied() mailpolicy.DMARCPolicy {
	if f.inherited() {
		return subdomains(f.record())
	}
	return f.record().Policy
}

// subdomains is the policy of a record for names below its domain that exist.
func subdomains(r mailpolicy.DMARC) mailpolicy.DMARCPolicy {
	if r.Subdomains != "" {
		return r.Subdomains
	}
	return r.Policy
}

// enforced tells whether receivers are asked to do anything with mail that fails.
func (f discovery) enforced() facts.Known {
	r := f.record()
	strict := strength(f.applied()) > 0 && !r.Testing
	switch {
	// Either reading of such a record asks for nothing.
	case r.Worst() == mailpolicy.Ignored, r.Worst() == mailpolicy.Disputed:
		return facts.No()
	case r.Worst() == mailpolicy.Repeated:
		return facts.Because(openReading(r))
	}
	return facts.Truth(strict)
}

// strength orders policies.
func strength(p mailpolicy.DMARCPolicy) int {
	return map[mailpolicy.DMARCPolicy]int{mailpolicy.Quarantine: 1, mailpolicy.Reject: 2}[p]
}

// policy tells what the record asks for.
func (f discovery) policy() known {
	switch {
	case f.why.Code != "":
		return same(policyFacts, f.unknown())
	case !f.found:
		return same(policyFacts, f.own.seen(f.nothing()))
	case !counts(f.record()).IsYes():
		return same(policyFacts, f.seen(counts(f.record()).Unless(facts.Unknown{Code: facts.NotFound, Detail: "receivers ignore the DMARC record of " + f.domain})))
	}
	r := f.record()
	return dated(f.look, known{
		facts.DMARCPolicyApplied:  facts.Is(facts.TextValue(string(f.applied()))),
		facts.DMARCPolicyMissing:  facts.Truth(!r.HasPolicy),
		facts.DMARCTesting:        facts.Truth(r.Testing),
		facts.DMARCPercent:        facts.Is(facts.IntValue(int64(r.Percent))),
		facts.DMARCSubdomains:     facts.Is(facts.TextValue(string(subdomains(r)))),
		facts.DMARCSubdomainsLess: facts.Truth(strength(subdomains(r)) < strength(r.Policy)),
	})
}

// syntax tells what is wrong in the record that counts, or in the one that the name was meant to have.
func (f discovery) syntax() known {
	l, r := f.look, mailpolicy.DMARC{}
	switch {
	case f.own.why.Code == "" && len(f.own.records) == 0 && len(f.own.meant) > 0:
		l, r = f.own, f.own.meant[0]
	case f.own.why.Code == "" && len(f.own.records) > 1:
		return same(syntaxFacts, f.own.seen(facts.Because(facts.Unknown{Code: facts.Ambiguous, Detail: f.own.domain + " has several DMARC records, of which none counts"})))
	case f.why.Code != "":
		return same(syntaxFacts, f.unknown())
	case !f.found:
		return same(syntaxFacts, f.own.seen(f.nothing()))
	default:
		r = f.record()
	}
	var list []string
	lost := false
	for _, fault := range r.Faults {
		list = append(list, fault.String())
		lost = lost || fault.Harm == mailpolicy.LostReport
	}
	ignored := facts.Truth(r.Worst() == mailpolicy.Ignored || r.Worst() == mailpolicy.Repeated)
	if r.Worst() == mailpolicy.Disputed {
		ignored = facts.Because(openReading(r))
	}
	return dated(l, known{
		facts.DMARCFaulty:     facts.Truth(r.Worst() > 0),
		facts.DMARCFaults:     facts.Is(facts.ListValue(list)),
		facts.DMARCIgnored:    ignored,
		facts.DMARCReadAsNone: facts.Truth(r.Worst() == mailpolicy.ReadAsNone),
		facts.DMARCLostReport: facts.Truth(lost),
	})
}

// firstFew is the beginning of a list.
func firstFew[T any](list []T, n int) []T { return list[:min(len(list), n)] }

// same says the same of several facts.
func same(names []facts.Name, k facts.Known) known {
	all := known{}
	for _, name := range names {
		all[name] = k
	}
	return all
}

// dated dates facts by a look.
func dated(l look, all known) known {
	for name, k := range all {
		all[name] = l.seen(k)
	}
	return all
}

// together joins what is known of one subject.
func together(parts ...known) known {
	all := known{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}
