package scene

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"mxverdict/verify/evidence"
)

// What came of checking a chain.
var (
	Trusted   = &evidence.Chain{Result: evidence.Trusted}
	Untrusted = &evidence.Chain{Result: evidence.Untrusted, Problem: "unknown authority"}
)

// Secured is a session that went on inside TLS after a handshake with some certificates.
func Secured(chain *evidence.Chain, certificates ...*x509.Certificate) *Talk {
	s := Offered().Says(evidence.StepSTARTTLS, Quick, "220 go ahead").Step(evidence.Event{Step: evidence.StepHandshake,
		TLS: &evidence.TLS{Version: "TLS 1.3", Chain: chain}}, Quick)
	for _, c := range certificates {
		s.Last().TLS.Certificates = append(s.Last().TLS.Certificates, c.Raw)
	}
	return s.Says(evidence.StepEHLOTLS, Quick, "250 mail.example.com").Says(evidence.StepQUIT, Quick, "221 bye")
}

// Offered is a session whose reply to EHLO lists STARTTLS.
func Offered() *Talk {
	return Greets(Quick).Says(evidence.StepEHLO, Quick, "250-mail.example.com", "250 STARTTLS")
}

// SignedBy makes a certificate for some names, or of an authority where there are none; a nil parent means by itself.
func SignedBy(t *testing.T, parent *x509.Certificate, parentKey *ecdsa.PrivateKey, names []string, ends time.Time) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	// Elliptic keys are made in microseconds, RSA keys are not.
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.example.com"}, DNSNames: names,
		NotBefore: SeenAt.Add(-time.Hour), NotAfter: ends}
	if names == nil {
		template.Subject.CommonName = "an authority"
		template.IsCA, template.BasicConstraintsValid = true, true
	}
	if parent == nil {
		parent, parentKey = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c, key
}

// Sum256 is the SHA-256 digest.
func Sum256(b []byte) []byte { d := sha256.Sum256(b); return d[:] }
