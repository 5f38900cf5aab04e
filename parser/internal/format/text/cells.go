package text

import (
	"encoding/csv"
	"strings"

	"mxverdict/parser/report"
)

// Cells: what parts them in tables that arrive as text.

// tabs puts a tab where bars, or the commas, semicolons or quotation marks of an export, part cells.
func (s *source) tabs(text string) string {
	if strings.IndexByte(text, '|') >= 0 {
		if text[0] == '|' {
			text = showEmoticons(text)
		}
		text = strings.ReplaceAll(text, "|", "\t")
	}
	if strings.IndexByte(text, ';') >= 0 && strings.Count(text, ";") > 1 && !strings.Contains(text, "; ") {
		text = strings.ReplaceAll(text, ";", "\t")
	}
	if strings.IndexByte(text, '"') >= 0 && strings.Contains(text, `","`) {
		return strings.Trim(strings.ReplaceAll(text, `","`, "\t"), `"`)
	}
	return s.commas(text)
}

// commas parts the cells of a table of RFC 4180. Elsewhere commas are those of prose: only column titles that are known begin such a
// table, and a line with another number of cells ends it.
func (s *source) commas(text string) string {
	if s.columns == 0 && !s.titles(text) {
		return text
	}
	cells, err := csv.NewReader(strings.NewReader(text)).Read()
	if err != nil || len(cells) < 2 || s.columns > 0 && len(cells) != s.columns {
		s.columns = 0
		return text
	}
	s.columns = len(cells)
	return strings.Join(cells, "\t")
}

// titles tells whether a line names columns of a reporter's table, parted by commas.
func (s *source) titles(text string) bool {
	const longest, least = 120, 2
	if len(text) > longest || strings.IndexByte(text, ',') < 0 {
		return false
	}
	known := 0
	for title := range strings.SplitSeq(text, ",") {
		if s.v.Column(strings.TrimSpace(title)) != report.OtherColumn {
			known++
		}
	}
	return known >= least
}

// emoticons are what the markup of Jira shows as symbols.
var emoticons = strings.NewReplacer("|(/)|", "|✔|", "|(x)|", "|✘|", "|(!)|", "|⚠|", "|(-)|", "|✘|", "|(i)|", "|ℹ|")

// showEmoticons writes cells of a table in Jira's markup that hold nothing but a symbol as that symbol.
func showEmoticons(row string) string {
	if strings.IndexByte(row, '(') < 0 {
		return row
	}
	return emoticons.Replace(row)
}
