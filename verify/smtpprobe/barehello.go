package smtpprobe

import (
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"mxverdict/verify/evidence"
)

// The TLS library has given up much that servers of old can: SSL 3, finite-field Diffie-Hellman, DSA, anonymous and export ciphers.
// That it finishes no handshake therefore does not show that nobody could. A hello of our own bytes offers all of it, with the
// highest version TLS 1.2, because the library's hello has offered 1.3 already, on which some old servers hang. Only the first record
// that comes back is looked at; the connection is closed then, and no key is ever agreed on.

// errNoHello is what came in place of a server hello.
var errNoHello = errors.New("this is no server hello")

// Types of records and of handshake messages, and an alert (RFC 5246 sections 6.2.1, 7.4 and 7.2).
const (
	recordAlert     = 21
	recordHandshake = 22
	clientHelloType = 1
	serverHelloType = 2
)

// bareHello sends the hello and records what answers it.
func (s *session) bareHello() {
	smuggled := s.smuggled()
	event := s.begin(evidence.StepHello, s.probe.Patience)
	event.Hello = &evidence.Hello{Alert: -1}
	seen := &beginning{Conn: s.conn}
	_, err := s.conn.Write(clientHello(serverName(s.ask.Host)))
	if err == nil {
		err = readHello(seen, event.Hello)
	}
	switch {
	case err != nil:
		event.Failure = s.failure(event, err)
	case event.Hello.Version == "":
		now := s.now()
		event.Failure = &evidence.Failure{Kind: evidence.TLSFailed, At: now, Waited: now - event.Start, Detail: fmt.Sprintf("the server sent the alert %d in place of a hello", event.Hello.Alert)}
	}
	// It is as wrong before a hello that is answered as before one that is not.
	if smuggled != "" {
		event.TLS = &evidence.TLS{ServerName: serverName(s.ask.Host), Certificates: [][]byte{}, Smuggled: smuggled}
		event.Failure = tellSmuggled(event.Failure, smuggled)
	}
	// A reply in plain text is quoted as far as it comes within a moment: it may be the reason why the server wants no TLS with us.
	if errors.Is(err, errNoHello) {
		_ = s.conn.SetReadDeadline(time.Now().Add(settle))
		_, _ = seen.Read(make([]byte, 512)) // the rest of the line, if it is one
		event.Reply = s.instead(seen.bytes)
	}
	if event.Failure == nil {
		event.End = s.now()
	}
	s.add(event)
	s.over = true // whoever has begun TLS cannot go back
}

// readHello reads the beginning of a server hello (RFC 5246 section 7.4.1.3; RFC 6101 section 5.6.1.3 has the same form), or an alert.
func readHello(from io.Reader, hello *evidence.Hello) error {
	var header [5]byte
	if _, err := io.ReadFull(from, header[:]); err != nil {
		return err
	}
	// Only the beginning of the body is read: a server hello is longer by its extensions, and the certificates behind it may be far
	// longer.
	size := int(binary.BigEndian.Uint16(header[3:]))
	// Type, length, version, random, length of the session ID, session ID, cipher.
	const cipherAt, most = 4 + 2 + 32 + 1, 4 + 2 + 32 + 1 + 32 + 2
	body := make([]byte, min(size, most))
	// All versions from SSL 3 to TLS 1.3 have 3 as the first byte of the version of a record. SSL 2, which has another form, is no
	// longer spoken by anybody worth asking (RFC 6176).
	if header[1] != 3 || header[0] != recordAlert && header[0] != recordHandshake {
		return errNoHello
	}
	if _, err := io.ReadFull(from, body); err != nil {
		return err
	}
	switch {
	// The first byte is the level, which says nothing more here: any alert in place of a hello ends the attempt.
	case header[0] == recordAlert && size == 2:
		hello.Alert = int(body[1])
	case header[0] == recordHandshake && len(body) >= cipherAt && body[0] == serverHelloType && body[4] == 3:
		hello.Version = versionName(binary.BigEndian.Uint16(body[4:]))
		// The session ID may have up to 32 bytes; a longer one is damage, and then only the version is known.
		if at := cipherAt + int(body[cipherAt-1]); at+2 <= len(body) {
			hello.Cipher = tls.CipherSuiteName(binary.BigEndian.Uint16(body[at:]))
		}
	default:
		return errNoHello
	}
	return nil
}

