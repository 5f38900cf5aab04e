package dmarc

// This file reads what the name servers say of the texts at one name. Only what is a DMARC record, or was meant as one, is compared: other
// texts may differ as they like.

import (
	"slices"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
)

// look is what stands at the place of a DMARC record.
type look struct {
	domain         string // below which it is
	records, meant []mailpolicy.DMARC
	others         []string
	alias          string
	why            facts.Unknown // why that is not known
	at             time.Time
	evidence       string
}

// own looks at the place of the record of a name that is tested. That there is none takes the word of all servers that were asked.
func (d *derivation) own(domain string) look { return d.look(domain, d.Untold) }

// at looks at the place of another domain's record, for which one server was asked until one answered. That there is none takes a
// second witness: the resolver, or else the other servers.
func (d *derivation) at(domain string) look {
	return d.look(domain, func(servers []evidence.Server, name, rrtype string) facts.Unknown {
		if d.WordOfResolver(mailpolicy.DMARCName(domain), rrtype).Absent {
			return facts.Unknown{}
		}
		return d.Untold(servers, name, rrtype)
	})
}

// look looks at the place of a record. untold tells why some server may have a record that the others deny.
func (d *derivation) look(domain string, untold func([]evidence.Server, string, string) facts.Unknown) look {
	texts := d.TextsAt(mailpolicy.DMARCName(domain), "DMARC records", matter)
	l := look{domain: domain, why: texts.Why, at: texts.At, evidence: texts.Evidence, alias: texts.Alias}
	if l.why.Code != "" {
		return l
	}
	records, meant, others := mailpolicy.SortDMARC(texts.All)
	// One server that gives a record is enough for what exists. Texts of another kind deny one as much as none at all do.
	if len(records) == 0 {
		if l.why = d.UntoldTexts(texts, untold); l.why.Code != "" {
			return l
		}
	}
	l.records, l.meant, l.others = records, meant, others
	return l
}

// matter writes what is a DMARC record, or was meant as one.
func matter(texts []string) (list []string) {
	records, meant, _ := mailpolicy.SortDMARC(texts)
	for _, r := range slices.Concat(records, meant) {
		list = append(list, r.String())
	}
	return list
}

// seen dates what was derived from a look.
func (l look) seen(k facts.Known) facts.Known { return k.Seen(l.at, l.evidence) }

// unknown is what a look leaves open.
func (l look) unknown() facts.Known { return l.seen(facts.Because(l.why)) }
