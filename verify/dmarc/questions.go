package dmarc

import (
	"mxverdict/verify/dmarc/discovery"
	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

// Questions lists what is worth asking about the DMARC record of a target, after what is known. Most names have a record of their own, or
// their domain has one, and cost a few questions; those above are asked where the way of a receiver leads there.
func Questions(r *reading.Reading, t *evidence.Target, want reading.Wish) []reading.Question {
	// The zone comes first: without it nobody entitled to it could be asked.
	if !want.Has(facts.FromDMARC|facts.FromMailUse) || t.Kind == "address" || t.Delegation == nil {
		return nil
	}
	d, name := derive(r), dnsanswer.HostName(t.Name)
	var list []reading.Question
	if want.Has(facts.FromMailUse) {
		list = append(list, reading.ToZone(name, "MX", "TXT")...)
	}
	own := d.ToTexts(mailpolicy.DMARCName(name))
	if list = append(list, own...); !r.Done(own...) {
		return list
	}
	if want.Has(facts.FromDMARCWhole) {
		list = append(list, d.toOrganisation(name)...)
	}
	above := d.ToAbove(name)
	if list = append(list, above...); !r.Done(above...) {
		return list
	}
	if f := d.ByWalk(name); f.Found {
		list = append(list, r.ToProve(mailpolicy.DMARCName(f.Domain), "TXT")...)
	}
	if !want.Has(facts.FromDMARCReports) {
		return list
	}
	return append(list, d.toReceivers(d.ByWalk(name))...)
}

// toReceivers asks the domains of others whether they agree to get reports, and where one does not, whether both are one organisation.
func (d *derivation) toReceivers(f discovery.Discovery) (list []reading.Question) {
	if !f.Found {
		return nil
	}
	for _, receiver := range firstFew(external(f.Domain, f.Record()), maxReceivers) {
		name := mailpolicy.ReportConsentName(f.Domain, receiver)
		if name == "" {
			continue
		}
		ask := d.ToBoth(name, "TXT")
		if list = append(list, ask...); !d.Done(ask...) || !d.consent(f.Domain, receiver).IsNo() {
			continue
		}
		for _, above := range commonAbove(f.Domain, receiver) {
			list = append(list, d.ToBoth(mailpolicy.DMARCName(above), "TXT")...)
		}
	}
	return list
}
