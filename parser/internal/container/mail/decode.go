package mail

import (
	"encoding/base64"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
)

// decode undoes the transfer encoding of a body (RFC 2045 section 6).
func (r *reader) decode(s source, encoding string) source {
	switch encoding {
	case "", "7bit", "8bit", "binary":
		return s
	case "quoted-printable":
		text, intact := decodeQuotedPrintable(s.text)
		if !intact {
			r.notice("the quoted-printable text at line %d is damaged; what could be decoded was read", s.line)
		}
		return source{text, s.line, false}
	case "base64":
		text, intact, found := decodeBase64(s.text)
		switch {
		case !found && strings.TrimSpace(s.text) != "":
			r.notice("the part at line %d calls itself base64, but is not; it was read as it stands", s.line)
			return s
		case !intact:
			r.notice("the base64 text at line %d is damaged or cut off; what could be decoded was read", s.line)
		}
		return source{text, s.line, false}
	}
	r.notice("the part at line %d has the unknown transfer encoding %s; it was read as it stands",
		s.line, short(encoding))
	return s
}

// undeclared decodes a text whose header lost the word that it is encoded. It must not look like anything else.
func (r *reader) undeclared(s source) source {
	text, found := "", ""
	switch {
	case looksQuotedPrintable(s.text):
		text, _ = decodeQuotedPrintable(s.text)
		found = "quoted-printable"
	case looksBase64(s.text):
		text, _, _ = decodeBase64(s.text)
		found = "base64"
		if !utf8.ValidString(text) || !isText(text) {
			return s
		}
	default:
		return s
	}
	r.notice("the part at line %d does not say that it is %s; it was decoded all the same", s.line, found)
	return source{text, s.line, false}
}

// decodeQuotedPrintable decodes as far as it can: a "=" that begins no code stands for itself (RFC 2045 section 6.7,
// the advice on robust decoding).
func decodeQuotedPrintable(raw string) (text string, intact bool) {
	var b strings.Builder
	b.Grow(len(raw))
	intact = true
	for raw != "" {
		line, rest := nextLine(raw)
		ended := len(line) < len(raw)
		raw = rest
		line = strings.TrimRight(line, " \t")
		if soft, ok := strings.CutSuffix(line, "="); ok {
			line, ended = soft, false
		}
		for line != "" {
			equals := strings.IndexByte(line, '=')
			if equals < 0 {
				b.WriteString(line)
				break
			}
			b.WriteString(line[:equals])
			line = line[equals:]
			c, ok := hexByte(line)
			if !ok {
				b.WriteByte('=')
				line, intact = line[1:], false
				continue
			}
			b.WriteByte(c)
			line = line[3:]
		}
		if ended {
			b.WriteByte('\n')
		}
	}
	return b.String(), intact
}

// hexByte reads "=" and two hexadecimal digits; small letters are wrong, but common.
func hexByte(s string) (byte, bool) {
	if len(s) < 3 {
		return 0, false
	}
	high, low := hexDigit(s[1]), hexDigit(s[2])
	return high<<4 | low&0xf, high < 16 && low < 16
}

// hexDigit is the value of a digit, or more than any digit has.
func hexDigit(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	}
	return 0xff
}

// looksQuotedPrintable asks for a line that goes on below, and for no "=" that means anything else.
func looksQuotedPrintable(text string) bool {
	soft := 0
	for rest := text; ; {
		equals := strings.IndexByte(rest, '=')
		if equals < 0 {
			return soft > 0
		}
		rest = rest[equals:]
		switch _, code := hexByte(rest); {
		case code:
			rest = rest[3:]
		case len(rest) > 1 && (rest[1] == '\n' || rest[1] == '\r'):
			soft++
			rest = rest[1:]
		default:
			return false
		}
	}
}

// decodeBase64 decodes as far as it can. Lines are decoded in runs, so that a damaged line spoils only itself. A line
// of words ends the code: mailing lists write their footers below it; it and what follows are kept as they stand.
// found tells whether there was any code at all.
func decodeBase64(raw string) (text string, intact, found bool) {
	var out, run strings.Builder
	intact = true
	flush := func() {
		code := run.String()
		run.Reset()
		if len(code)%4 == 1 {
			code = code[:len(code)-1]
		}
		decoded, err := base64.RawStdEncoding.DecodeString(code)
		intact = intact && err == nil
		out.Write(decoded)
	}
	for raw != "" {
		line, rest := nextLine(raw)
		line = strings.TrimSpace(line)
		good := base64Prefix(line)
		switch {
		case strings.IndexByte(line, ' ') >= 0 || line != "" && good == 0 && line[0] != '=':
			if !found {
				return "", false, false
			}
			intact = intact && run.Len()%4 == 0
			flush()
			out.WriteString("\n" + raw)
			return out.String(), intact, true
		case good == len(line):
			run.WriteString(line)
			found = found || good > 0
		default: // padding, or damage
			run.WriteString(line[:good])
			found = true
			pad := len(line) - good
			if strings.Trim(line[good:], "=") != "" {
				intact = false
			} else {
				intact = intact && (run.Len()+pad)%4 == 0
			}
			flush()
		}
		raw = rest
	}
	intact = intact && run.Len()%4 == 0
	flush()
	return out.String(), intact, found
}

