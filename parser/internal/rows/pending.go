package rows

import (
	"cmp"
	"strings"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/report"
)

// Pending rows: tables often come copied one cell a line. What begins a row waits here for the cells below it.

// pending is a row whose cells stand on lines of their own and have not all been read.
type pending struct {
	status report.Status
	icon   bool // the status is that of an icon: a row follows for certain
	name   string
	whole  bool   // name and status stood on one line: only a sentence of that test may still belong to it
	cell   string // a first cell that nobody knows: a test's name or a result
	line   int    // where name or cell stands
	last   int    // the last line that belongs to it, of those that are not empty
	text   string // of that line

	category, host string
	hosted         edge
	frame          frame // in which the name stands
}

// begun tells whether a row waits for its result.
func (p *pending) begun() bool { return p.name != "" || p.status != "" || p.cell != "" }

// waits keeps what stands on a line without a result. It may stand in the first of several lines, as tables come when they are
// copied one cell a line.
func (r *reader) waits(l Line, d *draft, pieces []piece) bool {
	if d.full() || d.strange != "" || d.talk || d.name != "" && emptyResult(l.Text[d.to:]) {
		return false
	}
	for i := range pieces {
		if pieces[i].kind == words {
			return false
		}
	}
	switch {
	case d.name == "" && d.host == "" && d.category == "":
		return r.waitsWithMark(l, d)
	case d.name != "" && d.status != "" && d.host != "":
		return false
	case d.name != "":
		r.waitWithName(l, d)
		return true
	}
	// A host or a category alone on its line names what is below it, or nothing.
	return r.pending.begun() && r.joinHost(d)
}

// joinHost adds a host that stands on a line of its own between the other cells of a row.
func (r *reader) joinHost(d *draft) bool {
	p := &r.pending
	if p.host != "" || d.host == "" {
		return false
	}
	p.host, p.hosted, p.category = d.host, ownCell, cmp.Or(p.category, d.category)
	return true
}

// waitsWithMark keeps a status that stands alone on its line, before the cells of its row or behind them.
func (r *reader) waitsWithMark(l Line, d *draft) bool {
	if r.last != none && r.rows[r.last].cells && !r.rows[r.last].marked && r.blanks == 0 && !r.pending.begun() {
		f := &r.findings[r.last]
		f.Status, r.rows[r.last].marked = d.status, true
		return true
	}
	r.flush()
	r.last = none
	strong := d.icon || !d.colon && strings.TrimSpace(l.Text) != trimmed(l.Text)
	if strong {
		r.block().table = true
	}
	if strong {
		r.frame = frame{true, d.status} // perhaps of all that stands below it
	}
	if r.block().table { // elsewhere "OK" is what somebody answered
		r.pending = pending{status: d.status, icon: strong, line: l.N}
	}
	return true
}

// waitWithName keeps a test's name that stands on its line alone or beside a mark.
// Alone it makes no row yet: titles of pages name tests too.
func (r *reader) waitWithName(l Line, d *draft) {
	if r.titleOfPage(d.name) {
		r.quiet()
		return
	}
	p := pending{status: d.status, whole: d.status != "", icon: d.icon, host: d.host, hosted: d.hosted}
	if d.status != "" && d.marked < apart && !r.block().table {
		p.status = "" // "SMTP TLS Problem" is a title
	}
	if d.status == "" && r.pending.name == "" && r.pending.cell == "" {
		host, hosted := p.host, p.hosted
		p = r.pending
		p.host, p.hosted = cmp.Or(p.host, host), max(p.hosted, hosted)
	} else {
		r.flush()
	}
	p.frame = r.frame
	p.name, p.category, p.line, p.text = d.name, cmp.Or(p.category, d.category), l.N, l.Text
	r.pending = p
	r.last = none
}

// titleOfPage tells whether a name is the title of a page about the test: its first heading repeats the name behind other words.
func (r *reader) titleOfPage(called string) bool {
	for k := range 2 {
		next, _ := r.lines.Peek(k)
		if before := len(next.Text) - len(called); before > 0 && strings.EqualFold(next.Text[before:], called) && scan.HasWord(next.Text[:before]) {
			_, _, mark := r.v.StatusWord(next.Text)
			return !mark
		}
	}
	return false
}

// takePending gives the first row of a line what the lines above it hold, or ends what they began.
func (r *reader) takePending(d *draft) {
	p := r.pending
	if !p.begun() {
		return
	}
	switch {
	case p.status == "" && r.blanks > 0 && d.match == nil && (p.frame.on || !r.tabular), // an empty line ends a list of names
		p.name != "" && d.name != "",
		p.whole && (d.match == nil || !r.sameTest(p.name, d.match)),
		p.name != "" && d.match != nil && !r.sameArea(p.name, d.match),
		p.name != "" && p.status != "" && d.status != "" && d.match == nil:
		r.flush()
		return
	}
	if d.match == nil && d.said == "" {
		r.flush()
		return
	}
	r.pending = pending{}
	d.cells = true
	d.name, d.category = cmp.Or(d.name, p.name), cmp.Or(d.category, p.category)
	d.strange = cmp.Or(d.strange, p.cell)
	if d.status == "" {
		d.status, d.marked, d.icon, d.colon = p.status, ownCell, p.icon, false
	}
	if d.host == "" {
		d.host, d.hosted = p.host, p.hosted
	}
	d.named = max(d.named, ownCell)
}

// sameArea tells whether a sentence may stand below the name of a test: it is about the same, if not of the same test.
func (r *reader) sameArea(called string, m *report.Match) bool {
	named, _ := r.v.Named(called)
	return named.Rule == "" || m.Rule == "" || area(named.Rule) == area(m.Rule)
}

// flush ends a row that stands one cell a line. What a mark and a name or an icon began is a row even if its result
// is missing.
func (r *reader) flush() {
	p, rows := r.pending, len(r.rows)
	r.pending = pending{}
	switch {
	case p.name != "" && p.status != "":
		r.emitNamed(&report.Finding{Line: p.line, Test: p.name, Text: p.name}, &draft{name: p.name, status: p.status, category: p.category},
			needOf(p.name))
	case p.name != "":
		r.bareName(Line{N: p.line, Text: p.name}, &draft{to: len(p.name), name: p.name, before: ownCell, named: ownCell, cells: true,
			host: p.host, hosted: p.hosted, category: p.category}, p.frame)
	case p.icon && p.cell != "":
		r.emit(&report.Finding{Line: p.line, Status: p.status, Text: p.cell}, "", certain)
		if !r.full {
			r.rows[len(r.rows)-1].marked = true
		}
	}
	if p.begun() && len(r.rows) > rows {
		r.rows[rows].line = p.last
	}
	r.top = r.count
}
