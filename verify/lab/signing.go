package lab

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/internal/signer"
)

// The ways in which a zone is signed (RFC 4034, RFC 4035), or meant to be.
const (
	signedWell        = "good"
	signedExpired     = "expired"       // the signatures ended a month ago
	signedLater       = "not-yet-valid" // they begin in a month
	signedWrongKey    = "wrong-key"     // they were made with a key that is not published
	signedNoKey       = "no-key"        // the zone above points to a key that is gone
	signedUnsigned    = "unsigned"      // the zone above points to a key, and nothing is signed
	signedBadDenial   = "no-denial"     // denials lack their proof
	signedStripped    = "stripped"      // signatures are taken out on the way, those of the keys too
	signedUnsupported = "unknown"       // the zone above names an algorithm that nobody knows
)

var signings = []string{signedWell, signedExpired, signedLater, signedWrongKey, signedNoKey, signedUnsigned, signedBadDenial, signedStripped, signedUnsupported}

// signsRecords tells whether records of a zone get signatures.
func (z *zone) signsRecords() bool {
	return z.dnssec != "" && z.dnssec != signedUnsigned && z.dnssec != signedStripped
}

// signZones gives each zone that is to be signed its keys, and the zone above its DS records. The zones above, from the root on, are signed
// well: without them nobody could validate.
func (s *Scenario) signZones() {
	zones := s.allZones()
	for _, z := range zones {
		if z.dnssec == "" {
			continue
		}
		for _, over := range zones {
			if over != z && over.dnssec == "" && dns.IsSubDomain(over.name, z.name) {
				over.dnssec = signedWell
			}
		}
	}
	for _, z := range zones {
		if z.dnssec == "" {
			continue
		}
		for _, own := range s.contents(z) {
			if own.dnssec != signedUnsigned {
				own.add(signer.NewKey(z.name, "key").DNSKEY)
			}
		}
		others := slices.DeleteFunc(slices.Clone(zones), func(o *zone) bool { return o == z || len(o.servers) == 0 })
		if over := longest(others, z.name); over != nil && z.name != "." && !z.hidden {
			for _, own := range s.contents(over) {
				own.add(z.delegationSigner())
			}
		}
	}
}

// delegationSigner is the DS record of a zone.
func (z *zone) delegationSigner() dns.RR {
	label := "key"
	if z.dnssec == signedNoKey {
		label = "gone"
	}
	ds := signer.NewKey(z.name, label).DS()
	if z.dnssec == signedUnsupported {
		ds.Algorithm = 200 // unassigned
	}
	return ds
}

// made tells whether a record was made by signZones, and not written.
func (z *zone) made(rr dns.RR) bool {
	_, key := rr.(*dns.DNSKEY)
	_, ds := rr.(*dns.DS)
	return z.dnssec != "" && (key || ds)
}

// signatures are those that were made. A network makes each once.
type signatures struct {
	mu    sync.Mutex
	known map[string]*dns.RRSIG
}