// versionName is the name of a version of the protocol, as the standard of that version writes it. The library calls SSL 3.0 by a
// name that its specification (RFC 6101) does not use.
func versionName(version uint16) string {
	if version == 0x0300 {
		return "SSL 3.0"
	}
	return tls.VersionName(version)
}

// bareSuites are the cipher suites of the registry that were ever in use in mail up to TLS 1.2, the better ones first, and last the
// signal of RFC 5746 section 3.3, which spares an extension.
var bareSuites = []uint16{
	0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC02B, 0xC02F, 0xC0AD, 0xC0AC, 0xC024, 0xC028, 0xC023, 0xC027, 0xC00A, 0xC014, 0xC009, 0xC013, // ECDHE
	0x009F, 0x00A3, 0xCCAA, 0x009E, 0x00A2, 0xC09F, 0xC09E, 0x006B, 0x006A, 0x0067, 0x0040, 0x0039, 0x0038, 0x0033, 0x0032, 0x0088, 0x0087, 0x0045, 0x0044, // DHE
	0x009D, 0x009C, 0xC09D, 0xC09C, 0x003D, 0x003C, 0x0035, 0x002F, 0x0084, 0x0041, 0x0096, // RSA
	0xC008, 0xC012, 0x0016, 0x0013, 0x000A, 0xC007, 0xC011, 0x0005, 0x0004, 0x0007, // 3DES, RC4, IDEA
	0xC019, 0xC018, 0x00A7, 0x00A6, 0x006D, 0x006C, 0x003A, 0x0034, 0x001B, 0x0018, // without authentication
	0x0015, 0x0012, 0x0009, 0x001A, 0x0014, 0x0011, 0x0008, 0x0006, 0x0003, 0x0019, 0x0017, 0x0062, 0x0064, // DES and export
	0x003B, 0x0002, 0x0001, // without encryption
	0x00FF,
}

// bareGroups are curves and finite fields (RFC 8422 section 5.1.1, RFC 7027, RFC 7919).
var bareGroups = []uint16{29, 23, 24, 25, 30, 26, 27, 28, 22, 21, 19, 14, 13, 256, 257, 258, 259, 260}

// bareSignatures are signature algorithms (RFC 8446 section 4.2.3, RFC 5246 section 7.4.1.4.1, RFC 8734), MD5 included.
var bareSignatures = []uint16{0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080A, 0x080B, 0x0401, 0x0501, 0x0601,
	0x0303, 0x0301, 0x0203, 0x0201, 0x0402, 0x0502, 0x0602, 0x0302, 0x0202, 0x0101}

// clientHello writes the whole first record (RFC 5246 sections 6.2.1 and 7.4.1.2). Its record has the version 3.1, as RFC 5246
// appendix E.1 advises for servers that are older than the hello. No key share and no ticket is in it: a server that needs either
// speaks TLS 1.3, of which the library has asked already.
func clientHello(name string) []byte {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // it never fails
	hello := append([]byte{3, 3}, random...)
	hello = append(hello, 0) // no session to resume
	hello = append(hello, sized16(words16(bareSuites))...)
	hello = append(hello, 1, 0) // no compression
	var extensions []byte
	if name != "" { // RFC 6066 section 3
		extensions = append(extensions, extension(0, sized16(append([]byte{0}, sized16([]byte(name))...)))...)
	}
	// A server may choose an elliptic suite only by a curve that both have (RFC 8422 section 5.1).
	extensions = append(extensions, extension(10, sized16(words16(bareGroups)))...)
	extensions = append(extensions, extension(11, []byte{1, 0})...) // uncompressed points
	extensions = append(extensions, extension(13, sized16(words16(bareSignatures)))...)
	// Some middleboxes hang on a hello of 256 to 511 bytes (RFC 7685 section 4).
	if size := 4 + len(hello) + 2 + len(extensions); size > 255 && size < 512 {
		extensions = append(extensions, extension(21, make([]byte, max(0, 512-size-4)))...)
	}
	hello = append(hello, sized16(extensions)...)
	// Lengths of messages have three bytes (RFC 5246 section 7.4); the first of them is 0, for a hello never needs it.
	message := append([]byte{clientHelloType, 0}, sized16(hello)...)
	return append([]byte{recordHandshake, 3, 1}, sized16(message)...)
}

func extension(kind uint16, body []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, kind), sized16(body)...)
}

// sized16 puts the length in two bytes before a text.
func sized16(body []byte) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(body))), body...)
}

func words16(numbers []uint16) (text []byte) {
	for _, n := range numbers {
		text = binary.BigEndian.AppendUint16(text, n)
	}
	return text
}
