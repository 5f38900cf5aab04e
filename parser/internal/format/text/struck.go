package text

import (
	"strings"
	"unicode/utf8"

	"mxverdict/parser/internal/scan"
)

// Struck text: what its author has crossed out is over, and is taken off before anything is read. Markdown strikes with tildes, which must
// touch a word on their inner side (GitHub Flavored Markdown section 6.5); HTML and bulletin boards with tags.

// strikes are the names of the tags.
var strikes = []string{"s", "del", "strike"}

// unstruck takes off what is struck out on a line. What is open at the end of it goes on below, as long as its end is found.
func (s *source) unstruck(line string) string {
	if s.struck != "" {
		end, length := closing(line, s.struck)
		if end < 0 {
			return ""
		}
		line, s.struck = line[end+length:], ""
	}
	if strings.IndexByte(line, '~') >= 0 {
		line = untilde(line)
	}
	var b strings.Builder
	for from := 0; ; {
		start, length, name := strikeTag(line[from:])
		if name == "" {
			b.WriteString(line[from:])
			return b.String()
		}
		start += from
		end, behind := closing(line[start+length:], name)
		switch {
		case end >= 0:
			b.WriteString(line[from:start])
			from = start + length + end + behind
		case s.endsBelow(name):
			b.WriteString(line[from:start])
			s.struck = name
			return b.String()
		default:
			b.WriteString(line[from:])
			return b.String()
		}
	}
}

// strikeTag finds the first tag that strikes out, and returns its whole name with the bracket in front: "<del".
func strikeTag(line string) (start, length int, name string) {
	for at := 0; ; at++ {
		i := strings.IndexAny(line[at:], "<[")
		if i < 0 {
			return 0, 0, ""
		}
		at += i
		for _, tag := range strikes {
			rest := line[at+1:]
			if len(rest) <= len(tag) || !scan.HasPrefixFold(rest, tag) {
				continue
			}
			rest = rest[len(tag):min(len(rest), maxTag)]
			closes := line[at] + 2 // ">" and "]" follow two behind "<" and "["
			if end := strings.IndexByte(rest, closes); end == 0 || end > 0 && rest[0] == ' ' && closes == '>' {
				return at, len(tag) + end + 2, line[at:at+1] + tag
			}
		}
	}
}

// closing finds the tag that ends what a tag has struck out.
func closing(text, name string) (at, length int) {
	for at = 0; ; at++ {
		i := strings.Index(text[at:], name[:1]+"/")
		if i < 0 {
			return -1, 0
		}
		at += i
		rest := text[at+2:]
		if tag := name[1:]; scan.HasPrefixFold(rest, tag) && len(rest) > len(tag) && rest[len(tag)] == name[0]+2 {
			return at, len(name) + 2
		}
	}
}

// endsBelow tells whether the end of what is struck out stands in the rest of the document. A tag without an end is a word. The
// answer is kept, for every line may ask.
func (s *source) endsBelow(name string) bool {
	if left, asked := s.strikeEnds[name]; asked && (left < 0 || left < len(s.document)) {
		return left >= 0
	}
	at, _ := closing(s.document, name)
	if at >= 0 {
		at = len(s.document) - at - 1 // how much stands behind it, which does not change
	}
	if s.strikeEnds == nil {
		s.strikeEnds = map[string]int{}
	}
	s.strikeEnds[name] = at
	return at >= 0
}

// untilde takes off what stands between one or two tildes.
func untilde(line string) string {
	var b strings.Builder
	done, open, width := 0, -1, 0
	for i := 0; i < len(line); {
		run := 0
		for i+run < len(line) && line[i+run] == '~' {
			run++
		}
		if run == 0 {
			i++
			continue
		}
		switch {
		case open >= 0 && run == width && ends(line, i, i+run):
			b.WriteString(line[done:open])
			done, open = i+run, -1
		case open < 0 && run <= 2 && begins(line, i, i+run):
			open, width = i, run
		}
		i += run
	}
	if done == 0 {
		return line
	}
	b.WriteString(line[done:])
	return b.String()
}

// begins tells whether tildes can begin what is struck out: they touch a word behind and none in front.
func begins(line string, from, to int) bool {
	c, _ := utf8.DecodeLastRuneInString(line[:from])
	return to < len(line) && line[to] > ' ' && line[to] != '/' && !scan.IsLetterOrDigit(c)
}

// ends tells whether they can end it.
func ends(line string, from, to int) bool {
	c, _ := utf8.DecodeRuneInString(line[to:])
	return line[from-1] > ' ' && (to == len(line) || !scan.IsLetterOrDigit(c))
}
