package dmarc

// This file tells what receivers make of the record that counts.

import (
	"maps"

	"mxverdict/verify/dmarc/discovery"
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
	olderFacts      = []facts.Name{facts.DMARCOlderFound, facts.DMARCOlderEnforced, facts.DMARCOlderDomain}
	syntaxFacts     = []facts.Name{facts.DMARCFaulty, facts.DMARCFaults, facts.DMARCIgnored, facts.DMARCReadAsNone, facts.DMARCLostReport}
	throughoutFacts = []facts.Name{facts.DMARCThroughout, facts.DMARCThroughoutGaps}
	reportFacts     = []facts.Name{facts.DMARCReportsMissing, facts.DMARCReportsTo, facts.DMARCFailuresTo, facts.DMARCExternal, facts.DMARCExternalRefused,
		facts.DMARCExternalRefusing}
	placeFacts = []facts.Name{facts.DMARCHidden, facts.DMARCHiddenBy, facts.DMARCFound, facts.DMARCDomain, facts.DMARCInherited, facts.DMARCRecord, facts.DMARCMeant, facts.DMARCSeveral,
		facts.DMARCRecords, facts.DMARCOthers, facts.DMARCAlias, facts.DMARCEnforced}
)

// record derives all facts about the record of a name.
func (d *derivation) record(t *evidence.Target, name string) known {
	if why := d.unheard(t); why.Code != "" {
		nothing := facts.Because(why)
		return together(same(placeFacts, nothing), same(olderFacts, nothing), same(policyFacts, nothing), same(throughoutFacts, nothing),
			same(syntaxFacts, nothing), same(reportFacts, nothing))
	}
	f := d.walk(name)
	return together(d.place(f), d.older(name), beside(f.Own), f.several(), f.policy(), d.throughout(name, f), f.syntax(), d.reports(f))
}

// place tells whose record counts, if any does.
func (d *derivation) place(f found) known {
	if f.Why.Code != "" {
		return same([]facts.Name{facts.DMARCHidden, facts.DMARCHiddenBy, facts.DMARCFound, facts.DMARCDomain, facts.DMARCInherited, facts.DMARCRecord, facts.DMARCEnforced}, f.Unknown())
	}
	if !f.Found {
		all := same([]facts.Name{facts.DMARCDomain, facts.DMARCInherited, facts.DMARCRecord}, f.Own.Seen(f.nothing()))
		all[facts.DMARCHidden], all[facts.DMARCHiddenBy] = f.Own.Seen(facts.No()), f.Own.Seen(f.nothing())
		all[facts.DMARCFound], all[facts.DMARCEnforced] = f.Own.Seen(facts.No()), f.Own.Seen(facts.No())
		return all
	}
	hidden, by := d.HiddenRecord(f.Discovery)
	return known{
		facts.DMARCHidden:    f.Seen(hidden),
		facts.DMARCHiddenBy:  f.Seen(by),
		facts.DMARCFound:     f.Seen(discovery.Counts(f.Record()).Unless(hidden.Why)),
		facts.DMARCDomain:    f.Seen(facts.Is(facts.TextValue(f.Domain))),
		facts.DMARCInherited: f.Seen(facts.Truth(f.Inherited())),
		facts.DMARCRecord:    f.Seen(facts.Is(facts.TextValue(dnsanswer.Shown(f.Record().String())))),
		facts.DMARCEnforced:  f.Seen(f.Enforced()),
	}
}

// nothing is that there is no record of which something could be told.
func (f found) nothing() facts.Known {
	return facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "no DMARC record counts for " + f.Own.Domain})
}

// older tells what receivers of RFC 7489 find.
func (d *derivation) older(name string) known {
	f := d.suffixList(name)
	switch {
	case f.Why.Code != "":
		return same(olderFacts, f.Unknown())
	case !f.Found:
		return dated(f.Own, known{facts.DMARCOlderFound: facts.No(), facts.DMARCOlderEnforced: facts.No(), facts.DMARCOlderDomain: f.nothing()})
	}
	r, found := f.Record(), discovery.Counts(f.Record())
	// RFC 7489 section 6.6.3 leaves no doubt: without p and rua the record is ignored.
	if r.Worst() == mailpolicy.Disputed {
		found = facts.No()
	}
	// Of a policy that is applied to no message the next weaker one is left (RFC 7489 section 6.6.4).
	least := 0
	if r.Percent == 0 {
		least = discovery.Strength(mailpolicy.Quarantine)
	}
	hidden, _ := d.HiddenRecord(f.Discovery)
	return dated(f.Look, known{
		facts.DMARCOlderFound:    found.Unless(hidden.Why),
		facts.DMARCOlderEnforced: facts.All(found, facts.Truth(discovery.Strength(f.Applied()) > least)),
		facts.DMARCOlderDomain:   facts.Is(facts.TextValue(f.Domain)),
	})
}

