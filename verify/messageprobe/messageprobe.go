// Package messageprobe looks at a message that a customer saved (RFC 5322): which fields of its header tell of its way and of what servers
// found, and whether its DKIM signatures verify (RFC 6376). What it finds goes into the evidence; the message itself stays here.
//
// A message is as hostile as a server. Size, header and number of fields and signatures are bounded. Of the body nothing is read but for
// the signatures, as bytes: no part is opened, no code decoded, no link followed. The package asks nobody for a key, and judges nothing.
package messageprobe

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/lazy"
)

// The bounds of a message. Honest ones stay below: the largest receivers take 25 MiB or little more, and a header has some kilobytes.
const (
	MaxBytes  = 25 << 20  // of a message
	maxHeader = 256 << 10 // of its header
	maxFields = 1000      // of its header
	maxValue  = 8 << 10   // of a field that is kept, or of a signature that is checked
	maxEmpty  = 10_000    // lines without text in a row: whoever checks a signature keeps them until he knows whether text follows
)

// Message is a message as it was read.
type Message struct {
	raw   []byte // from the header on, each line ending in CRLF
	kept  evidence.Message
	whole bool // no bound cut anything off that a signature may cover
}

// Read reads a message. What is too much of it is left out, and said in the evidence; no message is so damaged that it is an error.
func Read(data []byte) *Message {
	m := &Message{whole: true, kept: nothing()}
	m.kept.Size = len(data)
	if len(data) > MaxBytes {
		data = data[:MaxBytes]
		m.cut("the message is larger than %d MiB, and was not read to its end", MaxBytes>>20)
	}
	raw, empty := linesOf(start(data))
	if m.raw = raw; empty > maxEmpty {
		m.cut("the message has more than %d empty lines in a row, so that its signatures were not checked", maxEmpty)
	}
	header, _, _ := bytes.Cut(m.raw, []byte("\r\n\r\n"))
	if len(header) > maxHeader {
		header = header[:maxHeader]
		m.cut("the header is larger than %d KiB, and was not read to its end", maxHeader>>10)
	}
	m.read(fieldsOf(string(header)))
	return m
}

// Several stands for messages of which none could be chosen.
func Several(n int) *Message {
	m := &Message{kept: nothing()}
	m.kept.Several = n
	return m
}

// nothing is what is kept of an empty message. Lists are empty and not missing, for those who read the evidence as JSON.
func nothing() evidence.Message {
	return evidence.Message{From: []string{}, Fields: []evidence.HeaderField{}, Checks: []evidence.Check{}}
}

// Evidence is what is kept of a message. Nobody may change its lists.
func (m *Message) Evidence() evidence.Message { return m.kept }

// cut notes why not all of a message was read.
func (m *Message) cut(format string, args ...any) {
	m.whole = false
	if m.kept.Cut == "" {
		m.kept.Cut = fmt.Sprintf(format, args...)
	}
}

// start skips what programs write above a header: a mark of the byte order, empty lines, the first line of a mailbox (RFC 4155).
func start(data []byte) []byte {
	data = bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), "\r\n")
	if bytes.HasPrefix(data, []byte("From ")) {
		_, data, _ = bytes.Cut(data, []byte("\n"))
	}
	return data
}

// linesOf ends each line in CRLF, as it was sent (RFC 5321 section 2.3.8); saved files mostly end them as the machine does. A header
// without a body has its empty line in the end. empty is how many lines without text there are in a row at most.
func linesOf(data []byte) (raw []byte, empty int) {
	b := bytes.NewBuffer(make([]byte, 0, len(data)+len(data)/32+4))
	row := 0
	for len(data) > 0 {
		line, rest, ended := bytes.Cut(data, []byte("\n"))
		b.Write(bytes.TrimSuffix(line, []byte("\r")))
		if ended {
			b.WriteString("\r\n")
		}
		if row++; len(bytes.TrimSpace(line)) > 0 {
			row = 0
		}
		empty, data = max(empty, row), rest
	}
	if !bytes.Contains(b.Bytes(), []byte("\r\n\r\n")) {
		b.WriteString("\r\n\r\n")
	}
	return b.Bytes(), empty
}

