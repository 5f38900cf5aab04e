// Package pki looks at certificates for the verifier: whether a chain leads to a trusted root, and whose name a certificate
// bears, by RFC 5280 and RFC 9525. It is the only place that asks which roots this machine trusts. It opens no connection,
// asks nobody whether a certificate was revoked, and fetches no certificate that the server left out.
package pki

import (
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"

	"mxverdict/verify/evidence"
)

// Parse reads the certificates of a handshake, the server's own one first.
func Parse(raw [][]byte) ([]*x509.Certificate, error) {
	if len(raw) == 0 {
		return nil, errors.New("pki: the server showed no certificate")
	}
	var chain []*x509.Certificate
	for _, der := range raw {
		// One that cannot be read spoils the list: which of the others would have been its issuer is not known.
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("pki: reading a certificate: %w", err)
		}
		chain = append(chain, c)
	}
	return chain, nil
}

// CheckChain tells whether certificates as a server shows them lead to one of the roots, or of the system's where roots
// is nil. Whether the server's own certificate is in date is another question, so that it does not count here: the
// chain is checked at the moment of its validity that is nearest to now.
func CheckChain(raw [][]byte, roots *x509.CertPool, now time.Time) evidence.Chain {
	checked := evidence.Chain{At: now.UTC()}
	chain, err := Parse(raw)
	if err != nil {
		checked.Problem = words(err)
		return checked
	}
	if roots == nil {
		roots, err = x509.SystemCertPool()
	}
	// A container without root certificates would call every chain untrusted.
	if err != nil || roots.Equal(x509.NewCertPool()) {
		checked.Problem = "this machine holds no list of trusted authorities"
		return checked
	}
	err = Verify(chain, roots, within(now, chain[0]))
	var system x509.SystemRootsError
	var unhandled x509.UnhandledCriticalExtension
	switch {
	case err == nil:
		checked.Result = evidence.Trusted
	// An extension that this library does not know may be known to others, so that nothing is decided.
	case errors.As(err, &system), errors.As(err, &unhandled):
		checked.Problem = words(err)
	default:
		checked.Result, checked.Problem = evidence.Untrusted, words(err)
	}
	return checked
}

// Verify tells whether a chain leads to one of the roots at a time. It is pure unless the roots are the system's.
func Verify(chain []*x509.Certificate, roots *x509.CertPool, at time.Time) error {
	// All that was sent beside the server's own certificate may serve on the way up, in whatever order: RFC 8446 section 4.4.2 has
	// clients tolerate disorder.
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err := chain[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: at})
	return err
}

// within is the time nearest to now at which a certificate is in date.
func within(now time.Time, c *x509.Certificate) time.Time {
	switch {
	case now.Before(c.NotBefore):
		return c.NotBefore
	case now.After(c.NotAfter):
		return c.NotAfter
	}
	return now
}

// InDate tells whether a certificate is valid at a time.
func InDate(c *x509.Certificate, at time.Time) bool {
	return !at.Before(c.NotBefore) && !at.After(c.NotAfter)
}

// Names tells whether a certificate is for a host name: by its subject alternative names, a wildcard standing for one whole
// label on the left; the common name does not count (RFC 9525 section 6).
func Names(c *x509.Certificate, host string) bool {
	return c.VerifyHostname(strings.TrimSuffix(host, ".")) == nil
}

// words bounds the library's words, parts of which are the server's.
func words(err error) string {
	const most = 300
	text := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "pki: "), "x509: ")
	return strings.ToValidUTF8(text[:min(len(text), most)], "\uFFFD")
}
