package rows

import (
	"strings"
	"time"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/report"
)

// The marks of a layout that part results: column titles, headings, footers and transcripts. They say where rows stand
// and what they are about; what a reporter prints there is asked of the Vocabulary alone.

// columnTitles reads the column titles of a result table. A table without the first column gives results without names.
func (r *reader) columnTitles(t string) bool {
	b := r.block()
	named := b.titled
	b.titled = false
	// Asked of every line, so the cheap question comes first.
	if len(t) > 20 || !scan.HasPrefixFold(t, "test") && !scan.HasPrefixFold(t, "result") {
		return false
	}
	switch strings.ToLower(strings.Join(scan.Cells(t), " ")) {
	case "test":
		r.flush()
		b.titled = true
		return true
	case "result":
		r.flush()
		b.columns, b.table, r.tabular = 1, true, true
		if named {
			b.columns = 2
		}
		return true
	case "test result":
		r.flush()
		b.columns, b.table, r.tabular = 2, true, true
		return true
	}
	return false
}

// footer reads who answered and when. The first footer dates the report.
// No date is right for two results of different days; this one is at least that of the rows above it.
func (r *reader) footer() bool {
	footer := r.facts.footer
	if !r.facts.isFooter {
		return false
	}
	r.seen.setAside(normalName(footer.Server))
	if r.testedAt == nil && !footer.At.IsZero() {
		at := footer.At // every line is asked; only this one is kept
		r.testedAt = &at
	}
	if !footer.At.IsZero() {
		if r.dates == nil {
			r.dates = map[int]time.Time{}
		}
		r.dates[r.results] = footer.At
	}
	return true
}

// transcript passes over the lines of a session. They are no findings, whatever they say: the reporter's rows tell
// what it made of them. A row may begin with three digits like a reply, though; then the vocabulary decides.
func (r *reader) transcript(t string) bool {
	session := r.facts.session
	if session.kind == noTranscript {
		return false
	}
	if session.kind == transcriptReply {
		matches := Find(r.v, t, report.Context{})
		if len(matches) > 0 && (matches[0].Start == 0 || !r.inTranscript) {
			return false
		}
	}
	r.flush() // before a transcript can begin another block
	r.call(session.called, false)
	if session.code == 220 {
		r.block().greeted = true
		r.seen.scan(firstWord(t[min(len(t), 4):])) // the server's own name; what else stands in a session names the tester
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
		r.aimFrom(inTranscript, report.AnyName, address)
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
