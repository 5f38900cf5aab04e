package smtp

// This file tells what certificates hosts show. Senders that encrypt when they can accept any (RFC 7435): a certificate that is wrong is
// a fault only where the domain says by MTA-STS (RFC 8461) or DANE (RFC 7672) that it counts, which rules put together.

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"fmt"
	"strings"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/pki"
	"mxverdict/verify/reading"
)

// certificateFacts are those that a finished handshake gives.
var certificateFacts = []facts.Name{facts.SMTPCertificateTrusted, facts.SMTPCertificateNameMatches, facts.SMTPCertificateInDate,
	facts.SMTPCertificateSelfSigned, facts.SMTPCertificateExpires, facts.SMTPCertificateProblem}

// certificate says what the certificate is that an address shows, from all its sessions. Sessions that show different things
// decide nothing.
func (v visited) certificate() map[facts.Name]facts.Known {
	// One address may lead to several machines, each with a certificate of its own. Which of them the reporter met is not known.
	differ := facts.Unknown{Code: facts.Disagreement, Detail: "the sessions with this address showed different certificates"}
	agreed := map[facts.Name]facts.Known{}
	for _, s := range v.sessions {
		e := reading.Finished(s.Session)
		if e == nil {
			continue
		}
		// The name is that under which the session was held: the server saw it in the handshake (RFC 6066 section 3) and may choose
		// the certificate by it. The time is that of the handshake, so that a replay later does not find it expired.
		for name, k := range look(s.Host, e.TLS, s.StartedAt.Add(e.End.D())) {
			agreed[name] = facts.Agreed(agreed[name], s.Seen(e, k), differ)
		}
	}
	if len(agreed) == 0 {
		return all(certificateFacts, facts.Because(v.noHandshake()))
	}
	return agreed
}

// look reads one handshake. Everything but the chain stands in the server's own certificate, which is the first (RFC 5246 section 7.4.2).
func look(host string, t *evidence.TLS, at time.Time) map[facts.Name]facts.Known {
	// A certificate that this library cannot read may still be read by others: nothing is known of it, and it is not called wrong.
	chain, err := pki.Parse(t.Certificates)
	if err != nil {
		return all(certificateFacts, facts.Because(facts.Unknown{Code: facts.Untested, Detail: "the certificate cannot be read"}))
	}
	leaf := chain[0]
	seen := map[facts.Name]facts.Known{
		facts.SMTPCertificateTrusted:     trusted(t.Chain),
		facts.SMTPCertificateNameMatches: nameMatches(leaf, host),
		facts.SMTPCertificateInDate:      facts.Truth(pki.InDate(leaf, at)),
		// By the names alone: whether the signature is good is the business of the chain.
		facts.SMTPCertificateSelfSigned: facts.Truth(bytes.Equal(leaf.RawIssuer, leaf.RawSubject)),
		facts.SMTPCertificateExpires:    facts.Is(facts.TextValue(day(leaf.NotAfter))),
	}
	seen[facts.SMTPCertificateProblem] = problem(seen, chain, host, at)
	return seen
}

// nameMatches compares the certificate with the name of the host (RFC 9525). The name is that of the host as the MX record has it, and
// not the mail domain (RFC 8461 section 4.2).
func nameMatches(leaf *x509.Certificate, host string) facts.Known {
	if host == "" {
		return facts.Because(facts.Unknown{Code: facts.NoTarget, Detail: "an address alone has no name to compare the certificate with"})
	}
	return facts.Truth(pki.Names(leaf, host))
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
func problem(seen map[facts.Name]facts.Known, chain []*x509.Certificate, host string, at time.Time) facts.Known {
	leaf := chain[0]
	var says []string
	// The order is that in which an administrator mends them: a certificate of a public authority for the right name comes with new
	// dates.
	// Only what is known to be wrong is said; that nothing is said to be wrong takes that all is known.
	switch {
	case !seen[facts.SMTPCertificateTrusted].IsNo():
	case seen[facts.SMTPCertificateSelfSigned].IsYes():
		says = append(says, "it is signed by itself, not by a public authority")
	// The commonest fault of all: browsers fetch or remember the missing intermediate certificate, so that the web site seems well,
	// and mail servers do not.
	case len(chain) == 1:
		says = append(says, "it leads to no public authority, and the server sends no intermediate certificate along")
	default:
		says = append(says, "it leads to no public authority")
	}
	if seen[facts.SMTPCertificateNameMatches].IsNo() {
		says = append(says, "it is "+whose(leaf)+", not for "+host)
	}
	switch {
	// Both ends of the span belong to it (RFC 5280 section 4.1.2.5).
	case at.After(leaf.NotAfter):
		says = append(says, "it expired on "+day(leaf.NotAfter))
	case at.Before(leaf.NotBefore):
		says = append(says, "it is valid only from "+day(leaf.NotBefore)+" on")
	}
	for _, name := range certificateFacts {
		if k, looked := seen[name]; looked && !k.Known() && len(says) == 0 {
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
