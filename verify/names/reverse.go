package names

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// reverseFacts are the facts about the names of an address.
var reverseFacts = []facts.Name{facts.DNSPTRNames, facts.DNSPTRMissing, facts.DNSPTRConfirmed, facts.DNSPTRHostnameValid, facts.DNSPTRGeneric, facts.DNSPTRResolverDiffers}

// reverse derives what the reverse look-up of an address shows, and whether its names lead back.
func (d *derivation) reverse(subject facts.Subject) {
	put := func(f facts.Fact) { d.Put(subject, f) }
	names, w := d.ReverseNamesOf(subject.At)
	// seen says that the names that were read decide, whatever others there are.
	fact := func(name facts.Name, value facts.Value, seen bool) {
		if w.Known() || w.More && seen {
			put(w.Decided(name, value))
		} else {
			put(w.Fact(name))
		}
	}
	addr, _ := netip.ParseAddr(subject.At)
	fact(facts.DNSPTRNames, partList(names, w.More), true)
	fact(facts.DNSPTRMissing, facts.BoolValue(len(names) == 0), len(names) > 0)
	valid := slices.ContainsFunc(names, dnsanswer.ValidHostname)
	fact(facts.DNSPTRHostnameValid, facts.BoolValue(valid), valid)
	generic := AllGeneric(names, addr)
	fact(facts.DNSPTRGeneric, facts.BoolValue(generic), valid && !generic)
	fact(facts.DNSPTRResolverDiffers, facts.BoolValue(w.Differs), false)
	put(d.confirmed(names, w, addr))
}

// confirmed tells whether a name of the address leads back to it: by A records to an IPv4 address, by AAAA records to an IPv6
// address. A name that gave no answer may be the one that does.
func (d *derivation) confirmed(names []string, w reading.Word, addr netip.Addr) facts.Fact {
	f := w.Fact(facts.DNSPTRConfirmed)
	if !w.Known() && !w.More {
		return f
	}
	rrtype := dnsanswer.AddressType(addr)
	var undecided *reading.Word
	for _, name := range names[:min(len(names), reading.MaxReverseNames)] {
		switch {
		case name == "": // the root has no address
			continue
		case !dnsanswer.Askable(name):
			undecided = &reading.Word{Why: facts.Unknown{Code: facts.Untested, Detail: "the name " + name + " has a dot within a label, so that it was not led back"}}
			continue
		}
		forward := d.Word(name, rrtype)
		if slices.Contains(dnsanswer.AddressesIn(forward.Records), addr) {
			return forward.Decided(facts.DNSPTRConfirmed, facts.BoolValue(true))
		}
		if !forward.Known() {
			undecided = &forward
		}
		f.At, f.Evidence = forward.At, forward.Evidence
	}
	switch {
	case undecided != nil:
		return undecided.Fact(facts.DNSPTRConfirmed)
	case w.More || len(names) > reading.MaxReverseNames:
		most := ""
		if w.More {
			most = "at least "
		}
		f.Why = facts.Unknown{Code: facts.Untested,
			Detail: fmt.Sprintf("the address has %s%d names, and only %d of them were led back", most, len(names), min(len(names), reading.MaxReverseNames))}
		return f
	}
	f.Value = facts.BoolValue(false)
	return f
}

// allGeneric tells whether every name that is a host name looks as if a machine had made it up. One name of an address's own
// is enough.
func AllGeneric(names []string, addr netip.Addr) bool {
	valid := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !dnsanswer.ValidHostname(name) })
	return len(valid) > 0 && !slices.ContainsFunc(valid, func(name string) bool { return !GenericName(name, addr) })
}

// poolWords are parts of labels that providers give to lines of their customers.
var poolWords = []string{"dyn", "dynamic", "dsl", "adsl", "vdsl", "dhcp", "pool", "ppp", "pppoe", "dial", "dialup", "cable", "client"}

// genericName guesses whether a reverse name was assigned automatically: it holds most of the address, or a word that
// providers use for customers' lines. The registered domain itself tells nothing. It is a hint: no standard knows such names.
func GenericName(name string, addr netip.Addr) bool {
	own := ownLabels(name)
	parts := strings.FieldsFunc(own, func(c rune) bool { return c == '.' || c == '-' || c == '_' })
	for _, part := range parts {
		if slices.Contains(poolWords, strings.TrimRightFunc(part, isDigit)) {
			return true
		}
	}
	if addr.Is4() {
		return holdsIPv4(own, addr.As4())
	}
	return holdsIPv6(own, parts, addr)
}

func isDigit(c rune) bool { return c >= '0' && c <= '9' }

// ownLabels are the labels before the registered domain of a name.
func ownLabels(name string) string {
	domain, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil {
		return name
	}
	return strings.TrimSuffix(strings.TrimSuffix(name, domain), ".")
}

// holdsIPv4 tells whether a text holds three bytes of an address as numbers of their own, in any order, or the whole address
// as one number. Three bytes of one digit each stand in too many names to mean anything.
func holdsIPv4(text string, address [4]byte) bool {
	left := []string{}
	for _, b := range address {
		left = append(left, strconv.Itoa(int(b)))
	}
	for _, whole := range []string{fmt.Sprintf("%02x%02x%02x%02x", address[0], address[1], address[2], address[3]),
		fmt.Sprintf("%02x%02x%02x%02x", address[3], address[2], address[1], address[0]),
		fmt.Sprintf("%03d%03d%03d%03d", address[0], address[1], address[2], address[3]),
		fmt.Sprintf("%03d%03d%03d%03d", address[3], address[2], address[1], address[0])} {
		if strings.Contains(text, whole) {
			return true
		}
	}
	found, digits := 0, 0
	for _, run := range strings.FieldsFunc(text, func(c rune) bool { return !isDigit(c) }) {
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
	whole := strings.ReplaceAll(addr.StringExpanded(), ":", "")
	if strings.Contains(strings.NewReplacer("-", "", ".", "").Replace(text), whole[len(whole)/2:]) {
		return true
	}
	found := map[string]bool{}
	for group := range strings.SplitSeq(addr.StringExpanded(), ":") {
		short := strings.TrimLeft(group, "0")
		if len(short) > 1 && (slices.Contains(parts, group) || slices.Contains(parts, short)) {
			found[group] = true
		}
	}
	return len(found) >= 3
}
