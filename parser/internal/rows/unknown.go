package rows

import (
	"maps"
	"strings"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/report"
)

// unknown reads a line of which nothing is known: the result of a row that began above, a detail, a line among rows, or prose.
func (r *reader) unknown(l Line) {
	if r.detail(l.Text) {
		return
	}
	p := &r.pending
	switch {
	case p.icon && wordy(l.Text) && (p.name+p.cell != "" || r.block().columns == 1),
		p.name != "" && !p.whole && (p.status != "" || r.block().table) && resultLike(l.Text):
		d := draft{said: l.Text, to: len(l.Text)}
		r.takePending(&d)
		f := report.Finding{Line: l.N, Text: l.Text, Test: d.name + d.strange}
		r.emitNamed(f, &d, certain)
	case p.icon && wordy(l.Text):
		p.cell, p.line = foldSpace(l.Text), l.N
	case p.icon && !scan.HasLetter(l.Text):
	default:
		r.quiet()
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

// title keeps the name of a test that stands on its line with nothing of its row.
func (r *reader) title(l Line, d *draft) {
	m, _ := r.v.Named(d.name)
	need := framed
	if m.Asserts && d.named > inClause && !d.talk {
		need = certain
	}
	r.emit(report.Finding{Line: l.Number(d.from), Rule: m.Rule, Status: m.Status, Test: d.name, Text: l.Text[d.from:d.to],
		Values: maps.Clone(m.Values), Reporter: m.Reporter}, d.category, need)
	if !r.full {
		r.rows[len(r.rows)-1].bare = true
	}
}

// flush ends a row that stands one cell a line. What a mark and a name or an icon began is a row even if its result
// is missing.
func (r *reader) flush() {
	p := r.pending
	r.pending = pending{}
	switch {
	case p.name != "" && p.status != "":
		r.emitNamed(report.Finding{Line: p.line, Test: p.name, Text: p.name}, &draft{name: p.name, status: p.status, category: p.category},
			needOf(p.name))
	case p.name != "":
		r.title(Line{N: p.line, Text: p.name}, &draft{to: len(p.name), name: p.name, named: ownCell})
	case p.icon && p.cell != "":
		r.emit(report.Finding{Line: p.line, Status: p.status, Text: p.cell}, "", certain)
		if !r.full {
			r.rows[len(r.rows)-1].marked = true
		}
	}
}

// summaryCells joins a row of a summary table whose cells stand on lines of their own: a category, a host, a result.
// Copying a table out of some browsers gives that. It is asked of lines in lower case only, as categories are written.
func (r *reader) summaryCells(l Line) Line {
	if c := l.Text[0]; c < 'a' || c > 'z' || len(l.Text) > scan.MaxMark || !r.isCategory(l.Text) {
		return l
	}
	host, _ := r.lines.Peek(0)
	result, _ := r.lines.Peek(1)
	if result.Text == "" || strings.IndexByte(host.Text, '.') < 0 || targetName(host.Text) == "" {
		return l
	}
	for range 2 {
		next, _ := r.lines.Next()
		l.Text += "\t"
		l.seams = append(l.seams, seam{len(l.Text), next.N})
		l.Text += next.Text
	}
	return l
}

// summaryRow tells whether a line has the shape of a row of a summary table that nobody need know: category, host and
// one cell of several words. A table of records has numbers and addresses there.
func (r *reader) summaryRow(s string) bool {
	parts := scan.Cells(s)
	if len(parts) < 3 {
		return false
	}
	last := parts[2]
	return strings.Contains(last, " ") && scan.IsLetter(last[0]) && resultLike(last)
}
