package dnsanswer

import (
	"net/netip"
	"strconv"
	"strings"

	"mxverdict/verify/evidence"
)

// HostName writes the name of a host as it stands in evidence: lower case, without the final dot. The root, which is no host, is "".
func HostName(s string) string { return strings.ToLower(strings.TrimSuffix(s, ".")) }

// AddressOf returns the address of a server from what an exchange says of it, address and port. Text that holds no port is taken
// for the address itself, as in bundles that were written by hand.
func AddressOf(server string) string {
	at, err := netip.ParseAddrPort(server)
	if err != nil {
		return server
	}
	return at.Addr().String()
}

// At tells whether an exchange was with the server at an address. It compares text, because runs over many zones have tens of
// thousands of exchanges.
func At(x *evidence.Exchange, address string) bool {
	// Only a text that is longer than the address can hold a port behind it: an IPv6 address without one has colons too.
	host := x.Server
	if colon := strings.LastIndexByte(host, ':'); colon >= 0 && len(host) > len(address) {
		host = host[:colon]
	}
	return host == address || len(host) == len(address)+2 && host[0] == '[' && host[1:len(host)-1] == address
}

// ValidHostname tells whether a name, without a final dot, is a full host name: two labels or more of letters, digits and
// hyphens, none of which begins or ends with a hyphen, the last not a number (RFC 952, RFC 1123 section 2.1). Names in other
// scripts are written in ASCII on the wire (RFC 5890 section 2.3.2.1) and are valid so. It says nothing on whether the name exists.
// An underscore is legal in the DNS (RFC 2181 section 11) and not in a host name.
func ValidHostname(name string) bool {
	labels := strings.Split(name, ".")
	if len(labels) < 2 || len(name) > 253 {
		return false
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' || strings.ContainsFunc(l, notLDH) {
			return false
		}
	}
	// An address without brackets would pass otherwise: 192.0.2.1 is four labels.
	return strings.ContainsFunc(labels[len(labels)-1], func(c rune) bool { return c < '0' || c > '9' })
}

func notLDH(c rune) bool {
	return !(c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')
}

// Askable tells whether a name that stands in a record can be asked for. Labels may hold any octet (RFC 2181 section 11), but
// one with a dot in it, or with a backslash before a dot, cannot be told from two labels by those who read names as text. The root is
// no host.
func Askable(name string) bool { return name != "" && !strings.Contains(name, `\.`) }

// Plain writes a name as its octets, without the escapes of presentation format (RFC 1035 section 5.1). A text in a greeting has no
// escapes, so that a name in a record is compared with it in this form. Octets above 127 stay what they are.
func Plain(name string) string {
	if !strings.Contains(name, `\`) {
		return name
	}
	var plain []byte
	for i := 0; i < len(name); i++ {
		if name[i] == '\\' && i+1 < len(name) {
			i++
			// \DDD is an octet by its decimal number, \X the character X itself (RFC 1035 section 5.1).
			if n, err := strconv.ParseUint(name[i:min(i+3, len(name))], 10, 8); err == nil && i+2 < len(name) {
				plain = append(plain, byte(n))
				i += 2
				continue
			}
		}
		plain = append(plain, name[i])
	}
	return string(plain)
}

// AddressType is the type of record in which an address of that family stands.
func AddressType(addr netip.Addr) string {
	if addr.Is6() {
		return "AAAA"
	}
	return "A"
}
