// Package parser reads what a customer pastes, the report of a third-party tester in whatever shape it arrives, and
// turns it into a report.Report: one finding for each row, with what it says and what it is about. Support agents and
// the rules work on that; the contract is "mxverdict/report/1".
//
// The parser knows layouts, not sentences: it cuts a document into candidate rows and asks a report.Vocabulary what
// each of them is. It judges nothing, tests nothing and refuses to guess: a row that no wording knows keeps the rule
// "", and prose that merely mentions a test is no row.
package parser

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"

	"mxverdict/parser/internal/html"
	"mxverdict/parser/internal/json"
	"mxverdict/parser/internal/mail"
	"mxverdict/parser/internal/text"
	"mxverdict/parser/report"
)

// MaxInput is how much of a document is read. A report has kilobytes; a mailbox pasted by mistake must not fill the
// memory.
const MaxInput = 16 << 20

// MaxFindings is how many rows of one document become findings.
const MaxFindings = text.MaxFindings

// The errors of documents that hold no report. With ErrNoFindings the report is returned all the same: its candidates
// and notices help to say what is missing.
var (
	ErrEmpty      = errors.New("parser: the input is empty")
	ErrBinary     = errors.New("parser: the input is binary data, not text")
	ErrNoFindings = errors.New("parser: no row of a report was recognised")
)

// format is one shape in which a report arrives. The last one takes everything.
type format struct {
	looksLike func(document string) bool
	read      func(document string, v report.Vocabulary) report.Report
}

// formats lists all shapes, the most particular first.
func formats() []format {
	return append([]format{{mail.LooksLike, readMail}}, textFormats()...)
}

// textFormats lists the shapes of a text that is no message: those that a part of a message may have.
func textFormats() []format {
	return []format{
		{json.LooksLike, json.Read},
		{html.LooksLike, html.Read},
		{func(string) bool { return true }, text.Read},
	}
}

func readMail(document string, v report.Vocabulary) report.Report {
	return mail.Read(document, func(part string) report.Report { return readAs(textFormats(), part, v) })
}

// readAs reads a document in the first of the formats that it looks like.
func readAs(formats []format, document string, v report.Vocabulary) report.Report {
	for _, f := range formats {
		if f.looksLike(document) {
			return f.read(document, v)
		}
	}
	return report.Report{}
}

// Parse reads one document. source names it in the report: a file name, or "-" for standard input.
func Parse(r io.Reader, source string, v report.Vocabulary) (report.Report, error) {
	rep := report.Report{Schema: report.Schema, Source: source,
		Candidates: []string{}, Findings: []report.Finding{}, Notices: []string{}}
	data, err := io.ReadAll(io.LimitReader(r, MaxInput+1))
	if err != nil {
		return rep, fmt.Errorf("parser: read %s: %w", source, err)
	}
	document, notices, err := decode(data)
	if err != nil {
		return rep, err
	}
	rep = readAs(formats(), document, v)
	rep.Schema, rep.Source = report.Schema, source
	rep.Notices = append(notices, rep.Notices...)
	if len(rep.Findings) == 0 {
		return rep, ErrNoFindings
	}
	return rep, nil
}

// decode turns bytes into valid UTF-8 and says what it had to do for that.
func decode(data []byte) (document string, notices []string, err error) {
	notices = []string{}
	if len(data) > MaxInput {
		data = data[:MaxInput]
		notices = append(notices, fmt.Sprintf("the input is longer than %d MiB; the rest was not read", MaxInput>>20))
	}
	switch {
	case bytes.HasPrefix(data, []byte{0xef, 0xbb, 0xbf}):
		data = data[3:]
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		data = decodeUTF16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		data = decodeUTF16(data[2:], binary.BigEndian)
	default:
		if order := unmarkedUTF16(data); order != nil {
			data = decodeUTF16(data, order)
		}
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return "", notices, ErrEmpty
	}
	document = string(data)
	switch {
	case mail.LooksLike(document):
		return document, notices, nil // its parts say how they are written; repaired bytes could not be read any more
	case isBinary(data):
		return "", notices, ErrBinary
	case utf8.Valid(data):
		return document, notices, nil
	}
	if document, name, ok := decodeLegacy(data); ok {
		return document, append(notices, "the input is not UTF-8; it was read as "+name), nil
	}
	notices = append(notices, "the input is not valid UTF-8; the bytes that could not be read were replaced")
	return strings.ToValidUTF8(document, "\ufffd"), notices, nil
}

// decodeLegacy reads a document of an older character set: the one that an HTML page names, else windows-1252, as
// browsers do (Encoding Standard, section 4.2; HTML Standard, section 13.2.3.2). A document in which more is UTF-8 than
// is not has only been damaged.
func decodeLegacy(data []byte) (document, name string, ok bool) {
	valid, invalid := 0, 0
	for rest := data; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
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
	encoding, name, _ := charset.DetermineEncoding(data, "")
	if name == "utf-8" {
		encoding, name = charmap.Windows1252, "windows-1252"
	}
	decoded, err := encoding.NewDecoder().Bytes(data)
	if err != nil || !utf8.Valid(decoded) {
		return "", "", false
	}
	return string(decoded), name, true
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

// isBinary tells data from text: text holds no NUL, and control characters only here and there (colours of a terminal).
func isBinary(data []byte) bool {
	if bytes.IndexByte(data, 0) >= 0 {
		return true
	}
	sample := data[:min(len(data), 64<<10)]
	controls := 0
	for _, c := range sample {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' || c == 0x7f {
			controls++
		}
	}
	return controls*10 > len(sample)
}
