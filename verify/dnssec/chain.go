package dnssec

// This file goes down from the root to the zone that holds a name (RFC 4035 section 5): each zone's keys are those to which the zone above
// points by signed DS records.

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// Validator validates what some evidence holds. Zones are looked at once, so that it is made anew when evidence is added. It serves one
// goroutine.
type Validator struct {
	evidence Evidence
	anchors  []dns.RR
	zones    map[string]zone
}

// New makes a validator with some trust anchors, mostly Root().
func New(e Evidence, anchors []dns.RR) *Validator {
	return &Validator{evidence: e, anchors: anchors, zones: map[string]zone{}}
}

// validation is the work on one question, with what is left of its bounds.
type validation struct {
	*Validator
	checks, hashes int
	links          int
}

// zone is a zone with the keys that count in it, where it is secure.
type zone struct {
	Result
	keys []*dns.DNSKEY
}

// Judge validates the records of a name and type, or the denial of such records. Aliases are followed into their zones.
func (v *Validator) Judge(name, rrtype string) Result {
	w := &validation{v, maxChecks, maxHashes, maxLinks}
	return w.timely(w.question(bare(name), strings.ToUpper(rrtype)))
}

// maxLinks bounds a chain of aliases, as the probe does.
const maxLinks = 16

// question validates all that was said to a question.
func (v *validation) question(name, rrtype string) Result {
	about := Question{name, rrtype}
	code, ok := dns.StringToType[rrtype]
	if !ok || v.links <= 0 {
		return Result{Reason: Bound, Zone: name, Detail: "leads from alias to alias", About: about}
	}
	v.links--
	from := name
	// The DS records of a zone stand in the one above it (RFC 4035 section 2.4).
	if rrtype == "DS" && name != "." {
		from = above(name)
	}
	in := v.holder(from)
	if in.Status != Secure {
		return in.Result // about the keys or the delegation at which it ended
	}
	answers, asked := v.evidence.Said(name, rrtype)
	if len(answers) == 0 {
		return v.nothing(asked, in.Zone, about)
	}
	var all []Result
	for _, a := range answers {
		all = append(all, v.answer(in, name, code, a))
	}
	r := together(all)
	r.About = cmp.Or(r.About, about)
	return r
}

// nothing is what is known where no usable answer is recorded.
func (v *validation) nothing(asked bool, zone string, about Question) Result {
	r := Result{Zone: zone, Reason: Missing, About: about, Detail: "was not asked for the " + about.Type + " records of " + about.Name}
	if asked {
		r.Reason, r.Detail = Unanswered, "gave no usable answer about the "+about.Type+" records of "+about.Name
	} else {
		r.Missing = []Question{about}
	}
	return r
}

// together joins what the answers of several servers come to. A resolver that meets a broken one asks the next, so that only what all
// of them say is the word of the zone.
func together(all []Result) Result {
	r := all[0]
	for _, o := range all[1:] {
		switch {
		case o.Status == r.Status && (r.Status != Unknown || o.Reason == r.Reason):
			r.Missing = append(r.Missing, o.Missing...)
		case r.Status == Unknown && r.Reason == Missing:
		case o.Status == Unknown && o.Reason == Missing:
			r = o
		case o.Status == Unknown || r.Status == Unknown:
			// What could not be checked may go either way.
			if r.Status != Unknown {
				r = o
			}
		default:
			r = Result{Zone: r.Zone, Reason: Disagreement, About: r.About, Detail: "has servers whose answers are signed as they must be, and others whose are not"}
		}
	}
	return r
}

// above is the name one label shorter.
func above(name string) string {
	if _, rest, ok := strings.Cut(name, "."); ok && rest != "" {
		return rest
	}
	return "."
}

// holder is the zone that holds a name, as far as delegations to it are recorded. The nearest trust anchor above it counts, as an island
// of trust may have one of its own (RFC 4033 section 5).
func (v *validation) holder(name string) zone {
	z, way := v.root(), downTo(name)
	for i := len(way) - 1; i >= 0; i-- {
		if ds := v.anchored(way[i]); len(ds) > 0 {
			z, way = v.island(way[i], ds), way[i+1:]
			break
		}
	}
	for _, cut := range way {
		if z.Status != Secure {
			return z
		}
		answers, asked := v.evidence.Said(cut, "DS")
		if len(answers) == 0 && !asked && len(v.evidence.Referrals(cut)) == 0 {
			continue // nobody spoke of a zone that begins here
		}
		z = v.below(z, cut)
	}
	return z
}

// downTo lists the names from the top level down to a name.
func downTo(name string) (list []string) {
	for ; name != "."; name = above(name) {
		list = append(list, name)
	}
	slices.Reverse(list)
	return list
}

// root is the root zone with its keys.
func (v *validation) root() zone {
	return v.island(".", v.anchored("."))
}

// anchored are the trust anchors for a zone, as DS records.
func (v *validation) anchored(zone string) (ds []*dns.DS) {
	for _, rr := range v.anchors {
		if !owned(rr, zone) {
			continue
		}
		switch rr := rr.(type) {
		case *dns.DS:
			ds = append(ds, rr)
		case *dns.DNSKEY:
			ds = append(ds, rr.ToDS(dns.SHA256))
		}
	}
	return ds
}

