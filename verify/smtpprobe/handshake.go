package smtpprobe

import (
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"strings"
	"unicode/utf8"

	"mxverdict/verify/evidence"
)

// handshake begins TLS on the raw connection, records how it went and reports whether it was finished. After a failed
// handshake nobody knows which side the connection is on, so it is not used again.
func (s *session) handshake() bool {
	smuggled := s.smuggled()
	event := s.begin(evidence.StepHandshake, s.probe.Patience)
	config, seen := tlsConfig(s.ask.Host), &beginning{Conn: s.conn}
	asked := false
	// Most servers that ask for a certificate go on without one. This tells those apart that do not.
	config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		asked = true
		return &tls.Certificate{}, nil
	}
	s.tls = tls.Client(seen, config)
	// A new reader: what the old one may have held was not protected by TLS.
	s.in = &reader{from: s.tls, now: s.now}
	err := s.tls.Handshake()
	// From here on the stream is cipher text, which nobody needs.
	seen.over = true
	// It is kept after a failure too, where something in it explains the failure.
	event.TLS = &evidence.TLS{ServerName: config.ServerName, Certificates: [][]byte{}, Smuggled: smuggled, AsksClient: asked}
	if err != nil {
		event.Failure = s.failure(event, err)
		// Only then was plain text sent in place of TLS; an alert is TLS.
		if errors.As(err, new(tls.RecordHeaderError)) {
			event.Reply = s.instead(seen.bytes)
		}
		if smuggled != "" {
			event.Failure = tellSmuggled(event.Failure, smuggled)
		} else if !asked {
			event.TLS = nil
		}
		s.add(event)
		return false
	}
	event.End = s.now()
	state := s.tls.ConnectionState()
	event.TLS.Version, event.TLS.Cipher = tls.VersionName(state.Version), tls.CipherSuiteName(state.CipherSuite)
	// Raw and in the order in which they were sent: what is wrong with a chain is found out from the evidence, also years later.
	for _, certificate := range state.PeerCertificates {
		event.TLS.Certificates = append(event.TLS.Certificates, certificate.Raw)
	}
	s.add(event)
	return true
}

// smuggled takes what stands behind the 220. It is not protected by TLS although it would be read as if it were (RFC 3207 section
// 6; command injection); it is recorded and goes nowhere else.
func (s *session) smuggled() string {
	if !s.speaks(settle) {
		return ""
	}
	text := strings.ToValidUTF8(string(s.in.pending), "\uFFFD")
	s.in.pending = nil
	return text
}

// tellSmuggled adds to a failure, if there is one, what stood behind the 220: it may be the reason.
func tellSmuggled(failure *evidence.Failure, smuggled string) *evidence.Failure {
	if failure != nil {
		failure.Detail = words(failure.Detail + "; plain text stood behind the 220 to STARTTLS: " + smuggled)
	}
	return failure
}

// instead reads the plain text that came in place of TLS: nil if it is none. Some servers agree to STARTTLS and then turn the
// client away in SMTP.
func (s *session) instead(bytes []byte) *evidence.Reply {
	text := string(bytes)
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\r' && r != '\n' && r != '\t' }) {
		return nil
	}
	// The same reader as for any reply, so that a refusal here is read by the same rules.
	plain := reader{from: strings.NewReader(text), now: s.now}
	reply, _ := plain.read()
	return reply
}

// beginning keeps the first bytes that a server sends where TLS is due: an error of the handshake quotes only five.
type beginning struct {
	net.Conn
	bytes []byte
	over  bool
}

func (b *beginning) Read(p []byte) (int, error) {
	// One reply line of the longest kind (RFC 5321 section 4.5.3.1.5).
	const most = 512
	n, err := b.Conn.Read(p)
	if !b.over {
		b.bytes = append(b.bytes, p[:min(n, most-len(b.bytes))]...)
	}
	return n, err
}

// tlsConfig is made to reach as many servers as possible: a failed handshake must not be read as "no encryption"
// because our side is too modern.
func tlsConfig(host string) *tls.Config {
	config := &tls.Config{
		ServerName: serverName(host),
		// The certificate is evidence here. Whether it is valid is a separate finding, and opportunistic TLS (RFC 7435) does
		// not depend on it. Nothing secret passes this connection.
		InsecureSkipVerify: true,
		MinVersion:         tls.VersionTLS10,
		// Post-quantum key shares make the first message longer than one packet, on which some servers hang.
		CurvePreferences: []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521},
	}
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		// TLS 1.3 has its own suites, which the library always offers.
		config.CipherSuites = append(config.CipherSuites, suite.ID)
	}
	return config
}

// serverName returns the name for the SNI extension, or "" for what is no DNS name: RFC 6066 section 3 forbids
// literals, and an oversized name would spoil the handshake.
func serverName(host string) string {
	host = strings.TrimSuffix(host, ".")
	if _, err := netip.ParseAddr(host); err == nil || len(host) > 253 {
		return ""
	}
	// An underscore is let through, although no host name has one: servers do get such names, and it is their name that has to be
	// sent.
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, notInLabel) {
			return ""
		}
	}
	return host
}

func notInLabel(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
}
