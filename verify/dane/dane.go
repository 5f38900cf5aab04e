package dane

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/dnssec"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/pki"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

// The fields of a TLSA record (RFC 6698 section 2.1) that count for SMTP (RFC 7672 section 3.1).
const (
	usageTA = 2 // an authority of the domain's own choice
	usageEE = 3 // the server's own key or certificate

	wholeCertificate = 0
	onlyKey          = 1

	exactly   = 0
	bySHA256  = 1
	bySHA512  = 2
	maxRecord = 16 << 10 // of a TLSA record's data, in bytes
)

// dane derives what the TLSA records of a host demand, and whether the certificates that it shows comply. Records count only if they are
// signed (RFC 7672 section 2.1).
func (d *derivation) dane(p *reading.Place) {
	published, records := d.published(p.Name)
	var counted []pin
	// Records that do not count are passed over, as senders do (RFC 7672 section 2.2): others beside them may count.
	for _, rr := range records {
		if p, ok := usablePin(rr); ok {
			counted = append(counted, p)
		}
	}
	// Without signed records the rest is what that is: a no, or not known.
	usable, matches := published, published
	if published.Known() {
		usable, matches = facts.Truth(len(counted) > 0), d.matches(p, counted)
	}
	d.Put(p.Subject, published.As(facts.DANEPublished))
	d.Put(p.Subject, usable.Seen(published.At, published.Evidence).As(facts.DANEUsable))
	d.Put(p.Subject, matches.Seen(published.At, published.Evidence).As(facts.DANEMatches))
}

// matches tells whether some record fits the certificates that were shown. None that counts fits none. One is enough: several stand
// there while keys are rolled over (RFC 7671 section 8.1).
func (d *derivation) matches(p *reading.Place, counted []pin) facts.Known {
	switch results := d.matched(p, counted); {
	case len(counted) == 0:
		return facts.No()
	case d.Bundle.Vantage.Intercepted: // the certificate was not the host's
		return facts.Because(reading.InterceptedWhy)
	// That is no mismatch: a server that offers no TLS is refused by senders for that, and shown so by other facts.
	case len(results) == 0:
		return facts.Because(facts.Unknown{Code: facts.Untested, Detail: "no TLS handshake with " + p.Subject.String() + " was finished"})
	// Several machines behind one address, of which one was forgotten when the certificate was renewed.
	case slices.Contains(results, !results[0]):
		return facts.Because(facts.Unknown{Code: facts.Disagreement, Detail: "the sessions with this address showed different certificates"})
	default:
		return facts.Truth(results[0])
	}
}

// published tells whether signed TLSA records exist, and returns them.
func (d *derivation) published(host string) (known facts.Known, records []*dns.TLSA) {
	if host == "" {
		return facts.Because(facts.Unknown{Code: facts.NoTarget, Detail: "TLSA records stand at the name of a host, and an address has none"}), nil
	}
	exchanges, n := d.Exchanges(evidence.Resolver, "", mailpolicy.TLSAName(host), "TLSA")
	if len(exchanges) == 0 {
		return facts.Because(d.NotAsked("the TLSA record of " + host)), nil
	}
	x := dnsanswer.Last(exchanges)
	found := d.Records(x, "TLSA")
	known = d.signed(host, exchanges)
	if own := d.proven(host); own.Known() || own.Why.Code != "" {
		known = own
		// What was proven is what the servers gave, and not what the resolver remembers.
		if w := d.OfServers(mailpolicy.TLSAName(host), "TLSA"); own.IsYes() {
			found, known = w.Records, known.Seen(w.At, w.Evidence)
		}
	}
	if known = known.Seen(x.At, fmt.Sprintf("DNS exchange %d", n)); !known.IsYes() {
		return known, nil
	}
	for _, rr := range found {
		if tlsa, ok := rr.(*dns.TLSA); ok {
			records = append(records, tlsa)
		}
	}
	return known, records
}

