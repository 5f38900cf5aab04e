package text

import (
	"encoding/csv"
	"strings"

	"mxverdict/parser/report"
)

// maxTitles bounds the columns of a table whose cells are parted by commas, and the bytes of its line of titles.
const (
	maxTitles    = 32
	maxTitleLine = 512
)

// commas puts tabs where commas part cells (RFC 4180). Commas stand in sentences too, so that only the titles of the
// columns tell a table, and only lines with as many cells belong to it.
func (s *source) commas(text string) string {
	if s.columns == 0 && (len(text) > maxTitleLine || strings.IndexByte(text, ',') < 0 || strings.IndexByte(text, '\t') >= 0) {
		return text
	}
	if s.columns > 0 && strings.Count(text, ",") < s.columns-1 {
		return text
	}
	if s.columns == 0 && !s.beginsTitles(text) {
		return text
	}
	cells, err := csv.NewReader(strings.NewReader(text)).Read()
	if err != nil || len(cells) > maxTitles {
		return text
	}
	if s.columns == 0 && s.titles(cells) {
		s.columns = len(cells)
	}
	// Behind the comma of a sentence stands a blank.
	if len(cells) != s.columns || s.columns > 1 && strings.HasPrefix(cells[1], " ") {
		return text
	}
	return strings.Join(cells, "\t")
}

// beginsTitles is the cheap question whether a line may hold titles: its first cell is one.
func (s *source) beginsTitles(text string) bool {
	const longest = 20 // bytes of a title
	first, _, _ := strings.Cut(text, ",")
	return len(first) <= longest && s.v.Column(strings.Trim(first, `" `)) != report.OtherColumn
}

// titles tells whether cells are the titles of columns.
func (s *source) titles(cells []string) bool {
	known := 0
	for _, cell := range cells {
		if s.v.Column(strings.TrimSpace(cell)) != report.OtherColumn {
			known++
		}
	}
	return known > 1
}
