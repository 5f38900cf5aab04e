package spf

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"blitiri.com.ar/go/spf"
	"github.com/miekg/dns"
	"golang.org/x/net/publicsuffix"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// SPFTime bounds one SPF evaluation in a run. RFC 7208 section 4.6.4 asks for at least 20 s.
const SPFTime = 30 * time.Second

// outboundAssumed is the value of ip.outbound where nobody says, so that it may. The others are those of evidence.
const outboundAssumed = "assumed"

// Lookup asks the resolver, and the name servers where it fails or knows of nothing; or reads what they said from evidence.
type Lookup func(ctx context.Context, name, rrtype string) []evidence.Exchange

// outbound derives whether an address sends mail to the Internet: by the user's word, else by SPF.
func (d *derivation) outbound(t *evidence.Target, address string) (f facts.Fact, asked bool) {
	if said := d.Bundle.Vantage.Outbound; said == evidence.OutboundYes || said == evidence.OutboundNo {
		return facts.Fact{Name: facts.IPOutbound, Value: facts.TextValue(said), At: d.Bundle.StartedAt, Evidence: "as the user says"}, true
	}
	recorded := func(_ context.Context, name, rrtype string) []evidence.Exchange {
		xs, _ := d.Exchanges(evidence.Resolver, "", dnsanswer.HostName(name), rrtype)
		if d.Trouble(xs) == nil || !d.AnsweredDirectly() {
			return xs
		}
		for _, link := range d.Chain(name, rrtype) {
			more, _ := d.Exchanges(evidence.Authoritative, "", link, rrtype)
			xs = append(xs, more...)
		}
		return xs
	}
	f, asked = EvaluateSPF(context.Background(), recorded, t, address)
	if f.Why.Code == facts.Interrupted && !d.Bundle.Interrupted && !d.Bundle.Expired {
		f.Why = facts.Unknown{Code: facts.ServFail, Detail: "the SPF look-ups took longer than " + facts.FormatDuration(SPFTime)}
	}
	if !asked && (d.Bundle.Interrupted || d.Bundle.Expired) {
		f.Why.Code = facts.Interrupted
	}
	return f, asked
}

// shared tells whether an address sends, as seen from all targets that lead there. A domain that authorises
// it outweighs one that says nothing, and that one outweighs a domain that does not authorise it. What could not be found
// out is outweighed only by a yes, and what was never asked by everything.
func (d *derivation) shared(p *reading.Place) (weightiest facts.Fact) {
	most := -1
	for _, t := range p.Targets {
		f, asked := d.outbound(t, p.At)
		if rank := outboundRank(f, asked); rank > most {
			most, weightiest = rank, f
		}
	}
	return weightiest
}

func outboundRank(f facts.Fact, asked bool) int {
	switch {
	case !asked:
		return 0
	case !f.Known():
		return 3
	case f.Value.Text() == evidence.OutboundYes:
		return 4
	case f.Value.Text() == outboundAssumed:
		return 2
	}
	return 1
}

// EvaluateSPF evaluates the SPF records of a target for an address. One that authorises the address says yes. A record that denies
// it says no: the address is not meant to send for the domain. Without any record, or with one that leaves it open, it may. asked is false where
// a question that this takes was never put.
func EvaluateSPF(ctx context.Context, ask Lookup, t *evidence.Target, address string) (f facts.Fact, asked bool) {
	f = facts.Fact{Name: facts.IPOutbound}
	addr, err := netip.ParseAddr(address)
	if err != nil {
		f.Why = facts.Unknown{Code: facts.Untested, Detail: address + " is no address"}
		return f, false
	}
	if t.Kind == "" {
		f.Why = facts.Unknown{Code: facts.Untested, Detail: "what " + t.Name + " is was not found out"}
		return f, false
	}
	domains := spfDomains(t)
	answer, basis := outboundAssumed, "no domain is named whose SPF record could tell"
	if len(domains) > 0 {
		basis = "no SPF record of " + strings.Join(domains, " or ") + " tells"
	}
	for _, domain := range domains {
		r := &spfLookups{ctx: ctx, lookup: ask, v6: addr.Is6()}
		result, err := spf.CheckHostWithSender(net.IP(addr.AsSlice()), domain, "postmaster@"+domain, spf.WithContext(ctx), spf.WithResolver(r))
		f.At = r.at
		if r.missing != "" {
			f.Why = r.why(domain, err)
			return f, false
		}
		switch {
		case result == spf.Pass:
			f.Value, f.Why, f.Evidence = facts.TextValue(evidence.OutboundYes), facts.Unknown{}, "the SPF record of "+domain+" authorises it"
			return f, true
		case result == spf.Neutral: // as if there were no record (RFC 7208 section 8.2)
		case result == spf.Fail, result == spf.SoftFail:
			answer, basis = evidence.OutboundNo, "the SPF record of "+domain+" does not authorise it ("+string(result)+")"
		case result != spf.None && f.Why.Code == "":
			f.Why = r.why(domain, err)
		}
	}
	if f.Why.Code == "" {
		f.Value, f.Evidence = facts.TextValue(answer), basis
	}
	return f, true
}

// spfDomains are the domains whose SPF record may speak of a target's addresses. A host sends in its own name or in that of
// the domain in which it stands.
func spfDomains(t *evidence.Target) []string {
	switch t.Kind {
	case "domain":
		return []string{t.Name}
	case "host":
		domain, err := publicsuffix.EffectiveTLDPlusOne(t.Name)
		if err != nil || domain == t.Name {
			return []string{t.Name}
		}
		return []string{t.Name, domain}
	}
	return nil
}

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