// island is a zone with trust anchors of its own.
func (v *validation) island(name string, ds []*dns.DS) zone {
	if z, known := v.zones[name]; known {
		return z
	}
	z := v.keys(name, ds)
	// A root that does not fit was rolled over, is a private one, or is somebody's on the way. It is never taken for the fault of whoever
	// is below it. Its signatures do not end unnoticed, so that a clock is off where they have.
	switch {
	case z.Status == Bogus && (z.Fault == Expired || z.Fault == NotYetValid):
		z.Status, z.Reason, z.Detail = Unknown, Clock, z.Detail+", which cannot be: the clock of this machine may be off"
	case z.Status == Bogus || z.Status == Insecure:
		z.Status, z.Reason, z.Detail = Unknown, Anchor, "is not signed with a key that is trusted; --trust-anchor names others"
	}
	z.Fault = ""
	v.zones[name] = z
	return z
}

// below is the zone at a name to which a secure zone above may delegate; the zone above itself where no zone begins there.
func (v *validation) below(parent zone, cut string) zone {
	if z, known := v.zones[cut]; known {
		return z
	}
	z := v.delegated(parent, cut)
	// What a bound of this question left open, another one may know.
	if z.Reason != Bound {
		v.zones[cut] = z
	}
	return z
}

// delegated looks at all that servers of the zone above said of a delegation.
func (v *validation) delegated(parent zone, cut string) zone {
	about := Question{cut, "DS"}
	asked, put := v.evidence.Said(cut, "DS")
	answers := slices.Concat(asked, v.evidence.Referrals(cut))
	if len(answers) == 0 {
		return zone{Result: v.nothing(put, parent.Zone, about)}
	}
	var results []Result
	var ds []*dns.DS
	for _, a := range answers {
		r, found := v.delegation(parent, cut, a)
		// The child's own servers deny DS records, of which they know nothing; and a referral may leave out what does not fit, which is
		// asked for then.
		if r.Reason == foreign || a.Referral && put && r.Reason == Missing {
			continue
		}
		results, ds = append(results, r), append(ds, found...)
	}
	if len(results) == 0 {
		return zone{Result: Result{Zone: parent.Zone, Reason: Unanswered, About: about, Detail: "gave no answer of its own about the DS records of " + cut}}
	}
	r := together(results)
	r.About = about
	switch {
	case r.Status == Insecure && r.Zone == parent.Zone && r.Detail == noCut:
		return parent
	case r.Status != Secure:
		return zone{Result: r}
	}
	return v.keys(cut, ds)
}

const (
	noCut          = "no zone begins here"
	foreign Reason = "foreign" // the answer of another zone, which is passed over
)

// delegation reads one answer about a delegation: Secure with DS records, Insecure without, or why neither is proven.
func (v *validation) delegation(parent zone, cut string, a Answer) (Result, []*dns.DS) {
	s := setOf(a.Records, cut, dns.TypeDS)
	r := Result{Zone: parent.Zone}
	signer := v.signer(a, cut)
	switch {
	// A zone lies between, of whose delegation nothing was recorded.
	case signer != "" && signer != parent.Zone && within(signer, parent.Zone) && within(cut, signer) && signer != cut:
		r.Reason, r.Missing, r.Detail = Missing, []Question{{signer, "DS"}}, "delegates "+signer+", of which nothing was recorded"
		return r, nil
	case signer != "" && signer != parent.Zone && within(parent.Zone, signer), // somebody who has the zone above this one
		len(s.records) == 0 && (signer == cut || a.SOA != "" && a.SOA != parent.Zone):
		r.Reason = foreign
		return r, nil
	case len(s.records) == 0:
		return v.noDelegation(parent, cut, a), nil
	}
	found := v.verify(parent.Zone, parent.keys, s, a.At)
	r = v.result(parent.Zone, found, "the DS records of "+cut, a)
	var ds []*dns.DS
	for _, rr := range s.records {
		ds = append(ds, rr.(*dns.DS))
	}
	return r, ds
}

// signer is the zone whose signatures an answer about a delegation holds, "" if it has none.
func (v *validation) signer(a Answer, cut string) string {
	for _, rr := range a.Records {
		sig, ok := rr.(*dns.RRSIG)
		if ok && (sig.TypeCovered == dns.TypeDS && owned(rr, cut) || sig.TypeCovered == dns.TypeNSEC || sig.TypeCovered == dns.TypeNSEC3) {
			return bare(sig.SignerName)
		}
	}
	return ""
}

// result writes down what the signatures of a set came to. That there is none shows a fault only where signatures were asked for.
func (v *validation) result(zone string, found verdict, what string, a Answer) Result {
	switch {
	case found.Status == Secure:
		return Result{Status: Secure, Zone: zone}
	case found.fault == Unsigned && !a.Asked:
		return Result{Zone: zone, Reason: Unanswered, Detail: "answers only without signatures about " + what}
	}
	// One subject for all details: "the set of MX records of example.com has a signature that ended on …".
	return Result{Status: found.Status, Zone: zone, Fault: found.fault, Reason: found.reason, At: found.at, Detail: "the set of " + what + " " + found.detail}
}

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
			z.keys = append(z.keys, keys...)
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
