// Package text reads reports that arrive as pasted text: copied pages, retyped rows, tables in the markup of mail,
// Markdown, HTML or bulletin boards, text read off a picture, quoted mail, prose around sentences. It knows layouts
// and asks a report.Vocabulary about everything that stands in them.
//
// Every layout is brought into one form first: lines whose cells are parted by tabs (source.go, clean.go, markup.go).
// Then each line is either a mark of the layout (marks.go, thread.go), a row (row.go) or prose (prose.go).
//
// Precision goes before recall. A sentence that the vocabulary knows counts wherever it stands, unless the words
// around it deny it. A row that it does not know counts only where the layout says that it is a row: behind a status
// word and a dash, behind the icon's text of a copied page, beside a test's name in a table, or as a row of a summary
// table. Anything else is prose.
package text

import (
	"strings"
	"time"

	"mxverdict/parser/report"
)

const (
	// MaxFindings bounds the rows of one document.
	MaxFindings = 10000
	maxText     = 500
	// maxServers bounds the name servers that one row lists; the DNS root itself has thirteen.
	maxServers = 13
)

// Read reads a document of valid UTF-8.
func Read(document string, v report.Vocabulary) report.Report {
	const rowBytes = 40 // a row is seldom shorter; with room for all of them nothing is copied while the lists grow
	room := min(MaxFindings, 8+len(document)/rowBytes)
	r := reader{v: v, source: sourceOf(document), blocks: []block{{}}, last: none, icons: map[string]bool{},
		findings: make([]report.Finding, 0, room), rows: make([]row, 0, room)}
	for !r.full {
		l, ok := r.next()
		if !ok {
			break
		}
		r.line(l)
	}
	r.flush()
	return r.report()
}

// none is the index of no finding.
const none = -1

// reader goes through a document line by line.
type reader struct {
	source
	v        report.Vocabulary
	findings []report.Finding
	rows     []row // beside each finding
	blocks   []block
	seen     sightings
	aims     aims
	testedAt *time.Time
	notices  []string
	full     bool
	icons    map[string]bool // which texts are known to be icons' texts, or not

	quoted       bool    // the line that is being read stands in quoted mail
	thread       thread  // what has been seen of the frame of a mail
	above        string  // the line above it, "" if that is empty
	blanks       int     // empty lines before it
	inTranscript bool    // the line before it belongs to a transcript
	last         int     // the finding that detail lines below it explain
	pending      pending // the beginning of a row that stands one cell a line
	results      int     // how many results of a reporter have begun: below a heading, column titles, a footer or words of somebody
	talking      bool    // the row that is being read stands in words of somebody
}

// row is what is needed to finish a finding when the document has been read.
type row struct {
	block  int
	result int
	prose  bool // it stands in words of somebody, who may tell of another day
	quoted bool
	mail   bool // it is about the sessions of a mail server
}

// block is a part of the document below one heading, or around one transcript.
type block struct {
	command, subject string
	table            bool     // it shows the marks of a result table: a heading, column titles or icons
	columns          int      // columns of the table as its title says: name and result, or result only; 0 if untitled
	titled           bool     // the title of the first column was the last line
	called           []string // addresses that its transcript or its rows name
	transcribed      bool     // a transcript named the first of them
	rowsFrom         int      // how many rows the document had when the block began
	rowsAtCall       int      // how many it had when its transcript began
	greeted          bool     // its transcript shows a reply with code 220
}

// pending is a row whose cells stand on lines of their own and have not all been read.
type pending struct {
	status report.Status
	icon   bool // the status is that of an icon: a row follows for certain
	name   string
	whole  bool   // name and status stood on one line: only a sentence of that test may still belong to it
	cell   string // a first cell that nobody knows: a test's name or a result
	line   int    // where name or cell stands
}

func (r *reader) block() *block { return &r.blocks[len(r.blocks)-1] }

func (r *reader) line(l line) {
	if l.text == "" {
		r.blank()
		return
	}
	r.seen.scan(l.text)
	r.quoted = r.inThread(l)
	switch t := l.text; {
	case r.title(t):
		r.results++
	case r.footer(t), r.heading(t):
		r.flush()
		r.last = none
		r.results++
	case r.transcript(t), isLog(t):
		r.flush()
		r.last = none
	default:
		r.inTranscript = false
		rows := len(r.rows)
		r.row(l)
		if len(r.rows) == rows && r.pending == (pending{}) && r.isTalk(l.text) {
			r.results++
		}
	}
	r.above, r.blanks = l.text, 0
}

