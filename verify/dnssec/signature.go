package dnssec

// This file checks the signatures of one set of records with the keys of its zone.

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// Bounds of the work that one validation may take. A zone may be made so that each of many signatures has to be tried with each of many
// keys (KeyTrap, CVE-2023-50387), or each name hashed thousands of times (CVE-2023-50868). No honest zone comes near.
const (
	maxSignatures = 8   // of one set that are looked at
	maxKeys       = 32  // of a zone
	maxColliding  = 4   // keys of one tag and algorithm: resolvers give up at as few
	maxChecks     = 100 // signatures of one validation, whatever of
	maxIterations = 50  // of NSEC3, beyond which resolvers take a zone for not signed (RFC 9276 section 3.2)
	maxHashes     = 400 // names that are hashed in one validation
)

// skew is how far a time may be off before a signature counts as ended, or not begun. The number is our own: clocks are off by as much, and
// some resolvers forgive it.
const skew = time.Hour

// verdict is what became of the signatures of one set.
type verdict struct {
	Status
	fault  Fault
	reason Reason
	detail string
	at     time.Time
	holds  *dns.RRSIG // of Secure
}

// rank orders what speaks against signatures, the most telling last: a signature that held once says more than one that never fits.
var rank = map[Fault]int{Unsigned: 1, WrongKey: 2, NotYetValid: 3, Expired: 4}

// worse keeps the more telling of two failures. What could not be checked might hold, so that it outweighs all faults.
func (v verdict) worse(o verdict) verdict {
	switch {
	case v.Status == Unknown && v.reason != "":
		return v
	case o.Status == Unknown, rank[o.fault] > rank[v.fault]:
		return o
	}
	return v
}

// set are the records of one name and type, with their signatures.
type set struct {
	records    []dns.RR
	signatures []*dns.RRSIG
}

// setOf gathers the records of a name and type; records of a second time are one (RFC 2181 section 5).
func setOf(records []dns.RR, name string, rrtype uint16) (s set) {
	for _, rr := range records {
		if !owned(rr, name) {
			continue
		}
		if sig, ok := rr.(*dns.RRSIG); ok && sig.TypeCovered == rrtype {
			s.signatures = append(s.signatures, sig)
		} else if rr.Header().Rrtype == rrtype && !slices.ContainsFunc(s.records, func(o dns.RR) bool { return dns.IsDuplicate(o, rr) }) {
			// The library takes names in other letter case for those of another set.
			one := dns.Copy(rr)
			one.Header().Name = dns.CanonicalName(one.Header().Name)
			s.records = append(s.records, one)
		}
	}
	return s
}

// bare writes a name as evidence has it.
func bare(name string) string {
	if name == "." {
		return name
	}
	return strings.TrimSuffix(strings.ToLower(name), ".")
}

func owned(rr dns.RR, name string) bool { return bare(rr.Header().Name) == name }

// within tells whether a name is a zone's apex or below it.
func within(name, zone string) bool {
	return zone == "." || name == zone || strings.HasSuffix(name, "."+zone)
}

// verify checks a set of a zone at a time. One signature that holds is enough (RFC 6840 section 5.11).
func (v *validation) verify(zone string, keys []*dns.DNSKEY, s set, at time.Time) verdict {
	worst := verdict{Status: Bogus, fault: Unsigned, detail: "has no signature of the zone"}
	if len(s.records) == 0 {
		return verdict{Status: Unknown, reason: Unanswered, detail: "has no records"}
	}
	tried := 0
	for _, sig := range s.signatures {
		// Only the zone itself signs what is in it (RFC 4035 section 5.3.1). The labels of a wildcard's signature are fewer than those of
		// the name, never more.
		if bare(sig.SignerName) != zone || int(sig.Labels) > dns.CountLabel(s.records[0].Header().Name) {
			continue
		}
		if tried++; tried > maxSignatures {
			return worst.worse(verdict{reason: Bound, detail: "has more signatures than are looked at"})
		}
		one := v.signature(keys, sig, s.records, at)
		if one.Status == Secure {
			one.holds = sig
			return one
		}
		worst = worst.worse(one)
	}
	return worst
}

