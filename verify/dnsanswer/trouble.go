package dnsanswer

import (
	"slices"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
)

// Trouble tells why a list of exchanges, as Lookup and Ask return it, ends without records of the type that was asked
// for; nil if it has them. NXDomain and NoData are said only on the word of somebody entitled to it: a resolver, or a
// server with authority over the name at the end of the chain of aliases. Whatever else is no answer is ServFail, and
// silence is Timeout.
func (r *Reader) Trouble(xs []evidence.Exchange) *evidence.Failure {
	if len(xs) == 0 {
		return &evidence.Failure{Kind: evidence.ServFail, Detail: "nothing was asked"}
	}
	last := xs[len(xs)-1]
	f := evidence.Failure{
		At:     evidence.Seconds(last.At.Sub(xs[0].At)) + last.RTT,
		Waited: last.RTT,
	}
	if last.Failure != nil {
		f = *last.Failure
		truncated := slices.ContainsFunc(xs, func(x evidence.Exchange) bool { return x.TC })
		// What we did ourselves keeps its kind: it is no doing of the server that the run ended before TCP.
		ours := []evidence.FailureKind{evidence.Interrupted, evidence.Limit, evidence.Private, evidence.TooLong}
		if truncated && !slices.Contains(ours, f.Kind) {
			f.Kind, f.Detail = evidence.ServFail, "the answer was truncated, and TCP failed: "+f.Detail
		}
		return &f
	}
	f.Kind, f.Detail = r.negative(last)
	if f.Kind == "" {
		return nil
	}
	return &f
}

// Cut tells whether a list of exchanges ends with an answer that holds more records of the type than are kept. Records returns
// those that are. There are some, which is enough for who asks whether there is any.
func (r *Reader) Cut(xs []evidence.Exchange) bool {
	x := Last(xs)
	return x.Failure != nil && x.Failure.Kind == evidence.TooLong && x.RCode == "NOERROR" && len(r.Records(x, x.Type)) > 0
}

// negative tells in which way an answer is none. The kind is "" if it is one.
func (r *Reader) negative(x evidence.Exchange) (evidence.FailureKind, string) {
	found, end, whole := r.follow(x, x.Type)
	exists := x.RCode == "NOERROR"
	direct := x.Role == evidence.Authoritative
	switch {
	case x.TC:
		return evidence.ServFail, "the answer is truncated"
	case !exists && x.RCode != "NXDOMAIN":
		return evidence.ServFail, "the server answered " + x.RCode
	// Records are believed without a look at AA: who asks a server for its own word looks at that by himself (Outcome).
	case exists && len(found) > 0:
		return "", ""
	case len(found) > 0:
		return evidence.ServFail, "the answer contradicts itself: NXDOMAIN with records"
	case !whole:
		return evidence.ServFail, "the chain of aliases does not end"
	// Only a server that was asked for its own word needs authority; a resolver never has it.
	case direct && !x.AA:
		return evidence.ServFail, "the server is not authoritative for the name"
	case direct && end != Bare(x.Name) && r.Holder(x, end) == "":
		// The server followed an alias to a name that is another server's business.
		return evidence.ServFail, "the name is an alias of " + end + ", which this server does not hold"
	case !exists:
		return evidence.NXDomain, end + " does not exist"
	case r.referral(x):
		return evidence.ServFail, "the answer is a referral"
	}
	return evidence.NoData, end + " has no " + x.Type + " record"
}

// Absent tells whether a look-up ended with the knowledge that there is nothing, by the word of somebody entitled to it.
func Absent(f *evidence.Failure) bool {
	return f != nil && (f.Kind == evidence.NXDomain || f.Kind == evidence.NoData)
}

// referral tells a referral from an answer without data (RFC 2308 section 2.2).
func (r *Reader) referral(x evidence.Exchange) bool {
	authority := r.Parse(x.Authority)
	// An SOA record denies, NS records alone refer: the two forms of an answer without data differ by that only.
	isNS := func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeNS }
	return slices.ContainsFunc(authority, isNS) && !slices.ContainsFunc(authority, IsSOA)
}

// Named returns the zone that a negative answer names as that of the question name, by the SOA record beside it (RFC 2308
// section 3), or "".
func (r *Reader) Named(x evidence.Exchange) string { return r.Holder(x, Bare(x.Name)) }

// Holder returns the zone that a negative answer names as that of a name, by the SOA record in its authority section
// (RFC 2308 section 3), or "". A zone that is no ancestor of the name cannot hold it.
func (r *Reader) Holder(x evidence.Exchange, name string) string {
	for _, rr := range r.Parse(x.Authority) {
		if owner := rr.Header().Name; IsSOA(rr) && dns.IsSubDomain(owner, dns.Fqdn(name)) {
			return Bare(owner)
		}
	}
	return ""
}
