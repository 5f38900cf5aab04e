package dnssec

// This file validates one answer of a secure zone: records, an alias, or a denial.

import (
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// answer validates an answer about a name in a zone.
func (v *validation) answer(in zone, name string, code uint16, a Answer) Result {
	what := fmt.Sprintf("%s records of %s", dns.TypeToString[code], name)
	section := a.Records[:a.Answer]
	s := setOf(section, name, code)
	alias := setOf(section, name, dns.TypeCNAME)
	switch {
	case len(s.records) > 0:
		s.signatures = setOf(a.Records, name, code).signatures
		r := v.positive(in, name, s, what, a)
		if r.Fault == Unsigned {
			r = v.unlessCut(in.Zone, name, code, r)
		}
		return r
	case len(alias.records) > 0:
		return v.alias(in, name, code, alias, a)
	}
	r := v.denial(in, name, code, what, a)
	if r.Fault == BrokenDenial && a.SOA == "" { // with one the zone is known that denies
		r = v.unlessCut(in.Zone, name, code, r)
	}
	return r
}

// maxCuts bounds the names at which a zone may begin that are asked about for one answer. Honest names have fewer labels below their zone.
const maxCuts = 8

// unlessCut takes back that a zone lacks signatures or denials as long as another one may begin below it, in which the name lies. A server
// that has both says nothing of a delegation when it is asked about that name, and the one below need not be signed (RFC 4035 section 5.2).
// Whether there is one the DS records of the names between tell.
func (v *validation) unlessCut(zone, name string, code uint16, r Result) Result {
	open := Result{Zone: zone, Reason: Missing, Detail: r.Detail + "; whether it delegates names on the way to " + name + " was not asked"}
	if code == dns.TypeDS { // they stand above the delegation
		name = above(name)
	}
	for ; name != zone && within(name, zone); name = above(name) {
		if _, asked := v.evidence.Said(name, "DS"); !asked && len(v.evidence.Referrals(name)) == 0 {
			open.Missing = append(open.Missing, Question{name, "DS"})
		}
	}
	switch {
	case len(open.Missing) == 0:
		return r
	case len(open.Missing) > maxCuts:
		open.Reason, open.Missing = Bound, nil
	}
	return open
}

// positive validates records. Those of a wildcard count only where it is proven that the name itself has none (RFC 4035 section 5.3.4).
func (v *validation) positive(in zone, name string, s set, what string, a Answer) Result {
	if cut := v.deeper(in.Zone, name, s); cut != "" {
		return Result{Zone: in.Zone, Reason: Missing, Detail: "delegates " + cut + ", of which nothing was recorded", Missing: []Question{{cut, "DS"}}}
	}
	found := v.verify(in.Zone, in.keys, s, a.At)
	r := v.result(in.Zone, found, what, a)
	if r.Status != Secure || int(found.holds.Labels) >= dns.CountLabel(strings.TrimPrefix(dns.Fqdn(name), "*.")) {
		return r
	}
	// The name of which the wildcard is: as many labels of this one as were signed.
	labels := dns.SplitDomainName(name)
	encloser := strings.Join(labels[len(labels)-int(found.holds.Labels):], ".")
	if encloser == "" {
		encloser = "."
	}
	if p := v.proof(in, a); p.expanded(name, encloser) {
		return r
	} else if p.isOpen() {
		return p.open
	}
	return broken(in.Zone, "that "+name+" has no records of its own, beside the wildcard *."+encloser+", is not proven")
}

// deeper is the zone that signed records of a name, where it lies below the one that is known to hold it; "" where it does not.
func (v *validation) deeper(zone, name string, s set) string {
	for _, sig := range s.signatures {
		if signer := bare(sig.SignerName); signer != zone && within(signer, zone) && within(name, signer) {
			return signer
		}
	}
	return ""
}

// alias validates a CNAME record, and then what is at its target.
func (v *validation) alias(in zone, name string, code uint16, s set, a Answer) Result {
	first := v.link(in, name, s, a)
	if first.Fault == Unsigned {
		first = v.unlessCut(in.Zone, name, code, first)
	}
	if first.Status == Bogus || first.Status == Unknown {
		return first
	}
	second := v.target(in, bare(s.records[0].(*dns.CNAME).Target), code, a)
	if second.Status == Secure {
		return first
	}
	return second
}

// link validates a CNAME record alone.
func (v *validation) link(in zone, name string, s set, a Answer) Result {
	s.signatures = setOf(a.Records, name, dns.TypeCNAME).signatures
	if len(s.signatures) == 0 {
		// One that a DNAME record makes has no signature of its own (RFC 6672 section 5.3.1).
		if made, ok := v.redirection(in, name, bare(s.records[0].(*dns.CNAME).Target), a); ok {
			return made
		}
	}
	return v.positive(in, name, s, "the CNAME record of "+name, a)
}

// target validates what is at the target of an alias. One answer may hold both where both are in one zone; the probe asks for others.
func (v *validation) target(in zone, target string, code uint16, a Answer) Result {
	here := func(code uint16) bool { return len(setOf(a.Records[:a.Answer], target, code).records) > 0 }
	if v.links > 0 && (here(code) || here(dns.TypeCNAME)) && v.holder(target).Zone == in.Zone {
		v.links--
		return v.answer(in, target, code, a)
	}
	return v.question(target, dns.TypeToString[code])
}

// redirection validates the DNAME record that makes an alias; false if there is none.
func (v *validation) redirection(in zone, name, target string, a Answer) (Result, bool) {
	for _, rr := range a.Records[:a.Answer] {
		dname, ok := rr.(*dns.DNAME)
		if !ok {
			continue
		}
		owner := bare(dname.Hdr.Name)
		before, below := strings.CutSuffix(name, "."+owner)
		if !below || bare(before+"."+dname.Target) != target || !within(owner, in.Zone) {
			continue
		}
		s := setOf(a.Records, owner, dns.TypeDNAME)
		return v.result(in.Zone, v.verify(in.Zone, in.keys, s, a.At), "the DNAME record of "+owner, a), true
	}
	return Result{}, false
}

// broken is a denial that a resolver does not believe.
func broken(zone, detail string) Result {
	return Result{Status: Bogus, Zone: zone, Fault: BrokenDenial, Detail: detail}
}

// denial validates that a name has no records of a type (RFC 4035 section 5.4, RFC 5155 section 8).
func (v *validation) denial(in zone, name string, code uint16, what string, a Answer) Result {
	// Who denies is the zone of the SOA record beside it (RFC 2308 section 2). It may lie below.
	if a.SOA != "" && a.SOA != in.Zone && within(a.SOA, in.Zone) && within(name, a.SOA) {
		return Result{Zone: in.Zone, Reason: Missing, Detail: "delegates " + a.SOA + ", of which nothing was recorded", Missing: []Question{{a.SOA, "DS"}}}
	}
	p := v.proof(in, a)
	denied := p.nodata
	if a.RCode == dns.RcodeNameError {
		denied = func(name string, _ uint16) bool { return p.nxdomain(name) }
	}
	switch {
	case denied(name, code):
		return Result{Status: Secure, Zone: in.Zone}
	case p.isOpen():
		return p.open
	case !a.Asked:
		return Result{Zone: in.Zone, Reason: Unanswered, Detail: "answers only without signatures about the " + what}
	case p.optOut(name):
		return Result{Status: Insecure, Zone: in.Zone, Detail: "leaves names like " + name + " out of what it signs (RFC 5155 section 6)"}
	}
	return broken(in.Zone, "that there are no "+what+" is not proven")
}

// noDelegation validates that a delegation has no DS records, or that there is no delegation.
func (v *validation) noDelegation(parent zone, cut string, a Answer) Result {
	// The owner of an alias is no zone (RFC 1034 section 3.6.2).
	if alias := setOf(a.Records[:a.Answer], cut, dns.TypeCNAME); len(alias.records) > 0 {
		r := v.link(parent, cut, alias, a)
		if r.Status == Secure {
			r = Result{Status: Insecure, Zone: parent.Zone, Detail: noCut}
		}
		return r
	}
	p := v.proof(parent, a)
	switch types, ok := p.typesAt(cut); {
	// A bit for DS would mean that they were taken out; one for SOA, that the child's own servers speak (RFC 4035 section 5.2).
	case ok && slices.Contains(types, dns.TypeNS) && !slices.Contains(types, dns.TypeDS) && !slices.Contains(types, dns.TypeSOA):
		return Result{Status: Insecure, Zone: parent.Zone, Detail: "delegates " + cut + " without DS records"}
	case ok && !slices.Contains(types, dns.TypeNS) && !slices.Contains(types, dns.TypeDS):
		return Result{Status: Insecure, Zone: parent.Zone, Detail: noCut}
	// The span of an opt-out holds delegations that are not signed (RFC 5155 section 6).
	case p.optOut(cut):
		return Result{Status: Insecure, Zone: parent.Zone, Detail: "delegates " + cut + " without DS records"}
	case p.empty(cut), p.nxdomain(cut), !ok && p.nodata(cut, dns.TypeDS): // the last one by a wildcard, which makes no zone
		return Result{Status: Insecure, Zone: parent.Zone, Detail: noCut}
	case p.isOpen():
		return p.open
	// A server may leave what does not fit out of a referral; asked for it, it may not.
	case a.Referral:
		return Result{Zone: parent.Zone, Reason: Missing, Missing: []Question{{cut, "DS"}}, Detail: "refers to " + cut + " without a word on DS records"}
	case !a.Asked:
		return Result{Zone: parent.Zone, Reason: Unanswered, Detail: "answers only without signatures about the DS records of " + cut}
	}
	return Result{Status: Bogus, Zone: parent.Zone, Fault: BrokenDenial, Detail: "whether it delegates " + cut + " with DS records is not proven"}
}
