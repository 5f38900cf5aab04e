package checkhost

// This file evaluates a record for a sender (RFC 7208 sections 4 to 6): the first mechanism that matches decides.

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/spf/record"
)

// What an evaluation may cost (RFC 7208 section 4.6.4). What goes beyond is a permanent error.
const (
	mostLookups = 10 // terms that take a look-up, in all records together
	mostVoid    = 2  // look-ups that find nothing
	mostHosts   = 10 // mail hosts of one mx, and names of an address that ptr looks at
)

// evaluation is one check of a sender.
type evaluation struct {
	*Source
	ctx      context.Context
	from     record.Sender
	lookups  int
	void     int
	nameless bool // the sender's address has no name
	at       time.Time
	missing  string            // a question that was not asked in the run
	trouble  *evidence.Failure // of the last question without an answer
}

// permanent is a fault in a record, for which the evaluation ends with a permanent error.
type permanent string

func (p permanent) Error() string { return string(p) }

// temporary ends an evaluation because a question has no answer.
type temporary struct{}

func (temporary) Error() string { return "a look-up failed" }

// domain evaluates the record of a domain.
func (e *evaluation) domain(domain string) (Result, error) {
	if !isDomain(domain) {
		return None, nil // section 4.3
	}
	r, found, err := e.record(domain)
	if err != nil || !found {
		return None, err
	}
	for _, term := range r.Terms {
		if term.Modifier {
			continue
		}
		matched, err := e.matches(term, domain)
		if err != nil {
			return None, err
		}
		if matched {
			return map[byte]Result{'+': Pass, '-': Fail, '~': SoftFail, '?': Neutral}[term.Qualifier], nil
		}
	}
	return e.redirected(r, domain)
}

// record is the one record of a domain (section 4.5), read whole before any of it counts (section 4.6).
func (e *evaluation) record(domain string) (r record.Record, found bool, err error) {
	rrs, err := e.records(domain, "TXT")
	if err != nil {
		return r, false, err
	}
	for _, rr := range rrs {
		txt, ok := rr.(*dns.TXT)
		if !ok {
			continue
		}
		one, ok := record.Parse(strings.Join(dnsanswer.Strings(txt), ""))
		if !ok {
			continue
		}
		if found {
			return r, false, permanent(domain + " has more than one record")
		}
		r, found = one, true
	}
	if faulty := r.Faulty(); len(faulty) > 0 {
		return r, false, permanent(fmt.Sprintf("in the record of %s, column %d: %s", domain, faulty[0].Column, faulty[0].Fault))
	}
	return r, found, nil
}

// redirected goes on in the record of another domain where no mechanism matched (section 6.1).
func (e *evaluation) redirected(r record.Record, domain string) (Result, error) {
	redirect := r.Modifier("redirect")
	if redirect == nil || r.All() >= 0 {
		return Neutral, nil // section 4.7
	}
	if err := e.count(); err != nil {
		return None, err
	}
	target, err := e.expand(redirect.Target, domain)
	if err != nil {
		return None, err
	}
	result, err := e.domain(target)
	if err == nil && result == None {
		return None, permanent("redirect leads to " + target + ", which has no record")
	}
	return result, err
}

// matches tells whether a mechanism matches the sender (section 5).
func (e *evaluation) matches(t record.Term, domain string) (bool, error) {
	switch t.Name {
	case "all":
		return true, nil
	case "ip4", "ip6":
		return t.Network.Contains(e.from.IP), nil
	}
	if err := e.count(); err != nil {
		return false, err
	}
	target := domain
	if t.Target.Text != "" {
		var err error
		if target, err = e.expand(t.Target, domain); err != nil {
			return false, err
		}
	}
	switch t.Name {
	case "include":
		return e.included(target)
	case "a":
		return e.hostMatches(target, t.Lengths)
	case "mx":
		return e.mailHostMatches(target, t.Lengths)
	case "exists":
		// An A record whatever the family of the sender (section 5.7).
		rrs, err := e.lookup(target, "A")
		return len(dnsanswer.AddressesIn(rrs)) > 0, err
	case "ptr":
		return e.named(target)
	}
	return false, permanent("there is no mechanism " + t.Name) // the grammar knows no other
}

// included tells whether the record of another domain passes the sender (section 5.2).
func (e *evaluation) included(target string) (bool, error) {
	result, err := e.domain(target)
	if err == nil && result == None {
		return false, permanent("include leads to " + target + ", which has no record")
	}
	return result == Pass, err
}

// hostMatches tells whether the sender is in the network of one of a host's addresses (section 5.3).
func (e *evaluation) hostMatches(host, lengths string) (bool, error) {
	rrs, err := e.addresses(host)
	if err != nil {
		return false, err
	}
	for _, addr := range dnsanswer.AddressesIn(rrs) {
		if network, err := addr.Prefix(e.length(lengths)); err == nil && network.Contains(e.from.IP) {
			return true, nil
		}
	}
	return false, nil
}

// addresses are those of a host that may match the sender. A host with addresses of IPv4 only is not counted as one that does not exist for a
// sender of IPv6: some verifiers count it, as the wording of section 4.6.4 has it, and some do not.
func (e *evaluation) addresses(host string) ([]dns.RR, error) {
	if e.from.IP.Is4() {
		return e.lookup(host, "A")
	}
	four, err := e.asked(host, "A")
	switch {
	case err != nil:
		return nil, err
	case len(four) == 0:
		return e.lookup(host, "AAAA")
	}
	return e.asked(host, "AAAA")
}

