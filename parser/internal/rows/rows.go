// Package rows finds the rows of a report in lines whose cells are parted by tabs, whatever the format of the document
// was: rows of copied pages, of summary tables, of prose around a sentence. It knows layouts and asks a
// report.Vocabulary about everything that stands in them.
//
// Each line is a mark of the layout (heading.go, block.go, columns.go, transcript.go, thread.go, frame.go) or is taken apart:
// edge.go cuts it into segments, piece.go asks the vocabulary what each of them is, draft.go puts the pieces of one row
// together in whatever order they stand, row.go makes a finding of it, and pending.go keeps rows whose cells stand on lines of
// their own. What a line tells by its words alone is told once for all lines that say the same (facts.go).
// What is known of nothing is looked at in unknown.go, what somebody says around a sentence in package speech, and whether a text
// is about sentences instead of a server in mention.go.
//
// Rows are read once, but a document is read twice: what a row still needs to count (decide.go), what the document is about
// (sightings.go, target.go) and which rows repeat others (finish.go) is told from all of it at the end.
//
// Precision goes before recall. A sentence that the vocabulary knows counts wherever it stands, unless the words
// around it deny it. A row that it does not know counts only where the layout says that it is a row: behind a status
// word and a dash, behind the icon's text of a copied page, beside a test's name in a table, or as a row of a summary
// table. Anything else is prose.
package rows

import (
	"strings"
	"time"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/internal/speech"
	"mxverdict/parser/report"
)

// MaxFindings bounds the rows of one document.
// A real report has some dozen; the bound is against a paste that has no end.
const MaxFindings = 10000

// Read finds the rows in the lines of a document of size bytes.
// It returns what it found, which may be nothing; there is no document that it refuses.
func Read(lines Lines, size int, v report.Vocabulary) report.Report {
	const rowBytes = 40 // a row is seldom shorter; with room for all of them nothing is copied while the lists grow
	room := min(MaxFindings, 8+size/rowBytes)
	r := reader{v: v, lines: lines, blocks: []block{{}}, last: none, icons: map[string]bool{},
		findings: make([]report.Finding, 0, room), rows: make([]row, 0, room)}
	return r.read()
}

