package lab

import (
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// zone is the content of one zone. It does not change once it is loaded, and every server shares it.
type zone struct {
	line    int    // in the scenario file
	name    string // canonical: lower case, with the final dot
	servers []string
	hidden  bool // the zone above does not delegate it
	soa     *dns.SOA
	soas    uint32              // SOA records in an answer; the further ones have further serials
	signed  bool                // the resolver calls its data authentic
	dnssec  string              // how it is signed indeed, one of signings; "" for not at all
	owners  map[string][]dns.RR // records by canonical owner, the SOA left out
	names   map[string]bool     // every owner, and the empty names between an owner and the apex
}

func newZone(name string, soa *dns.SOA) *zone {
	z := &zone{name: dns.CanonicalName(name), soa: soa, soas: 1}
	z.owners, z.names = map[string][]dns.RR{}, map[string]bool{z.name: true}
	return z
}

// add puts a record into the zone; a duplicate is one record (RFC 2181 section 5).
func (z *zone) add(rr dns.RR) {
	owner := dns.CanonicalName(rr.Header().Name)
	same := func(other dns.RR) bool { return dns.IsDuplicate(rr, other) }
	if slices.ContainsFunc(z.owners[owner], same) {
		return
	}
	z.owners[owner] = append(z.owners[owner], rr)
	// A name above an owner exists too, without records (RFC 4592 section 2.2.2: empty non-terminals).
	for name := owner; name != z.name && !z.names[name]; name = parent(name) {
		z.names[name] = true
	}
}

// copy adds the records of another zone, the NS records at its apex only if asked to.
func (z *zone) copy(from *zone, servers bool) {
	for owner, records := range from.owners {
		for _, rr := range records {
			if servers || owner != z.name || rr.Header().Rrtype != dns.TypeNS {
				z.add(rr)
			}
		}
	}
}

// parent cuts the first label off a name.
func parent(name string) string {
	at, end := dns.NextLabel(name, 0)
	if end {
		return "."
	}
	return name[at:]
}

// of returns the records of one type at a name.
func (z *zone) of(name string, rrtype uint16) []dns.RR {
	var found []dns.RR
	for _, rr := range z.owners[name] {
		if rr.Header().Rrtype == rrtype {
			found = append(found, rr)
		}
	}
	return found
}

// longest returns the zone with the most labels among those that hold a name, or nil.
func longest(zones []*zone, name string) *zone {
	var best *zone
	for _, z := range zones {
		if dns.IsSubDomain(z.name, name) && (best == nil || dns.CountLabel(z.name) > dns.CountLabel(best.name)) {
			best = z
		}
	}
	return best
}

// found is what one zone says about one name, before any alias is followed. The name may exist without an answer.
type found struct {
	answer   []dns.RR
	alias    string   // target of the CNAME record in answer
	tooLong  bool     // the target that a DNAME record makes
	referral []dns.RR // NS records of the delegated zone below
	glue     []dns.RR
	exists   bool
}

// find follows the algorithm of RFC 1034 section 4.3.2, step 3, within one zone. name is canonical.
func (z *zone) find(name string, rrtype uint16, soa *dns.SOA) found {
	cut, dname := z.cut(name), z.dname(name)
	if dname != nil && (cut == "" || dns.IsSubDomain(dns.CanonicalName(dname.Hdr.Name), cut)) {
		return redirected(dname, name)
	}
	// What lies below a cut is another zone's, whatever records stand here (RFC 2181 section 6.1): they are glue. DS records at it are not
	// (RFC 4035 section 3.1.4.1).
	if cut != "" && (cut != name || rrtype != dns.TypeDS) {
		referral := z.of(cut, dns.TypeNS)
		return found{referral: referral, glue: z.glue(referral), exists: true}
	}
	records, exists := z.owners[name], z.names[name]
	if !exists {
		records = z.wildcard(name)
		exists = records != nil
	}
	f := found{exists: exists}
	if name == z.name && (rrtype == dns.TypeSOA || rrtype == dns.TypeANY) {
		for i := range z.soas {
			made := *soa
			made.Serial += i
			f.answer = append(f.answer, &made)
		}
	}
	for _, rr := range records {
		if t := rr.Header().Rrtype; t == rrtype || rrtype == dns.TypeANY {
			f.answer = append(f.answer, rr)
		}
	}
	if len(f.answer) > 0 {
		return f
	}
	for _, rr := range records {
		if alias, ok := rr.(*dns.CNAME); ok {
			f.answer, f.alias = []dns.RR{rr}, dns.CanonicalName(alias.Target)
			break
		}
	}
	return f
}

// cut returns the topmost delegation between the apex and a name, or "".
func (z *zone) cut(name string) string {
	highest := ""
	for ; name != z.name; name = parent(name) {
		if len(z.of(name, dns.TypeNS)) > 0 {
			highest = name
		}
	}
	return highest
}

// dname returns the topmost DNAME record above a name, from the apex on, or nil.
func (z *zone) dname(name string) *dns.DNAME {
	var highest *dns.DNAME
	for name != z.name {
		name = parent(name)
		for _, rr := range z.of(name, dns.TypeDNAME) {
			highest = rr.(*dns.DNAME)
		}
	}
	return highest
}

// redirected replaces the owner of a DNAME record at the end of a name by its target, and says so by a CNAME record
// (RFC 6672 section 3.1).
func redirected(dname *dns.DNAME, name string) found {
	f := found{answer: []dns.RR{dname}, exists: true}
	before := strings.TrimSuffix(name, dns.CanonicalName(dname.Hdr.Name))
	target := dns.CanonicalName(before + strings.TrimPrefix(dname.Target, "."))
	if _, ok := dns.IsDomainName(target); !ok {
		f.tooLong = true
		return f
	}
	header := dns.RR_Header{Name: name, Rrtype: dns.TypeCNAME, Class: dns.ClassINET, Ttl: dname.Hdr.Ttl}
	f.answer = append(f.answer, &dns.CNAME{Hdr: header, Target: target})
	f.alias = target
	return f
}

// glue returns the addresses that this zone holds for the servers of a referral.
func (z *zone) glue(referral []dns.RR) []dns.RR {
	var glue []dns.RR
	for _, rr := range referral {
		if ns, ok := rr.(*dns.NS); ok {
			target := dns.CanonicalName(ns.Ns)
			glue = append(append(glue, z.of(target, dns.TypeA)...), z.of(target, dns.TypeAAAA)...)
		}
	}
	return glue
}

// wildcard synthesises the records of a name that does not exist from "*" below its closest encloser (RFC 4592).
func (z *zone) wildcard(name string) []dns.RR {
	encloser := parent(name)
	for !z.names[encloser] {
		encloser = parent(encloser)
	}
	source := "*." + encloser
	if encloser == "." {
		source = "*."
	}
	var records []dns.RR
	for _, rr := range z.owners[source] {
		made := dns.Copy(rr)
		made.Header().Name = name
		records = append(records, made)
	}
	return records
}

// negative is the SOA record that goes with a negative answer; its TTL is how long the answer may be remembered
// (RFC 2308 section 3).
func negative(soa *dns.SOA) []dns.RR {
	made := *soa
	made.Hdr.Ttl = min(soa.Hdr.Ttl, soa.Minttl)
	return []dns.RR{&made}
}
