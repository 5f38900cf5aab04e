package dmarc

// This file tells where the reports of a record go, and whether domains of others want them: without their consent anybody could have
// reports sent to anybody (RFC 9990 section 3.2.3, RFC 7489 section 7.1).

import (
	"fmt"
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
)

// maxReceivers bounds the domains that are asked for their consent. Receivers of reports need to serve two addresses (RFC 7489 section
// 6.2), and who names hundreds wants something else.
const maxReceivers = 8

// reports tells where the reports of the record that counts go.
func (d *derivation) reports(f found) known {
	switch {
	case f.Why.Code != "":
		return same(reportFacts, f.Unknown())
	case !f.Found:
		return same(reportFacts, f.Own.Seen(f.nothing()))
	}
	r := f.Record()
	receivers := external(f.Domain, r)
	list, open, shows := d.refusing(f.Domain, firstFew(receivers, maxReceivers))
	refused, refusing := facts.Found(list, open)
	if n := len(receivers); n > maxReceivers {
		rest := facts.Unknown{Code: facts.Untested, Detail: fmt.Sprintf("of %d domains that shall get reports only the first %d were asked", n, maxReceivers)}
		if refused.IsNo() {
			refused, refusing = refused.Unless(rest), refusing.Unless(rest)
		}
	}
	return dated(f.Look, known{
		facts.DMARCReportsMissing:   facts.Truth(len(r.RUA) == 0),
		facts.DMARCReportsTo:        facts.Is(facts.ListValue(mails(r.RUA))),
		facts.DMARCFailuresTo:       facts.Is(facts.ListValue(mails(r.RUF))),
		facts.DMARCExternal:         facts.Is(facts.ListValue(firstFew(receivers, maxAddresses))),
		facts.DMARCExternalRefused:  refused.Seen(shows.At, shows.Evidence),
		facts.DMARCExternalRefusing: refusing.Seen(shows.At, shows.Evidence),
	})
}

// mails lists addresses for people.
func mails(addresses []mailpolicy.ReportAddress) (list []string) {
	for _, a := range firstFew(addresses, maxAddresses) {
		list = append(list, dnsanswer.Shown(a.Mail))
	}
	return list
}

// external lists the domains to which the reports of a domain go and that are another organisation's by the public suffix list, each
// once, in the order of the record.
func external(domain string, r mailpolicy.DMARC) (receivers []string) {
	seen := map[string]bool{}
	for _, a := range slices.Concat(r.RUA, r.RUF) {
		if !seen[a.Host] && mailpolicy.RegisteredDomain(a.Host) != mailpolicy.RegisteredDomain(domain) {
			receivers = append(receivers, a.Host)
		}
		seen[a.Host] = true
	}
	return receivers
}

// refusing lists the receivers that are known not to agree, each with the name at which they would, and why it is not known of others.
// Shows is the answer that decides: of a receiver that does not agree, else of the last one.
func (d *derivation) refusing(domain string, receivers []string) (list []string, open facts.Unknown, shows facts.Known) {
	for _, receiver := range receivers {
		agrees := d.agrees(domain, receiver)
		if len(list) == 0 {
			shows = agrees
		}
		switch {
		case agrees.IsNo():
			list = append(list, receiver+" (nothing at "+domain+"._report._dmarc."+receiver+")")
		case !agrees.Known() && open.Code == "":
			open = agrees.Why
		}
	}
	return list, open, shows
}

// agrees tells whether a domain gets reports about another one: by its own word, or because both are one organisation.
func (d *derivation) agrees(domain, receiver string) facts.Known {
	consent := d.consent(domain, receiver)
	if !consent.IsNo() {
		return consent
	}
	one := d.oneOrganisation(domain, receiver)
	return facts.Any(one, consent).Seen(consent.At, consent.Evidence)
}

// consent tells whether a receiver publishes its consent.
func (d *derivation) consent(domain, receiver string) facts.Known {
	name := mailpolicy.ReportConsentName(domain, receiver)
	if name == "" {
		return facts.No()
	}
	w := d.OfServers(name, "TXT")
	return w.Is(facts.BoolValue(mailpolicy.ReportConsent(dnsanswer.Texts(w.Records))))
}

// oneOrganisation tells whether two domains of different public suffixes are one organisation by the tree walk of RFC 9989 (section 4.10.2), as
// two below a private suffix may be: some domain above both has a record and is no public suffix itself, or both are within one name below it.
func (d *derivation) oneOrganisation(domain, receiver string) facts.Known {
	common := commonAbove(domain, receiver)
	for i, above := range common {
		l := d.At(above)
		switch {
		case l.Why.Code != "":
			return l.Unknown()
		case len(l.Records) == 1 && (l.Records[0].PSD != 'y' || i > 0):
			return l.Seen(facts.Yes())
		}
	}
	return facts.No()
}

// commonAbove lists the domains that hold both of two domains, the longest first.
func commonAbove(a, b string) (domains []string) {
	for _, domain := range mailpolicy.DMARCWalk(a) {
		if dnsanswer.Within(b, domain) {
			domains = append(domains, domain)
		}
	}
	return domains
}
