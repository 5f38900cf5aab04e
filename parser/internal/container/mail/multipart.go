package mail

import (
	"strings"
)

// messages parts a mailbox into its messages. A document without the "From " line of a mailbox is one message.
func messages(s source) []source {
	if !strings.HasPrefix(strings.TrimLeft(s.text, "\r\n"), "From ") {
		return []source{s}
	}
	var all []source
	rest, start := s, 0
	for at := 0; len(all) < maxParts; {
		next := strings.Index(s.text[at:], "\nFrom ")
		if next < 0 {
			break
		}
		at += next + 1
		line, below := nextLine(s.text[at:])
		if isEnvelope(line) && fieldName(firstLine(below)) != "" && strings.TrimSpace(s.text[start:at]) != "" {
			all = append(all, source{s.text[start:at], rest.line, rest.exact})
			rest, start = rest.from(at-start), at
		}
	}
	return append(all, rest)
}

// section is where a part of a multipart stands in it, header included.
type section struct{ start, end int }

// split finds the parts between the lines that a boundary makes, at most limit. What stands before the first and
// behind the last is no part (RFC 2046 section 5.1.1). closed tells whether the last line of a boundary is there, or
// enough was found.
func split(body, boundary string, limit int) (sections []section, closed bool) {
	start := -1
	for at := 0; ; {
		d, ok := findDelimiter(body, boundary, at)
		if !ok {
			break
		}
		if start >= 0 {
			sections = append(sections, section{start, d.start})
		}
		if d.last || len(sections) >= limit {
			return sections, true
		}
		start, at = d.end, d.end
	}
	if start >= 0 {
		sections = append(sections, section{start, len(body)})
	}
	return sections, false
}

// delimiter is a line that parts parts.
type delimiter struct {
	start, end int
	last       bool
}

// findDelimiter finds the next line that consists of two hyphens and the boundary, perhaps with blanks behind it.
func findDelimiter(body, boundary string, at int) (delimiter, bool) {
	mark := "--" + boundary
	for at < len(body) {
		next := strings.Index(body[at:], mark)
		if next < 0 {
			break
		}
		start := at + next
		at = start + 1
		if start > 0 && body[start-1] != '\n' && body[start-1] != '\r' {
			continue
		}
		line, rest := nextLine(body[start:])
		switch strings.TrimRight(line[len(mark):], " \t") {
		case "":
			return delimiter{start, len(body) - len(rest), false}, true
		case "--":
			return delimiter{start, len(body) - len(rest), true}, true
		}
	}
	return delimiter{}, false
}

// hasDelimiter tells whether a boundary parts anything: headers name boundaries that the body has not.
func hasDelimiter(body, boundary string) bool {
	_, ok := findDelimiter(body, boundary, 0)
	return ok
}

// guessBoundary finds the boundary of a text whose header lost it: the first line behind two hyphens below which the
// header of a part stands.
func guessBoundary(body string) string {
	for at := 0; ; {
		if strings.HasPrefix(body[at:], "--") && startsPart(body[at:]) {
			return strings.TrimRight(firstLine(body[at:])[2:], " \t")
		}
		next := strings.Index(body[at:], "\n--")
		if next < 0 {
			return ""
		}
		at += next + 1
	}
}

// startsPart tells whether a text begins with the boundary and the header of a part. Boundaries have up to 70
// characters (RFC 2046 section 5.1.1); a longer one is no less one.
func startsPart(text string) bool {
	const longest = 200
	line, below := nextLine(text[:min(len(text), 2*longest)])
	name := fieldName(firstLine(below))
	return len(strings.TrimSpace(line)) > 2 && len(line) <= longest && strings.HasPrefix(name, "content-")
}
