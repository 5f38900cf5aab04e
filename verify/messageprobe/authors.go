package messageprobe

import (
	"net/mail"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"mxverdict/verify/evidence"
)

// author takes over the domains of a field From (RFC 5322 section 3.6.2).
func (m *Message) author(value string) {
	for _, address := range addresses(value) {
		_, domain, _ := cutLast(address, "@")
		ascii, err := idna.Lookup.ToASCII(strings.TrimSuffix(strings.TrimSpace(domain), "."))
		if err != nil || ascii == "" {
			ascii = "" // an author all the same, whose domain cannot be read
		}
		if ascii = strings.ToLower(ascii); len(m.kept.From) < evidence.MaxFrom && !slices.Contains(m.kept.From, ascii) {
			m.kept.From = append(m.kept.From, ascii)
		}
	}
}

// addresses are the mail addresses of a field. Of one that breaks the grammar only what stands in angle brackets counts, or all of it where
// there are none: a name beside the address may look like another one.
func addresses(value string) (list []string) {
	if parsed, err := mail.ParseAddressList(value); err == nil {
		for _, a := range parsed {
			list = append(list, a.Address)
		}
		return list
	}
	rest := value
	for {
		_, after, found := strings.Cut(rest, "<")
		inside, behind, closed := strings.Cut(after, ">")
		if !found || !closed {
			break
		}
		list, rest = append(list, inside), behind
	}
	if len(list) == 0 {
		list = strings.FieldsFunc(value, func(c rune) bool { return c == ',' || c == ' ' || c == '\t' })
	}
	return slices.DeleteFunc(list, func(s string) bool { return !strings.Contains(s, "@") })
}

// sender is the sender of the envelope in a field Return-Path (RFC 5321 section 4.4), or "" where it cannot be read.
func sender(value string) string {
	value = strings.TrimSpace(value)
	if inside, ok := strings.CutPrefix(value, "<"); ok {
		value, _, _ = strings.Cut(inside, ">")
		if strings.TrimSpace(value) == "" {
			return "<>"
		}
	}
	// A longer one is none (RFC 5321 section 4.5.3.1.3).
	if len(value) > 256 || strings.ContainsAny(value, " \t\r\n\x00") || !strings.Contains(value, "@") {
		return ""
	}
	return strings.ToValidUTF8(value, "\uFFFD")
}

// cutLast cuts a text at the last separator.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
