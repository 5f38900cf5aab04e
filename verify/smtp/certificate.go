package smtp

// This file tells what certificates hosts show. Senders that encrypt when they can accept any (RFC 7435): a certificate that is wrong is
// a fault only where the domain says by MTA-STS (RFC 8461) or DANE (RFC 7672) that it counts, which rules put together.

import (
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

// look reads one handshake.
func look(host string, t *evidence.TLS, at time.Time) map[facts.Name]facts.Known {
	c := pki.Look(host, t, at)
	return map[facts.Name]facts.Known{
		facts.SMTPCertificateTrusted:     c.Trusted,
		facts.SMTPCertificateNameMatches: c.NameMatches,
		facts.SMTPCertificateInDate:      c.InDate,
		facts.SMTPCertificateSelfSigned:  c.SelfSigned,
		facts.SMTPCertificateExpires:     c.Expires,
		facts.SMTPCertificateProblem:     c.Problem,
	}
}