// isTalk tells whether a line that is no row is what somebody says. What he shows next may be of another day.
func (r *reader) isTalk(t string) bool {
	const most = 3 // words of a button or column
	if !r.block().table || len(strings.Fields(t)) <= most {
		return false
	}
	_, detail := r.v.Detail(t)
	return !detail
}

// blank notes an empty line. One may stand between the cells of a row or above its details, more end it.
func (r *reader) blank() {
	r.above = ""
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
	if len(t) > 20 || !hasPrefixFold(t, "test") && !hasPrefixFold(t, "result") {
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
	footer, ok := r.v.Footer(t)
	if !ok {
		return false
	}
	r.seen.server(normalName(footer.Server))
	if r.testedAt == nil && !footer.At.IsZero() {
		r.testedAt = &footer.At
	}
	return true
}

// heading reads "command:argument" on a line of its own, perhaps with a count or a button behind it. What stands
// below is about the argument.
func (r *reader) heading(t string) bool {
	command, argument, rest, ok := splitHeading(t)
	if !ok || !r.isCategory(command) || len(strings.Fields(rest)) > 8 {
		return false
	}
	name := targetName(argument)
	if name == "" || (rest != "" && len(r.v.Find(rest, report.Context{})) > 0) {
		return false
	}
	r.begin(strings.ToLower(command), name)
	return true
}

// begin opens a block about a name.
func (r *reader) begin(command, name string) {
	r.flush() // what is pending stands above the heading
	if len(r.rows) == 0 || r.rows[len(r.rows)-1].block < len(r.blocks)-1 {
		r.blocks = r.blocks[:len(r.blocks)-1] // nobody needs a block without rows
	}
	r.blocks = append(r.blocks, block{command: command, subject: name, table: true, rowsFrom: len(r.rows)})
	r.aim(r.kindOf(command), name)
}

// transcript passes over the lines of a session. They are no findings, whatever they say: the reporter's rows tell
// what it made of them. A row may begin with three digits like a reply, though; then the vocabulary decides.
func (r *reader) transcript(t string) bool {
	kind, called, code := r.readTranscript(t)
	if kind == noTranscript {
		return false
	}
	if kind == transcriptReply {
		matches := r.v.Find(t, report.Context{})
		if len(matches) > 0 && (matches[0].Start == 0 || !r.inTranscript) {
			return false
		}
	}
	r.flush() // before a transcript can begin another block
	r.call(called, false)
	if code == 220 {
		r.block().greeted = true
	}
	r.inTranscript = true
	return true
}

// call notes an address to which the reporter connected; a transcript names it, or a row. A second address begins
// another block if rows stand between: reporters print the rows and then the transcript, so the rows between belong
// to the second one; only where nothing stands above the first transcript do they belong to that. Without rows
// between nobody can tell which address a row is about.
func (r *reader) call(address string, byRow bool) {
	b := r.block()
	known := len(b.called) > 0 && b.called[0] == address
	if address == "" || len(b.called) > 1 || known && (byRow || b.transcribed) {
		return // two different ones already say that no row's address can be told
	}
	above := b.rowsAtCall > b.rowsFrom
	if !known && b.transcribed && (len(r.rows) > b.rowsAtCall || byRow && above) {
		b = r.another()
	}
	if !byRow {
		b.transcribed, b.rowsAtCall = true, len(r.rows)
	}
	if !known {
		b.called = append(b.called, address)
		r.aim(report.AnyName, address)
	}
}

// another begins a block like the last one, for another transcript, and gives it the rows that belong there.
func (r *reader) another() *block {
	b := *r.block()
	from := len(r.rows)
	if b.rowsAtCall > b.rowsFrom {
		from = b.rowsAtCall
	}
	for i := from; i < len(r.rows); i++ {
		r.rows[i].block = len(r.blocks)
	}
	r.blocks = append(r.blocks, block{command: b.command, subject: b.subject, table: b.table, columns: b.columns,
		rowsFrom: from})
	return r.block()
}
