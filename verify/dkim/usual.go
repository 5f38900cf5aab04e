package dkim

// This file looks at selectors that are usual with providers. That a domain has none of them shows nothing: most selectors are not.

import (
	"slices"

	"mxverdict/verify/dkim/record"
	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// usualSelectors are selectors that large providers and common programs propose, as they were seen in published keys until 2026-11:
// Google, Microsoft 365, SendGrid, Mailchimp, Mandrill, Fastmail, Proton, iCloud, Zoho, cPanel, and what people choose themselves.
var usualSelectors = []string{"google", "selector1", "selector2", "s1", "s2", "k1", "k2", "k3", "mandrill", "fm1", "protonmail", "sig1", "zoho",
	"default", "dkim", "mail"}

// toUsual asks one name server for the keys of these selectors. It is one that said something of the name below which they stand: it is
// the word of such a server that a key would contradict. Aliases are not followed, since an alias shows enough.
func (d *derivation) toUsual(domain string) (list []reading.Question) {
	place := record.Below(domain)
	servers := d.Witnesses(place)
	i := slices.IndexFunc(servers, func(s evidence.Server) bool { return d.Spoke(s, place) })
	if i < 0 {
		return nil
	}
	for _, selector := range usualSelectors {
		list = append(list, reading.ToServers(servers[i:i+1], 0, record.Name(selector, domain), "TXT")...)
	}
	return list
}

// usual are those of these selectors at which something stands that is a key, or leads elsewhere. Where all of them do, it is a wildcard.
// why is why some that were asked for are not known: a key that a server fails at is no witness for its lack.
func (d *derivation) usual(domain string) (found []string, why facts.Unknown) {
	for _, selector := range usualSelectors {
		name := record.Name(selector, domain)
		first, _ := d.SaidBy("", name, "TXT")
		isKey := func(text string) bool { _, is := record.Parse(text); return is }
		if first.Failure == nil && (first.Alias != "" || slices.ContainsFunc(dnsanswer.Texts(first.Records), isKey)) {
			found = append(found, selector)
		}
		if first.Failure != nil && !dnsanswer.Absent(first.Failure) && why.Code == "" && d.Asked(name, "TXT") {
			why = reading.Unanswered(first.Failure, "the question for the DKIM key at "+name)
		}
	}
	if len(found) == len(usualSelectors) {
		return nil, why
	}
	return found, why
}
