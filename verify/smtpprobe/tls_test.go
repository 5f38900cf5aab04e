package smtpprobe

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"strings"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/transcript"
)

func ecdsaCertificate(t *testing.T) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return selfSigned(t, key)
}

// selfSigned mints a certificate that expired yesterday by the clock of the bubble: the probe must not care.
func selfSigned(t *testing.T, key crypto.Signer) tls.Certificate {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "wrong.example.org"},
		NotBefore:    time.Now().Add(-48 * time.Hour),
		NotAfter:     time.Now().Add(-24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestHandshakes(t *testing.T) {
	tests := []struct {
		name            string
		low, high       uint16
		suite           uint16
		version, cipher string
	}{
		{"modern", tls.VersionTLS13, tls.VersionTLS13, 0, "TLS 1.3", ""},
		{"TLS 1.2", tls.VersionTLS12, tls.VersionTLS12, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "TLS 1.2",
			"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"},
		{"TLS 1.2 with RSA key exchange", tls.VersionTLS12, tls.VersionTLS12, tls.TLS_RSA_WITH_AES_128_CBC_SHA256, "TLS 1.2",
			"TLS_RSA_WITH_AES_128_CBC_SHA256"},
		{"TLS 1.1", tls.VersionTLS11, tls.VersionTLS11, tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, "TLS 1.1",
			"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA"},
		{"TLS 1.0 with 3DES", tls.VersionTLS10, tls.VersionTLS10, tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA, "TLS 1.0",
			"TLS_RSA_WITH_3DES_EDE_CBC_SHA"},
		{"TLS 1.0 with RC4", tls.VersionTLS10, tls.VersionTLS10, tls.TLS_RSA_WITH_RC4_128_SHA, "TLS 1.0",
			"TLS_RSA_WITH_RC4_128_SHA"},
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var leaf []byte
			var asked string
			session := talk(t, full, func(p *peer) {
				certificate := selfSigned(p.t, key)
				leaf = certificate.Certificate[0]
				config := &tls.Config{MinVersion: test.low, MaxVersion: test.high, Certificates: []tls.Certificate{certificate}}
				if test.suite != 0 {
					config.CipherSuites = []uint16{test.suite}
				}
				p.say("220 a")
				p.answer("EHLO", "250-a", "250 STARTTLS")
				p.answer("STARTTLS", "220 go ahead")
				time.Sleep(3*time.Second + settle)
				p.encrypt(config)
				asked = p.conn.(*tls.Conn).ConnectionState().ServerName
				p.expect("EHLO")
				p.quiet(2 * time.Second)
				p.say("250-a", "250 SIZE")
				p.answer("MAIL", "250 ok")
				p.answer("RCPT", "250 ok")
				p.answer("QUIT", "221 bye")
				if rest, _ := io.ReadAll(p.raw); len(rest) == 0 {
					p.t.Error("the client left without the closing alert")
				}
			})
			wantTrace(t, session, "connect 0s-0s", "greeting 0s-0s 220", "ehlo 0s-0s 250", "starttls 0s-0s 220",
				"handshake 0s-3s", "ehlo-tls 3s-5s 250", "mail 5s-5s 250", "rcpt 5s-5s 250", "quit 5s-5s 221")
			got := session.Event(evidence.StepHandshake).TLS
			if got.Version != test.version || test.cipher != "" && got.Cipher != test.cipher || got.Smuggled != "" {
				t.Errorf("got %s with %s, smuggled %q", got.Version, got.Cipher, got.Smuggled)
			}
			if asked != "mail.example.com" || got.ServerName != asked {
				t.Errorf("asked for %q, recorded %q", asked, got.ServerName)
			}
			if len(got.Certificates) != 1 || !bytes.Equal(got.Certificates[0], leaf) {
				t.Error("the certificate is not the server's")
			}
		})
	}
}

