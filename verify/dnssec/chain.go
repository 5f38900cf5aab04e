package dnssec

// This file goes down from the root to the zone that holds a name (RFC 4035 section 5): each zone's keys are those to which the zone above
// points by signed DS records.

import (
	"cmp"
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
		results, ds = append(results, r), added(ds, found)
	}
	if len(results) == 0 {
		return zone{Result: Result{Zone: parent.Zone, Reason: Unanswered, About: about, Detail: "gave no answer of its own about the DS records of " + cut}}
	}
	r := together(results)
	if r.Fault == Unsigned {
		r = v.unlessCut(parent.Zone, cut, dns.TypeDS, r)
	}
	r.About = about
	switch {
	case r.Status == Insecure && r.Zone == parent.Zone && r.Detail == noCut:
		return parent
	case r.Status != Secure:
		return zone{Result: r}
	}
	return v.keys(cut, ds)
}

// added adds records that a list has not: servers that sign each answer afresh repeat the same ones.
func added[T dns.RR](list, more []T) []T {
	for _, rr := range more {
		if !slices.ContainsFunc(list, func(o T) bool { return dns.IsDuplicate(o, rr) }) {
			list = append(list, rr)
		}
	}
	return list
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
	speaks := cmp.Or(signer, a.SOA)
	switch {
	// A zone lies between, of whose delegation nothing was recorded.
	case speaks != "" && speaks != parent.Zone && within(speaks, parent.Zone) && within(cut, speaks) && speaks != cut:
		r.Reason, r.Missing, r.Detail = Missing, []Question{{speaks, "DS"}}, "delegates "+speaks+", of which nothing was recorded"
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
