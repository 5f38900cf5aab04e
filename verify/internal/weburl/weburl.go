// Package weburl says which URLs the verifier visits. They come from records, redirects and reports, all of them strangers' words, so
// that less is taken than RFC 3986 allows: http and https, a host name or an address, and a port on which web servers stand. It opens no
// connection; whether an address is private is seen by whoever connects.
package weburl

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"mxverdict/verify/internal/lazy"
)

// maxLength is how long a URL may be; RFC 9110 section 4.1 has servers take 8000 octets, and no file of a policy needs as many.
const maxLength = 2000

// hostName is a host of letters, digits and hyphens, in the form that stands on the wire; the underscore is no part of a host name, and
// stands in many.
var hostName = lazy.Regexp(`^(?i:[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)(\.(?i:[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?))*\.?$`)

// The errors say why a URL is not visited.
var (
	errLength = errors.New("weburl: longer than 2000 bytes")
	errScheme = errors.New("weburl: neither http nor https")
	errUser   = errors.New("weburl: holds a user name")
	errHost   = errors.New("weburl: has no host that could be asked")
	errPort   = errors.New("weburl: its port is not one of the web")
)

// Parse reads a URL that may be visited.
func Parse(text string) (*url.URL, error) {
	if len(text) > maxLength {
		return nil, errLength
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, err
	}
	return u, check(u)
}

// Resolve is where a redirect leads from a URL (RFC 9110 section 10.2.2). A fragment is nobody's business but a browser's.
func Resolve(from *url.URL, location string) (*url.URL, error) {
	if len(location) > maxLength {
		return nil, errLength
	}
	to, err := from.Parse(location)
	if err != nil {
		return nil, err
	}
	to.Fragment, to.RawFragment = "", ""
	return to, check(to)
}

// check tells what keeps a URL from being visited, or nil.
func check(u *url.URL) error {
	host := u.Hostname()
	_, err := netip.ParseAddr(host)
	switch {
	case len(u.String()) > maxLength: // as it goes over the wire, where an octet may take three
		return errLength
	case u.Scheme != "http" && u.Scheme != "https":
		return errScheme
	// Credentials of a stranger's choice are sent to nobody.
	case u.User != nil:
		return errUser
	case err != nil && (len(host) > 253 || !hostName().MatchString(host)):
		return errHost
	}
	// A request to another service may be read as a command there.
	switch Port(u) {
	case 80, 443, 8080, 8443:
		return nil
	}
	return errPort
}

// TCP names a bare connection to a port of a host, over which nothing is said: "tcp://example.com:8080".
func TCP(host string, port uint16) string { return fmt.Sprintf("tcp://%s:%d", host, port) }

// ParseTCP reads such a name.
func ParseTCP(text string) (host string, port uint16, ok bool) {
	rest, ok := strings.CutPrefix(text, "tcp://")
	at := strings.LastIndexByte(rest, ':')
	if !ok || at < 0 {
		return "", 0, false
	}
	n, err := strconv.ParseUint(rest[at+1:], 10, 16)
	return rest[:at], uint16(n), err == nil && n > 0
}

// Port is the port of a URL: its own, else that of its scheme (RFC 9110 section 4.2); 0 where it is none.
func Port(u *url.URL) uint16 {
	switch port := u.Port(); {
	case port != "":
		n, _ := strconv.ParseUint(port, 10, 16)
		return uint16(n)
	case u.Scheme == "https":
		return 443
	}
	return 80
}

// Host is the host of a URL as look-ups name it: in lower case, without a final dot.
func Host(u *url.URL) string { return strings.TrimSuffix(strings.ToLower(u.Hostname()), ".") }
