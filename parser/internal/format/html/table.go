package html

import (
	"cmp"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"mxverdict/parser/internal/rows"
	"mxverdict/parser/report"
)

// Bounds of a table. Result tables have four or five columns and some dozen rows; a few rows are enough to see what
// the columns are.
const (
	maxColumns   = 32
	maxRowSpan   = 1000
	maxSpanned   = 200 // bytes of a cell that are repeated in the rows which it spans
	maxAsked     = 200 // rows whose cells are shown to the vocabulary
	maxCellLines = 3   // more lines than that in two cells of a row are two columns of a layout, not a row
)

// cell is a cell of a row; nil stands for one that another cell covers.
type cell struct {
	lines []line
	role  report.Column // by its class
	below int           // rows that it spans still
}

// first returns the first line of a cell.
func (x *cell) first() line {
	if x == nil || len(x.lines) == 0 {
		return line{}
	}
	return x.lines[0]
}

// empty tells whether a cell shows nothing.
func (x *cell) empty() bool { return x == nil || len(x.lines) == 0 }

// table writes a table: a line for each row of a table of results, and the content of its cells one after the other
// where a table only lays out a page.
func (c *content) table(n *html.Node) {
	var g grid
	g.read(c, n)
	begin := len(c.lines)
	columns := g.columns(c.v)
	for i, row := range g.rows {
		if g.lays(row) {
			for _, x := range row {
				if x != nil {
					c.putAll(x.lines)
				}
			}
			continue
		}
		c.row(columns, row, i == columns.titles)
	}
	for i := begin; i < len(c.lines); i++ {
		c.lines[i].nested = true
	}
}

// putAll writes the lines of a part of the page that stands by itself.
func (c *content) putAll(lines []line) {
	for _, l := range lines {
		c.put(written(c.v, l))
	}
}

// grid is a table as it is drawn: each row has a cell, or nil, in each of its columns.
type grid struct{ rows [][]*cell }

// read collects the rows of a table, but not those of tables within its cells.
func (g *grid) read(c *content, n *html.Node) {
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		switch child.Data {
		case "tr":
			g.rows = append(g.rows, g.row(c, child))
		case "thead", "tbody", "tfoot":
			g.read(c, child)
		}
	}
}

// row reads the cells of a row into the columns in which they are drawn (HTML Standard, section 4.9.12).
func (g *grid) row(c *content, n *html.Node) []*cell {
	var row []*cell
	covered := g.covered()
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if child.Type != html.ElementNode || (child.Data != "td" && child.Data != "th") {
			continue
		}
		for len(row) < len(covered) && covered[len(row)] != nil {
			row = append(row, covered[len(row)])
		}
		if len(row) >= maxColumns {
			c.wide = true
			break
		}
		inner := content{v: c.v, quotes: c.quotes, size: c.size}
		inner.children(child)
		x := &cell{lines: inner.end(), role: columnOf(c.v, attribute(child, "class")),
			below: number(child, "rowspan", maxRowSpan) - 1}
		c.full, c.wide = c.full || inner.full, c.wide || inner.wide
		row = append(row, x)
		for range number(child, "colspan", maxColumns) - 1 {
			if len(row) < maxColumns {
				row = append(row, nil)
			}
		}
	}
	for len(row) < len(covered) {
		row = append(row, covered[len(row)])
	}
	return row
}

// covered returns the cells of the row above that reach into the next one, by column. Only short ones are repeated:
// a category, a host, the name of a test.
func (g *grid) covered() []*cell {
	if len(g.rows) == 0 {
		return nil
	}
	above := g.rows[len(g.rows)-1]
	var out []*cell
	for i, x := range above {
		if x == nil || x.below == 0 {
			continue
		}
		again := &cell{below: x.below - 1, role: x.role}
		if len(x.lines) == 1 && len(x.lines[0].text) <= maxSpanned {
			again.lines = x.lines
		}
		for len(out) < i {
			out = append(out, nil)
		}
		out = append(out, again)
	}
	return out
}

// number reads a span. What is no number is one cell, as browsers take it, and no span goes beyond what is read.
func number(n *html.Node, name string, most int) int {
	value, err := strconv.Atoi(strings.TrimSpace(attribute(n, name)))
	if err != nil || value < 1 {
		return 1
	}
	return min(value, most)
}

// columnOf knows the columns of a reporter's own tables by the classes of their cells.
func columnOf(v report.Vocabulary, class string) report.Column {
	for word := range strings.FieldsSeq(class) {
		if column := v.ColumnOf(word); column != report.OtherColumn {
			return column
		}
	}
	return report.OtherColumn
}

// lays tells a row that lays out a page from one of a table of results.
func (g *grid) lays(row []*cell) bool {
	long := 0
	for _, x := range row {
		if x.empty() {
			continue
		}
		if len(x.lines) > maxCellLines {
			long++
		}
		for _, l := range x.lines {
			if l.nested {
				return true
			}
		}
	}
	return long > 1
}

// columns says what the columns of a table hold.
type columns struct {
	at      [report.Columns]int // the column of each role, or -1
	results bool                // the vocabulary knows what stands in it: it is a table of results
	records bool                // it lists something else; marks in it are no findings
	titles  int                 // the row of titles, or -1
}

