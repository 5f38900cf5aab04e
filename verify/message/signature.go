package message

// This file reads DKIM signatures (RFC 6376 section 3.5), as far as is needed to find their keys and to say what is wrong with them. Whether
// one verifies was found out while the whole message was at hand.

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

// signatureField is the field of the header that holds one.
const signatureField = "DKIM-Signature"

// signature is one DKIM-Signature field.
type signature struct {
	domain, selector string // in lower case; "" where the field does not tell
	start            string // of the signature itself (b), without blanks
	partial          bool   // it covers no more than a part of the body (l)
	expires          time.Time
}

// signatureOf reads a field. What is wrong in it was found by the check of the signature.
func signatureOf(value string) (s signature) {
	for part := range strings.SplitSeq(value, ";") {
		name, v, _ := strings.Cut(part, "=")
		v = strings.Join(strings.Fields(v), "")
		switch strings.TrimSpace(name) {
		case "d":
			s.domain = dnsanswer.HostName(v)
		case "s":
			s.selector = dnsanswer.HostName(v)
		case "b":
			s.start = v[:min(len(v), 16)]
		case "l":
			s.partial = true
		case "x":
			// RFC 6376 section 3.5: seconds since 1970, up to twelve digits at least.
			if n, err := strconv.ParseInt(v, 10, 64); err == nil && n < 1<<40 {
				s.expires = time.Unix(n, 0).UTC()
			}
		}
	}
	return s
}

// key is the name of its key, or "" where there can be none.
func (s signature) key() string {
	if !isName(s.domain) || !isName(s.selector) || len(s.domain)+len(s.selector) > 240 {
		return ""
	}
	return s.selector + "._domainkey." + s.domain
}

// Selectors are those of the signatures that a message bears in the name of a domain, each once.
func Selectors(m evidence.Message, domain string) (selectors []string) {
	for _, f := range m.Fields {
		if !strings.EqualFold(f.Name, signatureField) {
			continue
		}
		if s := signatureOf(f.Value); s.domain == domain && s.key() != "" && !slices.Contains(selectors, s.selector) {
			selectors = append(selectors, s.selector)
		}
	}
	return selectors
}

// isName tells whether a text is a name that can be looked up, and be shown in a command.
func isName(text string) bool {
	return text != "" && len(text) < 254 && strings.IndexFunc(text, func(c rune) bool {
		return c != '-' && c != '.' && c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9')
	}) < 0
}

// String names a signature for people.
func (s signature) String() string { return "d=" + s.domain + " s=" + s.selector }
