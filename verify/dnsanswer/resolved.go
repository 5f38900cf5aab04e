package dnsanswer

import (
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
)

// MaxLinks bounds a chain of aliases that is followed from zone to zone. The number is our own: each link costs a walk to another
// zone.
const MaxLinks = 8

// Resolved tells what the authoritative servers among the exchanges said of a name, over the whole chain of aliases: the
// records of the type, or why there are none. Only the records of the question name itself are taken from an answer; what
// a server adds about the target of an alias may lie outside its authority (RFC 2181 section 5.4.1), and was
// asked for by itself. NXDomain and NoData are said only on the word of an authoritative answer.
func (r *Reader) Resolved(xs []evidence.Exchange, name, rrtype string) ([]dns.RR, *evidence.Failure) {
	found := r.end(xs, name, rrtype)
	return found.Records, found.Failure
}

// Seen returns the records that were kept of an answer with more than are kept. They are there, whatever else is: who asks
// whether there is one may go by them, who asks for all may not.
func (r *Reader) Seen(xs []evidence.Exchange, name, rrtype string) []dns.RR {
	return r.end(xs, name, rrtype).Seen
}

// end is what is said at the end of a chain of aliases.
func (r *Reader) end(xs []evidence.Exchange, name, rrtype string) Said {
	return Follow(name, func(link string) Said { return r.First(xs, link, rrtype) })
}

// Follow goes from a name along the aliases in what is said of it, and returns what is said at their end.
func Follow(name string, said func(name string) Said) Said {
	name = Bare(name)
	seen := map[string]bool{}
	for range MaxLinks + 1 {
		found := said(name)
		if found.Alias == "" {
			return found
		}
		// A circle is found at once and need not use the bound up.
		seen[name] = true
		if name = found.Alias; seen[name] {
			break
		}
	}
	return Said{Failure: &evidence.Failure{Kind: evidence.ServFail, Detail: "the chain of aliases does not end"}}
}

// Alias returns the name that authoritative servers among the exchanges say a name is an alias of, "" if they say that it is
// none. The failure says why that is not known. That the name has no record of the type is an answer here: it shows that there is
// no alias either.
func (r *Reader) Alias(xs []evidence.Exchange, name, rrtype string) (string, *evidence.Failure) {
	found := r.First(xs, name, rrtype)
	if found.Failure != nil && !Absent(found.Failure) {
		return "", found.Failure
	}
	return found.Alias, nil
}

// Owned returns the records of a type that a name itself has in one exchange, not those to which an alias leads.
func (r *Reader) Owned(x evidence.Exchange, rrtype string) []dns.RR {
	records, _ := r.OwnedBy(x, Bare(x.Name), rrtype)
	return records
}

// Said is what an authoritative answer says of a name: records, the name it is an alias of, or why there are neither.
type Said struct {
	Records []dns.RR
	Alias   string
	Failure *evidence.Failure
	Seen    []dns.RR // of an answer that was too long: some of its records
}

// First returns what the first usable answer about a name says; without one, why the last is none.
func (r *Reader) First(xs []evidence.Exchange, name, rrtype string) Said {
	name = Bare(name)
	result := Said{Failure: &evidence.Failure{Kind: evidence.ServFail, Detail: "no authoritative server was asked for " + name}}
	for _, x := range xs {
		// A resolver's word is no server's, and a question about another name is none about this one.
		if x.Role != evidence.Authoritative || Bare(x.Name) != name || !strings.EqualFold(x.Type, rrtype) {
			continue
		}
		found, ok := r.Outcome(x, name, rrtype)
		if ok {
			return found
		}
		// A cut answer is followed by the same question over TCP; what became of that tells more.
		if len(found.Seen) > 0 || len(result.Seen) == 0 {
			result = found
		}
	}
	return result
}

// Outcome reads one answer; false if it is not usable as the word of an authoritative server.
func (r *Reader) Outcome(x evidence.Exchange, name, rrtype string) (Said, bool) {
	none := func(kind evidence.FailureKind, detail string) Said {
		return Said{Failure: &evidence.Failure{Kind: kind, Detail: detail, At: x.RTT, Waited: x.RTT}}
	}
	exists := x.RCode == "NOERROR"
	switch {
	case x.Failure != nil:
		return Said{Failure: x.Failure, Seen: r.part(x, name, rrtype)}, false
	// The order of the cases is that of trust: who gave no whole answer is not asked what it says, and who has no authority (AA)
	// says what others told it.
	case x.TC:
		return none(evidence.ServFail, "the answer is truncated"), false
	case !exists && x.RCode != "NXDOMAIN":
		return none(evidence.ServFail, "the server answered "+x.RCode), false
	case !x.AA:
		return none(evidence.ServFail, "the server is not authoritative for "+name), false
	}
	records, alias := r.OwnedBy(x, name, rrtype)
	switch {
	case len(records) > 0 && exists:
		return Said{Records: records}, true
	case len(records) > 0:
		return none(evidence.ServFail, "the answer contradicts itself: NXDOMAIN with records"), false
	case alias != "":
		// NXDOMAIN then speaks of the target (RFC 6604 section 3).
		return Said{Alias: alias}, true
	case !exists:
		return none(evidence.NXDomain, name+" does not exist"), true
	// A referral with AA contradicts itself: the name lies in a zone that the server has delegated (RFC 1034 section 4.3.2 step
	// 3b).
	case r.referral(x):
		return none(evidence.ServFail, "the answer is a referral"), false
	}
	return none(evidence.NoData, name+" has no "+rrtype+" record"), true
}

// part returns the records of a name in an answer that was too long to be kept whole. Only with authority and without TC: there the
// records are real, if not all.
func (r *Reader) part(x evidence.Exchange, name, rrtype string) []dns.RR {
	if x.Failure.Kind != evidence.TooLong || x.RCode != "NOERROR" || !x.AA || x.TC {
		return nil
	}
	records, _ := r.OwnedBy(x, name, rrtype)
	return records
}

// OwnedBy returns the records of a type that a name owns in an answer, and the target if it is an alias.
func (r *Reader) OwnedBy(x evidence.Exchange, name, rrtype string) (records []dns.RR, alias string) {
	code := dns.StringToType[strings.ToUpper(rrtype)]
	for _, rr := range r.Parse(x.Answer) {
		if Bare(rr.Header().Name) != name {
			continue
		}
		if rr.Header().Rrtype == code {
			records = append(records, rr)
		}
		if cname, ok := rr.(*dns.CNAME); ok && alias == "" {
			alias = Bare(cname.Target)
		}
	}
	return records, alias
}
