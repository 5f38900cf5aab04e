package dmarc

// This file tells whether policies are enforced throughout an organisation, as BIMI wants it: a logo beside mail of a name is believed only
// where nobody can forge mail of any name of that organisation (draft-brand-indicators-for-message-identification section 7.1).

import (
	"fmt"

	"mxverdict/verify/dmarc/discovery"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

// toOrganisation asks for the record of the organisational domain of a name that has one of its own. The draft takes the domain by the
// public suffix list (RFC 7489 section 3.2).
func (d *derivation) toOrganisation(name string) []reading.Question {
	if domain := mailpolicy.RegisteredDomain(name); domain != name {
		return d.ToBoth(mailpolicy.DMARCName(domain), "TXT")
	}
	return nil
}

// throughout tells whether the record of a name and that of its organisation leave nothing open. What is wrong in one decides, whatever is
// not known of the other.
func (d *derivation) throughout(name string, f found) known {
	if f.Why.Code != "" {
		return same(throughoutFacts, f.Unknown())
	}
	if !f.Found {
		return dated(f.Own, known{facts.DMARCThroughout: facts.No(), facts.DMARCThroughoutGaps: facts.Is(facts.ListValue([]string{"no DMARC record counts for " + name}))})
	}
	looks := []discovery.Look{f.Look}
	if domain := mailpolicy.RegisteredDomain(name); domain != f.Domain {
		looks = append(looks, d.At(domain))
	}
	var gaps []string
	var open facts.Unknown
	for _, l := range looks {
		switch {
		case l.Why.Code != "":
			open = l.Why
		case len(l.Records) != 1:
			// Section 1 of the draft demands a strong policy of the organisation too; by section 7.1 only one of p=none shuts logos out.
			open = facts.Unknown{Code: facts.Ambiguous, Detail: l.Domain + " itself has no DMARC record that counts, and the draft of BIMI can be read either way there"}
		default:
			found, why := gapsOf(l.Domain, l.Records[0])
			gaps = append(gaps, found...)
			if why.Code != "" {
				open = why
			}
		}
	}
	if len(gaps) > 0 {
		open = facts.Unknown{}
	}
	return known{
		facts.DMARCThroughout:     f.Seen(facts.Truth(len(gaps) == 0).Unless(open)),
		facts.DMARCThroughoutGaps: f.Seen(facts.Is(facts.ListValue(gaps)).Unless(open)),
	}
}

// gapsOf lists what a record leaves open, or why that cannot be told.
func gapsOf(domain string, r mailpolicy.DMARC) (gaps []string, open facts.Unknown) {
	switch r.Worst() {
	case mailpolicy.Ignored:
		return []string{"receivers ignore the record of " + domain}, open
	case mailpolicy.Repeated, mailpolicy.Disputed:
		return nil, discovery.OpenReading(r)
	}
	if discovery.Strength(r.Policy) == 0 {
		gaps = append(gaps, "the policy of "+domain+" is none")
	}
	// Only one that the record states: without it names below have the policy of the domain.
	if r.Subdomains == mailpolicy.NoPolicy && discovery.Strength(r.Policy) > 0 {
		gaps = append(gaps, "the policy for names below "+domain+" is none (sp)")
	}
	if r.Policy == mailpolicy.Quarantine && r.Percent < 100 {
		gaps = append(gaps, fmt.Sprintf("the policy of %s is for some of the mail only (pct=%d)", domain, r.Percent))
	}
	if r.Testing && len(gaps) == 0 {
		open = facts.Unknown{Code: facts.Ambiguous, Detail: "the policy of " + domain + " is only tried out (t=y), and who shows logos may know that tag or not"}
	}
	return gaps, open
}