// beside tells what else stands at the place of a name's own record.
func beside(l discovery.Look) known {
	if l.Why.Code != "" {
		return same([]facts.Name{facts.DMARCMeant, facts.DMARCOthers, facts.DMARCAlias}, l.Unknown())
	}
	alias, others := facts.Is(facts.TextValue(l.Alias)), facts.Is(facts.ListValue(strange(l)))
	nothing := facts.Unknown{Code: facts.NotFound, Detail: "there is nothing of the kind beside a DMARC record of " + l.Domain}
	if l.Alias == "" {
		alias = facts.Because(nothing)
	}
	if len(l.Others) == 0 {
		others = facts.Because(nothing)
	}
	meant := facts.Truth(len(l.Records) == 0 && len(l.Meant) > 0)
	return dated(l, known{facts.DMARCMeant: meant, facts.DMARCOthers: others, facts.DMARCAlias: alias})
}

// strange writes the texts of a look that are no DMARC records.
func strange(l discovery.Look) (list []string) {
	for _, text := range firstFew(l.Others, maxTexts) {
		list = append(list, dnsanswer.Shown(text))
	}
	return list
}

// several tells whether more than one record stands where a record was looked for. What stands above is no matter of a name that has a
// record of its own.
func (f found) several() known {
	open := f.Why
	for _, l := range append([]discovery.Look{f.Own}, f.Above...) {
		if len(l.Records) > 1 {
			return known{facts.DMARCSeveral: l.Seen(facts.Yes()), facts.DMARCRecords: l.Seen(facts.Is(facts.ListValue(texts(l))))}
		}
	}
	list := texts(f.Look)
	return known{facts.DMARCSeveral: f.Seen(facts.No().Unless(open)), facts.DMARCRecords: f.Seen(facts.Is(facts.ListValue(list)).Unless(open))}
}

// texts writes the records of a look.
func texts(l discovery.Look) (list []string) {
	for _, r := range firstFew(l.Records, maxTexts) {
		list = append(list, dnsanswer.Shown(r.String()))
	}
	return list
}

// policy tells what the record asks for.
func (f found) policy() known {
	switch {
	case f.Why.Code != "":
		return same(policyFacts, f.Unknown())
	case !f.Found:
		return same(policyFacts, f.Own.Seen(f.nothing()))
	case !discovery.Counts(f.Record()).IsYes():
		return same(policyFacts, f.Seen(discovery.Counts(f.Record()).Unless(facts.Unknown{Code: facts.NotFound, Detail: "receivers ignore the DMARC record of " + f.Domain})))
	}
	r := f.Record()
	return dated(f.Look, known{
		facts.DMARCPolicyApplied:  facts.Is(facts.TextValue(string(f.Applied()))),
		facts.DMARCPolicyMissing:  facts.Truth(!r.HasPolicy),
		facts.DMARCTesting:        facts.Truth(r.Testing),
		facts.DMARCPercent:        facts.Is(facts.IntValue(int64(r.Percent))),
		facts.DMARCSubdomains:     facts.Is(facts.TextValue(string(discovery.Subdomains(r)))),
		facts.DMARCSubdomainsLess: facts.Truth(discovery.Strength(discovery.Subdomains(r)) < discovery.Strength(r.Policy)),
	})
}

// syntax tells what is wrong in the record that counts, or in the one that the name was meant to have.
func (f found) syntax() known {
	l, r := f.Look, mailpolicy.DMARC{}
	switch {
	case f.Own.Why.Code == "" && len(f.Own.Records) == 0 && len(f.Own.Meant) > 0:
		l, r = f.Own, f.Own.Meant[0]
	case f.Own.Why.Code == "" && len(f.Own.Records) > 1:
		return same(syntaxFacts, f.Own.Seen(facts.Because(facts.Unknown{Code: facts.Ambiguous, Detail: f.Own.Domain + " has several DMARC records, of which none counts"})))
	case f.Why.Code != "":
		return same(syntaxFacts, f.Unknown())
	case !f.Found:
		return same(syntaxFacts, f.Own.Seen(f.nothing()))
	default:
		r = f.Record()
	}
	var list []string
	lost := false
	for _, fault := range r.Faults {
		list = append(list, fault.String())
		lost = lost || fault.Harm == mailpolicy.LostReport
	}
	ignored := facts.Truth(r.Worst() == mailpolicy.Ignored || r.Worst() == mailpolicy.Repeated)
	if r.Worst() == mailpolicy.Disputed {
		ignored = facts.Because(discovery.OpenReading(r))
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
func dated(l discovery.Look, all known) known {
	for name, k := range all {
		all[name] = l.Seen(k)
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