// read goes through the document.
func (r *reader) read() report.Report {
	for !r.full {
		l, ok := r.lines.Next()
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
// It takes each line once and looks ahead a bounded way, so that a document takes time in proportion to its length, whatever it holds.
type reader struct {
	lines    Lines
	v        report.Vocabulary
	findings []report.Finding
	rows     []row // beside each finding
	blocks   []block
	seen     sightings
	cell     string // what the host column of a table names in the line that is being read
	margin   margin
	headings headings
	testedAt *time.Time
	dates    map[int]time.Time // of the results whose footer tells it
	notices  []string
	full     bool
	icons    map[string]bool // which texts are known to be icons' texts, or not

	quoted       bool           // the line that is being read stands in quoted mail
	depth        int            // its marks of quoted mail
	thread       thread         // what has been seen of the frame of a mail
	above        string         // the line above it, "" if that is empty
	blanks       int            // empty lines before it
	inTranscript bool           // the line before it belongs to a transcript
	last         int            // the finding that detail lines below it explain
	pending      pending        // the beginning of a row that stands one cell a line
	parts        []piece        // of the line that is being read
	next         int            // where in that line the sentence begins before which is being read; 0 if there is none
	made         []draft        // of the line that is being read
	within       report.Context // in which the sentences of the line were looked for
	sentences    sentences      // what was asked of the vocabulary already
	asked        asked          // the last text that may be a detail
	texts        texts          // what was told of the lines by their words
	facts        *facts         // of the line that is being read
	mentioned    string         // a reporter that the document names
	count        int            // of the lines that are not empty; many that are count for some
	top          int            // the first of them that belongs to the row that is being read
	tabular      bool           // column titles of a table of results stand in it
	frame        frame          // what words above said of the rows that follow
	results      int            // how many results of a reporter have begun: below a heading, column titles, a footer or words of somebody
	talking      bool           // the row that is being read stands in words of somebody
	general      speech.Manner  // words around the sentence say it of many servers, or give it as an example; else 0
	question     int            // the last line on which somebody asks for a sentence; 0 if none does
	manual       bool           // the line before it stands in a table that explains messages
	genre        speech.Genre   // what has been seen of the kind of text that the document is
}

// row is what is needed to finish a finding when the document has been read.
type row struct {
	block    int
	category string // of its row of a summary
	result   int
	prose    bool // it stands in words of somebody, who may tell of another day
	quoted   bool
	depth    int           // the marks of quoted mail in front of it
	mail     bool          // it is about the sessions of a mail server
	marked   bool          // it shows a status
	bare     bool          // it shows nothing but its sentence
	shaped   bool          // it has the shape of a row, whatever it says
	gap      bool          // an empty line stands above it
	nameOnly bool          // it is the name of a test, or a status and such a name, and says no more
	title    bool          // it stands in the title of a link
	queried  bool          // it stands in a line that is labelled as a question
	within   bool          // words stand beside its sentence
	share    bool          // a part of a hundred stands beside it: it was counted in many reports
	general  speech.Manner // it is what testers say of many servers, or an example; else 0
	cells    bool          // its cells stand on lines of their own
	need     need
	top      int // where it begins, in lines that are not empty
	line     int // where it ends: its cells may stand on lines of their own
}

// block is a part of the document below one heading, or around one transcript.
type block struct {
	command, subject string
	argument         string   // of its look-up: the subject as it was typed, and what stands behind it
	about            about    // what a form names, instead of one subject
	hosts            int      // the column that holds the host of each row, from 1; 0 if none does
	servers          []string // what the columns of a table that compares servers are titled with
	table            bool     // it shows the marks of a result table: a heading, column titles or icons
	columns          int      // columns of the table as its title says: name and result, or result only; 0 if untitled
	item             bool     // its heading is an item of a list, and its rows are the items of a list within that
	indent           int      // of that item
	titled           bool     // the title of the first column was the last line
	called           []string // addresses that its transcript or its rows name
	transcribed      bool     // a transcript named the first of them
	rowsFrom         int      // how many rows the document had when the block began
	rowsAtCall       int      // how many it had when its transcript began
	greeted          bool     // its transcript shows a reply with code 220
}

// block is the one that is being read. There always is one: the first has no heading.
func (r *reader) block() *block { return &r.blocks[len(r.blocks)-1] }

// line reads a line as the first of what it can be. The marks of a layout come first, for they decide how the rows below them are read.
func (r *reader) line(l Line) {
	if l.Text == "" {
		r.blank()
		return
	}
	if r.count++; !r.pending.begun() {
		r.top = r.count
	}
	r.facts = r.texts.factsOf(l.Text)
	r.genre.Note(speech.Line{Text: l.Text, Heading: l.Heading, Item: l.Item, Marks: r.facts.marks})
	if r.mentioned == "" {
		r.mentioned = r.facts.mentions(l.Text, r.v)
	}
	r.endList(l)
	to := r.follow(l.Links)
	r.cell = r.inColumn(l.Text)
	r.quoted, r.depth = r.inThread(l), l.Quoted
	beside := r.beside(l)
	r.facts.layOut(r)
	switch t := l.Text; {
	case r.columnTitles(t), r.hostTitles(t), r.serverTitles(t):
		r.results++
	case r.comparedRow(l):
	case r.inManual(t):
	case strings.HasPrefix(t, "( )"): // a choice of a form that nobody made
		r.quiet()
	case r.headedInFrame(l):
	case r.footer(), r.heading(l):
		r.flush()
		r.last = none
		r.results++
		r.framed(t)
	case r.transcript(t), r.facts.logged && r.loggedRow(l):
		r.flush()
		r.last = none
	case r.framed(t):
		if !beside {
			r.seen.all(r.facts.names())
		}
		r.aimInFrame(t)
		r.openBelow(to)
	default:
		r.inTranscript = false
		if !beside {
			r.seen.all(r.facts.names())
		}
		rows := len(r.rows)
		r.row(l)
		if len(r.rows) > rows || r.pending.begun() {
			break
		}
		if strings.IndexByte(t, '\t') < 0 {
			r.openBelow(to)
		}
		if r.isTalk(t) {
			r.results++
		}
	}
	r.above, r.blanks = l.Text, 0
	if r.pending.begun() {
		r.pending.last = r.count
	}
}

// isTalk tells whether a line that is no row is what somebody says. What he shows next may be of another day.
func (r *reader) isTalk(t string) bool {
	const most = 3 // words of a button or column
	if !r.block().table || !scan.HasMoreWords(t, most) {
		return false
	}
	d, detail := r.detailOf(t)
	return !detail || d.Bare
}

// blank notes an empty line. One may stand between the cells of a row or above its details, more end it.
func (r *reader) blank() {
	r.above = ""
	const many, far = 3, 3
	if r.blanks++; r.blanks >= many {
		r.flush()
		r.last, r.frame = none, frame{}
	}
	if r.blanks == many {
		r.count += far // what stands below is beside nothing above
	}
}
