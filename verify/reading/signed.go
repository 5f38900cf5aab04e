package reading

// This file tells what the signatures of records show (DNSSEC), by our own validation from the root, and whether those who check them see
// the records at all. The AD bit of a resolver is a witness and no more: whoever is on the way may set it.

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/dnssec"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// signatures is what was validated of a bundle. It goes with the other conclusions when something is added.
type signatures struct {
	validator *dnssec.Validator // nil before
	results   map[dnssec.Question]dnssec.Result
}

// Signed is what the signatures of the records of a name come to, or of their denial.
func (r *Reading) Signed(name, rrtype string) dnssec.Result {
	known := &r.indexed().signatures
	if known.validator == nil {
		known.validator, known.results = dnssec.New(recorded{r}, r.anchors()), map[dnssec.Question]dnssec.Result{}
	}
	q := dnssec.Question{Name: dnsanswer.Bare(name), Type: strings.ToUpper(rrtype)}
	result, done := known.results[q]
	if !done {
		result = known.validator.Judge(q.Name, q.Type)
		known.results[q] = result
	}
	return result
}

// anchors are the keys that are trusted: those that the user named, and those of the root that are shipped unless he named some for it.
func (r *Reading) anchors() []dns.RR {
	named, root := r.Parse(r.Bundle.Vantage.TrustAnchors), false
	for _, rr := range named {
		root = root || rr.Header().Name == "."
	}
	if root {
		return named
	}
	return append(slices.Clone(named), dnssec.Root()...)
}

// looksSigned tells whether something shows that a name lies in a signed zone: the nearest delegation above it has DS records, or signatures
// stand beside its records. Most zones are not signed, and nothing is asked or concluded of their signatures.
func (r *Reading) looksSigned(name, rrtype string) bool {
	is := func(code uint16) func(dns.RR) bool { return func(rr dns.RR) bool { return rr.Header().Rrtype == code } }
	said, _ := recorded{r}.Said(dnsanswer.Bare(name), rrtype)
	for _, a := range said {
		if slices.ContainsFunc(a.Records, is(dns.TypeRRSIG)) {
			return true
		}
	}
	for zone := range above(dnsanswer.Bare(name)) {
		answers, _ := recorded{r}.Said(zone, "DS")
		answers = slices.Concat(answers, recorded{r}.Referrals(zone))
		for _, a := range answers {
			if slices.ContainsFunc(a.Records, func(rr dns.RR) bool { return is(dns.TypeDS)(rr) && dnsanswer.Bare(rr.Header().Name) == zone }) {
				return true
			}
		}
		if len(answers) > 0 && zone != "." {
			return false
		}
	}
	return false
}

// resolverFails tells whether the resolver answers SERVFAIL to a question, as one that validates does where signatures are broken (RFC 4035
// section 5.5). One that gives nothing else either shows nothing.
func (r *Reading) resolverFails(name, rrtype string) bool {
	xs, _ := r.Exchanges(evidence.Resolver, "", name, rrtype)
	return dnsanswer.Last(xs).RCode == "SERVFAIL" && r.indexed().resolves
}

// authentic tells whether the resolver found records and says that it has validated them (RFC 4035 section 3.2.3).
func (r *Reading) authentic(name, rrtype string) bool {
	xs, _ := r.Exchanges(evidence.Resolver, "", name, rrtype)
	last := dnsanswer.Last(xs)
	return last.AD && last.RCode == "NOERROR" && len(r.Records(last, rrtype)) > 0
}

