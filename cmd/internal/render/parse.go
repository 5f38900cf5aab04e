package render

import (
	"io"
	"maps"
	"slices"
	"strings"

	"mxverdict/parser/report"
)

// ParseText writes what was understood of reports, for people at a terminal: which wording matched each row, and what
// was captured from it.
// It judges nothing, not even by a colour of its own: those are the colours of the report's marks.
func ParseText(w io.Writer, reports []report.Report, t Terminal) error {
	p := newPage(t)
	for _, r := range reports {
		p.section(bold, "REPORT", origin(r))
		p.item("Target", targetAndHow(r))
		if r.TestedAt != nil {
			p.item("Tested at", stamp(*r.TestedAt))
		}
		p.item("Candidates", strings.Join(r.Candidates, ", "))
		p.item("Rows", rowsRead(r.Findings))
		for _, f := range r.Findings {
			p.finding(f)
		}
		p.notices(Result{Report: r})
	}
	return p.writeTo(w)
}

// finding writes a row as it was understood, with the wording by which: who misses a row finds here what was taken for it.
func (p *page) finding(f report.Finding) {
	s := style("")
	switch f.Status {
	case report.Error:
		s = red
	case report.Warning:
		s = yellow
	case report.OK:
		s = green
	}
	p.section(s, lineNumbers(f.Lines), string(f.Status)+": "+firstOf(f.Rule, "not understood"))
	p.item("Subject", f.Subject)
	p.item("Test", f.Test)
	p.item("Text", f.Text)
	var values []string
	for _, name := range slices.Sorted(maps.Keys(f.Values)) {
		values = append(values, name+" = "+captured(f.Values[name]))
	}
	p.list("Values", values)
	p.item("Wording", f.Wording)
}

// captured quotes texts, so that a number that was read as a text is seen.
func captured(v report.Value) string {
	if v.Number != nil {
		return number(*v.Number)
	}
	return `"` + v.Text + `"`
}

// readDocument is a report that nobody judged, with the account of its rows.
type readDocument struct {
	report.Report
	Rows rowsOf `json:"rows"`
}

// rowsOf counts the rows of a report.
type rowsOf struct {
	Total         int `json:"total"`
	Understood    int `json:"understood"`
	NotUnderstood int `json:"not_understood"`
}

func readDocumentOf(r report.Report) readDocument {
	yes, no := understood(r.Findings)
	return readDocument{reportDocument(r), rowsOf{len(r.Findings), len(yes), len(no)}}
}

// ParseJSON writes reports by their contract: one object, or an array of several.
func ParseJSON(w io.Writer, reports []report.Report, many bool) error {
	documents := make([]readDocument, len(reports))
	for i, r := range reports {
		documents[i] = readDocumentOf(r)
	}
	return indented(w, documents, many)
}
