// Package discovery finds the DMARC record that counts for a name, in both ways in which receivers look for it: the tree walk of RFC 9989
// (section 4.10) and the public suffix list of RFC 7489 (section 6.6.3). It says what to ask for that, for every topic that goes by such a
// record. It derives no fact, asks nothing and judges nothing.
package discovery

import (
	"strings"

	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

// Finder finds records in a reading.
type Finder struct{ *reading.Reading }

// Discovery is what receivers find who look for the record of a name.
type Discovery struct {
	Own   Look
	Above []Look // the others that were looked at, in order
	Look         // that of the record that counts, or the reason why it is not known which
	Found bool
}

// Record is the record that counts. It is asked for where one was found.
func (f Discovery) Record() mailpolicy.DMARC { return f.Records[0] }

// Inherited tells whether the record that counts is another domain's.
func (f Discovery) Inherited() bool { return f.Found && f.Domain != f.Own.Domain }

// ByWalk goes the way of RFC 9989 (section 4.10): the name's own record, else the one at the top of its organisation, else that of the
// public suffix. What nobody answered for leaves the end open.
func (d Finder) ByWalk(name string) Discovery {
	f := Discovery{Own: d.Own(name)}
	if f.Look = f.Own; f.Why.Code != "" || len(f.Own.Records) == 1 {
		f.Found = f.Why.Code == ""
		return f
	}
	var found []Look
	for _, domain := range mailpolicy.DMARCWalk(name)[1:] {
		l := d.At(domain)
		f.Above = append(f.Above, l)
		if l.Why.Code != "" {
			f.Look = l
			return f
		}
		// Several records count as none, and the walk goes on.
		if len(l.Records) != 1 {
			continue
		}
		if found = append(found, l); l.Records[0].PSD != 'u' {
			break
		}
	}
	if len(found) > 0 {
		f.Look, f.Found = chosen(name, found), true
	}
	return f
}

// chosen is the record of the organisation among those that a walk found above a name, or that of the public suffix where the
// organisation has none (RFC 9989 sections 4.10.1 and 4.10.2).
func chosen(name string, found []Look) Look {
	last := found[len(found)-1]
	// Below a public suffix the organisation is the next name, and not the shortest that has a record.
	if last.Records[0].PSD == 'y' && len(found) > 1 {
		if next := found[len(found)-2]; next.Domain == below(name, last.Domain) {
			return next
		}
	}
	return last
}

// below is the name that is one label longer than a zone, on the way to a name within it.
func below(name, zone string) string {
	labels := strings.Split(strings.TrimSuffix(name, "."+zone), ".")
	return labels[len(labels)-1] + "." + zone
}

// BySuffixList goes the way of RFC 7489 section 6.6.3: the name's own record, else that of its domain by the public suffix list. Several
// records end the search.
func (d Finder) BySuffixList(name string) Discovery {
	f := Discovery{Own: d.Own(name)}
	if f.Look = f.Own; f.Why.Code != "" || len(f.Own.Records) > 0 {
		f.Found = f.Why.Code == "" && len(f.Own.Records) == 1
		return f
	}
	if domain := mailpolicy.RegisteredDomain(name); domain != name {
		f.Look = d.At(domain)
		f.Above = []Look{f.Look}
		f.Found = f.Why.Code == "" && len(f.Records) == 1
	}
	return f
}

// HiddenRecord tells whether the record that counts, of which there is one, is one that those who check signatures do not see, and why.
func (d Finder) HiddenRecord(f Discovery) (hidden, by facts.Known) {
	name := mailpolicy.DMARCName(f.Domain)
	return d.Hidden(name, "TXT"), d.HiddenBy(name, "TXT")
}

// Organisation is the domain of a name's organisation by the tree walk (RFC 9989 section 4.10.2), for the comparison of names that need not
// be equal; the name itself where there is no record on its way. What nobody answered for leaves it open.
func (d Finder) Organisation(name string) (domain string, why facts.Unknown) {
	domain = name
	for i, next := range mailpolicy.DMARCWalk(name) {
		l := d.At(next)
		if l.Why.Code != "" {
			return "", l.Why
		}
		if len(l.Records) != 1 {
			continue
		}
		switch psd := l.Records[0].PSD; {
		// A public suffix holds organisations and is none, unless somebody sends in its own name.
		case psd == 'y' && i > 0:
			return below(name, next), facts.Unknown{}
		case psd == 'n', psd == 'y':
			return next, facts.Unknown{}
		}
		domain = next
	}
	return domain, facts.Unknown{}
}

// ToOrganisation asks for the records by which Organisation tells.
func (d Finder) ToOrganisation(name string) (list []reading.Question) {
	for _, domain := range mailpolicy.DMARCWalk(name) {
		list = append(list, d.ToBoth(mailpolicy.DMARCName(domain), "TXT")...)
	}
	return list
}
