package wording

import (
	"bytes"
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

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
	phrase       // any text up to the next literal words, or else up to a full stop or the end
	list         // a name out of a list of names, else one word
)

// placeholder is a named gap in a template. The sample stands for it where a wording gives no example of its own.
type placeholder struct {
	name   string
	kind   kind
	sample string
	known  [][]byte // names that a list placeholder takes whole, folded, the longest first
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
	{name: listPlaceholder, kind: list, sample: "EXAMPLELIST"},
	{name: "include", kind: name, sample: "spf.example.net"},
	{name: "nameserver", kind: name, sample: "ns1.example.com"},
	{name: "ptr", kind: name, sample: "mail.example.com"},
	{name: "host", kind: name, sample: "mail.example.com"},
	{name: "address", kind: address, sample: "192.0.2.1"},
	{name: anyPlaceholder, kind: phrase, sample: "anything"},
}

// placeholderNamed finds a placeholder. The error is without a place; the loader knows the line.
func placeholderNamed(wanted string) (placeholder, error) {
	known := make([]string, len(placeholders))
	for i, p := range placeholders {
		if p.name == wanted {
			return p, nil
		}
		known[i] = p.name
	}
	return placeholder{}, fmt.Errorf("unknown placeholder {%s}%s", wanted, strict.Suggest(wanted, known))
}

// NumberNames lists the values of findings that are numbers.
func NumberNames() []string {
	var names []string
	for _, p := range placeholders {
		if p.kind == count || p.kind == decimal {
			names = append(names, p.name)
		}
	}
	return names
}

// maxCapture bounds what one placeholder takes, and with it the work that a hostile line can cause.
const maxCapture = 256

// pattern is a compiled template: at most one placeholder in front, words, then placeholders each followed by words.
// The words behind the last placeholder may be missing.
type pattern struct {
	lead  placeholder
	first []byte
	tail  []gap
}

// gap is a placeholder with the words behind it, which end what it takes.
type gap struct {
	placeholder
	then []byte
}

// span is a piece of a folded text.
type span struct{ start, end int }

// hit is one place where a pattern stands. gaps holds what the placeholders took, the leading one first.
type hit struct {
	span
	gaps []span
}

// compile reads a template such as "{seconds} seconds - Good". lists are the names that {list} takes whole.
func compile(says string, lists []string) (pattern, error) {
	var p pattern
	rest := strings.TrimSpace(says)
	for first := true; ; first = false {
		literal, behind, found := strings.Cut(rest, "{")
		if strings.ContainsRune(literal, '}') {
			return p, fmt.Errorf("a } without a { before it")
		}
		if err := p.addLiteral(foldString(literal), first, !found); err != nil {
			return p, err
		}
		if !found {
			return p, p.complete()
		}
		inside, after, closed := strings.Cut(behind, "}")
		if !closed {
			return p, fmt.Errorf("a { without a } behind it")
		}
		slot, err := placeholderNamed(inside)
		if err != nil {
			return p, err
		}
		if slot.kind == list {
			slot.known = namesOfLists(lists)
		}
		if p.uses(slot.name) && slot.name != anyPlaceholder {
			return p, fmt.Errorf("placeholder {%s} stands here twice", slot.name)
		}
		if first && literal == "" {
			p.lead = slot
		} else {
			p.tail = append(p.tail, gap{placeholder: slot})
		}
		rest = after
	}
}

// namesOfLists folds names, the longest first: one may begin another.
func namesOfLists(lists []string) [][]byte {
	known := make([][]byte, len(lists))
	for i, name := range lists {
		known[i] = []byte(strings.TrimSpace(foldString(name)))
	}
	slices.SortStableFunc(known, func(a, b []byte) int { return cmp.Compare(len(b), len(a)) })
	return known
}

// addLiteral adds the words between two placeholders. There must be some: nothing would tell where one value ends and the next begins.
func (p *pattern) addLiteral(literal string, first, last bool) error {
	if last {
		literal = strings.TrimSuffix(literal, ".") // a final full stop is optional on both sides
	}
	switch {
	case first || (p.first == nil && p.lead.kind != noKind):
		if literal == "" && !first {
			return fmt.Errorf("words must stand between two placeholders")
		}
		if literal != "" {
			p.first = []byte(literal)
		}
	case literal == "" && !last:
		return fmt.Errorf("words must stand between two placeholders")
	default:
		p.tail[len(p.tail)-1].then = []byte(literal)
	}
	return nil
}

// uses tells whether a template has a placeholder.
func (p *pattern) uses(slot string) bool {
	if p.lead.name == slot {
		return true
	}
	for _, g := range p.tail {
		if g.name == slot {
			return true
		}
	}
	return false
}

// complete refuses a template of placeholders alone, which would match anything and could be found by nothing.
func (p *pattern) complete() error {
	if len(p.words()) == 0 {
		return fmt.Errorf("a wording needs at least one whole word outside its placeholders")
	}
	return nil
}

// words returns the literal words by which the pattern can be found; a word that touches a placeholder is none.
func (p *pattern) words() []string {
	words := wordsOf(nil, p.first, p.lead.kind != noKind, len(p.tail) > 0)
	for i, g := range p.tail {
		words = wordsOf(words, g.then, true, i+1 < len(p.tail))
	}
	return words
}

