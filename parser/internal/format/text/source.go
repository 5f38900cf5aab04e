// Package text reads reports that arrive as pasted text: copied pages, retyped rows, tables in the markup of mail,
// Markdown, HTML or bulletin boards, text read off a picture, quoted mail, prose around sentences. It brings every
// layout into one form, lines whose cells are parted by tabs, without the marks of quotation, decoration and markup.
// What stands in the lines is left to package rows.
package text

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"mxverdict/parser/internal/rows"
	"mxverdict/parser/internal/scan"
	"mxverdict/parser/report"
)

// maxLine bounds what is looked at as one line; the rest of a longer one is read as if it were the next.
const maxLine = 64 << 10

// Read reads a document of valid UTF-8.
// It refuses nothing: any text is a document of this format, if only one without a row.
func Read(document string, v report.Vocabulary) report.Report {
	return ReadLinked(document, nil, v)
}

// ReadLinked reads a document to whose lines belong links that do not stand in its text: links lists their addresses, by
// the number of the line.
func ReadLinked(document string, links map[int][]string, v report.Vocabulary) report.Report {
	s := sourceOf(document, v)
	s.links = links
	return rows.Read(s, len(document), v)
}

// Name reads the name or address that somebody typed as the target of a look-up, "" if it is none or a reporter's own.
func Name(typed string, v report.Vocabulary) string {
	line, _ := tidy(typed)
	return rows.Name(line, v)
}

// source hands out the lines of a document. It implements rows.Lines.
type source struct {
	v        report.Vocabulary
	document string
	ends     string // the bytes that end its lines
	rest     string // of a line of unreasonable length
	n        int    // number of the line that was cut off last
	ahead    []rows.Line
	taken    int              // how many of them were taken
	links    map[int][]string // of the lines, where the text does not hold them
	aside    bool             // the line before it stands in a signature, or is the mark above one
	columns  int              // how many commas part the cells of a table whose titles were met, plus one
	notices  []string

	seen map[string][]rows.Line // what became of some lines

	struck     string         // the tag by which the lines before struck out what goes on here
	strikeEnds map[string]int // how much of the document stands behind the next end of each such tag; -1 if there is none
}

// Next implements rows.Lines.
func (s *source) Next() (rows.Line, bool) {
	l, ok := s.Peek(0)
	if !ok {
		return rows.Line{}, false
	}
	if s.taken++; s.taken == len(s.ahead) {
		s.ahead, s.taken = s.ahead[:0], 0
	}
	return l, true
}

// Peek implements rows.Lines.
func (s *source) Peek(k int) (rows.Line, bool) {
	for len(s.ahead)-s.taken <= k {
		if !s.fill() {
			return rows.Line{}, false
		}
	}
	return s.ahead[s.taken+k], true
}

// Notices implements rows.Lines.
func (s *source) Notices() []string { return s.notices }

// fill reads lines of the source until one line or more are ready; markup can hide several lines in one, or be
// nothing but decoration. It tells whether any was found.
func (s *source) fill() bool {
	for {
		raw, ok := s.cut()
		if !ok {
			return false
		}
		if lines, ok := s.seen[raw]; ok && s.isUndisturbed() {
			s.again(lines)
			if len(lines) > 0 {
				return true
			}
			continue
		}
		left, first, undisturbed := s.left(), len(s.ahead), s.isUndisturbed()
		text, marked := tidy(raw)
		empty := strings.HasPrefix(text, "\t") || strings.HasSuffix(raw, "\t") // the first or last cell of a row
		text, depth := unquote(text)
		l := rows.Line{N: s.n, Text: text, Links: s.links[s.n], Quoted: depth, Indent: len(raw) - len(scan.TrimLeft(raw)), Heading: isHeading(text), Item: empty}
		if text == "" {
			s.aside = false
			s.ahead = append(s.ahead, l)
			return true
		}
		// The mark above a signature (RFC 3676 section 4.3), which an empty line ends.
		s.aside = s.aside || text == "--"
		l.Aside = s.aside
		if marked || s.struck != "" {
			l = s.markedRow(l)
		}
		some := s.split(l)
		if undisturbed && s.isUndisturbed() && s.left() == left && text != "--" {
			s.keep(raw, s.ahead[first:])
		}
		if some {
			return true
		}
	}
}

