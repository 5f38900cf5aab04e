package lab

import (
	"crypto/tls"
	"encoding/binary"
	"maps"
	"slices"
)

// Handshakes that a library makes.
const (
	properHandshake = "ok"
	thenCloses      = "then-closes"        // finished, and then the host hangs up
	demandsClient   = "client-certificate" // none but clients with a certificate are let in
)

// handshakes are those that are not made by a library. Each leaves the connection to be closed.
var handshakes = map[string]func(*conversation){
	"close":  func(*conversation) {},
	"silent": (*conversation).hold,
	// The hello is read first, so that closing does not answer it with a reset that overtakes the garbage.
	"garbage": func(c *conversation) { c.instead([]byte("this is not TLS\r\n")) },
	"alert":   func(c *conversation) { c.instead(handshakeFailure) },
	// Hosts whose library can only what ours has given up.
	"ssl3":            func(c *conversation) { c.oldHello(0x0300, tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA) },
	"finite-field":    func(c *conversation) { c.oldHello(tls.VersionTLS12, 0x009F) }, // TLS_DHE_RSA_WITH_AES_256_GCM_SHA384
	"another-version": func(c *conversation) { c.instead([]byte{21, 3, 3, 0, 2, 2, 70}) },
}

// handshakeFailure is a record with the alert of that name (RFC 5246 section 7.2.2).
var handshakeFailure = []byte{21, 3, 3, 0, 2, 2, 40}

// handshakeNames are the words of a scenario.
func handshakeNames() []string {
	return append(slices.Sorted(maps.Keys(handshakes)), properHandshake, thenCloses, demandsClient)
}

// instead answers the hello with these bytes. The conversation is over.
func (c *conversation) instead(answer []byte) bool {
	if c.fill(c.end) == nil {
		c.raw.Write(answer)
	}
	return false
}

// oldHello answers a hello that offers finite-field Diffie-Hellman with the beginning of a handshake, and any other with an alert.
func (c *conversation) oldHello(version, suite uint16) {
	if c.fill(c.end) != nil {
		return
	}
	// One suite stands for all: a hello that offers it is one of those who still can.
	if !offers(c.in, 0x0039) { // TLS_DHE_RSA_WITH_AES_256_CBC_SHA
		c.raw.Write(handshakeFailure)
		return
	}
	// The handshake stops here: what is tested is whether any server hello comes.
	hello := binary.BigEndian.AppendUint16([]byte{2, 0, 0, 38}, version)
	hello = append(hello, make([]byte, 33)...) // random, and no session ID
	hello = append(binary.BigEndian.AppendUint16(hello, suite), 0)
	record := binary.BigEndian.AppendUint16([]byte{22}, version)
	record = append(binary.BigEndian.AppendUint16(record, uint16(len(hello))), hello...)
	c.raw.Write(record)
	c.hold()
}

// offers tells whether a record with a client hello offers a cipher suite (RFC 5246 section 7.4.1.2).
func offers(record []byte, suite uint16) bool {
	const sessionAt = 5 + 4 + 2 + 32
	if len(record) <= sessionAt {
		return false
	}
	at := sessionAt + 1 + int(record[sessionAt])
	if len(record) < at+2 {
		return false
	}
	end := at + 2 + int(binary.BigEndian.Uint16(record[at:]))
	for at += 2; at+2 <= min(end, len(record)); at += 2 {
		if binary.BigEndian.Uint16(record[at:]) == suite {
			return true
		}
	}
	return false
}