// wordsOf appends the whole words of a literal. A word at an open end may go on in the placeholder there, so it is left out.
func wordsOf(into []string, literal []byte, openLeft, openRight bool) []string {
	for i := 0; i < len(literal); i++ {
		if !word[literal[i]] {
			continue
		}
		start := i
		for i < len(literal) && word[literal[i]] {
			i++
		}
		if (start == 0 && openLeft) || (i == len(literal) && openRight) {
			continue
		}
		into = append(into, string(literal[start:i]))
	}
	return into
}

// key is equal for two templates that match the same texts.
func (p *pattern) key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "{%d}%s", p.lead.kind, p.first)
	for _, g := range p.tail {
		fmt.Fprintf(&b, "{%d}%s", g.kind, g.then)
	}
	return b.String()
}

// sample is the template with sample values in its gaps.
func sample(says string) string {
	for _, p := range placeholders {
		says = strings.ReplaceAll(says, "{"+p.name+"}", p.sample)
	}
	return says
}

// next finds the pattern in f at or behind from. The gaps of the hit are those of the buffer given.
func (p *pattern) next(f []byte, from int, gaps []span) (hit, bool) {
	for from <= len(f) {
		k := bytes.Index(f[from:], p.first)
		if k < 0 {
			return hit{}, false
		}
		if h, ok := p.at(f, from+k, gaps[:0]); ok {
			return h, true
		}
		from += k + 1
	}
	return hit{}, false
}

// at matches the pattern with its first words at pos.
func (p *pattern) at(f []byte, pos int, gaps []span) (hit, bool) {
	start, end := pos, pos+len(p.first)
	if p.lead.kind != noKind {
		if start = p.lead.backward(f, pos); start == pos {
			return hit{}, false
		}
		gaps = append(gaps, span{start, pos})
	}
	if !boundary(f, start) || (len(p.tail) == 0 && !boundary(f, end)) {
		return hit{}, false
	}
	for i, g := range p.tail {
		length := g.forward(f[end:min(len(f), end+maxCapture)])
		if length == 0 {
			return hit{}, false
		}
		gaps = append(gaps, span{end, end + length})
		end += length + len(g.then)
		if i == len(p.tail)-1 && !boundary(f, end) {
			return hit{}, false
		}
	}
	if end < len(f) && f[end] == '.' && (end+1 == len(f) || !word[f[end+1]]) {
		end++
	}
	return hit{span{start, end}, gaps}, true
}

// boundary tells whether no word goes on across a position.
func boundary(f []byte, at int) bool {
	return at == 0 || at == len(f) || !word[f[at-1]] || !word[f[at]]
}

// backward returns where the value that ends at a position begins, or the position itself if none does.
func (p placeholder) backward(f []byte, end int) int {
	start := end
	for start > 0 && end-start < maxCapture && p.accepts(f[start-1]) {
		start--
	}
	for start < end && !word[f[start]] {
		start++
	}
	if !p.valid(f[start:end]) {
		return end
	}
	return start
}

// forward returns the length of the value at the start of f that the following words, if any, end.
func (g gap) forward(f []byte) int {
	if len(g.then) > 0 {
		k := bytes.Index(f, g.then)
		if k <= 0 || !g.valid(f[:k]) {
			return 0
		}
		return k
	}
	if n := g.knownName(f); n > 0 {
		return n
	}
	if k := bytes.Index(f, []byte(". ")); k >= 0 && g.kind == phrase {
		f = f[:k]
	}
	length := 0
	for length < len(f) && g.accepts(f[length]) {
		length++
	}
	for length > 0 && !word[f[length-1]] && f[length-1] != ']' && f[length-1] < 0x80 {
		length--
	}
	if !g.valid(f[:length]) {
		return 0
	}
	return length
}

// knownName returns the length of the longest known name with which f begins, or 0.
func (p placeholder) knownName(f []byte) int {
	for _, name := range p.known {
		if bytes.HasPrefix(f, name) && boundary(f, len(name)) {
			return len(name)
		}
	}
	return 0
}

// accepts tells whether a byte may be part of the value.
func (p placeholder) accepts(c byte) bool {
	switch p.kind {
	case decimal:
		return c >= '0' && c <= '9' || c == '.' || c == ','
	case count:
		return c >= '0' && c <= '9'
	case list:
		return c > ' '
	case name, address:
		return word[c] || c >= 0x80 || c == '.' || c == '-' || c == '_' || c == ':' || c == '[' || c == ']'
	}
	return true
}

// valid tells whether a whole value fits the placeholder.
func (p placeholder) valid(value []byte) bool {
	if len(value) == 0 {
		return false
	}
	if len(value) == p.knownName(value) {
		return true
	}
	for _, c := range value {
		if !p.accepts(c) {
			return false
		}
	}
	switch p.kind {
	case decimal, count:
		return isNumber(value)
	case address:
		_, err := netip.ParseAddr(strings.Trim(string(value), "[]"))
		return err == nil
	}
	return true
}
