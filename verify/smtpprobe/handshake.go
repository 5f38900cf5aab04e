package smtpprobe

import (
	"crypto/tls"
	"net/netip"
	"strings"

	"mxverdict/verify/evidence"
)

// handshake begins TLS on the raw connection, records how it went and reports whether it was finished. After a failed
// handshake nobody knows which side the connection is on, so it is not used again.
func (s *session) handshake() bool {
	// Bytes behind the 220 are not protected by TLS although they would be read as if they were (RFC 3207 section
	// 6; command injection). They are recorded and go nowhere else.
	smuggled := strings.ToValidUTF8(string(s.in.pending), "\uFFFD")
	event := s.begin(evidence.StepHandshake, s.probe.Patience)
	config := tlsConfig(s.ask.Host)
	s.tls = tls.Client(s.conn, config)
	s.in = reader{from: s.tls, now: s.now}
	if err := s.tls.Handshake(); err != nil {
		event.Failure = s.failure(event, err)
		if smuggled != "" {
			event.Failure.Detail = words(event.Failure.Detail + "; plain text stood behind the 220 to STARTTLS: " + smuggled)
			event.TLS = &evidence.TLS{ServerName: config.ServerName, Certificates: [][]byte{}, Smuggled: smuggled}
		}
		s.add(event)
		return false
	}
	event.End = s.now()
	state := s.tls.ConnectionState()
	event.TLS = &evidence.TLS{
		Version:      tls.VersionName(state.Version),
		Cipher:       tls.CipherSuiteName(state.CipherSuite),
		ServerName:   config.ServerName,
		Certificates: [][]byte{},
		Smuggled:     smuggled,
	}
	for _, certificate := range state.PeerCertificates {
		event.TLS.Certificates = append(event.TLS.Certificates, certificate.Raw)
	}
	s.add(event)
	return true
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
