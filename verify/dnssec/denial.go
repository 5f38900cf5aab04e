package dnssec

// This file reads what NSEC (RFC 4034 section 4) and NSEC3 records (RFC 5155) deny. Only those count that the zone has signed.

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// proof is what the signed NSEC and NSEC3 records of an answer show.
type proof struct {
	v     *validation
	zone  string
	nsec  []*dns.NSEC
	nsec3 []*dns.NSEC3
	hash  map[string]string // of names
	open  Result            // why they show nothing, if there is a reason; see isOpen
}

// proof gathers them.
func (v *validation) proof(in zone, a Answer) *proof {
	p := &proof{v: v, zone: in.Zone, hash: map[string]string{}}
	done := map[string]bool{}
	for _, rr := range a.Records {
		owner, code := bare(rr.Header().Name), rr.Header().Rrtype
		key := fmt.Sprint(owner, " ", code)
		if code != dns.TypeNSEC && code != dns.TypeNSEC3 || done[key] || !within(owner, in.Zone) {
			continue
		}
		done[key] = true
		s := setOf(a.Records, owner, code)
		found := v.verify(in.Zone, in.keys, s, a.At)
		switch {
		// A wildcard makes no denial.
		case found.Status == Secure && int(found.holds.Labels) < dns.CountLabel(strings.TrimPrefix(dns.Fqdn(owner), "*.")):
		case found.Status == Secure:
			for _, one := range s.records {
				p.take(one)
			}
		default:
			r := v.result(in.Zone, found, "the denials of "+in.Zone, a)
			// What was not checked leaves it open. What has ended is told as that, because clocks decide it; of another fault the caller
			// says that nothing is proven.
			if r.Status == Unknown && p.open.Status == Unknown && p.open.Reason == "" || r.Fault == Expired || r.Fault == NotYetValid {
				p.open = r
			}
		}
	}
	return p
}

// isOpen tells whether there is a better reason for a missing proof than that it is missing.
func (p *proof) isOpen() bool { return p.open.Reason != "" || p.open.Status == Bogus }

// take takes up one record. Those of another hash, or with flags that are not known, are passed over (RFC 5155 sections 8.1 and 8.2).
func (p *proof) take(rr dns.RR) {
	switch rr := rr.(type) {
	case *dns.NSEC:
		p.nsec = append(p.nsec, rr)
	case *dns.NSEC3:
		switch {
		case rr.Hash != dns.SHA1 || rr.Flags&^1 != 0:
		case rr.Iterations > maxIterations:
			p.open = Result{Zone: p.zone, Reason: Unchecked, Detail: fmt.Sprintf("hashes the names in its denials %d times more than once, and resolvers "+
				"differ on what they make of it (RFC 9276 section 3.2)", rr.Iterations)}
		// Records of one answer have the same parameters; others belong to another chain.
		case len(p.nsec3) == 0 || p.nsec3[0].Iterations == rr.Iterations && strings.EqualFold(p.nsec3[0].Salt, rr.Salt):
			p.nsec3 = append(p.nsec3, rr)
		}
	}
}

// hashed is the hash of a name, "" where too many were asked for.
func (p *proof) hashed(name string) string {
	h, known := p.hash[name]
	if !known && p.v.hashes > 0 {
		p.v.hashes--
		h = dns.HashName(dns.Fqdn(name), dns.SHA1, p.nsec3[0].Iterations, p.nsec3[0].Salt)
		p.hash[name] = h
	}
	if h == "" {
		p.open = Result{Zone: p.zone, Reason: Bound, Detail: "needs more names hashed than are looked at"}
	}
	return h
}

// ownerHash is the hash that an NSEC3 record stands at. It has to be the first label below the apex.
func (p *proof) ownerHash(rr *dns.NSEC3) string {
	first, rest, _ := strings.Cut(bare(rr.Hdr.Name), ".")
	if rest == "" {
		rest = "."
	}
	if rest != p.zone {
		return ""
	}
	return strings.ToUpper(first)
}

// typesAt returns the types of record that a name has, where a record about the name itself is there.
func (p *proof) typesAt(name string) ([]uint16, bool) {
	for _, rr := range p.nsec {
		if owned(rr, name) {
			return rr.TypeBitMap, true
		}
	}
	for _, rr := range p.nsec3 {
		if h := p.hashed(name); h != "" && p.ownerHash(rr) == h {
			return rr.TypeBitMap, true
		}
	}
	return nil, false
}

// covered tells whether a name lies in a gap between two that there are; optOut, that the gap may hold delegations.
func (p *proof) covered(name string) (covered, optOut bool) {
	for _, rr := range p.nsec {
		if between(bare(rr.Hdr.Name), name, bare(rr.NextDomain)) && !p.beyondCut(rr.TypeBitMap, bare(rr.Hdr.Name), name) {
			return true, false
		}
	}
	for _, rr := range p.nsec3 {
		owner, h := p.ownerHash(rr), p.hashed(name)
		if owner != "" && h != "" && inGap(owner, h, strings.ToUpper(rr.NextDomain)) {
			return true, rr.Flags&1 != 0
		}
	}
	return false, false
}