// proven tells by our own validation from the root whether the records of a host count; unknown without a reason where it came to nothing,
// so that the word of a resolver is asked. Records of a zone that is not signed demand nothing, and neither do those of a host whose address
// is not signed (RFC 7672 sections 2.2.1 and 2.2.2). Where signatures are broken senders wait, and what they would find is not known.
func (d *derivation) proven(host string) facts.Known {
	name := mailpolicy.TLSAName(host)
	if !d.Asked(name, "TLSA") {
		return facts.Known{}
	}
	records := d.Signed(name, "TLSA")
	exist := len(d.OfServers(name, "TLSA").Records) > 0
	switch records.Status {
	case dnssec.Bogus:
		return facts.Because(reading.Unproven(records, "the TLSA records of "+host))
	case dnssec.Insecure:
		return d.unless(facts.No(), host)
	case dnssec.Secure:
		if !exist {
			return facts.No()
		}
		return d.addressSigned(host)
	}
	return facts.Known{}
}

// addressSigned tells whether senders look for the records of a host: some address of it is signed.
func (d *derivation) addressSigned(host string) (signed facts.Known) {
	signed = facts.No()
	for _, rrtype := range []string{"A", "AAAA"} {
		if len(d.OfServers(host, rrtype).Records) == 0 {
			continue
		}
		switch result := d.Signed(host, rrtype); result.Status {
		case dnssec.Secure:
			return facts.Yes()
		case dnssec.Bogus, dnssec.Unknown:
			signed = facts.Because(reading.Unproven(result, "the addresses of "+host))
		}
	}
	return signed
}

// unless leaves open what a resolver of the user's choice contradicts: it has validated what seems to be unsigned here.
func (d *derivation) unless(k facts.Known, host string) facts.Known {
	x, _ := d.Exchanges(evidence.Resolver, "", mailpolicy.TLSAName(host), "TLSA")
	if !d.Bundle.Vantage.ResolverNamed || !dnsanswer.Last(x).AD {
		return k
	}
	return k.Unless(facts.Unknown{Code: facts.Disagreement, Detail: "the resolver vouches for the TLSA records of " + host + ", and by what the name servers say " +
		"their zone is not signed"})
}

// signed tells whether an answer of the resolver holds TLSA records for which it vouches: a witness where our own validation came to nothing.
// That there are none is believed where the name servers say so too. A denial would have to be signed as well to keep an attacker from hiding
// the records; here it is enough that two witnesses agree.
func (d *derivation) signed(host string, exchanges []evidence.Exchange) facts.Known {
	there := d.EitherWord(mailpolicy.TLSAName(host), "TLSA")
	var why facts.Unknown
	switch trouble := d.Trouble(exchanges); {
	case dnsanswer.Absent(trouble) && there.Absent:
		return facts.No()
	// Senders that validate would see the records; what the resolver hides may be its own fault.
	case dnsanswer.Absent(trouble) && there.Known():
		why = facts.Unknown{Code: facts.Disagreement, Detail: "the name servers of " + host + " give TLSA records, and the resolver says that there are none"}
	case dnsanswer.Absent(trouble):
		why = there.Why
	case trouble != nil:
		why = reading.Unanswered(trouble, "the look-up of "+mailpolicy.TLSAName(host))
	// The resolver of a network that happens to be at hand may set the bit as it likes.
	case !d.Bundle.Vantage.ResolverNamed:
		why = facts.Unknown{Code: facts.Untested, Detail: host + " has TLSA records; whether they are signed, and so count, could not be proven from the root here; " +
			"a validating resolver that you name with --resolver shows it too"}
	case !dnsanswer.Last(exchanges).AD:
		why = facts.Unknown{Code: facts.Untested, Detail: host + " has TLSA records, but the resolver does not vouch for them, and they could not be validated from " +
			"the root: they are not signed, or not checked"}
	}
	return facts.Yes().Unless(why)
}

// pin is a usable TLSA record.
type pin struct {
	usage, selector, matching uint8
	data                      []byte
}

