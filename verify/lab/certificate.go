package lab

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

// The kinds of certificates. All but self-signed are signed by the intermediate authority of the network, whose own
// certificate is sent along unless the kind says otherwise, so that each kind has one fault.
const (
	selfSigned     = "self-signed"
	trusted        = "trusted"
	noIntermediate = "trusted-no-intermediate"
	expired        = "expired"
	notYetValid    = "not-yet-valid"
	wrongName      = "wrong-name"
)

var certificateKinds = []string{selfSigned, trusted, noIntermediate, expired, notYetValid, wrongName}

// The names of the authorities.
const (
	RootName         = "Lab Root"
	IntermediateName = "Lab Intermediate"
)

// aYear is long enough for any scenario.
const aYear = 365 * 24 * time.Hour

// authority signs the certificates of one network.
type authority struct {
	root, intermediate *x509.Certificate
}

// newAuthority makes root and intermediate, valid by the clock of whoever makes the network: that of a synctest bubble
// begins in the year 2000.
func newAuthority(now time.Time) (*authority, error) {
	made := &authority{}
	template := func(name string) *x509.Certificate {
		return &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
			NotBefore: now.Add(-aYear), NotAfter: now.Add(aYear), IsCA: true, BasicConstraintsValid: true,
			KeyUsage: x509.KeyUsageCertSign}
	}
	var err error
	root := template(RootName)
	if made.root, err = sign(root, root, RootName, RootName); err != nil {
		return nil, err
	}
	made.intermediate, err = sign(template(IntermediateName), made.root, IntermediateName, RootName)
	return made, err
}

// sign makes a certificate for the key of one name, signed with the key of another.
func sign(template, parent *x509.Certificate, owner, signer string) (*x509.Certificate, error) {
	own, err := key(owner)
	if err != nil {
		return nil, err
	}
	other, err := key(signer)
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &own.PublicKey, other)
	if err != nil {
		return nil, fmt.Errorf("lab: making a certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}

// key is the private key of a name: the same in every network, so that a scenario can hold a TLSA record of it. It
// keeps no secret.
func key(name string) (*ecdsa.PrivateKey, error) {
	digest := sha256.Sum256([]byte("mxverdict lab " + name))
	made, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), digest[:])
	if err != nil {
		return nil, fmt.Errorf("lab: making a key: %w", err)
	}
	return made, nil
}

// KeyDigest is the data of a TLSA record with selector 1 and matching type 1 (RFC 6698 section 2.1) for the key of an
// SMTP host, by the host's name in the scenario, or of an authority.
func KeyDigest(name string) (string, error) {
	private, err := key(name)
	if err != nil {
		return "", err
	}
	public, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	if err != nil {
		return "", fmt.Errorf("lab: writing a key: %w", err)
	}
	digest := sha256.Sum256(public)
	return hex.EncodeToString(digest[:]), nil
}

// TrustedRoots holds the authority that signs for this network, as a machine holds those of the public.
func (n *Internet) TrustedRoots() *x509.CertPool {
	pool := x509.NewCertPool()
	if n.authority != nil {
		pool.AddCert(n.authority.root)
	}
	return pool
}

// Authority is the certificate of that authority in PEM (RFC 7468), for programs that take a file of them.
func (n *Internet) Authority() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: n.authority.root.Raw})
}

// mint makes a certificate of a kind for a name. It is made for one connection, so that it is valid by the clock of
// whoever looks.
func (a *authority) mint(name, kind string, now time.Time) (tls.Certificate, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()),
		NotBefore:    now.Add(-24 * time.Hour),
		NotAfter:     now.Add(90 * 24 * time.Hour),
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	shown := name
	switch kind {
	case expired:
		// Expired since a day: a clock that is an hour wrong must not make it good.
		template.NotBefore, template.NotAfter = now.Add(-90*24*time.Hour), now.Add(-24*time.Hour)
	case notYetValid:
		template.NotBefore = now.Add(24 * time.Hour)
	case wrongName:
		shown = "other.example.net"
	}
	template.Subject, template.DNSNames = pkix.Name{CommonName: shown}, []string{shown}
	parent, signer := a.intermediate, IntermediateName
	if kind == selfSigned {
		parent, signer = template, name
	}
	leaf, err := sign(template, parent, name, signer)
	if err != nil {
		return tls.Certificate{}, err
	}
	private, err := key(name)
	if err != nil {
		return tls.Certificate{}, err
	}
	chain := [][]byte{leaf.Raw}
	if kind != selfSigned && kind != noIntermediate {
		chain = append(chain, a.intermediate.Raw)
	}
	return tls.Certificate{Certificate: chain, PrivateKey: private}, nil
}

// config makes the server side of a handshake.
func (s startTLS) config(a *authority, name string) (*tls.Config, error) {
	certificate, err := a.mint(name, s.certificate, time.Now())
	if err != nil {
		return nil, err
	}
	config := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: s.min, MaxVersion: s.max}
	if s.handshake == demandsClient {
		config.ClientAuth = tls.RequireAnyClientCert
	}
	if s.max != 0 && s.max < tls.VersionTLS12 {
		for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
			config.CipherSuites = append(config.CipherSuites, suite.ID)
		}
	}
	return config, nil
}
