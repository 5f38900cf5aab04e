// Package dnssec tells whether what name servers said is signed, from the keys of the root down (RFC 4033, RFC 4034, RFC 4035, RFC 5155,
// RFC 6840): secure, not signed (insecure), or proven to be broken (bogus), so that no resolver that validates lets its users see it.
//
// It is pure. It takes what was recorded, the trust anchors, and the time at which each answer came, and lists what it would have to see
// to know more. The cryptography is that of the DNS library.
//
// It never calls broken what it could not check: an algorithm that the library does not know or on which resolvers differ (RFC 9905), a
// root that does not fit the anchors, a clock that is off, signatures that somebody on the way may have taken out, work beyond its bounds.
// All of these are unknown, with the reason.
package dnssec

import (
	"time"

	"github.com/miekg/dns"
)

// Status is what a validation came to (RFC 4033 section 5). The zero Status is Unknown.
type Status int

// The outcomes. RFC 4033 calls the first one indeterminate.
const (
	Unknown  Status = iota
	Secure          // a chain of signatures leads from a trust anchor to the records
	Insecure        // it is proven that the zone is not signed, or only with what nobody need check (RFC 4035 section 5.2)
	Bogus           // the zone above says that the records are signed, and no signature holds
)

// Fault is what is wrong with records that are bogus.
type Fault string

// The faults. Who has to repair them differs: NoKey is settled at the registrar of the zone or in it, the others in the zone.
const (
	Expired      Fault = "expired"       // the signatures have expired
	NotYetValid  Fault = "not_yet_valid" // the signatures begin in the future
	WrongKey     Fault = "wrong_key"     // they were made with a key that the zone does not publish, or do not fit the records
	NoKey        Fault = "no_key"        // no key of the zone is one to which the zone above points by its DS records
	Unsigned     Fault = "unsigned"      // there is no signature where one must be
	BrokenDenial Fault = "denial"        // that there is no such record is not proven by NSEC or NSEC3 records
)

// Reason is why a validation came to nothing.
type Reason string

// The reasons. Missing is the only one that more questions may change.
const (
	Missing      Reason = "missing"      // not recorded; Result.Missing says what
	Unanswered   Reason = "unanswered"   // asked, and no usable answer came
	Unchecked    Reason = "unchecked"    // an algorithm, a digest or a key that cannot be checked here, or on which resolvers differ
	Anchor       Reason = "anchor"       // the root is not signed with a key that is trusted
	Clock        Reason = "clock"        // the clock of this machine may be off
	Disagreement Reason = "disagreement" // servers gave answers of which some hold and others do not
	Bound        Reason = "bound"        // more keys, signatures or iterations than are looked at
)

// Question names records that have to be seen.
type Question struct{ Name, Type string }

// Result is what is known of the records of one name and type.
type Result struct {
	Status  Status
	Zone    string     // whose keys or signatures decided, without the final dot
	Fault   Fault      // of Bogus
	Reason  Reason     // of Unknown
	Detail  string     // of both: one clause for people, about Zone
	At      time.Time  // of Bogus by time: when the signatures ended or will begin
	Missing []Question // of Reason Missing: what to ask
	About   Question   // the records at which the validation ended
}

// Answer is one answer of an authoritative server, as it was recorded.
type Answer struct {
	At      time.Time // by the clock of the machine that asked
	Asked   bool      // the question asked for signatures (DO, RFC 3225)
	RCode   int
	Records []dns.RR // of the answer section, and whatever signatures, denials and DS records came in any section
	Answer  int      // so many of them are those of the answer section, and come first
	SOA     string   // owner of the SOA record of a denial, "" without one

	Referral bool // a server of a zone above says whom to ask
}

// Evidence is what was recorded, as far as a validation looks at it. Names are in lower case, without the final dot; the root is ".".
type Evidence interface {
	// Said are the usable answers of authoritative servers to a question; asked tells whether it was put at all.
	Said(name, rrtype string) (answers []Answer, asked bool)
	// Referrals are the answers in which servers above refer to a zone.
	Referrals(zone string) []Answer
}

// Algorithms that the library checks and that all validators implement or should (RFC 8624 section 3.1, RFC 9904). Those with SHA-1 are
// left out: RFC 9905 has some resolvers treat them as not signed, and others check them still.
var checked = map[uint8]bool{dns.RSASHA256: true, dns.RSASHA512: true, dns.ECDSAP256SHA256: true, dns.ECDSAP384SHA384: true, dns.ED25519: true}

// disputed are algorithms that some resolvers check: what they make of a zone is not known here.
var disputed = map[uint8]bool{dns.RSASHA1: true, dns.RSASHA1NSEC3SHA1: true, dns.ED448: true}

// digestLength is the length, in hexadecimal digits, of the digests of DS records that are checked (RFC 8624 section 3.3).
var digestLength = map[uint8]int{dns.SHA256: 64, dns.SHA384: 96}

// usableKey tells whether a key may sign records of a zone: it is a zone key of protocol 3 that is not revoked (RFC 4034 section 2.1,
// RFC 5011 section 2.1).
func usableKey(k *dns.DNSKEY) bool {
	return k.Flags&dns.ZONE != 0 && k.Flags&dns.REVOKE == 0 && k.Protocol == 3 && k.PublicKey != ""
}