// columns finds out what the columns hold: by their classes and titles, else by asking the vocabulary about what
// stands in them. Their order says nothing.
// Reporters rearrange their pages, and mail programs their tables.
func (g *grid) columns(v report.Vocabulary) columns {
	out := columns{titles: -1}
	for r := range out.at {
		out.at[r] = -1
	}
	var votes [maxColumns][report.Columns]int
	var filled [maxColumns]int
	width := 0
	for i, row := range g.rows[:min(len(g.rows), maxAsked)] {
		width = max(width, len(row))
		if out.titles < 0 && i < 3 && out.titled(v, row) {
			out.titles = i
			continue
		}
		for j, x := range row {
			if x.empty() {
				continue
			}
			filled[j]++
			if x.role != report.OtherColumn && out.at[x.role] < 0 {
				out.at[x.role] = j
			}
			if r := guess(v, x.first()); r != report.OtherColumn {
				votes[j][r]++
			}
		}
	}
	known := [report.Columns]bool{}
	for r := report.StatusColumn; r < report.Columns; r++ {
		best := -1
		for j := range width {
			enough := votes[j][r] > 0 && (r == report.ResultColumn || 2*votes[j][r] >= filled[j])
			if enough && (best < 0 || votes[j][r] > votes[best][r]) {
				best = j
			}
		}
		known[r] = best >= 0
		if out.at[r] < 0 && best >= 0 && !out.taken(best) {
			out.at[r] = best
		}
	}
	out.results = known[report.TestColumn] || known[report.ResultColumn] || known[report.CategoryColumn] && known[report.HostColumn]
	out.records = !out.results && width > 3
	return out
}

// taken tells whether a column has its role already.
func (x *columns) taken(column int) bool {
	for _, at := range x.at {
		if at == column {
			return true
		}
	}
	return false
}

// titled reads the titles of the columns.
func (x *columns) titled(v report.Vocabulary, row []*cell) bool {
	var at [report.Columns]int
	found, words := 0, 0
	for j, c := range row {
		title := c.first().text
		if title == "" {
			continue
		}
		words++
		if r := v.Column(title); r != report.OtherColumn && at[r] == 0 {
			at[r] = j + 1
			found++
		}
	}
	if found < 2 || 2*found < words {
		return false
	}
	for r, j := range at {
		if j > 0 {
			x.at[r] = j - 1
		}
	}
	return true
}

// guess asks the vocabulary what a cell holds.
func guess(v report.Vocabulary, l line) report.Column {
	if l.text == "" {
		if shown, _ := status(v, l.marks); shown != "" {
			return report.StatusColumn
		}
		return report.OtherColumn
	}
	if _, length, ok := v.StatusWord(l.text); ok && length == len(l.text) {
		return report.StatusColumn
	}
	if _, length, ok := v.TestName(l.text); ok && length == len(l.text) {
		return report.TestColumn
	}
	if len(rows.Find(v, l.text, report.Context{})) > 0 {
		return report.ResultColumn
	}
	if _, ok := v.Category(l.text); ok {
		return report.CategoryColumn
	}
	switch {
	case strings.ContainsAny(l.text, ".:") && !strings.ContainsAny(l.text, " \t"):
		return report.HostColumn
	}
	return report.OtherColumn
}

// row writes a row: its mark, what it is about, its result, then the rest, and below it what more its cells say.
func (c *content) row(columns columns, row []*cell, titles bool) {
	var parts []string
	var below []line
	out := line{quotes: c.quotes, result: columns.resultLine(row)}
	mark := ""
	for _, x := range columns.order(row, titles) {
		first := x.first()
		out.links = append(out.links, first.links...)
		mark = cmp.Or(mark, c.icon(columns, first))
		text := strings.TrimSpace(first.text)
		d, detail := c.v.Detail(text)
		switch {
		case text == "":
		case detail && !d.Bare && columns.results && len(parts) > 0:
			if len(d.Values) > 0 {
				below = append(below, first)
			}
		default:
			parts = append(parts, text)
		}
		below = append(below, x.lines[1:]...)
	}
	switch {
	case titles:
		mark, parts = "", withoutStatus(c.v, parts)
	case len(parts) > 0 && c.isStatus(parts[0]):
		mark = "" // the cell says in words what its icon shows
	}
	if out.text = strings.TrimSpace(mark + strings.Join(parts, "\t")); out.text == "" {
		c.links = append(c.links, out.links...)
		return
	}
	c.put(out)
	c.putAll(below)
}

// order returns the cells of a row that hold something, those of known columns first.
func (x *columns) order(row []*cell, titles bool) []*cell {
	ordered := make([]*cell, 0, len(row))
	add := func(c *cell) {
		if !c.empty() {
			ordered = append(ordered, c)
		}
	}
	known := x.results || titles
	if known {
		for _, at := range x.at[report.StatusColumn:] {
			if at >= 0 && at < len(row) {
				add(row[at])
			}
		}
	}
	for j, c := range row {
		if !known || !x.taken(j) {
			add(c)
		}
	}
	return ordered
}

// resultLine returns the source line of the result of a row, or of its last cell.
func (x *columns) resultLine(row []*cell) (n int) {
	for j, c := range row {
		if source := c.first().source(); source > 0 {
			n = source
			if j == x.at[report.ResultColumn] {
				return n
			}
		}
	}
	return n
}

// icon returns the status that an icon in a cell shows, as it stands before a row.
func (c *content) icon(columns columns, l line) string {
	if l.marks == "" || columns.records {
		return ""
	}
	shown, sure := status(c.v, l.marks)
	if shown == "" || !sure && !columns.results {
		return ""
	}
	return inFront(shown, sure)
}

// isStatus tells whether a cell holds a status word and nothing else.
func (c *content) isStatus(cell string) bool {
	_, length, ok := c.v.StatusWord(cell)
	return ok && length == len(cell)
}

// withoutStatus drops the title of the status column, which pasted text does not have.
func withoutStatus(v report.Vocabulary, titles []string) []string {
	if len(titles) > 0 && v.Column(titles[0]) == report.StatusColumn {
		return titles[1:]
	}
	return titles
}
