package record

// This file reads and expands domains with macros (RFC 7208 section 7).

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Spec is a domain of a term, with macros in it or without. The zero Spec is none.
type Spec struct {
	Text   string
	pieces []piece
}

// piece is a literal text, or a macro where letter is not 0.
type piece struct {
	literal    string
	letter     byte // in lower case
	escaped    bool // the letter is a capital one, so that the value is written as in a URL
	keep       int  // how many of the right-hand parts are kept; 0 for all
	reverse    bool
	delimiters string
}

// Sender is whom a record is evaluated for.
type Sender struct {
	Local, Domain string // of the sender's address
	Helo          string // as which its host introduced itself
	Name          string // of the address, as its reverse name says and leads back; "" where none is confirmed
	IP            netip.Addr
}

// Stranger is a sender of a domain whom no record knows: its address is of a documentation range (RFC 5737).
func Stranger(domain string) Sender {
	return Sender{Local: "postmaster", Domain: domain, Helo: domain, IP: netip.AddrFrom4([4]byte{192, 0, 2, 1})}
}

// PerSender tells whether the domain is another one for each sender, so that it cannot be looked up before mail comes.
func (s Spec) PerSender() bool {
	return slices.ContainsFunc(s.pieces, func(p piece) bool { return p.letter != 0 && p.letter != 'd' && p.letter != 'o' })
}

// UsesPTR tells whether it takes a reverse look-up to know the domain.
func (s Spec) UsesPTR() bool {
	return slices.ContainsFunc(s.pieces, func(p piece) bool { return p.letter == 'p' })
}

// parseSpec reads a domain: it ends with a label that is not only digits, or with a macro.
func parseSpec(text string) (Spec, string) {
	s := Spec{Text: text}
	if text == "" {
		return s, "a domain is missing"
	}
	pieces, fault := parseMacros(text)
	if fault != "" {
		return s, fault
	}
	s.pieces = pieces
	if last := pieces[len(pieces)-1]; last.letter == 0 && !last.escaped {
		return s, endFault(last.literal)
	}
	return s, ""
}

// endFault is what is wrong with the end of a domain. An address has no place there: its last part is a number.
func endFault(literal string) string {
	literal = strings.TrimSuffix(literal, ".")
	dot := strings.LastIndexByte(literal, '.')
	if dot < 0 {
		return "the domain has one label only"
	}
	label := literal[dot+1:]
	letters := false
	for i := range len(label) {
		letters = letters || isLetter(label[i]) || label[i] == '-'
		if !isLetter(label[i]) && !isDigit(label[i]) && label[i] != '-' {
			return "the domain ends with " + strconv.Quote(short(label)) + ", which is no top-level domain"
		}
	}
	if !letters || label[0] == '-' || label[len(label)-1] == '-' {
		return "the domain ends with " + strconv.Quote(short(label)) + ", which is no top-level domain"
	}
	return ""
}

// escapes are the three macros without braces, and what they stand for. It is only read.
var escapes = map[byte]string{'%': "%", '_': " ", '-': "%20"}

// parseMacros reads a text with macros in it. A literal that stands for an escape is marked by escaped.
func parseMacros(text string) (pieces []piece, fault string) {
	for len(text) > 0 {
		percent := strings.IndexByte(text, '%')
		if percent < 0 {
			percent = len(text)
		}
		if percent > 0 {
			for i := range percent {
				if text[i] < '!' || text[i] > '~' {
					return nil, "it holds a character that is not plain ASCII"
				}
			}
			pieces, text = append(pieces, piece{literal: text[:percent]}), text[percent:]
			continue
		}
		switch {
		case len(text) > 1 && escapes[text[1]] != "":
			pieces, text = append(pieces, piece{literal: escapes[text[1]], escaped: true}), text[2:]
		case len(text) > 1 && text[1] == '{':
			inside, rest, closed := strings.Cut(text[2:], "}")
			macro, fault := parseMacro(inside)
			if !closed || fault != "" {
				return nil, strconv.Quote(short("%{"+inside)) + " is no macro"
			}
			pieces, text = append(pieces, macro), rest
		default:
			return nil, "a percent sign has to begin a macro"
		}
	}
	return pieces, ""
}

