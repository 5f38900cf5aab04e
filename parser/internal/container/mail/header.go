package mail

import (
	"bufio"
	"strings"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/textproto"
)

// header is that of a message or a part.
type header struct {
	message.Header
	fields      int
	subjectLine int // where the subject stands in the document
}

// text returns a field with its encoded words decoded (RFC 2047), as valid UTF-8. What cannot be decoded stays as it
// is.
func (h header) text(name string) string {
	value, err := h.Text(name)
	if err != nil {
		value = h.Get(name)
	}
	return strings.TrimSpace(strings.ToValidUTF8(value, "\ufffd"))
}

// LooksLike tells whether a document is a message: it begins with several known header fields, perhaps below the "From
// " line of a mailbox, or, where the header was lost, with the boundary of a part.
func LooksLike(document string) bool {
	document = document[prefix(document):]
	return hasHeader(document) || strings.HasPrefix(document, "--") && startsPart(document)
}

// hasHeader tells whether a text begins with a header. One known field alone stands in many forms ("Subject: …").
func hasHeader(text string) bool {
	block := scanHeader(text[prefix(text):])
	return block.known > 1
}

// prefix returns the length of what may stand above a header: a byte order mark, empty lines, the "From " line by
// which a mailbox parts its messages.
func prefix(text string) int {
	rest := strings.TrimPrefix(text, "\ufeff")
	for rest != "" {
		line, after := nextLine(rest)
		if strings.TrimSpace(line) != "" && !isEnvelope(line) {
			break
		}
		rest = after
	}
	return len(text) - len(rest)
}

// isEnvelope knows that line, also as programs quote it in a body (RFC 4155).
func isEnvelope(line string) bool {
	line = strings.TrimPrefix(line, ">")
	return strings.HasPrefix(line, "From ") && strings.IndexByte(line, ':') > 0
}

// block is where the header of a text stands.
type block struct {
	raw     string // its fields, junk left out
	fields  int
	known   int // how many different known ones
	subject int // offset of the subject
	end     int // where the body begins
	junk    bool
	long    bool
}

// scanHeader finds the header at the beginning of a text. It ends at an empty line (RFC 5322 section 2.1), or, where
// that was lost, at the first line that is no field. People's forms look like headers too ("From: … Message: …"):
// where no field is of the sort that only programs write, the first unknown one belongs to the body.
func scanHeader(text string) block {
	var (
		b       block
		raw     strings.Builder
		seen    = map[string]bool{}
		machine bool
		rest    = text
	)
	b.subject = -1
	for rest != "" {
		line, after := nextLine(rest)
		offset := len(text) - len(rest)
		name := fieldName(line)
		switch {
		case strings.TrimSpace(line) == "":
			b.end = len(text) - len(after)
			return b.with(&raw, seen)
		case b.fields > 0 && (line[0] == ' ' || line[0] == '\t'):
		case name != "" && (isKnown(name) || machine || isMachine(name)):
			machine = machine || isMachine(name)
			b.fields++
			if isKnown(name) && len(seen) < 8 {
				seen[name] = true
			}
			if name == "subject" && b.subject < 0 {
				b.subject = offset
			}
		case b.fields > 0 && name == "" && isKnown(fieldName(firstLine(after))):
			b.junk = true
			rest = after
			continue
		default:
			b.end = offset
			return b.with(&raw, seen)
		}
		if raw.Len()+len(line) <= maxHeader {
			raw.WriteString(line)
			raw.WriteString("\r\n")
		} else {
			b.long = true
		}
		rest = after
	}
	b.end = len(text)
	return b.with(&raw, seen)
}

// with adds what was gathered on the way.
func (b block) with(raw *strings.Builder, seen map[string]bool) block {
	b.raw, b.known = raw.String(), len(seen)
	return b
}

// header reads the header of a message or part and returns what stands below it.
func (r *reader) header(s source) (header, source) {
	b := scanHeader(s.text)
	if b.junk {
		r.notice("the header at line %d holds a line that is no field; it was passed over", s.line)
	}
	if b.long {
		r.notice("the header at line %d is longer than %d KiB; the rest of it was not read", s.line, maxHeader>>10)
	}
	h := header{fields: b.fields}
	// Every line is a field or continues one, so there is no error; if there were, the fields before it are kept.
	fields, _ := textproto.ReadHeader(bufio.NewReader(strings.NewReader(b.raw)))
	h.Header = message.Header{Header: fields}
	if b.subject >= 0 {
		h.subjectLine = s.from(b.subject).line
	}
	return h, s.from(b.end)
}

// fieldName returns the name of a header field in lower case, or "" if the line is none (RFC 5322 section 2.2).
func fieldName(line string) string {
	colon := strings.IndexByte(line[:min(len(line), 80)], ':')
	if colon < 1 {
		return ""
	}
	for _, c := range []byte(line[:colon]) {
		if c <= ' ' || c > '~' {
			return ""
		}
	}
	return strings.ToLower(line[:colon])
}

// isKnown tells whether a field is one of those that messages have (RFC 5322 section 3.6 and what came after it).
// "Sent" is none of the standard: some programs write it for "Date" when a header is forwarded as text.
func isKnown(name string) bool {
	switch name {
	case "from", "sender", "to", "cc", "bcc", "subject", "date", "sent", "reply-to", "in-reply-to", "references":
		return true
	}
	return isMachine(name)
}

// isMachine tells whether a field is of the sort that only programs write.
func isMachine(name string) bool {
	switch name {
	case "received", "return-path", "delivered-to", "message-id", "mime-version", "authentication-results",
		"dkim-signature", "user-agent", "thread-topic", "thread-index", "auto-submitted", "precedence", "envelope-to":
		return true
	}
	for _, family := range []string{"content-", "x-", "arc-", "list-", "resent-", "received-"} {
		if strings.HasPrefix(name, family) {
			return true
		}
	}
	return false
}

// nextLine cuts a line off. A carriage return alone ends one too, as in the text format: lines are counted alike.
func nextLine(text string) (line, rest string) {
	end := strings.IndexAny(text, "\r\n")
	if end < 0 {
		return text, ""
	}
	line, rest = text[:end], text[end+1:]
	if text[end] == '\r' {
		rest = strings.TrimPrefix(rest, "\n")
	}
	return line, rest
}

// firstLine is the first line of a text, which may be empty.
func firstLine(text string) string {
	line, _ := nextLine(text)
	return line
}

// countLines counts the ends of lines.
func countLines(text string) int {
	n := strings.Count(text, "\n")
	if strings.IndexByte(text, '\r') < 0 {
		return n
	}
	return n + strings.Count(text, "\r") - strings.Count(text, "\r\n")
}
