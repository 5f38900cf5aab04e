package rows

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/report"
)

// maxCandidates is how many names a report offers as possible targets; maxNames is how many are remembered to count
// them.
const (
	maxCandidates = 20
	maxNames      = 4096
)

// sightings counts the names that stand anywhere in a document.
// They are what a person is asked to choose from when the report names no target, so that a name too many costs less than one too few.
type sightings struct {
	names map[string]*sighting // by the name as it was typed; nil for what is no name
	order []*sighting
}

// sighting is one name, however it was typed.
type sighting struct {
	name  string
	other bool // a name or address that a report hardly is about
	count int
	aside int           // how often it stood where no report names what it is about
	as    [places]kinds // as what it stands in the places of evidence
}

// mentions is how often a name stands where it may be what the report is about.
func (x *sighting) mentions() int { return x.count - x.aside }

// in tells as what a name stands in some places.
func (x *sighting) in(class []place) (k kinds) {
	for _, p := range class {
		k |= x.as[p]
	}
	return k
}

// typed is a name that stands in a line, as it is typed there.
type typed struct {
	name  string
	aside bool // it stands where no report names what it is about
}

// scan looks for names and addresses in a text.
func (s *sightings) scan(text string) { s.all(namesIn(nil, text)) }

// all counts names.
func (s *sightings) all(names []typed) {
	for _, name := range names {
		s.see(name)
	}
}

// namesIn lists the names and addresses in a line, and what may be some. Most lines hold neither a dot inside a word nor a colon.
func namesIn(list []typed, line string) []typed {
	if !hasDotOrColon(line) {
		return list
	}
	line = beforeRecord(spaced(line))
	for i := 0; i < len(line); {
		if !isTokenByte(line[i]) {
			i++
			continue
		}
		start, dot := i, false
		for i < len(line) && isTokenByte(line[i]) {
			dot = dot || line[i] == '.' || line[i] == ':'
			i++
		}
		if strings.HasPrefix(line[i:], "//") && line[i-1] == ':' {
			list, i = hostInLink(list, line, i+len("//"))
			continue
		}
		if dot && !isPart(line, start, i) {
			list = namesInToken(list, line[start:i], isExample(line[:start]))
		}
	}
	return list
}

// spaced puts blanks around names that stand directly beside what is no part of one: the punctuation of other scripts, as in
// "（mx.example.com）", and scripts that part their words by nothing.
func spaced(line string) string {
	at := 0
	for at < len(line) && line[at] < utf8.RuneSelf {
		at++
	}
	if at == len(line) {
		return line
	}
	var b strings.Builder
	b.Grow(len(line) + 8) // for the blanks
	before := ' '
	if at > 0 {
		b.WriteString(line[:at])
		before = rune(line[at-1])
	}
	for i, c := range line {
		if i < at {
			continue
		}
		if c < utf8.RuneSelf { // the whole run of them
			for at = i; at < len(line) && line[at] < utf8.RuneSelf; at++ {
			}
			if isUnparted(before) && isParted(byte(c)) {
				b.WriteByte(' ')
			}
			b.WriteString(line[i:at])
			before = rune(line[at-1])
			continue
		}
		switch {
		case !unicode.In(c, unicode.L, unicode.M, unicode.N, unicode.Cf):
			c = ' '
		case before < utf8.RuneSelf && isUnparted(c) && isParted(byte(before)):
			b.WriteByte(' ')
		}
		b.WriteRune(c)
		before = c
	}
	return b.String()
}

// isParted tells whether a byte belongs to a name even behind or in front of a script without blanks.
func isParted(c byte) bool { return isTokenByte(c) && c != '.' && c != '-' }

// isUnparted knows the scripts that write words without blanks between them, or endings directly behind foreign names.
func isUnparted(c rune) bool {
	return c >= utf8.RuneSelf && unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai)
}

// isPart tells whether a run of name characters is part of something else: of a mail address (RFC 5321 section 4.1.2),
// the path or query of a link (RFC 3986 section 3), or the value of a field in a record.
func isPart(line string, start, end int) bool {
	if end < len(line) && line[end] == '@' {
		return true
	}
	if start == 0 {
		return false
	}
	switch line[start-1] {
	case '@': // without a mailbox in front of it people write a domain so
		return start > 1 && isTokenByte(line[start-2])
	case '/', '=', '%', '\\':
		return start > 1
	}
	return false
}

// hostInLink adds the host in the address of a link and returns where the address ends. A page is where something was read;
// only the front page of a site stands for the site.
func hostInLink(list []typed, line string, start int) ([]typed, int) {
	end := start
	for end < len(line) && strings.IndexByte(" \t\"'<>()[]|,;", line[end]) < 0 {
		end++
	}
	address := line[start:end]
	host := address
	if i := strings.IndexAny(address, "/?#"); i >= 0 {
		host = address[:i]
	}
	path := strings.Trim(address[len(host):], "/.!:")
	if strings.IndexByte(host, '@') < 0 {
		list = namesInToken(list, host, path != "")
	}
	return list, end
}