// signature checks one signature with the keys that its tag and algorithm name. Tags collide by chance, so that there may be several.
func (v *validation) signature(keys []*dns.DNSKEY, sig *dns.RRSIG, records []dns.RR, at time.Time) verdict {
	if !checked[sig.Algorithm] {
		return verdict{reason: Unchecked, detail: "is signed with the algorithm " + algorithm(sig.Algorithm) + ", which is not checked here"}
	}
	worst := verdict{Status: Bogus, fault: WrongKey, detail: "is signed with a key that the zone does not publish"}
	tried := 0
	for _, key := range keys {
		if key.KeyTag() != sig.KeyTag || key.Algorithm != sig.Algorithm {
			continue
		}
		if tried++; tried > maxColliding || v.checks <= 0 {
			return verdict{reason: Bound, detail: "has more keys of one number than are looked at"}
		}
		v.checks--
		switch err := check(sig, key, records); {
		case err == nil:
			return timely(sig, at)
		case errors.Is(err, errUnchecked):
			worst = verdict{reason: Unchecked, detail: "is signed with a key of a form that is not checked here"}
		case worst.Status == Bogus:
			worst.detail = "has a signature that does not fit its records or its key"
		}
	}
	return worst
}

// errUnchecked is a key that the cryptographic library refuses to look at.
var errUnchecked = errors.New("dnssec: a key that cannot be checked")

// check checks one signature with one key, whatever the time.
func check(sig *dns.RRSIG, key *dns.DNSKEY, records []dns.RR) error {
	if !checkable(key) {
		return errUnchecked
	}
	// The library looks at all signatures of an algorithm as if they had its length.
	if n := signatureLength[sig.Algorithm]; n > 0 && len(decoded(sig.Signature)) != n {
		return dns.ErrSig
	}
	return sig.Verify(key, records)
}

// Lengths of keys and signatures, in octets (RFC 6605 section 4, RFC 8080 sections 3 and 4).
var (
	keyLength       = map[uint8]int{dns.ECDSAP256SHA256: 64, dns.ECDSAP384SHA384: 96, dns.ED25519: 32}
	signatureLength = map[uint8]int{dns.ECDSAP256SHA256: 64, dns.ECDSAP384SHA384: 96, dns.ED25519: 64}
)

// The moduli of RSA keys that the library checks, in bits. It refuses shorter ones with the same error as a signature that does not fit.
const leastModulus, mostModulus = 1024, 4096

// checkable tells whether the library would look at a key. A key that it refuses is no broken one: others may accept it.
func checkable(key *dns.DNSKEY) bool {
	if n := keyLength[key.Algorithm]; n > 0 {
		return len(decoded(key.PublicKey)) == n
	}
	bits, exponent := rsaKey(decoded(key.PublicKey))
	return bits >= leastModulus && bits <= mostModulus && exponent >= 3 && exponent < 1<<31 && exponent&1 == 1
}

// rsaKey reads the length of the modulus and the exponent of a key (RFC 3110 section 2); zeros where it has none that the library takes.
func rsaKey(b []byte) (bits int, exponent uint64) {
	if len(b) < 3 {
		return 0, 0
	}
	size, at := int(b[0]), 1
	if size == 0 {
		size, at = int(b[1])<<8|int(b[2]), 3
	}
	if size == 0 || size > 4 || len(b) <= at+size || b[at] == 0 {
		return 0, 0
	}
	for _, c := range b[at : at+size] {
		exponent = exponent<<8 | uint64(c)
	}
	modulus := new(big.Int).SetBytes(b[at+size:])
	if b[at+size] == 0 || modulus.Bit(0) == 0 { // no product of odd primes is even
		return 0, 0
	}
	return modulus.BitLen(), exponent
}

func decoded(s string) []byte {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil
	}
	return b
}

// timely tells whether a signature that fits counts at a time. Times are numbers of a circle of 32 bits (RFC 4034 section 3.1.5, RFC 1982).
func timely(sig *dns.RRSIG, at time.Time) verdict {
	now := uint32(at.Unix())
	begun, left := time.Duration(int32(now-sig.Inception))*time.Second, time.Duration(int32(sig.Expiration-now))*time.Second
	switch {
	case begun >= 0 && left >= 0:
		return verdict{Status: Secure}
	case left < -skew:
		end := at.Add(left)
		return verdict{Status: Bogus, fault: Expired, at: end, detail: "has a signature that ended on " + day(end)}
	case begun < -skew:
		start := at.Add(-begun)
		return verdict{Status: Bogus, fault: NotYetValid, at: start, detail: "has a signature that does not begin before " + day(start)}
	}
	return verdict{reason: Clock, detail: "has a signature that begins or ends within the hour, so that it hangs on clocks"}
}

// day writes a time for people.
func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// algorithm names an algorithm for people.
func algorithm(n uint8) string {
	if name := dns.AlgorithmToString[n]; name != "" {
		return name
	}
	return fmt.Sprintf("number %d", n)
}
