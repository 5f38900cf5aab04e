package record

import (
	"net/netip"
	"strconv"
	"strings"
)

// parseTerm reads a directive or a modifier (RFC 7208 section 4.6.1). A modifier is told by the "=" after its name; what may follow a
// mechanism's name is ":" or "/".
func parseTerm(text string) Term {
	t := Term{Text: text}
	if name, value, found := strings.Cut(text, "="); found && isModifierName(name) {
		t.Modifier, t.Name = true, strings.ToLower(name)
		t.modifier(value)
		return t
	}
	t.Qualifier = '+' // where none stands (section 4.6.2)
	if strings.ContainsRune("+-~?", rune(text[0])) {
		t.Qualifier, text = text[0], text[1:]
	}
	end := strings.IndexAny(text, ":/")
	if end < 0 {
		end = len(text)
	}
	t.Name = strings.ToLower(text[:end])
	t.mechanism(text[end:])
	return t
}

// modifier reads the value of a modifier. Unknown ones are to be ignored (section 6), if they are within the grammar.
func (t *Term) modifier(value string) {
	switch t.Name {
	case "redirect", "exp":
		t.Target, t.Fault = parseSpec(value)
	default:
		_, t.Fault = parseMacros(value)
	}
}

// mechanism reads what follows the name of a mechanism.
func (t *Term) mechanism(rest string) {
	switch t.Name {
	case "all":
		if rest != "" {
			t.Fault = "nothing may follow all"
		}
	case "include", "exists", "ptr":
		t.domain(rest, t.Name == "ptr")
	case "a", "mx":
		t.addresses(rest)
	case "ip4", "ip6":
		t.network(rest)
	default:
		t.Fault = unknownMechanism(t.Name, t.Text)
	}
}

// domain reads a domain behind a colon.
func (t *Term) domain(rest string, optional bool) {
	value, found := strings.CutPrefix(rest, ":")
	switch {
	case found:
		t.Target, t.Fault = parseSpec(value)
	case rest != "":
		t.Fault = "no length of a network may follow " + t.Name
	case !optional:
		t.Fault = "a domain has to follow " + t.Name
	}
}

// addresses reads what follows a and mx: a domain, and the lengths of networks, of which each may be left out.
func (t *Term) addresses(rest string) {
	value, hasDomain := strings.CutPrefix(rest, ":")
	// A slash may be part of a domain too, so that lengths are sought from the end.
	start := len(value)
	for start > 0 && strings.IndexByte("/0123456789", value[start-1]) >= 0 {
		start--
	}
	if slash := strings.IndexByte(value[start:], '/'); slash >= 0 {
		value, t.Lengths = value[:start+slash], value[start+slash:]
	}
	switch {
	case hasDomain:
		t.Target, t.Fault = parseSpec(value)
	case value != "":
		t.Fault = strconv.Quote(rest) + " is no length of a network"
	}
	if t.Lengths != "" && t.Fault == "" {
		t.Fault = lengthsFault(t.Lengths)
	}
}

// lengthsFault is what is wrong with "/24", "//64" or "/24//64".
func lengthsFault(lengths string) string {
	v4, v6, both := strings.Cut(lengths, "//")
	if v4 != "" {
		if _, fault := prefixLength(v4[1:], 32); fault != "" {
			return fault
		}
	}
	if both {
		_, fault := prefixLength(v6, 128)
		return fault
	}
	return ""
}

// prefixLength reads the length of a network: digits without a leading zero.
func prefixLength(digits string, most int) (int, string) {
	n, err := strconv.ParseUint(digits, 10, 32)
	switch {
	case err != nil || digits[0] == '+':
		return 0, strconv.Quote(short(digits)) + " is no length of a network"
	case len(digits) > 1 && digits[0] == '0':
		return 0, "the length of the network begins with a zero"
	case n > uint64(most):
		return 0, "the length of the network is above " + strconv.Itoa(most)
	}
	return int(n), ""
}

// network reads the value of ip4 and ip6. An address in an IPv6 network may end in the form of IPv4 (RFC 4291 section 2.2); it has no zone.
func (t *Term) network(rest string) {
	value, found := strings.CutPrefix(rest, ":")
	if !found || value == "" {
		t.Fault = "an address has to follow " + t.Name + ": without a blank"
		return
	}
	text, digits, hasLength := strings.Cut(value, "/")
	addr, err := netip.ParseAddr(text)
	most := 32
	if t.Name == "ip6" {
		most = 128
	}
	switch {
	case err == nil && addr.Is4() && t.Name == "ip6":
		t.Fault = "ip6 takes an address of IPv6; write ip4"
	case err == nil && addr.Is6() && t.Name == "ip4":
		t.Fault = "ip4 takes an address of IPv4; write ip6"
	case err != nil || addr.Zone() != "":
		t.Fault = strconv.Quote(short(text)) + " is no address of " + map[string]string{"ip4": "IPv4", "ip6": "IPv6"}[t.Name]
	case hasLength:
		if most, t.Fault = prefixLength(digits, most); t.Fault != "" {
			return
		}
		t.Network = netip.PrefixFrom(addr, most)
	default:
		t.Network = netip.PrefixFrom(addr, most)
	}
}

// meant tells what people mean by names that are none. It is only read.
var meant = map[string]string{"ipv4": "ip4", "ipv6": "ip6", "ip": "ip4 or ip6", "redirect": "redirect=", "exp": "exp=", "includes": "include", "incl": "include"}

// unknownMechanism is the fault of a term of whose name there is no mechanism.
func unknownMechanism(name, text string) string {
	meant := meant[name]
	switch {
	case meant != "":
		return "there is no mechanism " + name + "; write " + meant
	case name == "":
		return "there is no mechanism"
	case strings.ContainsFunc(text, func(r rune) bool { return r < '!' || r > '~' }):
		return "it holds a character that is not plain ASCII"
	}
	return "there is no mechanism " + strconv.Quote(short(name))
}

// isModifierName tells whether a text may name a modifier: a letter, then letters, digits, "-", "_" and ".".
func isModifierName(name string) bool {
	for i := range len(name) {
		if c := name[i]; !isLetter(c) && (i == 0 || !isDigit(c) && strings.IndexByte("-_.", c) < 0) {
			return false
		}
	}
	return name != ""
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// short cuts what is quoted to people: a stranger may make it as long as he likes.
func short(s string) string {
	const most = 60
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