// base64Prefix returns how many bytes at the start of a line belong to the alphabet (RFC 4648 section 4).
func base64Prefix(line string) int {
	for i := 0; i < len(line); i++ {
		c := line[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '+' || c == '/') {
			return i
		}
	}
	return len(line)
}

// looksBase64 asks for lines of code only, the first of them of the usual length.
// A long word of somebody's prose is code too by its letters; that is why a whole line is asked for.
func looksBase64(text string) bool {
	text = strings.TrimSpace(text)
	if base64Prefix(firstLine(text)) < 60 {
		return false
	}
	for text != "" {
		var line string
		line, text = nextLine(text)
		line = strings.TrimRight(strings.TrimSpace(line), "=")
		if base64Prefix(line) < len(line) {
			return false
		}
	}
	return true
}

// latin1 is how text is read that does not say, or says wrongly, how it is written. It is the superset of ISO 8859-1
// by which every program reads text of that name (WHATWG Encoding Standard, section 4.2): the dashes and quotation
// marks of office programs stand in it.
const latin1 = "windows-1252"

// toUTF8 turns the bytes of a part into UTF-8 within the bounds. ok is false if they are no text.
func (r *reader) toUTF8(s source, e entity) (text source, ok bool) {
	s.text = r.take(s.text, s.line)
	name := r.charsetOf(&s, e)
	if name != "" {
		if !isCharset(name) {
			r.notice("the part at line %d is written in the unknown character set %s; it was read as Latin-1",
				s.line, short(name))
			name = latin1
		}
		decoded := convert(s.text, name)
		s.exact = s.exact && countLines(decoded) == countLines(s.text)
		s.text = decoded
	}
	if !utf8.ValidString(s.text) {
		r.notice("the part at line %d is not valid UTF-8; the bytes that could not be read were replaced", s.line)
		s.text = strings.ToValidUTF8(s.text, "\ufffd")
	}
	if !isText(s.text) {
		return s, false
	}
	if e.mediaType == "text/html" {
		s.text = asPage(s.text)
	}
	return s, true
}

// isCharset tells whether the library can read a character set. Some names it knows only as dangerous: for those every
// text becomes one replacement character (WHATWG Encoding Standard, section 4.2, "replacement").
func isCharset(name string) bool { return convert("ab", name) != "\ufffd" }

// convert reads a text in a character set; what is no character of it is replaced. A set that is not known gives one
// replacement character for all.
func convert(text, name string) string {
	decoder, err := charset.Reader(name, strings.NewReader(text))
	if err != nil {
		return "\ufffd"
	}
	// The error of a text that breaks off within a character is of no use: what could be read is there.
	decoded, _ := io.ReadAll(io.LimitReader(decoder, maxDecoded))
	return string(decoded)
}

// charsetOf decides how a text is written, "" for UTF-8. Bytes that are valid UTF-8 are that, unless their encoding
// kept them from harm: a message that was copied and saved again is UTF-8 whatever its header says.
func (r *reader) charsetOf(s *source, e entity) string {
	if rest, marked := strings.CutPrefix(s.text, "\ufeff"); marked {
		s.text = rest
		return ""
	}
	if strings.HasPrefix(s.text, "\xff\xfe") || strings.HasPrefix(s.text, "\xfe\xff") {
		return "utf-16"
	}
	valid := utf8.ValidString(s.text)
	switch name := strings.ToLower(e.charset); name {
	case "utf-8", "utf8":
		return ""
	case "", "us-ascii", "ascii", "ansi_x3.4-1968":
		if valid {
			return ""
		}
		if isText(s.text) {
			r.notice("the part at line %d does not say how its letters are written; it was read as Latin-1", s.line)
		}
		return latin1
	case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1":
		if valid && s.exact {
			return ""
		}
		return latin1
	default:
		if valid && s.exact && !isASCII(s.text) {
			return ""
		}
		return name
	}
}

// take counts what is handed on.
// The bound is one for the whole message: two hundred parts of the greatest size would fill the memory as well as one.
func (r *reader) take(text string, line int) string {
	if len(text) > r.left {
		r.notice("the message holds more than %d MiB of text; what stands from line %d on was not read",
			maxDecoded>>20, line)
		text = text[:r.left]
	}
	r.left -= len(text)
	return text
}

// isText tells text from data by the same measure as the parser: no NUL, and control characters only here and there.
func isText(s string) bool {
	if strings.IndexByte(s, 0) >= 0 || strings.HasPrefix(s, "%PDF-") || strings.HasPrefix(s, `{\rtf`) {
		return false
	}
	sample := s[:min(len(s), 64<<10)]
	controls := 0
	for i := 0; i < len(sample); i++ {
		if c := sample[i]; c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' || c == 0x7f {
			controls++
		}
	}
	return controls*10 <= len(sample)
}

// isASCII tells whether a text says nothing about its character set, since most of them write ASCII alike.
func isASCII(s string) bool {
	return strings.IndexFunc(s, func(c rune) bool { return c >= utf8.RuneSelf }) < 0
}

// asPage marks a fragment as what its header says it is: a mail's HTML part need not begin like a page, and formats
// are told by their content. Its lines stay where they are.
func asPage(text string) string {
	start := strings.ToLower(strings.TrimSpace(text[:min(len(text), 1024)]))
	if strings.HasPrefix(start, "<!doctype") || strings.HasPrefix(start, "<html") || !strings.Contains(text, "</") {
		return text
	}
	return "<html>" + text
}
