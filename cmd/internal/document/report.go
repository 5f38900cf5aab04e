package document

import (
	"maps"
	"slices"
	"strings"

	"mxverdict/parser/report"
)

// OfReport is what was understood of a report: which wording matched each row, and what was captured from it.
// It judges nothing, not even by a mark of its own: those are the report's.
func OfReport(r report.Report) Document {
	b := &builder{}
	b.section(Section{Mark: Strong, Title: "REPORT", Lead: origin(r)})
	b.item("Target", targetAndHow(r))
	if r.TestedAt != nil {
		b.item("Tested at", ours("%s", stamp(*r.TestedAt)))
	}
	b.item("Candidates", foreign(strings.Join(r.Candidates, ", ")))
	b.item("Rows", ours("%s", rowsRead(r.Findings)))
	for _, f := range r.Findings {
		b.finding(f)
	}
	b.notices(r.Notices)
	return Document{b.sections}
}

// finding is a row as it was understood, with the wording by which: who misses a row finds here what was taken for it.
func (b *builder) finding(f report.Finding) {
	mark := map[report.Status]Mark{report.Error: Bad, report.Warning: Open, report.OK: Good}[f.Status]
	b.section(Section{Mark: mark, Title: lineNumbers(f.Lines), Lead: joined(foreign(string(f.Status)), ours(": "), foreign(firstOf(f.Rule, "not understood")))})
	b.item("Subject", foreign(f.Subject))
	b.item("Test", foreign(f.Test))
	b.item("Text", foreign(f.Text))
	var values []string
	for _, name := range slices.Sorted(maps.Keys(f.Values)) {
		values = append(values, name+" = "+captured(f.Values[name]))
	}
	b.list("Values", values)
	b.item("Wording", foreign(f.Wording))
}

// captured quotes texts, so that a number that was read as a text is seen.
func captured(v report.Value) string {
	if v.Number != nil {
		return number(*v.Number)
	}
	return `"` + v.Text + `"`
}

// RowsRead counts the rows of a report that were understood, and the others.
func RowsRead(r report.Report) (understoodRows, not int) {
	yes, no := understood(r.Findings)
	return len(yes), len(no)
}
