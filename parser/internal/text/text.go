// Package text reads reports that arrive as pasted text: copied pages, retyped rows, quoted mail, prose around
// sentences. It knows layouts and asks a report.Vocabulary about everything that stands in them.
//
// Precision goes before recall. A sentence that the vocabulary knows counts wherever it stands. A row that it does not
// know counts only where the layout says that it is a row: behind a status word and a dash, behind the icon's text of a
// copied page, beside a test's name in a table, or as a row of a summary table. Anything else is prose.
package text

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"mxverdict/parser/report"
)

const (
	// MaxFindings bounds the rows of one document.
	MaxFindings = 10000
	// maxLine bounds what is looked at as one line; the rest of a longer one is read as if it were the next.
	maxLine = 64 << 10
	maxText = 500
	// maxServers bounds the name servers that one row lists; the DNS root itself has thirteen.
	maxServers = 13
)

// Read reads a document of valid UTF-8.
func Read(document string, v report.Vocabulary) report.Report {
	const rowBytes = 64 // a row is seldom shorter; with room for all of them nothing is copied while the list grows
	r := reader{v: v, blocks: []block{{}}, last: none, rows: make([]row, 0, min(MaxFindings, 8+len(document)/rowBytes))}
	for n := 1; document != "" && !r.full; n++ {
		var line string
		line, document = nextLine(document)
		r.pieces(n, line)
	}
	r.flush()
	return r.report()
}

// nextLine cuts a line off. A carriage return alone ends one too: old systems wrote so.
func nextLine(document string) (line, rest string) {
	end := strings.IndexAny(document, "\r\n")
	if end < 0 {
		return document, ""
	}
	line, rest = document[:end], document[end+1:]
	if document[end] == '\r' {
		rest = strings.TrimPrefix(rest, "\n")
	}
	return line, rest
}

// none is the index of no finding.
const none = -1

// reader goes through a document line by line.
type reader struct {
	v        report.Vocabulary
	rows     []row
	blocks   []block
	seen     sightings
	aims     aims
	testedAt *time.Time
	notices  []string
	full     bool

	n            int     // number of the line that is being read
	quoted       bool    // it stands in quoted mail
	blanks       int     // empty lines before it
	inTranscript bool    // the line before it belongs to a transcript
	last         int     // the finding that detail lines below it explain
	pending      pending // the beginning of a row that stands one cell a line
}

// row is a finding with what is needed to finish it at the end of its block.
type row struct {
	report.Finding
	reporter string
	block    int
	quoted   bool
	smtp     bool
}

// block is a part of the document below one heading.
type block struct {
	command, subject string
	table            bool     // it shows the marks of a result table: a heading, column titles or icons
	columns          int      // columns of the table as its title says: name and result, or result only; 0 if untitled
	titled           bool     // the title of the first column was the last line
	called           []string // addresses that its transcript or its rows name
	greeted          bool     // its transcript shows a reply with code 220
}

// pending is a row whose cells stand on lines of their own and have not all been read.
type pending struct {
	status report.Status
	icon   bool // the status is that of an icon: a row follows for certain
	name   string
	cell   string // a first cell that nobody knows: a test's name or a result
	line   int    // where name or cell stands
}

func (r *reader) block() *block { return &r.blocks[len(r.blocks)-1] }

// pieces cuts a line of unreasonable length at blanks.
func (r *reader) pieces(n int, line string) {
	if len(line) > maxLine {
		r.notices = append(r.notices,
			fmt.Sprintf("line %d is longer than %d KiB and was read in pieces", n, maxLine>>10))
	}
	for len(line) > maxLine && !r.full {
		cut := strings.LastIndexByte(line[:maxLine], ' ')
		if cut < maxLine/2 {
			for cut = maxLine; !utf8.RuneStart(line[cut]); cut-- {
			}
		}
		r.line(n, line[:cut])
		line = line[cut:]
	}
	if !r.full {
		r.line(n, line)
	}
}

func (r *reader) line(n int, raw string) {
	t, quoted := clean(raw)
	if t == "" {
		r.blank()
		return
	}
	r.n, r.quoted = n, quoted
	r.seen.scan(t)
	switch {
	case r.title(t):
	case r.footer(t), r.heading(t), r.transcript(t):
		r.flush()
		r.last = none
	default:
		r.inTranscript = false
		r.row(t)
	}
	r.blanks = 0
}

// blank notes an empty line. One may stand between the cells of a row or above its details, more end it.
func (r *reader) blank() {
	if r.blanks++; r.blanks > 2 {
		r.flush()
		r.last = none
	}
}

// title reads the column titles of a result table. A table without the first column gives results without names.
func (r *reader) title(t string) bool {
	b := r.block()
	named := b.titled
	b.titled = false
	if len(t) > 20 || (t[0]|0x20 != 't' && t[0]|0x20 != 'r') {
		return false
	}
	switch strings.ToLower(strings.Join(cells(t), " ")) {
	case "test":
		r.flush()
		b.titled = true
		return true
	case "result":
		r.flush()
		b.columns, b.table = 1, true
		if named {
			b.columns = 2
		}
		return true
	case "test result":
		r.flush()
		b.columns, b.table = 2, true
		return true
	}
	return false
}

// footer reads who answered and when. The first footer dates the report.
func (r *reader) footer(t string) bool {
	server, at, ok := readFooter(t)
	if !ok {
		return false
	}
	r.seen.server(normalName(server))
	if r.testedAt == nil && !at.IsZero() {
		first := at
		r.testedAt = &first
	}
	return true
}

// heading reads "command:argument" on a line of its own, perhaps with a count or a button behind it. What stands below
// is about the argument.
func (r *reader) heading(t string) bool {
	command, argument, rest, ok := splitHeading(t)
	if !ok || !r.v.Category(command) || strings.Count(rest, " ") > 5 {
		return false
	}
	name := headingName(argument)
	if name == "" || (rest != "" && len(r.v.Find(rest, report.Context{})) > 0) {
		return false
	}
	r.flush() // what is pending stands above the heading
	if len(r.rows) == 0 || r.rows[len(r.rows)-1].block < len(r.blocks)-1 {
		r.blocks = r.blocks[:len(r.blocks)-1] // nobody needs a block without rows
	}
	command = strings.ToLower(command)
	r.blocks = append(r.blocks, block{command: command, subject: name, table: true})
	r.aim(command, name)
	return true
}

// transcript passes over the lines of a session. They are no findings, whatever they say: the reporter's rows tell what
// it made of them. A row may begin with three digits like a reply, though; then the vocabulary decides.
func (r *reader) transcript(t string) bool {
	kind, called, code := readTranscript(t)
	if kind == noTranscript {
		return false
	}
	if kind == transcriptReply {
		matches := r.v.Find(t, report.Context{})
		if len(matches) > 0 && (matches[0].Start == 0 || !r.inTranscript) {
			return false
		}
		if code == 220 {
			r.block().greeted = true
		}
	}
	r.call(called)
	r.inTranscript = true
	return true
}

// call notes an address to which the reporter connected.
func (r *reader) call(address string) {
	b := r.block()
	if address == "" || len(b.called) > 1 || (len(b.called) == 1 && b.called[0] == address) {
		return // two different ones already say that no row's address can be told
	}
	b.called = append(b.called, address)
	r.aim("", address)
}
