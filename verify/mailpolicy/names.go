// Package mailpolicy parses what domains publish about their mail: MTA-STS (RFC 8461), TLS-RPT (RFC 8460), DMARC (RFC 9989) and BIMI. Parsing is
// pure; the package asks nobody and judges nothing. Texts are strangers': sizes are bounded by whoever fetched them, and by the limits here.
package mailpolicy

import "golang.org/x/net/publicsuffix"

// STSRecordName is where the record of a domain stands that announces an MTA-STS policy (RFC 8461 section 3.1).
func STSRecordName(domain string) string { return "_mta-sts." + domain }

// STSHost is the host from which the policy of a domain comes (RFC 8461 section 3.3).
func STSHost(domain string) string { return "mta-sts." + domain }

// STSURL is the address of that policy. Path and host are fixed, so that a sender never goes where a record sends it.
func STSURL(domain string) string { return "https://" + STSHost(domain) + "/.well-known/mta-sts.txt" }

// TLSAName is where the TLSA records for SMTP with a host stand (RFC 7672 section 2.2). Port and protocol are part of the name: a
// record for another port says nothing of mail.
func TLSAName(host string) string { return "_25._tcp." + host }

// RegisteredDomain is the domain of a name by the public suffix list, which RFC 7489 section 3.2 calls the organisational one; the name
// itself where it is a public suffix.
func RegisteredDomain(name string) string {
	if domain, err := publicsuffix.EffectiveTLDPlusOne(name); err == nil {
		return domain
	}
	return name
}

// sorted sorts the texts at the place of a record: those that announce themselves as one, those that were meant as one, and all others.
func sorted[R any](texts []string, read func(text string) (r R, announces bool), isMeant func(R) bool) (records, meant []R, others []string) {
	for _, text := range texts {
		switch r, announces := read(text); {
		case announces:
			records = append(records, r)
		case isMeant(r):
			meant = append(meant, r)
		default:
			others = append(others, text)
		}
	}
	return records, meant, others
}
