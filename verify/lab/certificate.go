package lab

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"
)

// config makes the server side of a handshake. The certificate is minted for this connection, so that it is valid by
// the clock of whoever looks: that of a synctest bubble begins in the year 2000.
func (s startTLS) config(name string) (*tls.Config, error) {
	certificate, err := mint(name, s.certificate, time.Now())
	if err != nil {
		return nil, err
	}
	config := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: s.min, MaxVersion: s.max}
	if s.max != 0 && s.max < tls.VersionTLS12 {
		for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
			config.CipherSuites = append(config.CipherSuites, suite.ID)
		}
	}
	return config, nil
}

// mint signs a certificate with its own key.
func mint(name, kind string, now time.Time) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("lab: making a key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()),
		NotBefore:    now.Add(-24 * time.Hour),
		NotAfter:     now.Add(90 * 24 * time.Hour),
	}
	switch kind {
	case "expired":
		template.NotBefore, template.NotAfter = now.Add(-90*24*time.Hour), now.Add(-24*time.Hour)
	case "wrong-name":
		name = "other.example.net"
	}
	template.Subject, template.DNSNames = pkix.Name{CommonName: name}, []string{name}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("lab: making a certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