// usablePin reads a record. Usages 0 and 1 ask for public authorities, on whose choice senders do not agree, so that they do
// not count for SMTP (RFC 7672 section 3.1.3).
func usablePin(rr *dns.TLSA) (pin, bool) {
	// Two hexadecimal digits a byte. Nothing that a server shows is as long.
	if len(rr.Certificate) > 2*maxRecord {
		return pin{}, false
	}
	data, err := hex.DecodeString(rr.Certificate)
	p := pin{rr.Usage, rr.Selector, rr.MatchingType, data}
	sizes := map[uint8]int{bySHA256: sha256.Size, bySHA512: sha512.Size}
	size, digest := sizes[p.matching]
	switch {
	// Selectors and matching types that are not defined are unusable (RFC 6698 section 4.1), and so are empty data.
	case err != nil || len(data) == 0 || p.usage != usageTA && p.usage != usageEE || p.selector > onlyKey || p.matching > bySHA512:
		return p, false
	// A digest of another length can match nothing.
	case digest && len(data) != size:
		return p, false
	// Data that are no certificate, or no key, could match nothing either: a slip in publishing is told from a mismatch by that.
	case p.matching == exactly && p.selector == wholeCertificate:
		_, err = x509.ParseCertificate(data)
	case p.matching == exactly:
		_, err = x509.ParsePKIXPublicKey(data)
	}
	return p, err == nil
}

// of tells whether a record speaks of a certificate. Whole certificates change with each renewal, the key may stay. The encoding is
// compared and not the meaning (RFC 6698 section 2.1.3).
func (p pin) of(c *x509.Certificate) bool {
	content := c.Raw
	if p.selector == onlyKey {
		content = c.RawSubjectPublicKeyInfo
	}
	switch p.matching {
	case bySHA256:
		digest := sha256.Sum256(content)
		return bytes.Equal(digest[:], p.data)
	case bySHA512:
		digest := sha512.Sum512(content)
		return bytes.Equal(digest[:], p.data)
	}
	return bytes.Equal(content, p.data)
}

// matched tells of each finished handshake with an address whether some record fits what was shown.
func (d *derivation) matched(p *reading.Place, pins []pin) []bool {
	var results []bool
	for _, s := range d.Sessions(p.Subject) {
		e := reading.Finished(s.Session)
		if e == nil {
			continue
		}
		chain, err := pki.Parse(e.TLS.Certificates)
		if err != nil {
			continue
		}
		// The domain is the next-hop domain of a sender, whose name may stand in the certificate too (RFC 7672 section 3.2.2).
		names := []string{p.Name}
		for _, t := range p.Targets {
			if t.PolicyDomain != "" {
				names = append(names, t.PolicyDomain)
			}
		}
		at := s.StartedAt.Add(e.End.D())
		results = append(results, slices.ContainsFunc(pins, func(p pin) bool { return p.accepts(chain, names, at) }))
	}
	return results
}

// accepts tells whether a sender takes a chain for the server's by this record. With usage 3 neither name nor dates count (RFC 7672
// section 3.1.1); with usage 2 the chain must lead to the authority, and the name must be the host's or the domain's (sections 3.1.2 and
// 3.2.2). The certificates are looked at as of the time of the session.
func (p pin) accepts(chain []*x509.Certificate, names []string, at time.Time) bool {
	if p.usage == usageEE {
		return p.of(chain[0])
	}
	roots, some := x509.NewCertPool(), false
	add := func(c *x509.Certificate) { roots.AddCert(c); some = true }
	// The authority is looked for in the chain that was sent: senders fetch no certificate that is missing.
	for _, c := range chain {
		if p.of(c) {
			add(c)
		}
	}
	// The record may hold the authority's certificate itself, which the server then need not send along (RFC 7672 section 3.1.2).
	if p.selector == wholeCertificate && p.matching == exactly {
		if c, err := x509.ParseCertificate(p.data); err == nil {
			add(c)
		}
	}
	named := slices.ContainsFunc(names, func(name string) bool { return pki.Names(chain[0], name) })
	return some && named && pki.Verify(chain, roots, at) == nil
}
