// Package document reads what is no container of others: one document of text, however it is encoded. It turns bytes
// into valid UTF-8 and says what it had to do for that. It refuses data that are no text.
package document

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"

	"mxverdict/parser/report"
)

// ErrBinary tells that the document is no text.
var ErrBinary = errors.New("parser: the input is binary data, not text")

// Read reads a document; part reads the text of it.
// The error is ErrBinary, or none.
func Read(data string, part func(document string) report.Report) (report.Report, error) {
	document, notices, err := decode(data)
	if err != nil {
		return report.Report{}, err
	}
	rep := part(document)
	rep.Notices = append(notices, rep.Notices...)
	return rep, nil
}

// decode turns bytes into valid UTF-8 and says what it had to do for that.
func decode(data string) (document string, notices []string, err error) {
	switch {
	case isBinary(data):
		return "", nil, ErrBinary
	// Text of an older character set is hardly ever valid UTF-8 by accident, so this is asked before any set that is named.
	case utf8.ValidString(data):
		return data, nil, nil
	}
	if document, name, ok := decodeLegacy(data); ok {
		return document, []string{"the input is not UTF-8; it was read as " + name}, nil
	}
	return strings.ToValidUTF8(data, "\ufffd"),
		[]string{"the input is not valid UTF-8; the bytes that could not be read were replaced"}, nil
}

// Unmark takes the byte order mark off a document and turns UTF-16, marked or not, into UTF-8. Other data stay as they
// are: archives and pictures begin with marks of their own.
func Unmark(data []byte) []byte {
	switch {
	case bytes.HasPrefix(data, []byte{0xef, 0xbb, 0xbf}):
		return data[3:]
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		return decodeUTF16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return decodeUTF16(data[2:], binary.BigEndian)
	}
	if order := unmarkedUTF16(data); order != nil {
		return decodeUTF16(data, order)
	}
	return data
}

// unmarkedUTF16 returns the byte order of UTF-16 without a byte order mark. Where most letters are Latin, every second
// byte is zero.
func unmarkedUTF16(data []byte) binary.ByteOrder {
	sample := data[:min(len(data), 1024)&^1]
	var zeros [2]int
	for i, c := range sample {
		if c == 0 {
			zeros[i%2]++
		}
	}
	half := len(sample) / 2
	switch {
	case half < 4:
		return nil
	case zeros[1]*10 > half*7 && zeros[0]*10 < half:
		return binary.LittleEndian
	case zeros[0]*10 > half*7 && zeros[1]*10 < half:
		return binary.BigEndian
	}
	return nil
}

// decodeUTF16 decodes as far as it can (RFC 2781 section 2.2): half a pair becomes the replacement character, half a unit at the end is left out.
func decodeUTF16(data []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	var out []byte
	for _, r := range utf16.Decode(units) {
		out = utf8.AppendRune(out, r)
	}
	return out
}

// sniffed is how much of a document is searched for the name of its character set (HTML Standard, section 13.2.3.2).
const sniffed = 1024

// decodeLegacy reads a document of an older character set: the one that an HTML page names, else windows-1252, as
// browsers do (Encoding Standard, section 4.2; HTML Standard, section 13.2.3.2). A document in which more is UTF-8 than
// is not has only been damaged.
func decodeLegacy(data string) (document, name string, ok bool) {
	valid, invalid := 0, 0
	for rest := data; len(rest) > 0; {
		r, size := utf8.DecodeRuneInString(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			invalid++
		case size > 1:
			valid++
		}
		rest = rest[size:]
	}
	if valid > invalid {
		return "", "", false
	}
	encoding, name, _ := charset.DetermineEncoding([]byte(data[:min(len(data), sniffed)]), "")
	if name == "utf-8" {
		encoding, name = charmap.Windows1252, "windows-1252"
	}
	decoded, err := encoding.NewDecoder().String(data)
	if err != nil || !utf8.ValidString(decoded) {
		return "", "", false
	}
	return decoded, name, true
}

// isBinary tells data from text: text holds no NUL, and control characters only here and there (colours of a terminal).
func isBinary(data string) bool {
	if strings.IndexByte(data, 0) >= 0 {
		return true
	}
	sample := data[:min(len(data), 64<<10)]
	controls := 0
	for i := range len(sample) {
		c := sample[i]
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' || c == 0x7f {
			controls++
		}
	}
	return controls*10 > len(sample)
}
