package render

import (
	"io"
	"maps"
	"slices"
	"strconv"
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
		p.item("Rows", rowCounts(r.Findings))
		for _, f := range r.Findings {
			p.finding(f)
		}
		p.notices(Result{Report: r})
	}
	return p.writeTo(w)
}

// rowCounts says how many rows a report has of each status, and how many no wording knows.
func rowCounts(findings []report.Finding) string {
	said := []string{count(len(findings), "row", "rows")}
	unknown := 0
	for _, f := range findings {
		if f.Rule == "" {
			unknown++
		}
	}
	// The worst first, as a reader looks for them.
	for _, s := range []report.Status{report.Error, report.Warning, report.Info, report.OK, report.Unknown} {
		n := 0
		for _, f := range findings {
			if f.Status == s {
				n++
			}
		}
		if n > 0 {
			said = append(said, strconv.Itoa(n)+" "+string(s))
		}
	}
	if unknown > 0 {
		said = append(said, strconv.Itoa(unknown)+" not recognised")
	}
	return strings.Join(said, ", ")
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
	p.section(s, "line "+strconv.Itoa(f.Line), string(f.Status)+": "+firstOf(f.Rule, "not recognised"))
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

// ParseJSON writes reports by their contract: one object, or an array of several.
func ParseJSON(w io.Writer, reports []report.Report, many bool) error {
	documents := make([]report.Report, len(reports))
	for i, r := range reports {
		documents[i] = reportDocument(r)
	}
	return indented(w, documents, many)
}
