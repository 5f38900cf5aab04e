package dnssec

// This file finds the keys of a zone: those of a set that is signed with one to which the zone above, or a trust anchor, points (RFC 4035
// section 5.2).

import (
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// keys are the keys of a zone, to one of which some DS records or anchors point. The set is signed with that one (RFC 4035 section 5.2).
func (v *validation) keys(name string, ds []*dns.DS) zone {
	z := zone{Result: Result{Zone: name, About: Question{name, "DNSKEY"}}}
	supported, why := supported(ds)
	if len(supported) == 0 {
		z.Status, z.Reason, z.Detail = why.Status, why.Reason, why.Detail
		return z
	}
	answers, asked := v.evidence.Said(name, "DNSKEY")
	if len(answers) == 0 {
		z.Result = v.nothing(asked, name, z.About)
		return z
	}
	var all []Result
	for _, a := range answers {
		r, keys := v.keySet(name, supported, why.Reason == Unchecked, a)
		all = append(all, r)
		// Servers may have different sets while a key is rolled over: each that is signed as it must be counts.
		if r.Status == Secure {
			z.keys = added(z.keys, keys)
		}
	}
	if len(z.keys) > 0 {
		z.Status = Secure
		return z
	}
	z.Result = together(all)
	z.About = Question{name, "DNSKEY"}
	return z
}

// supported are the DS records that can be checked. Where the zone above knows only algorithms that nobody checks, the zone is one that
// is not signed (RFC 4035 section 5.2); where some resolvers do, what they see is not known here.
func supported(ds []*dns.DS) (list []*dns.DS, why Result) {
	why = Result{Status: Insecure, Detail: "is signed only with algorithms that nobody checks"}
	for _, d := range ds {
		digest := digestLength[d.DigestType] > 0
		switch {
		case checked[d.Algorithm] && digest:
			list = append(list, d)
		case (checked[d.Algorithm] || disputed[d.Algorithm]) && (digest || d.DigestType == dns.SHA1):
			why = Result{Reason: Unchecked, Detail: "is signed only with algorithms or digests on which resolvers differ, or that are not checked here"}
		}
	}
	// More than any zone has; which of them count must not hang on their order.
	if len(list) > maxKeys {
		return nil, Result{Reason: Bound, Detail: "has more DS records than are looked at"}
	}
	return list, why
}

// keySet checks one answer with the keys of a zone. Others tells whether there are DS records that are not checked here.
func (v *validation) keySet(name string, ds []*dns.DS, others bool, a Answer) (Result, []*dns.DNSKEY) {
	s := setOf(a.Records[:a.Answer], name, dns.TypeDNSKEY)
	s.signatures = setOf(a.Records, name, dns.TypeDNSKEY).signatures
	r := Result{Zone: name}
	var all, entry []*dns.DNSKEY
	for _, rr := range s.records {
		if k := rr.(*dns.DNSKEY); usableKey(k) {
			all = append(all, k)
		}
	}
	if len(all) > maxKeys {
		r.Reason, r.Detail = Bound, "has more keys than are looked at"
		return r, nil
	}
	uncheckable := false
	for _, k := range all {
		if slices.ContainsFunc(ds, func(d *dns.DS) bool { return pointsTo(d, k) }) {
			entry = append(entry, k)
			uncheckable = uncheckable || !checkable(k)
		}
	}
	switch {
	case len(all) == 0 && !a.Asked && len(s.records) == 0:
		r.Reason, r.Detail = Unanswered, "answers only without signatures about its keys"
		return r, nil
	// Some resolvers may get in by what is not checked here.
	case len(entry) == 0 && others:
		r.Reason, r.Detail = Unchecked, "has none of the keys to which the zone above points by algorithms and digests that are checked here"
		return r, nil
	case len(entry) == 0:
		r.Status, r.Fault, r.Detail = Bogus, NoKey, "has none of the keys to which the zone above points ("+tags(ds)+")"
		return r, nil
	case uncheckable:
		r.Reason, r.Detail = Unchecked, "has a key of a form that is not checked here"
		return r, nil
	}
	found := v.verify(name, entry, s, a.At)
	if found.Status == Bogus && found.fault == WrongKey && others {
		r.Reason, r.Detail = Unchecked, "has keys that are not signed with one to which the zone above points by algorithms and digests that are checked here"
		return r, nil
	}
	return v.result(name, found, "the DNSKEY records of "+name, a), all
}

// pointsTo tells whether a DS record speaks of a key (RFC 4034 section 5.1.4).
func pointsTo(d *dns.DS, k *dns.DNSKEY) bool {
	if d.KeyTag != k.KeyTag() || d.Algorithm != k.Algorithm {
		return false
	}
	made := k.ToDS(d.DigestType)
	return made != nil && strings.EqualFold(made.Digest, d.Digest)
}

// tags lists the numbers of keys to which DS records point.
func tags(ds []*dns.DS) string {
	var list []string
	for _, d := range ds {
		list = append(list, fmt.Sprintf("number %d", d.KeyTag))
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), ", ")
}
