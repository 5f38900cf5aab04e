package lab

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/dkim"
)

// Signer signs messages (RFC 6376) with a key that is made for it, and lives no longer.
type Signer struct {
	Domain, Selector string
	Expires          time.Time // the zero time for never
	Headers          []string  // fields that are signed; none means From, To and Subject
	key              crypto.Signer
}

// NewSigner makes a signer with a key of type ed25519 (RFC 8463).
func NewSigner(domain, selector string) *Signer {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		panic("lab: " + err.Error()) // no randomness: nothing of a lab works then
	}
	return &Signer{Domain: domain, Selector: selector, key: key}
}

// NewRSASigner makes a signer with an RSA key of so many bits.
func NewRSASigner(domain, selector string, bits int) *Signer {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic("lab: " + err.Error())
	}
	return &Signer{Domain: domain, Selector: selector, key: key}
}

// Name is where the key is published.
func (s *Signer) Name() string { return s.Selector + "._domainkey." + s.Domain }

// Record is the text that publishes the key (RFC 6376 section 3.6.1).
func (s *Signer) Record() string {
	switch key := s.key.Public().(type) {
	case ed25519.PublicKey:
		return "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(key)
	case *rsa.PublicKey:
		der, err := x509.MarshalPKIXPublicKey(key)
		if err != nil {
			panic("lab: " + err.Error())
		}
		return "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(der)
	}
	panic("lab: a key of no kind")
}

// Sign puts a signature above a message whose lines end in CRLF.
func (s *Signer) Sign(message string) (string, error) {
	headers := s.Headers
	if headers == nil {
		headers = []string{"From", "To", "Subject"}
	}
	var b bytes.Buffer
	err := dkim.Sign(&b, strings.NewReader(message), &dkim.SignOptions{Domain: s.Domain, Selector: s.Selector, Signer: s.key, HeaderKeys: headers,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed, Expiration: s.Expires})
	if err != nil {
		return "", fmt.Errorf("lab: sign: %w", err)
	}
	return b.String(), nil
}
