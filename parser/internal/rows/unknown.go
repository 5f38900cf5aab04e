package rows

import (
	"cmp"
	"strings"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/report"
)

// unknown decides whether a line without a known sentence is a row all the same.
// Here the layout alone decides, and a row that it does not vouch for is prose: a finding that is none would be shown to a customer as a
// warning that we do not understand.
func (r *reader) unknown(x result) {
	if r.detail(x) {
		return
	}
	said, table := x.rest(), r.block().table
	if name, mark, ok := r.strangeTest(x); ok {
		r.flush()
		r.emit(report.Finding{Line: x.N, Text: x.Text, Test: name, Status: mark}, "")
		return
	}
	switch {
	case x.name != "" && x.status != "" && !scan.HasLetter(said):
		r.expectResult(x) // a number, such as how long a block list took to answer
	case x.subject != "",
		x.strong && !x.loose && scan.HasLetter(said) && (table || !x.cell && !spoken(said)),
		x.name != "" && x.status != "" && (!x.loose || x.apart || x.colon) && scan.HasLetter(said),
		x.name != "" && (x.apart || x.colon) && table && resultLike(said),
		x.name == "" && r.pending.icon && wordy(said) && (r.pending.name+r.pending.cell != "" || r.block().columns == 1),
		x.name == "" && r.pending.name != "" && !r.pending.whole && (x.status != "" || table) && resultLike(said):
		r.emitUnknown(x, x.status)
	case x.name == "" && r.pending.icon && wordy(x.Text):
		r.pending.cell, r.pending.line = foldSpace(x.Text), x.N
	default:
		r.flush()
		r.last = none // prose stands between
	}
}

// wordy tells the name or result of a check from the other cells that stand behind an icon: times, numbers, host names.
func wordy(s string) bool {
	if !scan.HasLetter(s) || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	return strings.ContainsAny(s, " \t") || !strings.ContainsAny(s, ".:") && s != strings.ToUpper(s)
}

// resultLike tells prose from a result: results are short and are no questions or titles.
func resultLike(s string) bool {
	return len(s) <= 200 && scan.HasLetter(s) && !strings.HasSuffix(s, "?") && !strings.HasSuffix(s, ":")
}

// strangeTest reads the row of a test that nobody knows: behind its name stands a marked result, in a cell of its
// own, or on the same line if the name begins as a reporter's test names do, with a category.
func (r *reader) strangeTest(x result) (name string, status report.Status, ok bool) {
	if x.name != "" || x.subject != "" || x.begin > 0 {
		return "", "", false
	}
	if end, next := scan.CellEnd(x.Text); next < len(x.Text) && end <= scan.MaxName {
		second, _ := scan.CellEnd(x.Text[next:])
		cell := x.Text[next : next+second]
		if status, strong, length := r.mark(cell); strong && scan.HasLetter(cell[length:]) {
			return x.Text[:end], status, true
		}
	}
	first, _ := scan.Word(x.Text)
	if !r.isCategory(first) {
		return "", "", false
	}
	for i := 0; i < min(len(x.Text), scan.MaxName); i++ {
		if i > 0 && x.Text[i-1] != ' ' {
			continue
		}
		if c := x.Text[i]; c < 'A' || c > 'Z' {
			break // names of tests are written with capitals, prose is not
		}
		if i <= len(first)+1 {
			continue // a category alone is no name: monitoring systems begin their lines so
		}
		if status, strong, length := r.mark(x.Text[i:]); strong && scan.HasLetter(x.Text[i+length:]) {
			return strings.TrimSpace(x.Text[:i]), status, true
		}
	}
	return "", "", false
}

// emitUnknown makes a finding of a row whose sentence nobody knows. The test's name, where there is one, says which
// rule and which usual status it has. Below an icon a first cell that nobody knows is the name, and the second the
// result.
func (r *reader) emitUnknown(x result, status report.Status) {
	f := report.Finding{Line: x.Number(x.begin), Text: x.Text, Subject: x.subject,
		Test: cmp.Or(x.name, r.pending.name, r.pending.cell)}
	if x.name != "" && r.pending.name+r.pending.cell != "" {
		r.flush() // another row
	}
	m, _ := r.v.Named(f.Test)
	// The name of a test alone does not tell whether its result was good or bad.
	f.Rule, f.Status, f.Values, f.Reporter = m.Rule, cmp.Or(status, r.pending.status, report.Unknown), m.Values, m.Reporter
	r.pending = pending{}
	if x.subject != "" {
		r.aim(r.kindOf(cmp.Or(x.category, area(m.Rule))), x.subject)
	}
	r.emit(f, x.category)
}

// incomplete keeps what stands on a line without a result.
// It may stand in the first of several lines, as tables come when they are copied one cell a line.
func (r *reader) incomplete(x result) {
	switch {
	case x.name == "" && x.subject == "":
		r.expect(x)
	case x.name != "" && x.status != "" && x.subject != "":
		r.emitUnknown(x, x.status)
	case x.name != "":
		r.expectResult(x)
	}
}

// expect keeps a status that stands alone on its line, before the cells of its row.
func (r *reader) expect(x result) {
	r.flush()
	r.last = none
	if x.strong {
		r.block().table = true
	}
	if r.block().table { // elsewhere "OK" is what somebody answered
		r.pending = pending{status: x.status, icon: x.strong}
	}
}

// expectResult keeps a test's name that stands on its line alone or beside a mark.
// Alone it makes no row: titles of pages name tests too.
func (r *reader) expectResult(x result) {
	p := pending{status: x.status, whole: x.status != ""}
	if x.status != "" && !x.sure && !r.block().table {
		p.status = "" // "SMTP TLS Problem" is a title
	}
	if x.status == "" && r.pending.name == "" && r.pending.cell == "" {
		p = r.pending
	} else {
		r.flush()
	}
	p.name, p.line = x.name, x.N
	r.pending = p
	r.last = none
}

// flush ends a row that stands one cell a line. What a mark and a name or an icon began is a row even if its result
// is missing.
func (r *reader) flush() {
	p := r.pending
	r.pending = pending{}
	switch {
	case p.name != "" && p.status != "":
		m, _ := r.v.Named(p.name)
		r.emit(report.Finding{Line: p.line, Rule: m.Rule, Status: p.status, Test: p.name, Text: p.name, Values: m.Values,
			Reporter: m.Reporter}, "")
	case p.icon && p.cell != "":
		r.emit(report.Finding{Line: p.line, Status: p.status, Text: p.cell}, "")
	}
}
