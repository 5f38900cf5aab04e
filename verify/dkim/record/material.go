package record

// This file reads the key itself, the tag p: base64, and within it a structure of ASN.1 for RSA, and the bare key for ed25519.

import (
	"crypto/ed25519"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
)

const (
	// minBits and maxBits are the sizes of RSA keys that every verifier has to be able to use. It must not use a smaller one (RFC 8301
	// section 3.2).
	minBits, maxBits = 1024, 4096
)

// readKey reads the tag p. end is the column behind the record.
func (k *Key) readKey(end int) {
	t := k.tag("p")
	switch {
	case t == nil:
		k.fault(Fault{end, "", "the key is missing, for which the tag p stands", Unusable})
	// RFC 6376 section 3.6.1: an empty one says that the key was revoked, which is no fault.
	case t.Value == "":
		k.Revoked = true
	default:
		if der, ok := k.decode(*t); ok {
			k.readMaterial(*t, der)
		}
	}
}

// decode decodes the base64 of a key. Blanks within it mean nothing (RFC 6376 section 3.6.1, RFC 2045 section 6.8).
func (k *Key) decode(t Tag) ([]byte, bool) {
	digits := make([]byte, 0, len(t.Value))
	padding := 0
	for i := range len(t.Value) {
		c := t.Value[i]
		switch {
		case strings.IndexByte(blanks, c) >= 0:
		case c == '=' && len(digits) > 0 && padding < 2:
			padding++
		// Padding ends the key.
		case padding > 0:
			k.faultOf(t, Fault{t.valueColumn + i - 1, t.Value[i-1 : i], "the key ends with its padding, and more stands behind it", Unusable})
			return nil, false
		case !isBase64(c):
			k.faultOf(t, Fault{t.valueColumn + i, strangeRun(t.Value[i:]), "the key is written in base64, in which this does not stand", Unusable})
			return nil, false
		default:
			digits = append(digits, c)
		}
	}
	der := make([]byte, base64.RawStdEncoding.DecodedLen(len(digits)))
	n, err := base64.RawStdEncoding.Decode(der, digits)
	if err != nil {
		k.tell(t, "the key ends within a group of base64, as one does that was cut off", Unusable)
		return nil, false
	}
	if whole := (len(digits) + padding) % 4; whole != 0 {
		k.tell(t, "the padding of the key (=) is not whole, which some verifiers mind", Loose)
	}
	return der[:n], true
}

// isBase64 tells whether a character is a digit of base64.
func isBase64(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/'
}

// strangeRun are the characters at the beginning of a text that are none of base64: of one that takes several bytes, all of them.
func strangeRun(text string) string {
	end := strings.IndexFunc(text[1:], func(r rune) bool { return r < 0x80 && (isBase64(byte(r)) || r == '=') })
	if end < 0 {
		return text
	}
	return text[:1+end]
}

// readMaterial reads what the key decodes to.
func (k *Key) readMaterial(t Tag, der []byte) {
	switch k.Type {
	case Ed25519:
		// RFC 8463 section 4.2: the 32 bytes themselves, without a structure around them.
		if len(der) != ed25519.PublicKeySize {
			k.tell(t, fmt.Sprintf("an ed25519 key is %d bytes, without anything around them; these are %d", ed25519.PublicKeySize, len(der)), Unusable)
		}
	case RSA:
		k.readRSA(t, der)
	}
}

// The structures of RSA keys (RFC 5280 section 4.1.2.7, RFC 8017 appendix A.1.1).
type (
	subjectPublicKeyInfo struct {
		Algorithm struct {
			OID        asn1.ObjectIdentifier
			Parameters asn1.RawValue `asn1:"optional"`
		}
		Key asn1.BitString
	}
	rsaPublicKey struct{ N, E *big.Int }
)

var rsaEncryption = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}

// readRSA reads an RSA key. RFC 6376 names the bare key and its examples wrap it; verifiers read what the examples have (erratum 3017).
func (k *Key) readRSA(t Tag, der []byte) {
	var key rsaPublicKey
	var info subjectPublicKeyInfo
	rest, err := asn1.Unmarshal(der, &info)
	switch {
	case err == nil && !info.Algorithm.OID.Equal(rsaEncryption):
		k.tell(t, "this holds a key of another type than RSA", Unusable)
		return
	case err == nil:
		k.trailing(t, rest)
		rest, err = asn1.Unmarshal(info.Key.Bytes, &key)
	default:
		if rest, err = asn1.Unmarshal(der, &key); err == nil {
			k.tell(t, "this is a bare RSA key, without the structure that says so, and many verifiers do not read it", Loose)
		}
	}
	if err != nil || key.N == nil || key.E == nil {
		k.tell(t, brokenKey(der), Unusable)
		return
	}
	k.trailing(t, rest)
	k.judgeRSA(t, key)
}

// trailing keeps that bytes stand behind a structure. Common libraries pass over them, and strict ones do not.
func (k *Key) trailing(t Tag, rest []byte) {
	if len(rest) > 0 {
		k.tell(t, fmt.Sprintf("%d bytes stand behind the key, which some verifiers mind", len(rest)), Loose)
	}
}

// judgeRSA tells whether verifiers use a key. An even modulus, or an even exponent, or 1, belongs to no RSA key.
func (k *Key) judgeRSA(t Tag, key rsaPublicKey) {
	if key.N.Sign() <= 0 || key.E.Sign() <= 0 {
		k.tell(t, "the numbers of the key are none of an RSA key", Unusable)
		return
	}
	switch k.Bits = key.N.BitLen(); {
	case key.N.Bit(0) == 0, key.E.Bit(0) == 0, key.E.BitLen() < 2:
		k.tell(t, "the numbers of the key are none of an RSA key", Unusable)
	case k.Bits < minBits:
		k.tell(t, fmt.Sprintf("the key has %d bits, and verifiers must not accept one below %d (RFC 8301)", k.Bits, minBits), Unusable)
	case k.Bits > maxBits:
		k.tell(t, fmt.Sprintf("the key has %d bits, and verifiers need not know any above %d (RFC 8301)", k.Bits, maxBits), Loose)
	}
}

// brokenKey says in what way the bytes are no key: most are the beginning of one, of which the rest was lost where it was pasted.
func brokenKey(der []byte) string {
	const sequence = 0x30
	if len(der) < 4 || der[0] != sequence {
		return "the bytes are no key"
	}
	// The length in the long form of DER (X.690 section 8.1.3.5), which every key of such a size has.
	size, header := 0, 2
	if n := int(der[1]) - 0x80; n == 1 || n == 2 {
		for _, b := range der[2 : 2+n] {
			size = size<<8 | int(b)
		}
		header += n
	}
	if whole := size + header; size > 0 && whole > len(der) {
		return fmt.Sprintf("the key is cut off: %d of its %d bytes are there", len(der), whole)
	}
	return "the bytes are no key"
}
