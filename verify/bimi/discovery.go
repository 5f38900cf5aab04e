package bimi

// This file finds the record that counts for a name (section 7.2 of the draft).

import (
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

// look is what stands at the place of a BIMI record.
type look struct {
	reading.Texts
	domain         string // below which it is
	records, meant []mailpolicy.BIMI
	why            facts.Unknown // why that is not known
}

// own looks at the place of the record of a name that is tested. That there is none takes the word of all servers that were asked.
func (d *derivation) own(domain string) look { return d.look(domain, d.Untold) }

// above looks at the place of the organisation's record, for which one server was asked until one answered. That there is none takes a
// second witness: the resolver, or else the other servers.
func (d *derivation) above(domain string) look {
	return d.look(domain, func(servers []evidence.Server, name, rrtype string) facts.Unknown {
		if d.WordOfResolver(mailpolicy.BIMIName(domain), rrtype).Absent {
			return facts.Unknown{}
		}
		return d.Untold(servers, name, rrtype)
	})
}

// look looks at the place of a record. untold tells why some server may have a record that the others deny.
func (d *derivation) look(domain string, untold func([]evidence.Server, string, string) facts.Unknown) look {
	l := look{Texts: d.TextsAt(mailpolicy.BIMIName(domain), "BIMI records", matter), domain: domain}
	if l.why = l.Why; l.why.Code != "" {
		return l
	}
	records, meant, _ := mailpolicy.SortBIMI(l.All)
	// One server that gives a record is enough for what exists. Texts of another kind deny one as much as none at all do.
	if len(records) == 0 {
		if l.why = d.UntoldTexts(l.Texts, untold); l.why.Code != "" {
			return l
		}
	}
	l.records, l.meant = records, meant
	return l
}

// matter writes what is a BIMI record, or was meant as one.
func matter(texts []string) (list []string) {
	records, meant, _ := mailpolicy.SortBIMI(texts)
	for _, r := range slices.Concat(records, meant) {
		list = append(list, r.String())
	}
	return list
}

// discovery is what those find who look for the record of a name.
type discovery struct {
	own    look
	look                 // that which counts: its own, or that of the organisation
	hidden facts.Unknown // why nobody may see the record, or the zero value
}

// find looks at the name, and where nothing counts there, at its organisational domain.
func (d *derivation) find(name string) discovery {
	f := discovery{own: d.own(name)}
	f.look = f.own
	if above := mailpolicy.RegisteredDomain(name); f.own.why.Code == "" && len(f.own.records) == 0 && above != name {
		if f.look = d.above(above); f.why.Code == "" && len(f.records) == 0 && len(f.meant) == 0 {
			f.look = f.own // nothing there either: what was meant at the name is worth telling
		}
	}
	if len(f.records) > 0 {
		f.hidden = d.hiddenRecord(mailpolicy.BIMIName(f.domain))
	}
	return f
}

// hiddenRecord is why nobody may see a record, or the zero value. That some see it, who do not check signatures, is no use to a sender.
func (d *derivation) hiddenRecord(name string) facts.Unknown {
	hidden := d.Hidden(name, "TXT")
	if hidden.IsYes() {
		return facts.Unknown{Code: facts.ServFail, Detail: "the signatures (DNSSEC) of " + name + " are broken, so that whoever checks them sees no record"}
	}
	return hidden.Why
}

// record is the one record that there is, of use or not; nil for none or several.
func (f discovery) record() *mailpolicy.BIMI {
	if f.why.Code != "" || len(f.records) != 1 {
		return nil
	}
	return &f.records[0]
}

// unknown is what is said of a record where there is none, or it is not known which.
func (f discovery) unknown() facts.Known {
	if f.why.Code != "" {
		return f.Known(facts.Because(f.why))
	}
	return f.Known(facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "no BIMI record counts for " + f.own.domain}))
}

// The facts that hang on the record.
var (
	placeFacts  = []facts.Name{facts.BIMIFound, facts.BIMIDomain, facts.BIMIInherited, facts.BIMIRecord, facts.BIMIBroken, facts.BIMIDeclined, facts.BIMIAlias}
	syntaxFacts = []facts.Name{facts.BIMIFaulty, facts.BIMIFaults, facts.BIMIIgnored}
)

// place tells whose record counts, if any does.
func (f discovery) place(all known) {
	if f.why.Code != "" {
		same(all, f.unknown(), placeFacts)
		return
	}
	same(all, f.unknown(), []facts.Name{facts.BIMIDomain, facts.BIMIInherited, facts.BIMIRecord, facts.BIMIAlias})
	all[facts.BIMIFound] = f.Known(f.counts())
	all[facts.BIMIBroken] = f.Known(f.broken())
	all[facts.BIMIDeclined] = f.Known(facts.No())
	if f.Alias != "" {
		all[facts.BIMIAlias] = f.Known(facts.Is(facts.TextValue(f.Alias)))
	}
	if r := f.record(); r != nil {
		all[facts.BIMIDomain] = f.Known(facts.Is(facts.TextValue(f.domain)))
		all[facts.BIMIInherited] = f.Known(facts.Truth(f.domain != f.own.domain))
		all[facts.BIMIDeclined] = f.Known(facts.Truth(r.Declines()))
	}
	if r, there := f.shown(); there {
		all[facts.BIMIRecord] = f.Known(facts.Is(facts.TextValue(dnsanswer.Shown(r.String()))))
	}
}

// counts tells whether there is a record of which use is made.
func (f discovery) counts() facts.Known {
	r := f.record()
	switch {
	case r == nil || r.Worst() == mailpolicy.BIMIIgnored:
		return facts.No()
	case r.Worst() == mailpolicy.BIMIDisputed:
		return facts.Because(disputed)
	}
	return facts.Yes().Unless(f.hidden)
}

// broken tells whether somebody published a record and gets nothing for it.
func (f discovery) broken() facts.Known {
	r, there := f.shown()
	switch {
	case !there:
		return facts.No()
	case len(f.records) == 1 && r.Worst() == mailpolicy.BIMIDisputed:
		return facts.Because(disputed)
	}
	return facts.Truth(len(f.records) != 1 || r.Worst() == mailpolicy.BIMIIgnored)
}

// disputed is why it is not known what becomes of a record.
var disputed = facts.Unknown{Code: facts.Ambiguous, Detail: "the BIMI record has a fault that some readers pass over, and for which others refuse it"}

// shown is the record that is shown to people: the one that counts, or was meant to.
func (f discovery) shown() (mailpolicy.BIMI, bool) {
	switch {
	case len(f.records) > 0:
		return f.records[0], true
	case len(f.meant) > 0:
		return f.meant[0], true
	}
	return mailpolicy.BIMI{}, false
}

// syntax tells what is wrong in the record that counts, or was meant to.
func (f discovery) syntax(all known) {
	r, there := f.shown()
	if f.why.Code != "" || !there {
		same(all, f.unknown(), syntaxFacts)
		return
	}
	var list []string
	ignored := facts.Truth(r.Worst() == mailpolicy.BIMIIgnored)
	if r.Worst() == mailpolicy.BIMIDisputed {
		ignored = facts.Because(disputed)
	}
	if len(f.records) > 1 {
		list, ignored = []string{"several records stand there, of which none is used"}, facts.Yes()
	}
	for _, fault := range r.Faults {
		list = append(list, fault.String())
	}
	all[facts.BIMIFaulty] = f.Known(facts.Truth(len(list) > 0))
	all[facts.BIMIFaults] = f.Known(facts.Is(facts.ListValue(list)))
	all[facts.BIMIIgnored] = f.Known(ignored)
}