// hasDotOrColon tells what every host name and address has.
func hasDotOrColon(s string) bool {
	return strings.IndexByte(s, '.') >= 0 || strings.IndexByte(s, ':') >= 0
}

// isTokenByte tells whether a byte may belong to a name or address.
func isTokenByte(c byte) bool { return tokenBytes[c] }

// tokenBytes are those of names, addresses and what parts their labels. Every byte of a document is looked up here.
var tokenBytes = func() (t [256]bool) {
	for i := range t {
		t[i] = isHostByte(byte(i)) || i == '.' || i == ':' || i >= 0x80
	}
	return t
}()

// namesInToken adds what stands in a run of name characters: a name, an address, or a name with a port or command beside a colon.
func namesInToken(list []typed, t string, aside bool) []typed {
	t = strings.Trim(t, ".:-")
	if strings.HasSuffix(t, "_") { // Markdown's emphasis, rather than the name of a record
		t = strings.Trim(t, "_")
	}
	if strings.Count(t, ":") > 1 && isAddress(t) {
		return append(list, typed{t, aside})
	}
	before := ""
	for part := range strings.SplitSeq(t, ":") {
		if part = unjoined(part); mayBeName(part) && !isTerm(before) {
			list = append(list, typed{part, aside})
		}
		before = part
	}
	return list
}

// mayBeName sorts out numbers, times and versions before anything is looked up.
func mayBeName(part string) bool {
	dot := strings.LastIndexByte(part, '.')
	if dot < 1 || dot == len(part)-1 || isVersion(part) {
		return false
	}
	if c := part[dot+1]; c < '0' || c > '9' {
		return true
	}
	return strings.Count(part, ".") == 3 && isAddress(part)
}

// see counts a name.
// The answer is kept by what was typed, for a transcript names the same server on each of its lines.
func (s *sightings) see(x typed) {
	known, asked := s.names[x.name]
	if !asked && (len(s.names) >= maxNames || len(x.name) > 300) {
		return
	}
	if !asked {
		name := normalName(x.name)
		if !isAddress(name) {
			if name = owner(name); name != "" && !scan.Exists(name) {
				name = ""
			}
		}
		known = s.remember(strings.Clone(x.name), strings.Clone(name))
	}
	if known == nil {
		return
	}
	known.count++
	if x.aside || known.other {
		known.aside++
	}
}

// remember files a name under what was typed and under its one form.
func (s *sightings) remember(typed, name string) *sighting {
	if s.names == nil {
		s.names = map[string]*sighting{}
	}
	if name == "" {
		s.names[typed] = nil
		return nil
	}
	known := s.names[name]
	if known == nil {
		known = &sighting{name: name, other: isBystander(name)}
		s.names[name] = known
		s.order = append(s.order, known)
	}
	s.names[typed] = known
	return known
}

// named returns what is known of a normalised name that stands in a place of evidence. It counts even where no public
// suffix is known: its place says that it is a name.
func (s *sightings) named(name string) *sighting {
	known := s.names[name]
	if known == nil || known.name != name {
		known = s.remember(name, name)
		known.count = max(known.count, 1)
	}
	return known
}

// setAside takes back that a name was met where it may be what the report is about: it stands in a detail, a footer or
// the words of a row, as a server that was asked, included or named by another one.
func (s *sightings) setAside(name string) {
	if known := s.names[name]; known != nil && known.aside < known.count {
		known.aside++
	}
}

// said sets the names in the words of a row aside.
func (s *sightings) said(text string) {
	if !hasDotOrColon(text) {
		return
	}
	for at := 0; at < len(text); at++ {
		start, dot := at, false
		for ; at < len(text) && text[at] > ' '; at++ {
			dot = dot || text[at] == '.' || text[at] == ':'
		}
		if !dot {
			continue
		}
		word := strings.Trim(text[start:at], "()<>\"'.,;:!?")
		if known := s.names[word]; known == nil || known.name != word { // else it is in its one form
			word = targetName(word)
		}
		s.setAside(word)
	}
}

// candidates returns the names that may be the target: first those of the places of evidence, then by count, and last
// those that only stand aside, which are rarely what a report is about.
func (s *sightings) candidates(v report.Vocabulary) []string {
	rank := func(x *sighting) int {
		switch {
		case x.as != [places]kinds{}:
			return 0
		case x.mentions() > 0:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(s.order, func(a, b *sighting) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.count, a.count))
	})
	names := []string{}
	for _, x := range s.order {
		if len(names) < maxCandidates && !v.OwnName(x.name) {
			names = append(names, x.name)
		}
	}
	return names
}
