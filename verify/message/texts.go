package message

// This file reads what name servers say of the texts at a name on which a result rests: an SPF record, or a key.

import (
	"slices"

	"mxverdict/verify/dmarc/discovery"
	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/spf/record"
)

// spfRecords looks at the SPF records of a domain. Senders are judged by what receivers find at their resolvers, so that these have to give
// what the name servers do.
func (d *derivation) spfRecords(domain string) (seen string, why facts.Unknown) {
	found, why := d.texts(domain, "SPF records", isSPF)
	r := d.WordOfResolver(domain, "TXT")
	if why.Code == "" && r.Known() && !slices.Equal(isSPF(found.All), isSPF(dnsanswer.Texts(r.Records))) {
		why = facts.Unknown{Code: facts.Disagreement, Detail: "the resolver gives other SPF records of " + domain + " than the name servers"}
	}
	return found.Evidence, why
}

// isSPF are those of some texts that are SPF records, in order.
func isSPF(texts []string) (list []string) {
	for _, text := range texts {
		if record.Is(text) {
			list = append(list, text)
		}
	}
	slices.Sort(list)
	return list
}

// texts are those at a name. That there is none that matters takes the word of all servers.
func (d *derivation) texts(name, called string, matter func([]string) []string) (reading.Texts, facts.Unknown) {
	found := d.TextsAt(name, called, matter)
	why := found.Why
	if why.Code == "" && len(matter(found.All)) == 0 {
		why = d.UntoldTexts(found, d.Untold)
	}
	return found, d.ended(why)
}

// KeyTexts are the texts at the place of a key; known is false where that is not known.
func KeyTexts(r *reading.Reading, name string) (texts []string, known bool) {
	d := &derivation{Finder: discovery.Finder{Reading: r}}
	found, why := d.texts(dnsanswer.HostName(name), "keys", slices.Clone[[]string])
	return found.All, why.Code == ""
}

// shown writes a text of a stranger for people.
func shown(text string) string { return dnsanswer.Shown(text) }
