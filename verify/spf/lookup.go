package spf

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// Lookup asks the resolver, and the name servers where it fails or knows of nothing; or reads what they said from evidence.
type Lookup func(ctx context.Context, name, rrtype string) []evidence.Exchange

// spfLookups is the resolver of the SPF library. It remembers what kept it from an answer.
type spfLookups struct {
	ctx     context.Context
	lookup  Lookup
	v6      bool // the address in question is an IPv6 address
	at      time.Time
	missing string            // a question that was not asked in the run
	trouble *evidence.Failure // of the last question without an answer
}

// why tells why SPF gave no result.
func (r *spfLookups) why(domain string, err error) facts.Unknown {
	what := "the SPF look-ups of " + domain
	switch {
	case r.missing != "":
		return facts.Unknown{Code: facts.Untested, Detail: "the question for " + r.missing + " was not asked"}
	case r.trouble != nil:
		return reading.Unanswered(r.trouble, what)
	}
	return facts.Unknown{Code: facts.Untested, Detail: "the SPF record of " + domain + " is in error (" + err.Error() +
		"); say with --outbound yes or no whether the address sends mail"}
}

// records asks one question. The library tells "there is none" from other errors by the fields of net.DNSError.
func (r *spfLookups) records(name, rrtype string) ([]dns.RR, error) {
	xs := r.lookup(r.ctx, name, rrtype)
	if len(xs) == 0 {
		r.missing = rrtype + " records of " + name
		return nil, &net.DNSError{Err: "not asked", Name: name, IsTemporary: true}
	}
	r.at = dnsanswer.Last(xs).At
	switch records, trouble := answerOf(xs, name, rrtype); {
	case trouble == nil:
		return records, nil
	case trouble.Kind == evidence.NXDomain || trouble.Kind == evidence.NoData:
		return nil, &net.DNSError{Err: trouble.Detail, Name: name, IsNotFound: true}
	default:
		r.trouble = trouble
		return nil, &net.DNSError{Err: trouble.Detail, Name: name, IsTemporary: true}
	}
}

// answerOf reads a look-up: the name servers decide where they were asked, because the resolver gave nothing.
func answerOf(xs []evidence.Exchange, name, rrtype string) ([]dns.RR, *evidence.Failure) {
	ofZone := func(x evidence.Exchange) bool { return x.Role == evidence.Authoritative }
	resolver := slices.DeleteFunc(slices.Clone(xs), ofZone)
	if len(resolver) < len(xs) && dnsanswer.Trouble(resolver) != nil {
		return dnsanswer.Resolved(xs, dnsanswer.HostName(name), rrtype)
	}
	return dnsanswer.Records(dnsanswer.Last(resolver), rrtype), dnsanswer.Trouble(resolver)
}

// LookupTXT returns TXT records, the strings of each joined without blanks (RFC 7208 section 3.3).
func (r *spfLookups) LookupTXT(_ context.Context, name string) ([]string, error) {
	rrs, err := r.records(name, "TXT")
	var texts []string
	for _, rr := range rrs {
		if txt, ok := rr.(*dns.TXT); ok {
			texts = append(texts, strings.Join(txt.Txt, ""))
		}
	}
	return texts, err
}

// LookupMX returns MX records. A null MX (RFC 7505) has no host.
func (r *spfLookups) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	rrs, err := r.records(name, "MX")
	var hosts []*net.MX
	for _, rr := range rrs {
		if mx, ok := rr.(*dns.MX); ok && mx.Mx != "." {
			hosts = append(hosts, &net.MX{Host: dnsanswer.HostName(mx.Mx), Pref: mx.Preference})
		}
	}
	return hosts, err
}

// LookupIPAddr returns the addresses of a name. For an IPv4 address only A records matter; for an IPv6 address both do, because
// "exists" asks for A records always (RFC 7208 sections 5 and 5.7).
func (r *spfLookups) LookupIPAddr(_ context.Context, name string) ([]net.IPAddr, error) {
	rrs, err := r.records(name, "A")
	if r.v6 && (err == nil || isNotFound(err)) {
		var more []dns.RR
		more, err = r.records(name, "AAAA")
		if rrs = append(rrs, more...); len(rrs) > 0 && isNotFound(err) {
			err = nil
		}
	}
	var addresses []net.IPAddr
	for _, addr := range dnsanswer.AddressesIn(rrs) {
		addresses = append(addresses, net.IPAddr{IP: net.IP(addr.AsSlice())})
	}
	return addresses, err
}

func isNotFound(err error) bool {
	e, ok := err.(*net.DNSError)
	return ok && e.IsNotFound
}

// LookupAddr returns the names of an address.
func (r *spfLookups) LookupAddr(_ context.Context, address string) ([]string, error) {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return nil, &net.DNSError{Err: "no address", Name: address, IsNotFound: true}
	}
	rrs, err := r.records(dnsanswer.ReverseName(addr), "PTR")
	var names []string
	for _, rr := range rrs {
		if ptr, ok := rr.(*dns.PTR); ok {
			names = append(names, dnsanswer.HostName(ptr.Ptr))
		}
	}
	return names, err
}
