package rows

import (
	"strings"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/internal/speech"
	"mxverdict/parser/report"
)

// Manuals: tables that explain what messages mean. Their titles tell them from tables of results, which name a host or a status.

// inManual reads the titles of a table that explains messages, and its rows.
func (r *reader) inManual(t string) bool {
	const longest = 200
	if strings.IndexByte(t, '\t') < 0 {
		r.manual = false
		return false
	}
	if r.manual = r.manual && r.blanks == 0; r.manual {
		r.quiet()
		return true
	}
	if len(t) > longest || !r.manualTitles(scan.Cells(t)) {
		return false
	}
	r.manual = true
	r.quiet()
	return true
}

// manualTitles tells whether cells are such titles, and stand in nothing that is about a host.
func (r *reader) manualTitles(cells []string) bool {
	if b := r.block(); len(cells) < 2 || b.subject != "" || b.about != (about{}) {
		return false
	}
	first := 0
	if speech.NumbersOfRows.Has(cells[0]) {
		first = 1
	}
	if first+1 >= len(cells) {
		return false
	}
	if speech.AreLanguages(cells[first:]) {
		return true
	}
	if title := cells[first]; !speech.TermTitles.Has(title) && !speech.MessageTitles.Has(title) {
		return false
	}
	meaning, remedy := false, false
	for _, cell := range cells[first+1:] {
		switch r.v.Column(strings.TrimSpace(cell)) {
		case report.HostColumn, report.StatusColumn:
			return false
		}
		meaning = meaning || speech.MeaningTitles.Has(cell)
		remedy = remedy || speech.RemedyTitles.Has(cell)
	}
	return meaning || remedy && !r.seen.any(r.v)
}