// mailHostMatches does so for the hosts of MX records (section 5.4).
func (e *evaluation) mailHostMatches(domain, lengths string) (bool, error) {
	rrs, err := e.lookup(domain, "MX")
	if err != nil {
		return false, err
	}
	var hosts []string
	for _, rr := range rrs {
		if mx, ok := rr.(*dns.MX); ok && mx.Mx != "." { // RFC 7505: a null MX has no host
			hosts = append(hosts, dnsanswer.HostName(mx.Mx))
		}
	}
	if len(hosts) > mostHosts {
		return false, permanent(domain + " has more than " + strconv.Itoa(mostHosts) + " mail hosts")
	}
	for _, host := range hosts {
		if matched, err := e.hostMatches(host, lengths); matched || err != nil {
			return matched, err
		}
	}
	return false, nil
}

// expand fills the macros of a domain. The one for the name of the sender's address takes look-ups (section 7.3): a name within the domain is
// preferred.
func (e *evaluation) expand(s record.Spec, domain string) (string, error) {
	from := e.from
	if s.UsesPTR() {
		names, err := e.names(domain)
		if err != nil {
			return "", err
		}
		if len(names) > 0 {
			from.Name = names[0]
		}
	}
	return s.Expand(domain, from), nil
}

// named tells whether a name of the sender's address stands in a domain (section 5.5).
func (e *evaluation) named(domain string) (bool, error) {
	names, err := e.names(domain)
	return err == nil && len(names) > 0 && dns.IsSubDomain(dns.Fqdn(domain), dns.Fqdn(names[0])), err
}

// names are those of the sender's address that lead back to it, those within a domain first. A look-up that fails gives none.
func (e *evaluation) names(domain string) (within []string, err error) {
	rrs, err := e.records(dnsanswer.ReverseName(e.from.IP), "PTR")
	if err != nil {
		return nil, e.stopped()
	}
	if len(rrs) == 0 && !e.nameless {
		e.nameless = true // asked once, it counts once
		return nil, e.nothing()
	}
	var beyond []string
	for _, rr := range rrs[:min(len(rrs), mostHosts)] {
		ptr, ok := rr.(*dns.PTR)
		if !ok {
			continue
		}
		name := dnsanswer.HostName(ptr.Ptr)
		back, _ := e.records(name, e.family())
		if err := e.stopped(); err != nil {
			return nil, err
		}
		switch {
		case !slices.Contains(dnsanswer.AddressesIn(back), e.from.IP):
		case dns.IsSubDomain(dns.Fqdn(domain), dns.Fqdn(name)):
			within = append(within, name)
		default:
			beyond = append(beyond, name)
		}
	}
	return append(within, beyond...), nil
}

// stopped ends the evaluation where a question was not put: nothing is known of what its answer would be.
func (e *evaluation) stopped() error {
	if e.missing != "" {
		return temporary{}
	}
	e.trouble = nil
	return nil
}

// family is the type of the addresses that may match the sender.
func (e *evaluation) family() string {
	if e.from.IP.Is4() {
		return "A"
	}
	return "AAAA"
}

// length is that of the networks of a and mx for the family of the sender, from "/24//64".
func (e *evaluation) length(lengths string) int {
	v4, v6, _ := strings.Cut(lengths, "//")
	text, most := strings.TrimPrefix(v4, "/"), 32
	if !e.from.IP.Is4() {
		text, most = v6, 128
	}
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return most
}

// count counts a term that takes a look-up.
func (e *evaluation) count() error {
	if e.lookups++; e.lookups > mostLookups {
		return permanent("it takes more than " + strconv.Itoa(mostLookups) + " look-ups")
	}
	return nil
}

// nothing counts a look-up that found nothing.
func (e *evaluation) nothing() error {
	if e.void++; e.void > mostVoid {
		return permanent("more than " + strconv.Itoa(mostVoid) + " look-ups find nothing")
	}
	return nil
}

// lookup asks for what a term means, and counts it where there is nothing.
func (e *evaluation) lookup(name, rrtype string) ([]dns.RR, error) {
	rrs, err := e.asked(name, rrtype)
	if err == nil && len(rrs) == 0 {
		err = e.nothing()
	}
	return rrs, err
}

// asked asks for what a term means. No name server has a name that is none.
func (e *evaluation) asked(name, rrtype string) ([]dns.RR, error) {
	if _, ok := dns.IsDomainName(name); !ok || name == "" || len(name) > 253 {
		return nil, nil
	}
	// A macro may make blanks, which are written with a backslash in names (RFC 1035 section 5.1).
	return e.records(dnsanswer.HostName(strings.ReplaceAll(name, " ", `\ `)), rrtype)
}

// records asks one question. None is the answer of a name that does not exist, too.
func (e *evaluation) records(name, rrtype string) ([]dns.RR, error) {
	a, ok := e.answer(e.ctx, name, rrtype)
	if !ok {
		e.missing = rrtype + " records of " + name
		return nil, temporary{}
	}
	e.at = a.at // the last answer dates the result
	switch {
	case a.trouble == nil:
		return a.records, nil
	case dnsanswer.Absent(a.trouble):
		return nil, nil
	}
	// A temporary error stops the evaluation (section 2.6.6), whatever the record goes on to say.
	e.trouble = a.trouble
	return nil, temporary{}
}

// isDomain tells whether a name may have a record at all (section 4.3): labels that can be looked up, two at least, and no address.
func isDomain(name string) bool {
	labels, ok := dns.IsDomainName(name)
	if !ok || labels < 2 || len(name) > 253 || strings.ContainsAny(name, "[]\\ ") {
		return false
	}
	_, err := netip.ParseAddr(name)
	return err != nil
}
