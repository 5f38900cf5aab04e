// Package signer signs zones for the lab and for tests, as a name server's tools would (RFC 4034, RFC 5155): keys, signatures, DS records and
// denials. Its keys follow from a name, so that they are the same in each run and cost no time; they protect nothing.
package signer

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

const ttl = 300

// Key is a key of a zone. It signs with Ed25519 (RFC 8080), the quickest to make and to use.
type Key struct {
	*dns.DNSKEY
	private crypto.Signer
}

// NewKey makes the key of a zone, in canonical form, that follows from a label: another label is another key.
func NewKey(zone, label string) Key {
	seed := sha256.Sum256([]byte(zone + " " + label))
	private := ed25519.NewKeyFromSeed(seed[:])
	return Key{&dns.DNSKEY{
		Hdr:   dns.RR_Header{Name: zone, Rrtype: dns.TypeDNSKEY, Class: dns.ClassINET, Ttl: ttl},
		Flags: dns.ZONE | dns.SEP, Protocol: 3, Algorithm: dns.ED25519,
		PublicKey: base64.StdEncoding.EncodeToString(private.Public().(ed25519.PublicKey)),
	}, private}
}

// DS is the record by which the zone above points to a key.
func (k Key) DS() *dns.DS { return k.ToDS(dns.SHA256) }

// Sign signs a set of records for a time.
func (k Key) Sign(records []dns.RR, from, until time.Time) *dns.RRSIG {
	sig := &dns.RRSIG{Algorithm: k.Algorithm, KeyTag: k.KeyTag(), SignerName: k.Hdr.Name, Inception: uint32(from.Unix()), Expiration: uint32(until.Unix())}
	sig.Hdr.Ttl = records[0].Header().Ttl
	if err := sig.Sign(k.private, records); err != nil {
		panic(err) // the records are those of a scenario, and were read as such
	}
	return sig
}

// Sets parts records into sets of one name and type.
func Sets(records []dns.RR) (sets [][]dns.RR) {
	for _, rr := range records {
		i := slices.IndexFunc(sets, func(set []dns.RR) bool {
			h := set[0].Header()
			return h.Rrtype == rr.Header().Rrtype && dns.CanonicalName(h.Name) == dns.CanonicalName(rr.Header().Name)
		})
		if i < 0 {
			sets = append(sets, nil)
			i = len(sets) - 1
		}
		sets[i] = append(sets[i], rr)
	}
	return sets
}

// Types lists the types of some records in order, with those that denials bring along.
func Types(records []dns.RR, more ...uint16) []uint16 {
	for _, rr := range records {
		more = append(more, rr.Header().Rrtype)
	}
	slices.Sort(more)
	return slices.Compact(more)
}

// NSEC makes the chain of a zone from its owners, in canonical form, and the types of record at each (RFC 4034 section 4). Names
// without records have none.
func NSEC(owners map[string][]uint16) (chain []*dns.NSEC) {
	names := slices.SortedFunc(maps.Keys(owners), Compare)
	for i, name := range names {
		types := append(slices.Clone(owners[name]), dns.TypeRRSIG, dns.TypeNSEC)
		slices.Sort(types)
		chain = append(chain, &dns.NSEC{Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeNSEC, Class: dns.ClassINET, Ttl: ttl},
			NextDomain: names[(i+1)%len(names)], TypeBitMap: slices.Compact(types)})
	}
	return chain
}

// NSEC3 makes the chain of a zone (RFC 5155 section 7.1). Names without records stand in it too. With opt-out, delegations without DS
// records are left out.
func NSEC3(zone string, owners map[string][]uint16, optOut bool, iterations uint16, salt string) (chain []*dns.NSEC3) {
	types := map[string][]uint16{}
	var flags uint8
	if optOut {
		flags = 1
	}
	for name, at := range owners {
		unsigned := slices.Contains(at, dns.TypeNS) && !slices.Contains(at, dns.TypeSOA) && !slices.Contains(at, dns.TypeDS)
		if optOut && unsigned {
			continue
		}
		at = slices.Clone(at)
		if len(at) > 0 && !unsigned {
			at = append(at, dns.TypeRRSIG)
		}
		slices.Sort(at)
		types[dns.HashName(name, dns.SHA1, iterations, salt)] = at
	}
	hashes := slices.Sorted(maps.Keys(types))
	for i, h := range hashes {
		owner := strings.ToLower(h) + "." + strings.TrimPrefix(zone, ".")
		chain = append(chain, &dns.NSEC3{Hdr: dns.RR_Header{Name: owner, Rrtype: dns.TypeNSEC3, Class: dns.ClassINET, Ttl: ttl}, Hash: dns.SHA1, Flags: flags,
			Iterations: iterations, SaltLength: uint8(len(salt) / 2), Salt: salt, HashLength: 20, NextDomain: hashes[(i+1)%len(hashes)], TypeBitMap: types[h]})
	}
	return chain
}

// Compare orders names as a zone is ordered (RFC 4034 section 6.1): by labels from the right.
func Compare(a, b string) int {
	la, lb := dns.SplitDomainName(a), dns.SplitDomainName(b)
	for i := 1; i <= min(len(la), len(lb)); i++ {
		if c := strings.Compare(strings.ToLower(la[len(la)-i]), strings.ToLower(lb[len(lb)-i])); c != 0 {
			return c
		}
	}
	return len(la) - len(lb)
}
