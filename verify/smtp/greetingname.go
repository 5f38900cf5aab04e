package smtp

import (
	"net/netip"
	"regexp"
	"strings"

	"mxverdict/verify/dnsanswer"
)

// standsIn tells whether a text holds a host name as a whole, letter case ignored (RFC 5321 section 2.4): "x.example.com" does not
// stand in "mx.example.com", nor in "x.example.com.example.net". Brackets and punctuation beside it, the final dot among
// them, are no part of a name. A plain search for the text would find a name inside a longer one and call two different hosts the
// same.
func standsIn(name, text string) bool {
	name, text = strings.ToLower(dnsanswer.Plain(strings.TrimSuffix(name, "."))), strings.ToLower(text)
	if name == "" {
		return false
	}
	for from := 0; ; {
		i := strings.Index(text[from:], name)
		if i < 0 {
			return false
		}
		before, after := text[:from+i], text[from+i+len(name):]
		// Both ends have to be free. Where the name stands several times, one free place is enough.
		if !goesOn(reversed(before)) && !goesOn(after) {
			return true
		}
		// One byte on and not the whole name, since places may overlap ("a.a.a").
		from += i + 1
	}
}

// goesOn tells whether a name goes on with the first bytes of a text: with a character of a label, or with a dot and one.
func goesOn(text string) bool {
	text = strings.TrimPrefix(text, ".")
	return text != "" && inLabel(text[0])
}

// inLabel tells whether a byte may stand in a label, also in one of those that no host should have: with an underscore, or in a
// script that is not written in ASCII.
func inLabel(c byte) bool {
	return c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 0x80
}

// reversed is the end of a text, backwards, as far as goesOn looks. Two bytes are enough: a dot, and what stands before it.
func reversed(text string) string {
	var b []byte
	for i := len(text) - 1; i >= 0 && len(b) < 2; i-- {
		b = append(b, text[i])
	}
	return string(b)
}

var ipv6Tag = regexp.MustCompile(`(?i)^ipv6:`)

// addressLiteral tells whether a text is an address literal (RFC 5321 section 4.1.3): [192.0.2.1] or [IPv6:2001:db8::1]. The tag is part
// of an IPv6 literal, and of no other.
func addressLiteral(text string) bool {
	inner, ok := strings.CutPrefix(text, "[")
	if !ok || !strings.HasSuffix(inner, "]") {
		return false
	}
	inner = strings.TrimSuffix(inner, "]")
	// The tag is matched without regard to case, as all keywords of the grammar are (RFC 5234 section 2.3).
	tagged := ipv6Tag.MatchString(inner)
	addr, err := netip.ParseAddr(ipv6Tag.ReplaceAllString(inner, ""))
	// A zone ("%eth0") names an interface of the host itself and means nothing to anybody else.
	return err == nil && addr.Zone() == "" && addr.Is6() == tagged
}