// parseMacro reads what stands in the braces: a letter, how many parts are kept, "r" to turn them round, and what separates them. The
// letters c, r and t are for explanations alone.
func parseMacro(s string) (p piece, fault string) {
	const bad = "no macro"
	if s == "" || strings.IndexByte("slodiphv", s[0]|0x20) < 0 {
		return p, bad
	}
	p.letter, p.escaped = s[0]|0x20, s[0] < 'a'
	s = s[1:]
	digits := 0
	for digits < len(s) && isDigit(s[digits]) {
		digits++
	}
	if digits > 0 {
		n, err := strconv.Atoi(s[:digits])
		if err != nil {
			n = maxParts // more than any name has
		} else if n == 0 {
			return p, bad
		}
		p.keep, s = n, s[digits:]
	}
	if s != "" && s[0]|0x20 == 'r' {
		p.reverse, s = true, s[1:]
	}
	if strings.Trim(s, ".-+,/_=") != "" {
		return p, bad
	}
	p.delimiters = s
	return p, ""
}

// maxParts is how many parts a name can have (RFC 1035 section 2.3.4).
const maxParts = 127

// maxName is how long a name can be, in octets without the final dot (RFC 1035 section 2.3.4).
const maxName = 253

// Expand is the name that a domain stands for in the record of a domain. A name that is too long is cut from the left (section 7.3).
func (s Spec) Expand(domain string, from Sender) string {
	var b strings.Builder
	for _, p := range s.pieces {
		// Of a longer text only the end would be left, and it may be made longer than memory.
		if b.Len() > 64<<10 {
			break
		}
		if p.letter == 0 {
			b.WriteString(p.literal)
		} else {
			b.WriteString(p.expand(domain, from))
		}
	}
	name := strings.TrimSuffix(b.String(), ".")
	for len(name) > maxName {
		_, rest, found := strings.Cut(name, ".")
		if !found {
			return ""
		}
		name = rest
	}
	return name
}

// expand is the value of a macro.
func (p piece) expand(domain string, from Sender) string {
	delimiters := p.delimiters
	if delimiters == "" {
		delimiters = "."
	}
	value := map[byte]func() string{
		's': func() string { return from.Local + "@" + from.Domain },
		'l': func() string { return from.Local },
		'o': func() string { return from.Domain },
		'd': func() string { return domain },
		'i': func() string { return dotted(from.IP) },
		'p': func() string { return cmp.Or(from.Name, "unknown") },
		'h': func() string { return from.Helo },
		'v': func() string { return map[bool]string{true: "in-addr", false: "ip6"}[from.IP.Is4()] },
	}[p.letter]()
	parts := strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(delimiters, r) })
	if p.reverse {
		slices.Reverse(parts)
	}
	if p.keep > 0 && p.keep < len(parts) {
		parts = parts[len(parts)-p.keep:]
	}
	value = strings.Join(parts, ".")
	if p.escaped {
		value = escape(value)
	}
	return value
}

// dotted writes an address as the macro i has it: an IPv6 address by its nibbles.
func dotted(addr netip.Addr) string {
	if addr.Is4() {
		return addr.String()
	}
	var nibbles []string
	for _, b := range addr.As16() {
		nibbles = append(nibbles, strconv.FormatUint(uint64(b>>4), 16), strconv.FormatUint(uint64(b&15), 16))
	}
	return strings.Join(nibbles, ".")
}

// escape writes a value as in a URL (RFC 3986 section 2.3: what is not unreserved).
func escape(value string) string {
	var b strings.Builder
	for i := range len(value) {
		if c := value[i]; isLetter(c) || isDigit(c) || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.WriteString("%" + strings.ToUpper(strconv.FormatUint(uint64(c>>4), 16)+strconv.FormatUint(uint64(c&15), 16)))
		}
	}
	return b.String()
}
