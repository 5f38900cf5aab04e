package names

// This file guesses whether a reverse name was made by a machine for a line of some customer. Receivers guess the same way (no standard
// does), so that the guess has to be cautious: it is meant to miss generic names rather than to accuse one that somebody chose.

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"

	"mxverdict/verify/dnsanswer"
)

// allGeneric tells whether every name that is a host name looks as if a machine had made it up. One name of an address's own is enough.
// Names that are no host names are another fault, and are left out.
func allGeneric(names []string, addr netip.Addr) bool {
	valid := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !dnsanswer.ValidHostname(name) })
	return len(valid) > 0 && !slices.ContainsFunc(valid, func(name string) bool { return !genericName(name, addr) })
}

// poolWords are parts of labels that providers give to lines of their customers. "static" is not among them: such a line is rented
// to run servers.
var poolWords = []string{"dyn", "dynamic", "dsl", "adsl", "vdsl", "dhcp", "pool", "ppp", "pppoe", "dial", "dialup", "cable", "client"}

// genericName guesses whether a reverse name was assigned automatically: it holds most of the address, or a word that
// providers use for customers' lines. The registered domain itself tells nothing. It is a hint: no standard knows such names.
func genericName(name string, addr netip.Addr) bool {
	own := ownLabels(name)
	parts := strings.FieldsFunc(own, func(c rune) bool { return c == '.' || c == '-' || c == '_' })
	for _, part := range parts {
		// Providers number their pools: "pool3", "dsl17".
		if slices.Contains(poolWords, strings.TrimRightFunc(part, isDigit)) {
			return true
		}
	}
	if addr.Is4() {
		return holdsIPv4(own, addr.As4())
	}
	return holdsIPv6(own, parts, addr)
}

// isDigit knows ASCII alone, as host names do (RFC 1123 section 2.1).
func isDigit(c rune) bool { return c >= '0' && c <= '9' }

// ownLabels are the labels before the registered domain of a name.
func ownLabels(name string) string {
	// A name that is a public suffix itself has no owner to set apart, so that the whole of it is looked at.
	domain, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil {
		return name
	}
	return strings.TrimSuffix(strings.TrimSuffix(name, domain), ".")
}

// holdsIPv4 tells whether a text holds three bytes of an address as numbers of their own, in any order, or the whole address
// as one number. Three bytes of one digit each stand in too many names to mean anything.
func holdsIPv4(text string, address [4]byte) bool {
	// Each byte may be found once only: 10.10.10.10 needs four numbers.
	left := []string{}
	for _, b := range address {
		left = append(left, strconv.Itoa(int(b)))
	}
	// Forwards and backwards, because providers go either by the address or by its place in the reverse zone.
	for _, whole := range []string{fmt.Sprintf("%02x%02x%02x%02x", address[0], address[1], address[2], address[3]),
		fmt.Sprintf("%02x%02x%02x%02x", address[3], address[2], address[1], address[0]),
		fmt.Sprintf("%03d%03d%03d%03d", address[0], address[1], address[2], address[3]),
		fmt.Sprintf("%03d%03d%03d%03d", address[3], address[2], address[1], address[0])} {
		if strings.Contains(text, whole) {
			return true
		}
	}
	// Three of four, since providers often leave the first number out, which all customers of a network share.
	found, digits := 0, 0
	for _, run := range strings.FieldsFunc(text, func(c rune) bool { return !isDigit(c) }) {
		// Numbers are padded in many names: "192-000-002-001".
		number := strings.TrimLeft(run, "0")
		if number == "" {
			number = "0"
		}
		if i := slices.Index(left, number); i >= 0 {
			left = slices.Delete(left, i, i+1)
			found, digits = found+1, digits+len(number)
		}
	}
	return found == len(address) || found == len(address)-1 && digits > len(address)
}

// holdsIPv6 tells whether a text holds the whole address or its last 64 bits in hexadecimal, or three different groups of the
// address as parts of their own.
func holdsIPv6(text string, parts []string, addr netip.Addr) bool {
	if !addr.IsValid() {
		return false
	}
	// The last 64 bits name the machine; those before them are common to all customers of one network.
	whole := strings.ReplaceAll(addr.StringExpanded(), ":", "")
	if strings.Contains(strings.NewReplacer("-", "", ".", "").Replace(text), whole[len(whole)/2:]) {
		return true
	}
	found := map[string]bool{}
	for group := range strings.SplitSeq(addr.StringExpanded(), ":") {
		short := strings.TrimLeft(group, "0")
		// A group of one digit stands in too many names. Letter case needs no care: both texts are in lower case.
		if len(short) > 1 && (slices.Contains(parts, group) || slices.Contains(parts, short)) {
			found[group] = true
		}
	}
	return len(found) >= 3
}
