package rows

import (
	"strings"

	"mxverdict/parser/report"
)

// Tables whose titles name a column of hosts: what each row is about stands there, wherever that column is.

// hostTitles reads the titles of such a table.
func (r *reader) hostTitles(t string) bool {
	const longest = 200
	if len(t) > longest || strings.IndexByte(t, '\t') < 0 {
		return false
	}
	known, host, columns := 0, 0, 0
	for i, title := range strings.Split(t, "\t") {
		title = strings.TrimSpace(title)
		column := r.v.Column(title)
		if i == 0 && column == report.OtherColumn && title != "" && title != "#" {
			return false // asked of every line with cells, so the cheap question comes first
		}
		switch column {
		case report.OtherColumn:
			continue
		case report.HostColumn:
			host = i + 1
		case report.TestColumn, report.ResultColumn:
			columns++
		}
		known++
	}
	if known < 2 || host == 0 {
		return false
	}
	r.flush()
	b := r.block()
	r.tabular = true
	b.table, b.columns, b.hosts = true, columns, host
	return true
}

// inColumn returns the name that a line has in the host column of its table, or "".
func (r *reader) inColumn(t string) string {
	column := r.block().hosts
	if column == 0 {
		return ""
	}
	cells := strings.Split(t, "\t")
	if len(cells) < column || len(cells) < 2 {
		return ""
	}
	return r.named(strings.TrimSpace(cells[column-1]))
}
