package rows

import (
	"strings"

	"mxverdict/parser/internal/scan"
)

// Tables that compare servers: each column below the first is titled with the name of one and holds its results.

// mostServers is how many columns of such a table are read.
const mostServers = 16

// serverTitles reads the titles of such a table.
func (r *reader) serverTitles(t string) bool {
	const longest = 1000
	if len(t) > longest || !hasDotOrColon(t) {
		return false
	}
	cells := columnsOf(t)
	if len(cells) < 3 || len(cells) > mostServers+1 || r.named(cells[0]) != "" {
		return false
	}
	servers := []string{""}
	for _, cell := range cells[1:] {
		name := r.named(cell)
		if name == "" {
			return false
		}
		servers = append(servers, name)
	}
	r.quiet()
	b := r.block()
	b.servers, b.table, r.tabular = servers, true, true
	return true
}

// comparedRow reads a row of such a table as one of each server.
func (r *reader) comparedRow(l Line) bool {
	servers := r.block().servers
	if servers == nil {
		return false
	}
	cells := columnsOf(l.Text)
	if len(cells) != len(servers) {
		return false
	}
	for i, cell := range cells[1:] {
		if cell == "" {
			continue
		}
		one := l
		one.Text, r.cell = cells[0]+"\t"+cell, servers[i+1]
		r.row(one)
		r.flush()
	}
	r.cell = ""
	return true
}

// columnsOf parts a line into its columns. Where tabs part them one may be empty.
func columnsOf(t string) []string {
	if strings.IndexByte(t, '\t') < 0 {
		if !strings.Contains(t, "  ") {
			return nil
		}
		return scan.Cells(t)
	}
	cells := strings.Split(t, "\t")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells
}
