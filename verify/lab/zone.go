package lab

import (
	"slices"

	"github.com/miekg/dns"
)

// zone is the content of one zone. It does not change once it is loaded, and every server shares it.
type zone struct {
	line    int    // in the scenario file
	name    string // canonical: lower case, with the final dot
	servers []string
	hidden  bool // the zone above does not delegate it
	soa     *dns.SOA
	owners  map[string][]dns.RR // records by canonical owner, the SOA left out
	names   map[string]bool     // every owner, and the empty names between an owner and the apex
}

func newZone(name string, soa *dns.SOA) *zone {
	z := &zone{name: dns.CanonicalName(name), soa: soa}
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
	for name := owner; name != z.name && !z.names[name]; name = parent(name) {
		z.names[name] = true
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
	referral []dns.RR // NS records of the delegated zone below
	glue     []dns.RR
	exists   bool
}

// find follows the algorithm of RFC 1034 section 4.3.2, step 3, within one zone. name is canonical.
func (z *zone) find(name string, rrtype uint16, soa *dns.SOA) found {
	if cut := z.cut(name); cut != "" {
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
		f.answer = append(f.answer, soa)
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
