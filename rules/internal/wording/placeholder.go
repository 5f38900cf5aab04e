package wording

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"

	"mxverdict/rules/internal/strict"
)

// kind is what a placeholder accepts.
type kind uint8

const (
	noKind  kind = iota
	decimal      // digits, with a decimal comma or point
	count        // digits
	name         // a host name or address, without blanks
	address      // an IP address
	page         // a web address
	phrase       // any words up to those behind it, or else up to the end of the sentence
	list         // a name out of a list of names, else one word
)

// placeholder is a named gap in a template. The sample stands for it where a wording gives no example of its own.
type placeholder struct {
	name   string
	kind   kind
	sample string
	known  [][]word // names that a list placeholder takes whole, the longest first
}

const (
	listPlaceholder = "list"
	anyPlaceholder  = "any" // takes a phrase and forgets it; may stand in a template several times
)

// placeholders are all that a template may use. The names are those of the values of a finding.
var placeholders = []placeholder{
	{name: "seconds", kind: decimal, sample: "15.3"},
	{name: "serial", kind: count, sample: "2026010101"},
	{name: "year", kind: count, sample: "2312"},
	{name: "refresh", kind: count, sample: "7200"},
	{name: "retry", kind: count, sample: "3600"},
	{name: "expire", kind: count, sample: "604800"},
	{name: "minimum", kind: count, sample: "3600"},
	{name: "min", kind: count, sample: "1209600"},
	{name: "max", kind: count, sample: "2419200"},
	{name: "lookups", kind: count, sample: "12"},
	{name: "void_lookups", kind: count, sample: "3"},
	{name: "listed", kind: count, sample: "1"},
	{name: "timeouts", kind: count, sample: "2"},
	{name: "code", kind: count, sample: "404"},
	{name: countPlaceholder, kind: count, sample: "2"},
	{name: listPlaceholder, kind: list, sample: "EXAMPLELIST"},
	{name: "include", kind: name, sample: "spf.example.net"},
	{name: "nameserver", kind: name, sample: "ns1.example.com"},
	{name: "ptr", kind: name, sample: "mail.example.com"},
	{name: "host", kind: name, sample: "mail.example.com"},
	{name: "address", kind: address, sample: "192.0.2.1"},
	{name: "url", kind: page, sample: "http://example.com"},
	{name: anyPlaceholder, kind: phrase, sample: "anything"},
}

// placeholderNamed finds a placeholder. The error is without a place; the loader knows the line.
func placeholderNamed(wanted string) (placeholder, error) {
	for i := range placeholders {
		if placeholders[i].name == wanted {
			return placeholders[i], nil
		}
	}
	known := make([]string, len(placeholders))
	for i, p := range placeholders {
		known[i] = p.name
	}
	return placeholder{}, fmt.Errorf("unknown placeholder {%s}%s", wanted, strict.Suggest(wanted, known))
}

// NumberNames lists the values of findings that are numbers. The number of faults that a frame introduces is none.
func NumberNames() []string {
	var names []string
	for _, p := range placeholders {
		if (p.kind == count || p.kind == decimal) && p.name != countPlaceholder {
			names = append(names, p.name)
		}
	}
	return names
}

// forgotten tells whether nothing of what is taken is kept.
func (p placeholder) forgotten() bool { return p.name == anyPlaceholder || p.kind == page }

// maxCapture bounds what one placeholder takes, and with it the work that a hostile line can cause.
const maxCapture = 256

// sample is the template with sample values in its gaps.
func sample(says string) string {
	for _, p := range placeholders {
		says = strings.ReplaceAll(says, "{"+p.name+"}", p.sample)
	}
	return says
}

// joins tells whether the characters between two words join them to one value.
func (p placeholder) joins(between string) bool {
	switch p.kind {
	case decimal, count:
		return between == "." || between == ","
	case name, address:
		return between != "" && len(between) <= 2 && strings.Trim(between, ".-_:") == ""
	case list:
		return strings.IndexByte(between, ' ') < 0 && strings.IndexByte(between, '\t') < 0
	}
	return false
}

// forward returns what the placeholder takes from a word on, and the word behind that, or 0. It takes no phrase.
func (p placeholder) forward(text string, tokens []token, k int) (taken span, next int) {
	for _, known := range p.known {
		if n := follow(tokens, k, known, false, &hit{}); n > 0 {
			return span{int(tokens[k].start), int(tokens[n-1].end)}, n
		}
	}
	next = k + 1
	for next < len(tokens) && int(tokens[next-1].end-tokens[k].start) <= maxCapture && p.joins(text[tokens[next-1].end:tokens[next].start]) {
		next++
	}
	s := p.outline(text, span{int(tokens[k].start), int(tokens[next-1].end)})
	if !p.valid(text[s.start:s.end], tokens[k]) {
		return span{}, 0
	}
	return s, next
}

// backward returns what the placeholder takes in front of a word.
func (p placeholder) backward(text string, tokens []token, k int) (span, bool) {
	if k == 0 {
		return span{}, false
	}
	first := k - 1
	for first > 0 && int(tokens[k-1].end-tokens[first].start) <= maxCapture && p.joins(text[tokens[first-1].end:tokens[first].start]) {
		first--
	}
	s := p.outline(text, span{int(tokens[first].start), int(tokens[k-1].end)})
	return s, p.valid(text[s.start:s.end], tokens[first])
}

// outline adds what belongs to a name or address beside words: the underscore in front, and of an address of IPv6 its
// brackets and two colons at either end.
func (p placeholder) outline(text string, s span) span {
	if p.kind != name && p.kind != address {
		return s
	}
	for s.start > 0 && strings.IndexByte(":[_", text[s.start-1]) >= 0 {
		s.start--
	}
	if strings.HasPrefix(text[s.end:], "::") {
		s.end += 2
	}
	if text[s.start] == '[' && s.end < len(text) && text[s.end] == ']' {
		s.end++
	}
	if text[s.start] == ':' && !strings.HasPrefix(text[s.start:], "::") {
		s.start++
	}
	return s
}

// valid tells whether a whole value fits the placeholder.
func (p placeholder) valid(value string, first token) bool {
	if len(value) > maxCapture {
		return false
	}
	switch p.kind {
	case decimal:
		return isNumber(value)
	case count:
		return isNumber(value) && !strings.ContainsAny(value, ".,")
	case page:
		return first.hash == hashURL
	case address:
		_, err := netip.ParseAddr(strings.Trim(value, "[]"))
		return err == nil
	case name:
		return first.hash != hashURL && isName(value)
	}
	return true
}

// isName tells whether a word can be that of a host. Without a point it is a word of every day.
func isName(value string) bool {
	return strings.IndexByte(value, '.') > 0 || strings.IndexByte(value, ':') >= 0 || strings.EqualFold(value, "localhost") ||
		value != "" && value[0] >= utf8.RuneSelf
}
