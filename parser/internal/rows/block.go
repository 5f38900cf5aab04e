package rows

import (
	"strings"
	"time"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/report"
)

// The marks of a layout that part results: column titles, headings, footers and transcripts. They say where rows stand
// and what they are about; what a reporter prints there is asked of the Vocabulary alone.

// titles reads the column titles of a result table. A table without the first column gives results without names.
func (r *reader) titles(t string) bool {
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
		b.columns, b.table, r.titled = 1, true, true
		if named {
			b.columns = 2
		}
		return true
	case "test result":
		r.flush()
		b.columns, b.table, r.titled = 2, true, true
		return true
	}
	return false
}

// footer reads who answered and when. The first footer dates the report.
// No date is right for two results of different days; this one is at least that of the rows above it.
func (r *reader) footer(t string) bool {
	footer, ok := r.v.Footer(t)
	if !ok {
		return false
	}
	r.seen.server(normalName(footer.Server))
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

// heading reads "command:argument" on a line of its own, perhaps with a count or a button behind it. What stands
// below is about the argument.
func (r *reader) heading(t string) bool {
	command, argument, rest, ok := splitHeading(t)
	if !ok || !r.isCategory(command) || len(strings.Fields(rest)) > 8 {
		return false
	}
	name := targetName(argument)
	// What goes on with a sentence is a row that begins with a name, and would be lost as a heading.
	if name == "" || (rest != "" && len(r.v.Find(rest, report.Context{})) > 0) {
		return false
	}
	r.begin(strings.ToLower(command), name)
	return true
}

// splitHeading reads "command:argument" at the start of a line and returns the words behind it. People who retype a
// heading may leave a blank behind the colon; then nothing else may stand on the line.
func splitHeading(line string) (command, argument, rest string, ok bool) {
	colon := strings.IndexByte(line, ':')
	if colon < 1 || colon > 16 {
		return "", "", "", false
	}
	for _, c := range []byte(line[:colon]) {
		if !isHostByte(c) {
			return "", "", "", false
		}
	}
	command = line[:colon]
	argument, rest = scan.Word(line[colon+1:])
	if argument == "" {
		argument, rest = scan.Word(rest)
		return command, argument, "", rest == ""
	}
	return command, argument, rest, true
}

// begin opens a block about a name.
// Each heading begins a block of its own even for the name before: it may be another test of another day.
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
