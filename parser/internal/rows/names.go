package rows

import (
	"net/netip"
	"strings"

	"golang.org/x/net/idna"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/report"
)

// normalName returns a host name or address in the one form in which names are compared: lower case, ASCII, without
// the final dot or the brackets of an address literal. Anything else becomes "".
func normalName(s string) string {
	s = strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(s, "["), "]"), ".")
	// The longest name that fits into the 255 octets of RFC 1035 section 3.1, written out.
	if len(s) > 253 {
		return ""
	}
	if addr, ok := parseAddress(s); ok {
		// An address with a zone means something on one machine only (RFC 4007 section 6).
		if addr.Zone() != "" {
			return ""
		}
		return addr.Unmap().String()
	}
	if strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }) >= 0 {
		if spaced(s) != s {
			return "" // words of a script without blanks stand beside it
		}
		// As browsers look names up (RFC 5891 section 5), since that is what the customer typed his into.
		ascii, err := idna.Lookup.ToASCII(s)
		if err != nil {
			return ""
		}
		s = ascii
	}
	s = strings.ToLower(s)
	if !isHostName(s) {
		return ""
	}
	return s
}

// targetName reads a name or address as people type a target: perhaps as part of a web or mail address, with a port
// or a selector behind a colon.
func targetName(s string) string {
	if scheme := strings.Index(s, "://"); scheme >= 0 {
		s = s[scheme+len("://"):]
	}
	if end := strings.IndexAny(s, "/?#"); end >= 0 {
		s = s[:end]
	}
	s = strings.TrimRight(s[strings.LastIndexByte(s, '@')+1:], ",;")
	if name := normalName(s); name != "" {
		return name
	}
	if strings.HasPrefix(s, "[") {
		s, _, _ = strings.Cut(s[1:], "]")
	} else {
		s, _, _ = strings.Cut(s, ":")
	}
	return normalName(s)
}

// Name reads the name or address that somebody typed as the target of a look-up, "" if it is none or a reporter's own.
// It is for the formats, whose links and fields hold such names, so that all of them read a name alike.
func Name(typed string, v report.Vocabulary) string {
	word, _ := scan.Word(scan.TrimLeft(typed))
	if name := targetName(word); name != "" && !v.OwnName(name) {
		return name
	}
	return ""
}

// isHostName tells whether s has the form of a name with at least two labels. Underscores are allowed: reports name
// records such as _dmarc.example.com.
func isHostName(s string) bool {
	labels, start, letters := 0, 0, false
	for i := 0; i <= len(s); i++ {
		if i < len(s) && s[i] != '.' {
			if !isHostByte(s[i]) {
				return false
			}
			letters = letters || s[i] > '9' && s[i] != '_'
			continue
		}
		// RFC 1035 section 2.3.4: at most 63 octets a label; RFC 1123 section 2.1: no hyphen at either end.
		if i == start || i-start > 63 || s[start] == '-' || s[i-1] == '-' {
			return false
		}
		labels++
		if i < len(s) {
			start, letters = i+1, false
		}
	}
	return labels > 1 && letters // a top-level domain is never numeric (RFC 3696 section 2)
}

// isHostByte knows what labels are made of (RFC 1123 section 2.1), and the underscore of names that are no hosts (RFC 8552).
func isHostByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c >= 'A' && c <= 'Z'
}

// isAddress knows literals of both families, without brackets.
func isAddress(name string) bool {
	_, ok := parseAddress(name)
	return ok
}

// parseAddress reads a literal. Most words that are asked about are names, and an error costs more than a look at the last letter:
// a literal has a colon or ends with a digit.
func parseAddress(s string) (netip.Addr, bool) {
	if s == "" || strings.IndexByte(s, ':') < 0 && (s[len(s)-1] < '0' || s[len(s)-1] > '9') {
		return netip.Addr{}, false
	}
	addr, err := netip.ParseAddr(s)
	return addr, err == nil
}

// nameOrPort reads a name or address in brackets or parentheses, perhaps with a port, in front of a colon or a dash.
func nameOrPort(word string) string {
	word = strings.TrimRight(strings.TrimPrefix(word, "("), ",;)-")
	if name := targetName(word); name != "" {
		return name
	}
	return targetName(strings.TrimRight(word, ":)"))
}

// firstWord is the first word of a text.
func firstWord(s string) string {
	word, _ := scan.Word(scan.TrimLeft(s))
	return word
}