// beyondCut tells whether an NSEC record is that of a delegation, or of a DNAME, above a name: it says nothing of what is below
// (RFC 6840 section 4.1).
func (p *proof) beyondCut(types []uint16, owner, name string) bool {
	delegates := slices.Contains(types, dns.TypeNS) && !slices.Contains(types, dns.TypeSOA) || slices.Contains(types, dns.TypeDNAME)
	return delegates && name != owner && within(name, owner)
}

// inGap tells whether a hash lies between two others of a circle.
func inGap(owner, h, next string) bool {
	if owner < next {
		return owner < h && h < next
	}
	return h != owner && (h > owner || h < next) // the last one of the zone, or the only one
}

// between tells whether a name lies between two in canonical order (RFC 4034 section 6.1). The last record of a zone points to its apex.
func between(owner, name, next string) bool {
	after := compare(owner, name) < 0
	if compare(owner, next) < 0 {
		return after && compare(name, next) < 0
	}
	return after
}

// compare orders names by their labels from the right, as octets of lower-case letters.
func compare(a, b string) int {
	la, lb := dns.SplitDomainName(a), dns.SplitDomainName(b)
	for i := 1; i <= min(len(la), len(lb)); i++ {
		if c := bytes.Compare(octets(la[len(la)-i]), octets(lb[len(lb)-i])); c != 0 {
			return c
		}
	}
	return len(la) - len(lb)
}

// octets are those of a label, without its escapes.
func octets(label string) []byte {
	if !strings.Contains(label, `\`) {
		return []byte(label)
	}
	wire := make([]byte, 256)
	end, err := dns.PackDomainName(label+".", wire, 0, nil, false)
	if err != nil || end < 2 {
		return []byte(label)
	}
	return bytes.ToLower(wire[1 : end-1])
}

// encloser is the nearest name above one that is shown to exist, and the name below it on the way (RFC 5155 section 8.3).
func (p *proof) encloser(name string) (closest, next string, ok bool) {
	if len(p.nsec3) > 0 {
		next = name
		for closest = above(name); within(closest, p.zone); closest = above(closest) {
			if types, there := p.typesAt(closest); there {
				// The record of a delegation says nothing of what is below it.
				return closest, next, !p.beyondCut(types, closest, next)
			}
			if next = closest; closest == "." {
				break
			}
		}
		return "", "", false
	}
	// With NSEC the gap shows it: both of its ends exist, and all names above them.
	for _, rr := range p.nsec {
		if between(bare(rr.Hdr.Name), name, bare(rr.NextDomain)) {
			a, b := common(bare(rr.Hdr.Name), name), common(bare(rr.NextDomain), name)
			if closest = a; dns.CountLabel(dns.Fqdn(b)) > dns.CountLabel(dns.Fqdn(a)) {
				closest = b
			}
			return closest, name, within(closest, p.zone)
		}
	}
	return "", "", false
}

// common is the longest name above or equal to both.
func common(a, b string) string {
	for ; !within(b, a); a = above(a) {
	}
	return a
}

// star is the wildcard below a name.
func star(name string) string {
	if name == "." {
		return "*"
	}
	return "*." + name
}

// nxdomain tells whether it is shown that a name does not exist, and no wildcard stands for it.
func (p *proof) nxdomain(name string) bool {
	closest, next, ok := p.encloser(name)
	if !ok {
		return false
	}
	gone, _ := p.covered(next)
	wild, _ := p.covered(star(closest))
	return gone && wild
}

// empty tells whether a name has no records but others below it (NSEC only; with NSEC3 it has a record of its own).
func (p *proof) empty(name string) bool {
	for _, rr := range p.nsec {
		next := bare(rr.NextDomain)
		if between(bare(rr.Hdr.Name), name, next) && next != name && within(next, name) {
			return true
		}
	}
	return false
}

// nodata tells whether it is shown that a name has no records of a type, and no alias either.
func (p *proof) nodata(name string, code uint16) bool {
	lacks := func(types []uint16) bool {
		// The record of a delegation above says nothing of the child's own data, but for DS (RFC 6840 section 4.1).
		delegates := slices.Contains(types, dns.TypeNS) && !slices.Contains(types, dns.TypeSOA)
		return !slices.Contains(types, code) && !slices.Contains(types, dns.TypeCNAME) && (!delegates || code == dns.TypeDS)
	}
	if types, ok := p.typesAt(name); ok {
		return lacks(types)
	}
	if p.empty(name) {
		return true
	}
	// A wildcard that stands for the name lacks them too.
	closest, next, ok := p.encloser(name)
	if !ok {
		return false
	}
	types, wild := p.typesAt(star(closest))
	gone, _ := p.covered(next)
	return wild && gone && lacks(types)
}

// expanded tells whether it is shown that a wildcard stands for a name: there is nothing nearer.
func (p *proof) expanded(name, encloser string) bool {
	next := name
	for above(next) != encloser && next != "." {
		next = above(next)
	}
	if len(p.nsec3) > 0 {
		gone, _ := p.covered(next)
		return gone
	}
	gone, _ := p.covered(name)
	return gone
}

// optOut tells whether a name lies in the span of an opt-out, where delegations are that are not signed (RFC 5155 section 6).
func (p *proof) optOut(name string) bool {
	if len(p.nsec3) == 0 {
		return false
	}
	_, next, ok := p.encloser(name)
	if !ok {
		return false
	}
	gone, out := p.covered(next)
	return gone && out
}