// sign signs a set of a zone as the zone is signed.
func (s *signatures) sign(z *zone, set []dns.RR, now time.Time) *dns.RRSIG {
	var key strings.Builder
	key.WriteString(z.name + " " + z.dnssec)
	for _, rr := range set {
		key.WriteString("\n" + rr.String())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if sig := s.known[key.String()]; sig != nil {
		return sig
	}
	const month = 30 * 24 * time.Hour
	label, from, until := "key", now.Add(-time.Hour), now.Add(month)
	switch z.dnssec {
	case signedExpired:
		from, until = now.Add(-2*month), now.Add(-month)
	case signedLater:
		from, until = now.Add(month), now.Add(2*month)
	case signedWrongKey:
		label = "other"
	}
	sig := signer.NewKey(z.name, label).Sign(set, from, until)
	if s.known == nil {
		s.known = map[string]*dns.RRSIG{}
	}
	s.known[key.String()] = sig
	return sig
}

// prove adds to a reply what belongs to it where signatures were asked for (RFC 4035 section 3.1): signatures, denials, DS records.
func (n *Internet) prove(v *view, query, reply *dns.Msg) {
	opt := query.IsEdns0()
	if opt == nil || !opt.Do() || reply.IsEdns0() == nil || v.resolver || len(query.Question) != 1 {
		return
	}
	q := query.Question[0]
	name := dns.CanonicalName(q.Name)
	if len(reply.Answer) == 0 && len(reply.Ns) > 0 && reply.Rcode == dns.RcodeSuccess && reply.Ns[0].Header().Rrtype == dns.TypeNS {
		n.proveReferral(v, reply)
		return
	}
	denied := len(reply.Answer) == 0
	if len(reply.Answer) > 0 { // an alias may end in a name that there is not
		last, ok := reply.Answer[len(reply.Answer)-1].(*dns.CNAME)
		if ok && q.Qtype != dns.TypeCNAME && len(reply.Ns) > 0 {
			name, denied = dns.CanonicalName(last.Target), true
		}
	}
	answer := reply.Answer
	for _, set := range signer.Sets(answer) {
		owner := dns.CanonicalName(set[0].Header().Name)
		if z := v.zoneOf(owner, set[0].Header().Rrtype); z != nil && z.signsRecords() {
			n.proveSet(z, reply, set, owner)
		}
	}
	if z := v.zoneOf(name, q.Qtype); denied && z != nil {
		n.deny(z, reply, name)
	}
}

// zoneOf is the zone of a server that holds a name; that of DS records lies above it.
func (v *view) zoneOf(name string, rrtype uint16) *zone {
	if rrtype == dns.TypeDS {
		if z := longest(slices.DeleteFunc(slices.Clone(v.zones), func(z *zone) bool { return z.name == name }), name); z != nil {
			return z
		}
	}
	return longest(v.zones, name)
}

// proveSet signs a set of the answer. One that a wildcard made has the wildcard's signature, and the proof that the name itself is not there.
func (n *Internet) proveSet(z *zone, reply *dns.Msg, set []dns.RR, owner string) {
	source := z.wildcardOf(owner)
	if source == "" {
		reply.Answer = append(reply.Answer, n.signatures.sign(z, set, time.Now()))
		return
	}
	var original []dns.RR
	for _, rr := range set {
		rr = dns.Copy(rr)
		rr.Header().Name = source
		original = append(original, rr)
	}
	sig := dns.Copy(n.signatures.sign(z, original, time.Now())).(*dns.RRSIG)
	sig.Hdr.Name = owner
	reply.Answer = append(reply.Answer, sig)
	n.addDenials(z, reply, owner)
}

// wildcardOf is the wildcard that makes the records of a name, "" where it has its own.
func (z *zone) wildcardOf(name string) string {
	if z.names[name] || name == z.name {
		return ""
	}
	encloser := parent(name)
	for !z.names[encloser] {
		encloser = parent(encloser)
	}
	if source := "*." + strings.TrimPrefix(encloser, "."); len(z.owners[source]) > 0 {
		return source
	}
	return ""
}

// deny signs the SOA record of a denial and adds the proof.
func (n *Internet) deny(z *zone, reply *dns.Msg, name string) {
	if !z.signsRecords() {
		return
	}
	for _, set := range signer.Sets(slices.Clone(reply.Ns)) {
		reply.Ns = append(reply.Ns, n.signatures.sign(z, set, time.Now()))
	}
	if z.dnssec == signedBadDenial {
		return
	}
	encloser := name
	for !z.names[encloser] {
		encloser = parent(encloser)
	}
	n.addDenials(z, reply, name, "*."+strings.TrimPrefix(encloser, "."))
}

// addDenials adds the NSEC records at or before some names.
func (n *Internet) addDenials(z *zone, reply *dns.Msg, names ...string) {
	chain := signer.NSEC(z.types())
	for _, name := range names {
		var at *dns.NSEC
		for _, rr := range chain {
			if signer.Compare(rr.Hdr.Name, name) <= 0 {
				at = rr
			}
		}
		if at != nil && !slices.ContainsFunc(reply.Ns, func(rr dns.RR) bool { return dns.IsDuplicate(rr, at) }) {
			reply.Ns = append(reply.Ns, at, n.signatures.sign(z, []dns.RR{at}, time.Now()))
		}
	}
}

// types are the types of record at each name of a zone that it signs. What lies below a cut is another zone's.
func (z *zone) types() map[string][]uint16 {
	types := map[string][]uint16{z.name: {dns.TypeSOA}}
	for owner, records := range z.owners {
		cut := z.cut(owner)
		if cut != "" && cut != owner {
			continue
		}
		for _, code := range signer.Types(records) {
			if cut == "" || code == dns.TypeNS || code == dns.TypeDS {
				types[owner] = append(types[owner], code)
			}
		}
	}
	return types
}

// proveReferral adds the DS records of the zone to which a reply refers, or the proof that it has none (RFC 4035 section 3.1.4).
func (n *Internet) proveReferral(v *view, reply *dns.Msg) {
	cut := dns.CanonicalName(reply.Ns[0].Header().Name)
	z := v.zoneOf(cut, dns.TypeDS)
	if z == nil || !z.signsRecords() {
		return
	}
	if ds := z.of(cut, dns.TypeDS); len(ds) > 0 {
		reply.Ns = append(slices.Concat(reply.Ns, ds), n.signatures.sign(z, ds, time.Now()))
		return
	}
	n.addDenials(z, reply, cut)
}

// TrustAnchors are the keys of the root, as a file for validating resolvers has them; "" where the root is not signed.
func (n *Internet) TrustAnchors() string { return n.anchors }

// trustAnchors writes them.
func (s *Scenario) trustAnchors() string {
	if s.root.dnssec == "" {
		return ""
	}
	return signer.NewKey(".", "key").DS().String() + "\n"
}