// field is a field of the header, unfolded.
type field struct{ name, value string }

// fieldsOf takes a header apart (RFC 5322 section 2.2). A line that begins no field and continues none is passed over.
func fieldsOf(header string) (fields []field) {
	for line := range strings.SplitSeq(header, "\r\n") {
		if line != "" && (line[0] == ' ' || line[0] == '\t') {
			if n := len(fields); n > 0 {
				fields[n-1].value += line
			}
			continue
		}
		if name, value, ok := strings.Cut(line, ":"); ok {
			fields = append(fields, field{strings.TrimRight(name, " \t"), value})
		}
	}
	return fields
}

// traces are the fields that are kept: those of servers on the way (RFC 5321 section 4.4, RFC 7208 section 9.1, RFC 8601, RFC 8617
// section 4.1), and signatures. The other fields tell of the correspondents.
var traces = []string{"received", "authentication-results", "arc-authentication-results", "received-spf", "dkim-signature", "delivered-to", "x-forwarded-to"}

// read takes over what is kept of a header.
func (m *Message) read(fields []field) {
	if len(fields) > maxFields {
		fields = fields[:maxFields]
		m.cut("the header has more than %d fields", maxFields)
	}
	for _, f := range fields {
		switch name := strings.ToLower(f.name); {
		case name == "from":
			m.kept.Froms++
			m.author(f.value)
		case name == "return-path" && m.kept.Sender == "":
			m.kept.Sender = sender(f.value)
		case name == "list-id" || name == "list-post":
			m.kept.List = true
		case slices.Contains(traces, name):
			m.keep(f)
		}
	}
}

// keep keeps a field without the names of correspondents.
func (m *Message) keep(f field) {
	value := strings.TrimSpace(strings.ToValidUTF8(f.value, "\uFFFD"))
	if len(value) > maxValue {
		value = strings.ToValidUTF8(value[:maxValue], "")
		m.cut("a field %s is larger than %d KiB", f.name, maxValue>>10)
	}
	if len(m.kept.Fields) >= evidence.MaxFields {
		m.cut("more than %d fields tell of the way of the message", evidence.MaxFields)
		return
	}
	switch strings.ToLower(f.name) {
	// That the field is there says that the message had arrived, and its value to whom.
	case "delivered-to", "x-forwarded-to":
		value = ""
	// RFC 6376 section 3.5: z holds copies of fields, the subject among them. No check needs it.
	case "dkim-signature":
		value = copies().ReplaceAllString(value, "${1}...")
	}
	m.kept.Fields = append(m.kept.Fields, evidence.HeaderField{Name: f.name, Value: withoutNames(value)})
}

// word is a local part, in quotes or not.
const word = `(?:"[^"\r\n]{1,100}"|[^\s<>()\[\]",:;@]+)`

var (
	// copies are the fields that a signature holds copies of.
	copies = lazy.Regexp(`((?:^|;)\s*z\s*=)[^;]*`)
	// localPart is what stands before the @ of a mail address. A sign of equality may belong to it, as in the senders of lists and services
	// that hold the recipient (bounce+jo=example.org@example.com), or end the name of a property (RFC 8601 section 2.2, RFC 7208 section 9.1).
	localPart = lazy.Regexp(`(?:(\b(?:(?:smtp|header|body|policy)\.[a-zA-Z-]+|envelope-from|i)\s*=\s*)` + word + `?|` + word + `)@`)
	// login is the name of a person as programs write it down alone: Postfix and Exim, Courier, and results (RFC 8601 section 2.7.4).
	login = lazy.Regexp(`(?i)(\bsmtp\.auth\s*=\s*|\bauthenticated[ -](?:sender|user)[:=]?\s*|\bauth:\s+\w+\s+)[^\s()<>;,@]+`)
)

// withoutNames leaves out of a text what stands before the @ of mail addresses, and the names by which people log in.
func withoutNames(value string) string {
	return localPart().ReplaceAllString(login().ReplaceAllString(value, "${1}..."), "${1}...@")
}