func TestHandshakeFailures(t *testing.T) {
	tests := []struct {
		name   string
		answer func(*peer)
		want   string
	}{
		{"plain text", func(p *peer) { p.say("454 TLS not available after all") }, "454 tls"},
		{"words", func(p *peer) { p.say("Too many connections") }, "(0) malformed"},
		{"garbage", func(p *peer) { p.send("\x00\x01\x02\x03\x04\x05\x06\x07\x08") }, "malformed"},
		{"alert", func(p *peer) { p.send("\x15\x03\x01\x00\x02\x02\x28") }, "tls"},
		{"version too old", func(p *peer) { p.send("\x16\x03\x00\x00\x04\x02\x00\x00\x00") }, "tls"},
		{"end inside a record", func(p *peer) { p.send("\x16\x03\x03\x01\x00\x02"); p.hangUp() }, "eof"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			session := talk(t, full, func(p *peer) {
				p.say("220 a")
				p.answer("EHLO", "250 a")
				p.answer("STARTTLS", "220 go ahead")
				_, _ = p.in.Peek(1)
				test.answer(p)
				p.free = true // what the client says in TLS is its own business
			})
			wantTrace(t, session, timeless([]string{"greeting 220", "ehlo 250", "starttls 220", "handshake " + test.want})...)
		})
	}
}

// A server that wants a client certificate says so in TLS 1.3 only after our side of the handshake is finished.
func TestAlertAfterTheHandshake(t *testing.T) {
	session := talk(t, full, func(p *peer) {
		p.say("220 a")
		p.answer("EHLO", "250 a")
		p.answer("STARTTLS", "220 go ahead")
		config := &tls.Config{Certificates: []tls.Certificate{ecdsaCertificate(p.t)}, ClientAuth: tls.RequireAnyClientCert}
		if tls.Server(p.raw, config).Handshake() == nil {
			p.t.Error("the server accepted a client without certificate")
		}
		p.free = true
	})
	wantTrace(t, session, timeless([]string{"greeting 220", "ehlo 250", "starttls 220", "handshake", "ehlo-tls tls"})...)
}

// Bytes behind the 220 must not be taken for an encrypted reply (CVE-2011-0411 and its kin).
func TestSmuggledReplyIsRecordedAndNotBelieved(t *testing.T) {
	session := talk(t, full, func(p *peer) {
		p.say("220 a")
		p.answer("EHLO", "250 a")
		p.answer("STARTTLS", "220 go ahead", "250-evil", "250 AUTH\xff")
		p.encrypt(&tls.Config{Certificates: []tls.Certificate{ecdsaCertificate(p.t)}})
		p.answer("EHLO", "250-a", "250 SIZE")
		p.answer("MAIL", "550 no")
		p.answer("QUIT", "221 bye")
	})
	if got := session.Event(evidence.StepHandshake).TLS.Smuggled; got != "250-evil\r\n250 AUTH\uFFFD\r\n" {
		t.Errorf("smuggled is %q", got)
	}
	if got := transcript.Keywords(*session.Event(evidence.StepEHLOTLS).Reply); len(got) != 1 || got[0] != "SIZE" {
		t.Errorf("EHLO inside TLS lists %q", got)
	}
}

func TestServerName(t *testing.T) {
	tests := []struct{ host, want string }{
		{"mail.example.com", "mail.example.com"}, {"mail.example.com.", "mail.example.com"},
		{"_x.example.com", "_x.example.com"},
		{"", ""}, {"203.0.113.25", ""}, {"2001:db8::1", ""}, {"[203.0.113.25]", ""}, {"a..b", ""},
		{"a b", ""}, {"bücher.example", ""},
		{strings.Repeat("a", 64) + ".example.com", ""}, {strings.Repeat("a.", 127) + "a", ""},
	}
	for _, test := range tests {
		if got := serverName(test.host); got != test.want {
			t.Errorf("SNI of %q is %q, want %q", test.host, got, test.want)
		}
	}
}
