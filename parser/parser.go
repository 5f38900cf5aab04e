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
	return []format{
		{func(string) bool { return true }, text.Read},
	}
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
	for _, f := range formats() {
		if f.looksLike(document) {
			rep = f.read(document, v)
			break
		}
	}
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
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return "", notices, ErrEmpty
	}
	if isBinary(data) {
		return "", notices, ErrBinary
	}
	if utf8.Valid(data) {
		return string(data), notices, nil
	}
	notices = append(notices, "the input is not valid UTF-8; the bytes that could not be read were replaced")
	return strings.ToValidUTF8(string(data), "\ufffd"), notices, nil
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