// left is how much was not cut off yet.
func (s *source) left() int { return len(s.document) + len(s.rest) }

// isUndisturbed tells whether nothing but its words decides how a line is read.
func (s *source) isUndisturbed() bool { return s.columns == 0 && s.struck == "" && s.links == nil }

// keep keeps what became of a line of the source: quoted mails and tables say the same lines over and over.
func (s *source) keep(raw string, lines []rows.Line) {
	const few, most = 64, 4096 // lines that repeat little, and those that are kept
	if s.n <= few || len(s.seen) >= most {
		return
	}
	if s.seen == nil {
		s.seen = map[string][]rows.Line{}
	}
	s.seen[raw] = slices.Clone(lines)
}

// again hands out what became of the same line before.
func (s *source) again(lines []rows.Line) {
	for _, l := range lines {
		l.N, l.Aside = s.n, s.aside
		s.ahead = append(s.ahead, l)
	}
}

// cut takes the next line off the document, or the next piece of a line of unreasonable length.
func (s *source) cut() (string, bool) {
	text := s.rest
	if text == "" {
		if s.document == "" {
			return "", false
		}
		text, s.document = nextLine(s.document, s.ends)
		s.n++
		if len(text) > maxLine {
			s.notices = append(s.notices,
				fmt.Sprintf("line %d is longer than %d KiB and was read in pieces", s.n, maxLine>>10))
		}
	}
	s.rest = ""
	if len(text) <= maxLine {
		return text, true
	}
	at := strings.LastIndexByte(text[:maxLine], ' ')
	if at < maxLine/2 {
		for at = maxLine; !utf8.RuneStart(text[at]); at-- {
		}
	}
	s.rest = text[at:]
	return text[:at], true
}

// sourceOf makes a source of a document. A carriage return alone ends a line too: old systems wrote so. Most documents
// have none, and to look for one byte is much faster than to look for either of two.
func sourceOf(document string, v report.Vocabulary) *source {
	ends := "\n"
	if strings.IndexByte(document, '\r') >= 0 {
		ends = "\r\n"
	}
	return &source{v: v, document: document, ends: ends}
}

// nextLine cuts a line off.
func nextLine(document, ends string) (line, rest string) {
	end := strings.IndexAny(document, ends)
	if end < 0 {
		return document, ""
	}
	line, rest = document[:end], document[end+1:]
	if document[end] == '\r' {
		rest = strings.TrimPrefix(rest, "\n")
	}
	return line, rest
}

// isItem tells whether a mark of a list, or an empty cell, was taken off a line, so that only bare is left of it.
func isItem(line, bare string) bool {
	return strings.Trim(line[:len(line)-len(scan.TrimLeft(bare))], " ") != "" || strings.IndexByte(bare, '\t') < 0 && strings.IndexByte(line, '\t') >= 0
}

// split parts a line where markup ends rows and takes the decoration off. It tells whether anything is left: lines
// that hold nothing but decoration, such as the rule below the head of a table, are not even empty lines.
func (s *source) split(l rows.Line) bool {
	any := false
	for start := 0; start <= len(l.Text); {
		end := len(l.Text)
		if k := strings.IndexByte(l.Text[start:], '\n'); k >= 0 {
			end = start + k
		}
		text := leadingEmoticon(tabs(s.commas(l.Text[start:end])))
		bare := undecorate(scan.TrimLeft(text))
		from := min(start+len(text)-len(bare), end)
		if bare = scan.TrimRight(bare); bare == "" {
			start = end + 1
			continue
		}
		part := l.Part(from, end)
		part.Text, start = bare, end+1
		part.Item = l.Item || isItem(text, bare)
		// Lines that markup joined have tags between their cells, and lost no blank.
		if part.Whole() {
			part.Text = s.unglue(part.Text)
		}
		s.ahead = append(s.ahead, part)
		any = true
	}
	return any
}