// Hidden tells whether those who check signatures find none of the records that name servers have. It is a yes only where it is proven
// that the signatures are broken. Where it can neither be proven nor ruled out it is open, and so is what follows from the records.
func (r *Reading) Hidden(name, rrtype string) facts.Known {
	looks, fails := r.looksSigned(name, rrtype), r.resolverFails(name, rrtype)
	if !looks && !fails {
		return facts.No()
	}
	what := "the " + rrtype + " records of " + dnsanswer.HostName(name)
	result := r.Signed(name, rrtype)
	switch {
	case result.Status == dnssec.Bogus && r.authentic(name, rrtype):
		return facts.Because(facts.Unknown{Code: facts.Disagreement, Detail: "by what its name servers give, the signatures of " + what + " are broken (" +
			faultText(result) + "), and the resolver says that it has checked them"})
	case result.Status == dnssec.Bogus:
		return facts.Yes().Unless(r.unheard(result.About))
	// What is proven is proven, whatever the resolver stumbles over.
	case result.Status == dnssec.Secure, result.Status == dnssec.Insecure:
		return facts.No()
	case fails:
		return facts.Because(facts.Unknown{Code: facts.ServFail, Detail: "the resolver answers SERVFAIL to the question for " + what + ", which the name servers " +
			"answer; where the signatures of the zone (DNSSEC) are broken, whoever checks them finds no record, and they could not be checked here: " + faultText(result)})
	// A validating resolver saw them; that somebody else made up its word would have to be believed against all that name servers say.
	case r.authentic(name, rrtype):
		return facts.No()
	}
	return facts.Because(Unproven(result, what))
}

// unheard is why some server may give other signatures than those that were heard, or the zero value: it was asked and gave no usable answer.
// Resolvers that meet broken signatures at one server ask the next.
func (r *Reading) unheard(q dnssec.Question) facts.Unknown {
	var servers []evidence.Server
	for _, place := range r.AskedFor(q.Name, q.Type) {
		x := &r.Bundle.Exchanges[place]
		s := evidence.Server{Name: x.ServerName, Address: dnsanswer.AddressOf(x.Server)}
		owner, _ := r.refersTo(place)
		if x.Role == evidence.Authoritative && x.Round == 0 && owner == "" && s.Address != "" && !slices.Contains(servers, s) && !r.Routeless(s.Address) {
			servers = append(servers, s)
		}
	}
	for _, s := range servers {
		if r.unsigned(s, q) {
			return facts.Unknown{Code: facts.ServFail, Detail: s.Name + " [" + s.Address + "] answered the question for the " + q.Type + " records of " + q.Name +
				" only when it was asked without signatures"}
		}
	}
	return r.Untold(servers, q.Name, q.Type)
}

// unsigned tells whether a server gave records only to a question without DO, such as follows a lost datagram: with it, its signatures might
// have held. One that says that it does not know EDNS gives signatures to nobody (RFC 6891 section 7).
func (r *Reading) unsigned(s evidence.Server, q dnssec.Question) bool {
	without := false
	for _, place := range r.AskedFor(q.Name, q.Type) {
		x := &r.Bundle.Exchanges[place]
		switch {
		case x.Role != evidence.Authoritative || x.Round != 0 || dnsanswer.AddressOf(x.Server) != s.Address:
		case x.EDNS && slices.Contains([]string{"FORMERR", "NOTIMP", "BADVERS"}, x.RCode), x.DO && x.Failure == nil && !x.TC && x.AA:
			return false
		case x.Failure == nil && !x.TC && x.AA:
			without = true
		}
	}
	return without
}

// unprovenCodes are the codes of reasons for which nothing is known of signatures.
var unprovenCodes = map[dnssec.Reason]facts.Code{dnssec.Unanswered: facts.ServFail, dnssec.Disagreement: facts.Disagreement}

// Unproven is why it is not known what the signatures of some records are worth. The next step is another tool that validates, such as delv.
func Unproven(result dnssec.Result, what string) facts.Unknown {
	return facts.Unknown{Code: cmp.Or(unprovenCodes[result.Reason], facts.Untested),
		Detail: "the zone of " + what + " is said to be signed (DNSSEC), and its signatures could not be checked: " + faultText(result)}
}

// faultText is what a validation came to, as one clause.
func faultText(result dnssec.Result) string {
	return "the zone " + cmp.Or(result.Zone, ".") + ": " + result.Detail
}

