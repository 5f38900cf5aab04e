package discovery

// This file reads what the name servers say of the texts at one name. Only what is a DMARC record, or was meant as one, is compared: other
// texts may differ as they like.

import (
	"slices"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
)

// Look is what stands at the place of a DMARC record.
type Look struct {
	Domain         string             // below which it is
	Records, Meant []mailpolicy.DMARC // texts that receivers take for records, and texts that were only meant as one
	Others         []string           // all other texts
	Alias          string             // the name to which an alias at the place leads, or ""
	Why            facts.Unknown      // why that is not known
	At             time.Time
	Evidence       string
}

// Own looks at the place of the record of a name that is tested. That there is none takes the word of all servers that were asked.
func (d Finder) Own(domain string) Look { return d.look(domain, d.Untold) }

// At looks at the place of another domain's record, for which one server was asked until one answered. That there is none takes a
// second witness: the resolver, or else the other servers.
func (d Finder) At(domain string) Look {
	return d.look(domain, func(servers []evidence.Server, name, rrtype string) facts.Unknown {
		if d.WordOfResolver(mailpolicy.DMARCName(domain), rrtype).Absent {
			return facts.Unknown{}
		}
		return d.Untold(servers, name, rrtype)
	})
}

// look looks at the place of a record. untold tells why some server may have a record that the others deny.
func (d Finder) look(domain string, untold func([]evidence.Server, string, string) facts.Unknown) Look {
	texts := d.TextsAt(mailpolicy.DMARCName(domain), "DMARC records", matter)
	l := Look{Domain: domain, Why: texts.Why, At: texts.At, Evidence: texts.Evidence, Alias: texts.Alias}
	if l.Why.Code != "" {
		return l
	}
	records, meant, others := mailpolicy.SortDMARC(texts.All)
	// One server that gives a record is enough for what exists. Texts of another kind deny one as much as none at all do.
	if len(records) == 0 {
		if l.Why = d.UntoldTexts(texts, untold); l.Why.Code != "" {
			return l
		}
	}
	l.Records, l.Meant, l.Others = records, meant, others
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

// Seen dates what was derived from a look.
func (l Look) Seen(k facts.Known) facts.Known { return k.Seen(l.At, l.Evidence) }

// Unknown is what a look leaves open.
func (l Look) Unknown() facts.Known { return l.Seen(facts.Because(l.Why)) }
