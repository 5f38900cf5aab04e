package checkhost

// This file is the resolver that the SPF library is given: it reads evidence and never the network, so that the evaluation is the same in
// the run and in each replay. A question that nobody asked stops the evaluation, which then says what to ask next.

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
)

// Lookup asks the resolver, and the name servers where it fails or knows of nothing; or reads what they said from evidence. An
// empty list means that the question was not put, as opposed to one without an answer.
type Lookup func(ctx context.Context, name, rrtype string) []evidence.Exchange

// Source is where answers come from. The same ones serve the evaluations for many addresses, so each is read once.
type Source struct {
	reader *dnsanswer.Reader
	ask    Lookup
	read   map[[2]string]answer // by name and type
}

// From is a source that has read nothing yet.
func From(reader *dnsanswer.Reader, ask Lookup) *Source {
	return &Source{reader, ask, map[[2]string]answer{}}
}

// answer is what came of a look-up.
type answer struct {
	records []dns.RR
	trouble *evidence.Failure
	at      time.Time
}

// lookups is the resolver of the SPF library. It remembers what kept it from an answer. It serves one evaluation.
type lookups struct {
	*Source
	ctx     context.Context
	v6      bool // the address in question is an IPv6 address
	at      time.Time
	missing string            // a question that was not asked in the run
	trouble *evidence.Failure // of the last question without an answer
}

// records asks one question. The library tells "there is none" from other errors by the fields of net.DNSError.
func (r *lookups) records(name, rrtype string) ([]dns.RR, error) {
	a, ok := r.answer(r.ctx, name, rrtype)
	if !ok {
		r.missing = rrtype + " records of " + name
		return nil, &net.DNSError{Err: "not asked", Name: name, IsTemporary: true}
	}
	// The last answer dates the result.
	r.at = a.at
	switch {
	case a.trouble == nil:
		return a.records, nil
	case dnsanswer.Absent(a.trouble):
		return nil, &net.DNSError{Err: a.trouble.Detail, Name: name, IsNotFound: true}
	// A temporary error stops the evaluation (RFC 7208 section 5: temperror), whatever the record goes on to say.
	default:
		r.trouble = a.trouble
		return nil, &net.DNSError{Err: a.trouble.Detail, Name: name, IsTemporary: true}
	}
}

// answer is what came of a look-up; false if there was none.
func (s *Source) answer(ctx context.Context, name, rrtype string) (a answer, ok bool) {
	if a, ok = s.read[[2]string{name, rrtype}]; ok {
		return a, true
	}
	xs := s.ask(ctx, name, rrtype)
	if len(xs) == 0 {
		return a, false
	}
	a.at = dnsanswer.Last(xs).At
	a.records, a.trouble = s.answerOf(xs, name, rrtype)
	// What was not asked is not remembered: the next round may have asked it.
	s.read[[2]string{name, rrtype}] = a
	return a, true
}

// answerOf reads a look-up: the name servers decide where they were asked, because the resolver gave nothing.
func (s *Source) answerOf(xs []evidence.Exchange, name, rrtype string) ([]dns.RR, *evidence.Failure) {
	ofZone := func(x evidence.Exchange) bool { return x.Role == evidence.Authoritative }
	resolver := slices.DeleteFunc(slices.Clone(xs), ofZone)
	if len(resolver) < len(xs) && s.reader.Trouble(resolver) != nil {
		return s.reader.Resolved(xs, dnsanswer.HostName(name), rrtype)
	}
	return s.reader.Records(dnsanswer.Last(resolver), rrtype), s.reader.Trouble(resolver)
}

// LookupTXT returns the TXT records that are SPF records (RFC 7208 section 4.5), the strings of each joined without blanks (section 3.3).
// A name may have hundreds of others, of which the library would look at each.
func (r *lookups) LookupTXT(_ context.Context, name string) ([]string, error) {
	// Letter case does not count in it (RFC 7208 section 12: strings of the grammar are matched without it).
	const version = "v=spf1"
	rrs, err := r.records(name, "TXT")
	var texts []string
	for _, rr := range rrs {
		if txt, ok := rr.(*dns.TXT); ok {
			if text := strings.Join(txt.Txt, ""); len(text) >= len(version) && strings.EqualFold(text[:len(version)], version) {
				texts = append(texts, text)
			}
		}
	}
	return texts, err
}

// LookupMX returns MX records. A null MX (RFC 7505) has no host.
func (r *lookups) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
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
func (r *lookups) LookupIPAddr(_ context.Context, name string) ([]net.IPAddr, error) {
	rrs, err := r.records(name, "A")
	// A failure of the first question ends it: the library has to hear of a temporary error, whatever the second one would give.
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

// isNotFound tells whether an error says that there is no record, which is no error to SPF (RFC 7208 section 5).
func isNotFound(err error) bool {
	e, ok := err.(*net.DNSError)
	return ok && e.IsNotFound
}

// LookupAddr returns the names of an address. The mechanism "ptr" takes them (RFC 7208 section 5.5). The library looks each name up
// in turn and bounds their number.
func (r *lookups) LookupAddr(_ context.Context, address string) ([]string, error) {
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
