package pki

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"fmt"
	"strings"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// Certificate is what is known of the certificate that a server showed for a name. Whether a fault in it matters is another question:
// senders of mail that encrypt when they can accept any (RFC 7435), web clients and senders that obey MTA-STS accept none (RFC 8461
// section 4.2).
type Certificate struct {
	Trusted     facts.Known // it leads to a public authority
	NameMatches facts.Known // it is for the name (RFC 9525)
	InDate      facts.Known
	SelfSigned  facts.Known
	Expires     facts.Known // a day, as text
	Problem     facts.Known // all that is wrong with it, in words; "" where all of it is known to be right
}

// Look reads what a handshake showed of the certificate of a host at a time. Everything but the chain stands in the server's own
// certificate, which is the first (RFC 5246 section 7.4.2).
func Look(host string, t *evidence.TLS, at time.Time) Certificate {
	// A certificate that this library cannot read may still be read by others: nothing is known of it, and it is not called wrong.
	chain, err := Parse(t.Certificates)
	if err != nil {
		nothing := facts.Because(facts.Unknown{Code: facts.Untested, Detail: "the certificate cannot be read"})
		return Certificate{nothing, nothing, nothing, nothing, nothing, nothing}
	}
	leaf := chain[0]
	seen := Certificate{
		Trusted:     trusted(t.Chain),
		NameMatches: nameMatches(leaf, host),
		InDate:      facts.Truth(InDate(leaf, at)),
		// By the names alone: whether the signature is good is the business of the chain.
		SelfSigned: facts.Truth(bytes.Equal(leaf.RawIssuer, leaf.RawSubject)),
		Expires:    facts.Is(facts.TextValue(day(leaf.NotAfter))),
	}
	seen.Problem = seen.problem(chain, host, at)
	return seen
}

// nameMatches compares the certificate with the name of the host (RFC 9525). The name is that of the host as the MX record has it, and
// not the mail domain (RFC 8461 section 4.2).
func nameMatches(leaf *x509.Certificate, host string) facts.Known {
	if host == "" {
		return facts.Because(facts.Unknown{Code: facts.NoTarget, Detail: "an address alone has no name to compare the certificate with"})
	}
	return facts.Truth(Names(leaf, host))
}

// trusted is what the check of the chain gave when the handshake was made: a replay in ten years must not ask the roots of that
// day. An issuer that cannot be checked for want of roots here is no fault of the server.
func trusted(c *evidence.Chain) facts.Known {
	untested := func(detail string) facts.Known {
		return facts.Because(facts.Unknown{Code: facts.Untested, Detail: detail})
	}
	switch {
	case c == nil:
		return untested("the chain was not checked when the certificate was seen")
	case c.Result == evidence.Trusted:
		return facts.Yes()
	case c.Result == evidence.Untrusted:
		return facts.No()
	}
	return untested(cmp.Or(c.Problem, "the chain could not be checked"))
}

// problem says for people what is wrong with a certificate, or "" where all of it is known to be right. It is one text, because who reads
// a verdict wants to know all of it at once.
func (seen Certificate) problem(chain []*x509.Certificate, host string, at time.Time) facts.Known {
	leaf := chain[0]
	var says []string
	// The order is that in which an administrator mends them: a certificate of a public authority for the right name comes with new
	// dates.
	// Only what is known to be wrong is said; that nothing is said to be wrong takes that all is known.
	switch {
	case !seen.Trusted.IsNo():
	case seen.SelfSigned.IsYes():
		says = append(says, "it is signed by itself, not by a public authority")
	// The commonest fault of all: browsers fetch or remember the missing intermediate certificate, so that the web site seems well,
	// and mail servers do not.
	case len(chain) == 1:
		says = append(says, "it leads to no public authority, and the server sends no intermediate certificate along")
	default:
		says = append(says, "it leads to no public authority")
	}
	if seen.NameMatches.IsNo() {
		says = append(says, "it is "+whose(leaf)+", not for "+host)
	}
	switch {
	// Both ends of the span belong to it (RFC 5280 section 4.1.2.5).
	case at.After(leaf.NotAfter):
		says = append(says, "it expired on "+day(leaf.NotAfter))
	case at.Before(leaf.NotBefore):
		says = append(says, "it is valid only from "+day(leaf.NotBefore)+" on")
	}
	for _, k := range []facts.Known{seen.Trusted, seen.NameMatches} {
		if !k.Known() && len(says) == 0 {
			return facts.Because(k.Why)
		}
	}
	return facts.Is(facts.TextValue(strings.Join(says, "; ")))
}

// whose names what a certificate is for, a few names of many: those of a hoster stand in it by the hundred. The common name does not count
// (RFC 9525 section 2).
func whose(c *x509.Certificate) string {
	// Three names let a reader recognise whose certificate it is; the rest is our measure of one line in a ticket.
	const few, most = 3, 120
	names := c.DNSNames
	if len(names) == 0 {
		return "for no host name at all"
	}
	// A name is a string of the stranger's choice: it may hold any bytes.
	text := strings.ToValidUTF8(strings.Join(names[:min(len(names), few)], ", "), "\uFFFD")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	if len(names) > few {
		text += fmt.Sprintf(" and %d more", len(names)-few)
	}
	return "for " + text
}

// day writes the day of a time, in UTC. The hour matters to nobody who has to renew it, and would depend on the reader's clock
// zone.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
