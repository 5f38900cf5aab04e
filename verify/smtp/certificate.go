package smtp

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
var CertificateFacts = []facts.Name{facts.SMTPCertificateTrusted, facts.SMTPCertificateNameMatches, facts.SMTPCertificateInDate,
	facts.SMTPCertificateSelfSigned, facts.SMTPCertificateExpires, facts.SMTPCertificateProblem}

// certificate derives what the certificate is that an address shows, from all its sessions. Sessions that show different things
// decide nothing.
func (d *derivation) certificate(sessions []reading.Session, put func(facts.Fact)) {
	put(d.smuggled(sessions))
	missing := d.noHandshake(sessions)
	merged := map[facts.Name]facts.Fact{}
	for _, s := range sessions {
		e := reading.Finished(s.Session)
		if e == nil {
			continue
		}
		seen := look(s.Host, e.TLS, s.StartedAt.Add(e.End.D()))
		for _, name := range CertificateFacts {
			f := s.Fact(name, e)
			f.Value, f.Why = seen[name].Value, seen[name].Why
			switch old, again := merged[name]; {
			case again && !old.Known():
				continue // what is open, or disputed, a further session does not settle
			case again && f.Known() && !old.Value.Equal(f.Value):
				f.Value, f.Why = facts.Value{}, facts.Unknown{Code: facts.Disagreement, Detail: "the sessions with this address showed different certificates"}
			}
			merged[name] = f
		}
	}
	for _, name := range CertificateFacts {
		f, ok := merged[name]
		if !ok {
			f = facts.Fact{Name: name, Why: missing}
		}
		put(f)
	}
}

// noHandshake is the reason for which no certificate was seen.
func (d *derivation) noHandshake(sessions []reading.Session) facts.Unknown {
	best := reading.BestOf(sessions)
	if result, f := d.startTLS(best); result != tlsWorks && f.Why.Code != "" {
		return f.Why
	}
	return d.NotReached(best)
}

// smuggled tells whether plain text stood behind a reply 220 to STARTTLS, where only the handshake may follow.
func (d *derivation) smuggled(sessions []reading.Session) facts.Fact {
	f := facts.Fact{Name: facts.SMTPSTARTTLSSmuggled, Why: d.noHandshake(sessions)}
	for _, s := range sessions {
		e := s.Event(evidence.StepHandshake)
		if e == nil || e.TLS == nil && e.Failure == nil || f.Known() && f.Value.Bool() {
			continue
		}
		f = s.Fact(facts.SMTPSTARTTLSSmuggled, e)
		f.Value = facts.BoolValue(e.TLS != nil && e.TLS.Smuggled != "")
	}
	return f
}

// look derives the facts of one handshake. Everything but the chain stands in the certificate.
func look(host string, t *evidence.TLS, at time.Time) map[facts.Name]facts.Fact {
	seen := map[facts.Name]facts.Fact{}
	chain, err := pki.Parse(t.Certificates)
	if err != nil {
		why := facts.Unknown{Code: facts.Untested, Detail: "the certificate cannot be read"}
		for _, name := range CertificateFacts {
			seen[name] = facts.Fact{Why: why}
		}
		return seen
	}
	leaf := chain[0]
	known := func(name facts.Name, v facts.Value) { seen[name] = facts.Fact{Value: v} }
	selfSigned := bytes.Equal(leaf.RawIssuer, leaf.RawSubject)
	known(facts.SMTPCertificateSelfSigned, facts.BoolValue(selfSigned))
	known(facts.SMTPCertificateInDate, facts.BoolValue(pki.InDate(leaf, at)))
	known(facts.SMTPCertificateExpires, facts.TextValue(day(leaf.NotAfter)))
	seen[facts.SMTPCertificateNameMatches] = facts.Fact{Why: facts.Unknown{Code: facts.NoTarget, Detail: "an address alone has no name to compare the certificate with"}}
	if host != "" {
		known(facts.SMTPCertificateNameMatches, facts.BoolValue(pki.Names(leaf, host)))
	}
	seen[facts.SMTPCertificateTrusted] = trusted(t.Chain)
	seen[facts.SMTPCertificateProblem] = problem(seen, chain, host, at)
	return seen
}

// trusted is what the check of the chain gave when the handshake was made.
func trusted(c *evidence.Chain) facts.Fact {
	switch {
	case c != nil && c.Result == evidence.Trusted:
		return facts.Fact{Value: facts.BoolValue(true)}
	case c != nil && c.Result == evidence.Untrusted:
		return facts.Fact{Value: facts.BoolValue(false)}
	case c != nil:
		return facts.Fact{Why: facts.Unknown{Code: facts.Untested, Detail: cmp.Or(c.Problem, "the chain could not be checked")}}
	}
	return facts.Fact{Why: facts.Unknown{Code: facts.Untested, Detail: "the chain was not checked when the certificate was seen"}}
}

// problem says for people what is wrong with a certificate, or "" where all of it is known to be right.
func problem(seen map[facts.Name]facts.Fact, chain []*x509.Certificate, host string, at time.Time) facts.Fact {
	is := func(name facts.Name, value bool) bool { return seen[name].Known() && seen[name].Value.Bool() == value }
	leaf := chain[0]
	var says []string
	switch {
	case !is(facts.SMTPCertificateTrusted, false):
	case is(facts.SMTPCertificateSelfSigned, true):
		says = append(says, "it is signed by itself, not by a public authority")
	case len(chain) == 1:
		says = append(says, "it leads to no public authority, and the server sends no intermediate certificate along")
	default:
		says = append(says, "it leads to no public authority")
	}
	if is(facts.SMTPCertificateNameMatches, false) {
		says = append(says, "it is "+whose(leaf)+", not for "+host)
	}
	switch {
	case at.After(leaf.NotAfter):
		says = append(says, "it expired on "+day(leaf.NotAfter))
	case at.Before(leaf.NotBefore):
		says = append(says, "it is valid only from "+day(leaf.NotBefore)+" on")
	}
	if len(says) == 0 {
		for _, name := range CertificateFacts {
			if f, ok := seen[name]; ok && !f.Known() {
				return facts.Fact{Why: f.Why}
			}
		}
	}
	return facts.Fact{Value: facts.TextValue(strings.Join(says, "; "))}
}

// whose names what a certificate is for, a few names of many.
func whose(c *x509.Certificate) string {
	const few, most = 3, 120
	names := c.DNSNames
	if len(names) == 0 {
		return "for no host name at all"
	}
	text := strings.ToValidUTF8(strings.Join(names[:min(len(names), few)], ", "), "\uFFFD")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	if len(names) > few {
		text += fmt.Sprintf(" and %d more", len(names)-few)
	}
	return "for " + text
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