// HiddenBy is what is wrong with the signatures of records that are hidden.
func (r *Reading) HiddenBy(name, rrtype string) facts.Known {
	hidden := r.Hidden(name, rrtype)
	if !hidden.Known() {
		return hidden
	}
	if hidden.IsNo() {
		return facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "the signatures of the " + rrtype + " records of " + dnsanswer.HostName(name) + " are not broken"})
	}
	return facts.Is(facts.TextValue(faultText(r.Signed(name, rrtype))))
}

// recorded is the evidence of a reading as a validation looks at it.
type recorded struct{ r *Reading }

// Said are the usable answers of servers with authority in the first round, equal ones once. Where some came with signatures, those
// without do not count: somebody asked without because of a lost datagram.
func (e recorded) Said(name, rrtype string) (answers []dnssec.Answer, asked bool) {
	seen := map[string]bool{}
	for _, place := range e.r.AskedFor(name, rrtype) {
		x := &e.r.Bundle.Exchanges[place]
		if x.Role != evidence.Authoritative || x.Round != 0 {
			continue
		}
		asked = true
		usable := x.Failure == nil && !x.TC && x.AA && (x.RCode == "NOERROR" || x.RCode == "NXDOMAIN")
		if owner, _ := e.r.refersTo(place); !usable || owner != "" {
			continue
		}
		if key := contentOf(x); !seen[key] {
			seen[key] = true
			answers = append(answers, e.answer(x))
		}
	}
	return signedOnes(answers), asked
}

// Referrals are the referrals to a zone, likewise.
func (e recorded) Referrals(zone string) (answers []dnssec.Answer) {
	seen := map[string]bool{}
	for _, place := range e.r.referralsTo(zone) {
		x := &e.r.Bundle.Exchanges[place]
		// One without its proof shows that a zone begins here, and no more.
		if key := contentOf(x); !seen[key] {
			seen[key] = true
			a := e.answer(x)
			a.Answer, a.SOA, a.Referral = 0, "", true
			answers = append(answers, a)
		}
	}
	return signedOnes(answers)
}

// signedOnes are those that came with signatures, if some did.
func signedOnes(answers []dnssec.Answer) []dnssec.Answer {
	if !slices.ContainsFunc(answers, func(a dnssec.Answer) bool { return a.Asked }) {
		return answers
	}
	return slices.DeleteFunc(answers, func(a dnssec.Answer) bool { return !a.Asked })
}

// contentOf is what an exchange holds, so that equal answers of several servers are validated once. The order of records means nothing.
func contentOf(x *evidence.Exchange) string {
	lines := slices.Concat(x.Answer, x.Proof)
	slices.Sort(lines)
	return fmt.Sprint(x.RCode, x.DO, "\n") + strings.Join(lines, "\n")
}

func (e recorded) answer(x *evidence.Exchange) dnssec.Answer {
	records := e.r.Parse(x.Answer)
	return dnssec.Answer{At: x.At, Asked: x.DO, RCode: dns.StringToRcode[x.RCode], Records: append(slices.Clone(records), e.r.Parse(x.Proof)...),
		Answer: len(records), SOA: e.r.Holder(*x, dnsanswer.Bare(x.Name))}
}

// referralsTo are the exchanges in which servers refer to a zone.
func (r *Reading) referralsTo(zone string) []int {
	x := r.indexed()
	for ; x.referred < x.exchanges; x.referred++ {
		e := &r.Bundle.Exchanges[x.referred]
		if e.Role == evidence.Authoritative && e.Round == 0 && len(e.Answer) == 0 && len(e.Authority) > 0 {
			if owner, _ := r.refersTo(x.referred); owner != "" {
				x.referralsBy[dnsanswer.Bare(owner)] = append(x.referralsBy[dnsanswer.Bare(owner)], x.referred)
			}
		}
	}
	return x.referralsBy[zone]
}
