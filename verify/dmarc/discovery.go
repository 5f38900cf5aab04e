package dmarc

// This file finds the record that counts for a name, in both ways in which receivers look for it.

import (
	"strings"

	"golang.org/x/net/publicsuffix"

	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
)

// discovery is what receivers find who look for the record of a name.
type discovery struct {
	own   look
	above []look // the others that were looked at, in order
	look         // that of the record that counts, or the reason why it is not known which
	found bool
}

// record is the record that counts. It is asked for where one was found.
func (f discovery) record() mailpolicy.DMARC { return f.records[0] }

// inherited tells whether the record that counts is another domain's.
func (f discovery) inherited() bool { return f.found && f.domain != f.own.domain }

// byWalk goes the way of RFC 9989 (section 4.10): the name's own record, else the one at the top of its organisation, else that of the
// public suffix. What nobody answered for leaves the end open.
func (d *derivation) byWalk(name string) discovery {
	f := discovery{own: d.own(name)}
	if f.look = f.own; f.why.Code != "" || len(f.own.records) == 1 {
		f.found = f.why.Code == ""
		return f
	}
	var found []look
	for _, domain := range mailpolicy.DMARCWalk(name)[1:] {
		l := d.at(domain)
		f.above = append(f.above, l)
		if l.why.Code != "" {
			f.look = l
			return f
		}
		// Several records count as none, and the walk goes on.
		if len(l.records) != 1 {
			continue
		}
		if found = append(found, l); l.records[0].PSD != 'u' {
			break
		}
	}
	if len(found) > 0 {
		f.look, f.found = chosen(name, found), true
	}
	return f
}

// chosen is the record of the organisation among those that a walk found above a name, or that of the public suffix where the
// organisation has none (RFC 9989 sections 4.10.1 and 4.10.2).
func chosen(name string, found []look) look {
	last := found[len(found)-1]
	// Below a public suffix the organisation is the next name, and not the shortest that has a record.
	if last.records[0].PSD == 'y' && len(found) > 1 {
		if next := found[len(found)-2]; next.domain == below(name, last.domain) {
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

// bySuffixList goes the way of RFC 7489 section 6.6.3: the name's own record, else that of its domain by the public suffix list. Several
// records end the search.
func (d *derivation) bySuffixList(name string) discovery {
	f := discovery{own: d.own(name)}
	if f.look = f.own; f.why.Code != "" || len(f.own.records) > 0 {
		f.found = f.why.Code == "" && len(f.own.records) == 1
		return f
	}
	if domain := registered(name); domain != name {
		f.look = d.at(domain)
		f.above = []look{f.look}
		f.found = f.why.Code == "" && len(f.records) == 1
	}
	return f
}

// registered is the domain of a name by the public suffix list; the name itself where it is a public suffix.
func registered(name string) string {
	if domain, err := publicsuffix.EffectiveTLDPlusOne(name); err == nil {
		return domain
	}
	return name
}

// hidden is why the record that counts may be one that nobody sees, or the zero value.
func (d *derivation) hidden(f discovery) facts.Unknown {
	if !f.found {
		return facts.Unknown{}
	}
	return d.Hidden(mailpolicy.DMARCName(f.domain), "TXT")
}
