package rows

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

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
	name    string
	count   int
	servers int  // how often it was only the name server of a detail line
	heading bool // a heading, a host column or a transcript names it
}

// scan looks for names and addresses in a line. Most lines hold neither a dot inside a word nor a colon.
func (s *sightings) scan(line string) {
	if !hasDotOrColon(line) {
		return
	}
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
		if !dot {
			continue
		}
		// The left part of a mail address and the path of a link look like names and are none (RFC 5321 section 4.1.2, RFC 3986 section 3.3).
		mailbox := i < len(line) && line[i] == '@'
		path := start > 0 && line[start-1] == '/' && (start == 1 || line[start-2] != '/')
		if !mailbox && !path {
			s.token(line[start:i])
		}
	}
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

// token takes a run of name characters: a name, an address, or a name with a port or command beside a colon.
func (s *sightings) token(t string) {
	t = strings.Trim(t, ".:-_")
	if strings.Count(t, ":") > 1 && isAddress(t) {
		s.see(t)
		return
	}
	for part := range strings.SplitSeq(t, ":") {
		if mayBeName(part) {
			s.see(part)
		}
	}
}

// mayBeName sorts out numbers, times and versions before anything is looked up.
func mayBeName(part string) bool {
	dot := strings.LastIndexByte(part, '.')
	if dot < 1 || dot == len(part)-1 {
		return false
	}
	if c := part[dot+1]; c < '0' || c > '9' {
		return true
	}
	return strings.Count(part, ".") == 3 && isAddress(part)
}

// see counts a name and returns what is known of it, or nil if it is none.
// The answer is kept by what was typed, for a transcript names the same server on each of its lines.
func (s *sightings) see(typed string) *sighting {
	if known, ok := s.names[typed]; ok {
		if known != nil {
			known.count++
		}
		return known
	}
	if len(s.names) >= maxNames || len(typed) > 300 {
		return nil
	}
	name := normalName(typed)
	if name != "" && !isAddress(name) && !exists(name) {
		name = ""
	}
	return s.remember(strings.Clone(typed), strings.Clone(name))
}

// fileEndings are top-level domains that, behind a single word, mean a file in texts about mail servers: main.cf,
// run.sh.
var fileEndings = []string{"cf", "md", "pl", "py", "rs", "sh", "so", "zip"}

// exists tells whether a name can be a host of the internet: it stands below a known public suffix, or below one of
// the names that RFC 2606 and RFC 6761 keep for examples and tests.
func exists(name string) bool {
	suffix, icann := publicsuffix.PublicSuffix(name)
	if name == suffix {
		return false
	}
	switch suffix {
	case "example", "test", "invalid":
		return true
	}
	if strings.Count(name, ".") == 1 && slices.Contains(fileEndings, suffix) {
		return false
	}
	return icann || strings.Contains(suffix, ".") // a private suffix, such as that of a hosting company
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
		known = &sighting{name: name}
		s.names[name] = known
		s.order = append(s.order, known)
	}
	s.names[typed] = known
	known.count++
	return known
}

// named marks a normalised name that a heading, a host column or a transcript names. It counts even where no public
// suffix is known: its place says that it is a name.
func (s *sightings) named(name string) {
	known := s.names[name]
	if known == nil {
		known = s.remember(name, name)
	}
	known.heading = true
}

// server marks a name that stands there only as a name server that was asked.
func (s *sightings) server(name string) {
	if known := s.names[name]; known != nil {
		known.servers++
	}
}

// candidates returns the names that may be the target: first those of headings, then by count, and last the name
// servers, which are rarely what a report is about.
func (s *sightings) candidates(v report.Vocabulary) []string {
	rank := func(x *sighting) int {
		switch {
		case x.heading:
			return 0
		case x.servers < x.count:
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
