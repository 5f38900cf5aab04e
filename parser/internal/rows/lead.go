package rows

import (
	"strings"

	"mxverdict/parser/internal/scan"
)

// What stands in front of a result: its number, its mark, the name of its test, the category and host of a summary table.

// lead reads what stands in front of a result: marks, the category and host of a summary table, a test's name, in any
// order.
// The orders are those of many pages and mail programs, and what a person makes of them when retyping; so no order is demanded.
func (r *reader) lead(l Line) result {
	x := result{Line: l, begin: r.rowNumber(l.Text)}
	const most = 5 // a mark on each side of a host and a name
	for range most {
		begin := x.begin
		r.takeMark(&x)
		r.takeName(&x)
		r.takeHost(&x)
		if x.begin == begin {
			break
		}
	}
	return x
}

// rowNumber returns the length of a cell with the row's number, which means nothing, in front of a mark or a name.
func (r *reader) rowNumber(s string) int {
	if s == "" || scan.IsLetter(s[0]) {
		return 0
	}
	end, next := scan.CellEnd(s[:min(len(s), len("999  ")+1)])
	if next == end || !scan.IsDigits(s[:end]) {
		return 0
	}
	if _, strong, _ := r.mark(s[next:]); strong {
		return next
	}
	if _, _, ok := r.v.TestName(s[next:]); ok {
		return next
	}
	return 0
}

// takeName reads the name of a test in front of the result.
// That it stands apart from the rest, or has a colon, is kept: it tells a row from a sentence that begins with the same words.
func (r *reader) takeName(x *result) {
	if x.name != "" {
		return
	}
	name, length, ok := r.v.TestName(x.rest())
	if !ok {
		return
	}
	covered, behind := x.rest()[:length], x.rest()[length:]
	rest := strings.TrimLeftFunc(behind, scan.IsSpaceOrDash)
	between := behind[:len(behind)-len(rest)]
	x.name, x.colon = name, strings.HasSuffix(covered, ":")
	x.apart = strings.Contains(between, "\t") || strings.TrimLeft(between, " ") != "" || strings.Contains(between, "  ")
	x.begin = len(x.Text) - len(rest)
}

// takeHost reads the first cells of a row of a summary table, a category and a host, or a host alone that is set off
// by a tab, a colon or a dash. Blanks alone part them only where a known sentence follows.
func (r *reader) takeHost(x *result) {
	if x.subject != "" {
		return
	}
	first, behind := scan.Word(x.rest())
	if behind == "" {
		return
	}
	second, rest := scan.Word(behind)
	if rest != "" && hasDotOrColon(second) && r.isCategory(first) {
		category := strings.ToLower(first)
		r.host(x, category, second, rest, category == first && r.summaryRow(x.rest()))
		return
	}
	if !hasDotOrColon(first) || !isTokenByte(first[0]) && first[0] != '[' {
		return
	}
	bare := strings.TrimSuffix(first, ":")
	blank := x.rest()[len(first):]
	rest = strings.TrimLeftFunc(behind, scan.IsSpaceOrDash)
	if len(bare) < len(first) || len(rest) < len(behind) || strings.HasPrefix(blank, "\t") ||
		strings.HasPrefix(blank, "  ") {
		r.host(x, "", bare, rest, false)
	}
}

// host takes a host with its category off a row if the row goes on with a known sentence or test, or is a row for
// certain.
func (r *reader) host(x *result, category, typed, rest string, certain bool) {
	name := targetName(typed)
	if name == "" || rest == "" {
		return
	}
	if !certain {
		next := result{Line: Line{Text: rest}, subject: name, category: category}
		r.takeMark(&next)
		r.takeName(&next)
		r.takeMark(&next)
		if next.name == "" || next.rest() != "" && !next.apart && !next.colon && next.status == "" {
			matches := r.find(&next)
			if len(matches) == 0 || scan.HasWord(next.Text[next.begin:matches[0].Start]) {
				return
			}
		}
	}
	x.subject, x.category, x.begin = name, category, len(x.Text)-len(rest)
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

// ownNames reads the host and the address with which a row begins: "192.0.2.25  …", "[2001:db8::25]:25: …",
// "mail.example.com (192.0.2.25) …". An address elsewhere may be anybody's: that of the reporter, or of a name server.
func (r *reader) ownNames(lead string) (host, address string) {
	x := result{Line: Line{Text: lead}}
	r.takeMark(&x)
	first, rest := scan.Word(x.rest())
	if r.isCategory(first) {
		first, rest = scan.Word(rest)
	}
	if i := strings.IndexAny(first, "[("); i > 0 { // as mail servers write it in their logs
		first, rest = first[:i], first[i:]
	}
	switch name := nameOrPort(first); {
	case isAddress(name):
		return "", name
	case name != "" && !r.v.OwnName(name):
		second, _ := scan.Word(rest)
		if address := nameOrPort(second); isAddress(address) {
			return name, address
		}
	}
	return "", ""
}
