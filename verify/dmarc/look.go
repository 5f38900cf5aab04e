package dmarc

// This file reads what the name servers say of the texts at one name. Only what is a DMARC record, or was meant as one, is compared: other
// texts may differ as they like.

import (
	"slices"
	"strings"
	"time"

	"mxverdict/verify/dnsanswer"
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

// look looks at the place of a record. All servers that were asked have to agree: which of them is behind cannot be seen from outside.
// untold tells why some server may have a record that the others deny.
func (d *derivation) look(domain string, untold func([]evidence.Server, string, string) facts.Unknown) look {
	name := mailpolicy.DMARCName(domain)
	w := d.OfServers(name, "TXT")
	l := look{domain: domain, why: w.Why, at: w.At, evidence: w.Evidence}
	if !w.Known() {
		return l
	}
	if end := d.EndOf(name, "TXT"); end != name {
		l.alias = end
	}
	records, meant, others := mailpolicy.SortDMARC(dnsanswer.Texts(w.Records))
	for _, asked := range distinct(name, l.alias) {
		servers := d.askedAbout(asked)
		// Who was cut short by our own end might have said something else.
		if l.why = d.CutShort(asked, "TXT"); l.why.Code != "" {
			return l
		}
		if l.why = d.differ(asked, servers); l.why.Code != "" {
			return l
		}
		// One server that gives a record is enough for what exists. Texts of another kind deny one as much as none at all do.
		if l.why = untold(servers, asked, "TXT"); len(records) == 0 && l.why.Code != "" {
			return l
		}
	}
	l.records, l.meant, l.others, l.why = records, meant, others, facts.Unknown{}
	return l
}

// distinct is a name, and the one to which it leads if there is one.
func distinct(name, alias string) []string {
	if alias == "" {
		return []string{name}
	}
	return []string{name, alias}
}

// askedAbout are the servers that were asked for the texts of a name, an entry for each address to which this machine has a route. A
// server above the zone that only said whom to ask is none of them.
func (d *derivation) askedAbout(name string) (servers []evidence.Server) {
	for _, i := range d.AskedFor(name, "TXT") {
		x := &d.Bundle.Exchanges[i]
		s := evidence.Server{Name: x.ServerName, Address: dnsanswer.AddressOf(x.Server)}
		refers := x.RCode == "NOERROR" && !x.AA && len(x.Answer) == 0
		if x.Role == evidence.Authoritative && !refers && !slices.Contains(servers, s) && !d.Routeless(s.Address) {
			servers = append(servers, s)
		}
	}
	return servers
}

// differ is how servers contradict each other about the records at a name, or the zero value.
func (d *derivation) differ(name string, servers []evidence.Server) facts.Unknown {
	said, by := "", ""
	for _, s := range servers {
		_, end := d.SaidBy(s.Address, name, "TXT")
		if end.Failure != nil && !dnsanswer.Absent(end.Failure) {
			continue
		}
		records, meant, _ := mailpolicy.SortDMARC(dnsanswer.Texts(end.Records))
		var texts []string
		for _, r := range slices.Concat(records, meant) {
			texts = append(texts, r.String())
		}
		slices.Sort(texts)
		text, label := shownList(texts), s.Name+" ["+s.Address+"]"
		switch {
		case by == "":
			said, by = strings.Join(texts, "\n"), label+" gives "+text
		case said != strings.Join(texts, "\n"):
			return facts.Unknown{Code: facts.Disagreement, Detail: "the name servers give different DMARC records: " + by + ", " + label + " gives " + text}
		}
	}
	return facts.Unknown{}
}

// shownList writes records for people who compare them.
func shownList(texts []string) string {
	if len(texts) == 0 {
		return "none"
	}
	var list []string
	for _, text := range firstFew(texts, 2) {
		list = append(list, shown(text))
	}
	return strings.Join(list, " and ")
}

// seen dates what was derived from a look.
func (l look) seen(k facts.Known) facts.Known { return k.Seen(l.at, l.evidence) }

// unknown is what a look leaves open.
func (l look) unknown() facts.Known { return l.seen(facts.Because(l.why)) }
